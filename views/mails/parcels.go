package mails

import (
	"strings"

	"cabinet/db"
	"cabinet/views"
)

// Mails about parcels.

func (w writer) addressIncomplete() content {
	words := w.words("number", w.letter().Number)
	return content{words.subject, "mails.why.parcel", []part{
		words.opening,
		facts{w.methodFact()},
		w.list("mails.address.missing", w.fields()),
		words.closing,
		w.goTo("mails.address.button"),
	}}
}

func (w writer) ready() content {
	letter := w.letter()
	words, leaves := w.words("number", letter.Number), w.p("mails.ready.soon")
	if letter.Day != nil {
		leaves = w.p("mails.ready.leaves", "day", views.LongDate(w.ctx, *letter.Day))
	}
	return content{words.subject, "mails.why.parcel", []part{
		words.opening,
		leaves,
		facts{w.ordersFact(), w.methodFact(), w.weightFact()},
		w.shipTo(),
		goods{lines: w.contents()},
		w.goTo("mails.parcel.button"),
		words.closing,
	}}
}

// late says what the warehouse says for itself, and the new day.
func (w writer) late() content {
	letter := w.letter()
	day := ""
	if letter.Day != nil {
		day = views.LongDate(w.ctx, *letter.Day)
	}
	words := w.words("number", letter.Number, "day", day)
	return content{words.subject, "mails.why.parcel", []part{
		words.opening,
		inParagraphs(letter.Reason, strings.NewReplacer()),
		facts{{w.say("mails.late.day"), day}, w.ordersFact(), w.methodFact()},
		words.closing,
		w.goTo("mails.parcel.button"),
	}}
}

// shipped names the tracking numbers, or says that one follows.
func (w writer) shipped() content {
	words := w.words("number", w.letter().Number)
	return content{words.subject, "mails.why.parcel", []part{
		words.opening,
		facts{w.ordersFact(), w.methodFact(), w.carrierFact(), w.transitFact(), w.weightFact()},
		w.tracking(),
		w.shipTo(),
		goods{lines: w.contents()},
		w.goTo("mails.parcel.button"),
		words.closing,
	}}
}

func (w writer) trackingAdded() content {
	words := w.words("number", w.letter().Number)
	return content{words.subject, "mails.why.parcel", []part{
		words.opening,
		facts{w.ordersFact(), w.methodFact(), w.carrierFact(), w.transitFact()},
		w.tracking(),
		w.goTo("mails.parcel.button"),
		words.closing,
	}}
}

func (w writer) parcelCancelled() content {
	words := w.words("number", w.letter().Number)
	return content{words.subject, "mails.why.parcel", []part{
		words.opening,
		w.reason(),
		goods{lines: w.contents()},
		words.closing,
		w.goTo("mails.cancelled.button"),
	}}
}

func (w writer) tracking() part {
	letter := w.letter()
	if len(letter.Tracking) == 0 {
		if w.out.Method.TrackingMode == db.NoTracking {
			return nothing{}
		}
		return w.p("mails.shipped.tracking_later")
	}
	said := links{title: views.TN(w.ctx, "mails.tracking_numbers", len(letter.Tracking))}
	for i, number := range letter.Tracking {
		link := button{label: oneLine(number)}
		if i < len(letter.Links) {
			link.link = letter.Links[i]
		}
		said.links = append(said.links, link)
	}
	return said
}

func (w writer) carrierFact() fact { return fact{w.say("mails.carrier"), oneLine(w.letter().Carrier)} }

// transitFact is how long the way takes, as far as the method knows.
func (w writer) transitFact() fact {
	return fact{w.say("mails.transit"), w.out.Method.Transit(w.out.Locale)}
}
