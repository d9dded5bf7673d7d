package dbtest

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"cabinet/db"
)

// Passage stands in every Essay.
const Passage = "Осенью старые дома видят долгие сны"

// Essay is an article as Nina writes it, each form with a key of its own.
func Essay(access db.ArticleAccess) db.ArticleForm {
	key := random()
	form := db.ArticleForm{
		Key: key + random(), Title: "О чём молчат дома", Slug: "doma-" + key, Teaser: "Прогулка по переулкам, где живут чужие окна.",
		Body: "Мы шли переулками без цели. " + Passage + ", и никто их не будит.\n\nУ каждого окна своя ёлка и своя тишина.", Access: access,
	}
	if access == db.ForPoints {
		form.Points = "120"
	}
	return form
}

var pictureMark = regexp.MustCompile(`!\[\]\((/pictures/\d+/large)\)`)

// Rendered makes paragraphs of a text, and pictures of their marks: as much of Markdown as the rules look at.
func Rendered(markdown string) string {
	var page strings.Builder
	for paragraph := range strings.SplitSeq(markdown, "\n\n") {
		page.WriteString("<p>" + pictureMark.ReplaceAllString(html.EscapeString(paragraph), `<img src="$1">`) + "</p>\n")
	}
	return page.String()
}

// Drafted is an article that Nina has begun.
func (w *World) Drafted(t testing.TB, form db.ArticleForm) db.Article {
	t.Helper()
	article, err := w.WriteArticle(t.Context(), w.Person(t, Nina), form, Rendered)
	if err != nil {
		t.Fatal(err)
	}
	return article
}

// Published is an Essay that readers see.
func (w *World) Published(t testing.TB, access db.ArticleAccess) db.Article {
	t.Helper()
	return w.Out(t, w.Drafted(t, Essay(access)))
}

// Out is an article that Nina has published as it is.
func (w *World) Out(t testing.TB, article db.Article) db.Article {
	t.Helper()
	article, err := w.PublishArticle(t.Context(), w.Person(t, Nina), article.ID, article.Version)
	if err != nil {
		t.Fatal(err)
	}
	return article
}

// Rewritten is an article that Nina has changed, and published if it was.
func (w *World) Rewritten(t testing.TB, article db.Article, change func(*db.ArticleForm)) db.Article {
	t.Helper()
	desk, err := w.DeskArticle(t.Context(), article.ID)
	if err != nil {
		t.Fatal(err)
	}
	form := desk.Latest.Form(desk.Article)
	change(&form)
	edited, err := w.EditArticle(t.Context(), w.Person(t, Nina), article.ID, form, Rendered)
	if err != nil {
		t.Fatal(err)
	}
	if edited.Status == db.ArticlePublished {
		edited = w.Out(t, edited)
	}
	return edited
}

// Purchased is a paid Essay that a customer has bought.
func (w *World) Purchased(t testing.TB, by db.Visitor) db.Article {
	t.Helper()
	article := w.Published(t, db.ForPoints)
	w.Granted(t, by, 120, "")
	if err := w.BuyArticle(t.Context(), by, article.Slug, 120); err != nil {
		t.Fatal(err)
	}
	return article
}

// QuoteForm is a passage to be kept, each form with a key of its own.
func QuoteForm(passage string) db.QuoteForm {
	return db.QuoteForm{Key: random() + random(), Number: 1, Passage: passage, Note: "Вспомнить осенью", Tags: "дома, #Сны"}
}

// Quoted is a passage of an article that a customer keeps.
func (w *World) Quoted(t testing.TB, by db.Visitor, article db.Article) db.Quote {
	t.Helper()
	quote, err := w.SaveQuote(t.Context(), by, article.Slug, QuoteForm(Passage))
	if err != nil {
		t.Fatal(err)
	}
	return quote
}

// Picture is a picture of an article that Nina has added, a drawing of this size.
func (w *World) Picture(t testing.TB, of db.Article, width, height int) db.FileID {
	t.Helper()
	if err := w.AddPictures(t.Context(), w.Person(t, Nina), of.ID, []db.Upload{Upload(Snapshot(width, height))}); err != nil {
		t.Fatal(err)
	}
	files, err := w.PicturesOfArticle(t.Context(), int64(of.ID))
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	return files[len(files)-1].ID
}

// PictureMark is what Nina writes where a picture shall stand.
func PictureMark(id db.FileID) string { return fmt.Sprintf("![](/pictures/%d/large)", id) }
