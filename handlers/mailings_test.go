package handlers_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers"
	"cabinet/handlers/webtest"
)

// mailed is the newest mail of a kind.
func (s *site) mailed(kind db.MailKind) db.Mail {
	s.t.Helper()
	for _, mail := range must(s.Mails(s.t.Context(), 1<<62, 20)) {
		if mail.Kind == kind {
			return mail
		}
	}
	s.t.Fatalf("nobody has written %s", kind)
	return db.Mail{}
}

func TestMailings(t *testing.T) {
	site := open(t)
	vera := site.Account(dbtest.Vera)

	t.Run("without topics the page says so", func(t *testing.T) {
		site.As(dbtest.Vera).With(t).Visit("/mailings").Sees("Рассылок пока нет").Sees("никого не подписываем")
	})
	news, issues := site.Mailing(t, "Новости журнала", 24), site.Mailing(t, "Новые номера", 24)
	for _, first := range []bool{true, false} {
		t.Run(fmt.Sprintf("M01 one switch for each topic, saved at once (the first time: %v)", first), func(t *testing.T) {
			b := site.As(dbtest.Vera).With(t).Visit("/mailings").Sees("vera@example.test").Sees("Отписан")
			if on := b.Find(`button[role="switch"][aria-checked="true"]`); len(on) != 0 {
				t.Error("M02 something is chosen already")
			}
			b.Press("Рассылка «Новости журнала»").Sees("Вы подписаны").Sees("в кабинете, текст согласия № 1").Sees("02.03.2026")
			if on := b.Find(`button[role="switch"][aria-checked="true"]`); len(on) != 1 {
				t.Errorf("%d switches are on", len(on))
			}
			b.Visit("/mailings").Sees("Подписан").Sees("Согласие дано: «Новости журнала»")
			b.Press("Рассылка «Новости журнала»").Sees("Вы отписаны").Visit("/mailings").Sees("Согласие отозвано: «Новости журнала»").SeesNot("Подписан ")
		})
	}
	t.Run("M03 no phone, and what is no advertising is kept apart", func(t *testing.T) {
		b := site.As(dbtest.Vera).With(t).Visit("/mailings").Sees("Мы не шлём SMS").Sees("никогда не становится согласием на звонки").Sees("не рассылки")
		b.Click("Уведомления").At("/settings/notifications").Sees("приходят всегда").Click("Управление рассылкой").At("/mailings")
	})
	t.Run("M01 an address that is not proved confirms by a mailed link, which does nothing when it is only looked at", func(t *testing.T) {
		b := site.Guest().With(t).Visit("/registration").Fill("email", "lena@example.test").Fill("password", dbtest.Password).Check("Я согласен").Press("Зарегистрироваться").At("/registration/address")
		site.Clock.Pass(2 * time.Minute)
		b.Visit("/mailings").Press("Рассылка «Новые номера»").Sees("Осталось подтвердить").Sees("Ждёт подтверждения").Sees("Подтвердите адрес lena@example.test")
		b.Press("Прислать письмо ещё раз").Wants(429)
		secret, _, _ := strings.Cut(site.mailed(db.MailConfirmMailings).Secret, " ")
		link := "/mailings/confirmation?token=" + secret
		guest := site.Guest().With(t).Visit(link).Sees("lena@example.test").Sees("«Новые номера»")
		b.Visit("/mailings").Sees("Ждёт подтверждения")
		guest.Press("Подтвердить").Sees("Рассылки будут приходить на lena@example.test")
		b.Visit("/mailings").Sees("Подписан").Sees("по ссылке из письма-подтверждения").SeesNot("Ждёт")
		guest.Visit(link).Wants(410)
		site.Guest().With(t).Visit("/mailings/confirmation?token=x").Wants(410)
	})
	t.Run("M02 the help tells our mails from others", func(t *testing.T) {
		site.Guest().With(t).Visit("/mailings/help").Sees("SPF").Sees("DKIM").Sees("DMARC").Sees("Перешлите письмо").Sees("не шлём SMS")
	})

	token := site.MailingToken(vera.ID, news.ID)
	path := "/unsubscribe?token=" + token
	t.Run("M02 the link of a mail asks first, and changes nothing by itself", func(t *testing.T) {
		site.Subscribed(t, news, vera)
		site.Subscribed(t, issues, vera)
		b := site.Guest().With(t).Visit(path).Sees("v•••@example.test").SeesNot("vera@example.test")
		before := rows(t, site.World)
		b.Visit(path).Visit(path)
		if left := differ(before, rows(t, site.World)); len(left) > 0 {
			t.Error(left)
		}
		b.Press("Отписаться от «Новости журнала»").Sees("Вы отписаны").Sees("«Новости журнала» больше не приходит")
		b.Press("Рассылка «Новости журнала»").Sees("Вы подписаны").Sees("Отписаться от «Новости журнала»").Sees("по ссылке из рассылки")
		b.Click("Отписаться от всех").Within("main .pop-body").Press("Отписаться от всех")
		b.Visit(path).SeesNot("Подписан ").Sees("больше не приходит")
	})
	t.Run("M02 one click of a mail program is enough, without signing in, and twice is no mistake (RFC 8058)", func(t *testing.T) {
		site.Subscribed(t, news, vera)
		for range 2 {
			got := site.Guest().With(t).Do("POST", path, "List-Unsubscribe=One-Click", http.Header{"Sec-Fetch-Site": {""}, "Origin": {""}}).Wants(200)
			if got.Header("Set-Cookie") != "" || got.Header("Location") != "" {
				t.Errorf("%v", got.Headers())
			}
		}
		site.As(dbtest.Vera).With(t).Visit("/mailings").Sees("кнопкой почтовой программы")
	})
	t.Run("a link that is not ours is not there", func(t *testing.T) {
		for _, odd := range []string{"", "x", token[:len(token)-1] + "_", strings.Repeat("A", 3000)} {
			for _, address := range []string{"/unsubscribe?token=", "/unsubscribe/all?token=", fmt.Sprintf("/unsubscribe/choices/%d?token=", news.ID)} {
				site.Guest().With(t).Do("POST", address+odd, "on=on", nil).Wants(404)
			}
			site.Guest().With(t).Visit("/unsubscribe?token=" + url.QueryEscape(odd)).Wants(404)
		}
	})
	t.Run("M02 P01 a mail can be ended by its link also when there are no mailings any more", func(t *testing.T) {
		if err := site.SwitchModule(t.Context(), site.Account(dbtest.Anna), db.MailingsModule, false); err != nil {
			t.Fatal(err)
		}
		site.Guest().With(t).Visit("/unsubscribe?token=" + token).Wants(200)
		site.Guest().With(t).Do("POST", "/unsubscribe?token="+token, "List-Unsubscribe=One-Click", http.Header{"Sec-Fetch-Site": {""}, "Origin": {""}}).Wants(200)
		site.As(dbtest.Vera).With(t).Visit("/mailings").Wants(404)
		if err := site.SwitchModule(t.Context(), site.Account(dbtest.Anna), db.MailingsModule, true); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("M01 an open page follows what is chosen elsewhere", func(t *testing.T) {
		site.As(dbtest.Vera).With(t).Visit("/mailings")
		if live := site.As(dbtest.Vera).With(t).Visit("/mailings").Find(`#mailings[hx-get="/mailings"]`); len(live) != 1 {
			t.Error("it does not ask for itself again")
		}
	})
}

func TestCampaigns(t *testing.T) {
	site := open(t)
	vera, boris := site.Account(dbtest.Vera), site.Account(dbtest.Boris)

	t.Run("a new desk leads to the first topic", func(t *testing.T) {
		b := site.As(dbtest.Nina).With(t).Visit("/staff").Click("Рассылки").At("/staff/campaigns").Sees("Выпусков здесь нет").Click("Новый выпуск").Sees("Тем ещё нет").Click("Темы рассылок")
		b.Press("Сохранить").Wants(422).Sees("Без этого нельзя сохранить")
		b.Fill("name_ru", "Новые номера").Fill("name_en", "New issues").Fill("about_ru", "Когда вышел номер").Fill("about_en", "When an issue is out").Press("Сохранить").Sees("Новые номера").Sees("Открытая")
		b.Click("Новые номера").Fill("rest_hours", "x").Press("Сохранить").Wants(422).Sees("целое число").Shows("rest_hours", "x")
		b.Fill("rest_hours", "48").Press("Сохранить").At("/staff/campaigns/topics").Sees("48")
	})
	topic := must(site.MailingTopics(t.Context()))[0]
	site.Subscribed(t, topic, vera, boris)
	var id db.CampaignID
	t.Run("M02 an issue is written, looked at, tried and sent", func(t *testing.T) {
		b := site.As(dbtest.Nina).With(t).Visit("/staff/campaigns/new").Press("Сохранить").Wants(422).Sees("Выберите, какую рассылку")
		b.Choose("mailing", "Новые номера").Fill("subject", "Зимний номер вышел").Fill("body", "О **снах** и [снеге](/articles).\n\n- десять снов").Press("Посмотреть").Sees("О снах и снеге.")
		b.Press("Сохранить").Sees("Сейчас 2 подписчика").Sees("за последние 48 часов")
		id = must(site.CampaignsAtDesk(t.Context(), db.CampaignsAtDeskParams{Status: db.CampaignDraft, ChangedAt: site.Clock.Now().Add(time.Hour), Lim: 1}))[0].Campaign.ID
		b.Press("Пробное письмо себе").Sees("Пробное письмо отправлено")
		site.Work()
		trial := site.mailed(db.MailNewsletter)
		if trial.Address != dbtest.Nina.Email || trial.Subject != "Зимний номер вышел" || !strings.Contains(trial.TextBody, "О **снах** и [снеге]("+site.URL+"/articles).") || !strings.Contains(trial.HtmlBody, "<strong>снах</strong>") {
			t.Errorf("%+v", trial)
		}
		b.Visit(fmt.Sprintf("/staff/campaigns/%d", id)).Fill("at", "2020-01-01T10:00").Press("Назначить").Wants(422).Shows("at", "2020-01-01T10:00")
		b.Fill("at", "2026-03-03T10:00").Press("Назначить").Sees("Время назначено").Sees("Уйдёт 03.03.2026").SeesNot("Текст *")
		b.Press("Вернуть в черновики").Sees("снова черновик")
		b.Click("Разослать").Within(`form[action$="/running"]`).Sees("Письмо получат 2 подписчика").Press("Разослать")
		b.Sees("Рассылка пошла").Sees("0 из 2")
		site.Guest().With(t).Visit("/newsletters").Click("Зимний номер вышел").Sees("десять снов")
		b.Press("Приостановить").Sees("Рассылка приостановлена")
		site.Work()
		if n := must(site.CampaignByID(t.Context(), id)).Sent; n != 0 {
			t.Errorf("%d mails left all the same", n)
		}
		b.Click("Продолжить").Within(`form[action$="/running"]`).Press("Продолжить")
		site.Work()
		b.Visit(fmt.Sprintf("/staff/campaigns/%d", id)).Sees("2 из 2").Sees("Разослан").SeesNot("Приостановить").SeesNot("Отменить выпуск")
		b.Visit("/staff/campaigns?status=finished").Sees("2 из 2")
	})
	t.Run("two editors, and an act that is too late", func(t *testing.T) {
		draft := site.Campaign(t, site.Account(dbtest.Nina), topic, "Весенний номер")
		page := fmt.Sprintf("/staff/campaigns/%d", draft.ID)
		nina, anna := site.As(dbtest.Nina).With(t).Visit(page), site.As(dbtest.Anna).With(t).Visit(page)
		nina.Fill("subject", "Весна").Press("Сохранить").Sees("Сохранено")
		anna.Fill("subject", "Весна идёт").Press("Сохранить").Wants(409).Sees("изменил кто-то другой").Shows("subject", "Весна идёт").Press("Сохранить").Sees("Сохранено")
		nina.Click("Отменить выпуск").Within(`form[action$="/cancellation"]`).Press("Отменить выпуск")
		nina.Wants(422).Sees("изменил кто-то другой")
		nina.Visit(page).Click("Отменить выпуск").Within(`form[action$="/cancellation"]`).Press("Отменить выпуск")
		nina.Visit(page).Sees("Отменён").SeesNot("Разослать")
	})
	t.Run("the archive is open, and what is not sent is not in it", func(t *testing.T) {
		site.Campaign(t, site.Account(dbtest.Nina), topic, "Тайна редакции")
		b := site.Guest().With(t).Visit("/newsletters").Sees("Зимний номер вышел").SeesNot("Тайна").SeesNot("Весна")
		b.Visit(fmt.Sprintf("/newsletters/%d", id+1)).Wants(404)
		got := site.Guest().With(t).Do("GET", "/newsletters.rss", "", nil).Wants(200)
		var feed struct {
			Items []struct {
				Title string `xml:"title"`
				Link  string `xml:"link"`
				Text  string `xml:"description"`
				At    string `xml:"pubDate"`
			} `xml:"channel>item"`
		}
		if err := xml.Unmarshal([]byte(got.Body), &feed); err != nil || len(feed.Items) != 1 {
			t.Fatal(err, got.Body)
		}
		one := feed.Items[0]
		if _, err := time.Parse(time.RFC1123Z, one.At); err != nil || one.Title != "Зимний номер вышел" || one.Link != fmt.Sprintf("%s/newsletters/%d", site.URL, id) || !strings.Contains(one.Text, `href="`+site.URL+`/articles"`) {
			t.Errorf("%+v %v", one, err)
		}
		if kind := got.Header("Content-Type"); !strings.HasPrefix(kind, "application/rss+xml") {
			t.Error(kind)
		}
	})
	t.Run("a long archive goes on by «Показать ещё»", func(t *testing.T) {
		for i := range db.NewslettersPage + 2 {
			site.Running(t, site.Account(dbtest.Nina), topic, fmt.Sprintf("Выпуск %03d", i))
			site.Clock.Pass(time.Minute)
		}
		site.Guest().With(t).Visit("/newsletters").SeesNot("Выпуск 001").Click("Показать ещё").Sees("Выпуск 001").Sees("Зимний номер").SeesNot("Выпуск 003").SeesNot("Показать ещё")
	})
}

func TestBounces(t *testing.T) {
	const secret = "bounce-secret-of-the-test"
	site := open(t, func(c *handlers.Config) { c.BounceSecret = secret })
	vera, boris := site.Account(dbtest.Vera), site.Account(dbtest.Boris)
	topic := site.Mailing(t, "Акции", 24)
	site.Subscribed(t, topic, vera, boris)
	send := func(body, with string) *webtest.Response {
		return site.Guest().With(t).Do("POST", "/webhooks/bounces", body, http.Header{"Content-Type": {"application/json"}, "Authorization": {with}, "Sec-Fetch-Site": {""}, "Origin": {""}})
	}
	const hard = `{"events": [{"id": "e1", "type": "bounce", "address": "vera@example.test", "detail": "550 5.1.1 no such user", "at": "2026-03-02T09:00:00Z"}]}`
	t.Run("M02 without the secret there is no such address", func(t *testing.T) {
		for _, with := range []string{"", "Bearer ", "Bearer wrong", secret, "Basic " + secret} {
			send(hard, with).Wants(404)
		}
	})
	t.Run("what is not as agreed is refused whole", func(t *testing.T) {
		for body, status := range map[string]int{"": 400, "[]": 400, `{"events": [{"id": "e0", "type": "bounce", "address": "vera@example.test"}, {"type": "bounce", "address": "x"}]}`: 422,
			`{"events": [{"id": "e0", "type": "gone", "address": "vera@example.test"}]}`: 422, `{"events": [{"at": "yesterday"}]}`: 400} {
			send(body, "Bearer "+secret).Wants(status)
		}
		if list := must(site.Suppressions(t.Context(), 1<<62, 1)); len(list) != 0 {
			t.Errorf("%+v", list)
		}
	})
	t.Run("M02 a hard bounce suppresses, a complaint also unsubscribes, and the page says why", func(t *testing.T) {
		send(hard, "Bearer "+secret).Wants(200).Sees(`{"noted":1,"known":0,"unknown":0,"unproved":0,"suppressed":1}`)
		send(hard, "Bearer "+secret).Wants(200).Sees(`"known":1`)
		send(`{"events": [{"id": "e2", "type": "complaint", "address": "boris@example.test"}, {"id": "e3", "type": "soft_bounce", "address": "nobody@example.test"}]}`, "Bearer "+secret).Wants(200).Sees(`"unknown":1`)
		site.As(dbtest.Vera).With(t).Visit("/mailings").Sees("Адрес не принимает письма").Sees("не принимает наши письма").Press("Рассылка «Акции»").Sees("Отписан").Press("Рассылка «Акции»").Wants(422).Sees("укажите другой")
		site.As(dbtest.Boris).With(t).Visit("/mailings").Sees("письмо отмечено как спам")
	})
	t.Run("M02 staff lift it with a reason", func(t *testing.T) {
		b := site.As(dbtest.Sveta).With(t).Visit("/staff/campaigns/suppressions").Sees("vera@example.test").Sees("550 5.1.1").Sees("Жалоба на спам")
		row := "#" + must(site.SuppressionNow(t.Context(), vera.Email)).ID.Topic()
		b.Within(row).Click("Снять запрет")
		b.Within(row + " form").Press("Снять запрет").Wants(422).Sees("Напишите, почему")
		b.Within(row+" form").Fill("reason", "Ящик снова работает").Press("Снять запрет")
		b.Visit("/staff/campaigns/suppressions").SeesNot("vera@example.test")
		b.Fill("q", "VERA@example.test").Press("Найти").Sees("Ящик снова работает").Sees(dbtest.Sveta.Name)
		site.As(dbtest.Vera).With(t).Visit("/mailings").Press("Рассылка «Акции»").Sees("Вы подписаны")
	})
}
