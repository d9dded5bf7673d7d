package handlers_test

import (
	"os"
	"strings"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

// record types a payment into the desk.
func record(desk *webtest.Browser, reference, amount, payer string) *webtest.Browser {
	return desk.Visit("/staff/payments").Fill("reference", reference).Fill("amount", amount).Fill("payer", payer).Press("Записать")
}

func TestPayments(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	order := site.PricedOrder(t, vera, dbtest.Boots)
	invoice := site.GoodsInvoice(t, order)
	olga := site.As(dbtest.Olga)

	t.Run("D08 only finance and admin work here", func(t *testing.T) {
		for _, who := range []dbtest.Person{dbtest.Vera, dbtest.Gleb, dbtest.Petr, dbtest.Sveta} {
			site.As(who).With(t).Visit("/staff/payments").Wants(404)
			site.As(who).With(t).Do("POST", "/staff/payments", "amount=1", nil).Wants(404)
		}
		site.As(dbtest.Anna).With(t).Visit("/staff/payments").Wants(200)
	})
	t.Run("D08 what can not be right is said beside the field, and kept", func(t *testing.T) {
		record(olga.With(t), "спасибо", "много", "").Wants(422).Sees("Введите сумму цифрами").Shows("reference", "спасибо").Shows("amount", "много")
	})
	t.Run("D08 a payment with a reference finds its invoice, and one press matches it", func(t *testing.T) {
		desk := record(olga.With(t), strings.ToLower(invoice.Reference), "210", "Орлова В.").Sees("Платёж записан").Sees("совпал номер для перевода").
			Sees("Вера Орлова").Sees("счёт № " + invoice.ID.Number())
		desk.Press("Разнести").Sees("Платёж разнесён").Sees("Неразнесённых платежей нет").Sees("Разнесено сегодня").Sees("разнесено 210,00 €")
		customer := site.As(dbtest.Vera).With(t).Visit(invoice.ID.Path()).Sees("Оплачен")
		customer.Within("#purse").Sees("5,05 €")
	})
	t.Run("D08 a payment that names nothing waits, and is matched by hand", func(t *testing.T) {
		desk := record(olga.With(t), "за ботинки", "10", "Иванов").Sees("Не разнесён")
		desk.Click("Вручную").Choose("Чей это платёж", "Клиент").Fill("Номер", "1001-0").Press("Разнести").Wants(422).Sees("В номере опечатка").Shows("Номер", "1001-0")
		desk.Fill("Номер", vera.ID.Number()).Press("Разнести").Wants(200).Sees("Платёж разнесён")
		site.As(dbtest.Vera).With(t).Visit("/balance").Within("#purse").Sees("15,05 €")
	})
	t.Run("D02 a match is undone on the same day, with a reason that the customer reads", func(t *testing.T) {
		desk := record(olga.With(t), "клиент "+vera.ID.Number(), "7", "").Press("Разнести")
		desk.Within("#payment-3").Click("Отменить разнесение").Press("Отменить разнесение").Wants(422)
		desk.Within("#payment-3").Fill("Почему отменяем", "это платёж другой Веры").Press("Отменить разнесение").Sees("Разнесение отменено")
		site.As(dbtest.Vera).With(t).Visit("/balance").Sees("Сторно").Click("5").Sees("это платёж другой Веры").Sees("Отменяет операцию")
	})
	t.Run("D08 «Не наш» takes it out of the queue, with a reason", func(t *testing.T) {
		desk := olga.With(t).Visit("/staff/payments")
		desk.Within("#payment-3").Click("Не наш").Fill("Почему не наш", "возврат налога").Press("Не наш").Sees("Платёж отмечен как чужой").Sees("Неразнесённых платежей нет")
	})
	t.Run("D02 the books agree", func(t *testing.T) {
		if findings, err := site.Audit(t.Context()); err != nil || len(findings) > 0 {
			t.Error(findings, err)
		}
	})
}

func TestPaymentsInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera := site.Account(dbtest.Vera)
	first := site.GoodsInvoice(t, site.PricedOrder(t, vera, dbtest.Boots))
	second := site.GoodsInvoice(t, site.PricedOrder(t, vera, dbtest.Book))
	customer := site.Window(t, dbtest.Vera).Visit("/balance").Sees("К оплате")
	desk := site.Window(t, dbtest.Olga).Visit("/staff/payments").Focuses("#field-reference")

	t.Run("D08 payments are recorded and matched without the mouse and without a reload", func(t *testing.T) {
		desk := desk.With(t)
		for _, invoice := range []db.Invoice{first, second} {
			desk.Type(invoice.Reference)
			desk.Fill("Сумма", dbtest.Typed(invoice.Total)).Press("Записать").Sees("совпал номер для перевода").Focuses("#field-reference")
			desk.Press("Разнести").Sees("Платёж разнесён").Focuses("#field-reference")
		}
		desk.Within("#payment-totals").Sees("232,45 €").Sees("разнесено 232,45 €")
		desk.Within("#tab-staff-payments").SeesNot("1")
	})
	t.Run("D12 the customer's open page follows by itself", func(t *testing.T) {
		customer := customer.With(t)
		customer.Within("#history").Sees("Пополнение: счёт № " + first.ID.Number()).Sees("Списание: счёт № " + second.ID.Number())
		customer.Within("#balance").SeesNot("К оплате")
	})
	t.Run("D13 an invoice is paid in place", func(t *testing.T) {
		third := site.GoodsInvoice(t, site.PricedOrder(t, vera, dbtest.Book))
		other := site.PricedOrder(t, vera, dbtest.Boots, dbtest.Mug)
		site.Transfer(t, site.GoodsInvoice(t, other), 30_00)
		if _, err := site.CancelOrder(t.Context(), vera, other.ID); err != nil {
			t.Fatal(err)
		}
		customer := customer.With(t).Visit(third.ID.Path()).Within("#pay-" + third.ID.Topic()).Click("Оплатить 27,50 € с баланса").Sees("Останется 2,50 €")
		customer.Within("#pay-" + third.ID.Topic() + " .pop-body").Press("Оплатить 27,50 € с баланса")
		customer.Sees("Счёт оплачен с баланса").Sees("Оплачен").At(third.ID.Path())
		customer.Within("#purse").Sees("2,50 €")
	})
	t.Run("every screen of money is in order on a phone and on a desktop", func(t *testing.T) {
		open := site.GoodsInvoice(t, site.PricedOrder(t, vera, dbtest.Boots, dbtest.Mug))
		site.Recorded(t, 30_00, "за ботинки, "+open.ID.Number())
		site.Recorded(t, 12_00, "спасибо за покупку")
		for _, width := range []int{375, 1280} {
			for _, path := range []string{"/balance", "/balance/2", "/balance/top-up", open.ID.Path()} {
				customer.With(t).Size(width).Visit(path).Wants(200).NoHorizontalScroll().Axe().Clean()
				shoot(customer, width, path)
			}
			desk.With(t).Size(width).Visit("/staff/payments").NoHorizontalScroll().Axe().Clean()
			shoot(desk, width, "/staff/payments")
		}
	})
}

// shoot keeps a picture of a screen where SHOTS says, for whoever draws it.
func shoot(window *webtest.Window, width int, path string) {
	if dir := os.Getenv("SHOTS"); dir != "" {
		window.Screenshot(dir + "/" + strings.ReplaceAll(strings.Trim(path, "/"), "/", "-") + "-" + map[int]string{375: "375", 1280: "1280"}[width] + ".png")
	}
}
