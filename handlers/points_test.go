package handlers_test

import (
	"net/url"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

func TestWallet(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	browser := site.As(dbtest.Vera)
	t.Run("J01 an empty wallet says what will be here, and offers to fill it", func(t *testing.T) {
		browser.With(t).Visit("/wallet").Sees("Баллы 0 1 балл = 1 ₽").Sees("Операций пока нет").Click("Пополнить").Sees("Купить баллы")
	})
	t.Run("J02 half a point is answered beside the field, and kept", func(t *testing.T) {
		browser.With(t).Visit("/wallet/top-up").Fill("Сколько баллов", "10,5").Press("Узнать цену").Wants(422).Sees("Введите целое число баллов").Shows("points", "10,5")
	})
	t.Run("J03 the price is said before anything is pressed, and what the balance lacks", func(t *testing.T) {
		browser.With(t).Visit("/wallet/top-up").Fill("Сколько баллов", "1000").Press("Узнать цену").Wants(200).
			Sees("10,83 €").Sees("На балансе не хватает 10,83 €").Sees("1 000,00 ₽").Click("Пополнить баланс").Shows("amount", "10,83")
		browser.With(t).Do("POST", "/wallet/purchase", url.Values{"points": {"1000"}, "cost": {"1083"}, "key": {formKey()}}.Encode(), nil).Wants(422)
	})
	t.Run("J03 a transfer is asked for, and its money becomes points when it has come", func(t *testing.T) {
		page := browser.With(t).Visit("/wallet/top-up?points=1000").Press("Выставить счёт").Wants(200).Sees("Счёт на баллы №").Sees("1 000,00 ₽").Sees("Баллы")
		page.Click("Мой кошелек").Sees("Ждём Ваш перевод").Sees("Баллы 0")
		browser.With(t).Visit("/balance").SeesNot("Ждём Ваш перевод")
		announced, err := site.TopUpsOf(t.Context(), vera.ID, site.Today())
		if err != nil || len(announced) != 1 {
			t.Fatal(announced, err)
		}
		site.Matched(t, site.Payment(1_000_00, db.RUB, announced[0].Reference))
		browser.With(t).Visit("/wallet").Sees("Баллы 1 000").Sees("+1 000").SeesNot("Ждём Ваш перевод").Sees("Пополнение: счёт № " + announced[0].ID.Number())
	})
	t.Run("J03 points are bought from the balance, in two clicks", func(t *testing.T) {
		site.TopUp(t, vera, 20_00)
		browser.With(t).Visit("/wallet/top-up?points=500").Press("Купить за 5,42 €").At("/wallet").Sees("Баллы в кошельке.").Sees("Баллы 1 500").Sees("Покупка баллов")
		browser.With(t).Visit("/balance").Sees("Доступно 14,58 €").Sees("Покупка баллов").Sees("−5,42 €")
	})
	t.Run("J03 a price that has changed since is said, and nothing is bought", func(t *testing.T) {
		browser.With(t).Do("POST", "/wallet/purchase", url.Values{"points": {"500"}, "cost": {"1"}, "key": {formKey()}}.Encode(), nil).Wants(422)
		browser.With(t).Visit("/wallet").Sees("Баллы 1 500")
	})
	t.Run("J02 finance gives points with a reason and a day, and the customer reads both", func(t *testing.T) {
		olga := site.As(dbtest.Olga).With(t)
		olga.Visit("/staff/points").Sees("Бонусов ещё не было").Fill("Номер клиента", vera.ID.Number()).Fill("points", "50").Fill("expires_on", "2026-02-01").Fill("За что", "Подарок к 8 марта").
			Press("Начислить").Wants(422).Sees("Этот день должен быть впереди").Shows("reason", "Подарок к 8 марта")
		olga.Fill("expires_on", "2026-05-01").Press("Начислить").At("/staff/points").Sees("Баллы начислены.").Sees("Вера").Sees("01.05.2026").Sees("Подарок к 8 марта")
		browser.With(t).Visit("/wallet").Sees("Баллы 1 550").Sees("50 из них сгорят 1 мая 2026").Sees("Бонус: Подарок к 8 марта").
			Click("3").Sees("Операция № 3").Sees("Осталось 50").Sees("Сгорают 01.05.2026").Sees("Сотрудник")
	})
	t.Run("J01 the history is narrowed, and its numbers are one's own", func(t *testing.T) {
		browser.With(t).Visit("/wallet").Choose("Вид", "Бонус").Press("Показать").Sees("+50").SeesNot("+500")
		site.As(dbtest.Boris).With(t).Visit("/wallet/3").Wants(404)
		browser.With(t).Visit("/wallet/4").Wants(404)
	})
	t.Run("J02 nobody else gives points", func(t *testing.T) {
		for _, who := range []dbtest.Person{dbtest.Vera, dbtest.Petr, dbtest.Nina} {
			site.As(who).With(t).Visit("/staff/points").Wants(404)
			site.As(who).With(t).Do("POST", "/staff/points", "", nil).Wants(404)
		}
	})
	t.Run("J03 without a balance there is nothing to buy points by", func(t *testing.T) {
		if _, err := site.Pool.Exec(t.Context(), "UPDATE modules SET enabled = false WHERE name IN ('balance', 'orders', 'parcels')"); err != nil {
			t.Fatal(err)
		}
		browser.With(t).Visit("/wallet").Sees("Баллы 1 550").SeesNot("Пополнить")
		browser.With(t).Visit("/wallet/top-up").Wants(404)
	})
}

func TestWalletInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera := site.Account(dbtest.Vera)
	site.TopUp(t, vera, 30_00)
	site.PointsCame(t, vera, 1000)
	site.Granted(t, vera, 50, "2026-05-01")
	t.Run("J03 points are bought in place, and every screen reads well in every look", func(t *testing.T) {
		page := site.Window(t, dbtest.Vera).With(t).Visit("/wallet/top-up").Fill("points", "много").Press("Узнать цену").Wants(422).Sees("Введите целое число баллов")
		webtest.EveryLook(page, nil)
		page.Fill("points", "500").Press("Узнать цену").Sees("5,42 €")
		webtest.EveryLook(page, nil)
		for _, width := range []int{375, 1280} {
			shoot(page.Size(width), width, "/wallet/top-up")
		}
		page.Press("Купить за 5,42 €").At("/wallet").Sees("Баллы 1 550")
		webtest.EveryLook(page, nil)
		for _, width := range []int{375, 1280} {
			shoot(page.Size(width), width, "/wallet")
		}
		webtest.EveryLook(page.Visit("/wallet/2"), nil)
	})
	t.Run("J02 points are given in place", func(t *testing.T) {
		page := site.Window(t, dbtest.Olga).With(t).Visit("/staff/points").Fill("customer", vera.ID.Number()).Fill("points", "0").Fill("reason", "Подарок").Press("Начислить").Wants(422).Sees("слишком мало")
		webtest.EveryLook(page, nil)
		page.Fill("points", "25").Press("Начислить").At("/staff/points").Sees("Баллы начислены.").Sees("не сгорают")
		webtest.EveryLook(page, nil)
		for _, width := range []int{375, 1280} {
			shoot(page.Size(width), width, "/staff/points")
		}
	})
}
