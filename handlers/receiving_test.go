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

// coming is an order of Vera's that is bought and on its way to the warehouse.
func (s *site) coming(things ...db.ItemForm) (db.Order, []db.Purchase) {
	s.t.Helper()
	order := s.paid(things...)
	return order, s.Bought(s.t, order)
}

func TestReceiving(t *testing.T) {
	site := open(t)
	order, purchases := site.coming(dbtest.Boots, dbtest.Mug)
	petr := site.As(dbtest.Petr)
	t.Run("a number that nothing fits is kept, and the nearest are offered", func(t *testing.T) {
		petr.With(t).Visit("/staff/receiving").Wants(200).Fill("q", "QQ-404").Press("Найти").Sees("Не нашли: QQ-404").Shows("q", "QQ-404").SeesNot("Может быть")
		petr.With(t).Fill("q", fmt.Sprint(site.Account(dbtest.Vera).ID)).Press("Найти").Sees("Может быть").Within(".rows").Sees(order.ID.Number()).Click("Открыть").Sees("Ботинки Meindl Civetta")
	})
	t.Run("E18 a tracking number opens the order and ticks what comes with it; a part is received", func(t *testing.T) {
		petr.With(t).Visit("/staff/receiving").Fill("q", " "+purchases[0].TrackingNumber+" ").Press("Найти").
			Sees("Заказ № " + order.ID.Number()).Sees("0 из 2 на складе").Sees("Термокружка")
		receipt := petr.With(t).Within("#receipt")
		receipt.Fill("Вес коробки", "тяжёлая").Press("На складе").Wants(422).Sees("Вес в килограммах").Shows("Вес коробки", "тяжёлая")
		petr.With(t).Within("#receipt").Fill("Вес коробки", "1,25").Fill("Длина", "42").Press("На складе").
			At("/staff/receiving").Sees("Принято. Следующая коробка").Within("#receipts").Sees(order.ID.Number()).Sees("1,25 кг").Sees("Meindl")
		if site.item(order, 0).Status != db.ItemAtWarehouse || site.item(order, 1).Status != db.ItemPurchased {
			t.Error(site.item(order, 0).Status, site.item(order, 1).Status)
		}
	})
	t.Run("the mail waits, and the receipt can be undone until it leaves", func(t *testing.T) {
		petr.With(t).Visit("/staff/receiving").Within("#receipts").Press("Отменить").At("/staff/receiving").Sees("Приёмка отменена").Sees("Пока ничего")
		if site.item(order, 0).Status != db.ItemPurchased {
			t.Error(site.item(order, 0).Status)
		}
	})
	t.Run("E17 the order is «На складе» when the rest has come, and says so to the next scan", func(t *testing.T) {
		petr.With(t).Visit("/staff/receiving").Fill("q", "№"+order.ID.Number()).Press("Найти").Within("#receipt").Press("На складе").Sees("Принято")
		got, err := site.OrderByID(t.Context(), order.ID)
		if err != nil || got.Status != db.OrderAtWarehouse {
			t.Error(got.Status, err)
		}
		petr.With(t).Visit("/staff/receiving").Fill("q", order.ID.Number()).Press("Найти").Sees("Все товары этого заказа уже приняты").SeesNot("Вес коробки")
	})
	t.Run("F03 mail-13 leaves half an hour later, with the number, what came and its weight", func(t *testing.T) {
		order, _ := site.coming(dbtest.Boots)
		petr.With(t).Visit("/staff/receiving").Fill("q", order.ID.Number()).Press("Найти").Within("#receipt").Fill("Вес коробки", "1,9").Press("На складе")
		site.Work()
		if status, _, _ := site.mailAbout(order, db.MailArrived); status != db.MailGathering {
			t.Error(status)
		}
		site.Clock.Pass(31 * time.Minute)
		site.Work()
		status, subject, text := site.mailAbout(order, db.MailArrived)
		if status != db.MailSent || !strings.Contains(subject, "[№"+order.ID.Number()+"]") || !strings.Contains(text, "Ботинки Meindl Civetta") || !strings.Contains(text, "1,90") {
			t.Error(status, subject, text)
		}
		petr.With(t).Visit("/staff/receiving").Within("#receipts").Sees("письмо ушло")
	})
	t.Run("an unpaid order says why it is not received", func(t *testing.T) {
		unpaid := site.PricedOrder(t, site.Account(dbtest.Vera), dbtest.Book)
		petr.With(t).Visit("/staff/receiving").Fill("q", unpaid.ID.Number()).Press("Найти").Sees("Заказ не оплачен").SeesNot("Вес коробки")
	})
	t.Run("a box with things of two orders asks which", func(t *testing.T) {
		one, _ := site.coming(dbtest.Book)
		two, _ := site.coming(dbtest.Book)
		if _, err := site.Pool.Exec(t.Context(), "UPDATE purchases SET tracking_number = 'TOGETHER' WHERE order_id IN ($1, $2)", one.ID, two.ID); err != nil {
			t.Fatal(err)
		}
		petr.With(t).Visit("/staff/receiving").Fill("q", "together").Press("Найти").Sees("в нескольких заказах").
			Within("#" + two.ID.Topic()).Click("Открыть").Within("#receipt").Press("На складе")
		if site.item(one, 0).Status != db.ItemPurchased || site.item(two, 0).Status != db.ItemAtWarehouse {
			t.Error(site.item(one, 0).Status, site.item(two, 0).Status)
		}
	})
	t.Run("a buyer does not find the desk", func(t *testing.T) {
		site.As(dbtest.Gleb).With(t).Visit("/staff/receiving").Wants(404)
	})
}

func (s *site) mailAbout(order db.Order, kind db.MailKind) (status db.MailStatus, subject, text string) {
	s.t.Helper()
	err := s.Pool.QueryRow(s.t.Context(), "SELECT status, subject, text_body FROM mails WHERE topic = $1 AND kind = $2", order.ID.Topic(), kind).Scan(&status, &subject, &text)
	if err != nil {
		s.t.Fatal(err)
	}
	return status, subject, text
}

func TestReceivingInPlace(t *testing.T) {
	site := open(t)
	order, purchases := site.coming(dbtest.Boots, dbtest.Mug)
	petr := site.Window(t, dbtest.Petr).Visit("/staff/receiving").Focuses("#scan")
	petr.Type("nothing there").Keys("Enter").Sees("Не нашли").Focuses("#scan")
	petr.Type(order.ID.Number()).Keys("Enter").Sees("0 из 2 на складе").Focuses("#field-weight")
	petr.Type("2,5").Keys("Enter").Sees("Принято. Следующая коробка").Focuses("#scan")
	petr.Within("#receipts").Sees("2,50 кг").Sees("Термокружка")
	petr.Within("#receipts").Press("Отменить").Sees("Пока ничего")
	petr.Fill("q", purchases[1].TrackingNumber).Press("Найти").Sees("0 из 2 на складе")
	var ticked int
	if petr.Evaluate("document.querySelectorAll('[data-tick]:checked').length", &ticked); ticked != 1 {
		t.Error("ticked:", ticked)
	}
	petr.Evaluate("(document.activeElement.blur(), dispatchEvent(new Event('x')), 1)", &ticked)
	petr.Keys("1")
	if petr.Evaluate("document.querySelectorAll('[data-tick]:checked').length", &ticked); ticked != 2 {
		t.Error("ticked by key:", ticked)
	}
	t.Run("a second tab is told, and sees what the first has received", func(t *testing.T) {
		second := site.Window(t, dbtest.Petr).Visit("/staff/receiving?q=" + order.ID.Number()).Sees("0 из 2 на складе")
		petr.With(t).Within("#receipt").Press("На складе").Sees("Принято")
		second.Sees("2 из 2 на складе").Within("#receipts").Sees(order.ID.Number())
	})
	site.Clock.Pass(31 * time.Minute)
	petr.Clean()
}

func TestDesksInEveryLook(t *testing.T) {
	t.Parallel()
	site := open(t)
	order, purchases := site.coming(dbtest.Boots, dbtest.Mug)
	site.Arrived(t, site.item(order, 0))
	waits := site.paid(dbtest.Boots, dbtest.Book)
	gleb, petr := site.Window(t, dbtest.Gleb), site.Window(t, dbtest.Petr)
	gleb.Visit("/staff/buying")
	id := "#purchase-" + site.item(waits, 0).ID.Topic()
	gleb.Within(id).Fill("Уплачено", "300").Press("Куплен").Wants(422).Sees("берём на себя")
	gleb.Within("#" + site.item(waits, 1).ID.Topic()).Click("Нет в наличии")
	webtest.EveryLook(gleb, nil)
	site.Clock.Pass(6 * 24 * time.Hour)
	webtest.EveryLook(gleb.Visit("/staff/buying/expected"), nil)
	for _, scanned := range []string{"", "QQ-404", fmt.Sprint(site.Account(dbtest.Vera).ID), purchases[1].TrackingNumber, waits.ID.Number()} {
		webtest.EveryLook(petr.Visit("/staff/receiving?q="+url.QueryEscape(scanned)), nil)
	}
}
