package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cabinet/db"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// did is one turn of something that several do at once.
type did struct {
	times   int
	seconds float64
	p99     float64 // milliseconds
}

func perSecond(d did) float64 { return float64(d.times) / d.seconds }

// atOnce lets several do something again and again until the turn is over, or at most so many times.
func (b *bench) atOnce(workers, most int, do func(context.Context) error) (did, error) {
	var all sync.WaitGroup
	var n atomic.Int64
	failed := make([]error, workers)
	took := make([][]float64, workers)
	begun := time.Now()
	for worker := range workers {
		all.Go(func() {
			for time.Since(begun) < b.lasts && n.Add(1) <= int64(most) && failed[worker] == nil {
				at := time.Now()
				failed[worker] = do(b.ctx)
				took[worker] = append(took[worker], time.Since(at).Seconds()*1000)
			}
		})
	}
	all.Wait()
	d := did{seconds: time.Since(begun).Seconds()}
	var every []float64
	for _, one := range took {
		every = append(every, one...)
	}
	d.times, d.p99 = len(every), percentile(every, 99)
	return d, errors.Join(failed...)
}

const unbounded = 1 << 40

// poolSize is how many connections a process of the product has, whatever comes at once (POOL_SIZE).
const poolSize = 10

// connect opens a pool of so many connections, all of them open.
func (b *bench) connect(address string, connections int) (*pgxpool.Pool, error) {
	return pgxpool.New(b.ctx, fmt.Sprintf("%s&pool_max_conns=%d&pool_min_conns=%[2]d", address, connections))
}

// rules are those of the product, in this process.
func rules(conn db.Conn) (*db.DB, error) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return nil, err
	}
	return db.Open(conn, db.Settings{
		Now: time.Now, Zone: zone, CutoffHour: 14, MailGrouping: 30 * time.Minute, DueDays: 7, SecretKey: make([]byte, 32),
	})
}

// overheard is the SQL that the product sends, by the names of its queries, and how often it sends anything.
type overheard struct {
	sql               map[string]string
	statements, trips int
}

func (o *overheard) note(sql string) {
	o.statements++
	if words := strings.Fields(sql); len(words) > 2 && words[1] == "name:" {
		o.sql[words[2]] = sql
	}
}

// TraceQueryStart writes down what is asked.
func (o *overheard) TraceQueryStart(ctx context.Context, _ *pgx.Conn, asked pgx.TraceQueryStartData) context.Context {
	o.trips++
	o.note(asked.SQL)
	return ctx
}

// TraceBatchStart counts what goes out together as one trip.
func (o *overheard) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	o.trips++
	return ctx
}

// TraceBatchQuery writes down what is asked among others.
func (o *overheard) TraceBatchQuery(_ context.Context, _ *pgx.Conn, asked pgx.TraceBatchQueryData) {
	o.note(asked.SQL)
}

// TraceBatchEnd has nothing to add.
func (o *overheard) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// TraceQueryEnd has nothing to add.
func (o *overheard) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// overhear lets the product do something in a transaction that is rolled back, and listens.
func (b *bench) overhear(do func(*db.DB, pgx.Tx) error) (*overheard, error) {
	heard := &overheard{sql: map[string]string{}}
	config, err := pgx.ParseConfig(b.big)
	if err != nil {
		return nil, err
	}
	config.Tracer = heard
	conn, err := pgx.ConnectConfig(b.ctx, config)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(b.ctx))
	tx, err := conn.Begin(b.ctx)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback(context.WithoutCancel(b.ctx))
	d, err := rules(tx)
	if err != nil {
		return nil, err
	}
	return heard, do(d, tx)
}

// payInvoice is an act in which there is a charge.
func (b *bench) payInvoice(d *db.DB, tx pgx.Tx) error {
	var invoice db.InvoiceID
	var by db.Visitor
	err := tx.QueryRow(b.ctx, `SELECT i.id, i.account_id FROM invoices i JOIN wallets w ON w.account_id = i.account_id AND w.name = 'shopping'
		WHERE i.status = 'issued' AND w.balance > i.total ORDER BY i.id DESC LIMIT 1`).Scan(&invoice, &by.ID)
	if err != nil {
		return fmt.Errorf("an invoice to pay: %w", err)
	}
	_, err = d.PayInvoice(b.ctx, by, invoice)
	return err
}

// charging posts charges as the product does: nobody waits for one, so BEGIN, the charge and COMMIT travel together.
type charging struct {
	pool    *pgxpool.Pool
	sql     string
	wallets []db.Wallet
	run     string // keys of this run
	n       atomic.Int64
}

func (c *charging) charge(ctx context.Context, house db.WalletName) error {
	of, key := c.wallets[rand.IntN(len(c.wallets))], c.run+strconv.FormatInt(c.n.Add(1), 10)
	conn, err := c.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	var batch pgx.Batch
	batch.Queue("BEGIN")
	batch.Queue(c.sql, of.AccountID, house, false, "charge", 1, key, nil, "", time.Now(), []int64{0}, []int64{0}, []int64{1}, []string{"Упаковка"})
	batch.Queue("COMMIT")
	return conn.SendBatch(ctx, &batch).Close()
}

// charging prepares charges to many customers who can pay them.
func (b *bench) charging() (*charging, error) {
	heard, err := b.overhear(b.payInvoice)
	if err != nil {
		return nil, err
	}
	if heard.sql["settle"] == "" {
		return nil, errors.New("a charge no longer asks settle: see how the product does it now, and let the bench do the same")
	}
	c := &charging{sql: heard.sql["settle"], run: "bench-" + strconv.FormatInt(time.Now().UnixNano(), 36) + "-"}
	if c.pool, err = b.connect(b.big, poolSize); err != nil {
		return nil, err
	}
	rows, err := c.pool.Query(b.ctx, "SELECT * FROM wallets WHERE name = 'shopping' AND balance > 5000 AND account_id > $1 LIMIT 20000", firstBusy+busies)
	if err != nil {
		return nil, err
	}
	c.wallets, err = pgx.CollectRows(rows, pgx.RowToStructByPos[db.Wallet])
	return c, err
}

// houses are where spread charges go; the hot ones all go to the first.
var houses = []db.WalletName{db.Sales, db.Delivery, db.Adjustments}

// measureCharge holds a charge against one INSERT and one UPDATE, each with its commit.
func (b *bench) measureCharge() error {
	c, err := b.charging()
	if err != nil {
		return err
	}
	defer c.pool.Close()
	insert := func(ctx context.Context) error {
		_, err := c.pool.Exec(ctx, "INSERT INTO bench_rows (wallet, amount, note) VALUES ($1, $2, $3)", rand.IntN(100_000), 1, "Упаковка")
		return err
	}
	update := func(ctx context.Context) error {
		_, err := c.pool.Exec(ctx, "UPDATE bench_balances SET balance = balance - 1 WHERE id = $1", rand.IntN(10_000)+1)
		return err
	}
	spread := func(ctx context.Context) error { return c.charge(ctx, houses[rand.IntN(len(houses))]) }
	hot := map[int]did{}
	for _, workers := range []int{8, 32} {
		if err := b.scratch(c.pool); err != nil {
			return err
		}
		one := func(do func(context.Context) error) func() (did, error) {
			return func() (did, error) { return b.atOnce(workers, unbounded, do) }
		}
		inserts, spreads, err := turns(b.turns, one(insert), one(spread))
		if err != nil {
			return err
		}
		updates, again, err := turns(b.turns, one(update), one(spread))
		if err != nil {
			return err
		}
		apart, together, err := turns(b.turns, one(spread), one(func(ctx context.Context) error { return c.charge(ctx, db.Sales) }))
		if err != nil {
			return err
		}
		at := fmt.Sprintf(", %d at once", workers)
		hot[workers] = did{times: int(median(each(together, perSecond))), seconds: 1}
		if err := b.add(
			compare("a charge against one INSERT"+at, "/s", inserts, spreads, perSecond, 0.36, atLeast),
			compare("a charge against one UPDATE"+at, "/s", updates, again, perSecond, 0.5, atLeast),
			compare("charges to one house wallet against spread"+at, "/s", apart, together, perSecond, 0.95, atLeast),
		); err != nil {
			return err
		}
	}
	return b.add(compare("charges, 32 at once against 8", "/s", []did{hot[8]}, []did{hot[32]}, perSecond, 1, atLeast))
}

// scratch makes the tables of the floors.
func (b *bench) scratch(pool *pgxpool.Pool) error {
	_, err := pool.Exec(b.ctx, `
		DROP TABLE IF EXISTS bench_rows, bench_balances;
		CREATE TABLE bench_rows (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, wallet bigint NOT NULL, amount bigint NOT NULL, note text NOT NULL, at timestamptz NOT NULL DEFAULT now());
		CREATE TABLE bench_balances (id bigint PRIMARY KEY, balance bigint NOT NULL) WITH (fillfactor = 50);
		INSERT INTO bench_balances SELECT i, 1000000 FROM generate_series(1, 10000) i`)
	return err
}

// measureAct holds a whole act of the staff, which receives an item, against a bare charge.
func (b *bench) measureAct() error {
	const workers, mostActs = 8, 500 // an act uses up an item that was bought, and there are some ten thousand
	c, err := b.charging()
	if err != nil {
		return err
	}
	defer c.pool.Close()
	d, err := rules(c.pool)
	if err != nil {
		return err
	}
	defer d.Close()
	by, err := d.Recognise(b.ctx, secretOf(packer))
	if err != nil {
		return err
	}
	coming, err := b.coming(c.pool, mostActs*(b.turns+1)+1)
	if err != nil {
		return err
	}
	each := min(mostActs, (len(coming)-1)/(b.turns+1)) // one is left to listen to
	if each < 1 {
		return errors.New("no more items to receive: remove " + b.folder + "/postgres, and the data are made anew")
	}
	var n atomic.Int64
	receive := func(ctx context.Context) error {
		i := int(n.Add(1)) - 1
		_, err := d.Receive(ctx, by, coming[i].order, db.ReceiptForm{Items: []db.ItemID{coming[i].item}, Weight: "1,2", Key: c.run + strconv.Itoa(i)})
		return err
	}
	charges, acts, err := turns(b.turns,
		func() (did, error) {
			return b.atOnce(workers, unbounded, func(ctx context.Context) error { return c.charge(ctx, db.Sales) })
		},
		func() (did, error) { return b.atOnce(workers, each, receive) })
	if err != nil {
		return err
	}
	heard, err := b.overhear(func(d *db.DB, _ pgx.Tx) error {
		last := coming[len(coming)-1]
		_, err := d.Receive(b.ctx, by, last.order, db.ReceiptForm{Items: []db.ItemID{last.item}, Weight: "1,2", Key: c.run})
		return err
	})
	if err != nil {
		return err
	}
	return b.add(
		alone("statements of an act: an item is received", "", float64(heard.statements), 0, told),
		alone("round trips of an act: an item is received", "", float64(heard.trips), 0, told),
		compare("an item is received, against a bare charge, 8 at once", "/s", charges, acts, perSecond, 0.5, atLeast))
}

// arrival is an item that was bought and can be received.
type arrival struct {
	order db.OrderID
	item  db.ItemID
	of    db.AccountID
}

// coming finds items to receive, each of another order and none of a measured customer's.
func (b *bench) coming(pool *pgxpool.Pool, most int) ([]arrival, error) {
	rows, err := pool.Query(b.ctx, `SELECT order_id, min(id), account_id FROM items WHERE status = 'purchased' AND account_id >= $1
		GROUP BY order_id, account_id ORDER BY order_id LIMIT $2`, firstBusy+busies, most)
	if err != nil {
		return nil, err
	}
	found := []arrival{}
	var one arrival
	_, err = pgx.ForEachRow(rows, []any{&one.order, &one.item, &one.of}, func() error { found = append(found, one); return nil })
	return found, err
}
