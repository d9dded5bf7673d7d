package handlers_test

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"

	"github.com/valyala/fasthttp"
)

func TestArticles(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	page := site.As(dbtest.Vera)

	t.Run("I04 a guest reads what is for all, and of the rest why not, and the way in", func(t *testing.T) {
		public, members, paid := site.Published(t, db.ForAll), site.Published(t, db.ForMembers), site.Published(t, db.ForPoints)
		guest := site.Guest().With(t).Visit("/").Click("Читать статьи").At("/articles").Sees("О чём молчат дома").Sees("Прогулка по переулкам").Sees("Для своих").Sees("120 баллов")
		guest.Visit(db.ArticlePath(public.Slug)).Sees(dbtest.Passage).Sees("Чтобы сохранять закладки и цитаты").SeesNot("В закладки")
		guest.Visit(db.ArticlePath(members.Slug)).Sees("Прогулка по переулкам").SeesNot(dbtest.Passage).Sees("читают зарегистрированные").Within("#paywall").Sees("Регистрация")
		guest.Visit(db.ArticlePath(paid.Slug)).SeesNot(dbtest.Passage).Sees("Статья стоит 120 баллов").Within("#paywall").Click("Вход")
		guest.Fill("identifier", dbtest.Vera.Email).Fill("password", dbtest.Password).Press("Войти").At(db.ArticlePath(paid.Slug)).Sees("Статья стоит 120 баллов")
		guest.Visit("/articles/net-takoy").Wants(404)
		page.With(t).Visit("/articles/net-takoy").Wants(404).Sees(dbtest.Vera.Name)
	})
	t.Run("I04 articles are found by their words, in any form, page by page", func(t *testing.T) {
		form := dbtest.Essay(db.ForAll)
		form.Title, form.Body = "Про маяки", "Смотрители зажигали фонари."
		site.Out(t, site.Drafted(t, form))
		guest := site.Guest().With(t).Visit("/articles").Fill("q", "фонарь смотрителя").Press("Найти").Sees("Про маяки").SeesNot("О чём молчат дома")
		guest.Fill("q", "дирижабль").Press("Найти").Sees("Ничего не нашлось").Within("main").Click("Все статьи").At("/articles")
		for i := range db.ArticlesPage {
			site.Clock.Pass(time.Minute)
			form := dbtest.Essay(db.ForAll)
			form.Title = fmt.Sprintf("Заметка %d", i)
			site.Out(t, site.Drafted(t, form))
		}
		guest.Visit("/articles").Sees("Заметка 19").SeesNot("Про маяки").Click("Показать ещё").Sees("Про маяки").SeesNot("Заметка 19")
	})
	t.Run("I01 too few points are the reason, with the way to more; enough buy in one press, once", func(t *testing.T) {
		article := site.Published(t, db.ForPoints)
		path := db.ArticlePath(article.Slug)
		b := page.With(t).Visit(path).Sees("В закладки 120 баллов").Sees("У Вас 0 баллов, не хватает 120 баллов").Click("Пополнить кошелёк").At("/wallet/top-up")
		site.Granted(t, vera, 200, "")
		b.Visit(path).Press("Купить за 120 баллов").At(path).Sees("Статья куплена").Sees(dbtest.Passage).Sees("Ваша")
		b.Back().Press("Купить за 120 баллов").At(path).Sees(dbtest.Passage)
		if purse := must(site.PurseOf(t.Context(), vera.ID)); purse.Points != 80 {
			t.Errorf("%d points are left", purse.Points)
		}
		b.Visit("/library").Sees("О чём молчат дома").Sees("120 баллов")
		b.Visit("/articles").Sees("Ваша")
		desk := must(site.DeskArticle(t.Context(), article.ID))
		site.As(dbtest.Nina).With(t).Visit(deskArticleURL(article)).Click("Снять").Within(".act .pop-body").Press("Снять").Sees("Статья снята с публикации")
		b.Visit("/library").Sees("Снята с публикации").Click(desk.Latest.Title).Sees(dbtest.Passage)
		site.As(dbtest.Boris).With(t).Visit(path).Wants(404)
	})
	t.Run("I01 a page that was open too long buys nothing at another price", func(t *testing.T) {
		article := site.Published(t, db.ForPoints)
		site.Granted(t, vera, 1000, "")
		b := page.With(t).Visit(db.ArticlePath(article.Slug))
		site.Rewritten(t, article, func(form *db.ArticleForm) { form.Points = "300" })
		b.Press("Купить за 120 баллов").Wants(422).Sees("Цена тем временем изменилась").Press("Купить за 300 баллов").Sees("Статья куплена")
		poor := site.Published(t, db.ForPoints)
		got := site.As(dbtest.Boris).With(t).Do("POST", db.ArticlePath(poor.Slug)+"/purchase", "points=120", nil).Wants(422)
		got.Sees("Баллов не хватает, ничего не списано").Sees("не хватает 120 баллов")
	})
	t.Run("I02 an article is marked and unmarked, and a paid one shows its price among the bookmarks", func(t *testing.T) {
		article := site.Published(t, db.ForPoints)
		b := page.With(t).Visit("/library/bookmarks").Sees("Закладок пока нет").Visit(db.ArticlePath(article.Slug)).Press("В закладки").Sees("Статья в закладках")
		b.Visit("/library/bookmarks").Sees("О чём молчат дома").Sees("120 баллов").Press("Убрать из закладок").Sees("Закладок пока нет")
		b.Visit(db.ArticlePath(article.Slug)).Press("В закладки").Press("Убрать из закладок").Sees("Закладка убрана")
	})
	t.Run("I03 a passage is kept, found, filtered, annotated, exported and forgotten, without JavaScript", func(t *testing.T) {
		article := site.Published(t, db.ForMembers)
		path := db.ArticlePath(article.Slug)
		b := page.With(t).Visit("/library/quotes").Sees("Цитат пока нет").Visit(path)
		b.Click("Сохранить цитату").Within("#quote-form").Fill("passage", "Этого там нет").Fill("tags", "Дома, #осень").Press("Сохранить").Wants(422).Sees("Такого места в статье нет")
		b.Within("#quote-form").Shows("tags", "Дома, #осень").Fill("passage", dbtest.Passage).Fill("note", "Для открытки *маме*").Press("Сохранить").At(path).Sees("Цитата сохранена")
		b.Visit(path).Within("#own-quotes").Sees(dbtest.Passage).Sees("#осень")
		list := b.Visit("/library/quotes").Sees(dbtest.Passage).Sees("Для открытки *маме*").Sees("#дома 1")
		if href := list.Find("small a")[0].Attr[0].Val; href != path+"#:~:text="+url.PathEscape(dbtest.Passage) {
			t.Errorf("the quote leads to %s", href)
		}
		list.Fill("q", "открытки старый дом").Press("Найти").Sees(dbtest.Passage).Fill("q", "море").Press("Найти").Sees("Таких цитат нет")
		list.Visit("/library/quotes").Within(".chips[aria-label=Теги]").Click("#осень 1").At("/library/quotes?tag=" + url.QueryEscape("осень")).Sees(dbtest.Passage)
		list.Visit("/library/quotes").Click("Заметка и теги").Fill("note", "Для папы").Fill("tags", "папа").Press("Сохранить").At("/library/quotes").Sees("Для папы").SeesNot("#осень")
		site.Rewritten(t, article, func(form *db.ArticleForm) { form.Body = "Всё иначе." })
		got := page.With(t).Do("GET", "/library/quotes/export?tag="+url.QueryEscape("папа"), "", nil).Wants(200)
		if want := "# Цитаты\n\n> " + dbtest.Passage + "\n>\n> — [О чём молчат дома](" + site.URL + path + "), 2 марта 2026\n\n*В статье это место изменилось 2 марта 2026*\n\nДля папы\n\n\\#папа\n"; got.Body != want ||
			!strings.HasPrefix(got.Header("Content-Disposition"), "attachment") {
			t.Errorf("%q is not\n%q", got.Body, want)
		}
		list.Visit("/library/quotes").Sees("В статье это место изменилось 2 марта 2026").Click("Удалить").Within(".act .pop-body").Press("Удалить").Sees("Цитата удалена").Sees("Цитат пока нет")
	})
	t.Run("P12 an article is one round trip, for a guest and for a customer", func(t *testing.T) {
		path, sid := db.ArticlePath(site.Purchased(t, vera).Slug), site.cookie(dbtest.Vera)
		for _, cookie := range []string{"", sid} {
			ask := func() {
				ctx := &fasthttp.RequestCtx{}
				ctx.Init(&fasthttp.Request{}, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}, nil)
				ctx.Request.SetRequestURI(site.URL + path)
				if cookie != "" {
					ctx.Request.Header.SetCookie("sid", cookie)
				}
				site.app.Handler()(ctx)
				if ctx.Response.StatusCode() != 200 {
					t.Fatal(ctx.Response.StatusCode())
				}
			}
			ask()
			if trips, statements := site.Traffic.During(ask); trips != 1 || len(statements) != 3 {
				t.Errorf("cookie %t: %d trips, %v", cookie != "", trips, statements)
			}
		}
	})
}

func deskArticleURL(article db.Article) string { return fmt.Sprintf("/staff/articles/%d", article.ID) }

func TestDeskArticles(t *testing.T) {
	site := open(t)
	nina := site.As(dbtest.Nina)

	t.Run("I04 Nina writes, looks, adds a picture, publishes, and a guest reads", func(t *testing.T) {
		b := nina.With(t).Visit("/staff/articles").Sees("Здесь пусто").Click("Новая статья").Press("Сохранить").Wants(422).Sees("Напишите заголовок")
		b.Fill("title", "Ёлки & палки").Fill("teaser", "О лесе.").Fill("body", "## Опушка\n\nЗа **лесом** поле.\n\n<script>alert(1)</script>").Choose("access", "За баллы").Press("Сохранить").Wants(422).Sees("Введите цену")
		b.Choose("access", "Для всех").Press("Посмотреть").Wants(200).Within("section.panel .panel").Sees("Опушка За лесом поле.")
		b.Shows("body", "## Опушка\n\nЗа **лесом** поле.\n\n<script>alert(1)</script>").Press("Сохранить").Sees("Сохранено").Sees("Черновик")
		desk := b.Find("#article-form")[0].Attr[3].Val
		b.Within("#article-pictures").Attach("photos", shot("a.jpg", []byte("не картинка"))).Press("Добавить картинки").Wants(422).Sees("Это не фото")
		b.Within("#article-pictures").Attach("photos", shot("a.jpg", dbtest.Snapshot(900, 600))).Press("Добавить картинки").Sees("Картинки добавлены").Sees("Картинка 1")
		mark := strings.TrimSpace(b.Find("#article-pictures code")[0].FirstChild.Data)
		b.Fill("body", "## Опушка\n\nЗа **лесом** поле.\n\n"+strings.Replace(mark, "![]", "![Опушка]", 1)).Choose("cover", "Картинка 1").Press("Сохранить").Sees("Сохранено")
		picture := strings.TrimSuffix(strings.TrimPrefix(mark, "![]("), ")")
		guest := site.Guest().With(t)
		guest.Do("GET", picture, "", nil).Wants(404)
		guest.Visit("/articles/elki-palki").Wants(404)
		b.Press("Опубликовать").Sees("Статья опубликована").Click("Открыть у читателя").At("/articles/elki-palki").Sees("За лесом поле.")
		guest.Visit("/articles/elki-palki").Wants(200).Sees("Ёлки & палки").Sees("За лесом поле.").SeesNot("script")
		if got := guest.Do("GET", picture, "", nil).Wants(200); got.Header("Content-Type") != "image/jpeg" {
			t.Error(got.Headers())
		}
		b.Visit(desk).Press("Удалить картинку 1").Wants(422).Sees("показывает одна из версий")
	})
	t.Run("I04 what is saved waits until it is published, and each version says what it changed", func(t *testing.T) {
		article := site.Published(t, db.ForMembers)
		b := nina.With(t).Visit(deskArticleURL(article)).Fill("teaser", "Теперь короче.").Fill("body", "Новая строка.\n\nУ каждого окна своя ёлка и своя тишина.").Press("Сохранить").Sees("Есть неопубликованные правки")
		reader := site.As(dbtest.Boris).With(t).Visit(db.ArticlePath(article.Slug)).Sees(dbtest.Passage)
		b.Click("Версия 2").Sees("Прогулка по переулкам, где живут чужие окна. → Теперь короче.").Within("ins").Sees("Новая строка.")
		b.Within("del").Sees(dbtest.Passage)
		b.Click("К статье").Press("Опубликовать правки").Sees("Статья опубликована").Sees("Опубликована версия 2").SeesNot("неопубликованные")
		reader.Reload().Sees("Новая строка.").SeesNot(dbtest.Passage)
	})
	t.Run("two editors do not write over each other", func(t *testing.T) {
		article := site.Published(t, db.ForAll)
		one, two := nina.With(t), site.As(dbtest.Anna).With(t)
		one.Visit(deskArticleURL(article)).Fill("title", "Первый")
		two.Visit(deskArticleURL(article)).Fill("title", "Второй")
		one.Press("Сохранить").Sees("Сохранено")
		two.Press("Сохранить").Wants(409).Sees("изменил кто-то ещё").Shows("title", "Второй").Press("Сохранить").Sees("Сохранено").Sees("Версия 3")
	})
	t.Run("I04 an article comes out at its hour by itself", func(t *testing.T) {
		article := site.Drafted(t, dbtest.Essay(db.ForAll))
		b := nina.With(t).Visit(deskArticleURL(article)).Fill("at", "2020-01-01T10:00").Press("Назначить").Wants(422).Sees("день и час в будущем")
		b.Fill("at", site.Clock.Now().In(site.Zone).Add(time.Hour).Format(db.ScheduleLayout)).Press("Назначить").Sees("Статья назначена").Sees("Выйдет 02.03.2026")
		nina.With(t).Visit("/staff/articles?status=scheduled").Sees("О чём молчат дома")
		b.Visit(deskArticleURL(article)).Press("Вернуть в черновики").Sees("снова в черновиках").Fill("at", site.Clock.Now().In(site.Zone).Add(time.Hour).Format(db.ScheduleLayout)).Press("Назначить")
		site.Work()
		guest := site.Guest().With(t).Visit(db.ArticlePath(article.Slug)).Wants(404)
		site.Clock.Pass(time.Hour)
		site.Work()
		guest.Reload().Wants(200).Sees(dbtest.Passage)
	})
	t.Run("I01 Anna takes an article from everybody, and its buyer has the points again", func(t *testing.T) {
		vera := site.Account(dbtest.Vera)
		article := site.Purchased(t, vera)
		nina.With(t).Visit(deskArticleURL(article)).SeesNot("Отозвать у всех")
		anna := site.As(dbtest.Anna).With(t).Visit(deskArticleURL(article)).Click("Отозвать у всех и вернуть баллы").Press("Отозвать у всех и вернуть баллы").Wants(422).Sees("Напишите, почему")
		anna.Fill("reason", "Решение суда").Press("Отозвать у всех и вернуть баллы").Sees("Статья отозвана").Sees("Решение суда")
		site.Work()
		site.As(dbtest.Vera).With(t).Visit(db.ArticlePath(article.Slug)).Wants(404)
		if purse := must(site.PurseOf(t.Context(), vera.ID)); purse.Points != 120 {
			t.Errorf("%d points", purse.Points)
		}
	})
	t.Run("an article is written by editors only", func(t *testing.T) {
		article := site.Published(t, db.ForAll)
		for _, who := range []dbtest.Person{dbtest.Vera, dbtest.Irina, dbtest.Sveta} {
			site.As(who).With(t).Visit(deskArticleURL(article)).Wants(404)
			site.As(who).With(t).Do("POST", deskArticleURL(article)+"/archive", fmt.Sprintf("version=%d", article.Version), nil).Wants(404)
		}
	})
}

func TestArticlesInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera := site.Account(dbtest.Vera)
	site.Granted(t, vera, 200, "")
	article := site.Published(t, db.ForPoints)
	path := db.ArticlePath(article.Slug)
	window := site.Window(t, dbtest.Vera)

	t.Run("I01 a press buys, and the page opens", func(t *testing.T) {
		page := window.With(t).Visit(path)
		webtest.EveryLook(page, nil)
		page.Press("Купить за 120 баллов").At(path).Sees("Статья куплена").Sees(dbtest.Passage)
		webtest.EveryLook(page, nil)
		page.Clean()
	})
	t.Run("I02 I03 what is selected comes into the form, and is kept in place", func(t *testing.T) {
		page := window.With(t).Visit(path)
		page.Press("В закладки").Sees("Статья в закладках").Sees("Убрать из закладок")
		page.Within("[data-quotable]").Select(dbtest.Passage)
		page.Click("Сохранить цитату").Shows("passage", dbtest.Passage)
		page.Fill("tags", "дома").Press("Сохранить").Sees("Цитата сохранена")
		page.Within("#own-quotes").Sees(dbtest.Passage).Sees("#дома")
		webtest.EveryLook(page, nil)
		page.Visit("/library/quotes").Click("Заметка и теги").Fill("note", "Перечитать").Press("Сохранить").Sees("Перечитать")
		page.Click("Удалить")
		webtest.EveryLook(page, nil)
		page.Clean()
	})
	t.Run("every screen of articles reads well in every look", func(t *testing.T) {
		page := window.With(t)
		site.Purchased(t, vera)
		for _, path := range []string{"/articles", "/library", "/library/bookmarks", "/library/quotes"} {
			webtest.EveryLook(page.Visit(path), nil)
			for _, width := range []int{375, 1280} {
				shoot(page.Size(width), width, path)
			}
		}
		nina := site.Window(t, dbtest.Nina)
		site.Picture(t, article, 900, 600)
		site.Rewritten(t, article, func(form *db.ArticleForm) { form.Body += "\n\nЕщё строка." })
		for _, path := range []string{"/staff/articles?status=published", "/staff/articles/new", deskArticleURL(article), deskArticleURL(article) + "/versions/2"} {
			webtest.EveryLook(nina.Visit(path), nil)
			for _, width := range []int{375, 1280} {
				shoot(nina.Size(width), width, path)
			}
		}
		nina.Visit(deskArticleURL(article)).Fill("title", "").Press("Сохранить").Wants(422).Sees("Напишите заголовок").Fill("title", "Заново").Press("Посмотреть").Sees("Ещё строка.")
		webtest.EveryLook(nina, nil)
		nina.Clean()
	})
}
