package db_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// choice is what somebody has chosen on a topic.
func choice(t *testing.T, w *dbtest.World, of db.AccountID, topic db.MailingTopic) db.MailingChoice {
	t.Helper()
	choices := &db.MailingChoices{Of: of}
	if err := w.Read(t.Context(), choices); err != nil {
		t.Fatal(err)
	}
	chosen, err := choices.On(topic.ID)
	if err != nil {
		t.Fatal(err)
	}
	return chosen
}

func TestMailings(t *testing.T) {
	w := dbtest.Open(t)
	vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)
	news, issues := w.Mailing(t, "Новости журнала", 24), w.Mailing(t, "Новые номера", 24)

	t.Run("M02 at first nothing is chosen", func(t *testing.T) {
		if got := choice(t, w, vera.ID, news); got.State() != db.MailingUnsubscribed || got.At != nil || got.On() {
			t.Errorf("%+v", got)
		}
	})
	t.Run("M01 a proved address is subscribed at once, with time, source and wording", func(t *testing.T) {
		w.Subscribed(t, news, vera)
		got := choice(t, w, vera.ID, news)
		if got.State() != db.MailingSubscribed || !got.At.Equal(w.Clock.Now()) || got.Source != string(db.InCabinet) || got.Wording != db.ConsentWording {
			t.Errorf("%+v", got)
		}
		if choice(t, w, vera.ID, issues).On() || choice(t, w, boris.ID, news).On() {
			t.Error("somebody or something else is subscribed too")
		}
	})
	t.Run("M01 each consent and each end of one is kept, and a second press adds nothing", func(t *testing.T) {
		w.Clock.Pass(time.Hour)
		for _, on := range []bool{true, false, false} {
			if err := w.SetMailing(t.Context(), vera, news.ID, on); err != nil {
				t.Fatal(err)
			}
		}
		choices := &db.MailingChoices{Of: vera.ID}
		if err := w.Read(t.Context(), choices); err != nil || len(choices.Moves) != 2 || choices.Moves[0].MailingMove.Status != db.MailingUnsubscribed || choices.Moves[1].MailingMove.Status != db.MailingSubscribed {
			t.Errorf("%+v %v", choices.Moves, err)
		}
	})
	t.Run("a topic that is not public, or not there, can not be chosen", func(t *testing.T) {
		form := issues.Form()
		form.Public = ""
		if _, err := w.EditMailingTopic(t.Context(), issues.ID, form); err != nil {
			t.Fatal(err)
		}
		for _, id := range []db.MailingTopicID{issues.ID, 99} {
			if err := w.SetMailing(t.Context(), vera, id, true); err != db.ErrNotFound {
				t.Errorf("%d: %v", id, err)
			}
		}
	})
	t.Run("two editors do not overwrite each other's topic", func(t *testing.T) {
		topic := w.Mailing(t, "Акции", 24)
		one, two := topic.Form(), topic.Form()
		one.NameRu, two.NameRu = "Акции и скидки", "Скидки"
		if _, err := w.EditMailingTopic(t.Context(), topic.ID, one); err != nil {
			t.Fatal(err)
		}
		if _, err := w.EditMailingTopic(t.Context(), topic.ID, one); err != nil {
			t.Errorf("a second press: %v", err)
		}
		if _, err := w.EditMailingTopic(t.Context(), topic.ID, two); err != db.MailingTopicStale {
			t.Error(err)
		}
		two.RestHours, two.NameEn = "-1", ""
		_, err := w.EditMailingTopic(t.Context(), topic.ID, two)
		if problems, ok := errors.AsType[db.Problems](err); !ok || problems["rest_hours"] == "" || problems["name_en"] == "" {
			t.Error(err)
		}
	})
}

func TestUnprovedMailings(t *testing.T) {
	w := dbtest.Open(t)
	news, issues := w.Mailing(t, "Новости журнала", 24), w.Mailing(t, "Новые номера", 24)
	lena, _ := registered(t, w)
	by := db.Visitor{Account: lena}
	w.Clock.Pass(2 * time.Minute)

	t.Run("M01 the first choice of an unproved address waits for a mailed link", func(t *testing.T) {
		for _, topic := range []db.MailingTopic{news, issues} {
			if err := w.SetMailing(t.Context(), by, topic.ID, true); err != nil {
				t.Fatal(err)
			}
		}
		mail := newest(t, w)
		if mail.Kind != db.MailConfirmMailings || mail.Address != newcomer || count(t, w, "SELECT count(*) FROM mails") != 2 || choice(t, w, lena.ID, news).State() != db.MailingPending {
			t.Errorf("%s to %s, %s", mail.Kind, mail.Address, choice(t, w, lena.ID, news).State())
		}
		if n := count(t, w, "SELECT count(*) FROM mailing_consents WHERE status = 'subscribed'"); n != 0 {
			t.Error("somebody is subscribed who may not be the owner of the address")
		}
	})
	t.Run("M01 the link proves the address and confirms all that was asked for, once", func(t *testing.T) {
		secret, _, _ := strings.Cut(newest(t, w).Secret, " ")
		w.Clock.Pass(time.Hour)
		account, err := w.ConfirmMailings(t.Context(), secret)
		if err != nil || !account.Verified() {
			t.Fatal(err)
		}
		for _, topic := range []db.MailingTopic{news, issues} {
			if got := choice(t, w, lena.ID, topic); got.State() != db.MailingSubscribed || got.Source != string(db.ByLetter) || !got.At.Equal(w.Clock.Now()) {
				t.Errorf("%+v", got)
			}
		}
		if _, err := w.ConfirmMailings(t.Context(), secret); err != db.SpentUsed {
			t.Error(err)
		}
		if _, err := w.ProveEmail(t.Context(), secret); err != db.SpentUnknown {
			t.Errorf("the link does something else: %v", err)
		}
	})
	t.Run("M01 an address that belongs to somebody else is not asked through their letterbox", func(t *testing.T) {
		w.Clock.Pass(48 * time.Hour)
		stranger, err := w.Register(t.Context(), db.Registration{Email: newcomer, Password: "drugoy-parol-44", Consent: "on"}, db.Russian, "127.0.0.2")
		if err != nil {
			t.Fatal(err)
		}
		w.Clock.Pass(2 * time.Minute)
		if err := w.SetMailing(t.Context(), db.Visitor{Account: stranger}, news.ID, true); err != nil {
			t.Fatal(err)
		}
		if mail := newest(t, w); mail.Kind != db.MailAlreadyRegistered || mail.AccountID != lena.ID {
			t.Errorf("%s to %d", mail.Kind, mail.AccountID)
		}
	})
	t.Run("a cabinet that nobody proves is forgotten with what it asked for", func(t *testing.T) {
		w.Clock.Pass(200 * 24 * time.Hour)
		if err := w.SweepUnproved(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := count(t, w, "SELECT count(*) FROM mailing_consents WHERE status = 'pending'"); n != 0 {
			t.Errorf("%d are left", n)
		}
	})
}

func TestMailingTokens(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	news, issues := w.Mailing(t, "Новости журнала", 24), w.Mailing(t, "Новые номера", 24)
	w.Subscribed(t, news, vera)
	w.Subscribed(t, issues, vera)
	token := w.MailingToken(vera.ID, news.ID)
	t.Run("M02 the link of a mail ends its own mailing, for good and without signing in", func(t *testing.T) {
		w.Clock.Pass(5 * 365 * 24 * time.Hour)
		for range 2 {
			if err := w.Unsubscribe(t.Context(), token, db.ByOneClick); err != nil {
				t.Fatal(err)
			}
		}
		if got := choice(t, w, vera.ID, news); got.On() || got.Source != string(db.ByOneClick) || !choice(t, w, vera.ID, issues).On() {
			t.Errorf("%+v", got)
		}
	})
	t.Run("M02 and all others, when its reader says so", func(t *testing.T) {
		if err := w.SetMailingByLink(t.Context(), token, news.ID, true); err != nil {
			t.Fatal(err)
		}
		if err := w.SetMailing(t.Context(), vera, issues.ID, false); err != nil {
			t.Fatal(err)
		}
		refused(t, w.SetMailingByLink(t.Context(), token, issues.ID, true), "mailings.sign_in") // who holds a mail of one subscribes nobody to another
		if err := w.SetMailing(t.Context(), vera, issues.ID, true); err != nil {
			t.Fatal(err)
		}
		if err := w.UnsubscribeFromAll(t.Context(), token); err != nil || choice(t, w, vera.ID, issues).On() || choice(t, w, vera.ID, news).On() {
			t.Error(err)
		}
	})
	t.Run("one that was not made by us opens nothing", func(t *testing.T) {
		for i := range token {
			other := []byte(token)
			other[i] = map[bool]byte{true: 'A', false: 'B'}[other[i] == 'B']
			if _, err := w.OpenMailingLink(t.Context(), string(other)); err != db.ErrNotFound {
				t.Errorf("%s: %v", other, err)
			}
		}
		for _, odd := range []string{"", "A", strings.Repeat("A", 22), strings.Repeat("A", 5000), "../..", token + "A", token[1:]} {
			if _, err := w.OpenMailingLink(t.Context(), odd); err != db.ErrNotFound {
				t.Errorf("%.30s: %v", odd, err)
			}
		}
	})
}

func TestBounces(t *testing.T) {
	w := dbtest.Open(t)
	vera, boris, nina := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Person(t, dbtest.Nina)
	news := w.Mailing(t, "Новости журнала", 24)
	w.Subscribed(t, news, vera, boris)
	report := func(key, address string, kind db.BounceKind) db.BounceTally {
		t.Helper()
		tally, err := w.NoteBounces(t.Context(), []db.Bounce{{Key: key, Address: address, Kind: kind, Source: db.FromWebhook, Detail: "550 5.1.1 no such user"}})
		if err != nil {
			t.Fatal(err)
		}
		return tally
	}
	now := func() []db.Suppression {
		t.Helper()
		list := &db.SuppressionList{}
		if err := w.Read(t.Context(), list); err != nil {
			t.Fatal(err)
		}
		return list.Now
	}
	t.Run("M02 what is unknown or soft suppresses nobody, and the same report counts once", func(t *testing.T) {
		if got := report("1", "nobody@example.test", db.HardBounce); got != (db.BounceTally{Unknown: 1}) {
			t.Errorf("%+v", got)
		}
		for day := range 4 {
			report(fmt.Sprintf("soft-%d", day), "Vera@Example.test", db.SoftBounce)
			report(fmt.Sprintf("soft-%d-again", day), vera.Email, db.SoftBounce) // the same day
			w.Clock.Pass(24 * time.Hour)
		}
		if got := report("soft-0", vera.Email, db.SoftBounce); got != (db.BounceTally{Known: 1}) || len(now()) != 0 {
			t.Errorf("%+v %v", got, now())
		}
	})
	t.Run("M02 a report from a mailbox names a mail that went to its address, or is nobody's business", func(t *testing.T) {
		w := dbtest.Open(t)
		vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)
		topic := w.Mailing(t, "Новости", 24)
		w.Subscribed(t, topic, vera, boris)
		running := w.Running(t, w.Person(t, dbtest.Nina), topic, "Лето")
		handful, err := w.TakeCampaignMails(t.Context(), db.SendCampaign{CampaignID: running.ID, Run: running.Run}, db.Tally{})
		if err != nil {
			t.Fatal(err)
		}
		var newsletter string
		for _, to := range handful.Mails {
			if to.AccountID == vera.ID {
				newsletter = w.NewsletterTo(handful, to).MessageID
			}
		}
		w.PlacedOrder(t, boris, dbtest.Book)
		var letter string
		if err := w.Pool.QueryRow(t.Context(), "SELECT message_id FROM mails WHERE account_id = $1 LIMIT 1", boris.ID).Scan(&letter); err != nil {
			t.Fatal(err)
		}
		key := 0
		report := func(address, messageID string) db.BounceTally {
			key++
			return sure(w.NoteBounces(t.Context(), []db.Bounce{{Key: fmt.Sprint(key), Address: address, Kind: db.SoftBounce, Source: db.FromMailbox, MessageID: messageID}}))
		}
		for _, forged := range []string{"", "<>", "x", "<" + letter + "@shop.example>", fmt.Sprintf("%d.00", running.ID), "0." + newsletter, "1.2.3", newsletter[:len(newsletter)-1]} {
			if got := report(vera.Email, forged); got != (db.BounceTally{Unproved: 1}) {
				t.Errorf("%q: %+v", forged, got)
			}
		}
		if got := report(boris.Email, newsletter); got != (db.BounceTally{Unproved: 1}) {
			t.Errorf("somebody else's: %+v", got)
		}
		if got := report("VERA@example.test", "<"+newsletter+"@shop.example>"); got != (db.BounceTally{Noted: 1}) {
			t.Errorf("a newsletter: %+v", got)
		}
		if got := report(boris.Email, "<"+letter+"@shop.example>"); got != (db.BounceTally{Noted: 1}) {
			t.Errorf("a letter: %+v", got)
		}
	})
	t.Run("M02 an address that is full for days does", func(t *testing.T) {
		if got := report("soft-9", vera.Email, db.SoftBounce); got.Suppressed != 1 || len(now()) != 1 || choice(t, w, vera.ID, news).State() != db.MailingSuppressed {
			t.Errorf("%+v", got)
		}
		if err := w.SetMailing(t.Context(), vera, news.ID, false); err != nil {
			t.Fatal(err)
		}
		if err := w.SetMailing(t.Context(), vera, news.ID, true); err != db.Refusal("mailings.suppressed") {
			t.Error(err)
		}
	})
	t.Run("M02 staff lift it with a reason that is kept, and the old days are forgiven", func(t *testing.T) {
		id := now()[0].ID
		if err := w.LiftSuppression(t.Context(), nina, id, " "); err == nil {
			t.Error("without a reason")
		}
		for range 2 {
			if err := w.LiftSuppression(t.Context(), nina, id, "Ящик почистили"); err != nil {
				t.Fatal(err)
			}
		}
		list := &db.SuppressionList{Address: "VERA@example.test"}
		if err := w.Read(t.Context(), list); err != nil || len(list.History) != 1 || list.History[0].LiftedByName != nina.Name || list.History[0].Suppression.LiftReason != "Ящик почистили" {
			t.Errorf("%+v %v", list.History, err)
		}
		w.Clock.Pass(time.Hour)
		if got := report("soft-10", vera.Email, db.SoftBounce); got.Suppressed != 0 || len(now()) != 0 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("M02 a hard one does at once, and the account is told", func(t *testing.T) {
		if got := report("hard", vera.Email, db.HardBounce); got.Suppressed != 1 {
			t.Errorf("%+v", got)
		}
		account, err := w.AccountByID(t.Context(), vera.ID)
		if err != nil || account.EmailBouncedAt == nil {
			t.Error(err)
		}
	})
	t.Run("M02 a complaint also ends everything", func(t *testing.T) {
		report("spam", boris.Email, db.Complaint)
		if got := choice(t, w, boris.ID, news); got.State() != db.MailingUnsubscribed || got.Source != string(db.ByComplaint) || !got.Suppressed {
			t.Errorf("%+v", got)
		}
	})
	t.Run("M02 M03 an address that refuses an invoice gets no newsletter either, and invoices still go", func(t *testing.T) {
		w := dbtest.Open(t)
		_, mail := registered(t, w)
		if err := w.MailBounced(t.Context(), mail, "550 5.1.1 no such user"); err != nil {
			t.Fatal(err)
		}
		if n := count(t, w, "SELECT count(*) FROM suppressions WHERE address = $1", newcomer); n != 1 {
			t.Error(n)
		}
		if again, err := w.RetryMail(t.Context(), mail.ID); err != nil || again.Status != db.MailQueued {
			t.Error(again.Status, err)
		}
	})
}
