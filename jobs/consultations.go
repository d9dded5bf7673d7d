package jobs

import (
	"context"

	"cabinet/db"
	"cabinet/views"

	"github.com/riverqueue/river"
)

func addConsultations(workers *river.Workers, d *db.DB, config Config) {
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[db.DrawConsultation]) error {
		return d.DrawConsultation(ctx, job.Args.MessageID, views.Markdown)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[db.RedactDocument]) error {
		return d.RedactDocument(ctx, job.Args.File, config.Redact)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[db.KeepPromises]) error { return d.KeepPromises(ctx) }))
}
