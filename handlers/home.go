package handlers

import (
	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

func homeOf(_ *fiber.Ctx, of db.AccountID) *db.Home { return &db.Home{Of: of} }

func latestNews(_ *fiber.Ctx, of db.AccountID) *db.NewsList { return db.LatestNews(of) }

// showHome is the first page: for a guest what this is, for a customer what waits for them.
func (h *Handlers) showHome(c *fiber.Ctx) error {
	if !me(c).SignedIn() {
		if _, err := h.offerTo(c, early(public, latestNews)); err != nil {
			return err
		}
		news, err := pageOf(h, c, latestNews)
		if err != nil {
			return err
		}
		return page(c, "home.guest_title", views.Welcome(news))
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

// showTour is what this cabinet can do.
func (h *Handlers) showTour(c *fiber.Ctx) error { return page(c, "tour.title", views.TourPage()) }

// closeTour takes it from the first page, where its way stays.
func (h *Handlers) closeTour(c *fiber.Ctx) error {
	if err := h.db.CloseTour(c.UserContext(), me(c)); err != nil {
		return err
	}
	flash(c, "tour.closed")
	return done(c, "/")
}

// showGallery is every part of the pages at once, for whoever draws a new one.
func (h *Handlers) showGallery(c *fiber.Ctx) error {
	return page(c, "Gallery", views.Gallery())
}
