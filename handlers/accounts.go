package handlers

import (
	"errors"
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
)

// showRegistration asks a guest for an address and a password.
func (h *Handlers) showRegistration(c *fiber.Ctx) error {
	if me(c).SignedIn() {
		return redirect(c, "/")
	}
	return ask(c, "registration.title", views.RegistrationForm(db.Registration{Key: views.NewKey(), Invite: c.Query("invite")}, views.EmailAdvice{}, nil))
}

// register opens a cabinet and lets the newcomer in at once.
func (h *Handlers) register(c *fiber.Ctx) error {
	var form struct {
		db.Registration
		adviceForm
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	advice, again := form.advised(&form.Email, form.Password)
	if again {
		return ask(c, "registration.title", views.RegistrationForm(form.Registration, advice, nil))
	}
	account, err := h.db.Register(c.UserContext(), form.Registration, db.LocaleOf(h.guestLocale(c)), h.clientIP(c))
	if problems, ok := problemsOf(c, err); ok {
		return ask(c, "registration.title", views.RegistrationForm(form.Registration, advice, problems))
	}
	if err != nil {
		return err
	}
	if err := h.signIn(c, account); err != nil {
		return err
	}
	return moved(c, "/registration/address")
}

// signInForm is a sign-in and the page of ours that it leads to.
type signInForm struct {
	db.SignIn
	Back string `form:"back"`
}

// showSignIn asks who is there: in the dialog, or on a page of its own.
func (h *Handlers) showSignIn(c *fiber.Ctx) error {
	back := local(c.Query("back"))
	if me(c).SignedIn() {
		return redirect(c, back)
	}
	return ask(c, "sign_in.title", views.SignInForm("", back, nil))
}

// startSession signs a returning person in.
func (h *Handlers) startSession(c *fiber.Ctx) error {
	var form signInForm
	if err := parse(c, &form); err != nil {
		return err
	}
	account, err := h.db.SignIn(c.UserContext(), form.SignIn, h.clientIP(c))
	if problems, ok := problemsOf(c, err); ok {
		return ask(c, "sign_in.title", views.SignInForm(form.Identifier, local(form.Back), problems))
	}
	if err != nil {
		return err
	}
	if err := h.signIn(c, account); err != nil {
		return err
	}
	return moved(c, local(form.Back))
}

// ask shows a page that has one form and nothing else. htmx, which sent the form, gets it back alone.
func ask(c *fiber.Ctx, title string, form templ.Component) error {
	if swaps(c) && c.Method() == fiber.MethodPost {
		return fragment(c, form)
	}
	return page(c, title, views.Question(title, form))
}

// instead shows another page in the place of the one that a form was sent from.
func instead(c *fiber.Ctx, title string, body templ.Component) error {
	if !swaps(c) {
		return document(c, title, body)
	}
	c.Set("HX-Retarget", "#main")
	c.Set("HX-Reswap", "innerHTML")
	said, _ := c.Locals(flashCookie).(string)
	return fragment(c, templ.Join(views.Flash(said, nil), body))
}

// problemsOf is what a form has to say when it was not accepted: what is wrong field by field, or with
// all of it, or how long to wait.
func problemsOf(c *fiber.Ctx, err error) (db.Problems, bool) {
	if wait, ok := errors.AsType[db.Wait](err); ok {
		c.Status(fiber.StatusTooManyRequests).Set("Retry-After", strconv.Itoa(int(wait.For.Seconds())+1))
		return db.Problems{"": views.WaitText(c.UserContext(), wait.For)}, true
	}
	problems, ok := errors.AsType[db.Problems](err)
	if refusal, refused := errors.AsType[db.Refusal](err); refused {
		problems, ok = db.Problems{"": string(refusal)}, true
	}
	if ok {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return problems, ok
}
