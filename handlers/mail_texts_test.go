package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"cabinet/db/dbtest"
)

// welcomed is the mail that somebody gets who registers now, in a language.
func (s *site) welcomed(t *testing.T, email, language string) (subject, text, html string) {
	t.Helper()
	browser := s.Guest().With(t).Visit("/")
	if language == "en" {
		browser.Do("POST", "/language", "locale=en", nil)
	}
	fields := url.Values{"email": {email}, "password": {dbtest.Password}, "consent": {"on"}}
	if got := browser.Do("POST", "/registration", fields.Encode(), nil); got.Status != 303 {
		t.Fatalf("%s registers: %d", email, got.Status)
	}
	s.Work()
	mail := s.newest()
	if mail.Address != email {
		t.Fatalf("the newest mail went to %s", mail.Address)
	}
	return mail.Subject, mail.TextBody, mail.HtmlBody
}

func TestMailTexts(t *testing.T) {
	site := open(t)
	anna := site.As(dbtest.Anna)
	const hello = "Добро пожаловать в {site}!"

	t.Run("B03 an admin finds every mail with its subjects, from the desk and from the mail log", func(t *testing.T) {
		anna.With(t).Visit("/staff").Click("Тексты писем").At("/staff/mail-texts").Sees("Спасибо за регистрацию!").Sees("Thank you for registering!").
			Sees("Счёт за доставку").Sees("Посылка задерживается").SeesNot("Свой текст")
		anna.With(t).Visit("/staff/mails").Click("Тексты писем").At("/staff/mail-texts")
	})
	t.Run("B03 nobody else does", func(t *testing.T) {
		sveta := site.As(dbtest.Sveta).With(t)
		sveta.Visit("/staff").SeesNot("Тексты писем").Visit("/staff/mails").SeesNot("Тексты писем")
		sveta.Visit("/staff/mail-texts/mail-01/ru").Wants(404)
	})
	t.Run("B03 what this mail does not have is a problem beside the field, and what was typed stays", func(t *testing.T) {
		page := anna.With(t).Visit("/staff/mail-texts").Click("Спасибо за регистрацию!").At("/staff/mail-texts/mail-01/ru").Sees("адрес эл. почты").SeesNot("номер заказа")
		page.Fill("subject", "Заказ {number}").Press("Сохранить").Wants(422).Sees("только то, что есть у этого письма").Shows("subject", "Заказ {number}")
		page.Fill("subject", hello).Fill("closing", "До встречи").Press("Сохранить").Wants(422).Sees("Потерялось то, что клиент должен прочитать").Shows("closing", "До встречи")
		page.Fill("subject", "").Press("Показать").Wants(422).Sees("Напишите тему письма")
		page.Visit("/staff/mail-texts/mail-01/ru").Shows("subject", "Спасибо за регистрацию!").Sees("никто не менял")
	})
	t.Run("B03 the letter is looked at before it is kept, and markup is text", func(t *testing.T) {
		page := anna.With(t).Visit("/staff/mail-texts/mail-01/ru").Fill("subject", hello).Fill("opening", "Мы рады Вам!\n<b>Проверьте</b>, что адрес {email} – Ваш.").Press("Показать")
		page.Wants(200).Sees("Письмо-образец").Sees("Добро пожаловать в Кабинет!").Sees("<b>Проверьте</b>, что адрес vera@example.test – Ваш.").Sees("?token=•••").Shows("subject", hello)
		shown := url.Values{}
		for _, field := range page.Find("#mail-preview input") {
			attrs := map[string]string{}
			for _, attr := range field.Attr {
				attrs[attr.Key] = attr.Val
			}
			shown.Set(attrs["name"], attrs["value"])
		}
		letter := page.Sees("Как его видит получатель").Do("POST", "/staff/mail-texts/mail-01/ru/body", shown.Encode(), nil)
		if letter.Status != 200 || !strings.Contains(letter.Header("Content-Security-Policy"), "sandbox") || !strings.Contains(letter.Body, "&lt;b&gt;Проверьте") || strings.Contains(letter.Body, "{{") {
			t.Errorf("%d %s %s", letter.Status, letter.Header("Content-Security-Policy"), letter.Body)
		}
		anna.With(t).Visit("/staff/mail-texts/mail-01/ru").Shows("subject", "Спасибо за регистрацию!")
	})
	t.Run("B03 saved, whoever registers gets it, and the English one is as it was", func(t *testing.T) {
		page := anna.With(t).Fill("subject", hello).Fill("opening", "Мы рады Вам!\n<b>Проверьте</b>, что адрес {email} – Ваш.").Press("Сохранить")
		page.At("/staff/mail-texts/mail-01/ru").Sees("Текст сохранён").Sees("Анна Главная").Sees("Текст изменён").Shows("subject", hello)
		page.Click("Тексты писем").Within("#text-mail-01").Sees("Свой текст")
		subject, text, html := site.welcomed(t, "masha@example.test", "ru")
		if subject != "Добро пожаловать в Кабинет!" || !strings.Contains(text, "Мы рады Вам!\n\n<b>Проверьте</b>, что адрес masha@example.test – Ваш.") || !strings.Contains(html, "&lt;b&gt;Проверьте") {
			t.Errorf("%s\n%s", subject, text)
		}
		if !strings.Contains(text, "/verification?token=") || !strings.Contains(text, "{{code}}") {
			t.Errorf("the link or the code is lost: %s", text)
		}
		if subject, _, _ := site.welcomed(t, "mary@example.test", "en"); subject != "Thank you for registering!" {
			t.Errorf("in English: %s", subject)
		}
	})
	t.Run("B03 of two admins the second is told, and may insist", func(t *testing.T) {
		slow := site.As(dbtest.Anna).With(t).Visit("/staff/mail-texts/mail-01/ru")
		anna.With(t).Visit("/staff/mail-texts/mail-01/ru").Fill("subject", "Здравствуйте!").Press("Сохранить").Sees("Текст сохранён")
		slow.Fill("subject", "Вы с нами!").Press("Сохранить").Wants(409).Sees("изменил другой администратор").Sees("Здравствуйте!").Shows("subject", "Вы с нами!")
		slow.Press("Сохранить").Sees("Текст сохранён").Shows("subject", "Вы с нами!")
	})
	t.Run("B03 the original comes back; what was sent stays as it was sent", func(t *testing.T) {
		page := anna.With(t).Visit("/staff/mail-texts/mail-01/ru").Click("Вернуть исходный текст").Press("Вернуть исходный текст")
		page.At("/staff/mail-texts/mail-01/ru").Sees("Возвращён исходный текст").Shows("subject", "Спасибо за регистрацию!").SeesNot("Вернуть исходный текст")
		if subject, _, _ := site.welcomed(t, "dasha@example.test", "ru"); subject != "Спасибо за регистрацию!" {
			t.Errorf("then it is %s", subject)
		}
		page.Visit("/staff/mails").Sees("Добро пожаловать в Кабинет!").Sees("Спасибо за регистрацию!")
	})
	t.Run("B03 our own words saved are no text of the operator's", func(t *testing.T) {
		anna.With(t).Visit("/staff/mail-texts/mail-15/en").Press("Сохранить").At("/staff/mail-texts/mail-15/en").SeesNot("Вернуть исходный текст").SeesNot("Текст изменён")
	})
	t.Run("B03 what is no mail, or no language, is not there", func(t *testing.T) {
		for _, path := range []string{"mail-99/ru", "mail-01/de", "mail-01/ruru", "..%2F..%2Fmails/ru"} {
			anna.With(t).Visit("/staff/mail-texts/" + path).Wants(404)
		}
	})
	t.Run("B03 a subject never breaks out of its line", func(t *testing.T) {
		fields := url.Values{"subject": {"Тема\r\nBcc: all@example.test"}, "opening": {"Заказ {number}"}, "version": {"0"}}
		anna.With(t).Do("POST", "/staff/mail-texts/mail-09/ru", fields.Encode(), nil).Wants(303)
		anna.With(t).Visit("/staff/mail-texts/mail-09/ru").Shows("subject", "Тема Bcc: all@example.test")
	})
}

// TestMailTextsInChromium: with scripts the sample and the problems come in place, and a saved text keeps its page.
func TestMailTextsInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	window := site.Window(t, dbtest.Anna).Visit("/staff/mail-texts/mail-15/ru")
	window.Fill("subject", "Уехала!").Press("Показать").Sees("Письмо-образец").Sees("[№P5001-3] Уехала!").At("/staff/mail-texts/mail-15/ru")
	looks(window, "mail-text")
	window.Fill("opening", "Она в пути {куда}").Press("Показать").Wants(422).Sees("только то, что есть у этого письма")
	window.Fill("opening", "Посылка № {number} в пути.").Press("Сохранить").Sees("Текст сохранён").Sees("Текст изменён").Clean()
	looks(window, "mail-text-saved")
	looks(window.Visit("/staff/mail-texts"), "mail-texts")
}
