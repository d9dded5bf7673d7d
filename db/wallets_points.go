package db

import "context"

// Bonus is a gift of points.
const Bonus TransferKind = "bonus"

// chargePoints takes points off a customer's wallet for one thing. The points are there: whoever asks has locked the
// wallet and looked.
func (c *change) chargePoints(ctx context.Context, of AccountID, points int64, key, what string) (TransferID, error) {
	return c.settlePoints(ctx, of, posting{kind: Charge, by: &of, key: key}, points, what)
}

// refundPoints gives back what was charged for one thing.
func (c *change) refundPoints(ctx context.Context, of AccountID, points int64, key, what string) error {
	_, err := c.settlePoints(ctx, of, posting{kind: Refund, key: key}, points, what)
	return err
}

func (c *change) settlePoints(ctx context.Context, of AccountID, p posting, points int64, what string) (TransferID, error) {
	wallet, err := c.lockWallet(ctx, &of, Points, RUB)
	if err != nil {
		return 0, err
	}
	sales, err := c.HouseWallet(ctx, Sales, RUB)
	if err != nil {
		return 0, err
	}
	if p.from, p.to = wallet.ID, sales.ID; p.kind == Refund {
		p.from, p.to = p.to, p.from
	}
	p.amount = Money(points) * pointWorth
	p.lines = []TransferLine{{Amount: p.amount, Description: what}}
	c.announce(of, "wallet", "home")
	return c.post(ctx, p)
}

// GivePoints is a gift to a customer. The same key gives once.
func (db *DB) GivePoints(ctx context.Context, by Visitor, to AccountID, points int64, key, reason string) error {
	return db.change(ctx, func(c *change) error {
		wallet, err := c.lockWallet(ctx, &to, Points, RUB)
		if err != nil {
			return err
		}
		house, err := c.HouseWallet(ctx, Adjustments, RUB)
		if err != nil {
			return err
		}
		c.announce(to, "wallet", "home")
		_, err = c.post(ctx, posting{kind: Bonus, from: house.ID, to: wallet.ID, amount: Money(points) * pointWorth, key: key, by: &by.ID, reason: reason})
		return err
	})
}
