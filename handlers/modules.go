package handlers

import (
	"slices"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// moduleRoutes are what this cabinet offers.
func (h *Handlers) moduleRoutes() []Route {
	admin := staff(db.Admin)
	return []Route{
		{"GET", "/staff/settings/modules", admin, h.listModules},
		{"POST", "/staff/settings/modules/:name/switch", admin, h.switchModule},
	}
}

// offered lets nobody through to the routes of a module that is off: they do not exist.
func (h *Handlers) offered(rule Rule) fiber.Handler {
	return func(c *fiber.Ctx) (err error) {
		if rule.module == "" {
			return c.Next()
		}
		on := me(c).Modules
		switch {
		case !me(c).SignedIn():
			if on, err = h.offerTo(c, rule); err != nil {
				return err
			}
		case me(c).NeedsSecondFactor(h.SecondFactor):
			return askForCode(c)
		}
		if !slices.Contains(on, rule.module) {
			return fiber.ErrNotFound
		}
		return c.Next()
	}
}

// offerTo is what there is for a guest. The page that the guest wants is read in the same round trip.
func (h *Handlers) offerTo(c *fiber.Ctx, rule Rule) ([]db.ModuleName, error) {
	offer := &db.Offer{}
	asked := db.Pages{offer}
	if rule.who == "public" && rule.early != nil {
		wanted := rule.early(c, 0)
		c.Locals(pageRead, wanted)
		asked = append(asked, wanted)
	}
	if err := h.db.Read(c.UserContext(), asked); err != nil {
		return nil, err
	}
	viewer := views.ViewerOf(c.UserContext())
	viewer.Modules = offer.Modules
	c.SetUserContext(views.WithViewer(c.UserContext(), viewer))
	return offer.Modules, nil
}

// listModules shows all there are.
func (h *Handlers) listModules(c *fiber.Ctx) error {
	modules, err := h.db.Modules(c.UserContext())
	if err != nil {
		return err
	}
	return document(c, "operator.title", views.OperatorModules(modules))
}

// switchModule puts one on or takes it off.
func (h *Handlers) switchModule(c *fiber.Ctx) error {
	if err := h.db.SwitchModule(c.UserContext(), me(c), db.ModuleName(c.Params("name")), posted(c, "enabled") != ""); err != nil {
		return err
	}
	flash(c, "operator.saved")
	return moved(c, "/staff/settings/modules")
}
