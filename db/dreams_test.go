package db_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// journal is what a customer finds in their journal, by how each dream begins.
func journal(t *testing.T, w *dbtest.World, of db.Visitor, filter db.DreamsFilter) (found []string) {
	t.Helper()
	page := &db.Journal{Of: of.ID, Filter: filter}
	if err := w.Read(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	for _, row := range page.Rows {
		found = append(found, row.Opening)
	}
	return found
}

func tags(t *testing.T, w *dbtest.World, of db.Visitor) (found []string) {
	t.Helper()
	all, err := w.DreamTags(t.Context(), of.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range all {
		found = append(found, fmt.Sprint(tag.Name, " ", tag.Dreams))
	}
	return found
}

func tagNamed(t *testing.T, w *dbtest.World, of db.Visitor, name string) db.DreamTagID {
	t.Helper()
	all, err := w.DreamTags(t.Context(), of.ID)
	at := slices.IndexFunc(all, func(tag db.DreamTag) bool { return tag.Name == name })
	if err != nil || at < 0 {
		t.Fatalf("no tag %s: %v, %v", name, all, err)
	}
	return all[at].ID
}

func is(got []string, want ...string) bool { return slices.Equal(got, want) }

func TestDreams(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	ctx := t.Context()
	vera, boris, nina := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Person(t, dbtest.Nina)

	t.Run("L01 own dreams by night, the latest first, and nobody else's", func(t *testing.T) {
		form := w.DreamForm("Старый сон про реку")
		form.Day = "2024-05-09"
		sure(w.SaveDream(ctx, vera, 0, form))
		w.Dreamt(t, vera, "Летала над морем", "море, полёт")
		w.Dreamt(t, vera, "Зелёная ёлка и две сестры", "лес")
		w.Dreamt(t, boris, "Борису снилось море", "море")
		if got := journal(t, w, vera, db.DreamsFilter{}); !is(got, "Зелёная ёлка и две сестры", "Летала над морем", "Старый сон про реку") {
			t.Error(got)
		}
		if got := journal(t, w, vera, db.DreamsFilter{Day: day("2024-05-09")}); !is(got, "Старый сон про реку") {
			t.Error(got)
		}
	})
	t.Run("L01 a search knows the forms of words, and е from ё only by ear", func(t *testing.T) {
		for words, want := range map[string]string{"моря": "Летала над морем", "летать": "Летала над морем", "елки": "Зелёная ёлка и две сестры", "сёстрам": "Зелёная ёлка и две сестры", "реки": "Старый сон про реку"} {
			if got := journal(t, w, vera, db.DreamsFilter{Words: words}); !is(got, want) {
				t.Errorf("%s: %v", words, got)
			}
		}
		for _, words := range []string{"горы", "и", "море -летала", `"`, "' OR 1=1 --", "!&|"} {
			if got := journal(t, w, vera, db.DreamsFilter{Words: words}); len(got) > 0 {
				t.Errorf("%s: %v", words, got)
			}
		}
		if got := journal(t, w, vera, db.DreamsFilter{Tag: tagNamed(t, w, vera, "море")}); !is(got, "Летала над морем") {
			t.Error(got)
		}
		if got := journal(t, w, vera, db.DreamsFilter{Tag: tagNamed(t, w, vera, "море"), Words: "елка"}); len(got) > 0 {
			t.Error(got)
		}
		if got := journal(t, w, vera, db.DreamsFilter{Tag: tagNamed(t, w, boris, "море")}); len(got) > 0 {
			t.Errorf("another's tag finds %v", got)
		}
	})
	t.Run("L01 the list goes on page by page", func(t *testing.T) {
		petr := w.Person(t, dbtest.Petr)
		for i := range db.DreamsPage + 5 {
			form := w.DreamForm(fmt.Sprint("Сон ", i))
			form.Day = day("2026-01-01").Plus(i / 3).String()
			sure(w.SaveDream(ctx, petr, 0, form))
		}
		first := &db.Journal{Of: petr.ID}
		if err := w.Read(ctx, first); err != nil || !first.More || len(first.Rows) != db.DreamsPage {
			t.Fatal(len(first.Rows), first.More, err)
		}
		last := first.Rows[db.DreamsPage-1]
		if rest := journal(t, w, petr, db.DreamsFilter{Below: db.DreamNight{Day: last.DreamedOn, ID: last.ID}}); !is(rest, "Сон 4", "Сон 3", "Сон 2", "Сон 1", "Сон 0") {
			t.Error(rest)
		}
	})
	t.Run("L02 what is typed is kept while it is typed, and a later window is not overwritten", func(t *testing.T) {
		form := w.DreamForm("Я")
		dream := sure(w.AutosaveDream(ctx, vera, 0, form))
		form.Body = "Я вышла"
		if again := sure(w.AutosaveDream(ctx, vera, 0, form)); again.ID != dream.ID || again.Body != "Я вышла" {
			t.Errorf("%+v", again)
		}
		late := form
		form.Body = "Я вышла в сад"
		if dream = sure(w.SaveDream(ctx, vera, 0, form)); dream.Body != "Я вышла в сад" || dream.Typing != "" {
			t.Errorf("%+v", dream)
		}
		if _, err := w.AutosaveDream(ctx, vera, 0, late); !errors.Is(err, db.DreamStale) {
			t.Errorf("what came late was taken for newer: %v", err)
		}
		if again, err := w.SaveDream(ctx, vera, 0, form); err != nil || again.Version != dream.Version {
			t.Errorf("sent twice: %+v, %v", again, err)
		}
		one, two := dream.Form(w.DreamForm("").Key), dream.Form(w.DreamForm("").Key)
		one.Body, two.Body = "В саду темно", "В саду светло"
		sure(w.AutosaveDream(ctx, vera, dream.ID, one))
		if _, err := w.SaveDream(ctx, vera, dream.ID, two); !errors.Is(err, db.DreamStale) {
			t.Errorf("two windows: %v", err)
		}
		sure(w.SaveDream(ctx, vera, dream.ID, one))
	})
	t.Run("L02 fifty times the same form make one dream", func(t *testing.T) {
		form := w.DreamForm("Пятьдесят раз")
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if _, err := w.SaveDream(context.Background(), boris, 0, form); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := journal(t, w, boris, db.DreamsFilter{}); len(got) != 2 {
			t.Error(got)
		}
	})
	t.Run("L02 a form says what is wrong with it", func(t *testing.T) {
		for field, spoil := range map[string]func(*db.DreamForm){
			"body": func(f *db.DreamForm) { f.Body = " \n\u200b " }, "day": func(f *db.DreamForm) { f.Day = w.Today().Plus(2).String() },
			"mood": func(f *db.DreamForm) { f.Mood = "злой" }, "lucidity": func(f *db.DreamForm) { f.Lucidity = "x" },
		} {
			form := w.DreamForm("Сон")
			spoil(&form)
			_, err := w.SaveDream(ctx, vera, 0, form)
			if problems, ok := errors.AsType[db.Problems](err); !ok || problems[field] == "" || len(problems) != 1 {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := w.SaveDream(ctx, vera, 0, w.DreamForm(strings.Repeat("я", db.DreamLimit+1))); problemOf(err) != "dreams.too_long" {
			t.Error(err)
		}
		sure(w.SaveDream(ctx, w.Person(t, dbtest.Gleb), 0, w.DreamForm(strings.Repeat("я", db.DreamLimit))))
	})
	t.Run("L02 a draft is nobody's but its author's; what was sent has no name at the desk", func(t *testing.T) {
		dream := w.Dreamt(t, vera, "Тайный сон", "тайна")
		for name, err := range map[string]error{
			"another reads":   errOf(w.DreamSheet(ctx, boris, dream.ID)),
			"another writes":  errOf(w.SaveDream(ctx, boris, dream.ID, w.DreamForm("Чужое"))),
			"another tags":    w.TagDream(ctx, boris, dream.ID, "чужое"),
			"another sends":   errOf(w.SubmitDream(ctx, boris, dream.ID, true)),
			"another allows":  errOf(w.AllowDream(ctx, boris, dream.ID)),
			"another deletes": w.DeleteDream(ctx, boris, dream.ID),
			"the desk reads":  errOf(w.DreamAtDesk(ctx, dream.ID)),
			"everybody reads": errOf(w.PublishedDream(ctx, dream.ID)),
			"Nina answers":    w.AnswerDream(ctx, nina, dream.ID, "Ответ"),
			"Nina declines":   w.DeclineDream(ctx, nina, dream.ID, "Нет"),
			"Nina publishes":  w.PublishDream(ctx, nina, dream.ID),
			"Nina takes back": w.UnpublishDream(ctx, nina, dream.ID),
		} {
			if !errors.Is(err, db.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.AllowDream(ctx, vera, dream.ID); !errors.Is(err, db.Refusal("dreams.not_sent")) {
			t.Error(err)
		}
		sure(w.SubmitDream(ctx, vera, dream.ID, false))
		rows, _, err := w.DreamsWaiting(ctx, db.DreamSubmitted, db.Place[db.DreamID]{})
		seen := fmt.Sprintf("%+v %+v", rows, sure(w.DreamAtDesk(ctx, dream.ID)))
		if err != nil || !strings.Contains(seen, "Тайный сон") || strings.Contains(seen, "тайна") || strings.Contains(seen, "Вера") || strings.Contains(seen, vera.ID.Audience()) {
			t.Error(seen, err)
		}
	})
	t.Run("L02 the way of a dream: sent, interpreted with mail-26, published with consent only, and taken back", func(t *testing.T) {
		dream := w.SentDream(t, vera, "Синий дом у моря", false)
		if again, err := w.SubmitDream(ctx, vera, dream.ID, true); err != nil || again.Consent {
			t.Errorf("sent twice: %+v %v", again, err)
		}
		changed := dream.Form(w.DreamForm("").Key)
		changed.Body = "Красный дом"
		if _, err := w.SaveDream(ctx, vera, dream.ID, changed); !errors.Is(err, db.DreamSent) {
			t.Error(err)
		}
		if err := w.PublishDream(ctx, nina, dream.ID); !errors.Is(err, db.DreamDone) {
			t.Errorf("published before it was answered: %v", err)
		}
		if err := w.AnswerDream(ctx, nina, dream.ID, " "); problemOf(err) != "dreams.answer_required" {
			t.Error(err)
		}
		if err := w.AnswerDream(ctx, nina, dream.ID, "Дом — это *Вы*."); err != nil {
			t.Error(err)
		}
		if err := w.AnswerDream(ctx, nina, dream.ID, "Ещё раз"); !errors.Is(err, db.DreamDone) {
			t.Error(err)
		}
		mails := letters(t, w, vera, db.MailDream)
		if said, _ := json.Marshal(mails); len(mails) != 1 || mails[0].Number != dream.ID.Number() || strings.Contains(string(said), "дом") || strings.Contains(string(said), "Вы*") {
			t.Errorf("%s", said)
		}
		if err := w.PublishDream(ctx, nina, dream.ID); !errors.Is(err, db.Refusal("dreams.no_consent")) {
			t.Error(err)
		}
		sure(w.AllowDream(ctx, vera, dream.ID))
		if err := w.PublishDream(ctx, nina, dream.ID); err != nil {
			t.Error(err)
		}
		shown := sure(w.PublishedDream(ctx, dream.ID))
		if seen := fmt.Sprintf("%+v", shown); !strings.Contains(seen, "Синий дом") || strings.Contains(seen, "Вера") || strings.Contains(seen, vera.ID.Audience()) {
			t.Error(seen)
		}
		if dream = sure(w.ForbidDream(ctx, vera, dream.ID)); dream.Status != db.DreamAnswered {
			t.Errorf("%+v", dream)
		}
		if _, err := w.PublishedDream(ctx, dream.ID); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("it is still there: %v", err)
		}
		if err := w.PublishDream(ctx, nina, dream.ID); !errors.Is(err, db.Refusal("dreams.no_consent")) {
			t.Error(err)
		}
		sheet := sure(w.DreamSheet(ctx, vera, dream.ID))
		var way []string
		for _, move := range sheet.Moves {
			way = append(way, string(move.ToStatus))
		}
		if !is(way, "answered", "published", "answered", "submitted") {
			t.Error(way)
		}
	})
	t.Run("L02 a dream is declined with a reason, and deleted with everything about it", func(t *testing.T) {
		dream := w.SentDream(t, boris, "Реклама", true)
		if err := w.DeclineDream(ctx, nina, dream.ID, ""); problemOf(err) != "dreams.reason_required" {
			t.Error(err)
		}
		if err := w.DeclineDream(ctx, nina, dream.ID, "Это не сон"); err != nil {
			t.Error(err)
		}
		if sheet := sure(w.DreamSheet(ctx, boris, dream.ID)); sheet.Status != db.DreamDeclined || sheet.Reason != "Это не сон" {
			t.Errorf("%+v", sheet.Dream)
		}
		if mails := letters(t, w, boris, db.MailDream); len(mails) != 1 || mails[0].Act != "declined" {
			t.Errorf("%+v", mails)
		}
		published := w.DreamInBook(t, boris, "Опубликованный сон")
		for _, id := range []db.DreamID{dream.ID, published.ID} {
			if err := w.DeleteDream(ctx, boris, id); err != nil {
				t.Error(err)
			}
			if err := w.DeleteDream(ctx, boris, id); !errors.Is(err, db.ErrNotFound) {
				t.Error(err)
			}
		}
		if _, err := w.PublishedDream(ctx, published.ID); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
	})
	t.Run("L02 twenty dreams of one author may wait, and the next stays a draft", func(t *testing.T) {
		olga := w.Person(t, dbtest.Olga)
		for i := range db.MostWaiting {
			w.SentDream(t, olga, fmt.Sprint("Сон ", i), false)
		}
		dream := w.Dreamt(t, olga, "Ещё один", "")
		if _, err := w.SubmitDream(ctx, olga, dream.ID, false); !errors.Is(err, db.Refusal("dreams.too_many_waiting")) {
			t.Error(err)
		}
		if got := sure(w.DreamOf(ctx, dream.ID, olga.ID)); got.Status != db.DreamDraft {
			t.Error(got.Status)
		}
	})
	t.Run("L02 a worker draws what stands there, and twice is once", func(t *testing.T) {
		draw := func(text string) string { return "<p>" + text + "</p>" }
		dream := w.Dreamt(t, vera, "Рисуй", "")
		for range 2 {
			if err := w.DrawDream(ctx, dream.ID, draw); err != nil {
				t.Fatal(err)
			}
		}
		if got := sure(w.DreamOf(ctx, dream.ID, vera.ID)); *got.Html != "<p>Рисуй</p>" {
			t.Error(*got.Html)
		}
		slow := func(text string) string { // meanwhile its author goes on
			form := sure(w.DreamOf(ctx, dream.ID, vera.ID)).Form(w.DreamForm("").Key)
			form.Body = "Рисуй дальше"
			sure(w.SaveDream(ctx, vera, dream.ID, form))
			return draw(text)
		}
		if err := w.DrawDream(ctx, dream.ID, slow); err != nil {
			t.Error(err)
		}
		if got := sure(w.DreamOf(ctx, dream.ID, vera.ID)); got.Html != nil {
			t.Errorf("what is shown is old: %s", *got.Html)
		}
		if err := w.DeleteDream(ctx, vera, dream.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.DrawDream(ctx, dream.ID, draw); err != nil {
			t.Error(err)
		}
	})
	t.Run("L01 a cabinet that was never proved, with a dream in it, is not swept away", func(t *testing.T) {
		if _, err := w.Pool.Exec(ctx, "UPDATE accounts SET email_verified_at = NULL, status = 'unverified', created_at = created_at - interval '99 days' WHERE id = $1", boris.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.SweepUnproved(ctx); err != nil || len(journal(t, w, boris, db.DreamsFilter{})) == 0 {
			t.Error(err)
		}
	})
}

func errOf[T any](_ T, err error) error { return err }

func TestDreamTags(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	ctx := t.Context()
	vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)
	sea := w.Dreamt(t, vera, "Море", "Море, #полёт; лес\nморе, ,")
	sky := w.Dreamt(t, vera, "Небо", "ПОЛЁТ, небо")
	w.Dreamt(t, boris, "Борисово", "море, работа")

	t.Run("L03 tags are found again whatever their letters, and those of no dream are gone", func(t *testing.T) {
		if got := tags(t, w, vera); !is(got, "полёт 2", "лес 1", "Море 1", "небо 1") && !is(got, "полёт 2", "Море 1", "лес 1", "небо 1") {
			t.Error(got)
		}
		if err := w.TagDream(ctx, vera, sky.ID, "полёт"); err != nil {
			t.Fatal(err)
		}
		if got := tags(t, w, vera); slices.Contains(got, "небо 1") || slices.Contains(got, "небо 0") {
			t.Error(got)
		}
	})
	t.Run("L03 a tag is completed from one's own", func(t *testing.T) {
		if got := sure(w.CompleteTags(ctx, vera.ID, "лес, мо")); !is(got, "лес, Море") {
			t.Error(got)
		}
		for _, typed := range []string{"раб", "%", "_", "лес, лес"} {
			if got := sure(w.CompleteTags(ctx, vera.ID, typed)); len(got) > 0 {
				t.Errorf("%s: %v", typed, got)
			}
		}
	})
	t.Run("L03 renamed, merged and deleted on every dream; another's is not there", func(t *testing.T) {
		flight, wood, water := tagNamed(t, w, vera, "полёт"), tagNamed(t, w, vera, "лес"), tagNamed(t, w, vera, "Море")
		for name, err := range map[string]error{
			"renames": w.RenameTag(ctx, boris, flight, "x"), "merges": w.MergeTags(ctx, boris, flight, wood), "deletes": w.DeleteTag(ctx, boris, flight),
		} {
			if !errors.Is(err, db.ErrNotFound) {
				t.Errorf("another %s it: %v", name, err)
			}
		}
		if err := w.MergeTags(ctx, vera, flight, tagNamed(t, w, boris, "работа")); problemOf(err) != "dreams.tag_into_required" {
			t.Error(err)
		}
		if err := w.RenameTag(ctx, vera, flight, "лес"); problemOf(err) != "dreams.tag_taken" {
			t.Error(err)
		}
		if err := w.RenameTag(ctx, vera, flight, strings.Repeat("я", db.TagLimit+1)); err == nil {
			t.Error("a tag of any length")
		}
		if err := w.RenameTag(ctx, vera, flight, "#Полёты"); err != nil {
			t.Error(err)
		}
		if err := w.MergeTags(ctx, vera, wood, water); err != nil {
			t.Error(err)
		}
		if got := tags(t, w, vera); !is(got, "Полёты 2", "Море 1") {
			t.Error(got)
		}
		if err := w.DeleteTag(ctx, vera, flight); err != nil {
			t.Error(err)
		}
		sheet := sure(w.DreamSheet(ctx, vera, sea.ID))
		if len(sheet.Tags) != 1 || sheet.Tags[0].Name != "Море" || !is(journal(t, w, vera, db.DreamsFilter{}), "Небо", "Море") {
			t.Errorf("%+v", sheet.Tags)
		}
		if got := tags(t, w, boris); !is(got, "море 1", "работа 1") {
			t.Error(got)
		}
	})
	t.Run("L03 a dream has twenty tags and no more", func(t *testing.T) {
		if err := w.TagDream(ctx, vera, sea.ID, strings.Repeat("а,", 3)+"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19"); err != nil {
			t.Error(err)
		}
		if err := w.TagDream(ctx, vera, sea.ID, "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21"); problemOf(err) != "dreams.too_many_tags" {
			t.Error(err)
		}
	})
	t.Run("L03 fifty changes of tags at once are counted right", func(t *testing.T) {
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				if err := w.TagDream(context.Background(), vera, []db.DreamID{sea.ID, sky.ID}[i%2], fmt.Sprint("общий, ", i%5)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := tags(t, w, vera); !slices.Contains(got, "общий 2") || len(got) > 3 {
			t.Error(got)
		}
	})
	t.Run("L03 the database itself refuses another's tag on a dream", func(t *testing.T) {
		_, err := w.Pool.Exec(ctx, "INSERT INTO dream_taggings (dream_id, tag_id, account_id) VALUES ($1, $2, $3)", sea.ID, tagNamed(t, w, boris, "работа"), vera.ID)
		if err == nil {
			t.Error("it took it")
		}
	})
	t.Run("L03 no question about tags leaves out whose they are", func(t *testing.T) {
		files, _ := filepath.Glob("queries/*.sql")
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for query := range strings.SplitSeq(string(source), "-- name: ") {
				if aboutTags.MatchString(query) && !strings.Contains(query, "@account_id") {
					t.Errorf("%s: %.60s", file, query)
				}
			}
		}
	})
}

var aboutTags = regexp.MustCompile(`\bdream_tag(s|gings)\b`)

func TestDreamYear(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)
	for i, night := range []struct{ day, body, tags string }{
		{"2026-01-05", "Мне снилось море. Очень тёплое море!", "море"},
		{"2026-01-05", "Бабушка ждёт у моря", "море, бабушка"},
		{"2026-02-10", "Мы с бабушкой летим", "бабушка"},
		{"2025-12-31", "Прошлогодний кот", "кот"},
	} {
		form := w.DreamForm(night.body)
		form.Day = night.day
		dream := sure(w.SaveDream(t.Context(), vera, 0, form))
		if err := w.TagDream(t.Context(), vera, dream.ID, night.tags); err != nil {
			t.Fatal(i, err)
		}
	}
	w.Dreamt(t, boris, "Кот и кот", "кот")
	w.Dreamt(t, boris, "Кот опять", "кот")
	t.Run("L01 a year shows its nights, and the words and tags that come back", func(t *testing.T) {
		year := &db.DreamYear{Of: vera.ID, Year: 2026}
		if err := w.Read(t.Context(), year); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(year.Nights(), year.First); got != "[1 1 0 0 0 0 0 0 0 0 0 0] 2025-12-31" {
			t.Error(got)
		}
		if got := fmt.Sprint(year.Words); got != "[{бабушка 2 [1 1 0 0 0 0 0 0 0 0 0 0]} {море 2 [2 0 0 0 0 0 0 0 0 0 0 0]}]" && got != "[{бабушка 2 [1 1 0 0 0 0 0 0 0 0 0 0]} {моря 2 [2 0 0 0 0 0 0 0 0 0 0 0]}]" {
			t.Error(got)
		}
		if got := fmt.Sprint(year.Tags); got != "[{бабушка 2 [1 1 0 0 0 0 0 0 0 0 0 0]} {море 2 [2 0 0 0 0 0 0 0 0 0 0 0]}]" {
			t.Error(got)
		}
	})
	t.Run("L01 all of it can be taken along", func(t *testing.T) {
		var took []string
		err := w.TakeJournal(t.Context(), vera.ID, func(row db.TakenAlong) error {
			took = append(took, fmt.Sprint(row.Dream.DreamedOn, row.Tags))
			return nil
		})
		if err != nil || len(took) != 4 || took[1] != "2026-01-05 [бабушка море]" {
			t.Error(took, err)
		}
	})
}

func sure[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// problemOf is what is wrong with the only field with which anything is.
func problemOf(err error) string {
	if problems, ok := errors.AsType[db.Problems](err); ok && len(problems) == 1 {
		for _, problem := range problems {
			return problem
		}
	}
	return fmt.Sprint(err)
}
