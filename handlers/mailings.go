package handlers

import (
	"strconv"
	"strings"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// mailingRoutes are what a customer wants to be written about, and the ways out of it without signing in.
func (h *Handlers) mailingRoutes() []Route {
	return []Route{
		reading(h, "/mailings", customer, mailingChoices, h.showMailings),
		{"POST", "/mailings/:mailing<int>", customer, h.setMailing},
		{"GET", "/mailings/confirmation", public, h.showMailingConfirmation},
		{"POST", "/mailings/confirmation", public, h.confirmMailings},
		{"POST", "/mailings/confirmation/mails", customer, h.askToConfirmMailings},
		reading(h, "/newsletters", public, newsletterList, h.listNewsletters),
		{"GET", "/newsletters.rss", public, h.showFeed},
		{"GET", "/newsletters/:id<int>", public, h.showNewsletter},
	}
}

// mailingEndRoutes are what stands in mails that were sent, and what comes back of them: there however long the module
// has been off.
func (h *Handlers) mailingEndRoutes() []Route {
	return []Route{
		{"GET", "/mailings/help", public, h.showMailingHelp},
		{"GET", "/unsubscribe", public, h.showMailingLink},
		{"POST", "/unsubscribe", public, h.unsubscribe},
		{"POST", "/unsubscribe/all", public, h.unsubscribeFromAll},
		{"POST", "/unsubscribe/choices/:mailing<int>", public, h.setMailingByLink},
		{"POST", "/webhooks/bounces", bounces, h.takeBounces},
	}
}

func mailingChoices(_ *fiber.Ctx, of db.AccountID) *db.MailingChoices {
	return &db.MailingChoices{Of: of}
}

func (h *Handlers) showMailings(c *fiber.Ctx, choices *db.MailingChoices) error {
	return page(c, "nav.mailings", views.Mailings(views.MailingsPage{MailingChoices: choices, Email: me(c).Email, Verified: me(c).Verified()}))
}

// mailing is the topic in the address.
func mailing(c *fiber.Ctx) db.MailingTopicID {
	n, _ := strconv.ParseInt(c.Params("mailing"), 10, 64) // what is too long is no topic
	return db.MailingTopicID(n)
}

func (h *Handlers) setMailing(c *fiber.Ctx) error {
	on := posted(c, "on") != ""
	if err := h.db.SetMailing(c.UserContext(), me(c), mailing(c), on); err != nil {
		return err
	}
	switch {
	case on && !me(c).Verified():
		flash(c, "mailings.asked")
	default:
		flash(c, map[bool]string{true: "mailings.subscribed", false: "mailings.unsubscribed"}[on])
	}
	return h.doneMailings(c)
}

func (h *Handlers) doneMailings(c *fiber.Ctx) error {
	choices := mailingChoices(c, me(c).ID)
	if err := h.db.Read(c.UserContext(), choices); err != nil {
		return err
	}
	return done(c, "/mailings", views.Mailings(views.MailingsPage{MailingChoices: choices, Email: me(c).Email, Verified: me(c).Verified()}))
}

func (h *Handlers) askToConfirmMailings(c *fiber.Ctx) error {
	if err := h.db.AskToConfirmMailings(c.UserContext(), me(c)); err != nil {
		return err
	}
	flash(c, "verification.sent")
	return h.doneMailings(c)
}

// showMailingHelp tells our mails from those of others.
func (h *Handlers) showMailingHelp(c *fiber.Ctx) error {
	_, domain, _ := strings.Cut(views.Site.Sender, "@")
	return page(c, "mailings.help", views.MailingHelp(views.Site.Sender, domain))
}

// showMailingConfirmation is where the letter leads that asks whether somebody wants mailings. It says which.
func (h *Handlers) showMailingConfirmation(c *fiber.Ctx) error {
	account, err := h.db.OpenToken(c.UserContext(), c.Query("token"), db.ConfirmMailings)
	if err != nil {
		return h.showLink(c, db.ConfirmMailings) // which says why
	}
	choices := mailingChoices(c, account.ID)
	if err := h.db.Read(c.UserContext(), choices); err != nil {
		return err
	}
	link := links[db.ConfirmMailings]
	link.Token, link.Text = c.Query("token"), views.ConfirmMailingsText(c.UserContext(), account, choices.Choices)
	return ask(c, link.Title, views.LinkForm(link))
}

func (h *Handlers) confirmMailings(c *fiber.Ctx) error {
	token, err := tokenOf(c)
	if err != nil {
		return err
	}
	return h.follow(c, db.ConfirmMailings, token, h.db.ConfirmMailings, func(c *fiber.Ctx, account db.Account) error {
		if me(c).ID != account.ID {
			return instead(c, "mailings.confirmed_title", views.MailingsConfirmed(account.Email))
		}
		flash(c, "mailings.confirmed_title")
		return moved(c, "/mailings")
	})
}

// showMailingLink changes nothing: whoever looks through mails follows the links in them.
func (h *Handlers) showMailingLink(c *fiber.Ctx) error {
	link, err := h.db.OpenMailingLink(c.UserContext(), c.Query("token"))
	if err != nil {
		return err
	}
	return page(c, "unsubscribe.title", views.MailingLink(views.MailingLinkPage{MailingLink: &link, Token: c.Query("token")}))
}

// unsubscribe is for the button on that page, and for the one that mail programs show (RFC 8058): those send this very
// word, bring no cookie and are not sent anywhere else.
func (h *Handlers) unsubscribe(c *fiber.Ctx) error {
	source, oneClick := db.ByLink, posted(c, "List-Unsubscribe") == "One-Click"
	if oneClick {
		source = db.ByOneClick
	}
	if err := h.db.Unsubscribe(c.UserContext(), c.Query("token"), source); err != nil {
		return err
	}
	if oneClick {
		return c.SendString("unsubscribed\n")
	}
	return h.doneLink(c, "mailings.unsubscribed")
}

func (h *Handlers) unsubscribeFromAll(c *fiber.Ctx) error {
	if err := h.db.UnsubscribeFromAll(c.UserContext(), c.Query("token")); err != nil {
		return err
	}
	return h.doneLink(c, "unsubscribe.all_done")
}

func (h *Handlers) setMailingByLink(c *fiber.Ctx) error {
	on := posted(c, "on") != ""
	if err := h.db.SetMailingByLink(c.UserContext(), c.Query("token"), mailing(c), on); err != nil {
		return err
	}
	return h.doneLink(c, map[bool]string{true: "mailings.subscribed", false: "mailings.unsubscribed"}[on])
}

func (h *Handlers) doneLink(c *fiber.Ctx, said string) error {
	link, err := h.db.OpenMailingLink(c.UserContext(), c.Query("token"))
	if err != nil {
		return err
	}
	flash(c, said)
	return done(c, "/unsubscribe?token="+escape(c.Query("token")), views.MailingLink(views.MailingLinkPage{MailingLink: &link, Token: c.Query("token")}))
}

func newsletterList(c *fiber.Ctx, _ db.AccountID) *db.NewsletterList {
	return &db.NewsletterList{Below: placeOf[db.CampaignID](c.Query("below"))}
}

func (h *Handlers) listNewsletters(c *fiber.Ctx, list *db.NewsletterList) error {
	next := ""
	if list.More {
		last := list.Rows[len(list.Rows)-1]
		next = pageAfter(c, "below", *last.StartedAt, last.ID)
	}
	return page(c, "newsletters.title", views.Newsletters(list, next))
}

func (h *Handlers) showNewsletter(c *fiber.Ctx) error {
	letter, err := h.db.Newsletter(c.UserContext(), id[db.CampaignID](c))
	if err != nil {
		return err
	}
	return page(c, letter.Subject, views.Newsletter(letter))
}
