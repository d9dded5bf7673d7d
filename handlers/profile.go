package handlers

import (
	"errors"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// profileRoutes are «Мой профиль».
func (h *Handlers) profileRoutes() []Route {
	return []Route{
		reading(h, "/profile", customer, profileOf, h.showMyProfile),
		{"POST", "/profile/picture", customer.withUploads(), h.setAvatar},
		{"POST", "/profile/picture/removal", customer, h.removeAvatar},
		{"GET", "/profile/picture/:id<int>/large", customer, h.showLargeAvatar},
		{"GET", "/profile/picture/:id<int>/small", customer, h.showSmallAvatar},
	}
}

func profileOf(_ *fiber.Ctx, of db.AccountID) *db.Profile { return &db.Profile{Of: of} }

func (h *Handlers) showMyProfile(c *fiber.Ctx, profile *db.Profile) error {
	return page(c, "nav.my_profile", views.Profile(me(c), profile, nil))
}

// setAvatar takes another picture. What is no picture is said beside the field, and the old one stays.
func (h *Handlers) setAvatar(c *fiber.Ctx) error {
	err := h.db.SetAvatar(c.UserContext(), me(c), uploads(c, "picture"))
	if problems, ok := errors.AsType[db.Problems](err); ok {
		c.Status(fiber.StatusUnprocessableEntity)
		return h.drawAvatar(c, problems)
	}
	if err != nil {
		return err
	}
	flash(c, "avatars.saved")
	return h.doneAvatar(c)
}

func (h *Handlers) removeAvatar(c *fiber.Ctx) error {
	if err := h.db.RemoveAvatar(c.UserContext(), me(c)); err != nil {
		return err
	}
	flash(c, "avatars.removed")
	return h.doneAvatar(c)
}

func (h *Handlers) doneAvatar(c *fiber.Ctx) error {
	profile, err := pageOf(h, c, profileOf)
	if err != nil {
		return err
	}
	return done(c, "/profile", views.Avatar(profile.Avatar, nil))
}

// drawAvatar shows the page again, or for htmx the part of it, with what is wrong.
func (h *Handlers) drawAvatar(c *fiber.Ctx, problems db.Problems) error {
	profile, err := pageOf(h, c, profileOf)
	if err != nil {
		return err
	}
	return sheet(c, "nav.my_profile", views.Profile(me(c), profile, problems), views.Avatar(profile.Avatar, problems))
}

func (h *Handlers) showLargeAvatar(c *fiber.Ctx) error { return h.showAvatar(c, db.Large) }

func (h *Handlers) showSmallAvatar(c *fiber.Ctx) error { return h.showAvatar(c, db.Small) }

func (h *Handlers) showAvatar(c *fiber.Ctx, variant db.Variant) error {
	file, picture, err := h.db.Avatar(c.UserContext(), me(c), id[db.FileID](c), variant)
	if err != nil {
		return err
	}
	return sendPicture(c, file, picture)
}
