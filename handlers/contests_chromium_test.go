package handlers_test

import (
	"fmt"
	"testing"

	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

// TestContestsInChromium enters, judges and ends a contest on pages that stay open, and looks at every screen of it.
func TestContestsInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera, nina := site.Window(t, dbtest.Vera), site.Window(t, dbtest.Nina)
	site.Address(t, site.Account(dbtest.Vera))
	form := site.ContestForm()
	form.Rules = "Пишите **просто**.\n\n- не больше страницы,\n- только то, что ещё не печаталось.\n\nЖюри не знает Ваших имён."
	form.Criteria = "Сюжет\nЯзык\nНеожиданность"
	contest := site.Contest(t, form)
	picture := dbtest.Upload(dbtest.Snapshot(900, 600))
	for i, who := range []dbtest.Person{dbtest.Boris, dbtest.Petr, dbtest.Olga} {
		site.Entered(t, site.Account(who), contest, []string{"Утро без четверти", "Тишина", "Снег идёт домой"}[i], picture)
	}
	desk := fmt.Sprintf("/staff/contests/%d", contest.ID)
	look := func(w *webtest.Window, name string) {
		webtest.EveryLook(w, nil)
		for _, width := range []int{375, 1280} {
			shoot(w.Size(width), width, "/contests-"+name)
		}
	}

	t.Run("K01 what was typed survives a refusal in place, and a page left by mistake", func(t *testing.T) {
		w := vera.With(t).Visit(contest.ID.Path()).Fill("title", "Белая ночь").Fill("shown_as", "").Check("Показать мою работу").Press("Отправить на конкурс").Wants(422).Sees("Напишите имя").Shows("title", "Белая ночь")
		look(w, "enter")
		w.Answers(true).Visit("/contests").Visit(contest.ID.Path()).Shows("title", "Белая ночь")
		w.Fill("body", "Была ночь, и она не кончалась.\n\nСнег светился сам, и окна гасли одно за другим.").Fill("shown_as", "Зимняя сова").Check("Показать мою работу").
			Attach("picture", shot("night.jpg", dbtest.Snapshot(800, 500))).Press("Отправить на конкурс").Sees("Работа принята").Sees("Участвует")
		look(w, "entry")
		look(w.Visit("/contests"), "list")
	})
	entry := lastEntry(t, site, dbtest.Vera)
	t.Run("K02 the jury goes down the table by keyboard, and an entrant's open page follows", func(t *testing.T) {
		open := vera.With(t).Visit(entry.ID.Path())
		stay(open)
		desk := nina.With(t).Visit(desk)
		look(desk, "desk-open")
		desk.Click("Закончить приём").Within("main .pop-body").Press("Закончить приём")
		open.Sees("Приём закончен, жюри читает работы")
		stayed(t, open)
		desk.Sees("Имён здесь нет").Sees("4 работы ещё никто не оценил")
		stay(desk)
		for i, scores := range [][]string{{"7", "8", "6"}, {"9", "9", "8"}, {"7", "7", "7"}, {"8", "8", "7"}} {
			row := fmt.Sprintf("#contest-entry-%d", 1001+i)
			if i == 0 {
				desk.Evaluate("document.querySelector('[data-next]').focus()", nil)
			}
			desk.Focuses(row + " input") // after the first, by itself
			for j, score := range scores {
				desk.Type(score)
				if j < len(scores)-1 {
					desk.Keys("Tab")
				}
			}
			desk.Keys("Enter").Within(row).Sees(map[int]string{0: "7,0", 1: "8,7", 2: "7,0", 3: "7,7"}[i])
		}
		stayed(t, desk)
		desk.Within("#contest-entry-1001").Fill("Язык", "11").Press("Оценить")
		desk.Wants(422).Sees("От 1 до 10")
		look(desk.Reload(), "desk-judging")
		look(desk.Click("Тишина"), "desk-entry")
	})
	t.Run("K02 the results are announced; the winner chooses where the book goes, and it is marked as sent", func(t *testing.T) {
		open := vera.With(t).Visit(entry.ID.Path())
		stay(open)
		desk := nina.With(t).Visit(desk).Shows("place.1", "№ 2 «Тишина» · 8,7").Click("Объявить итоги").Press("Да, объявить")
		desk.Sees("Итоги объявлены")
		open.Sees("2 место").Sees("Выберите адрес")
		look(open, "won")
		open.Press("Отправить сюда").Sees("Мы отправим приз на этот адрес")
		look(desk.Reload(), "desk-finished")
		desk.Press("Приз отправлен").Sees("Отправлен 02.03.2026")
		open.Sees("Приз отправлен 2 марта 2026")
		look(open.Visit(contest.ID.Path()).Click("Читать работу «Белая ночь»"), "results")
		look(open.Visit("/contests"), "mine")
		look(open.Visit("/contests/results"), "archive")
		look(open.Visit("/settings/notifications"), "notifications")
		open.Within("#mail-25").Press("Не присылать")
		open.Within("#mail-25").Sees("Не приходит")
	})
	t.Run("K01 the form of a contest grows by a place and shows its rules in place", func(t *testing.T) {
		w := nina.With(t).Visit("/staff/contests/new").Press("Сохранить").Wants(422).Sees("Напишите название")
		w.Fill("title", "Весенний снимок").Fill("rules", "Один **кадр**.").Press("Ещё место").Sees("4 место: баллы").Shows("rules", "Один **кадр**.").Press("Посмотреть").Sees("Один кадр.")
		look(w, "desk-new")
		w.Answers(true).Visit("/staff/contests?status=finished").Sees("Зимний рассказ")
		look(w, "desk-list")
	})
}
