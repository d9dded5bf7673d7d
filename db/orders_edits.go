package db

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Why a customer's change of an order is not made. What they typed is kept in the form.
const (
	OrderStale  Refusal = "orders.stale"        // it was changed since the form was drawn
	OrderClosed Refusal = "orders.not_editable" // it is being bought already
)

// openOrder locks a customer's own order for a change that was begun at a version of it.
func (c *change) openOrder(ctx context.Context, by Visitor, id OrderID, version int32) (Order, error) {
	order, err := c.lockOrder(ctx, id)
	if err != nil {
		return Order{}, err
	}
	switch {
	case order.AccountID != by.ID:
		return Order{}, ErrNotFound
	case !order.Status.Editable():
		return order, OrderClosed
	case order.Version != version:
		return order, OrderStale
	}
	return order, nil
}

// SaveOrder changes what an order asks for. When the items are others than those that were priced, the unpaid
// invoice is no longer in force and the order goes to the desk again.
func (db *DB) SaveOrder(ctx context.Context, by Visitor, id OrderID, form OrderForm) (order Order, err error) {
	wanted, invalid := form.read()
	err = db.change(ctx, func(c *change) error {
		if order, err = c.openOrder(ctx, by, id, form.Version); err != nil {
			return err
		}
		if invalid != nil {
			return invalid
		}
		if err := c.askIfPaid(ctx, order, form.Sure); err != nil {
			return err
		}
		order, err = c.rewriteOrder(ctx, by, order, wanted, tidyLines(form.Note))
		return err
	})
	return order, err
}

// askIfPaid makes a customer think again when money for the order as it is has been sent.
func (c *change) askIfPaid(ctx context.Context, order Order, sure bool) error {
	coming, err := c.PaymentOnItsWay(ctx, &order.ID)
	if err != nil || !coming || sure {
		return err
	}
	return Problems{"sure": "orders.payment_on_its_way"}
}

func (c *change) rewriteOrder(ctx context.Context, by Visitor, order Order, wanted OrderContent, note string) (Order, error) {
	items, err := c.lockItems(ctx, order.ID)
	if err != nil {
		return order, err
	}
	before := contentOf(order, items)
	if err := c.checkShipTo(ctx, order.AccountID, wanted, before); err != nil {
		return order, err
	}
	differences := Differences(before, wanted)
	if len(differences) == 0 && (note == "" || by.ID != order.AccountID) {
		return order, nil
	}
	if err := c.rewriteItems(ctx, by, order, items, wanted.Items); err != nil {
		return order, err
	}
	pricedAt, changedAt := order.PricedAt, order.ChangedAt
	if TouchItems(differences) && (pricedAt != nil || changedAt != nil) {
		pricedAt, changedAt = nil, earlier(changedAt, c.now)
	}
	order, err = c.editOrder(ctx, editOrderParams{
		Comment: wanted.Comment, AddressID: wanted.address(), MethodCode: wanted.method(), PricedAt: pricedAt, ChangedAt: changedAt, ID: order.ID,
	})
	if err != nil {
		return order, err
	}
	return c.orderRewritten(ctx, by, order, differences, note)
}

// orderRewritten keeps the new version and ends the invoice of the old one.
func (c *change) orderRewritten(ctx context.Context, by Visitor, order Order, differences []OrderDifference, note string) (Order, error) {
	items, err := c.ItemsOf(ctx, order.ID)
	if err != nil {
		return order, err
	}
	// The owner's note is for the staff and stands with the version; that of the staff is for the owner and stands in the history.
	reason := ""
	if by.ID != order.AccountID {
		note, reason = "", note
	}
	if err := c.keepVersion(ctx, by, order, items, note); err != nil {
		return order, err
	}
	if TouchItems(differences) {
		if err := c.supersedeGoodsInvoice(ctx, by.ID, order); err != nil {
			return order, err
		}
	}
	if err := c.orderMoved(ctx, order, order.Status, &by.ID, reason); err != nil {
		return order, err
	}
	return c.OrderByID(ctx, order.ID)
}

// rewriteItems gives up what is no longer wanted, changes what is another way and adds what is new.
func (c *change) rewriteItems(ctx context.Context, by Visitor, order Order, items []Item, wanted []ItemContent) error {
	var added, kept []ItemContent
	gone := map[ItemID]Item{}
	for _, item := range items {
		if item.Status.Active() {
			gone[item.ID] = item
		}
	}
	for _, item := range wanted {
		if item.ID == 0 {
			added = append(added, item)
			continue
		}
		if _, own := gone[item.ID]; !own {
			return OrderStale
		}
		delete(gone, item.ID)
		kept = append(kept, item)
	}
	for _, item := range items {
		if _, drop := gone[item.ID]; drop {
			if err := c.moveItem(ctx, item, ItemCancelled, &by.ID, ""); err != nil {
				return err
			}
		}
	}
	if err := c.editItems(ctx, c.editedColumns(order, kept)); err != nil {
		return err
	}
	if err := c.insertItems(ctx, c.itemColumns(order, added, len(kept))); err != nil {
		return err
	}
	_, err := c.sumUpOrder(ctx, order.Status, c.now, order.ID)
	return err
}

// itemColumns lays items out in columns, so that one statement writes them all.
func (c *change) itemColumns(order Order, items []ItemContent, after int) insertItemsParams {
	columns := insertItemsParams{OrderID: order.ID, AccountID: order.AccountID, At: c.now}
	for i, item := range items {
		columns.Positions = append(columns.Positions, int32(after+i+1))
		columns.Urls = append(columns.Urls, item.URL)
		columns.Shops = append(columns.Shops, item.Shop)
		columns.Titles = append(columns.Titles, item.Title)
		columns.Articles = append(columns.Articles, item.Article)
		columns.Options = append(columns.Options, item.Options)
		columns.Quantities = append(columns.Quantities, item.Quantity)
		columns.Prices = append(columns.Prices, int64(item.Price))
		columns.Currencies = append(columns.Currencies, string(item.Currency))
		columns.Notes = append(columns.Notes, item.Note)
		columns.MaySubstitutes = append(columns.MaySubstitutes, item.MaySubstitute)
	}
	return columns
}

func (c *change) editedColumns(order Order, items []ItemContent) editItemsParams {
	columns := c.itemColumns(order, items, 0)
	edited := editItemsParams{
		OrderID: order.ID, Positions: columns.Positions, Urls: columns.Urls, Shops: columns.Shops, Titles: columns.Titles,
		Articles: columns.Articles, Options: columns.Options, Quantities: columns.Quantities, Prices: columns.Prices,
		Currencies: columns.Currencies, Notes: columns.Notes, MaySubstitutes: columns.MaySubstitutes,
	}
	for _, item := range items {
		edited.Ids = append(edited.Ids, int64(item.ID))
	}
	return edited
}

// keepVersion remembers the order as it is after a save, with what the customer told the staff about it.
func (c *change) keepVersion(ctx context.Context, by Visitor, order Order, items []Item, note string) error {
	content, err := json.Marshal(contentOf(order, items))
	if err != nil {
		return err
	}
	return c.insertOrderVersion(ctx, insertOrderVersionParams{
		OrderID: order.ID, Version: order.Version, Content: content, Note: note, By: by.ID, At: c.now,
	})
}

// earlier keeps the moment from which something has been waiting.
func earlier(since *time.Time, now time.Time) *time.Time {
	if since != nil {
		return since
	}
	return &now
}

func (o OrderContent) address() *AddressID {
	if o.AddressID == 0 {
		return nil
	}
	return &o.AddressID
}

func (o OrderContent) method() *MethodCode {
	if o.Method == "" {
		return nil
	}
	return &o.Method
}

// CommentForm is the comment alone.
type CommentForm struct {
	Version int32  `form:"version"`
	Comment string `form:"comment"`
}

// ChangeComment changes what the customer says about an order, and nothing else.
func (db *DB) ChangeComment(ctx context.Context, by Visitor, id OrderID, form CommentForm) (order Order, err error) {
	err = db.change(ctx, func(c *change) error {
		if order, err = c.openOrder(ctx, by, id, form.Version); err != nil {
			return err
		}
		if len([]rune(form.Comment)) > CommentLimit {
			return Problems{"comment": "fields.too_long"}
		}
		wanted, err := c.contentNow(ctx, order)
		if err != nil {
			return err
		}
		wanted.Comment = tidyLines(form.Comment)
		order, err = c.rewriteOrder(ctx, by, order, wanted, "")
		return err
	})
	return order, err
}

func (c *change) contentNow(ctx context.Context, order Order) (OrderContent, error) {
	items, err := c.ItemsOf(ctx, order.ID)
	return contentOf(order, items), err
}

// ShipToForm is where an order is to go.
type ShipToForm struct {
	Version   int32      `form:"version"`
	AddressID AddressID  `form:"address_id"`
	Method    MethodCode `form:"method"`
}

// ChangeShipTo sends an order somewhere else, as long as it is not packed.
func (db *DB) ChangeShipTo(ctx context.Context, by Visitor, id OrderID, form ShipToForm) (order Order, err error) {
	err = db.change(ctx, func(c *change) error {
		order, err = c.openOrder(ctx, by, id, form.Version)
		if errors.Is(err, OrderClosed) && order.Status.ShipToEditable() {
			err = nil
			if order.Version != form.Version {
				err = OrderStale
			}
		}
		if err != nil {
			return err
		}
		wanted, err := c.contentNow(ctx, order)
		if err != nil {
			return err
		}
		wanted.AddressID, wanted.Method = form.AddressID, form.Method
		c.enqueue(RecheckParcels{order.AccountID})
		order, err = c.rewriteOrder(ctx, by, order, wanted, "")
		return err
	})
	return order, err
}

// CancelOrder gives up an order that is not being bought yet.
func (db *DB) CancelOrder(ctx context.Context, by Visitor, id OrderID) (order Order, err error) {
	err = db.change(ctx, func(c *change) error {
		if order, err = c.lockOrder(ctx, id); err != nil {
			return err
		}
		switch {
		case order.AccountID != by.ID:
			return ErrNotFound
		case order.Status == OrderCancelled:
			return nil
		case !order.Status.Editable():
			return OrderClosed
		}
		order, err = c.cancelOrder(ctx, by, order, "")
		return err
	})
	return order, err
}

// cancelOrder ends the invoice first: then it is this that settles the order, with its reason.
func (c *change) cancelOrder(ctx context.Context, by Visitor, order Order, reason string) (Order, error) {
	items, err := c.lockItems(ctx, order.ID)
	if err != nil {
		return order, err
	}
	if err := c.supersedeGoodsInvoice(ctx, by.ID, order); err != nil {
		return order, err
	}
	for _, item := range items {
		if !item.Status.Active() {
			continue
		}
		if err := c.moveItem(ctx, item, ItemCancelled, &by.ID, ""); err != nil {
			return order, err
		}
	}
	if order, err = c.OrderByID(ctx, order.ID); err != nil {
		return order, err
	}
	return c.settleOrder(ctx, order, &by.ID, reason)
}
