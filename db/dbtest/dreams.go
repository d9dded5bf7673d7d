package dbtest

import (
	"testing"

	"cabinet/db"
)

// DreamForm is a dream of last night, each form with a key of its own.
func (w *World) DreamForm(body string) db.DreamForm {
	return db.DreamForm{Key: random() + random(), Body: body, Day: w.Today().String(), Mood: "calm", Lucidity: "partly"}
}

// Dreamt is a dream that somebody has written down, with tags when they are given.
func (w *World) Dreamt(t testing.TB, by db.Visitor, body, tags string) db.Dream {
	t.Helper()
	dream, err := w.SaveDream(t.Context(), by, 0, w.DreamForm(body))
	if err == nil && tags != "" {
		err = w.TagDream(t.Context(), by, dream.ID, tags)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dream
}

// SentDream is a dream that waits for its interpretation.
func (w *World) SentDream(t testing.TB, by db.Visitor, body string, consent bool) db.Dream {
	t.Helper()
	dream, err := w.SubmitDream(t.Context(), by, w.Dreamt(t, by, body, "").ID, consent)
	if err != nil {
		t.Fatal(err)
	}
	return dream
}

// DreamInBook is a dream that Nina has interpreted and published.
func (w *World) DreamInBook(t testing.TB, by db.Visitor, body string) db.Dream {
	t.Helper()
	dream, nina := w.SentDream(t, by, body, true), w.Person(t, Nina)
	if err := w.AnswerDream(t.Context(), nina, dream.ID, "Море — это **чувства**."); err != nil {
		t.Fatal(err)
	}
	if err := w.PublishDream(t.Context(), nina, dream.ID); err != nil {
		t.Fatal(err)
	}
	return dream
}
