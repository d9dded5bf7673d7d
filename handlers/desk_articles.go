package handlers

import (
	"errors"
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// deskArticleRoutes are where articles are written.
func (h *Handlers) deskArticleRoutes() []Route {
	editors := staff(db.Editor)
	return []Route{
		reading(h, "/staff/articles", editors, deskArticles, h.listDeskArticles),
		{"POST", "/staff/articles", editors, h.writeArticle},
		{"GET", "/staff/articles/new", editors, h.newArticle},
		{"GET", "/staff/articles/:id<int>", editors, h.showDeskArticle},
		{"POST", "/staff/articles/:id<int>", editors, h.editArticle},
		{"GET", "/staff/articles/:id<int>/versions/:number<int>", editors, h.showArticleVersion},
		{"POST", "/staff/articles/:id<int>/publication", editors, h.publishArticle},
		{"POST", "/staff/articles/:id<int>/schedule", editors, h.scheduleArticle},
		{"POST", "/staff/articles/:id<int>/postponement", editors, h.postponeArticle},
		{"POST", "/staff/articles/:id<int>/archive", editors, h.archiveArticle},
		{"POST", "/staff/articles/:id<int>/withdrawal", staff(db.Admin), h.withdrawArticle},
		{"POST", "/staff/articles/:id<int>/pictures", editors.withUploads(), h.addPictures},
		{"POST", "/staff/articles/:id<int>/pictures/removal", editors, h.removePicture},
	}
}

func deskArticlePath(id db.ArticleID) string {
	return "/staff/articles/" + strconv.FormatInt(int64(id), 10)
}

func deskArticles(c *fiber.Ctx, _ db.AccountID) *db.DeskArticles {
	list := &db.DeskArticles{Status: db.ArticleDraft, Below: placeOf[db.ArticleID](c.Query("below"))}
	for _, status := range db.ArticleStatuses {
		if string(status) == c.Query("status") {
			list.Status = status
		}
	}
	return list
}

func (h *Handlers) listDeskArticles(c *fiber.Ctx, list *db.DeskArticles) error {
	next := ""
	if list.More {
		last := list.Rows[len(list.Rows)-1].Article
		next = pageAfter(c, "below", last.ChangedAt, last.ID)
	}
	return page(c, "nav.staff.articles", views.DeskArticles(list, next))
}

func (h *Handlers) newArticle(c *fiber.Ctx) error {
	return h.drawArticle(c, views.ArticleEditing{Form: db.ArticleForm{Key: views.NewKey(), Access: db.ForAll}})
}

// drawArticle shows the page of an article, or its form alone where that was sent.
func (h *Handlers) drawArticle(c *fiber.Ctx, editing views.ArticleEditing) error {
	if swaps(c) && c.Method() == fiber.MethodPost {
		return fragment(c, views.ArticleEditor(editing))
	}
	if editing.Desk.ID == 0 {
		return document(c, "desk.articles.new", views.NewArticle(editing))
	}
	return document(c, editing.Desk.Latest.Title, views.DeskArticle(editing))
}

// editing is an article as its page is opened.
func (h *Handlers) editing(c *fiber.Ctx) (editing views.ArticleEditing, err error) {
	editing.Desk, err = h.db.DeskArticle(c.UserContext(), id[db.ArticleID](c))
	editing.Form = editing.Desk.Latest.Form(editing.Desk.Article)
	return editing, err
}

func (h *Handlers) showDeskArticle(c *fiber.Ctx) error {
	editing, err := h.editing(c)
	if err != nil {
		return err
	}
	return h.drawArticle(c, editing)
}

func (h *Handlers) writeArticle(c *fiber.Ctx) error {
	var editing views.ArticleEditing
	if err := parse(c, &editing.Form); err != nil {
		return err
	}
	if editing.Form.Act == "show" {
		return h.previewArticle(c, editing)
	}
	article, err := h.db.WriteArticle(c.UserContext(), me(c), editing.Form, views.EditorsMarkdown)
	return h.savedArticle(c, article, err, editing)
}

func (h *Handlers) editArticle(c *fiber.Ctx) error {
	editing, err := h.editing(c)
	if err != nil {
		return err
	}
	editing.Form = db.ArticleForm{}
	if err := parse(c, &editing.Form); err != nil {
		return err
	}
	if editing.Form.Act == "show" {
		return h.previewArticle(c, editing)
	}
	article, err := h.db.EditArticle(c.UserContext(), me(c), editing.Desk.ID, editing.Form, views.EditorsMarkdown)
	return h.savedArticle(c, article, err, editing)
}

// previewArticle saves nothing: it shows what was typed as readers would see it.
func (h *Handlers) previewArticle(c *fiber.Ctx, editing views.ArticleEditing) error {
	editing.Preview = new(views.EditorsMarkdown(editing.Form.Body))
	return h.drawArticle(c, editing)
}

// savedArticle leads to the article, or shows the form again. What is sent once more after somebody else has saved is
// the next version: nothing of theirs is lost.
func (h *Handlers) savedArticle(c *fiber.Ctx, article db.Article, err error, editing views.ArticleEditing) error {
	problems, wrong := problemsOf(c, err)
	if wrong {
		if editing.Problems = problems; errors.Is(err, db.ArticleStale) {
			c.Status(fiber.StatusConflict)
			editing.Form.Version = editing.Desk.Version
		}
		return h.drawArticle(c, editing)
	}
	if err != nil {
		return err
	}
	flash(c, "desk.articles.saved")
	return moved(c, deskArticlePath(article.ID))
}

func (h *Handlers) showArticleVersion(c *fiber.Ctx) error {
	number, _ := strconv.ParseInt(c.Params("number"), 10, 32) // what is too long is no version
	sheet, err := h.db.VersionSheet(c.UserContext(), id[db.ArticleID](c), int32(number))
	if err != nil {
		return err
	}
	return document(c, sheet.Title, views.ArticleVersion(sheet))
}

func (h *Handlers) publishArticle(c *fiber.Ctx) error {
	article, err := h.db.PublishArticle(c.UserContext(), me(c), id[db.ArticleID](c), version(c))
	return movedArticle(c, article, err, "desk.articles.is_published")
}

func (h *Handlers) postponeArticle(c *fiber.Ctx) error {
	article, err := h.db.PostponeArticle(c.UserContext(), me(c), id[db.ArticleID](c), version(c))
	return movedArticle(c, article, err, "desk.articles.is_postponed")
}

func (h *Handlers) archiveArticle(c *fiber.Ctx) error {
	article, err := h.db.ArchiveArticle(c.UserContext(), me(c), id[db.ArticleID](c), version(c))
	return movedArticle(c, article, err, "desk.articles.is_archived")
}

func movedArticle(c *fiber.Ctx, article db.Article, err error, said string) error {
	if err != nil {
		return err
	}
	flash(c, said)
	return moved(c, deskArticlePath(article.ID))
}

func (h *Handlers) scheduleArticle(c *fiber.Ctx) error {
	var form db.ScheduleForm
	if err := parse(c, &form); err != nil {
		return err
	}
	article, err := h.db.ScheduleArticle(c.UserContext(), me(c), id[db.ArticleID](c), form)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		editing, err := h.editing(c)
		if err != nil {
			return err
		}
		editing.Schedule, editing.Problems = form.At, problems
		c.Status(fiber.StatusUnprocessableEntity)
		if swaps(c) {
			return fragment(c, views.ScheduleForm(editing))
		}
		return h.drawArticle(c, editing)
	}
	return movedArticle(c, article, err, "desk.articles.is_scheduled")
}

func (h *Handlers) withdrawArticle(c *fiber.Ctx) error {
	var form db.ArticleWithdrawal
	if err := parse(c, &form); err != nil {
		return err
	}
	article, err := h.db.WithdrawArticle(c.UserContext(), me(c), id[db.ArticleID](c), form)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		editing, err := h.editing(c)
		if err != nil {
			return err
		}
		editing.Reason, editing.Problems = form.Reason, problems
		c.Status(fiber.StatusUnprocessableEntity)
		if swaps(c) {
			return fragment(c, views.ArticleWithdrawal(editing))
		}
		return h.drawArticle(c, editing)
	}
	return movedArticle(c, article, err, "desk.articles.is_withdrawn")
}

func (h *Handlers) addPictures(c *fiber.Ctx) error {
	err := h.db.AddPictures(c.UserContext(), me(c), id[db.ArticleID](c), uploads(c, "photos"))
	problems, wrong := errors.AsType[db.Problems](err)
	if err != nil && !wrong {
		return err
	}
	if wrong {
		c.Status(fiber.StatusUnprocessableEntity)
	} else {
		flash(c, "desk.articles.pictures_added")
	}
	return h.donePictures(c, problems)
}

func (h *Handlers) removePicture(c *fiber.Ctx) error {
	var form struct {
		Photo db.FileID `form:"photo"`
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	if err := h.db.RemovePicture(c.UserContext(), id[db.ArticleID](c), form.Photo); err != nil {
		return err
	}
	flash(c, "articles.picture_removed")
	return h.donePictures(c, nil)
}

func (h *Handlers) donePictures(c *fiber.Ctx, problems db.Problems) error {
	editing, err := h.editing(c)
	if err != nil {
		return err
	}
	if editing.Problems = problems; len(problems) > 0 && !swaps(c) {
		return h.drawArticle(c, editing)
	}
	return done(c, deskArticlePath(editing.Desk.ID), views.ArticlePictures(editing.Desk, problems))
}
