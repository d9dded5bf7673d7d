package mails

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cabinet/db"

	"golang.org/x/net/html"
)

const base = "https://cabinet.example"

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
	"mail-11":         {Method: dhl, Letter: ofParcel(db.Letter{Amount: 19_49, Balance: 30_51, Grams: 2350})},
	"mail-12":         {Method: dhl, Letter: ofParcel(db.Letter{Path: "/addresses/7/edit", Missing: []string{"postal_code", "flat", "inn"}})},
	"mail-13":         {Letter: ofOrder(db.Letter{Lines: []db.LetterLine{hat, boots}, Grams: 2350})},
	"mail-14":         {Method: dhl, Letter: ofParcel(db.Letter{Day: &march9, Grams: 2350, ShipTo: home, Lines: []db.LetterLine{hat, boots}})},
	"mail-14 van":     {Method: van, Letter: ofParcel(db.Letter{Grams: 2350, ShipTo: home})},
	"mail-15":         {Method: dhl, Letter: ofParcel(db.Letter{Carrier: "DHL", Grams: 2350, ShipTo: home, Lines: []db.LetterLine{hat, boots}, Tracking: []string{"CV123456785DE", "CV123456799DE"}, Links: []string{"https://dhl.example/?n=CV123456785DE", ""}})},
	"mail-15 van":     {Method: van, Letter: ofParcel(db.Letter{Lines: []db.LetterLine{boots}})},
	"mail-16":         {Method: dhl, Letter: ofParcel(db.Letter{Carrier: "DHL", Tracking: []string{"CV123456785DE"}, Links: []string{"https://dhl.example/?n=CV123456785DE"}})},
	"mail-17":         {Letter: ofOrder(db.Letter{Lines: []db.LetterLine{{Title: boots.Title, URL: boots.URL, Quantity: 1, Amount: 189_95, Day: &march9}, hat}})},
	"mail-18":         {Letter: ofParcel(db.Letter{Path: "/parcels", Reason: "Не все товары на складе", Lines: []db.LetterLine{hat}})},
	"mail-21":         {Letter: db.Letter{Name: "Вера Орлова", Path: "/balance", Amount: 280_82, Balance: 311_33}},
	"mail-28":         {Letter: ofOrder(db.Letter{Path: "/tickets/1001", Subject: "Заказ № 12345-6", Comment: "Здравствуйте, Вера!\n\nДа, успеем: https://shop.example/meindl"})},
	"mail-28 general": {Letter: db.Letter{Name: "Вера Орлова", Number: "T1001-7", Path: "/tickets/1001", Subject: "Работаете ли вы в праздники?", Comment: "Да, кроме 1 января."}},
	"mail-29":         {Letter: db.Letter{Name: "Вера Орлова", Path: "/recovery"}},
	"mail-30":         {Letter: ofOrder(db.Letter{Path: "/balance", Amount: 189_95, Balance: 220_46, Reason: "В магазине закончились", Lines: []db.LetterLine{boots}})},
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

func written(t *testing.T, name string, locale db.Locale) Written {
	t.Helper()
	out := examples[name]
	kind, _, _ := strings.Cut(name, " ")
	out.Kind, out.Letter.Kind, out.Locale, out.Address = db.MailKind(kind), db.MailKind(kind), locale, "vera@example.test"
	mail, err := Write(context.Background(), out, base)
	if err != nil {
		t.Fatal(err)
	}
	return mail
}

// TestMails compares every mail in both languages with how it was when somebody last read it.
// UPDATE=1 writes it anew.
func TestMails(t *testing.T) {
	for name := range examples {
		for _, locale := range []db.Locale{db.Russian, db.English} {
			mail := written(t, name, locale)
			file := strings.ReplaceAll(name, " ", "-") + "." + string(locale)
			golden(t, file+".txt", "Subject: "+mail.Subject+"\n\n"+mail.Text)
			golden(t, file+".html", mail.HTML+"\n")
		}
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("%s differs: run with UPDATE=1 and read the diff (%v)", path, err)
	}
}

func TestEveryKindIsWritten(t *testing.T) {
	for _, kind := range db.MailKinds {
		if writers[kind] == nil {
			t.Errorf("nobody writes %s", kind)
		}
		if _, shown := examples[string(kind)]; !shown {
			t.Errorf("there is no example of %s", kind)
		}
	}
	if _, err := Write(context.Background(), db.Outgoing{Mail: db.Mail{Kind: "mail-99"}}, base); err == nil {
		t.Error("a mail that nobody has written was written")
	}
}

var unsaid = regexp.MustCompile(`<no value>|\{\{\.|(^|[^/@.\w])(mails|fields)\.[a-z_]+`)

// TestEveryMail holds whatever a mail says.
func TestEveryMail(t *testing.T) {
	for name, out := range examples {
		for _, locale := range []db.Locale{db.Russian, db.English} {
			mail := written(t, name, locale)
			for form, body := range map[string]string{"subject": mail.Subject, "text": mail.Text, "html": mail.HTML} {
				if found := unsaid.FindString(body); found != "" {
					t.Errorf("%s %s: the %s says %q", name, locale, form, found)
				}
			}
			if number := out.Letter.Number; number != "" && !strings.HasPrefix(mail.Subject, "[№"+number+"] ") {
				t.Errorf("%s %s: E04 wants the number in %q", name, locale, mail.Subject)
			}
			text := strings.Join(strings.Fields(read(t, mail.HTML)), " ")
			for _, wanted := range []string{"Кабинет", "help@cabinet.example", "vera@example.test", out.Letter.Number, base} {
				if !strings.Contains(mail.Text, wanted) || !strings.Contains(text, wanted) {
					t.Errorf("%s %s does not say %q", name, locale, wanted)
				}
			}
			secret := slices.Contains([]string{"mail-01", "mail-04", "mail-06"}, name[:7])
			if link := base + out.Letter.Path + "?token=" + db.SecretMark; strings.Contains(mail.Text, link) != secret || strings.Contains(mail.HTML, link) != secret {
				t.Errorf("%s %s: the secret's mark is not where it should be", name, locale)
			}
			if strings.Contains(mail.Text, db.CodeMark) != out.Letter.Code || strings.Contains(mail.HTML, db.CodeMark) != out.Letter.Code {
				t.Errorf("%s %s: the code's mark is not where it should be", name, locale)
			}
			same(t, name, mail)
		}
	}
}

// same wants that who reads the text learns all that stands in the HTML.
func same(t *testing.T, name string, mail Written) {
	t.Helper()
	plain := strings.Join(strings.Fields(mail.Text), " ")
	for _, word := range strings.Fields(read(t, mail.HTML)) {
		if !strings.Contains(plain, strings.TrimRight(word, ":,")) {
			t.Errorf("%s: %q stands in the HTML alone", name, word)
		}
	}
}

// read is what a person reads of a page.
func read(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "title" {
			text.WriteString(n.Data + " ")
		}
	}
	return text.String()
}

func TestSubjects(t *testing.T) {
	t.Run("B03 the subject of the first mail is exactly so", func(t *testing.T) {
		if got := written(t, "mail-01", db.Russian).Subject; got != "Спасибо за регистрацию!" {
			t.Error(got)
		}
	})
	t.Run("E04 the order's number stands in the subject", func(t *testing.T) {
		if got := written(t, "mail-07", db.Russian).Subject; got != "[№12345-6] Заказ принят" {
			t.Error(got)
		}
	})
}

// TestReason tells words of staff from a message of the rules.
func TestReason(t *testing.T) {
	for reason, want := range map[string]string{"Магазин закрылся": "> Магазин закрылся\n", "mails.total": "> Итого\n"} {
		out := db.Outgoing{Mail: db.Mail{Kind: db.MailRefund, Locale: db.Russian}, Letter: db.Letter{Reason: reason}}
		if mail, err := Write(context.Background(), out, base); err != nil || !strings.Contains(mail.Text, want) {
			t.Errorf("%v %s", err, mail.Text)
		}
	}
}

// TestStrangers is about what people type reaching a mail.
func TestStrangers(t *testing.T) {
	out := db.Outgoing{Mail: db.Mail{Kind: db.MailOrderReceived, Locale: db.Russian, Address: "vera@example.test"}, Letter: db.Letter{
		Name: "Победитель! https://evil.example", Number: "12345-6\r\nBcc: all@example.test", Comment: "первая\r\n-- \r\nвторая <b>жирно</b>",
		Lines: []db.LetterLine{{Title: "<script>alert(1)</script>\r\nX", URL: "javascript:alert(1)", Quantity: 1, Amount: 1}},
	}}
	mail, err := Write(context.Background(), out, base)
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(mail.Subject, "\r\n") {
		t.Errorf("the subject has several lines: %q", mail.Subject)
	}
	if strings.Contains(mail.Text+mail.HTML, "evil.example") {
		t.Error("somebody's name carries an advertisement")
	}
	for _, bad := range []string{"<script", "<b>жирно", "javascript:"} {
		if strings.Contains(mail.HTML, bad) {
			t.Errorf("the HTML has %s", bad)
		}
	}
	for _, line := range []string{"\n> первая\n> -- \n> вторая <b>жирно</b>\n", "\n* <script>alert(1)</script> X – "} {
		if !strings.Contains(mail.Text, line) {
			t.Errorf("the text lacks %q:\n%s", line, mail.Text)
		}
	}
}

// TestDarkness keeps colours to the reader's program: a mail that sets only one of text and ground can
// not be read in the dark.
func TestDarkness(t *testing.T) {
	for name := range examples {
		page := written(t, name, db.Russian).HTML
		for _, style := range regexp.MustCompile(`style="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			text, ground := strings.Contains(";"+style[1], ";color:"), strings.Contains(style[1], "background:")
			if text != ground {
				t.Errorf("%s: %s", name, style[1])
			}
		}
		if !strings.Contains(page, `<meta name="color-scheme" content="light dark">`) {
			t.Errorf("%s does not say that it can be dark", name)
		}
	}
}
