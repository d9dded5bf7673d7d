// Package mails says what every mail of the catalogue says. A mail is put together once, of parts, and
// printed twice: as text and as HTML. So no reader gets less than another.
package mails

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cabinet/db"
	"cabinet/views"

	"github.com/a-h/templ"
)

// Written is a mail as it is kept: a secret stands in it only as a mark.
type Written struct {
	Subject string
	Text    string
	HTML    string
}

// Write puts a mail into words, in the language of who gets it. Base is the address of the site, from
// which all links are built.
func Write(ctx context.Context, out db.Outgoing, base string) (Written, error) {
	ctx = views.WithLocale(ctx, string(out.Locale))
	w := writer{ctx, out, base}
	write, known := writers[out.Kind]
	if !known {
		return Written{}, fmt.Errorf("nobody has written %s", out.Kind)
	}
	said := write(w)
	mail := Written{Subject: w.subject(said.subject)}
	parts := slices.Concat(w.opening(), said.parts, []part{w.footer(said.why)})
	mail.Text = printed(parts)
	html, err := templ.ToGoHTML(ctx, document(mail.Subject, parts))
	mail.HTML = string(html)
	return mail, err
}

// content is what one mail says, between its greeting and its footer.
type content struct {
	subject string
	why     string // it came: a message
	parts   []part
}

// writers are all mails of the catalogue.
var writers = map[db.MailKind]func(writer) content{
	db.MailVerify:            writer.verify,
	db.MailAlreadyRegistered: writer.alreadyRegistered,
	db.MailRecovery:          writer.recovery,
	db.MailPasswordChanged:   writer.passwordChanged,
	db.MailEmailChange:       writer.emailChange,
	db.MailGuessing:          writer.guessing,
	db.MailAnswer:            writer.answer,
	db.MailContest:           writer.contest,
	db.MailDream:             writer.dream,
	db.MailConsultation:      writer.consultation,
	db.MailConsultationDue:   writer.consultationDue,
	db.MailSubscriptionEnds:  writer.subscriptionEnds,
	db.MailIssue:             writer.issue,
	db.MailOrderReceived:     writer.orderReceived,
	db.MailInvoice:           writer.invoice,
	db.MailOrderAccepted:     writer.orderAccepted,
	db.MailPaymentMissing:    writer.paymentMissing,
	db.MailDeliveryCharged:   writer.deliveryCharged,
	db.MailTopUp:             writer.topUp,
	db.MailRefund:            writer.refund,
	db.MailPurchased:         writer.purchased,
	db.MailArrived:           writer.arrived,
	db.MailAddressIncomplete: writer.addressIncomplete,
	db.MailReady:             writer.ready,
	db.MailShipped:           writer.shipped,
	db.MailTrackingAdded:     writer.trackingAdded,
	db.MailParcelCancelled:   writer.parcelCancelled,
	db.MailLate:              writer.late,
	db.MailConfirmMailings:   writer.confirmMailings,
	db.MailNewsletter:        writer.newsletter,
}

// writer has at hand what a mail may need.
type writer struct {
	ctx  context.Context
	out  db.Outgoing
	base string
}

func (w writer) letter() db.Letter { return w.out.Letter }

// say is the text of a message, with values by name.
func (w writer) say(key string, pairs ...any) string {
	if len(pairs) == 0 {
		return views.T(w.ctx, key)
	}
	return views.TF(w.ctx, key, pairs...)
}

func (w writer) p(key string, pairs ...any) part { return paragraph(w.say(key, pairs...)) }

// typed is what a person wrote, or nothing.
func (w writer) typed(label, text string) part {
	if strings.TrimSpace(text) == "" {
		return nothing{}
	}
	return quotation{w.say(label), w.say(text)} // the system's own reasons are messages
}

// reason is what staff wrote, or a message where the rules themselves had one.
func (w writer) reason() part { return w.typed("mails.reason", w.say(w.letter().Reason)) }

func (w writer) euro(amount db.Money) string { return views.Money(w.ctx, amount, db.EUR) }

// subject has the number by which an answer finds its way.
func (w writer) subject(text string) string {
	text = oneLine(text)
	if number := w.number(); number != "" {
		return number + " " + text
	}
	return text
}

// number is the mark in the subject: [№12345-6].
func (w writer) number() string {
	if w.letter().Number == "" {
		return ""
	}
	return "[№" + oneLine(w.letter().Number) + "]"
}

// opening greets whoever is written to, and nobody where many are.
func (w writer) opening() []part {
	if w.out.Kind == db.MailNewsletter {
		return nil
	}
	return []part{paragraph(w.greeting())}
}

// greeting leaves out what is hardly a name: nobody shall send advertisements in ours.
func (w writer) greeting() string {
	name := oneLine(w.letter().Name)
	if name == "" || len([]rune(name)) > 60 || strings.ContainsAny(name, "/\\<>{}@") {
		return w.say("mails.greeting")
	}
	return w.say("mails.greeting_name", "name", name)
}

// link is an address of the site; its secret is put in when the mail leaves.
func (w writer) link(path string) string { return w.base + path }

func (w writer) secretLink() string { return w.link(w.letter().Path) + "?token=" + db.SecretMark }

// goTo is the button of the mail.
func (w writer) goTo(label string) part {
	if w.letter().Path == "" {
		return nothing{}
	}
	return button{w.say(label), w.link(w.letter().Path)}
}

// goWith is the button of a mail whose link opens something by its secret.
func (w writer) goWith(label string) part { return button{w.say(label), w.secretLink()} }

// footer says who wrote, why, and how to answer so that the answer finds its way.
func (w writer) footer(why string) part {
	answer := w.say("mails.answer", "help", views.Site.Help)
	if number := w.number(); number != "" {
		answer = w.say("mails.answer_number", "help", views.Site.Help, "number", number)
	}
	return footer{
		w.say("mails.sender", "site", views.Site.Name, "base", w.base),
		w.say(why, "site", views.Site.Name, "email", oneLine(w.out.Address)),
		answer,
	}
}

// oneLine keeps a text from breaking out of its line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
