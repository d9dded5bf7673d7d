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
		if !me(c).SignedIn() {
			if on, err = h.db.EnabledModules(c.UserContext()); err != nil {
				return err
			}
		}
		if !slices.Contains(on, rule.module) {
			return fiber.ErrNotFound
		}
		return c.Next()
	}
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
