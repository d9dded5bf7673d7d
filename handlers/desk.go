package handlers

import (
	"net/url"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// atDesk puts the counters of the queues on the pages of the staff.
func (h *Handlers) atDesk(c *fiber.Ctx) error {
	if !showsTotals(c) {
		return c.Next()
	}
	totals, err := h.totals(c)
	if err != nil {
		return err
	}
	if !me(c).Has(db.Support) {
		totals.Tickets = totals.OrderTickets
	}
	viewer := views.ViewerOf(c.UserContext())
	viewer.Counts = views.DeskCounts(totals.DeskCountsRow)
	c.SetUserContext(views.WithViewer(c.UserContext(), viewer))
	return c.Next()
}

// totals are the counters of the desk as they were when the request came.
func (h *Handlers) totals(c *fiber.Ctx) (*db.DeskTotals, error) {
	if totals, _ := c.Locals(totalsRead).(*db.DeskTotals); totals != nil {
		return totals, nil
	}
	return h.totalsNow(c)
}

// totalsNow are the counters after what the request has changed.
func (h *Handlers) totalsNow(c *fiber.Ctx) (*db.DeskTotals, error) {
	totals := &db.DeskTotals{By: me(c).ID}
	err := h.db.Read(c.UserContext(), totals)
	c.Locals(totalsRead, totals)
	return totals, err
}

// showsTotals reports whether the answer has the tabs of the desk in it.
func showsTotals(c *fiber.Ctx) bool {
	return c.Method() == fiber.MethodGet && (!swaps(c) || c.Path() == "/staff/tabs")
}

// showDesk is the first page of the staff: the queues that wait for the visitor's roles, and before them the promises
// that were missed.
func (h *Handlers) showDesk(c *fiber.Ctx) error {
	if !me(c).Has(db.Warehouse, db.Support) {
		return page(c, "desk.title", views.Desk(0))
	}
	totals, err := h.totals(c)
	if err != nil {
		return err
	}
	return page(c, "desk.title", views.Desk(totals.Late))
}

func (h *Handlers) showDeskKeys(c *fiber.Ctx) error { return page(c, "keys.title", views.DeskKeys()) }

// showDeskTabs is the row of tabs with its counters, for a page that heard that they changed.
func (h *Handlers) showDeskTabs(c *fiber.Ctx) error {
	viewer := views.ViewerOf(c.UserContext())
	if at, err := url.Parse(c.Get("HX-Current-URL")); err == nil && at.Path != "" {
		viewer.Path = at.Path
	}
	c.SetUserContext(views.WithViewer(c.UserContext(), viewer))
	return fragment(c, views.DeskTabs())
}
