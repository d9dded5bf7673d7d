package handlers

import (
	"errors"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

func (h *Handlers) buyingRoutes() []Route {
	return []Route{
		{"GET", "/staff/buying", staff(db.Buyer, db.Support), h.listBuying},
		{"GET", "/staff/buying/:id<int>", staff(db.Buyer, db.Support), h.showBuying},
		{"POST", "/staff/buying/:id<int>/purchases", staff(db.Buyer), h.purchase},
		{"POST", "/staff/buying/:id<int>/shortages", staff(db.Buyer), h.markUnavailable},
		{"GET", "/staff/buying/expected", staff(db.Buyer, db.Support), h.listExpected},
		{"GET", "/staff/buying/purchases/:id<int>", staff(db.Buyer, db.Support), h.showExpected},
		{"POST", "/staff/buying/purchases/:id<int>/reversal", staff(db.Buyer), h.undoPurchase},
		{"POST", "/staff/buying/purchases/:id<int>/cancellation", staff(db.Buyer), h.cancelPurchased},
	}
}

func (h *Handlers) listBuying(c *fiber.Ctx) error {
	queue, more, err := h.db.BuyingQueue(c.UserContext(), db.OrderID(c.QueryInt("after")))
	if err != nil {
		return err
	}
	late, err := h.db.PurchasesLate(c.UserContext(), new(h.db.Today()))
	if err != nil {
		return err
	}
	list := views.BuyingList{Late: late, More: more}
	for _, order := range queue {
		list.Orders = append(list.Orders, h.toBuy(c, order))
	}
	return page(c, "buying.title", views.Buying(list))
}

// showBuying is one order of the queue, for a page that heard that it changed; nothing when it has left.
func (h *Handlers) showBuying(c *fiber.Ctx) error {
	order, err := h.db.OrderToBuy(c.UserContext(), id[db.OrderID](c))
	if err != nil {
		return gone(c, err)
	}
	return page(c, "buying.title", views.OrderToBuy(h.toBuy(c, order)))
}

// toBuy is an order of the queue as this visitor sees it.
func (h *Handlers) toBuy(c *fiber.Ctx, order db.ToBuy) views.ToBuy {
	return views.ToBuy{ToBuy: order, May: me(c).Has(db.Buyer)}
}

// gone answers a live row that is not in its list any more: htmx takes it away.
func gone(c *fiber.Ctx, err error) error {
	if errors.Is(err, db.ErrNotFound) && swaps(c) {
		return c.SendString("")
	}
	return err
}

// purchaseOf is a PurchaseForm and which of the shops of the order it was filled in under.
type purchaseOf struct {
	db.PurchaseForm
	Group string `form:"group"`
}

func (h *Handlers) purchase(c *fiber.Ctx) error {
	var form purchaseOf
	if err := parse(c, &form); err != nil {
		return err
	}
	_, err := h.db.Purchase(c.UserContext(), me(c), id[db.OrderID](c), form.PurchaseForm)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return h.invalidBuying(c, views.PurchaseDraft{Group: form.Group, PurchaseForm: form.PurchaseForm, Problems: problems})
	}
	if err != nil {
		return err
	}
	flash(c, "buying.bought")
	return h.doneBuying(c)
}

func (h *Handlers) markUnavailable(c *fiber.Ctx) error {
	var form db.Shortage
	if err := parse(c, &form); err != nil {
		return err
	}
	err := h.db.MarkUnavailable(c.UserContext(), me(c), id[db.OrderID](c), form)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return h.invalidBuying(c, views.PurchaseDraft{Shortage: form, Problems: problems})
	}
	if err != nil {
		return err
	}
	flash(c, "buying.refunded")
	return h.doneBuying(c)
}

// doneBuying answers with what is left to buy of the order, or with nothing.
func (h *Handlers) doneBuying(c *fiber.Ctx) error {
	order, err := h.db.OrderToBuy(c.UserContext(), id[db.OrderID](c))
	if errors.Is(err, db.ErrNotFound) {
		return done(c, "/staff/buying")
	}
	if err != nil {
		return err
	}
	return done(c, "/staff/buying", views.OrderToBuy(h.toBuy(c, order)))
}

func (h *Handlers) invalidBuying(c *fiber.Ctx, draft views.PurchaseDraft) error {
	order, err := h.db.OrderToBuy(c.UserContext(), id[db.OrderID](c))
	if err != nil {
		return err
	}
	drawn := h.toBuy(c, order)
	drawn.Draft = draft
	return invalid(c, "buying.title", views.OrderToBuy(drawn))
}

func (h *Handlers) listExpected(c *fiber.Ctx) error {
	purchases, more, err := h.db.ExpectedPurchases(c.UserContext(), db.PurchaseID(c.QueryInt("after")))
	if err != nil {
		return err
	}
	late, err := h.db.PurchasesLate(c.UserContext(), new(h.db.Today()))
	if err != nil {
		return err
	}
	list := views.ExpectedList{Late: late, More: more}
	for _, purchase := range purchases {
		list.Purchases = append(list.Purchases, h.expected(c, purchase))
	}
	return page(c, "buying.title", views.ExpectedPurchases(list))
}

// expected is a purchase of the list as this visitor sees it now.
func (h *Handlers) expected(c *fiber.Ctx, purchase db.Expected) views.Expected {
	return views.Expected{Expected: purchase, May: me(c).Has(db.Buyer), Now: h.db.Now(), Today: h.db.Today()}
}

// showExpected is one purchase of the list, for a page that heard that it changed; nothing when it has come.
func (h *Handlers) showExpected(c *fiber.Ctx) error {
	purchase, err := h.db.ExpectedPurchase(c.UserContext(), id[db.PurchaseID](c))
	if err != nil {
		return gone(c, err)
	}
	return page(c, "buying.title", views.ExpectedRow(h.expected(c, purchase)))
}

func (h *Handlers) undoPurchase(c *fiber.Ctx) error {
	var form struct {
		Reason string `form:"reason"`
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	_, err := h.db.UndoPurchase(c.UserContext(), me(c), id[db.PurchaseID](c), form.Reason)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return h.invalidExpected(c, views.ExpectedDraft{Undo: true, Problems: problems})
	}
	if err != nil {
		return err
	}
	flash(c, "buying.undone")
	return done(c, "/staff/buying/expected")
}

func (h *Handlers) cancelPurchased(c *fiber.Ctx) error {
	var form db.Shortage
	if err := parse(c, &form); err != nil {
		return err
	}
	err := h.db.CancelPurchased(c.UserContext(), me(c), id[db.PurchaseID](c), form)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return h.invalidExpected(c, views.ExpectedDraft{Shortage: form, Problems: problems})
	}
	if err != nil {
		return err
	}
	flash(c, "buying.refunded")
	left, err := h.db.ExpectedPurchase(c.UserContext(), id[db.PurchaseID](c))
	if errors.Is(err, db.ErrNotFound) {
		return done(c, "/staff/buying/expected")
	}
	if err != nil {
		return err
	}
	return done(c, "/staff/buying/expected", views.ExpectedRow(h.expected(c, left)))
}

func (h *Handlers) invalidExpected(c *fiber.Ctx, draft views.ExpectedDraft) error {
	purchase, err := h.db.ExpectedPurchase(c.UserContext(), id[db.PurchaseID](c))
	if err != nil {
		return err
	}
	drawn := h.expected(c, purchase)
	drawn.Draft = draft
	return invalid(c, "buying.title", views.ExpectedRow(drawn))
}
