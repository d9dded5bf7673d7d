package handlers_test

import (
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

func TestOperator(t *testing.T) {
	site := open(t)
	vera, petr := site.Account(dbtest.Vera), site.Account(dbtest.Petr)
	site.Address(t, vera)
	site.TopUp(t, vera, 500_00)
	anna, customer := site.As(dbtest.Anna), site.As(dbtest.Vera)
	const dhl = "/staff/settings/methods/dhl_international"

	t.Run("only an admin keeps the tables, and finds them among the tabs", func(t *testing.T) {
		for _, who := range []dbtest.Person{dbtest.Vera, dbtest.Petr, dbtest.Olga, dbtest.Sveta} {
			for _, path := range []string{"/staff/settings", dhl, dhl + "/tariffs", "/staff/settings/payment-details", "/staff/settings/changes"} {
				site.As(who).With(t).Visit(path).Wants(404)
			}
			site.As(who).With(t).Do("POST", dhl+"/switch", "", nil).Wants(404)
		}
		site.As(dbtest.Petr).With(t).Visit("/staff").SeesNot("Настройки")
		anna.With(t).Visit("/staff").Click("Настройки").At("/staff/settings").Sees("Способы доставки").Click("История изменений").Sees("Пока ничего не меняли")
	})
	t.Run("D09 Анна raises the tariff from tomorrow: she sees old beside new before anything is saved", func(t *testing.T) {
		page := anna.With(t).Visit(dhl + "/tariffs").Sees("до 2,00 кг").Sees("26,49 €")
		page.Fill("Цены", "кг\tworld_1\n2\tтридцать\n5\t39,49\n10\t56,49\n20\t94,49\n31,5\t129,99").Press("Проверить").Wants(422)
		page.Sees("Строка 2").Sees("Цена должна быть числом больше нуля").Shows("Действует с", "2026-03-03")
		table := "кг\tworld_1\n2\t29,90\n5\t39,49\n10\t56,49\n20\t94,49\n31,5\t129,99"
		page.Fill("Цены", table).Fill("Действует с", "2026-03-02").Press("Проверить").Wants(422).Sees("Новые могут действовать с завтрашнего дня")
		page.Fill("Действует с", "2026-03-03").Press("Проверить").Wants(200).Sees("26,49 € → 29,90 €").SeesNot("Цены с 3 марта")
		page.Fill("Цены", strings.Replace(table, "29,90", "28,90", 1)).Press("Сохранить цены").Sees("26,49 € → 28,90 €").SeesNot("Цены с 3 марта")
		page.Press("Сохранить цены").Sees("Сохранено").Sees("Цены с 3 марта 2026").Sees("Анна Главная").Sees("2: 26,49")
		page.Back().Press("Сохранить цены").Sees("Сохранено")
		anna.With(t).Visit("/staff/settings/changes").Sees("DHL Paket International с 3 марта 2026")
	})
	t.Run("D09 a parcel packed today pays today's price, one of tomorrow the new one", func(t *testing.T) {
		today := site.Packs(t, petr, site.TakenParcel(t, vera, petr))
		customer.With(t).Visit(today.ID.Path()).Sees("26,49 €").SeesNot("28,90 €")
		site.Clock.Pass(24 * time.Hour)
		tomorrow := site.Packs(t, petr, site.TakenParcel(t, vera, petr))
		customer.With(t).Visit(tomorrow.ID.Path()).Sees("28,90 €").SeesNot("26,49 €")
		anna.With(t).Visit(dhl + "/tariffs").Within("#main .panel:first-of-type").Sees("28,90 €")
	})

	form := dbtest.AddressForm()
	form.Label, form.PassportNumber = "Дача", ""
	dacha := must(site.AddAddress(t.Context(), vera, form))
	var waiting db.Parcel
	t.Run("C04 she makes the passport required, and the parcel that waits gets its hold and mail-12", func(t *testing.T) {
		waiting = site.FormedParcel(t, vera)
		must(site.redirected(t, waiting, dacha))
		customer.With(t).Visit(waiting.ID.Path()).SeesNot("паспорта")
		page := anna.With(t).Visit(dhl + "/fields").Sees("обязательно").Click("Серия и номер паспорта, Россия: как везде")
		page.Shows("Страна", "Россия").Choose("Что нужно", "обязательно").Fill("Формат", "(").Press("Сохранить").Wants(422).Sees("Это не регулярное выражение").Shows("Формат", "(")
		page.Fill("Формат", `\d{4} \d{6}`).Fill("Пример", "4509 123456").Press("Сохранить").Sees("Сохранено").Sees("обязательно, 4509 123456")
		site.Work()
		customer.With(t).Visit(waiting.ID.Path()).Sees("серия и номер паспорта")
		customer.With(t).Visit(address("/addresses/%d", db.ParcelID(dacha.ID)) + address("?parcel=%d", waiting.ID)).Sees("Например: 4509 123456")
		if to, subject := site.lastMail(t); to != vera.Email || !strings.Contains(subject, "Не хватает") {
			t.Errorf("the last mail is %q to %s", subject, to)
		}
	})
	t.Run("C04 with the passport filled in, or the rule taken back, it moves on by itself", func(t *testing.T) {
		page := anna.With(t).Visit(dhl+"/field?field=passport_number&country=RU").Choose("Что нужно", "можно указать").Press("Сохранить").Sees("Сохранено")
		site.Work()
		customer.With(t).Visit(waiting.ID.Path()).Sees("Место в очереди: 1").Sees("Больше не мешает")
		page.Back().Choose("Что нужно", "обязательно").Press("Сохранить").Wants(409).Sees("изменил кто-то ещё").Sees("можно указать").Shows("Что нужно", "обязательно")
		page.Press("Сохранить").Sees("Сохранено")
	})
	t.Run("G04 a date is put on the schedule of the van, one that has passed is not", func(t *testing.T) {
		page := anna.With(t).Visit("/staff/settings/methods/spedition").Click("Рейсы").Sees("чт, 5 марта 2026")
		page.Fill("День", "2026-03-01").Press("Добавить").Wants(422).Sees("Этот день уже прошёл").Shows("День", "2026-03-01")
		page.Fill("День", "2026-03-07").Press("Добавить").Sees("сб, 7 марта 2026").Sees("у склада выходной").Sees("добавлено: 7 марта 2026")
		page.Within("#departure-2026-03-07").Click("Убрать")
		page.Within("#departure-2026-03-07 .pop-body").Press("Убрать").Sees("Убрано").SeesNot("сб, 7 марта")
		page.Click("Показать ещё").SeesNot("5 марта 2026")
	})
	t.Run("E20 she adds a day off, and the promise moves", func(t *testing.T) {
		page := anna.With(t).Visit("/staff/settings/holidays").Sees("Страстная пятница").Fill("День", "2026-03-04").Press("Добавить").Wants(422).Sees("Без этого нельзя сохранить").Shows("День", "2026-03-04")
		page.Fill("Название по-русски", "Переезд").Fill("Название по-английски", "Moving").Press("Добавить").Sees("ср, 4 марта 2026").Sees("Переезд")
		must(site.EditAddress(t.Context(), vera, dacha.ID, withPassport(dacha)))
		site.Work()
		parcel := site.Packs(t, petr, must(site.TakeNextParcel(t.Context(), petr)))
		customer.With(t).Visit(parcel.ID.Path()).Sees("5 марта 2026")
	})
	t.Run("a method is switched off and on, and moved", func(t *testing.T) {
		page := anna.With(t).Visit("/staff/settings")
		page.Within("#method-gls").Click("Выключить")
		page.Within("#method-gls .pop-body").Press("Выключить")
		page.Within("#method-gls").Sees("выключен").Press("Включить")
		page.Within("#method-gls").Sees("предлагается").Press("Выше: GLS")
		if text := page.Text(); strings.Index(text, "GLS") > strings.Index(text, "DPD") {
			t.Error("it has not moved")
		}
	})
	t.Run("two admins at one method: the second reads what the first has left, and decides", func(t *testing.T) {
		one, two := anna.With(t).Visit("/staff/settings/methods/ems"), anna.Tab().With(t).Visit("/staff/settings/methods/ems")
		one.Fill("Вес, до", "31,5").Press("Сохранить").Sees("Сохранено").Sees("Вес, до: 30 → 31,5")
		two.Fill("Вес, до", "20").Press("Сохранить").Wants(409).Sees("изменил кто-то ещё").Sees("31,5").Shows("Вес, до", "20")
		one.Visit("/staff/settings/methods/ems").Shows("Вес, до", "31,5")
		two.Press("Сохранить").Sees("Вес, до: 31,5 → 20")
		two.Fill("Название по-русски", "<script>alert(1)</script>").Fill("Вес, до", "-1").Press("Сохранить").Wants(422).Shows("Название по-русски", "<script>alert(1)</script>").Shows("Вес, до", "-1")
	})
	t.Run("H03 a carrier's page is tried with a number, and must be an https one", func(t *testing.T) {
		page := anna.With(t).Visit("/staff/settings/carriers").Click("DPD")
		if links := page.Find("a[target=_blank]"); len(links) != 1 {
			t.Errorf("%d links to try", len(links))
		}
		page.Fill("Страница отслеживания", "http://dpd.de/{n}").Press("Сохранить").Wants(422).Sees("Нужен адрес с https://")
		page.Fill("Страница отслеживания", "https://www.dpd.com/track?n={n}").Check("Ссылка не работает, не показывать").Press("Сохранить").Sees("Сохранено")
		anna.With(t).Visit("/staff/settings/carriers").Sees("https://www.dpd.com/track?n={n}").Sees("ссылка не работает")
		anna.With(t).Visit("/staff/settings/tracker").Fill("Страница отслеживания", "https://gdeposylka.ru/{n}").Press("Сохранить").Wants(422).Sees("{slug}")
	})
	t.Run("D06 new bank details stand on the invoice at once", func(t *testing.T) {
		invoice := site.GoodsInvoice(t, site.PricedOrder(t, site.Account(dbtest.Boris), dbtest.Boots))
		page := anna.With(t).Visit("/staff/settings/payment-details")
		euros := page.Within("#form-staff-settings-payment-details-EUR")
		euros.Fill("IBAN", "DE88 3704 0044 0532 0130 00").Press("Сохранить").Wants(422).Sees("В IBAN опечатка")
		page.Within("#form-staff-settings-payment-details-EUR").Fill("IBAN", "DE89 3704 0044 0532 0130 00").Press("Сохранить").Sees("Сохранено").Sees("DE19999999990000123456 → DE89370400440532013000")
		site.As(dbtest.Boris).With(t).Visit(invoice.ID.Path()).Sees("DE89 3704 0044 0532 0130 00")
	})
	t.Run("what is not there is not found, and hostile input is no fault of ours", func(t *testing.T) {
		for _, path := range []string{"/staff/settings/methods/pigeon", "/staff/settings/carriers/pigeon", "/staff/settings/methods/%00/tariffs", "/staff/settings/methods/'--/fields"} {
			anna.With(t).Do("GET", path, "", nil).Wants(404)
		}
		for path, body := range map[string]string{
			dhl + "/place": "position=99999999999999999999&up=on", dhl + "/tariffs": "prices=%00;1%0A2;%FF&valid_from=2026-04-01", dhl + "/zones": "zones=%00:%FF",
			dhl + "/field": "field=%00&country=%FF&level=%00&pattern=(%3F%3A&version=-1", dhl: "carrier=%00&name_ru=%FF", dhl + "/departures": "day=9999-99-99",
			"/staff/settings/holidays": "calendar=%00&day=2026-05-05&name_ru=%00", "/staff/settings/holidays/removal": "calendar=%00&day=2026-05-05",
			"/staff/settings/payment-details/USD": "account=%00", "/staff/settings/tracker": "tracking_url=%FF", dhl + "/tariffs/withdrawal": "valid_from=%00",
		} {
			if got := anna.With(t).Do("POST", path, body, map[string][]string{"Content-Type": {"application/x-www-form-urlencoded"}}); got.Status >= 500 {
				t.Errorf("%s: %d", path, got.Status)
			}
		}
	})
	if findings, err := site.Audit(t.Context()); err != nil || len(findings) > 0 {
		t.Error(findings, err)
	}
}

// redirected sends a parcel in the queue to another address, which Petr accepts.
func (s *site) redirected(t *testing.T, parcel db.Parcel, to db.Address) (db.Parcel, error) {
	t.Helper()
	if _, err := s.RedirectParcel(t.Context(), s.Account(dbtest.Vera), parcel.ID, to.ID); err != nil {
		return parcel, err
	}
	return s.DecideRedirection(t.Context(), s.Account(dbtest.Petr), parcel.ID, true, "")
}

func (s *site) lastMail(t *testing.T) (to, subject string) {
	t.Helper()
	if err := s.Pool.QueryRow(t.Context(), "SELECT address, subject FROM mails ORDER BY id DESC LIMIT 1").Scan(&to, &subject); err != nil {
		t.Fatal(err)
	}
	return to, subject
}

func withPassport(address db.Address) db.AddressForm {
	form := address.Form()
	form.PassportNumber = "4509 123456"
	return form
}
