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
	subject, text, next := "mails.order.subject", "mails.order.text", "mails.order.next"
	switch letter.Act {
	case "changed":
		subject, text, next = "mails.order.changed_subject", "mails.order.changed_text", "mails.order.changed_next"
	case "cancelled":
		subject, text, next = "mails.order.cancelled_subject", "mails.order.cancelled_text", "mails.order.cancelled_next"
	}
	return content{w.say(subject), "mails.why.order", []part{
		w.p(text, "number", letter.Number),
		w.reason(),
		goods{w.goods(), w.sumOf(letter.Lines)},
		w.typed("mails.order.comment", letter.Comment),
		w.shipTo(),
		facts{w.methodFact()},
		w.p(next),
		w.goTo("mails.order.button"),
	}}
}

// orderAccepted also says what a parcel would have to wait for, while there is time.
func (w writer) orderAccepted() content {
	letter := w.letter()
	parts := []part{w.p("mails.accepted.text", "number", letter.Number), w.goTo("mails.order.button")}
	if len(letter.Missing) > 0 {
		parts = append(parts, w.list("mails.accepted.missing", w.fields()), w.p("mails.accepted.fill", "link", w.link("/addresses")))
	}
	return content{w.say("mails.accepted.subject"), "mails.why.order", parts}
}

func (w writer) purchased() content {
	return content{w.say("mails.purchased.subject"), "mails.why.order", []part{
		w.p("mails.purchased.text", "number", w.letter().Number),
		goods{lines: w.contents()},
		w.p("mails.purchased.next"),
		w.goTo("mails.order.button"),
	}}
}

func (w writer) arrived() content {
	return content{w.say("mails.arrived.subject"), "mails.why.order", []part{
		w.p("mails.arrived.text", "number", w.letter().Number),
		goods{lines: w.contents()},
		facts{w.weightFact()},
		w.p("mails.arrived.next"),
		w.goTo("mails.order.button"),
	}}
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
