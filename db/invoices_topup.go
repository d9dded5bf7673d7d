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

// RequestTopUp makes the pro-forma invoice that a customer pays by bank to fill the balance. The same amount again is the
// same wish: its reference is good until the money comes.
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
		for _, same := range announced {
			if same.Total == amount && same.Points == nil && same.Status == InvoiceIssued {
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

// RequestPoints makes the pro-forma invoice whose money becomes points, and never before it has come.
func (db *DB) RequestPoints(ctx context.Context, by Visitor, form PointsForm) (invoice Invoice, err error) {
	points, problem := parsePoints(form.Points, leastPoints)
	if problem != "" {
		return invoice, Problems{"points": problem}
	}
	err = db.change(ctx, func(c *change) error {
		if _, err := c.available(ctx, by.ID); err != nil { // two clicks at once wait for each other
			return err
		}
		announced, err := c.TopUpsOf(ctx, by.ID, c.today())
		if err != nil {
			return err
		}
		for _, same := range announced {
			if same.Points != nil && *same.Points == points && same.Status == InvoiceIssued {
				invoice = same
				return nil
			}
		}
		if len(announced) >= mostTopUps {
			return Problems{"points": "balance.too_many"}
		}
		rate, err := c.pointsRate(ctx, c.today())
		if err != nil {
			return err
		}
		line := InvoiceLine{Kind: PointsLine, Quantity: int32(points), Amount: rate.costOf(points)}
		invoice, err = c.issue(ctx, &by.ID, bill{account: by.ID, kind: TopUpInvoice, points: &points, lines: []InvoiceLine{line}})
		return err
	})
	return invoice, err
}

// intoWallet is where the money of a pro-forma invoice goes.
func (i Invoice) intoWallet() WalletName {
	if i.Points != nil {
		return Points
	}
	return Shopping
}

// paidBy is how far a pro-forma invoice is paid when this much has come for it: in its own currency, or as points.
func (i Invoice) paidBy(came Money) (paid Money, status InvoiceStatus) {
	promised := i.Total
	if i.Points != nil {
		promised = roubles(*i.Points)
	}
	switch {
	case came >= promised:
		return i.Total, InvoicePaid
	case came <= 0:
		return 0, InvoiceIssued
	case i.Points != nil:
		return max(1, i.Total*came/promised), InvoicePartial
	}
	return came, InvoicePartial
}

// lockToPay locks one invoice that money is meant for, in whatever status.
func (c *change) lockToPay(ctx context.Context, id InvoiceID) (Invoice, error) {
	return c.lockInvoice(ctx, id)
}

// topUpCame notes on a pro-forma invoice that its money is there. More than was announced is welcome.
func (c *change) topUpCame(ctx context.Context, by AccountID, invoice Invoice) error {
	if !invoice.Status.Open() {
		return nil
	}
	came, err := c.TopUpMoney(ctx, &invoice.ID, 0)
	if err != nil {
		return err
	}
	sum, status := invoice.paidBy(Money(came))
	paid, err := c.setInvoicePaid(ctx, setInvoicePaidParams{Paid: sum, Status: status, At: c.now, ID: invoice.ID})
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
	sum, status := invoice.paidBy(Money(others))
	left, err := c.setInvoicePaid(ctx, setInvoicePaidParams{Paid: sum, Status: status, At: c.now, ID: id})
	if err != nil {
		return err
	}
	return c.invoiceMoved(ctx, left, invoice.Status, &by, reason)
}
