package handlers

import (
	"errors"
	"slices"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// showSettings is where everything that a customer can set begins.
func (h *Handlers) showSettings(c *fiber.Ctx) error {
	book, err := h.db.AddressBook(c.UserContext(), me(c))
	if err != nil {
		return err
	}
	pending, err := h.pendingEmail(c)
	if err != nil {
		return err
	}
	return page(c, "nav.settings", views.Settings(me(c), book, pending))
}

// pendingEmail is the new address that waits for its proof, if there is one.
func (h *Handlers) pendingEmail(c *fiber.Ctx) (string, error) {
	token, err := h.db.NewestToken(c.UserContext(), me(c).ID, db.ChangeEmail)
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	if err != nil || !token.Open(h.db.Now()) {
		return "", err
	}
	return token.Email, nil
}

// showNotifications says which mails come, to whom and in which language.
func (h *Handlers) showNotifications(c *fiber.Ctx) error {
	silenced, err := h.db.SilencedMails(c.UserContext(), me(c).ID)
	if err != nil {
		return err
	}
	return page(c, "nav.notifications", views.Notifications(me(c), silenced))
}

// chooseMails keeps which of the mails somebody wants that nobody must get.
func (h *Handlers) chooseMails(c *fiber.Ctx) error {
	var offered, wanted []db.MailKind
	for _, mail := range db.OptionalMails {
		if !slices.Contains(me(c).Modules, mail.Module) {
			continue
		}
		if offered = append(offered, mail.Kind); posted(c, string(mail.Kind)) != "" {
			wanted = append(wanted, mail.Kind)
		}
	}
	if err := h.db.ChooseMails(c.UserContext(), me(c), offered, wanted); err != nil {
		return err
	}
	flash(c, "notifications.saved")
	return moved(c, "/settings/notifications")
}

// showData shows everything that the customer has told us.
func (h *Handlers) showData(c *fiber.Ctx) error {
	book, err := h.db.AddressesOf(c.UserContext(), me(c).ID)
	if err != nil {
		return err
	}
	return page(c, "nav.data", views.Data(me(c), book))
}

// emailForm is a new address, and whether it was entered in the banner.
type emailForm struct {
	db.EmailForm
	adviceForm
	Inline string `form:"inline"`
}

// showEmail asks for another address: in the banner, or on a page of its own.
func (h *Handlers) showEmail(c *fiber.Ctx) error {
	if swaps(c) {
		return fragment(c, views.BannerEmailForm("", views.EmailAdvice{}, nil))
	}
	return ask(c, "new_email.title", views.EmailForm("", views.EmailAdvice{}, nil))
}

// changeEmail takes another address.
func (h *Handlers) changeEmail(c *fiber.Ctx) error {
	var form emailForm
	if err := parse(c, &form); err != nil {
		return err
	}
	inline := form.Inline != "" && swaps(c)
	advice, again := form.advised(&form.Email, form.Password)
	if again {
		return askEmail(c, form.Email, inline, advice, nil)
	}
	account, err := h.db.ChangeEmail(c.UserContext(), me(c), form.EmailForm)
	if problems, ok := problemsOf(c, err); ok {
		return askEmail(c, form.Email, inline, advice, problems)
	}
	if err != nil {
		return err
	}
	if err := h.renew(c); err != nil {
		return err
	}
	if err := h.become(c, account); err != nil {
		return err
	}
	flash(c, "new_email.sent")
	if inline {
		return done(c, "/settings", views.Verification(nil, nil))
	}
	return moved(c, "/settings")
}

// askEmail shows the form again, in the banner or on its page.
func askEmail(c *fiber.Ctx, email string, inline bool, advice views.EmailAdvice, problems db.Problems) error {
	if inline {
		return fragment(c, views.Verification(views.BannerEmailForm(email, advice, problems), nil))
	}
	return ask(c, "new_email.title", views.EmailForm(email, advice, problems))
}
