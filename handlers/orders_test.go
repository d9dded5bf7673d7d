package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

func orderURL(order db.Order) string { return fmt.Sprintf("/orders/%d", order.ID) }

func deskURL(order db.Order) string { return fmt.Sprintf("/staff/orders/%d", order.ID) }

// newest is the customer's latest order.
func newest(t *testing.T, site *site, of dbtest.Person) db.Order {
	t.Helper()
	list := &db.OrderList{Of: site.Account(of).ID}
	if err := site.Read(t.Context(), list); err != nil || len(list.Rows) == 0 {
		t.Fatalf("%d orders, %v", len(list.Rows), err)
	}
	return list.Rows[0]
}

func fillItem(b *webtest.Browser, row int, title, price string) *webtest.Browser {
	return b.Fill(db.ItemField(row, "title"), title).Fill(db.ItemField(row, "price"), price)
}

func TestOrderIsPlaced(t *testing.T) {
	site := open(t)
	t.Run("E25 an order is typed without JavaScript: links pasted, rows added and removed, everything kept", func(t *testing.T) {
		vera := site.As(dbtest.Vera).With(t).Visit("/orders").Wants(200).Sees("Заказов пока нет").Visit("/orders/new").Wants(200)
		vera.Fill("links", "https://www.zalando.de/boots\nhttps://galaxus.de/mug").Press("Добавить по ссылкам").Wants(200)
		vera.Shows(db.ItemField(0, "shop"), "zalando.de").Shows(db.ItemField(1, "url"), "https://galaxus.de/mug")
		fillItem(vera, 0, "Ботинки", "99,90").Press("Добавить товар").Wants(200).Shows(db.ItemField(0, "title"), "Ботинки")
		fillItem(vera, 1, "Кружка", "10").Fill(db.ItemField(2, "title"), "Лишнее").Press("Удалить Товар 3").Wants(200).SeesNot("Товар 3")
		vera.Fill("comment", "Без чека").Press("Отправить заказ").Wants(200).Sees("Заказ принят").Sees("Ботинки").Sees("На рассмотрении").Sees("109,90 €")
		vera.Sees("Проверяем цены").Sees("Делаем мы")
		order := newest(t, site, dbtest.Vera)
		if vera.At(orderURL(order)); order.Comment != "Без чека" {
			t.Errorf("%+v", order)
		}
	})
	t.Run("a wrong field is named beside it, and nothing typed is lost", func(t *testing.T) {
		vera := site.As(dbtest.Vera).With(t).Visit("/orders/new")
		fillItem(vera, 0, "Шапка", "дорого").Fill(db.ItemField(0, "url"), "ftp://shop.example/").Fill("comment", "Красную").Press("Отправить заказ")
		vera.Wants(422).Sees("Напишите сумму цифрами").Sees("не похоже на адрес страницы").Shows(db.ItemField(0, "title"), "Шапка").
			Shows(db.ItemField(0, "price"), "дорого").Shows("comment", "Красную")
	})
	t.Run("the form sent twice makes one order", func(t *testing.T) {
		boris := site.As(dbtest.Boris).With(t).Visit("/orders/new")
		fillItem(boris, 0, "Книга", "12").Fill(db.ItemField(0, "shop"), "thalia.de").Press("Отправить заказ").Sees("Заказ принят")
		first := newest(t, site, dbtest.Boris)
		boris.Back().Press("Отправить заказ").At(orderURL(first))
		if again := newest(t, site, dbtest.Boris); again.ID != first.ID {
			t.Errorf("orders %d and %d", first.ID, again.ID)
		}
	})
	t.Run("E25 an order is repeated", func(t *testing.T) {
		order := newest(t, site, dbtest.Boris)
		site.As(dbtest.Boris).With(t).Visit(orderURL(order)).Click("Повторить").Wants(200).Shows(db.ItemField(0, "title"), "Книга").
			Press("Отправить заказ").Sees("Заказ принят")
		if again := newest(t, site, dbtest.Boris); again.ID == order.ID {
			t.Error("no second order")
		}
	})
}

func TestOrderList(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	form := dbtest.OrderForm(dbtest.Boots, dbtest.Mug)
	form.Comment = "<b>Без коробки</b>"
	order, err := site.PlaceOrder(t.Context(), vera, form)
	if err != nil {
		t.Fatal(err)
	}
	site.PlacedOrder(t, vera, dbtest.Book)

	t.Run("E01 the tab «Мои заказы» leads to the list", func(t *testing.T) {
		site.As(dbtest.Vera).With(t).Visit("/").Click("Мои заказы").Wants(200).Sees(order.ID.Number())
	})
	t.Run("E02 number, date, items, sum, comment and status stand in this order", func(t *testing.T) {
		row := site.As(dbtest.Vera).With(t).Visit("/orders").Within("#" + order.ID.Topic()).Text()
		at := -1
		for _, part := range []string{order.ID.Number(), "02.03.2026", "2", "≈ 245,75 €", "Прочитать комментарий", "Новый"} {
			next := strings.Index(row[at+1:], part)
			if next < 0 {
				t.Fatalf("%q is not behind the %q before it in %q", part, row[:at+1], row)
			}
			at += next + 1
		}
	})
	t.Run("E02 the list is narrowed by status and searched", func(t *testing.T) {
		b := site.As(dbtest.Vera).With(t).Visit("/orders")
		b.Fill("q", "civetta").Press("Найти").Sees(order.ID.Number()).SeesNot("12,50 €")
		b.Fill("q", "слон").Press("Найти").Sees("Ничего не нашлось").Click("Все").Sees("12,50 €")
		b.Visit("/orders?status=shipped").Sees("Ничего не нашлось")
	})
	t.Run("E06 the comment opens at the yellow icon, as text", func(t *testing.T) {
		b := site.As(dbtest.Vera).With(t).Visit("/orders").Within("#" + order.ID.Topic())
		b.Click("Прочитать комментарий к заказу").Sees("<b>Без коробки</b>")
	})
	t.Run("E04 the number is the order's, and a stranger does not find it", func(t *testing.T) {
		site.As(dbtest.Boris).With(t).Visit(orderURL(order)).Wants(404)
		site.As(dbtest.Vera).With(t).Visit(orderURL(order)).Sees("Заказ № " + order.ID.Number())
	})
}

func TestOrderIsChanged(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)

	t.Run("E12 E13 E14 items are changed and saved, and the customer reads that we have got it", func(t *testing.T) {
		order := site.PricedOrder(t, vera, dbtest.Boots, dbtest.Mug)
		b := site.As(dbtest.Vera).With(t).Visit(orderURL(order)).Sees("Оплатите счёт").Sees("Оплатить 260,75 €").Click("Изменить")
		b.Fill(db.ItemField(0, "quantity"), "2").Press("Удалить Товар 2").Fill("note", "Кружка уже есть").Press("Сохранить")
		b.At(orderURL(order)).Sees("Мы получили изменения").SeesNot("Оплатить 260,75 €").Sees("1 товар снят")
		gleb := site.As(dbtest.Gleb).With(t).Visit("/staff/orders").Click("Изменён, нужен новый счёт 1").Sees(order.ID.Number()).Visit(deskURL(order) + "?queue=changed")
		gleb.Sees("Кружка уже есть").Sees("Убран").Sees("Количество: 1 → 2").Press("Выставить счёт").Sees("Счёт выставлен")
		b.Visit(orderURL(order)).Sees("Оплатить 394,90 €")
	})
	t.Run("E12 taking the last item away asks whether to cancel the order", func(t *testing.T) {
		order := site.PlacedOrder(t, vera, dbtest.Boots)
		b := site.As(dbtest.Vera).With(t).Visit(orderURL(order) + "/edit").Press("Удалить Товар 1").Wants(200)
		b.Sees("Без этого товара заказ будет пустым").Click("Отменить заказ").Sees("Отменить заказ № " + order.ID.Number())
		b.Press("Да, отменить заказ").At(orderURL(order)).Sees("Заказ отменён")
	})
	t.Run("E11 two tabs: the second reads what has changed and keeps what it typed", func(t *testing.T) {
		order := site.PlacedOrder(t, vera, dbtest.Boots)
		first := site.As(dbtest.Vera).With(t).Visit(orderURL(order) + "/edit")
		second := first.Tab().Visit(orderURL(order) + "/edit")
		first.Fill(db.ItemField(0, "quantity"), "2").Press("Сохранить").Sees("Изменения сохранены")
		second.Fill(db.ItemField(0, "options"), "размер 41").Press("Сохранить").Wants(409).Sees("Пока Вы печатали, заказ изменился").
			Shows(db.ItemField(0, "options"), "размер 41").Sees("Количество: 2 → 1")
		second.Press("Сохранить").At(orderURL(order)).Sees("размер 41")
	})
	t.Run("E07 a comment that comes too late is refused with 409 and can be copied", func(t *testing.T) {
		order := site.PlacedOrder(t, vera, dbtest.Boots)
		b := site.As(dbtest.Vera).With(t).Visit(orderURL(order)+"/comment").Fill("comment", "Позвоните перед выкупом")
		begin(t, site, order)
		b.Press("Сохранить").Wants(409).Sees("Заказ уже в работе").Shows("typed", "Позвоните перед выкупом")
	})
	t.Run("E08 an order in work offers a letter with its number instead of the form", func(t *testing.T) {
		order := site.AcceptedOrder(t, vera, dbtest.Boots)
		b := site.As(dbtest.Vera).With(t).Visit(orderURL(order)).Sees("Написать нам").Sees("help@cabinet.example").SeesNot("Изменить комментарий")
		if html := b.Body(); !strings.Contains(html, "mailto:help@cabinet.example?subject="+url.PathEscape("[№"+order.ID.Number()+"]")) {
			t.Error("no letter with the number in its subject")
		}
		b.Visit(orderURL(order) + "/edit").Wants(409).Sees("Заказ уже в работе")
	})
	t.Run("E09 E15 E17 the status is a labelled step with what comes next, since when, and the counter", func(t *testing.T) {
		order := site.PaidOrder(t, vera, dbtest.Boots, dbtest.Mug)
		site.As(dbtest.Vera).With(t).Visit(orderURL(order)).Sees("Обрабатывается").Sees("0 из 2 на складе").Sees("Выкупаем товары").
			Sees("В этом статусе с 02.03.2026, 10:30").Sees("Оплачен")
	})
	t.Run("C22 an order in work says beforehand what its parcel will miss", func(t *testing.T) {
		boris := site.Account(dbtest.Boris)
		order := site.AcceptedOrder(t, boris, dbtest.Boots)
		site.As(dbtest.Boris).With(t).Visit(orderURL(order)).Sees("Не хватает данных получателя").Sees("индекс").Sees("Добавить адрес")
	})
	t.Run("where an order goes may be changed while it is in work", func(t *testing.T) {
		site.Address(t, vera)
		order := site.AcceptedOrder(t, vera, dbtest.Boots)
		b := site.As(dbtest.Vera).With(t).Visit(orderURL(order)).Click("Изменить доставку").Choose("method", "DHL Paket").Press("Сохранить")
		b.Wants(422).Sees("Этим способом мы туда не доставляем").Choose("method", "EMS / Почта России").Press("Сохранить").At(orderURL(order)).Sees("EMS / Почта России").Sees("Россия")
	})
	t.Run("hostile text is only text on both sides", func(t *testing.T) {
		thing := dbtest.Boots
		thing.Title, thing.Options = `<img src=x onerror=alert(1)>`, `"><script>alert(1)</script>`
		order := site.PlacedOrder(t, vera, thing)
		for _, html := range []string{
			site.As(dbtest.Vera).With(t).Visit(orderURL(order)).Sees(thing.Title).Body(),
			site.As(dbtest.Vera).With(t).Visit(orderURL(order) + "/edit").Body(),
			site.As(dbtest.Gleb).With(t).Visit(deskURL(order)).Sees(thing.Title).Body(),
		} {
			if strings.Contains(html, "<img src=x") || strings.Contains(html, "<script>alert") {
				t.Error("markup got through")
			}
		}
	})
}

// begin lets an order into work.
func begin(t *testing.T, site *site, order db.Order) {
	t.Helper()
	order, err := site.PriceOrder(t.Context(), site.Account(dbtest.Gleb), order.ID, site.Prices(t, order))
	if err == nil {
		_, err = site.AcceptOrder(t.Context(), site.Account(dbtest.Olga), order.ID, db.AcceptanceForm{Version: order.Version, Reason: "в кредит"})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestDeskOrders(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)

	t.Run("new orders are priced one after the other without JavaScript", func(t *testing.T) {
		first := site.PlacedOrder(t, vera, dbtest.Boots)
		site.Clock.Pass(time.Minute)
		second := site.PlacedOrder(t, vera, dbtest.Mug)
		b := site.As(dbtest.Gleb).With(t).Visit("/staff/orders").Wants(200).Sees("Новые 2").Sees("bergzeit.de")
		b.Within("#" + first.ID.Topic()).Click("Открыть " + first.ID.Number())
		b.Press("Выставить счёт").Wants(422).Sees("Напишите сумму цифрами")
		b.Fill("commission", "12,5").Fill("shop_delivery", "0").Press("Выставить счёт").Sees("Счёт выставлен").At(deskURL(second) + "?queue=new")
		b.Fill("commission", "5").Fill("shop_delivery", "3").Press("Выставить счёт").At("/staff/orders?queue=new").Sees("Здесь всё сделано").Sees("Новые 0")
		invoice, err := site.GoodsInvoiceOf(t.Context(), &first.ID)
		if err != nil || invoice.Total != 18995+1250 {
			t.Errorf("%+v %v", invoice, err)
		}
	})
	t.Run("a stale row is refused with the reason and shows the order as it is now", func(t *testing.T) {
		order := site.PlacedOrder(t, vera, dbtest.Boots)
		b := site.As(dbtest.Gleb).With(t).Visit(deskURL(order)+"?queue=new").Fill("commission", "1").Fill("shop_delivery", "1")
		site.ChangeComment(t.Context(), vera, order.ID, db.CommentForm{Version: order.Version, Comment: "Подождите!"})
		b.Press("Выставить счёт").Wants(409).Sees("заказ изменился").Sees("Подождите!").Shows("commission", "1")
		if _, err := site.GoodsInvoiceOf(t.Context(), &order.ID); err == nil {
			t.Error("there is an invoice all the same")
		}
	})
	t.Run("E06 a comment is marked until it is read", func(t *testing.T) {
		form := dbtest.OrderForm(dbtest.Book)
		form.Comment = "Твёрдый переплёт"
		order, err := site.PlaceOrder(t.Context(), vera, form)
		if err != nil {
			t.Fatal(err)
		}
		b := site.As(dbtest.Sveta).With(t).Visit("/staff/orders?queue=unread").Within("#" + order.ID.Topic())
		b.Sees("не прочитан").Click("Прочитать комментарий к заказу").Press("Прочитано")
		site.As(dbtest.Sveta).With(t).Visit("/staff/orders?queue=unread").SeesNot("Твёрдый переплёт")
	})
	t.Run("E15 finance lets a priced order through with a reason", func(t *testing.T) {
		order := site.PricedOrder(t, vera, dbtest.Boots)
		b := site.As(dbtest.Olga).With(t).Visit("/staff/orders").Fill("q", order.ID.Number()).Press("Найти").Sees("Вера Орлова")
		b.Press("Принять без оплаты").Wants(422).Sees("Напишите причину").Fill("reason", "старый клиент").Press("Принять без оплаты").Sees("принят в работу")
		site.As(dbtest.Vera).With(t).Visit(orderURL(order)).Sees("Обрабатывается").Sees("Не оплачен")
	})
	t.Run("support reads and changes no prices", func(t *testing.T) {
		order := site.PlacedOrder(t, vera, dbtest.Boots)
		site.As(dbtest.Sveta).With(t).Visit(deskURL(order)).Wants(200).SeesNot("Выставить счёт")
		site.As(dbtest.Sveta).With(t).Do("POST", deskURL(order)+"/invoice", "version=1&commission=0&shop_delivery=0", nil).Wants(404)
		site.As(dbtest.Petr).With(t).Visit("/staff/orders").Wants(404)
	})
	t.Run("an unknown number is said to be unknown", func(t *testing.T) {
		b := site.As(dbtest.Anna).With(t).Visit("/staff/orders?q=12345-0").Wants(200).Sees("Такого заказа нет")
		b.Visit("/staff/orders?q=%3Cscript%3E").Sees("Такого заказа нет")
	})
}

func TestDeskOrderIsChanged(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)

	t.Run("E11 a buyer changes a quantity with the reason, and the customer reads both", func(t *testing.T) {
		order := site.PricedOrder(t, vera, dbtest.Boots, dbtest.Mug)
		gleb := site.As(dbtest.Gleb).With(t).Visit(deskURL(order)).Click("Изменить за клиента").Wants(200)
		gleb.Fill(db.ItemField(1, "quantity"), "1").Press("Сохранить").Wants(422).Sees("Напишите причину").Shows(db.ItemField(1, "quantity"), "1")
		gleb.Press("Добавить товар").Press("Удалить Товар 3").Fill("note", "Осталась одна кружка").Press("Сохранить")
		gleb.At(deskURL(order)).Sees("клиенту ушла новая копия").Sees("Количество: 2 → 1")
		b := site.As(dbtest.Vera).With(t).Visit(orderURL(order)).Sees("Заказ изменён — Осталась одна кружка").Sees("Количество: 2 → 1").Sees("готовим новый счёт")
		if b.SeesNot(dbtest.Gleb.Name); !strings.Contains(b.Text(), "Сотрудник") {
			t.Error(b.Text())
		}
		site.Work()
		b.Visit("/dev/mail").Click("[№" + order.ID.Number() + "] Заказ изменён").Sees("Осталась одна кружка")
	})
	t.Run("E11 support may as well; the warehouse, finance and customers do not find it", func(t *testing.T) {
		order := site.PlacedOrder(t, vera, dbtest.Boots)
		site.As(dbtest.Sveta).With(t).Visit(deskURL(order) + "/edit").Wants(200)
		for _, who := range []dbtest.Person{dbtest.Petr, dbtest.Olga, dbtest.Vera} {
			site.As(who).With(t).Visit(deskURL(order) + "/edit").Wants(404)
			site.As(who).With(t).Do("POST", deskURL(order), "version=1&note=x", nil).Wants(404)
			site.As(who).With(t).Do("POST", deskURL(order)+"/cancellation", "version=1&reason=x", nil).Wants(404)
		}
		site.As(dbtest.Olga).With(t).Visit(deskURL(order)).SeesNot("Изменить за клиента")
	})
	t.Run("E11 the customer was quicker: 409, with everything typed and what it would change now", func(t *testing.T) {
		order := site.PlacedOrder(t, vera, dbtest.Boots)
		gleb := site.As(dbtest.Gleb).With(t).Visit(deskURL(order)+"/edit").Fill(db.ItemField(0, "options"), "размер 41").Fill("note", "39 закончился")
		must(site.ChangeComment(t.Context(), vera, order.ID, db.CommentForm{Version: order.Version, Comment: "Подождите!"}))
		gleb.Press("Сохранить").Wants(409).Sees("заказ изменился").Shows(db.ItemField(0, "options"), "размер 41").Shows("note", "39 закончился")
		gleb.Press("Сохранить").At(deskURL(order))
		if got := site.item(order, 0); got.Options != "размер 41" {
			t.Error(got.Options)
		}
		begin(t, site, must(site.OrderByID(t.Context(), order.ID)))
		gleb.Visit(deskURL(order) + "/edit").Wants(409).Sees("Этот заказ уже в работе")
	})
	t.Run("E11 money on its way asks to confirm", func(t *testing.T) {
		order := site.PricedOrder(t, vera, dbtest.Boots)
		site.Transfer(t, site.GoodsInvoice(t, order), 50_00)
		gleb := site.As(dbtest.Gleb).With(t).Visit(deskURL(order)+"/edit").Sees("уже поступают деньги").Fill(db.ItemField(0, "quantity"), "2").Fill("note", "По просьбе клиента")
		gleb.Press("Сохранить").Wants(422).Sees("Подтвердите").Check("Всё равно изменить заказ").Press("Сохранить").At(deskURL(order))
	})
	t.Run("E11 the staff cancel an order with the reason", func(t *testing.T) {
		order := site.PlacedOrder(t, vera, dbtest.Boots)
		b := site.As(dbtest.Sveta).With(t).Visit(deskURL(order)).Click("Отменить заказ").Press("Да, отменить заказ").Wants(422).Sees("Напишите причину")
		b.Fill("reason", "Магазин не отправляет в Германию").Press("Да, отменить заказ").At(deskURL(order)).Sees("клиенту ушло письмо")
		site.As(dbtest.Vera).With(t).Visit(orderURL(order)).Sees("Отменён — Магазин не отправляет в Германию")
		b.Back().Press("Да, отменить заказ").Wants(409).Sees("уже отменён")
	})
}

// TestOrderOnItsWay follows one order on the customer's page while the desk does its part.
func TestOrderOnItsWay(t *testing.T) {
	site := open(t)
	vera, gleb, petr := site.Account(dbtest.Vera), site.Account(dbtest.Gleb), site.Account(dbtest.Petr)
	site.Address(t, vera)
	site.TopUp(t, vera, 100_00)
	order := site.PaidOrder(t, vera, dbtest.Boots, dbtest.Mug)
	items := must(site.ItemsOf(t.Context(), order.ID))
	page := site.As(dbtest.Vera)
	buy := func(item db.Item, price string) {
		must(site.Purchase(t.Context(), gleb, order.ID, db.PurchaseForm{Items: []db.ItemID{item.ID}, Shop: item.Shop, ShopOrder: "A-1", Price: price, Key: "buy-" + item.ID.Topic()}))
	}
	receive := func(item db.Item) {
		must(site.Receive(t.Context(), petr, order.ID, db.ReceiptForm{Items: []db.ItemID{item.ID}, Weight: "1", Key: "receive-" + item.ID.Topic()}))
	}
	t.Run("F04 E15 items go one by one from «На рассмотрении» to «Куплен»", func(t *testing.T) {
		b := page.With(t).Visit(orderURL(order)).Sees("куплено 0 из 2")
		buy(items[0], "189.95")
		b.Reload().Sees("куплено 1 из 2").Within("#" + items[0].ID.Topic()).Sees("Куплен")
		b.Within("#" + items[1].ID.Topic()).Sees("На рассмотрении")
	})
	t.Run("E17 E18 items come on different days: the order is «На складе» when all have come, until then it counts", func(t *testing.T) {
		receive(items[0])
		b := page.With(t).Visit(orderURL(order)).Sees("1 из 2 на складе")
		b.Within(".panel > .steps .now").Sees("Обрабатывается")
		buy(items[1], "55.80")
		receive(items[1])
		b.Visit(orderURL(order)).Sees("2 из 2 на складе").Sees("Все товары у нас")
	})
	t.Run("E24 the order lists its parcels, and F05 its items follow them", func(t *testing.T) {
		if err := site.FormParcelOf(t.Context(), order.ID); err != nil {
			t.Fatal(err)
		}
		parcel := must(site.TakeNextParcel(t.Context(), petr))
		b := page.With(t).Visit(orderURL(order)).Within("#of-" + parcel.ID.Topic()).Sees(parcel.ID.Number()).Sees("Собирается")
		parcel = site.Packs(t, petr, parcel)
		b.Visit(orderURL(order)).Sees("Отправим").Within("#" + items[0].ID.Topic()).Sees("Готов к отправке")
	})
}

func TestOrdersInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera, window := site.Account(dbtest.Vera), func(p dbtest.Person) *webtest.Window {
		return webtest.Chromium(t, site.URL).Holds("sid", site.cookie(p))
	}
	t.Run("E25 a draft is kept in the browser, rows and all", func(t *testing.T) {
		w := window(dbtest.Vera).With(t).Visit("/orders/new")
		w.Fill(db.ItemField(0, "title"), "Ботинки").Press("Добавить товар").Fill(db.ItemField(1, "title"), "Кружка")
		w.Answers(true).Visit("/orders").Visit("/orders/new").Sees("Мы сохранили то").Shows(db.ItemField(0, "title"), "Ботинки").Shows(db.ItemField(1, "title"), "Кружка")
		w.Answers(true).Click("Начать заново").SeesNot("Мы сохранили то").Shows(db.ItemField(0, "title"), "")
	})
	t.Run("E13 leaving with unsaved changes is asked about", func(t *testing.T) {
		order := site.PlacedOrder(t, vera, dbtest.Boots)
		w := window(dbtest.Vera).With(t).Visit(orderURL(order)+"/edit").Fill("comment", "Ой")
		w.Answers(true).Visit("/orders")
		if len(w.Asked()) != 1 {
			t.Errorf("asked %q", w.Asked())
		}
	})
	t.Run("E07 the comment is changed in a dialog, and the other page follows", func(t *testing.T) {
		order := site.PlacedOrder(t, vera, dbtest.Book)
		other := window(dbtest.Vera).With(t).Visit("/orders")
		w := window(dbtest.Vera).With(t).Visit(orderURL(order)).Click("Изменить комментарий").Fill("comment", "Твёрдый переплёт").Press("Сохранить")
		w.At(orderURL(order)).Sees("Изменения сохранены").Sees("Твёрдый переплёт")
		other.Within("#" + order.ID.Topic()).Click("Прочитать комментарий к заказу").Sees("Твёрдый переплёт")
	})
	t.Run("E11 the order is cancelled in a dialog", func(t *testing.T) {
		order := site.PlacedOrder(t, vera, dbtest.Book)
		w := window(dbtest.Vera).With(t).Visit(orderURL(order)).Click("Отменить заказ").Press("Да, отменить заказ")
		w.At(orderURL(order)).Sees("Заказ отменён.")
	})
	t.Run("E11 the staff change and cancel, and the customer's open page follows", func(t *testing.T) {
		order := site.PlacedOrder(t, vera, dbtest.Book)
		customer := window(dbtest.Vera).With(t).Visit(orderURL(order))
		gleb := window(dbtest.Gleb).With(t).Visit(deskURL(order)+"/edit").Fill(db.ItemField(0, "quantity"), "3").Fill("note", "Продают по три").Press("Сохранить").Sees("клиенту ушла новая копия")
		customer.Sees("Продают по три").Sees("Количество: 1 → 3")
		gleb.Click("Отменить заказ").Press("Да, отменить заказ").Wants(422).Sees("Напишите причину").Fill("reason", "Распродано").Press("Да, отменить заказ").Sees("клиенту ушло письмо")
		customer.Sees("Отменён — Распродано")
	})
	t.Run("the desk: the row goes, the next one opens with the focus in its first field, and the customer's page follows", func(t *testing.T) {
		first := site.PlacedOrder(t, vera, dbtest.Boots)
		site.Clock.Pass(time.Minute)
		second := site.PlacedOrder(t, vera, dbtest.Mug)
		customer := window(dbtest.Vera).With(t).Visit(orderURL(first)).Sees("Проверяем цены")
		gleb := window(dbtest.Gleb).With(t).Visit("/staff/orders")
		gleb.Within("#" + first.ID.Topic()).Click("Открыть " + first.ID.Number())
		gleb.Fill("commission", "10").Fill("shop_delivery", "5").Sees("Итого 204,95 €").Press("Выставить счёт").Sees("Счёт выставлен")
		gleb.SeesNot(first.ID.Number()).Focuses("#" + second.ID.Topic() + " input[name^='price.']")
		customer.Sees("Оплатить 204,95 €")
	})
	t.Run("the desk hears of a change while an order is open, and keeps what is typed", func(t *testing.T) {
		order := site.PlacedOrder(t, vera, dbtest.Boots)
		gleb := window(dbtest.Gleb).With(t).Visit(deskURL(order)+"?queue=new").Fill("commission", "7")
		form := order.Form(must(site.ItemsOf(t.Context(), order.ID)))
		form.Items[0].Quantity = "4"
		if _, err := site.SaveOrder(t.Context(), vera, order.ID, form); err != nil {
			t.Fatal(err)
		}
		gleb.Sees("Заказ изменился, пока был открыт").Shows("commission", "7")
	})
	t.Run("every screen reads well in every look", func(t *testing.T) {
		order := site.PricedOrder(t, vera, dbtest.Boots, dbtest.Mug)
		customer, gleb := window(dbtest.Vera).With(t), window(dbtest.Gleb).With(t)
		for _, path := range []string{"/orders", "/orders/new", orderURL(order), orderURL(order) + "/edit"} {
			webtest.EveryLook(customer.Visit(path), nil)
		}
		for _, path := range []string{"/staff/orders?queue=unpaid", deskURL(order)} {
			webtest.EveryLook(gleb.Visit(path), nil)
		}
	})
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
