package db

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

type JobID int64

// Topic names the job in the staff's page of jobs.
func (id JobID) Topic() string { return topic("job", id) }

// JobState is how far a job has come.
type JobState string

const (
	JobAvailable JobState = "available"
	JobScheduled JobState = "scheduled"
	JobRunning   JobState = "running"
	JobRetryable JobState = "retryable" // failed, and tried again
	JobDiscarded JobState = "discarded" // failed too often
	JobCancelled JobState = "cancelled"
	JobCompleted JobState = "completed"
)

// Retryable reports whether staff may have a job in this state tried at once.
func (s JobState) Retryable() bool {
	return s == JobRetryable || s == JobDiscarded || s == JobCancelled || s == JobScheduled
}

// Cancellable reports whether a job in this state may still be called off.
func (s JobState) Cancellable() bool {
	return s == JobAvailable || s == JobScheduled || s == JobRunning || s == JobRetryable
}

// Job is work to be done after the answer. Its arguments hold ids and never a secret.
type Job struct {
	ID          JobID
	Kind        string
	Queue       string
	Args        string
	State       JobState
	Attempt     int
	MaxAttempts int
	Error       string    // of the last try
	FailedAt    time.Time // zero: never
	At          time.Time // when it is due, or ended
}

// JobFilter narrows the list of jobs. Below is the number of the last one that was shown.
type JobFilter struct {
	States []JobState
	Below  JobID
}

// Jobs lists jobs, newest first, and gives the filter of the next page; Below is 0 where the list ends.
func (db *DB) Jobs(ctx context.Context, filter JobFilter, size int) (jobs []Job, next JobFilter, err error) {
	params := river.NewJobListParams().OrderBy(river.JobListOrderByID, river.SortOrderDesc).First(size + 1)
	if len(filter.States) > 0 {
		var states []rivertype.JobState
		for _, state := range filter.States {
			states = append(states, rivertype.JobState(state))
		}
		params = params.States(states...)
	}
	if filter.Below > 0 {
		params = params.After(river.JobListCursorFromJob(&rivertype.JobRow{ID: int64(filter.Below)}))
	}
	found, err := db.jobs.JobList(ctx, params)
	if err != nil {
		return nil, filter, err
	}
	for _, row := range found.Jobs {
		jobs = append(jobs, jobOf(row))
	}
	filter.Below = 0
	if len(jobs) > size {
		jobs = jobs[:size]
		filter.Below = jobs[size-1].ID
	}
	return jobs, filter, nil
}

func jobOf(row *rivertype.JobRow) Job {
	job := Job{
		ID: JobID(row.ID), Kind: row.Kind, Queue: row.Queue, Args: string(row.EncodedArgs), State: JobState(row.State),
		Attempt: row.Attempt, MaxAttempts: row.MaxAttempts, At: row.ScheduledAt,
	}
	if row.FinalizedAt != nil {
		job.At = *row.FinalizedAt
	}
	if last := len(row.Errors) - 1; last >= 0 {
		job.Error, job.FailedAt = row.Errors[last].Error, row.Errors[last].At
	}
	return job
}

// CountedUpTo is where counting ends: a figure of a thousand means a thousand or more, and costs the same however many
// there are.
const CountedUpTo = 1000

// Queues are those that our own jobs go to, whether a worker has ever served them or not.
var Queues = []string{"assembly", "campaigns", river.QueueDefault, "mail"}

// JobQueue is one of the queues that workers take jobs from.
type JobQueue struct {
	Name   string
	Served bool // by a worker, in the last day
	Paused bool
	Counts map[JobState]int64
	Waits  time.Duration // how long the job has been due that waits longest
}

// JobQueues lists the queues with what is in them.
func (db *DB) JobQueues(ctx context.Context) (queues []JobQueue, err error) {
	rows, err := db.conn.Query(ctx, `
		SELECT q.name, r.name IS NOT NULL, r.paused_at IS NOT NULL, s.state::text,
		    -- The order is that of the index: without it a state with no jobs would be looked for in the whole table.
		    (SELECT count(*) FROM (SELECT FROM river_job j WHERE j.state = s.state AND j.queue = q.name
		        ORDER BY j.state, j.queue, j.priority, j.scheduled_at, j.id LIMIT $1) c),
		    CASE WHEN s.state IN ('available', 'scheduled', 'retryable') THEN
		        (SELECT min(j.scheduled_at) FROM generate_series(1, 4) p CROSS JOIN LATERAL (
		            SELECT scheduled_at FROM river_job WHERE state = s.state AND queue = q.name AND priority = p
		            ORDER BY scheduled_at LIMIT 1) j)
		    END
		FROM (SELECT name FROM river_queue UNION SELECT unnest($2::text[])) q
		LEFT JOIN river_queue r ON r.name = q.name
		CROSS JOIN unnest(enum_range(NULL::river_job_state)) s (state)
		ORDER BY q.name, s.state`, CountedUpTo, Queues)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var queue JobQueue
		var state JobState
		var count int64
		var first *time.Time
		if err := rows.Scan(&queue.Name, &queue.Served, &queue.Paused, &state, &count, &first); err != nil {
			return nil, err
		}
		if len(queues) == 0 || queues[len(queues)-1].Name != queue.Name {
			queue.Counts = map[JobState]int64{}
			queues = append(queues, queue)
		}
		last := &queues[len(queues)-1]
		last.Counts[state] = count
		if first != nil {
			last.Waits = max(last.Waits, db.Now().Sub(*first))
		}
	}
	return queues, rows.Err()
}

// WorkerAlive reports whether any worker is at work: they choose one among them every few seconds.
func (db *DB) WorkerAlive(ctx context.Context) (alive bool, err error) {
	err = db.conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM river_leader WHERE expires_at > now())").Scan(&alive)
	return alive, err
}

// JobByID finds one job.
func (db *DB) JobByID(ctx context.Context, id JobID) (Job, error) {
	row, err := db.jobs.JobGet(ctx, int64(id))
	if err != nil {
		return Job{}, jobError(err)
	}
	return jobOf(row), nil
}

// RetryJob has a job tried at once.
func (db *DB) RetryJob(ctx context.Context, id JobID) (Job, error) {
	return db.moveJob(ctx, id, JobState.Retryable, db.jobs.JobRetry)
}

// failed are the states from which one button has jobs tried again. What was called off stays called off.
var failed = []JobState{JobRetryable, JobDiscarded}

// FailedKind is how many jobs of a kind failed.
type FailedKind struct {
	Kind string
	Jobs int64
}

// FailedJobs counts by kind, up to a thousand of them, what RetryFailedJobs would have tried again.
func (db *DB) FailedJobs(ctx context.Context) (kinds []FailedKind, err error) {
	rows, err := db.conn.Query(ctx, `
		SELECT kind, count(*) FROM (SELECT kind FROM river_job WHERE state IN ('retryable', 'discarded') LIMIT $1) j
		GROUP BY kind ORDER BY count(*) DESC, kind`, CountedUpTo)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[FailedKind])
}

// RetryFailedJobs has all jobs tried at once that failed, up to a thousand. One that somebody else moves meanwhile, or
// that has a successor already, is left alone.
func (db *DB) RetryFailedJobs(ctx context.Context) (retried int, err error) {
	jobs, _, err := db.Jobs(ctx, JobFilter{States: failed}, CountedUpTo)
	if err != nil {
		return 0, err
	}
	if len(jobs) == 0 {
		return 0, Refusal("jobs.none_failed")
	}
	for _, job := range jobs {
		_, err := db.jobs.JobRetry(ctx, int64(job.ID))
		if err == nil {
			retried++
			continue
		}
		if broken, ok := errors.AsType[*pgconn.PgError](err); !errors.Is(err, rivertype.ErrNotFound) && !(ok && broken.Code == "23505") {
			return retried, err
		}
	}
	db.AnnounceJobs()
	return retried, nil
}

// CancelJob calls a job off. One that is running is asked to stop.
func (db *DB) CancelJob(ctx context.Context, id JobID) (Job, error) {
	return db.moveJob(ctx, id, JobState.Cancellable, db.jobs.JobCancel)
}

func (db *DB) moveJob(ctx context.Context, id JobID, may func(JobState) bool, move func(context.Context, int64) (*rivertype.JobRow, error)) (Job, error) {
	job, err := db.JobByID(ctx, id)
	if err != nil {
		return Job{}, err
	}
	if !may(job.State) {
		return job, Refusal("jobs.wrong_state")
	}
	row, err := move(ctx, int64(id))
	if err != nil {
		return Job{}, jobError(err)
	}
	db.AnnounceJobs()
	return jobOf(row), nil
}

// jobError says in our words that there is no such job.
func jobError(err error) error {
	if errors.Is(err, rivertype.ErrNotFound) {
		return ErrNotFound
	}
	return err
}

// PauseQueue lets the jobs of a queue wait until it is resumed.
func (db *DB) PauseQueue(ctx context.Context, name string) error {
	return db.moveQueue(ctx, name, db.jobs.QueuePause)
}

// ResumeQueue lets them go on.
func (db *DB) ResumeQueue(ctx context.Context, name string) error {
	return db.moveQueue(ctx, name, db.jobs.QueueResume)
}

func (db *DB) moveQueue(ctx context.Context, name string, move func(context.Context, string, *river.QueuePauseOpts) error) error {
	if name == "*" || name == "" { // River's word for all of them
		return ErrNotFound
	}
	if err := move(ctx, name, nil); err != nil {
		return jobError(err)
	}
	db.AnnounceJobs()
	return nil
}

// AnnounceJobs wakes the staff's page of jobs. The worker calls it when a job fails.
func (db *DB) AnnounceJobs() { db.live.tell([]Topic{{StaffAudience, "jobs"}}) }
