package db_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// mailed are the letters of a kind that somebody got, the newest first.
func mailed(t *testing.T, w *dbtest.World, to db.Visitor, kind db.MailKind) []db.Letter {
	t.Helper()
	found := letters(t, w, to, kind)
	slices.Reverse(found)
	return found
}

func invoiceOf(t testing.TB, w *dbtest.World, id db.InvoiceID) db.Invoice {
	t.Helper()
	invoice, err := w.InvoiceByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return invoice
}

// withoutLast is the form of an order as its customer sends it without the last item.
func withoutLast(t *testing.T, w *dbtest.World, order db.Order) db.OrderForm {
	t.Helper()
	form := again(t, w, order).Form(items(t, w, order))
	form.Items, form.Sure = form.Items[:len(form.Items)-1], true
	return form
}

// bareParcel is a parcel with nothing in it, for the sake of its invoices.
func bareParcel(t testing.TB, w *dbtest.World, of db.Visitor) (id db.ParcelID) {
	t.Helper()
	err := w.Pool.QueryRow(t.Context(), `INSERT INTO parcels (account_id, customer, status, status_since, own, method_code, queued_at, key, created_at)
		SELECT a.id, a.name, 'assembling', $2, false, code, $2, 'bare', $2 FROM accounts a, methods WHERE a.id = $1 ORDER BY position LIMIT 1 RETURNING id`, of.ID, w.Clock.Now()).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestGoodsInvoice(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	order := w.PricedOrder(t, vera, dbtest.Boots, dbtest.Mug)
	invoice := w.GoodsInvoice(t, order)

	t.Run("D06 the invoice is items, commission and shop delivery, with a reference of its own and a day", func(t *testing.T) {
		lines, err := w.InvoiceLinesOf(t.Context(), invoice.ID)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []db.InvoiceLineKind
		for _, line := range lines {
			kinds = append(kinds, line.Kind)
		}
		if invoice.Total != 189_95+2*27_90+10_00+5_00 || len(lines) != 4 || kinds[2] != db.CommissionLine || kinds[3] != db.ShopDeliveryLine {
			t.Errorf("%d for %v", invoice.Total, kinds)
		}
		if _, ok := db.ParseCreditorReference(invoice.Reference); !ok || invoice.DueOn != w.Today().Plus(7) {
			t.Errorf("%s until %s", invoice.Reference, invoice.DueOn)
		}
		if *invoice.RubTotal != db.Rate(92_400_000).FromEuro(invoice.Total) {
			t.Errorf("%d kopecks for %d cents", *invoice.RubTotal, invoice.Total)
		}
	})
	t.Run("D06 mail-08 goes out with all that is to be paid", func(t *testing.T) {
		mails := mailed(t, w, vera, db.MailInvoice)
		if len(mails) != 1 || mails[0].Invoice != invoice.ID || mails[0].Short != invoice.Total || len(mails[0].Lines) != 4 || mails[0].Number != order.ID.Number() {
			t.Errorf("%+v", mails)
		}
	})
	t.Run("D13 an empty balance does not pay, and says so", func(t *testing.T) {
		if _, err := w.PayInvoice(t.Context(), vera, invoice.ID); !errors.Is(err, db.Refusal("wallets.too_little")) {
			t.Error(err)
		}
	})
	t.Run("A09 nobody pays another's invoice", func(t *testing.T) {
		if _, err := w.PayInvoice(t.Context(), w.Person(t, dbtest.Boris), invoice.ID); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
	})
	clean(t, w)
}

func TestPayFromBalance(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	w.TopUp(t, vera, 100_00)
	first := w.PricedOrder(t, vera, dbtest.Book)
	t.Run("D13 what the balance covers is paid when the invoice is issued", func(t *testing.T) {
		invoice := w.GoodsInvoice(t, first)
		if invoice.Status != db.InvoicePaid || again(t, w, first).Status != db.OrderProcessing || balance(t, w, vera) != 100_00-27_50 {
			t.Errorf("%s, %s, %d", invoice.Status, again(t, w, first).Status, balance(t, w, vera))
		}
		if mails := mailed(t, w, vera, db.MailInvoice); mails[0].Short != 0 || mails[0].Balance != 100_00 {
			t.Errorf("%+v", mails[0])
		}
	})
	second := w.PricedOrder(t, vera, dbtest.Boots)
	t.Run("D13 what it does not cover stays open and untouched", func(t *testing.T) {
		if invoice := w.GoodsInvoice(t, second); invoice.Status != db.InvoiceIssued || invoice.Paid != 0 || balance(t, w, vera) != 72_50 {
			t.Errorf("%+v", invoice)
		}
	})
	t.Run("D13 two clicks at once pay once", func(t *testing.T) {
		invoice := w.GoodsInvoice(t, second)
		// Not to its reference: the balance alone grows, past the invoice by a cent.
		move := w.Recorded(t, invoice.Total-72_50-1, "")
		if _, err := w.MatchPayment(t.Context(), w.Person(t, dbtest.Olga), move.ID, db.MatchForm{Kind: "customer", Number: vera.ID.Number()}); err != nil {
			t.Fatal(err)
		}
		if invoiceOf(t, w, invoice.ID).Status != db.InvoiceIssued {
			t.Fatal("a cent is missing, and it was paid")
		}
		topUp(t, w, vera, 101, "a euro and a cent")
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if paid, err := w.PayInvoice(t.Context(), vera, invoice.ID); err != nil || paid.Status != db.InvoicePaid {
					t.Errorf("%s, %v", paid.Status, err)
				}
			})
		}
		wg.Wait()
		if balance(t, w, vera) != 1_00 {
			t.Errorf("%d is left", balance(t, w, vera))
		}
	})
	clean(t, w)
}

func TestNewVersion(t *testing.T) {
	w := dbtest.Open(t)
	vera, gleb := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Gleb)
	order := w.PricedOrder(t, vera, dbtest.Boots, dbtest.Book)
	old := w.GoodsInvoice(t, order)
	w.Transfer(t, old, 50_00)

	t.Run("D08 too little pays a part, and mail-10 says what is missing", func(t *testing.T) {
		invoice := invoiceOf(t, w, old.ID)
		mails := mailed(t, w, vera, db.MailPaymentMissing)
		if invoice.Status != db.InvoicePartial || invoice.Paid != 50_00 || again(t, w, order).PaymentState != db.PartiallyPaid {
			t.Errorf("%+v", invoice)
		}
		if len(mails) != 1 || mails[0].Short != old.Total-50_00 || balance(t, w, vera) != 0 {
			t.Errorf("%+v, balance %d", mails, balance(t, w, vera))
		}
	})
	form := withoutLast(t, w, order)
	order, err := w.SaveOrder(t.Context(), vera, order.ID, form)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("D07 an edit supersedes the invoice, and what was paid is on the balance again", func(t *testing.T) {
		if got := invoiceOf(t, w, old.ID); got.Status != db.InvoiceSuperseded || got.Paid != 0 || balance(t, w, vera) != 50_00 {
			t.Errorf("%+v, balance %d", got, balance(t, w, vera))
		}
		if again(t, w, order).PaymentState != db.Unpaid || len(mailed(t, w, vera, db.MailRefund)) != 1 {
			t.Error("the order still counts the money, or nobody was told")
		}
		clean(t, w)
	})
	order = again(t, w, order)
	if order, err = w.PriceOrder(t.Context(), gleb, order.ID, w.Prices(t, order)); err != nil {
		t.Fatal(err)
	}
	invoice := w.GoodsInvoice(t, order)
	t.Run("D07 the new version takes what was paid with it", func(t *testing.T) {
		if invoice.Version != 2 || invoice.Status != db.InvoicePartial || invoice.Paid != 50_00 || *invoiceOf(t, w, old.ID).ReplacedBy != invoice.ID {
			t.Errorf("%+v", invoice)
		}
		clean(t, w)
	})
	t.Run("D07 the sheet says what is different", func(t *testing.T) {
		sheet, err := w.InvoiceSheetOf(t.Context(), vera.ID, invoice.ID)
		if err != nil {
			t.Fatal(err)
		}
		changes := sheet.Changes()
		if len(changes) != 1 || changes[0].Line.Description != dbtest.Book.Title || changes[0].After != 0 || changes[0].Before != 12_50 {
			t.Errorf("%+v", changes)
		}
		before, err := w.InvoiceSheetOf(t.Context(), vera.ID, old.ID)
		if err != nil || before.Current == nil || before.Current.ID != invoice.ID {
			t.Errorf("the old one leads to %v, %v", before.Current, err)
		}
	})
	t.Run("D07 money on the old reference still matches the order", func(t *testing.T) {
		payment := w.Received(t, invoice.Due(), old.Reference)
		if *payment.InvoiceID != invoice.ID || invoiceOf(t, w, invoice.ID).Status != db.InvoicePaid || again(t, w, order).Status != db.OrderProcessing {
			t.Errorf("%+v", payment)
		}
		clean(t, w)
	})
	t.Run("D07 a paid invoice is not replaced", func(t *testing.T) {
		order := again(t, w, order)
		if _, err := w.PriceOrder(t.Context(), gleb, order.ID, w.Prices(t, order)); err == nil {
			t.Error("it was")
		}
	})
}

func TestEditWithoutNewInvoice(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	order := w.PricedOrder(t, vera, dbtest.Boots, dbtest.Book)
	old := w.GoodsInvoice(t, order)
	form := withoutLast(t, w, order)
	if _, err := w.SaveOrder(t.Context(), vera, order.ID, form); err != nil {
		t.Fatal(err)
	}
	t.Run("D07 money for an order without an invoice in force waits on the balance and pays the next one", func(t *testing.T) {
		payment := w.Received(t, old.Total, old.Reference)
		if *payment.AccountID != vera.ID || balance(t, w, vera) != old.Total {
			t.Errorf("%+v, balance %d", payment, balance(t, w, vera))
		}
		order := again(t, w, order)
		if _, err := w.PriceOrder(t.Context(), w.Person(t, dbtest.Gleb), order.ID, w.Prices(t, order)); err != nil {
			t.Fatal(err)
		}
		if again(t, w, order).Status != db.OrderProcessing || balance(t, w, vera) != 12_50 {
			t.Errorf("%s, balance %d", again(t, w, order).Status, balance(t, w, vera))
		}
	})
	clean(t, w)
}

func TestRefunds(t *testing.T) {
	w := dbtest.Open(t)
	vera, olga := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Olga)
	order := w.PaidOrder(t, vera, dbtest.Boots, dbtest.Mug)
	things := items(t, w, order)
	refund := func(fn func(*db.Purchaser) error) {
		t.Helper()
		if err := w.Purchaser(t.Context(), order.ID, fn); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("F01 what turned out cheaper comes back in part, tied to its item", func(t *testing.T) {
		refund(func(p *db.Purchaser) error {
			return p.Cheaper(olga.ID, things[0], 9_95, "в магазине дешевле")
		})
		entry, err := w.Entry(t.Context(), vera.ID, 3)
		if err != nil {
			t.Fatal(err)
		}
		if entry.Amount != 9_95 || entry.Kind != db.Refund || len(entry.Lines) != 1 || *entry.Lines[0].ItemID != things[0].ID || entry.Lines[0].InvoiceKind != string(db.CreditNote) {
			t.Errorf("%+v", entry)
		}
		if again(t, w, order).PaymentState != db.Paid || mailed(t, w, vera, db.MailRefund)[0].Amount != 9_95 {
			t.Errorf("%s, %+v", again(t, w, order).PaymentState, mailed(t, w, vera, db.MailRefund))
		}
		clean(t, w)
	})
	t.Run("F01 no more comes back than was paid for it", func(t *testing.T) {
		refund(func(p *db.Purchaser) error { return p.Unavailable(olga.ID, things[0], "нет в наличии") })
		if got := balance(t, w, vera); got != 189_95 {
			t.Errorf("%d came back for the boots", got)
		}
		clean(t, w)
	})
	t.Run("F01 with the last item commission and shop delivery come back too", func(t *testing.T) {
		refund(func(p *db.Purchaser) error { return p.Unavailable(olga.ID, things[1], "нет в наличии") })
		invoice := w.GoodsInvoice(t, order)
		if balance(t, w, vera) != invoice.Total || invoice.Status != db.InvoicePaid || again(t, w, order).PaymentState != db.Refunded {
			t.Errorf("%d of %d, %s", balance(t, w, vera), invoice.Total, again(t, w, order).PaymentState)
		}
		clean(t, w)
	})
	t.Run("F01 nothing comes back twice", func(t *testing.T) {
		was := balance(t, w, vera)
		refund(func(p *db.Purchaser) error { return p.Refund(olga.ID, things[1], "ещё раз") })
		if balance(t, w, vera) != was {
			t.Errorf("%d more", balance(t, w, vera)-was)
		}
	})
}

func TestRefundBeforePayment(t *testing.T) {
	w := dbtest.Open(t)
	vera, olga := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Olga)
	order := w.AcceptedOrder(t, vera, dbtest.Boots, dbtest.Mug)
	old := w.GoodsInvoice(t, order)
	things := items(t, w, order)
	t.Run("D07 an unpaid invoice is replaced by one without the item that is not to be had", func(t *testing.T) {
		err := w.Purchaser(t.Context(), order.ID, func(p *db.Purchaser) error { return p.Unavailable(olga.ID, things[0], "нет в наличии") })
		if err != nil {
			t.Fatal(err)
		}
		if invoice := w.GoodsInvoice(t, order); invoice.Total != old.Total-189_95 || invoice.Version != 2 {
			t.Errorf("%+v", invoice)
		}
	})
	t.Run("D07 the last item leaves no invoice at all", func(t *testing.T) {
		err := w.Purchaser(t.Context(), order.ID, func(p *db.Purchaser) error { return p.Unavailable(olga.ID, things[1], "нет в наличии") })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.GoodsInvoiceOf(t.Context(), &order.ID); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
	})
	clean(t, w)
}

func TestSupplement(t *testing.T) {
	w := dbtest.Open(t)
	vera, olga := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Olga)
	order := w.PaidOrder(t, vera, dbtest.Boots, dbtest.Mug)
	things := items(t, w, order)
	t.Run("F01 what costs more is asked for in a supplement of its own", func(t *testing.T) {
		var invoice db.Invoice
		err := w.Purchaser(t.Context(), order.ID, func(p *db.Purchaser) (err error) {
			invoice, err = p.Dearer(olga.ID, things[0], 20_00, "подорожало")
			return err
		})
		if err != nil || invoice.Kind != db.Supplement || invoice.Status != db.InvoiceIssued || again(t, w, order).PaymentState != db.Paid {
			t.Fatalf("%+v, %v", invoice, err)
		}
		w.Received(t, 20_00, invoice.ID.Number())
		if invoiceOf(t, w, invoice.ID).Status != db.InvoicePaid || balance(t, w, vera) != 0 {
			t.Errorf("%+v", invoiceOf(t, w, invoice.ID))
		}
		clean(t, w)
	})
	t.Run("F01 an item that is not to be had needs no supplement any more", func(t *testing.T) {
		err := w.Purchaser(t.Context(), order.ID, func(p *db.Purchaser) error {
			if _, err := p.Dearer(olga.ID, things[1], 5_00, "подорожало"); err != nil {
				return err
			}
			return p.Unavailable(olga.ID, things[1], "нет в наличии")
		})
		open, listErr := w.OpenInvoicesOf(t.Context(), vera.ID)
		if err != nil || listErr != nil || len(open) != 0 {
			t.Errorf("%v, %v, %v", open, err, listErr)
		}
		clean(t, w)
	})
}

func TestTopUp(t *testing.T) {
	w := dbtest.Open(t)
	vera, olga := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Olga)
	for typed, problem := range map[string]string{"": "fields.required", "сто": "fields.amount", "-5": "fields.amount", "0,50": "balance.too_small"} {
		var problems db.Problems
		if _, err := w.RequestTopUp(t.Context(), vera, db.TopUpForm{Amount: typed}); !errors.As(err, &problems) || problems["amount"] != problem {
			t.Errorf("D12 %q: %v", typed, err)
		}
	}
	invoice, err := w.RequestTopUp(t.Context(), vera, db.TopUpForm{Amount: "200"})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("D12 the same wish twice is one reference", func(t *testing.T) {
		again, err := w.RequestTopUp(t.Context(), vera, db.TopUpForm{Amount: "200,00"})
		if err != nil || again.ID != invoice.ID {
			t.Errorf("%+v, %v", again, err)
		}
	})
	t.Run("D12 a pro-forma is paid by bank, never from the balance", func(t *testing.T) {
		if _, err := w.PayInvoice(t.Context(), vera, invoice.ID); !errors.Is(err, db.Refusal("invoices.not_open")) {
			t.Error(err)
		}
	})
	payment := w.Received(t, 200_00, invoice.Reference)
	t.Run("D12 its money comes to the balance, with mail-21", func(t *testing.T) {
		mails := mailed(t, w, vera, db.MailTopUp)
		if invoiceOf(t, w, invoice.ID).Status != db.InvoicePaid || balance(t, w, vera) != 200_00 || len(mails) != 1 || mails[0].Amount != 200_00 {
			t.Errorf("%+v, balance %d, %+v", invoiceOf(t, w, invoice.ID), balance(t, w, vera), mails)
		}
		clean(t, w)
	})
	t.Run("D12 taken back, it is waited for again", func(t *testing.T) {
		if _, err := w.UndoMatch(t.Context(), olga, payment.ID, "не та Вера"); err != nil {
			t.Fatal(err)
		}
		if got := invoiceOf(t, w, invoice.ID); got.Status != db.InvoiceIssued || got.Paid != 0 || balance(t, w, vera) != 0 {
			t.Errorf("%+v", got)
		}
		clean(t, w)
	})
}

func TestDelivery(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	parcel := bareParcel(t, w, vera)
	issue := func(amount db.Money) (invoice db.Invoice) {
		t.Helper()
		err := w.Shipper(t.Context(), parcel, func(s *db.Shipper) (err error) {
			invoice, err = s.Invoice(amount, "DHL Paket, 4,2 кг")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return invoice
	}
	pay := func(invoice db.Invoice) (paid db.Invoice) {
		t.Helper()
		err := w.Shipper(t.Context(), parcel, func(s *db.Shipper) (err error) {
			paid, err = s.Pay(invoice)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return paid
	}
	first := issue(40_00)
	t.Run("D09 what the balance does not cover is asked for by mail and left alone", func(t *testing.T) {
		if pay(first).Status != db.InvoiceIssued || len(mailed(t, w, vera, db.MailInvoice)) != 1 {
			t.Errorf("%+v", mailed(t, w, vera, db.MailInvoice))
		}
	})
	w.TopUp(t, vera, 25_00)
	second := issue(24_00)
	t.Run("D10 what it covers is charged at once, without a mail to ask", func(t *testing.T) {
		paid := pay(second)
		if paid.Status != db.InvoicePaid || balance(t, w, vera) != 1_00 || len(mailed(t, w, vera, db.MailInvoice)) != 1 {
			t.Errorf("%+v", paid)
		}
		if got := invoiceOf(t, w, first.ID); got.Status != db.InvoiceSuperseded || *got.ReplacedBy != second.ID {
			t.Errorf("%+v", got)
		}
	})
	t.Run("D10 paying what is paid changes nothing", func(t *testing.T) {
		if paid := pay(second); paid.Status != db.InvoicePaid || balance(t, w, vera) != 1_00 {
			t.Errorf("%+v", paid)
		}
	})
	t.Run("D09 a parcel that will not leave gives its money back", func(t *testing.T) {
		err := w.Shipper(t.Context(), parcel, func(s *db.Shipper) error { return s.Cancel("расформирована") })
		if err != nil || balance(t, w, vera) != 25_00 {
			t.Errorf("%d, %v", balance(t, w, vera), err)
		}
	})
	clean(t, w)
}
