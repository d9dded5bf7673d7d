package db

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"unicode/utf8"
)

// OrderQueueName is one of the queues of orders at the desk.
type OrderQueueName string

const (
	NewOrders     OrderQueueName = "new"     // without prices
	ChangedOrders OrderQueueName = "changed" // changed after they were priced: they need a new invoice
	UnpaidOrders  OrderQueueName = "unpaid"  // their invoice is out
	UnreadOrders  OrderQueueName = "unread"  // with a comment that nobody at the desk has read
)

// OrderQueues lists them in the order of the desk.
var OrderQueues = []OrderQueueName{NewOrders, ChangedOrders, UnpaidOrders, UnreadOrders}

// DeskPage is how many orders of a queue are shown at a time.
const DeskPage = 25

// OrdersWaiting is a page of a queue, behind a place in it, and whether there is more.
func (db *DB) OrdersWaiting(ctx context.Context, queue OrderQueueName, behind Place[OrderID]) (rows []OrderQueueRow, more bool, err error) {
	rows, err = db.OrderQueue(ctx, OrderQueueParams{Queue: string(queue), After: behind.At, Above: int64(behind.ID), Lim: DeskPage + 1})
	if len(rows) > DeskPage {
		return rows[:DeskPage], true, err
	}
	return rows, false, err
}

// OrderWaiting is one order as a row of the desk.
func (db *DB) OrderWaiting(ctx context.Context, id OrderID) (OrderQueueRow, error) {
	rows, err := db.OrderQueue(ctx, OrderQueueParams{Queue: "only", Above: int64(id)})
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return OrderQueueRow{}, err
	}
	return rows[0], nil
}

// In reports whether the order waits in a queue.
func (o Order) In(queue OrderQueueName) bool {
	fresh := o.Status == OrderNew
	switch queue {
	case NewOrders:
		return fresh && o.PricedAt == nil && o.ChangedAt == nil
	case ChangedOrders:
		return fresh && o.ChangedAt != nil
	case UnpaidOrders:
		return fresh && o.PricedAt != nil
	case UnreadOrders:
		return o.Unread() && o.Status != OrderCancelled
	}
	return false
}

// Unread reports a comment that nobody at the desk has read yet.
func (o Order) Unread() bool { return o.Comment != "" && o.CommentSeenAt == nil }

// Place is where the order stands in a queue.
func (o Order) Place(queue OrderQueueName) Place[OrderID] {
	place := Place[OrderID]{o.CreatedAt, o.ID}
	switch {
	case queue == ChangedOrders && o.ChangedAt != nil:
		place.At = *o.ChangedAt
	case queue == UnpaidOrders && o.PricedAt != nil:
		place.At = *o.PricedAt
	}
	return place
}

// DeskOrder is everything about an order that the desk works with.
type DeskOrder struct {
	Order
	Customer    Account
	Items       []Item
	ShipTo      ShipTo
	Invoice     *Invoice          // in force
	Differences []OrderDifference // since it was priced
	Boxes       []Box             // that came
	Notes       []OrderVersion    // what the customer told the staff beside the changes, the newest first
	Moves       []MovesOfOrderRow
	Edits       Edits
	Tickets     []Ticket
}

// DeskOrder reads an order for the desk.
func (db *DB) DeskOrder(ctx context.Context, id OrderID) (desk DeskOrder, err error) {
	if desk.Order, err = db.OrderByID(ctx, id); err != nil {
		return desk, err
	}
	if desk.Customer, err = db.AccountByID(ctx, desk.AccountID); err != nil {
		return desk, err
	}
	if desk.Items, err = db.ItemsOf(ctx, id); err != nil {
		return desk, err
	}
	if desk.ShipTo, err = db.ShipToOf(ctx, desk.Order, db.Today()); err != nil {
		return desk, err
	}
	if desk.Invoice, err = db.standingInvoice(ctx, id); err != nil {
		return desk, err
	}
	if desk.Boxes, err = db.Boxes(ctx, idsOf(desk.Items)); err != nil {
		return desk, err
	}
	if desk.Moves, err = db.MovesOfOrder(ctx, &id); err != nil {
		return desk, err
	}
	if desk.Edits, err = db.editsOf(ctx, id, desk.Moves); err != nil {
		return desk, err
	}
	if desk.Tickets, err = db.TicketsOfOrder(ctx, &id); err != nil {
		return desk, err
	}
	return desk, db.tellChanges(ctx, &desk)
}

// standingInvoice is the goods invoice in force, or none.
func (db *DB) standingInvoice(ctx context.Context, id OrderID) (*Invoice, error) {
	invoice, err := db.GoodsInvoiceOf(ctx, &id)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return &invoice, err
}

// tellChanges compares the order with what it was when it was priced last.
func (db *DB) tellChanges(ctx context.Context, desk *DeskOrder) error {
	versions, err := db.OrderVersions(ctx, desk.ID)
	if err != nil {
		return err
	}
	for _, version := range versions {
		if version.Note != "" {
			desk.Notes = append(desk.Notes, version)
		}
	}
	if desk.PricedVersion == nil {
		return nil
	}
	priced, err := db.OrderVersionAt(ctx, desk.ID, *desk.PricedVersion)
	if err != nil {
		return err
	}
	before, err := priced.Read()
	desk.Differences = Differences(before, contentOf(desk.Order, desk.Items))
	return err
}

// PricingForm is what a buyer confirms about an order.
type PricingForm struct {
	Version      int32
	Prices       map[ItemID]string // EUR per piece
	Commission   string
	ShopDelivery string
	StaffNote    string
}

// PriceField is the name of an item's price in the form.
func PriceField(id ItemID) string { return "price." + strconv.FormatInt(int64(id), 10) }

// pricing is a PricingForm as it was understood.
type pricing struct {
	ids                      []int64
	prices                   []int64
	commission, shopDelivery Money
}

func (f PricingForm) read(items []Item) (p pricing, err error) {
	problems := Problems{}
	amount := func(field, typed string) Money {
		money, ok := ParseMoney(typed)
		if !ok {
			problems[field] = "orders.price_wrong"
		}
		return money
	}
	for _, item := range items {
		if item.Status.Active() {
			p.ids = append(p.ids, int64(item.ID))
			p.prices = append(p.prices, int64(amount(PriceField(item.ID), f.Prices[item.ID])))
		}
	}
	p.commission, p.shopDelivery = amount("commission", f.Commission), amount("shop_delivery", f.ShopDelivery)
	if utf8.RuneCountInString(f.StaffNote) > StaffNoteLimit {
		problems["staff_note"] = "fields.too_long"
	}
	if len(problems) == 0 && p.total(items) == 0 {
		problems["commission"] = "orders.nothing_to_pay"
	}
	return p, problems.err()
}

func (p pricing) total(items []Item) Money {
	total := p.commission + p.shopDelivery
	for i, id := range p.ids {
		at := slices.IndexFunc(items, func(item Item) bool { return int64(item.ID) == id })
		total += Money(p.prices[i]) * Money(items[at].Quantity)
	}
	return total
}

// Total is what the form adds up to, as far as it can be read.
func (f PricingForm) Total(items []Item) Money {
	p, _ := f.read(items)
	return p.total(items)
}

// PriceOrder confirms the prices of an order and issues its goods invoice.
func (db *DB) PriceOrder(ctx context.Context, by Visitor, id OrderID, form PricingForm) (order Order, err error) {
	err = db.change(ctx, func(c *change) error {
		if order, err = c.openAtDesk(ctx, id, form.Version); err != nil {
			return err
		}
		items, err := c.lockItems(ctx, id)
		if err != nil {
			return err
		}
		p, err := form.read(items)
		if err != nil {
			return err
		}
		if order, items, err = c.keepPrices(ctx, order, p, tidyLines(form.StaffNote)); err != nil {
			return err
		}
		if _, err := c.issueGoodsInvoice(ctx, by.ID, order, items); err != nil {
			return err
		}
		if order, err = c.OrderByID(ctx, id); err != nil {
			return err
		}
		c.announceOrder(order)
		return nil
	})
	return order, err
}

// openAtDesk locks an order that is still new, as the staff saw it.
func (c *change) openAtDesk(ctx context.Context, id OrderID, version int32) (Order, error) {
	order, err := c.lockOrder(ctx, id)
	if err != nil {
		return order, err
	}
	switch {
	case order.Status == OrderCancelled:
		return order, Refusal("orders.cancelled_meanwhile")
	case order.Status != OrderNew:
		return order, Refusal("orders.not_new")
	case order.Version != version:
		return order, OrderStale
	}
	return order, nil
}

func (c *change) keepPrices(ctx context.Context, order Order, p pricing, note string) (Order, []Item, error) {
	if err := c.priceItems(ctx, order.ID, p.ids, p.prices); err != nil {
		return order, nil, err
	}
	order, err := c.priceOrder(ctx, priceOrderParams{
		Commission: &p.commission, ShopDelivery: &p.shopDelivery, StaffNote: note, At: c.now, ID: order.ID,
	})
	if err != nil {
		return order, nil, err
	}
	if order, err = c.sumUpOrder(ctx, order.Status, c.now, order.ID); err != nil {
		return order, nil, err
	}
	items, err := c.ItemsOf(ctx, order.ID)
	return order, items, err
}

// AcceptanceForm lets an order through unpaid.
type AcceptanceForm struct {
	Version int32  `form:"version"`
	Reason  string `form:"reason"`
}

// AcceptOrder lets work on a priced order begin before it is paid, on somebody's word.
func (db *DB) AcceptOrder(ctx context.Context, by Visitor, id OrderID, form AcceptanceForm) (order Order, err error) {
	reason := tidyLine(form.Reason)
	err = db.change(ctx, func(c *change) error {
		if order, err = c.openAtDesk(ctx, id, form.Version); err != nil {
			return err
		}
		switch {
		case reason == "":
			return Problems{"reason": "orders.reason_required"}
		case utf8.RuneCountInString(reason) > NoteLimit:
			return Problems{"reason": "fields.too_long"}
		case order.PricedAt == nil:
			return Refusal("orders.not_priced")
		}
		if order, err = c.acceptOrder(ctx, &by.ID, reason, id); err != nil {
			return err
		}
		order, err = c.beginOrder(ctx, order, &by.ID, reason)
		return err
	})
	return order, err
}

// ReadComment remembers that somebody at the desk has read what the customer wrote at a version.
func (db *DB) ReadComment(ctx context.Context, by Visitor, id OrderID, version int32) (order Order, err error) {
	err = db.change(ctx, func(c *change) error {
		if order, err = c.lockOrder(ctx, id); err != nil {
			return err
		}
		if order.Version != version {
			return OrderStale
		}
		order, err = c.markCommentSeen(ctx, c.now, id)
		c.announceOrder(order)
		return err
	})
	return order, err
}

// NoteOrder keeps what the staff want to remember about an order.
func (db *DB) NoteOrder(ctx context.Context, by Visitor, id OrderID, note string) (order Order, err error) {
	if note = tidyLines(note); utf8.RuneCountInString(note) > StaffNoteLimit {
		return Order{}, Problems{"staff_note": "fields.too_long"}
	}
	err = db.change(ctx, func(c *change) error {
		order, err = c.noteOrder(ctx, note, id)
		c.announceStaff(id.Topic())
		return err
	})
	return order, err
}
