package jobs

import (
	"context"
	"log/slog"
	"time"

	"cabinet/db"

	"github.com/riverqueue/river"
)

// auditBooks recomputes everything and keeps what it found. It reads the whole ledger, so it may take long.
type auditBooks struct {
	river.WorkerDefaults[db.AuditBooks]
	db  *db.DB
	log *slog.Logger
}

func (*auditBooks) Timeout(*river.Job[db.AuditBooks]) time.Duration { return time.Hour }

// Work does not fail when the books do not add up: trying again would find the same.
func (a *auditBooks) Work(ctx context.Context, _ *river.Job[db.AuditBooks]) error {
	result, findings, err := a.db.KeepAudit(ctx)
	if err == nil && result.Differences > 0 {
		a.log.ErrorContext(ctx, "the audit found differences", "differences", result.Differences, "first", findings[0])
	}
	return err
}
