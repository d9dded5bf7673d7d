package mails

import (
	"strconv"

	"cabinet/views"
)

// subscriptionEnds says that a subscription ends soon, has ended or goes on.
func (w writer) subscriptionEnds() content {
	letter := w.letter()
	words := w.words("number", letter.Number, "left", views.TN(w.ctx, "subscriptions.issues", letter.Left))
	return content{words.subject, "mails.why.subscription", []part{
		words.opening,
		facts{{w.say("mails.subscription"), w.say("subscriptions.format." + string(letter.Format))}},
		w.goTo("mails.subscription.button"),
		words.closing,
		w.silence(),
	}}
}

// issue says that another issue is out, and leads to its reader's own copy.
func (w writer) issue() content {
	letter := w.letter()
	words := w.words("issue", strconv.Itoa(int(letter.Issue)), "title", letter.Subject)
	month := ""
	if letter.Day != nil {
		month = views.Month(w.ctx, *letter.Day)
	}
	return content{words.subject, "mails.why.subscription", []part{
		words.opening,
		facts{{w.say("mails.issue.title"), oneLine(letter.Subject)}, {w.say("mails.issue.month"), month}},
		w.goTo("mails.issue.button"),
		words.closing,
		w.silence(),
	}}
}

// silence says where a mail that nobody must get is switched off.
func (w writer) silence() part {
	return w.p("mails.silence", "link", w.link("/settings/notifications"))
}
