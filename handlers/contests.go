package handlers

import (
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// contestRoutes are the contests that everybody may read about, and what a customer sends in for them.
func (h *Handlers) contestRoutes() []Route {
	return []Route{
		reading(h, "/contests", public, contestList, h.listContests),
		reading(h, "/contests/results", public, contestArchive, h.listContestResults),
		reading(h, "/contests/:contest<int>", public, contestSheet, h.showContest),
		{"POST", "/contests/:contest<int>/entries", customer.withUploads(), h.enterContest},
		{"GET", "/contests/entries/:id<int>", customer, h.showContestEntry},
		{"POST", "/contests/entries/:id<int>", customer.withUploads(), h.editEntry},
		{"POST", "/contests/entries/:id<int>/withdrawal", customer, h.withdrawEntry},
		{"POST", "/contests/entries/:id<int>/address", customer, h.addressPrize},
		{"GET", "/contests/pictures/:picture<int>/large", public, h.showLargeContestPicture},
		{"GET", "/contests/pictures/:picture<int>/small", public, h.showSmallContestPicture},
	}
}

// numbered is a number in the address that is not called id.
func numbered[ID ~int64](c *fiber.Ctx, name string) ID {
	n, _ := strconv.ParseInt(c.Params(name), 10, 64) // what is too long is nothing's number
	return ID(n)
}

func contestList(c *fiber.Ctx, of db.AccountID) *db.ContestList {
	return &db.ContestList{Of: of, Below: below[db.ContestEntryID](c)}
}

func (h *Handlers) listContests(c *fiber.Ctx, list *db.ContestList) error {
	next := ""
	if list.More {
		next = "/contests?below=" + strconv.FormatInt(int64(list.Entries[len(list.Entries)-1].ID), 10)
	}
	return page(c, "nav.contests", views.Contests(list, h.db.Now(), next))
}

func contestArchive(c *fiber.Ctx, _ db.AccountID) *db.ContestArchive {
	return &db.ContestArchive{Below: placeOf[db.ContestID](c.Query("below"))}
}

func (h *Handlers) listContestResults(c *fiber.Ctx, archive *db.ContestArchive) error {
	next := ""
	if archive.More {
		last := archive.Rows[len(archive.Rows)-1]
		next = pageAfter(c, "below", last.FinishedAt, last.ID)
	}
	return page(c, "contests.results", views.ContestResults(archive, next))
}

func contestSheet(c *fiber.Ctx, of db.AccountID) *db.ContestSheet {
	return &db.ContestSheet{Of: of, ID: numbered[db.ContestID](c, "contest")}
}

func (h *Handlers) showContest(c *fiber.Ctx, sheet *db.ContestSheet) error {
	return h.drawContest(c, views.ContestReading{ContestSheet: sheet, Form: db.EntryForm{Key: views.NewKey(), ShownAs: me(c).Name}})
}

// drawContest shows a contest with the form for an entry, or that form alone where it was sent.
func (h *Handlers) drawContest(c *fiber.Ctx, reading views.ContestReading) error {
	if reading.Contest.ID == 0 {
		return db.ErrNotFound
	}
	return sheet(c, reading.Title, views.ContestPage(reading), views.NewEntry(reading))
}

func (h *Handlers) enterContest(c *fiber.Ctx) error {
	var form db.EntryForm
	if err := parse(c, &form); err != nil {
		return err
	}
	entry, err := h.db.EnterContest(c.UserContext(), me(c), numbered[db.ContestID](c, "contest"), form, uploads(c, "picture"))
	if problems, wrong := problemsOf(c, err); wrong {
		sheet, err := pageOf(h, c, contestSheet)
		if err != nil {
			return err
		}
		return h.drawContest(c, views.ContestReading{ContestSheet: sheet, Form: form, Problems: problems})
	}
	if err != nil {
		return err
	}
	flash(c, "contests.entered")
	return moved(c, entry.ID.Path())
}

// entryPage is an entry as its page is opened.
func (h *Handlers) entryPage(c *fiber.Ctx) (views.EntryPage, error) {
	sheet, err := h.db.EntrySheet(c.UserContext(), me(c), id[db.ContestEntryID](c))
	return views.EntryPage{EntrySheet: sheet, Form: sheet.Entry.Form()}, err
}

func (h *Handlers) showContestEntry(c *fiber.Ctx) error {
	entry, err := h.entryPage(c)
	if err != nil {
		return err
	}
	return page(c, entry.Entry.Title, views.ContestEntry(entry))
}

// editEntry keeps what was changed, or shows the form again. Pressed once more after another window has saved, it is saved
// over that.
func (h *Handlers) editEntry(c *fiber.Ctx) error {
	var form db.EntryForm
	if err := parse(c, &form); err != nil {
		return err
	}
	saved, err := h.db.EditEntry(c.UserContext(), me(c), id[db.ContestEntryID](c), form, uploads(c, "picture"))
	if problems, status := whyNot(err); problems != nil {
		entry, err := h.entryPage(c)
		if err != nil {
			return err
		}
		if entry.Form, entry.Typed, entry.Problems = form, true, problems; status == fiber.StatusConflict {
			entry.Form.Version = saved.Version
		}
		c.Status(status)
		return sheet(c, entry.Entry.Title, views.ContestEntry(entry), views.EditEntry(entry))
	}
	if err != nil {
		return err
	}
	flash(c, "contests.entry_saved")
	return moved(c, saved.ID.Path())
}

func (h *Handlers) withdrawEntry(c *fiber.Ctx) error {
	entry, err := h.db.WithdrawEntry(c.UserContext(), me(c), id[db.ContestEntryID](c))
	if err != nil {
		return err
	}
	flash(c, "contests.withdrawn")
	return moved(c, entry.ID.Path())
}

func (h *Handlers) addressPrize(c *fiber.Ctx) error {
	to, _ := strconv.ParseInt(posted(c, "address_id"), 10, 64) // what is no number is no address either
	err := h.db.AddressPrize(c.UserContext(), me(c), id[db.ContestEntryID](c), db.AddressID(to))
	if problems, wrong := problemsOf(c, err); wrong {
		entry, err := h.entryPage(c)
		if err != nil {
			return err
		}
		entry.Problems = problems
		return sheet(c, entry.Entry.Title, views.ContestEntry(entry), views.PrizeAddress(entry))
	}
	if err != nil {
		return err
	}
	flash(c, "contests.addressed")
	return moved(c, id[db.ContestEntryID](c).Path())
}

func (h *Handlers) showLargeContestPicture(c *fiber.Ctx) error {
	return h.showContestPicture(c, db.Large)
}

func (h *Handlers) showSmallContestPicture(c *fiber.Ctx) error {
	return h.showContestPicture(c, db.Small)
}

func (h *Handlers) showContestPicture(c *fiber.Ctx, variant db.Variant) error {
	file, picture, err := h.db.ContestPicture(c.UserContext(), me(c), numbered[db.FileID](c, "picture"), variant)
	if err != nil {
		return err
	}
	return sendPicture(c, file, picture)
}
