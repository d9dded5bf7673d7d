package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"

	"pgregory.net/rapid"
)

// points are how many a customer has, and how many of them were given.
func points(t testing.TB, w *dbtest.World, of db.Visitor) (all, given int64) {
	t.Helper()
	page := &db.PointsStatement{Statement: db.Statement{Of: of.ID}}
	if err := w.Read(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	for _, lots := range page.Bonus {
		given += lots.Points
	}
	purse, err := w.PurseOf(t.Context(), of.ID)
	if err != nil {
		t.Fatal(err)
	}
	return purse.Points, given
}

func has(t testing.TB, w *dbtest.World, of db.Visitor, all, given int64) {
	t.Helper()
	if gotAll, gotGiven := points(t, w, of); gotAll != all || gotGiven != given {
		t.Errorf("%s has %d points, %d of them given; want %d and %d", of.Name, gotAll, gotGiven, all, given)
	}
}

func spend(t testing.TB, w *dbtest.World, of db.Visitor, points int64, key string) error {
	return w.Ledger(t.Context(), func(l db.Ledger) error { return l.SpendPoints(t.Context(), of.ID, points, key) })
}

func giveBack(t testing.TB, w *dbtest.World, of db.Visitor, key string) error {
	return w.Ledger(t.Context(), func(l db.Ledger) error { return l.RefundPoints(t.Context(), of.ID, key) })
}

func TestPointsFromTheBank(t *testing.T) {
	w := dbtest.Open(t)
	vera, olga := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Olga)
	ask := func(points string) db.Invoice {
		t.Helper()
		invoice, err := w.RequestPoints(t.Context(), vera, db.PointsForm{Points: points})
		if err != nil {
			t.Fatal(err)
		}
		return invoice
	}
	t.Run("J02 only whole points, from ten to a hundred thousand", func(t *testing.T) {
		for typed, problem := range map[string]string{"": "fields.required", "9": "wallet.too_little", "100001": "wallet.too_many", "10,5": "wallet.not_whole", "сто": "wallet.not_whole", "-5": "wallet.not_whole", "99999999999999999999": "wallet.too_many"} {
			var problems db.Problems
			if _, err := w.RequestPoints(t.Context(), vera, db.PointsForm{Points: typed}); !errors.As(err, &problems) || problems["points"] != problem {
				t.Errorf("%q: %v", typed, err)
			}
		}
	})
	t.Run("J03 a top-up credits as many points as roubles, when they have come and not before", func(t *testing.T) {
		invoice := ask("1 000")
		if *invoice.RubTotal != 1_000_00 || invoice.Total != 10_83 || *invoice.Points != 1000 {
			t.Errorf("%+v", invoice)
		}
		if again := ask("1000"); again.ID != invoice.ID {
			t.Error("two clicks are two invoices")
		}
		has(t, w, vera, 0, 0)
		w.Matched(t, w.Payment(1_000_00, db.RUB, invoice.Reference))
		has(t, w, vera, 1000, 0)
		if invoiceOf(t, w, invoice.ID).Status != db.InvoicePaid || balance(t, w, vera) != 0 {
			t.Errorf("%s, %d on the balance", invoiceOf(t, w, invoice.ID).Status, balance(t, w, vera))
		}
		if mails := letters(t, w, vera, db.MailTopUp); len(mails) != 1 {
			t.Errorf("%d mails", len(mails))
		}
		clean(t, w)
	})
	t.Run("J03 what is less than a rouble goes to the balance, what is less than was promised is a part", func(t *testing.T) {
		invoice := ask("500")
		payment := w.Matched(t, w.Payment(300_99, db.RUB, invoice.Reference))
		has(t, w, vera, 1300, 0)
		if got := invoiceOf(t, w, invoice.ID); got.Status != db.InvoicePartial || balance(t, w, vera) != 1 {
			t.Errorf("%+v, %d", got, balance(t, w, vera))
		}
		clean(t, w)
		w.Matched(t, w.Payment(200_10, db.RUB, invoice.Reference)) // ten kopecks are no cent
		has(t, w, vera, 1500, 0)
		if got := invoiceOf(t, w, invoice.ID); got.Status != db.InvoicePaid || balance(t, w, vera) != 1 {
			t.Errorf("%+v, %d", got, balance(t, w, vera))
		}
		clean(t, w)
		if _, err := w.UndoMatch(t.Context(), olga, payment.ID, "ошиблась"); err != nil {
			t.Fatal(err)
		}
		has(t, w, vera, 1200, 0)
		if got := invoiceOf(t, w, invoice.ID); got.Status != db.InvoicePartial || balance(t, w, vera) != 0 {
			t.Errorf("%+v, %d", got, balance(t, w, vera))
		}
		clean(t, w)
	})
	t.Run("J03 euros become points at the rate of their day, and those that were asked for what was promised", func(t *testing.T) {
		invoice := ask("700")
		w.Matched(t, w.Payment(invoice.Total, db.EUR, invoice.Reference))
		has(t, w, vera, 1900, 0)
		other := ask("800")
		w.Clock.Pass(24 * time.Hour)
		if _, err := w.Pool.Exec(t.Context(), "INSERT INTO exchange_rates (currency, valid_from, rate) VALUES ('RUB', $1, 10000000)", w.Today()); err != nil {
			t.Fatal(err)
		}
		payment := w.Matched(t, w.Payment(3_55, db.EUR, other.Reference)) // 35.50 ₽
		has(t, w, vera, 1935, 0)
		if balance(t, w, vera) != 5 {
			t.Errorf("%d cents are left", balance(t, w, vera))
		}
		clean(t, w)
		if _, err := w.UndoMatch(t.Context(), olga, payment.ID, "ошиблась"); err != nil {
			t.Fatal(err)
		}
		has(t, w, vera, 1900, 0)
		w.Matched(t, w.Payment(other.Total, db.EUR, other.Reference))
		has(t, w, vera, 2700, 0)
		clean(t, w)
	})
	t.Run("J03 what is less than a point is none", func(t *testing.T) {
		payment, err := w.RecordPayment(t.Context(), olga, w.Payment(99, db.RUB, ask("10").Reference))
		if err == nil {
			_, err = w.AcceptSuggestion(t.Context(), olga, payment.ID)
		}
		if !errors.Is(err, db.Refusal("payments.less_than_a_point")) {
			t.Error(err)
		}
	})
	t.Run("J03 points that are spent are not taken back, and neither are given ones in their stead", func(t *testing.T) {
		boris := w.Person(t, dbtest.Boris)
		payment := w.PointsCame(t, boris, 100)
		if err := spend(t, w, boris, 100, "article"); err != nil {
			t.Fatal(err)
		}
		w.Granted(t, boris, 300, "")
		if _, err := w.UndoMatch(t.Context(), olga, payment.ID, "ошиблась"); !errors.Is(err, db.Refusal("payments.points_spent")) {
			t.Error(err)
		}
		has(t, w, boris, 300, 300)
		clean(t, w)
	})
}

func TestPointsFromTheBalance(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	w.TopUp(t, vera, 20_00)
	vera = w.Person(t, dbtest.Vera)
	t.Run("J03 the price that was shown is the price", func(t *testing.T) {
		err := w.BuyPoints(t.Context(), vera, db.PointsForm{Points: "1000", Cost: 10_82, Key: "one"})
		var problems db.Problems
		if !errors.As(err, &problems) || problems[""] != "wallet.other_price" {
			t.Error(err)
		}
	})
	t.Run("J03 fifty clicks at once buy once", func(t *testing.T) {
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if err := w.BuyPoints(t.Context(), vera, db.PointsForm{Points: "1000", Cost: 10_83, Key: "one"}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		has(t, w, vera, 1000, 0)
		if balance(t, w, vera) != 9_17 {
			t.Errorf("%d is left", balance(t, w, vera))
		}
	})
	t.Run("J03 too little on the balance is said", func(t *testing.T) {
		err := w.BuyPoints(t.Context(), vera, db.PointsForm{Points: "1000", Cost: 10_83, Key: "two"})
		var problems db.Problems
		if !errors.As(err, &problems) || problems[""] != "wallets.too_little" {
			t.Error(err)
		}
		has(t, w, vera, 1000, 0)
	})
	clean(t, w)
}

func TestBonus(t *testing.T) {
	w := dbtest.Open(t)
	vera, olga := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Olga)
	t.Run("J02 a gift needs a customer, a number, a reason, and a day to come", func(t *testing.T) {
		fine := db.GrantForm{Customer: vera.ID.Number(), Points: "10", Reason: "подарок", Key: "k"}
		for name, wrong := range map[string]struct {
			field, problem string
			spoil          func(*db.GrantForm)
		}{
			"nobody":             {"customer", "fields.required", func(f *db.GrantForm) { f.Customer = "" }},
			"a mistyped number":  {"customer", "payments.bad_number", func(f *db.GrantForm) { f.Customer = "12" }},
			"a stranger":         {"customer", "payments.no_such_number", func(f *db.GrantForm) { f.Customer = db.AccountID(99999).Number() }},
			"no points":          {"points", "wallet.too_little", func(f *db.GrantForm) { f.Points = "0" }},
			"today":              {"expires_on", "wallet.expires_too_soon", func(f *db.GrantForm) { f.ExpiresOn = w.Today().String() }},
			"in a hundred years": {"expires_on", "wallet.expires_too_late", func(f *db.GrantForm) { f.ExpiresOn = "2126-01-01" }},
			"no day":             {"expires_on", "fields.day", func(f *db.GrantForm) { f.ExpiresOn = "завтра" }},
			"no reason":          {"reason", "fields.required", func(f *db.GrantForm) { f.Reason = " " }},
			"no key":             {"", "forms.expired", func(f *db.GrantForm) { f.Key = "" }},
		} {
			form := fine
			wrong.spoil(&form)
			var problems db.Problems
			if _, err := w.GrantPoints(t.Context(), olga, form); !errors.As(err, &problems) || problems[wrong.field] != wrong.problem {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	t.Run("J02 fifty clicks at once give once", func(t *testing.T) {
		form := db.GrantForm{Customer: vera.ID.Number(), Points: "30", Reason: "подарок", Key: "gift"}
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if _, err := w.GrantPoints(t.Context(), olga, form); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		has(t, w, vera, 30, 30)
	})
	soon, later := w.Today().Plus(10), w.Today().Plus(20)
	late, early := w.Granted(t, vera, 50, later.String()), w.Granted(t, vera, 40, soon.String())
	w.PointsCame(t, vera, 100)
	left := func(lot db.BonusPoint) (remaining int64) {
		t.Helper()
		if err := w.Pool.QueryRow(t.Context(), "SELECT remaining FROM bonus_points WHERE id = $1", lot.ID).Scan(&remaining); err != nil {
			t.Fatal(err)
		}
		return remaining
	}
	t.Run("J02 what expires first is spent first, then what was given for good, then what was bought", func(t *testing.T) {
		if err := spend(t, w, vera, 60, "first"); err != nil {
			t.Fatal(err)
		}
		if left(early) != 0 || left(late) != 30 {
			t.Errorf("%d and %d are left", left(early), left(late))
		}
		if err := spend(t, w, vera, 80, "second"); err != nil {
			t.Fatal(err)
		}
		has(t, w, vera, 80, 0)
		clean(t, w)
	})
	t.Run("J01 too few points are a refusal, and nothing moves", func(t *testing.T) {
		if err := spend(t, w, vera, 81, "third"); !errors.Is(err, db.Refusal("wallet.too_few")) {
			t.Error(err)
		}
		has(t, w, vera, 80, 0)
	})
	t.Run("J02 what is given back goes where it came from, once, and is nobody else's", func(t *testing.T) {
		if err := giveBack(t, w, w.Person(t, dbtest.Boris), "first"); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		if err := giveBack(t, w, vera, "first"); err != nil {
			t.Fatal(err)
		}
		if err := giveBack(t, w, vera, "first"); !errors.Is(err, db.ErrPosted) {
			t.Error(err)
		}
		if left(early) != 40 || left(late) != 20 {
			t.Errorf("%d and %d are left", left(early), left(late))
		}
		has(t, w, vera, 140, 60)
		clean(t, w)
	})
	t.Run("J02 on its day what is left of a gift is taken back once, by fifty workers at once", func(t *testing.T) {
		if err := spend(t, w, vera, 15, "third"); err != nil {
			t.Fatal(err)
		}
		w.Clock.Pass(10 * 24 * time.Hour)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if err := w.ExpirePoints(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		has(t, w, vera, 100, 20)
		page := &db.PointsStatement{Statement: db.Statement{Of: vera.ID}}
		if err := w.Read(t.Context(), page); err != nil {
			t.Fatal(err)
		}
		if line := page.Lines[0]; line.Kind != db.Expiry || line.Amount != -25_00 || line.Reason != "№ 3, подарок к 8 марта" {
			t.Errorf("%+v", line)
		}
		clean(t, w)
	})
	t.Run("J02 what has expired is not spent, though no worker came by; given back after its day it stays for good", func(t *testing.T) {
		if err := spend(t, w, vera, 10, "fourth"); err != nil {
			t.Fatal(err)
		}
		w.Clock.Pass(10 * 24 * time.Hour)
		if err := spend(t, w, vera, 90, "fifth"); !errors.Is(err, db.Refusal("wallet.too_few")) {
			t.Error(err)
		}
		if err := giveBack(t, w, vera, "fourth"); err != nil {
			t.Fatal(err)
		}
		if err := w.ExpirePoints(t.Context()); err != nil {
			t.Fatal(err)
		}
		has(t, w, vera, 90, 0)
		clean(t, w)
	})
	t.Run("J01 a line leads to the gift behind it", func(t *testing.T) {
		entry, err := w.PointsEntry(t.Context(), vera.ID, 2)
		if err != nil || entry.Bonus == nil || entry.Bonus.Points != 50 || entry.Bonus.Remaining != 0 {
			t.Errorf("%+v, %v", entry, err)
		}
		if _, err := w.PointsEntry(t.Context(), olga.ID, 2); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
	})
	t.Run("J02 half a point is none", func(t *testing.T) {
		refusedBy(t, w, "wallets_whole_points", `INSERT INTO postings (kind, key, reason, at, amount, from_wallet, to_wallet)
			SELECT 'bonus', 'half', '', now(), 50, h.id, p.id FROM wallets h, wallets p
			WHERE h.account_id IS NULL AND h.name = 'adjustments' AND h.currency = 'RUB' AND p.account_id IS NOT NULL AND p.name = 'points' ORDER BY p.id LIMIT 1`)
	})
	t.Run("J02 the audit knows what is given", func(t *testing.T) {
		if _, err := w.Pool.Exec(t.Context(), "UPDATE bonus_points SET remaining = points WHERE account_id = $1", vera.ID); err != nil {
			t.Fatal(err)
		}
		if findings, err := w.Audit(t.Context()); err != nil || len(findings) != 1 {
			t.Errorf("%v, %v", findings, err)
		}
	})
}

// TestSpendingAtOnce spends more than there is from fifty sides.
func TestSpendingAtOnce(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	w.PointsCame(t, vera, 100)
	w.Granted(t, vera, 95, w.Today().Plus(3).String())
	w.Granted(t, vera, 105, "")
	var wg sync.WaitGroup
	answers := make([]error, 50)
	for i := range answers {
		wg.Go(func() { answers[i] = spend(t, w, vera, 10, fmt.Sprint("article ", i)) })
	}
	wg.Wait()
	done := 0
	for _, err := range answers {
		if err == nil {
			done++
		} else if !errors.Is(err, db.Refusal("wallet.too_few")) {
			t.Error(err)
		}
	}
	if done != 30 {
		t.Errorf("J01 %d of 50 went through", done)
	}
	has(t, w, vera, 0, 0)
	clean(t, w)
}

// lot is what the model knows of points that were given.
type lot struct {
	left    int64
	expires int // a day; 0: never
}

// TestPointsModel does at random what may be done with points and compares with a plain list of lots.
func TestPointsModel(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	first := w.Today()
	day, run, bought := 0, 0, int64(0)
	var lots []*lot
	burn := func() {
		for _, l := range lots {
			if l.expires != 0 && l.expires <= day {
				l.left = 0
			}
		}
	}
	given := func() (sum int64) {
		for _, l := range lots {
			sum += l.left
		}
		return sum
	}
	rapid.Check(t, func(r *rapid.T) {
		for range rapid.IntRange(1, 5).Draw(r, "steps") {
			run++
			amount := rapid.Int64Range(1, 60).Draw(r, "points")
			switch rapid.SampledFrom([]string{"grant", "spend", "spend", "buy", "day"}).Draw(r, "act") {
			case "grant":
				expires, on := 0, ""
				if days := rapid.IntRange(0, 5).Draw(r, "days"); days > 0 {
					expires = day + days
					on = first.Plus(expires).String()
				}
				w.Granted(t, vera, amount, on)
				lots = append(lots, &lot{amount, expires})
			case "buy":
				house, _ := w.HouseWallet(t.Context(), db.Bank, db.RUB)
				own, _ := w.WalletOf(t.Context(), &vera.ID, db.Points, db.RUB)
				move(t, w, func(ctx context.Context, l db.Ledger) (db.TransferID, error) {
					return l.Post(ctx, house.ID, own.ID, db.Money(amount)*100, fmt.Sprint("buy ", run))
				})
				bought += amount
			case "day":
				day++
				w.Clock.Pass(24 * time.Hour)
				if err := w.ExpirePoints(t.Context()); err != nil {
					r.Fatal(err)
				}
				burn()
			case "spend":
				err := spend(t, w, vera, amount, fmt.Sprint("spend ", run))
				if amount > bought+given() {
					if !errors.Is(err, db.Refusal("wallet.too_few")) {
						r.Fatalf("%d of %d: %v", amount, bought+given(), err)
					}
					continue
				}
				if err != nil {
					r.Fatal(err)
				}
				order := slices.Clone(lots)
				slices.SortStableFunc(order, func(a, b *lot) int { return (a.expires+9999)%10000 - (b.expires+9999)%10000 })
				for _, l := range order {
					part := min(l.left, amount)
					l.left, amount = l.left-part, amount-part
				}
				bought -= amount
			}
		}
		if all, gave := points(t, w, vera); all != bought+given() || gave != given() {
			r.Fatalf("%d and %d given, want %d and %d", all, gave, bought+given(), given())
		}
	})
	clean(t, w)
}
