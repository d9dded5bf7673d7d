package handlers

import (
	"errors"

	"cabinet/db"
	"cabinet/views"
	"cabinet/views/mails"

	"github.com/gofiber/fiber/v2"
)

// mailTextRoutes are where the operator writes mails in words of their own.
func (h *Handlers) mailTextRoutes() []Route {
	return []Route{
		{"GET", "/staff/mail-texts", staff(db.Admin), h.listMailTexts},
		{"GET", "/staff/mail-texts/:name/:locale", staff(db.Admin), h.showMailText},
		{"POST", "/staff/mail-texts/:name/:locale", staff(db.Admin), h.saveMailText},
		{"POST", "/staff/mail-texts/:name/:locale/body", staff(db.Admin), h.showMailTextBody},
		{"POST", "/staff/mail-texts/:name/:locale/reset", staff(db.Admin), h.resetMailText},
	}
}

// listMailTexts shows every mail with its subject in each language.
func (h *Handlers) listMailTexts(c *fiber.Ctx) error {
	own, err := h.db.MailTextsNow(c.UserContext())
	if err != nil {
		return err
	}
	var rows []views.MailTextRow
	for _, rule := range db.MailTextRules {
		row := views.MailTextRow{Name: rule.Name}
		for _, locale := range []db.Locale{db.Russian, db.English} {
			row.Texts = append(row.Texts, inForce(mails.Ours(c.UserContext(), rule, locale), own))
		}
		rows = append(rows, row)
	}
	return page(c, "mail_texts.title", views.MailTexts(rows))
}

// inForce is our text, or what the operator has put in its place.
func inForce(ours db.MailText, own []db.MailText) views.MailWords {
	for _, text := range own {
		if text.Name == ours.Name && text.Locale == ours.Locale && text.Own() {
			return views.MailWords{MailText: text, Own: true}
		}
	}
	return views.MailWords{MailText: ours}
}

// mailTextPage is the page of a text in a language, with what is in force in its form.
func (h *Handlers) mailTextPage(c *fiber.Ctx) (p views.MailTextPage, err error) {
	locale := db.LocaleOf(c.Params("locale"))
	if string(locale) != c.Params("locale") {
		return p, db.ErrNotFound
	}
	if p.Rule, err = db.MailTextRuleOf(db.MailTextName(c.Params("name"))); err != nil {
		return p, err
	}
	if p.History, err = h.db.MailTextHistory(c.UserContext(), p.Rule.Name, locale); err != nil {
		return p, err
	}
	p.Ours = mails.Ours(c.UserContext(), p.Rule, locale)
	p.Numbered = mails.Example(p.Ours).Letter.Number != ""
	p.Form = p.Ours.Form()
	if len(p.History) > 0 {
		newest := p.History[0].MailText
		if p.Own = newest.Own(); p.Own {
			p.Form = newest.Form()
		}
		p.Form.Version = newest.Version
	}
	return p, nil
}

func (h *Handlers) showMailText(c *fiber.Ctx) error {
	p, err := h.mailTextPage(c)
	if err != nil {
		return err
	}
	return h.drawMailText(c, p)
}

func (h *Handlers) drawMailText(c *fiber.Ctx, p views.MailTextPage) error {
	if swaps(c) && c.Method() == fiber.MethodPost {
		return fragment(c, views.MailTextAnswer(p))
	}
	return page(c, "mail_texts.title", views.MailTextSheet(p))
}

// saveMailText keeps a text, or only shows how it would look. Our own words, typed or left as they are, are no text of
// the operator's.
func (h *Handlers) saveMailText(c *fiber.Ctx) error {
	p, form, err := h.typedMailText(c)
	if err != nil {
		return err
	}
	if form.Show != "" {
		return h.previewMailText(c, p)
	}
	if form.Says(p.Ours.Form()) {
		_, err = h.db.ResetMailText(c.UserContext(), me(c), p.Rule.Name, p.Ours.Locale, form.Version)
	} else {
		_, err = h.db.SaveMailText(c.UserContext(), me(c), p.Rule.Name, p.Ours.Locale, form.MailTextForm)
	}
	if errors.Is(err, db.MailTextStale) {
		return h.drawStaleMailText(c, p)
	}
	if problems, ok := problemsOf(c, err); ok {
		p.Problems = problems
		return h.drawMailText(c, p)
	}
	if err != nil {
		return err
	}
	flash(c, "mail_texts.saved")
	return moved(c, p.Path())
}

// typedMailText is the page of a text with what was typed in its form.
func (h *Handlers) typedMailText(c *fiber.Ctx) (p views.MailTextPage, form mailTextForm, err error) {
	if err = parse(c, &form); err != nil {
		return p, form, err
	}
	p, err = h.mailTextPage(c)
	p.Form = form.MailTextForm
	return p, form, err
}

// mailTextForm is a text, to be kept or only shown.
type mailTextForm struct {
	db.MailTextForm
	Show string `form:"show"`
}

// drawStaleMailText keeps what was typed: sent once more, it takes the place of what somebody else has saved meanwhile,
// which stands in the history beside it.
func (h *Handlers) drawStaleMailText(c *fiber.Ctx, p views.MailTextPage) error {
	if len(p.History) > 0 {
		p.Form.Version = p.History[0].MailText.Version
	}
	p.Problems = db.Problems{"": string(db.MailTextStale)}
	c.Status(fiber.StatusConflict)
	return h.drawMailText(c, p)
}

// previewMailText shows a made-up mail with what was typed; nothing is kept.
func (h *Handlers) previewMailText(c *fiber.Ctx, p views.MailTextPage) error {
	written, err := h.draftMail(c, p)
	if problems, ok := problemsOf(c, err); ok {
		p.Problems = problems
		return h.drawMailText(c, p)
	}
	p.Preview = views.MailPreview{Subject: written.Subject, Text: example(p).Covered(written.Text)}
	if err != nil {
		return err
	}
	return h.drawMailText(c, p)
}

// example is the made-up mail before it is written.
func example(p views.MailTextPage) db.Mail { return mails.Example(p.Ours).Mail }

func (h *Handlers) draftMail(c *fiber.Ctx, p views.MailTextPage) (mails.Written, error) {
	text, err := db.DraftMailText(p.Rule.Name, p.Ours.Locale, p.Form)
	if err != nil {
		return mails.Written{}, err
	}
	return mails.Write(c.UserContext(), mails.Example(text), h.BaseURL.String())
}

// showMailTextBody is the made-up mail as its reader would see it, under a policy of its own.
func (h *Handlers) showMailTextBody(c *fiber.Ctx) error {
	p, _, err := h.typedMailText(c)
	if err != nil {
		return err
	}
	written, err := h.draftMail(c, p)
	if err != nil {
		return err
	}
	c.Set("Content-Security-Policy", mailPolicy)
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.SendString(example(p).Covered(written.HTML))
}

// resetMailText puts our own words back.
func (h *Handlers) resetMailText(c *fiber.Ctx) error {
	p, form, err := h.typedMailText(c)
	if err != nil {
		return err
	}
	if _, err := h.db.ResetMailText(c.UserContext(), me(c), p.Rule.Name, p.Ours.Locale, form.Version); err != nil {
		return err
	}
	flash(c, "mail_texts.was_reset")
	return moved(c, p.Path())
}
