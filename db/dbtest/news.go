package dbtest

import (
	"testing"

	"cabinet/db"
)

// Told is what Nina writes, each form with a key of its own.
func Told(audience db.Audience) db.NewsForm {
	return db.NewsForm{Key: random() + random(), Kind: db.PlainNews, Audience: audience, Title: "Склад переезжает", Body: "С понедельника мы рядом с вокзалом."}
}

// WrittenNews is a draft of Nina's.
func (w *World) WrittenNews(t testing.TB, form db.NewsForm) db.News {
	t.Helper()
	news, err := w.WriteNews(t.Context(), w.Person(t, Nina), form, Rendered)
	if err != nil {
		t.Fatal(err)
	}
	return news
}

// News is what Nina has just told.
func (w *World) News(t testing.TB, form db.NewsForm) db.News {
	t.Helper()
	draft := w.WrittenNews(t, form)
	news, err := w.PublishNews(t.Context(), w.Person(t, Nina), draft.ID, draft.Version)
	if err != nil {
		t.Fatal(err)
	}
	return news
}
