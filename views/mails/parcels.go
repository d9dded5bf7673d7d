package mails

import (
	"cabinet/db"
	"cabinet/views"
)

// Mails about parcels.

func (w writer) addressIncomplete() content {
	letter := w.letter()
	return content{w.say("mails.address.subject"), "mails.why.parcel", []part{
		w.p("mails.address.text", "number", letter.Number),
		facts{w.methodFact()},
		w.list("mails.address.missing", w.fields()),
		w.p("mails.address.next"),
		w.goTo("mails.address.button"),
	}}
}

func (w writer) ready() content {
	letter := w.letter()
	leaves := w.p("mails.ready.soon")
	if letter.Day != nil {
		leaves = w.p("mails.ready.leaves", "day", views.LongDate(w.ctx, *letter.Day))
	}
	return content{w.say("mails.ready.subject"), "mails.why.parcel", []part{
		w.p("mails.ready.text", "number", letter.Number),
		leaves,
		facts{w.ordersFact(), w.methodFact(), w.weightFact()},
		w.shipTo(),
		goods{lines: w.contents()},
		w.goTo("mails.parcel.button"),
	}}
}

// shipped names the tracking numbers, or says that one follows.
func (w writer) shipped() content {
	letter := w.letter()
	return content{w.say("mails.shipped.subject"), "mails.why.parcel", []part{
		w.p("mails.shipped.text", "number", letter.Number),
		facts{w.ordersFact(), w.methodFact(), w.carrierFact(), w.transitFact(), w.weightFact()},
		w.tracking(),
		w.shipTo(),
		goods{lines: w.contents()},
		w.goTo("mails.parcel.button"),
	}}
}

func (w writer) trackingAdded() content {
	return content{w.say("mails.tracking.subject"), "mails.why.parcel", []part{
		w.p("mails.tracking.text", "number", w.letter().Number),
		facts{w.ordersFact(), w.methodFact(), w.carrierFact(), w.transitFact()},
		w.tracking(),
		w.goTo("mails.parcel.button"),
	}}
}

func (w writer) parcelCancelled() content {
	letter := w.letter()
	return content{w.say("mails.cancelled.subject"), "mails.why.parcel", []part{
		w.p("mails.cancelled.text", "number", letter.Number),
		w.reason(),
		goods{lines: w.contents()},
		w.p("mails.cancelled.next"),
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
