package handlers

import (
	"errors"
	"net/url"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

func (h *Handlers) jobRoutes() []Route {
	return []Route{
		{"GET", "/staff/jobs", staff(db.Admin), h.listJobs},
		{"POST", "/staff/jobs/retry", staff(db.Admin), h.retryFailedJobs},
		{"POST", "/staff/jobs/:id<int>/retry", staff(db.Admin), h.retryJob},
		{"POST", "/staff/jobs/:id<int>/cancellation", staff(db.Admin), h.cancelJob},
		{"POST", "/staff/queues/:queue/pause", staff(db.Admin), h.pauseQueue},
		{"POST", "/staff/queues/:queue/resumption", staff(db.Admin), h.resumeQueue},
		{"POST", "/staff/audits", staff(db.Admin), h.askForAudit},
	}
}

const jobsOnAPage = 50

// listJobs shows what the workers do, and first what they can not.
func (h *Handlers) listJobs(c *fiber.Ctx) error {
	list, err := h.jobs(c)
	if err != nil {
		return err
	}
	if swaps(c) {
		return fragment(c, views.JobsBody(list))
	}
	return document(c, "jobs.title", views.Jobs(list))
}

func (h *Handlers) jobs(c *fiber.Ctx) (list views.JobList, err error) {
	list.Group, list.Below = c.Query("group"), below[db.JobID](c)
	if views.JobGroups[list.Group] == nil {
		list.Group = "failing"
	}
	jobs, next, err := h.db.Jobs(c.UserContext(), db.JobFilter{States: views.JobGroups[list.Group], Below: list.Below}, jobsOnAPage)
	if err != nil {
		return list, err
	}
	list.Jobs, list.Next = jobs, next.Below
	if list.Group == "failing" {
		if list.Failed, err = h.db.FailedJobs(c.UserContext()); err != nil {
			return list, err
		}
	}
	if list.Queues, err = h.db.JobQueues(c.UserContext()); err != nil {
		return list, err
	}
	if list.Alive, err = h.db.WorkerAlive(c.UserContext()); err != nil {
		return list, err
	}
	if list.Audit, err = h.db.LastAudit(c.UserContext()); errors.Is(err, db.ErrNotFound) {
		return list, nil
	}
	return list, err
}

func (h *Handlers) retryJob(c *fiber.Ctx) error {
	if _, err := h.db.RetryJob(c.UserContext(), id[db.JobID](c)); err != nil {
		return err
	}
	return h.jobsMoved(c, "jobs.retried")
}

// retryFailedJobs has everything done again that failed.
func (h *Handlers) retryFailedJobs(c *fiber.Ctx) error {
	if _, err := h.db.RetryFailedJobs(c.UserContext()); err != nil {
		return err
	}
	return h.jobsMoved(c, "jobs.retried_all")
}

func (h *Handlers) askForAudit(c *fiber.Ctx) error {
	if err := h.db.AskForAudit(c.UserContext()); err != nil {
		return err
	}
	return h.jobsMoved(c, "jobs.audit_asked")
}

func (h *Handlers) cancelJob(c *fiber.Ctx) error {
	if _, err := h.db.CancelJob(c.UserContext(), id[db.JobID](c)); err != nil {
		return err
	}
	return h.jobsMoved(c, "jobs.cancelled")
}

func (h *Handlers) pauseQueue(c *fiber.Ctx) error {
	if err := h.db.PauseQueue(c.UserContext(), queueName(c)); err != nil {
		return err
	}
	return h.jobsMoved(c, "jobs.queue_paused")
}

func (h *Handlers) resumeQueue(c *fiber.Ctx) error {
	if err := h.db.ResumeQueue(c.UserContext(), queueName(c)); err != nil {
		return err
	}
	return h.jobsMoved(c, "jobs.queue_resumed")
}

// jobsMoved answers an act with the list it was done in.
func (h *Handlers) jobsMoved(c *fiber.Ctx, said string) error {
	list, err := h.jobs(c)
	if err != nil {
		return err
	}
	flash(c, said)
	return done(c, "/staff/jobs", views.JobsBody(list))
}

// queueName is the name in the address. Whatever it is, a queue that is not there is not found.
func queueName(c *fiber.Ctx) string {
	name, err := url.PathUnescape(c.Params("queue"))
	if err != nil {
		return ""
	}
	return name
}
