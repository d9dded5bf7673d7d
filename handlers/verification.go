package handlers

import (
	"context"
	"errors"
	"net/url"

	"cabinet/db"
	"cabinet/views"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
)

// showVerification is where a link of a mail leads, and where its code is entered.
func (h *Handlers) showVerification(c *fiber.Ctx) error {
	if c.Query("token") != "" {
		return h.showLink(c, db.VerifyEmail)
	}
	if !me(c).SignedIn() {
		return askToSignIn(c)
	}
	if me(c).Verified() {
		return page(c, "verification.proved", views.AlreadyProved(me(c).Email))
	}
	var problems db.Problems
	if !h.takesMail(c.UserContext(), me(c).Email) {
		problems = db.Problems{"": "registration.no_mail"}
	}
	return ask(c, "verification.confirm_title", views.CodeForm("", problems))
}

// verify proves an address by the button of a link, or by the code for other devices.
func (h *Handlers) verify(c *fiber.Ctx) error {
	var form struct {
		Token string `form:"token"`
		Code  string `form:"code"`
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	if form.Token != "" {
		return h.follow(c, db.VerifyEmail, form.Token, h.db.ProveEmail, h.verified)
	}
	if !me(c).SignedIn() {
		return askToSignIn(c)
	}
	account, err := h.db.ProveEmailByCode(c.UserContext(), me(c), form.Code)
	if problems, ok := problemsOf(c, err); ok {
		return ask(c, "verification.confirm_title", views.CodeForm(form.Code, problems))
	}
	if err != nil {
		return err
	}
	return h.verified(c, account)
}

// verified takes the banner away and says it once, in green.
func (h *Handlers) verified(c *fiber.Ctx, account db.Account) error {
	if me(c).ID != account.ID {
		return instead(c, "verification.proved", views.Proved(account.Email))
	}
	if err := h.become(c, account); err != nil {
		return err
	}
	flash(c, "verification.done")
	if !swaps(c) {
		return moved(c, "/")
	}
	return instead(c, "verification.proved", templ.Join(views.Proved(account.Email), views.Verification(nil, views.Beside)))
}

// sendProof has another mail sent: to whoever is signed in, or to whoever holds an old link.
func (h *Handlers) sendProof(c *fiber.Ctx) error {
	var form struct {
		Token string `form:"token"`
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	account, err := h.addressee(c, form.Token)
	if err != nil {
		return err
	}
	if account.ID == 0 {
		return askToSignIn(c)
	}
	if account.Verified() {
		return instead(c, "verification.proved", views.AlreadyProved(account.Email))
	}
	if err := h.db.AskForProof(c.UserContext(), account); err != nil {
		return err
	}
	if me(c).ID != account.ID {
		return instead(c, "verification.sent", views.MailSent(account.Email))
	}
	if err := h.become(c, account); err != nil {
		return err
	}
	flash(c, "verification.sent")
	return done(c, "/verification", views.Verification(nil, nil))
}

// addressee is whom a new mail is for.
func (h *Handlers) addressee(c *fiber.Ctx, token string) (db.Account, error) {
	if token == "" {
		return me(c).Account, nil
	}
	account, err := h.db.OpenToken(c.UserContext(), token, db.VerifyEmail)
	if errors.Is(err, db.SpentUnknown) {
		return me(c).Account, nil
	}
	if _, spent := errors.AsType[db.Spent](err); spent {
		err = nil // it was good once, so it came from the mail
	}
	return account, err
}

// showBanner is the yellow banner alone, for a page that heard that something about the account changed.
func (h *Handlers) showBanner(c *fiber.Ctx) error { return fragment(c, views.Verification(nil, nil)) }

// links are the pages that mailed links lead to, by what they may do.
var links = map[db.TokenPurpose]views.LinkPage{
	db.VerifyEmail:     {Path: "/verification", Title: "verification.confirm_title", Text: "verification.confirm_text", Button: "verification.confirm"},
	db.ChangeEmail:     {Path: "/email/confirmation", Title: "new_email.confirm_title", Text: "new_email.confirm_text", Button: "verification.confirm"},
	db.ConfirmMailings: {Path: "/mailings/confirmation", Title: "mailings.confirm_title", Text: "mailings.confirm_text", Button: "mailings.confirm"},
	db.UndoEmail:       {Path: "/email/undo", Title: "new_email.undo_title", Text: "new_email.undo_text", Button: "new_email.undo"},
}

// showLink shows what a link would do, and changes nothing.
func (h *Handlers) showLink(c *fiber.Ctx, purpose db.TokenPurpose) error {
	link := links[purpose]
	link.Token = c.Query("token")
	account, err := h.db.OpenToken(c.UserContext(), link.Token, purpose)
	if spent, ok := errors.AsType[db.Spent](err); ok {
		return h.showSpent(c, purpose, link.Token, spent)
	}
	if err != nil {
		return err
	}
	link.Text = views.TF(c.UserContext(), link.Text, "email", account.Email)
	return ask(c, link.Title, views.LinkForm(link))
}

// follow does what a link is for, and says why when it can not be done any more.
func (h *Handlers) follow(c *fiber.Ctx, purpose db.TokenPurpose, token string,
	act func(context.Context, string) (db.Account, error), then func(*fiber.Ctx, db.Account) error) error {
	account, err := act(c.UserContext(), token)
	if spent, ok := errors.AsType[db.Spent](err); ok {
		return h.showSpent(c, purpose, token, spent)
	}
	if err != nil {
		return err
	}
	return then(c, account)
}

// renewals are where one asks for another link.
var renewals = map[db.TokenPurpose]string{
	db.VerifyEmail: "/verification/mails", db.ChangeEmail: "/settings/email", db.UndoEmail: "/recovery", db.Recover: "/recovery",
	db.ConfirmMailings: "/mailings",
}

// showSpent says why a link does nothing any more. Whoever has proved the address is told so kindly.
func (h *Handlers) showSpent(c *fiber.Ctx, purpose db.TokenPurpose, token string, spent db.Spent) error {
	of, err := h.db.OpenToken(c.UserContext(), token, purpose)
	if _, known := errors.AsType[db.Spent](err); err != nil && !known {
		return err
	}
	if purpose == db.VerifyEmail && of.Verified() {
		return instead(c, "verification.proved", views.AlreadyProved(of.Email))
	}
	if of.ID == 0 {
		token = ""
	}
	c.Status(fiber.StatusGone)
	return instead(c, "tokens.title", views.SpentLink(spent, renewals[purpose], token))
}

// showEmailConfirmation is where the mail to a new address leads.
func (h *Handlers) showEmailConfirmation(c *fiber.Ctx) error { return h.showLink(c, db.ChangeEmail) }

// confirmEmail puts a new address in force.
func (h *Handlers) confirmEmail(c *fiber.Ctx) error {
	token, err := tokenOf(c)
	if err != nil {
		return err
	}
	return h.follow(c, db.ChangeEmail, token, h.db.ConfirmEmail, func(c *fiber.Ctx, account db.Account) error {
		if me(c).ID != account.ID {
			return instead(c, "verification.proved", views.Proved(account.Email))
		}
		if err := h.renew(c); err != nil {
			return err
		}
		flash(c, "new_email.changed")
		return moved(c, "/settings")
	})
}

// showEmailUndo is where the mail to the old address leads: «Это не я».
func (h *Handlers) showEmailUndo(c *fiber.Ctx) error { return h.showLink(c, db.UndoEmail) }

// undoEmail puts the old address back and leads to a new password.
func (h *Handlers) undoEmail(c *fiber.Ctx) error {
	token, err := tokenOf(c)
	if err != nil {
		return err
	}
	return h.follow(c, db.UndoEmail, token, h.db.UndoEmail, func(c *fiber.Ctx, account db.Account) error {
		flash(c, "new_email.undone")
		return moved(c, "/recovery?identifier="+url.QueryEscape(account.Email))
	})
}

// tokenOf is the secret that the page of a link sends on.
func tokenOf(c *fiber.Ctx) (string, error) {
	var form struct {
		Token string `form:"token"`
	}
	err := parse(c, &form)
	return form.Token, err
}
