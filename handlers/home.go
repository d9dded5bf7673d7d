package handlers

import (
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// showHome is the first page: for a guest what this is, for a customer what waits for them.
func (h *Handlers) showHome(c *fiber.Ctx) error {
	if !me(c).SignedIn() {
		return page(c, "home.guest_title", views.Welcome())
	}
	if me(c).NeedsSecondFactor(h.SecondFactor) {
		return redirect(c, "/second-factor")
	}
	home, err := h.db.Home(c.UserContext(), me(c))
	if err != nil {
		return err
	}
	return page(c, "home.title", views.Home(home, me(c)))
}

// showGallery is every part of the pages at once, for whoever draws a new one.
func (h *Handlers) showGallery(c *fiber.Ctx) error {
	return page(c, "Gallery", views.Gallery())
}
