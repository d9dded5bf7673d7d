package handlers_test

import (
	"testing"

	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

func TestOperatorInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	anna := site.Window(t, dbtest.Anna)

	t.Run("D09 prices pasted from a spreadsheet are seen beside the old ones, and saved in place", func(t *testing.T) {
		page := anna.With(t).Visit("/staff/settings/methods/hermes/tariffs")
		page.Fill("prices", "кг\tde\n1\t4,29\n5\tпять\n10\t9,99\n25\t16,99").Press("Проверить").Wants(422).Sees("Строка 3").Sees("Цена должна быть числом")
		page.Fill("prices", "кг\tde\n1\t4,29\n5\t5,99\n10\t9,99\n25\t16,99").Press("Проверить").Sees("Так изменятся цены").Sees("3,99 € → 4,29 €")
		webtest.EveryLook(page, nil)
		page.Press("Сохранить цены").Sees("Сохранено").Sees("Цены с 3 марта 2026").Sees("Последние изменения")
		page.Clean()
	})
	t.Run("what is different meanwhile is read in place, and switched in place", func(t *testing.T) {
		one, two := anna.With(t).Visit("/staff/settings/methods/gls"), anna.Tab().With(t).Visit("/staff/settings/methods/gls")
		one.Fill("max_weight", "35").Press("Сохранить").Sees("Сохранено")
		two.Fill("max_weight", "30").Press("Сохранить").Wants(409).Sees("изменил кто-то ещё").Shows("max_weight", "30")
		webtest.EveryLook(two, nil)
		two.Press("Сохранить").Sees("35 → 30")
		list := one.Visit("/staff/settings")
		list.Within("#method-dpd").Click("Выключить")
		list.Within("#method-dpd .pop-body").Press("Выключить")
		list.Within("#method-dpd").Sees("выключен").Press("Включить").At("/staff/settings")
		list.Within("#method-dpd").Sees("предлагается")
	})
	t.Run("every screen of the operator reads well in every look", func(t *testing.T) {
		page := anna.With(t)
		page.Visit("/staff/settings/methods/dhl_paket").Fill("max_weight", "много").Press("Сохранить").Wants(422).Sees("Введите число")
		webtest.EveryLook(page, nil)
		for _, path := range []string{
			"/staff/settings", "/staff/settings/methods/dhl_express", "/staff/settings/methods/hermes/tariffs", "/staff/settings/methods/ems/tariffs", "/staff/settings/methods/cdek_courier/fields",
			"/staff/settings/methods/cdek_courier/field?field=passport_number&country=RU", "/staff/settings/methods/spedition/departures",
			"/staff/settings/carriers", "/staff/settings/carriers/dhl_de", "/staff/settings/tracker", "/staff/settings/holidays",
			"/staff/settings/holidays?calendar=ru&year=2027", "/staff/settings/payment-details", "/staff/settings/changes",
		} {
			webtest.EveryLook(page.Visit(path), nil)
			for _, width := range []int{375, 1280} {
				shoot(page.Size(width), width, path)
			}
		}
	})
}
