package dbtest

import (
	"maps"
	"slices"
	"testing"

	"cabinet/db"
)

// StoredOrder is a paid order whose items have all come to the warehouse.
func (w *World) StoredOrder(t testing.TB, by db.Visitor, things ...db.ItemForm) (db.Order, []db.Item) {
	t.Helper()
	order := w.PaidOrder(t, by, things...)
	items, err := w.ItemsOf(t.Context(), order.ID)
	if err != nil {
		t.Fatal(err)
	}
	items = w.Arrives(t, items...)
	if order, err = w.OrderByID(t.Context(), order.ID); err != nil {
		t.Fatal(err)
	}
	return order, items
}

// Arrives lets items of paid orders be bought, where that is still to be done, and come to the warehouse, those of each order in one box.
func (w *World) Arrives(t testing.TB, items ...db.Item) (arrived []db.Item) {
	t.Helper()
	boxes := map[db.OrderID][]db.Item{}
	for _, item := range items {
		boxes[item.OrderID] = append(boxes[item.OrderID], item)
	}
	for _, order := range slices.Sorted(maps.Keys(boxes)) {
		if _, err := w.OrderToBuy(t.Context(), order); err == nil {
			w.Bought(t, db.Order{ID: order})
		}
		w.Arrived(t, boxes[order]...)
	}
	for _, item := range items {
		all, err := w.ItemsOf(t.Context(), item.OrderID)
		if err != nil {
			t.Fatal(err)
		}
		arrived = append(arrived, all[slices.IndexFunc(all, func(i db.Item) bool { return i.ID == item.ID })])
	}
	return arrived
}

// ParcelForm picks items for a parcel of the customer's own, to «Общая информация» by EMS.
func (w *World) ParcelForm(t testing.TB, by db.Visitor, items ...db.Item) db.ParcelForm {
	t.Helper()
	address, err := w.DefaultAddressOf(t.Context(), by.ID)
	if err != nil {
		t.Fatal(err)
	}
	form := db.ParcelForm{AddressID: address.ID, MethodCode: "ems", Key: random()}
	for _, item := range items {
		form.Items = append(form.Items, item.ID)
	}
	return form
}

// OwnParcel is a «Новая» parcel that a customer formed.
func (w *World) OwnParcel(t testing.TB, by db.Visitor, items ...db.Item) db.Parcel {
	t.Helper()
	parcel, err := w.CreateParcel(t.Context(), by, w.ParcelForm(t, by, items...))
	if err != nil {
		t.Fatal(err)
	}
	return parcel
}

// FormedParcel is a parcel in the queue that formed itself when the only item of an order had come.
func (w *World) FormedParcel(t testing.TB, by db.Visitor) db.Parcel {
	t.Helper()
	order, items := w.StoredOrder(t, by, Boots)
	if err := w.FormParcelOf(t.Context(), order.ID); err != nil {
		t.Fatal(err)
	}
	return w.ParcelWith(t, items[0].ID)
}

// ParcelWith is the parcel that an item lies in.
func (w *World) ParcelWith(t testing.TB, id db.ItemID) db.Parcel {
	t.Helper()
	parcel, err := w.ParcelOfItem(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return parcel
}

// TakenParcel is a parcel that a packer has on the table.
func (w *World) TakenParcel(t testing.TB, by db.Visitor, packer db.Visitor) db.Parcel {
	t.Helper()
	w.FormedParcel(t, by)
	parcel, err := w.TakeNextParcel(t.Context(), packer)
	if err != nil {
		t.Fatal(err)
	}
	return parcel
}

// PackForm is a parcel of 1.4 kg in a shoe box, with everything in it ticked off.
func (w *World) PackForm(t testing.TB, parcel db.Parcel) db.PackForm {
	t.Helper()
	items, err := w.ItemsOfParcel(t.Context(), parcel.ID)
	if err != nil {
		t.Fatal(err)
	}
	form := db.PackForm{Weight: "1,4", Length: "35", Width: "22", Height: "13", Version: parcel.Version}
	for _, item := range items {
		form.Picked = append(form.Picked, item.ID)
	}
	return form
}

// Packs weighs a parcel that a packer has on the table.
func (w *World) Packs(t testing.TB, packer db.Visitor, parcel db.Parcel) db.Parcel {
	t.Helper()
	parcel, err := w.PackParcel(t.Context(), packer, parcel.ID, w.PackForm(t, parcel))
	if err != nil {
		t.Fatal(err)
	}
	return parcel
}

// ReadyParcel is a parcel that is paid, packed and waits for its carrier.
func (w *World) ReadyParcel(t testing.TB, by db.Visitor, packer db.Visitor) db.Parcel {
	t.Helper()
	if _, err := w.DefaultAddressOf(t.Context(), by.ID); err != nil {
		w.Address(t, by)
	}
	w.TopUp(t, by, 100_00)
	return w.Packs(t, packer, w.TakenParcel(t, by, packer))
}

// ShippedParcel is a parcel on its way, with a tracking number.
func (w *World) ShippedParcel(t testing.TB, by db.Visitor, packer db.Visitor) db.Parcel {
	t.Helper()
	parcel := w.ReadyParcel(t, by, packer)
	parcel, err := w.ShipParcel(t.Context(), packer, parcel.ID, db.ShipmentForm{Numbers: "RA123456785RU", Anyway: true})
	if err != nil {
		t.Fatal(err)
	}
	return parcel
}
