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
	{"anna@example.test", "Анна Главная", "admin: everything", []db.Role{db.Admin}},
}

// demo tells four weeks of a shop through the same verbs that people's pages use, each on its day.
// It stops at the first error by panicking; seed turns that into an error.
type demo struct {
	*db.DB
	ctx    context.Context
	now    time.Time
	people map[string]db.Visitor
	made   int
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// day moves the clock to so many days ago, at an hour of the warehouse; never into the future.
func (d *demo) day(ago, hour int) {
	at := time.Now().In(d.Zone).AddDate(0, 0, -ago)
	d.now = time.Date(at.Year(), at.Month(), at.Day(), hour, 5*d.made%60, 0, 0, d.Zone)
	if latest := time.Now().Add(-time.Minute); d.now.After(latest) {
		d.now = latest
	}
}

func (d *demo) key() string {
	d.made++
	return fmt.Sprintf("demo-%027d", d.made)
}

func (d *demo) as(name string) db.Visitor { return d.people[name+"@example.test"] }

func (d *demo) tell() {
	d.day(27, 9)
	for _, person := range demoPeople {
		account := must(d.AddStaff(d.ctx, person.email, person.name, demoPassword, person.roles))
		d.people[person.email] = db.Visitor{Account: account, Roles: person.roles}
	}
	d.move("vera", db.AddressForm{Surname: "Орлова", Name: "Вера", Patronymic: "Андреевна", LatinName: "ORLOVA VERA", Phone: "+7 903 123-45-67",
		Email: "vera@example.test", Country: "RU", PostalCode: "119002", Region: "Москва", City: "Москва", Street: "ул. Арбат", House: "12", Flat: "7",
		Inn: "500100732259", PassportNumber: "4509 123456", PassportIssued: "ОВД Арбат, 12.03.2009"})
	d.move("boris", db.AddressForm{Surname: "Львов", Name: "Борис", LatinName: "LVOV BORIS", Phone: "+7 921 555-12-30",
		Email: "boris@example.test", Country: "RU", PostalCode: "190000", Region: "Санкт-Петербург", City: "Санкт-Петербург", Street: "Садовая ул.", House: "30", Flat: "4"})
	must(d.SaveMailText(d.ctx, d.as("anna"), "mail-15", db.Russian, db.MailTextForm{Subject: "Посылка отправлена", Opening: "Посылка № {number} в пути.",
		Closing: "Спасибо, что заказываете у нас. Если по дороге что-то случится, напишите на {help}: поможем."}))
	d.shippedOrder()
	d.halfArrivedOrder()
	d.blockedOrder()
	d.borisOrders()
	d.openOrders()
	d.questions()
	d.tables()
}

// tables are what Anna has lately changed: dearer parcels from next month on, and a day on which the warehouse is closed.
func (d *demo) tables() {
	d.day(2, 17)
	method := must(d.MethodByCode(d.ctx, "hermes"))
	prices := db.TariffForm{Prices: "кг; de; eu_1\n1; 4,29; 11,49\n5; 6,29; 15,49\n10; 10,49; 21,99\n25; 17,99; 34,99", ValidFrom: d.Today().Plus(30).String(), Version: method.Version}
	must(0, d.SetTariff(d.ctx, d.as("anna"), method.Code, prices))
	known := must(d.HolidaysBetween(d.ctx, db.WarehouseCalendar, d.Today(), d.Today().Plus(60)))
	closed := db.PlusBusinessDays(d.Today(), 20, known)
	must(d.AddHoliday(d.ctx, d.as("anna"), db.HolidayForm{Calendar: "warehouse", Day: closed.String(), NameRu: "Инвентаризация", NameEn: "Stocktaking", Source: "приказ по складу"}))
}

func (d *demo) move(who string, form db.AddressForm) {
	must(d.SaveGeneralInfo(d.ctx, d.as(who), form))
}

// shippedOrder is Vera's first, all the way to a parcel with a tracking number.
func (d *demo) shippedOrder() {
	d.day(24, 19)
	order := d.place("vera", "Ботинки, пожалуйста, без коробки: так легче.",
		db.ItemForm{URL: "https://www.bergzeit.de/p/meindl-civetta/", Title: "Ботинки зимние Meindl Civetta", Options: "размер 39, коричневые", Quantity: "1", Price: "189,95"},
		db.ItemForm{URL: "https://www.galaxus.de/s4/stanley-classic-047", Title: "Термокружка Stanley 0,47 л", Options: "зелёная", Quantity: "2", Price: "27,90"})
	d.day(23, 10)
	d.price(order, "19", "6")
	d.day(22, 11)
	d.pay(order, 0)
	d.day(21, 10)
	d.buy(order, "bergzeit.de", "BZ-4410982", "189,95", "00340434161094042557", 0)
	d.buy(order, "galaxus.de", "70233118", "55,80", "", 1)
	d.day(17, 12)
	d.receive(order, "1,9", 0)
	d.day(15, 13)
	d.receive(order, "0,8", 1)
	d.topUp("vera", "60")
	d.day(14, 10)
	parcel := d.form(order)
	d.pack(parcel, "2,75", "42", "32", "18")
	d.day(13, 16)
	must(d.ShipParcel(d.ctx, d.as("petr"), parcel, db.ShipmentForm{Numbers: "RA123456785DE"}))
}

// halfArrivedOrder waits for a thermos; a book could not be had and was paid back.
func (d *demo) halfArrivedOrder() {
	d.day(9, 21)
	order := d.place("vera", "",
		db.ItemForm{URL: "https://www.gerstaecker.de/schmincke-horadam-12", Title: "Набор красок Schmincke Horadam", Options: "12 полукювет", Quantity: "1", Price: "84,60"},
		db.ItemForm{URL: "https://www.bergzeit.de/p/deuter-kikki/", Title: "Рюкзак детский Deuter Kikki", Options: "бирюзовый", Quantity: "1", Price: "44,95"},
		db.ItemForm{Shop: "thalia.de", Title: "Книга «Der Struwwelpeter»", Options: "твёрдый переплёт", Quantity: "1", Price: "12,50"})
	d.day(8, 10)
	d.price(order, "14", "5")
	d.day(7, 12)
	d.pay(order, 0)
	d.day(6, 11)
	d.buy(order, "gerstaecker.de", "G-118230", "84,60", "", 0)
	d.buy(order, "bergzeit.de", "BZ-4419006", "44,95", "00340434161094099120", 1)
	must(0, d.MarkUnavailable(d.ctx, d.as("gleb"), order, db.Shortage{Items: d.items(order, 2), Reason: "Издание распродано, переиздания пока нет"}))
	d.day(2, 13)
	d.receive(order, "0,6", 0)
}

// blockedOrder has come, and can not leave: the address of the dacha lacks its postal code and telephone.
func (d *demo) blockedOrder() {
	d.day(12, 20)
	dacha := must(d.AddAddress(d.ctx, d.as("vera"), db.AddressForm{Label: "Дача", Surname: "Орлова", Name: "Вера", Country: "RU",
		Region: "Московская область", City: "Подольск", Street: "Лесная ул.", House: "5", PrivateHouse: true}))
	order := d.placeTo("vera", "Это на дачу, подарок маме.", dacha.ID,
		db.ItemForm{URL: "https://www.manufactum.de/giesskanne-5l", Title: "Лейка оцинкованная 5 л", Quantity: "1", Price: "49,00"})
	d.day(11, 10)
	d.price(order, "5", "4,90")
	d.pay(order, 0)
	d.day(10, 10)
	d.buy(order, "manufactum.de", "MF-55120", "49", "", 0)
	d.day(4, 12)
	d.receive(order, "1,4", 0)
	d.form(order)
}

// borisOrders keep the desk busy: one to buy, one to pack, one to ship, one changed after its invoice.
func (d *demo) borisOrders() {
	d.day(10, 18)
	ready := d.place("boris", "", db.ItemForm{URL: "https://www.thomann.de/de/hohner_special_20_c.htm", Title: "Губная гармошка Hohner Special 20", Options: "C", Quantity: "1", Price: "42,00"})
	d.price(ready, "5", "0")
	d.pay(ready, 60_00)
	d.day(9, 10)
	d.buy(ready, "thomann.de", "T-88120034", "42", "", 0)
	d.day(5, 12)
	d.receive(ready, "0,2", 0)
	d.topUp("boris", "10")
	d.pack(d.form(ready), "0,3", "20", "15", "8") // paid and promised, and nobody has shipped it: the red line of the desk

	d.day(6, 17)
	queued := d.place("boris", "Упакуйте, пожалуйста, получше.", db.ItemForm{URL: "https://www.wmf.com/de/de/pfannenset", Title: "Набор сковород WMF", Options: "24 и 28 см", Quantity: "1", Price: "119,00"})
	d.price(queued, "12", "0")
	d.pay(queued, 0)
	d.buy(queued, "wmf.com", "W-772001", "119", "", 0)
	d.day(1, 12)
	d.receive(queued, "4,1", 0)
	d.form(queued)

	d.day(3, 15)
	toBuy := d.place("boris", "", db.ItemForm{URL: "https://www.lego.com/de-de/product/botanicals", Title: "LEGO Ботаника: букет", Quantity: "1", Price: "59,99"},
		db.ItemForm{URL: "https://www.lego.com/de-de/product/typewriter", Title: "LEGO Пишущая машинка", Quantity: "1", Price: "249,99"})
	d.price(toBuy, "30", "0")
	d.day(2, 9)
	d.pay(toBuy, 0)
	d.topUp("boris", "25")

	d.day(1, 18)
	must(d.RecordPayment(d.ctx, d.as("olga"), db.PaymentForm{Amount: "75", Currency: "EUR", Reference: "za zakaz, spasibo", Payer: "IVANOVA MARIA",
		ReceivedOn: d.Today().String(), Key: d.key()}))
}

// openOrders wait for Vera's money and for our prices.
func (d *demo) openOrders() {
	d.day(2, 22)
	unpaid := d.place("vera", "", db.ItemForm{URL: "https://www.steiff.com/de-de/teddybaer-lotte", Title: "Мишка Steiff Lotte", Options: "28 см", Quantity: "1", Price: "79,90"},
		db.ItemForm{URL: "https://www.lamy.com/de/al-star", Title: "Перьевая ручка Lamy AL-star", Options: "перо F, синяя", Quantity: "3", Price: "29,95"})
	d.day(1, 10)
	d.amend(unpaid, "Перо F закончилось, по телефону договорились на M", func(items []db.ItemForm) { items[1].Options = "перо M, синяя" })
	d.price(unpaid, "17", "6,90")
	d.day(0, 8)
	d.place("vera", "Сколько примерно будет весить? Хочу одной посылкой с предыдущим заказом.",
		db.ItemForm{URL: "https://www.rossmann.de/de/baby-windeln", Title: "Подгузники Babydream, 4 упаковки", Quantity: "4", Price: "9,45"})
}

// questions are what customers asked: one is answered, one resolved, two wait for us.
func (d *demo) questions() {
	orders := d.orders("vera")
	first, dacha := orders[len(orders)-1].Order.ID, orders[len(orders)-2].Order.ID
	d.day(12, 18)
	read := d.ask("vera", first, "Где посмотреть трек-номер?", "Посылка уже уехала, а как за ней следить?")
	d.answer(read, 1,
		"Здравствуйте, Вера! Номер стоит на странице посылки, рядом ссылка на перевозчика: https://www.deutschepost.de/sendung", "resolve")
	must(d.ReadTicket(d.ctx, d.as("vera"), read.ID))
	d.day(3, 20)
	d.answer(d.ask("vera", dacha, "Лейка на дачу", "Индекса у дачи, кажется, нет. Без него никак?\n\nЕсли нужно, могу забрать на почте в Подольске."), 2,
		"Здравствуйте, Вера!\n\nБез индекса почта посылку не примет. Подойдёт индекс Вашего отделения в Подольске: впишите его в адрес, и посылка пойдёт дальше сама.", "")
	d.day(1, 21)
	d.ask("boris", 0, "Работает ли склад 1 мая?", "Хочу успеть с посылкой до праздников.")
	d.day(0, 7)
	d.ask("boris", d.orders("boris")[0].Order.ID, "Пишущая машинка LEGO", "Если выйдет новая версия, можно взять её вместо старой?")
}

// orders are a customer's, the newest first.
func (d *demo) orders(who string) []db.OrdersOfRow {
	list := &db.OrderList{Of: d.as(who).ID}
	must(list, d.Read(d.ctx, list))
	return list.Rows
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
	form := db.ReceiptForm{Items: d.items(order, which...), Weight: weight, Length: "38", Width: "29", Height: "16", Key: d.key()}
	form.Photos = []db.Upload{snapshot(d.made, false), snapshot(d.made, true)}
	must(d.Receive(d.ctx, d.as("petr"), order, form))
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
