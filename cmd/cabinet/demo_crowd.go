package main

import (
	"fmt"

	"cabinet/db"
)

// stage is how far an order of the crowd has come.
type stage int

const (
	placed stage = iota
	priced
	changed // after it was priced
	paid
	bought
	queued // its parcel waits for a packer
	packed // and for the carrier
	shipped
)

// crowd is who else orders, each one thing: so that the queues of the desk are as long as on an ordinary day.
var crowd = []struct {
	login, surname, name, latin, country, postal, city, street, house, flat string
	method                                                                  db.MethodCode
	shop, title, options, price, comment                                    string
	ago                                                                     int // days since it was ordered
	stage                                                                   stage
}{
	{"marina", "Соколова", "Марина", "SOKOLOVA MARINA", "RU", "620014", "Екатеринбург", "ул. Малышева", "36", "18", "ems",
		"zalando.de", "Пуховик Esprit", "M, тёмно-синий", "139,95", "", 16, shipped},
	{"timur", "Ахметов", "Тимур", "AKHMETOV TIMUR", "KZ", "050000", "Алматы", "пр. Абая", "10", "44", "ems",
		"conrad.de", "Паяльная станция Weller WE 1010", "", "164,99", "Вилка нужна европейская.", 10, packed},
	{"olesya", "Ким", "Олеся", "KIM OLESIA", "RU", "690091", "Владивосток", "Светланская ул.", "51", "9", "ems",
		"decathlon.de", "Палатка Quechua MH100", "трёхместная", "49,99", "", 10, packed},
	{"kirill", "Белов", "Кирилл", "BELOV KIRILL", "RU", "394018", "Воронеж", "Плехановская ул.", "12", "3", "ems",
		"bike24.de", "Кассета Shimano CS-M7100", "10–51", "72,90", "", 10, queued},
	{"daria", "Зорина", "Дарья", "ZORINA DARIA", "RU", "630099", "Новосибирск", "Красный пр.", "25", "71", "ems",
		"douglas.de", "Крем Nivea Q10, 3 шт.", "", "38,85", "Положите, пожалуйста, пробники, если будут.", 9, queued},
	{"pavel", "Громов", "Павел", "GROMOV PAVEL", "RU", "344002", "Ростов-на-Дону", "Большая Садовая ул.", "68", "12", "ems",
		"thomann.de", "Струны Elixir Nanoweb, 5 комплектов", "10–46", "74,50", "", 8, bought},
	{"anton", "Ершов", "Антон", "ERSHOV ANTON", "RU", "443010", "Самара", "Куйбышевская ул.", "90", "5", "ems",
		"amazon.de", "Кофемолка Graef CM 800", "", "129,00", "", 7, bought},
	{"inga", "Лаптева", "Инга", "LAPTEVA INGA", "RU", "236006", "Калининград", "Ленинский пр.", "30", "16", "ems",
		"buttinette.de", "Ткань хлопковая, 4 м", "в горошек", "35,96", "", 5, paid},
	{"roman", "Чижов", "Роман", "CHIZHOV ROMAN", "RU", "150000", "Ярославль", "ул. Свободы", "14", "8", "ems",
		"hornbach.de", "Набор фрез Bosch, 15 шт.", "хвостовик 8 мм", "44,95", "", 4, paid},
	{"lidia", "Ветрова", "Лидия", "VETROVA LIDIA", "RU", "350000", "Краснодар", "Красная ул.", "101", "22", "ems",
		"mytoys.de", "Самокат Hudora BigWheel 205", "чёрный", "109,95", "", 3, changed},
	{"gennady", "Фомин", "Геннадий", "FOMIN GENNADII", "RU", "680000", "Хабаровск", "ул. Муравьёва-Амурского", "7", "40", "ems",
		"fahrrad.de", "Шлем Uvex i-vo", "52–57 см", "49,95", "", 3, priced},
	{"zoya", "Мельник", "Зоя", "MELNIK ZOIA", "RU", "410012", "Саратов", "Московская ул.", "59", "2", "ems",
		"thalia.de", "Otfried Preußler: Krabat", "твёрдый переплёт", "15,00", "Если есть с иллюстрациями, лучше такую.", 1, placed},
	{"stepan", "Юдин", "Степан", "IUDIN STEPAN", "RU", "614000", "Пермь", "Комсомольский пр.", "27", "33", "ems",
		"reuter.de", "Смеситель Grohe Eurosmart", "", "89,90", "", 0, placed},
}

// crowd registers them and takes each order as far as it has come.
func (d *demo) crowd() {
	for i, who := range crowd {
		var order db.OrderID
		from := who.ago
		d.at(from, 9, func() {
			email := who.login + "@example.test"
			account := must(d.AddStaff(d.ctx, email, who.name+" "+who.surname, demoPassword, nil))
			d.people[email] = db.Visitor{Account: account}
			d.move(who.login, db.AddressForm{Surname: who.surname, Name: who.name, LatinName: who.latin, Phone: fmt.Sprintf("+7 916 200-%02d-%02d", i+10, i+30),
				Email: email, Country: who.country, PostalCode: who.postal, Region: who.city, City: who.city, Street: who.street, House: who.house, Flat: who.flat})
			order = d.place(who.login, who.comment, db.ItemForm{Shop: who.shop, Title: who.title, Options: who.options, Quantity: "1", Price: who.price})
		})
		step := func(reached stage, days, hour int, do func()) {
			if who.stage >= reached && who.stage != changed || reached == priced && who.stage == changed {
				d.at(max(from-days, 0), hour, do)
			}
		}
		step(priced, 1, 10, func() { d.price(order, "9", "4,90") })
		step(paid, 2, 11, func() { d.pay(order, 0) })
		step(bought, 3, 10, func() {
			d.buy(order, who.shop, fmt.Sprintf("%s-%d", "DE", 710442+i*37), who.price, fmt.Sprintf("0034043416109900%04d", i*91+17), 0)
		})
		step(queued, 8, 12, func() { d.takeIn(order, "1,2", nil, 0) })
		if who.stage == queued {
			d.at(1, 14, func() { d.form(order) })
		}
		step(packed, 9, 13, func() {
			d.topUp(who.login, "120")
			d.pack(d.form(order), "1,35", "40", "30", "12")
		})
		step(shipped, 10, 16, func() { d.ship(order, "RB000000014DE") })
		if who.stage == changed {
			d.at(0, 8, func() {
				form := must(d.OrderByID(d.ctx, order)).Form(must(d.ItemsOf(d.ctx, order)))
				form.Items[0].Options, form.Note = "синий", "Передумала насчёт цвета, извините!"
				must(d.SaveOrder(d.ctx, d.as(who.login), order, form))
			})
		}
	}
	d.at(1, 18, func() {
		must(d.RecordPayment(d.ctx, d.as("olga"), db.PaymentForm{Amount: "75", Currency: "EUR", Reference: "za zakaz, spasibo", Payer: "IVANOVA MARIA",
			ReceivedOn: d.Today().String(), Key: d.key()}))
	})
	d.at(0, 9, func() {
		must(d.RecordPayment(d.ctx, d.as("olga"), db.PaymentForm{Amount: "63,85", Currency: "EUR", Reference: "FOMIN shlem", Payer: "FOMIN GENNADII",
			ReceivedOn: d.Today().String(), Key: d.key()}))
	})
}
