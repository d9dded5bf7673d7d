package db_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

const newcomer = "lena@example.test"

func registered(t *testing.T, w *dbtest.World) (db.Account, db.Mail) {
	t.Helper()
	account, err := w.Register(t.Context(), db.Registration{Email: newcomer, Password: dbtest.Password, Consent: "on"}, db.Russian, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return account, newest(t, w)
}

// newest is the mail that was put into the outbox last.
func newest(t *testing.T, w *dbtest.World) db.Mail {
	t.Helper()
	mails, err := w.Mails(t.Context(), 1<<62, 1)
	if err != nil || len(mails) != 1 {
		t.Fatalf("%d mails, %v", len(mails), err)
	}
	return mails[0]
}

func count(t *testing.T, w *dbtest.World, query string, args ...any) (n int) {
	t.Helper()
	if err := w.Pool.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

const jobsToSend = "SELECT count(*) FROM river_job WHERE kind = 'send_mail'"

func TestMailOfRegistration(t *testing.T) {
	w := dbtest.Open(t)
	t.Run("B02 without its mail there is no account", func(t *testing.T) {
		if _, err := w.Pool.Exec(t.Context(), "ALTER TABLE river_job RENAME TO away"); err != nil {
			t.Fatal(err)
		}
		_, err := w.Register(t.Context(), db.Registration{Email: newcomer, Password: dbtest.Password, Consent: "on"}, db.Russian, "127.0.0.1")
		if err == nil {
			t.Error("somebody was registered without a mail on its way")
		}
		if _, err := w.Pool.Exec(t.Context(), "ALTER TABLE away RENAME TO river_job"); err != nil {
			t.Fatal(err)
		}
		if n := count(t, w, "SELECT (SELECT count(*) FROM accounts) + (SELECT count(*) FROM mails) + (SELECT count(*) FROM tokens)"); n != 0 {
			t.Errorf("%d rows are left of it", n)
		}
	})
	t.Run("B02 with an account there is one mail and one job to send it", func(t *testing.T) {
		account, mail := registered(t, w)
		if mail.Kind != db.MailVerify || mail.AccountID != account.ID || mail.Address != newcomer || mail.Status != db.MailQueued {
			t.Errorf("%+v", mail)
		}
		if n := count(t, w, jobsToSend); n != 1 || count(t, w, "SELECT count(*) FROM mails") != 1 {
			t.Errorf("%d jobs", n)
		}
	})
	t.Run("the arguments of a job hold no secret", func(t *testing.T) {
		secret, _, _ := strings.Cut(newest(t, w).Secret, " ")
		if n := count(t, w, "SELECT count(*) FROM river_job j WHERE strpos(j::text, $1) > 0", secret); n != 0 || len(secret) < 22 {
			t.Errorf("%d jobs hold %q", n, secret)
		}
	})
}

func TestSecretsOfMails(t *testing.T) {
	w := dbtest.Open(t)
	_, mail := registered(t, w)
	secret, code, _ := strings.Cut(mail.Secret, " ")
	body := "?token=" + db.SecretMark + " " + db.CodeMark
	if err := w.WriteMail(t.Context(), mail.ID, "Привет", body, body); err != nil {
		t.Fatal(err)
	}
	if got := mail.Revealed(body); got != "?token="+secret+" "+code {
		t.Errorf("it would leave as %q", got)
	}
	if got := mail.Covered(body); got != "?token=••• •••" {
		t.Errorf("staff would read %q", got)
	}
	if n := count(t, w, "SELECT count(*) FROM mails WHERE strpos(text_body || html_body || letter::text, $1) > 0 OR strpos(text_body || html_body, $2) > 0", secret, code); n != 0 {
		t.Error("a body holds the secret")
	}
	for _, keep := range []bool{true, false} {
		w.KeepSecrets = keep
		if err := w.MailSent(t.Context(), mail); err != nil {
			t.Fatal(err)
		}
		sent := newest(t, w)
		if sent.Status != db.MailSent || sent.SentAt == nil || (sent.Secret != "") != keep {
			t.Errorf("keeping secrets %v: %q", keep, sent.Secret)
		}
	}
	if got := newest(t, w); got.Revealed(got.TextBody) != "?token=••• •••" {
		t.Errorf("forgotten, it reads %q", got.Revealed(got.TextBody))
	}
}

func TestMailToSend(t *testing.T) {
	w := dbtest.Open(t)
	_, mail := registered(t, w)
	out, err := w.MailToSend(t.Context(), mail.ID)
	if err != nil || out.Status != db.MailQueued || out.Letter.Path != "/verification" || !out.Letter.Code || out.Written() {
		t.Fatalf("%+v %v", out, err)
	}
	if err := w.MailSent(t.Context(), out.Mail); err != nil {
		t.Fatal(err)
	}
	if out, err := w.MailToSend(t.Context(), mail.ID); err != nil || out.Status != db.MailSent {
		t.Errorf("sent, it is %s (%v)", out.Status, err)
	}
	if _, err := w.MailToSend(t.Context(), mail.ID+7); err != db.ErrNotFound {
		t.Errorf("a mail that is not there: %v", err)
	}
}

// TestGatheredMail follows a mail that collects lines until it leaves.
func TestGatheredMail(t *testing.T) {
	w := dbtest.Open(t)
	vera, gleb := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Gleb)
	order := w.PaidOrder(t, vera, dbtest.Boots, dbtest.Mug, dbtest.Book)
	items, err := w.ItemsOf(t.Context(), order.ID)
	if err != nil {
		t.Fatal(err)
	}
	buy := func(item db.Item) db.Mail {
		t.Helper()
		_, err := w.Purchase(t.Context(), gleb, order.ID, db.PurchaseForm{
			Items: []db.ItemID{item.ID}, Shop: "bergzeit.de", ShopOrder: "A-1", Price: dbtest.Typed(item.Price * db.Money(item.Quantity)),
			Expected: w.Today().Plus(7).String(), Key: item.ID.Topic(),
		})
		if err != nil {
			t.Fatal(err)
		}
		return newest(t, w)
	}
	first := buy(items[0])
	if first.Kind != db.MailPurchased || first.Status != db.MailGathering {
		t.Fatalf("%s is %s", first.Kind, first.Status)
	}
	jobs := count(t, w, jobsToSend)
	w.Clock.Pass(25 * time.Minute)
	if second := buy(items[1]); second.ID != first.ID || count(t, w, jobsToSend) != jobs {
		t.Errorf("F02 the second item began another mail: %d, not %d", second.ID, first.ID)
	}
	w.Clock.Pass(5 * time.Minute)
	if out, err := w.MailToSend(t.Context(), first.ID); err != nil || out.Status != db.MailGathering || count(t, w, jobsToSend) != jobs+1 {
		t.Errorf("its latest line could not be taken back any more: %s (%v)", out.Status, err)
	}
	w.Clock.Pass(10 * time.Minute)
	out, err := w.MailToSend(t.Context(), first.ID)
	if err != nil || out.Status != db.MailQueued || len(out.Letter.Lines) != 2 || out.Letter.Number != order.ID.Number() {
		t.Errorf("%s with %d lines (%v)", out.Status, len(out.Letter.Lines), err)
	}
	if third := buy(items[2]); third.ID == first.ID {
		t.Error("a mail on its way took another line")
	}
}

func TestBounce(t *testing.T) {
	w := dbtest.Open(t)
	account, mail := registered(t, w)
	bounced := func() bool {
		t.Helper()
		account, err := w.AccountByID(t.Context(), account.ID)
		if err != nil {
			t.Fatal(err)
		}
		return account.EmailBouncedAt != nil
	}
	t.Run("a mail that is tried again flags nobody", func(t *testing.T) {
		if err := w.MailDelayed(t.Context(), mail, "451 позже"); err != nil || bounced() {
			t.Error(err)
		}
		if got := newest(t, w); got.Status != db.MailQueued || got.Attempts != 1 || got.Error != "451 позже" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("a mail refused for what it says flags nobody", func(t *testing.T) {
		if err := w.MailRefused(t.Context(), mail, "554 спам"); err != nil || bounced() {
			t.Error(err)
		}
	})
	t.Run("B06 an address that takes no mail is flagged", func(t *testing.T) {
		if err := w.MailBounced(t.Context(), mail, "550 нет такого"); err != nil || !bounced() {
			t.Error(err)
		}
		if got := newest(t, w); got.Status != db.MailFailed || got.Attempts != 3 || got.SentAt != nil {
			t.Errorf("%+v", got)
		}
	})
	t.Run("it is free of the flag once it takes mail again", func(t *testing.T) {
		if err := w.MailSent(t.Context(), mail); err != nil || bounced() {
			t.Error(err)
		}
	})
	t.Run("a mail to an address that the account no longer has says nothing about it", func(t *testing.T) {
		mail.Address = "lena.old@example.test"
		if err := w.MailBounced(t.Context(), mail, "550 нет такого"); err != nil || bounced() {
			t.Error(err)
		}
	})
	t.Run("a long reason is cut and a broken one mended", func(t *testing.T) {
		if err := w.MailRefused(t.Context(), mail, strings.Repeat("ы", 900)+"\xff"); err != nil {
			t.Fatal(err)
		}
		if got := []rune(newest(t, w).Error); len(got) != 500 {
			t.Errorf("%d letters", len(got))
		}
	})
}

func TestRetryMail(t *testing.T) {
	w := dbtest.Open(t)
	_, mail := registered(t, w)
	if _, err := w.RetryMail(t.Context(), mail.ID); err != db.Refusal("mails.not_failed") {
		t.Errorf("a queued mail: %v", err)
	}
	if err := w.MailRefused(t.Context(), mail, "554"); err != nil {
		t.Fatal(err)
	}
	if again, err := w.RetryMail(t.Context(), mail.ID); err != nil || again.Status != db.MailQueued {
		t.Errorf("%s %v", again.Status, err)
	}
	if _, err := w.RetryMail(t.Context(), mail.ID); err != db.Refusal("mails.not_failed") {
		t.Errorf("a second click: %v", err)
	}
	if n := count(t, w, jobsToSend); n != 2 {
		t.Errorf("%d jobs", n)
	}
	if _, err := w.RetryMail(t.Context(), 99); err != db.ErrNotFound {
		t.Errorf("no such mail: %v", err)
	}
}

func TestMailPage(t *testing.T) {
	w := dbtest.Open(t)
	vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)
	for i := range 7 {
		of := vera
		if i%2 == 1 {
			of = boris
		}
		w.Clock.Pass(25 * time.Hour)
		if err := w.MailRecoveryLinks(t.Context(), of.Email); err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			if err := w.MailRefused(t.Context(), newest(t, w), "554"); err != nil {
				t.Fatal(err)
			}
		}
	}
	walk := func(filter db.MailFilter) (seen []string) {
		for {
			page, next, err := w.MailPage(t.Context(), filter, 3)
			if err != nil || len(page) > 3 {
				t.Fatal(len(page), err)
			}
			for _, line := range page {
				seen = append(seen, line.Name+" "+string(line.Status))
			}
			if filter = next; filter.Below == 0 {
				return seen
			}
		}
	}
	const v, b = "Вера Орлова queued", "Борис Львов queued"
	for _, want := range []struct {
		name   string
		filter db.MailFilter
		seen   []string
	}{
		{"all", db.MailFilter{}, []string{v, b, v, b, "Вера Орлова failed", b, v}},
		{"failed", db.MailFilter{Statuses: []db.MailStatus{db.MailFailed}}, []string{"Вера Орлова failed"}},
		{"waiting", db.MailFilter{Statuses: []db.MailStatus{db.MailGathering, db.MailQueued}}, []string{v, b, v, b, b, v}},
		{"of one", db.MailFilter{Email: "BORIS@example.test"}, []string{b, b, b}},
		{"of nobody", db.MailFilter{Email: "nobody@example.test"}, nil},
	} {
		if seen := walk(want.filter); !slices.Equal(seen, want.seen) {
			t.Errorf("%s: %q", want.name, seen)
		}
	}
}

func TestMailPatience(t *testing.T) {
	var last, whole time.Duration
	for attempt := range 25 {
		pause := db.MailPatience(attempt + 1)
		if pause < last || pause < time.Second || pause > 6*time.Hour {
			t.Errorf("after try %d it waits %s", attempt+1, pause)
		}
		last, whole = pause, whole+pause
	}
	if whole < 3*24*time.Hour || whole > 6*24*time.Hour {
		t.Errorf("it is tried for %s", whole)
	}
}
