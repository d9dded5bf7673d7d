package handlers

import (
	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

func homeOf(_ *fiber.Ctx, of db.AccountID) *db.Home { return &db.Home{Of: of} }

// showHome is the first page: for a guest what this is, for a customer what waits for them.
func (h *Handlers) showHome(c *fiber.Ctx) error {
	if !me(c).SignedIn() {
		if _, err := h.offerTo(c, public); err != nil {
			return err
		}
		return page(c, "home.guest_title", views.Welcome())
	}
	if me(c).NeedsSecondFactor(h.SecondFactor) {
		return redirect(c, "/second-factor")
	}
	home, err := pageOf(h, c, homeOf)
	if err != nil {
		return err
	}
	hints, err := h.db.OrderHints(c.UserContext(), home.OnTheWay)
	if err != nil {
		return err
	}
	return page(c, "home.title", views.Home(home, hints, me(c)))
}

// showGallery is every part of the pages at once, for whoever draws a new one.
func (h *Handlers) showGallery(c *fiber.Ctx) error {
	return page(c, "Gallery", views.Gallery())
}
