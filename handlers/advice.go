package handlers

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// adviceForm is what the forms with an e-mail address say about advice: for which address it was shown
// already, and which of its buttons was pressed.
type adviceForm struct {
	Advised string `form:"advised"`
	Fixed   string `form:"fixed"`
	Kept    string `form:"kept"`
}

// advised reports whether the form has to be shown again before anything is done: because of a probable
// slip in the address that nobody was told of yet, or because a button of the advice was pressed before
// the password was entered again.
func (f adviceForm) advised(email *string, password string) (views.EmailAdvice, bool) {
	if f.Fixed != "" {
		*email = f.Fixed
	}
	if (f.Fixed != "" || f.Kept != "") && password == "" {
		return views.EmailAdvice{Email: *email, Quiet: true}, true
	}
	better := db.SuggestEmail(*email)
	if better == "" || f.Advised == *email {
		return views.EmailAdvice{Email: f.Advised, Quiet: true}, false
	}
	return views.EmailAdvice{Email: *email, Better: better}, true
}

// adviseEmail says what looks odd about an address while the rest of the form is being filled in.
func (h *Handlers) adviseEmail(c *fiber.Ctx) error {
	var form db.EmailForm
	if err := parse(c, &form); err != nil {
		return err
	}
	if err := h.db.TakeLookUp(c.UserContext(), h.clientIP(c)); err != nil {
		return err
	}
	advice := views.EmailAdvice{Email: form.Email, Better: db.SuggestEmail(form.Email)}
	if advice.Better == "" {
		advice.NoMail = !h.takesMail(c.UserContext(), form.Email)
	}
	return fragment(c, views.Advice(advice))
}

const mxPatience = time.Second

// takesMail asks the name system whether the domain of an address takes mail. Only a clear no is one.
func (h *Handlers) takesMail(ctx context.Context, email string) bool {
	_, domain, ok := strings.Cut(email, "@")
	if !ok || !strings.Contains(domain, ".") || h.Resolver == nil {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, mxPatience)
	defer cancel()
	servers, err := h.Resolver.LookupMX(ctx, domain)
	if unknown, ok := errors.AsType[*net.DNSError](err); ok && unknown.IsNotFound {
		return false
	}
	return err != nil || len(servers) > 0 && servers[0].Host != "."
}
