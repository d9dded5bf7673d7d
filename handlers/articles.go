package handlers

import (
	"errors"
	"strconv"
	"strings"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// articleRoutes are what everybody may read, and what a reader does with it.
func (h *Handlers) articleRoutes() []Route {
	return []Route{
		reading(h, "/articles", public, articleList, h.listArticles),
		reading(h, "/articles/:slug", public, articleSheet, h.showArticle),
		{"POST", "/articles/:slug/purchase", customer, h.buyArticle},
		{"POST", "/articles/:slug/bookmark", customer, h.setBookmark},
		{"POST", "/articles/:slug/quotes", customer, h.saveQuote},
		{"GET", "/pictures/:id<int>/large", public, h.showLargePicture},
		{"GET", "/pictures/:id<int>/small", public, h.showSmallPicture},
	}
}

func articleList(c *fiber.Ctx, of db.AccountID) *db.ArticleList {
	return &db.ArticleList{Of: of, Words: strings.TrimSpace(c.Query("q")), Below: placeOf[db.ArticleID](c.Query("below"))}
}

func (h *Handlers) listArticles(c *fiber.Ctx, list *db.ArticleList) error {
	next := ""
	if list.More {
		last := list.Cards[len(list.Cards)-1]
		next = pageAfter(c, "below", *last.PublishedAt, last.ID)
	}
	return page(c, "articles.title", views.Articles(list, next))
}

func articleSheet(c *fiber.Ctx, of db.AccountID) *db.ArticleSheet {
	return &db.ArticleSheet{Of: of, Slug: c.Params("slug")}
}

func (h *Handlers) showArticle(c *fiber.Ctx, sheet *db.ArticleSheet) error {
	if sheet.ID == 0 {
		return db.ErrNotFound
	}
	return page(c, sheet.Title, views.Article(h.articleReading(c, sheet)))
}

// articleReading is an article as the visitor finds it, with an empty form for a quote.
func (h *Handlers) articleReading(c *fiber.Ctx, sheet *db.ArticleSheet) views.ArticleReading {
	return views.ArticleReading{ArticleSheet: sheet, Have: me(c).Purse.Points, Quote: db.QuoteForm{Key: views.NewKey(), Number: sheet.Number}}
}

// articleNow is the article of an address as the visitor sees it after an act.
func (h *Handlers) articleNow(c *fiber.Ctx) (views.ArticleReading, error) {
	sheet := articleSheet(c, me(c).ID)
	err := h.db.Read(c.UserContext(), sheet)
	if err == nil && sheet.ID == 0 {
		err = db.ErrNotFound
	}
	return h.articleReading(c, sheet), err
}

func (h *Handlers) buyArticle(c *fiber.Ctx) error {
	seen, _ := strconv.ParseInt(posted(c, "points"), 10, 64) // what is no number is no price either
	err := h.db.BuyArticle(c.UserContext(), me(c), c.Params("slug"), seen)
	if refusal, ok := errors.AsType[db.Refusal](err); ok {
		return h.notBought(c, refusal)
	}
	if err != nil {
		return err
	}
	flash(c, "articles.bought")
	return moved(c, db.ArticlePath(c.Params("slug")))
}

// notBought shows the article as it is now, with the reason.
func (h *Handlers) notBought(c *fiber.Ctx, why db.Refusal) error {
	reading, err := h.articleNow(c)
	if err != nil {
		return err
	}
	reading.Refusal = string(why)
	c.Status(fiber.StatusUnprocessableEntity)
	if swaps(c) {
		return fragment(c, views.Paywall(reading))
	}
	return page(c, reading.Title, views.Article(reading))
}

func (h *Handlers) setBookmark(c *fiber.Ctx) error {
	if err := h.db.SetBookmark(c.UserContext(), me(c), c.Params("slug"), posted(c, "on") != ""); err != nil {
		return err
	}
	reading, err := h.articleNow(c)
	if err != nil {
		return err
	}
	flash(c, map[bool]string{true: "articles.marked", false: "articles.unmarked"}[reading.Bookmarked])
	return done(c, db.ArticlePath(reading.Slug), views.BookmarkAct(reading.ArticleSheet))
}

func (h *Handlers) saveQuote(c *fiber.Ctx) error {
	var form db.QuoteForm
	if err := parse(c, &form); err != nil {
		return err
	}
	_, err := h.db.SaveQuote(c.UserContext(), me(c), c.Params("slug"), form)
	problems, wrong := problemsOf(c, err)
	if err != nil && !wrong {
		return err
	}
	reading, err := h.articleNow(c)
	if err != nil {
		return err
	}
	if wrong {
		reading.Quote, reading.Problems = form, problems
		if swaps(c) {
			return fragment(c, views.QuoteForm(reading))
		}
		return page(c, reading.Title, views.Article(reading))
	}
	if reading.Saved = true; !swaps(c) {
		flash(c, "quotes.saved")
	}
	return done(c, db.ArticlePath(reading.Slug), views.QuoteForm(reading), views.OwnQuotes(reading.Quotes, views.Beside))
}

func (h *Handlers) showLargePicture(c *fiber.Ctx) error { return h.showPicture(c, db.Large) }

func (h *Handlers) showSmallPicture(c *fiber.Ctx) error { return h.showPicture(c, db.Small) }

func (h *Handlers) showPicture(c *fiber.Ctx, variant db.Variant) error {
	file, picture, err := h.db.PictureSeenBy(c.UserContext(), me(c), id[db.FileID](c), variant)
	if err != nil {
		return err
	}
	return sendPicture(c, file, picture)
}
