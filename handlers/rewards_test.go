package handlers_test

import (
	"net/url"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

func TestPromoCodes(t *testing.T) {
	site := open(t)
	site.Account(dbtest.Vera)
	t.Run("P04 Olga makes a code, is told what is wrong with it, and ends it", func(t *testing.T) {
		b := site.As(dbtest.Olga).With(t).Visit("/staff/rewards").Sees("Промокодов ещё нет").Click("Новый промокод").Fill("code", "a b").Press("Сохранить").Wants(422).
			Sees("От 4 до 24 знаков").Shows("code", "a b")
		b.Fill("code", "весна-26").Fill("title", "Подарок <b>к весне</b>").Fill("amount", "100").Fill("most_uses", "1").Press("Сохранить").At("/staff/rewards").
			Sees("Сохранено").Sees("ВЕСНА-26").Sees("100 баллов").Sees("1, было 0").Sees("Действует")
		b.Visit("/staff/rewards/new").Fill("code", "ВЕСНА-26").Fill("title", "Ещё раз").Fill("amount", "5").Press("Сохранить").Wants(422).Sees("Такой код уже есть")
		stale := site.As(dbtest.Anna).With(t).Visit("/staff/rewards/101")
		b.Visit("/staff/rewards/101").Fill("most_uses", "2").Press("Сохранить").Sees("2, было 0")
		stale.Fill("amount", "150").Press("Сохранить").Wants(409).Sees("изменил кто-то другой").Shows("amount", "150").Press("Сохранить").Sees("150 баллов")
		b.Visit("/staff/rewards/999").Wants(404)
	})
	t.Run("P04 Vera enters it, reads why in her wallet, and it works once", func(t *testing.T) {
		b := site.As(dbtest.Vera).With(t).Visit("/wallet").Click("Бонусы и промокоды").Fill("code", "nothing").Press("Применить").Wants(422).Sees("Такого кода нет").Shows("code", "nothing")
		b.Fill("code", " весна-26").Press("Применить").At("/rewards").Sees("Готово: баллы в кошельке.").Sees("Подарок <b>к весне</b>").Sees("+150 баллов")
		b.Fill("code", "ВЕСНА-26").Press("Применить").Wants(422).Sees("Вы уже использовали этот код")
		b.Visit("/wallet").Sees("Бонус: Подарок <b>к весне</b>, ВЕСНА-26").Sees("+150")
	})
	t.Run("P04 euros stand in the history of the balance with their reason, and can be picked there", func(t *testing.T) {
		form := dbtest.Spring()
		form.Code, form.Gives, form.Amount, form.Title = "EURO", db.GivesBalance, "5", "Извинение"
		site.Promotion(t, form)
		b := site.As(dbtest.Boris).With(t).Visit("/").Click("Бонусы и промокоды").Fill("code", "euro").Press("Применить").Sees("Готово: деньги на балансе.").Sees("+5,00 €")
		b.Visit("/balance").Choose("Вид", "Бонус").Press("Показать").Sees("Бонус: Извинение, EURO").Sees("+5,00 €").Click("1").Sees("Причина Извинение, EURO")
	})
	t.Run("P04 without a proved address there is the button for the proof, and no code", func(t *testing.T) {
		lena := register(site.Guest().With(t), "lena@example.test").Visit("/rewards").Sees("Сначала подтвердите электронную почту").Sees("Промокод даётся одному человеку")
		lena.Do("POST", "/rewards/codes", url.Values{"code": {"EURO"}, "key": {formKey()}}.Encode(), nil).Wants(422)
	})
	t.Run("P04 a code that is ended is good for nothing", func(t *testing.T) {
		site.As(dbtest.Olga).With(t).Visit("/staff/rewards/101").Click("Завершить сейчас").Press("Завершить сейчас").At("/staff/rewards").Sees("Акция завершена.").Sees("Завершён")
		site.As(dbtest.Boris).With(t).Visit("/rewards").Fill("code", "ВЕСНА-26").Press("Применить").Wants(422).Sees("Такого кода нет, или он больше не действует")
	})
}

func TestRewardsInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	site.Account(dbtest.Vera)
	t.Run("P04 a code is entered in place, and every screen reads well in every look", func(t *testing.T) {
		desk := site.Window(t, dbtest.Olga).With(t).Visit("/staff/rewards/new").Fill("code", "!").Press("Сохранить").Wants(422).Sees("От 4 до 24 знаков")
		webtest.EveryLook(desk, nil)
		desk.Fill("code", "vesna 26").Fill("title", "Подарок к весне").Fill("amount", "100").Press("Сохранить").At("/staff/rewards").Sees("VESNA26")
		webtest.EveryLook(desk, nil)
		for _, width := range []int{375, 1280} {
			shoot(desk.Size(width), width, "/staff/rewards")
		}
		desk.Visit("/staff/rewards/101")
		webtest.EveryLook(desk, nil)
		for _, width := range []int{375, 1280} {
			shoot(desk.Size(width), width, "/staff/rewards/101")
		}
		page := site.Window(t, dbtest.Vera).With(t).Visit("/rewards").Fill("code", "весна").Press("Применить").Wants(422).Sees("Такого кода нет")
		webtest.EveryLook(page, nil)
		page.Fill("code", "vesna26").Press("Применить").Sees("Готово: баллы в кошельке.").Sees("+100 баллов")
		webtest.EveryLook(page, nil)
		for _, width := range []int{375, 1280} {
			shoot(page.Size(width), width, "/rewards")
		}
	})
}
