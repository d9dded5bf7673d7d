package handlers_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"

	"golang.org/x/net/html"
)

// lastDream is the dream that a customer finds at the top of the journal.
func lastDream(t *testing.T, site *site, of dbtest.Person) db.Dream {
	t.Helper()
	journal := &db.Journal{Of: site.Account(of).ID}
	if err := site.Read(t.Context(), journal); err != nil || len(journal.Rows) == 0 {
		t.Fatalf("%d dreams, %v", len(journal.Rows), err)
	}
	return must(site.DreamOf(t.Context(), journal.Rows[0].ID, journal.Of))
}

func inner(n *html.Node) string {
	var text strings.Builder
	html.Render(&text, n)
	return text.String()
}

func TestDreams(t *testing.T) {
	site := open(t)
	vera, boris := site.Account(dbtest.Vera), site.Account(dbtest.Boris)

	t.Run("L01 a dream is written down in one field and stands on top of the journal", func(t *testing.T) {
		b := site.As(dbtest.Vera).With(t).Visit("/dreams").Sees("Здесь будут Ваши сны").Shows("day", "2026-03-02")
		b.Press("Записать").Wants(422).Sees("Напишите, что Вам приснилось")
		b.Fill("body", "Я **лечу** над *морем*.\n\n- волна\n- чайка").Choose("mood", "радостный").Choose("lucidity", "осознанный").Press("Записать").Sees("Сон записан")
		dream := lastDream(t, site, dbtest.Vera)
		b.At(dream.ID.Path()).Sees("Сон 2 марта 2026").Sees("радостный, осознанный").Sees("Черновик").Sees("Я **лечу**")
		site.Work()
		b.Reload().Sees("Я лечу над морем.").SeesNot("**")
		if len(b.Find(".prose strong")) != 1 || len(b.Find(".prose li")) != 2 || len(b.Find(".prose[hx-ignore]")) != 1 {
			t.Error(b.Body())
		}
		b.Visit("/dreams").Sees("Я лечу над *морем*. волна чайка")
		b.Click("02.03.2026").At(dream.ID.Path()).Click("Изменить").Shows("lucidity", "осознанный").Fill("body", "Я лечу над городом").Fill("day", "2026-04-09").Press("Записать").Wants(422).Sees("не позже сегодняшнего")
		b.Shows("body", "Я лечу над городом").Fill("day", "2026-03-01").Press("Записать").Sees("Сон записан").Sees("Сон 1 марта 2026").Sees("Я лечу над городом")
	})
	t.Run("L01 searched by the forms of a word, narrowed by tag and by day", func(t *testing.T) {
		site.Dreamt(t, vera, "Зелёная ёлка и две сестры", "лес, семья")
		site.Dreamt(t, vera, "Пустой дом", "дом")
		b := site.As(dbtest.Vera).With(t).Visit("/dreams").Fill("q", "ёлки").Press("Найти").Sees("две сестры").SeesNot("Пустой дом").SeesNot("Что Вам приснилось")
		b.Visit("/dreams").Click("семья").Sees("две сестры").SeesNot("Пустой дом").Fill("q", "дом").Press("Найти").Sees("Таких снов нет").Click("Все сны").Sees("Пустой дом")
		b.Visit("/dreams?day=2026-03-01").Sees("над городом").SeesNot("Пустой дом")
		for _, odd := range []string{"?q=%27%22%26%7C", "?tag=x", "?tag=999999", "?day=2026-99-99", "?below=x_y", "?below=2026-01-01_0", "?q=" + url.QueryEscape(strings.Repeat("слово ", 300))} {
			b.Visit("/dreams" + odd).Wants(200)
		}
	})
	t.Run("L01 a long journal goes on by «Показать ещё», also where it is narrowed", func(t *testing.T) {
		petr := site.Account(dbtest.Petr)
		for i := range db.DreamsPage + 3 {
			site.Dreamt(t, petr, fmt.Sprintf("Сон %03d про реку", i), "река")
		}
		b := site.As(dbtest.Petr).With(t)
		for _, list := range []string{"/dreams", "/dreams?q=" + url.QueryEscape("реки"), fmt.Sprintf("/dreams?tag=%d", must(site.DreamTags(t.Context(), petr.ID))[0].ID)} {
			b.Visit(list).SeesNot("Сон 002").Click("Показать ещё").Sees("Сон 002").Sees("Сон 000").SeesNot("Сон 003").SeesNot("Показать ещё")
		}
	})
	t.Run("L01 the calendar counts nights, words and tags, and leads to the day", func(t *testing.T) {
		b := site.As(dbtest.Vera).With(t).Visit("/dreams/calendar").Sees("Ночи со снами по месяцам").Sees("Теги по месяцам")
		b.Click("2 марта 2026: 2 сна").Sees("Пустой дом").SeesNot("над городом")
		b.Visit("/dreams/calendar?year=2019").Sees("снов не записано").Visit("/dreams/calendar?year=x&month=99").Wants(200).Sees("Март")
	})
	t.Run("L01 all of it is taken along as Markdown and JSON", func(t *testing.T) {
		got := site.As(dbtest.Vera).Do("GET", "/dreams/export", "", nil).Wants(200)
		archive, err := zip.NewReader(strings.NewReader(got.Body), int64(len(got.Body)))
		if err != nil || got.Header("Content-Type") != "application/zip" || !strings.HasPrefix(got.Header("Content-Disposition"), "attachment") {
			t.Fatal(err, got.Headers())
		}
		content := map[string]string{}
		for _, file := range archive.File {
			r := must(file.Open())
			content[file.Name] = string(must(io.ReadAll(r)))
		}
		var all []map[string]any
		if err := json.NewDecoder(bytes.NewBufferString(content["journal.json"])).Decode(&all); err != nil || len(all) != 3 || len(content) != 4 {
			t.Fatal(err, len(all), len(content))
		}
		trees := content[fmt.Sprintf("dreams/2026-03-02-%v.md", all[1]["id"])]
		if all[1]["text"] != "Зелёная ёлка и две сестры" || fmt.Sprint(all[1]["tags"]) != "[лес семья]" || !strings.Contains(trees, "# Сон 2") || !strings.Contains(trees, "Теги: лес, семья") {
			t.Errorf("%v\n%s", all[1], trees)
		}
	})
	t.Run("L02 sent to an expert without a name, interpreted, published with consent and taken back", func(t *testing.T) {
		dream := site.Dreamt(t, boris, "Поезд без **окон** и без дверей", "поезд, тайна")
		b := site.As(dbtest.Boris).With(t).Visit(dream.ID.Path()).Sees("Сейчас этот сон видите только Вы").Press("Отправить на толкование").Sees("Сон отправлен на толкование").Sees("Отправлен").SeesNot("Изменить")
		b.Visit(dream.ID.Path() + "/edit").Wants(422).Sees("текст менять нельзя")
		site.Work()
		irina := site.As(dbtest.Irina).With(t).Visit("/staff/dreams").Sees("Сны 1").Within("#" + dream.ID.Topic()).Click("Открыть")
		irina.Sees("Поезд без окон").SeesNot("Борис").SeesNot("boris@").SeesNot("тайна").SeesNot("Отклонить")
		if strings.Contains(irina.Body(), boris.ID.Number()) || strings.Contains(irina.Body(), "тайна") {
			t.Error("the page says whose dream it is")
		}
		irina.Press("Отправить толкование").Wants(422).Sees("Напишите толкование")
		irina.Fill("answer", "Поезд — это *путь*.").Press("Отправить толкование").At("/staff/dreams").Sees("Толкование отправлено").Sees("Снов здесь нет")
		site.Work()
		b.Visit("/dev/mail").Click("[№D" + db.Numbered(dream.ID) + "] Ответ на Ваш сон").Sees("толкование Вашего сна").SeesNot("Поезд").Sees("dreams/" + fmt.Sprint(int64(dream.ID)))
		b.Visit(dream.ID.Path()).Sees("Поезд — это путь.").Sees("Есть толкование").SeesNot(dbtest.Irina.Name)
		nina := site.As(dbtest.Nina).With(t).Visit("/staff/dreams?queue=answered").Click("Открыть").SeesNot("Опубликовать")
		b.Press("Разрешить публикацию").Sees("Спасибо!")
		nina.Reload().Click("Опубликовать").Within("main .pop-body").Press("Опубликовать")
		nina.Sees("опубликован без имени").Visit("/staff/dreams?queue=published").Sees("Поезд")
		guest := site.Guest().With(t).Visit("/dreambook").Click("Поезд без окон").Sees("Поезд — это путь.").SeesNot("Борис")
		if strings.Contains(guest.Body(), "тайна") || strings.Contains(guest.Body(), boris.ID.Number()) {
			t.Error("the book says whose dream it is")
		}
		b.Visit(dream.ID.Path()).Sees("Опубликован").Press("Отозвать разрешение").Sees("Разрешение отозвано").Sees("Снят с публикации")
		guest.Reload().Wants(404).Visit("/dreambook").SeesNot("Поезд")
		nina.Visit(fmt.Sprintf("/staff/dreams/%d", dream.ID)).SeesNot("Опубликовать")
	})
	t.Run("L02 declined with a reason; whoever is second keeps the text", func(t *testing.T) {
		dream := site.SentDream(t, boris, "Купите слона", true)
		path := fmt.Sprintf("/staff/dreams/%d", dream.ID)
		irina, nina := site.As(dbtest.Irina).With(t).Visit(path).Fill("answer", "Слон — это сила"), site.As(dbtest.Nina).With(t).Visit(path)
		nina.Press("Отклонить").Wants(422).Sees("Напишите, почему").Fill("reason", "Это реклама").Press("Отклонить").Sees("Сон отклонён")
		irina.Press("Отправить толкование").Wants(409).Sees("уже что-то сделали").Shows("answer", "Слон — это сила")
		site.As(dbtest.Boris).With(t).Visit(dream.ID.Path()).Sees("Сон остался без толкования").Sees("Это реклама").Sees("Не опубликован")
		nina.Visit("/staff/dreams?queue=declined").Click("Открыть").Sees("Это реклама")
	})
	t.Run("L02 an editor takes back what was published, and a deleted dream is gone everywhere", func(t *testing.T) {
		dream := site.DreamInBook(t, boris, "Зеркало в саду")
		site.As(dbtest.Nina).With(t).Visit(fmt.Sprintf("/staff/dreams/%d", dream.ID)).Press("Снять с публикации").Sees("больше не опубликован")
		site.Guest().With(t).Visit(fmt.Sprintf("/dreambook/%d", dream.ID)).Wants(404)
		b := site.As(dbtest.Boris).With(t).Visit(dream.ID.Path())
		b.Click("Удалить сон").Within("main .pop-body").Press("Удалить сон")
		b.At("/dreams").Sees("Сон удалён").SeesNot("Зеркало")
		site.As(dbtest.Nina).With(t).Visit(fmt.Sprintf("/staff/dreams/%d", dream.ID)).Wants(404)
	})
	t.Run("L03 tags are set on the dream, suggested, renamed, merged and deleted", func(t *testing.T) {
		b := site.As(dbtest.Vera).With(t).Visit(lastDream(t, site, dbtest.Vera).ID.Path()).Shows("tags", "дом").Fill("tags", strings.Repeat("я", 51)).Press("Сохранить теги").Wants(422).Sees("50 знаков").Shows("tags", strings.Repeat("я", 51))
		b.Fill("tags", "#дом, окно, Дом").Press("Сохранить теги").Sees("Теги сохранены").Shows("tags", "дом, окно")
		if lines := b.Find(`#tag-lines option[value="дом, окно, лес"]`); len(lines) != 1 {
			t.Error(b.Body())
		}
		b.Do("POST", "/dreams/tags/completion", "tags="+url.QueryEscape("лес, СЕ"), nil).Wants(200).SeesNot("поезд")
		b.Visit("/dreams/tags").Click("Изменить окно").Fill("name", "лес").Press("Переименовать").Wants(422).Sees("Такой тег уже есть").Fill("name", "окна").Press("Переименовать").Sees("Тег переименован").Sees("окна")
		b.Click("Изменить окна").Choose("into", "семья").Press("Объединить").Sees("стал один").SeesNot("окна")
		b.Click("Изменить лес").Click("Удалить тег").Within("main .pop-body").Press("Удалить тег")
		b.At("/dreams/tags").Sees("Тег удалён").SeesNot("лес").Sees("семья Снов2")
	})
	t.Run("L02 a draft is kept while it is typed, and two windows do not overwrite each other", func(t *testing.T) {
		b := site.As(dbtest.Boris).With(t)
		form := url.Values{"key": {formKey()}, "body": {"Плы"}, "day": {"2026-03-02"}, "lucidity": {"none"}, "version": {"0"}}
		b.Do("POST", "/dreams/draft", form.Encode(), nil).Wants(200).Sees("Черновик сохранён в")
		form.Set("body", "Плыву")
		b.Do("POST", "/dreams/draft", form.Encode(), nil).Wants(200)
		dream := lastDream(t, site, dbtest.Boris)
		if dream.Body != "Плыву" {
			t.Error(dream.Body)
		}
		one, two := b.Visit(dream.ID.Path()+"/edit"), site.As(dbtest.Boris).With(t).Visit(dream.ID.Path()+"/edit")
		two.Fill("body", "Плыву домой").Press("Записать").Sees("Сон записан")
		one.Fill("body", "Плыву к морю").Press("Записать").Wants(409).Sees("изменили в другом окне").Shows("body", "Плыву к морю")
		one.Press("Записать").Sees("Сон записан").Sees("Плыву к морю")
	})
	t.Run("L02 what a dream says, and what is said of it, is only text", func(t *testing.T) {
		dream := site.SentDream(t, vera, `<script>alert(1)</script> [x](javascript:alert(2)) ![y](https://evil.example/p.png) <a href="/x" hx-post="/dreams">z</a>`, true)
		if err := site.AnswerDream(t.Context(), site.Account(dbtest.Nina), dream.ID, `<b onclick=alert(3) style="x">Жирный</b>`); err != nil {
			t.Fatal(err)
		}
		site.Work()
		for _, page := range []*webtest.Browser{site.As(dbtest.Vera).With(t).Visit(dream.ID.Path()), site.As(dbtest.Nina).With(t).Visit(fmt.Sprintf("/staff/dreams/%d", dream.ID))} {
			for _, odd := range []string{"<script>alert", "javascript:", "evil.example", "onclick=", `style="`, `hx-post="/dreams"`} {
				for _, prose := range page.Find(".prose") {
					if strings.Contains(inner(prose), odd) {
						t.Errorf("%s got through", odd)
					}
				}
			}
			if len(page.Find(".prose")) != 2 {
				t.Error("it was not drawn")
			}
		}
	})
}
