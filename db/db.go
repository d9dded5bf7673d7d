// Package db is the model of the cabinet: its tables, the rules that change them,
// and the jobs that those changes set off.
//
// Queries with a capital letter only read, and anyone may call them. Queries
// without one change rows, so they stay behind the rules in this package.
package db

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the steps of the schema.
func Migrations() fs.FS { return migrations }

// Conn is a pool in production and a rolled-back transaction in some tests.
type Conn interface {
	DBTX
	Begin(context.Context) (pgx.Tx, error)
	SendBatch(context.Context, *pgx.Batch) pgx.BatchResults
}

// Settings are what an operator or a test decides about the rules.
type Settings struct {
	Now          func() time.Time
	Zone         *time.Location // of the warehouse: cut-off, promises and due dates
	CutoffHour   int            // ready after this hour counts as ready on the next day
	MailGrouping time.Duration  // how long scans are gathered into one mail
	DueDays      int            // how long an invoice may be paid
	EarlyParcels bool           // a parcel may be sent to processing before all its items have come
	CampaignRate int            // mails of campaigns a minute, in all; 0: as many as there are
	KeepSecrets  bool           // without a mail server: /dev/mail shows links and codes after they were delivered
	SecondFactor bool           // staff sign in with a one-time code
	Storage      Contents       // where files go after they were sent; nil: they stay in their table
	SecretKey    []byte         // 32 bytes that encrypt what must be read again, as the keys of one-time codes
}

// DB answers questions and carries out changes.
type DB struct {
	*Queries
	Settings
	conn   Conn
	jobs   *river.Client[pgx.Tx]
	live   *announcer
	owners *owners
}

// JobsWithin is how soon workers look again after they have looked for jobs, and how often in that time who makes jobs
// wakes them: both sides have to know it.
const JobsWithin = 10 * time.Millisecond

// Open joins the rules to a database.
func Open(conn Conn, settings Settings) (*DB, error) {
	pool, _ := conn.(*pgxpool.Pool)
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{FetchCooldown: JobsWithin})
	if err != nil {
		return nil, err
	}
	return &DB{New(conn), settings, conn, jobs, newAnnouncer(conn), &owners{}}, nil
}

// Today is the calendar day at the warehouse.
func (db *DB) Today() Day { return DayOf(db.Now(), db.Zone) }

// Worker is what works jobs off.
type Worker = river.Client[pgx.Tx]

// NewWorker joins workers and their queues to the database.
func (db *DB) NewWorker(config *river.Config) (*Worker, error) {
	pool, ok := db.conn.(*pgxpool.Pool)
	if !ok {
		return nil, errors.New("a worker needs a pool of connections")
	}
	return river.NewClient(riverpgxv5.New(pool), config)
}

// Ready asks the database for a sign of life.
func (db *DB) Ready(ctx context.Context) error {
	_, err := db.conn.Exec(ctx, "SELECT 1")
	return err
}

// Close sends what is still to be announced.
func (db *DB) Close() { db.live.close() }

// change is one transaction: its rows, jobs and announcements all happen or none does.
type change struct {
	*Queries
	later *Queries // for writes whose answer nobody waits for: they travel with the next question, or with the commit
	Settings
	now    time.Time
	jobs   []river.InsertManyParams
	topics []Topic
}

func (db *DB) change(ctx context.Context, fn func(*change) error) error {
	c := &change{Settings: db.Settings, now: db.Now()}
	err := transact(ctx, db.conn, func(t *transaction) error {
		later := unawaited{t: t}
		c.Queries, c.later = New(t), New(later)
		if err := fn(c); err != nil || len(c.jobs) == 0 {
			return err
		}
		_, err := db.jobs.InsertManyTx(ctx, later, c.jobs)
		return err
	})
	if err != nil {
		return said(err)
	}
	db.live.tell(c.topics)
	return nil
}

// today is the calendar day at the warehouse.
func (c *change) today() Day { return DayOf(c.now, c.Zone) }

// enqueue asks for work to be done after the commit, at once: a job with a time, even one that has come, waits until
// River looks through the scheduled ones, which it does every five seconds.
func (c *change) enqueue(job river.JobArgs) {
	c.jobs = append(c.jobs, river.InsertManyParams{Args: job})
}

// enqueueAt asks for work to be done after the commit, and not before a time.
func (c *change) enqueueAt(job river.JobArgs, at time.Time) {
	c.jobs = append(c.jobs, river.InsertManyParams{Args: job, InsertOpts: &river.InsertOpts{ScheduledAt: at}})
}
