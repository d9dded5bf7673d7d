package dbtest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"cabinet/db"
)

// Mailing is a public topic, made by Nina, that lets an address rest for some hours after a campaign.
func (w *World) Mailing(t testing.TB, name string, restHours int) db.MailingTopic {
	t.Helper()
	topic, err := w.AddMailingTopic(t.Context(), db.Visitor{}, db.MailingTopicForm{
		Key: random() + random(), NameRu: name, NameEn: name + " (en)", AboutRu: "Раз в месяц", AboutEn: "Once a month", Public: "on", RestHours: fmt.Sprint(restHours),
	})
	if err != nil {
		t.Fatal(err)
	}
	return topic
}

// Subscribed lets people whose addresses are proved choose a topic.
func (w *World) Subscribed(t testing.TB, topic db.MailingTopic, people ...db.Visitor) {
	t.Helper()
	for _, who := range people {
		if err := w.SetMailing(t.Context(), who, topic.ID, true); err != nil {
			t.Fatal(err)
		}
	}
}

// Readers are so many subscribers of a topic that nobody ever sees, reader-1@example.test and so on.
func (w *World) Readers(t testing.TB, topic db.MailingTopic, many int) {
	t.Helper()
	_, err := w.Pool.Exec(t.Context(), `
		WITH people AS (
		    INSERT INTO accounts (email, email_verified_at, status, created_at)
		    SELECT 'reader-' || n || '@example.test', $2, 'active', $2 FROM generate_series(1, $1::int) n RETURNING id
		)
		INSERT INTO mailing_consents (account_id, topic_id, status, source, wording, at) SELECT id, $3, 'subscribed', 'cabinet', 1, $2 FROM people`,
		many, w.Clock.Now(), topic.ID)
	if err != nil {
		t.Fatal(err)
	}
}

// Campaign is a draft on a topic, by somebody of the staff.
func (w *World) Campaign(t testing.TB, by db.Visitor, topic db.MailingTopic, subject string) db.Campaign {
	t.Helper()
	campaign, err := w.WriteCampaign(t.Context(), by, db.CampaignForm{Key: random() + random(), Mailing: topic.ID, Subject: subject, Body: "Зимний номер **вышел**."}, marked)
	if err != nil {
		t.Fatal(err)
	}
	return campaign
}

// marked is enough of Markdown for a test of the model.
func marked(markdown string) string {
	return "<p>" + strings.Replace(strings.Replace(markdown, "**", "<strong>", 1), "**", "</strong>", 1) + "</p>"
}

// Running is a campaign that has been started.
func (w *World) Running(t testing.TB, by db.Visitor, topic db.MailingTopic, subject string) db.Campaign {
	t.Helper()
	draft := w.Campaign(t, by, topic, subject)
	campaign, err := w.RunCampaign(t.Context(), by, draft.ID, draft.Version)
	if err != nil {
		t.Fatal(err)
	}
	return campaign
}

// SentOut plays the worker of a campaign, whose every mail is taken, until nobody is left or no more may leave now.
func (w *World) SentOut(t testing.TB, id db.CampaignID) (addresses []string) {
	t.Helper()
	ctx := context.Background()
	campaign, err := w.CampaignByID(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	var done db.Tally
	for {
		handful, err := w.TakeCampaignMails(ctx, db.SendCampaign{CampaignID: id, Run: campaign.Run}, done)
		if err != nil {
			t.Fatal(err)
		}
		if handful.Over || !handful.Next.IsZero() {
			return addresses
		}
		done = db.Tally{}
		for _, mail := range handful.Mails {
			if _, err := w.CampaignMailSent(ctx, id, mail); err != nil {
				t.Fatal(err)
			}
			addresses = append(addresses, mail.Address)
			done.Sent++
		}
	}
}
