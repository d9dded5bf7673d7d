package handlers

import (
	"bytes"
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"cabinet/assets"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// headers stand on every answer, errors included.
func (h *Handlers) headers(c *fiber.Ctx) error {
	h.setHeaders(c)
	return c.Next()
}

func (h *Handlers) setHeaders(c *fiber.Ctx) {
	c.Locals("request", uuid.NewString())
	c.Set("Content-Security-Policy", policy)
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("X-Frame-Options", "DENY")
	c.Set("Referrer-Policy", "same-origin") // with none at all, browsers hide where a form came from
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
	c.Set("Cache-Control", "no-store")
	c.Set("X-Request-Id", requestID(c))
	if h.secure() {
		c.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals("request").(string)
	return id
}

// oneLength refuses a request that says its length in two ways, or in one that we do not know: proxies and
// we might each believe another one.
func (h *Handlers) oneLength(c *fiber.Ctx) error {
	raw := bytes.ToLower(c.Request().Header.RawHeaders())
	_, encoded, has := bytes.Cut(raw, []byte("transfer-encoding:"))
	encoding, _, _ := bytes.Cut(encoded, []byte("\n"))
	if has && (bytes.Contains(raw, []byte("content-length:")) || string(bytes.TrimSpace(encoding)) != "chunked") {
		c.Response().SetConnectionClose()
		return fiber.ErrBadRequest
	}
	return c.Next()
}

// deadline ends a request that takes too long; a client that goes away does not.
func (h *Handlers) deadline(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), requestDeadline)
	defer cancel()
	c.SetUserContext(ctx)
	err := c.Next()
	if err != nil { // its page is drawn after this, and perhaps because the time was over
		c.SetUserContext(context.WithoutCancel(c.UserContext()))
	}
	return err
}

// static serves what the program carries with it. Names change with contents, so browsers keep it.
func (h *Handlers) static(c *fiber.Ctx) error {
	if !strings.HasPrefix(c.Path(), "/assets/") || c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
		return c.Next()
	}
	file, ok := assets.Find(c.Path(), c.Get("Accept-Encoding"))
	if !ok {
		return c.Next()
	}
	c.Locals(routeMet, "/assets/*")
	c.Set("Cache-Control", "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderContentType, file.ContentType)
	c.Vary("Accept-Encoding")
	if file.Encoding != "" {
		c.Set(fiber.HeaderContentEncoding, file.Encoding)
	}
	return c.Send(file.Body)
}

// crossSite refuses changes that another site's page sends with our visitor's cookie.
func (h *Handlers) crossSite(c *fiber.Ctx) error {
	header := http.Header{}
	for _, name := range []string{"Sec-Fetch-Site", "Origin"} {
		if value := c.Get(name); value != "" {
			header.Set(name, value)
		}
	}
	request := &http.Request{Method: c.Method(), Header: header, Host: string(c.Request().Host()), URL: &url.URL{Path: c.Path()}}
	if http.NewCrossOriginProtection().Check(request) != nil {
		return fiber.ErrForbidden
	}
	changes := c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead && c.Method() != fiber.MethodOptions
	if changes && len(header) == 0 && c.Cookies(h.cookieName()) != "" {
		return fiber.ErrForbidden
	}
	return c.Next()
}

// believed is the last address that no proxy of ours has written for somebody else.
func believed(direct string, hops []string, trusted int, networks []netip.Prefix) string {
	address := direct
	for i := len(hops) - 1; i >= 0; i-- {
		ours := trusted > 0 && len(hops)-i <= trusted
		for _, network := range networks {
			ip, err := netip.ParseAddr(address)
			ours = ours || err == nil && network.Contains(ip.Unmap())
		}
		if _, err := netip.ParseAddr(hops[i]); !ours || err != nil {
			break
		}
		address = hops[i]
	}
	return address
}

// health says that the process lives.
func (h *Handlers) health(c *fiber.Ctx) error { return c.SendString("ok\n") }

// ready says that it can serve: the database answers.
func (h *Handlers) ready(c *fiber.Ctx) error {
	if err := h.db.Ready(c.UserContext()); err != nil {
		h.Log.WarnContext(c.UserContext(), "not ready", "err", err)
		return c.Status(fiber.StatusServiceUnavailable).SendString("not ready\n")
	}
	return c.SendString("ready " + strconv.Itoa(len(h.routes)) + " routes\n")
}
