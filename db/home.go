package db

import (
	"context"
	"math"
)

// Home is the first page of a customer: what waits for them, then orders, parcels, balance, and what happened lately.
type Home struct {
	Answers  []Ticket               // with an answer that the customer has not seen
	Invoices []Invoice              // to be paid, the oldest first
	Waiting  []ParcelsWaitingForRow // parcels that the customer can move on
	Hints    []OrderHint            // orders whose parcel will lack something
	Orders   []OrdersOfRow
	Parcels  []ParcelCard
	Purse    Purse
	Moves    []MovesOfRow
}

// OrderHint says early what will be missing when the order's parcel is to leave.
type OrderHint struct {
	Order  Order
	ShipTo ShipTo
}

// how much of each the first page shows
const (
	homeRows  = 5
	homeMoves = 8
)

// Home reads the first page of a customer.
func (db *DB) Home(ctx context.Context, of Visitor) (home Home, err error) {
	if home.Answers, err = db.UnreadTicketsOf(ctx, of.ID); err != nil {
		return home, err
	}
	if home.Invoices, err = db.OpenInvoicesOf(ctx, of.ID); err != nil {
		return home, err
	}
	if home.Waiting, err = db.ParcelsWaitingFor(ctx, of.ID); err != nil {
		return home, err
	}
	if home.Hints, err = db.orderHints(ctx, of.ID); err != nil {
		return home, err
	}
	if home.Orders, _, err = db.Orders(ctx, of.ID, OrdersFilter{}); err != nil {
		return home, err
	}
	if home.Parcels, _, err = db.Parcels(ctx, of.ID, math.MaxInt64); err != nil {
		return home, err
	}
	if home.Purse, err = db.PurseOf(ctx, of.ID); err != nil {
		return home, err
	}
	home.Orders, home.Parcels = home.Orders[:min(homeRows, len(home.Orders))], home.Parcels[:min(homeRows, len(home.Parcels))]
	home.Moves, err = db.MovesOf(ctx, of.ID, math.MaxInt64, homeMoves)
	return home, err
}

func (db *DB) orderHints(ctx context.Context, of AccountID) (hints []OrderHint, err error) {
	orders, err := db.OrdersOnTheirWay(ctx, of)
	if err != nil {
		return nil, err
	}
	for _, order := range orders {
		to, err := db.ShipToOf(ctx, order, db.Today())
		if err != nil {
			return nil, err
		}
		if len(to.Missing) > 0 {
			hints = append(hints, OrderHint{order, to})
		}
	}
	return hints, nil
}
