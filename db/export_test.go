package db

import (
	"context"
	"sync/atomic"
)

// CountStretching counts how often a password is stretched from now on, until the function it returns is
// called.
func CountStretching() (count *atomic.Int64, end func()) {
	count, before := &atomic.Int64{}, deriveKey
	deriveKey = func(password, salt []byte, time, memory uint32, threads uint8, length uint32) []byte {
		count.Add(1)
		return before(password, salt, time, memory, threads, length)
	}
	return count, func() { deriveKey = before }
}

// Ledger moves money in a test without the orders and payments that usually cause it.
type Ledger struct{ c *change }

func (db *DB) Ledger(ctx context.Context, fn func(Ledger) error) error {
	return db.change(ctx, func(c *change) error { return fn(Ledger{c}) })
}

func (l Ledger) TopUp(ctx context.Context, of AccountID, amount Money, key string) (TransferID, error) {
	return l.c.topUp(ctx, nil, of, amount, key, nil)
}

func (l Ledger) Charge(ctx context.Context, of AccountID, key string, amounts ...Money) (TransferID, error) {
	return l.posted(ctx, key, l.c.charge(ctx, nil, of, Sales, key, "", linesOf(amounts)))
}

func (l Ledger) Refund(ctx context.Context, of AccountID, key string, amounts ...Money) (TransferID, error) {
	return l.posted(ctx, key, l.c.refund(ctx, nil, of, Sales, key, "", linesOf(amounts)))
}

// posted finds what was posted without waiting.
func (l Ledger) posted(ctx context.Context, key string, err error) (TransferID, error) {
	if err != nil {
		return 0, err
	}
	transfer, err := l.c.TransferByKey(ctx, key)
	return transfer.ID, err
}

func (l Ledger) Post(ctx context.Context, from, to WalletID, amount Money, key string) (TransferID, error) {
	return l.c.post(ctx, posting{kind: Adjustment, from: from, to: to, amount: amount, key: key})
}

func (l Ledger) SpendPoints(ctx context.Context, of AccountID, points int64, key string) error {
	_, err := l.c.spendPoints(ctx, nil, of, Sales, points, key, "статья", linesOf([]Money{roubles(points)}))
	return err
}

func (l Ledger) RefundPoints(ctx context.Context, of AccountID, spent string) error {
	return l.c.refundPoints(ctx, nil, of, spent, "статьи больше нет")
}

func (l Ledger) Reverse(ctx context.Context, id TransferID) (TransferID, error) {
	transfer, err := l.c.TransferByID(ctx, id)
	if err != nil {
		return 0, err
	}
	return l.c.reverse(ctx, nil, transfer, "по ошибке")
}

func linesOf(amounts []Money) (lines []TransferLine) {
	for _, amount := range amounts {
		lines = append(lines, TransferLine{Amount: amount})
	}
	return lines
}

// ErrPosted is the answer to a key that was used before.
var ErrPosted = errPosted

// Purchaser changes what was paid for an order, as buying does.
type Purchaser struct {
	c     *change
	order Order
}

func (db *DB) Purchaser(ctx context.Context, id OrderID, fn func(*Purchaser) error) error {
	return db.change(ctx, func(c *change) error {
		order, err := c.lockOrder(ctx, id)
		if err != nil {
			return err
		}
		p := &Purchaser{c, order}
		if err := fn(p); err != nil {
			return err
		}
		if p.order, err = c.lockOrder(ctx, id); err != nil {
			return err
		}
		_, err = c.settleOrder(ctx, p.order, nil, "")
		return err
	})
}

func (p *Purchaser) Cheaper(by AccountID, item Item, amount Money, reason string) error {
	return p.c.refundPart(context.Background(), by, item, amount, reason)
}

func (p *Purchaser) Dearer(by AccountID, item Item, amount Money, reason string) (Invoice, error) {
	return p.c.issueSupplement(context.Background(), by, item, amount, reason)
}

func (p *Purchaser) Refund(by AccountID, item Item, reason string) error {
	return p.c.refundItem(context.Background(), by, item, reason)
}

func (p *Purchaser) Unavailable(by AccountID, item Item, reason string) error {
	if err := p.c.moveItem(context.Background(), item, ItemUnavailable, &by, reason); err != nil {
		return err
	}
	return p.Refund(by, item, reason)
}

// Shipper asks for the delivery of a parcel, as assembly does.
type Shipper struct {
	c      *change
	parcel Parcel
}

func (db *DB) Shipper(ctx context.Context, id ParcelID, fn func(*Shipper) error) error {
	return db.change(ctx, func(c *change) error {
		parcel, err := c.lockParcel(ctx, id)
		if err != nil {
			return err
		}
		return fn(&Shipper{c, parcel})
	})
}

func (s *Shipper) Invoice(amount Money, description string) (Invoice, error) {
	return s.c.issueDeliveryInvoice(context.Background(), nil, s.parcel, amount, description)
}

func (s *Shipper) Pay(invoice Invoice) (Invoice, error) {
	return s.c.payInvoice(context.Background(), nil, invoice)
}

func (s *Shipper) Cancel(reason string) error {
	return s.c.returnDelivery(context.Background(), nil, s.parcel, reason)
}
