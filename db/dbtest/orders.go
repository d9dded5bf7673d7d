package dbtest

import (
	"fmt"
	"testing"

	"cabinet/db"
)

// Things to order.
var (
	Boots = db.ItemForm{URL: "https://www.bergzeit.de/p/meindl-civetta/", Title: "Ботинки Meindl Civetta", Options: "размер 39", Quantity: "1", Price: "189,95", Currency: db.EUR}
	Mug   = db.ItemForm{URL: "https://www.galaxus.de/s4/stanley-047", Title: "Термокружка Stanley 0,47 л", Options: "зелёная", Quantity: "2", Price: "27,90", Currency: db.EUR}
	Book  = db.ItemForm{Shop: "thalia.de", Title: "Книга «Der Struwwelpeter»", Quantity: "1", Price: "12,50", Currency: db.EUR}
)

// OrderForm is a form filled in with things, each form with a key of its own.
func OrderForm(things ...db.ItemForm) db.OrderForm {
	return db.OrderForm{Key: random() + random(), Items: things}
}

// PlacedOrder is an order that waits for its prices.
func (w *World) PlacedOrder(t testing.TB, by db.Visitor, things ...db.ItemForm) db.Order {
	t.Helper()
	order, err := w.PlaceOrder(t.Context(), by, OrderForm(things...))
	if err != nil {
		t.Fatal(err)
	}
	return order
}

// Prices confirms what the customer saw, in euros, with 10 for us and 5 for the shop's delivery.
func (w *World) Prices(t testing.TB, order db.Order) db.PricingForm {
	t.Helper()
	items, err := w.ItemsOf(t.Context(), order.ID)
	if err != nil {
		t.Fatal(err)
	}
	form := db.PricingForm{Version: order.Version, Prices: map[db.ItemID]string{}, Commission: "10", ShopDelivery: "5"}
	for _, item := range items {
		form.Prices[item.ID] = fmt.Sprintf("%d.%02d", item.Price/100, item.Price%100)
	}
	return form
}

// PricedOrder is an order whose invoice is out.
func (w *World) PricedOrder(t testing.TB, by db.Visitor, things ...db.ItemForm) db.Order {
	t.Helper()
	order := w.PlacedOrder(t, by, things...)
	order, err := w.PriceOrder(t.Context(), w.Person(t, Gleb), order.ID, w.Prices(t, order))
	if err != nil {
		t.Fatal(err)
	}
	return order
}

// AcceptedOrder is an order that is being bought before it is paid.
func (w *World) AcceptedOrder(t testing.TB, by db.Visitor, things ...db.ItemForm) db.Order {
	t.Helper()
	order := w.PricedOrder(t, by, things...)
	order, err := w.AcceptOrder(t.Context(), w.Person(t, Olga), order.ID, db.AcceptanceForm{Version: order.Version, Reason: "постоянный клиент"})
	if err != nil {
		t.Fatal(err)
	}
	return order
}

// AddressForm is a complete address of Vera's.
func AddressForm() db.AddressForm {
	return db.AddressForm{Surname: "Орлова", Name: "Вера", LatinName: "ORLOVA VERA", Phone: "+7 903 123-45-67", Email: "vera@example.com",
		Country: "RU", PostalCode: "119002", Region: "Москва", City: "Москва", Street: "ул. Арбат", House: "12", Flat: "7",
		Inn: "500100732259", PassportNumber: "4509 123456", PassportIssued: "ОВД Арбат, 12.03.2009"}
}

// Address puts a complete address into somebody's book.
func (w *World) Address(t testing.TB, by db.Visitor) db.Address {
	t.Helper()
	address, err := w.AddAddress(t.Context(), by, AddressForm())
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// PaidOrder is an order whose money has come by bank transfer.
func (w *World) PaidOrder(t testing.TB, by db.Visitor, things ...db.ItemForm) db.Order {
	t.Helper()
	order := w.PricedOrder(t, by, things...)
	invoice, err := w.GoodsInvoiceOf(t.Context(), &order.ID)
	if err != nil {
		t.Fatal(err)
	}
	w.Transfer(t, invoice, invoice.Total)
	if order, err = w.OrderByID(t.Context(), order.ID); err != nil {
		t.Fatal(err)
	}
	return order
}

// Transfer is money that comes to our bank for an invoice, and is matched to it.
func (w *World) Transfer(t testing.TB, invoice db.Invoice, amount db.Money) db.Payment {
	t.Helper()
	olga := w.Person(t, Olga)
	payment, err := w.RecordPayment(t.Context(), olga, db.PaymentForm{
		Amount: fmt.Sprintf("%d.%02d", amount/100, amount%100), Currency: string(db.EUR), Reference: invoice.Reference,
		Payer: "VERA ORLOVA", ReceivedOn: w.Today().String(), Key: random() + random(),
	})
	if err == nil && payment.Status != db.PaymentMatched {
		payment, err = w.AcceptSuggestion(t.Context(), olga, payment.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return payment
}
