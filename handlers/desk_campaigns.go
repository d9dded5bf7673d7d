package handlers

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// deskCampaignRoutes are where newsletters are written and sent, and who gets none.
func (h *Handlers) deskCampaignRoutes() []Route {
	editors := staff(db.Editor)
	return []Route{
		reading(h, "/staff/campaigns", editors, campaignList, h.listCampaigns),
		{"POST", "/staff/campaigns", editors, h.writeCampaign},
		{"GET", "/staff/campaigns/new", editors, h.newCampaign},
		{"GET", "/staff/campaigns/:id<int>", editors, h.showDeskCampaign},
		{"POST", "/staff/campaigns/:id<int>", editors, h.editCampaign},
		{"GET", "/staff/campaigns/:id<int>/progress", editors, h.showCampaignProgress},
		{"POST", "/staff/campaigns/:id<int>/trial", editors, h.tryCampaign},
		{"POST", "/staff/campaigns/:id<int>/schedule", editors, h.scheduleCampaign},
		{"POST", "/staff/campaigns/:id<int>/postponement", editors, h.postponeCampaign},
		{"POST", "/staff/campaigns/:id<int>/running", editors, h.runCampaign},
		{"POST", "/staff/campaigns/:id<int>/pause", editors, h.pauseCampaign},
		{"POST", "/staff/campaigns/:id<int>/cancellation", editors, h.cancelCampaign},
		{"GET", "/staff/campaigns/topics", editors, h.listMailingTopics},
		{"POST", "/staff/campaigns/topics", editors, h.addMailingTopic},
		{"GET", "/staff/campaigns/topics/:id<int>", editors, h.showMailingTopic},
		{"POST", "/staff/campaigns/topics/:id<int>", editors, h.editMailingTopic},
		reading(h, "/staff/campaigns/suppressions", staff(db.Editor, db.Support), suppressionList, h.listSuppressions),
		{"POST", "/staff/campaigns/suppressions/:id<int>/lifting", staff(db.Editor, db.Support), h.liftSuppression},
	}
}

func deskCampaignPath(id db.CampaignID) string {
	return "/staff/campaigns/" + strconv.FormatInt(int64(id), 10)
}

func campaignList(c *fiber.Ctx, _ db.AccountID) *db.CampaignList {
	list := &db.CampaignList{Status: db.CampaignDraft, Below: placeOf[db.CampaignID](c.Query("below"))}
	if status := db.CampaignStatus(c.Query("status")); slices.Contains(db.CampaignStatuses, status) {
		list.Status = status
	}
	return list
}

func (h *Handlers) listCampaigns(c *fiber.Ctx, list *db.CampaignList) error {
	next := ""
	if list.More {
		last := list.Rows[len(list.Rows)-1].Campaign
		next = pageAfter(c, "below", last.ChangedAt, last.ID)
	}
	return page(c, "campaigns.title", views.Campaigns(list, next))
}

func (h *Handlers) newCampaign(c *fiber.Ctx) error {
	return h.drawNewCampaign(c, views.CampaignEditing{Form: db.CampaignForm{Key: views.NewKey()}})
}

func (h *Handlers) drawNewCampaign(c *fiber.Ctx, editing views.CampaignEditing) (err error) {
	if editing.Desk.Topics, err = h.db.MailingTopics(c.UserContext()); err != nil {
		return err
	}
	return h.drawCampaign(c, editing)
}

// drawCampaign shows the page of a campaign, or its form alone where that was sent.
func (h *Handlers) drawCampaign(c *fiber.Ctx, editing views.CampaignEditing) error {
	if swaps(c) && c.Method() == fiber.MethodPost {
		return fragment(c, views.CampaignEditor(editing))
	}
	if editing.Desk.ID == 0 {
		return document(c, "campaigns.new", views.NewCampaign(editing))
	}
	return document(c, editing.Desk.Subject, views.DeskCampaign(editing))
}

// campaignEditing is a campaign as its page is opened.
func (h *Handlers) campaignEditing(c *fiber.Ctx) (editing views.CampaignEditing, err error) {
	editing.Desk, err = h.db.DeskCampaign(c.UserContext(), id[db.CampaignID](c))
	editing.Form = editing.Desk.Form()
	return editing, err
}

func (h *Handlers) showDeskCampaign(c *fiber.Ctx) error {
	editing, err := h.campaignEditing(c)
	if err != nil {
		return err
	}
	return h.drawCampaign(c, editing)
}

// showCampaignProgress is what moves by itself on that page; without htmx it leads there.
func (h *Handlers) showCampaignProgress(c *fiber.Ctx) error {
	editing, err := h.campaignEditing(c)
	if err != nil {
		return err
	}
	if !swaps(c) {
		return redirect(c, deskCampaignPath(editing.Desk.ID))
	}
	return fragment(c, views.CampaignPanels(editing))
}

func (h *Handlers) writeCampaign(c *fiber.Ctx) error {
	var editing views.CampaignEditing
	if err := parse(c, &editing.Form); err != nil {
		return err
	}
	if editing.Form.Act == "show" {
		editing.Preview = new(views.EditorsMarkdown(editing.Form.Body))
		return h.drawNewCampaign(c, editing)
	}
	campaign, err := h.db.WriteCampaign(c.UserContext(), me(c), editing.Form, views.EditorsMarkdown)
	if problems, wrong := problemsOf(c, err); wrong {
		editing.Problems = problems
		return h.drawNewCampaign(c, editing)
	}
	return movedCampaign(c, campaign, err, "operator.saved")
}

func (h *Handlers) editCampaign(c *fiber.Ctx) error {
	editing, err := h.campaignEditing(c)
	if err != nil {
		return err
	}
	editing.Form = db.CampaignForm{}
	if err := parse(c, &editing.Form); err != nil {
		return err
	}
	if editing.Form.Act == "show" {
		editing.Preview = new(views.EditorsMarkdown(editing.Form.Body))
		return h.drawCampaign(c, editing)
	}
	campaign, err := h.db.EditCampaign(c.UserContext(), editing.Desk.ID, editing.Form, views.EditorsMarkdown)
	if problems, wrong := problemsOf(c, err); wrong {
		if editing.Problems = problems; errors.Is(err, db.CampaignStale) {
			c.Status(fiber.StatusConflict)
			editing.Form.Version = editing.Desk.Version
		}
		return h.drawCampaign(c, editing)
	}
	return movedCampaign(c, campaign, err, "operator.saved")
}

func movedCampaign(c *fiber.Ctx, campaign db.Campaign, err error, said string) error {
	if err != nil {
		return err
	}
	flash(c, said)
	return moved(c, deskCampaignPath(campaign.ID))
}

// tryCampaign mails it to its writer alone.
func (h *Handlers) tryCampaign(c *fiber.Ctx) error {
	if err := h.db.TryCampaign(c.UserContext(), me(c), id[db.CampaignID](c)); err != nil {
		return err
	}
	return h.doneCampaign(c, "campaigns.tried")
}

// doneCampaign shows what is so by now. A draft that is no longer one has no form: then the whole page is another.
func (h *Handlers) doneCampaign(c *fiber.Ctx, said string) error {
	editing, err := h.campaignEditing(c)
	if err != nil {
		return err
	}
	flash(c, said)
	return done(c, deskCampaignPath(editing.Desk.ID), views.CampaignPanels(editing))
}

func (h *Handlers) runCampaign(c *fiber.Ctx) error {
	campaign, err := h.db.RunCampaign(c.UserContext(), me(c), id[db.CampaignID](c), version(c))
	return movedCampaign(c, campaign, err, "campaigns.is_running")
}

func (h *Handlers) pauseCampaign(c *fiber.Ctx) error {
	if _, err := h.db.PauseCampaign(c.UserContext(), me(c), id[db.CampaignID](c), version(c)); err != nil {
		return err
	}
	return h.doneCampaign(c, "campaigns.is_paused")
}

func (h *Handlers) postponeCampaign(c *fiber.Ctx) error {
	campaign, err := h.db.PostponeCampaign(c.UserContext(), me(c), id[db.CampaignID](c), version(c))
	return movedCampaign(c, campaign, err, "campaigns.is_postponed")
}

func (h *Handlers) cancelCampaign(c *fiber.Ctx) error {
	campaign, err := h.db.CancelCampaign(c.UserContext(), me(c), id[db.CampaignID](c), version(c))
	return movedCampaign(c, campaign, err, "campaigns.is_cancelled")
}

func (h *Handlers) scheduleCampaign(c *fiber.Ctx) error {
	var form db.ScheduleForm
	if err := parse(c, &form); err != nil {
		return err
	}
	campaign, err := h.db.ScheduleCampaign(c.UserContext(), me(c), id[db.CampaignID](c), form)
	problems, ok := errors.AsType[db.Problems](err)
	if !ok {
		return movedCampaign(c, campaign, err, "campaigns.is_scheduled")
	}
	editing, err := h.campaignEditing(c)
	if err != nil {
		return err
	}
	editing.Schedule, editing.Problems = form.At, problems
	c.Status(fiber.StatusUnprocessableEntity)
	if swaps(c) {
		return fragment(c, views.CampaignSchedule(editing))
	}
	return h.drawCampaign(c, editing)
}

func (h *Handlers) listMailingTopics(c *fiber.Ctx) error {
	return h.drawMailingTopics(c, db.MailingTopicForm{Key: views.NewKey(), Public: "on", RestHours: "24"}, nil)
}

func (h *Handlers) drawMailingTopics(c *fiber.Ctx, form db.MailingTopicForm, problems db.Problems) error {
	topics, err := h.db.MailingTopics(c.UserContext())
	if err != nil {
		return err
	}
	if swaps(c) && c.Method() == fiber.MethodPost {
		return fragment(c, views.MailingTopicForm("/staff/campaigns/topics", form, problems))
	}
	return page(c, "campaigns.topics", views.MailingTopics(topics, form, problems))
}

func (h *Handlers) addMailingTopic(c *fiber.Ctx) error {
	var form db.MailingTopicForm
	if err := parse(c, &form); err != nil {
		return err
	}
	_, err := h.db.AddMailingTopic(c.UserContext(), me(c), form)
	if problems, wrong := problemsOf(c, err); wrong {
		return h.drawMailingTopics(c, form, problems)
	}
	return movedToTopics(c, err)
}

func movedToTopics(c *fiber.Ctx, err error) error {
	if err != nil {
		return err
	}
	flash(c, "operator.saved")
	return moved(c, "/staff/campaigns/topics")
}

func (h *Handlers) showMailingTopic(c *fiber.Ctx) error {
	topic, err := h.db.MailingTopicByID(c.UserContext(), id[db.MailingTopicID](c))
	if err != nil {
		return err
	}
	return drawMailingTopic(c, topic, topic.Form(), nil)
}

func drawMailingTopic(c *fiber.Ctx, topic db.MailingTopic, form db.MailingTopicForm, problems db.Problems) error {
	name := topic.Name(db.LocaleOf(views.Locale(c.UserContext())))
	if swaps(c) && c.Method() == fiber.MethodPost {
		return fragment(c, views.MailingTopicForm(c.Path(), form, problems))
	}
	return page(c, name, views.MailingTopic(topic.ID, name, form, problems))
}

func (h *Handlers) editMailingTopic(c *fiber.Ctx) error {
	var form db.MailingTopicForm
	if err := parse(c, &form); err != nil {
		return err
	}
	topic, err := h.db.EditMailingTopic(c.UserContext(), id[db.MailingTopicID](c), form)
	problems, wrong := problemsOf(c, err)
	if !wrong {
		return movedToTopics(c, err)
	}
	if errors.Is(err, db.MailingTopicStale) {
		c.Status(fiber.StatusConflict)
		form.Version = topic.Version
	}
	return drawMailingTopic(c, topic, form, problems)
}

func suppressionList(c *fiber.Ctx, _ db.AccountID) *db.SuppressionList {
	return &db.SuppressionList{Address: strings.ToValidUTF8(c.Query("q"), ""), Below: below[db.SuppressionID](c)}
}

func (h *Handlers) listSuppressions(c *fiber.Ctx, list *db.SuppressionList) error {
	return page(c, "bounces.title", views.Suppressions(suppressionsPage(list)))
}

func suppressionsPage(list *db.SuppressionList) views.SuppressionsPage {
	shown := views.SuppressionsPage{SuppressionList: list}
	if list.More {
		shown.Next = "/staff/campaigns/suppressions?below=" + strconv.FormatInt(int64(list.Now[len(list.Now)-1].ID), 10)
	}
	return shown
}

func (h *Handlers) liftSuppression(c *fiber.Ctx) error {
	about, reason := id[db.SuppressionID](c), posted(c, "reason")
	err := h.db.LiftSuppression(c.UserContext(), me(c), about, reason)
	problems, wrong := problemsOf(c, err)
	if err != nil && !wrong {
		return err
	}
	if !wrong {
		flash(c, "bounces.is_lifted")
		return moved(c, "/staff/campaigns/suppressions")
	}
	list := &db.SuppressionList{}
	if err := h.db.Read(c.UserContext(), list); err != nil {
		return err
	}
	shown := suppressionsPage(list)
	shown.About, shown.Reason, shown.Problems = about, reason, problems
	if swaps(c) {
		return fragment(c, views.LiftForm(about, shown))
	}
	return page(c, "bounces.title", views.Suppressions(shown))
}
