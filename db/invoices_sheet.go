package db

import (
	"context"
	"errors"
)

// InvoiceSheet is an invoice with everything that a person needs in order to read and pay it.
type InvoiceSheet struct {
	Invoice
	IssuedOn      Day // at the warehouse, as the paper says
	Lines         []ChargedOnInvoiceRow
	Customer      Account
	Details       []PaymentDetail
	Balance       Money
	Moves         []PaymentsOfInvoiceRow // of the balance, by their own numbers
	Previous      *Invoice               // the version that this one replaced
	PreviousLines []InvoiceLine
	Current       *Invoice // of a superseded invoice, the version in force
}

// InvoiceSheetOf is a customer's own invoice.
func (db *DB) InvoiceSheetOf(ctx context.Context, of AccountID, id InvoiceID) (InvoiceSheet, error) {
	invoice, err := db.InvoiceOf(ctx, id, of)
	if err != nil {
		return InvoiceSheet{}, err
	}
	return db.sheet(ctx, invoice)
}

// InvoiceSheetByID is for the desk and for the PDF in a mail.
func (db *DB) InvoiceSheetByID(ctx context.Context, id InvoiceID) (InvoiceSheet, error) {
	invoice, err := db.InvoiceByID(ctx, id)
	if err != nil {
		return InvoiceSheet{}, err
	}
	return db.sheet(ctx, invoice)
}

func (db *DB) sheet(ctx context.Context, invoice Invoice) (sheet InvoiceSheet, err error) {
	sheet.Invoice, sheet.IssuedOn = invoice, DayOf(invoice.IssuedAt, db.Zone)
	if sheet.Lines, err = db.ChargedOnInvoice(ctx, invoice.ID); err != nil {
		return sheet, err
	}
	if sheet.Customer, err = db.AccountByID(ctx, invoice.AccountID); err != nil {
		return sheet, err
	}
	if sheet.Details, err = db.PaymentDetails(ctx); err != nil {
		return sheet, err
	}
	if sheet.Moves, err = db.PaymentsOfInvoice(ctx, invoice.ID); err != nil {
		return sheet, err
	}
	purse, err := db.PurseOf(ctx, invoice.AccountID)
	if err != nil {
		return sheet, err
	}
	sheet.Balance = purse.Available
	return sheet, db.addVersions(ctx, &sheet)
}

func (db *DB) addVersions(ctx context.Context, sheet *InvoiceSheet) error {
	previous, err := db.InvoiceReplacedBy(ctx, int64(sheet.ID))
	if err == nil {
		sheet.Previous = &previous
		sheet.PreviousLines, err = db.InvoiceLinesOf(ctx, previous.ID)
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if sheet.Status != InvoiceSuperseded {
		return nil
	}
	current, err := db.inForce(ctx, sheet.Invoice)
	if err == nil && current.ID != sheet.ID {
		sheet.Current = &current
	}
	return err
}

// Detail is where to send money of a currency.
func (s InvoiceSheet) Detail(currency Currency) (detail PaymentDetail, ok bool) {
	for _, detail := range s.Details {
		if detail.Currency == currency {
			return detail, true
		}
	}
	return PaymentDetail{}, false
}

// RubDue is what is still to be paid in roubles, at the rate of the day of the invoice; 0 when it had none.
func (i Invoice) RubDue() Money {
	if i.RubTotal == nil || i.Total == 0 {
		return 0
	}
	return mulDiv(i.Due(), int64(*i.RubTotal), int64(i.Total))
}

// LineChange is what became of a line between two versions of an invoice. An amount that was not
// there is 0.
type LineChange struct {
	Line          InvoiceLine
	Before, After Money
}

// Changes compares the invoice with the version before it, line by line: what is new, other or gone.
func (s InvoiceSheet) Changes() (changes []LineChange) {
	if s.Previous == nil {
		return nil
	}
	before := map[lineKey]Money{}
	for _, line := range s.PreviousLines {
		before[line.key()] += line.Amount
	}
	for _, row := range s.Lines {
		line := row.InvoiceLine
		if was := before[line.key()]; was != line.Amount {
			changes = append(changes, LineChange{line, was, line.Amount})
		}
		delete(before, line.key())
	}
	for _, line := range s.PreviousLines {
		if was, gone := before[line.key()]; gone && was > 0 {
			changes = append(changes, LineChange{line, was, 0})
			delete(before, line.key())
		}
	}
	return changes
}

// lineKey is what makes two lines of different versions the same: their item, or what else they are for.
type lineKey struct {
	kind InvoiceLineKind
	item ItemID
}

func (l InvoiceLine) key() lineKey {
	if l.ItemID == nil {
		return lineKey{kind: l.Kind}
	}
	return lineKey{l.Kind, *l.ItemID}
}
