package handlers

import (
	"context"
	"errors"
	"net"
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// fail is where every error of every handler ends. A person reads why; what is our own fault shows
// only the number under which it stands in the log.
func (h *Handlers) fail(c *fiber.Ctx, err error) error {
	if requestID(c) == "" { // refused before any of us saw it, as one that is too long
		h.setHeaders(c)
		c.SetUserContext(views.WithViewer(c.UserContext(), views.Viewer{Path: c.Path(), Locale: h.guestLocale(c), Zone: h.Zone}))
	}
	if refusal, ok := errors.AsType[db.Refusal](err); ok {
		return refused(c, fiber.StatusUnprocessableEntity, string(refusal))
	}
	if wait, ok := errors.AsType[db.Wait](err); ok {
		c.Set("Retry-After", strconv.Itoa(int(wait.For.Seconds())+1))
		return refused(c, fiber.StatusTooManyRequests, views.WaitText(c.UserContext(), wait.For))
	}
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return refused(c, fiber.StatusUnprocessableEntity, views.ProblemsText(c.UserContext(), problems))
	}
	if status, ok := errors.AsType[*fiber.Error](err); ok && status.Code < 500 {
		return h.tell(c, status.Code)
	}
	if errors.Is(err, db.ErrNotFound) {
		return h.tell(c, fiber.StatusNotFound)
	}
	h.Log.ErrorContext(c.UserContext(), "request failed", "request", requestID(c), "method", c.Method(), "route", c.Route().Path, "err", err)
	if unreachable(err) {
		c.Set("Retry-After", "5")
		return h.tell(c, fiber.StatusServiceUnavailable)
	}
	return h.tell(c, fiber.StatusInternalServerError)
}

// refused answers an act that a rule does not allow: for htmx in the place of the flash, beside
// everything that stays as it is; else as a page with the way back.
func refused(c *fiber.Ctx, status int, text string) error {
	c.Status(status)
	if swaps(c) {
		c.Set("HX-Reswap", "none")
		return fragment(c, views.Refused(text, views.Beside))
	}
	return document(c, "errors.refused", views.RefusedPage(text, back(c)))
}

// tell shows the page of a status, in the visitor's language and with everything else of a page.
func (h *Handlers) tell(c *fiber.Ctx, status int) error {
	c.Status(status)
	if swaps(c) {
		c.Set("HX-Reswap", "none")
		return fragment(c, views.Refused("errors."+strconv.Itoa(known(status)), views.Beside))
	}
	return document(c, "errors."+strconv.Itoa(known(status)), views.ErrorPage(known(status), requestID(c)))
}

// known is a status that has a text of its own.
func known(status int) int {
	switch status {
	case 400, 403, 404, 405, 409, 413, 429, 500, 503:
		return status
	}
	if status < 500 {
		return 400
	}
	return 500
}

// unreachable reports whether the database could not be asked, so that trying again later helps.
func unreachable(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, context.DeadlineExceeded) || db.Unreachable(err)
}
