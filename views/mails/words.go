package mails

import (
	"context"
	"strings"

	"cabinet/db"
	"cabinet/views"
)

// ours are the messages of what a mail says in our own words: its subject, how it opens and how it closes.
type ours struct {
	subject          string
	opening, closing []string
}

// wordings are our words of every text that the operator may write anew. What stands between them, the figures and the
// links, is nobody's to write.
var wordings = map[db.MailTextName]ours{
	"mail-01":           {"mails.verify.subject", []string{"mails.verify.text"}, []string{"mails.verify.sign_in"}},
	"mail-01-new-email": {"mails.new_email.subject", []string{"mails.new_email.text"}, nil},
	"mail-03":           {"mails.known.subject", []string{"mails.known.text"}, []string{"mails.known.forgotten", "mails.known.ignore"}},
	"mail-04":           {"mails.recovery.subject", []string{"mails.recovery.text"}, []string{"mails.recovery.ignore"}},
	"mail-05":           {"mails.password.subject", []string{"mails.password.text", "mails.password.not_me"}, nil},
	"mail-06":           {"mails.email.subject", []string{"mails.email.text", "mails.email.not_me"}, nil},
	"mail-07":           {"mails.order.subject", []string{"mails.order.text"}, []string{"mails.order.next"}},
	"mail-07-changed":   {"mails.order.changed_subject", []string{"mails.order.changed_text"}, []string{"mails.order.changed_next"}},
	"mail-07-cancelled": {"mails.order.cancelled_subject", []string{"mails.order.cancelled_text"}, []string{"mails.order.cancelled_next"}},
	"mail-08":           {"mails.invoice.subject", []string{"mails.invoice.goods"}, nil},
	"mail-08-delivery":  {"mails.invoice.subject", []string{"mails.invoice.delivery"}, nil},
	"mail-08-other":     {"mails.invoice.subject", []string{"mails.invoice.text"}, nil},
	"mail-09":           {"mails.accepted.subject", []string{"mails.accepted.text"}, nil},
	"mail-10":           {"mails.reminder.subject", []string{"mails.reminder.text"}, nil},
	"mail-10-part":      {"mails.missing.subject", []string{"mails.missing.text"}, nil},
	"mail-11":           {"mails.charged.subject", []string{"mails.charged.text"}, nil},
	"mail-12":           {"mails.address.subject", []string{"mails.address.text"}, []string{"mails.address.next"}},
	"mail-13":           {"mails.arrived.subject", []string{"mails.arrived.text"}, []string{"mails.arrived.next"}},
	"mail-14":           {"mails.ready.subject", []string{"mails.ready.text"}, nil},
	"mail-15":           {"mails.shipped.subject", []string{"mails.shipped.text"}, nil},
	"mail-16":           {"mails.tracking.subject", []string{"mails.tracking.text"}, nil},
	"mail-17":           {"mails.purchased.subject", []string{"mails.purchased.text"}, []string{"mails.purchased.next"}},
	"mail-18":           {"mails.cancelled.subject", []string{"mails.cancelled.text"}, []string{"mails.cancelled.next"}},
	"mail-21":           {"mails.top_up.subject", []string{"mails.top_up.text"}, []string{"mails.top_up.next"}},
	"mail-21-points":    {"mails.points.subject", []string{"mails.points.text"}, nil},
	"mail-22":           {"mails.ending.subject", []string{"mails.ending.text"}, []string{"mails.ending.next"}},
	"mail-22-renews":    {"mails.ending.subject", []string{"mails.ending.renews_text"}, nil},
	"mail-22-ended":     {"mails.ended.subject", []string{"mails.ended.text"}, []string{"mails.ending.next"}},
	"mail-22-renewed":   {"mails.renewed.subject", []string{"mails.renewed.text"}, nil},
	"mail-22-lapsed":    {"mails.ended.subject", []string{"mails.ended.lapsed_text"}, []string{"mails.ending.next"}},
	"mail-23":           {"mails.issue.subject", []string{"mails.issue.text"}, nil},
	"mail-25":           {"mails.contest.subject", []string{"mails.contest.text"}, []string{"mails.contest.next"}},
	"mail-25-others":    {"mails.contest.subject", []string{"mails.contest.others_text"}, nil},
	"mail-25-cancelled": {"mails.contest.cancelled_subject", []string{"mails.contest.cancelled_text"}, nil},
	"mail-24":           {"mails.consultation.subject", []string{"mails.consultation.text"}, []string{"mails.consultation.next"}},
	"mail-24-asked":     {"mails.consultation.asked_subject", []string{"mails.consultation.asked_text"}, nil},
	"mail-24-declined":  {"mails.consultation.declined_subject", []string{"mails.consultation.declined_text"}, nil},
	"mail-24-expired":   {"mails.consultation.expired_subject", []string{"mails.consultation.expired_text"}, nil},
	"mail-26":           {"mails.dream.subject", []string{"mails.dream.text"}, []string{"mails.dream.next"}},
	"mail-26-declined":  {"mails.dream.subject", []string{"mails.dream.declined_text"}, nil},
	"mail-28":           {"mails.ticket.subject", []string{"mails.ticket.text"}, []string{"mails.ticket.next"}},
	"mail-29":           {"mails.guessing.subject", []string{"mails.guessing.text", "mails.guessing.advice"}, nil},
	"mail-30":           {"mails.refund.subject", []string{"mails.refund.text"}, nil},
	"mail-32":           {"mails.mailings.subject", []string{"mails.mailings.text"}, []string{"mails.mailings.ignore"}},
	"mail-31":           {"mails.late.subject", []string{"mails.late.text"}, []string{"mails.late.next"}},
	"mail-34":           {"mails.due.subject", []string{"mails.due.text"}, []string{"mails.due.next"}},
	"mail-34-new":       {"mails.due.new_subject", []string{"mails.due.new_text"}, nil},
}

// Ours is a text in our own words, with the values by name: {number}.
func Ours(ctx context.Context, rule db.MailTextRule, locale db.Locale) db.MailText {
	ctx = views.WithLocale(ctx, string(locale))
	var named []any
	for _, value := range rule.Values() {
		named = append(named, value, "{"+value+"}")
	}
	said := func(keys []string) string {
		var paragraphs []string
		for _, key := range keys {
			paragraphs = append(paragraphs, views.TF(ctx, key, named...))
		}
		return strings.Join(paragraphs, "\n\n")
	}
	words := wordings[rule.Name]
	return db.MailText{
		Name: rule.Name, Locale: locale, Subject: views.TF(ctx, words.subject, named...), Opening: said(words.opening), Closing: said(words.closing),
	}
}

// words are what a mail says in the operator's words, or in ours.
type words struct {
	subject          string
	opening, closing part
}

// words puts the values of this mail, given by name and value, into its text. They are put in all at once: what a value
// says is never taken for the place of another.
func (w writer) words(pairs ...string) words {
	rule, err := db.MailTextRuleOf(w.out.TextName())
	if err != nil {
		return words{} // no such mail: a test writes every one
	}
	text := w.out.Text
	if !text.Own() {
		text = Ours(w.ctx, rule, w.out.Locale)
	}
	pairs = append(pairs, "site", views.Site.Name, "help", views.Site.Help)
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	values := strings.NewReplacer(pairs...)
	return words{values.Replace(text.Subject), inParagraphs(text.Opening, values), inParagraphs(text.Closing, values)}
}

// inParagraphs is a text in its paragraphs, a line each.
func inParagraphs(text string, values *strings.Replacer) (said paragraphs) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			said = append(said, values.Replace(line))
		}
	}
	return said
}
