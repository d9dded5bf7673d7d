package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// refundItem gives back what was charged for an item, and with the last one that was still under way also
// commission and shop delivery. The order is locked.
func (c *change) refundItem(ctx context.Context, by AccountID, item Item, reason string) error {
	return c.refundItems(ctx, by, item.OrderID, []Item{item}, reason)
}

// refundItems does so for several items of one order, in one credit note and one mail.
func (c *change) refundItems(ctx context.Context, by AccountID, id OrderID, items []Item, reason string) error {
	all, err := c.ItemsOf(ctx, id)
	if err != nil {
		return err
	}
	gone := func(id ItemID) bool { return slices.ContainsFunc(items, func(i Item) bool { return i.ID == id }) }
	over := !slices.ContainsFunc(all, func(i Item) bool { return i.Status.Active() && !gone(i.ID) })
	if err := c.voidSupplements(ctx, by, id, reason, gone); err != nil {
		return err
	}
	return c.giveBackOn(ctx, by, id, reason, func(line InvoiceLine) Money {
		if line.ItemID != nil && gone(*line.ItemID) || line.ItemID == nil && over {
			return line.Amount
		}
		return 0
	})
}

// voidSupplements ends what is still asked for items that will not come.
func (c *change) voidSupplements(ctx context.Context, by AccountID, id OrderID, reason string, gone func(ItemID) bool) error {
	invoices, err := c.InvoicesOfOrder(ctx, &id)
	if err != nil {
		return err
	}
	for _, invoice := range invoices {
		if invoice.Kind != Supplement || !invoice.Status.Open() {
			continue
		}
		lines, err := c.InvoiceLinesOf(ctx, invoice.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(lines, func(l InvoiceLine) bool { return l.ItemID != nil && gone(*l.ItemID) }) {
			if err := c.void(ctx, &by, invoice, reason); err != nil {
				return err
			}
		}
	}
	return nil
}

// void ends an invoice without another in its place, and tells the customer when that gives money back.
func (c *change) void(ctx context.Context, by *AccountID, invoice Invoice, reason string) error {
	back, err := c.closeOpen(ctx, by, invoice, InvoiceVoid, reason)
	if err != nil || back == 0 {
		return err
	}
	c.enqueue(RecheckParcels{invoice.AccountID})
	return c.mailRefund(ctx, invoice, back, nil, reason)
}

// refundPart gives back a part of what was charged for an item that turned out cheaper.
func (c *change) refundPart(ctx context.Context, by AccountID, item Item, amount Money, reason string) error {
	left := amount
	return c.giveBackOn(ctx, by, item.OrderID, reason, func(line InvoiceLine) (back Money) {
		if line.ItemID != nil && *line.ItemID == item.ID {
			back = min(left, line.Amount)
			left -= back
		}
		return back
	})
}

// giveBackOn returns of each line of an order what back says. A paid order gets a credit note and the money;
// one that is not paid yet gets a new invoice without it.
func (c *change) giveBackOn(ctx context.Context, by AccountID, id OrderID, reason string, back func(InvoiceLine) Money) error {
	invoice, err := c.GoodsInvoiceOf(ctx, &id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if invoice.Status != InvoicePaid {
		return c.askLess(ctx, by, invoice, reason, back)
	}
	charged, err := c.ChargedOnOrder(ctx, &id)
	if err != nil {
		return err
	}
	note := bill{account: invoice.AccountID, order: &id, reason: reason}
	rest := Money(0)
	for _, sum := range charged {
		line := InvoiceLine{Kind: sum.Kind, ItemID: sum.ItemID, Description: sum.Title, Amount: Money(sum.Amount)}
		rest += line.Amount
		if line.Amount = back(line); line.Amount > 0 {
			note.lines = append(note.lines, line)
		}
	}
	if note.total() == 0 {
		return nil
	}
	if err := c.giveBack(ctx, &by, invoice, note); err != nil || note.total() < rest {
		return err
	}
	return c.goodsPaid(ctx, &by, id, Refunded)
}

// giveBack issues a credit note and moves its sum to the balance.
func (c *change) giveBack(ctx context.Context, by *AccountID, invoice Invoice, b bill) error {
	b.kind = CreditNote
	note, err := c.issue(ctx, by, b)
	if err != nil {
		return err
	}
	if note, err = c.setInvoicePaid(ctx, setInvoicePaidParams{Paid: note.Total, Status: InvoicePaid, At: c.now, ID: note.ID}); err != nil {
		return err
	}
	written, err := c.InvoiceLinesOf(ctx, note.ID)
	if err != nil {
		return err
	}
	lines := make([]TransferLine, len(written))
	for i, line := range written {
		lines[i] = line.transfer(line.Amount)
	}
	if err := c.refund(ctx, by, note.AccountID, invoice.house(), fmt.Sprintf("invoice:%d:0", note.ID), b.reason, lines); err != nil {
		return err
	}
	c.enqueue(RecheckParcels{note.AccountID})
	return c.mailRefund(ctx, note, note.Total, written, b.reason)
}

// askLess replaces an open invoice by one without what is given back, or by none when no item is left on it.
func (c *change) askLess(ctx context.Context, by AccountID, invoice Invoice, reason string, back func(InvoiceLine) Money) error {
	order, err := c.OrderByID(ctx, *invoice.OrderID)
	if err != nil {
		return err
	}
	old, err := c.InvoiceLinesOf(ctx, invoice.ID)
	if err != nil {
		return err
	}
	lines, changed := []InvoiceLine{}, false
	for _, line := range old {
		less := back(line)
		changed = changed || less > 0
		if line.Amount -= less; line.Amount > 0 {
			lines = append(lines, line)
		}
	}
	switch {
	case !changed:
		return nil
	case len(lines) == 0:
		return c.supersedeGoodsInvoice(ctx, by, order)
	}
	_, err = c.reissue(ctx, by, order, lines, reason)
	return err
}
