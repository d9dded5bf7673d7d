package db

import "context"

// DeskTotals are the counters of the desk, each up to CountedTo.
type DeskTotals struct {
	By AccountID // whose own consultations are counted
	DeskCountsRow
}

// CountedTo is where counting a queue ends: beyond it nobody needs to know how many more there are. DeskCounts knows it too.
const CountedTo = 100

func (t *DeskTotals) questions(db *DB) []question {
	return []question{func(ctx context.Context, q *Queries) (err error) {
		t.DeskCountsRow, err = q.DeskCounts(ctx, db.Today(), int64(t.By))
		return err
	}}
}
