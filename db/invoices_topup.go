package db

import (
	"context"
	"strings"
)

// TopUpForm is how much a customer wants to send.
type TopUpForm struct {
	Amount string `form:"amount"`
}

// mostTopUps may be waited for at once; the query of TopUpsOf knows it too.
const mostTopUps = 5

// leastTopUp is below what a bank transfer costs.
const leastTopUp Money = 1_00

// RequestTopUp makes the pro-forma invoice that a customer pays by bank to fill the balance.
func (db *DB) RequestTopUp(ctx context.Context, by Visitor, form TopUpForm) (invoice Invoice, err error) {
	amount, ok := ParseMoney(form.Amount)
	switch {
	case strings.TrimSpace(form.Amount) == "":
		return invoice, Problems{"amount": "fields.required"}
	case !ok:
		return invoice, Problems{"amount": "fields.amount"}
	case amount < leastTopUp:
		return invoice, Problems{"amount": "balance.too_small"}
	}
	err = db.change(ctx, func(c *change) error {
		if _, err := c.available(ctx, by.ID); err != nil { // two clicks at once wait for each other
			return err
		}
		announced, err := c.TopUpsOf(ctx, by.ID, c.today())
		if err != nil {
			return err
		}
		// The same amount again is the same wish: its reference is good until the money comes.
		for _, same := range announced {
			if same.Total == amount && same.Status == InvoiceIssued {
				invoice = same
				return nil
			}
		}
		if len(announced) >= mostTopUps {
			return Problems{"amount": "balance.too_many"}
		}
		invoice, err = c.issue(ctx, &by.ID, bill{account: by.ID, kind: TopUpInvoice, lines: []InvoiceLine{{Kind: TopUpLine, Amount: amount}}})
		return err
	})
	return invoice, err
}

// lockToPay locks one invoice that money is meant for, in whatever status.
func (c *change) lockToPay(ctx context.Context, id InvoiceID) (Invoice, error) {
	return c.lockInvoice(ctx, id)
}

// topUpCame notes on a pro-forma invoice that its money is on the balance. More than was announced is welcome.
func (c *change) topUpCame(ctx context.Context, by AccountID, invoice Invoice, euros Money) error {
	if !invoice.Status.Open() {
		return nil
	}
	status := InvoicePartial
	if euros >= invoice.Due() {
		status = InvoicePaid
	}
	paid, err := c.setInvoicePaid(ctx, setInvoicePaidParams{
		Paid: min(invoice.Paid+euros, invoice.Total), Status: status, At: c.now, ID: invoice.ID,
	})
	if err != nil {
		return err
	}
	return c.invoiceMoved(ctx, paid, invoice.Status, &by, "")
}

// topUpLeft opens a pro-forma invoice again when the payment it was waiting for was matched by mistake.
func (c *change) topUpLeft(ctx context.Context, by AccountID, id InvoiceID, payment Payment, reason string) error {
	invoice, err := c.lockInvoice(ctx, id)
	if err != nil || invoice.Kind != TopUpInvoice {
		return err
	}
	others, err := c.TopUpMoney(ctx, &id, payment.ID)
	if err != nil {
		return err
	}
	status := InvoiceIssued
	switch left := Money(others); {
	case left >= invoice.Total:
		status = InvoicePaid
	case left > 0:
		status = InvoicePartial
	}
	left, err := c.setInvoicePaid(ctx, setInvoicePaidParams{Paid: min(Money(others), invoice.Total), Status: status, At: c.now, ID: id})
	if err != nil {
		return err
	}
	return c.invoiceMoved(ctx, left, invoice.Status, &by, reason)
}
