package handlers_test

import (
	"net/url"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

func TestLateParcels(t *testing.T) {
	site := open(t)
	vera, petr := site.Account(dbtest.Vera), site.Account(dbtest.Petr)
	parcel := site.ReadyParcel(t, vera, petr)
	number := parcel.ID.Number()
	desk, page := site.As(dbtest.Petr), site.As(dbtest.Vera)

	t.Run("E20 while promises are kept the desk has no red line", func(t *testing.T) {
		desk.With(t).Visit("/staff").SeesNot("обещанный день")
		desk.With(t).Visit("/staff/shipping").SeesNot("Опаздывают").SeesNot("Извиниться")
		desk.With(t).Visit("/staff/shipping/late").Sees("Всё обещанное отправлено вовремя")
		desk.With(t).Visit(address("/staff/shipping/%d/apology", parcel.ID)).Wants(422).Sees("не опаздывает")
	})
	site.Clock.Pass(3 * 24 * time.Hour) // Thursday
	t.Run("E20 a missed promise is a red line that leads to it, for those who can do something", func(t *testing.T) {
		desk.With(t).Visit("/staff").Within(".notice.bad").Sees("1 посылка не уехала в обещанный день").Click("Показать опоздавшие").At("/staff/shipping/late").Sees(number).Sees("обещали 03.03.2026")
		site.As(dbtest.Sveta).With(t).Visit("/staff").Sees("1 посылка не уехала")
		site.As(dbtest.Gleb).With(t).Visit("/staff").SeesNot("не уехала")
	})
	t.Run("E20 the apology begins with a sentence and the next business day", func(t *testing.T) {
		desk.With(t).Visit("/staff/shipping").Click("Извиниться").At(address("/staff/shipping/%d/apology", parcel.ID)).Sees("Клиент читает по-русски").Shows("day", "2026-03-06")
	})
	t.Run("E20 a day on which nobody works is refused beside the field", func(t *testing.T) {
		desk.With(t).Fill("text", "Простите, сломался упаковочный стол.").Fill("day", "2026-03-08").Press("Отправить извинения").Wants(422).Sees("В этот день склад не работает")
		desk.With(t).Shows("text", "Простите, сломался упаковочный стол.").Fill("day", "2026-03-04").Press("Отправить извинения").Wants(422).Sees("Этот день уже прошёл")
		page.With(t).Visit(parcel.ID.Path()).Sees("не успели, извините").SeesNot("Задерживается")
	})
	t.Run("E20 support sends it: the red line is gone, and the customer knows the new day", func(t *testing.T) {
		sveta := site.As(dbtest.Sveta).With(t).Visit("/staff/shipping/late").Click("Извиниться")
		sveta.Fill("text", "Простите, сломался упаковочный стол.").Fill("day", "2026-03-09").Press("Отправить извинения")
		sveta.At("/staff/shipping/late").Sees("Клиенту ушло письмо").SeesNot(number)
		sveta.Visit("/staff").SeesNot("не уехала")
		sveta.Visit("/staff/shipping").Sees("09.03.2026").Sees("вместо 03.03.2026").SeesNot("Извиниться")
		page.With(t).Visit(parcel.ID.Path()).Sees("Задерживается: новая дата отправки – 9 марта 2026").Sees("Задерживается: новая дата 9 марта 2026").SeesNot("Света")
		page.With(t).Visit("/parcels").Sees("задерживается, новая дата 09.03.2026")
		page.With(t).Visit("/").Sees("задерживается: новая дата 9 марта 2026")
	})
	t.Run("E20 the mail has the words, the new day, and the number in its subject", func(t *testing.T) {
		site.Work()
		mail := site.newest()
		if mail.Kind != db.MailLate || mail.Subject != "[№"+number+"] Посылка задерживается" {
			t.Errorf("%s %s", mail.Kind, mail.Subject)
		}
		site.Guest().With(t).Visit("/dev/mail").Click("Посылка задерживается").Sees("Простите, сломался упаковочный стол.").Sees("Новая дата отправки: 9 марта 2026")
	})
	t.Run("E20 whoever still has the form open sends no second mail", func(t *testing.T) {
		form := url.Values{"missed": {"2026-03-03"}, "day": {"2026-03-09"}, "text": {"Простите"}}
		desk.With(t).Do("POST", address("/staff/shipping/%d/apology", parcel.ID), form.Encode(), nil).Wants(303)
		form.Set("day", "2026-03-10")
		desk.With(t).Do("POST", address("/staff/shipping/%d/apology", parcel.ID), form.Encode(), nil).Wants(422)
		if mail := site.newest(); mail.Status != db.MailSent {
			t.Errorf("another mail is %s", mail.Status)
		}
	})
}

// TestLateInChromium: with scripts the question opens over the list, and a page of the customer's follows.
func TestLateInChromium(t *testing.T) {
	t.Parallel()
	site := open(t)
	vera, petr := site.Account(dbtest.Vera), site.Account(dbtest.Petr)
	parcel := site.ReadyParcel(t, vera, petr)
	site.ReadyParcel(t, vera, petr)
	site.Clock.Pass(3 * 24 * time.Hour)
	customer := site.Window(t, dbtest.Vera).Visit(parcel.ID.Path()).Sees("не успели, извините")
	desk := site.Window(t, dbtest.Petr).Visit("/staff").Sees("2 посылки не уехали")
	looks(desk, "desk")
	desk.Visit("/staff/shipping/late").Within("#" + parcel.ID.Topic()).Click("Извиниться").Sees("Клиент читает по-русски")
	looks(desk, "apology")
	desk.Fill("text", "").Press("Отправить извинения").Wants(422).Sees("хотя бы одно предложение").At("/staff/shipping/late")
	desk.Fill("text", "Простите нас!").Press("Отправить извинения").Sees("Клиенту ушло письмо").SeesNot(parcel.ID.Number())
	customer.Sees("Задерживается: новая дата отправки – 6 марта 2026").Clean()
	desk.Clean()
	looks(desk, "late")
	looks(desk.Visit("/staff/shipping"), "shipping")
	looks(customer, "parcel-delayed")
}
