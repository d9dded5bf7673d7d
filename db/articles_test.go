package db_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// reads is an article as somebody sees it.
func reads(t *testing.T, w *dbtest.World, by db.Visitor, article db.Article) *db.ArticleSheet {
	t.Helper()
	sheet := &db.ArticleSheet{Of: by.ID, Slug: article.Slug}
	if err := w.Read(t.Context(), sheet); err != nil {
		t.Fatal(err)
	}
	return sheet
}

func listed(t *testing.T, w *dbtest.World, by db.Visitor, words string) (slugs []string) {
	t.Helper()
	list := &db.ArticleList{Of: by.ID, Words: words}
	if err := w.Read(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	for _, card := range list.Cards {
		slugs = append(slugs, card.Slug)
	}
	return slugs
}

var guest db.Visitor

func TestArticleAccess(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)

	t.Run("I04 each reads what is for them, and of the rest the teaser", func(t *testing.T) {
		public, members, paid := w.Published(t, db.ForAll), w.Published(t, db.ForMembers), w.Purchased(t, vera)
		for _, c := range []struct {
			who     db.Visitor
			article db.Article
			may     bool
		}{{guest, public, true}, {guest, members, false}, {guest, paid, false}, {boris, members, true}, {boris, paid, false}, {vera, paid, true}} {
			sheet := reads(t, w, c.who, c.article)
			if sheet.Readable != c.may || (sheet.Html != "") != c.may || sheet.Teaser == "" {
				t.Errorf("%s of %s: %+v", c.who.Name, c.article.Slug, sheet)
			}
		}
	})
	t.Run("I04 nobody sees a draft, and its pictures are as hidden as it is", func(t *testing.T) {
		draft := w.Drafted(t, dbtest.Essay(db.ForMembers))
		inside, cover, unused := w.Picture(t, draft, 400, 300), w.Picture(t, draft, 300, 400), w.Picture(t, draft, 200, 200)
		sees := func(by db.Visitor, id db.FileID) bool {
			_, picture, err := w.PictureSeenBy(t.Context(), by, id, db.Small)
			if err != nil && !errors.Is(err, db.ErrNotFound) {
				t.Fatal(err)
			}
			return len(picture) > 0
		}
		nina := w.Person(t, dbtest.Nina)
		draft = w.Rewritten(t, draft, func(form *db.ArticleForm) { form.Body, form.Cover = form.Body+"\n\n"+dbtest.PictureMark(inside), cover })
		if reads(t, w, vera, draft).ID != 0 || sees(vera, inside) || sees(vera, cover) || !sees(nina, inside) {
			t.Error("a draft is seen")
		}
		out := w.Out(t, draft)
		if !sees(guest, cover) || sees(guest, inside) || !sees(vera, inside) || sees(vera, unused) || !sees(nina, unused) {
			t.Error("a picture is seen by the wrong people")
		}
		if _, err := w.ArchiveArticle(t.Context(), nina, out.ID, out.Version); err != nil {
			t.Fatal(err)
		}
		if sees(guest, cover) || sees(vera, inside) {
			t.Error("a picture is left behind")
		}
		for _, picture := range []db.FileID{inside, cover} {
			if err := w.RemovePicture(t.Context(), out.ID, picture); !errors.Is(err, db.Refusal("articles.picture_used")) {
				t.Error(err)
			}
		}
		for range 2 {
			if err := w.RemovePicture(t.Context(), out.ID, unused); err != nil {
				t.Error(err)
			}
		}
	})
	t.Run("an article shows its own pictures only, each kept once", func(t *testing.T) {
		one, other := w.Drafted(t, dbtest.Essay(db.ForAll)), w.Drafted(t, dbtest.Essay(db.ForAll))
		picture := w.Picture(t, one, 640, 480)
		if w.Picture(t, one, 640, 480) != picture {
			t.Error("kept twice")
		}
		form := dbtest.Essay(db.ForAll)
		form.Version, form.Body, form.Cover = other.Version, dbtest.PictureMark(picture), picture
		_, err := w.EditArticle(t.Context(), w.Person(t, dbtest.Nina), other.ID, form, dbtest.Rendered)
		if problems, ok := errors.AsType[db.Problems](err); !ok || problems["body"] != "articles.strange_picture" || problems["cover"] != "articles.strange_picture" {
			t.Error(err)
		}
	})
}

func TestBuyingArticles(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera, boris, nina := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Person(t, dbtest.Nina)
	points := func(of db.Visitor) int64 {
		purse, err := w.PurseOf(t.Context(), of.ID)
		if err != nil {
			t.Fatal(err)
		}
		return purse.Points
	}

	t.Run("I01 pressed five times at once, an article is paid for once", func(t *testing.T) {
		article := w.Published(t, db.ForPoints)
		w.Granted(t, vera, 500, "")
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				if err := w.BuyArticle(t.Context(), vera, article.Slug, 120); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if points(vera) != 380 || !reads(t, w, vera, article).Bought {
			t.Errorf("%d points are left", points(vera))
		}
		if findings, err := w.Audit(t.Context()); err != nil || len(findings) > 0 {
			t.Error(findings, err)
		}
	})
	t.Run("I01 with too few points, or at another price, nothing is bought", func(t *testing.T) {
		article := w.Published(t, db.ForPoints)
		w.Granted(t, boris, 119, "")
		if err := w.BuyArticle(t.Context(), boris, article.Slug, 120); !errors.Is(err, db.TooFewPoints) {
			t.Error(err)
		}
		article = w.Rewritten(t, article, func(form *db.ArticleForm) { form.Points = "80" })
		if err := w.BuyArticle(t.Context(), boris, article.Slug, 120); !errors.Is(err, db.PriceChanged) {
			t.Error(err)
		}
		if points(boris) != 119 || reads(t, w, boris, article).Readable {
			t.Error("something was bought")
		}
	})
	t.Run("I01 what was bought stays, whatever becomes of the article", func(t *testing.T) {
		article := w.Purchased(t, vera)
		article = w.Rewritten(t, article, func(form *db.ArticleForm) { form.Points, form.Body = "900", "Совсем другой текст." })
		if sheet := reads(t, w, vera, article); !sheet.Readable || !strings.Contains(sheet.Html, "Совсем другой") {
			t.Errorf("%+v", sheet)
		}
		article, err := w.ArchiveArticle(t.Context(), nina, article.ID, article.Version)
		if err != nil {
			t.Fatal(err)
		}
		if sheet := reads(t, w, vera, article); !sheet.Readable || sheet.Status != db.ArticleArchived {
			t.Errorf("%+v", sheet)
		}
		if reads(t, w, boris, article).ID != 0 || slices.Contains(listed(t, w, vera, ""), article.Slug) {
			t.Error("an archived article is on show")
		}
		if err := w.BuyArticle(t.Context(), boris, article.Slug, 900); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		bought := &db.Bought{Of: vera.ID}
		if err := w.Read(t.Context(), bought); err != nil || len(bought.Rows) != 2 || bought.Rows[0].ArticleID != article.ID {
			t.Errorf("%+v %v", bought.Rows, err)
		}
	})
	t.Run("I01 what the law takes away is paid back, once, and can be bought again when it is out again", func(t *testing.T) {
		article, before := w.Purchased(t, vera), points(vera)
		anna := w.Person(t, dbtest.Anna)
		if _, err := w.WithdrawArticle(t.Context(), anna, article.ID, db.ArticleWithdrawal{Version: article.Version}); errorsOf(err)["reason"] == "" {
			t.Error(err)
		}
		gone, err := w.WithdrawArticle(t.Context(), anna, article.ID, db.ArticleWithdrawal{Version: article.Version, Reason: "Решение суда"})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := w.RefundArticle(t.Context(), db.RefundArticle{Article: article.ID, Until: w.Clock.Now()}); err != nil {
				t.Fatal(err)
			}
		}
		if points(vera) != before+120 || reads(t, w, vera, article).ID != 0 {
			t.Errorf("%d points", points(vera))
		}
		w.Clock.Pass(time.Hour)
		w.Out(t, gone)
		if err := w.BuyArticle(t.Context(), vera, article.Slug, 120); err != nil || !reads(t, w, vera, article).Bought {
			t.Error(err)
		}
		if findings, err := w.Audit(t.Context()); err != nil || len(findings) > 0 {
			t.Error(findings, err)
		}
	})
	t.Run("what can be read without is not paid for", func(t *testing.T) {
		before, article := points(vera), w.Published(t, db.ForMembers)
		if err := w.BuyArticle(t.Context(), vera, article.Slug, 0); err != nil || points(vera) != before {
			t.Error(err, points(vera))
		}
	})
}

func TestArticleDesk(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera, nina := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Nina)

	t.Run("I04 readers see what was published, editors go on writing", func(t *testing.T) {
		article := w.Published(t, db.ForAll)
		form := dbtest.Essay(db.ForAll)
		form.Version, form.Slug, form.Title = article.Version, article.Slug, "Новый заголовок"
		edited, err := w.EditArticle(t.Context(), nina, article.ID, form, dbtest.Rendered)
		if err != nil || !edited.Pending() || reads(t, w, vera, article).Title != "О чём молчат дома" {
			t.Errorf("%+v %v", edited, err)
		}
		if again, err := w.EditArticle(t.Context(), nina, article.ID, form, dbtest.Rendered); err != nil || again.Latest != edited.Latest {
			t.Errorf("saved twice: %+v %v", again, err)
		}
		form.Title = "И ещё один"
		if _, err := w.EditArticle(t.Context(), nina, article.ID, form, dbtest.Rendered); !errors.Is(err, db.ArticleStale) {
			t.Error(err)
		}
		form.Version, form.Slug = edited.Version, "drugoy-adres"
		if _, err := w.EditArticle(t.Context(), nina, article.ID, form, dbtest.Rendered); fmt.Sprint(err) != fmt.Sprint(db.Problems{"slug": "articles.slug_known"}) {
			t.Error(err)
		}
		out := w.Out(t, edited)
		if again, err := w.PublishArticle(t.Context(), nina, article.ID, edited.Version); err != nil || again.Version != out.Version {
			t.Errorf("published twice: %+v %v", again, err)
		}
		if reads(t, w, vera, article).Title != "Новый заголовок" {
			t.Error("not shown")
		}
		sheet, err := w.VersionSheet(t.Context(), article.ID, 2)
		if err != nil || len(sheet.Differences) != 1 || sheet.Differences[0].After != "Новый заголовок" {
			t.Errorf("%+v %v", sheet.Differences, err)
		}
	})
	t.Run("an article comes out by itself at its hour, as it is by then", func(t *testing.T) {
		article := w.Drafted(t, dbtest.Essay(db.ForAll))
		at := w.Clock.Now().In(w.Zone).Add(2 * time.Hour).Format(db.ScheduleLayout)
		for _, wrong := range []string{"", "вчера", "2020-01-01T10:00", "2036-01-01T10:00"} {
			if _, err := w.ScheduleArticle(t.Context(), nina, article.ID, db.ScheduleForm{Version: article.Version, At: wrong}); fmt.Sprint(err) != fmt.Sprint(db.Problems{"at": "articles.at_wrong"}) {
				t.Error(wrong, err)
			}
		}
		article, err := w.ScheduleArticle(t.Context(), nina, article.ID, db.ScheduleForm{Version: article.Version, At: at})
		if err != nil {
			t.Fatal(err)
		}
		article = w.Rewritten(t, article, func(form *db.ArticleForm) { form.Title = "Дописано в последний час" })
		w.Clock.Pass(time.Hour)
		if err := w.PublishArticles(t.Context()); err != nil || reads(t, w, vera, article).ID != 0 {
			t.Error("too early", err)
		}
		w.Clock.Pass(time.Hour)
		for range 2 {
			if err := w.PublishArticles(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if sheet := reads(t, w, vera, article); sheet.Title != "Дописано в последний час" || !sheet.PublishedAt.Equal(w.Clock.Now()) {
			t.Errorf("%+v", sheet)
		}
		desk, err := w.DeskArticle(t.Context(), article.ID)
		if err != nil || len(desk.Moves) != 2 || desk.Moves[0].By != nil || desk.Moves[0].ToStatus != db.ArticlePublished {
			t.Errorf("%+v %v", desk.Moves, err)
		}
	})
	t.Run("an unfinished article does not come out, and one with a strange form is not kept", func(t *testing.T) {
		form := dbtest.Essay(db.ForAll)
		form.Body = ""
		draft := w.Drafted(t, form)
		if _, err := w.PublishArticle(t.Context(), nina, draft.ID, draft.Version); !errors.Is(err, db.Refusal("articles.unfinished")) {
			t.Error(err)
		}
		if again := w.Drafted(t, form); again.ID != draft.ID {
			t.Error("the same form made two")
		}
		taken := dbtest.Essay(db.ForAll)
		taken.Slug = form.Slug
		for name, c := range map[string]struct {
			form db.ArticleForm
			want db.Problems
		}{
			"empty":   {db.ArticleForm{Key: taken.Key}, db.Problems{"title": "articles.title_required", "slug": "articles.slug_wrong", "access": "articles.access_required"}},
			"free":    {db.ArticleForm{Key: taken.Key, Title: "Да", Access: db.ForPoints, Points: "0"}, db.Problems{"points": "articles.points_wrong"}},
			"taken":   {taken, db.Problems{"slug": "articles.slug_taken"}},
			"too big": {db.ArticleForm{Key: taken.Key, Title: "Да", Access: db.ForAll, Body: strings.Repeat("я", db.ArticleBodyLimit+1)}, db.Problems{"body": "fields.too_long"}},
		} {
			if _, err := w.WriteArticle(t.Context(), nina, c.form, dbtest.Rendered); fmt.Sprint(err, errorsOf(err)) != fmt.Sprint(c.want, c.want) {
				t.Errorf("%s: %v", name, errorsOf(err))
			}
		}
		made, err := w.WriteArticle(t.Context(), nina, db.ArticleForm{Key: "0123456789abcdef", Title: "Ёлка, щука и объезд — 2026!", Access: db.ForAll}, dbtest.Rendered)
		if err != nil || made.Slug != "elka-shchuka-i-obezd-2026" {
			t.Errorf("%q %v", made.Slug, err)
		}
	})
	t.Run("a word is found in whatever form it stands, and nothing of a draft", func(t *testing.T) {
		form := dbtest.Essay(db.ForAll)
		form.Body = "Под ёлками лежали забытые письма, и почтальоны приносили новые."
		article := w.Out(t, w.Drafted(t, form))
		for _, words := range []string{"письмо", "елка", "Ёлкой", "почтальон письма", `"забытые письма"`} {
			if !slices.Contains(listed(t, w, vera, words), article.Slug) {
				t.Errorf("%q is not found", words)
			}
		}
		edited := w.Rewritten(t, article, func(form *db.ArticleForm) { form.Body = "Под соснами." })
		if slices.Contains(listed(t, w, vera, "письмо"), edited.Slug) || !slices.Contains(listed(t, w, vera, "сосна"), edited.Slug) {
			t.Error("found by what it said before")
		}
	})
}

func errorsOf(err error) db.Problems {
	problems, _ := errors.AsType[db.Problems](err)
	return problems
}

func TestQuotes(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)
	kept := func(filter db.QuotesFilter) []db.QuotesOfRow {
		list := &db.QuoteList{Of: vera.ID, Filter: filter}
		if err := w.Read(t.Context(), list); err != nil {
			t.Fatal(err)
		}
		return list.Rows
	}

	t.Run("I03 a quote outlives the article's edits and says when the passage changed", func(t *testing.T) {
		article := w.Purchased(t, vera)
		quote := w.Quoted(t, vera, article)
		if quote.ChangedAt != nil || strings.Join(quote.Tags, ",") != "дома,сны" {
			t.Errorf("%+v", quote)
		}
		body := ""
		article = w.Rewritten(t, article, func(form *db.ArticleForm) {
			body, form.Body = form.Body, strings.Replace(form.Body, "старые дома", "новые  дома", 1)
		})
		w.Clock.Pass(48 * time.Hour)
		changed, err := w.QuoteOf(t.Context(), quote.ID, vera.ID)
		if err != nil || changed.Passage != dbtest.Passage || changed.ChangedAt == nil || !changed.ChangedAt.Equal(w.Clock.Now().Add(-48*time.Hour)) {
			t.Errorf("%+v %v", changed, err)
		}
		w.Rewritten(t, article, func(form *db.ArticleForm) { form.Body = body })
		if back, err := w.QuoteOf(t.Context(), quote.ID, vera.ID); err != nil || back.ChangedAt != nil {
			t.Errorf("%+v %v", back, err)
		}
	})
	t.Run("I03 only what stands in an article that its reader may read is kept", func(t *testing.T) {
		article := w.Published(t, db.ForPoints)
		if _, err := w.SaveQuote(t.Context(), boris, article.Slug, dbtest.QuoteForm(dbtest.Passage)); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		open := w.Published(t, db.ForAll)
		for passage, want := range map[string]string{
			"":                        "quotes.passage_required",
			"Этого там нет":           "quotes.not_there",
			strings.Repeat("я", 1001): "quotes.passage_too_long",
			"никто их не будит.\n\nУ\tкаждого": "",
		} {
			if _, err := w.SaveQuote(t.Context(), vera, open.Slug, dbtest.QuoteForm(passage)); errorsOf(err)["passage"] != want {
				t.Errorf("%.20q: %v", passage, err)
			}
		}
		w.Rewritten(t, open, func(form *db.ArticleForm) { form.Body = "Всё переписано." })
		if quote, err := w.SaveQuote(t.Context(), vera, open.Slug, dbtest.QuoteForm("своя ёлка")); err != nil || quote.ChangedAt == nil {
			t.Errorf("what was read before the article changed: %+v %v", quote, err)
		}
	})
	t.Run("I03 quotes are found by word forms, notes and tags, and are nobody else's", func(t *testing.T) {
		quote := w.Quoted(t, vera, w.Published(t, db.ForAll))
		if _, err := w.AnnotateQuote(t.Context(), vera, quote.ID, db.QuoteForm{Note: "Для открытки бабушке", Tags: "Открытки"}); err != nil {
			t.Fatal(err)
		}
		for _, filter := range []db.QuotesFilter{{Words: "бабушка"}, {Words: "старый дом", Tag: "открытки"}, {Tag: "#Открытки"}, {Words: "открытка"}} {
			if rows := kept(filter); len(rows) != 1 || rows[0].Quote.ID != quote.ID {
				t.Errorf("%+v finds %d", filter, len(rows))
			}
		}
		if _, err := w.AnnotateQuote(t.Context(), boris, quote.ID, db.QuoteForm{}); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		if err := w.RemoveQuote(t.Context(), boris, quote.ID); err != nil || len(kept(db.QuotesFilter{Tag: "открытки"})) != 1 {
			t.Error("Boris took it away", err)
		}
		if err := w.RemoveQuote(t.Context(), vera, quote.ID); err != nil || len(kept(db.QuotesFilter{Tag: "открытки"})) != 0 {
			t.Error("it is still there", err)
		}
	})
	t.Run("I03 a form sent three times at once keeps one quote", func(t *testing.T) {
		article, form, before := w.Published(t, db.ForAll), dbtest.QuoteForm("своя тишина"), len(kept(db.QuotesFilter{}))
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				if _, err := w.SaveQuote(t.Context(), vera, article.Slug, form); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := len(kept(db.QuotesFilter{})); n != before+1 {
			t.Errorf("%d quotes", n-before)
		}
	})
	t.Run("I02 a bookmark is set and taken off, however often it is pressed", func(t *testing.T) {
		article := w.Published(t, db.ForPoints)
		for _, on := range []bool{true, true, false, false, true} {
			if err := w.SetBookmark(t.Context(), vera, article.Slug, on); err != nil || reads(t, w, vera, article).Bookmarked != on {
				t.Error(on, err)
			}
		}
		list := &db.BookmarkList{Of: vera.ID}
		if err := w.Read(t.Context(), list); err != nil || len(list.Rows) != 1 || list.Rows[0].Points != 120 || list.Rows[0].Bought {
			t.Errorf("%+v %v", list.Rows, err)
		}
		if err := w.RemoveBookmark(t.Context(), vera, article.ID); err != nil || reads(t, w, vera, article).Bookmarked {
			t.Error(err)
		}
	})
}

func TestLineDifferences(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"а\nб\nв", "а\nб\nв", "=а =б =в"},
		{"а\nб\nв", "а\nг\nв", "=а -б +г =в"},
		{"", "а", "- +а"},
		{"а\nб\nв\nг", "б\nв\nд\nг", "-а =б =в +д =г"},
	} {
		var got []string
		for _, line := range db.LineDifferences(c.before, c.after) {
			mark := "="
			if line.New {
				mark = "+"
			} else if line.Former {
				mark = "-"
			}
			got = append(got, mark+line.Text)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q, %q: %v", c.before, c.after, got)
		}
	}
	begun := time.Now()
	if lines := db.LineDifferences(strings.Repeat("а\n", 9_000), strings.Repeat("б\n", 9_000)); len(lines) < 18_000 || time.Since(begun) > time.Second {
		t.Errorf("%d lines in %v", len(lines), time.Since(begun))
	}
}
