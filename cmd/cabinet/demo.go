package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cabinet/db"
)

// demoPassword is everybody's in the demo.
const demoPassword = "korova-17-letit"

// demoPeople are whom to sign in as.
var demoPeople = []struct {
	email, name, what string
	roles             []db.Role
}{
	{"vera@example.test", "Вера Орлова", "customer", nil},
	{"boris@example.test", "Борис Львов", "customer", nil},
	{"gleb@example.test", "Глеб Закупов", "buyer", []db.Role{db.Buyer}},
	{"petr@example.test", "Пётр Складов", "warehouse", []db.Role{db.Warehouse}},
	{"olga@example.test", "Ольга Счетова", "finance", []db.Role{db.Finance}},
	{"sveta@example.test", "Света Добрая", "support", []db.Role{db.Support}},
	{"nina@example.test", "Нина Редактор", "editor", []db.Role{db.Editor}},
	{"irina@example.test", "Ирина Чуткая", "consultant", []db.Role{db.Consultant}},
	{"dina@example.test", "Дина Мудрая", "another consultant", []db.Role{db.Consultant}},
	{"anna@example.test", "Анна Главная", "admin: everything", []db.Role{db.Admin}},
}

// demo tells four weeks of a shop through the same verbs that people's pages use, each on its day.
// It stops at the first error by panicking; seed turns that into an error.
type demo struct {
	*db.DB
	ctx    context.Context
	now    time.Time
	people map[string]db.Visitor
	events []event
	made   int
}

// event is what happens at a time. Stories say theirs in any order; they are told by the clock, so that the
// books and the queues are as they would have become.
type event struct {
	at time.Time
	do func()
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// at is what happens so many days ago, at an hour of the warehouse.
func (d *demo) at(ago, hour int, do func()) {
	at := time.Now().In(d.Zone).AddDate(0, 0, -ago)
	d.events = append(d.events, event{time.Date(at.Year(), at.Month(), at.Day(), hour, 5*len(d.events)%60, 0, 0, d.Zone), do})
}

// tell lets everything happen, nothing of it in the future.
func (d *demo) tell() {
	d.stories()
	slices.SortStableFunc(d.events, func(a, b event) int { return a.at.Compare(b.at) })
	for _, event := range d.events {
		if d.now = event.at; d.now.After(time.Now().Add(-time.Minute)) {
			d.now = time.Now().Add(-time.Minute)
		}
		event.do()
	}
}

func (d *demo) key() string {
	d.made++
	return fmt.Sprintf("demo-%027d", d.made)
}

func (d *demo) as(name string) db.Visitor { return d.people[name+"@example.test"] }

func (d *demo) stories() {
	d.at(27, 9, func() {
		for _, person := range demoPeople {
			var account db.Account
			if person.email == "boris@example.test" {
				account = d.comeBy(person.email, person.name, "vera")
			} else {
				account = must(d.AddStaff(d.ctx, person.email, person.name, demoPassword, person.roles))
			}
			d.people[person.email] = db.Visitor{Account: account, Roles: person.roles}
		}
		d.rules()
		d.move("vera", db.AddressForm{Surname: "Орлова", Name: "Вера", Patronymic: "Андреевна", LatinName: "ORLOVA VERA", Phone: "+7 903 123-45-67",
			Email: "vera@example.test", Country: "RU", PostalCode: "119002", Region: "Москва", City: "Москва", Street: "ул. Арбат", House: "12", Flat: "7",
			Inn: "500100732259", PassportNumber: "4509 123456", PassportIssued: "ОВД Арбат, 12.03.2009"})
		d.move("boris", db.AddressForm{Surname: "Львов", Name: "Борис", LatinName: "LVOV BORIS", Phone: "+7 921 555-12-30",
			Email: "boris@example.test", Country: "RU", PostalCode: "190000", Region: "Санкт-Петербург", City: "Санкт-Петербург", Street: "Садовая ул.", House: "30", Flat: "4"})
		must(d.SaveMailText(d.ctx, d.as("anna"), "mail-15", db.Russian, db.MailTextForm{Subject: "Посылка отправлена", Opening: "Посылка № {number} в пути.",
			Closing: "Спасибо, что заказываете у нас. Если по дороге что-то случится, напишите на {help}: поможем."}))
	})
	d.shippedOrder()
	d.halfArrivedOrder()
	d.blockedOrder()
	d.borisOrders()
	d.openOrders()
	d.points()
	d.rewards()
	d.dreams()
	d.consultations()
	d.tables()
	d.articles()
	d.news()
	d.contests()
	d.magazine()
	d.crowd()
	d.mailings()
}

// tables are what Anna has lately changed: dearer parcels from next month on, and a day on which the warehouse is closed.
func (d *demo) tables() {
	d.at(2, 17, func() {
		method := must(d.MethodByCode(d.ctx, "hermes"))
		prices := db.TariffForm{Prices: "кг; de; eu_1\n1; 4,29; 11,49\n5; 6,29; 15,49\n10; 10,49; 21,99\n25; 17,99; 34,99", ValidFrom: d.Today().Plus(30).String(), Version: method.Version}
		must(0, d.SetTariff(d.ctx, d.as("anna"), method.Code, prices))
		known := must(d.HolidaysBetween(d.ctx, db.WarehouseCalendar, d.Today(), d.Today().Plus(60)))
		closed := db.PlusBusinessDays(d.Today(), 20, known)
		must(d.AddHoliday(d.ctx, d.as("anna"), db.HolidayForm{Calendar: "warehouse", Day: closed.String(), NameRu: "Инвентаризация", NameEn: "Stocktaking", Source: "приказ по складу"}))
	})
}

func (d *demo) move(who string, form db.AddressForm) {
	must(d.SaveGeneralInfo(d.ctx, d.as(who), form))
}

// shippedOrder is Vera's first, all the way to a parcel with a tracking number.
func (d *demo) shippedOrder() {
	var order db.OrderID
	d.at(24, 19, func() {
		order = d.place("vera", "Ботинки, пожалуйста, без коробки: так легче.",
			db.ItemForm{URL: "https://www.bergzeit.de/p/meindl-civetta/", Title: "Ботинки зимние Meindl Civetta", Options: "размер 39, коричневые", Quantity: "1", Price: "189,95"},
			db.ItemForm{URL: "https://www.galaxus.de/s4/stanley-classic-047", Title: "Термокружка Stanley 0,47 л", Options: "зелёная", Quantity: "2", Price: "27,90"})
	})
	d.at(23, 10, func() { d.price(order, "19", "6") })
	d.at(22, 11, func() { d.pay(order, 0) })
	d.at(21, 10, func() {
		d.buy(order, "bergzeit.de", "BZ-4410982", "189,95", "00340434161094042557", 0)
		d.buy(order, "galaxus.de", "70233118", "55,80", "", 1)
	})
	d.at(17, 12, func() { d.receive(order, "1,9", 0) })
	d.at(15, 13, func() {
		d.receive(order, "0,8", 1)
		d.topUp("vera", "60")
	})
	d.at(14, 10, func() { d.pack(d.form(order), "2,75", "42", "32", "18") })
	d.at(13, 16, func() { d.ship(order, "RA123456785DE") })
	d.at(12, 18, func() {
		read := d.ask("vera", order, "Где посмотреть трек-номер?", "Посылка уже уехала, а как за ней следить?")
		d.answer(read, 1,
			"Здравствуйте, Вера! Номер стоит на странице посылки, рядом ссылка на перевозчика: https://www.deutschepost.de/sendung", "resolve")
		must(d.ReadTicket(d.ctx, d.as("vera"), read.ID))
	})
}

// halfArrivedOrder waits for a rucksack; a book could not be had and was paid back.
func (d *demo) halfArrivedOrder() {
	var order db.OrderID
	d.at(9, 21, func() {
		order = d.place("vera", "",
			db.ItemForm{URL: "https://www.gerstaecker.de/schmincke-horadam-12", Title: "Набор красок Schmincke Horadam", Options: "12 полукювет", Quantity: "1", Price: "84,60"},
			db.ItemForm{URL: "https://www.bergzeit.de/p/deuter-kikki/", Title: "Рюкзак детский Deuter Kikki", Options: "бирюзовый", Quantity: "1", Price: "44,95"},
			db.ItemForm{Shop: "thalia.de", Title: "Книга «Der Struwwelpeter»", Options: "твёрдый переплёт", Quantity: "1", Price: "12,50"})
	})
	d.at(8, 10, func() { d.price(order, "14", "5") })
	d.at(7, 12, func() { d.pay(order, 0) })
	d.at(6, 11, func() {
		d.buy(order, "gerstaecker.de", "G-118230", "84,60", "", 0)
		d.buy(order, "bergzeit.de", "BZ-4419006", "44,95", "00340434161094099120", 1)
		must(0, d.MarkUnavailable(d.ctx, d.as("gleb"), order, db.Shortage{Items: d.items(order, 2), Reason: "Издание распродано, переиздания пока нет"}))
	})
	d.at(2, 13, func() { d.receive(order, "0,6", 0) })
}

// blockedOrder has come, and can not leave: the address of the dacha lacks its postal code and telephone.
func (d *demo) blockedOrder() {
	var order db.OrderID
	d.at(12, 20, func() {
		dacha := must(d.AddAddress(d.ctx, d.as("vera"), db.AddressForm{Label: "Дача", Surname: "Орлова", Name: "Вера", Country: "RU",
			Region: "Московская область", City: "Подольск", Street: "Лесная ул.", House: "5", PrivateHouse: true}))
		order = d.placeTo("vera", "Это на дачу, подарок маме.", dacha.ID,
			db.ItemForm{URL: "https://www.manufactum.de/giesskanne-5l", Title: "Лейка оцинкованная 5 л", Quantity: "1", Price: "49,00"})
	})
	d.at(11, 10, func() {
		d.price(order, "5", "4,90")
		d.pay(order, 0)
	})
	d.at(10, 10, func() { d.buy(order, "manufactum.de", "MF-55120", "49", "", 0) })
	d.at(4, 12, func() {
		d.receive(order, "1,4", 0)
		d.form(order)
	})
	d.at(3, 20, func() {
		d.answer(d.ask("vera", order, "Лейка на дачу", "Индекса у дачи, кажется, нет. Без него никак?\n\nЕсли нужно, могу забрать на почте в Подольске."), 2,
			"Здравствуйте, Вера!\n\nБез индекса почта посылку не примет. Подойдёт индекс Вашего отделения в Подольске: впишите его в адрес, и посылка пойдёт дальше сама.", "")
	})
}

// borisOrders keep the desk busy: one ready and late, one to pack, one to buy.
func (d *demo) borisOrders() {
	var late, queued, toBuy db.OrderID
	d.at(10, 18, func() {
		late = d.place("boris", "", db.ItemForm{URL: "https://www.thomann.de/de/hohner_special_20_c.htm", Title: "Губная гармошка Hohner Special 20", Options: "C", Quantity: "1", Price: "42,00"})
		d.price(late, "5", "0")
		d.pay(late, 60_00)
	})
	d.at(9, 10, func() { d.buy(late, "thomann.de", "T-88120034", "42", "", 0) })
	d.at(5, 12, func() {
		d.receive(late, "0,2", 0)
		d.topUp("boris", "10")
		d.pack(d.form(late), "0,3", "20", "15", "8") // paid and promised, and nobody has shipped it: the red line of the desk
	})
	d.at(6, 17, func() {
		queued = d.place("boris", "Упакуйте, пожалуйста, получше.", db.ItemForm{URL: "https://www.wmf.com/de/de/pfannenset", Title: "Набор сковород WMF", Options: "24 и 28 см", Quantity: "1", Price: "119,00"})
		d.price(queued, "12", "0")
		d.pay(queued, 0)
		d.buy(queued, "wmf.com", "W-772001", "119", "", 0)
	})
	d.at(1, 15, func() {
		d.receive(queued, "4,1", 0)
		d.form(queued)
	})
	d.at(3, 15, func() {
		toBuy = d.place("boris", "", db.ItemForm{URL: "https://www.lego.com/de-de/product/botanicals", Title: "LEGO Ботаника: букет", Quantity: "1", Price: "59,99"},
			db.ItemForm{URL: "https://www.lego.com/de-de/product/typewriter", Title: "LEGO Пишущая машинка", Quantity: "1", Price: "249,99"})
		d.price(toBuy, "30", "0")
	})
	d.at(2, 9, func() {
		d.pay(toBuy, 0)
		d.topUp("boris", "25")
	})
	d.at(1, 21, func() {
		d.ask("boris", 0, "Работает ли склад в праздники?", "Хочу успеть с посылкой до них.")
	})
	d.at(0, 7, func() {
		d.ask("boris", toBuy, "Пишущая машинка LEGO", "Если выйдет новая версия, можно взять её вместо старой?")
	})
}

// openOrders wait for Vera's money and for our prices.
func (d *demo) openOrders() {
	var unpaid db.OrderID
	d.at(2, 22, func() {
		unpaid = d.place("vera", "", db.ItemForm{URL: "https://www.steiff.com/de-de/teddybaer-lotte", Title: "Мишка Steiff Lotte", Options: "28 см", Quantity: "1", Price: "79,90"},
			db.ItemForm{URL: "https://www.lamy.com/de/al-star", Title: "Перьевая ручка Lamy AL-star", Options: "перо F, синяя", Quantity: "3", Price: "29,95"})
	})
	d.at(1, 10, func() {
		d.amend(unpaid, "Перо F закончилось, по телефону договорились на M", func(items []db.ItemForm) { items[1].Options = "перо M, синяя" })
		d.price(unpaid, "17", "6,90")
	})
	d.at(0, 8, func() {
		d.place("vera", "Сколько примерно будет весить? Хочу одной посылкой с предыдущим заказом.",
			db.ItemForm{URL: "https://www.rossmann.de/de/baby-windeln", Title: "Подгузники Babydream, 4 упаковки", Quantity: "4", Price: "9,45"})
	})
}

// points are Vera's, bought both ways and given; some of those have expired, others will. Boris has a gift that stays.
func (d *demo) points() {
	d.at(20, 12, func() {
		d.give("vera", "100", d.Today().Plus(10).String(), "Добро пожаловать в журнал")
		d.give("boris", "150", "", "Приз за третье место в конкурсе")
	})
	d.at(16, 11, func() {
		invoice := must(d.RequestPoints(d.ctx, d.as("vera"), db.PointsForm{Points: "1500"}))
		payment := must(d.RecordPayment(d.ctx, d.as("olga"), db.PaymentForm{Amount: euros(*invoice.RubTotal), Currency: "RUB", Reference: invoice.Reference,
			Payer: "Орлова Вера", ReceivedOn: d.Today().String(), Key: d.key()}))
		must(d.AcceptSuggestion(d.ctx, d.as("olga"), payment.ID))
	})
	d.at(9, 6, func() { must(0, d.ExpirePoints(d.ctx)) })
	d.at(5, 18, func() {
		d.give("vera", "50", d.Today().Plus(35).String(), "Подарок ко дню рождения журнала")
	})
	d.at(1, 20, func() { must(d.RequestPoints(d.ctx, d.as("vera"), db.PointsForm{Points: "500"})) })
}

func (d *demo) give(who, points, until, reason string) {
	must(d.GrantPoints(d.ctx, d.as("olga"), db.GrantForm{Customer: d.as(who).ID.Number(), Points: points, ExpiresOn: until, Reason: reason, Key: d.key()}))
}

// ask is a question about an order, or a general one.
func (d *demo) ask(who string, order db.OrderID, subject, text string) db.Ticket {
	return must(d.OpenTicket(d.ctx, d.as(who), db.TicketForm{Key: d.key(), OrderID: order, Subject: subject, Text: text}))
}

// answer is Sveta's, some hours later.
func (d *demo) answer(ticket db.Ticket, hours int, text, act string) {
	d.now = d.now.Add(time.Duration(hours) * time.Hour)
	must(d.AnswerTicket(d.ctx, d.as("sveta"), ticket.ID, db.AnswerForm{Key: d.key(), Version: ticket.Version, Text: text, Act: act}))
}

// amend lets Gleb change an order in its customer's stead.
func (d *demo) amend(order db.OrderID, reason string, change func([]db.ItemForm)) {
	form := must(d.OrderByID(d.ctx, order)).Form(must(d.ItemsOf(d.ctx, order)))
	change(form.Items)
	form.Note = reason
	must(d.SaveOrderAtDesk(d.ctx, d.as("gleb"), order, form))
}

func (d *demo) place(who, comment string, things ...db.ItemForm) db.OrderID {
	return d.placeTo(who, comment, 0, things...)
}

func (d *demo) placeTo(who, comment string, to db.AddressID, things ...db.ItemForm) db.OrderID {
	for i := range things {
		things[i].Currency = db.EUR
	}
	form := db.OrderForm{Key: d.key(), Items: things, Comment: comment, AddressID: to, Method: "ems"}
	return must(d.PlaceOrder(d.ctx, d.as(who), form)).ID
}

// price confirms what the customer saw.
func (d *demo) price(order db.OrderID, commission, delivery string) {
	form := db.PricingForm{Version: must(d.OrderByID(d.ctx, order)).Version, Prices: map[db.ItemID]string{}, Commission: commission, ShopDelivery: delivery}
	for _, item := range must(d.ItemsOf(d.ctx, order)) {
		form.Prices[item.ID] = euros(item.Price)
	}
	must(d.PriceOrder(d.ctx, d.as("gleb"), order, form))
}

// pay is a bank transfer for an order's invoice, of an amount or of all of it.
func (d *demo) pay(order db.OrderID, amount db.Money) {
	invoice := must(d.GoodsInvoiceOf(d.ctx, &order))
	d.transfer(max(amount, invoice.Total), invoice)
}

func (d *demo) topUp(who, amount string) {
	invoice := must(d.RequestTopUp(d.ctx, d.as(who), db.TopUpForm{Amount: amount}))
	d.transfer(invoice.Total, invoice)
}

func (d *demo) transfer(amount db.Money, invoice db.Invoice) {
	payment := must(d.RecordPayment(d.ctx, d.as("olga"), db.PaymentForm{Amount: euros(amount), Currency: "EUR", Reference: invoice.Reference,
		Payer: "Bank transfer", ReceivedOn: d.Today().String(), Key: d.key()}))
	if payment.Status != db.PaymentMatched {
		must(d.AcceptSuggestion(d.ctx, d.as("olga"), payment.ID))
	}
}

// ship hands over the parcel of an order.
func (d *demo) ship(order db.OrderID, number string) {
	account := must(d.OrderByID(d.ctx, order)).AccountID
	parcel := must(d.ParcelsOfOrder(d.ctx, order, account))[0].Parcel.ID
	must(d.ShipParcel(d.ctx, d.as("petr"), parcel, db.ShipmentForm{Numbers: number}))
}

func (d *demo) items(order db.OrderID, which ...int) (ids []db.ItemID) {
	for i, item := range must(d.ItemsOf(d.ctx, order)) {
		if slices.Contains(which, i) {
			ids = append(ids, item.ID)
		}
	}
	return ids
}

func (d *demo) buy(order db.OrderID, shop, number, price, tracking string, which ...int) {
	must(d.Purchase(d.ctx, d.as("gleb"), order, db.PurchaseForm{Items: d.items(order, which...), Shop: shop, ShopOrder: number, Price: price,
		Expected: d.Today().Plus(6).String(), Tracking: tracking, Key: d.key()}))
}

// receive takes a photo of the box as it came, and one of what is in it.
func (d *demo) receive(order db.OrderID, weight string, which ...int) {
	d.takeIn(order, weight, []db.Upload{snapshot(d.made, false), snapshot(d.made, true)}, which...)
}

func (d *demo) takeIn(order db.OrderID, weight string, photos []db.Upload, which ...int) {
	must(d.Receive(d.ctx, d.as("petr"), order, db.ReceiptForm{
		Items: d.items(order, which...), Weight: weight, Length: "38", Width: "29", Height: "16", Photos: photos, Key: d.key(),
	}))
}

// form lets the parcel of an order form, as the worker does when the last item has come.
func (d *demo) form(order db.OrderID) db.ParcelID {
	must(0, d.FormParcelOf(d.ctx, order))
	account := must(d.OrderByID(d.ctx, order)).AccountID
	return must(d.ParcelsOfOrder(d.ctx, order, account))[0].Parcel.ID
}

func (d *demo) pack(parcel db.ParcelID, weight, length, width, height string) {
	taken := must(d.TakeNextParcel(d.ctx, d.as("petr")))
	if taken.ID != parcel {
		panic(fmt.Errorf("parcel %d was next in the queue, not %d", taken.ID, parcel))
	}
	form := db.PackForm{Weight: weight, Length: length, Width: width, Height: height, Version: taken.Version}
	for _, item := range must(d.ItemsOfParcel(d.ctx, parcel)) {
		form.Picked = append(form.Picked, item.ID)
	}
	must(d.PackParcel(d.ctx, d.as("petr"), parcel, form))
}

func euros(amount db.Money) string { return fmt.Sprintf("%d.%02d", amount/100, amount%100) }
