package db

import (
	"context"
	"errors"
	"math"
	"strings"
)

// SubscriptionCard is a subscription as its reader sees it, with the issues that it began and ended with.
type SubscriptionCard struct {
	SubscriptionsOfRow
	Latest *Issue // that is out
}

// IssueMark is an issue that is out, or the number and the month of one that will be. Without a number nobody knows it yet.
type IssueMark struct {
	Number int32
	Month  Day
}

// First is the issue that a subscription began with or will begin with.
func (s SubscriptionCard) First() IssueMark {
	switch {
	case s.FirstNumber > 0:
		return IssueMark{s.FirstNumber, s.FirstMonth}
	case s.Latest == nil || s.Waits || !s.open():
		return IssueMark{}
	case s.Subscription.Current && s.Subscription.Status == SubscriptionPending:
		return IssueMark{s.Latest.Number, s.Latest.Month}
	}
	return s.ahead(1 + s.Subscription.PauseLeft)
}

// Last is the issue that a subscription ended with or will end with, as things stand.
func (s SubscriptionCard) Last() IssueMark {
	switch {
	case !s.open():
		return IssueMark{s.LastNumber, s.LastMonth}
	case s.Latest == nil || s.Waits:
		return IssueMark{}
	case s.Subscription.Current && s.Subscription.Status == SubscriptionPending:
		return s.ahead(s.Subscription.Remaining - 1)
	}
	return s.ahead(s.Subscription.Remaining + s.Subscription.PauseLeft)
}

func (s SubscriptionCard) open() bool {
	return s.Subscription.Status != SubscriptionExpired && s.Subscription.Status != SubscriptionCancelled
}

// ahead is the issue so many numbers after the latest: they come month by month.
func (s SubscriptionCard) ahead(issues int32) IssueMark {
	return IssueMark{s.Latest.Number + issues, s.Latest.Month.month(int(issues))}
}

// IssueRow is an issue in its reader's list.
type IssueRow IssuesOfRow

// issuesPage is how many issues stand on a page.
const issuesPage = 24

// Magazine is «Управление подпиской»: what somebody subscribes to, what they gave away, and the issues that came.
type Magazine struct {
	Of     AccountID
	Below  int32 // an issue; 0 begins with the newest
	Cards  []SubscriptionCard
	Gifts  []Subscription
	Issues []IssueRow
	More   bool
	Book   []Address
	Latest *Issue
}

func (m *Magazine) questions(*DB) []question {
	if m.Below <= 0 {
		m.Below = math.MaxInt32
	}
	return []question{
		func(ctx context.Context, q *Queries) error { return orNil(&m.Latest)(q.LatestIssue(ctx)) },
		func(ctx context.Context, q *Queries) error {
			rows, err := q.SubscriptionsOf(ctx, &m.Of)
			for _, row := range rows {
				m.Cards = append(m.Cards, SubscriptionCard{row, m.Latest})
			}
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			m.Gifts, err = q.GiftsFrom(ctx, m.Of)
			return err
		},
		func(ctx context.Context, q *Queries) error {
			rows, err := q.IssuesOf(ctx, m.Of, m.Below, issuesPage+1)
			for _, row := range rows {
				m.Issues = append(m.Issues, IssueRow(row))
			}
			m.Issues, m.More = cut(m.Issues, issuesPage)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			m.Book, err = q.AddressesOf(ctx, m.Of)
			return err
		},
	}
}

// Runs reports whether anything is subscribed to now.
func (m *Magazine) Runs() bool {
	for _, card := range m.Cards {
		if card.Subscription.Status == SubscriptionActive || card.Subscription.Status == SubscriptionPaused {
			return true
		}
	}
	return false
}

// SubscriptionOffer is what can be ordered, and what the order form has to know of who orders.
type SubscriptionOffer struct {
	Of      AccountID
	Tariffs []SubscriptionTariff
	Running []Subscription
	Book    []Address
	Latest  *Issue
}

func (o *SubscriptionOffer) questions(*DB) []question {
	return []question{
		func(ctx context.Context, q *Queries) (err error) {
			o.Tariffs, err = q.SubscriptionTariffs(ctx)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			o.Running, err = q.RunningOf(ctx, &o.Of)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			o.Book, err = q.AddressesOf(ctx, o.Of)
			return err
		},
		func(ctx context.Context, q *Queries) error { return orNil(&o.Latest)(q.LatestIssue(ctx)) },
	}
}

// DeskSubscriptions is a page of the desk's subscriptions: those in a status, or whatever concerns a person.
type DeskSubscriptions struct {
	Status SubscriptionStatus
	Words  string // a number of a subscription or of a customer, or an address
	Below  SubscriptionID
	Rows   []SubscriptionAtDeskRow
	More   bool
}

// FindSubscriptions reads a page of them.
func (db *DB) FindSubscriptions(ctx context.Context, list *DeskSubscriptions) error {
	if list.Below <= 0 {
		list.Below = math.MaxInt64
	}
	if list.Words = tidyLine(list.Words); list.Words != "" {
		return db.subscriptionsFound(ctx, list)
	}
	rows, err := db.SubscriptionsAtDesk(ctx, list.Status, list.Below, DeskPage+1)
	for _, row := range rows {
		list.Rows = append(list.Rows, SubscriptionAtDeskRow(row))
	}
	list.Rows, list.More = cut(list.Rows, DeskPage)
	return err
}

func (db *DB) subscriptionsFound(ctx context.Context, list *DeskSubscriptions) error {
	typed, named := strings.CutPrefix(strings.ToUpper(strings.TrimLeft(list.Words, "№ ")), "S")
	number, _ := ParseNumber(typed)
	if named && number != 0 {
		row, err := db.SubscriptionAtDesk(ctx, SubscriptionID(number))
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		list.Rows = append(list.Rows, row)
		return err
	}
	people, err := db.PeopleFound(ctx, AccountID(number), list.Words)
	if err != nil {
		return err
	}
	rows, err := db.SubscriptionsOfPerson(ctx, numbers(people), list.Below, DeskPage+1)
	for _, row := range rows {
		list.Rows = append(list.Rows, SubscriptionAtDeskRow(row))
	}
	list.Rows, list.More = cut(list.Rows, DeskPage)
	return err
}

// DeskSubscription is one subscription with what happened to it.
type DeskSubscription struct {
	SubscriptionAtDeskRow
	Moves   []SubscriptionMovesRow
	Address *Address
}

// DeskSubscription reads it for the desk.
func (db *DB) DeskSubscription(ctx context.Context, id SubscriptionID) (desk DeskSubscription, err error) {
	if desk.SubscriptionAtDeskRow, err = db.SubscriptionAtDesk(ctx, id); err != nil {
		return desk, err
	}
	if at := desk.Subscription.AddressID; at != nil {
		if err := orNil(&desk.Address)(db.AddressByID(ctx, *at)); err != nil {
			return desk, err
		}
	}
	desk.Moves, err = db.SubscriptionMoves(ctx, id)
	return desk, err
}
