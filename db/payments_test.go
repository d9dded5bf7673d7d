package db_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

func TestPaymentForm(t *testing.T) {
	w := dbtest.Open(t)
	olga := w.Person(t, dbtest.Olga)
	tomorrow := w.Today().Plus(1).String()
	for name, wrong := range map[string]struct {
		field, problem string
		spoil          func(*db.PaymentForm)
	}{
		"no amount":           {"amount", "fields.required", func(f *db.PaymentForm) { f.Amount = " " }},
		"words for an amount": {"amount", "fields.amount", func(f *db.PaymentForm) { f.Amount = "сто" }},
		"nothing":             {"amount", "fields.amount", func(f *db.PaymentForm) { f.Amount = "0,00" }},
		"a foreign currency":  {"currency", "payments.currency", func(f *db.PaymentForm) { f.Currency = "USD" }},
		"no day":              {"received_on", "fields.day", func(f *db.PaymentForm) { f.ReceivedOn = "31.02.2026" }},
		"tomorrow":            {"received_on", "payments.not_yet", func(f *db.PaymentForm) { f.ReceivedOn = tomorrow }},
		"years ago":           {"received_on", "payments.too_old", func(f *db.PaymentForm) { f.ReceivedOn = "2019-01-01" }},
		"a novel":             {"reference", "fields.too_long", func(f *db.PaymentForm) { f.Reference = strings.Repeat("я", 301) }},
	} {
		form := w.Payment(10_00, db.EUR, "")
		wrong.spoil(&form)
		var problems db.Problems
		if _, err := w.RecordPayment(t.Context(), olga, form); !errors.As(err, &problems) || problems[wrong.field] != wrong.problem {
			t.Errorf("D08 %s: %v", name, err)
		}
	}
	t.Run("D08 a double click records one payment", func(t *testing.T) {
		form := w.Payment(10_00, db.EUR, "")
		first, err := w.RecordPayment(t.Context(), olga, form)
		if err != nil {
			t.Fatal(err)
		}
		second, err := w.RecordPayment(t.Context(), olga, form)
		if err != nil || second.ID != first.ID {
			t.Errorf("%+v, %v", second, err)
		}
	})
}

func TestSuggestions(t *testing.T) {
	w := dbtest.Open(t)
	vera, olga := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Olga)
	order := w.PricedOrder(t, vera, dbtest.Boots)
	invoice := w.GoodsInvoice(t, order)
	spaced := invoice.Reference[:4] + " " + strings.ToLower(invoice.Reference[4:8]) + "  " + invoice.Reference[8:]
	for _, c := range []struct {
		name, reference, payer, clue string
		amount                       db.Money
	}{
		{"its reference", invoice.Reference, "", db.ClueReference, 1_00},
		{"its reference in groups and small letters, among words", "EREF+" + strings.ToLower(spaced) + " spasibo", "", db.ClueReference, 1_00},
		{"the number of the invoice", "Оплата счёта № " + invoice.ID.Number(), "", db.ClueNumber, 1_00},
		{"number and sum", "счет " + strings.ReplaceAll(invoice.ID.Number(), "-", " - "), "", db.ClueNumberAndAmount, invoice.Total},
		{"the number of the order", "заказ " + order.ID.Number(), "", db.ClueOrder, 1_00},
		{"order and sum", "Zakaz " + order.ID.Number(), "", db.ClueNumberAndAmount, invoice.Total},
		{"the number of the customer", "клиент " + vera.ID.Number(), "", db.ClueCustomer, 1_00},
		{"customer and sum", "клиент " + vera.ID.Number(), "", db.ClueCustomerAmount, invoice.Total},
		{"name and sum", "за ботинки", "орлова вера петровна", db.ClueNameAndAmount, invoice.Total},
		{"a name alone", "за ботинки", "Орлова Вера", "", 1_00},
		{"a sum alone", "за ботинки", "Иванов", "", invoice.Total},
		{"a reference with a typo", strings.Replace(invoice.Reference, "RF", "RF9", 1), "", "", 1_00},
		{"a stranger's number", "заказ 99999-9", "", "", 1_00},
	} {
		t.Run("D08 found by "+c.name, func(t *testing.T) {
			form := w.Payment(c.amount, db.EUR, c.reference)
			form.Payer = c.payer
			payment, err := w.RecordPayment(t.Context(), olga, form)
			if err != nil {
				t.Fatal(err)
			}
			found := payment.Status == db.PaymentSuggested && *payment.AccountID == vera.ID
			if payment.Clue != c.clue || found != (c.clue != "") {
				t.Errorf("%s by %q", payment.Status, payment.Clue)
			}
			if c.clue != "" && c.clue != db.ClueCustomer && *payment.InvoiceID != invoice.ID {
				t.Errorf("invoice %d", *payment.InvoiceID)
			}
		})
	}
	t.Run("D08 nothing moves before somebody says so", func(t *testing.T) {
		if balance(t, w, vera) != 0 || invoiceOf(t, w, invoice.ID).Paid != 0 {
			t.Error("it did")
		}
	})
	clean(t, w)
}

func TestMatching(t *testing.T) {
	w := dbtest.Open(t)
	vera, olga := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Olga)
	order := w.PricedOrder(t, vera, dbtest.Boots)
	invoice := w.GoodsInvoice(t, order)

	t.Run("D08 the money is credited, the invoice paid from it and the order goes on, with its mails", func(t *testing.T) {
		payment := w.Recorded(t, invoice.Total+5_00, invoice.Reference)
		var wg sync.WaitGroup
		for range 6 { // and everybody clicks twice
			wg.Go(func() {
				if got, err := w.AcceptSuggestion(t.Context(), olga, payment.ID); err != nil || got.Status != db.PaymentMatched {
					t.Errorf("%+v, %v", got, err)
				}
			})
		}
		wg.Wait()
		if again(t, w, order).Status != db.OrderProcessing || balance(t, w, vera) != 5_00 {
			t.Errorf("%s, %d is left", again(t, w, order).Status, balance(t, w, vera))
		}
		if len(letters(t, w, vera, db.MailTopUp)) != 1 || len(letters(t, w, vera, db.MailOrderAccepted)) != 1 {
			t.Error("mail-21 or mail-09 went out another number of times than once")
		}
	})
	t.Run("D05 the charge names its items and the lines of its invoice", func(t *testing.T) {
		entry, err := w.Entry(t.Context(), vera.ID, 2)
		if err != nil {
			t.Fatal(err)
		}
		total := db.Money(0)
		for _, line := range entry.Lines {
			total += line.Amount
			if line.InvoiceID != int64(invoice.ID) {
				t.Errorf("%+v", line)
			}
		}
		if entry.Amount != -total || len(entry.Lines) != 3 || *entry.Lines[0].ItemID != items(t, w, order)[0].ID {
			t.Errorf("%+v", entry)
		}
	})
	t.Run("D08 one payment pays what it names first, then the oldest", func(t *testing.T) {
		oldest := w.PricedOrder(t, vera, dbtest.Book)
		middle := w.PricedOrder(t, vera, dbtest.Mug)
		named := w.PricedOrder(t, vera, dbtest.Book)
		sum := w.GoodsInvoice(t, named).Total + w.GoodsInvoice(t, oldest).Total
		w.Received(t, sum, w.GoodsInvoice(t, named).Reference)
		for i, order := range []db.Order{oldest, middle, named} {
			want := []db.InvoiceStatus{db.InvoicePaid, db.InvoiceIssued, db.InvoicePaid}[i]
			if got := w.GoodsInvoice(t, order).Status; got != want {
				t.Errorf("order %d: %s", i, got)
			}
		}
		if balance(t, w, vera) != 5_00 {
			t.Errorf("%d is left", balance(t, w, vera))
		}
	})
	clean(t, w)
}

func TestRoubles(t *testing.T) {
	w := dbtest.Open(t)
	vera, olga := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Olga)
	invoice := w.GoodsInvoice(t, w.PricedOrder(t, vera, dbtest.Boots))
	record := func(form db.PaymentForm) db.Payment {
		t.Helper()
		payment, err := w.RecordPayment(t.Context(), olga, form)
		if err == nil {
			payment, err = w.AcceptSuggestion(t.Context(), olga, payment.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		return payment
	}
	t.Run("D08 roubles that an invoice asks for pay it, though the rate has gone since", func(t *testing.T) {
		w.Clock.Pass(48 * time.Hour)
		if _, err := w.Pool.Exec(t.Context(), "INSERT INTO exchange_rates (currency, valid_from, rate) VALUES ('RUB', $1, 100000000)", w.Today()); err != nil {
			t.Fatal(err)
		}
		record(w.Payment(*invoice.RubTotal, db.RUB, invoice.Reference))
		if invoiceOf(t, w, invoice.ID).Status != db.InvoicePaid || balance(t, w, vera) != 0 {
			t.Errorf("%+v, %d is left", invoiceOf(t, w, invoice.ID), balance(t, w, vera))
		}
	})
	var payment db.Payment
	t.Run("D08 other roubles come at the rate of their day", func(t *testing.T) {
		payment = record(w.Payment(1_000_00, db.RUB, "клиент "+vera.ID.Number()))
		if balance(t, w, vera) != 10_00 {
			t.Errorf("1000 ₽ are %d cents", balance(t, w, vera))
		}
	})
	t.Run("D08 and are taken back in both currencies", func(t *testing.T) {
		if _, err := w.UndoMatch(t.Context(), olga, payment.ID, "ошиблась"); err != nil {
			t.Fatal(err)
		}
		if balance(t, w, vera) != 0 {
			t.Errorf("%d is left", balance(t, w, vera))
		}
	})
	t.Run("D08 before the first rate there is nothing to count with", func(t *testing.T) {
		if _, err := w.Pool.Exec(t.Context(), "DELETE FROM exchange_rates"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.AcceptSuggestion(t.Context(), olga, record1(t, w, olga, vera).ID); !errors.Is(err, db.Refusal("payments.no_rate")) {
			t.Error(err)
		}
	})
	clean(t, w)
}

func record1(t *testing.T, w *dbtest.World, olga, vera db.Visitor) db.Payment {
	t.Helper()
	payment, err := w.RecordPayment(t.Context(), olga, w.Payment(1_000_00, db.RUB, "клиент "+vera.ID.Number()))
	if err != nil {
		t.Fatal(err)
	}
	return payment
}

func TestMatchByHand(t *testing.T) {
	w := dbtest.Open(t)
	vera, olga := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Olga)
	order := w.PricedOrder(t, vera, dbtest.Boots)
	invoice := w.GoodsInvoice(t, order)
	unpriced := w.PlacedOrder(t, vera, dbtest.Book)
	payment := w.Recorded(t, 1_00, "")
	for name, c := range map[string]struct {
		form           db.MatchForm
		field, problem string
	}{
		"nothing":          {db.MatchForm{Kind: "invoice"}, "number", "fields.required"},
		"a typo":           {db.MatchForm{Kind: "invoice", Number: "501-0"}, "number", "payments.bad_number"},
		"nobody's invoice": {db.MatchForm{Kind: "invoice", Number: db.InvoiceID(77777).Number()}, "number", "payments.no_such_number"},
		"nobody's order":   {db.MatchForm{Kind: "order", Number: db.OrderID(77777).Number()}, "number", "payments.no_such_number"},
		"nobody":           {db.MatchForm{Kind: "customer", Number: db.AccountID(77777).Number()}, "number", "payments.no_such_number"},
		"no kind":          {db.MatchForm{Number: invoice.ID.Number()}, "kind", "payments.kind"},
	} {
		var problems db.Problems
		if _, err := w.MatchPayment(t.Context(), olga, payment.ID, c.form); !errors.As(err, &problems) || problems[c.field] != c.problem {
			t.Errorf("D08 %s: %v", name, err)
		}
	}
	for name, form := range map[string]db.MatchForm{
		"an invoice":                     {Kind: "invoice", Number: "№ " + invoice.ID.Number()},
		"an order":                       {Kind: "order", Number: order.ID.Number()},
		"an order without a price":       {Kind: "order", Number: unpriced.ID.Number()},
		"a customer":                     {Kind: "customer", Number: strings.ReplaceAll(vera.ID.Number(), "-", "")},
		"a reference, whatever the kind": {Kind: "customer", Number: strings.ToLower(invoice.Reference)},
	} {
		t.Run("D08 by hand to "+name, func(t *testing.T) {
			payment := w.Recorded(t, 1_00, "")
			got, err := w.MatchPayment(t.Context(), olga, payment.ID, form)
			if err != nil || got.Status != db.PaymentMatched || *got.AccountID != vera.ID {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	clean(t, w)
}

func TestUndo(t *testing.T) {
	w := dbtest.Open(t)
	vera, boris, olga := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Person(t, dbtest.Olga)
	payment := w.TopUp(t, vera, 30_00)
	t.Run("D02 an undo needs a reason", func(t *testing.T) {
		var problems db.Problems
		if _, err := w.UndoMatch(t.Context(), olga, payment.ID, "  "); !errors.As(err, &problems) || problems["reason"] != "fields.required" {
			t.Error(err)
		}
	})
	t.Run("D02 a match is undone by a reversal, and the payment waits again", func(t *testing.T) {
		got, err := w.UndoMatch(t.Context(), olga, payment.ID, "это деньги Бориса")
		if err != nil || got.Status != db.PaymentUnmatched || got.AccountID != nil || balance(t, w, vera) != 0 {
			t.Fatalf("%+v, %v", got, err)
		}
		line, err := w.Entry(t.Context(), vera.ID, 2)
		if err != nil || line.Reverses != 1 || line.Reason != "это деньги Бориса" || *line.By != olga.ID {
			t.Errorf("%+v, %v", line, err)
		}
	})
	t.Run("D02 and can be matched to its owner", func(t *testing.T) {
		_, err := w.MatchPayment(t.Context(), olga, payment.ID, db.MatchForm{Kind: "customer", Number: boris.ID.Number()})
		if err != nil || balance(t, w, boris) != 30_00 {
			t.Errorf("%d, %v", balance(t, w, boris), err)
		}
	})
	t.Run("D02 two undo at once, and it is undone once", func(t *testing.T) {
		payment := w.TopUp(t, vera, 12_00)
		var wg sync.WaitGroup
		answers := make([]error, 4)
		for i := range answers {
			wg.Go(func() { _, answers[i] = w.UndoMatch(t.Context(), olga, payment.ID, "ошибка") })
		}
		wg.Wait()
		done := 0
		for _, err := range answers {
			if err == nil {
				done++
			} else if !errors.Is(err, db.Refusal("payments.wrong_status")) {
				t.Error(err)
			}
		}
		if done != 1 || balance(t, w, vera) != 0 {
			t.Errorf("%d undid it, %d is left", done, balance(t, w, vera))
		}
	})
	t.Run("D02 what is spent is not taken back", func(t *testing.T) {
		invoice := w.GoodsInvoice(t, w.PricedOrder(t, vera, dbtest.Book))
		payment := w.Received(t, invoice.Total, invoice.Reference)
		if _, err := w.UndoMatch(t.Context(), olga, payment.ID, "ошибка"); !errors.Is(err, db.Refusal("payments.spent")) {
			t.Error(err)
		}
	})
	t.Run("D02 tomorrow is too late", func(t *testing.T) {
		w.Clock.Pass(24 * time.Hour)
		if _, err := w.UndoMatch(t.Context(), olga, payment.ID, "передумали"); !errors.Is(err, db.Refusal("payments.too_late")) {
			t.Error(err)
		}
	})
	clean(t, w)
}

func TestIgnore(t *testing.T) {
	w := dbtest.Open(t)
	olga := w.Person(t, dbtest.Olga)
	payment := w.Recorded(t, 5_00, "возврат подоходного налога")
	t.Run("D08 money that is not ours leaves the queue with a reason", func(t *testing.T) {
		var problems db.Problems
		if _, err := w.IgnorePayment(t.Context(), olga, payment.ID, ""); !errors.As(err, &problems) {
			t.Error(err)
		}
		got, err := w.IgnorePayment(t.Context(), olga, payment.ID, "налоговая")
		if err != nil || got.Status != db.PaymentIgnored || got.Reason != "налоговая" {
			t.Errorf("%+v, %v", got, err)
		}
		if count, err := w.CountUnmatched(t.Context()); err != nil || count != 0 {
			t.Errorf("%d wait, %v", count, err)
		}
	})
	t.Run("D08 and is matched to nobody after that", func(t *testing.T) {
		_, err := w.MatchPayment(t.Context(), olga, payment.ID, db.MatchForm{Kind: "customer", Number: olga.ID.Number()})
		if !errors.Is(err, db.Refusal("payments.wrong_status")) {
			t.Error(err)
		}
	})
}

// TestMoneyAtOnce lets payments for several orders of one customer come in while she pays from her balance.
func TestMoneyAtOnce(t *testing.T) {
	w := dbtest.Open(t)
	vera, olga := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Olga)
	var wg sync.WaitGroup
	for i := range 6 {
		invoice := w.GoodsInvoice(t, w.PricedOrder(t, vera, dbtest.Book))
		payment := w.Recorded(t, invoice.Total+db.Money(i), invoice.Reference)
		wg.Go(func() {
			if _, err := w.AcceptSuggestion(t.Context(), olga, payment.ID); err != nil {
				t.Errorf("matching %d: %v", i, err)
			}
		})
		wg.Go(func() {
			if _, err := w.PayInvoice(t.Context(), vera, invoice.ID); err != nil && !errors.Is(err, db.Refusal("wallets.too_little")) {
				t.Errorf("paying %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if balance(t, w, vera) != 0+1+2+3+4+5 {
		t.Errorf("%d is left", balance(t, w, vera))
	}
	clean(t, w)
}

func TestHistory(t *testing.T) {
	w := dbtest.Open(t)
	vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)
	w.TopUp(t, boris, 1_00)
	for i := range db.HistoryPage + 3 {
		topUp(t, w, vera, 1_00, fmt.Sprint("day ", i))
		w.Clock.Pass(24 * time.Hour)
	}
	order := w.PricedOrder(t, vera, dbtest.Book)
	lines := func(filter db.HistoryFilter) (numbers []int64, more bool) {
		t.Helper()
		page := &db.Statement{Of: vera.ID, Filter: filter}
		if err := w.Read(t.Context(), page); err != nil {
			t.Fatal(err)
		}
		for _, line := range page.Lines {
			numbers = append(numbers, line.Number)
		}
		return numbers, page.More
	}
	t.Run("D01 the history comes page by page", func(t *testing.T) {
		first, more := lines(db.HistoryFilter{})
		rest, end := lines(db.HistoryFilter{Below: first[len(first)-1]})
		if len(first) != db.HistoryPage || !more || first[0] != db.HistoryPage+4 || len(rest) != 4 || end || rest[3] != 1 {
			t.Errorf("%v %v, then %v %v", first, more, rest, end)
		}
	})
	t.Run("D02 it is narrowed by kind, by period and by order", func(t *testing.T) {
		charges, _ := lines(db.HistoryFilter{Kind: db.Charge})
		three, _ := lines(db.HistoryFilter{Since: db.DayOf(dbtest.Now, w.Zone), Till: db.DayOf(dbtest.Now, w.Zone).Plus(2)})
		ofOrder, _ := lines(db.HistoryFilter{Order: order.ID})
		if len(charges) != 1 || len(three) != 3 || three[0] != 3 || len(ofOrder) != 1 || ofOrder[0] != charges[0] {
			t.Errorf("%v, %v, %v", charges, three, ofOrder)
		}
	})
	t.Run("A09 nobody sees another's line", func(t *testing.T) {
		if _, err := w.Entry(t.Context(), boris.ID, 2); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
	})
}
