package handlers

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// newsRoutes are what the house tells, and where its editors write it.
func (h *Handlers) newsRoutes() []Route {
	editors := staff(db.Editor)
	return []Route{
		reading(h, "/news", public, newsList, h.listNews),
		reading(h, "/news/:id<int>", public, newsSheet, h.showNews),
		{"POST", "/news/:id<int>/reading", customer, h.readNews},
		reading(h, "/staff/news", editors, deskNews, h.listDeskNews),
		{"POST", "/staff/news", editors, h.writeNews},
		{"GET", "/staff/news/new", editors, h.newNews},
		{"GET", "/staff/news/:id<int>", editors, h.showDeskNews},
		{"POST", "/staff/news/:id<int>", editors, h.editNews},
		{"POST", "/staff/news/:id<int>/publication", editors, h.publishNews},
		{"POST", "/staff/news/:id<int>/schedule", editors, h.scheduleNews},
		{"POST", "/staff/news/:id<int>/withdrawal", editors, h.withdrawNews},
	}
}

func newsList(c *fiber.Ctx, of db.AccountID) *db.NewsList {
	open, _ := strconv.ParseInt(c.Query("open"), 10, 64) // what is no number is closed
	return &db.NewsList{Of: of, Open: db.NewsID(open), Most: db.NewsPage, Below: placeOf[db.NewsID](c.Query("below"))}
}

func (h *Handlers) listNews(c *fiber.Ctx, list *db.NewsList) error {
	next := ""
	if list.More {
		last := list.Cards[len(list.Cards)-1]
		next = pageAfter(c, "below", *last.PublishedAt, last.ID)
	}
	return page(c, "news.title", views.NewsList(list, c.OriginalURL(), next))
}

func newsSheet(c *fiber.Ctx, of db.AccountID) *db.NewsSheet {
	return &db.NewsSheet{Of: of, ID: id[db.NewsID](c)}
}

// showNews is one piece of news: in its place in the list, or on a page of its own.
func (h *Handlers) showNews(c *fiber.Ctx, sheet *db.NewsSheet) error {
	if sheet.Card.ID == 0 {
		return db.ErrNotFound
	}
	if swaps(c) {
		return page(c, sheet.Card.Title, views.NewsRow(sheet.Card, sheet.Now, h.db.Today(), "/news"))
	}
	return page(c, sheet.Card.Title, views.NewsSheet(sheet, h.db.Today()))
}

// readNews opens news where they stand, and keeps that they were read.
func (h *Handlers) readNews(c *fiber.Ctx) error {
	news, err := h.db.ReadNews(c.UserContext(), me(c), id[db.NewsID](c))
	if err != nil {
		return err
	}
	return done(c, newsOpened(posted(c, "back"), news.ID), views.NewsRow(db.NewsCard(news), h.db.Now(), h.db.Today(), "/news"))
}

// newsOpened is the list that somebody came from, with one piece of news open in it.
func newsOpened(back string, id db.NewsID) string {
	list, err := url.Parse(local(back))
	if err != nil || list.Path != "/news" {
		list = &url.URL{Path: "/news"}
	}
	query := list.Query()
	query.Set("open", strconv.FormatInt(int64(id), 10))
	return "/news?" + query.Encode() + "#" + id.Topic()
}

func deskNews(c *fiber.Ctx, _ db.AccountID) *db.DeskNews {
	return &db.DeskNews{Below: placeOf[db.NewsID](c.Query("below"))}
}

func deskNewsPath(id db.NewsID) string { return "/staff/news/" + strconv.FormatInt(int64(id), 10) }

func (h *Handlers) listDeskNews(c *fiber.Ctx, list *db.DeskNews) error {
	next := ""
	if list.More {
		last := list.Rows[len(list.Rows)-1]
		next = pageAfter(c, "below", last.ChangedAt, last.ID)
	}
	return page(c, "nav.staff.news", views.DeskNews(list, next))
}

func (h *Handlers) newNews(c *fiber.Ctx) error {
	return h.drawNews(c, views.NewsEditing{Form: db.NewsForm{Key: views.NewKey(), Kind: db.PlainNews, Audience: db.Everybody}})
}

// drawNews shows the page of a piece of news, or its form alone where that was sent.
func (h *Handlers) drawNews(c *fiber.Ctx, editing views.NewsEditing) error {
	editing.Now = h.db.Now()
	if swaps(c) && c.Method() == fiber.MethodPost {
		return fragment(c, views.NewsEditor(editing))
	}
	if editing.ID == 0 {
		return document(c, "desk.news.new", views.NewNews(editing))
	}
	return document(c, editing.News.Title, views.DeskNewsSheet(editing))
}

// newsEditing is a piece of news as its page is opened.
func (h *Handlers) newsEditing(c *fiber.Ctx) (editing views.NewsEditing, err error) {
	editing.NewsByIDRow, err = h.db.NewsByID(c.UserContext(), id[db.NewsID](c))
	editing.ID, editing.Form = editing.News.ID, editing.News.Form()
	return editing, err
}

func (h *Handlers) showDeskNews(c *fiber.Ctx) error {
	editing, err := h.newsEditing(c)
	if err != nil {
		return err
	}
	return h.drawNews(c, editing)
}

func (h *Handlers) writeNews(c *fiber.Ctx) error {
	return h.saveNews(c, views.NewsEditing{}, func(form db.NewsForm) (db.News, error) {
		return h.db.WriteNews(c.UserContext(), me(c), form, views.EditorsMarkdown)
	})
}

func (h *Handlers) editNews(c *fiber.Ctx) error {
	editing, err := h.newsEditing(c)
	if err != nil {
		return err
	}
	return h.saveNews(c, editing, func(form db.NewsForm) (db.News, error) {
		return h.db.EditNews(c.UserContext(), me(c), editing.ID, form, views.EditorsMarkdown)
	})
}

// saveNews saves what was typed, or only shows it as readers would see it. What is sent once more after somebody else has
// saved goes over theirs, knowingly.
func (h *Handlers) saveNews(c *fiber.Ctx, editing views.NewsEditing, save func(db.NewsForm) (db.News, error)) error {
	editing.Form = db.NewsForm{}
	if err := parse(c, &editing.Form); err != nil {
		return err
	}
	if editing.Form.Act == "show" {
		editing.Preview = new(views.EditorsMarkdown(editing.Form.Body))
		return h.drawNews(c, editing)
	}
	news, err := save(editing.Form)
	problems, wrong := problemsOf(c, err)
	if wrong {
		if editing.Problems = problems; errors.Is(err, db.NewsStale) {
			c.Status(fiber.StatusConflict)
			editing.Form.Version = editing.News.Version
		}
		return h.drawNews(c, editing)
	}
	if err != nil {
		return err
	}
	flash(c, "desk.articles.saved")
	return moved(c, deskNewsPath(news.ID))
}

func (h *Handlers) publishNews(c *fiber.Ctx) error {
	news, err := h.db.PublishNews(c.UserContext(), me(c), id[db.NewsID](c), version(c))
	return movedNews(c, news, err, "desk.news.is_published")
}

func (h *Handlers) withdrawNews(c *fiber.Ctx) error {
	news, err := h.db.WithdrawNews(c.UserContext(), me(c), id[db.NewsID](c), version(c))
	return movedNews(c, news, err, "desk.news.is_withdrawn")
}

func movedNews(c *fiber.Ctx, news db.News, err error, said string) error {
	if err != nil {
		return err
	}
	flash(c, said)
	return moved(c, deskNewsPath(news.ID))
}

func (h *Handlers) scheduleNews(c *fiber.Ctx) error {
	var form db.ScheduleForm
	if err := parse(c, &form); err != nil {
		return err
	}
	news, err := h.db.ScheduleNews(c.UserContext(), me(c), id[db.NewsID](c), form)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		editing, err := h.newsEditing(c)
		if err != nil {
			return err
		}
		editing.Schedule, editing.Problems = strings.TrimSpace(form.At), problems
		c.Status(fiber.StatusUnprocessableEntity)
		if swaps(c) {
			return fragment(c, views.NewsSchedule(editing))
		}
		return h.drawNews(c, editing)
	}
	return movedNews(c, news, err, "desk.news.is_scheduled")
}
