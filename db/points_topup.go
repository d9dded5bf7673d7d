package db

import (
	"context"
	"errors"
	"fmt"
	"math/big"
)

// PointsForm is how many points a customer wants. Cost is the price in cents that was shown, when they are paid from the
// balance, and Key that form's own, so that a second click buys nothing twice.
type PointsForm struct {
	Points string `form:"points"`
	Cost   Money  `form:"cost"`
	Key    string `form:"key"`
}

// PointsOffer is what points cost today.
type PointsOffer struct {
	Points  int64
	Cost    Money // in euros, up to a cent
	Balance Money // that they may be paid from
	Key     string
}

// Short is what the balance lacks.
func (o PointsOffer) Short() Money { return max(0, o.Cost-o.Balance) }

// Offer says what the points of a form cost a customer.
func (db *DB) Offer(ctx context.Context, of Visitor, form PointsForm) (offer PointsOffer, err error) {
	points, problem := parsePoints(form.Points, leastPoints)
	if problem != "" {
		return offer, Problems{"points": problem}
	}
	rate, err := db.pointsRate(ctx, db.Today())
	return PointsOffer{Points: points, Cost: rate.costOf(points), Balance: of.Purse.Available}, err
}

// pointsRate is what a euro is worth in roubles on a day.
func (q *Queries) pointsRate(ctx context.Context, day Day) (Rate, error) {
	rate, err := q.RateOn(ctx, RUB, day)
	if errors.Is(err, ErrNotFound) {
		return 1, Refusal("wallet.no_rate")
	}
	return rate, err
}

// costOf is what points cost in euros: never less than they are worth.
func (r Rate) costOf(points int64) Money {
	product := new(big.Int).Mul(big.NewInt(int64(roubles(points))), big.NewInt(1_000_000))
	product.Add(product, big.NewInt(int64(r)-1))
	return Money(product.Quo(product, big.NewInt(int64(r))).Int64())
}

// pointsFor is how many whole points euros are worth: never more than they cost.
func (r Rate) pointsFor(euros Money) int64 {
	product := new(big.Int).Mul(big.NewInt(int64(euros)), big.NewInt(int64(r)))
	return product.Quo(product, big.NewInt(1_000_000*int64(pointWorth))).Int64()
}

// BuyPoints pays points from the balance, at the price that was shown: euros to the exchange, roubles from there.
func (db *DB) BuyPoints(ctx context.Context, by Visitor, form PointsForm) error {
	points, problem := parsePoints(form.Points, leastPoints)
	switch {
	case problem != "":
		return Problems{"points": problem}
	case form.Key == "" || len(form.Key) > 100:
		return Problems{"": "forms.expired"}
	}
	return db.change(ctx, func(c *change) error {
		balance, err := c.lockWallet(ctx, &by.ID, Shopping, EUR)
		if err != nil {
			return err
		}
		key := fmt.Sprintf("points:%d:%s", by.ID, form.Key)
		if _, err := c.TransferByKey(ctx, key); !errors.Is(err, ErrNotFound) {
			return err
		}
		rate, err := c.pointsRate(ctx, c.today())
		if err != nil {
			return err
		}
		cost := rate.costOf(points)
		switch {
		case cost != form.Cost:
			return Problems{"": "wallet.other_price"}
		case balance.Balance < cost:
			return Problems{"": "wallets.too_little"}
		}
		till, err := c.HouseWallet(ctx, Exchange, EUR)
		if err != nil {
			return err
		}
		if _, err := c.post(ctx, posting{kind: PointsPurchase, from: balance.ID, to: till.ID, amount: cost, key: key + ":eur", by: &by.ID}); err != nil {
			return err
		}
		_, err = c.addPoints(ctx, Exchange, posting{kind: PointsPurchase, key: key, by: &by.ID}, by.ID, points)
		return err
	})
}

// addPoints moves points from a wallet of the house to a customer's. Whoever moves euros too has locked those before.
func (c *change) addPoints(ctx context.Context, house WalletName, p posting, of AccountID, points int64) (TransferID, error) {
	from, err := c.HouseWallet(ctx, house, RUB)
	if err != nil {
		return 0, err
	}
	wallet, err := c.lockPoints(ctx, of)
	if err != nil {
		return 0, err
	}
	p.from, p.to, p.amount = from.ID, wallet.ID, roubles(points)
	c.announcePoints(of)
	return c.post(ctx, p)
}

// creditPoints makes points of a payment for which a customer was promised some. What is less than a whole point goes to
// the balance.
func (c *change) creditPoints(ctx context.Context, by AccountID, payment Payment, to target, key string) (TransferID, int64, error) {
	if _, err := c.available(ctx, to.account); err != nil { // euros are locked before points
		return 0, 0, err
	}
	if payment.Currency == EUR {
		return c.pointsForEuros(ctx, by, payment, to, key)
	}
	points, rest := int64(payment.Amount/pointWorth), payment.Amount%pointWorth
	if points == 0 {
		return 0, 0, Refusal("payments.less_than_a_point")
	}
	transfer, err := c.addPoints(ctx, Bank, posting{kind: TopUp, key: key, by: &by, invoice: &to.invoice.ID}, to.account, points)
	if err != nil || rest == 0 {
		return transfer, points, err
	}
	rate, err := c.RateOn(ctx, RUB, payment.ReceivedOn)
	if errors.Is(err, ErrNotFound) {
		return 0, 0, Refusal("payments.no_rate")
	}
	if err != nil {
		return 0, 0, err
	}
	_, err = c.convertTopUp(ctx, &by, to.account, rest, rate.ToEuro(rest), key+":rest", &to.invoice.ID)
	return transfer, points, err
}

// pointsForEuros counts at the rate of the day on which the euros came. Who pays in time exactly what was asked gets what
// was promised, wherever the rate has gone since.
func (c *change) pointsForEuros(ctx context.Context, by AccountID, payment Payment, to target, key string) (transfer TransferID, points int64, err error) {
	points, cost := *to.invoice.Points, payment.Amount
	if inTime := to.invoice.Status == InvoiceIssued && !to.invoice.DueOn.Before(payment.ReceivedOn); !inTime || !to.invoice.asks(payment) {
		rate, err := c.RateOn(ctx, RUB, payment.ReceivedOn)
		if errors.Is(err, ErrNotFound) {
			return 0, 0, Refusal("payments.no_rate")
		}
		if err != nil {
			return 0, 0, err
		}
		points = rate.pointsFor(payment.Amount)
		cost = rate.costOf(points)
	}
	if points == 0 {
		return 0, 0, Refusal("payments.less_than_a_point")
	}
	bank, err := c.HouseWallet(ctx, Bank, EUR)
	if err != nil {
		return 0, 0, err
	}
	till, err := c.HouseWallet(ctx, Exchange, EUR)
	if err != nil {
		return 0, 0, err
	}
	if _, err := c.post(ctx, posting{kind: Conversion, from: bank.ID, to: till.ID, amount: cost, key: key + ":eur", by: &by}); err != nil {
		return 0, 0, err
	}
	if transfer, err = c.addPoints(ctx, Exchange, posting{kind: TopUp, key: key, by: &by, invoice: &to.invoice.ID}, to.account, points); err != nil || cost == payment.Amount {
		return transfer, points, err
	}
	_, err = c.topUp(ctx, &by, to.account, payment.Amount-cost, key+":rest", &to.invoice.ID)
	return transfer, points, err
}
