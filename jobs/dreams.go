package jobs

import (
	"context"

	"cabinet/db"
	"cabinet/views"

	"github.com/riverqueue/river"
)

func addDreams(workers *river.Workers, d *db.DB) {
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[db.DrawDream]) error {
		return d.DrawDream(ctx, job.Args.DreamID, views.Markdown)
	}))
}
