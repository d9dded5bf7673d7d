package handlers

import (
	"errors"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// consultationRoutes are a customer's paid questions to specialists. What they cost is for everybody to see.
func (h *Handlers) consultationRoutes() []Route {
	return []Route{
		reading(h, "/consultations", public, consultationList, h.listConsultations),
		{"POST", "/consultations", customer, h.beginConsultation},
		{"POST", "/consultations/purchases", customer, h.buyConsultations},
		{"GET", "/consultations/files/:id<int>/large", customer, h.showLargeConsultationFile},
		{"GET", "/consultations/files/:id<int>/small", customer, h.showSmallConsultationFile},
		reading(h, "/consultations/:id<int>", customer, consultationSheet, h.showConsultation),
		{"POST", "/consultations/:id<int>", customer.withUploads(), h.saveConsultation},
		{"GET", "/consultations/:id<int>/edit", customer, h.editConsultation},
		{"POST", "/consultations/:id<int>/draft", customer, h.autosaveConsultation},
		{"POST", "/consultations/:id<int>/deletion", customer, h.deleteConsultation},
		{"POST", "/consultations/:id<int>/files/removal", customer, h.removeConsultationFile},
		{"POST", "/consultations/:id<int>/messages", customer.withUploads(), h.replyToConsultation},
		{"POST", "/consultations/:id<int>/closure", customer, h.closeConsultation},
		{"POST", "/consultations/:id<int>/rating", customer, h.rateConsultation},
	}
}

func consultationList(c *fiber.Ctx, of db.AccountID) *db.ConsultationList {
	return &db.ConsultationList{Of: of, Below: placeOf[db.ConsultationID](c.Query("below"))}
}

func (h *Handlers) listConsultations(c *fiber.Ctx, list *db.ConsultationList) error {
	return page(c, "nav.consultations", views.Consultations(h.consultationsPage(c, list)))
}

func (h *Handlers) consultationsPage(c *fiber.Ctx, list *db.ConsultationList) views.ConsultationsPage {
	shown := views.ConsultationsPage{ConsultationList: list, Have: me(c).Purse.Points, Key: views.NewKey(), Now: h.db.Now()}
	if list.More {
		last := list.Rows[len(list.Rows)-1]
		shown.More = "/consultations?below=" + placeText(last.LastAt, last.ID)
	}
	return shown
}

// beginConsultation opens an empty draft for a specialist.
func (h *Handlers) beginConsultation(c *fiber.Ctx) error {
	var form struct {
		Key        string       `form:"key"`
		Specialist db.AccountID `form:"specialist"`
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	draft, err := h.db.BeginConsultation(c.UserContext(), me(c), form.Specialist, form.Key)
	if err != nil {
		return err
	}
	return moved(c, draft.ID.Path()+"/edit")
}

// buyConsultations pays for a pack and goes back to where it was wanted.
func (h *Handlers) buyConsultations(c *fiber.Ctx) error {
	var form db.CreditsForm
	if err := parse(c, &form); err != nil {
		return err
	}
	err := h.db.BuyConsultations(c.UserContext(), me(c), form)
	if refusal, ok := errors.AsType[db.Refusal](err); ok {
		return h.creditsNotBought(c, form, refusal)
	}
	if err != nil {
		return err
	}
	flash(c, "consultations.bought_now")
	if form.Consultation != 0 {
		return moved(c, form.Consultation.Path())
	}
	return moved(c, "/consultations")
}

// creditsNotBought shows the prices as they are now, with the reason.
func (h *Handlers) creditsNotBought(c *fiber.Ctx, _ db.CreditsForm, why db.Refusal) error {
	list := &db.ConsultationList{Of: me(c).ID}
	if err := h.db.Read(c.UserContext(), list); err != nil {
		return err
	}
	shown := h.consultationsPage(c, list)
	shown.Refusal = why
	c.Status(fiber.StatusUnprocessableEntity)
	return page(c, "nav.consultations", views.Consultations(shown))
}

func consultationSheet(c *fiber.Ctx, of db.AccountID) *db.ConsultationSheet {
	return &db.ConsultationSheet{Of: db.ByConsultation{ID: id[db.ConsultationID](c), AccountID: of}, Below: db.ConsultationMessageID(c.QueryInt("below"))}
}

func (h *Handlers) showConsultation(c *fiber.Ctx, sheet *db.ConsultationSheet) error {
	switch sheet.Consultation.Status {
	case "":
		return db.ErrNotFound
	case db.ConsultationDraft:
		return redirect(c, sheet.Consultation.ID.Path()+"/edit")
	}
	return page(c, sheet.Consultation.Subject, views.ConsultationPage(h.consultationView(sheet)))
}

func (h *Handlers) consultationView(sheet *db.ConsultationSheet) views.ConsultationView {
	return views.ConsultationView{ConsultationSheet: sheet, Reply: db.ConsultationReply{Key: views.NewKey()}, Now: h.db.Now()}
}

func (h *Handlers) editConsultation(c *fiber.Ctx) error {
	sheet, err := h.db.DraftSheet(c.UserContext(), me(c), id[db.ConsultationID](c))
	if err != nil {
		return err
	}
	return h.drawConsultationDraft(c, sheet, sheet.Form(views.NewKey()), nil)
}

func (h *Handlers) drawConsultationDraft(c *fiber.Ctx, sheet db.DraftSheet, form db.ConsultationForm, problems db.Problems) error {
	draft := views.ConsultationDraft{DraftSheet: sheet, Form: form, Problems: problems, Have: me(c).Purse.Points, Key: views.NewKey()}
	if problems != nil && swaps(c) {
		return fragment(c, views.ConsultationForm(draft))
	}
	return page(c, "consultations.draft", views.ConsultationEditor(draft))
}

// saveConsultation keeps a draft by a button, or sends it.
func (h *Handlers) saveConsultation(c *fiber.Ctx) error {
	var form struct {
		db.ConsultationForm
		Act string `form:"act"`
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	save, said, to := h.db.SaveConsultation, "consultations.saved", "/edit"
	if form.Act == "send" {
		save, said, to = h.db.SubmitConsultation, "consultations.sent", ""
	}
	draft, err := save(c.UserContext(), me(c), id[db.ConsultationID](c), form.ConsultationForm, uploads(c, "files"))
	if err != nil {
		return h.consultationNotSaved(c, draft, form.ConsultationForm, err)
	}
	flash(c, said)
	return moved(c, draft.ID.Path()+to)
}

// consultationNotSaved shows the form again with everything typed, and with what is wrong with it. Pressed once more, it is
// saved over what another window has made of the draft.
func (h *Handlers) consultationNotSaved(c *fiber.Ctx, draft db.Consultation, form db.ConsultationForm, err error) error {
	problems, status := whyNot(err)
	if problems == nil || errors.Is(err, db.ConsultationSent) {
		return err
	}
	sheet, err := h.db.DraftSheet(c.UserContext(), me(c), draft.ID)
	if err != nil {
		return err
	}
	if form.Key == "" {
		form.Key = views.NewKey()
	}
	if status == fiber.StatusConflict {
		form.Version = sheet.Consultation.Version
	}
	c.Status(status)
	return h.drawConsultationDraft(c, sheet, form, problems)
}

func (h *Handlers) autosaveConsultation(c *fiber.Ctx) error {
	var form db.ConsultationForm
	if err := parse(c, &form); err != nil {
		return err
	}
	draft, err := h.db.AutosaveConsultation(c.UserContext(), me(c), id[db.ConsultationID](c), form)
	return h.autosaved(c, form.Version, draft.Version, err)
}

func (h *Handlers) deleteConsultation(c *fiber.Ctx) error {
	if err := h.db.DeleteConsultation(c.UserContext(), me(c), id[db.ConsultationID](c)); err != nil {
		return err
	}
	flash(c, "consultations.deleted")
	return moved(c, "/consultations")
}

func (h *Handlers) removeConsultationFile(c *fiber.Ctx) error {
	var form struct {
		File db.FileID `form:"file"`
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	if err := h.db.DetachFromDraft(c.UserContext(), me(c), id[db.ConsultationID](c), form.File); err != nil {
		return err
	}
	flash(c, "consultations.file_removed")
	return h.draftFilesDone(c)
}

func (h *Handlers) draftFilesDone(c *fiber.Ctx) error {
	sheet, err := h.db.DraftSheet(c.UserContext(), me(c), id[db.ConsultationID](c))
	if err != nil {
		return err
	}
	return done(c, sheet.Consultation.ID.Path()+"/edit", views.DraftFiles(sheet))
}

func (h *Handlers) replyToConsultation(c *fiber.Ctx) error {
	var form db.ConsultationReply
	if err := parse(c, &form); err != nil {
		return err
	}
	_, err := h.db.ReplyToConsultation(c.UserContext(), me(c), id[db.ConsultationID](c), form, uploads(c, "files"))
	problems, status := whyNot(err)
	if err != nil && problems == nil {
		return err
	}
	view, err := h.consultationNow(c)
	if err != nil {
		return err
	}
	if problems != nil {
		view.Reply, view.Problems = form, problems
		c.Status(status)
		if swaps(c) {
			return fragment(c, views.ConsultationReply(view))
		}
		return page(c, view.Consultation.Subject, views.ConsultationPage(view))
	}
	flash(c, "tickets.sent")
	return done(c, view.Consultation.ID.Path(), views.ConsultationReply(view), views.ConsultationThread(view, views.Beside))
}

// consultationNow is the consultation of an address as it is after an act.
func (h *Handlers) consultationNow(c *fiber.Ctx) (views.ConsultationView, error) {
	sheet, err := h.db.ConsultationSheet(c.UserContext(), me(c), id[db.ConsultationID](c), 0)
	return h.consultationView(sheet), err
}

func (h *Handlers) closeConsultation(c *fiber.Ctx) error {
	if _, err := h.db.CloseConsultation(c.UserContext(), me(c), id[db.ConsultationID](c)); err != nil {
		return err
	}
	view, err := h.consultationNow(c)
	if err != nil {
		return err
	}
	flash(c, "consultations.closed_now")
	return done(c, view.Consultation.ID.Path(), views.ConsultationThread(view, nil))
}

func (h *Handlers) rateConsultation(c *fiber.Ctx) error {
	var form db.RatingForm
	if err := parse(c, &form); err != nil {
		return err
	}
	_, err := h.db.RateConsultation(c.UserContext(), me(c), id[db.ConsultationID](c), form)
	problems, ok := errors.AsType[db.Problems](err)
	if err != nil && !ok {
		return err
	}
	view, err := h.consultationNow(c)
	if err != nil {
		return err
	}
	if ok {
		view.Rating, view.RatingProblems = form, problems
		c.Status(fiber.StatusUnprocessableEntity)
		if !swaps(c) {
			return page(c, view.Consultation.Subject, views.ConsultationPage(view))
		}
	} else {
		flash(c, "consultations.rated_now")
	}
	return done(c, view.Consultation.ID.Path(), views.ConsultationRating(view))
}

func (h *Handlers) showLargeConsultationFile(c *fiber.Ctx) error {
	return h.showConsultationFile(c, db.Large)
}

func (h *Handlers) showSmallConsultationFile(c *fiber.Ctx) error {
	return h.showConsultationFile(c, db.Small)
}

// showConsultationFile asks each time whose it is. Nobody keeps it: a consultation may be handed over.
func (h *Handlers) showConsultationFile(c *fiber.Ctx, variant db.Variant) error {
	file, content, err := h.db.ConsultationFile(c.UserContext(), me(c), id[db.FileID](c), variant)
	if err != nil {
		return err
	}
	c.Set("Content-Security-Policy", photoPolicy)
	c.Set("Cache-Control", "private, no-store")
	c.Set(fiber.HeaderContentType, file.ContentType)
	if file.ContentType == db.PDF {
		c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+c.Params("id")+`.pdf"`)
	}
	return c.Send(content)
}
