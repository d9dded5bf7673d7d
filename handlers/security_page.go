package handlers

import (
	"errors"
	"net/url"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// showPassword asks for the present password and a new one.
func (h *Handlers) showPassword(c *fiber.Ctx) error {
	return ask(c, "password.title", views.PasswordForm(me(c).Account, nil))
}

// changePassword ends all other sessions; this one goes on under a new cookie.
func (h *Handlers) changePassword(c *fiber.Ctx) error {
	var form db.NewPassword
	if err := parse(c, &form); err != nil {
		return err
	}
	secret, err := h.db.ChangePassword(c.UserContext(), me(c), form)
	if problems, ok := problemsOf(c, err); ok {
		return ask(c, "password.title", views.PasswordForm(me(c).Account, problems))
	}
	if err != nil {
		return err
	}
	if err := h.giveCookie(c, secret); err != nil {
		return err
	}
	flash(c, "password.changed")
	return moved(c, "/settings/security")
}

// showSecurity lists where the visitor is signed in, and what else keeps strangers out.
func (h *Handlers) showSecurity(c *fiber.Ctx) error {
	return h.security(c, nil)
}

func (h *Handlers) security(c *fiber.Ctx, problems db.Problems) error {
	sessions, err := h.db.SessionsOf(c.UserContext(), me(c).ID, h.db.Now())
	if err != nil {
		return err
	}
	return page(c, "nav.security", views.Security(me(c), sessions, problems))
}

// closeSession signs one of the visitor's browsers out.
func (h *Handlers) closeSession(c *fiber.Ctx) error {
	session := id[db.SessionID](c)
	if session == me(c).Session.ID {
		return h.signOut(c)
	}
	if err := h.db.CloseSession(c.UserContext(), me(c), session); err != nil {
		return err
	}
	flash(c, "security.closed")
	c.Set("HX-Reswap", "delete") // of its row
	return done(c, "/settings/security")
}

// closeOtherSessions is «Выйти везде»: everywhere but here.
func (h *Handlers) closeOtherSessions(c *fiber.Ctx) error {
	if err := h.db.CloseOtherSessions(c.UserContext(), me(c)); err != nil {
		return err
	}
	flash(c, "security.closed_all")
	return moved(c, "/settings/security")
}

// askForCode leads somebody who has entered the password to the page for the code, and from there on.
func askForCode(c *fiber.Ctx) error {
	if c.Method() != fiber.MethodGet || swaps(c) {
		return redirect(c, "/second-factor")
	}
	return redirect(c, "/second-factor?back="+url.QueryEscape(local(c.OriginalURL())))
}

// showSecondFactor asks for a code, or sets codes up for whoever has none.
func (h *Handlers) showSecondFactor(c *fiber.Ctx) error {
	if me(c).HasSecondFactor() && !me(c).NeedsSecondFactor(h.SecondFactor) {
		return redirect(c, "/settings/security")
	}
	return h.secondFactor(c, local(c.Query("back")), nil)
}

func (h *Handlers) secondFactor(c *fiber.Ctx, back string, problems db.Problems) error {
	if me(c).HasSecondFactor() {
		return ask(c, "second_factor.title", views.CodeEntry(back, problems))
	}
	key, err := h.db.OfferSecondFactor(me(c), views.Site.Name)
	if err != nil {
		return err
	}
	return ask(c, "second_factor.setup", views.SecondFactorSetup(key, back, problems))
}

// passSecondFactor lets in whoever has the right code, under a new cookie. The first code switches the
// second factor on.
func (h *Handlers) passSecondFactor(c *fiber.Ctx) error {
	var form struct {
		Code string `form:"code"`
		Back string `form:"back"`
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	first := !me(c).HasSecondFactor()
	secret, err := h.db.PassSecondFactor(c.UserContext(), me(c), form.Code)
	if problems, ok := problemsOf(c, err); ok {
		return h.secondFactor(c, local(form.Back), problems)
	}
	if err != nil {
		return err
	}
	if err := h.giveCookie(c, secret); err != nil {
		return err
	}
	if first {
		flash(c, "second_factor.on")
	}
	return moved(c, local(form.Back))
}

// removeSecondFactor needs the password.
func (h *Handlers) removeSecondFactor(c *fiber.Ctx) error {
	var form struct {
		Password string `form:"password"`
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	err := h.db.RemoveSecondFactor(c.UserContext(), me(c), form.Password)
	if _, refused := errors.AsType[db.Refusal](err); refused {
		return err
	}
	if problems, ok := problemsOf(c, err); ok {
		return h.security(c, problems)
	}
	if err != nil {
		return err
	}
	flash(c, "second_factor.removed")
	return moved(c, "/settings/security")
}
