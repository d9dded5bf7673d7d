package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	invoice, err := c.insertInvoice(ctx, insertInvoiceParams{
		ID: InvoiceID(number), AccountID: b.account, OrderID: b.order, ParcelID: b.parcel, Kind: b.kind, Version: max(b.version, 1),
		Total: b.total(), Reference: CreditorReference(fmt.Sprintf("%d%08d", b.account, number)), RubTotal: roubles,
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
	_, err = c.refund(ctx, by, invoice.AccountID, invoice.house(), backKey(invoice.ID), reason, lines)
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

// cancelDeliveryInvoice ends the delivery invoice of a parcel that will not leave, and gives back what was paid.
func (c *change) cancelDeliveryInvoice(ctx context.Context, by *AccountID, parcel Parcel, reason string) error {
	invoice, err := c.DeliveryInvoiceOf(ctx, &parcel.ID)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if invoice.Status.Open() {
		return c.void(ctx, by, invoice, reason)
	}
	charged, err := c.ChargedOnInvoice(ctx, invoice.ID)
	if err != nil {
		return err
	}
	back := bill{account: parcel.AccountID, parcel: &parcel.ID, reason: reason}
	for _, line := range charged {
		back.lines = append(back.lines, line.InvoiceLine)
	}
	return c.giveBack(ctx, by, invoice, back)
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
		if _, err := c.charge(ctx, by, invoice.AccountID, invoice.house(), key, "", lines); err != nil {
			return invoice, err
		}
	}
	if paid.Kind != GoodsInvoice {
		return paid, nil
	}
	return paid, c.goodsPaid(ctx, by, *paid.OrderID, state)
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

// payOpenInvoices pays what the balance covers after money came in: the named invoice first, and as far
// as it goes, then the others, oldest first, whole.
func (c *change) payOpenInvoices(ctx context.Context, by *AccountID, of AccountID, first *InvoiceID) error {
	open, err := c.lockWhatIsOpen(ctx, of)
	if err != nil {
		return err
	}
	return c.payInOrder(ctx, by, of, open, first)
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
	if _, err := c.refund(ctx, by, note.AccountID, invoice.house(), fmt.Sprintf("invoice:%d:0", note.ID), b.reason, lines); err != nil {
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

// TopUpForm is how much a customer wants to send.
type TopUpForm struct {
	Amount string `form:"amount"`
}

// leastTopUp is below what a bank transfer costs.
const leastTopUp Money = 1_00

// RequestTopUp makes the pro-forma invoice that a customer pays by bank to fill the balance.
func (db *DB) RequestTopUp(ctx context.Context, by Visitor, form TopUpForm) (invoice Invoice, err error) {
	amount, ok := ParseMoney(form.Amount)
	switch {
	case strings.TrimSpace(form.Amount) == "":
		return invoice, Problems{"amount": "forms.required"}
	case !ok:
		return invoice, Problems{"amount": "forms.amount"}
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
