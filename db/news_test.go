package db_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// hears is what somebody is told, the newest first.
func hears(t *testing.T, w *dbtest.World, by db.Visitor) (titles []string) {
	t.Helper()
	list := &db.NewsList{Of: by.ID, Most: 10}
	if err := w.Read(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	for _, card := range list.Cards {
		titles = append(titles, card.Title)
	}
	return titles
}

func titled(title string, audience db.Audience) db.NewsForm {
	form := dbtest.Told(audience)
	form.Title = title
	return form
}

func TestNewsAudiences(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera, boris, olga := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Person(t, dbtest.Olga)
	w.StoredOrder(t, vera, dbtest.Mug)
	w.Purchased(t, boris)

	t.Run("P04 each hears what is for them", func(t *testing.T) {
		for _, audience := range db.Audiences {
			w.Clock.Pass(time.Minute)
			w.News(t, titled(string(audience), audience))
		}
		w.WrittenNews(t, titled("draft", db.Everybody))
		for _, c := range []struct {
			who  db.Visitor
			want string
		}{{guest, "everybody"}, {olga, "members everybody"}, {vera, "buyers members everybody"}, {boris, "readers members everybody"}} {
			if got := strings.Join(hears(t, w, c.who), " "); got != c.want {
				t.Errorf("%s hears %s", c.who.Name, got)
			}
		}
	})
	t.Run("P06 members hear first, and guests when the hours are over", func(t *testing.T) {
		form := titled("first", db.Everybody)
		form.MembersFirst = "48"
		news := w.News(t, form)
		early := func(of db.Visitor) (here, early bool) {
			sheet := &db.NewsSheet{Of: of.ID, ID: news.ID}
			if err := w.Read(t.Context(), sheet); err != nil {
				t.Fatal(err)
			}
			return sheet.Card.ID != 0, sheet.Card.ID != 0 && sheet.Card.Early(sheet.Now)
		}
		if here, first := early(olga); !here || !first {
			t.Error("a member does not hear it first")
		}
		w.Clock.Pass(48*time.Hour - time.Second)
		if here, _ := early(guest); here {
			t.Error("a guest hears it before the time")
		}
		w.Clock.Pass(time.Second)
		if here, first := early(guest); !here || first {
			t.Error("a guest does not hear it")
		}
	})
	t.Run("P04 what is scheduled comes out by itself, and an offer that is over is no longer current", func(t *testing.T) {
		nina := w.Person(t, dbtest.Nina)
		form := titled("offer", db.Members)
		form.Kind, form.EndsOn = db.OfferNews, w.Today().Plus(3).String()
		news := w.WrittenNews(t, form)
		at := w.Clock.Now().In(w.Zone).Add(25 * time.Hour).Format(db.ScheduleLayout)
		if _, err := w.ScheduleNews(t.Context(), nina, news.ID, db.ScheduleForm{Version: news.Version, At: at}); err != nil {
			t.Fatal(err)
		}
		if slices.Contains(hears(t, w, olga), "offer") {
			t.Error("it is out too early")
		}
		w.Clock.Pass(26 * time.Hour)
		current := func() (titles string) {
			list := db.LatestNews(olga.ID)
			if err := w.Read(t.Context(), list); err != nil {
				t.Fatal(err)
			}
			for _, card := range list.Cards {
				titles += card.Title + " "
			}
			return titles
		}
		if !strings.Contains(current(), "offer ") {
			t.Errorf("it did not come out: %s", current())
		}
		w.Clock.Pass(3 * 24 * time.Hour)
		if strings.Contains(current(), "offer ") || !slices.Contains(hears(t, w, olga), "offer") {
			t.Errorf("an offer that is over: %s", current())
		}
	})
}

func TestReadNews(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)
	news := w.News(t, dbtest.Told(db.Members))
	hidden := w.WrittenNews(t, dbtest.Told(db.Members))

	for range 2 {
		got, err := w.ReadNews(t.Context(), vera, news.ID)
		if err != nil || !got.Read || !strings.Contains(got.Html, "С понедельника") {
			t.Errorf("%+v %v", got, err)
		}
	}
	if _, err := w.ReadNews(t.Context(), vera, hidden.ID); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a draft is read: %v", err)
	}
	for _, c := range []struct {
		who  db.Visitor
		read bool
	}{{vera, true}, {boris, false}} {
		list := &db.NewsList{Of: c.who.ID, Most: 10}
		if err := w.Read(t.Context(), list); err != nil || len(list.Cards) != 1 || list.Cards[0].Read != c.read || list.Cards[0].Html != "" {
			t.Errorf("P05 %s: %+v %v", c.who.Name, list.Cards, err)
		}
	}
}

func TestWriteNews(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	nina := w.Person(t, dbtest.Nina)

	t.Run("what is wrong is said, and nothing is written", func(t *testing.T) {
		form := db.NewsForm{Key: dbtest.Told(db.Members).Key, Title: strings.Repeat("ы", db.NewsTitleLimit+1), MembersFirst: "721", EndsOn: "завтра"}
		_, err := w.WriteNews(t.Context(), nina, form, dbtest.Rendered)
		problems, _ := errors.AsType[db.Problems](err)
		if want := "map[audience:news.audience_required body:news.body_required ends_on:fields.day kind:news.kind_required members_first:news.hours_wrong title:fields.too_long]"; fmt.Sprint(map[string]string(problems)) != want {
			t.Errorf("%v", problems)
		}
	})
	t.Run("a form that is sent twice writes once", func(t *testing.T) {
		form := dbtest.Told(db.Everybody)
		if one, two := w.WrittenNews(t, form), w.WrittenNews(t, form); one.ID != two.ID {
			t.Error("written twice")
		}
	})
	t.Run("two editors do not write over each other, and a second press changes nothing", func(t *testing.T) {
		news := w.News(t, dbtest.Told(db.Everybody))
		form := news.Form()
		form.Title = "Склад переехал"
		edited, err := w.EditNews(t.Context(), nina, news.ID, form, dbtest.Rendered)
		if err != nil || edited.Title != form.Title {
			t.Fatal(edited, err)
		}
		if again, err := w.EditNews(t.Context(), nina, news.ID, form, dbtest.Rendered); err != nil || again.Version != edited.Version {
			t.Error(again, err)
		}
		form.Title = "Склад остаётся"
		_, err = w.EditNews(t.Context(), nina, news.ID, form, dbtest.Rendered)
		refused(t, err, db.NewsStale)
		_, err = w.WithdrawNews(t.Context(), nina, news.ID, news.Version)
		refused(t, err, db.NewsStale)
		draft, err := w.WithdrawNews(t.Context(), nina, news.ID, edited.Version)
		if err != nil || draft.PublishedAt != nil {
			t.Error(draft, err)
		}
		if again, err := w.WithdrawNews(t.Context(), nina, news.ID, edited.Version); err != nil || again.Version != draft.Version {
			t.Error(again, err)
		}
	})
	t.Run("what is out is not scheduled, and nothing is scheduled for the past", func(t *testing.T) {
		out := w.News(t, dbtest.Told(db.Everybody))
		later := w.Clock.Now().In(w.Zone).Add(time.Hour).Format(db.ScheduleLayout)
		_, err := w.ScheduleNews(t.Context(), nina, out.ID, db.ScheduleForm{Version: out.Version, At: later})
		refused(t, err, "news.out_already")
		draft := w.WrittenNews(t, dbtest.Told(db.Everybody))
		for _, at := range []string{"", "вчера", w.Clock.Now().In(w.Zone).Add(-time.Hour).Format(db.ScheduleLayout)} {
			if _, err := w.ScheduleNews(t.Context(), nina, draft.ID, db.ScheduleForm{Version: draft.Version, At: at}); problemOf(err) != "articles.at_wrong" {
				t.Errorf("%q: %v", at, err)
			}
		}
	})
}
