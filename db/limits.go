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
	registerFrom = limit{20, 3 * time.Minute}
	recoverFrom  = limit{10, 6 * time.Minute}
	signInFrom   = limit{60, 10 * time.Second}
	lookUpFrom   = limit{20, 6 * time.Second}
	writeToUs    = limit{10, 3 * time.Minute}
)

// How often a day an address may be written to: at its reader's wish, because
// of a registration, and for a lost password.
const (
	resendsADay    = 5
	greetingsADay  = 10
	recoveriesADay = 10
)

const aDay = 24 * time.Hour

// take spends one from a bucket, at once and whatever becomes of the change that follows.
func (db *DB) take(ctx context.Context, l limit, key string) error {
	_, err := db.takeLimit(ctx, takeLimitParams{Key: key, Burst: float64(l.burst), At: db.Now(), Seconds: l.every.Seconds()})
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	left, err := db.pauseLeft(ctx, l, key)
	if err != nil {
		return err
	}
	return Wait{max(time.Second, left)}
}

// TakeLookUp allows a visitor to have a few questions asked of the name system.
func (db *DB) TakeLookUp(ctx context.Context, ip string) error {
	return db.take(ctx, lookUpFrom, "look-up:"+ip)
}

// pauseLeft is how long until a bucket holds one again.
func (db *DB) pauseLeft(ctx context.Context, l limit, key string) (time.Duration, error) {
	left, err := db.LimitByKey(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	missing := (1 - left.Tokens) * l.every.Seconds()
	return max(0, left.At.Add(time.Duration(missing*float64(time.Second))).Sub(db.Now())), err
}

// takeDaily counts one of so many that are allowed from the first one on until a day has passed.
func (db *DB) takeDaily(ctx context.Context, most int, key string) error {
	_, err := db.takeDailyLimit(ctx, key, db.Now(), float64(most))
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	left, err := db.dayLeft(ctx, most, key)
	if err != nil {
		return err
	}
	return Wait{max(time.Second, left)}
}

// dayLeft is how long until a day's number begins anew, once it is used up.
func (db *DB) dayLeft(ctx context.Context, most int, key string) (time.Duration, error) {
	left, err := db.LimitByKey(ctx, key)
	if errors.Is(err, ErrNotFound) || err == nil && left.Tokens < float64(most) {
		return 0, nil
	}
	return max(0, left.At.Add(aDay).Sub(db.Now())), err
}

// silence hides that a limit was reached, where it would tell whether an address is known.
func silence(err error) error {
	if _, ok := errors.AsType[Wait](err); ok {
		return nil
	}
	return err
}

// try counts a try at guessing; the count is forgotten by forgive when the guess was right.
func (db *DB) try(ctx context.Context, key string) (failures int, err error) {
	tries, err := db.tryLimit(ctx, key, db.Now())
	if !errors.Is(err, ErrNotFound) {
		return int(tries), err
	}
	left, err := db.LimitByKey(ctx, key)
	if err != nil && !errors.Is(err, ErrNotFound) { // forgiven in between: it is a matter of a second
		return 0, err
	}
	return 0, Wait{max(time.Second, left.At.Sub(db.Now()))}
}

func (db *DB) forgive(ctx context.Context, key string) error { return db.clearLimit(ctx, key) }

// SweepLimits forgets what is long past.
func (db *DB) SweepLimits(ctx context.Context) error {
	return db.deleteOldLimits(ctx, db.Now().Add(-48*time.Hour))
}
