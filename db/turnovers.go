package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// countingDay is the day of a month from which on the month before is counted: until then much of it may have been paid back.
const countingDay = 15

// StartTurnover has a month counted that is due.
type StartTurnover struct{}

func (StartTurnover) Kind() string { return "start_turnover" }

// StartTurnover begins with the month after the last one that was counted for everybody. It may run as often as it likes.
func (db *DB) StartTurnover(ctx context.Context) error {
	month := db.Today().month(-1)
	last, err := db.LastTurnoverRun(ctx)
	switch {
	case err != nil && !errors.Is(err, ErrNotFound):
		return err
	case db.Today().Day < countingDay || err == nil && !last.Before(month):
		return nil
	case err == nil:
		month = last.month(1)
	}
	return db.change(ctx, func(c *change) error {
		c.enqueue(CountTurnover{Month: month})
		return nil
	})
}

// CountTurnover counts a month for some of the customers above a number, and has the next ones counted after them.
type CountTurnover struct {
	Month Day       `json:"month"`
	Above AccountID `json:"above"`
}

func (CountTurnover) Kind() string { return "count_turnover" }

// spendersAtOnce keeps each job short.
const spendersAtOnce = 500

// CountTurnover gives each customer the points of a month, once however often it runs.
func (db *DB) CountTurnover(ctx context.Context, job CountTurnover) error {
	rules, err := db.RewardRules(ctx)
	if err != nil {
		return err
	}
	levels, err := db.Levels(ctx)
	if err != nil {
		return err
	}
	spenders, err := db.MonthlySpenders(ctx, MonthlySpendersParams{
		Since: job.Month.begin(db.Zone), Until: job.Month.month(1).begin(db.Zone), Before: job.Month.month(-1), Above: int64(job.Above), Lim: spendersAtOnce,
	})
	if err != nil {
		return err
	}
	for _, spender := range spenders {
		job.Above = AccountID(spender.AccountID)
		if spender.Spent == 0 && spender.Carried == 0 {
			continue
		}
		month := turnover{of: job.Above, month: job.Month, spent: Money(spender.Spent), carried: Money(spender.Carried)}
		if err := db.change(ctx, func(c *change) error { return c.countTurnover(ctx, month, rules, levels) }); err != nil {
			return fmt.Errorf("turnover of account %d: %w", job.Above, err)
		}
	}
	return db.change(ctx, func(c *change) error {
		if len(spenders) < spendersAtOnce {
			return c.endTurnoverRun(ctx, job.Month, c.now)
		}
		c.enqueue(job)
		return nil
	})
}

// turnover is what a customer spent in a month, and what was paid back of the months before beyond what was spent in them.
type turnover struct {
	of             AccountID
	month          Day
	spent, carried Money
}

func (c *change) countTurnover(ctx context.Context, t turnover, rules RewardRule, levels []Level) error {
	if _, err := c.lockWallet(ctx, &t.of, Shopping, EUR); err != nil { // two runs of one job wait for each other here
		return err
	}
	if counted, err := c.HasTurnover(ctx, t.of, t.month); err != nil || counted {
		return err
	}
	before, err := c.SpentSince(ctx, t.of, t.month.month(-11))
	if err != nil {
		return err
	}
	level, sum := levelAt(levels, Money(before)+t.spent), t.spent+t.carried
	points := int64(max(0, sum)/100) * int64(level.Rate)
	var given *TransferID
	if points > 0 {
		bonus, err := c.givePoints(ctx, posting{
			kind: Bonus, key: fmt.Sprintf("turnover:%d:%s", t.of, t.month.String()[:7]), reason: t.reason(rules.TurnoverWords, sum, level),
		}, t.of, points, c.lastsUntil(rules.KeepsDays))
		if err != nil {
			return err
		}
		given = &bonus.TransferID
	}
	c.announce(t.of, "rewards")
	return c.addTurnover(ctx, addTurnoverParams{AccountID: t.of, Month: t.month, Spent: t.spent, Carried: t.carried, Points: points, TransferID: given})
}

// reason is what the customer reads, in whatever language: «За покупки: 02.2026, 350,40 € × 2, Серебро».
func (t turnover) reason(words string, sum Money, level Level) string {
	return fmt.Sprintf("%s: %02d.%d, %s € × %d, %s", words, t.month.Month, t.month.Year, strings.Replace(typedMoney(sum), ".", ",", 1), level.Rate, level.Name)
}

// levelAt is the highest level that a sum reaches; without one it brings nothing.
func levelAt(levels []Level, sum Money) (reached Level) {
	for _, level := range levels {
		if level.FromSum <= sum {
			reached = level
		}
	}
	return reached
}
