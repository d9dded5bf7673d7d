package jobs

import (
	"bytes"
	"context"
	"fmt"
	"net/mail"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/jobs/smtp/smtptest"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// campaigns is a post in which a campaign runs to so many readers.
func campaigns(t *testing.T, readers int) (*post, db.MailingTopic, db.Campaign) {
	t.Helper()
	p := open(t)
	topic := p.Mailing(t, "Новости журнала", 24)
	p.Readers(t, topic, readers)
	return p, topic, p.Running(t, p.Person(t, dbtest.Nina), topic, "Зимний номер вышел")
}

// shift lets one job of a campaign do its work, the newest one.
func (p *post) shift(id db.CampaignID) {
	p.t.Helper()
	worker := &sendCampaign{db: p.DB, Config: p.worker.Config}
	args := db.SendCampaign{CampaignID: id, Run: p.campaign(id).Run}
	if err := worker.Work(p.t.Context(), &river.Job[db.SendCampaign]{JobRow: &rivertype.JobRow{Attempt: 1, MaxAttempts: 25}, Args: args}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *post) campaign(id db.CampaignID) db.Campaign {
	p.t.Helper()
	campaign, err := p.CampaignByID(p.t.Context(), id)
	if err != nil {
		p.t.Fatal(err)
	}
	return campaign
}

// times is how often each reader got something.
func (p *post) times() map[string]int {
	got := map[string]int{}
	for _, mail := range p.server.Mails() {
		if strings.HasPrefix(mail.To, "reader-") { // and not the account that was just registered
			got[mail.To]++
		}
	}
	return got
}

// onceEach wants every reader to have got one mail.
func (p *post) onceEach(readers int) {
	p.t.Helper()
	got := p.times()
	for n := range readers {
		if address := fmt.Sprintf("reader-%d@example.test", n+1); got[address] != 1 {
			p.t.Errorf("%s got %d mails", address, got[address])
		}
	}
	if len(got) != readers {
		p.t.Errorf("%d addresses", len(got))
	}
}

func TestCampaignMail(t *testing.T) {
	p, topic, campaign := campaigns(t, 2)
	p.shift(campaign.ID)
	p.onceEach(2)
	t.Run("M02 every newsletter can be ended by one click (RFC 8058), and says what it is", func(t *testing.T) {
		message, err := mail.ReadMessage(bytes.NewReader(p.server.Mails()[0].Data))
		if err != nil {
			t.Fatal(err)
		}
		header := message.Header
		link := strings.Trim(header.Get("List-Unsubscribe"), "<>")
		token, ok := strings.CutPrefix(link, "https://cabinet.example/unsubscribe?token=")
		if !ok || header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || header.Get("List-Id") != fmt.Sprintf("<mailing-%d.cabinet.example>", topic.ID) {
			t.Errorf("%v", header)
		}
		if opened, err := p.OpenMailingLink(t.Context(), token); err != nil || opened.Topic != topic.ID || opened.Account.Email != p.server.Mails()[0].To {
			t.Error(err)
		}
	})
	t.Run("M02 text and HTML say the same, with the way out", func(t *testing.T) {
		for _, letter := range p.letters() {
			if letter.subject != "Зимний номер вышел" || !strings.Contains(letter.parts["text/plain"], "Зимний номер **вышел**.") || !strings.Contains(letter.parts["text/html"], "<strong>вышел</strong>") {
				t.Errorf("%+v", letter)
			}
			for kind, text := range letter.parts {
				if !strings.Contains(text, "https://cabinet.example/unsubscribe?token=") || !strings.Contains(text, "https://cabinet.example/mailings/help") {
					t.Errorf("%s: %s", kind, text)
				}
			}
		}
	})
	t.Run("M03 what is no mailing has no way out of it", func(t *testing.T) {
		if err := p.work(p.newest().ID, 1); err != nil {
			t.Fatal(err)
		}
		last := p.server.Mails()[2]
		if strings.Contains(string(last.Data), "List-Unsubscribe") {
			t.Error("one could unsubscribe from the mails of an account")
		}
	})
}

// TestCampaignKilled stops the worker again and again in the middle of a campaign.
func TestCampaignKilled(t *testing.T) {
	const readers = 240
	p, _, campaign := campaigns(t, readers)
	p.server.Thinks(3 * time.Millisecond)
	for round := 0; p.campaign(campaign.ID).Status == db.CampaignRunning; round++ {
		if round == 60 {
			t.Fatal("it does not come to an end")
		}
		client, err := New(p.DB, p.worker.Config)
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		before := len(p.server.Mails())
		p.eventually(func() bool {
			return len(p.server.Mails()) > before+30 || p.campaign(campaign.ID).Status != db.CampaignRunning
		})
		if err := client.StopAndCancel(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("M02 killed in the middle, it goes on and nobody gets it twice", func(t *testing.T) {
		p.onceEach(readers)
		if now := p.campaign(campaign.ID); now.Status != db.CampaignFinished || now.Sent != readers || now.Done() != readers {
			t.Errorf("%+v", now)
		}
	})
}

// TestCampaignPaused: before the next mail it stops, and goes on where it was.
func TestCampaignPaused(t *testing.T) {
	const readers = 120
	p, _, campaign := campaigns(t, readers)
	nina := p.Person(t, dbtest.Nina)
	p.server.Thinks(5 * time.Millisecond)
	client, err := New(p.DB, p.worker.Config)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	defer client.Stop(context.Background())
	p.eventually(func() bool { return len(p.server.Mails()) > 20 })
	paused, err := p.PauseCampaign(t.Context(), nina, campaign.ID, p.campaign(campaign.ID).Version)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	left := len(p.server.Mails())
	time.Sleep(300 * time.Millisecond)
	if now := len(p.server.Mails()); now != left || now > 60 {
		t.Errorf("%d mails, then %d", left, now)
	}
	if _, err := p.RunCampaign(t.Context(), nina, campaign.ID, paused.Version); err != nil {
		t.Fatal(err)
	}
	p.eventually(func() bool { return p.campaign(campaign.ID).Status == db.CampaignFinished })
	t.Run("M02 paused and gone on with, everybody gets it once", func(t *testing.T) { p.onceEach(readers) })
}

func TestCampaignTroubles(t *testing.T) {
	p, _, campaign := campaigns(t, 3)
	t.Run("M02 an address that is refused is suppressed, one that is refused for now waits", func(t *testing.T) {
		p.server.SaysOfAddress(smtptest.No(550, 5, 1, 1, "no such user"), smtptest.No(451, 4, 7, 1, "greylisted"))
		p.shift(campaign.ID)
		now := p.campaign(campaign.ID)
		if now.Sent != 1 || now.Failed != 1 || now.Status != db.CampaignRunning {
			t.Fatalf("%+v", now)
		}
		list := &db.SuppressionList{}
		if err := p.Read(t.Context(), list); err != nil || len(list.Now) != 1 {
			t.Error(len(list.Now), err)
		}
		p.shift(campaign.ID)
		if got := len(p.server.Mails()); got != 1 {
			t.Errorf("%d mails: it did not wait", got)
		}
		p.Clock.Pass(time.Hour)
		p.shift(campaign.ID)
		if now := p.campaign(campaign.ID); now.Status != db.CampaignFinished || now.Sent != 2 || now.Failed != 1 || len(p.server.Mails()) != 2 {
			t.Errorf("%+v", now)
		}
	})
	t.Run("M02 a no that is not about the address costs nobody anything: the mail comes later", func(t *testing.T) {
		p, _, campaign := campaigns(t, 2)
		p.server.SaysOfAddress(smtptest.No(550, 5, 4, 5, "daily limit exceeded"), smtptest.No(550, 5, 1, 8, "sender's domain not found"))
		p.shift(campaign.ID)
		list := &db.SuppressionList{}
		if err := p.Read(t.Context(), list); err != nil || len(list.Now) != 0 {
			t.Error(len(list.Now), err)
		}
		p.Clock.Pass(time.Hour)
		p.shift(campaign.ID)
		if now := p.campaign(campaign.ID); now.Status != db.CampaignFinished || now.Sent != 2 || now.Failed != 0 {
			t.Errorf("%+v", now)
		}
	})
	t.Run("while the mail server is away nothing is lost, and nobody is blamed", func(t *testing.T) {
		p, _, campaign := campaigns(t, 5)
		p.server.HangsUp()
		p.shift(campaign.ID)
		now := p.campaign(campaign.ID)
		if now.Status != db.CampaignRunning || now.Failed != 0 || now.Run != campaign.Run+1 {
			t.Fatalf("%+v", now)
		}
		p.Clock.Pass(2 * time.Minute)
		p.shift(campaign.ID)
		if now := p.campaign(campaign.ID); now.Status != db.CampaignFinished || now.Sent != 5 {
			t.Errorf("%+v", now)
		}
		ids := map[string]map[string]bool{}
		for i, got := range p.letters() {
			to := p.server.Mails()[i].To
			if ids[to] == nil {
				ids[to] = map[string]bool{}
			}
			ids[to][got.id] = true
		}
		for to, different := range ids { // one may have come twice: the server kept it and did not say so
			if len(different) != 1 {
				t.Errorf("%s got mails with %d Message-IDs", to, len(different))
			}
		}
		if len(ids) != 5 {
			t.Errorf("%d readers", len(ids))
		}
	})
}
