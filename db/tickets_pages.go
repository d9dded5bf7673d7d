package db

import (
	"context"
)

// TicketsPage is how many tickets a customer sees at a time.
const TicketsPage = 20

// Tickets is a page of a customer's tickets, below a place in it, and whether there is more.
func (db *DB) Tickets(ctx context.Context, of AccountID, below Place[TicketID]) (rows []Ticket, more bool, err error) {
	below = below.or(db.Now())
	rows, err = db.TicketsOf(ctx, TicketsOfParams{AccountID: of, LastAt: below.At, Below: int64(below.ID), Lim: TicketsPage + 1})
	rows, more = cut(rows, TicketsPage)
	return rows, more, err
}

// TicketSheet is everything that a customer sees of a ticket.
type TicketSheet struct {
	Ticket
	Thread Thread
}

// TicketSheet reads a customer's own ticket, with its thread below a message.
func (db *DB) TicketSheet(ctx context.Context, by Visitor, id TicketID, below TicketMessageID) (sheet TicketSheet, err error) {
	if sheet.Ticket, err = db.TicketOf(ctx, id, by.ID); err != nil {
		return sheet, err
	}
	sheet.Thread, err = db.thread(ctx, id, below)
	return sheet, err
}

// TicketsAbout are the customer's tickets about the order or parcel of a form.
func (db *DB) TicketsAbout(ctx context.Context, form TicketForm) ([]Ticket, error) {
	switch {
	case form.OrderID != 0:
		return db.TicketsOfOrder(ctx, &form.OrderID)
	case form.ParcelID != 0:
		return db.TicketsOfParcel(ctx, &form.ParcelID)
	}
	return nil, nil
}
