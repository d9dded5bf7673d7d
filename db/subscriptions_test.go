package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// asItIs is a subscription as it is by now.
func asItIs(t *testing.T, w *dbtest.World, s db.Subscription) db.Subscription {
	t.Helper()
	return sure(w.SubscriptionByID(t.Context(), s.ID))
}

// occasions are the kinds and the occasions of what was written to somebody, the oldest first.
func occasions(t *testing.T, w *dbtest.World, to db.Visitor, kind db.MailKind) (found []string) {
	t.Helper()
	rows, err := w.Pool.Query(t.Context(), "SELECT coalesce(letter->>'act', ''), coalesce(letter->>'issue', '') FROM mails WHERE account_id = $1 AND kind = $2 ORDER BY id", to.ID, string(kind))
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var act, issue string
		if err := rows.Scan(&act, &issue); err != nil {
			t.Fatal(err)
		}
		found = append(found, act+issue)
	}
	return found
}

// issuesOf are the numbers of the issues that somebody has got, the newest first.
func issuesOf(t *testing.T, w *dbtest.World, to db.Visitor) (numbers string) {
	t.Helper()
	for _, issue := range sure(w.IssuesOf(t.Context(), to.ID, 1<<30, 100)) {
		numbers += fmt.Sprint(issue.Number, " ")
	}
	return strings.TrimSpace(numbers)
}

func sound(t *testing.T, w *dbtest.World) {
	t.Helper()
	if findings := sure(w.Audit(t.Context())); len(findings) > 0 {
		t.Error(findings)
	}
}

func problem(t *testing.T, err error, field, key string) {
	t.Helper()
	if problems, ok := errors.AsType[db.Problems](err); !ok || problems[field] != key {
		t.Errorf("%s is %v (%v), not %s", field, problems[field], err, key)
	}
}

func TestSubscribing(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	ctx := t.Context()
	vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)
	w.DeliveredIssue(t, 40)

	t.Run("N03 from the balance it is paid at once, and a double press pays once", func(t *testing.T) {
		w.TopUp(t, vera, 100_00)
		form := w.SubscriptionForm(t, db.FormatPDF, 6)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if s, err := w.Subscribe(ctx, vera, form); err != nil || s.Status != db.SubscriptionActive {
					t.Error(s.Status, err)
				}
			})
		}
		all.Wait()
		if purse := sure(w.PurseOf(ctx, vera.ID)); purse.Available != 88_00 {
			t.Error(purse.Available)
		}
		if mine := sure(w.SubscriptionsOf(ctx, &vera.ID)); len(mine) != 1 || issuesOf(t, w, vera) != "" {
			t.Error(len(mine), issuesOf(t, w, vera))
		}
		sound(t, w)
	})
	t.Run("N03 with too little nothing is sold", func(t *testing.T) {
		_, err := w.Subscribe(ctx, boris, w.SubscriptionForm(t, db.FormatPDF, 6))
		problem(t, err, "way", "wallets.too_little")
		form := w.SubscriptionForm(t, db.FormatPDF, 6)
		form.Way = db.PayByPoints
		_, err = w.Subscribe(ctx, boris, form)
		problem(t, err, "way", "wallet.too_few")
		if mine := sure(w.SubscriptionsOf(ctx, &boris.ID)); len(mine) != 0 {
			t.Error(mine)
		}
		sound(t, w)
	})
	t.Run("N03 by an invoice it begins when all of it is paid, and never before", func(t *testing.T) {
		s := w.Subscription(t, boris, db.FormatPDF, 6, dbtest.ByInvoice, func(f *db.SubscriptionForm) { f.Start = "current" })
		if s.Status != db.SubscriptionPending || issuesOf(t, w, boris) != "" {
			t.Fatal(s.Status, issuesOf(t, w, boris))
		}
		invoice := sure(w.InvoiceByID(ctx, *s.InvoiceID))
		w.DeliveredIssue(t, 41)
		w.Received(t, 5_00, invoice.Reference)
		if s = asItIs(t, w, s); s.Status != db.SubscriptionPending || s.Remaining != 6 {
			t.Error(s.Status, s.Remaining)
		}
		w.Received(t, 7_00, invoice.Reference)
		if s = asItIs(t, w, s); s.Status != db.SubscriptionActive || s.Remaining != 5 || issuesOf(t, w, boris) != "41" {
			t.Error(s.Status, s.Remaining, issuesOf(t, w, boris))
		}
		sound(t, w)
	})
	t.Run("N03 the print version needs a complete address of one's own", func(t *testing.T) {
		form := w.SubscriptionForm(t, db.FormatPrint, 6)
		_, err := w.Subscribe(ctx, boris, form)
		problem(t, err, "address", "subscriptions.address_needed")
		form.Address = w.Address(t, vera).ID
		_, err = w.Subscribe(ctx, boris, form)
		problem(t, err, "address", "subscriptions.address_needed")
		short := sure(w.AddAddress(ctx, boris, db.AddressForm{Surname: "Львов", Name: "Борис", Country: "RU", City: "Подольск"}))
		form.Address = short.ID
		_, err = w.Subscribe(ctx, boris, form)
		problem(t, err, "address", "subscriptions.address_incomplete")
	})
	t.Run("N03 nobody pays another price than they saw", func(t *testing.T) {
		form := w.SubscriptionForm(t, db.FormatPrint, 12)
		anna := w.Person(t, dbtest.Anna)
		if err := w.SetSubscriptionTariff(ctx, anna, db.TariffOfSubscription{Format: db.FormatPrint, Issues: "12", Price: "50,00", Points: "5000"}); err != nil {
			t.Fatal(err)
		}
		form.Address = w.Address(t, vera).ID
		_, err := w.Subscribe(ctx, vera, form)
		problem(t, err, "tariff", "subscriptions.price_changed")
		for _, forged := range []string{"", "pdf", "pdf-6-1-1", "pdf-x-1200-1200", "gold-6-1200-1200", "pdf-7-1200-1200", "pdf-6-1200-1200-1"} {
			form.Tariff = forged
			if _, err := w.Subscribe(ctx, vera, form); err == nil {
				t.Error(forged)
			}
		}
	})
	t.Run("N02 who reads already goes on after that, and gets no issue twice", func(t *testing.T) {
		irina := w.Person(t, dbtest.Irina)
		first := w.Subscription(t, irina, db.FormatPDF, 6, func(f *db.SubscriptionForm) { f.Start = "current" })
		_, err := w.Subscribe(ctx, irina, w.SubscriptionForm(t, db.FormatBoth, 6))
		problem(t, err, "address", "subscriptions.address_needed")
		second := w.SubscriptionForm(t, db.FormatPDF, 6)
		_, err = w.Subscribe(ctx, irina, second)
		problem(t, err, "start", "subscriptions.overlaps")
		second.Start = "after"
		w.TopUp(t, irina, 50_00)
		next := sure(w.Subscribe(ctx, irina, second))
		for number := 42; number <= 46; number++ {
			w.DeliveredIssue(t, number)
		}
		if first, next = asItIs(t, w, first), asItIs(t, w, next); first.Status != db.SubscriptionExpired || next.Remaining != 6 || issuesOf(t, w, irina) != "46 45 44 43 42 41" {
			t.Error(first.Status, next.Remaining, issuesOf(t, w, irina))
		}
		issue := w.DeliveredIssue(t, 47)
		if err := w.DeliverIssue(ctx, issue.ID); err != nil {
			t.Fatal(err)
		}
		if next = asItIs(t, w, next); next.Remaining != 5 || issuesOf(t, w, irina) != "47 46 45 44 43 42 41" {
			t.Error(next.Remaining, issuesOf(t, w, irina))
		}
		if got := occasions(t, w, irina, db.MailSubscriptionEnds); len(got) != 0 {
			t.Errorf("who has prolonged is reminded: %v", got)
		}
		if got := occasions(t, w, irina, db.MailIssue); !is(got, "42", "43", "44", "45", "46", "47") {
			t.Error(got)
		}
		sound(t, w)
	})
}

func TestSubscriptionsEnd(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	ctx := t.Context()
	vera, boris, sveta := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Person(t, dbtest.Sveta)

	t.Run("N03 mail-22 comes two issues before the end and at the end", func(t *testing.T) {
		s := w.Subscription(t, vera, db.FormatPDF, 6)
		for number := 1; number <= 6; number++ {
			w.DeliveredIssue(t, number)
			now := asItIs(t, w, s)
			if now.EndsSoon() != (number == 4 || number == 5) {
				t.Error(number, now.EndsSoon())
			}
		}
		if s = asItIs(t, w, s); s.Status != db.SubscriptionExpired || !is(occasions(t, w, vera, db.MailSubscriptionEnds), "", "ended") {
			t.Error(s.Status, occasions(t, w, vera, db.MailSubscriptionEnds))
		}
	})
	t.Run("N03 who does not want these mails gets none", func(t *testing.T) {
		if err := w.SetMailWanted(ctx, boris, db.MailSubscriptionEnds, false); err != nil {
			t.Fatal(err)
		}
		w.Subscription(t, boris, db.FormatPDF, 6)
		for number := 11; number <= 16; number++ {
			w.DeliveredIssue(t, number)
		}
		if ends, issues := occasions(t, w, boris, db.MailSubscriptionEnds), occasions(t, w, boris, db.MailIssue); len(ends) != 0 || len(issues) != 6 {
			t.Error(ends, issues)
		}
	})
	t.Run("N03 what is paid late waits for what was bought since, and no issue goes out twice", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		form := w.SubscriptionForm(t, db.FormatPDF, 6)
		form.Way = db.PayByInvoice
		ordered := sure(w.Subscribe(ctx, vera, form))
		w.Granted(t, vera, 1200, "")
		running := w.Subscription(t, vera, db.FormatPDF, 6, dbtest.WithPoints)
		w.TopUp(t, vera, 100_00) // which pays what is open
		if ordered = asItIs(t, w, ordered); ordered.Status == db.SubscriptionPending {
			sure(w.PayInvoice(ctx, vera, *ordered.InvoiceID))
			ordered = asItIs(t, w, ordered)
		}
		if ordered.Status != db.SubscriptionActive || ordered.Follows == nil || *ordered.Follows != running.ID {
			t.Fatalf("%+v", ordered)
		}
		for number := 1; number <= 7; number++ {
			w.DeliveredIssue(t, number)
		}
		if one, two := asItIs(t, w, running), asItIs(t, w, ordered); one.Remaining != 0 || two.Remaining != 5 {
			t.Error(one.Remaining, two.Remaining)
		}
	})
	t.Run("N03 it does not renew what was prolonged by hand and is paused", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		first := w.Subscription(t, vera, db.FormatPrint, 6, func(f *db.SubscriptionForm) { f.Renews = "yes" })
		second := w.Subscription(t, vera, db.FormatPrint, 6, func(f *db.SubscriptionForm) { f.Start = "after" })
		if _, err := w.Pool.Exec(ctx, "UPDATE subscriptions SET status = 'paused', pause_left = 1 WHERE id = $1", second.ID); err != nil {
			t.Fatal(err)
		}
		for number := 1; number <= 6; number++ {
			w.DeliveredIssue(t, number)
		}
		if err := w.RenewSubscription(ctx, first.ID); err != nil {
			t.Fatal(err)
		}
		if mine := sure(w.SubscriptionsOf(ctx, &vera.ID)); len(mine) != 2 {
			t.Errorf("%d subscriptions", len(mine))
		}
	})
	t.Run("J02 N03 points that have expired meanwhile do not stay because somebody changed their mind", func(t *testing.T) {
		w := dbtest.Open(t)
		vera := w.Person(t, dbtest.Vera)
		w.Granted(t, vera, 1200, w.Today().Plus(1).String())
		s := w.Subscription(t, vera, db.FormatPDF, 6, dbtest.WithPoints)
		w.Clock.Pass(48 * time.Hour)
		if err := w.CancelSubscription(ctx, vera, s.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.ExpirePoints(ctx); err != nil {
			t.Fatal(err)
		}
		if purse := sure(w.PurseOf(ctx, vera.ID)); purse.Points != 0 {
			t.Errorf("%d points are left", purse.Points)
		}
	})
	t.Run("N03 it renews by itself only where that was chosen, once, and from where there is enough", func(t *testing.T) {
		irina := w.Person(t, dbtest.Irina)
		s := w.Subscription(t, irina, db.FormatPDF, 6, func(f *db.SubscriptionForm) { f.Renews = "yes" })
		for number := 21; number <= 26; number++ {
			w.DeliveredIssue(t, number)
		}
		for range 2 {
			if err := w.RenewSubscription(ctx, s.ID); err != nil {
				t.Fatal(err)
			}
		}
		if mine := sure(w.SubscriptionsOf(ctx, &irina.ID)); len(mine) != 2 || mine[0].Subscription.Status != db.SubscriptionActive || mine[0].Subscription.Remaining != 6 {
			t.Fatal(mine)
		}
		if got := occasions(t, w, irina, db.MailSubscriptionEnds); !is(got, "renews", "renewed") {
			t.Error(got)
		}
		next := sure(w.SubscriptionsOf(ctx, &irina.ID))[0].Subscription
		purse := sure(w.PurseOf(ctx, irina.ID))
		w.TopUp(t, irina, 100_00-purse.Available%100_00)
		for number := 27; number <= 32; number++ {
			w.DeliveredIssue(t, number)
		}
		if issuesOf(t, w, irina) != "32 31 30 29 28 27 26 25 24 23 22 21" {
			t.Error(issuesOf(t, w, irina))
		}
		drain(t, w, irina)
		w.Granted(t, irina, 1200, "")
		if err := w.RenewSubscription(ctx, next.ID); err != nil {
			t.Fatal(err)
		}
		has(t, w, irina, 0, 0)
		last := sure(w.SubscriptionsOf(ctx, &irina.ID))[0].Subscription
		if last.TransferID == nil || !last.Renews {
			t.Error(last)
		}
		for number := 33; number <= 38; number++ {
			w.DeliveredIssue(t, number)
		}
		if err := w.RenewSubscription(ctx, last.ID); err != nil {
			t.Fatal(err)
		}
		if got := occasions(t, w, irina, db.MailSubscriptionEnds); got[len(got)-1] != "lapsed" || len(sure(w.SubscriptionsOf(ctx, &irina.ID))) != 3 {
			t.Error(got)
		}
		sound(t, w)
	})
	t.Run("N01 a pause skips issues and moves the end, three at most", func(t *testing.T) {
		petr := w.Person(t, dbtest.Petr)
		s := w.Subscription(t, petr, db.FormatBoth, 6)
		for _, other := range []db.Visitor{vera, sveta} {
			if err := w.PauseSubscription(ctx, other, s.ID, 1); !errors.Is(err, db.ErrNotFound) {
				t.Error(err)
			}
		}
		problem(t, w.PauseSubscription(ctx, petr, s.ID, 4), "issues", "subscriptions.pause_too_long")
		for range 2 {
			if err := w.PauseSubscription(ctx, petr, s.ID, 2); err != nil {
				t.Fatal(err)
			}
		}
		w.DeliveredIssue(t, 51)
		if s = asItIs(t, w, s); s.Status != db.SubscriptionPaused || s.PauseLeft != 1 || s.Remaining != 6 {
			t.Error(s.Status, s.PauseLeft, s.Remaining)
		}
		w.DeliveredIssue(t, 52)
		w.DeliveredIssue(t, 53)
		if s = asItIs(t, w, s); s.Status != db.SubscriptionActive || s.Skipped != 2 || s.Remaining != 5 || issuesOf(t, w, petr) != "53" || s.MayPause() != 1 {
			t.Error(s.Status, s.Skipped, s.Remaining, issuesOf(t, w, petr))
		}
		if err := w.PauseSubscriptionFor(ctx, sveta, s.ID, 1); err != nil {
			t.Error(err)
		}
		for range 2 {
			if err := w.ResumeSubscription(ctx, petr, s.ID); err != nil {
				t.Error(err)
			}
		}
		pdf := w.Subscription(t, w.Person(t, dbtest.Gleb), db.FormatPDF, 6)
		if err := w.PauseSubscription(ctx, w.Person(t, dbtest.Gleb), pdf.ID, 1); !errors.Is(err, db.Refusal("subscriptions.no_pause")) {
			t.Error(err)
		}
		sound(t, w)
	})
	t.Run("N01 cancelled, what is still to come goes back to where it was paid from, once", func(t *testing.T) {
		olga := w.Person(t, dbtest.Olga)
		euros := w.Subscription(t, olga, db.FormatPDF, 6)
		w.DeliveredIssue(t, 61)
		w.DeliveredIssue(t, 62)
		before := sure(w.PurseOf(ctx, olga.ID)).Available
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				if err := w.CancelSubscription(ctx, olga, euros.ID); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if back := sure(w.PurseOf(ctx, olga.ID)).Available - before; back != 8_00 {
			t.Error(back)
		}
		w.Granted(t, olga, 500, w.Today().Plus(200).String())
		w.PointsCame(t, olga, 700)
		points := w.Subscription(t, olga, db.FormatPDF, 6, func(f *db.SubscriptionForm) { f.Way = db.PayByPoints })
		has(t, w, olga, 0, 0)
		for number := 63; number <= 66; number++ {
			w.DeliveredIssue(t, number)
		}
		if err := w.CancelSubscriptionFor(ctx, sveta, points.ID, " "); err == nil {
			t.Error("cancelled without a reason")
		}
		if err := w.CancelSubscriptionFor(ctx, sveta, points.ID, "по просьбе"); err != nil {
			t.Fatal(err)
		}
		has(t, w, olga, 400, 400) // given points come back as given
		w.DeliveredIssue(t, 67)
		if s := asItIs(t, w, points); s.Status != db.SubscriptionCancelled || s.Remaining != 2 {
			t.Error(s.Status, s.Remaining)
		}
		pending := w.Subscription(t, olga, db.FormatPDF, 6, dbtest.ByInvoice)
		if err := w.CancelSubscription(ctx, olga, pending.ID); err != nil {
			t.Fatal(err)
		}
		if invoice := sure(w.InvoiceByID(ctx, *pending.InvoiceID)); invoice.Status != db.InvoiceVoid {
			t.Error(invoice.Status)
		}
		if err := w.CancelSubscription(ctx, vera, points.ID); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		sound(t, w)
	})
}

// drain takes all euros off a balance.
func drain(t *testing.T, w *dbtest.World, of db.Visitor) {
	t.Helper()
	left := sure(w.PurseOf(t.Context(), of.ID)).Available
	if left == 0 {
		return
	}
	if err := w.Ledger(t.Context(), func(l db.Ledger) error {
		_, err := l.Charge(t.Context(), of.ID, "drain", left)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestGifts(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	ctx := t.Context()
	vera, boris, irina := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Person(t, dbtest.Irina)
	w.DeliveredIssue(t, 1)

	t.Run("N03 a gift is claimed once, by its code, into an account of one's own", func(t *testing.T) {
		gift := w.Subscription(t, vera, db.FormatBoth, 6, dbtest.AsGift, func(f *db.SubscriptionForm) { f.Start = "current" })
		w.DeliveredIssue(t, 2)
		if gift = asItIs(t, w, gift); !gift.Unclaimed() || gift.Remaining != 6 {
			t.Fatal(gift.Status, gift.Remaining)
		}
		_, old, err := w.GiftCode(ctx, vera, gift.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.GiftCode(ctx, boris, gift.ID); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		_, code, err := w.GiftCode(ctx, vera, gift.ID)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(asItIs(t, w, gift).CodeHash, []byte(code)) {
			t.Error("the code itself is kept")
		}
		for wrong, key := range map[string]string{"": "fields.required", old: "subscriptions.code_unknown", "AAAA-AAAA-AAAA-AAAA": "subscriptions.code_unknown"} {
			_, err := w.ClaimGift(ctx, boris, db.ClaimForm{Code: wrong})
			problem(t, err, "code", key)
		}
		_, err = w.ClaimGift(ctx, boris, db.ClaimForm{Code: code})
		problem(t, err, "address", "subscriptions.address_needed")
		claim := db.ClaimForm{Code: strings.ToLower(strings.ReplaceAll(code, "-", " ")), Address: w.Address(t, boris).ID}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if _, err := w.ClaimGift(ctx, boris, claim); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if gift = asItIs(t, w, gift); gift.Remaining != 5 || issuesOf(t, w, boris) != "2" || issuesOf(t, w, vera) != "" {
			t.Error(gift.Remaining, issuesOf(t, w, boris))
		}
		_, err = w.ClaimGift(ctx, irina, db.ClaimForm{Code: code})
		problem(t, err, "code", "subscriptions.code_used")
		if err := w.CancelSubscription(ctx, vera, gift.ID); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("what was given away is taken back: %v", err)
		}
		if err := w.CancelSubscription(ctx, boris, gift.ID); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("a gift is turned into money: %v", err)
		}
		sound(t, w)
	})
	t.Run("N03 a gift that nobody has claimed may be taken back, whole", func(t *testing.T) {
		w.Granted(t, irina, 1200, "")
		gift := w.Subscription(t, irina, db.FormatPDF, 6, dbtest.AsGift, func(f *db.SubscriptionForm) { f.Way = db.PayByPoints })
		_, code, err := w.GiftCode(ctx, irina, gift.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.CancelSubscription(ctx, irina, gift.ID); err != nil {
			t.Fatal(err)
		}
		has(t, w, irina, 1200, 1200)
		_, err = w.ClaimGift(ctx, boris, db.ClaimForm{Code: code})
		problem(t, err, "code", "subscriptions.code_cancelled")
		sound(t, w)
	})
	t.Run("N03 codes are not guessed for long", func(t *testing.T) {
		var wait db.Wait
		for range 20 {
			if _, err := w.ClaimGift(ctx, vera, db.ClaimForm{Code: "AAAA"}); errors.As(err, &wait) {
				return
			}
		}
		t.Error("guess on")
	})
}

func TestIssues(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	ctx := t.Context()
	vera, boris, nina := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Person(t, dbtest.Nina)
	counting := func(file []byte) (int, error) {
		if !bytes.HasPrefix(file, []byte("%PDF-")) {
			return 0, errors.New("no PDF")
		}
		return 3, nil
	}

	t.Run("N01 an issue comes out with a PDF, in order, and stays as it is", func(t *testing.T) {
		form := db.IssueForm{Key: strings.Repeat("k", 20), Number: "5", Title: "Осень", Month: "2026-03"}
		issue := sure(w.WriteIssue(ctx, nina, form))
		if same := sure(w.WriteIssue(ctx, nina, form)); same.ID != issue.ID {
			t.Error(same.ID)
		}
		if _, err := w.PublishIssue(ctx, issue.ID); !errors.Is(err, db.Refusal("issues.no_pdf")) {
			t.Error(err)
		}
		problem(t, w.SetIssuePDF(ctx, nina, issue.ID, nil, counting), "pdf", "issues.choose_pdf")
		problem(t, w.SetIssuePDF(ctx, nina, issue.ID, []db.Upload{dbtest.Sent([]byte("<html>"))}, counting), "pdf", "issues.pdf_wrong")
		problem(t, w.SetIssuePDF(ctx, nina, issue.ID, []db.Upload{dbtest.Sent(make([]byte, 41<<20))}, counting), "pdf", "issues.pdf_too_large")
		problem(t, w.SetIssueCover(ctx, nina, issue.ID, []db.Upload{dbtest.Sent([]byte("%PDF-1.4"))}), "cover", "photos.wrong_type")
		for _, title := range []string{"one", "one", "two"} {
			if err := w.SetIssuePDF(ctx, nina, issue.ID, []db.Upload{dbtest.Sent(dbtest.PDF(title, 3))}, counting); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if _, err := w.PublishIssue(ctx, issue.ID); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.EditIssue(ctx, issue.ID, form); !errors.Is(err, db.IssuePublished) {
			t.Error(err)
		}
		if _, err := w.PublishIssue(ctx, w.DraftIssue(t, 4).ID); !errors.Is(err, db.Refusal("issues.out_of_order")) {
			t.Error(err)
		}
		form.Key = strings.Repeat("n", 20)
		_, err := w.WriteIssue(ctx, nina, form)
		problem(t, err, "number", "issues.number_taken")
		var files int
		if err := w.Pool.QueryRow(ctx, "SELECT count(*) FROM files WHERE subject = 'issue' AND subject_id = $1", issue.ID).Scan(&files); err != nil || files != 1 {
			t.Errorf("%d files are left of one PDF: %v", files, err)
		}
	})
	t.Run("N01 a reader's own copy is made once, and only its reader has it", func(t *testing.T) {
		w.Subscription(t, vera, db.FormatPDF, 6)
		issue := w.DeliveredIssue(t, 6)
		if _, _, err := w.OwnCopy(ctx, vera, issue.ID); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		stamp := func(_ context.Context, file []byte, reader db.AccountID, in db.Locale) ([]byte, error) {
			return append(bytes.Clone(file), fmt.Sprint("%", reader, in)...), nil
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if err := w.StampIssue(ctx, db.StampIssue{Account: vera.ID, Issue: issue.ID}, stamp); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		file, content, err := w.OwnCopy(ctx, vera, issue.ID)
		if err != nil || !bytes.HasSuffix(content, fmt.Append(nil, "%", vera.ID, "ru")) || file.AccountID != vera.ID || file.ContentType != "application/pdf" {
			t.Error(file, err)
		}
		if _, _, err := w.OwnCopy(ctx, boris, issue.ID); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		if err := w.StampIssue(ctx, db.StampIssue{Account: boris.ID, Issue: issue.ID}, stamp); err != nil {
			t.Error(err)
		}
		var copies int
		if err := w.Pool.QueryRow(ctx, "SELECT count(*) FROM files WHERE subject = 'issue_copy'").Scan(&copies); err != nil || copies != 1 {
			t.Errorf("%d copies: %v", copies, err)
		}
	})
	t.Run("N01 the list for the post has those who get it printed, and not who has paused", func(t *testing.T) {
		paper := w.Subscription(t, boris, db.FormatPrint, 6)
		paused := w.Subscription(t, w.Person(t, dbtest.Petr), db.FormatBoth, 6)
		if err := w.PauseSubscription(ctx, w.Person(t, dbtest.Petr), paused.ID, 1); err != nil {
			t.Fatal(err)
		}
		issue := w.PublishedIssue(t, 7)
		late := w.Subscription(t, w.Person(t, dbtest.Irina), db.FormatPrint, 6)
		w.Clock.Pass(time.Minute)
		if err := w.DeliverIssue(ctx, issue.ID); err != nil {
			t.Fatal(err)
		}
		var listed []db.SubscriptionID
		if err := w.Postings(ctx, issue.ID, func(p db.Posting) error {
			listed = append(listed, p.ID)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if len(listed) != 2 || listed[0] != paper.ID || listed[1] != late.ID { // who came in the same moment still gets it
			t.Error(listed, paper.ID, late.ID)
		}
		for range 2 {
			if err := w.PostIssue(ctx, nina, issue.ID); err != nil {
				t.Fatal(err)
			}
		}
		if desk := sure(w.DeskIssue(ctx, issue.ID)); desk.Issue.PostedAt == nil || desk.PostedBy != nina.Name || desk.Readers.Printed != 2 {
			t.Error(desk)
		}
		if !sure(w.AddressInUse(ctx, *paper.AddressID)) {
			t.Error("nobody says that the magazine goes there")
		}
		sound(t, w)
	})
	t.Run("N01 a whole edition goes out in batches, once to each", func(t *testing.T) {
		if _, err := w.Pool.Exec(ctx, `
			WITH people AS (INSERT INTO accounts (email, name, locale, status, created_at) SELECT 'r' || n || '@example.test', '', 'ru', 'active', now() FROM generate_series(1, 250) n RETURNING id),
			     paid AS (INSERT INTO invoices (account_id, kind, status, total, paid, reference, due_on, issued_at, paid_at)
			              SELECT id, 'service', 'paid', 1200, 1200, 'X' || id, '2026-03-01', now(), now() FROM people RETURNING id, account_id)
			INSERT INTO subscriptions (account_id, payer_id, gift, format, issues, remaining, status, current, price, invoice_id, renews, key, created_at, started_at)
			SELECT account_id, account_id, false, 'pdf', 6, 6, 'active', false, 1200, id, false, 'edition:' || id, now(), '2026-03-02' FROM paid`); err != nil {
			t.Fatal(err)
		}
		issue := w.PublishedIssue(t, 8)
		for range 2 {
			if err := w.DeliverIssue(ctx, issue.ID); err != nil {
				t.Fatal(err)
			}
		}
		var served, mails int
		if err := w.Pool.QueryRow(ctx, "SELECT count(*) FILTER (WHERE remaining = 5), (SELECT count(*) FROM mails WHERE kind = 'mail-23' AND letter->>'issue' = '8' AND address LIKE 'r%') FROM subscriptions WHERE key LIKE 'edition:%'").Scan(&served, &mails); err != nil || served != 250 || mails != 250 {
			t.Error(served, mails, err)
		}
	})
}
