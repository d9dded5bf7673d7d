package db

import (
	"context"
	"errors"
	"slices"
	"time"
)

// EstimateAssembly asks to measure how long assembly has lately taken.
type EstimateAssembly struct{}

// Kind names the job.
func (EstimateAssembly) Kind() string { return "estimate_assembly" }

const (
	assemblyEstimate = "assembly"
	// leastAssembly is what customers are told at least, in business days.
	leastAssembly = 2
	// measuredOver is how far back parcels tell us how long it takes.
	measuredOver = 30 * 24 * time.Hour
)

// EstimateAssembly measures the median of business days that parcels lately spent between the queue and ready.
func (db *DB) EstimateAssembly(ctx context.Context) error {
	return db.change(ctx, func(c *change) error {
		spans, err := c.AssemblySpans(ctx, c.now.Add(-measuredOver))
		if err != nil || len(spans) == 0 {
			return err
		}
		holidays, err := c.HolidaysBetween(ctx, WarehouseCalendar, c.today().Plus(-365), c.today())
		if err != nil {
			return err
		}
		days := make([]int, len(spans))
		for i, span := range spans {
			days[i] = BusinessDaysBetween(DayOf(span.QueuedAt, c.Zone), DayOf(span.ReadyAt, c.Zone), holidays)
		}
		slices.Sort(days)
		return c.setEstimate(ctx, assemblyEstimate, int32(days[len(days)/2]), c.now)
	})
}

// AssemblyDays is how many business days assembly takes: two, or the measured median when that is more.
func (db *DB) AssemblyDays(ctx context.Context) (int, error) {
	estimate, err := db.EstimateByName(ctx, assemblyEstimate)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return 0, err
	}
	return max(leastAssembly, int(estimate.Days)), nil
}

// Expectation compares a parcel that we form with one of the customer's own.
type Expectation struct {
	Days    int // business days of assembly
	Ours    Day // ready to ship when we form it
	Own     Day // and when the customer does, at the earliest
	Unknown int // items of which nobody knows yet when they come
}

// Expect says when items would be ready to ship. We begin on the day the last of them comes; a parcel of the customer's
// own waits until the customer has seen that and sends it to processing.
func (db *DB) Expect(ctx context.Context, items []FreeItemsOfRow) (e Expectation, err error) {
	if e.Days, err = db.AssemblyDays(ctx); err != nil {
		return e, err
	}
	begin := db.Today()
	for _, row := range items {
		switch {
		case row.Item.Status == ItemAtWarehouse:
		case row.ExpectedOn == nil:
			e.Unknown++
		case begin.Before(*row.ExpectedOn):
			begin = *row.ExpectedOn
		}
	}
	holidays, err := db.HolidaysBetween(ctx, WarehouseCalendar, begin, begin.Plus(120))
	e.Ours = PlusBusinessDays(begin, e.Days, holidays)
	e.Own = PlusBusinessDays(begin, e.Days+1, holidays)
	return e, err
}
