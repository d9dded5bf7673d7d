package handlers

import (
	"fmt"
	"strconv"
	"strings"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// libraryRoutes are what a customer keeps: articles, bookmarks, quotes.
func (h *Handlers) libraryRoutes() []Route {
	return []Route{
		reading(h, "/library", customer, boughtArticles, h.showLibrary),
		reading(h, "/library/bookmarks", customer, bookmarkList, h.listBookmarks),
		{"POST", "/library/bookmarks/:id<int>/removal", customer, h.removeBookmark},
		reading(h, "/library/quotes", customer, quoteList, h.listQuotes),
		{"GET", "/library/quotes/export", customer, h.exportQuotes},
		{"GET", "/library/quotes/:id<int>", customer, h.showQuote},
		{"POST", "/library/quotes/:id<int>", customer, h.annotateQuote},
		{"POST", "/library/quotes/:id<int>/removal", customer, h.removeQuote},
	}
}

func boughtArticles(c *fiber.Ctx, of db.AccountID) *db.Bought {
	return &db.Bought{Of: of, Below: placeOf[db.ArticleID](c.Query("below"))}
}

func (h *Handlers) showLibrary(c *fiber.Ctx, bought *db.Bought) error {
	next := ""
	if bought.More {
		last := bought.Rows[len(bought.Rows)-1]
		next = pageAfter(c, "below", last.At, last.ArticleID)
	}
	return page(c, "nav.library", views.Library(bought, next))
}

func bookmarkList(c *fiber.Ctx, of db.AccountID) *db.BookmarkList {
	return &db.BookmarkList{Of: of, Below: placeOf[db.ArticleID](c.Query("below"))}
}

func (h *Handlers) listBookmarks(c *fiber.Ctx, list *db.BookmarkList) error {
	next := ""
	if list.More {
		last := list.Rows[len(list.Rows)-1]
		next = pageAfter(c, "below", last.At, last.ArticleID)
	}
	return page(c, "nav.library", views.Bookmarks(list, next))
}

func (h *Handlers) removeBookmark(c *fiber.Ctx) error {
	if err := h.db.RemoveBookmark(c.UserContext(), me(c), id[db.ArticleID](c)); err != nil {
		return err
	}
	c.Set("HX-Reswap", "delete")
	flash(c, "articles.unmarked")
	return done(c, "/library/bookmarks")
}

func quoteList(c *fiber.Ctx, of db.AccountID) *db.QuoteList {
	return &db.QuoteList{Of: of, Filter: quotesFilter(c)}
}

func quotesFilter(c *fiber.Ctx) db.QuotesFilter {
	below, _ := strconv.ParseInt(c.Query("below"), 10, 64) // anything else is the beginning
	return db.QuotesFilter{Words: strings.TrimSpace(c.Query("q")), Tag: strings.TrimSpace(c.Query("tag")), Below: db.QuoteID(below)}
}

func (h *Handlers) listQuotes(c *fiber.Ctx, list *db.QuoteList) error {
	next := ""
	if list.More {
		next = views.QuotesBelow(list.Filter, list.Rows[len(list.Rows)-1].Quote.ID)
	}
	return page(c, "nav.library", views.Quotes(list, next))
}

func (h *Handlers) exportQuotes(c *fiber.Ctx) error {
	rows, err := h.db.AllQuotes(c.UserContext(), me(c).ID, quotesFilter(c))
	if err != nil {
		return err
	}
	file := views.QuotesMarkdown(c.UserContext(), rows, h.BaseURL.String())
	return download(c, "text/markdown; charset=utf-8", fmt.Sprintf("quotes-%s.md", h.db.Today()), file)
}

func (h *Handlers) showQuote(c *fiber.Ctx) error {
	quote, err := h.db.QuoteOf(c.UserContext(), id[db.QuoteID](c), me(c).ID)
	if err != nil {
		return err
	}
	return page(c, "quotes.annotate", views.QuoteAnnotation(quote, db.QuoteForm{Note: quote.Note, Tags: strings.Join(quote.Tags, ", ")}, nil))
}

func (h *Handlers) annotateQuote(c *fiber.Ctx) error {
	var form db.QuoteForm
	if err := parse(c, &form); err != nil {
		return err
	}
	quote, err := h.db.AnnotateQuote(c.UserContext(), me(c), id[db.QuoteID](c), form)
	if problems, ok := problemsOf(c, err); ok {
		return page(c, "quotes.annotate", views.QuoteAnnotation(quote, form, problems))
	}
	if err != nil {
		return err
	}
	flash(c, "quotes.saved")
	return moved(c, "/library/quotes")
}

func (h *Handlers) removeQuote(c *fiber.Ctx) error {
	if err := h.db.RemoveQuote(c.UserContext(), me(c), id[db.QuoteID](c)); err != nil {
		return err
	}
	c.Set("HX-Reswap", "delete")
	flash(c, "quotes.removed")
	return done(c, "/library/quotes")
}
