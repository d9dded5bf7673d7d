package handlers

import (
	"errors"
	"slices"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

func (h *Handlers) receivingRoutes() []Route {
	return []Route{
		{"GET", "/staff/receiving", staff(db.Warehouse), h.showReceiving},
		{"POST", "/staff/receiving/:id<int>/receipts", staff(db.Warehouse).withUploads(), h.receive},
		{"GET", "/staff/receiving/receipts", staff(db.Warehouse), h.showReceipts},
		{"POST", "/staff/receiving/receipts/:id<int>/reversal", staff(db.Warehouse), h.undoReceipt},
	}
}

// showReceiving is the desk of the warehouse: what was scanned, and what came today.
func (h *Handlers) showReceiving(c *fiber.Ctx) error {
	scan, err := h.db.FindArrivals(c.UserContext(), c.Query("q"))
	if err != nil {
		return err
	}
	desk := views.ReceivingDesk{Scan: scan, Open: opened(scan, db.OrderID(c.QueryInt("order")))}
	return h.receiving(c, desk)
}

// opened is the order that a scan means: the only one, or the one that was picked of several.
func opened(scan db.Scan, picked db.OrderID) *db.Arrival {
	if picked == 0 && len(scan.Exact) == 1 {
		return &scan.Exact[0]
	}
	all := slices.Concat(scan.Exact, scan.Nearest)
	at := slices.IndexFunc(all, func(a db.Arrival) bool { return a.Order.ID == picked })
	if at < 0 {
		return nil
	}
	return &all[at]
}

func (h *Handlers) receiving(c *fiber.Ctx, desk views.ReceivingDesk) (err error) {
	if desk.Today, err = h.db.ReceiptsToday(c.UserContext()); err != nil {
		return err
	}
	return page(c, "receiving.title", views.Receiving(desk))
}

func (h *Handlers) receive(c *fiber.Ctx) error {
	var form db.ReceiptForm
	if err := parse(c, &form); err != nil {
		return err
	}
	form.Photos = uploads(c, "photos")
	_, err := h.db.Receive(c.UserContext(), me(c), id[db.OrderID](c), form)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return h.invalidReceipt(c, form, problems)
	}
	if err != nil {
		return err
	}
	flash(c, "receiving.done")
	today, err := h.db.ReceiptsToday(c.UserContext())
	if err != nil {
		return err
	}
	return done(c, "/staff/receiving", views.Receiving(views.ReceivingDesk{Today: today}))
}

func (h *Handlers) invalidReceipt(c *fiber.Ctx, form db.ReceiptForm, problems db.Problems) error {
	arrival, err := h.db.ArrivalByID(c.UserContext(), id[db.OrderID](c))
	if err != nil {
		return err
	}
	c.Status(fiber.StatusUnprocessableEntity)
	return h.receiving(c, views.ReceivingDesk{Scan: db.Scan{Typed: form.Tracking}, Open: &arrival, Form: form, Problems: problems})
}

// showReceipts is what came today, for a page that heard of more.
func (h *Handlers) showReceipts(c *fiber.Ctx) error {
	today, err := h.db.ReceiptsToday(c.UserContext())
	if err != nil {
		return err
	}
	return page(c, "receiving.title", views.ReceiptsToday(today))
}

func (h *Handlers) undoReceipt(c *fiber.Ctx) error {
	if _, err := h.db.UndoReceipt(c.UserContext(), me(c), id[db.ReceiptID](c)); err != nil {
		return err
	}
	flash(c, "receiving.taken_back")
	today, err := h.db.ReceiptsToday(c.UserContext())
	if err != nil {
		return err
	}
	return done(c, "/staff/receiving", views.ReceiptsToday(today))
}
