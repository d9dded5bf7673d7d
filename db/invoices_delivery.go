package db

import (
	"context"
)

// billDelivery makes the invoices of a parcel, whose row is locked, ask for a price and no more: the first one asks for
// all of it, and once that is paid a supplement or a credit note makes up for a new weight or another country. The
// balance pays at once when it covers the sum. It returns the invoice that tells whether the delivery is paid, and
// whether it was paid just now. Called again with the same price it changes nothing.
func (c *change) billDelivery(ctx context.Context, by *AccountID, parcel Parcel, price Money) (invoice Invoice, charged bool, err error) {
	account, err := c.deliveryAccount(ctx, parcel)
	if err != nil {
		return invoice, false, err
	}
	due := price - account.paid
	if account.open.ID != 0 && account.open.Total != due {
		if _, err := c.closeOpen(ctx, by, account.open, InvoiceSuperseded, "parcels.reason.weighed"); err != nil {
			return invoice, false, err
		}
		account.open = Invoice{}
	}
	if due == 0 {
		return account.last, false, nil
	}
	if due < 0 {
		return account.last, false, c.returnFor(ctx, by, parcel, account.last, -due, "parcels.reason.weighed")
	}
	if account.open.ID == 0 {
		if account.open, err = c.askForDelivery(ctx, by, parcel, account, due); err != nil {
			return invoice, false, err
		}
	}
	invoice, err = c.payInvoice(ctx, by, account.open)
	return invoice, invoice.Status == InvoicePaid, err
}

func (c *change) askForDelivery(ctx context.Context, by *AccountID, parcel Parcel, account deliveryAccount, due Money) (Invoice, error) {
	if account.last.ID == 0 {
		return c.issueDeliveryInvoice(ctx, by, parcel, due, parcel.ID.Number())
	}
	invoice, err := c.issue(ctx, by, bill{
		account: parcel.AccountID, parcel: &parcel.ID, kind: Supplement, reason: "parcels.reason.weighed",
		lines: []InvoiceLine{{Kind: DeliveryLine, Description: parcel.ID.Number(), Amount: due}},
	})
	if err != nil {
		return invoice, err
	}
	balance, err := c.available(ctx, parcel.AccountID)
	if err != nil || balance >= due {
		return invoice, err
	}
	return invoice, c.mailInvoice(ctx, invoice, "parcels.reason.weighed")
}

// returnDelivery ends what is still asked for the delivery of a parcel that will not leave, and gives back what was paid.
func (c *change) returnDelivery(ctx context.Context, by *AccountID, parcel Parcel, reason string) error {
	account, err := c.deliveryAccount(ctx, parcel)
	if err != nil {
		return err
	}
	if account.open.ID != 0 {
		if err := c.void(ctx, by, account.open, reason); err != nil {
			return err
		}
	}
	if account.paid == 0 {
		return nil
	}
	return c.returnFor(ctx, by, parcel, account.last, account.paid, reason)
}

func (c *change) returnFor(ctx context.Context, by *AccountID, parcel Parcel, paid Invoice, amount Money, reason string) error {
	return c.giveBack(ctx, by, paid, bill{
		account: parcel.AccountID, parcel: &parcel.ID, reason: reason,
		lines: []InvoiceLine{{Kind: DeliveryLine, Description: parcel.ID.Number(), Amount: amount}},
	})
}

// deliveryAccount is how a parcel and its customer stand.
type deliveryAccount struct {
	paid Money   // less what came back
	last Invoice // the newest one that is paid
	open Invoice // the one that still waits for money
}

func (c *change) deliveryAccount(ctx context.Context, parcel Parcel) (account deliveryAccount, err error) {
	invoices, err := c.InvoicesOfParcel(ctx, &parcel.ID)
	if err != nil {
		return account, err
	}
	for _, invoice := range invoices { // the newest first
		switch {
		case invoice.Kind == CreditNote:
			account.paid -= invoice.Total
		case invoice.Status == InvoicePaid:
			account.paid += invoice.Total
			if account.last.ID == 0 {
				account.last = invoice
			}
		case invoice.Status.Open():
			account.open = invoice
		}
	}
	return account, nil
}
