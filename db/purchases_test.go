package db_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// desk is a world in which Vera has paid for an order and Gleb and Petr are at work.
type desk struct {
	*dbtest.World
	t                      *testing.T
	vera, gleb, petr, olga db.Visitor
}

func openDesk(t *testing.T) *desk {
	t.Helper()
	w := dbtest.Open(t)
	return &desk{w, t, w.Person(t, dbtest.Vera), w.Person(t, dbtest.Gleb), w.Person(t, dbtest.Petr), w.Person(t, dbtest.Olga)}
}

// things are what Vera orders at these prices.
func things(prices []db.Money) (forms []db.ItemForm) {
	for i, price := range prices {
		forms = append(forms, db.ItemForm{
			URL: "https://www.bergzeit.de/schuh", Title: fmt.Sprintf("Ботинки %d", i+1), Quantity: "1", Price: fmt.Sprintf("%d.%02d", price/100, price%100), Currency: db.EUR,
		})
	}
	return forms
}

// ordered is an order of Vera's for things at these prices, 10 for us and 5 for the shop's delivery, not paid.
func (d *desk) ordered(prices ...db.Money) (db.Order, []db.Item) {
	d.t.Helper()
	order := d.PricedOrder(d.t, d.vera, things(prices)...)
	return order, d.items(order.ID)
}

// paid is such an order, paid for.
func (d *desk) paid(prices ...db.Money) (db.Order, []db.Item) {
	d.t.Helper()
	order := d.PaidOrder(d.t, d.vera, things(prices)...)
	return order, d.items(order.ID)
}

func (d *desk) order(id db.OrderID) db.Order {
	d.t.Helper()
	order, err := d.OrderByID(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return order
}

func (d *desk) items(id db.OrderID) []db.Item {
	d.t.Helper()
	items, err := d.ItemsOf(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return items
}

func (d *desk) balance() db.Money {
	d.t.Helper()
	wallet, err := d.WalletOf(d.t.Context(), &d.vera.ID, db.Shopping, db.EUR)
	if err != nil {
		d.t.Fatal(err)
	}
	return wallet.Balance
}

// mails are the letters of a kind to Vera that left or wait.
func (d *desk) mails(kind db.MailKind) (letters []db.Letter) {
	d.t.Helper()
	rows, err := d.Pool.Query(d.t.Context(), "SELECT letter FROM mails WHERE account_id = $1 AND kind = $2 AND status <> 'cancelled' ORDER BY id", d.vera.ID, kind)
	if err != nil {
		d.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var raw []byte
		var letter db.Letter
		if err := errors.Join(rows.Scan(&raw), json.Unmarshal(raw, &letter)); err != nil {
			d.t.Fatal(err)
		}
		letters = append(letters, letter)
	}
	return letters
}

func (d *desk) jobs(kind string) (n int) {
	d.t.Helper()
	if err := d.Pool.QueryRow(d.t.Context(), "SELECT count(*) FROM river_job WHERE kind = $1", kind).Scan(&n); err != nil {
		d.t.Fatal(err)
	}
	return n
}

func (d *desk) statuses(id db.OrderID, want ...db.ItemStatus) {
	d.t.Helper()
	var got []db.ItemStatus
	for _, item := range d.items(id) {
		got = append(got, item.Status)
	}
	if !slices.Equal(got, want) {
		d.t.Errorf("items are %v, not %v", got, want)
	}
}

func (d *desk) wants(got error, want error) {
	d.t.Helper()
	wanted, isProblems := want.(db.Problems)
	if problems, ok := errors.AsType[db.Problems](got); ok && isProblems {
		if fmt.Sprint(problems) != fmt.Sprint(wanted) {
			d.t.Errorf("problems are %v, not %v", problems, want)
		}
	} else if isProblems || !errors.Is(got, want) {
		d.t.Errorf("the answer is %v, not %v", got, want)
	}
}

func (d *desk) audited() {
	d.t.Helper()
	wallets, err := d.AuditWallets(d.t.Context())
	transfers, err2 := d.AuditTransfers(d.t.Context())
	if err != nil || err2 != nil || len(wallets)+len(transfers) > 0 {
		d.t.Error("the ledger does not add up:", wallets, transfers, err, err2)
	}
}

func buy(price string, items ...db.Item) db.PurchaseForm {
	form := db.PurchaseForm{Shop: "Bergzeit", ShopOrder: "BZ-100 200", Price: price}
	for _, item := range items {
		form.Items = append(form.Items, item.ID)
	}
	form.Key = fmt.Sprint("buy ", price, form.Items)
	return form
}

func short(reason string, items ...db.Item) db.Shortage {
	form := db.Shortage{Reason: reason}
	for _, item := range items {
		form.Items = append(form.Items, item.ID)
	}
	return form
}

func (d *desk) buy(order db.Order, price string, items ...db.Item) db.Purchase {
	d.t.Helper()
	purchase, err := d.Purchase(d.t.Context(), d.gleb, order.ID, buy(price, items...))
	if err != nil {
		d.t.Fatal(err)
	}
	return purchase
}

func TestPurchase(t *testing.T) {
	t.Run("F01 the buyer records shop, number, price and day, and the items are «Куплен»", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.paid(50_00, 30_00)
		d.statuses(order.ID, db.ItemUnderReview, db.ItemUnderReview)
		form := buy("80", items...)
		form.Expected, form.Tracking = d.Today().Plus(4).String(), "jjd 0003-9001"
		purchase, err := d.Purchase(t.Context(), d.gleb, order.ID, form)
		if err != nil {
			t.Fatal(err)
		}
		if purchase.PricePaid != 80_00 || purchase.Charged != 80_00 || purchase.Shop != "Bergzeit" || purchase.TrackingNumber != "JJD00039001" || *purchase.ExpectedOn != d.Today().Plus(4) {
			t.Errorf("%+v", purchase)
		}
		d.statuses(order.ID, db.ItemPurchased, db.ItemPurchased)
		if got := d.order(order.ID); got.Status != db.OrderProcessing {
			t.Error(got.Status)
		}
	})
	t.Run("F02 mail-17 is gathered over the purchases of one order", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.paid(50_00, 30_00)
		d.buy(order, "50", items[0])
		d.Clock.Pass(10 * time.Minute)
		d.buy(order, "30", items[1])
		letters := d.mails(db.MailPurchased)
		if len(letters) != 1 || len(letters[0].Lines) != 2 || letters[0].Number != order.ID.Number() || letters[0].Lines[1].Title != "Ботинки 2" {
			t.Errorf("%+v", letters)
		}
	})
	t.Run("F04 an item is «На рассмотрении» first, and neither it nor a bought one is in the warehouse", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.paid(50_00, 30_00)
		d.buy(order, "50", items[0])
		d.statuses(order.ID, db.ItemPurchased, db.ItemUnderReview)
		for _, item := range d.items(order.ID) {
			if item.Status.May(db.ItemShipped) || item.Status.May(db.ItemReady) {
				t.Error("may be shipped:", item.Status)
			}
		}
	})
	t.Run("a second click buys nothing twice, a second buyer is told", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.paid(50_00)
		first := d.buy(order, "50", items...)
		again, err := d.Purchase(t.Context(), d.gleb, order.ID, buy("50", items...))
		if err != nil || again.ID != first.ID {
			t.Error(again, err)
		}
		other := buy("50", items...)
		other.Key = "another tab"
		_, err = d.Purchase(t.Context(), d.gleb, order.ID, other)
		d.wants(err, db.Refusal("items.is.purchased"))
	})
	t.Run("two clicks at once buy once", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.paid(50_00)
		var wg sync.WaitGroup
		var ids [4]db.PurchaseID
		for i := range ids {
			wg.Go(func() {
				purchase, err := d.Purchase(t.Context(), d.gleb, order.ID, buy("50", items...))
				if err != nil {
					t.Error(err)
				}
				ids[i] = purchase.ID
			})
		}
		wg.Wait()
		if ids[0] == 0 || len(slices.Compact(ids[:])) != 1 {
			t.Error("bought more than once")
		}
	})
	t.Run("what is not paid is not bought, nor what belongs to another order", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.ordered(50_00)
		_, err := d.Purchase(t.Context(), d.gleb, order.ID, buy("50", items...))
		d.wants(err, db.Refusal("buying.unpaid"))
		paid, _ := d.paid(20_00)
		_, err = d.Purchase(t.Context(), d.gleb, paid.ID, buy("50", items...))
		d.wants(err, db.ErrNotFound)
		_, err = d.Purchase(t.Context(), d.gleb, paid.ID+100, buy("50", items...))
		d.wants(err, db.ErrNotFound)
	})
	t.Run("bad input is said field by field", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.paid(50_00)
		_, err := d.Purchase(t.Context(), d.gleb, order.ID, db.PurchaseForm{Price: "viel", Expected: "2026-02-31", Key: "k"})
		d.wants(err, db.Problems{"item": "buying.pick_items", "shop": "fields.required", "price": "buying.price_wrong", "expected": "buying.day_wrong"})
		form := buy("50", items...)
		for day, problem := range map[db.Day]string{d.Today().Plus(-1): "buying.day_past", d.Today().Plus(400): "buying.day_far"} {
			form.Expected = day.String()
			_, err := d.Purchase(t.Context(), d.gleb, order.ID, form)
			d.wants(err, db.Problems{"expected": problem})
		}
		d.statuses(order.ID, db.ItemUnderReview)
	})
}

func TestPriceDifference(t *testing.T) {
	t.Run("F01 a cheaper purchase gives the difference back, once", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.paid(50_00, 30_00)
		d.buy(order, "70.50", items...)
		d.buy(order, "70.50", items...)
		if d.balance() != 9_50 {
			t.Error(d.balance())
		}
		letters := d.mails(db.MailRefund)
		if len(letters) != 1 || letters[0].Amount != 9_50 {
			t.Errorf("%+v", letters)
		}
		d.audited()
	})
	t.Run("a difference within the tolerance is nobody's business", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.paid(50_00, 30_00)
		d.buy(order, "49.10", items[0])
		dearer := d.buy(order, "31", items[1])
		if d.balance() != 0 || dearer.Dearer() != 1_00 {
			t.Error(d.balance(), dearer.Dearer())
		}
	})
	t.Run("a dearer purchase is refused until the house bears it", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.paid(50_00)
		form := buy("61.20", items...)
		_, err := d.Purchase(t.Context(), d.gleb, order.ID, form)
		d.wants(err, db.Problems{"bears": "buying.dearer"})
		d.statuses(order.ID, db.ItemUnderReview)
		form.Bears = "on"
		purchase, err := d.Purchase(t.Context(), d.gleb, order.ID, form)
		if err != nil || purchase.Dearer() != 11_20 || d.balance() != 0 {
			t.Error(purchase, err, d.balance())
		}
	})
}

func TestUnavailable(t *testing.T) {
	t.Run("mail-30 what a shop does not have is paid back, with the reason", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.paid(50_00, 30_00)
		if err := d.MarkUnavailable(t.Context(), d.gleb, order.ID, short("Снят с продажи", items[1])); err != nil {
			t.Fatal(err)
		}
		d.statuses(order.ID, db.ItemUnderReview, db.ItemUnavailable)
		letters := d.mails(db.MailRefund)
		if d.balance() != 30_00 || len(letters) != 1 || letters[0].Amount != 30_00 || letters[0].Reason != "Снят с продажи" {
			t.Errorf("%d %+v", d.balance(), letters)
		}
		if got := d.order(order.ID); got.Status != db.OrderProcessing || got.PaymentState != db.Paid {
			t.Error(got.Status, got.PaymentState)
		}
		d.wants(d.MarkUnavailable(t.Context(), d.gleb, order.ID, short("ещё раз", items[1])), db.Refusal("items.is.unavailable"))
		d.audited()
	})
	t.Run("an order of which nothing is left is cancelled, and all of its money is back", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.paid(50_00, 30_00)
		if err := d.MarkUnavailable(t.Context(), d.gleb, order.ID, short("Магазин закрылся", items...)); err != nil {
			t.Fatal(err)
		}
		got := d.order(order.ID)
		if got.Status != db.OrderCancelled || got.PaymentState != db.Refunded || d.balance() != 50_00+30_00+10_00+5_00 || len(d.mails(db.MailRefund)) != 1 {
			t.Error(got.Status, got.PaymentState, d.balance(), len(d.mails(db.MailRefund)))
		}
		d.audited()
	})
	t.Run("a reason is asked for", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.paid(50_00)
		d.wants(d.MarkUnavailable(t.Context(), d.gleb, order.ID, short(" ", items...)), db.Problems{"reason": "fields.required"})
	})
	t.Run("when the last missing item can not be had, the rest goes on", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.paid(50_00, 30_00)
		d.buy(order, "50", items[0])
		d.receive(order, items[0])
		if err := d.MarkUnavailable(t.Context(), d.gleb, order.ID, short("Нет", items[1])); err != nil {
			t.Fatal(err)
		}
		if got := d.order(order.ID); got.Status != db.OrderAtWarehouse || d.jobs("form_parcels") != 1 {
			t.Error(got.Status, d.jobs("form_parcels"))
		}
	})
}

func TestCancelPurchased(t *testing.T) {
	d := openDesk(t)
	order, items := d.paid(50_00, 30_00)
	purchase := d.buy(order, "70", items...)
	if d.balance() != 10_00 {
		t.Fatal(d.balance())
	}
	if err := d.CancelPurchased(t.Context(), d.gleb, purchase.ID, short("Магазин отменил", items...)); err != nil {
		t.Fatal(err)
	}
	d.statuses(order.ID, db.ItemCancelled, db.ItemCancelled)
	if got := d.order(order.ID); got.Status != db.OrderCancelled || d.balance() != 50_00+30_00+10_00+5_00 {
		t.Error(got.Status, d.balance())
	}
	if letters := d.mails(db.MailPurchased); len(letters) != 0 {
		t.Error("a purchase that is off is still told:", letters)
	}
	other, others := d.paid(20_00)
	bought := d.buy(other, "20", others...)
	d.wants(d.CancelPurchased(t.Context(), d.gleb, bought.ID, short("Нет", items...)), db.ErrNotFound)
	d.audited()
}

func TestUndoPurchase(t *testing.T) {
	t.Run("a purchase can be taken back within a day, with its refund and its mail", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.paid(50_00, 30_00)
		purchase := d.buy(order, "70", items...)
		_, err := d.UndoPurchase(t.Context(), d.gleb, purchase.ID, " ")
		d.wants(err, db.Problems{"reason": "fields.required"})
		for range 2 {
			undone, err := d.UndoPurchase(t.Context(), d.gleb, purchase.ID, "Не тот размер")
			if err != nil || undone.UndoneReason != "Не тот размер" {
				t.Fatal(undone, err)
			}
		}
		d.statuses(order.ID, db.ItemUnderReview, db.ItemUnderReview)
		if d.balance() != 0 || len(d.mails(db.MailPurchased)) != 0 {
			t.Error(d.balance(), d.mails(db.MailPurchased))
		}
		form := buy("80", items...)
		if _, err := d.Purchase(t.Context(), d.gleb, order.ID, form); err != nil {
			t.Fatal(err)
		}
		if err := d.CancelPurchased(t.Context(), d.gleb, *d.items(order.ID)[0].PurchaseID, short("Нет", items...)); err != nil {
			t.Fatal(err)
		}
		if d.balance() != 50_00+30_00+10_00+5_00 {
			t.Error("all of it and no more comes back in the end:", d.balance())
		}
		d.audited()
	})
	t.Run("not after a day, nor when something has arrived", func(t *testing.T) {
		d := openDesk(t)
		order, items := d.paid(50_00, 30_00)
		purchase := d.buy(order, "80", items...)
		d.receive(order, items[0])
		_, err := d.UndoPurchase(t.Context(), d.gleb, purchase.ID, "Ошибка")
		d.wants(err, db.Refusal("items.is.at_warehouse"))
		other, others := d.paid(20_00)
		late := d.buy(other, "20", others...)
		d.Clock.Pass(25 * time.Hour)
		_, err = d.UndoPurchase(t.Context(), d.gleb, late.ID, "Ошибка")
		d.wants(err, db.Refusal("buying.undo_late"))
	})
}

func TestDesks(t *testing.T) {
	d := openDesk(t)
	first, _ := d.paid(50_00, 30_00)
	d.Clock.Pass(time.Hour)
	second, items := d.paid(20_00)
	d.ordered(10_00)
	rows, err := d.ItemsToBuy(t.Context(), db.ItemsToBuyParams{Lim: 20})
	if err != nil || len(rows) != 3 || rows[0].Order.ID != first.ID || rows[2].Order.ID != second.ID || rows[0].Customer != dbtest.Vera.Name {
		t.Errorf("%+v %v", rows, err)
	}
	rows, err = d.ItemsToBuy(t.Context(), db.ItemsToBuyParams{After: rows[0].Order.StatusSince, AfterID: int64(first.ID), Lim: 20})
	if err != nil || len(rows) != 1 || rows[0].Order.ID != second.ID {
		t.Errorf("%+v %v", rows, err)
	}
	late := buy("20", items...)
	late.Expected = d.Today().Plus(1).String()
	if _, err := d.Purchase(t.Context(), d.gleb, second.ID, late); err != nil {
		t.Fatal(err)
	}
	d.buy(first, "50", d.items(first.ID)[0])
	d.Clock.Pass(72 * time.Hour)
	expected, err := d.PurchasesExpected(t.Context(), db.PurchasesExpectedParams{Lim: 20})
	if err != nil || len(expected) != 2 || expected[0].Purchase.OrderID != second.ID || !expected[0].Purchase.Late(d.Today()) || expected[1].Purchase.Late(d.Today()) {
		t.Errorf("%+v %v", expected, err)
	}
	if n, err := d.PurchasesLate(t.Context(), new(d.Today())); err != nil || n != 1 {
		t.Error(n, err)
	}
}
