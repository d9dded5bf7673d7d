package dbtest

import (
	"errors"
	"fmt"
	"testing"

	"cabinet/db"
)

// Bought lets Gleb buy everything of an order that is under review, each shop's things in one purchase
// at the price that the customer was charged.
func (w *World) Bought(t testing.TB, order db.Order) (purchases []db.Purchase) {
	t.Helper()
	waiting, err := w.OrderToBuy(t.Context(), order.ID)
	if errors.Is(err, db.ErrNotFound) { // bought before
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, shop := range waiting.Shops {
		form := db.PurchaseForm{
			Shop: shop.Shop, ShopOrder: "BZ-" + order.ID.Number(), Price: fmt.Sprintf("%d.%02d", shop.Asked()/100, shop.Asked()%100),
			Tracking: "JJD" + random(), Expected: w.Today().Plus(4).String(), Key: random(),
		}
		for _, item := range shop.Items {
			form.Items = append(form.Items, item.ID)
		}
		purchase, err := w.Purchase(t.Context(), w.Person(t, Gleb), order.ID, form)
		if err != nil {
			t.Fatal(err)
		}
		purchases = append(purchases, purchase)
	}
	return purchases
}

// Arrived lets Petr receive items of one order in one box.
func (w *World) Arrived(t testing.TB, items ...db.Item) db.Receipt {
	t.Helper()
	form := db.ReceiptForm{Weight: "1,2", Key: random()}
	for _, item := range items {
		form.Items = append(form.Items, item.ID)
	}
	receipt, err := w.Receive(t.Context(), w.Person(t, Petr), items[0].OrderID, form)
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}
