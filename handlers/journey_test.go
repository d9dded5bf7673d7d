package handlers_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

// What is read off a page to be typed somewhere else, as people do.
var (
	orderNumber   = regexp.MustCompile(`Заказ № (\d+-\d)`)
	parcelNumber  = regexp.MustCompile(`P\d+-\d`)
	bankReference = regexp.MustCompile(`RF\d\d(?: ?[0-9A-Z]{1,4})+`)
	invoiceNumber = regexp.MustCompile(`Счёт (?:на пополнение )?№ (\d+-\d)`)
	stillMissing  = regexp.MustCompile(`Пополнить на (\d+,\d\d)`)
)

// read finds on a page what is to be typed somewhere else: the group of the pattern, or all it matches.
func read(t *testing.T, pattern *regexp.Regexp, text string) string {
	t.Helper()
	found := pattern.FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("nothing looks like %s in: %s", pattern, text)
	}
	return found[len(found)-1]
}

// letters are the mails of one purchase, by their subjects: what stands in braces is read off the pages.
var letters = []struct{ kind, subject string }{
	{"mail-01", "Спасибо за регистрацию!"},
	{"mail-07", "[№{order}] Заказ принят"},
	{"mail-08", "[№{order}] Счёт на 260,75 €"},
	{"mail-21", "[№{invoice}] Пополнение получено: 260,75 €"},
	{"mail-09", "[№{order}] Заказ принят в работу"},
	{"mail-17", "[№{order}] Товары куплены"},
	{"mail-13", "[№{order}] Товары на складе"},
	{"mail-08", "[№{parcel}] Счёт на {delivery} €"},
	{"mail-21", "[№{top-up}] Пополнение получено: {delivery} €"},
	{"mail-11", "[№{parcel}] Списание за доставку: {delivery} €"},
	{"mail-14", "[№{parcel}] Готов к отправке"},
	{"mail-15", "[№{parcel}] Посылка отправлена"},
}

// TestJourney is one purchase from the registration to the tracking number, without JavaScript: every step is
// a link or a form of the page that the step before led to.
func TestJourney(t *testing.T) {
	site := open(t)
	vera, gleb, olga, petr := site.Guest(), site.As(dbtest.Gleb), site.As(dbtest.Olga), site.As(dbtest.Petr)
	var order, invoice, parcel, delivery, topUp string
	step := func(name string, act func(t *testing.T)) { site.step(t, name, act) }

	step("A01 B07 Vera registers and is in her cabinet, under the yellow banner", func(t *testing.T) {
		vera := vera.With(t).Visit("/").Click("Регистрация")
		vera.Fill("email", dbtest.Vera.Email).Fill("password", dbtest.Password).Check("Я согласен").Press("Зарегистрироваться")
		vera.Click("Заполню позже").At("/").Within("#verification").Sees("Подтвердите электронную почту").Sees(dbtest.Vera.Email)
	})
	step("B04 B07 the link of the mail shows a button, and the button takes the banner away", func(t *testing.T) {
		mail := vera.With(t).Visit("/dev/mail").Click("Спасибо за регистрацию!")
		mail.Click("/verification?token=").Sees(dbtest.Vera.Email).Within("#verification").Sees("Подтвердите электронную почту")
		mail.Press("Подтвердить адрес").Sees("Адрес подтверждён, спасибо!").SeesNot("Подтвердите электронную почту")
		vera.With(t).Visit("/").SeesNot("Подтвердите электронную почту")
	})
	step("C01 C09 C10 she fills in «Общая информация», with what the method needs", func(t *testing.T) {
		vera := vera.With(t).Click(dbtest.Vera.Email).Click("Общая информация").Choose("method", "EMS / Почта России").Press("Показать нужные поля")
		form := dbtest.AddressForm()
		for field, value := range map[string]string{
			"surname": form.Surname, "name": form.Name, "phone": form.Phone, "postal_code": form.PostalCode, "region": form.Region,
			"city": form.City, "street": form.Street, "house": form.House, "flat": form.Flat,
		} {
			vera.Fill(field, value)
		}
		vera.Press("Показать нужные поля").Sees("Не хватает: имя и фамилия латиницей").Press("Подставить ORLOVA VERA").Sees("Полный")
		vera.Press("Сохранить").Sees("Адрес сохранён").Sees("Заполнено для отправки:").Sees("EMS / Почта России").Sees("Вера Орлова")
	})
	step("E10 E25 she orders two things: the order is «Новый»", func(t *testing.T) {
		vera := vera.With(t).Click("Мои заказы").Click("Новый заказ")
		fill := func(row int, thing db.ItemForm) {
			for field, value := range map[string]string{"url": thing.URL, "title": thing.Title, "options": thing.Options, "quantity": thing.Quantity, "price": thing.Price} {
				vera.Fill(db.ItemField(row, field), value)
			}
		}
		fill(0, dbtest.Boots)
		vera.Press("Добавить товар")
		fill(1, dbtest.Mug)
		vera.Choose("method", "EMS / Почта России").Fill("comment", "Ботинки без коробки").Press("Отправить заказ")
		vera.Sees("Заказ принят").Sees("Новый").Sees("Проверяем цены").Sees("Ботинки без коробки")
		order = read(t, orderNumber, vera.Text())
		vera.Visit("/orders").Sees(order).Sees("Новый")
	})
	step("D06 Gleb confirms the prices and issues the invoice", func(t *testing.T) {
		gleb := gleb.With(t).Visit("/staff").Click("Заказы").Click("Открыть " + order).Sees("Ботинки без коробки")
		gleb.Fill("commission", "10").Fill("shop_delivery", "5").Press("Выставить счёт").Sees("Счёт выставлен").Sees("Здесь всё сделано")
	})
	step("D06 D08 Vera finds the reference from her first page; Olga matches the money that names it", func(t *testing.T) {
		page := vera.With(t).Visit("/").Sees("Оплатите заказ № " + order).Click("Как оплатить").Sees("260,75 €").Sees("IBAN")
		reference := read(t, bankReference, page.Text())
		invoice = read(t, invoiceNumber, page.Text())
		desk := record(olga.With(t), reference, "260,75", "ORLOVA VERA").Sees("совпал номер для перевода").Sees("Вера Орлова")
		desk.Press("Разнести").Sees("Платёж разнесён").Sees("Неразнесённых платежей нет")
		page.Reload().Sees("Оплачен").Within("#purse").Sees("0,00 €")
	})
	step("E15 E16 the order is «Обрабатывается»; F01 Gleb buys in both shops", func(t *testing.T) {
		vera.With(t).Visit("/orders").Click(order).Sees("Обрабатывается").Sees("куплено 0 из 2")
		buy(gleb.With(t).Visit("/staff/buying").Sees(order), "#item-1", "189,95", "JJD000390007123456789")
		buy(gleb.With(t), "#item-2", "55,80", "00340434161094042557").Sees("Всё куплено")
		vera.With(t).Reload().Sees("0 из 2 на складе").Within("#item-1").Sees("Куплен")
	})
	step("E17 E18 Petr receives the boots: «1 из 2 на складе»", func(t *testing.T) {
		receive(petr.With(t), "JJD000390007123456789", "1,9").Within("#receipts").Sees("Meindl").Sees("1,90 кг")
		vera.With(t).Reload().Sees("Обрабатывается").Sees("1 из 2 на складе").Within("#item-1").Sees("На складе")
	})
	step("E17 G01 the mug comes too: the order is «На складе», and its parcel forms itself", func(t *testing.T) {
		receive(petr.With(t), "00340434161094042557", "0,8")
		vera.With(t).Reload().Sees("На складе")
		site.Work()
		parcel = read(t, parcelNumber, vera.With(t).Visit("/parcels").Sees("Собирается").Sees("1-я в очереди").Text())
	})
	step("G18 Petr takes it with «Следующая», packs and weighs it; D10 the balance does not cover the delivery", func(t *testing.T) {
		table := petr.With(t).Visit("/staff/assembly").Sees("В очереди 1 посылка").Press("Следующая").Sees(parcel).Sees("Вера Орлова")
		for _, thing := range []db.ItemForm{dbtest.Boots, dbtest.Mug} {
			table.Check(thing.Title)
		}
		table.Fill("Вес", "2,75").Fill("Длина", "42").Fill("Ширина", "32").Fill("Высота", "18").Press("Упаковано").Sees("Посылка ждёт").Sees("Стол свободен")
		table.Click("Заблокированные").Sees(parcel).Sees("Не оплачена доставка").Sees("Ждёт денег от клиента")
		page := vera.With(t).Visit("/parcels").Click(parcel).Sees("Собирается").Sees("Не оплачена доставка").Sees("Снять это можете Вы")
		delivery = read(t, stillMissing, page.Text())
	})
	step("D09 D10 she tops up, Olga writes it down: the hold goes and the parcel is «Готова к отправке», both by themselves", func(t *testing.T) {
		page := vera.With(t).Visit("/").Sees("Оплатите доставку посылки № "+parcel).Click("Посылки").Click(parcel).Click("Пополнить на "+delivery).Shows("amount", delivery).Press("Выставить счёт")
		topUp = read(t, invoiceNumber, page.Text())
		desk := record(olga.With(t), read(t, bankReference, page.Text()), delivery, "ORLOVA VERA").Press("Разнести").Sees("Платёж разнесён")
		desk.SeesNot("Не разнесён")
		site.Work()
		vera.With(t).Visit("/parcels").Sees("Готова к отправке").Click(parcel).SeesNot("Снять это можете Вы").Sees("Отправим её")
		vera.With(t).Visit("/orders").Click(order).Sees("Готов к отправке")
		petr.With(t).Visit("/staff/assembly/blocked").Sees("Ничего не заблокировано")
	})
	step("H01 Petr ships it; a mistyped number is asked about first", func(t *testing.T) {
		desk := petr.With(t).Visit("/staff/shipping").Sees(parcel).Fill("Трек-номер посылки "+parcel, "RA123456784DE").Press("Отправить")
		desk.Wants(422).Sees("Контрольная цифра трек-номера не сходится").Sees("Всё равно отправить")
		desk.Fill("Трек-номер посылки "+parcel, "RA 123 456 785 DE").Enter("Трек-номер посылки " + parcel).At("/staff/shipping").Sees("Посылка отправлена").Sees("Всё отправлено")
	})
	step("E22 H03 G05 Vera sees «Отправлена» and follows the number", func(t *testing.T) {
		list := vera.With(t).Visit("/parcels").Sees("Отправлена").Sees("Где посылка")
		if links := list.Find(`a[href*="RA123456785DE"][target=_blank][rel=noopener]`); len(links) == 0 {
			t.Error("the number is no link to its carrier")
		}
		list.Click(parcel).Sees("RA123456785DE").SeesNot("Изменить адрес")
		vera.With(t).Visit("/orders").Click(order).Sees("Отправлен мне").Within("#item-2").Sees("Отправлен")
	})
	t.Run("P13 E05 every mail came once, in Russian, with its number in the subject", func(t *testing.T) {
		numbers := strings.NewReplacer("{order}", order, "{invoice}", invoice, "{parcel}", parcel, "{delivery}", delivery, "{top-up}", topUp)
		got := subjects(vera.With(t).Visit("/dev/mail"))
		for _, letter := range letters {
			if n := got[numbers.Replace(letter.subject)]; n != 1 {
				t.Errorf("%s «%s» came %d times", letter.kind, numbers.Replace(letter.subject), n)
			}
			delete(got, numbers.Replace(letter.subject))
		}
		for subject, n := range got {
			t.Errorf("%d mails more: «%s»", n, subject)
		}
	})
	t.Run("the books agree", func(t *testing.T) {
		if findings, err := site.Audit(t.Context()); err != nil || len(findings) > 0 {
			t.Error(findings, err)
		}
	})
}

// step is one of a story in which each needs the one before; between them time passes and the workers work.
func (s *site) step(t *testing.T, name string, act func(t *testing.T)) {
	t.Helper()
	s.Clock.Pass(20 * time.Minute)
	if !t.Run("P13 "+name, act) {
		t.FailNow()
	}
	s.Work()
}

// buy fills in what a shop wants to know about one item, and buys it.
func buy(desk *webtest.Browser, item, price, tracking string) *webtest.Browser {
	form := "#purchase-" + strings.TrimPrefix(item, "#")
	desk.Within(form).Fill("№ в магазине", "BZ-4410982").Fill("Уплачено", price).Fill("Трек до склада", tracking)
	return desk.Within(form).Press("Куплен").Sees("Куплено")
}

// receive scans a box and takes in what is in it.
func receive(desk *webtest.Browser, tracking, weight string) *webtest.Browser {
	desk.Visit("/staff/receiving").Fill("q", tracking).Press("Найти").Within("#receipt").Fill("Вес коробки", weight)
	return desk.Within("#receipt").Press("На складе").Sees("Принято. Следующая коробка")
}

// subjects counts the mails of the letterbox by what they are called in the list.
func subjects(letterbox *webtest.Browser) map[string]int {
	found := map[string]int{}
	for _, row := range letterbox.Find("article") {
		found[letterbox.Within("#"+row.Attr[0].Val+" a").Text()]++
	}
	return found
}
