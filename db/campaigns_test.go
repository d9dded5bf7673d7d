package db_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

func campaign(t *testing.T, w *dbtest.World, id db.CampaignID) db.Campaign {
	t.Helper()
	found, err := w.CampaignByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestCampaigns(t *testing.T) {
	w := dbtest.Open(t)
	nina, vera, boris, gleb := w.Person(t, dbtest.Nina), w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Person(t, dbtest.Gleb)
	news, offers := w.Mailing(t, "Новости журнала", 24), w.Mailing(t, "Акции", 24)
	w.Subscribed(t, news, vera, boris)
	w.Subscribed(t, offers, vera, gleb)

	t.Run("a form sent twice makes one, and one that lacks something none", func(t *testing.T) {
		form := db.CampaignForm{Key: "AAAAAAAAAAAAAAAAAAAA", Mailing: news.ID, Subject: "Зима", Body: "Снег"}
		render := func(s string) string { return s }
		one, err := w.WriteCampaign(t.Context(), nina, form, render)
		two, err2 := w.WriteCampaign(t.Context(), nina, form, render)
		if err != nil || err2 != nil || one.ID != two.ID {
			t.Error(err, err2)
		}
		_, err = w.WriteCampaign(t.Context(), nina, db.CampaignForm{Key: "BBBBBBBBBBBBBBBBBBBB", Body: strings.Repeat("ы", 20_001)}, render)
		if problems, ok := errors.AsType[db.Problems](err); !ok || problems["subject"] == "" || problems["body"] == "" || problems["mailing"] == "" {
			t.Error(err)
		}
	})
	t.Run("M01 M02 it goes to who has chosen its topic, once", func(t *testing.T) {
		first := w.Running(t, nina, news, "Первый")
		got := w.SentOut(t, first.ID)
		if want := []string{vera.Email, boris.Email}; !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
		if again := w.SentOut(t, first.ID); len(again) != 0 {
			t.Errorf("%v again", again)
		}
		if now := campaign(t, w, first.ID); now.Status != db.CampaignFinished || now.Sent != 2 || now.Total != 2 || now.Done() != now.Of() || now.FinishedAt == nil {
			t.Errorf("%+v", now)
		}
	})
	t.Run("M02 whoever was written to lately is left out and counted, on that topic only", func(t *testing.T) {
		second := w.Running(t, nina, news, "Второй")
		if got := w.SentOut(t, second.ID); len(got) != 0 {
			t.Errorf("%v", got)
		}
		if now := campaign(t, w, second.ID); now.Status != db.CampaignFinished || now.PassedOver != 2 || now.Sent != 0 {
			t.Errorf("%+v", now)
		}
		if got := w.SentOut(t, w.Running(t, nina, offers, "Скидки").ID); !slices.Equal(got, []string{vera.Email, gleb.Email}) {
			t.Errorf("%v", got)
		}
		w.Clock.Pass(25 * time.Hour)
		if got := w.SentOut(t, w.Running(t, nina, news, "Третий").ID); len(got) != 2 {
			t.Errorf("%v", got)
		}
	})
	t.Run("M02 neither to a suppressed address, nor to one that is not proved any more", func(t *testing.T) {
		w.Clock.Pass(25 * time.Hour)
		if _, err := w.NoteBounces(t.Context(), []db.Bounce{{Key: "x", Address: vera.Email, Kind: db.HardBounce, Source: db.FromWebhook}}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Pool.Exec(t.Context(), "UPDATE accounts SET status = 'blocked' WHERE id = $1", gleb.ID); err != nil {
			t.Fatal(err)
		}
		id := w.Running(t, nina, offers, "Распродажа").ID
		if got := w.SentOut(t, id); len(got) != 0 {
			t.Errorf("%v", got)
		}
		if now := campaign(t, w, id); now.PassedOver != 2 || now.Status != db.CampaignFinished {
			t.Errorf("%+v", now)
		}
	})
	t.Run("the archive shows what was sent on public topics, the newest first", func(t *testing.T) {
		draft := w.Campaign(t, nina, news, "Ещё не готов")
		list := &db.NewsletterList{}
		if err := w.Read(t.Context(), list); err != nil || len(list.Rows) != 5 || list.Rows[0].Subject != "Распродажа" {
			t.Errorf("%d %v", len(list.Rows), err)
		}
		if _, err := w.Newsletter(t.Context(), draft.ID); err != db.ErrNotFound {
			t.Error(err)
		}
		form := offers.Form()
		form.Public = ""
		if _, err := w.EditMailingTopic(t.Context(), offers.ID, form); err != nil {
			t.Fatal(err)
		}
		if err := w.Read(t.Context(), list); err != nil || len(list.Rows) != 3 {
			t.Errorf("%d %v", len(list.Rows), err)
		}
	})
}

func TestCampaignMoves(t *testing.T) {
	w := dbtest.Open(t)
	nina := w.Person(t, dbtest.Nina)
	news := w.Mailing(t, "Новости журнала", 0)
	w.Readers(t, news, 3)
	move := map[db.CampaignStatus]func(db.Campaign) (db.Campaign, error){
		db.CampaignDraft: func(c db.Campaign) (db.Campaign, error) {
			return w.PostponeCampaign(t.Context(), nina, c.ID, c.Version)
		},
		db.CampaignScheduled: func(c db.Campaign) (db.Campaign, error) {
			return w.ScheduleCampaign(t.Context(), nina, c.ID, db.ScheduleForm{Version: c.Version, At: "2026-03-20T10:00"})
		},
		db.CampaignRunning:   func(c db.Campaign) (db.Campaign, error) { return w.RunCampaign(t.Context(), nina, c.ID, c.Version) },
		db.CampaignPaused:    func(c db.Campaign) (db.Campaign, error) { return w.PauseCampaign(t.Context(), nina, c.ID, c.Version) },
		db.CampaignCancelled: func(c db.Campaign) (db.Campaign, error) { return w.CancelCampaign(t.Context(), nina, c.ID, c.Version) },
	}
	reach := map[db.CampaignStatus][]db.CampaignStatus{
		db.CampaignDraft: nil, db.CampaignScheduled: {db.CampaignScheduled}, db.CampaignRunning: {db.CampaignRunning},
		db.CampaignPaused: {db.CampaignRunning, db.CampaignPaused}, db.CampaignCancelled: {db.CampaignCancelled},
	}
	for _, from := range db.CampaignStatuses {
		for next, act := range move {
			c := w.Campaign(t, nina, news, fmt.Sprintf("%s → %s", from, next))
			if from == db.CampaignFinished {
				c = w.Running(t, nina, news, c.Subject)
				w.SentOut(t, c.ID)
				c = campaign(t, w, c.ID)
			}
			for _, step := range reach[from] {
				var err error
				if c, err = move[step](c); err != nil {
					t.Fatal(err)
				}
			}
			moved, err := act(c)
			if may := from.May(next); (err == nil && moved.Status == next) != may {
				t.Errorf("%s → %s: %v, %s", from, next, err, moved.Status)
			}
			if err == nil {
				if again, err := act(c); err != nil || again.Version != moved.Version {
					t.Errorf("%s → %s, a second press: %v", from, next, err)
				}
			}
		}
	}
	t.Run("a scheduled one starts at its time and not before; one that was put off does not", func(t *testing.T) {
		on, off := w.Campaign(t, nina, news, "Придёт время"), w.Campaign(t, nina, news, "Передумали")
		for _, c := range []db.Campaign{on, off} {
			if _, err := move[db.CampaignScheduled](c); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.PostponeCampaign(t.Context(), nina, off.ID, campaign(t, w, off.ID).Version); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			for _, c := range []db.Campaign{on, off} {
				if err := w.StartCampaign(t.Context(), c.ID); err != nil {
					t.Fatal(err)
				}
			}
			w.Clock.Pass(19 * 24 * time.Hour)
		}
		if got := campaign(t, w, on.ID).Status; got != db.CampaignRunning || campaign(t, w, off.ID).Status != db.CampaignDraft {
			t.Error(got)
		}
		for _, at := range []string{"", "вчера", "2020-01-01T10:00", "2099-01-01T10:00"} {
			if _, err := w.ScheduleCampaign(t.Context(), nina, off.ID, db.ScheduleForm{Version: campaign(t, w, off.ID).Version, At: at}); err == nil {
				t.Errorf("at %q", at)
			}
		}
	})
	t.Run("what is on its way is not edited", func(t *testing.T) {
		c := w.Running(t, nina, news, "В пути")
		_, err := w.EditCampaign(t.Context(), c.ID, db.CampaignForm{Version: c.Version, Mailing: news.ID, Subject: "Другой", Body: "x"}, func(s string) string { return s })
		if err != db.Refusal("campaigns.may_not") {
			t.Error(err)
		}
	})
}

func TestCampaignHandfuls(t *testing.T) {
	w := dbtest.Open(t)
	w.CampaignRate = 250
	nina := w.Person(t, dbtest.Nina)
	news := w.Mailing(t, "Новости журнала", 24)
	w.Readers(t, news, 600)
	c := w.Running(t, nina, news, "Большой")

	t.Run("M02 no more leave in a minute than may, in handfuls", func(t *testing.T) {
		for _, want := range []int{250, 250, 100, 0} {
			if got := w.SentOut(t, c.ID); len(got) != want {
				t.Errorf("%d, not %d", len(got), want)
			}
			w.Clock.Pass(61 * time.Second)
		}
		if now := campaign(t, w, c.ID); now.Status != db.CampaignFinished || now.Sent != 600 {
			t.Errorf("%+v", now)
		}
	})
	t.Run("M02 a mail that waits is not sent to who has another address meanwhile, or is blocked", func(t *testing.T) {
		w := dbtest.Open(t)
		vera, gleb, olga := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Gleb), w.Person(t, dbtest.Olga)
		topic := w.Mailing(t, "Акции", 24)
		w.Subscribed(t, topic, vera, gleb, olga)
		c := w.Running(t, w.Person(t, dbtest.Nina), topic, "Скидки")
		handful, err := w.TakeCampaignMails(t.Context(), db.SendCampaign{CampaignID: c.ID, Run: c.Run}, db.Tally{})
		if err != nil || len(handful.Mails) != 3 {
			t.Fatal(len(handful.Mails), err)
		}
		for _, statement := range []string{"UPDATE accounts SET email = 'other@example.test' WHERE email = 'vera@example.test'", "UPDATE accounts SET status = 'blocked' WHERE email = '" + gleb.Email + "'"} {
			if _, err := w.Pool.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.SentOut(t, c.ID); len(got) != 1 || got[0] != olga.Email {
			t.Errorf("%v", got)
		}
	})
	t.Run("P01 M02 a campaign pauses when there are no mailings any more", func(t *testing.T) {
		w := dbtest.Open(t)
		vera, anna := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Anna)
		topic := w.Mailing(t, "Акции", 24)
		w.Subscribed(t, topic, vera)
		c := w.Running(t, w.Person(t, dbtest.Nina), topic, "Скидки")
		if err := w.SwitchModule(t.Context(), anna, db.MailingsModule, false); err != nil {
			t.Fatal(err)
		}
		if got := w.SentOut(t, c.ID); len(got) != 0 || campaign(t, w, c.ID).Status != db.CampaignPaused {
			t.Errorf("%v %+v", got, campaign(t, w, c.ID))
		}
	})
	w.Clock.Pass(48 * time.Hour)
	c = w.Running(t, nina, news, "Следующий")
	take := func(run int32, done db.Tally) db.Handful {
		t.Helper()
		handful, err := w.TakeCampaignMails(t.Context(), db.SendCampaign{CampaignID: c.ID, Run: run}, done)
		if err != nil {
			t.Fatal(err)
		}
		return handful
	}
	t.Run("what a killed worker has left comes first, for the next one", func(t *testing.T) {
		lost := take(c.Run, db.Tally{})
		for _, mail := range lost.Mails[:40] { // and then it is killed
			if _, err := w.CampaignMailSent(t.Context(), c.ID, mail); err != nil {
				t.Fatal(err)
			}
		}
		again := take(c.Run, db.Tally{})
		if len(lost.Mails) != 100 || len(again.Mails) != 100 || again.Mails[0].AccountID != lost.Mails[40].AccountID {
			t.Fatalf("%d and %d, beginning with %d", len(lost.Mails), len(again.Mails), again.Mails[0].AccountID)
		}
		if w.NewsletterTo(lost, lost.Mails[40]).MessageID != w.NewsletterTo(again, again.Mails[0]).MessageID {
			t.Error("tried again, a mail has another Message-ID")
		}
		if now := campaign(t, w, c.ID); now.Sent != 40 {
			t.Errorf("%d are counted", now.Sent)
		}
	})
	t.Run("a job that has lost its number takes nothing and leaves nothing", func(t *testing.T) {
		if err := w.PassCampaignOn(t.Context(), db.SendCampaign{CampaignID: c.ID, Run: c.Run}, db.Tally{}, w.Clock.Now()); err != nil {
			t.Fatal(err)
		}
		jobs := count(t, w, "SELECT count(*) FROM river_job WHERE kind = 'send_campaign'")
		if old := take(c.Run, db.Tally{}); !old.Over || len(old.Mails) > 0 {
			t.Errorf("%d mails", len(old.Mails))
		}
		if err := w.PassCampaignOn(t.Context(), db.SendCampaign{CampaignID: c.ID, Run: c.Run}, db.Tally{}, w.Clock.Now()); err != nil || count(t, w, "SELECT count(*) FROM river_job WHERE kind = 'send_campaign'") != jobs {
			t.Error("it has a successor", err)
		}
	})
	t.Run("whoever unsubscribes while their mail waits does not get it", func(t *testing.T) {
		var reader db.AccountID
		if err := w.Pool.QueryRow(t.Context(), "SELECT account_id FROM campaign_mails WHERE campaign_id = $1 AND state = 'queued' ORDER BY 1 LIMIT 1", c.ID).Scan(&reader); err != nil {
			t.Fatal(err)
		}
		if err := w.Unsubscribe(t.Context(), w.MailingToken(reader, news.ID), db.ByOneClick); err != nil {
			t.Fatal(err)
		}
		w.Clock.Pass(2 * time.Minute)
		if slices.ContainsFunc(take(c.Run+1, db.Tally{}).Mails, func(m db.CampaignMailing) bool { return m.AccountID == reader }) {
			t.Error("the mail would leave")
		}
	})
	t.Run("a no for now is tried again later, and at last counts as a soft bounce", func(t *testing.T) {
		w.Clock.Pass(2 * time.Minute)
		mail := take(c.Run+1, db.Tally{}).Mails[0]
		for try := range 6 {
			failed, _, err := w.CampaignMailDelayed(t.Context(), c.ID, mail, "451 later")
			if err != nil || failed != (try == 5) {
				t.Fatal(try, failed, err)
			}
			mail.Attempts++
		}
		if n := count(t, w, "SELECT count(*) FROM bounces WHERE address = $1 AND kind = 'soft'", mail.Address); n != 1 {
			t.Error(n)
		}
	})
}

// TestSendAlone: whoever sends holds the hand, and lets go of it.
func TestSendAlone(t *testing.T) {
	w := dbtest.Open(t)
	for range 2 {
		alone, err := w.SendAlone(t.Context(), func() error {
			if other, err := w.SendAlone(t.Context(), func() error { t.Error("two at once"); return nil }); other || err != nil {
				t.Error(other, err)
			}
			return nil
		})
		if !alone || err != nil {
			t.Error(alone, err)
		}
	}
}
