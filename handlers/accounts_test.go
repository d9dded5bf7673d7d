package handlers_test

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers"
	"cabinet/handlers/webtest"
)

// register fills in the registration as a newcomer does.
func register(browser *webtest.Browser, email string) *webtest.Browser {
	browser.Visit("/registration").Fill("email", email).Fill("password", dbtest.Password).Check("Я согласен")
	return browser.Press("Зарегистрироваться")
}

// link is where the newest mail of a kind leads.
func (s *site) link(kind db.MailKind) string {
	s.t.Helper()
	mails, err := s.Mails(context.Background(), 1<<62, 500)
	if err != nil {
		s.t.Fatal(err)
	}
	path := map[db.MailKind]string{db.MailVerify: "/verification", db.MailRecovery: "/recovery/link", db.MailEmailChange: "/email/undo"}[kind]
	for _, mail := range mails {
		if mail.Kind == kind {
			secret, _, _ := strings.Cut(mail.Secret, " ")
			if strings.Contains(string(mail.Letter), "/email/confirmation") {
				path = "/email/confirmation"
			}
			return path + "?token=" + secret
		}
	}
	s.t.Fatalf("no %s", kind)
	return ""
}

func TestRegistration(t *testing.T) {
	site := open(t)
	t.Run("A01 A02 A11 whoever registers is in their cabinet at once, and nothing is hidden", func(t *testing.T) {
		lena := site.Guest().With(t).Visit("/").Click("Регистрация")
		lena = register(lena, "lena@example.test")
		lena.At("/registration/address").Sees("lena@example.test").Sees("Подтвердите электронную почту").Sees("Мои заказы").SeesNot("Регистрация")
		lena.Click("Заполню позже").At("/").Sees("Подтвердите электронную почту")
		if cookie := lena.Cookie("sid"); len(cookie) < 40 {
			t.Errorf("the cookie is %q", cookie)
		}
		lena.Visit("/registration").At("/")
	})
	t.Run("C02 C09 the address may be given at once, and becomes «Общая информация» and the name", func(t *testing.T) {
		olya := register(site.Guest().With(t), "olya@example.test")
		olya.Fill("surname", "Щукина").Fill("name", "Юлия").Press("Сохранить").At("/").Sees("Адрес сохранён").Sees("Юлия Щукина")
		olya.Visit("/registration/address").At("/settings/profile").Shows("surname", "Щукина").Shows("email", "olya@example.test")
	})
	t.Run("A01 a known and an unknown address get the same answer, byte by byte", func(t *testing.T) {
		site.Account(dbtest.Vera)
		send := func(email string) *webtest.Response {
			form := url.Values{"email": {email}, "password": {dbtest.Password}, "consent": {"on"}}
			return site.Guest().With(t).Do("POST", "/registration", form.Encode(), nil).Wants(303)
		}
		known, unknown := send(dbtest.Vera.Email), send("nobody@example.test")
		if known.Body != unknown.Body || known.Header("Location") != unknown.Header("Location") || len(known.Headers()) != len(unknown.Headers()) {
			t.Errorf("%v %q\n%v %q", known.Headers(), known.Body, unknown.Headers(), unknown.Body)
		}
		if got := site.newest(); got.Kind != db.MailVerify || got.Address != "nobody@example.test" {
			t.Errorf("mailed %s to %s", got.Kind, got.Address)
		}
	})
	t.Run("A11 what is wrong is said beside the field, what was typed stays, the password never", func(t *testing.T) {
		guest := site.Guest().With(t).Visit("/registration").Fill("email", "lena@").Fill("login", `<b onclick="x">"`).Fill("password", "коротко").Press("Зарегистрироваться")
		guest.Wants(422).Shows("email", "lena@").Shows("login", `<b onclick="x">"`).Shows("password", "")
		guest.Sees("Проверьте адрес").Sees("От 3 до 32 знаков").Sees("Слишком короткий").Sees("Без согласия")
		guest.Fill("email", "lena2@example.test").Fill("login", "lena2").Fill("password", dbtest.Password).Check("Я согласен").Press("Зарегистрироваться").At("/registration/address")
	})
	t.Run("A15 the form advises digits and letters", func(t *testing.T) {
		site.Guest().With(t).Visit("/registration").Sees("несколько цифр и букв")
	})
	t.Run("A01 a button pressed twice opens one cabinet", func(t *testing.T) {
		guest := site.Guest().With(t).Visit("/registration").Fill("email", "twice@example.test").Fill("password", dbtest.Password).Check("Я согласен")
		guest.Press("Зарегистрироваться").At("/registration/address")
		again := guest.Back().Press("Зарегистрироваться").At("/registration/address").Sees("twice@example.test")
		var n int
		if err := site.Pool.QueryRow(t.Context(), "SELECT count(*) FROM accounts WHERE email = 'twice@example.test'").Scan(&n); err != nil || n != 1 {
			t.Errorf("%d cabinets, %v, %s", n, err, again.URL())
		}
	})
	t.Run("B05 a slip in the address is asked about once, and mended by one press", func(t *testing.T) {
		slip := func() *webtest.Browser {
			return register(site.Guest().With(t), "galya@gmial.com").Wants(200).Sees("Вы имели в виду galya@gmail.com?").Shows("email", "galya@gmial.com")
		}
		fixed := slip().Press("Исправить на galya@gmail.com").Shows("email", "galya@gmail.com").SeesNot("Слишком короткий")
		fixed.Fill("password", dbtest.Password).Press("Зарегистрироваться").At("/registration/address").Sees("galya@gmail.com")
		kept := slip().Press("Оставить как есть").Shows("email", "galya@gmial.com").SeesNot("Вы имели в виду")
		kept.Fill("password", dbtest.Password).Press("Зарегистрироваться").At("/registration/address").Sees("galya@gmial.com")
		slip().Fill("password", dbtest.Password).Press("Зарегистрироваться").At("/registration/address")
	})
	t.Run("B05 a domain without mail is a warning and no more", func(t *testing.T) {
		site := open(t, func(c *handlers.Config) {
			c.Resolver = names{"post.example": {"mx mx.post.example"}, "null.example": {"mx ."}}
		})
		guest := site.Guest().With(t)
		for email, warned := range map[string]bool{"a@post.example": false, "a@null.example": true, "a@nowhere.example": true, "a@silent.example": false, "a": false, "": false} {
			got := guest.Do("POST", "/registration/email", url.Values{"email": {email}}.Encode(), nil).Wants(200)
			if strings.Contains(got.Text(), "не принимает почту") != warned {
				t.Errorf("%q: %s", email, got.Text())
			}
		}
		register(guest, "a@nowhere.example").At("/registration/address").Visit("/verification").Sees("не принимает почту").Sees("Изменить адрес")
		for range 20 {
			guest.Do("POST", "/registration/email", "email=a@post.example", nil)
		}
		guest.Do("POST", "/registration/email", "email=a@post.example", nil).Wants(429)
	})
	t.Run("A16 the page says how long to wait", func(t *testing.T) {
		site := open(t)
		for range 20 {
			site.Guest().Do("POST", "/registration", url.Values{"email": {"a@example.test"}, "password": {dbtest.Password}, "consent": {"on"}}.Encode(), nil).Wants(303)
		}
		register(site.Guest().With(t), "b@example.test").Wants(429).Sees("Подождите 3 минуты").Shows("email", "b@example.test")
	})
}

func TestSignIn(t *testing.T) {
	site := open(t)
	site.Account(dbtest.Petr)
	site.Account(dbtest.Vera)
	enter := func(browser *webtest.Browser, identifier, password string) *webtest.Browser {
		return browser.Fill("identifier", identifier).Fill("password", password).Press("Войти")
	}
	t.Run("A03 A12 whoever signs in goes on to where they wanted to, and out again", func(t *testing.T) {
		petr := site.Guest().With(t).Visit("/staff").At("/sign-in?back=%2Fstaff")
		enter(petr, dbtest.Petr.Email, "не тот").Wants(422).Sees("Логин или пароль не подходят").Shows("identifier", dbtest.Petr.Email).Shows("password", "")
		enter(petr, dbtest.Petr.Email, dbtest.Password).At("/staff").Click(dbtest.Petr.Name).Press("Выход").At("/").Sees("Вход")
		petr.Visit("/staff").At("/sign-in?back=%2Fstaff")
	})
	t.Run("A12 only to a page of ours", func(t *testing.T) {
		for _, back := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)", "/%0d%0aSet-Cookie:x=1", "///evil.example"} {
			got := site.Guest().With(t).Do("POST", "/sign-in", url.Values{"identifier": {dbtest.Petr.Email}, "password": {dbtest.Password}, "back": {back}}.Encode(), nil).Wants(303)
			if to := got.Header("Location"); !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n") {
				t.Errorf("%q leads to %q", back, to)
			}
		}
	})
	t.Run("A03 a wrong login and a wrong password get the same answer, byte by byte", func(t *testing.T) {
		answer := func(identifier string) string {
			got := site.Guest().With(t).Do("POST", "/sign-in", url.Values{"identifier": {identifier}, "password": {"не тот"}}.Encode(), nil).Wants(422)
			return strings.ReplaceAll(got.Body, identifier, "X")
		}
		if known, unknown := answer(dbtest.Vera.Email), answer("nobody@example.test"); known != unknown {
			t.Errorf("they differ:\n%s\n%s", known, unknown)
		}
	})
	t.Run("A03 the cookie is new at each sign-in, and the old one is dead after signing out", func(t *testing.T) {
		vera := enter(site.Guest().With(t).Visit("/sign-in"), dbtest.Vera.Email, dbtest.Password).At("/")
		first := vera.Cookie("sid")
		vera.Do("POST", "/sign-in", url.Values{"identifier": {dbtest.Vera.Email}, "password": {dbtest.Password}}.Encode(), nil).Wants(303)
		second := vera.Cookie("sid")
		if first == second {
			t.Error("the cookie is the same")
		}
		site.Guest().With(t).Holds("sid", first).Visit("/settings").At("/sign-in?back=%2Fsettings")
		vera.Visit("/").Click(dbtest.Vera.Name).Press("Выход").At("/")
		site.Guest().With(t).Holds("sid", second).Visit("/settings").At("/sign-in?back=%2Fsettings")
	})
	t.Run("A03 the cookie can not be read by scripts nor sent along by others", func(t *testing.T) {
		got := site.Guest().With(t).Do("POST", "/sign-in", url.Values{"identifier": {dbtest.Vera.Email}, "password": {dbtest.Password}}.Encode(), nil)
		for _, part := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
			if !strings.Contains(got.Header("Set-Cookie"), part) {
				t.Errorf("%q has no %s", got.Header("Set-Cookie"), part)
			}
		}
	})
	t.Run("A03 a blocked account reads why after the right password only", func(t *testing.T) {
		boris := site.Account(dbtest.Boris)
		if _, err := site.Pool.Exec(t.Context(), "UPDATE accounts SET status = 'blocked' WHERE id = $1", boris.ID); err != nil {
			t.Fatal(err)
		}
		guest := site.Guest().With(t).Visit("/sign-in")
		enter(guest, dbtest.Boris.Email, "не тот").Sees("не подходят").SeesNot("заблокирован")
		enter(guest, dbtest.Boris.Email, dbtest.Password).Wants(422).Sees("Кабинет заблокирован")
	})
	t.Run("A16 too many guesses must wait, and read how long", func(t *testing.T) {
		guest := site.Guest().With(t).Visit("/sign-in")
		for range 5 {
			enter(guest, "guess@example.test", "мимо").Wants(422)
		}
		enter(guest, "guess@example.test", "мимо").Wants(429).Sees("Подождите 15 секунд").Shows("identifier", "guess@example.test")
		if got := guest.Header().Get("Retry-After"); got != "16" {
			t.Errorf("Retry-After %q", got)
		}
	})
}

func TestSecondFactor(t *testing.T) {
	site := open(t, func(c *handlers.Config) { c.SecondFactor = true })
	petr := site.Account(dbtest.Petr)
	var browser *webtest.Browser
	code := func(by db.Visitor) string { return oneTimeCode(t, site, by) }
	t.Run("A16 staff set a code up at the first sign-in, and see nothing before", func(t *testing.T) {
		browser = site.Guest().With(t).Visit("/staff").Fill("identifier", dbtest.Petr.Email).Fill("password", dbtest.Password).Press("Войти")
		browser.At("/second-factor?back=%2Fstaff").Sees("Отсканируйте").SeesNot(dbtest.Petr.Name)
		if len(browser.Find(".drawing svg path")) == 0 {
			t.Error("no code to scan")
		}
		for _, path := range []string{"/", "/settings", "/orders", "/staff/receiving"} {
			if to := browser.Tab().With(t).Visit(path).URL().Path; to != "/second-factor" {
				t.Errorf("%s leads to %s", path, to)
			}
		}
		browser.Fill("code", "000000").Press("Включить").Wants(422).Sees("Код не подходит")
		before := browser.Cookie("sid")
		half, err := site.Recognise(t.Context(), before)
		if err != nil {
			t.Fatal(err)
		}
		browser.Fill("code", code(half)).Press("Включить").At("/staff").Sees(dbtest.Petr.Name).Sees("Вход с кодом включён")
		if browser.Cookie("sid") == before {
			t.Error("the cookie is the same")
		}
	})
	t.Run("A16 from then on it is asked for, and there is a way out", func(t *testing.T) {
		again := site.Guest().With(t).Visit("/sign-in").Fill("identifier", dbtest.Petr.Email).Fill("password", dbtest.Password).Press("Войти")
		again.At("/second-factor").Sees("Введите код из приложения").SeesNot("Отсканируйте").Press("Выход").At("/").Sees("Регистрация")
	})
	t.Run("A16 customers may have one, and switch it off with the password", func(t *testing.T) {
		vera := site.As(dbtest.Vera).With(t).Visit("/settings/security").Click("Включить вход с кодом")
		visitor, err := site.Recognise(t.Context(), vera.Cookie("sid"))
		if err != nil {
			t.Fatal(err)
		}
		vera.Fill("code", code(visitor)).Press("Включить").At("/settings/security").Sees("Вход с кодом включён")
		vera.Fill("password", "мимо").Press("Выключить вход с кодом").Wants(422).Sees("Пароль не подходит")
		vera.Fill("password", dbtest.Password).Press("Выключить вход с кодом").At("/settings/security").Sees("Вход с кодом выключен")
	})
	t.Run("A16 looking at the page of codes changes nothing", func(t *testing.T) {
		boris := site.As(dbtest.Boris).With(t).Visit("/second-factor").Reload()
		boris.Wants(200)
		if account, err := site.AccountByID(t.Context(), site.Account(dbtest.Boris).ID); err != nil || account.TotpSecret != "" {
			t.Errorf("kept %q, %v", account.TotpSecret, err)
		}
	})
	_ = petr
}

func TestRegistrationAtOnce(t *testing.T) {
	site := open(t)
	t.Run("A01 one form sent eight times at once opens one cabinet, and every answer lets in", func(t *testing.T) {
		form := url.Values{"email": {"lena@example.test"}, "login": {"lena"}, "password": {dbtest.Password}, "consent": {"on"}, "key": {"ABCDEFGHIJKLMNOPQRSTUVWXYZ"}}.Encode()
		var group sync.WaitGroup
		for range 8 {
			guest := site.Guest().With(t)
			group.Go(func() {
				guest.Do("POST", "/registration", form, nil).Wants(303)
				guest.Visit("/settings").Sees("lena@example.test")
			})
		}
		group.Wait()
		var n int
		if err := site.Pool.QueryRow(t.Context(), "SELECT count(*) FROM accounts").Scan(&n); err != nil || n != 1 {
			t.Errorf("%d cabinets, %v", n, err)
		}
	})
	t.Run("B09 the pause is over after a minute", func(t *testing.T) {
		lena := site.Guest().With(t).Visit("/sign-in").Fill("identifier", "lena").Fill("password", dbtest.Password).Press("Войти")
		lena.Press("Прислать ещё раз").Wants(429).Sees("Подождите 60 секунд")
		site.Clock.Pass(time.Minute)
		lena.Visit("/").Press("Прислать ещё раз").At("/verification").Sees("Письмо отправлено").Sees("lena@example.test")
	})
}
