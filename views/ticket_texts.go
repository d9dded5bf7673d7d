package views

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"cabinet/db"

	"github.com/a-h/templ"
)

// ticketPath is the page of a ticket, or of an act on it.
func ticketPath(id db.TicketID, act string) templ.SafeURL {
	return numberedPath("/tickets/", int64(id), act)
}

// deskTicketPath is a ticket at the desk, or an act on it.
func deskTicketPath(id db.TicketID, act string) templ.SafeURL {
	return numberedPath("/staff/tickets/", int64(id), act)
}

// askAboutOrder is the form of a question about an order.
func askAboutOrder(id db.OrderID) templ.SafeURL {
	return templ.SafeURL("/tickets/new?order=" + strconv.FormatInt(int64(id), 10))
}

// askAboutParcel is the form of a question about a parcel.
func askAboutParcel(id db.ParcelID) templ.SafeURL {
	return templ.SafeURL("/tickets/new?parcel=" + strconv.FormatInt(int64(id), 10))
}

// TicketSubject is what a question about an order or a parcel is called until the customer calls it otherwise.
func TicketSubject(ctx context.Context, form db.TicketForm) string {
	switch {
	case form.OrderID != 0:
		return OrderTitle(ctx, form.OrderID)
	case form.ParcelID != 0:
		return ParcelTitle(ctx, form.ParcelID)
	}
	return ""
}

func ticketTone(status db.TicketStatus) Tone {
	switch status {
	case db.TicketOpen:
		return Warn
	case db.TicketWaiting:
		return Info
	case db.TicketResolved:
		return Good
	}
	return Neutral
}

// customerStatus is what a ticket's status is to its customer: on which day we go on is our own matter.
func customerStatus(status db.TicketStatus) db.TicketStatus {
	if status == db.TicketSnoozed {
		return db.TicketOpen
	}
	return status
}

// ticketNext says who has the next word.
func ticketNext(status db.TicketStatus) (Who, string) {
	switch customerStatus(status) {
	case db.TicketWaiting:
		return You, "tickets.next.waiting_customer"
	case db.TicketResolved:
		return Nobody, "tickets.next.resolved"
	}
	return Us, "tickets.next.open"
}

// threadEvents is a thread as its customer reads it.
func threadEvents(ctx context.Context, thread db.Thread) (events []Event) {
	for _, m := range thread.Messages {
		author := t(ctx, "orders.by.you")
		if m.Staff {
			author = t(ctx, "tickets.us")
		}
		switch {
		case m.Text != "":
			events = append(events, Event{At: m.At, By: author, Tone: authorTone(m.Staff), Body: spoken(m.Text)})
		case m.Status == db.TicketResolved:
			events = append(events, Event{At: m.At, Text: "tickets.status.resolved", By: author, Tone: Good})
		}
	}
	return events
}

// deskThreadEvents is a thread as the desk reads it: with names, and with what was done beside what was said.
func deskThreadEvents(ctx context.Context, desk db.DeskTicket) (events []Event) {
	for _, m := range desk.Thread.Messages {
		event := Event{At: m.At, By: either(m.ByName, t(ctx, "orders.by.system")), Tone: authorTone(m.Staff)}
		switch {
		case m.Text != "":
			event.Body = spoken(m.Text)
		case m.Until != nil:
			event.Text = tf(ctx, "tickets.until_day", "day", LongDate(ctx, *m.Until))
		default:
			event.Text = "tickets.status." + string(m.Status)
		}
		events = append(events, event)
	}
	return events
}

func authorTone(staff bool) Tone {
	if staff {
		return Info
	}
	return Neutral
}

// piece is a part of a text: words, or an address that can be opened.
type piece struct {
	text string
	link bool
}

var webAddress = regexp.MustCompile(`https?://[^\s<>"]+`)

// pieces finds the addresses of the web in a text. What ends a sentence is no part of an address.
func pieces(text string) (found []piece) {
	for {
		at := webAddress.FindStringIndex(text)
		if at == nil {
			return append(found, piece{text: text})
		}
		link := strings.TrimRight(text[at[0]:at[1]], ".,;:!?)]}»”'")
		found = append(found, piece{text: text[:at[0]]}, piece{text: link, link: true})
		text = text[at[0]+len(link):]
	}
}

func deskTicketFacts(ctx context.Context, desk DeskTicket) []Fact {
	ticket := desk.Ticket
	facts := []Fact{{Label: "desk.orders.customer", Value: either(desk.Name, desk.Email) + ", " + desk.Email + ", № " + strconv.FormatInt(int64(ticket.AccountID), 10)}}
	if ticket.OrderID != nil {
		facts = append(facts, Fact{Label: "tickets.about", Body: linkTo(deskOrderPath(*ticket.OrderID, ""), OrderTitle(ctx, *ticket.OrderID))})
	}
	if ticket.ParcelID != nil {
		facts = append(facts, Fact{Label: "tickets.about", Body: linkTo(deskParcelPath(*ticket.ParcelID, ""), ParcelTitle(ctx, *ticket.ParcelID))})
	}
	if ticket.SnoozedUntil != nil {
		facts = append(facts, Fact{Label: "tickets.status.snoozed", Value: tf(ctx, "tickets.until_day", "day", LongDate(ctx, *ticket.SnoozedUntil))})
	}
	return facts
}
