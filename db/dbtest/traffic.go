package dbtest

import (
	"context"
	"encoding/json"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Traffic is what a world's pool has been asked since Begin: a test counts it, and asks Postgres what it costs.
type Traffic struct {
	mu         sync.Mutex
	on         bool
	trips      int
	statements []Statement
}

// Statement is one of them, to be asked again.
type Statement struct {
	SQL  string
	Args []any
}

// During tells how often an act went to the database, and with which statements.
func (q *Traffic) During(act func()) (trips int, statements []Statement) {
	q.mu.Lock()
	q.on, q.trips, q.statements = true, 0, nil
	q.mu.Unlock()
	act()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.on = false
	return q.trips, q.statements
}

func (q *Traffic) note(trips int, statements ...Statement) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.on {
		q.trips += trips
		q.statements = append(q.statements, statements...)
	}
}

// TraceQueryStart is for pgx.
func (q *Traffic) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	q.note(1, Statement{data.SQL, data.Args})
	return ctx
}

// TraceQueryEnd is for pgx.
func (q *Traffic) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart is for pgx.
func (q *Traffic) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	q.note(1)
	return ctx
}

// TraceBatchQuery is for pgx.
func (q *Traffic) TraceBatchQuery(_ context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	q.note(0, Statement{data.SQL, data.Args})
}

// TraceBatchEnd is for pgx.
func (q *Traffic) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// Buffers is how many pages of eight kilobytes Postgres looks at to answer a statement, cached or not. Unlike
// time it does not depend on what else the machine does.
func (w *World) Buffers(t testing.TB, statement Statement) int {
	t.Helper()
	var answer []byte
	if err := w.Pool.QueryRow(t.Context(), "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "+statement.SQL, statement.Args...).Scan(&answer); err != nil {
		t.Fatalf("%v: %s", err, statement.SQL)
	}
	var explained []struct {
		Plan struct {
			Hit  int `json:"Shared Hit Blocks"`
			Read int `json:"Shared Read Blocks"`
		}
	}
	if err := json.Unmarshal(answer, &explained); err != nil {
		t.Fatal(err)
	}
	return explained[0].Plan.Hit + explained[0].Plan.Read
}
