package handlers

import (
	"fmt"
	"slices"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// deskDreamRoutes are the queue of dreams that were sent to us. What is published is the editor's to decide.
func (h *Handlers) deskDreamRoutes() []Route {
	readers, editors := staff(db.Editor, db.Consultant), staff(db.Editor)
	return []Route{
		{"GET", "/staff/dreams", readers, h.listDeskDreams},
		{"GET", "/staff/dreams/:id<int>", readers, h.showDeskDream},
		{"POST", "/staff/dreams/:id<int>/answer", readers, h.answerDream},
		{"POST", "/staff/dreams/:id<int>/rejection", editors, h.declineDream},
		{"POST", "/staff/dreams/:id<int>/publication", editors, h.publishDream},
		{"POST", "/staff/dreams/:id<int>/withdrawal", editors, h.unpublishDream},
	}
}

// dreamQueue is the status that an address names; what waits for us is the first one.
func dreamQueue(name string) db.DreamStatus {
	if queue := db.DreamStatus(name); slices.Contains(db.DreamQueues, queue) {
		return queue
	}
	return db.DreamSubmitted
}

func (h *Handlers) listDeskDreams(c *fiber.Ctx) error {
	list := views.DeskDreamList{Queue: dreamQueue(c.Query("queue"))}
	rows, more, err := h.db.DreamsWaiting(c.UserContext(), list.Queue, placeOf[db.DreamID](c.Query("behind")))
	if err != nil {
		return err
	}
	if list.Rows = rows; more {
		last := rows[len(rows)-1]
		list.More = "/staff/dreams?queue=" + string(list.Queue) + "&behind=" + placeText(last.SubmittedAt, last.ID)
	}
	return page(c, "nav.staff.dreams", views.DeskDreams(list))
}

func (h *Handlers) showDeskDream(c *fiber.Ctx) error {
	return h.drawDeskDream(c, fiber.StatusOK, views.DeskDream{})
}

// drawDeskDream shows a dream with what was typed about it.
func (h *Handlers) drawDeskDream(c *fiber.Ctx, status int, desk views.DeskDream) (err error) {
	if desk.DreamAtDeskRow, err = h.db.DreamAtDesk(c.UserContext(), id[db.DreamID](c)); err != nil {
		return err
	}
	desk.Editor = me(c).Has(db.Editor)
	c.Status(status)
	return page(c, views.TF(c.UserContext(), "dreams.numbered", "number", desk.ID.Number()), views.DeskDreamPage(desk))
}

func (h *Handlers) answerDream(c *fiber.Ctx) error {
	text := posted(c, "answer")
	return h.deskDreamDone(c, h.db.AnswerDream(c.UserContext(), me(c), id[db.DreamID](c), text), "desk.dreams.answered_now", views.DeskDream{Typed: text})
}

func (h *Handlers) declineDream(c *fiber.Ctx) error {
	reason := posted(c, "reason")
	return h.deskDreamDone(c, h.db.DeclineDream(c.UserContext(), me(c), id[db.DreamID](c), reason), "desk.dreams.declined_now", views.DeskDream{TypedReason: reason})
}

// deskDreamDone goes on to the queue, or shows why not, with what was typed.
func (h *Handlers) deskDreamDone(c *fiber.Ctx, err error, said string, typed views.DeskDream) error {
	if problems, status := whyNot(err); problems != nil {
		typed.Problems = problems
		return h.drawDeskDream(c, status, typed)
	}
	if err != nil {
		return err
	}
	flash(c, said)
	return moved(c, "/staff/dreams")
}

func (h *Handlers) publishDream(c *fiber.Ctx) error {
	return h.dreamPublishing(c, h.db.PublishDream(c.UserContext(), me(c), id[db.DreamID](c)), "desk.dreams.published_now")
}

func (h *Handlers) unpublishDream(c *fiber.Ctx) error {
	return h.dreamPublishing(c, h.db.UnpublishDream(c.UserContext(), me(c), id[db.DreamID](c)), "desk.dreams.unpublished_now")
}

func (h *Handlers) dreamPublishing(c *fiber.Ctx, err error, said string) error {
	if err != nil {
		return err
	}
	flash(c, said)
	return moved(c, fmt.Sprintf("/staff/dreams/%d", id[db.DreamID](c)))
}
