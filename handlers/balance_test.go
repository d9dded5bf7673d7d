package handlers_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
)

func TestBalance(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	browser := site.As(dbtest.Vera)
	t.Run("D01 an empty balance says what will be here, and offers to fill it", func(t *testing.T) {
		browser.With(t).Visit("/balance").Sees("Доступно 0,00 €").Sees("В резерве 0,00 €").Sees("Баллы 0 1 балл = 1 ₽").Sees("Операций пока нет").Sees("Пополнить")
	})
	order := site.PaidOrder(t, vera, dbtest.Boots, dbtest.Mug)
	invoice := site.GoodsInvoice(t, order)
	site.TopUp(t, vera, 50_00)

	t.Run("D02 every change of the balance is a row, with the balance after it", func(t *testing.T) {
		browser.With(t).Visit("/balance").Sees("Доступно 50,00 €").Sees("Пополнение: счёт № " + invoice.ID.Number()).
			Sees("Списание: счёт № " + invoice.ID.Number() + ", заказ № " + order.ID.Number()).Sees("−260,75 €").Sees("+50,00 €")
	})
	t.Run("D02 the history is narrowed by kind and by order", func(t *testing.T) {
		browser := browser.With(t).Visit("/balance").Choose("Вид", "Списание").Press("Показать").Sees("−260,75 €").SeesNot("+50,00 €")
		browser.Click("Показать все").Sees("+50,00 €")
		browser.Fill("Номер заказа", order.ID.Number()).Press("Показать").Sees("−260,75 €").SeesNot("+50,00 €")
		browser.Fill("С", "2020-01-01").Fill("По", "2020-12-31").Press("Показать").Sees("Таких операций нет")
	})
	t.Run("D04 a number leads to everything behind it, D05 item by item", func(t *testing.T) {
		browser.With(t).Visit("/balance").Click("2").Sees("Операция № 2").Sees("Списание").Sees("Баланс до 260,75 €").Sees("Баланс после 0,00 €").
			Sees("Сотрудник").Sees(dbtest.Boots.Title).Sees("189,95 €").Sees("Комиссия").Sees("Доставка из магазина на склад").Sees("счёт № " + invoice.ID.Number())
		browser.With(t).Visit("/balance/1").Sees("Пополнение").Sees("Платёж в банке").Sees(invoice.Reference)
	})
	t.Run("D03 the numbers are one's own: another's and those that do not exist are not there", func(t *testing.T) {
		site.As(dbtest.Boris).With(t).Visit("/balance/2").Wants(404)
		browser.With(t).Visit("/balance/4").Wants(404)
	})
	t.Run("D01 a spreadsheet takes the history, and no text in it for a formula", func(t *testing.T) {
		payment := site.Recorded(t, 1_00, `=HYPERLINK("https://evil.example")`)
		if _, err := site.MatchPayment(t.Context(), site.Account(dbtest.Olga), payment.ID, db.MatchForm{Kind: "customer", Number: vera.ID.Number()}); err != nil {
			t.Fatal(err)
		}
		got := browser.With(t).Do("GET", "/balance/csv", "", nil)
		body, marked := strings.CutPrefix(got.Body, "\ufeff")
		if !marked || !strings.Contains(got.Header("Content-Disposition"), "balance-2026-03-02.csv") {
			t.Errorf("%v, %s", marked, got.Header("Content-Disposition"))
		}
		file := csv.NewReader(strings.NewReader(body))
		file.Comma = ';'
		rows, err := file.ReadAll()
		if err != nil || len(rows) != 5 || rows[1][5] != `'=HYPERLINK("https://evil.example")` || rows[3][3] != "-260,75" || rows[3][4] != "0,00" {
			t.Errorf("%q, %v", rows, err)
		}
	})
	t.Run("D01 the same on paper", func(t *testing.T) {
		got := browser.With(t).Do("GET", "/balance/pdf?kind=charge", "", nil)
		if got.Status != 200 || !strings.HasPrefix(got.Body, "%PDF-") || got.Header("Content-Type") != "application/pdf" {
			t.Errorf("%d %.20q", got.Status, got.Body)
		}
	})
}

func TestTopUp(t *testing.T) {
	site := open(t)
	site.Account(dbtest.Vera)
	vera := site.As(dbtest.Vera)
	t.Run("D12 a sum that is none is answered beside the field, and kept", func(t *testing.T) {
		vera.With(t).Visit("/balance").Click("Пополнить").Fill("Сколько положить на баланс", "сто").Press("Выставить счёт").Wants(422).
			Sees("Введите сумму цифрами").Shows("amount", "сто")
	})
	t.Run("D12 a sum becomes an invoice with bank details, a reference and both codes", func(t *testing.T) {
		browser := vera.With(t).Fill("amount", "200").Press("Выставить счёт").Wants(200).Sees("Счёт на пополнение №").Sees("200,00 €").
			Sees("E2R Demo GmbH").Sees("DE19 9999 9999 0000 1234 56").Sees("Расчётный счёт 40702810038000000042").Sees("18 480,00 ₽").SeesNot("Оплатить 200,00 €")
		if codes := browser.Find(".drawing svg"); len(codes) != 2 {
			t.Errorf("%d codes", len(codes))
		}
		browser.Visit("/balance").Sees("Ждём Ваш перевод")
	})
	t.Run("D12 when the money is there the header says so", func(t *testing.T) {
		announced, err := site.TopUpsOf(t.Context(), site.Account(dbtest.Vera).ID, site.Today())
		if err != nil || len(announced) != 1 {
			t.Fatal(announced, err)
		}
		site.Received(t, 200_00, announced[0].Reference)
		vera.With(t).Visit("/").Within("#purse").Sees("200,00 €")
		vera.With(t).Visit(announced[0].ID.Path()).Sees("Оплачен")
	})
}

func TestInvoice(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	order := site.PricedOrder(t, vera, dbtest.Boots)
	invoice := site.GoodsInvoice(t, order)
	browser := site.As(dbtest.Vera)
	t.Run("D06 the invoice says what for, how much, until when and where to", func(t *testing.T) {
		browser := browser.With(t).Visit("/balance").Click("№ " + invoice.ID.Number()).Sees("Счёт № " + invoice.ID.Number()).Sees("Выставлен").
			Sees(dbtest.Boots.Title).Sees("204,95 €").Sees("9 марта 2026").Sees("не хватает 204,95 €")
		if codes := browser.Find(".drawing svg"); len(codes) != 2 {
			t.Errorf("%d codes", len(codes))
		}
	})
	t.Run("D06 it is to be had on paper", func(t *testing.T) {
		got := browser.With(t).Do("GET", invoice.ID.Path()+"/pdf", "", nil)
		if !strings.HasPrefix(got.Body, "%PDF-") || !strings.Contains(got.Header("Content-Disposition"), "invoice-"+invoice.ID.Number()+".pdf") {
			t.Errorf("%.20q %s", got.Body, got.Header("Content-Disposition"))
		}
	})
	t.Run("A09 it is nobody else's", func(t *testing.T) {
		boris := site.As(dbtest.Boris).With(t)
		boris.Visit(invoice.ID.Path()).Wants(404)
		boris.Do("POST", invoice.ID.Path()+"/payment", "", nil).Wants(404)
		boris.Do("GET", invoice.ID.Path()+"/pdf", "", nil).Wants(404)
	})
	t.Run("D13 too little on the balance is said, and nothing happens", func(t *testing.T) {
		browser.With(t).Do("POST", invoice.ID.Path()+"/payment", "", nil).Wants(422)
		if got, err := site.InvoiceByID(t.Context(), invoice.ID); err != nil || got.Paid != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("D13 with enough it is paid in two clicks", func(t *testing.T) {
		// Money on the balance beside an open invoice: another order was paid in part and then cancelled.
		other := site.PricedOrder(t, vera, dbtest.Boots, dbtest.Mug)
		site.Transfer(t, site.GoodsInvoice(t, other), 205_00)
		if _, err := site.CancelOrder(t.Context(), vera, other.ID); err != nil {
			t.Fatal(err)
		}
		browser.With(t).Visit(invoice.ID.Path()).Click("Оплатить 204,95 € с баланса").Sees("Останется 0,05 €").Press("Оплатить 204,95 € с баланса").
			At(invoice.ID.Path()).Sees("Счёт оплачен с баланса.").Sees("Оплачен").Within("#purse").Sees("0,05 €")
		order, err := site.OrderByID(t.Context(), order.ID)
		if err != nil || order.Status != db.OrderProcessing {
			t.Errorf("%s, %v", order.Status, err)
		}
	})
	t.Run("D13 and so it is from the page of its order", func(t *testing.T) {
		third := site.PricedOrder(t, vera, dbtest.Book)
		other := site.PricedOrder(t, vera, dbtest.Boots, dbtest.Mug)
		site.Transfer(t, site.GoodsInvoice(t, other), 30_00)
		if _, err := site.CancelOrder(t.Context(), vera, other.ID); err != nil {
			t.Fatal(err)
		}
		path := fmt.Sprint("/orders/", third.ID)
		browser.With(t).Visit(path).Click("Оплатить 27,50 € с баланса").Press("Оплатить 27,50 € с баланса").At(path).Sees("Счёт оплачен с баланса.").Sees("Обрабатывается")
	})
}
