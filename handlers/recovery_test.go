package handlers_test

import (
	"net/url"
	"regexp"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

func TestRecovery(t *testing.T) {
	site := open(t)
	vera := site.As(dbtest.Vera)
	const own = "совсем-другой-17"

	t.Run("A18 a known and an unknown name get the same answer, byte by byte", func(t *testing.T) {
		ask := func(identifier string) string {
			return site.Guest().With(t).Do("POST", "/recovery", url.Values{"identifier": {identifier}}.Encode(), nil).Wants(200).Sees("Проверьте почту").Body
		}
		if known, unknown := ask(dbtest.Vera.Email), ask("nobody@example.test"); known != unknown {
			t.Errorf("they differ:\n%s\n%s", known, unknown)
		}
		site.Work()
		if mail := site.newest(); mail.Kind != db.MailRecovery || mail.Address != dbtest.Vera.Email {
			t.Errorf("mailed %s to %s", mail.Kind, mail.Address)
		}
	})
	t.Run("A18 nothing was typed", func(t *testing.T) {
		site.Guest().With(t).Visit("/recovery").Press("Прислать ссылку").Wants(422).Sees("Введите логин или эл. почту")
	})
	t.Run("A18 one's own password, checked like any", func(t *testing.T) {
		guest := site.Guest().With(t).Visit(site.link(db.MailRecovery)).Sees(dbtest.Vera.Email).Sees("Придумать свой")
		guest.Fill("password", "коротко").Press("Сохранить пароль").Wants(422).Sees("Слишком короткий").Shows("password", "")
		guest.Fill("password", own).Press("Сохранить пароль").At("/").Sees("Пароль изменён").Sees(dbtest.Vera.Name)
		vera.With(t).Visit("/settings").At("/sign-in?back=%2Fsettings")
		site.Work()
		if mail := site.newest(); mail.Kind != db.MailPasswordChanged {
			t.Errorf("mailed %s", mail.Kind)
		}
	})
	t.Run("A18 a used link, an old one and a wrong one offer another", func(t *testing.T) {
		guest := site.Guest().With(t)
		guest.Visit(site.link(db.MailRecovery)).Wants(410).Sees("уже использована").Click("Прислать новое письмо").At("/recovery")
		guest.Visit("/recovery/link?token=x").Wants(410).Sees("Эта ссылка не подходит")
		guest.Visit("/recovery").Fill("identifier", dbtest.Vera.Email).Press("Прислать ссылку")
		site.Work()
		site.Clock.Pass(time.Hour)
		guest.Visit(site.link(db.MailRecovery)).Wants(410).Sees("Срок этой ссылки истёк")
	})
	t.Run("A18 a generated password is shown once and works", func(t *testing.T) {
		guest := site.Guest().With(t).Visit("/recovery").Fill("identifier", dbtest.Vera.Email).Press("Прислать ссылку")
		site.Work()
		guest.Visit(site.link(db.MailRecovery)).Press("Сгенерировать новый пароль").Sees("Мы покажем его только сейчас")
		password := regexp.MustCompile(`[a-z2-9]{4}(-[a-z2-9]{4}){3}`).FindString(guest.Text())
		guest.Reload().Wants(410).SeesNot(password)
		guest.Visit("/sign-in").Fill("identifier", dbtest.Vera.Email).Fill("password", password).Press("Войти").At("/").Sees(dbtest.Vera.Name)
	})
}

func TestSecurityPage(t *testing.T) {
	site := open(t)
	here, phone, tablet := site.As(dbtest.Vera), site.As(dbtest.Vera), site.As(dbtest.Vera)
	const own = "совсем-другой-17"

	t.Run("A16 sessions are listed and closed one by one", func(t *testing.T) {
		page := here.With(t).Visit("/settings/security").Sees("Где Вы вошли").Sees("Здесь").Sees("127.0.0.1")
		rows := page.Find("article[id^=session-]")
		if len(rows) != 4 { // with the one that dbtest opened
			t.Fatalf("%d sessions", len(rows))
		}
		visitor, err := site.Recognise(t.Context(), phone.Cookie("sid"))
		if err != nil {
			t.Fatal(err)
		}
		page.Within("#session-" + number(db.MailID(visitor.Session.ID))).Press("Выйти").At("/settings/security").Sees("Сеанс закрыт")
		phone.With(t).Visit("/settings").At("/sign-in?back=%2Fsettings")
		tablet.With(t).Visit("/settings").Wants(200)
	})
	t.Run("A09 another customer's session stays", func(t *testing.T) {
		visitor, err := site.Recognise(t.Context(), tablet.Cookie("sid"))
		if err != nil {
			t.Fatal(err)
		}
		site.As(dbtest.Boris).Do("POST", "/settings/security/sessions/"+number(db.MailID(visitor.Session.ID))+"/closure", "", nil)
		tablet.With(t).Visit("/settings").Wants(200).At("/settings")
	})
	t.Run("A16 «Выйти везде» asks first and leaves this one", func(t *testing.T) {
		here.With(t).Visit("/settings/security").Click("Выйти везде").Within(".pop-body:has(p)").Press("Выйти везде").At("/settings/security").Sees("Все остальные сеансы закрыты")
		tablet.With(t).Visit("/settings").At("/sign-in?back=%2Fsettings")
		here.With(t).Visit("/settings").Wants(200).At("/settings")
	})
	t.Run("A16 a new password ends the others and renews the cookie", func(t *testing.T) {
		other, before := site.As(dbtest.Vera), here.Cookie("sid")
		page := here.With(t).Visit("/settings/password").Fill("current", "мимо").Fill("password", own).Press("Изменить пароль").Wants(422).Sees("Пароль не подходит")
		page.Shows("current", "").Shows("password", "")
		page.Fill("current", dbtest.Password).Fill("password", "коротко").Press("Изменить пароль").Wants(422).Sees("Слишком короткий")
		page.Fill("current", dbtest.Password).Fill("password", own).Press("Изменить пароль").At("/settings/security").Sees("Пароль изменён")
		if here.Cookie("sid") == before {
			t.Error("the cookie is the same")
		}
		site.Guest().With(t).Holds("sid", before).Visit("/settings").At("/sign-in?back=%2Fsettings")
		other.With(t).Visit("/settings").At("/sign-in?back=%2Fsettings")
		here.With(t).Visit("/settings").Wants(200).At("/settings")
	})
	t.Run("C05 C07 C08 the menu is at the top right of every page, general information and address book first", func(t *testing.T) {
		page := here.With(t).Visit("/").Click(dbtest.Vera.Name)
		var names []string
		for _, item := range page.Find("details.user nav a, details.user nav button") {
			for text := item.FirstChild; text != nil; text = text.NextSibling {
				names = append(names, text.Data)
			}
		}
		want := []string{"Общая информация", "Адресная книга", "Обращения", "Уведомления", "Безопасность", "Мои данные", "Выход"}
		if len(names) != len(want) {
			t.Fatalf("the menu is %q", names)
		}
		for i := range want {
			if names[i] != want[i] {
				t.Errorf("%q, want %q", names[i], want[i])
			}
		}
		page.Click("Мои данные").At("/settings/data").Sees("Номер клиента").Sees(dbtest.Vera.Email)
		page.Visit("/settings/notifications").Sees("Язык писем").Sees("Русский").Sees(dbtest.Vera.Email)
	})
}
