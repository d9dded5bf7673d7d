package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// TariffOfSubscription is a line of the list of prices, as it is typed.
type TariffOfSubscription struct {
	Format SubscriptionFormat `form:"format"`
	Issues string             `form:"issues"`
	Price  string             `form:"price"`
	Points string             `form:"points"`
}

// Form is a tariff as a form shows it; the price is in euros with two places.
func (t SubscriptionTariff) Form(price string) TariffOfSubscription {
	return TariffOfSubscription{t.Format, strconv.Itoa(int(t.Issues)), price, strconv.FormatInt(t.Points, 10)}
}

// mostIssues a subscription may be for: ten years.
const mostIssues = 120

func (f TariffOfSubscription) read() (t SubscriptionTariff, err error) {
	problems := Problems{}
	if !slices.Contains(SubscriptionFormats, f.Format) {
		problems["format"] = "fields.required"
	}
	issues, err := strconv.ParseInt(strings.TrimSpace(f.Issues), 10, 32)
	if err != nil || issues < 1 || issues > mostIssues {
		problems["issues"] = "subscriptions.issues_wrong"
	}
	price, ok := ParseMoney(f.Price)
	if !ok || price < 1 {
		problems["price"] = "fields.amount"
	}
	points, problem := parsePoints(f.Points, 1)
	if problem != "" {
		problems["points"] = problem
	}
	return SubscriptionTariff{Format: f.Format, Issues: int32(issues), Price: price, Points: points}, problems.err()
}

// SetSubscriptionTariff says what so many issues in a format cost from now on. Whoever has paid keeps what they have.
func (db *DB) SetSubscriptionTariff(ctx context.Context, by Visitor, form TariffOfSubscription) error {
	tariff, err := form.read()
	if err != nil {
		return err
	}
	return db.change(ctx, func(c *change) error {
		was, err := c.SubscriptionTariff(ctx, tariff.Format, tariff.Issues)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if was == tariff {
			return nil
		}
		if err := c.setSubscriptionTariff(ctx, setSubscriptionTariffParams(tariff)); err != nil {
			return err
		}
		return c.tariffChanged(ctx, by, tariff, was.said(), tariff.said())
	})
}

// RemoveSubscriptionTariff sells it no more.
func (db *DB) RemoveSubscriptionTariff(ctx context.Context, by Visitor, form TariffOfSubscription) error {
	if !slices.Contains(SubscriptionFormats, form.Format) {
		return nil
	}
	return db.change(ctx, func(c *change) error {
		issues, _ := strconv.ParseInt(form.Issues, 10, 32) // what is no number is no tariff
		was, err := c.SubscriptionTariff(ctx, form.Format, int32(issues))
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := c.removeSubscriptionTariff(ctx, was.Format, was.Issues); err != nil {
			return err
		}
		return c.tariffChanged(ctx, by, was, was.said(), "")
	})
}

func (c *change) tariffChanged(ctx context.Context, by Visitor, of SubscriptionTariff, before, after string) error {
	c.announceStaff("subscriptions")
	name := fmt.Sprintf("%s %d", of.Format, of.Issues)
	return c.settingChanged(ctx, by, SettingSubscription, name, nil, FieldDifference{Field: name, Before: before, After: after})
}

// said is what a tariff costs: «21.60 € / 2160»; nothing while it is not sold.
func (t SubscriptionTariff) said() string {
	if t.Issues == 0 {
		return ""
	}
	return fmt.Sprintf("%d.%02d € / %d", t.Price/100, t.Price%100, t.Points)
}
