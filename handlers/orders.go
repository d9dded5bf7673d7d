package handlers

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

func (h *Handlers) orderRoutes() []Route {
	return []Route{
		reading(h, "/orders", customer, orderList, h.listOrders),
		{"POST", "/orders", customer, h.placeOrder},
		{"GET", "/orders/new", customer, h.newOrder},
		{"POST", "/orders/new", customer, h.redrawNewOrder},
		{"GET", "/orders/:id<int>", customer, h.showOrder},
		{"POST", "/orders/:id<int>", customer, h.saveOrder},
		{"GET", "/orders/:id<int>/row", customer, h.showOrderRow},
		{"GET", "/orders/:id<int>/sheet", customer, h.showOrderSheet},
		{"GET", "/orders/:id<int>/edit", customer, h.editOrder},
		{"POST", "/orders/:id<int>/edit", customer, h.redrawOrder},
		{"GET", "/orders/:id<int>/comment", customer, h.editComment},
		{"POST", "/orders/:id<int>/comment", customer, h.changeComment},
		{"GET", "/orders/:id<int>/ship-to", customer, h.editShipTo},
		{"POST", "/orders/:id<int>/ship-to", customer, h.changeShipTo},
		{"GET", "/orders/:id<int>/cancellation", customer, h.askToCancelOrder},
		{"POST", "/orders/:id<int>/cancellation", customer, h.cancelOrder},
	}
}

func orderPath(id db.OrderID) string { return "/orders/" + strconv.FormatInt(int64(id), 10) }

func orderList(c *fiber.Ctx, of db.AccountID) *db.OrderList {
	return &db.OrderList{Of: of, Filter: db.OrdersFilter{
		Status: db.OrderStatus(c.Query("status")), Words: strings.TrimSpace(c.Query("q")), Below: placeOf[db.OrderID](c.Query("below")),
	}}
}

func (h *Handlers) listOrders(c *fiber.Ctx, orders *db.OrderList) error {
	list := views.OrderList{OrderList: orders, Path: c.OriginalURL()}
	if orders.More {
		last := orders.Rows[len(orders.Rows)-1]
		list.Next = pageAfter(c, "below", last.CreatedAt, last.ID)
	}
	return page(c, "orders.title", views.Orders(list))
}

func (h *Handlers) showOrder(c *fiber.Ctx) error {
	sheet, err := h.db.OrderSheet(c.UserContext(), me(c), id[db.OrderID](c))
	if err != nil {
		return err
	}
	return page(c, views.OrderTitle(c.UserContext(), sheet.ID), views.OrderPage(sheet))
}

// showOrderSheet is for a page of the order that heard that it changed.
func (h *Handlers) showOrderSheet(c *fiber.Ctx) error {
	sheet, err := h.db.OrderSheet(c.UserContext(), me(c), id[db.OrderID](c))
	if err != nil {
		return err
	}
	if !swaps(c) {
		return redirect(c, orderPath(sheet.ID))
	}
	return fragment(c, views.OrderSheet(sheet))
}

func (h *Handlers) showOrderRow(c *fiber.Ctx) error {
	row, err := h.db.OrderRowOf(c.UserContext(), id[db.OrderID](c), me(c).ID)
	if err != nil {
		return err
	}
	return fragment(c, views.OrderRow(row))
}

func (h *Handlers) newOrder(c *fiber.Ctx) error {
	draft := views.OrderDraft{Form: db.OrderForm{Items: []db.ItemForm{newItem()}}}
	if again, _ := strconv.ParseInt(c.Query("again"), 10, 64); again > 0 {
		order, err := h.db.OrderOf(c.UserContext(), db.OrderID(again), me(c).ID)
		if err != nil {
			return err
		}
		items, err := h.db.ItemsOf(c.UserContext(), order.ID)
		if err != nil {
			return err
		}
		draft.Form, draft.Again = order.Again(items), true
	}
	draft.Form.Key = views.NewKey()
	return h.drawOrder(c, fiber.StatusOK, draft)
}

func newItem() db.ItemForm { return db.ItemForm{Quantity: "1", Currency: db.EUR} }

// drawOrder shows the form of an order with what the customer may choose from.
func (h *Handlers) drawOrder(c *fiber.Ctx, status int, draft views.OrderDraft) (err error) {
	if draft.Addresses, err = h.addressesFor(c, draft.Order); err != nil {
		return err
	}
	if draft.Methods, err = h.db.Methods(c.UserContext()); err != nil {
		return err
	}
	if draft.Order.ID != 0 {
		if draft.Paid, err = h.db.PaymentOnItsWay(c.UserContext(), &draft.Order.ID); err != nil {
			return err
		}
	}
	c.Status(status)
	title := "orders.new"
	if draft.Order.ID != 0 {
		title = views.OrderTitle(c.UserContext(), draft.Order.ID)
	}
	return page(c, title, views.OrderEditor(draft))
}

// addressesFor is the book of the order's customer, or of who makes a new one; an order may still go to an
// address that has left it.
func (h *Handlers) addressesFor(c *fiber.Ctx, order db.Order) ([]db.Address, error) {
	owner := me(c).ID
	if order.ID != 0 {
		owner = order.AccountID
	}
	book, err := h.db.AddressesOf(c.UserContext(), owner)
	if err != nil || order.AddressID == nil || slices.ContainsFunc(book, func(a db.Address) bool { return a.ID == *order.AddressID }) {
		return book, err
	}
	archived, err := h.db.AddressOf(c.UserContext(), *order.AddressID, owner)
	return append(book, archived), err
}

func (h *Handlers) placeOrder(c *fiber.Ctx) error {
	form, links := orderForm(c)
	if rows := db.LinkedItems(links); len(rows) > 0 {
		form.Items = append(form.Items, rows...)
	}
	order, err := h.db.PlaceOrder(c.UserContext(), me(c), form)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return h.drawOrder(c, fiber.StatusUnprocessableEntity, views.OrderDraft{Form: atLeastOne(form), Problems: problems})
	}
	if err != nil {
		return err
	}
	flash(c, "orders.placed")
	return moved(c, orderPath(order.ID))
}

func atLeastOne(form db.OrderForm) db.OrderForm {
	if len(form.Items) == 0 {
		form.Items = []db.ItemForm{newItem()}
	}
	return form
}

// redrawNewOrder adds or removes a row of the form; nothing is kept by it.
func (h *Handlers) redrawNewOrder(c *fiber.Ctx) error {
	draft := redrawn(c)
	draft.Form, draft.LastItem = atLeastOne(draft.Form), false
	if len(draft.Form.Key) < 16 {
		draft.Form.Key = views.NewKey()
	}
	return h.drawOrder(c, fiber.StatusOK, draft)
}

func (h *Handlers) editOrder(c *fiber.Ctx) error {
	order, items, err := h.ownOrder(c)
	if err != nil {
		return err
	}
	if !order.Status.Editable() {
		return h.tooLate(c, order, "")
	}
	return h.drawOrder(c, fiber.StatusOK, views.OrderDraft{Order: order, Form: order.Form(items)})
}

func (h *Handlers) ownOrder(c *fiber.Ctx) (db.Order, []db.Item, error) {
	order, err := h.db.OrderOf(c.UserContext(), id[db.OrderID](c), me(c).ID)
	if err != nil {
		return order, nil, err
	}
	items, err := h.db.ItemsOf(c.UserContext(), order.ID)
	return order, items, err
}

func (h *Handlers) redrawOrder(c *fiber.Ctx) error {
	order, _, err := h.ownOrder(c)
	if err != nil {
		return err
	}
	draft := redrawn(c)
	draft.Order = order
	return h.drawOrder(c, fiber.StatusOK, draft)
}

func (h *Handlers) saveOrder(c *fiber.Ctx) error {
	form, links := orderForm(c)
	form.Items = append(form.Items, db.LinkedItems(links)...)
	saved, err := h.db.SaveOrder(c.UserContext(), me(c), id[db.OrderID](c), form)
	if err == nil {
		flash(c, savedText(saved))
		return moved(c, orderPath(saved.ID))
	}
	return h.notSaved(c, form, err)
}

// savedText thanks for changes that the desk has to look at again.
func savedText(order db.Order) string {
	if order.ChangedAt != nil {
		return "orders.changes_received"
	}
	return "orders.saved"
}

// notSaved shows the form again with everything typed: beside what is wrong with it, or what somebody else
// has changed meanwhile.
func (h *Handlers) notSaved(c *fiber.Ctx, form db.OrderForm, err error) error {
	order, items, missing := h.ownOrder(c)
	if missing != nil {
		return missing
	}
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return h.drawOrder(c, fiber.StatusUnprocessableEntity, views.OrderDraft{Order: order, Form: form, Problems: problems})
	}
	if errors.Is(err, db.OrderClosed) {
		return h.tooLate(c, order, views.TypedText(form))
	}
	if !errors.Is(err, db.OrderStale) {
		return err
	}
	form = form.Rebased(order, items)
	return h.drawOrder(c, fiber.StatusConflict, views.OrderDraft{
		Order: order, Form: form, Changes: form.Changes(order, items), Problems: db.Problems{"": string(db.OrderStale)},
	})
}

// tooLate keeps what was typed for copying, and shows the way to tell it to us.
func (h *Handlers) tooLate(c *fiber.Ctx, order db.Order, typed string) error {
	return stale(c, views.OrderTitle(c.UserContext(), order.ID), views.OrderClosed(order, typed))
}

func (h *Handlers) editComment(c *fiber.Ctx) error {
	order, _, err := h.ownOrder(c)
	if err != nil {
		return err
	}
	if !order.Status.Editable() {
		return h.tooLate(c, order, "")
	}
	return page(c, "orders.edit_comment", views.OrderCommentForm(order, db.CommentForm{Version: order.Version, Comment: order.Comment}, nil))
}

func (h *Handlers) changeComment(c *fiber.Ctx) error {
	var form db.CommentForm
	if err := parse(c, &form); err != nil {
		return err
	}
	order, err := h.db.ChangeComment(c.UserContext(), me(c), id[db.OrderID](c), form)
	if err == nil {
		flash(c, "orders.saved")
		return moved(c, orderPath(order.ID))
	}
	order, _, missing := h.ownOrder(c)
	if missing != nil {
		return missing
	}
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return invalid(c, "orders.edit_comment", views.OrderCommentForm(order, form, problems))
	}
	switch {
	case errors.Is(err, db.OrderClosed):
		return h.tooLate(c, order, form.Comment)
	case errors.Is(err, db.OrderStale):
		form.Version = order.Version
		return stale(c, "orders.edit_comment", views.OrderCommentForm(order, form, db.Problems{"": string(db.OrderStale)}))
	}
	return err
}

func (h *Handlers) editShipTo(c *fiber.Ctx) error {
	order, _, err := h.ownOrder(c)
	if err != nil {
		return err
	}
	if !order.Status.ShipToEditable() {
		return h.tooLate(c, order, "")
	}
	return h.drawShipTo(c, fiber.StatusOK, order, order.ShipToForm(), nil)
}

func (h *Handlers) drawShipTo(c *fiber.Ctx, status int, order db.Order, form db.ShipToForm, problems db.Problems) error {
	addresses, err := h.addressesFor(c, order)
	if err != nil {
		return err
	}
	methods, err := h.db.Methods(c.UserContext())
	if err != nil {
		return err
	}
	c.Status(status)
	return page(c, "orders.change_ship_to", views.OrderShipToForm(order, form, addresses, methods, problems))
}

func (h *Handlers) changeShipTo(c *fiber.Ctx) error {
	form := shipToForm(c)
	order, err := h.db.ChangeShipTo(c.UserContext(), me(c), id[db.OrderID](c), form)
	if err == nil {
		flash(c, "orders.saved")
		return moved(c, orderPath(order.ID))
	}
	order, _, missing := h.ownOrder(c)
	if missing != nil {
		return missing
	}
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return h.drawShipTo(c, fiber.StatusUnprocessableEntity, order, form, problems)
	}
	switch {
	case errors.Is(err, db.OrderClosed):
		return h.tooLate(c, order, "")
	case errors.Is(err, db.OrderStale):
		form.Version = order.Version
		return h.drawShipTo(c, fiber.StatusConflict, order, form, db.Problems{"": string(db.OrderStale)})
	}
	return err
}

func (h *Handlers) askToCancelOrder(c *fiber.Ctx) error {
	order, _, err := h.ownOrder(c)
	if err != nil {
		return err
	}
	if !order.Status.Editable() {
		return h.tooLate(c, order, "")
	}
	return page(c, "orders.cancel", views.OrderCancellation(order))
}

func (h *Handlers) cancelOrder(c *fiber.Ctx) error {
	order, err := h.db.CancelOrder(c.UserContext(), me(c), id[db.OrderID](c))
	if errors.Is(err, db.OrderClosed) {
		return h.tooLate(c, order, "")
	}
	if err != nil {
		return err
	}
	flash(c, "orders.cancelled")
	return moved(c, orderPath(order.ID))
}
