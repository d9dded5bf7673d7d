package handlers_test

import (
	"testing"

	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

// TestModules switches off what a magazine does not need, and on again.
func TestModules(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	order := site.PricedOrder(t, vera, dbtest.Boots)
	anna, customer := site.As(dbtest.Anna), site.As(dbtest.Vera)
	const modules = "/staff/settings/modules"
	off := func(t *testing.T, name string) *webtest.Browser {
		page := anna.With(t).Visit(modules).Within("#module-" + name).Click("Выключить")
		return page.Within("#module-" + name).Press("Выключить")
	}

	t.Run("P01 only an admin decides what there is", func(t *testing.T) {
		for _, who := range []dbtest.Person{dbtest.Vera, dbtest.Petr, dbtest.Olga} {
			site.As(who).With(t).Visit(modules).Wants(404)
			site.As(who).With(t).Do("POST", modules+"/parcels/switch", "", nil).Wants(404)
		}
		anna.With(t).Visit("/staff/settings").Click("Разделы").At(modules).Sees("Покупки и посылки").Sees("Сборка, отправка, трек-номера")
		anna.With(t).Do("POST", modules+"/nothing/switch", "", nil).Wants(404)
	})
	t.Run("P01 what others need can not be switched off, and what lacks something can not be switched on", func(t *testing.T) {
		for _, needed := range []string{"balance", "orders"} {
			off(t, needed).Sees("Этот раздел нужен другому")
		}
		customer.With(t).Visit("/balance").Wants(200)
	})
	t.Run("P01 a module that is off is mentioned nowhere, and its pages do not exist", func(t *testing.T) {
		desk := site.As(dbtest.Petr).With(t)
		desk.Visit("/staff/assembly").Wants(200)
		off(t, "parcels").Sees("Сохранено").Within("#module-parcels").Sees("Выключен")
		customer.With(t).Visit("/").SeesNot("Посылки").Sees("Мои заказы")
		customer.With(t).Visit("/parcels").Wants(404)
		site.Guest().With(t).Visit("/parcels").Wants(404)
		desk.Visit("/staff/assembly").Wants(404)
		desk.Visit("/staff").SeesNot("Сборка")
		off(t, "orders").Sees("Сохранено")
		off(t, "balance").Sees("Сохранено")
		customer.With(t).Visit("/").SeesNot("заказ").SeesNot("Баланс").Sees("Настройки")
		for _, path := range []string{"/orders", orderURL(order), "/balance", "/balance/top-up"} {
			customer.With(t).Visit(path).Wants(404)
		}
		anna.With(t).Visit(modules).Within("#module-parcels").Press("Включить").Sees("Этому разделу нужен другой")
	})
	t.Run("P01 what was kept is there again when it is on again, and the history says who", func(t *testing.T) {
		for _, name := range []string{"balance", "orders", "parcels"} {
			anna.With(t).Visit(modules).Within("#module-" + name).Press("Включить").Sees("Сохранено")
		}
		customer.With(t).Visit("/orders").Sees(order.ID.Number())
		site.As(dbtest.Petr).With(t).Visit("/staff/assembly").Wants(200)
		anna.With(t).Visit("/staff/settings/changes").Sees("Раздел «Посылки»").Sees("Анна Главная")
	})
}
