package handlers_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
	"cabinet/views"
)

var giftCode = regexp.MustCompile(`[A-Z2-9]{4}(-[A-Z2-9]{4}){3}`)

func TestSubscriptions(t *testing.T) {
	site := open(t)
	ctx := t.Context()
	vera, boris := site.Account(dbtest.Vera), site.Account(dbtest.Boris)
	var issue db.Issue

	t.Run("N01 an editor makes an issue, gives it cover and PDF, and lets it out", func(t *testing.T) {
		b := site.As(dbtest.Nina).With(t).Visit("/staff/issues").Sees("Номеров пока нет").Click("Новый номер")
		b.Fill("number", "0").Fill("month", "март").Press("Сохранить").Wants(422).Sees("Целое число от 1").Sees("Месяц в виде 2026-03").Shows("month", "март")
		b.Fill("number", "47").Fill("month", "2026-02").Fill("title", "Зимние сны").Fill("about", "Лес и поезд").Press("Сохранить").Sees("Номер сохранён").Sees("Готовится")
		path := b.URL().Path
		id, _ := strconv.ParseInt(path[strings.LastIndex(path, "/")+1:], 10, 64)
		b.Click("Выпустить номер").Within(".act .pop-body").Press("Выпустить номер")
		b.Wants(422).Sees("Сначала загрузите PDF")
		for _, wrong := range [][]byte{[]byte("<html>"), []byte("%PDF-1.4 и ничего больше"), dbtest.Snapshot(60, 80)} {
			b.Visit(path).Attach("pdf", webtest.File{Name: "issue.pdf", Type: "application/pdf", Content: wrong}).Press("Загрузить PDF").Wants(422).Sees("Это не PDF")
		}
		b.Visit(path).Attach("pdf", webtest.File{Name: "x.txt", Type: "text/plain", Content: dbtest.PDF("Winter dreams", 3)}).Press("Загрузить PDF").Sees("PDF загружен").Sees("3 страницы")
		b.Attach("cover", webtest.File{Name: "cover.jpg", Type: "image/jpeg", Content: dbtest.PDF("x", 1)}).Press("Загрузить обложку").Wants(422).Sees("JPEG")
		b.Visit(path).Attach("cover", webtest.File{Name: "cover.jpg", Type: "image/jpeg", Content: dbtest.Snapshot(600, 800)}).Press("Загрузить обложку").Sees("Обложка загружена")
		b.Click("Выпустить номер").Within(".act .pop-body").Press("Выпустить номер")
		b.Sees("Номер вышел, подписчики его получают").Sees("больше не меняется")
		site.Work()
		issue = must(site.IssueByID(ctx, db.IssueID(id)))
		if got := site.Guest().Do("GET", db.CoverPath(*issue.Cover, db.Small), "", nil).Wants(200); got.Header("Content-Type") != "image/jpeg" {
			t.Error(got.Headers())
		}
	})
	t.Run("N02 the button is always there; N03 a subscription for oneself is paid with one press", func(t *testing.T) {
		site.TopUp(t, boris, 12_00)
		b := site.As(dbtest.Boris).With(t).Visit("/subscription").Sees("Подписки пока нет").Sees("Зимние сны").Click("Оформить подписку")
		b.Choose("tariff", "PDF-версия, 12 номеров").Choose("start", "С вышедшего номера").Choose("way", "С баланса").Press("Заказать и оплатить").Wants(422).Sees("На балансе не хватает денег")
		b.Choose("tariff", "PDF-версия, 6 номеров").Press("Заказать и оплатить").Sees("Подписка оформлена").Sees("Активна").Sees("№ 47, февраль 2026").Sees("№ 52, июль 2026").Sees("февраль 2026 – июль 2026").Sees("5 из 6").Sees("Готовим Ваш экземпляр")
		b.Sees("Оформить подписку").Sees("Подарить подписку").Sees("Продлить")
		b.Click("Продлить").Press("Заказать и оплатить").Wants(422).Sees("На балансе не хватает денег")
		b.Visit("/subscription/new").Choose("way", "По счёту").Press("Заказать и оплатить").Sees("Подписка на журнал: PDF-версия")
		b.Visit("/subscription").Sees("Ожидает оплаты").Sees("Открыть счёт")
	})
	t.Run("N01 one's own copy is stamped on each page, and a broken download goes on", func(t *testing.T) {
		b := site.As(dbtest.Boris).With(t)
		pdf := issue.ID.Path() + "/pdf"
		if got := b.Do("GET", pdf, "", nil); got.Status != 404 {
			t.Error("there is a copy before it is made")
		}
		b.Visit(issue.ID.Path()).Sees("Готовим Ваш именной экземпляр").Click("Обновить").Sees("Готовим")
		site.Work()
		b.Reload().SeesNot("Готовим").Sees("Скачать PDF")
		whole := b.Do("GET", pdf, "", nil).Wants(200)
		if pages, err := views.PDFPages([]byte(whole.Body)); err != nil || pages != 3 || whole.Header("Accept-Ranges") != "bytes" || !strings.HasPrefix(whole.Header("Content-Disposition"), "attachment") {
			t.Error(pages, err, whole.Headers())
		}
		tag := whole.Header("ETag")
		half := len(whole.Body) / 2
		ask := func(header http.Header) *webtest.Response { return b.Do("GET", pdf, "", header) }
		begin := ask(http.Header{"Range": {fmt.Sprintf("bytes=0-%d", half-1)}}).Wants(206)
		rest := ask(http.Header{"Range": {fmt.Sprintf("bytes=%d-", half)}, "If-Range": {tag}}).Wants(206)
		if begin.Body+rest.Body != whole.Body || rest.Header("Content-Range") != fmt.Sprintf("bytes %d-%d/%d", half, len(whole.Body)-1, len(whole.Body)) {
			t.Error("the parts do not make the whole", rest.Headers())
		}
		ask(http.Header{"Range": {"bytes=5-9"}, "If-Range": {`"another"`}}).Wants(200)
		ask(http.Header{"Range": {"bytes=0-1,4-5"}}).Wants(200)
		ask(http.Header{"Range": {fmt.Sprintf("bytes=%d-", len(whole.Body))}}).Wants(416)
		ask(http.Header{"If-None-Match": {tag}}).Wants(304)
		if tail := ask(http.Header{"Range": {"bytes=-7"}}).Wants(206); tail.Body != whole.Body[len(whole.Body)-7:] {
			t.Errorf("%q", tail.Body)
		}
		for _, other := range []dbtest.Person{dbtest.Vera, dbtest.Nina, dbtest.Anna} {
			if got := site.As(other).Do("GET", pdf, "", nil); got.Status != 404 {
				t.Errorf("%s gets Boris's copy: %d", other.Name, got.Status)
			}
		}
	})
	t.Run("N03 print needs a complete address: the page says so and leads there", func(t *testing.T) {
		b := site.As(dbtest.Vera).With(t)
		site.Granted(t, vera, 3300+4860, "")
		b.Visit("/subscription/new").Sees("Для печатной версии нужен полный адрес").Choose("tariff", "PDF-версия и печатная, 6 номеров").Choose("way", "Баллами").Press("Заказать и оплатить").Wants(422).Sees("Выберите адрес")
		b.Click("Добавить адрес").At("/addresses/new")
		if back := b.URL().Query().Get("back"); back != "/subscription/new" {
			t.Error(back)
		}
		site.Address(t, vera)
		b.Visit("/subscription/new").Choose("tariff", "PDF-версия и печатная, 6 номеров").Choose("way", "Баллами").Check("Продлевать").Press("Заказать и оплатить").Sees("Подписка оформлена").Sees("119002").Sees("само, в конце подписки")
		b.Press("Не продлевать").Sees("Подписка сама не продлится").Press("Продлевать самой").Sees("Подписка продлится сама")
	})
	t.Run("N01 paused, resumed, sent elsewhere", func(t *testing.T) {
		b := site.As(dbtest.Vera).With(t).Visit("/subscription").Click("Приостановить").Choose("issues", "2 номера").Press("Приостановить подписку").Sees("Приостановлена").Sees("Пропустим")
		b.Press("Возобновить").Sees("Подписка возобновлена").Sees("Активна")
		second := dbtest.AddressForm()
		second.Label, second.City = "Дача", "Подольск"
		must(site.AddAddress(ctx, vera, second))
		option := ""
		for _, address := range must(site.AddressesOf(ctx, vera.ID)) {
			if address.Label == "Дача" {
				option = fmt.Sprint(address.ID)
			}
		}
		s := must(site.SubscriptionsOf(ctx, &vera.ID))[0].Subscription
		b.Do("POST", fmt.Sprintf("/subscription/%d/address", s.ID), url.Values{"address": {option}}.Encode(), nil).Wants(303)
		b.Visit("/subscription").Sees("Подольск")
		b.Do("POST", fmt.Sprintf("/subscription/%d/address", s.ID), "address=99999", nil).Wants(422)
	})
	t.Run("N03 a gift: a code that is shown once, a card to print, and its receiver gives the address", func(t *testing.T) {
		b := site.As(dbtest.Vera).With(t).Visit("/subscription").Click("Подарить подписку").Choose("tariff", "Печатная версия, 12 номеров").Choose("way", "Баллами").Press("Заказать и оплатить").Sees("Ждёт получателя")
		b.Press("Код для вручения").Sees("Код показан один раз")
		code := giftCode.FindString(b.Text())
		if card := b.Do("POST", strings.TrimSuffix(b.URL().Path, "code")+"card", "code="+code, nil).Wants(200); card.Header("Content-Type") != "application/pdf" {
			t.Error(card.Headers())
		}
		r := site.As(dbtest.Boris).With(t).Visit("/subscription/claim?code="+code).Sees("Печатная версия").Press("Получить").Wants(422).Sees("Выберите адрес").Shows("code", code)
		site.Address(t, boris)
		r.Visit("/subscription/claim?code=" + code)
		r.Choose("address", "Орлова Вера").Press("Получить").Sees("Подарок Ваш").Sees("подарок")
		site.As(dbtest.Irina).With(t).Visit("/subscription/claim").Fill("code", code).Press("Получить").Wants(422).Sees("уже получил другой")
		b.Visit("/subscription").Sees("Получена 02.03.2026")
	})
	t.Run("N01 the list for the post is a spreadsheet in which nothing is a formula", func(t *testing.T) {
		evil := dbtest.AddressForm()
		evil.Company, evil.Label = `=HYPERLINK("http://evil")`, "Фирма"
		irina := site.Account(dbtest.Irina)
		address := must(site.AddAddress(ctx, irina, evil))
		site.Subscription(t, irina, db.FormatPrint, 6, func(f *db.SubscriptionForm) { f.Address = address.ID })
		next := site.DeliveredIssue(t, 48)
		got := site.As(dbtest.Nina).Do("GET", fmt.Sprintf("/staff/issues/%d/print-list", next.ID), "", nil).Wants(200)
		file := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.Body, "\ufeff")))
		file.Comma = ';'
		rows := must(file.ReadAll())
		if len(rows) != 4 || !strings.Contains(got.Body, "'=HYPERLINK") || !strings.Contains(got.Header("Content-Disposition"), "print-list") {
			t.Error(len(rows), got.Body)
		}
		b := site.As(dbtest.Nina).With(t).Visit(fmt.Sprintf("/staff/issues/%d", next.ID))
		b.Click("Отметить: передано на почту").Within(".act .pop-body").Press("Отметить: передано на почту")
		site.As(dbtest.Nina).With(t).Visit(fmt.Sprintf("/staff/issues/%d", next.ID)).Sees("Нина Редактор")
		site.As(dbtest.Irina).With(t).Visit("/subscription").Sees("Отправлен почтой")
	})
	t.Run("N01 the desk finds a subscription by its customer, and cancels it for a reason", func(t *testing.T) {
		b := site.As(dbtest.Sveta).With(t).Visit("/staff/subscriptions").Fill("q", boris.Email).Press("Найти").Sees(boris.ID.Number()).SeesNot(site.Account(dbtest.Irina).ID.Number())
		b.Visit("/staff/subscriptions?q=" + url.QueryEscape(vera.ID.Number())).Sees("Вера")
		s := must(site.SubscriptionsOf(ctx, &vera.ID))[0].Subscription
		b.Visit("/staff/subscriptions?q=" + s.ID.Number()).Click(s.ID.Number()).Press("Отменить подписку").Wants(422).Sees("Без этого нельзя сохранить")
		b.Fill("reason", "Переехала за границу").Press("Отменить подписку").Sees("Подписка отменена").Sees("Переехала за границу")
		site.As(dbtest.Vera).With(t).Visit("/subscription").Sees("Отменена").Sees("Оформить подписку")
		site.As(dbtest.Nina).With(t).Visit("/staff/subscriptions").SeesNot("Отменить подписку")
	})
	t.Run("N03 an admin says what it costs", func(t *testing.T) {
		b := site.As(dbtest.Anna).With(t).Visit("/staff/subscriptions/tariffs?tariff=pdf-6").Shows("price", "12,00").Fill("price", "даром").Press("Сохранить").Wants(422).Shows("price", "даром")
		b.Fill("price", "13,50").Fill("points", "1350").Press("Сохранить").Sees("Цена сохранена").Sees("13,50 €")
		site.As(dbtest.Irina).With(t).Visit("/subscription/new").Sees("13,50 €").Sees("1 350 баллов")
		b.Visit("/staff/settings").Click("История изменений").Sees("Цены подписки").Sees("13.50 €")
	})
	t.Run("N03 the reminders can be switched off", func(t *testing.T) {
		b := site.As(dbtest.Boris).With(t).Visit("/settings/notifications").Within("#mail-22").Press("Не присылать")
		if unwanted := must(site.UnwantedMailsOf(ctx, boris.ID)); len(unwanted) != 1 || unwanted[0] != db.MailSubscriptionEnds {
			t.Error(unwanted)
		}
		b.With(t).Visit("/settings/notifications").Within("#mail-22").Sees("Не приходит")
	})
	if findings := must(site.Audit(ctx)); len(findings) > 0 {
		t.Error(findings)
	}
}
