package db

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Wait says that something was tried too often, and how long to wait.
type Wait struct{ For time.Duration }

func (w Wait) Error() string { return fmt.Sprintf("wait %s", w.For.Round(time.Second)) }

// limit is a bucket that holds burst and refills by one every so often.
type limit struct {
	burst int
	every time.Duration
}

var (
	resendPause  = limit{1, time.Minute}
	resendsADay  = limit{5, 24 * time.Hour / 5}
	registerFrom = limit{20, 3 * time.Minute}
	recoverFrom  = limit{10, 6 * time.Minute}
	signInFrom   = limit{60, 10 * time.Second}
)

// take spends one from a bucket, at once and whatever becomes of the change that follows.
func (db *DB) take(ctx context.Context, l limit, key string) error {
	_, err := db.takeLimit(ctx, takeLimitParams{Key: key, Burst: float64(l.burst), At: db.Now(), Seconds: l.every.Seconds()})
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	left, err := db.LimitByKey(ctx, key)
	if err != nil {
		return err
	}
	missing := (1 - left.Tokens) * l.every.Seconds()
	return Wait{max(time.Second, left.At.Add(time.Duration(missing*float64(time.Second))).Sub(db.Now()))}
}

// try counts a try at guessing; the count is forgotten by forgive when the guess was right.
func (db *DB) try(ctx context.Context, key string) (failures int, err error) {
	tries, err := db.tryLimit(ctx, key, db.Now())
	if !errors.Is(err, ErrNotFound) {
		return int(tries), err
	}
	left, err := db.LimitByKey(ctx, key)
	if err != nil {
		return 0, err
	}
	return 0, Wait{max(time.Second, left.At.Sub(db.Now()))}
}

func (db *DB) forgive(ctx context.Context, key string) error { return db.clearLimit(ctx, key) }

// SweepLimits forgets what is long past.
func (db *DB) SweepLimits(ctx context.Context) error {
	return db.deleteOldLimits(ctx, db.Now().Add(-48*time.Hour))
}
