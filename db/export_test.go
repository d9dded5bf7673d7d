package db

import "context"

// Ledger moves money in a test without the orders and payments that usually cause it.
type Ledger struct{ c *change }

func (db *DB) Ledger(ctx context.Context, fn func(Ledger) error) error {
	return db.change(ctx, func(c *change) error { return fn(Ledger{c}) })
}

func (l Ledger) TopUp(ctx context.Context, of AccountID, amount Money, key string) (TransferID, error) {
	return l.c.topUp(ctx, nil, of, amount, key, "")
}

func (l Ledger) Charge(ctx context.Context, of AccountID, key string, amounts ...Money) (TransferID, error) {
	return l.c.charge(ctx, nil, of, Sales, key, "", linesOf(amounts))
}

func (l Ledger) Refund(ctx context.Context, of AccountID, key string, amounts ...Money) (TransferID, error) {
	return l.c.refund(ctx, nil, of, Sales, key, "", linesOf(amounts))
}

func (l Ledger) Post(ctx context.Context, from, to WalletID, amount Money, key string) (TransferID, error) {
	return l.c.post(ctx, posting{kind: Adjustment, from: from, to: to, amount: amount, key: key})
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
