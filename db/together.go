package db

import (
	"context"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// question reads one thing with one query of Queries. It runs twice: first it only says what it asks, and
// its query fails with errAsked; then it runs again and gets its answer.
type question func(context.Context, *Queries) error

// Page is what a page shows. Its questions do not wait for each other's answers, so they go to the database
// together.
type Page interface{ questions(*DB) []question }

// Read asks everything that a page shows in one round trip.
func (db *DB) Read(ctx context.Context, page Page) error {
	return db.together(ctx, page.questions(db)...)
}

// Pages are several, read as one.
type Pages []Page

func (p Pages) questions(db *DB) (all []question) {
	for _, page := range p {
		all = append(all, page.questions(db)...)
	}
	return all
}

// together asks several questions in one round trip. The first whose answer is an error ends it.
func (db *DB) together(ctx context.Context, questions ...question) error {
	var asked asking
	for _, ask := range questions {
		if err := ask(ctx, New(&asked)); !errors.Is(err, errAsked) {
			return errors.Join(errors.New("a question that asks nothing"), err)
		}
	}
	answers := db.conn.SendBatch(ctx, &asked.batch)
	defer answers.Close()
	for _, ask := range questions {
		if err := ask(ctx, New(answered{answers})); err != nil {
			return err
		}
	}
	return answers.Close()
}

var errAsked = errors.New("the answer is still to come")

// asking gathers queries instead of running them.
type asking struct{ batch pgx.Batch }

func (a *asking) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	return pgconn.CommandTag{}, errors.New("a page only reads")
}

func (a *asking) Query(_ context.Context, sql string, args ...any) (pgx.Rows, error) {
	a.batch.Queue(sql, args...)
	return nil, errAsked
}

func (a *asking) QueryRow(_ context.Context, sql string, args ...any) pgx.Row {
	a.batch.Queue(sql, args...)
	return unanswered{}
}

type unanswered struct{}

func (unanswered) Scan(...any) error { return errAsked }

// answered gives each query the answer that is next.
type answered struct{ pgx.BatchResults }

func (a answered) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	return a.BatchResults.Exec()
}

func (a answered) Query(context.Context, string, ...any) (pgx.Rows, error) {
	return a.BatchResults.Query()
}

func (a answered) QueryRow(context.Context, string, ...any) pgx.Row {
	return a.BatchResults.QueryRow()
}

// owners remembers whose the sessions are that this process has seen. That never changes, so a page can be
// asked for in the same breath as who is asking. It is a hint and no right: whether the session still holds
// is what the database says each time.
type owners struct {
	mu    sync.Mutex
	known map[string]AccountID
}

// mostOwners bounds the memory of owners; beyond it they are learnt again.
const mostOwners = 50_000

func (o *owners) of(hash []byte) AccountID {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.known[string(hash)]
}

func (o *owners) learn(hash []byte, of AccountID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.known == nil || len(o.known) >= mostOwners {
		o.known = map[string]AccountID{}
	}
	o.known[string(hash)] = of
}
