// Package jobs is what the cabinet does after it has answered.
package jobs

import (
	"context"
	"log/slog"
	"time"

	"cabinet/db"

	"github.com/riverqueue/river"
)

// Config is what the program decides about the workers.
type Config struct {
	Log           *slog.Logger
	BaseURL       string // links in mails are built from it
	Sender        Sender // nil: mails stay here and count as sent
	ReplyByNumber bool   // answers to help+12345-6@… reach the support too

	// Redact takes its author's name out of a document; db.ErrUnreadable when that can not be done.
	Redact func(context.Context, []byte) ([]byte, error)

	// Patience is how long a running job may go on once the worker was asked to stop. Then it is broken off, and
	// the next worker does it again.
	Patience time.Duration
}

// New is the worker: its queues by patience, its workers and its periodic list.
func New(d *db.DB, config Config) (*db.Worker, error) {
	return d.NewWorker(&river.Config{
		Queues: map[string]river.QueueConfig{
			"mail":             {MaxWorkers: 4},
			"assembly":         {MaxWorkers: 2},
			"campaigns":        {MaxWorkers: 1},
			"render":           {MaxWorkers: 2},
			river.QueueDefault: {MaxWorkers: 4},
		},
		Workers:              Workers(d, config),
		PeriodicJobs:         periodic(),
		ErrorHandler:         &failures{d, config.Log},
		Logger:               config.Log,
		JobTimeout:           time.Minute,
		SoftStopTimeout:      config.Patience,
		RescueStuckJobsAfter: 2 * time.Minute,
		FetchCooldown:        db.JobsWithin,
		FetchPollInterval:    time.Second,
	})
}

// Workers knows every kind of job.
func Workers(d *db.DB, config Config) *river.Workers {
	workers := river.NewWorkers()
	river.AddWorker(workers, &sendMail{db: d, Config: config})
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[db.Sweep]) error { return d.Sweep(ctx) }))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[db.WakeTickets]) error { return d.WakeTickets(ctx) }))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[db.ExpirePoints]) error { return d.ExpirePoints(ctx) }))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[db.RewardReferrals]) error { return d.RewardReferrals(ctx) }))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[db.StartTurnover]) error { return d.StartTurnover(ctx) }))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[db.MailEntrants]) error {
		return d.MailEntrants(ctx, job.Args)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[db.CountTurnover]) error {
		return d.CountTurnover(ctx, job.Args)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[db.PublishArticles]) error { return d.PublishArticles(ctx) }))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[db.CloseContests]) error { return d.CloseContests(ctx) }))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[db.RefundArticle]) error {
		return d.RefundArticle(ctx, job.Args)
	}))
	river.AddWorker(workers, &auditBooks{db: d, log: config.Log})
	addParcels(workers, d)
	addFiles(workers, d)
	addDreams(workers, d)
	addCampaigns(workers, d, config)
	addConsultations(workers, d, config)
	addMagazine(workers, d)
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, job *river.Job[db.MailRecoveryLinks]) error {
		return d.MailRecoveryLinks(ctx, job.Args.Identifier)
	}))
	return workers
}

// periodic is everything that happens by itself, and how often.
func periodic() []*river.PeriodicJob {
	return []*river.PeriodicJob{
		every(time.Hour, db.Sweep{}),
		every(time.Hour, db.WakeTickets{}),
		every(time.Hour, db.RemindHolds{}),
		every(time.Hour, db.ExpirePoints{}),
		every(time.Minute, db.KeepPromises{}),
		every(10*time.Minute, db.PublishArticles{}),
		every(10*time.Minute, db.CloseContests{}),
		every(time.Hour, db.MoveAllContents{}),
		every(24*time.Hour, db.SweepParcels{}),
		every(24*time.Hour, db.EstimateAssembly{}),
		every(24*time.Hour, db.AuditBooks{}),
		every(24*time.Hour, db.RewardReferrals{}),
		every(24*time.Hour, db.StartTurnover{}),
	}
}

// every inserts a job at each period, once however many workers there are.
func every(period time.Duration, args river.JobArgs) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(period), func() (river.JobArgs, *river.InsertOpts) {
		return args, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByPeriod: period}}
	}, &river.PeriodicJobOpts{RunOnStart: true})
}
