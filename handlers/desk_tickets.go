package handlers

import (
	"context"
	"errors"
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
)

// deskTicketRoutes are the queue of customers' questions. Which of them a buyer may see is for db to say.
func (h *Handlers) deskTicketRoutes() []Route {
	answerers := staff(db.Support, db.Buyer)
	return []Route{
		{"GET", "/staff/tickets", answerers, h.listDeskTickets},
		{"GET", "/staff/tickets/:id<int>", answerers, h.showDeskTicket},
		{"GET", "/staff/tickets/:id<int>/row", answerers, h.showDeskTicketRow},
		{"GET", "/staff/tickets/:id<int>/thread", answerers, h.showDeskThread},
		{"POST", "/staff/tickets/:id<int>/answer", answerers, h.answerTicket},
		{"POST", "/staff/tickets/:id<int>/resolution", answerers, h.resolveDeskTicket},
		{"POST", "/staff/tickets/:id<int>/postponement", answerers, h.snoozeTicket},
	}
}

func deskTicketPath(id db.TicketID) string {
	return "/staff/tickets/" + strconv.FormatInt(int64(id), 10)
}

// ticketQueue is the status that an address or a form names; what waits for us is the first one.
func ticketQueue(name string) db.TicketStatus {
	for _, queue := range db.TicketQueues {
		if string(queue) == name {
			return queue
		}
	}
	return db.TicketOpen
}

func (h *Handlers) listDeskTickets(c *fiber.Ctx) error {
	list := views.DeskTicketList{Queue: ticketQueue(c.Query("queue"))}
	rows, more, err := h.db.TicketsWaiting(c.UserContext(), me(c), list.Queue, placeOf[db.TicketID](c.Query("behind")))
	if err != nil {
		return err
	}
	if list.Rows = rows; more {
		last := rows[len(rows)-1].Ticket.Place()
		list.More = "/staff/tickets?queue=" + string(list.Queue) + "&behind=" + placeText(last.At, last.ID)
	}
	return page(c, "nav.staff.tickets", views.DeskTickets(list))
}

// deskTicket reads a ticket as its row is opened.
func (h *Handlers) deskTicket(c *fiber.Ctx, number db.TicketID, queue db.TicketStatus) (desk views.DeskTicket, err error) {
	desk.Queue, desk.Form.Key, desk.Tomorrow = queue, views.NewKey(), h.db.Today().Plus(1)
	desk.DeskTicket, err = h.db.DeskTicket(c.UserContext(), me(c), number, db.TicketMessageID(c.QueryInt("below")))
	return desk, err
}

func (h *Handlers) showDeskTicket(c *fiber.Ctx) error {
	desk, err := h.deskTicket(c, id[db.TicketID](c), ticketQueue(c.Query("queue")))
	if err != nil {
		return err
	}
	return page(c, desk.Ticket.Subject, views.DeskTicketPage(desk))
}

// showDeskTicketRow is a row that heard of a change: it goes when the ticket has left its queue.
func (h *Handlers) showDeskTicketRow(c *fiber.Ctx) error {
	row, err := h.db.TicketRow(c.UserContext(), me(c), id[db.TicketID](c))
	if err != nil {
		return err
	}
	queue := ticketQueue(c.Query("queue"))
	if row.Ticket.Status != queue {
		c.Set("HX-Reswap", "delete")
	}
	return fragment(c, views.DeskTicketRow(row, queue))
}

func (h *Handlers) showDeskThread(c *fiber.Ctx) error {
	desk, err := h.deskTicket(c, id[db.TicketID](c), "")
	if err != nil {
		return err
	}
	return fragment(c, views.DeskThread(desk.DeskTicket, int32(c.QueryInt("version"))))
}

func (h *Handlers) answerTicket(c *fiber.Ctx) error {
	var form db.AnswerForm
	if err := parse(c, &form); err != nil {
		return err
	}
	return h.actOnTicket(c, "desk.tickets.answered", func(ctx context.Context, number db.TicketID) (db.Ticket, error) {
		return h.db.AnswerTicket(ctx, me(c), number, form)
	}, func(desk *views.DeskTicket) { desk.Form = form })
}

func (h *Handlers) resolveDeskTicket(c *fiber.Ctx) error {
	return h.actOnTicket(c, "tickets.resolved", func(ctx context.Context, number db.TicketID) (db.Ticket, error) {
		return h.db.ResolveTicketAtDesk(ctx, me(c), number, version(c))
	}, func(*views.DeskTicket) {})
}

func (h *Handlers) snoozeTicket(c *fiber.Ctx) error {
	var form db.SnoozeForm
	if err := parse(c, &form); err != nil {
		return err
	}
	return h.actOnTicket(c, "desk.tickets.snoozed_now", func(ctx context.Context, number db.TicketID) (db.Ticket, error) {
		return h.db.SnoozeTicket(ctx, me(c), number, form)
	}, func(desk *views.DeskTicket) { desk.Until = form.Until })
}

// actOnTicket does an act of the desk and answers with what became of the row. What was typed is kept in it when the
// act was not done.
func (h *Handlers) actOnTicket(c *fiber.Ctx, said string, act func(context.Context, db.TicketID) (db.Ticket, error), keep func(*views.DeskTicket)) error {
	number, queue := id[db.TicketID](c), ticketQueue(posted(c, "queue"))
	before, err := h.db.TicketRow(c.UserContext(), me(c), number)
	if err != nil {
		return err
	}
	after, err := act(c.UserContext(), number)
	if err != nil {
		return h.ticketNotActed(c, number, queue, err, keep)
	}
	flash(c, said)
	if before.Ticket.Status == queue && after.Status != queue {
		return h.nextTicket(c, queue, before.Ticket.Place())
	}
	desk, err := h.deskTicket(c, number, queue)
	if err != nil {
		return err
	}
	return done(c, deskTicketPath(number), views.DeskTicketOpen(desk))
}

// ticketNotActed shows the ticket as it is now, with the reason and with what was typed.
func (h *Handlers) ticketNotActed(c *fiber.Ctx, number db.TicketID, queue db.TicketStatus, why error, keep func(*views.DeskTicket)) error {
	desk, err := h.deskTicket(c, number, queue)
	if err != nil {
		return err
	}
	status := fiber.StatusUnprocessableEntity
	problems, ok := errors.AsType[db.Problems](why)
	if refusal, refused := errors.AsType[db.Refusal](why); refused {
		problems, ok, status = db.Problems{"": string(refusal)}, true, fiber.StatusConflict
	}
	if !ok {
		return why
	}
	desk.Problems = problems
	keep(&desk)
	c.Status(status)
	if swaps(c) {
		return fragment(c, views.DeskTicketOpen(desk))
	}
	return page(c, desk.Ticket.Subject, views.DeskTicketPage(desk))
}

// nextTicket takes the row out of its queue and opens the one behind it.
func (h *Handlers) nextTicket(c *fiber.Ctx, queue db.TicketStatus, place db.Place[db.TicketID]) error {
	rows, _, err := h.db.TicketsWaiting(c.UserContext(), me(c), queue, place)
	if err != nil {
		return err
	}
	var answer []templ.Component
	back := "/staff/tickets?queue=" + string(queue)
	if len(rows) > 0 {
		next, err := h.deskTicket(c, rows[0].Ticket.ID, queue)
		if err != nil {
			return err
		}
		next.Attrs, back = views.Beside, deskTicketPath(next.Ticket.ID)+"?queue="+string(queue)
		answer = append(answer, views.DeskTicketOpen(next))
	}
	c.Set("HX-Reswap", "delete")
	return done(c, back, answer...)
}
