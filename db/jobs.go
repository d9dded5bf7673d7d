package db

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

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

// JobCounts counts the jobs in every state, up to a thousand.
func (db *DB) JobCounts(ctx context.Context) (counts map[JobState]int64, err error) {
	rows, err := db.conn.Query(ctx, `
		SELECT s.state::text, (SELECT count(*) FROM (SELECT FROM river_job j WHERE j.state = s.state LIMIT 1000) q)
		FROM unnest(enum_range(NULL::river_job_state)) s (state)`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts = map[JobState]int64{}
	for rows.Next() {
		var state JobState
		var count int64
		if err := rows.Scan(&state, &count); err != nil {
			return nil, err
		}
		counts[state] = count
	}
	return counts, rows.Err()
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

// JobQueue is one of the queues that workers take jobs from.
type JobQueue struct {
	Name   string
	Paused bool
}

// JobQueues lists the queues that a worker has ever served.
func (db *DB) JobQueues(ctx context.Context) (queues []JobQueue, err error) {
	found, err := db.jobs.QueueList(ctx, river.NewQueueListParams())
	if err != nil {
		return nil, err
	}
	for _, queue := range found.Queues {
		queues = append(queues, JobQueue{queue.Name, queue.PausedAt != nil})
	}
	slices.SortFunc(queues, func(a, b JobQueue) int { return strings.Compare(a.Name, b.Name) })
	return queues, nil
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
