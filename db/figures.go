package db

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Figures are what an operator watches in the database. None of them costs more as the tables grow.
type Figures struct {
	Queues      []JobQueue
	WorkerAlive bool
	Mails       MailsNow
	Audit       AuditResult // the newest; zero: there was none yet
	Bytes       int64       // of the whole database
}

// Figures asks for all of them.
func (db *DB) Figures(ctx context.Context) (f Figures, err error) {
	if f.Queues, err = db.JobQueues(ctx); err != nil {
		return f, err
	}
	if f.WorkerAlive, err = db.WorkerAlive(ctx); err != nil {
		return f, err
	}
	if f.Mails, err = db.MailsNow(ctx); err != nil {
		return f, err
	}
	if f.Audit, err = db.LastAudit(ctx); err != nil && !errors.Is(err, ErrNotFound) {
		return f, err
	}
	f.Bytes, err = db.DatabaseBytes(ctx)
	return f, err
}

// MailsNow is what becomes of mails. Those that left are of the last hour.
type MailsNow struct {
	MailFiguresRow
	Waits time.Duration // how long the first in the queue could have left
}

// MailsNow counts them.
func (db *DB) MailsNow(ctx context.Context) (mails MailsNow, err error) {
	now := db.Now()
	mails.MailFiguresRow, err = db.MailFigures(ctx, now.Add(-time.Hour), now)
	mails.Waits = max(0, now.Sub(mails.Oldest))
	return mails, err
}

// Pool is how busy the connections of this process are.
type Pool struct {
	Acquired, Idle, Most int32
	Waits                int64 // how often somebody had to wait for one
	Waited               time.Duration
}

// Pool is zero in a test that is one transaction.
func (db *DB) Pool() Pool {
	pool, ok := db.conn.(*pgxpool.Pool)
	if !ok {
		return Pool{}
	}
	s := pool.Stat()
	return Pool{s.AcquiredConns(), s.IdleConns(), s.MaxConns(), s.EmptyAcquireCount(), s.EmptyAcquireWaitTime()}
}
