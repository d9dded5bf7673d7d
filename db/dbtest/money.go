package dbtest

import (
	"fmt"
	"testing"

	"cabinet/db"
)

// Typed is an amount as a person types it.
func Typed(amount db.Money) string { return fmt.Sprintf("%d,%02d", amount/100, amount%100) }

// Payment is a transfer as the bank tells of it today.
func (w *World) Payment(amount db.Money, currency db.Currency, reference string) db.PaymentForm {
	return db.PaymentForm{
		Amount: Typed(amount), Currency: string(currency), Reference: reference, Payer: "ORLOVA VERA", ReceivedOn: w.Today().String(), Key: random() + random(),
	}
}

// Recorded is a payment in euros that Olga wrote down.
func (w *World) Recorded(t testing.TB, amount db.Money, reference string) db.Payment {
	t.Helper()
	payment, err := w.RecordPayment(t.Context(), w.Person(t, Olga), w.Payment(amount, db.EUR, reference))
	if err != nil {
		t.Fatal(err)
	}
	return payment
}

// Received is a payment that Olga wrote down and matched to what its text says.
func (w *World) Received(t testing.TB, amount db.Money, reference string) db.Payment {
	t.Helper()
	payment, err := w.AcceptSuggestion(t.Context(), w.Person(t, Olga), w.Recorded(t, amount, reference).ID)
	if err != nil {
		t.Fatal(err)
	}
	return payment
}

// TopUp puts euros on a customer's balance.
func (w *World) TopUp(t testing.TB, of db.Visitor, amount db.Money) db.Payment {
	t.Helper()
	payment := w.Recorded(t, amount, "")
	payment, err := w.MatchPayment(t.Context(), w.Person(t, Olga), payment.ID, db.MatchForm{Kind: "customer", Number: of.ID.Number()})
	if err != nil {
		t.Fatal(err)
	}
	return payment
}

// GoodsInvoice is the invoice of an order that is in force.
func (w *World) GoodsInvoice(t testing.TB, order db.Order) db.Invoice {
	t.Helper()
	invoice, err := w.GoodsInvoiceOf(t.Context(), &order.ID)
	if err != nil {
		t.Fatal(err)
	}
	return invoice
}

// Granted are points that Olga gave a customer, for good or until a day.
func (w *World) Granted(t testing.TB, of db.Visitor, points int64, expiresOn string) db.BonusPoint {
	t.Helper()
	bonus, err := w.GrantPoints(t.Context(), w.Person(t, Olga), db.GrantForm{
		Customer: of.ID.Number(), Points: fmt.Sprint(points), ExpiresOn: expiresOn, Reason: "подарок к 8 марта", Key: random() + random(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return bonus
}

// PointsCame is a payment for points that a customer asked for, in the roubles of the invoice.
func (w *World) PointsCame(t testing.TB, of db.Visitor, points int64) db.Payment {
	t.Helper()
	invoice, err := w.RequestPoints(t.Context(), of, db.PointsForm{Points: fmt.Sprint(points)})
	if err != nil {
		t.Fatal(err)
	}
	return w.Matched(t, w.Payment(*invoice.RubTotal, db.RUB, invoice.Reference))
}

// Matched is a payment of any kind that Olga wrote down and matched to what its text says.
func (w *World) Matched(t testing.TB, form db.PaymentForm) db.Payment {
	t.Helper()
	olga := w.Person(t, Olga)
	payment, err := w.RecordPayment(t.Context(), olga, form)
	if err == nil {
		payment, err = w.AcceptSuggestion(t.Context(), olga, payment.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return payment
}
