package handlers_test

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cabinet/db/dbtest"
	"cabinet/handlers"
)

const watcher = "a-token-of-a-watcher"

func watched(c *handlers.Config) { c.MetricsToken = watcher }

// scraped is what a watcher reads.
func (s *site) scraped() string {
	s.t.Helper()
	return s.Guest().Do("GET", "/metrics", "", http.Header{"Authorization": {"Bearer " + watcher}}).Wants(200).Body
}

func TestMetrics(t *testing.T) {
	site := open(t, watched)
	t.Run("only who brings the token finds them", func(t *testing.T) {
		for _, header := range []string{"", "Bearer", "Bearer ", "Bearer a-token", "Bearer " + watcher + "s", "Basic " + watcher, watcher} {
			site.As(dbtest.Anna).Do("GET", "/metrics", "", http.Header{"Authorization": {header}}).Wants(404)
		}
		unwatched := open(t)
		for _, header := range []string{"", "Bearer ", "Bearer " + watcher} {
			unwatched.Guest().Do("GET", "/metrics", "", http.Header{"Authorization": {header}}).Wants(404)
		}
	})
	t.Run("requests are counted by the pattern of their route, and what a stranger types is no label", func(t *testing.T) {
		vera := site.As(dbtest.Vera)
		vera.Do("GET", "/orders/10001", "", nil).Wants(404)
		vera.Do("GET", "/orders", "", nil).Wants(200)
		vera.Do("GET", "/hunter2/orders", "", nil).Wants(404)
		vera.Do("POST", "/language", "locale=ru", http.Header{"Sec-Fetch-Site": {"cross-site"}}).Wants(403)
		text := site.scraped()
		wantMetrics(t, text,
			`cabinet_requests_total{method="GET",route="/orders/:id<int>",status="404"} 1`,
			`cabinet_requests_total{method="GET",route="/orders",status="200"} 1`,
			`cabinet_requests_total{method="GET",route="other",status="404"} 1`,
			`cabinet_requests_total{method="POST",route="other",status="403"} 1`,
			`cabinet_request_seconds_count{method="GET",route="/orders"} 1`,
			`cabinet_request_seconds_bucket{method="GET",route="/orders",le="15"} 1`,
			`go_goroutines`, `process_resident_memory_bytes`,
		)
		if strings.Contains(text, "hunter2") || strings.Contains(text, "10001") {
			t.Error("an address that somebody typed is in the metrics")
		}
	})
	t.Run("open pages", func(t *testing.T) {
		wantMetrics(t, site.scraped(), `cabinet_streams 0`)
		request, err := http.NewRequest("GET", site.URL+"/live", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.AddCookie(&http.Cookie{Name: "sid", Value: site.cookie(dbtest.Petr)}) // he hears the desk as well as his own
		stream, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer stream.Body.Close()
		for deadline := time.Now().Add(10 * time.Second); !strings.Contains(site.scraped(), "\ncabinet_streams 1\n"); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the page that is open is not counted once")
			}
		}
	})
	t.Run("the pool, the jobs and the mails", func(t *testing.T) {
		if err := site.AskForRecovery(t.Context(), site.Account(dbtest.Vera).Email, "127.0.0.1"); err != nil {
			t.Fatal(err)
		}
		site.Work()
		if err := site.MailRefused(t.Context(), site.newest(), "554 спам"); err != nil {
			t.Fatal(err)
		}
		site.Clock.Pass(20 * time.Minute)
		if err := site.AskForRecovery(t.Context(), site.Account(dbtest.Boris).Email, "127.0.0.1"); err != nil {
			t.Fatal(err)
		}
		// A job to be done at once has the time of the database; here it is that of the test.
		if _, err := site.Pool.Exec(t.Context(), "UPDATE river_job SET scheduled_at = $1 WHERE state = 'available'", site.Clock.Now()); err != nil {
			t.Fatal(err)
		}
		site.Clock.Pass(10 * time.Minute)
		wantMetrics(t, site.scraped(),
			`cabinet_database_up 1`, `cabinet_worker_up 0`, `cabinet_pool_connections_max`, `cabinet_pool_connections{state="idle"}`, `cabinet_pool_waits_total`,
			`cabinet_jobs{queue="mail",state="available"} 1`, `cabinet_jobs{queue="mail",state="completed"} 2`, `cabinet_jobs{queue="assembly",state="discarded"} 0`,
			`cabinet_jobs_oldest_seconds{queue="mail"} 600`, `cabinet_queue_paused{queue="mail"} 0`,
			`cabinet_mails{status="failed"} 1`, `cabinet_mails{status="queued"} 0`, `cabinet_mails_sent_last_hour 0`, `cabinet_mails_oldest_seconds 0`,
		)
		site.Work()
		wantMetrics(t, site.scraped(), `cabinet_mails_sent_last_hour 1`, `cabinet_jobs_oldest_seconds{queue="mail"} 0`)
	})
	t.Run("the audit, once there was one", func(t *testing.T) {
		if strings.Contains(site.scraped(), "cabinet_audit") {
			t.Error("there was none yet")
		}
		site.spoil("UPDATE wallets SET balance = balance + 1 WHERE account_id IS NOT NULL AND name = 'shopping'")
		if _, _, err := site.KeepAudit(t.Context()); err != nil {
			t.Fatal(err)
		}
		text := site.scraped()
		wantMetrics(t, text, `cabinet_audit_timestamp_seconds`, `cabinet_audit_seconds`, `cabinet_audit_differences`)
		if strings.Contains(text, "cabinet_audit_differences 0") {
			t.Error("it found nothing")
		}
	})
	t.Run("the operator's book names every metric, and none that is not there", func(t *testing.T) {
		book, err := os.ReadFile("../docs/operations.md")
		if err != nil {
			t.Fatal(err)
		}
		if there, named := metricNames(site.scraped()), metricNames(string(book)); !slices.Equal(there, named) {
			t.Errorf("there are %v, the book names %v", there, named)
		}
	})
	t.Run("without the database a process still speaks for itself", func(t *testing.T) {
		site.Pool.Close()
		text := site.scraped()
		wantMetrics(t, text, `cabinet_database_up 0`, `cabinet_requests_total`, `cabinet_streams`, `go_goroutines`)
		if strings.Contains(text, "cabinet_jobs") {
			t.Error("it tells of jobs it cannot see")
		}
	})
}

// TestScrapeReadsLittle keeps a scrape away from tables that grow: nothing it asks may walk through one.
func TestScrapeReadsLittle(t *testing.T) {
	site := open(t, watched)
	vera := site.Account(dbtest.Vera)
	_, err := site.Pool.Exec(t.Context(), `
		INSERT INTO mails (account_id, kind, address, locale, letter, message_id, status, created_at, sent_at)
		SELECT $1, 'mail-04', 'vera@example.test', 'ru', '{}', 'm' || n, CASE WHEN n % 2 = 0 THEN 'sent' ELSE 'failed' END, $2, CASE WHEN n % 2 = 0 THEN $2::timestamptz END
		FROM generate_series(1, 40000) n`, vera.ID, site.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, err = site.Pool.Exec(t.Context(), `
		INSERT INTO river_job (kind, queue, state, max_attempts, args, finalized_at, scheduled_at)
		SELECT 'sweep', 'mail', s.state::river_job_state, 25, '{}', CASE s.state WHEN 'completed' THEN now() END, $1
		FROM generate_series(1, 20000) n, (VALUES ('completed'), ('available')) s (state)`, site.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := site.Pool.Exec(t.Context(), "VACUUM ANALYZE mails, river_job"); err != nil {
		t.Fatal(err)
	}
	site.Clock.Pass(time.Minute)
	before := site.reads()
	text := site.scraped()
	wantMetrics(t, text, `cabinet_mails{status="failed"} 1000`, `cabinet_mails_sent_last_hour 1000`, `cabinet_jobs{queue="mail",state="completed"} 1000`,
		`cabinet_jobs{queue="mail",state="available"} 1000`, `cabinet_jobs_oldest_seconds{queue="mail"} 60`)
	if rows := site.reads() - before; rows > 8000 {
		t.Errorf("a scrape reads %d rows of mails and jobs", rows)
	}
}

// reads is how many rows of mails and jobs were ever read.
func (s *site) reads() (rows int64) {
	s.t.Helper()
	time.Sleep(1100 * time.Millisecond) // a connection tells its figures at most once a second
	s.Pool.Reset()
	for range 20 {
		var now int64
		err := s.Pool.QueryRow(s.t.Context(), `SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0) FROM pg_stat_user_tables WHERE relname IN ('mails', 'river_job')`).Scan(&now)
		if err != nil {
			s.t.Fatal(err)
		}
		if rows == now && rows > 0 {
			break
		}
		rows = now
		time.Sleep(50 * time.Millisecond)
	}
	return rows
}

// spoil changes something behind the back of the rules.
func (s *site) spoil(statement string) {
	s.t.Helper()
	tx, err := s.Pool.Begin(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	defer tx.Rollback(s.t.Context())
	for _, one := range []string{"SET LOCAL session_replication_role = replica", statement} {
		if _, err := tx.Exec(s.t.Context(), one); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := tx.Commit(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

func wantMetrics(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains(text, "\n"+line) {
			t.Errorf("no %s in\n%s", line, strings.Join(regexp.MustCompile(`(?m)^cabinet_[^r].*$`).FindAllString(text, -1), "\n"))
		}
	}
}

var metricName = regexp.MustCompile(`\bcabinet_[a-z_]+`)

// metricNames are those of ours in a text, without what a histogram adds to its name.
func metricNames(text string) (names []string) {
	for _, name := range metricName.FindAllString(text, -1) {
		names = append(names, regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, ""))
	}
	slices.Sort(names)
	return slices.Compact(names)
}
