package db

import (
	"context"
	"fmt"
	"slices"
)

// house is the wallet that an invoice is paid into.
func (i Invoice) house() WalletName {
	if i.ParcelID != nil {
		return Delivery
	}
	return Sales
}

// payInvoice pays an invoice from the balance when that covers all of it, and leaves it as it is when not. The
// order of a goods invoice is locked by the caller.
func (c *change) payInvoice(ctx context.Context, by *AccountID, invoice Invoice) (paid Invoice, err error) {
	return c.payUpTo(ctx, by, invoice, 0)
}

// payUpTo also pays a part, as far as the balance and atMost go.
func (c *change) payUpTo(ctx context.Context, by *AccountID, invoice Invoice, atMost Money) (Invoice, error) {
	invoice, err := c.lockInvoice(ctx, invoice.ID)
	if err != nil || invoice.Status == InvoicePaid {
		return invoice, err
	}
	if !invoice.Status.Open() || invoice.Kind == TopUpInvoice {
		return invoice, Refusal("invoices.not_open")
	}
	balance, err := c.available(ctx, invoice.AccountID)
	if err != nil {
		return invoice, err
	}
	if balance >= invoice.Due() {
		return c.pay(ctx, by, invoice, invoice.Due())
	}
	if part := min(atMost, balance); part > 0 {
		return c.pay(ctx, by, invoice, part)
	}
	return invoice, nil
}

// pay charges a part or the rest of an invoice, line by line, and moves it on. The invoice is locked.
func (c *change) pay(ctx context.Context, by *AccountID, invoice Invoice, amount Money) (Invoice, error) {
	lines, err := c.unpaidLines(ctx, invoice, amount)
	if err != nil {
		return invoice, err
	}
	status, state := InvoicePartial, PartiallyPaid
	if amount == invoice.Due() {
		status, state = InvoicePaid, Paid
	}
	paid, err := c.setInvoicePaid(ctx, setInvoicePaidParams{Paid: invoice.Paid + amount, Status: status, At: c.now, ID: invoice.ID})
	if err != nil {
		return invoice, err
	}
	if err := c.invoiceMoved(ctx, paid, invoice.Status, by, ""); err != nil {
		return invoice, err
	}
	if len(lines) > 0 {
		// An instalment is named by where it begins: whatever is tried again finds it done.
		key := fmt.Sprintf("invoice:%d:%d", invoice.ID, invoice.Paid)
		if err := c.charge(ctx, by, invoice.AccountID, invoice.house(), key, "", lines); err != nil {
			return invoice, err
		}
	}
	switch {
	case paid.Kind == GoodsInvoice:
		return paid, c.goodsPaid(ctx, by, *paid.OrderID, state)
	case paid.Kind == ServiceInvoice && state == Paid:
		return paid, c.servicePaid(ctx, by, paid)
	}
	return paid, nil
}

// unpaidLines spreads an amount over what is still to be paid, from the first line down.
func (c *change) unpaidLines(ctx context.Context, invoice Invoice, amount Money) (lines []TransferLine, err error) {
	charged, err := c.ChargedOnInvoice(ctx, invoice.ID)
	if err != nil {
		return nil, err
	}
	for _, line := range charged {
		part := min(amount, line.InvoiceLine.Amount-Money(line.Paid))
		if part > 0 {
			lines = append(lines, line.InvoiceLine.transfer(part))
			amount -= part
		}
	}
	if amount > 0 {
		return nil, fmt.Errorf("invoice %d: its lines leave %d unexplained", invoice.ID, amount)
	}
	return lines, nil
}

// paidLines is what was paid on an invoice, line by line.
func (c *change) paidLines(ctx context.Context, invoice Invoice) (lines []TransferLine, err error) {
	charged, err := c.ChargedOnInvoice(ctx, invoice.ID)
	for _, line := range charged {
		if line.Paid > 0 {
			lines = append(lines, line.InvoiceLine.transfer(Money(line.Paid)))
		}
	}
	return lines, err
}

func (l InvoiceLine) transfer(amount Money) TransferLine {
	line := TransferLine{InvoiceLineID: l.ID, Amount: amount, Description: l.Description}
	if l.ItemID != nil {
		line.ItemID = *l.ItemID
	}
	return line
}

// lockWhatIsOpen locks orders, then invoices, each by id: the wallet comes after them.
func (c *change) lockWhatIsOpen(ctx context.Context, of AccountID) ([]Invoice, error) {
	orders, err := c.lockInvoicedOrders(ctx, of)
	if err != nil {
		return nil, err
	}
	open, err := c.lockOpenInvoices(ctx, of)
	// An invoice that was issued in between has an order that is not ours to lock any more: its turn is the next time.
	return slices.DeleteFunc(open, func(i Invoice) bool { return i.OrderID != nil && !slices.Contains(orders, *i.OrderID) }), err
}

// payInOrder pays what the balance covers after money came in: the named invoice first, and as far as it goes,
// then the others, oldest first, whole.
func (c *change) payInOrder(ctx context.Context, by *AccountID, of AccountID, open []Invoice, first *InvoiceID) error {
	named := func(i Invoice) bool { return first != nil && i.ID == *first }
	slices.SortStableFunc(open, func(a, b Invoice) int {
		if named(a) != named(b) {
			return map[bool]int{true: -1, false: 1}[named(a)]
		}
		return a.IssuedAt.Compare(b.IssuedAt)
	})
	for _, invoice := range open {
		atMost := Money(0)
		if named(invoice) {
			atMost = invoice.Due()
		}
		paid, err := c.payUpTo(ctx, by, invoice, atMost)
		if err != nil {
			return err
		}
		if named(paid) && paid.Status == InvoicePartial {
			if err := c.mailMissing(ctx, paid); err != nil {
				return err
			}
		}
	}
	c.enqueue(RecheckParcels{of})
	return nil
}

// PayInvoice pays one of the customer's own invoices from the balance.
func (db *DB) PayInvoice(ctx context.Context, by Visitor, id InvoiceID) (invoice Invoice, err error) {
	err = db.change(ctx, func(c *change) error {
		if invoice, err = c.InvoiceOf(ctx, id, by.ID); err != nil {
			return err
		}
		if invoice.OrderID != nil {
			if err := c.lockInvoicedOrder(ctx, *invoice.OrderID); err != nil {
				return err
			}
		}
		if invoice, err = c.payInvoice(ctx, &by.ID, invoice); err != nil {
			return err
		}
		if invoice.Status != InvoicePaid {
			return Refusal("wallets.too_little")
		}
		c.enqueue(RecheckParcels{by.ID})
		return nil
	})
	return invoice, err
}
