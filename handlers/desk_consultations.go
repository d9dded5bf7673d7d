package handlers

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// deskConsultationRoutes are the desk of those who answer: their requests, canned answers and profile. Which requests
// somebody may read is for db to say.
func (h *Handlers) deskConsultationRoutes() []Route {
	consultants := staff(db.Consultant)
	return []Route{
		{"GET", "/staff/consultations", consultants, h.listDeskConsultations},
		{"GET", "/staff/consultations/canned", consultants, h.listCanned},
		{"POST", "/staff/consultations/canned", consultants.withUploads(), h.saveCanned},
		{"GET", "/staff/consultations/canned/:id<int>", consultants, h.showCanned},
		{"POST", "/staff/consultations/canned/:id<int>", consultants.withUploads(), h.saveCanned},
		{"POST", "/staff/consultations/canned/:id<int>/deletion", consultants, h.deleteCanned},
		{"POST", "/staff/consultations/canned/:id<int>/files/removal", consultants, h.removeCannedFile},
		{"GET", "/staff/consultations/specialists", staff(db.Admin), h.listSpecialists},
		{"GET", "/staff/consultations/specialists/:id<int>", consultants, h.showSpecialist},
		{"POST", "/staff/consultations/specialists/:id<int>", consultants, h.saveSpecialist},
		{"GET", "/staff/consultations/:id<int>", consultants, h.showDeskConsultation},
		{"GET", "/staff/consultations/:id<int>/thread", consultants, h.showDeskConsultationThread},
		{"POST", "/staff/consultations/:id<int>/work", consultants, h.takeConsultation},
		{"POST", "/staff/consultations/:id<int>/answer", consultants.withUploads(), h.answerConsultation},
		{"POST", "/staff/consultations/:id<int>/rejection", consultants, h.declineConsultation},
		{"POST", "/staff/consultations/:id<int>/handover", consultants, h.handOverConsultation},
	}
}

// consultationQueue is the status that an address names; what waits for us is the first one.
func consultationQueue(name string) db.ConsultationStatus {
	if queue := db.ConsultationStatus(name); slices.Contains(db.ConsultationQueues, queue) {
		return queue
	}
	return db.ConsultationSubmitted
}

func (h *Handlers) listDeskConsultations(c *fiber.Ctx) error {
	list := views.DeskConsultationList{Queue: consultationQueue(c.Query("queue")), By: me(c).ID, Admin: me(c).Has(db.Admin), Now: h.db.Now()}
	rows, more, err := h.db.DeskConsultations(c.UserContext(), me(c), list.Queue, placeOf[db.ConsultationID](c.Query("behind")))
	if err != nil {
		return err
	}
	if list.Rows = rows; more {
		last := rows[len(rows)-1].Place()
		list.More = "/staff/consultations?queue=" + string(list.Queue) + "&behind=" + placeText(last.At, last.ID)
	}
	return page(c, "nav.staff.consultations", views.DeskConsultations(list))
}

func (h *Handlers) showDeskConsultation(c *fiber.Ctx) error {
	desk, err := h.deskConsultation(c)
	if err != nil {
		return err
	}
	return h.drawDeskConsultation(c, desk)
}

func (h *Handlers) deskConsultation(c *fiber.Ctx) (desk views.DeskConsultation, err error) {
	desk.DeskConsultation, err = h.db.DeskConsultation(c.UserContext(), me(c), id[db.ConsultationID](c), db.ConsultationMessageID(c.QueryInt("below")))
	desk.By, desk.Admin, desk.Now, desk.Form.Key = me(c).ID, me(c).Has(db.Admin), h.db.Now(), views.NewKey()
	return desk, err
}

func (h *Handlers) drawDeskConsultation(c *fiber.Ctx, desk views.DeskConsultation) error {
	return page(c, views.ConsultationTitle(c.UserContext(), desk.ID), views.DeskConsultationPage(desk))
}

// showDeskConsultationThread is for a page that heard of something new.
func (h *Handlers) showDeskConsultationThread(c *fiber.Ctx) error {
	desk, err := h.deskConsultation(c)
	if err != nil {
		return err
	}
	return fragment(c, views.DeskConsultationThread(desk, int32(c.QueryInt("version"))))
}

func (h *Handlers) takeConsultation(c *fiber.Ctx) error {
	if err := h.db.TakeConsultation(c.UserContext(), me(c), id[db.ConsultationID](c), version(c)); err != nil {
		return err
	}
	flash(c, "desk.consultations.taken_now")
	return moved(c, id[db.ConsultationID](c).DeskPath())
}

// answerConsultation answers or asks; or puts a canned answer into what is being typed, and sends nothing.
func (h *Handlers) answerConsultation(c *fiber.Ctx) error {
	var form db.ConsultationAnswer
	if err := parse(c, &form); err != nil {
		return err
	}
	if form.Act == "insert" {
		return h.insertCanned(c, form)
	}
	said := "desk.consultations.answered_now"
	if form.Act == "ask" {
		said = "desk.consultations.asked_now"
	}
	err := h.db.AnswerConsultation(c.UserContext(), me(c), id[db.ConsultationID](c), form, uploads(c, "files"))
	return h.deskConsultationDone(c, err, said, views.DeskConsultation{Acted: "answer", Form: form})
}

func (h *Handlers) insertCanned(c *fiber.Ctx, form db.ConsultationAnswer) error {
	desk, err := h.deskConsultation(c)
	if err != nil {
		return err
	}
	canned, err := h.db.Canned(c.UserContext(), me(c), form.Canned)
	if err != nil && !errors.Is(err, db.ErrNotFound) { // none was chosen, or it is gone
		return err
	}
	if form.Key == "" {
		form.Key = views.NewKey()
	}
	if desk.Form = form; canned.ID != 0 {
		desk.Form.Body = views.Inserted(form.Body, canned.Body)
		for _, file := range canned.Files {
			if !slices.Contains(desk.Form.Files, file.ID) {
				desk.Form.Files = append(desk.Form.Files, file.ID)
			}
		}
	}
	if swaps(c) {
		return fragment(c, views.DeskConsultationAnswer(desk))
	}
	return h.drawDeskConsultation(c, desk)
}

func (h *Handlers) declineConsultation(c *fiber.Ctx) error {
	reason := posted(c, "reason")
	err := h.db.DeclineConsultation(c.UserContext(), me(c), id[db.ConsultationID](c), version(c), reason)
	return h.deskConsultationDone(c, err, "desk.consultations.declined_now", views.DeskConsultation{Acted: "rejection", TypedReason: reason})
}

func (h *Handlers) handOverConsultation(c *fiber.Ctx) error {
	to, _ := strconv.ParseInt(posted(c, "colleague"), 10, 64) // what is no number is nobody either
	err := h.db.HandOverConsultation(c.UserContext(), me(c), id[db.ConsultationID](c), version(c), db.AccountID(to))
	return h.deskConsultationDone(c, err, "desk.consultations.handed_over_now", views.DeskConsultation{Acted: "handover"})
}

// deskConsultationDone goes on to the queue, or shows why not, with what was typed and with what stands there now.
func (h *Handlers) deskConsultationDone(c *fiber.Ctx, err error, said string, typed views.DeskConsultation) error {
	problems, status := whyNot(err)
	if err != nil && problems == nil {
		return err
	}
	if problems == nil {
		flash(c, said)
		return moved(c, "/staff/consultations")
	}
	desk, err := h.deskConsultation(c)
	if err != nil {
		return err
	}
	if typed.Form.Key != "" {
		desk.Form = typed.Form
	}
	desk.Acted, desk.TypedReason, desk.Problems = typed.Acted, typed.TypedReason, problems
	c.Status(status)
	return h.drawDeskConsultation(c, desk)
}

func (h *Handlers) listCanned(c *fiber.Ctx) error {
	return h.drawCannedList(c, db.CannedForm{Key: views.NewKey()}, nil)
}

func (h *Handlers) drawCannedList(c *fiber.Ctx, form db.CannedForm, problems db.Problems) error {
	rows, err := h.db.CannedOf(c.UserContext(), me(c).ID)
	if err != nil {
		return err
	}
	return page(c, "canned.title", views.CannedAnswers(rows, form, problems))
}

func (h *Handlers) showCanned(c *fiber.Ctx) error {
	canned, err := h.db.Canned(c.UserContext(), me(c), id[db.CannedID](c))
	if err != nil {
		return err
	}
	return page(c, canned.Title, views.CannedAnswer(canned, canned.Form(views.NewKey()), nil))
}

// saveCanned keeps a canned answer: a new one, or the one of the address.
func (h *Handlers) saveCanned(c *fiber.Ctx) error {
	var form db.CannedForm
	if err := parse(c, &form); err != nil {
		return err
	}
	number := id[db.CannedID](c)
	_, err := h.db.SaveCanned(c.UserContext(), me(c), number, form, uploads(c, "files"))
	problems, status := whyNot(err)
	if err != nil && problems == nil {
		return err
	}
	if problems == nil {
		flash(c, "canned.saved")
		return moved(c, "/staff/consultations/canned")
	}
	c.Status(status)
	if swaps(c) {
		return fragment(c, views.CannedForm(number, form, problems))
	}
	if number == 0 {
		return h.drawCannedList(c, form, problems)
	}
	canned, err := h.db.Canned(c.UserContext(), me(c), number)
	if err != nil {
		return err
	}
	return page(c, canned.Title, views.CannedAnswer(canned, form, problems))
}

func (h *Handlers) deleteCanned(c *fiber.Ctx) error {
	if err := h.db.DeleteCanned(c.UserContext(), me(c), id[db.CannedID](c)); err != nil {
		return err
	}
	flash(c, "canned.deleted")
	return moved(c, "/staff/consultations/canned")
}

func (h *Handlers) removeCannedFile(c *fiber.Ctx) error {
	var form struct {
		File db.FileID `form:"file"`
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	if err := h.db.RemoveCannedFile(c.UserContext(), me(c), id[db.CannedID](c), form.File); err != nil {
		return err
	}
	flash(c, "consultations.file_removed")
	return moved(c, fmt.Sprintf("/staff/consultations/canned/%d", id[db.CannedID](c)))
}

func (h *Handlers) listSpecialists(c *fiber.Ctx) error {
	rows, err := h.db.Consultants(c.UserContext())
	if err != nil {
		return err
	}
	return page(c, "specialists.title", views.Specialists(rows))
}

func (h *Handlers) showSpecialist(c *fiber.Ctx) error {
	form, err := h.db.SpecialistForm(c.UserContext(), me(c), id[db.AccountID](c))
	if err != nil {
		return err
	}
	return h.drawSpecialist(c, form, nil)
}

func (h *Handlers) drawSpecialist(c *fiber.Ctx, form db.SpecialistForm, problems db.Problems) error {
	return page(c, "specialists.profile", views.SpecialistProfile(views.SpecialistEditing{Of: id[db.AccountID](c), Form: form, Problems: problems, Admin: me(c).Has(db.Admin)}))
}

func (h *Handlers) saveSpecialist(c *fiber.Ctx) error {
	form := db.SpecialistForm{
		Name: posted(c, "name"), About: posted(c, "about"), Hours: posted(c, "answer_hours"), Zone: posted(c, "zone"), Accepting: posted(c, "accepting"),
		Version: version(c), Prices: map[int32]string{},
	}
	for day := range form.Opens {
		form.Opens[day], form.Closes[day] = posted(c, fmt.Sprintf("opens.%d", day)), posted(c, fmt.Sprintf("closes.%d", day))
	}
	for _, size := range db.Packs {
		form.Prices[size] = posted(c, fmt.Sprintf("price.%d", size))
	}
	err := h.db.SaveSpecialist(c.UserContext(), me(c), id[db.AccountID](c), form)
	problems, status := whyNot(err)
	if err != nil && problems == nil {
		return err
	}
	if problems != nil {
		c.Status(status)
		return h.drawSpecialist(c, form, problems)
	}
	flash(c, "specialists.saved")
	return moved(c, fmt.Sprintf("/staff/consultations/specialists/%d", id[db.AccountID](c)))
}
