package handlers

import (
	"errors"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// showRecovery asks whose password was lost.
func (h *Handlers) showRecovery(c *fiber.Ctx) error {
	return ask(c, "recovery.title", views.RecoveryForm(c.Query("identifier"), nil))
}

// recoverAccess has a link mailed, and says the same to everybody.
func (h *Handlers) recoverAccess(c *fiber.Ctx) error {
	var form struct {
		Identifier string `form:"identifier"`
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	err := h.db.AskForRecovery(c.UserContext(), form.Identifier, h.clientIP(c))
	if problems, ok := problemsOf(c, err); ok {
		return ask(c, "recovery.title", views.RecoveryForm(form.Identifier, problems))
	}
	if err != nil {
		return err
	}
	return instead(c, "recovery.sent", views.RecoverySent())
}

// showRecoveryLink asks for a new password.
func (h *Handlers) showRecoveryLink(c *fiber.Ctx) error {
	return h.askForPassword(c, c.Query("token"), nil)
}

func (h *Handlers) askForPassword(c *fiber.Ctx, token string, problems db.Problems) error {
	account, err := h.db.OpenToken(c.UserContext(), token, db.Recover)
	if spent, ok := errors.AsType[db.Spent](err); ok {
		return h.showSpent(c, db.Recover, token, spent)
	}
	if err != nil {
		return err
	}
	return ask(c, "recovery.new_title", views.NewPasswordForm(account.Email, token, problems))
}

// recoverPassword sets a new password: one's own, which leads right into the cabinet, or one that is
// made and shown once.
func (h *Handlers) recoverPassword(c *fiber.Ctx) error {
	var form struct {
		db.NewPassword
		Token string `form:"token"`
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	account, generated, err := h.db.RecoverPassword(c.UserContext(), form.Token, form.NewPassword)
	if spent, ok := errors.AsType[db.Spent](err); ok {
		return h.showSpent(c, db.Recover, form.Token, spent)
	}
	if problems, ok := problemsOf(c, err); ok {
		return h.askForPassword(c, form.Token, problems)
	}
	if err != nil {
		return err
	}
	if generated != "" {
		return instead(c, "recovery.generated", views.GeneratedPassword(generated))
	}
	if err := h.signIn(c, account); err != nil {
		return err
	}
	flash(c, "recovery.done")
	return moved(c, "/")
}
