package mails

import (
	"maps"
	"slices"
	"strings"
	"time"

	"cabinet/db"
)

// Example is a mail with made-up facts, in which a text of the operator's can be looked at before it is in force.
func Example(text db.MailText) db.Outgoing {
	for _, name := range slices.Sorted(maps.Keys(examples)) {
		if out := example(name, text.Locale); out.TextName() == text.Name {
			out.Text = text
			return out
		}
	}
	return db.Outgoing{}
}

func example(name string, locale db.Locale) db.Outgoing {
	out := examples[name]
	kind, _, _ := strings.Cut(name, " ")
	out.Kind, out.Letter.Kind, out.Locale, out.Address = db.MailKind(kind), db.MailKind(kind), locale, "vera@example.test"
	return out
}

var (
	hat          = db.LetterLine{Title: "Шапка Barts «Witzia»", URL: "https://shop.example/barts?id=7&size=M", Options: "синяя, размер M", Quantity: 2, Amount: 59_98}
	boots        = db.LetterLine{Title: "Ботинки Meindl Civetta", URL: "https://shop.example/meindl", Options: "размер 39", Quantity: 1, Amount: 189_95}
	fee          = db.LetterLine{Kind: "commission", Quantity: 1, Amount: 24_99}
	post         = db.LetterLine{Kind: "shop_delivery", Quantity: 1, Amount: 5_90}
	march9       = db.Day{Year: 2026, Month: 3, Day: 9}
	rubles       = db.Money(25_950_00)
	dhl          = db.Method{Code: "dhl_paket", NameRu: "DHL Paket", NameEn: "DHL Paket", TransitRu: "8–20 дней", TransitEn: "8 to 20 days", TrackingMode: db.CarrierLink}
	van          = db.Method{Code: "spedition", NameRu: "E2R Spedition", NameEn: "E2R Spedition", TrackingMode: db.SentSeparately}
	goodsInvoice = db.Invoice{ID: 501, Kind: db.GoodsInvoice, Total: 280_82, Reference: "RF18501", RubTotal: &rubles}
	accounts     = []db.PaymentDetail{
		{Currency: db.EUR, Payee: "E2R Demo GmbH", Account: "DE19999999990000123456", Bank: "Demo-Bank Berlin", Bic: "DEMODEFFXXX"},
		{Currency: db.RUB, Payee: "ООО «Демо Кабинет»", Account: "40702810038000000042", Bank: "АО «Демо-Банк», г. Москва", Bic: "044525999",
			CorrAccount: "30101810600000000999", Inn: "7700000016", Kpp: "770001001"},
	}
	home = []string{"Вера Орлова", "ул. Лесная, д. 5, кв. 12", "125047 Москва", "RU"}
)

// examples are all mails as the rules write them. A name is a kind, or a kind and what is special.
var examples = map[string]db.Outgoing{
	"mail-01":            {Letter: db.Letter{Path: "/verification", Code: true, Email: "vera@example.test"}},
	"mail-01 new email":  {Letter: db.Letter{Name: "Вера Орлова", Path: "/email/confirmation", Email: "vera.new@example.test"}},
	"mail-03":            {Letter: db.Letter{Name: "Вера Орлова", Path: "/sign-in"}},
	"mail-04":            {Letter: db.Letter{Name: "Вера Орлова", Path: "/recovery/link"}},
	"mail-05":            {Letter: db.Letter{Name: "Вера Орлова", Path: "/recovery"}},
	"mail-06":            {Letter: db.Letter{Name: "Вера Орлова", Path: "/email/undo", Email: "vera.new@example.test"}},
	"mail-07":            {Method: dhl, Letter: ofOrder(db.Letter{Lines: []db.LetterLine{hat, boots}, Comment: "Ботинки без коробки.\nНа дачу!", ShipTo: home})},
	"mail-07 currencies": {Letter: ofOrder(db.Letter{Lines: []db.LetterLine{hat, {Title: "Книга", Quantity: 1, Amount: 900_00, Currency: db.RUB}}})},
	"mail-07 changed":    {Method: dhl, Letter: ofOrder(db.Letter{Act: "changed", Reason: "Размера M нет, по телефону договорились на L", Lines: []db.LetterLine{hat, boots}, ShipTo: home})},
	"mail-07 cancelled":  {Letter: ofOrder(db.Letter{Act: "cancelled", Reason: "Магазин закрылся", Lines: []db.LetterLine{hat}})},
	"mail-08": {Invoice: goodsInvoice, Payable: accounts, Letter: ofOrder(db.Letter{
		Invoice: 501, Path: "/invoices/501", Amount: 280_82, Short: 280_82, DueOn: &march9, Lines: []db.LetterLine{hat, boots, fee, post}})},
	"mail-08 again": {Invoice: db.Invoice{ID: 507, Kind: db.GoodsInvoice, Total: 280_82, Paid: 100_00, Reference: "RF18507", RubTotal: &rubles}, Payable: accounts, Letter: ofOrder(db.Letter{
		Invoice: 507, Path: "/invoices/507", Amount: 280_82, Short: 180_82, DueOn: &march9, Reason: "Вы изменили заказ", Lines: []db.LetterLine{hat, boots, fee, post}})},
	"mail-08 delivery": {Invoice: db.Invoice{ID: 502, Kind: db.DeliveryInvoice, Total: 19_49, Reference: "RF79502"}, Payable: accounts[:1], Letter: ofParcel(db.Letter{
		Invoice: 502, Path: "/invoices/502", Amount: 19_49, Short: 19_49, DueOn: &march9, Lines: []db.LetterLine{{Kind: "delivery", Title: "P5001-3", Quantity: 1, Amount: 19_49}}})},
	"mail-08 top-up": {Invoice: db.Invoice{ID: 503, Kind: db.TopUpInvoice, Total: 100_00, Reference: "RF52503"}, Payable: accounts, Letter: db.Letter{
		Number: "503-1", Invoice: 503, Path: "/invoices/503", Amount: 100_00, Short: 100_00, Lines: []db.LetterLine{{Kind: "top_up", Quantity: 1, Amount: 100_00}}}},
	"mail-09":      {Letter: ofOrder(db.Letter{})},
	"mail-09 hint": {Letter: ofOrder(db.Letter{Missing: []string{"postal_code", "latin_name"}})},
	"mail-10": {Invoice: goodsInvoice, Payable: accounts, Letter: ofOrder(db.Letter{
		Invoice: 501, Path: "/invoices/501", Amount: 280_82, Short: 280_82, DueOn: &march9})},
	"mail-10 part": {Invoice: db.Invoice{ID: 501, Kind: db.GoodsInvoice, Total: 280_82, Paid: 200_00, Reference: "RF18501", RubTotal: &rubles}, Payable: accounts, Letter: ofOrder(db.Letter{
		Invoice: 501, Path: "/invoices/501", Amount: 280_82, Short: 80_82, DueOn: &march9})},
	"mail-11": {Method: dhl, Letter: ofParcel(db.Letter{Amount: 19_49, Balance: 30_51, Grams: 2350})},
	"mail-12": {Method: dhl, Letter: ofParcel(db.Letter{Path: "/addresses/7/edit", Missing: []string{"postal_code", "flat", "inn"}})},
	"mail-13": {Letter: ofOrder(db.Letter{Lines: []db.LetterLine{hat, boots}, Grams: 2350})},
	"mail-13 photos": {Letter: ofOrder(db.Letter{Lines: []db.LetterLine{boots}, Grams: 2350}), Boxes: []db.Box{{
		BoxesOfRow: db.BoxesOfRow{Items: 1, Titles: boots.Title},
		Photos:     []db.Photo{{FileID: 7, Title: boots.Title, Width: 1600, Height: 1200, CreatedAt: march9.Time()}, {FileID: 8, Title: boots.Title, Width: 1200, Height: 1600, CreatedAt: march9.Time()}},
	}}},
	"mail-14":           {Method: dhl, Letter: ofParcel(db.Letter{Day: &march9, Grams: 2350, ShipTo: home, Lines: []db.LetterLine{hat, boots}})},
	"mail-14 van":       {Method: van, Letter: ofParcel(db.Letter{Grams: 2350, ShipTo: home})},
	"mail-15":           {Method: dhl, Letter: ofParcel(db.Letter{Carrier: "DHL", Grams: 2350, ShipTo: home, Lines: []db.LetterLine{hat, boots}, Tracking: []string{"CV123456785DE", "CV123456799DE"}, Links: []string{"https://dhl.example/?n=CV123456785DE", ""}})},
	"mail-15 van":       {Method: van, Letter: ofParcel(db.Letter{Lines: []db.LetterLine{boots}})},
	"mail-16":           {Method: dhl, Letter: ofParcel(db.Letter{Carrier: "DHL", Tracking: []string{"CV123456785DE"}, Links: []string{"https://dhl.example/?n=CV123456785DE"}})},
	"mail-17":           {Letter: ofOrder(db.Letter{Lines: []db.LetterLine{{Title: boots.Title, URL: boots.URL, Quantity: 1, Amount: 189_95, Day: &march9}, hat}})},
	"mail-18":           {Letter: ofParcel(db.Letter{Path: "/parcels", Reason: "Не все товары на складе", Lines: []db.LetterLine{hat}})},
	"mail-21":           {Letter: db.Letter{Name: "Вера Орлова", Path: "/balance", Amount: 280_82, Balance: 311_33}},
	"mail-21 points":    {Letter: db.Letter{Name: "Вера Орлова", Path: "/wallet", Points: 1000, Balance: 1250_00}},
	"mail-25":           {Letter: db.Letter{Name: "Вера Орлова", Number: "K1001-7", Path: "/contests/entries/1001", Subject: "Зимний рассказ", Place: 2, Points: 500, Comment: "Книга с подписью"}},
	"mail-25 points":    {Letter: db.Letter{Name: "Вера Орлова", Number: "K1001-7", Path: "/contests/entries/1001", Subject: "Зимний рассказ", Place: 1, Points: 1000}},
	"mail-25 others":    {Letter: db.Letter{Name: "Вера Орлова", Number: "K1001-7", Path: "/contests/101", Subject: "Зимний рассказ", Act: "others"}},
	"mail-25 cancelled": {Letter: db.Letter{Name: "Вера Орлова", Number: "K1001-7", Path: "/contests/101", Subject: "Зимний рассказ", Act: "cancelled", Reason: "Пришла только одна работа"}},
	"mail-26":           {Letter: ofDream("")},
	"mail-26 declined":  {Letter: ofDream("declined")},
	"mail-28":           {Letter: ofOrder(db.Letter{Path: "/tickets/1001", Subject: "Заказ № 12345-6", Comment: "Здравствуйте, Вера!\n\nДа, успеем: https://shop.example/meindl"})},
	"mail-28 general":   {Letter: db.Letter{Name: "Вера Орлова", Number: "T1001-7", Path: "/tickets/1001", Subject: "Работаете ли вы в праздники?", Comment: "Да, кроме 1 января."}},
	"mail-29":           {Letter: db.Letter{Name: "Вера Орлова", Path: "/recovery"}},
	"mail-30":           {Letter: ofOrder(db.Letter{Path: "/balance", Amount: 189_95, Balance: 220_46, Reason: "В магазине закончились", Lines: []db.LetterLine{boots}})},
	"mail-31":           {Method: dhl, Letter: ofParcel(db.Letter{Day: &march9, Reason: "Нам очень жаль: мы обещали отправить её 5 марта и не успели.\nПростите нас, пожалуйста."})},
	"mail-32":           {Letter: db.Letter{Name: "Вера Орлова", Path: "/mailings/confirmation", Email: "vera@example.test"}},
	"mail-33": {Letter: db.Letter{Path: "/unsubscribe?token=6QcB", Subject: "Зимний номер вышел", Mailing: "Новые номера",
		Markdown: "## Зимний номер\n\nО **снах** и снеге.\nЧитайте [первую статью](/articles/zima):\n\n- десять снов\n- один снег",
		HTML:     "<h2>Зимний номер</h2>\n<p>О <strong>снах</strong> и снеге.<br>\nЧитайте <a href=\"/articles/zima\">первую статью</a>:</p>\n<ul>\n<li>десять снов</li>\n<li>один снег</li>\n</ul>\n"}},
	"mail-24":          {Letter: ofConsultation("")},
	"mail-24 asked":    {Letter: ofConsultation("asked")},
	"mail-24 declined": {Letter: ofConsultation("declined")},
	"mail-24 expired":  {Letter: ofConsultation("expired")},
	"mail-34":          {Letter: ofSpecialist("")},
	"mail-34 new":      {Letter: ofSpecialist("new")},
	"mail-22":          {Letter: ofSubscription("", 2)},
	"mail-22 renews":   {Letter: ofSubscription("renews", 2)},
	"mail-22 ended":    {Letter: ofSubscription("ended", 0)},
	"mail-22 renewed":  {Letter: ofSubscription("renewed", 12)},
	"mail-22 lapsed":   {Letter: ofSubscription("lapsed", 0)},
	"mail-23":          {Letter: db.Letter{Name: "Вера Орлова", Path: "/subscription/issues/21", Subject: "Зимние сны", Issue: 48, Day: &march9}},
}

func ofOrder(letter db.Letter) db.Letter {
	letter.Name, letter.Number, letter.Orders = "Вера Орлова", "12345-6", []string{"12345-6"}
	if letter.Path == "" {
		letter.Path = "/orders/12345"
	}
	return letter
}

func ofParcel(letter db.Letter) db.Letter {
	letter.Name, letter.Number, letter.Orders = "Вера Орлова", "P5001-3", []string{"12345-6", "12346-8"}
	if letter.Path == "" {
		letter.Path = "/parcels/5001"
	}
	return letter
}

func ofSubscription(act string, left int32) db.Letter {
	return db.Letter{Name: "Вера Орлова", Number: "S301-5", Path: "/subscription", Act: act, Format: db.FormatBoth, Left: left}
}

func ofDream(act string) db.Letter {
	return db.Letter{Name: "Вера Орлова", Number: "D1001-7", Path: "/dreams/1001", Day: &march9, Act: act}
}

func ofConsultation(act string) db.Letter {
	return db.Letter{Name: "Вера Орлова", Number: "C1001-7", Path: "/consultations/1001", Act: act}
}

func ofSpecialist(act string) db.Letter {
	due := time.Date(2026, 3, 9, 15, 0, 0, 0, time.FixedZone("MSK", 3*60*60))
	return db.Letter{Name: "Ирина Чуткая", Number: "C1001-7", Path: "/staff/consultations/1001", Act: act, At: &due}
}
