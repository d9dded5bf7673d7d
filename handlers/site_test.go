package handlers_test

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/url"
	"os"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers"
	"cabinet/handlers/webtest"
	"cabinet/jobs"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
)

func TestMain(m *testing.M) { os.Exit(webtest.Main(m)) }

// site is the whole cabinet on a port of its own, with a database of its own.
type site struct {
	*dbtest.World
	t      testing.TB
	URL    string
	app    *fiber.App
	people map[string]db.Visitor
	sender jobs.Sender  // nil: mails stay in their table
	log    *slog.Logger // of the workers; nil: nowhere
}

// open starts a site that ends with the test. Options change how it is set up.
func open(t testing.TB, options ...func(*handlers.Config)) *site {
	t.Helper()
	return openIn(t, dbtest.Open(t), options...)
}

// openIn starts a site in a world that is there already; there may be several.
func openIn(t testing.TB, world *dbtest.World, options ...func(*handlers.Config)) *site {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := &url.URL{Scheme: "http", Host: listener.Addr().String()}
	live := handlers.NewLive()
	config := handlers.Config{BaseURL: base, Development: true, Zone: world.Zone, Log: slog.New(slog.DiscardHandler)}
	for _, option := range options {
		option(&config)
	}
	app := handlers.New(world.DB, live, config)
	ctx, cancel := context.WithCancel(context.Background())
	hearing := make(chan struct{})
	conn, err := pgx.Connect(ctx, world.URL)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{}, 2)
	go func() {
		db.Listen(ctx, conn, func() { close(hearing) }, live.Tell)
		conn.Close(context.Background())
		ended <- struct{}{}
	}()
	go func() { app.Listener(listener); ended <- struct{}{} }()
	<-hearing
	t.Cleanup(func() {
		live.Close()
		app.ShutdownWithTimeout(5 * time.Second)
		cancel()
		<-ended
		<-ended
	})
	return &site{World: world, t: t, URL: base.String(), app: app, people: map[string]db.Visitor{}}
}

// Account is the account of one of our people, opened when first asked for.
func (s *site) Account(p dbtest.Person) db.Visitor {
	s.t.Helper()
	if _, known := s.people[p.Email]; !known {
		s.people[p.Email] = s.Person(s.t, p)
	}
	return s.people[p.Email]
}

// As is a browser in which one of our people is signed in.
func (s *site) As(p dbtest.Person) *webtest.Browser {
	s.t.Helper()
	return s.Guest().Holds("sid", s.cookie(p))
}

// Guest is a browser in which nobody is signed in.
func (s *site) Guest() *webtest.Browser {
	s.t.Helper()
	return webtest.Open(s.t, s.URL)
}

func (s *site) cookie(p dbtest.Person) string {
	s.t.Helper()
	secret, err := s.OpenSession(context.Background(), s.Account(p).ID, "test", "127.0.0.1")
	if err != nil {
		s.t.Fatal(err)
	}
	return secret
}

// Work lets the workers do everything that is due at the test's clock, and what follows from it.
func (s *site) Work() {
	s.t.Helper()
	ctx, log := context.Background(), cmp.Or(s.log, slog.New(slog.DiscardHandler))
	client, err := s.NewWorker(&river.Config{
		Queues: map[string]river.QueueConfig{
			"mail": {MaxWorkers: 2}, "assembly": {MaxWorkers: 2}, "render": {MaxWorkers: 2}, "campaigns": {MaxWorkers: 1}, river.QueueDefault: {MaxWorkers: 2},
		},
		Workers:       jobs.Workers(s.DB, jobs.Config{Log: log, BaseURL: s.URL, Sender: s.sender, Redact: views.RedactPDF}),
		Logger:        log,
		FetchCooldown: 5 * time.Millisecond, FetchPollInterval: 10 * time.Millisecond,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.due()
	if err := client.Start(ctx); err != nil {
		s.t.Fatal(err)
	}
	defer client.Stop(ctx)
	for deadline := time.Now().Add(20 * time.Second); s.due(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatal("the workers do not come to an end")
		}
	}
}

// due puts every job that waits for a later hour of the test's clock aside, and the others forward. What is to be done
// at once has the time of the database, which is no test's: that of its making.
// It reports whether any is left to do.
func (s *site) due() (left bool) {
	s.t.Helper()
	err := s.Pool.QueryRow(context.Background(), `
		WITH later AS (UPDATE river_job SET state = 'scheduled' WHERE state = 'available' AND scheduled_at > $1 AND scheduled_at <> created_at),
		     ready AS (UPDATE river_job SET state = 'available', scheduled_at = $1 WHERE state IN ('scheduled', 'retryable') AND scheduled_at <= $1 RETURNING id)
		SELECT EXISTS (SELECT FROM ready) OR EXISTS (SELECT FROM river_job WHERE state = 'running' OR state = 'available' AND (scheduled_at <= $1 OR scheduled_at = created_at))`,
		s.Clock.Now()).Scan(&left)
	if err != nil {
		s.t.Fatal(err)
	}
	return left
}
