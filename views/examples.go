package views

import (
	"time"

	"cabinet/db"

	"github.com/a-h/templ"
)

// Example is one screen with made-up values, for /dev/gallery and for the tests that look at screens.
type Example struct {
	Name   string
	Title  string
	Viewer Viewer
	Body   templ.Component
}

// Examples are the parts on one page, and pages of real density made of them.
func Examples() []Example {
	return []Example{
		{"parts", "Части страниц", told(viewerVera("/gallery"), "Изменения сохранены.", ""), Gallery()},
		{"home", "nav.home", viewerVera("/"), galleryHome()},
		{"order", "Заказ № 12345-6", viewerVera("/orders/12345"), galleryOrder()},
		{"receiving", "nav.staff.receiving", told(viewerPetr("/staff/receiving"), "", "Этот трек-номер уже принят сегодня в 12:10."), galleryReceiving()},
		{"welcome", "home.guest_title", Viewer{Path: "/"}, Welcome(&db.NewsList{})},
		{"guest", "nav.sign_in", Viewer{Path: "/sign-in"}, gallerySignIn()},
	}
}

var parcelHalf = []db.ModuleName{db.OrdersModule, db.ParcelsModule, db.BalanceModule}

func viewerVera(path string) Viewer {
	return Viewer{
		SignedIn: true, Name: "Вера Соколова", Email: "vera.sokolova@example.com", Balance: "1" + nbsp + "234,50" + nbsp + "€", Path: path,
		Counts: map[string]int64{"/orders": 2, "/parcels": 1}, Modules: parcelHalf,
	}
}

func told(viewer Viewer, flash, refusal string) Viewer {
	viewer.Flash, viewer.Refusal = flash, refusal
	return viewer
}

func viewerPetr(path string) Viewer {
	return Viewer{
		SignedIn: true, Name: "Пётр Кузнецов", Email: "petr@cabinet.example", Verified: true, Path: path, Staff: []string{"warehouse", "admin"}, Modules: parcelHalf,
		Counts: map[string]int64{"/staff/orders": 7, "/staff/payments": 3, "/staff/buying": 12, "/staff/receiving": 41, "/staff/assembly": 9, "/staff/shipping": 4, "/staff/jobs": 1},
	}
}

var exampleNow = time.Date(2026, 11, 18, 13, 40, 0, 0, time.UTC)

type exampleOrder struct {
	number, date, items, total, comment string
	status                              string
	tone                                Tone
}

var exampleOrders = []exampleOrder{
	{"12345-6", "16.11.2026", "5", "412,80", "Ботинки, пожалуйста, без коробки. Доставка на дачу, адрес № 2.", "На складе", Info},
	{"12311-0", "12.11.2026", "2", "96,00", "", "Обрабатывается", Info},
	{"12290-8", "08.11.2026", "1", "1 059,00", "", "Новый", Warn},
	{"12187-3", "21.10.2026", "3", "188,45", "Это подарок, уберите чеки.", "Отправлен мне", Good},
}

type exampleItem struct {
	name, shop, option, price, sum, status, note string
	tone                                         Tone
}

var exampleItems = []exampleItem{
	{"Ботинки зимние Meindl Civetta", "bergzeit.de", "размер 39, коричневые", "189,95", "189,95", "На складе", "полка A-14", Good},
	{"Рюкзак детский Deuter Kikki", "bergzeit.de", "бирюзовый", "44,95", "44,95", "На складе", "полка A-14", Good},
	{"Термокружка Stanley 0,47 л", "galaxus.de", "зелёная, 2 шт.", "27,90", "55,80", "Куплен", "ждём 20 ноября", Info},
	{"Набор красок Schmincke Horadam", "gerstaecker.de", "12 полукювет", "84,60", "84,60", "На складе", "полка B-02", Good},
	{"Книга «Der Struwwelpeter»", "thalia.de", "твёрдый переплёт", "12,50", "12,50", "Нет в наличии", "деньги вернулись на баланс", Bad},
}

var exampleSteps = []Step{
	{Label: "Новый", Done: true}, {Label: "Обрабатывается", Done: true}, {Label: "На складе", Now: true, Note: "3 из 4 товаров"},
	{Label: "Готов к отправке"}, {Label: "Отправлен мне"},
}

var exampleEvents = []Event{
	{At: exampleNow, Text: "На складе: Набор красок Schmincke Horadam", By: "Приёмка", Tone: Good},
	{At: exampleNow.Add(-26 * time.Hour), Text: "На складе: ботинки и рюкзак", By: "Приёмка", Tone: Good},
	{At: exampleNow.Add(-30 * time.Hour), Text: "Нет в наличии: «Der Struwwelpeter», 12,50 € вернулись на баланс", By: "Выкуп", Tone: Bad},
	{At: exampleNow.Add(-47 * time.Hour), Text: "Заказ оплачен и принят в работу", By: "Система", Tone: Info},
	{At: exampleNow.Add(-49 * time.Hour), Text: "Заказ создан", By: "Вы"},
}

const exampleQR = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 11 11" shape-rendering="crispEdges"><path d="M0 0h3v3h-3zM8 0h3v3h-3zM0 8h3v3h-3zM4 0h1v2h-1zM6 1h1v3h-1zM4 4h3v1h-3zM0 4h2v1h-2zM8 5h3v1h-3zM5 6h2v3h-2zM8 8h1v2h-1zM4 10h2v1h-2zM10 7h1v4h-1zM0 6h1v1h-1zM2 6h2v1h-2z"/></svg>`
