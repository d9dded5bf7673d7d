package db

import "context"

// Sweep forgets what ended long ago: sessions, links, limits, cabinets that nobody proved.
type Sweep struct{}

func (Sweep) Kind() string { return "sweep" }

// Sweep may run as often as it likes.
func (db *DB) Sweep(ctx context.Context) error {
	for _, sweep := range []func(context.Context) error{db.SweepSessions, db.SweepTokens, db.SweepLimits, db.SweepUnproved} {
		if err := sweep(ctx); err != nil {
			return err
		}
	}
	return nil
}
