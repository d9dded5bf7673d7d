package db_test

import (
	"errors"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

func TestRetryFailedJobs(t *testing.T) {
	w := dbtest.Open(t)
	insert := func(kind, state, key string) {
		t.Helper()
		_, err := w.Pool.Exec(t.Context(), `INSERT INTO river_job (kind, state, attempt, max_attempts, args, scheduled_at, finalized_at, unique_key, unique_states)
			VALUES ($1, $2::river_job_state, 25, 25, '{}', now() + interval '1 hour', CASE WHEN $2 IN ('discarded', 'cancelled') THEN now() END, nullif($3, '')::bytea, B'11110101')`, kind, state, key)
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Run("with nothing that failed it says so", func(t *testing.T) {
		if _, err := w.RetryFailedJobs(t.Context()); !errors.Is(err, db.Refusal("jobs.none_failed")) {
			t.Error(err)
		}
	})
	t.Run("those tried again are those that were counted before; the others are left alone", func(t *testing.T) {
		insert("send_mail", "retryable", "")
		insert("send_mail", "discarded", "")
		insert("send_mail", "cancelled", "")
		insert("sweep", "discarded", "today")
		insert("sweep", "available", "today") // its successor
		kinds, err := w.FailedJobs(t.Context())
		if err != nil || len(kinds) != 2 || kinds[0] != (db.FailedKind{Kind: "send_mail", Jobs: 2}) {
			t.Error(kinds, err)
		}
		if retried, err := w.RetryFailedJobs(t.Context()); err != nil || retried != 2 {
			t.Errorf("%d jobs tried again: %v", retried, err)
		}
		left, _, err := w.Jobs(t.Context(), db.JobFilter{States: []db.JobState{db.JobCancelled, db.JobDiscarded}}, 10)
		if err != nil || len(left) != 2 {
			t.Error(left, err)
		}
	})
	t.Run("a queue that no worker ever served is in the list, and how long it has waited", func(t *testing.T) {
		w.Clock.Pass(time.Until(w.Clock.Now()) * -1) // jobs go by the clock on the wall
		w.Clock.Pass(time.Hour)
		queues, err := w.JobQueues(t.Context())
		if err != nil || len(queues) != len(db.Queues) {
			t.Fatal(queues, err)
		}
		for _, queue := range queues {
			if waits := queue.Waits > 30*time.Minute; waits != (queue.Name == "default") || queue.Served {
				t.Errorf("%+v", queue)
			}
		}
	})
}
