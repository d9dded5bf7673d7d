package handlers

import (
	"errors"
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// ticketRoutes are a customer's questions to us.
func (h *Handlers) ticketRoutes() []Route {
	return []Route{
		{"GET", "/tickets", customer, h.listTickets},
		{"POST", "/tickets", customer, h.openTicket},
		{"GET", "/tickets/new", customer, h.newTicket},
		{"POST", "/tickets/new", customer, h.draftTicket},
		{"GET", "/tickets/:id<int>", customer, h.showTicket},
		{"GET", "/tickets/:id<int>/thread", customer, h.showThread},
		{"POST", "/tickets/:id<int>/messages", customer, h.replyToTicket},
		{"POST", "/tickets/:id<int>/reading", customer, h.readTicket},
		{"POST", "/tickets/:id<int>/resolution", customer, h.resolveTicket},
	}
}

func (h *Handlers) listTickets(c *fiber.Ctx) error {
	rows, more, err := h.db.Tickets(c.UserContext(), me(c).ID, placeOf[db.TicketID](c.Query("below")))
	if err != nil {
		return err
	}
	next := ""
	if more {
		last := rows[len(rows)-1]
		next = "/tickets?below=" + placeText(last.LastAt, last.ID)
	}
	return page(c, "tickets.title", views.Tickets(rows, next))
}

func (h *Handlers) newTicket(c *fiber.Ctx) error {
	return h.beginTicket(c, db.TicketForm{OrderID: db.OrderID(c.QueryInt("order")), ParcelID: db.ParcelID(c.QueryInt("parcel"))})
}

// draftTicket is the same form with a text that was typed elsewhere in vain; nothing is kept by it.
func (h *Handlers) draftTicket(c *fiber.Ctx) error {
	var form db.TicketForm
	if err := parse(c, &form); err != nil {
		return err
	}
	return h.beginTicket(c, form)
}

func (h *Handlers) beginTicket(c *fiber.Ctx, form db.TicketForm) error {
	if err := h.db.CheckTicket(c.UserContext(), me(c).ID, form); err != nil {
		return err
	}
	form.Key, form.Subject = views.NewKey(), views.TicketSubject(c.UserContext(), form)
	return h.drawTicket(c, fiber.StatusOK, form, nil)
}

func (h *Handlers) drawTicket(c *fiber.Ctx, status int, form db.TicketForm, problems db.Problems) error {
	others, err := h.db.TicketsAbout(c.UserContext(), form)
	if err != nil {
		return err
	}
	c.Status(status)
	return page(c, "tickets.new", views.TicketEditor(views.TicketDraft{Form: form, Problems: problems, Others: others}))
}

func (h *Handlers) openTicket(c *fiber.Ctx) error {
	var form db.TicketForm
	if err := parse(c, &form); err != nil {
		return err
	}
	ticket, err := h.db.OpenTicket(c.UserContext(), me(c), form)
	if problems, status := unsent(c, err); status != 0 {
		return h.drawTicket(c, status, form, problems)
	}
	if err != nil {
		return err
	}
	flash(c, "tickets.sent")
	return moved(c, ticket.ID.Path())
}

// unsent is why a message has to stay in its form: something is wrong with it, or there were too many. Else the
// status is 0.
func unsent(c *fiber.Ctx, err error) (problems db.Problems, status int) {
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return problems, fiber.StatusUnprocessableEntity
	}
	if wait, ok := errors.AsType[db.Wait](err); ok {
		c.Set("Retry-After", strconv.Itoa(int(wait.For.Seconds())+1))
		return db.Problems{"": views.WaitText(c.UserContext(), wait.For)}, fiber.StatusTooManyRequests
	}
	return nil, 0
}

func (h *Handlers) showTicket(c *fiber.Ctx) error {
	sheet, err := h.ticketSheet(c)
	if err != nil {
		return err
	}
	return page(c, sheet.Subject, views.TicketPage(sheet, newReply(), nil))
}

func (h *Handlers) ticketSheet(c *fiber.Ctx) (db.TicketSheet, error) {
	return h.db.TicketSheet(c.UserContext(), me(c), id[db.TicketID](c), db.TicketMessageID(c.QueryInt("below")))
}

func newReply() db.ReplyForm { return db.ReplyForm{Key: views.NewKey()} }

// showThread is for a page of the ticket that heard of something new.
func (h *Handlers) showThread(c *fiber.Ctx) error {
	sheet, err := h.ticketSheet(c)
	if err != nil {
		return err
	}
	return done(c, sheet.ID.Path(), views.TicketThread(sheet, nil))
}

func (h *Handlers) replyToTicket(c *fiber.Ctx) error {
	var form db.ReplyForm
	if err := parse(c, &form); err != nil {
		return err
	}
	ticket, err := h.db.ReplyToTicket(c.UserContext(), me(c), id[db.TicketID](c), form)
	problems, status := unsent(c, err)
	if err != nil && status == 0 {
		return err
	}
	if status != 0 && swaps(c) {
		c.Status(status)
		return fragment(c, views.TicketReply(ticket, form, problems))
	}
	sheet, err := h.ticketSheet(c)
	if err != nil {
		return err
	}
	if status != 0 {
		c.Status(status)
		return page(c, sheet.Subject, views.TicketPage(sheet, form, problems))
	}
	flash(c, "tickets.sent")
	return done(c, ticket.ID.Path(), views.TicketReply(ticket, newReply(), nil), views.TicketThread(sheet, views.Beside))
}

func (h *Handlers) readTicket(c *fiber.Ctx) error {
	if _, err := h.db.ReadTicket(c.UserContext(), me(c), id[db.TicketID](c)); err != nil {
		return err
	}
	return h.showThread(c)
}

func (h *Handlers) resolveTicket(c *fiber.Ctx) error {
	if _, err := h.db.ResolveTicket(c.UserContext(), me(c), id[db.TicketID](c)); err != nil {
		return err
	}
	flash(c, "tickets.resolved")
	return h.showThread(c)
}
