package db

import (
	"context"
	"errors"
)

// TicketQueues are the statuses whose tickets the desk lists, in the order of its work.
var TicketQueues = []TicketStatus{TicketOpen, TicketWaiting, TicketSnoozed}

// Place is where the ticket stands in the queue.
func (t Ticket) Place() Place[TicketID] { return Place[TicketID]{t.WaitingSince, t.ID} }

// TicketsWaiting is a page of the tickets in a status that a visitor may answer, behind a place in it, and whether
// there is more.
func (db *DB) TicketsWaiting(ctx context.Context, by Visitor, status TicketStatus, behind Place[TicketID]) (rows []TicketQueueRow, more bool, err error) {
	rows, err = db.TicketQueue(ctx, TicketQueueParams{
		Status: string(status), After: behind.At, Above: int64(behind.ID), OfOrders: !by.Has(Support), Lim: DeskPage + 1,
	})
	if len(rows) > DeskPage {
		return rows[:DeskPage], true, err
	}
	return rows, false, err
}

// DeskTicket is a ticket as it is answered.
type DeskTicket struct {
	TicketQueueRow
	Thread Thread
}

// DeskTicket reads a ticket for the desk, with its thread below a message.
func (db *DB) DeskTicket(ctx context.Context, by Visitor, id TicketID, below TicketMessageID) (desk DeskTicket, err error) {
	if desk.TicketQueueRow, err = db.TicketRow(ctx, by, id); err != nil {
		return desk, err
	}
	desk.Thread, err = db.thread(ctx, id, below)
	return desk, err
}

// TicketRow is one ticket as a row of the desk.
func (db *DB) TicketRow(ctx context.Context, by Visitor, id TicketID) (TicketQueueRow, error) {
	row, err := db.TicketAtDesk(ctx, id)
	if err == nil && !row.Ticket.For(by) {
		err = ErrNotFound
	}
	return TicketQueueRow(row), err
}

// Thread is a page of what was said, the oldest first. Earlier is below which message there is more, or 0.
type Thread struct {
	Messages []TicketMessagesRow
	Earlier  TicketMessageID
}

// ThreadPage is how many lines of a thread are read at a time.
const ThreadPage = 50

func (db *DB) thread(ctx context.Context, id TicketID, below TicketMessageID) (thread Thread, err error) {
	if below <= 0 {
		below = 1<<63 - 1
	}
	rows, err := db.TicketMessages(ctx, id, int64(below), ThreadPage+1)
	if len(rows) > ThreadPage {
		rows = rows[:ThreadPage]
		thread.Earlier = rows[ThreadPage-1].ID
	}
	for i := len(rows) - 1; i >= 0; i-- {
		thread.Messages = append(thread.Messages, rows[i])
	}
	return thread, err
}

// openTicketAtDesk locks a ticket as somebody at the desk saw it.
func (c *change) openTicketAtDesk(ctx context.Context, by Visitor, id TicketID, version int32) (Ticket, error) {
	ticket, err := c.lockTicket(ctx, id)
	switch {
	case err != nil:
		return ticket, err
	case !ticket.For(by):
		return Ticket{}, ErrNotFound
	case ticket.Version != version:
		return ticket, TicketStale
	}
	return ticket, nil
}

// AnswerForm is our answer.
type AnswerForm struct {
	Key     string `form:"key"`
	Version int32  `form:"version"`
	Text    string `form:"text"`
	Act     string `form:"act"` // resolve: nothing is left to ask
}

// AnswerTicket answers a customer, who gets it by mail as well.
func (db *DB) AnswerTicket(ctx context.Context, by Visitor, id TicketID, form AnswerForm) (ticket Ticket, err error) {
	next := TicketWaiting
	if form.Act == "resolve" {
		next = TicketResolved
	}
	key, missing := formKey(by, form.Key)
	err = db.change(ctx, func(c *change) error {
		ticket, err = c.openTicketAtDesk(ctx, by, id, form.Version)
		if err == nil || errors.Is(err, TicketStale) {
			if said, failed := c.saidBefore(ctx, key); failed != nil || said {
				return failed
			}
		}
		if err != nil {
			return err
		}
		if err := readText(form.Text).err(); err != nil {
			return err
		}
		if missing != nil {
			return missing
		}
		text := tidyLines(form.Text)
		if ticket, err = c.addToTicket(ctx, ticket, ticketLine{by: &by.ID, staff: true, text: text, next: next, key: &key}); err != nil {
			return err
		}
		return c.mailAnswer(ctx, ticket, text)
	})
	return ticket, err
}

// mailAnswer is mail-28.
func (c *change) mailAnswer(ctx context.Context, ticket Ticket, text string) error {
	account, err := c.AccountByID(ctx, ticket.AccountID)
	if err != nil {
		return err
	}
	letter := Letter{Kind: MailAnswer, Number: ticket.Number(), Path: ticket.ID.Path(), Subject: ticket.Subject, Comment: text, topic: ticket.ID.Topic()}
	return c.mail(ctx, account, letter)
}

// ResolveTicketAtDesk takes a ticket off the desk without another word.
func (db *DB) ResolveTicketAtDesk(ctx context.Context, by Visitor, id TicketID, version int32) (ticket Ticket, err error) {
	err = db.change(ctx, func(c *change) error {
		if ticket, err = c.openTicketAtDesk(ctx, by, id, version); err != nil {
			return err
		}
		if !ticket.Status.May(TicketResolved) {
			return Refusal("tickets.resolved_already")
		}
		ticket, err = c.addToTicket(ctx, ticket, ticketLine{by: &by.ID, staff: true, next: TicketResolved})
		return err
	})
	return ticket, err
}

// SnoozeForm puts a ticket off.
type SnoozeForm struct {
	Version int32  `form:"version"`
	Until   string `form:"until"`
}

// mostSnooze is how many days a ticket may be put off.
const mostSnooze = 365

// SnoozeTicket puts a ticket off until a day, on which it comes back by itself.
func (db *DB) SnoozeTicket(ctx context.Context, by Visitor, id TicketID, form SnoozeForm) (ticket Ticket, err error) {
	until, ok := ParseDay(form.Until)
	err = db.change(ctx, func(c *change) error {
		if ticket, err = c.openTicketAtDesk(ctx, by, id, form.Version); err != nil {
			return err
		}
		if !ticket.Status.May(TicketSnoozed) {
			return Refusal("tickets.resolved_already")
		}
		if !ok || !c.today().Before(until) || c.today().Plus(mostSnooze).Before(until) {
			return Problems{"until": "tickets.until_wrong"}
		}
		ticket, err = c.addToTicket(ctx, ticket, ticketLine{by: &by.ID, staff: true, next: TicketSnoozed, until: &until})
		return err
	})
	return ticket, err
}
