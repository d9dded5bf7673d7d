package handlers_test

import (
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
	"cabinet/handlers/webtest"
)

// visitor is a window in which nobody is signed in, and Russian is read.
func (s *site) visitor(t *testing.T) *webtest.Window {
	t.Helper()
	return webtest.Chromium(t, s.URL).Holds("locale", "ru")
}

func TestEntryInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	site.Account(dbtest.Vera)
	t.Run("A03 the sign-in opens in a dialog, says what is wrong in place, and lets in", func(t *testing.T) {
		window := site.visitor(t).Visit("/").Within(".top").Click("Вход")
		window.Within("#dialog").Sees("Логин или эл. почта").Fill("identifier", dbtest.Vera.Email).Fill("password", "не тот").Press("Войти")
		window.At("/").Within("#dialog").Sees("Логин или пароль не подходят").Shows("identifier", dbtest.Vera.Email).Shows("password", "")
		window.Wants(422)
		webtest.EveryLook(window, nil)
		window.Within("#dialog").Fill("password", dbtest.Password).Press("Войти")
		window.Sees(dbtest.Vera.Name).SeesNot("Регистрация")
	})
	t.Run("A03 the pages of the way in please at every size, light and dark", func(t *testing.T) {
		window := site.visitor(t)
		for _, path := range []string{"/registration", "/sign-in", "/recovery"} {
			webtest.EveryLook(window.Visit(path), nil)
		}
		webtest.EveryLook(window.Visit("/recovery").Fill("identifier", dbtest.Vera.Email).Press("Прислать ссылку").Sees("Проверьте почту"), nil)
		site.Work()
		webtest.EveryLook(window.Visit(site.link(db.MailRecovery)), nil)
		webtest.EveryLook(window.Press("Сгенерировать новый пароль").Sees("Мы покажем его только сейчас").SeesNot("Придумать свой"), nil)
	})
	t.Run("B05 a slip is shown while the form is filled in, and asks no more", func(t *testing.T) {
		window := site.visitor(t).Visit("/registration").Fill("email", "lena@gmial.com").Fill("password", dbtest.Password)
		window.Sees("Вы имели в виду lena@gmail.com?")
		webtest.EveryLook(window, nil)
		window.Check("Я согласен").Press("Исправить на lena@gmail.com")
		window.At("/registration/address").Sees("lena@gmail.com")
	})
}

func TestNewcomerInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	window := site.visitor(t).Visit("/registration").Fill("email", "lena@exmaple.test").Fill("password", dbtest.Password).Check("Я согласен").Press("Зарегистрироваться")
	window.At("/registration/address")

	t.Run("C10 C01 the fields follow the method, and what was typed stays", func(t *testing.T) {
		window := window.With(t).SeesNot("ИНН").Fill("surname", "Щукина").Fill("name", "Юлия").Choose("Способ доставки", "СДЭК, курьер")
		window.Sees("ИНН").Sees("Подставить SHCHUKINA IULIIA").Shows("surname", "Щукина")
		window.Press("Подставить SHCHUKINA IULIIA").Shows("latin_name", "SHCHUKINA IULIIA").At("/registration/address")
		webtest.EveryLook(window, nil)
		window.Press("Сохранить").At("/").Sees("Юлия Щукина").Sees("Адрес сохранён")
	})
	t.Run("B09 the button counts down", func(t *testing.T) {
		var text string
		window.With(t).Visit("/").Evaluate("document.querySelector('#verification button').textContent", &text)
		if text != "Прислать ещё раз (60)" && text != "Прислать ещё раз (59)" {
			t.Errorf("the button says %q", text)
		}
	})
	t.Run("B10 the address is changed inside the banner", func(t *testing.T) {
		window := window.With(t).Visit("/settings").Within("#verification").Click("Изменить адрес")
		banner := window.Within("#verification").Fill("email", "lena@").Fill("password", dbtest.Password)
		banner.Press("Изменить адрес")
		window.At("/settings").Within("#verification").Sees("Проверьте адрес").Shows("email", "lena@")
		window.Wants(422)
		webtest.EveryLook(window, nil)
		window.Within("#verification").Fill("email", "lena@example.test").Fill("password", dbtest.Password).Press("Изменить адрес")
		window.At("/settings").Sees("Мы отправили письмо на новый адрес").Within("#verification").Sees("lena@example.test").SeesNot("Новый адрес")
	})
	t.Run("B09 another mail is asked for in place", func(t *testing.T) {
		site.Clock.Pass(time.Minute)
		window := window.With(t).Visit("/settings").Within("#verification").Press("Прислать ещё раз")
		window.At("/settings").Sees("Письмо отправлено")
	})
	t.Run("B07 confirmed elsewhere, the banner goes from the open page", func(t *testing.T) {
		window := window.With(t).Visit("/settings").Sees("Подтвердите электронную почту")
		site.Guest().With(t).Visit(site.link(db.MailVerify)).Press("Подтвердить адрес").Sees("Адрес подтверждён")
		window.SeesNot("Подтвердите электронную почту")
	})
	t.Run("B07 confirmed here, it is said once in green and the banner is gone without a reload", func(t *testing.T) {
		other := site.visitor(t).Visit("/registration").Fill("email", "olya@example.test").Fill("password", dbtest.Password).Check("Я согласен").Press("Зарегистрироваться")
		webtest.EveryLook(other.Visit("/verification"), nil)
		other.Visit(site.link(db.MailVerify))
		webtest.EveryLook(other, nil)
		other.Press("Подтвердить адрес").Sees("Адрес подтверждён, спасибо!").SeesNot("Подтвердите электронную почту")
		webtest.EveryLook(other, nil)
	})
}

func TestSettingsInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera := site.Account(dbtest.Vera)
	for _, form := range []db.AddressForm{homeOf(""), {Label: "Мама", Surname: "Орлова", Name: "Нина", Country: "RU", City: "Тверь"}, {Label: "Офис", Surname: "Muster", Name: "Max", Company: "Muster GmbH", Country: "DE"}} {
		if _, err := site.AddAddress(t.Context(), vera, form); err != nil {
			t.Fatal(err)
		}
	}
	window := site.Window(t, dbtest.Vera)
	t.Run("C05 every page of the settings pleases at every size, light and dark", func(t *testing.T) {
		window := window.With(t)
		for _, path := range []string{"/settings", "/settings/profile", "/settings/email", "/settings/password", "/settings/security", "/settings/notifications",
			"/settings/data", "/second-factor", "/addresses", "/addresses/new"} {
			webtest.EveryLook(window.Visit(path), nil)
		}
	})
	t.Run("C07 the menu opens by a key and closes by Escape", func(t *testing.T) {
		window := window.With(t).Visit("/settings")
		window.Evaluate("document.querySelector('details.user summary').focus()", nil).Keys("Enter").Within("details.user nav").Sees("Адресная книга")
		var open bool
		window.Keys("Escape").Evaluate("document.querySelector('details.user').open", &open)
		if open {
			t.Error("it is open")
		}
	})
	t.Run("C12 the book follows what is done in it and elsewhere", func(t *testing.T) {
		window := window.With(t).Visit("/addresses")
		book, err := site.AddressesOf(t.Context(), vera.ID)
		if err != nil {
			t.Fatal(err)
		}
		window.Within("#" + book[1].ID.Topic()).Click("Ещё")
		window.Within("#" + book[1].ID.Topic()).Press("Сделать основным")
		window.At("/addresses").Sees("Основной адрес изменён").Within("#" + book[1].ID.Topic()).Sees("Основной")
		if _, err := site.AddAddress(t.Context(), vera, homeOf("Дача")); err != nil {
			t.Fatal(err)
		}
		window.Sees("Дача")
	})
	t.Run("A16 a closed session leaves the list in place", func(t *testing.T) {
		phone := site.As(dbtest.Vera)
		visitor, err := site.Recognise(t.Context(), phone.Cookie("sid"))
		if err != nil {
			t.Fatal(err)
		}
		row := "#session-" + number(db.MailID(visitor.Session.ID))
		window := window.With(t).Visit("/settings/security")
		window.Within(row).Press("Выйти")
		window.At("/settings/security").Sees("Сеанс закрыт")
		var there bool
		if window.Evaluate("!!document.querySelector('"+row+"')", &there); there {
			t.Error("the row is there")
		}
		phone.With(t).Visit("/settings").At("/sign-in?back=%2Fsettings")
	})
}
