package handlers

import (
	"errors"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// The staff change an order in the customer's form, and the customer reads what and why.

func (h *Handlers) editDeskOrder(c *fiber.Ctx) error {
	order, items, err := h.anyOrder(c)
	if err != nil {
		return err
	}
	if !order.Status.Editable() {
		return h.tooLateAtDesk(c, order, "")
	}
	return h.drawOrder(c, fiber.StatusOK, views.OrderDraft{Order: order, Desk: true, Form: order.Form(items)})
}

func (h *Handlers) anyOrder(c *fiber.Ctx) (db.Order, []db.Item, error) {
	order, err := h.db.OrderByID(c.UserContext(), id[db.OrderID](c))
	if err != nil {
		return order, nil, err
	}
	items, err := h.db.ItemsOf(c.UserContext(), order.ID)
	return order, items, err
}

// redrawDeskOrder adds or removes a row of the form; nothing is kept by it.
func (h *Handlers) redrawDeskOrder(c *fiber.Ctx) error {
	order, _, err := h.anyOrder(c)
	if err != nil {
		return err
	}
	draft := redrawn(c)
	if draft.Order, draft.Desk = order, true; !order.Status.Editable() {
		return h.tooLateAtDesk(c, order, views.TypedText(draft.Form))
	}
	return h.drawOrder(c, fiber.StatusOK, draft)
}

func (h *Handlers) saveDeskOrder(c *fiber.Ctx) error {
	form, links := orderForm(c)
	form.Items = append(form.Items, db.LinkedItems(links)...)
	saved, err := h.db.SaveOrderAtDesk(c.UserContext(), me(c), id[db.OrderID](c), form)
	if err == nil {
		flash(c, "desk.orders.told")
		return moved(c, deskOrderPath(saved.ID))
	}
	order, items, missing := h.anyOrder(c)
	if missing != nil {
		return missing
	}
	draft := views.OrderDraft{Order: order, Desk: true, Form: form}
	if problems, ok := errors.AsType[db.Problems](err); ok {
		draft.Problems = problems
		return h.drawOrder(c, fiber.StatusUnprocessableEntity, draft)
	}
	if _, refused := errors.AsType[db.Refusal](err); !refused {
		return err
	}
	if !order.Status.Editable() {
		return h.tooLateAtDesk(c, order, views.TypedText(form))
	}
	if !errors.Is(err, db.OrderStale) {
		return err
	}
	draft.Form = form.Rebased(order, items)
	draft.Changes, draft.Problems = draft.Form.Changes(order, items), db.Problems{"": string(db.OrderStale)}
	return h.drawOrder(c, fiber.StatusConflict, draft)
}

// tooLateAtDesk keeps what was typed for copying.
func (h *Handlers) tooLateAtDesk(c *fiber.Ctx, order db.Order, typed string) error {
	return stale(c, views.OrderTitle(c.UserContext(), order.ID), views.DeskOrderClosed(order, typed))
}

func (h *Handlers) askToCancelDeskOrder(c *fiber.Ctx) error {
	order, err := h.db.OrderByID(c.UserContext(), id[db.OrderID](c))
	if err != nil {
		return err
	}
	if !order.Status.Editable() {
		return h.tooLateAtDesk(c, order, "")
	}
	return page(c, "orders.cancel", views.DeskOrderCancellation(order, db.CancellationForm{Version: order.Version}, nil))
}

func (h *Handlers) cancelDeskOrder(c *fiber.Ctx) error {
	var form db.CancellationForm
	if err := parse(c, &form); err != nil {
		return err
	}
	order, err := h.db.CancelOrderAtDesk(c.UserContext(), me(c), id[db.OrderID](c), form)
	if err == nil {
		flash(c, "desk.orders.cancelled")
		return moved(c, deskOrderPath(order.ID))
	}
	order, missing := h.db.OrderByID(c.UserContext(), id[db.OrderID](c))
	if missing != nil {
		return missing
	}
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return invalid(c, "orders.cancel", views.DeskOrderCancellation(order, form, problems))
	}
	if _, refused := errors.AsType[db.Refusal](err); refused && !order.Status.Editable() {
		return h.tooLateAtDesk(c, order, form.Reason)
	}
	if !errors.Is(err, db.OrderStale) {
		return err
	}
	form.Version = order.Version
	return stale(c, "orders.cancel", views.DeskOrderCancellation(order, form, db.Problems{"": string(db.OrderStale)}))
}
