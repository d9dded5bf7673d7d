package handlers

import (
	"errors"
	"slices"
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// pointsRoutes are «Мой кошелек», and the desk that gives points.
func (h *Handlers) pointsRoutes() []Route {
	return []Route{
		reading(h, "/wallet", customer, pointsStatement, h.showWallet),
		{"GET", "/wallet/top-up", customer, h.showPointsTopUp},
		{"POST", "/wallet/top-up", customer, h.requestPoints},
		{"POST", "/wallet/purchase", customer, h.buyPoints},
		{"GET", "/wallet/:id<int>", customer, h.showPointsEntry},
		{"GET", "/staff/points", staff(db.Finance), h.showGrants},
		{"POST", "/staff/points", staff(db.Finance), h.grantPoints},
	}
}

func pointsStatement(c *fiber.Ctx, of db.AccountID) *db.PointsStatement {
	return &db.PointsStatement{Statement: db.Statement{Of: of, Filter: historyFilter(c)}}
}

// showWallet is the page «Мой кошелек».
func (h *Handlers) showWallet(c *fiber.Ctx, statement *db.PointsStatement) error {
	return page(c, "nav.wallet", views.Wallet(statement, me(c).Purse, h.db.Today()))
}

// showPointsEntry is one line of it.
func (h *Handlers) showPointsEntry(c *fiber.Ctx) error {
	entry, err := h.db.PointsEntry(c.UserContext(), me(c).ID, id[int64](c))
	if err != nil {
		return err
	}
	return page(c, views.TF(c.UserContext(), "balance.entry", "number", entry.Number), views.PointsEntry(entry, me(c).ID))
}

// showPointsTopUp asks how many, and then says what they cost.
func (h *Handlers) showPointsTopUp(c *fiber.Ctx) error {
	if err := sellsPoints(c); err != nil {
		return err
	}
	form := db.PointsForm{Points: c.Query("points")}
	if form.Points == "" {
		return page(c, "wallet.top_up", views.PointsTopUp(form, nil, nil))
	}
	return h.offerPoints(c, form, nil)
}

// sellsPoints is where there are a balance and invoices to pay them by.
func sellsPoints(c *fiber.Ctx) error {
	if !slices.Contains(me(c).Modules, db.BalanceModule) {
		return fiber.ErrNotFound
	}
	return nil
}

// offerPoints shows the price of today and the ways to pay it, and what was wrong with the last try.
func (h *Handlers) offerPoints(c *fiber.Ctx, form db.PointsForm, problems db.Problems) error {
	offer, err := h.db.Offer(c.UserContext(), me(c), form)
	if wrong, ok := errors.AsType[db.Problems](err); ok {
		return invalid(c, "wallet.top_up", views.PointsTopUp(form, nil, wrong))
	}
	if err != nil {
		return err
	}
	offer.Key = views.NewKey()
	if problems != nil {
		return invalid(c, "wallet.top_up", views.PointsTopUp(form, &offer, problems))
	}
	return page(c, "wallet.top_up", views.PointsTopUp(form, &offer, nil))
}

// requestPoints makes the invoice whose money becomes points, and leads to it.
func (h *Handlers) requestPoints(c *fiber.Ctx) error {
	var form db.PointsForm
	if err := errors.Join(sellsPoints(c), parse(c, &form)); err != nil {
		return err
	}
	invoice, err := h.db.RequestPoints(c.UserContext(), me(c), form)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return h.offerPoints(c, form, problems)
	}
	if err != nil {
		return err
	}
	return moved(c, invoice.ID.Path())
}

// buyPoints pays them from the balance.
func (h *Handlers) buyPoints(c *fiber.Ctx) error {
	var form db.PointsForm
	if err := errors.Join(sellsPoints(c), parse(c, &form)); err != nil {
		return err
	}
	err := h.db.BuyPoints(c.UserContext(), me(c), form)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return h.offerPoints(c, form, problems)
	}
	if err != nil {
		return err
	}
	flash(c, "wallet.bought")
	return moved(c, "/wallet")
}

// showGrants is the desk that gives points.
func (h *Handlers) showGrants(c *fiber.Ctx) error {
	return h.grants(c, db.GrantForm{Key: views.NewKey()}, nil)
}

func (h *Handlers) grants(c *fiber.Ctx, form db.GrantForm, problems db.Problems) error {
	below, _ := strconv.ParseInt(c.Query("below"), 10, 64)
	given, err := h.db.GrantPage(c.UserContext(), db.BonusID(below))
	if err != nil {
		return err
	}
	if problems != nil {
		return invalid(c, "nav.staff.points", views.Grants(given, form, problems))
	}
	return page(c, "nav.staff.points", views.Grants(given, form, nil))
}

// grantPoints gives points of the house.
func (h *Handlers) grantPoints(c *fiber.Ctx) error {
	var form db.GrantForm
	if err := parse(c, &form); err != nil {
		return err
	}
	_, err := h.db.GrantPoints(c.UserContext(), me(c), form)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		if swaps(c) {
			return invalid(c, "nav.staff.points", views.GrantForm(form, problems))
		}
		return h.grants(c, form, problems)
	}
	if err != nil {
		return err
	}
	flash(c, "wallet.granted")
	return moved(c, "/staff/points")
}
