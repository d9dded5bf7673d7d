package db

import (
	"context"
	"fmt"
)

// moveItem takes an item one step further, with its history. The caller settles the order once, after
// all of its items.
func (c *change) moveItem(ctx context.Context, item Item, next ItemStatus, by *AccountID, reason string) (Item, error) {
	if !item.Status.May(next) {
		return item, Refusal("items.wrong_status")
	}
	moved, err := c.setItemStatus(ctx, next, c.now, item.ID)
	if err != nil {
		return item, err
	}
	return moved, c.itemMoved(ctx, moved, item.Status, by, reason)
}

// settleOrder recomputes an order's status from its items and its payment, in the transaction that
// changed either. The order's row is locked already.
func (c *change) settleOrder(ctx context.Context, order Order, by *AccountID, reason string) (Order, error) {
	items, err := c.ItemsOf(ctx, order.ID)
	if err != nil {
		return order, err
	}
	next := statusOf(items, order.PaymentState == Paid || order.PaymentState == Refunded || order.AcceptedBy != nil)
	if next == order.Status {
		c.announceOrder(order)
		return order, nil
	}
	from := order.Status
	if order, err = c.setOrderStatus(ctx, next, c.now, order.ID); err != nil {
		return order, err
	}
	return order, c.orderMoved(ctx, order, from, by, reason)
}

// Number is what people call an order: 12345-6.
func (id OrderID) Number() string { return Numbered(id) }

// goodsPaid notes how much of an order's goods is paid. With all of it the order is accepted into work.
func (c *change) goodsPaid(ctx context.Context, by *AccountID, id OrderID, state PaymentState) error {
	order, err := c.lockOrder(ctx, id)
	if err != nil {
		return err
	}
	was := order.Status
	if err := c.setOrderPayment(ctx, state, id); err != nil {
		return err
	}
	order.PaymentState = state
	if order, err = c.settleOrder(ctx, order, by, ""); err != nil || was != OrderNew || order.Status == OrderNew {
		return err
	}
	account, err := c.AccountByID(ctx, order.AccountID)
	if err != nil || order.Status == OrderCancelled {
		return err
	}
	return c.mail(ctx, account, Letter{
		Kind: MailOrderAccepted, Number: id.Number(), Orders: []string{id.Number()}, Path: fmt.Sprintf("/orders/%d", id), topic: id.Topic(),
	})
}
