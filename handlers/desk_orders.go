package handlers

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"cabinet/db"
	"cabinet/views"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
)

func (h *Handlers) deskOrderRoutes() []Route {
	readers, editors := staff(db.Buyer, db.Support, db.Finance), staff(db.Buyer, db.Support)
	return []Route{
		{"GET", "/staff/orders", readers, h.listDeskOrders},
		{"GET", "/staff/orders/queues", readers, h.showOrderQueues},
		{"GET", "/staff/orders/:id<int>", readers, h.showDeskOrder},
		{"POST", "/staff/orders/:id<int>", editors, h.saveDeskOrder},
		{"GET", "/staff/orders/:id<int>/edit", editors, h.editDeskOrder},
		{"POST", "/staff/orders/:id<int>/edit", editors, h.redrawDeskOrder},
		{"GET", "/staff/orders/:id<int>/cancellation", editors, h.askToCancelDeskOrder},
		{"POST", "/staff/orders/:id<int>/cancellation", editors, h.cancelDeskOrder},
		{"GET", "/staff/orders/:id<int>/row", readers, h.showDeskOrderRow},
		{"GET", "/staff/orders/:id<int>/news", readers, h.showDeskOrderNews},
		{"POST", "/staff/orders/:id<int>/total", staff(db.Buyer), h.addUpPrices},
		{"POST", "/staff/orders/:id<int>/invoice", staff(db.Buyer), h.priceOrder},
		{"POST", "/staff/orders/:id<int>/acceptance", staff(db.Finance), h.acceptOrder},
		{"POST", "/staff/orders/:id<int>/reading", staff(db.Buyer, db.Support), h.readComment},
		{"POST", "/staff/orders/:id<int>/note", staff(db.Buyer), h.noteOrder},
	}
}

func deskOrderPath(id db.OrderID) string {
	return "/staff/orders/" + strconv.FormatInt(int64(id), 10)
}

// orderQueue is the queue that an address or a form names; the new orders are the first one.
func orderQueue(name string) db.OrderQueueName {
	for _, queue := range db.OrderQueues {
		if string(queue) == name {
			return queue
		}
	}
	return db.NewOrders
}

func (h *Handlers) listDeskOrders(c *fiber.Ctx) error {
	ctx := c.UserContext()
	if words := strings.TrimSpace(c.Query("q")); words != "" {
		return h.lookUpOrder(c, words)
	}
	queue := orderQueue(c.Query("queue"))
	rows, more, err := h.db.OrdersWaiting(ctx, queue, placeOf[db.OrderID](c.Query("behind")))
	if err != nil {
		return err
	}
	list := views.DeskOrderList{Queue: queue, Rows: rows}
	if more {
		last := rows[len(rows)-1]
		list.More = pageAfter(c, "behind", last.Waiting, last.Order.ID)
	}
	if list.Totals, err = h.totals(c); err != nil {
		return err
	}
	return page(c, "desk.orders.title", views.DeskOrders(list))
}

// lookUpOrder finds any order by its number, whatever became of it.
func (h *Handlers) lookUpOrder(c *fiber.Ctx, words string) error {
	list := views.DeskOrderList{Words: words}
	if number, ok := db.ParseOrderNumber(words); ok {
		desk, err := h.deskOrder(c, number, "")
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			return err
		}
		if err == nil {
			list.Rows, list.Open = []db.OrderQueueRow{desk.Row}, &desk
		}
	}
	totals, err := h.totals(c)
	if err != nil {
		return err
	}
	list.Totals = totals
	return page(c, "desk.orders.title", views.DeskOrders(list))
}

// deskOrder reads an order as its row is opened by somebody with the visitor's roles.
func (h *Handlers) deskOrder(c *fiber.Ctx, number db.OrderID, queue db.OrderQueueName) (desk views.DeskOrder, err error) {
	desk.Queue, desk.Prices, desk.Accept, desk.Edit = queue, me(c).Has(db.Buyer), me(c).Has(db.Finance), me(c).Has(db.Buyer, db.Support)
	if desk.Row, err = h.db.OrderWaiting(c.UserContext(), number); err != nil {
		return desk, err
	}
	if desk.DeskOrder, err = h.db.DeskOrder(c.UserContext(), number); err != nil {
		return desk, err
	}
	desk.Form = views.PricingForm(c.UserContext(), desk.DeskOrder)
	return desk, nil
}

func (h *Handlers) showDeskOrder(c *fiber.Ctx) error {
	desk, err := h.deskOrder(c, id[db.OrderID](c), orderQueue(c.Query("queue")))
	if err != nil {
		return err
	}
	return page(c, views.OrderTitle(c.UserContext(), desk.ID), views.DeskOrderPage(desk))
}

// showDeskOrderRow is a row that heard of a change: it goes when the order has left its queue.
func (h *Handlers) showDeskOrderRow(c *fiber.Ctx) error {
	row, err := h.db.OrderWaiting(c.UserContext(), id[db.OrderID](c))
	if err != nil {
		return err
	}
	queue := orderQueue(c.Query("queue"))
	if !row.Order.In(queue) {
		c.Set("HX-Reswap", "delete")
	}
	return fragment(c, views.DeskOrderRow(row, queue))
}

func (h *Handlers) showDeskOrderNews(c *fiber.Ctx) error {
	order, err := h.db.OrderByID(c.UserContext(), id[db.OrderID](c))
	if err != nil {
		return err
	}
	shown, _ := strconv.ParseInt(c.Query("version"), 10, 32) // no number is an old version
	return fragment(c, views.DeskOrderNews(order, int32(shown)))
}

func (h *Handlers) showOrderQueues(c *fiber.Ctx) error {
	totals, err := h.totals(c)
	if err != nil {
		return err
	}
	return fragment(c, views.DeskOrderQueues(orderQueue(c.Query("queue")), totals, nil))
}

// addUpPrices says what the prices come to as they are typed. It changes nothing.
func (h *Handlers) addUpPrices(c *fiber.Ctx) error {
	items, err := h.db.ItemsOf(c.UserContext(), id[db.OrderID](c))
	if err != nil {
		return err
	}
	return fragment(c, views.DeskTotal(pricingForm(c).Total(items)))
}

func pricingForm(c *fiber.Ctx) db.PricingForm {
	form := db.PricingForm{
		Version: version(c), Prices: map[db.ItemID]string{},
		Commission: posted(c, "commission"), ShopDelivery: posted(c, "shop_delivery"), StaffNote: posted(c, "staff_note"),
	}
	for name, value := range c.Request().PostArgs().All() {
		if number, ok := strings.CutPrefix(string(name), "price."); ok {
			item, _ := strconv.ParseInt(number, 10, 64) // what is no number is no item
			form.Prices[db.ItemID(item)] = string(value)
		}
	}
	return form
}

func (h *Handlers) priceOrder(c *fiber.Ctx) error {
	form := pricingForm(c)
	return h.actOnOrder(c, "desk.orders.issued", func(ctx context.Context, number db.OrderID) (db.Order, error) {
		return h.db.PriceOrder(ctx, me(c), number, form)
	}, func(desk *views.DeskOrder) { desk.Form = form })
}

func (h *Handlers) acceptOrder(c *fiber.Ctx) error {
	var form db.AcceptanceForm
	if err := parse(c, &form); err != nil {
		return err
	}
	return h.actOnOrder(c, "desk.orders.accepted", func(ctx context.Context, number db.OrderID) (db.Order, error) {
		return h.db.AcceptOrder(ctx, me(c), number, form)
	}, func(desk *views.DeskOrder) { desk.Reason = form.Reason })
}

func (h *Handlers) noteOrder(c *fiber.Ctx) error {
	note := posted(c, "staff_note")
	return h.actOnOrder(c, "orders.saved", func(ctx context.Context, number db.OrderID) (db.Order, error) {
		return h.db.NoteOrder(ctx, me(c), number, note)
	}, func(desk *views.DeskOrder) { desk.Form.StaffNote = note })
}

// actOnOrder does an act of the desk and answers with what became of the row. What was typed is kept
// in it when the act was not done.
func (h *Handlers) actOnOrder(c *fiber.Ctx, said string, act func(context.Context, db.OrderID) (db.Order, error), keep func(*views.DeskOrder)) error {
	number, queue := id[db.OrderID](c), orderQueue(posted(c, "queue"))
	before, err := h.db.OrderByID(c.UserContext(), number)
	if err != nil {
		return err
	}
	after, err := act(c.UserContext(), number)
	if err != nil {
		return h.notActed(c, number, queue, err, keep)
	}
	flash(c, said)
	if before.In(queue) && !after.In(queue) {
		return h.nextOrder(c, queue, before.Place(queue))
	}
	desk, err := h.deskOrder(c, number, queue)
	if err != nil {
		return err
	}
	return done(c, deskOrderPath(number), views.DeskOrderOpen(desk))
}

// notActed shows the row as the order is now, with the reason and with what was typed.
func (h *Handlers) notActed(c *fiber.Ctx, number db.OrderID, queue db.OrderQueueName, why error, keep func(*views.DeskOrder)) error {
	desk, err := h.deskOrder(c, number, queue)
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
	if desk.Problems = problems; desk.Status == db.OrderNew {
		keep(&desk)
	}
	c.Status(status)
	if swaps(c) {
		return fragment(c, views.DeskOrderOpen(desk))
	}
	return page(c, views.OrderTitle(c.UserContext(), number), views.DeskOrderPage(desk))
}

// nextOrder takes the row out of its queue and opens the one behind it.
func (h *Handlers) nextOrder(c *fiber.Ctx, queue db.OrderQueueName, place db.Place[db.OrderID]) error {
	totals, err := h.totalsNow(c)
	if err != nil {
		return err
	}
	answer, back := []templ.Component{views.DeskOrderQueues(queue, totals, views.Beside)}, "/staff/orders?queue="+string(queue)
	rows, _, err := h.db.OrdersWaiting(c.UserContext(), queue, place)
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		next, err := h.deskOrder(c, rows[0].Order.ID, queue)
		if err != nil {
			return err
		}
		next.Attrs, back = views.Beside, deskOrderPath(next.ID)+"?queue="+string(queue)
		answer = append(answer, views.DeskOrderOpen(next))
	}
	c.Set("HX-Reswap", "delete")
	return done(c, back, answer...)
}

func (h *Handlers) readComment(c *fiber.Ctx) error {
	order, err := h.db.ReadComment(c.UserContext(), me(c), id[db.OrderID](c), version(c))
	if err != nil {
		return err
	}
	return done(c, back(c), views.UnreadMark(order))
}
