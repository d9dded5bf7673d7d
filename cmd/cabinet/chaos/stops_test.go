package chaos

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cabinet/db/dbtest"
)

// platform is how long the machine waits between asking a process to end and killing it, with some room.
const platform = 25 * time.Second

// TestStopWeb asks the web side to end while people use it, have its pages open and wait for answers.
func TestStopWeb(t *testing.T) {
	t.Parallel()
	s := open(t)
	vera := s.as(dbtest.Vera)
	for range times(3) {
		order := s.PlacedOrder(t, vera.Visitor, dbtest.Mug)
		web := s.web()
		ctx, leave := context.WithTimeout(t.Context(), platform)
		var streams, people sync.WaitGroup
		for range 5 {
			streams.Go(func() {
				if err := vera.hears(ctx, make(chan string, 100)); err != nil {
					t.Errorf("a stream did not end as it should: %v", err)
				}
			})
		}
		var leaving atomic.Bool
		var answered atomic.Int64
		for i := range 8 {
			people.Go(func() {
				for !leaving.Load() {
					got := vera.get("/orders")
					if i%2 == 0 {
						got = vera.post("/orders", orderForm())
					}
					if got.err != nil || got.status != http.StatusOK && got.status != http.StatusSeeOther {
						t.Errorf("a broken answer: %s", got)
						return
					}
					answered.Add(1)
				}
			})
		}
		s.eventually("there is work", func() bool { return answered.Load() > 30 })

		// Vera writes a comment, and somebody else holds the order for a second.
		held := s.holds(`SELECT FROM orders WHERE id = $1 FOR UPDATE`, order.ID)
		said := make(chan answer, 1)
		go func() {
			said <- vera.post(fmt.Sprintf("/orders/%d/comment", order.ID), url.Values{"version": {fmt.Sprint(order.Version)}, "comment": {"Без коробки"}})
		}()
		s.eventually("the comment waits", func() bool {
			return s.count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) > 0
		})
		time.AfterFunc(time.Second, held)
		leaving.Store(true) // the platform sends nobody any more, and what it has sent shall be answered
		if took := web.stop(); took > platform || web.ProcessState.ExitCode() != 0 {
			t.Errorf("it took %s and ended with %d", took, web.ProcessState.ExitCode())
		}
		if got := <-said; got.status != http.StatusSeeOther {
			t.Errorf("the answer to what was in mid-work: %s", got)
		}
		leave()
		streams.Wait()
		people.Wait()
	}
	s.clean()
}

// holds keeps rows for itself, as another process would that is slow, until it is told to let go.
func (s *site) holds(sql string, args ...any) (release func()) {
	s.t.Helper()
	tx, err := s.Pool.Begin(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	release = sync.OnceFunc(func() { tx.Rollback(context.Background()) })
	s.t.Cleanup(release)
	if _, err := tx.Exec(s.t.Context(), sql, args...); err != nil {
		s.t.Fatal(err)
	}
	return release
}

// TestStopWorker asks the worker to end in the middle of a job that takes longer than the machine waits.
func TestStopWorker(t *testing.T) {
	t.Parallel()
	s := open(t)
	vera := s.as(dbtest.Vera)
	s.PlacedOrder(t, vera.Visitor, dbtest.Mug)
	release := s.holds(`SELECT FROM mails FOR UPDATE`)
	worker := s.start("worker", "STATEMENT_TIMEOUT=2m")
	s.eventually("the job has begun", func() bool {
		return s.count(`SELECT count(*) FROM river_job WHERE kind = 'send_mail' AND state = 'running'`) > 0
	})
	if took := worker.stop(); took > platform || worker.ProcessState.ExitCode() != 0 {
		t.Errorf("it took %s and ended with %d", took, worker.ProcessState.ExitCode())
	}
	if n := s.count(`SELECT count(*) FROM river_job WHERE state = 'running'`); n > 0 {
		t.Errorf("%d jobs are still called running", n)
	}
	release()
	s.start("worker")
	s.finish()
	s.mailedOnce(t)
}

// TestStartAtOnce starts six processes on a database without a table.
func TestStartAtOnce(t *testing.T) {
	t.Parallel()
	s := around(t, dbtest.At(t, dbtest.Empty(t)))
	var all []*process
	for range 6 {
		all = append(all, s.start("migrate"))
	}
	for _, p := range all {
		if err := p.within(patience); err != nil {
			t.Error(err)
		}
	}
	s.web()
	s.clean()
}

// TestNewerSchema starts this program on a database that a newer one has migrated.
func TestNewerSchema(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.PlacedOrder(t, s.as(dbtest.Vera).Visitor, dbtest.Mug)
	s.do(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`)
	written := func() string {
		var all string
		if err := s.Pool.QueryRow(t.Context(), `SELECT string_agg(relname || ' ' || n_tup_ins + n_tup_upd + n_tup_del, ', ' ORDER BY relname) FROM pg_stat_user_tables`).Scan(&all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := written()
	s.eventually("what was written before is counted", func() bool { // and no more of it comes
		time.Sleep(time.Second)
		known := before
		before = written()
		return before == known && !strings.Contains(before, "orders 0,")
	})
	for _, command := range []string{"web", "worker"} {
		p := s.start(command)
		if err := p.within(patience); err == nil || !strings.Contains(p.said.String(), "newer schema") {
			t.Errorf("%s works on it: %v", command, err)
		}
		if s.status("/ready") == http.StatusOK {
			t.Errorf("%s is ready", command)
		}
	}
	time.Sleep(time.Second) // Postgres counts a little later
	if after := written(); after != before {
		t.Errorf("something was written:\n%s\nthen\n%s", before, after)
	}
}

// TestBackup takes a site from one database to another, as after a fire.
func TestBackup(t *testing.T) {
	t.Parallel()
	s := open(t)
	vera := s.as(dbtest.Vera)
	s.ShippedParcel(t, vera.Visitor, s.as(dbtest.Petr).Visitor)

	saved := filepath.Join(t.TempDir(), "cabinet.dump")
	s.tool("pg_dump", "--format=custom", "--file="+saved, "--dbname="+s.URL)
	again := around(t, dbtest.At(t, dbtest.Empty(t)))
	again.tool("pg_restore", "--no-owner", "--exit-on-error", "--dbname="+again.URL, saved)
	again.clean()
	again.web()
	t.Run("the people sign in, and find what is theirs", func(t *testing.T) {
		guest := &person{site: again, language: "ru", browser: vera.browser}
		got := guest.post("/sign-in", map[string][]string{"identifier": {dbtest.Vera.Email}, "password": {dbtest.Password}})
		if got.status != http.StatusSeeOther {
			t.Fatalf("signing in: %s", got)
		}
		guest.cookie = vera.cookie // a session that was open before the fire
		if got := guest.get("/parcels"); got.status != http.StatusOK || !strings.Contains(got.body, "Отправлена") {
			t.Errorf("her parcels: %s", got)
		}
	})
	t.Run("and nothing is numbered twice", func(t *testing.T) {
		vera := &person{site: again, cookie: vera.cookie, language: "ru", browser: vera.browser}
		if got := vera.post("/orders", orderForm()); got.status != http.StatusSeeOther {
			t.Errorf("a new order: %s", got)
		}
		again.clean()
	})
}

// tool runs one of the programs that came with the database.
func (s *site) tool(name string, args ...string) {
	s.t.Helper()
	var folder string
	if err := s.Pool.QueryRow(s.t.Context(), `SELECT setting FROM pg_config WHERE name = 'BINDIR'`).Scan(&folder); err != nil {
		s.t.Fatal(err)
	}
	if said, err := exec.Command(filepath.Join(folder, name), args...).CombinedOutput(); err != nil {
		s.t.Fatalf("%s: %v\n%s", name, err, said)
	}
}
