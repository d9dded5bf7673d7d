package handlers_test

import (
	"net/url"
	"testing"
	"time"

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

func TestInvitationsAndLevels(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	t.Run("P04 Olga edits the rules, is told what is wrong line by line, and reads what was before", func(t *testing.T) {
		site.As(dbtest.Vera).With(t).Visit("/rewards").SeesNot("Пригласить друга").SeesNot("Мой уровень").Sees("Промокодов Вы ещё не вводили")
		b := site.As(dbtest.Olga).With(t).Visit("/staff/rewards").Click("Правила бонусов").Fill("inviter_points", "200").Fill("invited_points", "100").Fill("least_spent", "50").
			Fill("levels", "Бронза; 0; 1\nСеребро 2").Press("Сохранить").Wants(422).Sees("Исправьте строки").Sees("Строка 2").Sees("Нужны название").Shows("inviter_points", "200")
		b.Fill("levels", "Бронза; 0; 1\nСеребро; 500; 2").Press("Сохранить").At("/staff/rewards/rules").Sees("Сохранено").Sees("Последние изменения").Sees("Баллов тому, кто пригласил: 0 → 200")
		stale := site.As(dbtest.Anna).With(t).Visit("/staff/rewards/rules")
		b.Fill("wait_days", "7").Press("Сохранить").Sees("Сохранено")
		stale.Fill("inviter_points", "250").Press("Сохранить").Wants(409).Shows("inviter_points", "250")
		site.As(dbtest.Nina).With(t).Visit("/staff/rewards/rules").Wants(404)
	})
	t.Run("P04 Vera sends her link, and the form of whoever follows it remembers that over every mistake", func(t *testing.T) {
		b := site.As(dbtest.Vera).With(t).Visit("/rewards").Sees("Вам 200 баллов").Sees("Другу 100 баллов").Sees("Через 7 дней после того, как друг потратит 50,00 €").Sees("У Вас ещё нет ссылки").Press("Получить ссылку").At("/rewards")
		link := "/registration?invite=" + site.InvitedBy(t, vera)
		b.Sees("Пришли по ссылке 0").Sees(site.URL + link)
		lena := site.Guest().With(t).Visit(link).Fill("email", "lena@").Fill("password", dbtest.Password).Press("Зарегистрироваться").Wants(422)
		lena.Fill("email", "lena@example.test").Fill("password", dbtest.Password).Check("Я согласен").Press("Зарегистрироваться").At("/registration/address")
		site.Guest().With(t).Visit("/registration?invite=nobodys").Fill("email", "olya@example.test").Fill("password", dbtest.Password).Check("Я согласен").Press("Зарегистрироваться").At("/registration/address")
		b.Visit("/rewards").Sees("Пришли по ссылке 1").Sees("Принесли баллы 0")
		lena.Visit("/rewards").Sees("У Вас ещё нет ссылки").Sees("Подтвердить почту").SeesNot("Получить ссылку")
		lena.Do("POST", "/rewards/invitation", "", nil).Wants(422)
	})
	t.Run("P04 when both have deserved it, both read why in their wallets", func(t *testing.T) {
		boris := site.CameBy(t, "boris@example.test", site.InvitedBy(t, vera), true)
		site.PaidOrder(t, boris, dbtest.Boots)
		site.Clock.Pass(8 * 24 * time.Hour)
		if err := site.RewardReferrals(t.Context()); err != nil {
			t.Fatal(err)
		}
		b := site.As(dbtest.Vera).With(t).Visit("/rewards").Sees("Пришли по ссылке 2").Sees("Принесли баллы 1").Visit("/wallet").Sees("Бонус: За приглашённого друга").Sees("+200")
		b.SeesNot("boris")
	})
	t.Run("P04 a month's purchases bring points by level, and the page says how far the next one is", func(t *testing.T) {
		site.As(dbtest.Vera).With(t).Visit("/rewards").Sees("Мой уровень Бронза").Sees("До уровня «Серебро» (1 € = 2 балла), €").Sees("0 из 500").Sees("Мы ещё не считали Ваши покупки")
		site.PaidOrder(t, vera, dbtest.Boots)
		site.Clock.Pass(40 * 24 * time.Hour)
		if err := site.StartTurnover(t.Context()); err != nil {
			t.Fatal(err)
		}
		site.Work()
		b := site.As(dbtest.Vera).With(t) // her session ended meanwhile
		b.Visit("/rewards").Sees("Март 2026").SeesNot("Мы ещё не считали").Sees("из 500")
		b.Visit("/wallet").Sees("Бонус: За покупки: 03.2026").Sees("× 1, Бронза")
	})
	t.Run("P01 without the wallet there are no bonuses anywhere", func(t *testing.T) {
		if err := site.SwitchModule(t.Context(), site.Account(dbtest.Anna), db.WalletModule, false); err != nil {
			t.Fatal(err)
		}
		site.As(dbtest.Vera).With(t).Visit("/rewards").Wants(404).Visit("/").SeesNot("Бонусы")
		site.As(dbtest.Olga).With(t).Visit("/staff/rewards").Wants(404)
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
		desk.Visit("/staff/rewards/rules").Fill("levels", "Бронза 1").Press("Сохранить").Wants(422).Sees("Строка 1")
		webtest.EveryLook(desk, nil)
		site.RewardsAre(t, dbtest.Generous())
		for _, width := range []int{375, 1280} {
			shoot(desk.Size(width).Visit("/staff/rewards/rules"), width, "/staff/rewards/rules")
		}
		site.PaidOrder(t, site.Account(dbtest.Vera), dbtest.Boots, dbtest.Mug)
		site.Clock.Pass(45 * 24 * time.Hour)
		if err := site.StartTurnover(t.Context()); err != nil {
			t.Fatal(err)
		}
		site.Work()
		page := site.Window(t, dbtest.Vera).With(t).Visit("/rewards")
		webtest.EveryLook(page, nil)
		page.Press("Получить ссылку").Sees("Пришли по ссылке").Fill("code", "весна").Press("Применить").Wants(422).Sees("Такого кода нет")
		webtest.EveryLook(page, nil)
		page.Fill("code", "vesna26").Press("Применить").Sees("Готово: баллы в кошельке.").Sees("+100 баллов")
		webtest.EveryLook(page, nil)
		for _, width := range []int{375, 1280} {
			shoot(page.Size(width), width, "/rewards")
		}
	})
}
