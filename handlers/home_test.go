package handlers_test

import (
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

// magazineDays are what can happen to a reader: a question and an answer of a specialist, a prize, a dream that was
// interpreted, a subscription of which one issue is left.
func (s *site) magazineDays(t *testing.T) {
	t.Helper()
	vera, irina := s.Account(dbtest.Vera), s.Specialist(t, dbtest.Irina, "Ирина, психолог")
	s.Subscription(t, vera, db.FormatPDF, 6)
	for number := 51; number <= 55; number++ {
		s.Clock.Pass(time.Hour)
		s.DeliveredIssue(t, number)
	}
	s.Clock.Pass(time.Hour)
	s.DreamInBook(t, vera, "Синий поезд")
	contest := s.Contest(t, s.ContestForm())
	s.Won(t, contest, s.Entered(t, s.Account(dbtest.Boris), contest, "Утро").ID, s.Entered(t, vera, contest, "Тихая ночь").ID)
	for _, asks := range []bool{true, false} {
		s.Clock.Pass(time.Hour)
		subject := map[bool]string{true: "Переезд", false: "Сон о доме"}[asks]
		consultation := s.Consulted(t, vera, irina, subject)
		answer := s.ConsultationAnswer(t, consultation.ID, "Дом — это **Вы**. А вокзал?")
		if answer.Act = "answer"; asks {
			answer.Act = "ask"
		}
		if err := s.AnswerConsultation(t.Context(), irina, consultation.ID, answer, nil); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMagazineHome(t *testing.T) {
	site := open(t)
	site.Account(dbtest.Vera)
	site.magazineDays(t)
	b := site.As(dbtest.Vera).With(t)

	t.Run("P03 what waits for a reader stands on the first page, with the way to do it", func(t *testing.T) {
		for _, task := range []struct{ what, act, there string }{
			{"Специалист задал Вам вопрос", "Ответить", "Переезд"},
			{"Есть ответ специалиста", "Прочитать", "Дом — это"},
			{"куда прислать приз?", "Выбрать адрес", "Тихая ночь"},
			{"Остался 1 выпуск", "Продлить", "Оформить подписку"},
		} {
			b.Visit("/").Within(".waiting-list").Sees(task.what).Click(task.act).Sees(task.there)
		}
	})
	t.Run("P03 what has changed is told, the last first", func(t *testing.T) {
		timeline := b.Visit("/").Within(".timeline")
		for _, event := range []string{"Консультация «Сон о доме»: Есть ответ", "Сон от", "2 место", "Вышел № 55 журнала"} {
			timeline.Sees(event)
		}
	})
	t.Run("P03 nothing of it is another's, and nothing of a module that is off", func(t *testing.T) {
		site.As(dbtest.Boris).With(t).Visit("/").Within("#home").SeesNot("Есть ответ").SeesNot("приз?").SeesNot("Вышел №")
		for _, module := range []db.ModuleName{db.ConsultationsModule, db.ContestsModule, db.SubscriptionModule, db.DreamsModule} {
			if err := site.SwitchModule(t.Context(), site.Account(dbtest.Anna), module, false); err != nil {
				t.Fatal(err)
			}
		}
		b.Visit("/").SeesNot("Есть ответ").SeesNot("приз?").SeesNot("Вышел №").SeesNot("Сон от").SeesNot("Продлить")
	})
}

func TestMagazineHomeInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	site.Account(dbtest.Vera)
	site.magazineDays(t)
	home := site.Window(t, dbtest.Vera).Visit("/").Sees("Специалист задал Вам вопрос")
	webtest.EveryLook(home, shots(home, "magazine-home"))
	home.Clean()
}
