package handlers

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// subscriptionRoutes are «Управление подпиской» and the issues that come by it.
func (h *Handlers) subscriptionRoutes() []Route {
	return []Route{
		reading(h, "/subscription", customer, magazineOf, h.showMagazine),
		{"POST", "/subscription", customer, h.subscribe},
		reading(h, "/subscription/new", customer, subscriptionOffer, h.showSubscriptionOrder),
		{"GET", "/subscription/claim", customer, h.showClaim},
		{"POST", "/subscription/claim", customer, h.claimGift},
		{"POST", "/subscription/:id<int>/pause", customer, h.pauseSubscription},
		{"POST", "/subscription/:id<int>/resumption", customer, h.resumeSubscription},
		{"POST", "/subscription/:id<int>/renewal", customer, h.setRenewal},
		{"POST", "/subscription/:id<int>/address", customer, h.readdressSubscription},
		{"POST", "/subscription/:id<int>/cancellation", customer, h.cancelSubscription},
		{"POST", "/subscription/:id<int>/code", customer, h.showGiftCode},
		{"POST", "/subscription/:id<int>/card", customer, h.printGift},
		{"GET", "/subscription/issues/:id<int>", customer, h.showIssue},
		{"GET", "/subscription/issues/:id<int>/pdf", customer.withDownload(), h.downloadIssue},
		{"GET", "/covers/:id<int>/large", public, h.showLargeCover},
		{"GET", "/covers/:id<int>/small", public, h.showSmallCover},
	}
}

func magazineOf(c *fiber.Ctx, of db.AccountID) *db.Magazine {
	below, _ := strconv.ParseInt(c.Query("below"), 10, 32)
	return &db.Magazine{Of: of, Below: int32(below)}
}

func (h *Handlers) showMagazine(c *fiber.Ctx, magazine *db.Magazine) error {
	return page(c, "nav.subscription", views.Magazine(magazinePage(magazine)))
}

func magazinePage(magazine *db.Magazine) views.MagazinePage {
	shown := views.MagazinePage{Magazine: magazine}
	if magazine.More {
		shown.More = fmt.Sprintf("/subscription?below=%d", magazine.Issues[len(magazine.Issues)-1].Number)
	}
	return shown
}

// subscriptionDone shows the page after an act, or what was wrong with it.
func (h *Handlers) subscriptionDone(c *fiber.Ctx, said string, err error) error {
	problems, wrong := errors.AsType[db.Problems](err)
	if err != nil && !wrong {
		return err
	}
	magazine := magazineOf(c, me(c).ID)
	if err := h.db.Read(c.UserContext(), magazine); err != nil {
		return err
	}
	shown := magazinePage(magazine)
	if wrong {
		shown.Problem = cmp.Or(problems["issues"], problems["address"])
		c.Status(fiber.StatusUnprocessableEntity)
		if !swaps(c) {
			return page(c, "nav.subscription", views.Magazine(shown))
		}
		return fragment(c, views.MagazineParts(shown))
	}
	flash(c, said)
	return done(c, "/subscription", views.MagazineParts(shown))
}

func subscriptionOffer(_ *fiber.Ctx, of db.AccountID) *db.SubscriptionOffer {
	return &db.SubscriptionOffer{Of: of}
}

// showSubscriptionOrder is the form as it is opened: for oneself, as a gift, or to go on with what there is.
func (h *Handlers) showSubscriptionOrder(c *fiber.Ctx, offer *db.SubscriptionOffer) error {
	form := db.SubscriptionForm{Key: views.NewKey(), Gift: c.Query("gift"), Start: "next", Way: db.PayByBalance}
	if len(offer.Tariffs) > 0 {
		form.Tariff = offer.Tariffs[0].Code()
	}
	for _, address := range offer.Book {
		if form.Address == 0 && len(db.Missing(address, nil)) == 0 {
			form.Address = address.ID
		}
	}
	after := db.SubscriptionFormat(c.Query("after"))
	if at := slices.IndexFunc(offer.Running, func(s db.Subscription) bool { return s.Format == after }); at >= 0 || form.Gift != "yes" && len(offer.Running) > 0 {
		form.Start = "after"
		form.Tariff = tariffLike(offer, offer.Running[max(at, 0)], form.Tariff)
	}
	return h.drawSubscription(c, views.SubscriptionDraft{SubscriptionOffer: offer, Form: form})
}

// tariffLike is what was bought before, at today's price.
func tariffLike(offer *db.SubscriptionOffer, s db.Subscription, otherwise string) string {
	for _, tariff := range offer.Tariffs {
		if tariff.Format == s.Format && tariff.Issues == s.Issues {
			return tariff.Code()
		}
	}
	return otherwise
}

func (h *Handlers) drawSubscription(c *fiber.Ctx, draft views.SubscriptionDraft) error {
	draft.Purse = me(c).Purse
	if swaps(c) && c.Method() == fiber.MethodPost {
		return fragment(c, views.SubscriptionForm(draft))
	}
	return page(c, "subscriptions.subscribe", views.SubscriptionOrder(draft))
}

func (h *Handlers) subscribe(c *fiber.Ctx) error {
	var form db.SubscriptionForm
	if err := parse(c, &form); err != nil {
		return err
	}
	if needed := wayNeeds[form.Way]; needed != "" && !slices.Contains(me(c).Modules, needed) {
		form.Way = "" // not offered here
	}
	s, err := h.db.Subscribe(c.UserContext(), me(c), form)
	if problems, wrong := problemsOf(c, err); wrong {
		offer := subscriptionOffer(c, me(c).ID)
		if err := h.db.Read(c.UserContext(), offer); err != nil {
			return err
		}
		return h.drawSubscription(c, views.SubscriptionDraft{SubscriptionOffer: offer, Form: form, Problems: problems})
	}
	if err != nil {
		return err
	}
	if s.Status == db.SubscriptionPending && s.InvoiceID != nil {
		return moved(c, s.InvoiceID.Path())
	}
	flash(c, "subscriptions.ordered")
	return moved(c, "/subscription")
}

// wayNeeds is the module that has each way to pay.
var wayNeeds = map[db.SubscriptionWay]db.ModuleName{
	db.PayByPoints: db.WalletModule, db.PayByBalance: db.BalanceModule, db.PayByInvoice: db.BalanceModule,
}

func (h *Handlers) pauseSubscription(c *fiber.Ctx) error {
	issues, _ := strconv.ParseInt(posted(c, "issues"), 10, 32) // what is no number is too few
	return h.subscriptionDone(c, "subscriptions.is_paused", h.db.PauseSubscription(c.UserContext(), me(c), id[db.SubscriptionID](c), int32(issues)))
}

func (h *Handlers) resumeSubscription(c *fiber.Ctx) error {
	return h.subscriptionDone(c, "subscriptions.is_resumed", h.db.ResumeSubscription(c.UserContext(), me(c), id[db.SubscriptionID](c)))
}

func (h *Handlers) setRenewal(c *fiber.Ctx) error {
	renews := posted(c, "renews") != ""
	said := map[bool]string{true: "subscriptions.will_renew", false: "subscriptions.will_not_renew"}[renews]
	return h.subscriptionDone(c, said, h.db.SetRenewal(c.UserContext(), me(c), id[db.SubscriptionID](c), renews))
}

func (h *Handlers) readdressSubscription(c *fiber.Ctx) error {
	address, _ := strconv.ParseInt(posted(c, "address"), 10, 64) // what is no number is no address
	return h.subscriptionDone(c, "subscriptions.is_readdressed", h.db.SendSubscriptionTo(c.UserContext(), me(c), id[db.SubscriptionID](c), db.AddressID(address)))
}

func (h *Handlers) cancelSubscription(c *fiber.Ctx) error {
	return h.subscriptionDone(c, "subscriptions.is_cancelled", h.db.CancelSubscription(c.UserContext(), me(c), id[db.SubscriptionID](c)))
}

// showGiftCode makes a code and shows it this once.
func (h *Handlers) showGiftCode(c *fiber.Ctx) error {
	s, code, err := h.db.GiftCode(c.UserContext(), me(c), id[db.SubscriptionID](c))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return page(c, "subscriptions.gift_title", views.GiftCodePage(views.GiftCode{Subscription: s, Code: code, Base: h.BaseURL.String()}))
}

func (h *Handlers) printGift(c *fiber.Ctx) error {
	code := posted(c, "code")
	s, err := h.db.GiftCard(c.UserContext(), me(c), id[db.SubscriptionID](c), code)
	if err != nil {
		return err
	}
	file, err := views.GiftPDF(c.UserContext(), views.GiftCode{Subscription: s, Code: code, Base: h.BaseURL.String()})
	if err != nil {
		return err
	}
	return download(c, "application/pdf", "gift-"+s.ID.Number()+".pdf", file)
}

// showClaim looks at the gift that the address names, if it does.
func (h *Handlers) showClaim(c *fiber.Ctx) error {
	form := db.ClaimForm{Code: c.Query("code")}
	if form.Code == "" {
		return h.drawClaim(c, form, nil)
	}
	_, err := h.db.GiftFor(c.UserContext(), me(c), form.Code)
	problems, wrong := errors.AsType[db.Problems](err)
	if err != nil && !wrong {
		return err
	}
	return h.drawClaim(c, form, problems)
}

func (h *Handlers) drawClaim(c *fiber.Ctx, form db.ClaimForm, problems db.Problems) error {
	draft := views.ClaimDraft{Form: form, Problems: problems}
	gift, err := h.db.GiftFor(c.UserContext(), me(c), form.Code)
	if err == nil {
		draft.Gift = &gift
	}
	if draft.Book, err = h.db.AddressesOf(c.UserContext(), me(c).ID); err != nil {
		return err
	}
	if swaps(c) && c.Method() == fiber.MethodPost {
		return fragment(c, views.ClaimForm(draft))
	}
	return page(c, "subscriptions.claim", views.Claim(draft))
}

func (h *Handlers) claimGift(c *fiber.Ctx) error {
	var form db.ClaimForm
	if err := parse(c, &form); err != nil {
		return err
	}
	_, err := h.db.ClaimGift(c.UserContext(), me(c), form)
	if problems, wrong := problemsOf(c, err); wrong {
		return h.drawClaim(c, form, problems)
	}
	if err != nil {
		return err
	}
	flash(c, "subscriptions.is_claimed")
	return moved(c, "/subscription")
}

func (h *Handlers) showIssue(c *fiber.Ctx) error {
	issue, err := h.db.IssueOf(c.UserContext(), me(c).ID, id[db.IssueID](c))
	if err != nil {
		return err
	}
	return page(c, views.IssueTitle(c.UserContext(), issue.Number, issue.Title), views.Issue(db.IssueRow(issue)))
}

// downloadIssue sends a reader's own copy, from where a broken download left off.
func (h *Handlers) downloadIssue(c *fiber.Ctx) error {
	issue, err := h.db.IssueOf(c.UserContext(), me(c).ID, id[db.IssueID](c))
	if err != nil {
		return err
	}
	file, content, err := h.db.OwnCopy(c.UserContext(), me(c), issue.ID)
	if err != nil {
		return err
	}
	return resumable(c, file, fmt.Sprintf("issue-%d.pdf", issue.Number), content)
}

func (h *Handlers) showLargeCover(c *fiber.Ctx) error { return h.showCover(c, db.Large) }

func (h *Handlers) showSmallCover(c *fiber.Ctx) error { return h.showCover(c, db.Small) }

func (h *Handlers) showCover(c *fiber.Ctx, variant db.Variant) error {
	file, picture, err := h.db.Cover(c.UserContext(), me(c), id[db.FileID](c), variant)
	if err != nil {
		return err
	}
	return sendPicture(c, file, picture)
}
