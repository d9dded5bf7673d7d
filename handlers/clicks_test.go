package handlers_test

import (
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

// clicks counts how often a person has to click or press; typing is free.
type clicks struct {
	*webtest.Browser
	n int
}

func (c *clicks) Click(name string) *clicks {
	c.Browser.Click(name)
	c.n++
	return c
}

func (c *clicks) Press(name string) *clicks {
	c.Browser.Press(name)
	c.n++
	return c
}

// TestClicks does what people do every day, without JavaScript, from the first page they see.
func TestClicks(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	task := func(who dbtest.Person, from, name string, act func(c *clicks)) {
		t.Run("P12 in three clicks: "+name, func(t *testing.T) {
			c := &clicks{Browser: site.As(who).With(t).Visit(from)}
			if act(c); c.n > 3 {
				t.Errorf("that took %d clicks", c.n)
			}
		})
	}
	task(dbtest.Vera, "/", "fill in the address", func(c *clicks) {
		c.Click("Настройки").Click("Изменить Общая информация")
		form := dbtest.AddressForm()
		for field, value := range map[string]string{"surname": form.Surname, "name": form.Name, "postal_code": form.PostalCode, "region": form.Region,
			"city": form.City, "street": form.Street, "house": form.House, "flat": form.Flat, "latin_name": form.LatinName, "phone": form.Phone} {
			c.Fill(field, value)
		}
		c.Press("Сохранить").Sees("Адрес сохранён")
	})
	task(dbtest.Vera, "/", "order", func(c *clicks) {
		fillItem(c.Click("Новый заказ").Browser, 0, "Ботинки", "189,95").Fill(db.ItemField(0, "shop"), "bergzeit.de").Choose("method", "EMS / Почта России")
		c.Press("Отправить заказ").Sees("Заказ принят")
	})
	order := newest(t, site, dbtest.Vera)
	task(dbtest.Vera, "/", "change the comment", func(c *clicks) {
		c.Click(order.ID.Number()).Click("Изменить комментарий").Fill("comment", "Без коробки")
		c.Press("Сохранить").Sees("Без коробки")
	})
	site.TopUp(t, vera, 300_00)
	task(dbtest.Gleb, "/staff", "price an order", func(c *clicks) {
		c.Click("Заказы").Click("Открыть "+order.ID.Number()).Fill("commission", "10").Fill("shop_delivery", "0")
		c.Press("Выставить счёт").Sees("Счёт выставлен")
	})
	task(dbtest.Vera, "/", "top up", func(c *clicks) {
		c.Click("Пополнить").Fill("amount", "300")
		c.Press("Выставить счёт").Sees("Счёт на пополнение").Sees("IBAN")
	})
	task(dbtest.Olga, "/staff", "write a payment down", func(c *clicks) {
		c.Click("Платежи").Fill("reference", "от Веры").Fill("amount", "300")
		c.Press("Записать").Sees("от Веры")
	})
	task(dbtest.Gleb, "/staff", "buy", func(c *clicks) {
		c.Click("Выкуп").Fill("№ в магазине", "BZ-1").Fill("Уплачено", "189,95").Fill("Трек до склада", "JJD000390007123456789")
		c.Press("Куплен").Sees("Куплено")
	})
	task(dbtest.Petr, "/staff", "receive", func(c *clicks) {
		c.Click("Приёмка").Fill("q", "JJD000390007123456789")
		c.Press("Найти").Within("#receipt").Fill("Вес коробки", "1,9")
		c.Press("На складе").Sees("Принято")
	})
	site.Work()
	task(dbtest.Petr, "/staff", "pack", func(c *clicks) {
		c.Click("Сборка").Press("Следующая").Check("Ботинки").Fill("Вес", "2").Fill("Длина", "40").Fill("Ширина", "30").Fill("Высота", "10")
		c.Press("Упаковано").Sees("Стол свободен")
	})
	site.Work()
	task(dbtest.Petr, "/staff", "ship", func(c *clicks) {
		c.Click("Отправка").Fill("Трек-номер посылки", "RA123456785DE")
		c.Press("Отправить").Sees("Посылка отправлена")
	})
	task(dbtest.Vera, "/", "see where the parcel is", func(c *clicks) {
		if c.Click("Посылки"); len(c.Find(`a[href*="RA123456785DE"]`)) == 0 {
			t.Error("no link to the carrier")
		}
	})
	task(dbtest.Vera, "/", "see what a charge was for", func(c *clicks) { c.Click("История").Click("2").Sees("Ботинки") })
	task(dbtest.Vera, "/", "order the same again", func(c *clicks) {
		c.Click(order.ID.Number()).Click("Повторить").Press("Отправить заказ").Sees("Заказ принят")
	})
	if status := parcelStatus(t, site, site.ParcelWith(t, site.item(order, 0).ID).ID); status != db.ParcelShipped {
		t.Errorf("after all of it the parcel is %s", status)
	}
}
