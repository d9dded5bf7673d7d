package handlers_test

import (
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

func TestParcelsInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera, petr := site.Account(dbtest.Vera), site.Account(dbtest.Petr)
	site.Address(t, vera)
	site.TopUp(t, vera, 500_00)
	packer := site.Window(t, dbtest.Petr)

	t.Run("G18 a packer goes through the queue without leaving the page, and the customer's open page follows", func(t *testing.T) {
		parcel := site.FormedParcel(t, vera)
		next := site.FormedParcel(t, vera)
		customer := site.Window(t, dbtest.Vera).With(t).Visit(parcel.ID.Path()).Sees("Место в очереди: 1")
		desk := packer.With(t).Visit("/staff/assembly").Press("Следующая").Sees("Этим способом")
		customer.Sees("Посылку собирают прямо сейчас")
		desk.Check("Ботинки Meindl Civetta").Fill("weight", "1,4").Fill("length", "35").Fill("width", "22").Fill("height", "13").Press("Упаковано")
		desk.At("/staff/assembly").Sees("Посылка готова к отправке").Sees("В очереди 1 посылка").Focuses("#table button")
		customer.Sees("Посылка упакована и оплачена").SeesNot("прямо сейчас")
		desk.Press("Следующая").Sees(next.ID.Number()).Within("#table").Press("Вернуть в очередь").Sees("Стол свободен")
		site.Packs(t, petr, must(site.TakeNextParcel(t.Context(), petr)))
		customer.Clean()
		desk.Clean()
	})
	t.Run("E22 Enter in the field ships, and the next row has the focus; what looks wrong is asked about in place", func(t *testing.T) {
		site.ship(t)
		first, second := site.ReadyParcel(t, vera, petr), site.ReadyParcel(t, vera, petr)
		desk := packer.With(t).Visit("/staff/shipping")
		desk.Within("#"+first.ID.Topic()).Fill("numbers", "00340434161094015902").Keys("Enter")
		desk.SeesNot(first.ID.Number()).Sees("Посылка отправлена").Focuses("#" + second.ID.Topic() + " input[name=numbers]")
		desk.Type("12").Keys("Enter").Wants(422).Sees("трек-номера обычно выглядят иначе").At("/staff/shipping").Focuses("#" + second.ID.Topic() + " input[name=numbers]")
		desk.Within("#" + second.ID.Topic()).Press("Всё равно отправить")
		desk.SeesNot(second.ID.Number())
		if status := parcelStatus(t, site, second.ID); status != db.ParcelShipped {
			t.Errorf("it is %s", status)
		}
	})
	t.Run("every screen reads well in every look", func(t *testing.T) {
		everyParcelScreen(t, site)
	})
}

// ship empties the shelf of what is ready.
func (s *site) ship(t *testing.T) {
	t.Helper()
	rows, _, err := s.ReadyFrom(t.Context(), "", db.DeskPlace{})
	for _, row := range rows {
		if err == nil {
			_, err = s.ShipParcel(t.Context(), s.Account(dbtest.Petr), row.Parcel.ID, db.ShipmentForm{Numbers: "RA123456785RU", Anyway: true})
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func parcelStatus(t *testing.T, site *site, id db.ParcelID) db.ParcelStatus {
	t.Helper()
	parcel, err := site.ParcelByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return parcel.Status
}

// everyParcelScreen looks at a world in which parcels stand at each step.
func everyParcelScreen(t *testing.T, site *site) {
	vera, petr, boris := site.Account(dbtest.Vera), site.Account(dbtest.Petr), site.Account(dbtest.Boris)
	site.ShippedParcel(t, vera, petr)
	ready := site.ReadyParcel(t, vera, petr)
	site.Address(t, boris)
	poor := site.Packs(t, petr, site.TakenParcel(t, boris, petr))
	queued := site.FormedParcel(t, vera)
	order := site.PaidOrder(t, vera, dbtest.Boots, dbtest.Mug)
	items := must(site.ItemsOf(t.Context(), order.ID))
	site.Arrives(t, items[0])
	own := site.OwnParcel(t, vera, items...)
	site.StoredOrder(t, vera, dbtest.Book)
	customer, poorest, desk := site.Window(t, dbtest.Vera).With(t), site.Window(t, dbtest.Boris).With(t), site.Window(t, dbtest.Petr).With(t)
	for _, path := range []string{"/parcels", "/parcels/new", own.ID.Path(), queued.ID.Path(), ready.ID.Path(), own.ID.Path() + "/address"} {
		webtest.EveryLook(customer.Visit(path), nil)
	}
	webtest.EveryLook(poorest.Visit(poor.ID.Path()), nil)
	for _, path := range []string{"/staff/assembly", "/staff/assembly/blocked", "/staff/assembly/proposals", deskPath(ready), "/staff/shipping", "/staff/shipping/untracked"} {
		webtest.EveryLook(desk.Visit(path), nil)
	}
	webtest.EveryLook(desk.Visit("/staff/assembly").Press("Следующая"), nil)
}

func deskPath(parcel db.Parcel) string { return address("/staff/assembly/%d", parcel.ID) }
