// Package dbtest gives a test its own database that nobody else sees and that is gone when the test
// ends, and the people of our stories to live in it.
package dbtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/localpg"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Now is when every test begins: a Monday morning in Berlin.
var Now = time.Date(2026, time.March, 2, 9, 30, 0, 0, time.UTC)

// Clock is a time that a test moves by hand.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Pass lets time go by.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// World is a database of a test's own, its clock and the rules over it.
type World struct {
	*db.DB
	Pool    *pgxpool.Pool
	Traffic *Traffic // what goes over the pool
	URL     string
	Clock   *Clock
}

// Settings are those of a test world at a clock.
func Settings(clock *Clock) db.Settings {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return db.Settings{
		Now: clock.Now, Zone: berlin, CutoffHour: 14, MailGrouping: 30 * time.Minute, DueDays: 7, CampaignRate: 6000,
		KeepSecrets: true, SecretKey: make([]byte, 32),
	}
}

// Open gives the test a database cloned from a migrated template.
func Open(t testing.TB) *World {
	t.Helper()
	server, template, err := prepared()
	if err != nil {
		t.Fatal(err)
	}
	return open(t, server, template, &Clock{at: Now})
}

// Twin gives the test another world that is the same to the last row, and goes its own way from here.
// Nobody else may be connected to this one meanwhile.
func (w *World) Twin(t testing.TB) *World {
	t.Helper()
	server, _, err := prepared()
	if err != nil {
		t.Fatal(err)
	}
	w.Pool.Reset()
	return open(t, server, w.Pool.Config().ConnConfig.Database, &Clock{at: w.Clock.Now()})
}

func open(t testing.TB, server, template string, clock *Clock) *World {
	t.Helper()
	ctx := context.Background()
	name := "test_" + random()
	admin, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(ctx)
	if _, err := admin.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { drop(t, server, name) })
	return enter(t, at(server, name), clock)
}

// At is a world in a database that is there already, and stays when the test ends.
func At(t testing.TB, address string) *World {
	t.Helper()
	return enter(t, address, &Clock{at: Now})
}

func enter(t testing.TB, address string, clock *Clock) *World {
	t.Helper()
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	traffic := &Traffic{}
	config.ConnConfig.Tracer = traffic
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(pool, Settings(clock))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		d.Close()
		pool.Close()
	})
	return &World{DB: d, Pool: pool, Traffic: traffic, URL: address, Clock: clock}
}

// Empty gives the test a database without any table, as a new installation finds it.
func Empty(t testing.TB) (address string) {
	t.Helper()
	ctx := context.Background()
	server, _, err := prepared()
	if err != nil {
		t.Fatal(err)
	}
	admin, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(ctx)
	name := "test_" + random()
	if _, err := admin.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { drop(t, server, name) })
	return at(server, name)
}

func drop(t testing.TB, server, name string) {
	admin, err := pgx.Connect(context.Background(), server)
	if err != nil {
		t.Error(err)
		return
	}
	defer admin.Close(context.Background())
	if _, err := admin.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
		t.Error(err)
	}
}

// prepared finds the server and makes the template, once for all test binaries that run at a time.
var prepared = func() func() (server, template string, err error) {
	var once sync.Once
	var server, template string
	var err error
	return func() (string, string, error) {
		once.Do(func() { server, template, err = prepare(context.Background()) })
		return server, template, err
	}
}()

func prepare(ctx context.Context) (server, template string, err error) {
	if server = os.Getenv("TEST_DATABASE_URL"); server == "" {
		if server, err = localpg.ForTests(); err != nil {
			return "", "", err
		}
	}
	if template, err = templateName(); err != nil {
		return "", "", err
	}
	admin, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", "", err
	}
	defer admin.Close(ctx)
	if _, err := admin.Exec(ctx, "SELECT pg_advisory_lock(7214002)"); err != nil {
		return "", "", err
	}
	defer admin.Exec(ctx, "SELECT pg_advisory_unlock(7214002)")
	var done bool
	if err := admin.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", template).Scan(&done); err != nil || done {
		return server, template, err
	}
	return server, template, makeTemplate(ctx, admin, server, template)
}

// makeTemplate migrates under another name first, so that a killed test leaves no half template.
func makeTemplate(ctx context.Context, admin *pgx.Conn, server, template string) error {
	draft := "draft_" + random()
	if _, err := admin.Exec(ctx, "CREATE DATABASE "+draft); err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, at(server, draft))
	if err != nil {
		return err
	}
	err = db.Migrate(ctx, pool)
	pool.Close()
	if err != nil {
		return err
	}
	_, err = admin.Exec(ctx, "ALTER DATABASE "+draft+" RENAME TO "+template)
	return err
}

// templateName changes with every change of the schema.
func templateName() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(db.Migrations(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(db.Migrations(), path)
		sum.Write(content)
		return err
	})
	return fmt.Sprintf("template_%x", sum.Sum(nil)[:8]), err
}

func at(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err)
	}
	u.Path = "/" + name
	return u.String()
}

func random() string {
	raw := make([]byte, 6)
	rand.Read(raw)
	return hex.EncodeToString(raw)
}
