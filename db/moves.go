package db

import "context"

// A move is one line of a thing's history: what it was, what it became, who did it and why.
// It is written in the transaction of the change itself.

func (c *change) orderMoved(ctx context.Context, order Order, from OrderStatus, by *AccountID, reason string) error {
	c.announceOrder(order)
	return c.later.insertMove(ctx, insertMoveParams{
		AccountID: order.AccountID, Subject: "order", SubjectID: int64(order.ID), OrderID: &order.ID,
		FromStatus: string(from), ToStatus: string(order.Status), By: by, Reason: reason, At: c.now,
	})
}

func (c *change) itemMoved(ctx context.Context, item Item, from ItemStatus, by *AccountID, reason string) error {
	return c.later.insertMove(ctx, insertMoveParams{
		AccountID: item.AccountID, Subject: "item", SubjectID: int64(item.ID), OrderID: &item.OrderID,
		FromStatus: string(from), ToStatus: string(item.Status), By: by, Reason: reason, At: c.now,
	})
}

func (c *change) parcelMoved(ctx context.Context, parcel Parcel, from ParcelStatus, by *AccountID, reason string) error {
	c.announceParcel(parcel)
	return c.later.insertMove(ctx, insertMoveParams{
		AccountID: parcel.AccountID, Subject: "parcel", SubjectID: int64(parcel.ID), ParcelID: &parcel.ID,
		FromStatus: string(from), ToStatus: string(parcel.Status), By: by, Reason: reason, At: c.now,
	})
}

// holdMoved says that something began or ceased to keep a parcel from leaving.
func (c *change) holdMoved(ctx context.Context, parcel Parcel, from, to, note string) error {
	c.announceParcel(parcel)
	return c.later.insertMove(ctx, insertMoveParams{
		AccountID: parcel.AccountID, Subject: "hold", SubjectID: int64(parcel.ID), ParcelID: &parcel.ID,
		FromStatus: from, ToStatus: to, Reason: note, At: c.now,
	})
}

func (c *change) invoiceMoved(ctx context.Context, invoice Invoice, from InvoiceStatus, by *AccountID, reason string) error {
	c.announce(invoice.AccountID, invoice.ID.Topic(), "balance", "home")
	return c.later.insertMove(ctx, insertMoveParams{
		AccountID: invoice.AccountID, Subject: "invoice", SubjectID: int64(invoice.ID), OrderID: invoice.OrderID, ParcelID: invoice.ParcelID,
		FromStatus: string(from), ToStatus: string(invoice.Status), By: by, Reason: reason, At: c.now,
	})
}

// announceOrder wakes every page that shows an order: its own, the customer's list and home, the desk.
func (c *change) announceOrder(order Order) {
	c.announce(order.AccountID, order.ID.Topic(), "orders", "home")
	c.announceStaff(order.ID.Topic(), "desk")
}

// announceParcel wakes every page that shows a parcel.
func (c *change) announceParcel(parcel Parcel) {
	c.announce(parcel.AccountID, parcel.ID.Topic(), "parcels", "home")
	c.announceStaff(parcel.ID.Topic(), "desk")
}
