package db

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"unicode/utf8"
)

type (
	TicketID        int64
	TicketMessageID int64
)

// Topic names the ticket on the live channel and, as an id, in the page.
func (id TicketID) Topic() string { return topic("ticket", id) }

// Path is the page of the ticket.
func (id TicketID) Path() string { return "/tickets/" + strconv.FormatInt(int64(id), 10) }

// TicketStatus says who has the next word in a ticket.
type TicketStatus string

const (
	TicketOpen     TicketStatus = "open" // we
	TicketWaiting  TicketStatus = "waiting_customer"
	TicketSnoozed  TicketStatus = "snoozed" // we, on a later day
	TicketResolved TicketStatus = "resolved"
)

var ticketMoves = map[TicketStatus][]TicketStatus{
	TicketOpen:     {TicketWaiting, TicketSnoozed, TicketResolved},
	TicketWaiting:  {TicketOpen, TicketWaiting, TicketSnoozed, TicketResolved},
	TicketSnoozed:  {TicketOpen, TicketWaiting, TicketSnoozed, TicketResolved},
	TicketResolved: {TicketOpen, TicketWaiting},
}

// May reports whether a ticket may move to the next status.
func (s TicketStatus) May(next TicketStatus) bool {
	return slices.Contains(ticketMoves[s], next)
}

// Ours reports whether the next word is ours.
func (s TicketStatus) Ours() bool { return s == TicketOpen || s == TicketSnoozed }

// TicketStale means that something was said or done in a ticket since the form was drawn.
const TicketStale Refusal = "tickets.stale"

// How many characters fit into a ticket.
const (
	SubjectLimit = 200
	MessageLimit = 5000
)

// Number is what stands in the subject of mails, so that an answer finds its way: that of the order or parcel, or
// else the ticket's own.
func (t Ticket) Number() string {
	switch {
	case t.OrderID != nil:
		return t.OrderID.Number()
	case t.ParcelID != nil:
		return t.ParcelID.Number()
	}
	return "T" + Numbered(t.ID)
}

// For reports whether somebody at the desk may read and answer the ticket: support any, buyers those about orders.
func (t Ticket) For(by Visitor) bool { return by.Has(Support) || t.OrderID != nil && by.Has(Buyer) }

// TicketForm is a question to us.
type TicketForm struct {
	Key      string   `form:"key"`
	OrderID  OrderID  `form:"order"`  // 0: not about an order
	ParcelID ParcelID `form:"parcel"` // 0: not about a parcel
	Subject  string   `form:"subject"`
	Text     string   `form:"text"`
}

func (f TicketForm) read() (TicketForm, error) {
	problems := readText(f.Text)
	f.Subject, f.Text = tidyLine(f.Subject), tidyLines(f.Text)
	switch {
	case f.Subject == "":
		problems["subject"] = "tickets.subject_required"
	case utf8.RuneCountInString(f.Subject) > SubjectLimit:
		problems["subject"] = "fields.too_long"
	}
	return f, problems.err()
}

func readText(typed string) Problems {
	problems := Problems{}
	switch text := tidyLines(typed); {
	case text == "":
		problems["text"] = "tickets.text_required"
	case utf8.RuneCountInString(text) > MessageLimit:
		problems["text"] = "tickets.text_too_long"
	}
	return problems
}

// formKey is the key of a form as it is kept: nobody finds by it what another has sent.
func formKey(by Visitor, key string) (string, error) {
	if len(key) < 16 || len(key) > 100 {
		return "", Refusal("orders.no_key")
	}
	return strconv.FormatInt(int64(by.ID), 10) + ":" + key, nil
}

// CheckTicket finds out whether what a question is to be about is the customer's own.
func (q *Queries) CheckTicket(ctx context.Context, of AccountID, form TicketForm) error {
	if form.OrderID != 0 {
		if _, err := q.OrderOf(ctx, form.OrderID, of); err != nil {
			return err
		}
	}
	if form.ParcelID != 0 {
		if _, err := q.ParcelOf(ctx, form.ParcelID, of); err != nil {
			return err
		}
	}
	if form.OrderID != 0 && form.ParcelID != 0 {
		return ErrNotFound
	}
	return nil
}

// OpenTicket asks us something. The same form sent twice finds the ticket it made.
func (db *DB) OpenTicket(ctx context.Context, by Visitor, typed TicketForm) (ticket Ticket, err error) {
	if err := db.CheckTicket(ctx, by.ID, typed); err != nil {
		return Ticket{}, err
	}
	form, err := typed.read()
	if err != nil {
		return Ticket{}, err
	}
	key, err := formKey(by, form.Key)
	if err != nil {
		return Ticket{}, err
	}
	if ticket, err = db.TicketByKey(ctx, key); !errors.Is(err, ErrNotFound) {
		return ticket, err
	}
	if err := db.take(ctx, writeToUs, "tickets:"+by.ID.Audience()); err != nil {
		return Ticket{}, err
	}
	err = db.change(ctx, func(c *change) error {
		ticket, err = c.insertTicket(ctx, insertTicketParams{
			AccountID: by.ID, OrderID: given(form.OrderID), ParcelID: given(form.ParcelID), Subject: form.Subject, At: c.now, Key: key,
		})
		if errors.Is(err, ErrNotFound) { // the form was sent at the same time
			ticket, err = c.TicketByKey(ctx, key)
			return err
		}
		if err != nil {
			return err
		}
		c.announceTicket(ticket)
		return c.insertTicketMessage(ctx, insertTicketMessageParams{
			TicketID: ticket.ID, By: &by.ID, Text: form.Text, Status: TicketOpen, Key: &key, At: c.now,
		})
	})
	return ticket, err
}

// given is an id, or nothing where it is 0.
func given[ID ~int64](id ID) *ID {
	if id == 0 {
		return nil
	}
	return &id
}

// ReplyForm is what a customer adds to a ticket.
type ReplyForm struct {
	Key  string `form:"key"`
	Text string `form:"text"`
}

// ReplyToTicket adds to a customer's own ticket. A resolved one is open again.
func (db *DB) ReplyToTicket(ctx context.Context, by Visitor, id TicketID, form ReplyForm) (ticket Ticket, err error) {
	if ticket, err = db.TicketOf(ctx, id, by.ID); err != nil {
		return ticket, err
	}
	if err := readText(form.Text).err(); err != nil {
		return ticket, err
	}
	key, err := formKey(by, form.Key)
	if err != nil {
		return ticket, err
	}
	if _, err := db.TicketMessageByKey(ctx, &key); !errors.Is(err, ErrNotFound) {
		return ticket, err
	}
	if err := db.take(ctx, writeToUs, "tickets:"+by.ID.Audience()); err != nil {
		return ticket, err
	}
	err = db.change(ctx, func(c *change) error {
		if ticket, err = c.lockTicket(ctx, id); err != nil {
			return err
		}
		if said, err := c.saidBefore(ctx, key); err != nil || said {
			return err
		}
		ticket, err = c.addToTicket(ctx, ticket, ticketLine{by: &by.ID, text: tidyLines(form.Text), next: TicketOpen, key: &key})
		return err
	})
	return ticket, err
}

// saidBefore reports whether a form was sent already. The ticket is locked, so nobody sends it meanwhile.
func (c *change) saidBefore(ctx context.Context, key string) (bool, error) {
	_, err := c.TicketMessageByKey(ctx, &key)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// ReadTicket remembers that the customer has seen our last answer.
func (db *DB) ReadTicket(ctx context.Context, by Visitor, id TicketID) (ticket Ticket, err error) {
	err = db.change(ctx, func(c *change) error {
		if ticket, err = c.ownTicket(ctx, by, id); err != nil || !ticket.Unread {
			return err
		}
		ticket, err = c.readTicket(ctx, id)
		c.announce(by.ID, id.Topic(), "tickets", "home")
		return err
	})
	return ticket, err
}

// ResolveTicket is the customer's word that nothing is left to say.
func (db *DB) ResolveTicket(ctx context.Context, by Visitor, id TicketID) (ticket Ticket, err error) {
	err = db.change(ctx, func(c *change) error {
		if ticket, err = c.ownTicket(ctx, by, id); err != nil || !ticket.Status.May(TicketResolved) {
			return err
		}
		ticket, err = c.addToTicket(ctx, ticket, ticketLine{by: &by.ID, next: TicketResolved})
		return err
	})
	return ticket, err
}

func (c *change) ownTicket(ctx context.Context, by Visitor, id TicketID) (Ticket, error) {
	ticket, err := c.lockTicket(ctx, id)
	if err == nil && ticket.AccountID != by.ID {
		return Ticket{}, ErrNotFound
	}
	return ticket, err
}

// ticketLine is what was said in a ticket, or done with it.
type ticketLine struct {
	by    *AccountID // nil: the system
	staff bool
	text  string // empty: it is a move alone
	next  TicketStatus
	until *Day
	key   *string
}

// addToTicket writes a line into the thread, and moves the ticket by it. As long as it stays our turn, the customer
// has waited from the same moment on.
func (c *change) addToTicket(ctx context.Context, ticket Ticket, line ticketLine) (Ticket, error) {
	move := moveTicketParams{ID: ticket.ID, Status: line.next, SnoozedUntil: line.until, WaitingSince: c.now, Unread: ticket.Unread, LastAt: ticket.LastAt}
	if ticket.Status.Ours() && line.next.Ours() {
		move.WaitingSince = ticket.WaitingSince
	}
	if line.text != "" {
		move.Unread, move.LastAt = line.staff, c.now
	} else if !line.staff && line.by != nil {
		move.Unread = false
	}
	moved, err := c.moveTicket(ctx, move)
	if err != nil {
		return ticket, err
	}
	c.announceTicket(moved)
	return moved, c.insertTicketMessage(ctx, insertTicketMessageParams{
		TicketID: ticket.ID, By: line.by, Staff: line.staff, Text: line.text, Status: line.next, Until: line.until, Key: line.key, At: c.now,
	})
}

// announceTicket wakes every page that shows a ticket: its own, the customer's list and home, that of the order or
// parcel, the desk.
func (c *change) announceTicket(ticket Ticket) {
	c.announce(ticket.AccountID, ticket.ID.Topic(), "tickets", "home")
	if ticket.OrderID != nil {
		c.announce(ticket.AccountID, ticket.OrderID.Topic())
	}
	if ticket.ParcelID != nil {
		c.announce(ticket.AccountID, ticket.ParcelID.Topic())
	}
	c.announceStaff(ticket.ID.Topic(), "desk")
}

// WakeTickets opens again what was put off until today.
type WakeTickets struct{}

func (WakeTickets) Kind() string { return "wake_tickets" }

// WakeTickets may run as often as it likes.
func (db *DB) WakeTickets(ctx context.Context) error {
	due, err := db.TicketsSnoozed(ctx, new(db.Today()))
	if err != nil {
		return err
	}
	for _, id := range due {
		if err := db.wakeTicket(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) wakeTicket(ctx context.Context, id TicketID) error {
	return db.change(ctx, func(c *change) error {
		ticket, err := c.lockTicket(ctx, id)
		if err != nil || ticket.Status != TicketSnoozed || c.today().Before(*ticket.SnoozedUntil) {
			return err
		}
		_, err = c.addToTicket(ctx, ticket, ticketLine{next: TicketOpen})
		return err
	})
}
