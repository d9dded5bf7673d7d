package db

import (
	"context"
	"math"
	"slices"
	"time"
)

// Home is the first page of a customer: what waits for them, then orders, parcels, and what happened lately.
type Home struct {
	Of       AccountID
	Answers  []Ticket               // with an answer that the customer has not seen
	Invoices []Invoice              // to be paid, the oldest first
	Waiting  []ParcelsWaitingForRow // parcels that the customer can move on
	OnTheWay []Order                // paid orders that can still lack data of the recipient
	Orders   []Order
	Parcels  []ParcelCard
	Moves    []MovesOfRow
	Tasks    []TasksOfRow  // that wait in the magazine's half
	Events   []EventsOfRow // of the magazine's half
	News     *NewsList
	Toured   bool // has seen what there is, and closed it
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
	homeNews  = 3
)

// LatestNews is what the first page shows of the news. Of 0 is a guest.
func LatestNews(of AccountID) *NewsList { return &NewsList{Of: of, Current: true, Most: homeNews} }

func (h *Home) questions(db *DB) []question {
	parcels := &ParcelList{Of: h.Of, Most: homeRows}
	h.News = LatestNews(h.Of)
	return slices.Concat(parcels.questions(db), h.News.questions(db), []question{
		func(ctx context.Context, q *Queries) (err error) {
			h.Toured, err = q.TourIsClosed(ctx, h.Of)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			h.Tasks, err = q.TasksOf(ctx, h.Of)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			h.Events, err = q.EventsOf(ctx, homeMoves, h.Of)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			h.Answers, err = q.UnreadTicketsOf(ctx, h.Of)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			h.Parcels = parcels.Cards
			h.Invoices, err = q.OpenInvoicesOf(ctx, h.Of)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			h.Waiting, err = q.ParcelsWaitingFor(ctx, h.Of)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			h.OnTheWay, err = q.OrdersOnTheirWay(ctx, h.Of)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			h.Orders, err = q.OrdersOf(ctx, OrdersOfParams{AccountID: h.Of, CreatedAt: db.Now().Add(24 * time.Hour), Lim: homeRows})
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			h.Moves, err = q.MovesOf(ctx, h.Of, math.MaxInt64, homeMoves)
			return err
		},
	})
}

// OrderHints are those of some orders whose recipient still lacks something.
func (db *DB) OrderHints(ctx context.Context, orders []Order) (hints []OrderHint, err error) {
	to, err := db.shipTos(ctx, orders)
	for i, order := range orders {
		if len(to[i].Missing) > 0 {
			hints = append(hints, OrderHint{order, to[i]})
		}
	}
	return hints, err
}

// shipTos is ShipToOf for several orders, in two round trips however many they are.
func (db *DB) shipTos(ctx context.Context, orders []Order) ([]ShipTo, error) {
	to, fields := make([]ShipTo, len(orders)), make([][]MethodField, len(orders))
	var whereTo, what []question
	for i, order := range orders {
		whereTo = append(whereTo, func(ctx context.Context, q *Queries) (err error) {
			to[i].Address, err = q.addressOfOrder(ctx, order)
			return err
		})
		if order.MethodCode == nil {
			continue
		}
		whereTo = append(whereTo, func(ctx context.Context, q *Queries) error {
			method, err := q.MethodByCode(ctx, *order.MethodCode)
			to[i].Method = &method
			return err
		})
		what = append(what, func(ctx context.Context, q *Queries) (err error) {
			fields[i], err = q.MethodFieldsFor(ctx, *order.MethodCode, to[i].Address.Country, db.Today())
			return err
		})
	}
	for _, questions := range [][]question{whereTo, what} {
		if err := db.together(ctx, questions...); err != nil {
			return to, err
		}
	}
	for i := range to {
		to[i].Missing = Missing(to[i].Address, fields[i])
	}
	return to, nil
}

// CloseTour takes the tour from the customer's first page.
func (db *DB) CloseTour(ctx context.Context, by Visitor) error { return db.closeTour(ctx, by.ID) }
