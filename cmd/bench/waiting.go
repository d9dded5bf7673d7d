package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"cabinet/db"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// waits is how long something took each time, in milliseconds.
type waits []float64

func (w waits) middle() float64 { return percentile(w, 50) }
func (w waits) worst() float64  { return percentile(w, 99) }

// empty is a job of nothing.
type empty struct{}

func (empty) Kind() string { return "bench_empty" }

// measureJobs says how soon after its change a job starts: the product's worker against River alone.
func (b *bench) measureJobs() error {
	pool, err := b.connect(b.small, poolSize)
	if err != nil {
		return err
	}
	defer pool.Close()
	alone, err := b.riverAlone(pool)
	if err != nil {
		return err
	}
	defer alone.Stop(context.WithoutCancel(b.ctx))
	worker, err := b.worker(b.small)
	if err != nil {
		return err
	}
	defer worker.stop()
	d, err := rules(pool)
	if err != nil {
		return err
	}
	defer d.Close()
	var n atomic.Int64
	run := strconv.FormatInt(time.Now().UnixNano(), 36)
	a, o, err := turns(b.turns,
		func() (waits, error) {
			return b.starts(pool, empty{}.Kind(), func() error {
				return pgx.BeginFunc(b.ctx, pool, func(tx pgx.Tx) error {
					_, err := alone.InsertTx(b.ctx, tx, empty{}, &river.InsertOpts{Queue: "bench"})
					return err
				})
			})
		},
		func() (waits, error) {
			return b.starts(pool, db.MailRecoveryLinks{}.Kind(), func() error {
				return d.AskForRecovery(b.ctx, "nobody", run+strconv.FormatInt(n.Add(1), 10))
			})
		})
	if err != nil {
		return err
	}
	return b.add(
		compare("a job starts after its commit, p50", "ms", a, o, waits.middle, 2, told),
		compare("a job starts after its commit, p99", "ms", a, o, waits.worst, 2, atMost))
}

func (b *bench) riverAlone(pool *pgxpool.Pool) (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(context.Context, *river.Job[empty]) error { return nil }))
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Queues: map[string]river.QueueConfig{"bench": {MaxWorkers: 4}}, Workers: workers,
		FetchCooldown: db.JobsWithin, FetchPollInterval: time.Second, // as in jobs.New
	})
	if err != nil {
		return nil, err
	}
	return client, client.Start(b.ctx)
}

// worker starts the product's worker. It says nothing when it is ready; the first turn waits for it.
func (b *bench) worker(address string, more ...string) (*child, error) {
	cmd := b.again("worker")
	cmd.Path, cmd.Args = b.cabinet, []string{b.cabinet, "worker"}
	cmd.Env = append(operators(address), more...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	return &child{Cmd: cmd}, cmd.Start()
}

// starts makes jobs of a kind one after another and asks the database when each was begun.
func (b *bench) starts(pool *pgxpool.Pool, kind string, insert func() error) (waits, error) {
	var last int64
	if err := pool.QueryRow(b.ctx, "SELECT coalesce(max(id), 0) FROM river_job").Scan(&last); err != nil {
		return nil, err
	}
	var committed []time.Time
	for begun := time.Now(); time.Since(begun) < b.lasts; time.Sleep(20 * time.Millisecond) {
		if err := insert(); err != nil {
			return nil, err
		}
		committed = append(committed, time.Now())
	}
	var begun []time.Time
	for deadline := time.Now().Add(20 * time.Second); len(begun) < len(committed); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("%d of %d jobs did not start", len(committed)-len(begun), len(committed))
		}
		rows, err := pool.Query(b.ctx, "SELECT attempted_at FROM river_job WHERE id > $1 AND kind = $2 AND attempted_at IS NOT NULL ORDER BY id", last, kind)
		if err != nil {
			return nil, err
		}
		if begun, err = pgx.CollectRows(rows, pgx.RowTo[time.Time]); err != nil {
			return nil, err
		}
	}
	took := make(waits, len(committed))
	for i := range committed {
		took[i] = max(0.01, begun[i].Sub(committed[i]).Seconds()*1000)
	}
	return took, nil
}

// measureLive says how long it takes from the press of a button at the desk to the event on the customer's page.
func (b *bench) measureLive() error {
	ours, err := b.product(b.big)
	if err != nil {
		return err
	}
	defer ours.stop()
	pool, err := b.connect(b.big, 2)
	if err != nil {
		return err
	}
	defer pool.Close()
	const most = 30
	coming, err := b.coming(pool, most*(b.turns+1))
	if err != nil {
		return err
	}
	var n int
	var answers waits
	press := func() (waits, error) {
		var took waits
		for begun := time.Now(); time.Since(begun) < b.lasts && len(took) < most && n < len(coming); n++ {
			heard, answered, err := b.pressed(pool, ours, coming[n])
			if err != nil {
				return nil, err
			}
			took, answers = append(took, heard), append(answers, answered)
		}
		return took, nil
	}
	a, o, err := turns(b.turns, func() (waits, error) { return b.notified(pool) }, press)
	if err != nil {
		return err
	}
	above := make([]waits, len(o))
	for i := range o {
		above[i] = waits{o[i].middle() - a[i].middle()}
	}
	return b.add(
		compare("a press at the desk to the event, median", "ms", a, o, waits.middle, 0, told),
		alone("a press at the desk to its answer, median", "ms", answers.middle(), 0, told),
		alone("a press at the desk to the event, above LISTEN/NOTIFY alone", "ms", median(each(above, waits.middle)), 10, atMost))
}

// notified is LISTEN and NOTIFY between two connections.
func (b *bench) notified(pool *pgxpool.Pool) (took waits, err error) {
	err = b.inDatabase(b.big, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(b.ctx, "LISTEN bench"); err != nil {
			return err
		}
		for begun := time.Now(); time.Since(begun) < b.lasts && len(took) < 200; {
			at := time.Now()
			if _, err := pool.Exec(b.ctx, "SELECT pg_notify('bench', '1002 order-1')"); err != nil {
				return err
			}
			if _, err := conn.WaitForNotification(b.ctx); err != nil {
				return err
			}
			took = append(took, time.Since(at).Seconds()*1000)
		}
		return nil
	})
	return took, err
}

// pressed opens the customer's stream, receives an item at the desk, and waits for the first event. It reads it only after the answer, so that an
// event is never sooner than that.
func (b *bench) pressed(pool *pgxpool.Pool, of *child, one arrival) (heard, answered float64, err error) {
	_, err = pool.Exec(b.ctx, `INSERT INTO sessions (token_hash, account_id, created_at, seen_at, expires_at, proved_at)
		VALUES ($1, $2, now(), now(), now() + interval '1 day', now()) ON CONFLICT DO NOTHING`, hashOf(secretOf(int(one.of))), one.of)
	if err != nil {
		return 0, 0, err
	}
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	stream, err := ask(ctx, of, "GET", "/live", secretOf(int(one.of)), nil)
	if err != nil {
		return 0, 0, err
	}
	defer stream.Body.Close()
	lines := bufio.NewScanner(stream.Body)
	if !lines.Scan() { // its greeting
		return 0, 0, errors.New("a stream that says nothing")
	}
	at := time.Now()
	answer, err := ask(ctx, of, "POST", fmt.Sprintf("/staff/receiving/%d/receipts", one.order), secretOf(packer), url.Values{
		"item": {strconv.FormatInt(int64(one.item), 10)}, "key": {"bench-" + strconv.FormatInt(at.UnixNano(), 36)}, "weight": {"1,2"},
	})
	if err != nil {
		return 0, 0, err
	}
	answer.Body.Close()
	answered = time.Since(at).Seconds() * 1000
	if answer.StatusCode != http.StatusSeeOther {
		return 0, 0, fmt.Errorf("the desk answers %d", answer.StatusCode)
	}
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "event:") {
			return time.Since(at).Seconds() * 1000, answered, nil
		}
	}
	return 0, 0, errors.Join(errors.New("no event came"), lines.Err())
}

// browser does not follow redirects: they are the answer.
var browser = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// ask sends one request as a browser would.
func ask(ctx context.Context, of *child, method, path, secret string, form url.Values) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://"+of.address+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.AddCookie(&http.Cookie{Name: "__Host-sid", Value: secret})
	return browser.Do(request)
}
