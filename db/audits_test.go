package db_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"

	"github.com/jackc/pgx/v5/pgxpool"
)

// TestAudit spoils one thing at a time behind the back of the rules, and wants it found.
func TestAudit(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	w.PaidOrder(t, vera, dbtest.Boots, dbtest.Mug)
	open := w.PricedOrder(t, vera, dbtest.Boots)
	w.Transfer(t, w.GoodsInvoice(t, open), 20_00)
	undone := w.TopUp(t, vera, 5_00)
	if _, err := w.UndoMatch(t.Context(), w.Person(t, dbtest.Olga), undone.ID, "по ошибке"); err != nil {
		t.Fatal(err)
	}
	bareParcel(t, w, vera)
	clean(t, w)

	for finding, spoil := range map[string]string{
		"wallet":                "UPDATE wallets SET balance = balance + 1 WHERE account_id IS NOT NULL AND name = 'shopping'",
		"number 9":              "UPDATE wallets SET last_number = 9 WHERE account_id IS NOT NULL AND last_number > 0",
		"does not continue":     "UPDATE entries SET balance_after = 7 WHERE number = 2",
		"what it was for":       "UPDATE entries SET order_id = 7 WHERE order_id IS NOT NULL",
		"another thing than":    "UPDATE entries SET invoice_id = 7 WHERE kind = 'top_up'",
		"do not add up":         "UPDATE entries SET amount = amount + 1 WHERE transfer_id = (SELECT max(transfer_id) FROM entries) AND number IS NULL",
		"sides or lines":        "UPDATE transfer_lines SET amount = amount + 1 WHERE position = 1",
		"not the mirror":        "UPDATE transfers SET amount = amount + 1 WHERE kind = 'reversal'",
		"not on its customer's": "UPDATE transfer_lines SET item_id = NULL WHERE item_id IS NOT NULL",
		"does not know of it":   "UPDATE payments SET status = 'unmatched', transfer_id = NULL, matched_at = NULL, account_id = NULL WHERE status = 'matched'",
		"not on the balance":    "UPDATE payments SET amount = amount + 1 WHERE status = 'matched'",
		", lines":               "UPDATE invoice_lines SET amount = amount + 1",
		"the ledger says":       "UPDATE invoices SET paid = 1, status = 'partially_paid' WHERE status = 'partially_paid'",
		"its items say":         "UPDATE orders SET status = 'shipped'",
		"its invoices say":      "UPDATE orders SET payment_state = 'refunded'",
		"items to buy":          "UPDATE orders SET to_buy = 7",
		"lists show":            "UPDATE orders SET arrived_count = arrived_count + 1",
		"in_parcel is":          "UPDATE items SET in_parcel = NOT in_parcel",
		"open holds":            "UPDATE parcels SET open_holds = 3",
		"not so: items":         "UPDATE parcels SET item_count = item_count + 1",
		"not so: holds":         "UPDATE parcels SET held_for = '{damaged}'",
		"not so: numbers":       "UPDATE parcels SET tracking = '{RA1DE}', tracked_by = '{dhl}', numbers = 1",
		"not so: name":          "UPDATE parcels SET customer = 'Кто-то'",
		"not so: packer":        "UPDATE parcels SET packer_id = account_id",
		"in no parcel":          "UPDATE items SET status = 'shipped'",
		"in parcel":             "INSERT INTO parcel_items (parcel_id, item_id, added_at) SELECT p.id, i.id, now() FROM parcels p, items i LIMIT 1; UPDATE items SET status = 'delivered'",
	} {
		t.Run("D02 the audit finds: "+finding, func(t *testing.T) { findsAfter(t, w, finding, spoil) })
	}
}

// findsAfter spoils inside a transaction that is rolled back.
func findsAfter(t *testing.T, w *dbtest.World, finding, spoil string) {
	tx, err := w.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	for _, statement := range append([]string{"SET LOCAL session_replication_role = replica"}, strings.Split(spoil, "; ")...) {
		if _, err := tx.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	spoilt, err := db.Open(tx, dbtest.Settings(w.Clock))
	if err != nil {
		t.Fatal(err)
	}
	findings, err := spoilt.Audit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(findings, "\n"), finding) {
		t.Errorf("%s: the audit says %q", spoil, findings)
	}
}

func TestAuditIsKept(t *testing.T) {
	w := dbtest.Open(t)
	w.PaidOrder(t, w.Person(t, dbtest.Vera), dbtest.Boots)
	t.Run("D02 a clean audit is kept with its instant", func(t *testing.T) {
		result, findings, err := w.KeepAudit(t.Context())
		if err != nil || len(findings) > 0 || result.Differences != 0 || !result.At.Equal(w.Clock.Now()) {
			t.Fatal(result, findings, err)
		}
	})
	t.Run("of many differences the first hundred are kept, and how many there were", func(t *testing.T) {
		w.Clock.Pass(24 * time.Hour)
		spoil(t, w, "ALTER DOMAIN wallet_name DROP CONSTRAINT wallet_name_check")
		spoil(t, w, "INSERT INTO wallets (account_id, name, currency, balance, last_number) SELECT a.id, 'spoilt' || n, 'EUR', 0, 1 FROM accounts a, generate_series(1, 150) n WHERE a.email = 'vera@example.test'")
		if _, _, err := w.KeepAudit(t.Context()); err != nil {
			t.Fatal(err)
		}
		last, err := w.LastAudit(t.Context())
		if err != nil || last.Differences < 150 || len(last.Findings) != 100 {
			t.Error(last.Differences, len(last.Findings), err)
		}
	})
	t.Run("old results are forgotten", func(t *testing.T) {
		w.Clock.Pass(100 * 24 * time.Hour)
		if _, _, err := w.KeepAudit(t.Context()); err != nil {
			t.Fatal(err)
		}
		var kept int
		if err := w.Pool.QueryRow(t.Context(), "SELECT count(*) FROM audit_results").Scan(&kept); err != nil || kept != 1 {
			t.Error(kept, err)
		}
	})
	t.Run("the audit outlasts the time that a statement may take", func(t *testing.T) {
		config := w.Pool.Config()
		config.ConnConfig.RuntimeParams["statement_timeout"] = "250"
		pool, err := pgxpool.NewWithConfig(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		hurried, err := db.Open(pool, dbtest.Settings(w.Clock))
		if err != nil {
			t.Fatal(err)
		}
		defer hurried.Close()
		busy, err := w.Pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := busy.Exec(t.Context(), "LOCK TABLE parcels"); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(600*time.Millisecond, func() { busy.Rollback(context.Background()) })
		if _, err := hurried.Audit(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// spoil changes something behind the back of the rules, for good.
func spoil(t *testing.T, w *dbtest.World, statement string) {
	t.Helper()
	tx, err := w.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	for _, one := range []string{"SET LOCAL session_replication_role = replica", statement} {
		if _, err := tx.Exec(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}
