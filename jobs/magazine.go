package jobs

import (
	"context"

	"cabinet/db"
	"cabinet/views"

	"github.com/riverqueue/river"
)

func addMagazine(workers *river.Workers, d *db.DB) {
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[db.DeliverIssue]) error {
		return d.DeliverIssue(ctx, job.Args.Issue)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[db.StampIssue]) error {
		return d.StampIssue(ctx, job.Args, views.StampPDF)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[db.RenewSubscription]) error {
		return d.RenewSubscription(ctx, job.Args.Subscription)
	}))
}
