package db

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// transaction makes few round trips: BEGIN goes out with the first question, and what is written without waiting goes
// out with the next question or with COMMIT. All of it is done in the order in which it was said.
type transaction struct {
	conn                    Conn
	begin, commit, rollback string
	begun                   bool
	waiting                 []*pgx.QueuedQuery
}

// transact commits what fn does, or nothing of it when fn fails.
func transact(ctx context.Context, conn Conn, fn func(*transaction) error) error {
	t := &transaction{conn: conn, begin: "SAVEPOINT change", commit: "RELEASE change", rollback: "ROLLBACK TO change"}
	if pool, ok := conn.(*pgxpool.Pool); ok {
		held, err := pool.Acquire(ctx)
		if err != nil {
			return err
		}
		defer held.Release() // which closes a connection whose transaction is still open
		t = &transaction{conn: held, begin: "BEGIN", commit: "COMMIT", rollback: "ROLLBACK"}
	}
	err := fn(t)
	if err == nil {
		err = t.end(ctx)
	}
	if err != nil && t.begun {
		t.conn.Exec(ctx, t.rollback)
	}
	return err
}

// end sends what still waits, and commits.
func (t *transaction) end(ctx context.Context) error {
	if !t.begun && len(t.waiting) == 0 {
		return nil
	}
	answers, err := t.send(ctx, t.commit, nil)
	if err != nil {
		return err
	}
	tag, err := answers.Exec()
	if err := errors.Join(err, answers.Close()); err != nil {
		return err
	}
	if tag.String() == "ROLLBACK" { // an error was overheard by whoever asked
		return pgx.ErrTxCommitRollback
	}
	return nil
}

// send asks something behind all that must come before it, and stops at its answer.
func (t *transaction) send(ctx context.Context, sql string, args []any) (pgx.BatchResults, error) {
	before := t.waiting
	if !t.begun {
		before = slices.Insert(before, 0, &pgx.QueuedQuery{SQL: t.begin})
	}
	t.begun, t.waiting = true, nil
	batch := pgx.Batch{QueuedQueries: append(before, &pgx.QueuedQuery{SQL: sql, Arguments: args})}
	answers := t.conn.SendBatch(ctx, &batch)
	for range len(batch.QueuedQueries) - 1 {
		if _, err := answers.Exec(); err != nil {
			answers.Close()
			return nil, err
		}
	}
	return answers, nil
}

// alone reports whether a question can go out by itself.
func (t *transaction) alone() bool { return t.begun && len(t.waiting) == 0 }

func (t *transaction) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if t.alone() {
		return t.conn.Exec(ctx, sql, args...)
	}
	answers, err := t.send(ctx, sql, args)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	defer answers.Close()
	return answers.Exec()
}

func (t *transaction) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if t.alone() {
		return t.conn.Query(ctx, sql, args...)
	}
	answers, err := t.send(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	rows, err := answers.Query()
	if err != nil {
		answers.Close()
		return nil, err
	}
	return lastRows{rows, answers}, nil
}

func (t *transaction) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if t.alone() {
		return t.conn.QueryRow(ctx, sql, args...)
	}
	answers, err := t.send(ctx, sql, args)
	if err != nil {
		return unasked{err}
	}
	return lastRow{answers}
}

// lastRows are the answer to the last question of a batch, which ends with them.
type lastRows struct {
	pgx.Rows
	answers pgx.BatchResults
}

func (r lastRows) Close() {
	r.Rows.Close()
	r.answers.Close()
}

type lastRow struct{ answers pgx.BatchResults }

func (r lastRow) Scan(into ...any) error {
	defer r.answers.Close()
	return r.answers.QueryRow().Scan(into...)
}

type unasked struct{ err error }

func (u unasked) Scan(...any) error { return u.err }

// unawaited lets a transaction write without waiting: a failure comes to light with the next question or the commit.
// It is a pgx.Tx as far as River needs one. A single row is always waited for.
type unawaited struct {
	pgx.Tx
	t *transaction
}

func (u unawaited) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	u.t.waiting = append(u.t.waiting, &pgx.QueuedQuery{SQL: sql, Arguments: args})
	return pgconn.CommandTag{}, nil
}

func (u unawaited) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	u.Exec(ctx, sql, args...)
	return noRows{}, nil
}

func (u unawaited) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return u.t.QueryRow(ctx, sql, args...)
}

func (u unawaited) Conn() *pgx.Conn { return nil }

// noRows is the answer to what is not waited for.
type noRows struct{ pgx.Rows }

func (noRows) Next() bool { return false }
func (noRows) Err() error { return nil }
func (noRows) Close()     {}
