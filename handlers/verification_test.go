package handlers_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"

	"github.com/pquerna/otp/totp"
)

// oneTimeCode is what the app of a visitor who was offered a key shows now.
func oneTimeCode(t *testing.T, site *site, by db.Visitor) string {
	t.Helper()
	key, err := site.OfferSecondFactor(by, "Кабинет")
	if err != nil {
		t.Fatal(err)
	}
	code, err := totp.GenerateCode(key.Secret, site.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestVerification(t *testing.T) {
	site := open(t)
	lena := register(site.Guest().With(t), "lena@example.test")
	first := site.link(db.MailVerify)

	t.Run("B07 B08 the banner is above the tabs on every page, and says what to do", func(t *testing.T) {
		for _, path := range []string{"/", "/settings", "/addresses", "/settings/profile"} {
			page := lena.With(t).Visit(path)
			page.Within("#verification").Sees("Подтвердите электронную почту").Sees("lena@example.test").Sees("Прислать ещё раз").Sees("Изменить адрес")
			body := page.Body()
			if banner, tabs := strings.Index(body, `id="verification" role="status"`), strings.Index(body, `id="tabs"`); banner < 0 || banner > tabs {
				t.Errorf("%s: the banner at %d, the tabs at %d", path, banner, tabs)
			}
		}
	})
	t.Run("B11 the page of the code names the address, the sender and the Spam folder", func(t *testing.T) {
		lena.With(t).Visit("/verification").Sees("lena@example.test").Sees("Отправитель").Sees("«Спам»")
	})
	t.Run("B09 the countdown is in the page, script or not", func(t *testing.T) {
		page := lena.With(t).Visit("/").Sees("через 60 секунд")
		if buttons := page.Find("#verification button[data-wait='60']"); len(buttons) != 1 {
			t.Errorf("%d buttons count", len(buttons))
		}
		page.Press("Прислать ещё раз").Wants(429).Sees("Подождите 60 секунд")
	})
	t.Run("B04 following a link changes nothing, whoever follows it; the button confirms", func(t *testing.T) {
		site.Clock.Pass(time.Minute)
		lena.With(t).Visit("/").Press("Прислать ещё раз").At("/verification").Sees("Письмо отправлено")
		lena.With(t).Visit(first).Wants(410).Sees("Эту ссылку заменила более новая").Sees("Прислать новое письмо")
		scanner := site.Guest().With(t)
		for range 2 {
			scanner.Visit(site.link(db.MailVerify)).Wants(200).Sees("lena@example.test").Sees("Подтвердить адрес")
		}
		lena.With(t).Visit("/").Sees("Подтвердите электронную почту")
	})
	t.Run("B04 a wrong code is said beside the field", func(t *testing.T) {
		lena.With(t).Visit("/verification").Fill("code", "<i>1").Press("Подтвердить адрес").Wants(422).Sees("Код не подходит").Shows("code", "<i>1")
	})
	t.Run("B07 confirmed: green once, and the banner is gone", func(t *testing.T) {
		page := lena.With(t).Visit(site.link(db.MailVerify)).Press("Подтвердить адрес").At("/").Sees("Адрес подтверждён, спасибо!")
		page.SeesNot("Подтвердите электронную почту").Visit("/").SeesNot("Адрес подтверждён, спасибо!")
	})
	t.Run("B04 once more is met kindly, with the link or without", func(t *testing.T) {
		lena.With(t).Visit(site.link(db.MailVerify)).Wants(200).Sees("уже подтверждён")
		lena.With(t).Visit("/verification").Wants(200).Sees("уже подтверждён")
		site.Guest().With(t).Visit(site.link(db.MailVerify)).Wants(200).Sees("уже подтверждён").Within("main").Click("Вход").At("/sign-in")
	})
	t.Run("B04 a link of nobody", func(t *testing.T) {
		site.Guest().With(t).Visit("/verification?token=%3Cscript%3E").Wants(410).Sees("Эта ссылка не подходит")
		site.Guest().With(t).Visit("/verification").At("/sign-in?back=%2Fverification")
	})
	t.Run("B04 an expired link sends another mail, without signing in", func(t *testing.T) {
		register(site.Guest().With(t), "olya@example.test")
		old := site.link(db.MailVerify)
		site.Clock.Pass(8 * 24 * time.Hour)
		guest := site.Guest().With(t).Visit(old).Wants(410).Sees("Срок этой ссылки истёк").Press("Прислать новое письмо")
		guest.Wants(200).Sees("Письмо отправлено").Sees("olya@example.test").Sees("«Спам»")
		if site.link(db.MailVerify) == old {
			t.Error("no new mail")
		}
		guest.Visit(site.link(db.MailVerify)).Press("Подтвердить адрес").Wants(200).Sees("Адрес подтверждён").Sees("olya@example.test")
	})
	t.Run("B04 the six digits do the same", func(t *testing.T) {
		galya := register(site.Guest().With(t), "galya@example.test")
		_, code, _ := strings.Cut(site.newest().Secret, " ")
		galya.Visit("/verification").Fill("code", " "+code).Press("Подтвердить адрес").At("/").Sees("Адрес подтверждён")
	})
	t.Run("A01 the second to prove an address reads that it is taken", func(t *testing.T) {
		one := register(site.Guest().With(t), "both@example.test")
		theirs := site.link(db.MailVerify)
		register(site.Guest().With(t), "both@example.test").Visit(site.link(db.MailVerify)).Press("Подтвердить адрес").At("/")
		one.Visit(theirs).Press("Подтвердить адрес").Wants(422).Sees("уже подтверждён в другом кабинете")
	})
	t.Run("B09 a known and an unknown address get the same answer to asking again", func(t *testing.T) {
		site.Account(dbtest.Vera)
		answer := func(email string) string {
			guest := register(site.Guest().With(t), email)
			site.Clock.Pass(time.Minute)
			got := guest.Do("POST", "/verification/mails", "", map[string][]string{"Hx-Request": {"true"}}).Wants(200)
			return strings.ReplaceAll(got.Body, email, "X")
		}
		if known, unknown := answer(dbtest.Vera.Email), answer("nobody@example.test"); known != unknown {
			t.Errorf("they differ:\n%s\n%s", known, unknown)
		}
	})
	t.Run("B06 an address that takes no mail says so in the banner", func(t *testing.T) {
		vera := site.Account(dbtest.Vera)
		if _, err := site.Pool.Exec(t.Context(), "UPDATE accounts SET email_bounced_at = now() WHERE id = $1", vera.ID); err != nil {
			t.Fatal(err)
		}
		page := site.As(dbtest.Vera).With(t).Visit("/")
		page.Within("#verification").Sees("Письма не доходят").Sees(dbtest.Vera.Email).SeesNot("Прислать ещё раз")
	})
}

func TestChangeEmail(t *testing.T) {
	site := open(t)
	site.Account(dbtest.Boris)
	t.Run("B10 before the proof the address is replaced at once, from the banner", func(t *testing.T) {
		lena := register(site.Guest().With(t), "lena@exmaple.test").Click("Изменить адрес").At("/settings/email")
		lena.Fill("email", "lena@").Fill("password", dbtest.Password).Press("Изменить адрес").Wants(422).Sees("Проверьте адрес").Shows("email", "lena@").Shows("password", "")
		lena.Fill("email", "lena@example.test").Fill("password", "мимо").Press("Изменить адрес").Wants(422).Sees("Пароль не подходит")
		before := lena.Cookie("sid")
		lena.Fill("email", "lena@example.test").Fill("password", dbtest.Password).Press("Изменить адрес").At("/settings").Sees("lena@example.test").Sees("Мы отправили письмо")
		if lena.Cookie("sid") == before {
			t.Error("the cookie is the same")
		}
		lena.Visit(site.link(db.MailVerify)).Press("Подтвердить адрес").At("/")
	})
	t.Run("B10 B05 a slip is asked about here too", func(t *testing.T) {
		olya := register(site.Guest().With(t), "olya@example.test").Visit("/settings/email").Fill("email", "olya@yandx.ru").Fill("password", dbtest.Password).Press("Изменить адрес")
		olya.Sees("Вы имели в виду olya@yandex.ru?").Press("Исправить на olya@yandex.ru").Fill("password", dbtest.Password).Press("Изменить адрес").At("/settings").Sees("olya@yandex.ru")
	})
	t.Run("B10 a proved address stays until the new one is confirmed", func(t *testing.T) {
		vera := site.As(dbtest.Vera).With(t).Visit("/settings").Sees("vera@example.test, подтверждён").Visit("/settings/email").Sees("Прежний адрес действует")
		vera.Fill("email", "new@example.test").Fill("password", dbtest.Password).Press("Изменить адрес").At("/settings").Sees("new@example.test ждёт подтверждения")
		vera.Visit(site.link(db.MailVerify)).Sees("vera@example.test").Press("Подтвердить адрес").At("/settings").Sees("new@example.test, подтверждён").Sees("Новый адрес действует")
		vera.Visit(site.link(db.MailVerify)).Wants(410).Sees("уже использована")
	})
	t.Run("B10 «Это не я» takes it back and leads to a new password", func(t *testing.T) {
		guest := site.Guest().With(t).Visit(site.link(db.MailEmailChange)).Sees("Это были не Вы?").Press("Это не я")
		guest.At("/recovery?identifier=vera%40example.test").Sees("Прежний адрес снова действует").Shows("identifier", "vera@example.test")
		site.As(dbtest.Vera).With(t).Visit("/settings").Sees("vera@example.test, подтверждён")
	})
	t.Run("B10 a taken address gets the same answer as a free one", func(t *testing.T) {
		answer := func(email string) string {
			galya := register(site.Guest().With(t), "galya"+email)
			got := galya.Do("POST", "/settings/email", url.Values{"email": {email}, "password": {dbtest.Password}}.Encode(), nil).Wants(303)
			return got.Header("Location") + got.Body + strings.ReplaceAll(galya.Visit("/settings").Within("main").Text(), email, "X")
		}
		if taken, free := answer(dbtest.Boris.Email), answer("free@example.test"); taken != free {
			t.Errorf("they differ:\n%s\n%s", taken, free)
		}
	})
}
