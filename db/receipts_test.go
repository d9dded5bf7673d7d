package db_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cabinet/db"
)

func came(items ...db.Item) db.ReceiptForm {
	form := db.ReceiptForm{}
	for _, item := range items {
		form.Items = append(form.Items, item.ID)
	}
	form.Key = fmt.Sprint("came ", form.Items)
	return form
}

func (d *desk) receive(order db.Order, items ...db.Item) db.Receipt {
	d.t.Helper()
	receipt, err := d.Receive(d.t.Context(), d.petr, order.ID, came(items...))
	if err != nil {
		d.t.Fatal(err)
	}
	return receipt
}

// bought is a paid order of which everything was bought in one purchase.
func (d *desk) bought(prices ...db.Money) (db.Order, []db.Item) {
	d.t.Helper()
	order, items := d.paid(prices...)
	var sum db.Money
	for _, price := range prices {
		sum += price
	}
	form := buy(fmt.Sprintf("%d.%02d", sum/100, sum%100), items...)
	form.Tracking, form.ShopOrder = "JJD000"+order.ID.Number(), "BZ "+order.ID.Number()
	if _, err := d.Purchase(d.t.Context(), d.gleb, order.ID, form); err != nil {
		d.t.Fatal(err)
	}
	return order, items
}

func TestReceive(t *testing.T) {
	t.Run("E18 a part of an order comes, and the rest on another day", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.bought(50_00, 30_00, 20_00)
		form := came(items[0], items[2])
		form.Weight, form.Length, form.Width, form.Height, form.Note = "1,25", "42,5", "30", "10", "угол помят"
		receipt, err := d.Receive(t.Context(), d.petr, order.ID, form)
		if err != nil {
			t.Fatal(err)
		}
		if *receipt.Grams != 1250 || *receipt.LengthMm != 425 || *receipt.HeightMm != 100 || receipt.Note != "угол помят" {
			t.Errorf("%+v", receipt)
		}
		d.statuses(order.ID, db.ItemAtWarehouse, db.ItemPurchased, db.ItemAtWarehouse)
		if got := d.order(order.ID); got.Status != db.OrderProcessing || d.jobs("form_parcels") != 0 {
			t.Error(got.Status)
		}
		d.Clock.Pass(24 * time.Hour)
		d.receive(order, items[1])
		if got := d.order(order.ID); got.Status != db.OrderAtWarehouse || d.jobs("form_parcels") != 1 {
			t.Error("E17", got.Status, d.jobs("form_parcels"))
		}
	})
	t.Run("E18 F03 mail-13 is one for what comes within half an hour, with the weight", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.bought(50_00, 30_00)
		for i, weight := range []string{"1,2", "0,3"} {
			form := came(items[i])
			form.Weight = weight
			if _, err := d.Receive(t.Context(), d.petr, order.ID, form); err != nil {
				t.Fatal(err)
			}
			d.Clock.Pass(20 * time.Minute)
		}
		letters := d.mails(db.MailArrived)
		if len(letters) != 1 || len(letters[0].Lines) != 2 || letters[0].Grams != 1500 || letters[0].Number != order.ID.Number() {
			t.Errorf("%+v", letters)
		}
	})
	t.Run("a double click receives once, a second tab is told", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.bought(50_00)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := d.Receive(t.Context(), d.petr, order.ID, came(items...)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		other := came(items...)
		other.Key = "another tab"
		_, err := d.Receive(t.Context(), d.petr, order.ID, other)
		d.wants(err, db.Refusal("items.is.at_warehouse"))
		if n := d.jobs("form_parcels"); n != 1 || len(d.mails(db.MailArrived)[0].Lines) != 1 {
			t.Error(n)
		}
	})
	t.Run("what is not paid, not bought or cancelled is not received", func(t *testing.T) {
		d := openDesk(t)
		unpaid, items := d.ordered(10_00)
		_, err := d.Receive(t.Context(), d.petr, unpaid.ID, came(items...))
		d.wants(err, db.Refusal("buying.unpaid"))
		paid, items := d.paid(10_00)
		_, err = d.Receive(t.Context(), d.petr, paid.ID, came(items...))
		d.wants(err, db.Refusal("items.is.under_review"))
		if err := d.MarkUnavailable(t.Context(), d.gleb, paid.ID, short("Нет", items...)); err != nil {
			t.Fatal(err)
		}
		_, err = d.Receive(t.Context(), d.petr, paid.ID, came(items...))
		d.wants(err, db.Refusal("items.is.unavailable"))
	})
	t.Run("bad input is said field by field", func(t *testing.T) {
		d := openDesk(t)
		order, _ := d.bought(10_00)
		_, err := d.Receive(t.Context(), d.petr, order.ID, db.ReceiptForm{Weight: "JJD00012345", Length: "-5", Width: "9999", Height: "10,25", Key: "k"})
		d.wants(err, db.Problems{
			"item": "receiving.pick_items", "weight": "receiving.weight_wrong",
			"length": "receiving.length_wrong", "width": "receiving.length_wrong", "height": "receiving.length_wrong",
		})
	})
}

func TestFindArrivals(t *testing.T) {
	d := openDesk(t)
	order, _ := d.bought(50_00, 30_00)
	second, items := d.bought(20_00)
	d.receive(second, items...)
	unpaid, _ := d.ordered(10_00)
	number := order.ID.Number()
	plain := strings.ReplaceAll(number, "-", "")
	for _, typed := range []string{
		number, "№ " + number, "[№" + number + "]", " " + plain + " ", // our order
		"JJD000" + number, "jjd000" + plain, "JJD 000 " + plain, "]C1JJD000" + plain, // its parcel
		"ооd000" + plain, "ООВ000" + plain, "bz " + number, "BZ" + plain, // a scanner on a Russian layout; the shop's order
	} {
		scan, err := d.FindArrivals(t.Context(), typed)
		if err != nil || len(scan.Exact) != 1 || scan.Exact[0].Order.ID != order.ID || len(scan.Exact[0].Expected()) != 2 {
			t.Errorf("%q: %+v %v", typed, scan, err)
		}
	}
	for typed, want := range map[string]string{
		second.ID.Number(): "receiving.all_here", unpaid.ID.Number(): "receiving.unpaid",
	} {
		scan, err := d.FindArrivals(t.Context(), typed)
		if err != nil || len(scan.Exact) != 1 || scan.Exact[0].Objection() != want {
			t.Errorf("%q: %+v %v", typed, scan, err)
		}
	}
	for _, typed := range []string{plain[:5], "JD000" + plain, "99JJD000" + plain + "01", fmt.Sprint(d.vera.ID), number[:6]} {
		scan, err := d.FindArrivals(t.Context(), typed)
		if err != nil || len(scan.Exact) != 0 || len(scan.Nearest) != 1 || scan.Nearest[0].Order.ID != order.ID {
			t.Errorf("%q: %+v %v", typed, scan, err)
		}
	}
	wrong := number[:6] + string('0'+(number[6]-'0'+1)%10)
	if scan, err := d.FindArrivals(t.Context(), wrong); err != nil || scan.Problem != "receiving.check_digit" || len(scan.Nearest) != 1 {
		t.Errorf("%q: %+v %v", wrong, scan, err)
	}
	if scan, err := d.FindArrivals(t.Context(), "QQ99"); err != nil || len(scan.Exact)+len(scan.Nearest) != 0 || scan.Typed != "QQ99" {
		t.Errorf("%+v %v", scan, err)
	}
}

func TestFindOneBoxOfTwoOrders(t *testing.T) {
	d := openDesk(t)
	var orders []db.Order
	for range 2 {
		order, items := d.paid(10_00, 5_00)
		form := buy("10", items[0])
		form.Tracking = "TOGETHER1"
		if _, err := d.Purchase(t.Context(), d.gleb, order.ID, form); err != nil {
			t.Fatal(err)
		}
		d.buy(order, "5", items[1])
		orders = append(orders, order)
	}
	scan, err := d.FindArrivals(t.Context(), "together1")
	if err != nil || len(scan.Exact) != 2 {
		t.Fatalf("%+v %v", scan, err)
	}
	if items := scan.Exact[0].Expected(); len(items) != 2 || !items[0].Hit || items[1].Hit {
		t.Errorf("only what comes in this box is ticked: %+v", items)
	}
	d.receive(orders[0], d.items(orders[0].ID)[0])
	scan, err = d.FindArrivals(t.Context(), "together1")
	if err != nil || len(scan.Exact) != 1 || scan.Exact[0].Order.ID != orders[1].ID {
		t.Errorf("%+v %v", scan, err)
	}
}

func TestUndoReceipt(t *testing.T) {
	t.Run("a receipt is taken back while the mail waits, and the mail says nothing of it", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.bought(50_00, 30_00)
		first := came(items[0])
		first.Weight = "1"
		kept, err := d.Receive(t.Context(), d.petr, order.ID, first)
		if err != nil {
			t.Fatal(err)
		}
		second := came(items[1])
		second.Weight = "0,5"
		wrong, err := d.Receive(t.Context(), d.petr, order.ID, second)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := d.UndoReceipt(t.Context(), d.petr, wrong.ID); err != nil {
				t.Fatal(err)
			}
		}
		d.statuses(order.ID, db.ItemAtWarehouse, db.ItemPurchased)
		letters := d.mails(db.MailArrived)
		if len(letters) != 1 || len(letters[0].Lines) != 1 || letters[0].Lines[0].Item != items[0].ID || letters[0].Grams != 1000 {
			t.Errorf("%+v", letters)
		}
		if got := d.order(order.ID); got.Status != db.OrderProcessing {
			t.Error(got.Status)
		}
		today, err := d.ReceiptsToday(t.Context())
		if err != nil || len(today) != 1 || today[0].Receipt.ID != kept.ID || !today[0].Untold || today[0].Items != 1 {
			t.Errorf("%+v %v", today, err)
		}
		if _, err := d.UndoReceipt(t.Context(), d.petr, kept.ID); err != nil {
			t.Fatal(err)
		}
		if letters := d.mails(db.MailArrived); len(letters) != 0 {
			t.Errorf("%+v", letters)
		}
		again := came(items...)
		if _, err := d.Receive(t.Context(), d.petr, order.ID, again); err != nil {
			t.Error("what was taken back can be received:", err)
		}
	})
	t.Run("not when the customer was told", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.bought(50_00)
		receipt := d.receive(order, items...)
		if _, err := d.Pool.Exec(t.Context(), "UPDATE mails SET status = 'sent', sent_at = now() WHERE kind = 'mail-13'"); err != nil {
			t.Fatal(err)
		}
		_, err := d.UndoReceipt(t.Context(), d.petr, receipt.ID)
		d.wants(err, db.Refusal("receiving.told"))
		d.statuses(order.ID, db.ItemAtWarehouse)
	})
	t.Run("a parcel that formed itself and waits in the queue waits for what comes again", func(t *testing.T) {
		d := openDesk(t)
		d.Address(t, d.vera)
		order, items := d.bought(50_00)
		receipt := d.receive(order, items...)
		d.work(order)
		if _, err := d.UndoReceipt(t.Context(), d.petr, receipt.ID); err != nil {
			t.Fatal(err)
		}
		d.statuses(order.ID, db.ItemPurchased)
		if _, err := d.TakeNextParcel(t.Context(), d.petr); err == nil {
			t.Error("a packer takes what is not there")
		}
		again := came(items...)
		again.Key = "again"
		if _, err := d.Receive(t.Context(), d.petr, order.ID, again); err != nil {
			t.Fatal(err)
		}
		d.work(order)
		if _, err := d.TakeNextParcel(t.Context(), d.petr); err != nil {
			t.Error("it has come again:", err)
		}
	})
	t.Run("not when a packer has the parcel in hand", func(t *testing.T) {
		d := openDesk(t)
		d.Address(t, d.vera)
		order, items := d.bought(50_00)
		receipt := d.receive(order, items...)
		d.work(order)
		if _, err := d.TakeNextParcel(t.Context(), d.petr); err != nil {
			t.Fatal(err)
		}
		_, err := d.UndoReceipt(t.Context(), d.petr, receipt.ID)
		d.wants(err, db.Refusal("receiving.in_parcel"))
		d.statuses(order.ID, db.ItemAtWarehouse)
	})
}

// work does what the workers do after something has come.
func (d *desk) work(order db.Order) {
	d.t.Helper()
	if err := d.FormParcelOf(d.t.Context(), order.ID); err != nil {
		d.t.Fatal(err)
	}
	if err := d.RecheckParcelsOf(d.t.Context(), d.vera.ID); err != nil {
		d.t.Fatal(err)
	}
}
