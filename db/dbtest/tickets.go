package dbtest

import (
	"testing"

	"cabinet/db"
)

// TicketForm is a question to us, each form with a key of its own.
func TicketForm(subject, text string) db.TicketForm {
	return db.TicketForm{Key: random() + random(), Subject: subject, Text: text}
}

// Asked is a question of a customer's about an order, or about nothing when it has no number.
func (w *World) Asked(t testing.TB, by db.Visitor, order db.Order) db.Ticket {
	t.Helper()
	form := TicketForm("Когда приедут ботинки?", "Здравствуйте! Успеют ли они до 1 апреля?")
	form.OrderID = order.ID
	ticket, err := w.OpenTicket(t.Context(), by, form)
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

// Reply is something more that a customer says.
func Reply(text string) db.ReplyForm { return db.ReplyForm{Key: random() + random(), Text: text} }

// Answer is ours to a ticket as it is now.
func Answer(ticket db.Ticket, text string) db.AnswerForm {
	return db.AnswerForm{Key: random() + random(), Version: ticket.Version, Text: text}
}

// Answered is a ticket that Sveta has answered.
func (w *World) Answered(t testing.TB, ticket db.Ticket, text string) db.Ticket {
	t.Helper()
	ticket, err := w.AnswerTicket(t.Context(), w.Person(t, Sveta), ticket.ID, Answer(ticket, text))
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}
