package db

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// OrdersPage is how many orders a customer sees at a time.
const OrdersPage = 20

// OrdersFilter narrows a customer's list of orders and says where a page of it begins.
type OrdersFilter struct {
	Status OrderStatus // empty: any
	Words  string
	Below  Place[OrderID] // zero: from the newest on
}

// OrdersCounted is among how many of the newest orders those of each status are counted; OrderCountsOf knows it too.
const OrdersCounted = 500

// OrderList is a page of a customer's orders, whether there is more, and how many there are of each status.
type OrderList struct {
	Of     AccountID
	Filter OrdersFilter
	Rows   []Order
	More   bool
	Counts []OrderCountsOfRow
}

func (l *OrderList) questions(db *DB) []question {
	return []question{
		func(ctx context.Context, q *Queries) (err error) {
			l.Rows, err = l.Filter.ask(ctx, q, l.Of, db.Now())
			l.Rows, l.More = cut(l.Rows, OrdersPage)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			l.Counts, err = q.OrderCountsOf(ctx, l.Of)
			return err
		},
	}
}

// ask reads a page of the orders that the filter lets through, and one more.
func (f OrdersFilter) ask(ctx context.Context, q *Queries, of AccountID, now time.Time) ([]Order, error) {
	below, words := f.Below.or(now), tidyLine(f.Words)
	if words != "" {
		return q.OrdersFound(ctx, OrdersFoundParams{
			AccountID: of, CreatedAt: below.At, Below: int64(below.ID), Status: string(f.Status),
			Pattern: pattern(words), Numbers: numbered(words), Lim: OrdersPage + 1,
		})
	}
	return q.OrdersOf(ctx, OrdersOfParams{
		AccountID: of, CreatedAt: below.At, Below: int64(below.ID), Status: string(f.Status), Lim: OrdersPage + 1,
	})
}

// cut keeps a page of rows, of which one more was asked for, and says whether it was there.
func cut[R any](rows []R, page int) ([]R, bool) {
	if len(rows) > page {
		return rows[:page], true
	}
	return rows, false
}

// OrderRowOf is one of a customer's orders as a row of the list.
func (db *DB) OrderRowOf(ctx context.Context, id OrderID, of AccountID) (Order, error) {
	rows, err := db.OrdersOf(ctx, OrdersOfParams{AccountID: of, CreatedAt: db.Now().Add(24 * time.Hour), This: int64(id), Lim: 1})
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Order{}, err
	}
	return rows[0], nil
}

// pattern looks for words as they are, wherever they stand.
func pattern(words string) string {
	if words == "" {
		return ""
	}
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(words) + "%"
}

// ParseOrderNumber reads the number of an order as a person types it.
func ParseOrderNumber(typed string) (OrderID, bool) {
	id, ok := ParseNumber(typed)
	return OrderID(id), ok
}

// numbered are the orders that the words may mean: people leave the check digit out.
func numbered(words string) []int64 {
	found := []int64{}
	if id, ok := ParseNumber(words); ok {
		found = append(found, id)
	}
	if id, err := strconv.ParseInt(strings.TrimLeft(words, "№# "), 10, 64); err == nil {
		found = append(found, id)
	}
	return found
}

// Amount is money of a currency.
type Amount struct {
	Money    Money
	Currency Currency
}

// Amounts is what the order costs: as confirmed once it is priced, before that as the customer typed it.
func (o Order) Amounts() []Amount {
	if o.PricedAt != nil {
		return []Amount{{o.Goods + o.charges(), EUR}}
	}
	return o.Typed()
}

// Typed is what the customer expects the order to cost.
func (o Order) Typed() []Amount { return amounts(o.Currencies, o.Sums) }

func amounts(currencies []string, sums []int64) []Amount {
	var found []Amount
	for i, currency := range currencies {
		found = append(found, Amount{Money(sums[i]), Currency(currency)})
	}
	return found
}

// charges is what the order costs beside its items.
func (o Order) charges() (sum Money) {
	for _, charge := range []*Money{o.Commission, o.ShopDelivery} {
		if charge != nil {
			sum += *charge
		}
	}
	return sum
}

// OrderSheet is everything about an order that its customer sees.
type OrderSheet struct {
	Order
	Items   []Item
	ShipTo  ShipTo
	Invoice *Invoice // in force
	Balance Money    // of its customer, which may pay it
	Parcels []ParcelsOfOrderRow
	Boxes   []Box // what has come, with photos
	Moves   []MovesOfOrderRow
	Edits   Edits
	Tickets []Ticket // about it, the newest first
}

// OrderSheet reads a customer's own order.
func (db *DB) OrderSheet(ctx context.Context, by Visitor, id OrderID) (sheet OrderSheet, err error) {
	sheet.Balance = by.Purse.Available
	if sheet.Order, err = db.OrderOf(ctx, id, by.ID); err != nil {
		return sheet, err
	}
	if sheet.Items, err = db.ItemsOf(ctx, id); err != nil {
		return sheet, err
	}
	if sheet.ShipTo, err = db.ShipToOf(ctx, sheet.Order, db.Today()); err != nil {
		return sheet, err
	}
	if sheet.Invoice, err = db.standingInvoice(ctx, id); err != nil {
		return sheet, err
	}
	if sheet.Parcels, err = db.ParcelsOfOrder(ctx, id, by.ID); err != nil {
		return sheet, err
	}
	if sheet.Boxes, err = db.Boxes(ctx, idsOf(sheet.Items)); err != nil {
		return sheet, err
	}
	if sheet.Moves, err = db.MovesOfOrder(ctx, &id); err != nil {
		return sheet, err
	}
	if sheet.Edits, err = db.editsOf(ctx, id, sheet.Moves); err != nil {
		return sheet, err
	}
	sheet.Tickets, err = db.TicketsOfOrder(ctx, &id)
	return sheet, err
}

// Active counts the items that are still on their way to the customer or with them.
func (s OrderSheet) Active() int { return s.count(ItemStatus.Active) }

// Arrived counts those that have come to the warehouse, wherever they are now.
func (s OrderSheet) Arrived() int {
	return s.count(func(status ItemStatus) bool { return status.Active() && status.rank() != OrderProcessing })
}

// Bought counts those that were bought.
func (s OrderSheet) Bought() int {
	return s.count(func(status ItemStatus) bool { return status.Active() && status != ItemUnderReview })
}

// Gone counts those that were taken off an order that goes on without them.
func (s OrderSheet) Gone() int {
	if s.Status == OrderCancelled {
		return 0
	}
	return s.count(func(status ItemStatus) bool { return status == ItemCancelled })
}

func (s OrderSheet) count(is func(ItemStatus) bool) (n int) {
	for _, item := range s.Items {
		if is(item.Status) {
			n++
		}
	}
	return n
}

// Amounts is what the order costs: as confirmed once it is priced, before that as the customer typed it.
func (s OrderSheet) Amounts() []Amount {
	if s.PricedAt != nil {
		return []Amount{{s.Goods() + s.charges(), EUR}}
	}
	sums := map[Currency]Money{}
	for _, item := range s.Items {
		if item.Status.Active() || s.Status == OrderCancelled && item.Status == ItemCancelled {
			sums[item.Currency] += item.Price * Money(item.Quantity)
		}
	}
	var found []Amount
	for _, currency := range ItemCurrencies {
		if sum, typed := sums[currency]; typed {
			found = append(found, Amount{sum, currency})
		}
	}
	return found
}

// Goods is what the items cost as confirmed.
func (s OrderSheet) Goods() (sum Money) {
	for _, item := range s.Items {
		if item.Status.Active() && item.UnitPrice != nil {
			sum += *item.UnitPrice * Money(item.Quantity)
		}
	}
	return sum
}
