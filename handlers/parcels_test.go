package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

func address(path string, id db.ParcelID) string {
	return fmt.Sprintf(path, id)
}

func TestOwnParcelPages(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	site.Address(t, vera)
	order := site.PaidOrder(t, vera, dbtest.Boots, dbtest.Mug, dbtest.Book)
	items, err := site.ItemsOf(t.Context(), order.ID)
	if err != nil {
		t.Fatal(err)
	}
	site.Arrives(t, items[0])
	page := site.As(dbtest.Vera)

	t.Run("G07 the list says what a parcel is before there is one", func(t *testing.T) {
		page.With(t).Visit("/parcels").Sees("Посылок пока нет").Click("Создать посылку самостоятельно").At("/parcels/new")
	})
	t.Run("G06 the page says first that we form parcels sooner, with both dates, and lets go on", func(t *testing.T) {
		page.With(t).Sees("Не создавайте посылки сами, если не хотите задержки").Sees("Если сформируем мы").Sees("10 марта 2026").Sees("11 марта 2026")
	})
	t.Run("G10 an empty form comes back with what is missing, and keeps what was chosen", func(t *testing.T) {
		page.With(t).Check("EMS / Почта России").Press("Создать посылку")
		page.With(t).Wants(422).Sees("Отметьте хотя бы один товар").Shows("EMS / Почта России", "on")
	})
	t.Run("G11 G13 the parcel is «Новая» and its items «Заморожен»", func(t *testing.T) {
		page.With(t).Check("Ботинки Meindl Civetta").Check("Термокружка Stanley 0,47 л").Press("Создать посылку")
		page.With(t).Sees("Посылка создана, её товары заморожены").Sees("Новая").Sees("Заморожен").Sees("Что дальше")
	})
	t.Run("G15 what has not come is said before the button, with the way out", func(t *testing.T) {
		page.With(t).Sees("Не все товары на складе").Press("Оставить в посылке только пришедшие (1), остальные — в новую")
		page.With(t).Sees("Пришедшие товары остались, остальные ждут в новой посылке").SeesNot("Термокружка")
	})
	t.Run("G14 «Отправить в обработку» puts it into the queue", func(t *testing.T) {
		page.With(t).Press("Отправить в обработку").Sees("Собирается").Sees("Место в очереди: 1").Sees("2 рабочих дня")
	})
	t.Run("G18 it can be taken back while nobody packs it", func(t *testing.T) {
		page.With(t).Click("Отозвать из очереди").Press("Отозвать из очереди").Sees("Посылка отозвана")
	})
	t.Run("G10 «Расформировать» frees the items", func(t *testing.T) {
		page.With(t).Click("Расформировать").Press("Расформировать").Sees("Посылка расформирована, товары свободны").Sees("Отменена")
	})
	t.Run("G08 the list has «Создана» and «Отправлена» apart", func(t *testing.T) {
		page.With(t).Visit("/parcels").Sees("Создана").Sees("Отправлена").Sees("Ждём ещё 1 товар")
	})
	t.Run("A09 nobody else sees it", func(t *testing.T) {
		parcel := site.ParcelWith(t, items[1].ID)
		boris := site.As(dbtest.Boris).With(t)
		boris.Visit(address("/parcels/%d", parcel.ID)).Wants(404)
		boris.Visit("/parcels").SeesNot(parcel.ID.Number())
	})
}

func TestHoldsOnThePage(t *testing.T) {
	site := open(t)
	vera, petr := site.Account(dbtest.Vera), site.Account(dbtest.Petr)
	form := dbtest.AddressForm()
	form.House = ""
	place, err := site.AddAddress(t.Context(), vera, form)
	if err != nil {
		t.Fatal(err)
	}
	parcel := site.FormedParcel(t, vera)
	page, desk := site.As(dbtest.Vera), site.As(dbtest.Petr)

	t.Run("C03 both sides see what is missing, and the customer the button", func(t *testing.T) {
		page.With(t).Visit(address("/parcels/%d", parcel.ID)).Sees("Не хватает данных получателя").Sees("Не хватает: дом").Sees("Дополнить адрес")
		desk.With(t).Visit("/staff/assembly/blocked").Sees(parcel.ID.Number()).Sees("Не хватает данных получателя").Sees("дом")
	})
	t.Run("C03 completed, it moves on by itself", func(t *testing.T) {
		whole := dbtest.AddressForm()
		whole.Version = place.Version
		if _, err := site.EditAddress(t.Context(), vera, place.ID, whole); err != nil {
			t.Fatal(err)
		}
		site.Work()
		page.With(t).Reload().SeesNot("Дополнить адрес").Sees("Место в очереди: 1")
		desk.With(t).Reload().SeesNot(parcel.ID.Number())
	})
	t.Run("D10 G02 too little money: both sides see the sum or the reason, and the customer where to pay", func(t *testing.T) {
		desk.With(t).Visit("/staff/assembly").Press("Следующая").Sees(parcel.ID.Number())
		desk.With(t).Check("Ботинки Meindl Civetta").Fill("weight", "1,4").Fill("length", "35").Fill("width", "22").Fill("height", "13").Press("Упаковано")
		desk.With(t).Sees("Посылка ждёт")
		page.With(t).Reload().Sees("Не оплачена доставка").Sees("26,49 €").Sees("Пополнить на 26,49 €").Sees("Счёт за доставку")
		desk.With(t).Visit("/staff/assembly/blocked").Sees("Не оплачена доставка")
	})
	t.Run("D10 money comes, and the parcel is ready by itself", func(t *testing.T) {
		site.TopUp(t, vera, 30_00)
		site.Work()
		page.With(t).Reload().Sees("Готова к отправке").Sees("3 марта 2026").SeesNot("Пополнить на").Sees("1,40 кг")
	})
	t.Run("G05 the address can still be asked to be another", func(t *testing.T) {
		other := dbtest.AddressForm()
		other.Label, other.City = "дача", "Тверь"
		if _, err := site.AddAddress(t.Context(), vera, other); err != nil {
			t.Fatal(err)
		}
		page.With(t).Click("Изменить адрес").Sees("возможно, этикетка напечатана").Choose("Адрес получателя", "дача").Press("Сохранить")
		page.With(t).Sees("Вы просите изменить адрес")
		desk.With(t).Visit("/staff/assembly/redirections").Sees("Тверь").Press("Принять").SeesNot("Тверь")
		page.With(t).Reload().SeesNot("Вы просите изменить адрес").Sees("Тверь")
	})
	_ = petr
}

func TestAssemblyDesk(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	site.Address(t, vera)
	site.TopUp(t, vera, 200_00)
	desk := site.As(dbtest.Petr)
	_, loose := site.StoredOrder(t, vera, dbtest.Mug)

	t.Run("G01 «Сформировать» makes a parcel of what lies there with one click", func(t *testing.T) {
		desk.With(t).Visit("/staff/assembly/proposals").Sees("Термокружка").Press("Создать посылку").SeesNot("Термокружка")
		if parcel := site.ParcelWith(t, loose[0].ID); parcel.Status != db.ParcelAssembling {
			t.Errorf("it is %s", parcel.Status)
		}
	})
	t.Run("G18 «Следующая» takes one; what is typed wrong comes back beside the fields", func(t *testing.T) {
		desk.With(t).Visit("/staff/assembly").Press("Следующая").Sees("Термокружка").Sees("до 31,50 кг")
		desk.With(t).Fill("weight", "40").Fill("length", "35").Fill("width", "x").Fill("height", "13").Press("Упаковано")
		desk.With(t).Wants(422).Sees("Отметьте каждый товар").Sees("Сторона в сантиметрах").Shows("weight", "40")
		desk.With(t).Check("Термокружка").Fill("width", "22").Press("Упаковано").Wants(422).Sees("слишком тяжёлая")
	})
	t.Run("G18 a parcel let go is in the queue again", func(t *testing.T) {
		desk.With(t).Visit("/staff/assembly").Within("#table").Press("Вернуть в очередь").Sees("Следующая")
	})
	t.Run("D10 packed and paid, it is ready", func(t *testing.T) {
		desk.With(t).Visit("/staff/assembly").Press("Следующая").Check("Термокружка")
		desk.With(t).Fill("weight", "0.9").Fill("length", "30").Fill("width", "20").Fill("height", "12,5").Press("Упаковано")
		desk.With(t).Sees("Посылка готова к отправке, доставка оплачена").Sees("Стол свободен")
	})
	t.Run("F05 it can come back with a reason", func(t *testing.T) {
		parcel := site.ParcelWith(t, loose[0].ID)
		desk.With(t).Visit(address("/staff/assembly/%d", parcel.ID)).Click("Вернуть в сборку").Fill("reason", "не та коробка").Press("Вернуть в сборку").At("/staff/assembly").Sees("Посылка на Вашем столе")
	})
	t.Run("G16 cancelled with a reason, which the customer reads", func(t *testing.T) {
		parcel := site.ParcelWith(t, loose[0].ID)
		desk.With(t).Visit(address("/staff/assembly/%d", parcel.ID)).Click("Отменить посылку").Fill("reason", "кружка разбита").Press("Отменить посылку").Sees("Посылка отменена")
		site.As(dbtest.Vera).With(t).Visit(address("/parcels/%d", parcel.ID)).Sees("Посылка отменена: кружка разбита")
	})
	t.Run("G12 support reads and does not act", func(t *testing.T) {
		parcel := site.ReadyParcel(t, vera, site.Account(dbtest.Petr))
		sveta := site.As(dbtest.Sveta).With(t)
		sveta.Visit("/staff/assembly").Wants(200).SeesNot("Следующая")
		sveta.Visit("/staff/shipping").Wants(200).Sees(parcel.ID.Number()).SeesNot("Всё равно")
		sveta.Visit(address("/staff/assembly/%d", parcel.ID)).Wants(200).SeesNot("Вернуть в сборку")
	})
}

func TestShippingDesk(t *testing.T) {
	site := open(t)
	vera, petr := site.Account(dbtest.Vera), site.Account(dbtest.Petr)
	parcel := site.ReadyParcel(t, vera, petr)
	desk, page := site.As(dbtest.Petr), site.As(dbtest.Vera)

	t.Run("E20 a missed promise is red on the desk and said to the customer", func(t *testing.T) {
		site.Clock.Pass(2 * 24 * time.Hour)
		desk.With(t).Visit("/staff/shipping").Sees("обещали 03.03.2026")
		page.With(t).Visit(address("/parcels/%d", parcel.ID)).Sees("не успели, извините")
	})
	t.Run("H01 no number, and a number that looks wrong", func(t *testing.T) {
		desk.With(t).Press("Отправить").Wants(422).Sees("Введите трек-номер")
		desk.With(t).Fill("numbers", "12").Press("Отправить").Wants(422).Sees("трек-номера обычно выглядят иначе").Shows("numbers", "12")
	})
	t.Run("E22 sent anyway, it leaves the list", func(t *testing.T) {
		desk.With(t).Press("Всё равно отправить").At("/staff/shipping").Sees("Посылка отправлена").Sees("Всё отправлено")
	})
	t.Run("H03 H04 the customer follows it with the carrier and with «Где посылка»", func(t *testing.T) {
		page.With(t).Visit("/parcels").Sees("12").Sees("Где посылка").Sees("Отправлена")
		var links []string
		for _, link := range page.With(t).Find(".tracking a") {
			attrs := map[string]string{}
			for _, attr := range link.Attr {
				attrs[attr.Key] = attr.Val
			}
			links = append(links, attrs["href"])
			if attrs["rel"] != "noopener" || attrs["target"] != "_blank" {
				t.Errorf("a link opens in %q with rel %q", attrs["target"], attrs["rel"])
			}
		}
		if len(links) != 2 || !strings.HasPrefix(links[0], "https://www.dhl.de/") || !strings.HasPrefix(links[1], "https://gdeposylka.ru/") {
			t.Errorf("the links are %v", links)
		}
	})
}

func TestTripOnTheDesk(t *testing.T) {
	site := open(t)
	vera, petr := site.Account(dbtest.Vera), site.Account(dbtest.Petr)
	site.Address(t, vera)
	site.TopUp(t, vera, 300_00)
	var trip []db.Parcel
	for range 2 {
		_, items := site.StoredOrder(t, vera, dbtest.Mug)
		form := site.ParcelForm(t, vera, items...)
		form.MethodCode = "spedition"
		parcel, err := site.CreateParcel(t.Context(), vera, form)
		if err == nil {
			_, err = site.SubmitParcel(t.Context(), vera, parcel.ID)
		}
		if err == nil {
			parcel, err = site.TakeNextParcel(t.Context(), petr)
		}
		if err != nil {
			t.Fatal(err)
		}
		trip = append(trip, site.Packs(t, petr, parcel))
	}
	desk, page := site.As(dbtest.Petr), site.As(dbtest.Vera)

	t.Run("H05 the customer sees the trip and whom to call, and no carrier's page", func(t *testing.T) {
		page.With(t).Visit(address("/parcels/%d", trip[0].ID)).Sees("рейс 05.03.2026").Sees("высылается отдельно").Sees("+49 30 23125 014").SeesNot("Где посылка")
	})
	t.Run("G04 H02 the trip leaves at once, with what became of each parcel", func(t *testing.T) {
		desk.With(t).Visit("/staff/shipping").Sees("E2R Spedition · рейс 05.03.2026").Press("Отправить рейс").Sees("Отправлена").SeesNot("Отправить рейс")
	})
	t.Run("E23 the number follows", func(t *testing.T) {
		desk.With(t).Visit("/staff/shipping/untracked").Sees(trip[0].ID.Number()).Sees(trip[1].ID.Number())
		desk.With(t).Within("#"+trip[0].ID.Topic()).Fill("numbers", "ER-77/3").Press("Добавить номер")
		desk.With(t).SeesNot(trip[0].ID.Number()).Sees(trip[1].ID.Number())
		page.With(t).Visit(address("/parcels/%d", trip[0].ID)).Sees("ER-77/3").SeesNot("Где посылка")
	})
}

func TestShippedNumbers(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)
	parcel := site.ShippedParcel(t, vera, site.Account(dbtest.Petr))
	was, err := site.TrackingOf(t.Context(), []int64{int64(parcel.ID)})
	if err != nil || len(was) != 1 {
		t.Fatal(was, err)
	}
	petr := site.As(dbtest.Petr)
	t.Run("H01 a parcel of two pieces gets its second number; one that looks wrong is asked about and kept in the field", func(t *testing.T) {
		page := petr.With(t).Visit(address("/staff/assembly/%d", parcel.ID)).Fill("numbers", "RA123456784DE").Press("Добавить номер")
		page.Wants(422).Sees("Контрольная цифра трек-номера не сходится").Shows("numbers", "RA123456784DE")
		page.Fill("numbers", "RB123456785DE").Enter("numbers").Wants(200).Sees("Трек-номер добавлен")
		site.As(dbtest.Vera).With(t).Visit(address("/parcels/%d", parcel.ID)).Sees("RB123456785DE")
	})
	t.Run("H01 a mistyped number is taken off, and only by the warehouse", func(t *testing.T) {
		petr.With(t).Press("Убрать " + was[0].TrackingNumber.Number).Wants(200).Sees("Трек-номер убран")
		site.As(dbtest.Vera).With(t).Visit(address("/parcels/%d", parcel.ID)).Sees("RB123456785DE").SeesNot(was[0].TrackingNumber.Number)
		site.As(dbtest.Sveta).With(t).Visit(address("/staff/assembly/%d", parcel.ID)).Sees("RB123456785DE").SeesNot("Убрать")
	})
}
