package handlers

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
)

// deskContestRoutes are where contests are written and judged.
func (h *Handlers) deskContestRoutes() []Route {
	editors := staff(db.Editor)
	return []Route{
		reading(h, "/staff/contests", editors, deskContests, h.listDeskContests),
		{"POST", "/staff/contests", editors, h.writeContest},
		{"GET", "/staff/contests/new", editors, h.newContest},
		{"GET", "/staff/contests/:id<int>", editors, h.showDeskContest},
		{"POST", "/staff/contests/:id<int>", editors, h.editContest},
		{"POST", "/staff/contests/:id<int>/publication", editors, h.openContest},
		{"POST", "/staff/contests/:id<int>/closure", editors, h.closeContest},
		{"POST", "/staff/contests/:id<int>/cancellation", editors, h.cancelContest},
		{"POST", "/staff/contests/:id<int>/results", editors, h.finishContest},
		{"POST", "/staff/contests/:id<int>/shipment", editors, h.sendPrize},
		{"GET", "/staff/contests/entries/:id<int>", editors, h.showDeskEntry},
		{"POST", "/staff/contests/entries/:id<int>/scores", editors, h.scoreEntry},
		{"POST", "/staff/contests/entries/:id<int>/disqualification", editors, h.disqualifyEntry},
		{"POST", "/staff/contests/entries/:id<int>/readmission", editors, h.readmitEntry},
	}
}

func deskContestPath(id db.ContestID) string { return fmt.Sprintf("/staff/contests/%d", id) }

func deskContests(c *fiber.Ctx, _ db.AccountID) *db.DeskContests {
	list := &db.DeskContests{Status: db.ContestOpen, Below: placeOf[db.ContestID](c.Query("below"))}
	if status := db.ContestStatus(c.Query("status")); slices.Contains(db.ContestStatuses, status) {
		list.Status = status
	}
	return list
}

func (h *Handlers) listDeskContests(c *fiber.Ctx, list *db.DeskContests) error {
	next := ""
	if list.More {
		last := list.Rows[len(list.Rows)-1]
		next = pageAfter(c, "below", last.ChangedAt, last.ID)
	}
	return page(c, "nav.staff.contests", views.DeskContests(list, next))
}

// leastPlaces are how many rows for places an empty form has.
const leastPlaces = 3

func (h *Handlers) newContest(c *fiber.Ctx) error {
	form := db.ContestForm{Key: views.NewKey(), Each: "1", Prizes: make([]db.PrizeForm, leastPlaces)}
	return h.drawDeskContest(c, views.ContestEditing{Form: form})
}

// contestForm reads the form of a contest, whose places are numbered: prize.1.points. «Ещё место» adds a row to it.
func contestForm(c *fiber.Ctx) (form db.ContestForm, err error) {
	if err := parse(c, &form); err != nil {
		return form, err
	}
	for place := 1; place <= db.MostPlaces; place++ {
		points, goods := db.PrizeField(place, "points"), db.PrizeField(place, "goods")
		if !c.Request().PostArgs().Has(points) && !c.Request().PostArgs().Has(goods) {
			break
		}
		form.Prizes = append(form.Prizes, db.PrizeForm{Points: posted(c, points), Goods: posted(c, goods)})
	}
	if form.Act == "place" && len(form.Prizes) < db.MostPlaces {
		form.Prizes = append(form.Prizes, db.PrizeForm{})
	}
	return form, nil
}

// drawDeskContest shows the page of a contest, or its form alone where that was sent.
func (h *Handlers) drawDeskContest(c *fiber.Ctx, editing views.ContestEditing) error {
	if swaps(c) && c.Method() == fiber.MethodPost {
		return fragment(c, views.ContestEditor(editing))
	}
	if editing.Desk.ID == 0 {
		return document(c, "desk.contests.new", views.NewContest(editing))
	}
	return document(c, editing.Desk.Title, views.DeskContest(editing))
}

// contestEditing is a contest as its page is opened.
func (h *Handlers) contestEditing(c *fiber.Ctx) (editing views.ContestEditing, err error) {
	editing.Desk, err = h.db.DeskContest(c.UserContext(), me(c), id[db.ContestID](c), int32(c.QueryInt("above")))
	editing.Form = editing.Desk.Contest.Form(editing.Desk.Prizes, h.db.Zone)
	editing.Places = editing.Desk.Suggested()
	return editing, err
}

func (h *Handlers) showDeskContest(c *fiber.Ctx) error {
	editing, err := h.contestEditing(c)
	if err != nil {
		return err
	}
	return page(c, editing.Desk.Title, views.DeskContest(editing))
}

func (h *Handlers) writeContest(c *fiber.Ctx) error {
	form, err := contestForm(c)
	if err != nil {
		return err
	}
	if form.Act != "" {
		return h.redrawContest(c, views.ContestEditing{Form: form})
	}
	contest, err := h.db.WriteContest(c.UserContext(), me(c), form, views.EditorsMarkdown)
	return h.savedContest(c, contest, err, views.ContestEditing{Form: form})
}

func (h *Handlers) editContest(c *fiber.Ctx) error {
	editing, err := h.contestEditing(c)
	if err != nil {
		return err
	}
	if editing.Form, err = contestForm(c); err != nil {
		return err
	}
	if editing.Form.Act != "" {
		return h.redrawContest(c, editing)
	}
	contest, err := h.db.EditContest(c.UserContext(), me(c), editing.Desk.ID, editing.Form, views.EditorsMarkdown)
	return h.savedContest(c, contest, err, editing)
}

// redrawContest saves nothing: it shows the form with another row, or with the rules as customers would see them.
func (h *Handlers) redrawContest(c *fiber.Ctx, editing views.ContestEditing) error {
	if editing.Form.Act == "show" {
		editing.Preview = new(views.EditorsMarkdown(editing.Form.Rules))
	}
	return h.drawDeskContest(c, editing)
}

// savedContest leads to the contest, or shows the form again. Pressed once more after a colleague has saved, it is saved over
// that.
func (h *Handlers) savedContest(c *fiber.Ctx, contest db.Contest, err error, editing views.ContestEditing) error {
	problems, wrong := problemsOf(c, err)
	if wrong {
		if editing.Problems = problems; errors.Is(err, db.ContestStale) {
			c.Status(fiber.StatusConflict)
			editing.Form.Version = editing.Desk.Version
		}
		return h.drawDeskContest(c, editing)
	}
	if err != nil {
		return err
	}
	flash(c, "desk.contests.saved")
	return moved(c, deskContestPath(contest.ID))
}

func (h *Handlers) openContest(c *fiber.Ctx) error {
	contest, err := h.db.OpenContest(c.UserContext(), me(c), id[db.ContestID](c), version(c))
	return movedContest(c, contest, err, "desk.contests.is_open")
}

func (h *Handlers) closeContest(c *fiber.Ctx) error {
	contest, err := h.db.CloseContest(c.UserContext(), me(c), id[db.ContestID](c), version(c))
	return movedContest(c, contest, err, "desk.contests.is_judging")
}

func movedContest(c *fiber.Ctx, contest db.Contest, err error, said string) error {
	if err != nil {
		return err
	}
	flash(c, said)
	return moved(c, deskContestPath(contest.ID))
}

func (h *Handlers) cancelContest(c *fiber.Ctx) error {
	var form db.ContestCancellation
	if err := parse(c, &form); err != nil {
		return err
	}
	contest, err := h.db.CancelContest(c.UserContext(), me(c), id[db.ContestID](c), form)
	if problems, wrong := errors.AsType[db.Problems](err); wrong {
		return h.redoContest(c, problems, views.ContestCancellation, func(editing *views.ContestEditing) { editing.Reason = form.Reason })
	}
	return movedContest(c, contest, err, "desk.contests.is_cancelled")
}

// redoContest shows the page again, or the part of it that was sent, with what was typed and what is wrong with it.
func (h *Handlers) redoContest(c *fiber.Ctx, problems db.Problems, part func(views.ContestEditing) templ.Component, typed func(*views.ContestEditing)) error {
	editing, err := h.contestEditing(c)
	if err != nil {
		return err
	}
	editing.Problems = problems
	typed(&editing)
	c.Status(fiber.StatusUnprocessableEntity)
	return sheet(c, editing.Desk.Title, views.DeskContest(editing), part(editing))
}

// contestResults reads who gets which place: place.1, place.2 …
func contestResults(c *fiber.Ctx) (results db.ContestResults) {
	results.Version = version(c)
	for place := 1; place <= db.MostPlaces && c.Request().PostArgs().Has(db.PlaceField(place)); place++ {
		entry, err := strconv.ParseInt(posted(c, db.PlaceField(place)), 10, 64)
		if err != nil {
			entry = -1 // nothing's number, and so not nobody's either
		}
		results.Places = append(results.Places, db.ContestEntryID(entry))
	}
	return results
}

func (h *Handlers) finishContest(c *fiber.Ctx) error {
	results := contestResults(c)
	contest, err := h.db.FinishContest(c.UserContext(), me(c), id[db.ContestID](c), results)
	if problems, wrong := errors.AsType[db.Problems](err); wrong {
		return h.redoContest(c, problems, views.ContestFinish, func(editing *views.ContestEditing) { editing.Places = results.Places })
	}
	return movedContest(c, contest, err, "desk.contests.is_finished")
}

func (h *Handlers) sendPrize(c *fiber.Ctx) error {
	place, _ := strconv.ParseInt(posted(c, "place"), 10, 32) // what is no number is no place either
	if err := h.db.SendPrize(c.UserContext(), me(c), id[db.ContestID](c), int32(place)); err != nil {
		return err
	}
	flash(c, "desk.contests.prize_sent")
	return moved(c, deskContestPath(id[db.ContestID](c)))
}

// deskEntry is an entry as one of the jury finds it.
func (h *Handlers) deskEntry(c *fiber.Ctx) (views.JuryEntry, error) {
	desk, err := h.db.DeskEntry(c.UserContext(), me(c), id[db.ContestEntryID](c))
	return views.JuryEntry{DeskEntry: desk, Scores: views.GivenScores(desk.Jury)}, err
}

func (h *Handlers) showDeskEntry(c *fiber.Ctx) error {
	entry, err := h.deskEntry(c)
	if err != nil {
		return err
	}
	return page(c, views.JuryTitle(c.UserContext(), entry.Entry.Number), views.DeskEntry(entry))
}

// scoreEntry keeps scores in place: in the table, or on the page of the entry.
func (h *Handlers) scoreEntry(c *fiber.Ctx) error {
	var typed []string
	for criterion := 1; criterion <= db.MostCriteria && c.Request().PostArgs().Has(db.ScoreField(criterion)); criterion++ {
		typed = append(typed, posted(c, db.ScoreField(criterion)))
	}
	wrong := h.db.ScoreEntry(c.UserContext(), me(c), id[db.ContestEntryID](c), typed)
	problems, status := whyNot(wrong)
	if wrong != nil && problems == nil {
		return wrong
	}
	entry, err := h.deskEntry(c)
	if err != nil {
		return err
	}
	if problems != nil {
		entry.Scores, entry.Problems = typed, problems
		c.Status(status)
		return sheet(c, views.JuryTitle(c.UserContext(), entry.Entry.Number), views.DeskEntry(entry), views.JuryRow(entry))
	}
	flash(c, "desk.contests.scored")
	return done(c, deskContestPath(entry.Contest.ID)+"#"+entry.Entry.ID.Topic(), views.JuryRow(entry))
}

func (h *Handlers) disqualifyEntry(c *fiber.Ctx) error {
	reason := posted(c, "reason")
	_, err := h.db.DisqualifyEntry(c.UserContext(), me(c), id[db.ContestEntryID](c), reason)
	if problems, wrong := errors.AsType[db.Problems](err); wrong {
		entry, err := h.deskEntry(c)
		if err != nil {
			return err
		}
		entry.Reason, entry.Problems = reason, problems
		c.Status(fiber.StatusUnprocessableEntity)
		return sheet(c, views.JuryTitle(c.UserContext(), entry.Entry.Number), views.DeskEntry(entry), views.Disqualification(entry))
	}
	return h.judgedEntry(c, err, "desk.contests.disqualified")
}

func (h *Handlers) readmitEntry(c *fiber.Ctx) error {
	_, err := h.db.ReadmitEntry(c.UserContext(), me(c), id[db.ContestEntryID](c))
	return h.judgedEntry(c, err, "desk.contests.readmitted")
}

func (h *Handlers) judgedEntry(c *fiber.Ctx, err error, said string) error {
	if err != nil {
		return err
	}
	flash(c, said)
	return moved(c, views.DeskEntryPath(id[db.ContestEntryID](c)))
}
