package handlers

import (
	"errors"
	"fmt"
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// deskIssueRoutes are where issues of the magazine are made.
func (h *Handlers) deskIssueRoutes() []Route {
	editors := staff(db.Editor)
	return []Route{
		reading(h, "/staff/issues", editors, deskIssues, h.listDeskIssues),
		{"POST", "/staff/issues", editors, h.writeIssue},
		{"GET", "/staff/issues/new", editors, h.newIssue},
		{"GET", "/staff/issues/:id<int>", editors, h.showDeskIssue},
		{"POST", "/staff/issues/:id<int>", editors, h.editIssue},
		{"POST", "/staff/issues/:id<int>/cover", editors.withUploads(), h.setIssueCover},
		{"POST", "/staff/issues/:id<int>/pdf", editors.withUploads(), h.setIssuePDF},
		{"POST", "/staff/issues/:id<int>/publication", editors, h.publishIssue},
		{"GET", "/staff/issues/:id<int>/print-list", editors, h.exportPrintList},
		{"POST", "/staff/issues/:id<int>/posting", editors, h.postIssue},
	}
}

func deskIssuePath(id db.IssueID) string { return "/staff/issues/" + strconv.FormatInt(int64(id), 10) }

func deskIssues(c *fiber.Ctx, _ db.AccountID) *db.DeskIssues {
	below, _ := strconv.ParseInt(c.Query("below"), 10, 32)
	return &db.DeskIssues{Below: int32(below)}
}

func (h *Handlers) listDeskIssues(c *fiber.Ctx, list *db.DeskIssues) error {
	more := ""
	if list.More {
		more = fmt.Sprintf("/staff/issues?below=%d", list.Rows[len(list.Rows)-1].Number)
	}
	return page(c, "nav.staff.issues", views.DeskIssues(list, more))
}

// newIssue is the form of the next one.
func (h *Handlers) newIssue(c *fiber.Ctx) error {
	form := db.IssueForm{Key: views.NewKey()}
	latest, err := h.db.LatestIssue(c.UserContext())
	if err == nil {
		form.Number = strconv.Itoa(int(latest.Number) + 1)
	} else if !errors.Is(err, db.ErrNotFound) {
		return err
	}
	return h.drawIssue(c, views.IssueEditing{Form: form})
}

// drawIssue shows the page of an issue, or its form alone where that was sent.
func (h *Handlers) drawIssue(c *fiber.Ctx, editing views.IssueEditing) error {
	if swaps(c) && c.Method() == fiber.MethodPost {
		return fragment(c, views.IssueEditor(editing))
	}
	if editing.Desk.ID == 0 {
		return page(c, "desk.issues.new", views.NewIssue(editing))
	}
	return page(c, views.IssueTitle(c.UserContext(), editing.Desk.Number, editing.Desk.Title), views.DeskIssue(editing))
}

func (h *Handlers) editingIssue(c *fiber.Ctx) (editing views.IssueEditing, err error) {
	editing.Desk, err = h.db.DeskIssue(c.UserContext(), id[db.IssueID](c))
	if err == nil {
		editing.Form = editing.Desk.Form()
	}
	return editing, err
}

func (h *Handlers) showDeskIssue(c *fiber.Ctx) error {
	editing, err := h.editingIssue(c)
	if err != nil {
		return err
	}
	return h.drawIssue(c, editing)
}

func (h *Handlers) writeIssue(c *fiber.Ctx) error {
	var editing views.IssueEditing
	if err := parse(c, &editing.Form); err != nil {
		return err
	}
	issue, err := h.db.WriteIssue(c.UserContext(), me(c), editing.Form)
	return h.savedIssue(c, issue, err, editing)
}

func (h *Handlers) editIssue(c *fiber.Ctx) error {
	editing, err := h.editingIssue(c)
	if err != nil {
		return err
	}
	editing.Form = db.IssueForm{}
	if err := parse(c, &editing.Form); err != nil {
		return err
	}
	issue, err := h.db.EditIssue(c.UserContext(), editing.Desk.ID, editing.Form)
	return h.savedIssue(c, issue, err, editing)
}

func (h *Handlers) savedIssue(c *fiber.Ctx, issue db.Issue, err error, editing views.IssueEditing) error {
	if problems, wrong := problemsOf(c, err); wrong {
		if editing.Problems = problems; errors.Is(err, db.IssueStale) {
			c.Status(fiber.StatusConflict)
			editing.Form.Version = editing.Desk.Version
		}
		return h.drawIssue(c, editing)
	}
	if err != nil {
		return err
	}
	flash(c, "desk.issues.saved")
	return moved(c, deskIssuePath(issue.ID))
}

func (h *Handlers) setIssueCover(c *fiber.Ctx) error {
	return h.issueDone(c, "desk.issues.cover_set", h.db.SetIssueCover(c.UserContext(), me(c), id[db.IssueID](c), uploads(c, "cover")))
}

func (h *Handlers) setIssuePDF(c *fiber.Ctx) error {
	return h.issueDone(c, "desk.issues.pdf_set", h.db.SetIssuePDF(c.UserContext(), me(c), id[db.IssueID](c), uploads(c, "pdf"), views.PDFPages))
}

func (h *Handlers) publishIssue(c *fiber.Ctx) error {
	_, err := h.db.PublishIssue(c.UserContext(), id[db.IssueID](c))
	return h.issueDone(c, "desk.issues.published", err)
}

func (h *Handlers) postIssue(c *fiber.Ctx) error {
	return h.issueDone(c, "desk.issues.is_posted", h.db.PostIssue(c.UserContext(), me(c), id[db.IssueID](c)))
}

// issueDone shows an issue after an act, or what was wrong with the file.
func (h *Handlers) issueDone(c *fiber.Ctx, said string, err error) error {
	problems, wrong := errors.AsType[db.Problems](err)
	if err != nil && !wrong {
		return err
	}
	editing, err := h.editingIssue(c)
	if err != nil {
		return err
	}
	if wrong {
		editing.Problems = problems
		c.Status(fiber.StatusUnprocessableEntity)
		if !swaps(c) {
			return page(c, views.IssueTitle(c.UserContext(), editing.Desk.Number, editing.Desk.Title), views.DeskIssue(editing))
		}
		return fragment(c, views.IssueFiles(editing))
	}
	flash(c, said)
	if editing.Desk.PublishedAt != nil { // its form is gone, too
		return moved(c, deskIssuePath(editing.Desk.ID))
	}
	return done(c, deskIssuePath(editing.Desk.ID), views.IssueFiles(editing))
}

// exportPrintList is where the printed copies go, as a spreadsheet.
func (h *Handlers) exportPrintList(c *fiber.Ctx) error {
	ctx := c.UserContext()
	file, err := views.PrintListCSV(ctx, func(take func(db.Posting) error) error { return h.db.Postings(ctx, id[db.IssueID](c), take) })
	if err != nil {
		return err
	}
	return download(c, "text/csv; charset=utf-8", fmt.Sprintf("print-list-%s.csv", c.Params("id")), file)
}
