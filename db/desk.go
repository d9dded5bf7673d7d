package db

import "context"

// DeskTotals are the counters on the tabs of the desk.
type DeskTotals struct{ DeskCountsRow }

func (t *DeskTotals) questions(*DB) []question {
	return []question{func(ctx context.Context, q *Queries) (err error) {
		t.DeskCountsRow, err = q.DeskCounts(ctx)
		return err
	}}
}
