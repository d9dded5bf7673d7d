package mails

import (
	"slices"
	"strings"

	"cabinet/db"
	"cabinet/views"
)

// Mails about orders and their items.

// orderReceived is the copy of an order, as it was typed, or as the staff changed it.
func (w writer) orderReceived() content {
	letter := w.letter()
	words := w.words("number", letter.Number)
	return content{words.subject, "mails.why.order", []part{
		words.opening,
		w.reason(),
		goods{w.goods(), w.sumOf(letter.Lines)},
		w.typed("mails.order.comment", letter.Comment),
		w.shipTo(),
		facts{w.methodFact()},
		words.closing,
		w.goTo("mails.order.button"),
	}}
}

// orderAccepted also says what a parcel would have to wait for, while there is time.
func (w writer) orderAccepted() content {
	letter := w.letter()
	words := w.words("number", letter.Number)
	parts := []part{words.opening, w.goTo("mails.order.button")}
	if len(letter.Missing) > 0 {
		parts = append(parts, w.list("mails.accepted.missing", w.fields()), w.p("mails.accepted.fill", "link", w.link("/addresses")))
	}
	return content{words.subject, "mails.why.order", append(parts, words.closing)}
}

func (w writer) purchased() content {
	words := w.words("number", w.letter().Number)
	return content{words.subject, "mails.why.order", []part{
		words.opening,
		goods{lines: w.contents()},
		words.closing,
		w.goTo("mails.order.button"),
	}}
}

func (w writer) arrived() content {
	words := w.words("number", w.letter().Number)
	return content{words.subject, "mails.why.order", []part{
		words.opening,
		goods{lines: w.contents()},
		facts{w.weightFact()},
		w.photos(),
		words.closing,
		w.goTo("mails.order.button"),
	}}
}

// photosShown is how many photos a mail shows; the others are on the page of the order.
const photosShown = 12

// photos are those of the boxes that came.
func (w writer) photos() part {
	shown := photos{link: w.link(w.letter().Path)}
	for _, box := range w.out.Boxes {
		for i, taken := range box.Photos {
			width, height := taken.SmallSize()
			shown.pictures = append(shown.pictures, shownPhoto{taken.ContentID(), views.PhotoAlt(w.ctx, box, i), width, height})
		}
	}
	if len(shown.pictures) == 0 {
		return nothing{}
	}
	shown.said = views.TN(w.ctx, "mails.arrived.photos", len(shown.pictures))
	shown.pictures = shown.pictures[:min(photosShown, len(shown.pictures))]
	return shown
}

// goods are the lines of the letter with their sums.
func (w writer) goods() []good {
	lines := w.contents()
	for i, line := range w.letter().Lines {
		lines[i].sum = views.Money(w.ctx, line.Amount, currencyOf(line))
	}
	return lines
}

// contents are the lines of the letter where money is no matter.
func (w writer) contents() []good {
	var lines []good
	for _, line := range w.letter().Lines {
		good := good{title: w.title(line), note: oneLine(line.Options)}
		if strings.HasPrefix(line.URL, "https://") || strings.HasPrefix(line.URL, "http://") {
			good.link = oneLine(line.URL)
		}
		if line.Quantity > 1 {
			good.count = views.TN(w.ctx, "mails.pieces", line.Quantity)
		}
		if line.Day != nil {
			good.note = join(", ", good.note, w.say("mails.expected", "day", views.LongDate(w.ctx, *line.Day)))
		}
		lines = append(lines, good)
	}
	return lines
}

// title is what a line is called. Those that are no goods have a name of ours, and say at most what for.
func (w writer) title(line db.LetterLine) string {
	title := oneLine(line.Title)
	if line.Kind == "" || line.Kind == string(db.ItemLine) && title != "" {
		return title
	}
	if line.Kind == string(db.ServiceLine) && title != "" {
		return w.say(title)
	}
	return join(": ", w.say("mails.lines."+line.Kind), title)
}

// sumOf is what lines cost together, unless they cost several currencies.
func (w writer) sumOf(lines []db.LetterLine) fact {
	var sum db.Money
	for _, line := range lines {
		if currencyOf(line) != currencyOf(lines[0]) {
			return fact{}
		}
		sum += line.Amount
	}
	if len(lines) < 2 {
		return fact{}
	}
	return fact{w.say("mails.total"), views.Money(w.ctx, sum, currencyOf(lines[0]))}
}

func currencyOf(line db.LetterLine) db.Currency {
	if line.Currency == "" {
		return db.EUR
	}
	return line.Currency
}

// list is left out when it has no lines.
func (w writer) list(title string, lines []string) part {
	if len(lines) == 0 {
		return nothing{}
	}
	said := list{title: w.say(title)}
	for _, line := range lines {
		said.lines = append(said.lines, oneLine(line))
	}
	return said
}

// shipTo is an address as it stands on an envelope, its country by name.
func (w writer) shipTo() part {
	lines := slices.Clone(w.letter().ShipTo)
	if last := len(lines) - 1; last >= 0 {
		lines[last] = views.Country(w.ctx, lines[last])
	}
	return w.list("mails.ship_to", lines)
}

// fields are the names of the fields of an address that are missing.
func (w writer) fields() (names []string) {
	for _, field := range w.letter().Missing {
		if !strings.Contains(field, ".") { // else it is an objection in words of its own
			field = "fields." + field
		}
		names = append(names, w.say(field))
	}
	return names
}

func (w writer) methodFact() fact {
	return fact{w.say("mails.method"), w.out.Method.Named(w.out.Locale)}
}

func (w writer) weightFact() fact {
	if w.letter().Grams == 0 {
		return fact{}
	}
	return fact{w.say("mails.weight"), views.Weight(w.ctx, w.letter().Grams)}
}

func (w writer) ordersFact() fact {
	return fact{w.say("mails.orders"), strings.Join(w.letter().Orders, ", ")}
}
