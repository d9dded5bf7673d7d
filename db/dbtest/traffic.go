package dbtest

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Traffic overhears what goes over a world's pool: a test counts it, and asks Postgres what it costs.
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
func (o *Traffic) During(act func()) (trips int, statements []Statement) {
	o.mu.Lock()
	o.on, o.trips, o.statements = true, 0, nil
	o.mu.Unlock()
	act()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.on = false
	return o.trips, o.statements
}

func (o *Traffic) note(trips int, statements ...Statement) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.on {
		o.trips += trips
		o.statements = append(o.statements, statements...)
	}
}

// TraceQueryStart is for pgx. What earlier acts announced goes out by itself, and is no part of this one.
func (o *Traffic) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	if !strings.HasPrefix(data.SQL, "SELECT pg_notify(") {
		o.note(1, Statement{data.SQL, data.Args})
	}
	return ctx
}

// TraceQueryEnd is for pgx.
func (o *Traffic) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart is for pgx.
func (o *Traffic) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	o.note(1)
	return ctx
}

// TraceBatchQuery is for pgx.
func (o *Traffic) TraceBatchQuery(_ context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	o.note(0, Statement{data.SQL, data.Args})
}

// TraceBatchEnd is for pgx.
func (o *Traffic) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

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
