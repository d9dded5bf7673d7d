package main

import (
	"slices"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// TestDemo tells the demo as make run does, and looks at what a newcomer finds.
func TestDemo(t *testing.T) {
	w := dbtest.Open(t)
	w.Clock.Pass(time.Since(w.Clock.Now())) // the demo's last day is today
	p := &program{pool: w.Pool, db: w.DB}
	for range 2 { // the second time there is nothing left to do
		if err := seed(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	if findings, err := w.Audit(t.Context()); err != nil || len(findings) > 0 {
		t.Error(findings, err)
	}
	irina, err := w.ProvedAccount(t.Context(), "irina@example.test")
	if err != nil {
		t.Fatal(err)
	}
	totals := &db.DeskTotals{By: irina.ID}
	if err := w.Read(t.Context(), totals); err != nil {
		t.Fatal(err)
	}
	if slices.Contains([]int64{totals.Fresh, totals.Changed, totals.Payments, totals.ToBuy, totals.Coming, totals.Queue, totals.Blocked, totals.Ready, totals.Late, totals.Tickets, totals.Dreams, totals.Consultations}, 0) {
		t.Errorf("an empty queue shows nothing of the desk: %+v", totals)
	}
	vera, err := w.ProvedAccount(t.Context(), "vera@example.test")
	if err != nil {
		t.Fatal(err)
	}
	rewards := &db.Rewards{Of: vera.ID}
	if err := w.Read(t.Context(), rewards); err != nil {
		t.Fatal(err)
	}
	if rewards.Invitation.Rewarded != 1 || len(rewards.Codes) != 1 || rewards.Level().Name == "" {
		t.Errorf("Vera invited nobody, used no code or has no level: %+v", rewards)
	}
	statement := &db.Statement{Of: vera.ID}
	if err := w.Read(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(statement.Lines); i++ {
		if statement.Lines[i].At.After(statement.Lines[i-1].At) {
			t.Errorf("line %d of the balance is older than the one before it", statement.Lines[i-1].Number)
		}
	}
}
