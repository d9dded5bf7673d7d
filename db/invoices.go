package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// Number is what people call an invoice: 501-7.
func (id InvoiceID) Number() string { return Numbered(id) }

// Path is where the customer finds it.
func (id InvoiceID) Path() string { return "/invoices/" + strconv.FormatInt(int64(id), 10) }

// Overdue reports whether money was expected before this day.
func (i Invoice) Overdue(today Day) bool { return i.Status.Open() && i.DueOn.Before(today) }

// bill is an invoice before it has a number.
type bill struct {
	account AccountID
	order   *OrderID
	parcel  *ParcelID
	kind    InvoiceKind
	version int32
	lines   []InvoiceLine
	reason  string
	points  *int64 // promised for the money of a top-up
}

func (b bill) total() (total Money) {
	for _, line := range b.lines {
		total += line.Amount
	}
	return total
}

// issue numbers a bill and writes it with its lines. Its reference holds customer and invoice, so that
// a bank's statement alone says what was paid.
func (c *change) issue(ctx context.Context, by *AccountID, b bill) (Invoice, error) {
	number, err := c.nextInvoice(ctx)
	if err != nil {
		return Invoice{}, err
	}
	roubles, err := c.inRoubles(ctx, b.total())
	if err != nil {
		return Invoice{}, err
	}
	if b.points != nil {
		promised := Money(*b.points) * pointWorth
		roubles = &promised
	}
	invoice, err := c.insertInvoice(ctx, insertInvoiceParams{
		ID: InvoiceID(number), AccountID: b.account, OrderID: b.order, ParcelID: b.parcel, Kind: b.kind, Version: max(b.version, 1),
		Total: b.total(), Reference: CreditorReference(fmt.Sprintf("%d%08d", b.account, number)), RubTotal: roubles, Points: b.points,
		DueOn: c.today().Plus(c.DueDays), At: c.now, Reason: b.reason,
	})
	if err != nil {
		return invoice, err
	}
	for i, line := range b.lines {
		_, err := c.insertInvoiceLine(ctx, insertInvoiceLineParams{
			InvoiceID: invoice.ID, Position: int32(i + 1), Kind: line.Kind, ItemID: line.ItemID,
			Description: line.Description, Quantity: max(line.Quantity, 1), Amount: line.Amount,
		})
		if err != nil {
			return invoice, err
		}
	}
	return invoice, c.invoiceMoved(ctx, invoice, InvoiceDraft, by, b.reason)
}

// inRoubles is a sum at the rate of today; nothing while we have no rate.
func (c *change) inRoubles(ctx context.Context, euros Money) (*Money, error) {
	rate, err := c.RateOn(ctx, RUB, c.today())
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	roubles := Rate(rate).FromEuro(euros)
	return &roubles, err
}

// issueGoodsInvoice asks for the goods of an order, whose row is locked. An open version is superseded, and
// what was paid on it goes on to the new one. What the balance covers is paid at once.
func (c *change) issueGoodsInvoice(ctx context.Context, by AccountID, order Order, items []Item) (Invoice, error) {
	lines, err := goodsLines(order, items)
	if err != nil {
		return Invoice{}, err
	}
	return c.reissue(ctx, by, order, lines, "")
}

func goodsLines(order Order, items []Item) (lines []InvoiceLine, err error) {
	for _, item := range items {
		if !item.Status.Active() {
			continue
		}
		if item.UnitPrice == nil {
			return nil, Refusal("invoices.unpriced")
		}
		lines = append(lines, InvoiceLine{
			Kind: ItemLine, ItemID: &item.ID, Description: item.Title, Quantity: item.Quantity, Amount: *item.UnitPrice * Money(item.Quantity),
		})
	}
	if len(lines) == 0 {
		return nil, Refusal("invoices.nothing_to_pay")
	}
	if order.Commission != nil && *order.Commission > 0 {
		lines = append(lines, InvoiceLine{Kind: CommissionLine, Amount: *order.Commission})
	}
	if order.ShopDelivery != nil && *order.ShopDelivery > 0 {
		lines = append(lines, InvoiceLine{Kind: ShopDeliveryLine, Amount: *order.ShopDelivery})
	}
	return lines, nil
}

// reissue replaces the goods invoice of an order by one with other lines.
func (c *change) reissue(ctx context.Context, by AccountID, order Order, lines []InvoiceLine, reason string) (Invoice, error) {
	previous, carried, err := c.replaceGoods(ctx, &by, order, reason)
	if err != nil {
		return Invoice{}, err
	}
	invoice, err := c.issue(ctx, &by, bill{
		account: order.AccountID, order: &order.ID, kind: GoodsInvoice, version: previous.Version + 1, lines: lines, reason: reason,
	})
	if err != nil {
		return invoice, err
	}
	if previous.ID != 0 {
		if err := c.replaceInvoice(ctx, &invoice.ID, previous.ID); err != nil {
			return invoice, err
		}
	}
	if err := c.mailInvoice(ctx, invoice, reason); err != nil {
		return invoice, err
	}
	return c.payUpTo(ctx, &by, invoice, carried)
}

// replaceGoods ends the version in force and says what was carried from it to the balance, now or when
// the customer changed the order.
func (c *change) replaceGoods(ctx context.Context, by *AccountID, order Order, reason string) (previous Invoice, carried Money, err error) {
	previous, err = c.NewestGoodsInvoice(ctx, &order.ID)
	if errors.Is(err, ErrNotFound) {
		return Invoice{}, 0, nil
	}
	if err != nil {
		return previous, 0, err
	}
	if previous.Status == InvoicePaid {
		return previous, 0, Refusal("invoices.already_paid")
	}
	if previous.Status.Open() {
		if _, err := c.closeOpen(ctx, by, previous, InvoiceSuperseded, reason); err != nil {
			return previous, 0, err
		}
	}
	back, err := c.TransferByKey(ctx, backKey(previous.ID))
	if errors.Is(err, ErrNotFound) {
		return previous, 0, nil
	}
	return previous, back.Amount, err
}

// supersedeGoodsInvoice ends the open goods invoice of an order that the customer changed or cancelled. What
// was paid on it is on the balance again, until the next version takes it.
func (c *change) supersedeGoodsInvoice(ctx context.Context, by AccountID, order Order) error {
	invoice, err := c.GoodsInvoiceOf(ctx, &order.ID)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if invoice.Status == InvoicePaid {
		return Refusal("invoices.already_paid")
	}
	back, err := c.closeOpen(ctx, &by, invoice, InvoiceSuperseded, "")
	if err != nil || back == 0 {
		return err
	}
	if err := c.mailRefund(ctx, invoice, back, nil, ""); err != nil {
		return err
	}
	return c.goodsPaid(ctx, &by, order.ID, Unpaid)
}

// closeOpen ends an invoice that is not paid in full, and returns what was paid on it to the balance.
func (c *change) closeOpen(ctx context.Context, by *AccountID, invoice Invoice, status InvoiceStatus, reason string) (back Money, err error) {
	if invoice, err = c.lockInvoice(ctx, invoice.ID); err != nil {
		return 0, err
	}
	if !invoice.Status.May(status) {
		return 0, Refusal("invoices.already_paid")
	}
	lines, err := c.paidLines(ctx, invoice)
	if err != nil {
		return 0, err
	}
	closed, err := c.closeInvoice(ctx, status, reason, invoice.ID)
	if err != nil {
		return 0, err
	}
	if err := c.invoiceMoved(ctx, closed, invoice.Status, by, reason); err != nil || len(lines) == 0 {
		return 0, err
	}
	err = c.refund(ctx, by, invoice.AccountID, invoice.house(), backKey(invoice.ID), reason, lines)
	return invoice.Paid, err
}

// backKey names the return of what was paid on an invoice that is no longer in force.
func backKey(id InvoiceID) string { return fmt.Sprintf("invoice:%d:back", id) }

// issueDeliveryInvoice asks for the delivery of a parcel, whose row is locked. The caller charges it with
// payInvoice; the customer gets a letter only when the balance does not cover it.
func (c *change) issueDeliveryInvoice(ctx context.Context, by *AccountID, parcel Parcel, amount Money, description string) (Invoice, error) {
	previous, err := c.DeliveryInvoiceOf(ctx, &parcel.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return previous, err
	}
	if err == nil {
		if previous.Status == InvoicePaid {
			return previous, Refusal("invoices.already_paid")
		}
		if _, err := c.closeOpen(ctx, by, previous, InvoiceSuperseded, ""); err != nil {
			return previous, err
		}
	}
	invoice, err := c.issue(ctx, by, bill{
		account: parcel.AccountID, parcel: &parcel.ID, kind: DeliveryInvoice, version: previous.Version + 1,
		lines: []InvoiceLine{{Kind: DeliveryLine, Description: description, Amount: amount}},
	})
	if err != nil {
		return invoice, err
	}
	if previous.ID != 0 {
		if err := c.replaceInvoice(ctx, &invoice.ID, previous.ID); err != nil {
			return invoice, err
		}
	}
	balance, err := c.available(ctx, invoice.AccountID)
	if err != nil || balance >= invoice.Total {
		return invoice, err
	}
	return invoice, c.mailInvoice(ctx, invoice, "")
}

// issueSupplement asks for what an item cost more than its invoice said.
func (c *change) issueSupplement(ctx context.Context, by AccountID, item Item, amount Money, reason string) (Invoice, error) {
	invoice, err := c.issue(ctx, &by, bill{
		account: item.AccountID, order: &item.OrderID, kind: Supplement, reason: reason,
		lines: []InvoiceLine{{Kind: ItemLine, ItemID: &item.ID, Description: item.Title, Quantity: item.Quantity, Amount: amount}},
	})
	if err != nil {
		return invoice, err
	}
	if err := c.mailInvoice(ctx, invoice, reason); err != nil {
		return invoice, err
	}
	return c.payInvoice(ctx, &by, invoice)
}

// mailInvoice sends mail-08, with what the balance leaves to be paid.
func (c *change) mailInvoice(ctx context.Context, invoice Invoice, reason string) error {
	balance, err := c.available(ctx, invoice.AccountID)
	if err != nil {
		return err
	}
	lines, err := c.InvoiceLinesOf(ctx, invoice.ID)
	if err != nil {
		return err
	}
	letter := invoice.letter(MailInvoice)
	letter.Reason, letter.Lines, letter.Balance = reason, letterLines(lines), balance
	if balance >= invoice.Total {
		letter.Short = 0
	}
	return c.mailOwner(ctx, invoice.AccountID, letter)
}

// mailMissing sends mail-10: some of the money came, this much is missing.
func (c *change) mailMissing(ctx context.Context, invoice Invoice) error {
	return c.mailOwner(ctx, invoice.AccountID, invoice.letter(MailPaymentMissing))
}

// mailRefund sends mail-30.
func (c *change) mailRefund(ctx context.Context, invoice Invoice, amount Money, lines []InvoiceLine, reason string) error {
	balance, err := c.available(ctx, invoice.AccountID)
	if err != nil {
		return err
	}
	letter := invoice.letter(MailRefund)
	letter.Amount, letter.Short, letter.Balance, letter.Lines, letter.Reason, letter.Path = amount, 0, balance, letterLines(lines), reason, "/balance"
	return c.mailOwner(ctx, invoice.AccountID, letter)
}

func (c *change) mailOwner(ctx context.Context, of AccountID, letter Letter) error {
	account, err := c.AccountByID(ctx, of)
	if err != nil {
		return err
	}
	return c.mail(ctx, account, letter)
}

// letter is what every mail about an invoice says.
func (i Invoice) letter(kind MailKind) Letter {
	letter := Letter{
		Kind: kind, Number: i.ID.Number(), Path: i.ID.Path(), Invoice: i.ID, Amount: i.Total, Short: i.Due(), DueOn: &i.DueOn, topic: i.ID.Topic(),
	}
	if i.OrderID != nil {
		letter.Number, letter.topic = i.OrderID.Number(), i.OrderID.Topic()
		letter.Orders = []string{letter.Number}
	} else if i.ParcelID != nil {
		letter.Number, letter.topic = i.ParcelID.Number(), i.ParcelID.Topic()
	}
	return letter
}

func letterLines(lines []InvoiceLine) []LetterLine {
	said := make([]LetterLine, len(lines))
	for i, line := range lines {
		said[i] = LetterLine{Title: line.Description, Quantity: line.Quantity, Amount: line.Amount, Kind: string(line.Kind)}
	}
	return said
}
