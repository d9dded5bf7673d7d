package handlers_test

import (
	"fmt"
	"testing"

	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

// journalOfVera has a few months of dreams in it, as a journal has.
func journalOfVera(t *testing.T, site *site) {
	t.Helper()
	vera := site.Account(dbtest.Vera)
	for i, night := range []struct{ body, tags string }{
		{"Бабушкин дом у моря. Окна открыты, и в комнату заходит **прилив**.\n\n> Не бойся, это только вода", "дом, море, бабушка"},
		{"Опаздываю на поезд, а платформа всё длиннее", "поезд, тревога"},
		{"Море светится изнутри, плыву с китами", "море, полёт"},
		{"Экзамен по языку, которого я не учила", "экзамен, тревога"},
		{"Бабушка печёт хлеб и зовёт меня по имени кошки", "бабушка, дом"},
		{"Лечу над городом, держась за воздушного змея. Внизу море крыш", "полёт"},
		{"Поезд едет по дну моря", "поезд, море"},
	} {
		form := site.DreamForm(night.body)
		form.Day = site.Today().Plus(-9 * i).String()
		dream := must(site.SaveDream(t.Context(), vera, 0, form))
		if err := site.TagDream(t.Context(), vera, dream.ID, night.tags); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDreamsInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera := site.Window(t, dbtest.Vera)

	t.Run("L01 a dream is kept while it is typed, without a press", func(t *testing.T) {
		page := vera.With(t).Visit("/dreams").Sees("Здесь будут Ваши сны").Fill("body", "Иду по мосту").Sees("Черновик сохранён в")
		page.Fill("body", "Иду по мосту через реку, а на том берегу *кто-то* машет").Choose("mood", "странный")
		page.Press("Записать").Sees("Сон записан").Sees("странный")
		dream := lastDream(t, site, dbtest.Vera)
		page.At(dream.ID.Path())
		site.Work()
		page.Sees("на том берегу кто-то машет").SeesNot("*")
		page.Fill("tags", "река, мост").Press("Сохранить теги").Sees("Теги сохранены")
		page.Click("Изменить").Fill("body", "Иду по мосту обратно").Sees("Черновик сохранён в").Visit(dream.ID.Path()).Sees("Иду по мосту обратно")
		page.Check("можно опубликовать").Press("Отправить на толкование").Sees("Сон отправлен").Sees("Вы разрешили").Sees("Делаем мы")
		page.Clean()
	})
	t.Run("L02 an interpretation appears on the open page, and the consent is taken back in place", func(t *testing.T) {
		dream := lastDream(t, site, dbtest.Vera)
		page, nina := vera.With(t).Visit(dream.ID.Path()), site.Window(t, dbtest.Nina)
		nina.Visit("/staff/dreams").Sees("Сны 1").Click("Открыть").Press("Отправить толкование").Wants(422).Sees("Напишите толкование")
		webtest.EveryLook(nina, nil)
		nina.Fill("answer", "Мост — это **выбор**.").Press("Отправить толкование").Sees("Толкование отправлено автору")
		page.Sees("Мост — это").Sees("Есть толкование")
		site.Work()
		page.SeesNot("**")
		nina.Visit(fmt.Sprintf("/staff/dreams/%d", dream.ID)).Click("Опубликовать").Within("main .pop-body").Press("Опубликовать")
		nina.Sees("Сон опубликован без имени").Clean()
		page.Sees("Как это видят все").Press("Отозвать разрешение").Sees("Разрешение отозвано").Sees("Снят с публикации").Clean()
	})
	t.Run("every screen of the journal reads well in every look", func(t *testing.T) {
		journalOfVera(t, site)
		waiting := site.SentDream(t, site.Account(dbtest.Vera), "Часы без стрелок на вокзале, где я работала", true)
		published := site.DreamInBook(t, site.Account(dbtest.Boris), "Синий поезд через степь")
		site.Work()
		own, desk := vera.With(t), site.Window(t, dbtest.Nina)
		answered := fmt.Sprintf("/dreams/%d", lastDream(t, site, dbtest.Vera).ID)
		for _, screen := range []struct {
			window *webtest.Window
			path   string
		}{
			{own, "/dreams"}, {own, "/dreams/1001"}, {own, "/dreams/1002"}, {own, answered}, {own, "/dreams/1002/edit"}, {own, "/dreams/calendar"}, {own, "/dreams/tags"}, {own, "/dreams/tags/3"},
			{own, "/dreambook"}, {own, fmt.Sprintf("/dreambook/%d", published.ID)},
			{desk, "/staff/dreams"}, {desk, fmt.Sprintf("/staff/dreams/%d", waiting.ID)}, {desk, fmt.Sprintf("/staff/dreams/%d", published.ID)},
		} {
			webtest.EveryLook(screen.window.Visit(screen.path), nil)
			for _, width := range []int{375, 1280} {
				shoot(screen.window.Size(width), width, screen.path)
			}
			screen.window.Clean()
		}
	})
}
