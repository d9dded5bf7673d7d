package handlers

import (
	"encoding/base64"
	"strconv"
	"strings"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

func (h *Handlers) mailRoutes() []Route {
	return []Route{
		{"GET", "/staff/mails", staff(db.Support), h.listMails},
		{"GET", "/staff/mails/domain", staff(db.Support), h.showDomain},
		{"GET", "/staff/mails/:id<int>/body", staff(db.Support), h.showMailBody},
		{"POST", "/staff/mails/sending", staff(db.Support), h.retryFailedMails},
		{"POST", "/staff/mails/:id<int>/sending", staff(db.Support), h.retryMail},
		{"GET", "/dev/mail", dev, h.listDevMail},
		{"GET", "/dev/mail/:id<int>", dev, h.showDevMail},
		{"GET", "/dev/mail/:id<int>/body", dev, h.showDevMailBody},
	}
}

const mailsOnAPage = 50

// mailStatuses are what the mail log can be narrowed to.
var mailStatuses = map[string][]db.MailStatus{
	"waiting": {db.MailGathering, db.MailQueued},
	"failed":  {db.MailFailed},
}

// listMails is the mail log, with the mail that was asked for open in its place.
func (h *Handlers) listMails(c *fiber.Ctx) error {
	list, err := h.mails(c)
	if err != nil {
		return err
	}
	if swaps(c) {
		return fragment(c, views.MailRows(list))
	}
	return document(c, "mails.title", views.Mails(list))
}

func (h *Handlers) mails(c *fiber.Ctx) (list views.MailList, err error) {
	list.Status, list.Query, list.Below = c.Query("status"), c.Query("q"), below[db.MailID](c)
	if mailStatuses[list.Status] == nil {
		list.Status = ""
	}
	filter := db.MailFilter{Statuses: mailStatuses[list.Status], Email: list.Query, Below: list.Below}
	lines, next, err := h.db.MailPage(c.UserContext(), filter, mailsOnAPage)
	if err != nil {
		return list, err
	}
	list.Lines, list.Next = lines, next.Below
	now, err := h.db.MailsNow(c.UserContext())
	if err != nil {
		return list, err
	}
	list.Waits = now.Waits
	if list.Status == "failed" {
		if list.Failed, err = h.db.FailedMails(c.UserContext(), db.CountedUpTo); err != nil {
			return list, err
		}
	}
	if open, err := strconv.ParseInt(c.Query("open"), 10, 64); err == nil {
		list.Open, err = h.db.MailByID(c.UserContext(), db.MailID(open))
		return list, err
	}
	return list, nil
}

// below is where a page of a list begins: under the number of the last row of the page before.
func below[ID ~int64](c *fiber.Ctx) ID {
	n, err := strconv.ParseInt(c.Query("below"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return ID(n)
}

// retryMail queues a refused mail again.
func (h *Handlers) retryMail(c *fiber.Ctx) error {
	if _, err := h.db.RetryMail(c.UserContext(), id[db.MailID](c)); err != nil {
		return err
	}
	list, err := h.mails(c)
	if err != nil {
		return err
	}
	flash(c, "mails.retried")
	return done(c, "/staff/mails", views.MailRows(list))
}

// retryFailedMails queues everything again that was refused.
func (h *Handlers) retryFailedMails(c *fiber.Ctx) error {
	if _, err := h.db.RetryFailedMails(c.UserContext()); err != nil {
		return err
	}
	list, err := h.mails(c)
	if err != nil {
		return err
	}
	flash(c, "mails.retried_all")
	return done(c, "/staff/mails?status=waiting", views.MailRows(list))
}

// mailPolicy lets a mail bring its own style, and nothing else: it is no page of ours.
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"sandbox allow-popups allow-top-navigation-by-user-activation"

// showMailBody is a mail as its reader sees it, with what opens an account covered.
func (h *Handlers) showMailBody(c *fiber.Ctx) error {
	return h.mailBody(c, func(mail db.Mail) string { return mail.Covered(mail.HtmlBody) })
}

// showDevMailBody is the same in a trial, where the links work.
func (h *Handlers) showDevMailBody(c *fiber.Ctx) error {
	return h.mailBody(c, func(mail db.Mail) string { return mail.Revealed(mail.HtmlBody) })
}

func (h *Handlers) mailBody(c *fiber.Ctx, body func(db.Mail) string) error {
	mail, err := h.db.MailByID(c.UserContext(), id[db.MailID](c))
	if err != nil {
		return err
	}
	if !mail.Written() {
		return db.ErrNotFound
	}
	pictures, err := h.db.PicturesIn(c.UserContext(), mail)
	if err != nil {
		return err
	}
	c.Set("Content-Security-Policy", mailPolicy)
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.SendString(withPictures(body(mail), pictures))
}

// withPictures puts the pictures of a mail into its page, which may load nothing.
func withPictures(html string, pictures []db.MailPicture) string {
	for _, picture := range pictures {
		address := "data:" + picture.Type + ";base64," + base64.StdEncoding.EncodeToString(picture.Body)
		html = strings.Replace(html, `src="cid:`+picture.ContentID+`"`, `src="`+address+`"`, 1)
	}
	return html
}

// showDomain is what the world can know about the domain that our mails come from.
func (h *Handlers) showDomain(c *fiber.Ctx) error {
	return page(c, "domains.title", views.Domain(h.checkDomain(c.UserContext())))
}

// listDevMail is the letterbox of a trial: all mails to everybody.
func (h *Handlers) listDevMail(c *fiber.Ctx) error {
	lines, next, err := h.db.MailPage(c.UserContext(), db.MailFilter{Below: below[db.MailID](c)}, mailsOnAPage)
	if err != nil {
		return err
	}
	return page(c, "devmail.title", views.DevMails(lines, next.Below))
}

func (h *Handlers) showDevMail(c *fiber.Ctx) error {
	mail, err := h.db.MailByID(c.UserContext(), id[db.MailID](c))
	if err != nil {
		return err
	}
	return page(c, "devmail.title", views.DevMail(mail))
}
