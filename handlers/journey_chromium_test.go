package handlers_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers"
	"cabinet/handlers/webtest"
)

// stay marks the page of a window; stayed wants that it was not loaded anew since.
func stay(w *webtest.Window) *webtest.Window { return w.Evaluate("window.stayed = true", nil) }

func stayed(t *testing.T, windows ...*webtest.Window) {
	t.Helper()
	for _, w := range windows {
		var there bool
		if w.With(t).Evaluate("window.stayed === true", &there); !there {
			t.Errorf("the page was loaded anew: %s", w.Text())
		}
	}
}

// TestJourneyInChromium is the same purchase with htmx: everybody keeps their pages open, and nobody reloads one.
func TestJourneyInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera, gleb, olga, petr := webtest.Chromium(t, site.URL), site.Window(t, dbtest.Gleb), site.Window(t, dbtest.Olga), site.Window(t, dbtest.Petr)
	page, packing := vera.Tab(), petr.Tab() // open all the time
	var order, address, parcel, delivery string
	var first db.Order // Boris's, before hers in the queue
	step := func(name string, act func(t *testing.T)) { site.step(t, name, act) }

	step("A01 B07 Vera registers, proves her address, and the banner on her open page goes by itself", func(t *testing.T) {
		vera := vera.With(t).Visit("/").Press("Русский").Click("Регистрация").Fill("email", dbtest.Vera.Email).Fill("password", dbtest.Password).Check("Я согласен").Press("Зарегистрироваться")
		vera.Click("Заполню позже").At("/").Within("#verification").Sees("Подтвердите электронную почту")
		site.Work()
		stay(vera)
		mail := page.With(t).Visit("/dev/mail").Click("Спасибо за регистрацию!").Click("/verification?token=").Press("Подтвердить адрес")
		mail.Sees("Адрес подтверждён")
		vera.SeesNot("Подтвердите электронную почту")
		stayed(t, vera)
	})
	step("C01 C10 the form of «Общая информация» follows the method and the name", func(t *testing.T) {
		vera := vera.With(t).Visit("/settings/profile").Choose("method", "EMS / Почта России").Sees("Отчество")
		form := dbtest.AddressForm()
		vera.Fill("surname", form.Surname).Fill("name", form.Name).Fill("phone", form.Phone).Fill("postal_code", form.PostalCode).Fill("region", form.Region).
			Fill("city", form.City).Fill("street", form.Street).Fill("house", form.House).Fill("flat", form.Flat).Fill("latin_name", form.LatinName)
		vera.Press("Сохранить").Sees("Адрес сохранён").Sees("Вера Орлова")
	})
	step("E25 she orders two things, and keeps the page of the order open", func(t *testing.T) {
		first = site.PlacedOrder(t, site.Account(dbtest.Boris), dbtest.Book)
		vera := vera.With(t).Visit("/orders/new")
		for row, thing := range []db.ItemForm{dbtest.Boots, dbtest.Mug} {
			if row > 0 {
				vera.Press("Добавить товар")
			}
			vera.Fill(db.ItemField(row, "url"), thing.URL).Fill(db.ItemField(row, "title"), thing.Title).
				Fill(db.ItemField(row, "quantity"), thing.Quantity).Fill(db.ItemField(row, "price"), thing.Price)
		}
		vera.Choose("method", "EMS / Почта России").Press("Отправить заказ").Sees("Заказ принят")
		order = read(t, orderNumber, vera.Text())
		vera.Evaluate("location.pathname", &address)
		stay(page.With(t).Visit(address).Sees("Новый").Sees("Проверяем цены"))
	})
	step("D06 Gleb prices the orders one after the other; the customer's page asks to pay", func(t *testing.T) {
		gleb := stay(gleb.With(t).Visit("/staff/orders"))
		gleb.Within("#tab-staff-orders").Sees("2")
		gleb.Within("#" + first.ID.Topic()).Click("Открыть")
		gleb.Fill("commission", "2").Fill("shop_delivery", "0").Press("Выставить счёт").Sees("Счёт выставлен").Focuses("#order-" + strings.TrimPrefix(address, "/orders/") + " input[name^='price.']")
		gleb.Within("#tab-staff-orders").Sees("1")
		gleb.Fill("commission", "10").Fill("shop_delivery", "5").Sees("Итого 260,75 €").Press("Выставить счёт").SeesNot(order)
		page.With(t).Sees("Оплатить 260,75 €")
		stayed(t, gleb, page)
	})
	step("D08 Olga records and matches the money in place; the order is «Обрабатывается»", func(t *testing.T) {
		vera := vera.With(t).Visit("/").Sees("Оплатите заказ № " + order).Click("Как оплатить")
		olga := stay(olga.With(t).Visit("/staff/payments").Focuses("#field-reference"))
		olga.Type(read(t, bankReference, vera.Text()))
		olga.Fill("Сумма", "260,75").Press("Записать").Sees("совпал номер для перевода").Press("Разнести").Sees("Платёж разнесён").Focuses("#field-reference")
		page.With(t).Sees("Обрабатывается").Sees("куплено 0 из 2")
		stayed(t, olga, page)
	})
	step("F01 Gleb buys in both shops in place; the page counts", func(t *testing.T) {
		gleb := stay(gleb.With(t).Visit("/staff/buying"))
		gleb.Within("#purchase-item-2").Fill("Уплачено", "189,95").Fill("Трек до склада", "JJD000390007123456789").Press("Куплен")
		gleb.SeesNot(dbtest.Boots.Title).Focuses("#purchase-item-3-shop_order")
		page.With(t).Sees("куплено 1 из 2").Within("#item-2").Sees("Куплен")
		gleb.Within("#purchase-item-3").Fill("Уплачено", "55,80").Press("Куплен").Sees("Всё куплено")
		page.With(t).Sees("0 из 2 на складе")
		stayed(t, gleb, page)
	})
	step("E17 E18 Petr receives in two parts without the mouse; «1 из 2 на складе»", func(t *testing.T) {
		petr := stay(petr.With(t).Visit("/staff/receiving").Focuses("#scan"))
		petr.Type("JJD000390007123456789").Keys("Enter").Focuses("#field-weight").Type("1,9").Keys("Enter").Sees("Принято").Focuses("#scan")
		page.With(t).Sees("1 из 2 на складе").Within("#item-2").Sees("На складе")
		petr.Type(order).Keys("Enter").Focuses("#field-weight").Type("0,8").Keys("Enter").Sees("Принято").Focuses("#scan")
		page.With(t).Within("#item-3").Sees("На складе")
		stayed(t, petr, page)
	})
	step("G01 the parcel has formed itself: the desk counts it, the page of the order shows it", func(t *testing.T) {
		parcel = read(t, parcelNumber, page.With(t).Sees("Собирается").Text())
		stay(packing.With(t).Visit("/staff/assembly").Sees("В очереди 1 посылка").Focuses("#table button"))
		petr.With(t).Within("#tab-staff-assembly").Sees("1")
		stayed(t, petr, page)
	})
	step("G18 D10 Petr takes, packs and weighs it in place; the money is short, and both sides see it", func(t *testing.T) {
		packing := packing.With(t).Press("Следующая").Sees("Вера Орлова").Focuses("#table input[name=picked]")
		packing.Check(dbtest.Boots.Title).Check(dbtest.Mug.Title).Fill("Вес", "2,75").Fill("Длина", "42").Fill("Ширина", "32").Fill("Высота", "18").Press("Упаковано")
		packing.Sees("Посылка ждёт").Sees("Стол свободен").SeesNot(parcel)
		page.With(t).Sees("Посылка № " + parcel + " ждёт Вас")
		stay(packing.Click("Заблокированные").Sees(parcel).Sees("Не оплачена доставка"))
		stayed(t, page, petr)
		stay(page.With(t).Click(parcel).Sees("Не оплачена доставка"))
		delivery = read(t, stillMissing, page.Text())
	})
	step("D10 she tops up, Olga matches, and the hold goes by itself on both sides", func(t *testing.T) {
		vera := vera.With(t).Visit("/balance/top-up").Fill("amount", delivery).Press("Выставить счёт")
		olga := olga.With(t).Focuses("#field-reference").Type(read(t, bankReference, vera.Text()))
		olga.Fill("Сумма", delivery).Press("Записать").Sees("Вера Орлова").Press("Разнести").Sees("Платёж разнесён")
		site.Work()
		page.With(t).Sees("Отправим её").SeesNot("Снять это можете Вы")
		packing.With(t).SeesNot(parcel)
		stayed(t, olga, page, packing)
	})
	step("H01 E22 Petr ships it in place, asked about a mistyped number; the customer's page has the number", func(t *testing.T) {
		petr := stay(petr.With(t).Visit("/staff/shipping").Sees(parcel))
		petr.Fill("Трек-номер посылки "+parcel, "RA123456784DE").Keys("Enter").Wants(422).Sees("Контрольная цифра трек-номера не сходится")
		petr.Fill("Трек-номер посылки "+parcel, "RA123456785DE").Keys("Enter").Sees("Посылка отправлена").SeesNot(parcel)
		page.With(t).Sees("Отправлена").Sees("RA123456785DE")
		stayed(t, petr, page)
		vera.With(t).Visit("/orders").Sees("Отправлен мне")
	})
	t.Run("the books agree", func(t *testing.T) {
		if findings, err := site.Audit(t.Context()); err != nil || len(findings) > 0 {
			t.Error(findings, err)
		}
	})
}

// TestEveryScreenInChromium walks through every page of the table of routes as somebody who may see it, and
// looks at it on a phone and on a desk, light and dark. What answers with a part of a page is no screen.
func TestEveryScreenInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	thing := things(t, site)
	groups := []struct {
		rules   string
		browser *webtest.Browser
		window  *webtest.Window
		screens int // at least
	}{
		{"public dev", site.Guest(), webtest.Chromium(t, site.URL), 7},
		{"customer", site.As(dbtest.Vera), site.Window(t, dbtest.Vera), 27},
		{"staff", site.As(dbtest.Anna), site.Window(t, dbtest.Anna), 20},
	}
	for _, group := range groups {
		t.Run(group.rules, func(t *testing.T) {
			t.Parallel()
			walked := 0
			for _, route := range handlers.Routes() {
				rule, _, _ := strings.Cut(route.Rule.String(), ":")
				path := thing(route.Path)
				if !strings.Contains(group.rules, rule) || route.Method != "GET" || route.Path == "/live" || !screen(group.browser.With(t).Do("GET", path, "", nil)) {
					continue
				}
				walked++
				t.Run(route.Path, func(t *testing.T) {
					window := group.window.With(t).Visit(path)
					webtest.EveryLook(window, shots(window, path))
					window.Clean()
				})
			}
			if walked < group.screens {
				t.Errorf("only %d screens: what has become of the others?", walked)
			}
		})
	}
}

// screen reports whether an answer is a page of ours: no part of one, no file, no mail in its sandbox.
func screen(answer *webtest.Response) bool {
	return answer.Status == 200 && strings.HasPrefix(strings.ToLower(answer.Body), "<!doctype html>") && !strings.Contains(answer.Header("Content-Security-Policy"), "sandbox")
}

// shots keeps a picture of every look of a screen where SHOTS says.
func shots(window *webtest.Window, path string) func(look string) {
	dir := os.Getenv("SHOTS")
	if dir == "" {
		return nil
	}
	return func(look string) {
		window.Screenshot(dir + "/" + strings.NewReplacer("/", "-", "?", "-").Replace(strings.Trim(path, "/")) + "-" + look + ".png")
	}
}

// TestHomeInChromium draws the first page of a customer who has something of everything.
func TestHomeInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera, petr := site.Account(dbtest.Vera), site.Account(dbtest.Petr)
	site.ShippedParcel(t, vera, petr)
	site.Clock.Pass(49 * time.Hour)
	coming := site.PaidOrder(t, vera, dbtest.Mug, dbtest.Book)
	site.Bought(t, coming)
	site.Clock.Pass(25 * time.Hour)
	site.Arrived(t, site.item(coming, 0))
	site.PricedOrder(t, vera, db.ItemForm{URL: "https://www.steiff.com/de-de/lotte", Title: "Мишка Steiff Lotte", Quantity: "1", Price: "79,90", Currency: db.EUR})
	site.Clock.Pass(3 * time.Hour)
	form := dbtest.OrderForm(db.ItemForm{URL: "https://www.lamy.com/al-star", Title: "Перьевая ручка Lamy AL-star", Quantity: "3", Price: "29,95", Currency: db.EUR})
	form.Comment = "Одной посылкой с мишкой, если можно."
	must(site.PlaceOrder(t.Context(), vera, form))
	home := site.Window(t, dbtest.Vera).Visit("/").Sees("Здравствуйте, Вера!").Sees("Оплатите заказ").Sees("RA123456785RU")
	webtest.EveryLook(home, shots(home, "home"))
	if os.Getenv("SHOTS") != "" {
		home.Screenshot("../docs/home.png")
	}
}
