package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"

	"pgregory.net/rapid"
)

// move carries out one movement of money.
func move(t testing.TB, w *dbtest.World, fn func(context.Context, db.Ledger) (db.TransferID, error)) (id db.TransferID) {
	t.Helper()
	err := w.Ledger(t.Context(), func(l db.Ledger) (err error) {
		id, err = fn(t.Context(), l)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func topUp(t testing.TB, w *dbtest.World, of db.Visitor, amount db.Money, key string) db.TransferID {
	t.Helper()
	return move(t, w, func(ctx context.Context, l db.Ledger) (db.TransferID, error) { return l.TopUp(ctx, of.ID, amount, key) })
}

func balance(t testing.TB, w *dbtest.World, of db.Visitor) db.Money {
	t.Helper()
	purse, err := w.PurseOf(t.Context(), of.ID)
	if err != nil {
		t.Fatal(err)
	}
	return purse.Available
}

func clean(t testing.TB, w *dbtest.World) {
	t.Helper()
	findings, err := w.Audit(t.Context())
	if err != nil || len(findings) > 0 {
		t.Errorf("the audit says %v, %v", findings, err)
	}
}

// refusedBy runs SQL of somebody who goes past the rules, and wants the database to say no.
func refusedBy(t *testing.T, w *dbtest.World, says string, statements ...string) {
	t.Helper()
	tx, err := w.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	for _, statement := range statements {
		if _, err = tx.Exec(t.Context(), statement); err != nil {
			break
		}
	}
	if err == nil {
		err = tx.Commit(t.Context())
	}
	if err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("%s: %v, want %q", statements, err, says)
	}
}

func TestLedgerIsAppendOnly(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	topUp(t, w, vera, 100_00, "one")
	move(t, w, func(ctx context.Context, l db.Ledger) (db.TransferID, error) {
		return l.Charge(ctx, vera.ID, "two", 30_00, 20_00)
	})
	for _, table := range []string{"transfers", "entries", "transfer_lines"} {
		t.Run("D02 nothing is edited, deleted or emptied in "+table, func(t *testing.T) {
			refusedBy(t, w, table+" is append-only", "UPDATE "+table+" SET amount = 1")
			refusedBy(t, w, table+" is append-only", "DELETE FROM "+table)
			refusedBy(t, w, "append-only", "TRUNCATE "+table+" CASCADE")
		})
	}
	clean(t, w)
}

func TestLedgerBalances(t *testing.T) {
	w := dbtest.Open(t)
	vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)
	topUp(t, w, vera, 100_00, "one")
	wallet, err := w.WalletOf(t.Context(), &vera.ID, db.Shopping, db.EUR)
	if err != nil {
		t.Fatal(err)
	}
	bank, _ := w.HouseWallet(t.Context(), db.Bank, db.EUR)
	roubles, _ := w.HouseWallet(t.Context(), db.Bank, db.RUB)
	sales, _ := w.HouseWallet(t.Context(), db.Sales, db.EUR)

	posting := func(what string, values ...any) string {
		return fmt.Sprintf("INSERT INTO postings (kind, key, reason, at, amount, "+what+") VALUES ('charge', 'raw', '', now(), "+strings.Repeat("%v, ", len(values)-1)+"%v)", values...)
	}
	t.Run("D02 nobody writes a side, a transfer, its lines or a balance by hand", func(t *testing.T) {
		for table, statement := range map[string]string{
			"transfers":      fmt.Sprintf("INSERT INTO transfers (kind, from_wallet, to_wallet, amount, key, at) VALUES ('top_up', %d, %d, 500, 'raw', now())", bank.ID, wallet.ID),
			"entries":        fmt.Sprintf("INSERT INTO entries (transfer_id, wallet_id, amount, balance_after, number, at) SELECT max(id), %d, -500, 9500, 2, now() FROM transfers", wallet.ID),
			"transfer_lines": "INSERT INTO transfer_lines (transfer_id, position, amount) SELECT max(id), 1, 9999 FROM transfers",
			"wallets":        fmt.Sprintf("UPDATE wallets SET balance = 20000 WHERE id = %d", wallet.ID),
		} {
			refusedBy(t, w, table+" is written by postings alone", statement)
		}
		refusedBy(t, w, "wallets is written by postings alone", fmt.Sprintf("UPDATE wallets SET last_number = 0 WHERE id = %d", wallet.ID))
		refusedBy(t, w, "wallets is written by postings alone", fmt.Sprintf("INSERT INTO wallets (account_id, name, currency, balance) VALUES (%d, 'shopping', 'RUB', 1)", vera.ID))
		for _, statement := range []string{
			"MERGE INTO wallets w USING (SELECT 1) x ON w.id = %d WHEN MATCHED THEN UPDATE SET balance = 20000",
			"INSERT INTO wallets (id, name, currency) OVERRIDING SYSTEM VALUE VALUES (%d, 'bank', 'EUR') ON CONFLICT (id) DO UPDATE SET balance = 20000",
			"WITH w AS (UPDATE wallets SET balance = 20000 WHERE id = %d RETURNING 1) SELECT * FROM w",
			"DO $$BEGIN UPDATE wallets SET balance = 20000 WHERE id = %d; END$$",
		} {
			refusedBy(t, w, "wallets is written by postings alone", fmt.Sprintf(statement, wallet.ID))
		}
		refusedBy(t, w, "append-only", "UPDATE postings SET amount = 1")
		refusedBy(t, w, "append-only", "DELETE FROM postings")
	})
	t.Run("D02 a transfer has two sides, of different wallets that there are, and an amount", func(t *testing.T) {
		refusedBy(t, w, "from_wallet", posting("to_wallet", 500, wallet.ID))
		refusedBy(t, w, "to_wallet", posting("from_wallet", 500, wallet.ID))
		refusedBy(t, w, "does not balance", posting("from_wallet, to_wallet", 500, wallet.ID, 987654))
		refusedBy(t, w, "does not balance", posting("from_wallet, to_wallet", 500, 987654, wallet.ID))
		refusedBy(t, w, "transfers_check", posting("from_wallet, to_wallet", 500, wallet.ID, wallet.ID))
		for _, amount := range []int{0, -500} {
			refusedBy(t, w, "transfers_amount_check", posting("from_wallet, to_wallet", amount, wallet.ID, sales.ID))
			refusedBy(t, w, "transfers_amount_check", posting("account_id, house, to_customer", amount, vera.ID, "'sales'", true))
		}
		refusedBy(t, w, "has no two sides", posting("account_id, house, to_customer", 500, vera.ID, "'treasury'", false))
		refusedBy(t, w, "has no two sides", posting("account_id, house, to_customer", 500, 987654, "'sales'", false))
		refusedBy(t, w, "has no two sides", posting("account_id, house", 500, vera.ID, "'sales'"))
		refusedBy(t, w, "transfer_kind", "INSERT INTO postings (kind, key, reason, at, amount, from_wallet, to_wallet) VALUES ('gift', 'raw', '', now(), 500, 1, 2)")
	})
	t.Run("D02 both sides are written, whatever else a posting between two wallets says", func(t *testing.T) {
		theirs, err := w.WalletOf(t.Context(), &boris.ID, db.Shopping, db.EUR)
		if err != nil {
			t.Fatal(err)
		}
		refusedBy(t, w, "wallets_not_negative", posting("from_wallet, to_wallet, to_customer", 1, theirs.ID, wallet.ID, true))
		for _, way := range []bool{true, false} {
			key := fmt.Sprintf("both-%v", way)
			if _, err := w.Pool.Exec(t.Context(), `INSERT INTO postings (kind, key, reason, at, amount, from_wallet, to_wallet, to_customer, house)
				VALUES ('adjustment', $1, '', now(), 100, $2, $3, $4, 'sales')`, key, wallet.ID, theirs.ID, way); err != nil {
				t.Fatal(err)
			}
			var numbered, sum int64
			err := w.Pool.QueryRow(t.Context(), "SELECT count(e.number), sum(e.amount) FROM entries e JOIN transfers t ON t.id = e.transfer_id WHERE t.key = $1", key).Scan(&numbered, &sum)
			if err != nil || numbered != 2 || sum != 0 {
				t.Errorf("%s: %d of two sides have a number, their sum is %d, %v", key, numbered, sum, err)
			}
		}
		move(t, w, func(ctx context.Context, l db.Ledger) (db.TransferID, error) {
			return l.Post(ctx, theirs.ID, wallet.ID, 2_00, "back")
		})
	})
	t.Run("D02 a wallet that goes while money is on its way to it takes none", func(t *testing.T) {
		for what, say := range map[string]func(db.Wallet) string{
			"between two": func(gone db.Wallet) string { return posting("from_wallet, to_wallet", 500, bank.ID, gone.ID) },
			"settled": func(gone db.Wallet) string {
				return posting("account_id, house, to_customer", 500, *gone.AccountID, "'sales'", true)
			},
		} {
			olga := w.Person(t, dbtest.Olga)
			gone, err := w.WalletOf(t.Context(), &olga.ID, db.Shopping, db.EUR)
			if err != nil {
				t.Fatal(err)
			}
			leaving, err := w.Pool.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := leaving.Exec(t.Context(), "DELETE FROM wallets WHERE id = $1", gone.ID); err != nil {
				t.Fatal(err)
			}
			refused := make(chan error, 1)
			go func() {
				_, err := w.Pool.Exec(t.Context(), say(gone))
				refused <- err
			}()
			untilLocked(t, w, "INSERT INTO postings")
			if err := leaving.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := <-refused; err == nil || !strings.Contains(err.Error(), "balance") && !strings.Contains(err.Error(), "two sides") {
				t.Errorf("%s: %v", what, err)
			}
			if _, err := w.Pool.Exec(t.Context(), "INSERT INTO wallets (account_id, name, currency) VALUES ($1, 'shopping', 'EUR')", olga.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Run("D02 currencies never mix", func(t *testing.T) {
		refusedBy(t, w, "does not balance", posting("from_wallet, to_wallet", 500, bank.ID, roubles.ID))
		refusedBy(t, w, "does not balance", posting("from_wallet, to_wallet", 500, wallet.ID, roubles.ID))
	})
	t.Run("D03 the numbers of a balance have no gap, whichever side it is on", func(t *testing.T) {
		move(t, w, func(ctx context.Context, l db.Ledger) (db.TransferID, error) {
			if _, err := l.Charge(ctx, vera.ID, "a", 30_00); err != nil {
				return 0, err
			}
			return l.Post(ctx, wallet.ID, sales.ID, 20_00, "b")
		})
		move(t, w, func(ctx context.Context, l db.Ledger) (db.TransferID, error) {
			return l.Post(ctx, sales.ID, wallet.ID, 50_00, "c")
		})
		var history string
		err := w.Pool.QueryRow(t.Context(), `SELECT string_agg(concat_ws(' ', e.number, e.amount, e.balance_after, h.amount, h.number, h.balance_after), ', ' ORDER BY e.number)
			FROM entries e JOIN entries h ON h.transfer_id = e.transfer_id AND h.wallet_id <> e.wallet_id WHERE e.wallet_id = $1`, wallet.ID).Scan(&history)
		if want := "1 10000 10000 -10000, 2 -100 9900 100 1 100, 3 -100 9800 100 2 200, 4 200 10000 -200 3 0, 5 -3000 7000 3000, 6 -2000 5000 2000, 7 5000 10000 -5000"; err != nil || history != want {
			t.Errorf("%s %v, want %s", history, err, want)
		}
	})
	t.Run("D05 the lines of a charge are its amount", func(t *testing.T) {
		lines := "account_id, house, to_customer, item_ids, invoice_line_ids, amounts, descriptions"
		refusedBy(t, w, "do not balance", posting(lines, 500, vera.ID, "'sales'", false, "'{0,0}'", "'{0,0}'", "'{300,199}'", "'{a,b}'"))
		refusedBy(t, w, "do not balance", posting(lines, 500, vera.ID, "'sales'", false, "'{0}'", "'{0}'", "'{NULL}'", "'{a}'"))
		refusedBy(t, w, "do not balance", posting(lines, 500, vera.ID, "'sales'", false, "'{0}'", "'{0}'", "NULL", "'{a}'"))
		refusedBy(t, w, "do not balance", posting(lines, 500, vera.ID, "'sales'", false, "'{}'", "'{}'", "'{}'", "'{a}'"))
	})
	t.Run("D02 a balance is never below zero", func(t *testing.T) {
		refusedBy(t, w, "wallets_not_negative", posting("from_wallet, to_wallet", 100_01, wallet.ID, sales.ID))
		err := w.Ledger(t.Context(), func(l db.Ledger) error {
			_, err := l.Charge(t.Context(), boris.ID, "three", 1)
			return err
		})
		if !errors.Is(err, db.Refusal("wallets.too_little")) {
			t.Errorf("a cent off an empty balance: %v", err)
		}
	})
	t.Run("D02 the same key moves money once", func(t *testing.T) {
		err := w.Ledger(t.Context(), func(l db.Ledger) error {
			_, err := l.TopUp(t.Context(), vera.ID, 100_00, "one")
			return err
		})
		if !errors.Is(err, db.ErrPosted) || balance(t, w, vera) != 100_00 {
			t.Errorf("twice: %v, balance %d", err, balance(t, w, vera))
		}
	})
	clean(t, w)
}

func TestReversal(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	first := topUp(t, w, vera, 100_00, "one")
	reverse := func(id db.TransferID) error {
		return w.Ledger(t.Context(), func(l db.Ledger) error {
			_, err := l.Reverse(t.Context(), id)
			return err
		})
	}
	t.Run("D02 a correction is a new row that refers to the old", func(t *testing.T) {
		if err := reverse(first); err != nil {
			t.Fatal(err)
		}
		old, err := w.Entry(t.Context(), vera.ID, 1)
		if err != nil {
			t.Fatal(err)
		}
		line, err := w.Entry(t.Context(), vera.ID, 2)
		if err != nil {
			t.Fatal(err)
		}
		if old.ReversedBy != 2 || line.Reverses != 1 || line.Kind != db.Reversal || line.Amount != -100_00 || line.Before() != 100_00 {
			t.Errorf("%+v, %+v", old, line)
		}
	})
	t.Run("D02 it is taken back once", func(t *testing.T) {
		if err := reverse(first); !errors.Is(err, db.ErrPosted) {
			t.Errorf("twice: %v", err)
		}
	})
	t.Run("D02 what is spent is not taken back", func(t *testing.T) {
		second := topUp(t, w, vera, 50_00, "two")
		move(t, w, func(ctx context.Context, l db.Ledger) (db.TransferID, error) {
			return l.Charge(ctx, vera.ID, "three", 1)
		})
		if err := reverse(second); !errors.Is(err, db.Refusal("wallets.too_little")) {
			t.Errorf("spent: %v", err)
		}
	})
	clean(t, w)
}

// TestChargesAtOnce asks for more than there is from five hundred sides.
func TestChargesAtOnce(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	topUp(t, w, vera, 300_00, "one")
	var wg sync.WaitGroup
	answers := make([]error, 500)
	for i := range answers {
		wg.Go(func() {
			answers[i] = w.Ledger(t.Context(), func(l db.Ledger) error {
				_, err := l.Charge(t.Context(), vera.ID, fmt.Sprint("charge ", i), 1_00)
				return err
			})
		})
	}
	wg.Wait()
	done := 0
	for _, err := range answers {
		if err == nil {
			done++
		} else if !errors.Is(err, db.Refusal("wallets.too_little")) {
			t.Error(err)
		}
	}
	if done != 300 || balance(t, w, vera) != 0 {
		t.Errorf("%d of 500 charges went through, %d is left", done, balance(t, w, vera))
	}
	clean(t, w)
}

// TestOppositeTransfers sends money both ways between two people at once.
func TestOppositeTransfers(t *testing.T) {
	w := dbtest.Open(t)
	vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)
	topUp(t, w, vera, 100_00, "vera")
	topUp(t, w, boris, 100_00, "boris")
	wallets := make([]db.WalletID, 2)
	for i, who := range []db.Visitor{vera, boris} {
		wallet, err := w.WalletOf(t.Context(), &who.ID, db.Shopping, db.EUR)
		if err != nil {
			t.Fatal(err)
		}
		wallets[i] = wallet.ID
	}
	var wg sync.WaitGroup
	for i := range 400 {
		wg.Go(func() {
			err := w.Ledger(t.Context(), func(l db.Ledger) error {
				_, err := l.Post(t.Context(), wallets[i%2], wallets[1-i%2], 1_00, fmt.Sprint("opposite ", i))
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if balance(t, w, vera) != 100_00 || balance(t, w, boris) != 100_00 {
		t.Errorf("Vera has %d, Boris %d", balance(t, w, vera), balance(t, w, boris))
	}
	clean(t, w)
}

// TestLedgerModel does at random what may be done and compares with a plain list of amounts.
func TestLedgerModel(t *testing.T) {
	w := dbtest.Open(t)
	people := []db.Visitor{w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)}
	model := map[db.AccountID][]db.Money{}
	run := 0
	rapid.Check(t, func(r *rapid.T) {
		run++
		for step := range rapid.IntRange(1, 6).Draw(r, "steps") {
			who := rapid.SampledFrom(people).Draw(r, "who")
			amount := rapid.Map(rapid.Int64Range(1, 50_00), func(n int64) db.Money { return db.Money(n) }).Draw(r, "amount")
			kind := rapid.SampledFrom([]db.TransferKind{db.TopUp, db.Charge, db.Refund}).Draw(r, "kind")
			key := fmt.Sprint("run ", run, " step ", step)
			err := w.Ledger(t.Context(), func(l db.Ledger) (err error) {
				switch kind {
				case db.TopUp:
					_, err = l.TopUp(t.Context(), who.ID, amount, key)
				case db.Refund:
					_, err = l.Refund(t.Context(), who.ID, key, amount)
				default:
					_, err = l.Charge(t.Context(), who.ID, key, amount)
				}
				return err
			})
			if kind == db.Charge && amount > sum(model[who.ID]) {
				if !errors.Is(err, db.Refusal("wallets.too_little")) {
					r.Fatalf("%d off %d: %v", amount, sum(model[who.ID]), err)
				}
				continue
			}
			if err != nil {
				r.Fatal(err)
			}
			if kind == db.Charge {
				amount = -amount
			}
			model[who.ID] = append(model[who.ID], amount)
		}
		for _, who := range people {
			agrees(r, t, w, who, model[who.ID])
		}
	})
	clean(t, w)
}

func sum(amounts []db.Money) (total db.Money) {
	for _, amount := range amounts {
		total += amount
	}
	return total
}

func agrees(r *rapid.T, t *testing.T, w *dbtest.World, who db.Visitor, amounts []db.Money) {
	if got := balance(t, w, who); got != sum(amounts) {
		r.Fatalf("%s has %d, not %d", who.Name, got, sum(amounts))
	}
	history, err := w.WholeHistory(t.Context(), who.ID, db.HistoryFilter{})
	if err != nil || len(history) != len(amounts) {
		r.Fatalf("%d lines, not %d, %v", len(history), len(amounts), err)
	}
	for i, line := range history {
		number := len(amounts) - i
		if line.Number != int64(number) || line.Amount != amounts[number-1] || *line.BalanceAfter != sum(amounts[:number]) {
			r.Fatalf("line %d is %+v", number, line)
		}
	}
}

func TestPoints(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	topUp(t, w, vera, 5_00, "money")
	t.Run("D01 points stand beside the money, a rouble each, and are not mixed with it", func(t *testing.T) {
		house, err := w.HouseWallet(t.Context(), db.Adjustments, db.RUB)
		if err != nil {
			t.Fatal(err)
		}
		wallets, err := w.WalletsOf(t.Context(), &vera.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, wallet := range wallets {
			if wallet.Name == db.Points {
				move(t, w, func(ctx context.Context, l db.Ledger) (db.TransferID, error) {
					return l.Post(ctx, house.ID, wallet.ID, 120_00, "gift")
				})
			}
		}
		purse, err := w.PurseOf(t.Context(), vera.ID)
		if want := (db.Purse{Available: 5_00, Points: 120}); err != nil || purse != want {
			t.Errorf("%+v, %v", purse, err)
		}
		clean(t, w)
	})
}

// untilLocked waits until a statement that begins so waits for somebody's lock.
func untilLocked(t *testing.T, w *dbtest.World, statement string) {
	t.Helper()
	for range 500 {
		var waiting bool
		err := w.Pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock' AND starts_with(query, $1))`, statement).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
		if waiting {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s waits for nobody", statement)
}
