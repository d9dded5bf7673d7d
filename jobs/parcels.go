package jobs

import (
	"context"

	"cabinet/db"

	"github.com/riverqueue/river"
)

// addParcels knows the work of the warehouse that nobody has to click for.
func addParcels(workers *river.Workers, d *db.DB) {
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[db.FormParcels]) error {
		return d.FormParcelOf(ctx, job.Args.OrderID)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[db.RecheckParcels]) error {
		return d.RecheckParcelsOf(ctx, job.Args.AccountID)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[db.RecheckMethod]) error {
		return d.RecheckParcelsBy(ctx, job.Args.MethodCode)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[db.RemindHolds]) error { return d.RemindHolds(ctx) }))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[db.SweepParcels]) error { return d.SweepParcels(ctx) }))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[db.EstimateAssembly]) error { return d.EstimateAssembly(ctx) }))
}
