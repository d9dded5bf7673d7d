package jobs

import (
	"context"
	"log/slog"

	"cabinet/db"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// failures puts what went wrong into the log, and wakes the staff's page of jobs.
type failures struct {
	db  *db.DB
	log *slog.Logger
}

// HandleError is told of each failed try.
func (f *failures) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	f.log.WarnContext(ctx, "job failed", "kind", job.Kind, "id", job.ID, "attempt", job.Attempt, "err", err)
	f.db.AnnounceJobs()
	return nil
}

// HandlePanic is told of each try that broke the program's own rules.
func (f *failures) HandlePanic(ctx context.Context, job *rivertype.JobRow, panicked any, trace string) *river.ErrorHandlerResult {
	f.log.ErrorContext(ctx, "job panicked", "kind", job.Kind, "id", job.ID, "attempt", job.Attempt, "panic", panicked, "trace", trace)
	f.db.AnnounceJobs()
	return nil
}
