package dbtest

import (
	"testing"

	"cabinet/db"
)

// ContestForm is a contest that takes entries for a fortnight from now on, each form with a key of its own.
func (w *World) ContestForm() db.ContestForm {
	now := w.Now().In(w.Zone)
	return db.ContestForm{
		Key: random() + random(), Title: "Зимний рассказ", Teaser: "Самый короткий рассказ о самой длинной ночи.", Rules: "Пишите **просто**.",
		StartsAt: now.AddDate(0, 0, -1).Format(db.ScheduleLayout), EndsAt: now.AddDate(0, 0, 14).Format(db.ScheduleLayout),
		Each: "1", Criteria: "Сюжет\nЯзык", Prizes: []db.PrizeForm{{Points: "1000"}, {Points: "500", Goods: "Книга с подписью"}},
	}
}

// Contest is a contest that takes entries.
func (w *World) Contest(t testing.TB, form db.ContestForm) db.Contest {
	t.Helper()
	nina := w.Person(t, Nina)
	contest, err := w.WriteContest(t.Context(), nina, form, Rendered)
	if err == nil {
		contest, err = w.OpenContest(t.Context(), nina, contest.ID, contest.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
	return contest
}

// EntryForm is a story for a contest, each form with a key of its own.
func EntryForm(title string) db.EntryForm {
	return db.EntryForm{Key: random() + random(), Title: title, Body: "Была ночь, и она не кончалась.", Consent: true, ShownAs: "Зимняя сова"}
}

// Entered is what somebody has sent in for a contest, with a picture when one is given.
func (w *World) Entered(t testing.TB, by db.Visitor, contest db.Contest, title string, pictures ...db.Upload) db.ContestEntry {
	t.Helper()
	entry, err := w.EnterContest(t.Context(), by, contest.ID, EntryForm(title), pictures)
	if err != nil {
		t.Fatal(err)
	}
	return entry
}

// Judged is a contest whose time for entries Nina has ended.
func (w *World) Judged(t testing.TB, contest db.Contest) db.Contest {
	t.Helper()
	contest, err := w.CloseContest(t.Context(), w.Person(t, Nina), contest.ID, contest.Version)
	if err != nil {
		t.Fatal(err)
	}
	return contest
}

// Won is a contest in which these entries took the places, from the first on.
func (w *World) Won(t testing.TB, contest db.Contest, places ...db.ContestEntryID) db.Contest {
	t.Helper()
	contest = w.Judged(t, contest)
	contest, err := w.FinishContest(t.Context(), w.Person(t, Nina), contest.ID, db.ContestResults{Version: contest.Version, Places: places})
	if err != nil {
		t.Fatal(err)
	}
	return contest
}
