package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// paid is an order of Vera's that waits for the buyer.
func (s *site) paid(things ...db.ItemForm) db.Order {
	s.t.Helper()
	return s.PaidOrder(s.t, s.Account(dbtest.Vera), things...)
}

func (s *site) item(order db.Order, n int) db.Item {
	s.t.Helper()
	items, err := s.ItemsOf(s.t.Context(), order.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return items[n]
}

func (s *site) buying(order db.Order, act string) string {
	return fmt.Sprintf("/staff/buying/%d%s", order.ID, act)
}

func TestBuying(t *testing.T) {
	site := open(t)
	order := site.paid(dbtest.Boots, dbtest.Mug, dbtest.Book)
	site.PricedOrder(t, site.Account(dbtest.Vera), dbtest.Book)
	gleb := site.As(dbtest.Gleb)
	t.Run("E15 the desk shows what is paid, shop by shop, with the way to the shop", func(t *testing.T) {
		gleb.With(t).Visit("/staff/buying").Wants(200).Sees("Заказ № " + order.ID.Number()).Sees("bergzeit.de").Sees("galaxus.de").
			Sees("Ботинки Meindl Civetta").Sees("189,95 €").Sees("55,80 €").Sees(dbtest.Vera.Name)
		if !strings.Contains(gleb.Body(), `href="`+dbtest.Boots.URL+`"`) || strings.Count(gleb.Body(), `class="strip"`) != 3 {
			t.Error(gleb.Body())
		}
	})
	t.Run("F01 bad input stands beside its field and keeps what was typed", func(t *testing.T) {
		id := "#purchase-" + site.item(order, 1).ID.Topic()
		gleb.With(t).Visit("/staff/buying").Within(id).Fill("Уплачено", "дёшево").Fill("№ в магазине", "GX-1").Press("Куплен").Wants(422)
		gleb.With(t).Within(id).Sees("Сумма в евро").Shows("№ в магазине", "GX-1").Shows("Уплачено", "дёшево")
		if site.item(order, 1).Status != db.ItemUnderReview {
			t.Error("bought all the same")
		}
	})
	t.Run("F01 a dearer purchase asks before the house bears it", func(t *testing.T) {
		id := "#purchase-" + site.item(order, 1).ID.Topic()
		gleb.With(t).Visit("/staff/buying").Within(id).Fill("Уплачено", "60").Press("Куплен").Wants(422).Sees("4,20 €")
		gleb.With(t).Within(id).Check("Разницу 4,20 € берём на себя").Press("Куплен").At("/staff/buying").Sees("Куплено")
		if got := site.item(order, 1); got.Status != db.ItemPurchased {
			t.Error(got.Status)
		}
		gleb.With(t).SeesNot("Термокружка")
	})
	t.Run("mail-30 what can not be had is refunded with its reason", func(t *testing.T) {
		book := site.item(order, 2)
		gleb.With(t).Visit("/staff/buying").Within("#" + book.ID.Topic()).Click("Нет в наличии").Within("#" + book.ID.Topic()).Press("Вернуть 12,50 €").Wants(422).Sees("Без этого нельзя сохранить")
		gleb.With(t).Within("#"+book.ID.Topic()).Fill("Причина", "Тираж распродан").Press("Вернуть 12,50 €").At("/staff/buying").Sees("Деньги вернулись").SeesNot("Struwwelpeter")
		if got := site.item(order, 2); got.Status != db.ItemUnavailable {
			t.Error(got.Status)
		}
	})
	t.Run("an order of which all is bought leaves the queue", func(t *testing.T) {
		boots := gleb.With(t).Visit("/staff/buying").Within("#purchase-" + site.item(order, 0).ID.Topic())
		boots.Fill("Уплачено", "189,95").Fill("Ждём на складе", site.Today().Plus(3).String()).Fill("Трек до склада", "jjd 00 77").Press("Куплен")
		gleb.With(t).Visit("/staff/buying").Sees("Всё куплено").SeesNot(order.ID.Number())
	})
	t.Run("«Ожидаются» shows it, and a purchase can be undone with a reason", func(t *testing.T) {
		row := "#" + site.purchaseOf(order, 0).Topic()
		gleb.With(t).Visit("/staff/buying/expected").Within(row).Sees("JJD0077").Sees("Meindl").Click("Отменить покупку").Within(row).Press("Отменить покупку").Wants(422)
		gleb.With(t).Within(row).Fill("Почему", "Не тот размер").Press("Отменить покупку").At("/staff/buying/expected").Sees("Покупка отменена").SeesNot("Meindl")
		if got := site.item(order, 0); got.Status != db.ItemUnderReview {
			t.Error(got.Status)
		}
	})
	t.Run("a shop that backs out is «Магазин отменил»", func(t *testing.T) {
		row := "#" + site.purchaseOf(order, 1).Topic()
		gleb.With(t).Visit("/staff/buying/expected").Within(row).Click("Магазин отменил").Within(row).Fill("Причина", "Склад магазина пуст").Press("Вернуть деньги за отмеченные").At("/staff/buying/expected").Sees("Ничего не едет")
		if got := site.item(order, 1); got.Status != db.ItemCancelled {
			t.Error(got.Status)
		}
	})
	t.Run("support reads, the warehouse does not find it", func(t *testing.T) {
		site.As(dbtest.Sveta).With(t).Visit("/staff/buying").Wants(200).Sees("Meindl").SeesNot("Уплачено").SeesNot("Нет в наличии")
		site.As(dbtest.Petr).With(t).Visit("/staff/buying").Wants(404)
		site.As(dbtest.Sveta).With(t).Do("POST", site.buying(order, "/purchases"), "", nil).Wants(404)
	})
	t.Run("late purchases come first and are counted", func(t *testing.T) {
		other := site.paid(dbtest.Boots)
		site.Bought(t, other)
		site.Clock.Pass(6 * 24 * time.Hour)
		gleb.With(t).Visit("/staff/buying/expected").Sees("1 опаздывает").Sees("на 2 дня позже")
	})
}

func (s *site) purchaseOf(order db.Order, n int) db.PurchaseID {
	s.t.Helper()
	item := s.item(order, n)
	if item.PurchaseID == nil {
		s.t.Fatalf("%s is %s", item.Title, item.Status)
	}
	return *item.PurchaseID
}

func TestBuyingInPlace(t *testing.T) {
	site := open(t)
	first, second := site.paid(dbtest.Boots, dbtest.Mug), site.paid(dbtest.Book)
	gleb := site.Window(t, dbtest.Gleb).Visit("/staff/buying")
	boots := "#purchase-" + site.item(first, 0).ID.Topic()
	gleb.Within(boots).Fill("Уплачено", "189,95").Press("Куплен")
	gleb.SeesNot("Meindl").Sees("Куплено").Focuses("#" + "purchase-" + site.item(first, 1).ID.Topic() + "-shop_order")
	gleb.Within("#purchase-"+site.item(first, 1).ID.Topic()).Fill("Уплачено", "90").Press("Куплен")
	gleb.Wants(422).Sees("34,20 €").Focuses("[name=bears]")
	gleb.Within("#purchase-"+site.item(first, 1).ID.Topic()).Fill("Уплачено", "55,80").Press("Куплен")
	gleb.SeesNot(first.ID.Number()).Focuses("#purchase-" + site.item(second, 0).ID.Topic() + "-shop_order")
	if err := site.MarkUnavailable(t.Context(), site.Account(dbtest.Gleb), second.ID, db.Shortage{Items: []db.ItemID{site.item(second, 0).ID}, Reason: "Нет"}); err != nil {
		t.Fatal(err)
	}
	gleb.SeesNot(second.ID.Number()).Sees("Всё куплено").Clean()
}

func TestTwoBuyers(t *testing.T) {
	site := open(t)
	order := site.paid(dbtest.Boots, dbtest.Mug)
	gleb := site.Window(t, dbtest.Gleb).Visit("/staff/buying")
	boots := "#purchase-" + site.item(order, 0).ID.Topic()
	mug := gleb.Within("#purchase-"+site.item(order, 1).ID.Topic()).Fill("Уплачено", "55,10").Fill("№ в магазине", "GX-77")
	other := site.Window(t, dbtest.Anna).Visit("/staff/buying")
	other.Within(boots).Fill("Уплачено", "189,95").Press("Куплен").Sees("Куплено")
	t.Run("what one has bought leaves the other's page, and what is typed there stays", func(t *testing.T) {
		gleb.With(t).SeesNot("Meindl")
		mug.With(t).Shows("Уплачено", "55,10").Shows("№ в магазине", "GX-77").Press("Куплен").Sees("Куплено")
		if got := site.item(order, 1); got.Status != db.ItemPurchased {
			t.Error(got.Status)
		}
	})
}

func TestBuyingByPages(t *testing.T) {
	site := open(t)
	for range db.BuyingPage + 1 {
		site.Clock.Pass(time.Minute)
		site.paid(dbtest.Book)
	}
	gleb := site.Window(t, dbtest.Gleb).Visit("/staff/buying")
	count := func(selector string, want int) {
		t.Helper()
		var got int
		if gleb.Evaluate(fmt.Sprintf("document.querySelectorAll(%q).length", selector), &got); got != want {
			t.Errorf("%d of %s, not %d", got, selector, want)
		}
	}
	count(".queue > article", db.BuyingPage)
	gleb.Click("Показать ещё").SeesNot("Показать ещё")
	count(".queue > article", db.BuyingPage+1)
	count(".row", db.BuyingPage+1)
	queue, _, err := site.BuyingQueue(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, order := range queue {
		site.Bought(t, order.Order)
	}
	gleb.Visit("/staff/buying/expected")
	count(".row", db.BuyingPage)
	last, _, err := site.BuyingQueue(t.Context(), 0)
	if err != nil || len(last) != 1 {
		t.Fatal(last, err)
	}
	site.Bought(t, last[0].Order)
	gleb.Visit("/staff/buying/expected").Click("Показать ещё").SeesNot("Показать ещё")
	count(".row", db.BuyingPage+1)
}
