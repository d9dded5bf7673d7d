package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

func deskNewsURL(news db.News) string { return fmt.Sprintf("/staff/news/%d", news.ID) }

func TestNews(t *testing.T) {
	site := open(t)
	site.Account(dbtest.Vera)

	t.Run("P04 P06 Nina writes, looks, and publishes; members read first, guests later", func(t *testing.T) {
		b := site.As(dbtest.Nina).With(t).Visit("/staff/news").Sees("Новостей ещё нет").Click("Новая новость").Press("Сохранить").Wants(422).Sees("Напишите заголовок").Sees("Напишите текст")
		b.Fill("title", "Скидка <b>для своих</b>").Fill("body", "Неделя *без* комиссии.\n\n<script>alert(1)</script>").Choose("kind", "Акция").Fill("ends_on", "2026-03-20").Fill("members_first", "-1").Press("Сохранить").Wants(422).Sees("Целое число часов")
		b.Shows("title", "Скидка <b>для своих</b>").Fill("members_first", "24").Press("Посмотреть").Within("section.panel .panel").Sees("Неделя без комиссии.")
		b.Press("Сохранить").Sees("Сохранено").Sees("Черновик").Press("Опубликовать").Sees("Новость вышла").Sees("Видна с")
		site.Guest().With(t).Visit("/").SeesNot("Скидка").Visit("/news").Sees("Новостей пока нет")
		vera := site.As(dbtest.Vera).With(t).Visit("/").Within("#home").Sees("Скидка <b>для своих</b>").Sees("Новое").Sees("Акция до 20 марта").Sees("Сначала участникам")
		vera.SeesNot("без комиссии")
		site.Clock.Pass(24 * time.Hour)
		guest := site.Guest().With(t).Visit("/").Sees("Новости и акции").Sees("Скидка").SeesNot("Сначала участникам").SeesNot("Новое")
		guest.Click("Скидка <b>для своих</b>").Sees("Неделя без комиссии.")
	})
	t.Run("P05 one press opens it in its place, and it stays read", func(t *testing.T) {
		form := dbtest.Told(db.Members)
		news := site.News(t, form)
		for i := range db.NewsPage {
			site.Clock.Pass(time.Minute)
			later := dbtest.Told(db.Members)
			later.Title = fmt.Sprintf("Заметка %d", i)
			site.News(t, later)
		}
		b := site.As(dbtest.Vera).With(t).Visit("/news").SeesNot("Склад переезжает").Click("Показать ещё").Sees("Склад переезжает")
		b.Press("Склад переезжает").Sees("С понедельника мы рядом с вокзалом.").Sees("Скидка")
		if at := b.URL(); at.Path != "/news" || at.Query().Get("below") == "" || at.Fragment != news.ID.Topic() {
			t.Errorf("it opened at %s", at)
		}
		b.Within("#" + news.ID.Topic()).SeesNot("Новое")
		b.Visit(fmt.Sprintf("/news/%d", news.ID)).SeesNot("Новое").Sees("С понедельника")
		b.Visit("/").Press("Заметка 19").At("/news?open=" + fmt.Sprint(news.ID+db.NewsPage))
		got := b.Do("POST", fmt.Sprintf("/news/%d/reading", news.ID), "back=https%3A%2F%2Fevil.example%2Fnews", nil).Wants(303)
		if to := got.Header("Location"); !strings.HasPrefix(to, "/news?open=") {
			t.Errorf("it leads to %s", to)
		}
		site.Guest().With(t).Visit(fmt.Sprintf("/news/%d", news.ID)).Wants(404)
		site.As(dbtest.Vera).With(t).Visit("/news/999999").Wants(404)
	})
	t.Run("P04 what is scheduled can be taken back, and two editors do not lose each other's words", func(t *testing.T) {
		news := site.WrittenNews(t, dbtest.Told(db.Everybody))
		b := site.As(dbtest.Nina).With(t).Visit(deskNewsURL(news)).Within("#schedule-form").Fill("at", "2020-01-01T10:00").Press("Назначить").Wants(422).Shows("at", "2020-01-01T10:00")
		at := site.Clock.Now().In(site.Zone).Add(2 * time.Hour).Format(db.ScheduleLayout)
		b.Visit(deskNewsURL(news)).Within("#schedule-form").Fill("at", at).Press("Назначить").Sees("Новость выйдет сама")
		b.Visit(deskNewsURL(news)).Press("Вернуть в черновики").Sees("Новость снова в черновиках")
		stale := site.As(dbtest.Anna).With(t).Visit(deskNewsURL(news))
		b.Visit(deskNewsURL(news)).Fill("title", "Склад уже переехал").Press("Сохранить").Sees("Сохранено")
		stale.Fill("title", "Склад остаётся").Press("Сохранить").Wants(409).Sees("изменил кто-то другой").Shows("title", "Склад остаётся").Press("Сохранить").Sees("Сохранено")
	})
	t.Run("P01 without the module there is no news anywhere", func(t *testing.T) {
		if err := site.SwitchModule(t.Context(), site.Account(dbtest.Anna), db.NewsModule, false); err != nil {
			t.Fatal(err)
		}
		site.As(dbtest.Vera).With(t).Visit("/news").Wants(404).Visit("/").SeesNot("Новости и акции")
		site.Guest().With(t).Visit("/").SeesNot("Новости и акции")
	})
}

func TestTour(t *testing.T) {
	site := open(t)
	site.Account(dbtest.Vera)
	b := site.As(dbtest.Vera).With(t).Visit("/")

	t.Run("P03 first what waits, then how it stands, what there is to spend, and the news", func(t *testing.T) {
		vera := site.Account(dbtest.Vera)
		site.PricedOrder(t, vera, dbtest.Boots)
		site.News(t, dbtest.Told(db.Members))
		text, last := b.Visit("/").Text(), -1
		for _, part := range []string{"Оплатите заказ", "Мои заказы", "Посылки", "Доступно", "Баллы", "Что нового", "Новости и акции"} {
			at := strings.LastIndex(text, part)
			if at <= last {
				t.Errorf("%s stands at %d, after %d", part, at, last)
			}
			last = at
		}
	})
	t.Run("P02 a newcomer sees what there is, until it is closed; the way to it stays", func(t *testing.T) {
		b.Visit("/").Within("#tour").Sees("Мой сонник").Sees("Теги видите только Вы").Press("Понятно, убрать")
		b.Visit("/").SeesNot("Теги видите только Вы").Click("Что умеет кабинет").At("/tour").Sees("Теги видите только Вы")
		site.As(dbtest.Boris).With(t).Visit("/").Sees("Теги видите только Вы")
	})
	t.Run("A08 P01 the tabs stand in their order, and a module that is off has none and is no part of the tour", func(t *testing.T) {
		order := []string{"Главная", "Мои заказы", "Посылки", "Баланс", "Мой профиль", "Моя библиотека", "Мой кошелек", "Мои конкурсы", "Мой сонник", "Управление рассылкой", "Управление подпиской", "Мои консультации", "Настройки"}
		tabs := func() string {
			b.Visit("/")
			var labels []string
			for _, label := range b.Find("#tabs a > span:first-of-type") {
				labels = append(labels, label.FirstChild.Data)
			}
			return strings.Join(labels, ", ")
		}
		if got := tabs(); got != strings.Join(order, ", ") {
			t.Errorf("the tabs are %s", got)
		}
		if err := site.SwitchModule(t.Context(), site.Account(dbtest.Anna), db.DreamsModule, false); err != nil {
			t.Fatal(err)
		}
		if got := tabs(); strings.Contains(got, "Мой сонник") {
			t.Errorf("the tabs are %s", got)
		}
		b.Visit("/tour").SeesNot("сон")
	})
}

func TestNewsInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	site.Account(dbtest.Vera)
	news := site.News(t, dbtest.Told(db.Members))
	offer := dbtest.Told(db.Everybody)
	offer.Kind, offer.Title, offer.EndsOn, offer.MembersFirst = db.OfferNews, "Неделя без комиссии для тех, кто с нами больше года", "2026-03-20", "24"
	site.News(t, offer)
	window := site.Window(t, dbtest.Vera)

	t.Run("P05 P02 a press opens the news in place, another closes the tour", func(t *testing.T) {
		page := window.With(t).Visit("/")
		webtest.EveryLook(page, shots(page, "home-tour"))
		page.Press("Склад переезжает").Sees("рядом с вокзалом").At("/")
		page.Within("#" + news.ID.Topic()).SeesNot("Новое")
		page.Press("Понятно, убрать").Sees("Обзор убран")
		page.Visit("/").SeesNot("Теги видите только Вы")
		page.Visit("/news").Press("Склад переезжает").Sees("рядом с вокзалом")
		webtest.EveryLook(page, shots(page, "news"))
		page.Clean()
	})
	t.Run("A08 on a phone the tabs that do not fit open under one of them", func(t *testing.T) {
		page := window.With(t).Size(375).Visit("/orders").SeesNot("Мой сонник").Click("Ещё").Sees("Мой сонник")
		webtest.EveryLook(page, shots(page, "tabs"))
		page.Size(375).Visit("/").Click("Ещё").Click("Мой сонник").At("/dreams")
		page.Size(1280).Visit("/").Click("Мой сонник").At("/dreams").Clean()
	})
	t.Run("the desk of news reads well in every look", func(t *testing.T) {
		nina := site.Window(t, dbtest.Nina)
		for _, path := range []string{"/staff/news", "/staff/news/new", deskNewsURL(news)} {
			webtest.EveryLook(nina.Visit(path), shots(nina, "desk"+strings.ReplaceAll(path, "/", "-")))
		}
		nina.Fill("title", "").Press("Сохранить").Wants(422).Sees("Напишите заголовок").Fill("title", "Заново").Press("Посмотреть").Sees("рядом с вокзалом")
		nina.Clean()
	})
}
