package handlers

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// dreamRoutes are a customer's journal of dreams, and the book of those that were published.
func (h *Handlers) dreamRoutes() []Route {
	return []Route{
		reading(h, "/dreams", customer, journalOf, h.listDreams),
		{"POST", "/dreams", customer, h.saveDream},
		{"POST", "/dreams/draft", customer, h.autosaveDream},
		reading(h, "/dreams/calendar", customer, dreamYear, h.showDreamYear),
		{"GET", "/dreams/export", customer, h.exportDreams},
		{"GET", "/dreams/tags", customer, h.listDreamTags},
		{"POST", "/dreams/tags/completion", customer, h.completeDreamTags},
		{"GET", "/dreams/tags/:id<int>", customer, h.showDreamTag},
		{"POST", "/dreams/tags/:id<int>/name", customer, h.renameDreamTag},
		{"POST", "/dreams/tags/:id<int>/merger", customer, h.mergeDreamTag},
		{"POST", "/dreams/tags/:id<int>/deletion", customer, h.deleteDreamTag},
		{"GET", "/dreams/:id<int>", customer, h.showDream},
		{"POST", "/dreams/:id<int>", customer, h.saveDream},
		{"POST", "/dreams/:id<int>/draft", customer, h.autosaveDream},
		{"GET", "/dreams/:id<int>/edit", customer, h.editDream},
		{"POST", "/dreams/:id<int>/tags", customer, h.tagDream},
		{"POST", "/dreams/:id<int>/submission", customer, h.submitDream},
		{"POST", "/dreams/:id<int>/consent", customer, h.allowDream},
		{"POST", "/dreams/:id<int>/withdrawal", customer, h.forbidDream},
		{"POST", "/dreams/:id<int>/deletion", customer, h.deleteDream},
		{"GET", "/dreambook", public, h.showDreambook},
		{"GET", "/dreambook/:id<int>", public, h.showPublishedDream},
	}
}

func journalOf(c *fiber.Ctx, of db.AccountID) *db.Journal {
	filter := db.DreamsFilter{Words: strings.TrimSpace(c.Query("q")), Tag: db.DreamTagID(c.QueryInt("tag")), Below: dreamNight(c.Query("below"))}
	if day, ok := db.ParseDay(c.Query("day")); ok {
		filter.Day = day
	}
	return &db.Journal{Of: of, Filter: filter}
}

// dreamNight reads a place in a journal, as nightText wrote it; anything else is the beginning.
func dreamNight(s string) db.DreamNight {
	day, id, _ := strings.Cut(s, "_")
	night, ok := db.ParseDay(day)
	number, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil {
		return db.DreamNight{}
	}
	return db.DreamNight{Day: night, ID: db.DreamID(number)}
}

func nightText(card db.DreamCard) string { return fmt.Sprintf("%s_%d", card.DreamedOn, card.ID) }

func (h *Handlers) listDreams(c *fiber.Ctx, journal *db.Journal) error {
	list := views.JournalPage{Journal: journal, Path: c.OriginalURL(), Draft: views.DreamDraft{Form: h.newDream()}}
	if journal.More {
		list.More = dreamsBelow(journal)
	}
	return page(c, "nav.dreams", views.Journal(list))
}

// dreamsBelow is the address of the next page of a journal.
func dreamsBelow(journal *db.Journal) string {
	address := "/dreams?below=" + nightText(journal.Rows[len(journal.Rows)-1])
	if journal.Filter.Words != "" {
		address += "&q=" + escape(journal.Filter.Words)
	}
	if journal.Filter.Tag != 0 {
		address += "&tag=" + strconv.FormatInt(int64(journal.Filter.Tag), 10)
	}
	if !journal.Filter.Day.IsZero() {
		address += "&day=" + journal.Filter.Day.String()
	}
	return address
}

// newDream is an empty form of last night.
func (h *Handlers) newDream() db.DreamForm {
	return db.DreamForm{Key: views.NewKey(), Day: h.db.Today().String(), Lucidity: "none"}
}

// saveDream keeps a dream by the button: a new one, or the one of the address.
func (h *Handlers) saveDream(c *fiber.Ctx) error {
	var form db.DreamForm
	if err := parse(c, &form); err != nil {
		return err
	}
	dream, err := h.db.SaveDream(c.UserContext(), me(c), id[db.DreamID](c), form)
	if err != nil {
		return h.dreamNotSaved(c, dream, form, err)
	}
	flash(c, "dreams.saved")
	return moved(c, dream.ID.Path())
}

// dreamNotSaved shows the form again with everything typed, and with what is wrong with it. Pressed once more, it is
// saved over what another window has made of the dream.
func (h *Handlers) dreamNotSaved(c *fiber.Ctx, dream db.Dream, form db.DreamForm, err error) error {
	problems, status := whyNot(err)
	if problems == nil {
		return err
	}
	if form.Key == "" {
		form.Key = views.NewKey()
	}
	if status == fiber.StatusConflict {
		form.Version = dream.Version
	}
	draft := views.DreamDraft{ID: id[db.DreamID](c), Form: form, Problems: problems}
	c.Status(status)
	if swaps(c) {
		return fragment(c, views.DreamForm(draft))
	}
	return page(c, "dreams.edit", views.DreamEditor(draft))
}

// whyNot is what a form has to say when its act was not done; nothing when that is no matter of the form.
func whyNot(err error) (db.Problems, int) {
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return problems, fiber.StatusUnprocessableEntity
	}
	if refusal, ok := errors.AsType[db.Refusal](err); ok {
		return db.Problems{"": string(refusal)}, fiber.StatusConflict
	}
	return nil, 0
}

func (h *Handlers) autosaveDream(c *fiber.Ctx) error {
	var form db.DreamForm
	if err := parse(c, &form); err != nil {
		return err
	}
	dream, err := h.db.AutosaveDream(c.UserContext(), me(c), id[db.DreamID](c), form)
	return h.autosaved(c, form.Version, dream.Version, err)
}

// autosaved says in a line beside what is being typed whether it is kept, and in which version. What can not be kept yet is
// left for the button to complain about.
func (h *Handlers) autosaved(c *fiber.Ctx, typed, kept int32, err error) error {
	problems, status := whyNot(err)
	switch {
	case status == fiber.StatusConflict:
		return fragment(c, views.Saved(typed, views.T(c.UserContext(), problems[""])))
	case problems != nil:
		return fragment(c, views.Saved(typed, ""))
	case err != nil:
		return err
	}
	return fragment(c, views.SavedAt(kept, h.db.Now()))
}

func (h *Handlers) showDream(c *fiber.Ctx) error {
	sheet, err := h.db.DreamSheet(c.UserContext(), me(c), id[db.DreamID](c))
	if err != nil {
		return err
	}
	return h.drawDream(c, sheet, views.TagLine(sheet.Tags), nil)
}

func (h *Handlers) drawDream(c *fiber.Ctx, sheet db.DreamSheet, typed string, problems db.Problems) error {
	draft, err := h.tagDraft(c, typed, problems)
	if err != nil {
		return err
	}
	return page(c, views.DreamTitle(c.UserContext(), sheet.DreamedOn), views.DreamPage(sheet, draft))
}

// tagDraft is the line of a dream's tags, and what may follow it.
func (h *Handlers) tagDraft(c *fiber.Ctx, typed string, problems db.Problems) (views.DreamTagDraft, error) {
	next := typed
	if next != "" {
		next += ", "
	}
	lines, err := h.db.CompleteTags(c.UserContext(), me(c).ID, next)
	return views.DreamTagDraft{ID: id[db.DreamID](c), Typed: typed, Lines: lines, Problems: problems}, err
}

func (h *Handlers) editDream(c *fiber.Ctx) error {
	dream, err := h.db.DreamOf(c.UserContext(), id[db.DreamID](c), me(c).ID)
	if err != nil {
		return err
	}
	if dream.Status != db.DreamDraft {
		return db.DreamSent
	}
	return page(c, "dreams.edit", views.DreamEditor(views.DreamDraft{ID: dream.ID, Form: dream.Form(views.NewKey())}))
}

func (h *Handlers) tagDream(c *fiber.Ctx) error {
	typed := posted(c, "tags")
	err := h.db.TagDream(c.UserContext(), me(c), id[db.DreamID](c), typed)
	problems, _ := whyNot(err)
	if err != nil && problems == nil {
		return err
	}
	sheet, err := h.db.DreamSheet(c.UserContext(), me(c), id[db.DreamID](c))
	if err != nil {
		return err
	}
	if problems != nil {
		c.Status(fiber.StatusUnprocessableEntity)
	} else {
		typed = views.TagLine(sheet.Tags)
		flash(c, "dreams.tags_saved")
	}
	if problems != nil && !swaps(c) {
		return h.drawDream(c, sheet, typed, problems)
	}
	draft, err := h.tagDraft(c, typed, problems)
	if err != nil {
		return err
	}
	return done(c, sheet.ID.Path(), views.DreamTagForm(draft))
}

func (h *Handlers) submitDream(c *fiber.Ctx) error {
	if _, err := h.db.SubmitDream(c.UserContext(), me(c), id[db.DreamID](c), posted(c, "consent") != ""); err != nil {
		return err
	}
	return h.dreamDone(c, "dreams.sent")
}

func (h *Handlers) allowDream(c *fiber.Ctx) error {
	if _, err := h.db.AllowDream(c.UserContext(), me(c), id[db.DreamID](c)); err != nil {
		return err
	}
	return h.dreamDone(c, "dreams.allowed")
}

func (h *Handlers) forbidDream(c *fiber.Ctx) error {
	if _, err := h.db.ForbidDream(c.UserContext(), me(c), id[db.DreamID](c)); err != nil {
		return err
	}
	return h.dreamDone(c, "dreams.forbidden")
}

// dreamDone shows a dream after an act of its author's.
func (h *Handlers) dreamDone(c *fiber.Ctx, said string) error {
	sheet, err := h.db.DreamSheet(c.UserContext(), me(c), id[db.DreamID](c))
	if err != nil {
		return err
	}
	flash(c, said)
	return done(c, sheet.ID.Path(), views.DreamSheet(sheet))
}

func (h *Handlers) deleteDream(c *fiber.Ctx) error {
	if err := h.db.DeleteDream(c.UserContext(), me(c), id[db.DreamID](c)); err != nil {
		return err
	}
	flash(c, "dreams.deleted")
	return moved(c, "/dreams")
}

// dreamYear is the year that the address names.
func dreamYear(c *fiber.Ctx, of db.AccountID) *db.DreamYear {
	year := c.QueryInt("year")
	if year < 1900 || year > 2200 {
		year = 0
	}
	return &db.DreamYear{Of: of, Year: year}
}

// showDreamYear opens the month that is asked for, or the latest with a dream in it.
func (h *Handlers) showDreamYear(c *fiber.Ctx, year *db.DreamYear) error {
	calendar := views.DreamCalendar{DreamYear: year, Month: c.QueryInt("month"), Today: h.db.Today()}
	if calendar.Month < 1 || calendar.Month > 12 {
		if calendar.Month = 1; len(year.Days) > 0 {
			calendar.Month = int(year.Days[len(year.Days)-1].DreamedOn.Month)
		}
	}
	return page(c, "dreams.calendar", views.DreamYear(calendar))
}

// exportDreams is the whole journal in one file.
func (h *Handlers) exportDreams(c *fiber.Ctx) error {
	file, err := views.DreamArchive(c.UserContext(), func(take func(db.TakenAlong) error) error {
		return h.db.TakeJournal(c.UserContext(), me(c).ID, take)
	})
	if err != nil {
		return err
	}
	return download(c, "application/zip", fmt.Sprintf("dreams-%s.zip", h.db.Today()), file)
}

func (h *Handlers) showDreambook(c *fiber.Ctx) error {
	rows, more, err := h.db.Dreambook(c.UserContext(), placeOf[db.DreamID](c.Query("below")))
	if err != nil {
		return err
	}
	next := ""
	if more {
		last := rows[len(rows)-1]
		next = "/dreambook?below=" + placeText(last.PublishedAt, last.ID)
	}
	return page(c, "dreams.book", views.Dreambook(rows, next))
}

func (h *Handlers) showPublishedDream(c *fiber.Ctx) error {
	dream, err := h.db.PublishedDream(c.UserContext(), id[db.DreamID](c))
	if err != nil {
		return err
	}
	return page(c, views.DreamLead(dream.Body, 60), views.DreambookPage(dream))
}
