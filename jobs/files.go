package jobs

import (
	"context"

	"cabinet/db"

	"github.com/riverqueue/river"
)

func addFiles(workers *river.Workers, d *db.DB) {
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[db.MoveContents]) error {
		return d.MoveContents(ctx, job.Args.File)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[db.MoveAllContents]) error { return d.MoveAllContents(ctx) }))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[db.ForgetContent]) error {
		return d.ForgetContent(ctx, db.ContentKey(job.Args))
	}))
}
