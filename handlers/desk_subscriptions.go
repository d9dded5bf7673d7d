package handlers

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// deskSubscriptionRoutes are who subscribes, and at what price.
func (h *Handlers) deskSubscriptionRoutes() []Route {
	readers, support, admin := staff(db.Support, db.Editor), staff(db.Support), staff(db.Admin)
	return []Route{
		{"GET", "/staff/subscriptions", readers, h.listDeskSubscriptions},
		{"GET", "/staff/subscriptions/:id<int>", readers, h.showDeskSubscription},
		{"POST", "/staff/subscriptions/:id<int>/pause", support, h.pauseAtDesk},
		{"POST", "/staff/subscriptions/:id<int>/resumption", support, h.resumeAtDesk},
		{"POST", "/staff/subscriptions/:id<int>/cancellation", support, h.cancelAtDesk},
		{"GET", "/staff/subscriptions/tariffs", admin, h.showSubscriptionTariffs},
		{"POST", "/staff/subscriptions/tariffs", admin, h.setSubscriptionTariff},
		{"POST", "/staff/subscriptions/tariffs/removal", admin, h.removeSubscriptionTariff},
	}
}

func (h *Handlers) listDeskSubscriptions(c *fiber.Ctx) error {
	below, _ := strconv.ParseInt(c.Query("below"), 10, 64)
	list := &db.DeskSubscriptions{Status: db.SubscriptionActive, Words: c.Query("q"), Below: db.SubscriptionID(below)}
	if status := db.SubscriptionStatus(c.Query("status")); slices.Contains(db.SubscriptionStatuses, status) {
		list.Status = status
	}
	if err := h.db.FindSubscriptions(c.UserContext(), list); err != nil {
		return err
	}
	shown := views.DeskSubscriptionList{DeskSubscriptions: list}
	if list.More {
		query := url.Values{"status": {string(list.Status)}, "q": {list.Words}, "below": {strconv.FormatInt(int64(list.Rows[len(list.Rows)-1].Subscription.ID), 10)}}
		shown.More = "/staff/subscriptions?" + query.Encode()
	}
	return page(c, "nav.staff.subscriptions", views.DeskSubscriptions(shown))
}

func (h *Handlers) showDeskSubscription(c *fiber.Ctx) error {
	desk, err := h.db.DeskSubscription(c.UserContext(), id[db.SubscriptionID](c))
	if err != nil {
		return err
	}
	return page(c, desk.Subscription.ID.Number(), views.DeskSubscription(views.SubscriptionDesk{DeskSubscription: desk}))
}

func (h *Handlers) pauseAtDesk(c *fiber.Ctx) error {
	issues, _ := strconv.ParseInt(posted(c, "issues"), 10, 32) // what is no number is too few
	return h.deskSubscriptionDone(c, "subscriptions.is_paused", h.db.PauseSubscriptionFor(c.UserContext(), me(c), id[db.SubscriptionID](c), int32(issues)))
}

func (h *Handlers) resumeAtDesk(c *fiber.Ctx) error {
	return h.deskSubscriptionDone(c, "subscriptions.is_resumed", h.db.ResumeSubscriptionFor(c.UserContext(), me(c), id[db.SubscriptionID](c)))
}

func (h *Handlers) cancelAtDesk(c *fiber.Ctx) error {
	return h.deskSubscriptionDone(c, "subscriptions.is_cancelled", h.db.CancelSubscriptionFor(c.UserContext(), me(c), id[db.SubscriptionID](c), posted(c, "reason")))
}

// deskSubscriptionDone shows a subscription after an act of the desk, or what was wrong with it.
func (h *Handlers) deskSubscriptionDone(c *fiber.Ctx, said string, err error) error {
	problems, wrong := errors.AsType[db.Problems](err)
	if err != nil && !wrong {
		return err
	}
	desk, err := h.db.DeskSubscription(c.UserContext(), id[db.SubscriptionID](c))
	if err != nil {
		return err
	}
	shown := views.SubscriptionDesk{DeskSubscription: desk, Problems: problems}
	if wrong {
		shown.Reason = posted(c, "reason")
		c.Status(fiber.StatusUnprocessableEntity)
		if !swaps(c) {
			return page(c, desk.Subscription.ID.Number(), views.DeskSubscription(shown))
		}
		return fragment(c, views.SubscriptionSheet(shown))
	}
	flash(c, said)
	return done(c, "/staff/subscriptions/"+c.Params("id"), views.SubscriptionSheet(shown))
}

// showSubscriptionTariffs is the list of prices; the form has the one that the address names.
func (h *Handlers) showSubscriptionTariffs(c *fiber.Ctx) error {
	format, issues, _ := strings.Cut(c.Query("tariff"), "-")
	number, _ := strconv.ParseInt(issues, 10, 32)
	form := db.TariffOfSubscription{Format: db.FormatPDF}
	if !slices.Contains(db.SubscriptionFormats, db.SubscriptionFormat(format)) {
		return h.drawSubscriptionTariffs(c, form, nil)
	}
	tariff, err := h.db.SubscriptionTariff(c.UserContext(), db.SubscriptionFormat(format), int32(number))
	if err == nil {
		form = tariff.Form(views.Decimal(c.UserContext(), tariff.Price, 2))
	} else if !errors.Is(err, db.ErrNotFound) {
		return err
	}
	return h.drawSubscriptionTariffs(c, form, nil)
}

func (h *Handlers) drawSubscriptionTariffs(c *fiber.Ctx, form db.TariffOfSubscription, problems db.Problems) error {
	if problems != nil && swaps(c) {
		return fragment(c, views.SubscriptionTariffForm(form, problems))
	}
	tariffs, err := h.db.SubscriptionTariffs(c.UserContext())
	if err != nil {
		return err
	}
	return page(c, "desk.subscriptions.tariffs", views.SubscriptionTariffs(tariffs, form, problems))
}

func (h *Handlers) setSubscriptionTariff(c *fiber.Ctx) error {
	var form db.TariffOfSubscription
	if err := parse(c, &form); err != nil {
		return err
	}
	err := h.db.SetSubscriptionTariff(c.UserContext(), me(c), form)
	if problems, wrong := problemsOf(c, err); wrong {
		return h.drawSubscriptionTariffs(c, form, problems)
	}
	return tariffsDone(c, "desk.subscriptions.tariff_set", err)
}

func (h *Handlers) removeSubscriptionTariff(c *fiber.Ctx) error {
	var form db.TariffOfSubscription
	if err := parse(c, &form); err != nil {
		return err
	}
	return tariffsDone(c, "desk.subscriptions.tariff_removed", h.db.RemoveSubscriptionTariff(c.UserContext(), me(c), form))
}

func tariffsDone(c *fiber.Ctx, said string, err error) error {
	if err != nil {
		return err
	}
	flash(c, said)
	return moved(c, "/staff/subscriptions/tariffs")
}
