package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// lastEntry is what somebody has sent in last.
func lastEntry(t *testing.T, site *site, of dbtest.Person) db.ContestEntriesOfRow {
	t.Helper()
	list := &db.ContestList{Of: site.Account(of).ID}
	if err := site.Read(t.Context(), list); err != nil || len(list.Entries) == 0 {
		t.Fatalf("%d entries, %v", len(list.Entries), err)
	}
	return list.Entries[0]
}

func TestContests(t *testing.T) {
	site := open(t)
	vera, boris := site.Account(dbtest.Vera), site.Account(dbtest.Boris)
	var contest string // its address
	desk := func() string { return "/staff" + contest }

	t.Run("K01 an editor writes a contest, looks at the rules, gives another place and opens it", func(t *testing.T) {
		b := site.As(dbtest.Nina).With(t).Visit("/staff/contests").Sees("Здесь пусто").Click("Новый конкурс")
		b.Press("Сохранить").Wants(422).Sees("Напишите название").Sees("Напишите правила").Sees("Введите день и время").Sees("Впишите баллы или приз")
		b.Fill("title", "Зимний рассказ").Fill("starts_at", "2026-03-01T10:00").Fill("ends_at", "2026-03-16T20:00").Fill("teaser", "О самой длинной ночи.").
			Fill("rules", "Пишите **просто**.").Fill("criteria", "Сюжет\nЯзык").Fill("prize.1.points", "1000").Fill("prize.2.goods", "Книга с подписью").Fill("prize.3.points", "100")
		b.Press("Ещё место").Shows("rules", "Пишите **просто**.").Fill("prize.4.points", "50").Press("Посмотреть").Sees("Пишите просто.").Shows("prize.4.points", "50").Press("Сохранить").Sees("Конкурс сохранён").Sees("4 место")
		contest = strings.TrimPrefix(b.URL().Path, "/staff")
		site.Guest().With(t).Visit(contest).Wants(404)
		b.Click("Открыть для всех").Within("main .pop-body").Press("Открыть для всех")
		b.Sees("Конкурс открыт").Sees("Идёт приём").Visit("/staff/contests").Sees("Зимний рассказ")
	})
	t.Run("K01 a guest reads the rules and is asked to sign in to take part", func(t *testing.T) {
		site.Guest().With(t).Visit("/contests").Sees("Идут сейчас").SeesNot("Моё участие").Click("Зимний рассказ").Sees("Пишите просто.").Sees("1 000 баллов").Sees("Книга с подписью").Sees("войдите в кабинет").SeesNot("Отправить на конкурс")
	})
	t.Run("K01 Vera enters once, with a picture; what is wrong is said beside the field and nothing typed is lost", func(t *testing.T) {
		b := site.As(dbtest.Vera).With(t).Visit("/contests").Sees("Вы пока нигде не участвуете").Click("Зимний рассказ").Shows("shown_as", dbtest.Vera.Name)
		b.Fill("body", "Была ночь.\nИ она не кончалась.").Check("Показать мою работу").Fill("shown_as", "").Attach("picture", shot("a.jpg", dbtest.Snapshot(400, 300))).Press("Отправить на конкурс").Wants(422)
		b.Sees("Напишите название").Sees("Напишите имя").Sees("Картинку придётся выбрать ещё раз").Shows("body", "Была ночь.\nИ она не кончалась.")
		b.Fill("title", "Белая ночь").Fill("shown_as", "Зимняя сова").Attach("picture", shot("a.txt", []byte("не картинка"))).Press("Отправить на конкурс").Wants(422).Sees("Это не фото")
		b.Attach("picture", shot("a.jpg", dbtest.Snapshot(400, 300))).Press("Отправить на конкурс").Sees("Работа принята").Sees("Участвует").Shows("title", "Белая ночь")
		entry := lastEntry(t, site, dbtest.Vera)
		b.At(entry.ID.Path()).Fill("title", "Самая белая ночь").Press("Сохранить").Sees("Изменения сохранены").Sees("Самая белая ночь")
		b.Visit(contest).Sees("Ваша работа участвует").SeesNot("Отправить на конкурс").Visit("/contests").Sees("Самая белая ночь").Sees("Участвует").Sees("Ждём итогов")
		site.As(dbtest.Boris).With(t).Visit(entry.ID.Path()).Wants(404)
	})
	t.Run("K01 two windows do not overwrite each other unseen", func(t *testing.T) {
		path := lastEntry(t, site, dbtest.Vera).ID.Path()
		one, two := site.As(dbtest.Vera).With(t).Visit(path), site.As(dbtest.Vera).With(t).Visit(path)
		one.Fill("title", "Первое окно").Press("Сохранить").Sees("Изменения сохранены")
		two.Fill("title", "Второе окно").Press("Сохранить").Wants(409).Sees("в другом окне").Shows("title", "Второе окно").Press("Сохранить").Sees("Изменения сохранены")
		one.Reload().Shows("title", "Второе окно")
	})
	t.Run("K01 Boris withdraws before the end and sends in another", func(t *testing.T) {
		b := site.As(dbtest.Boris).With(t).Visit(contest).Fill("title", "Черновик").Fill("body", "Ещё нет").Press("Отправить на конкурс").Sees("Работа принята")
		b.Click("Снять с конкурса").Within("main .pop-body").Press("Снять с конкурса")
		b.Sees("Работа снята").Sees("Снята").SeesNot("Снять с конкурса").Visit(contest)
		b.Fill("title", "Тишина").Fill("body", "Ни звука.").Press("Отправить на конкурс").Sees("Работа принята").Visit("/contests").Sees("Снята").Sees("Тишина")
	})
	t.Run("K01 after the end nothing is taken or changed, though no job has come by", func(t *testing.T) {
		b := site.As(dbtest.Boris).With(t).Visit(lastEntry(t, site, dbtest.Boris).ID.Path()).Fill("title", "Поздно")
		petr := site.As(dbtest.Petr).With(t).Visit(contest).Fill("title", "Поздно").Fill("body", "Текст")
		site.Clock.Pass(15 * 24 * time.Hour)
		b.Press("Сохранить").Wants(409).Sees("Приём работ закончен")
		petr.Press("Отправить на конкурс").Wants(422).Sees("Приём работ закончен").Reload().SeesNot("Отправить на конкурс")
		if _, err := site.WithdrawEntry(t.Context(), boris, lastEntry(t, site, dbtest.Boris).ID); err != db.ContestOver {
			t.Error(err)
		}
		site.Work() // the job that OpenContest asked for
		site.Guest().With(t).Visit(contest).Sees("Подводим итоги")
	})
	t.Run("K02 the jury judges without names, in place, by criterion", func(t *testing.T) {
		b := site.As(dbtest.Nina).With(t).Visit(desk()).Sees("Имён здесь нет").Sees("Тишина").Sees("Второе окно").SeesNot("Черновик")
		for _, secret := range []string{dbtest.Boris.Name, dbtest.Vera.Name, "Зимняя сова", vera.ID.Number(), boris.ID.Number()} {
			b.SeesNot(secret)
		}
		entry := lastEntry(t, site, dbtest.Vera)
		row := "#" + entry.ID.Topic()
		b.Within(row).Fill("Сюжет", "9").Fill("Язык", "11").Press("Оценить")
		b.Wants(422).Sees("От 1 до 10").Shows("criterion.1.score", "9").Within(row).Fill("Язык", "8").Press("Оценить")
		b.Sees("Оценки записаны").Within(row).Sees("8,5")
		b.Within(row).Click("Второе окно").Sees("Была ночь.")
		for _, secret := range []string{dbtest.Vera.Name, "Зимняя сова", vera.ID.Number()} {
			b.SeesNot(secret)
		}
		b.Press("Не допустить").Wants(422).Sees("Напишите, почему").Fill("reason", "Слишком длинно").Press("Не допустить").Sees("Работа не допущена").Press("Вернуть в конкурс").Sees("Работа снова участвует")
	})
	t.Run("K02 places are suggested, the editor decides, and everybody reads the results", func(t *testing.T) {
		quiet := lastEntry(t, site, dbtest.Boris)
		b := site.As(dbtest.Nina).With(t).Visit(desk()).Sees("1 работу ещё никто не оценил").Shows("place.1", fmt.Sprintf("№ %d «Второе окно» · 8,5", 1)).Shows("place.2", "Никому")
		b.Choose("place.2", "№ 1 «Второе окно»").Click("Объявить итоги").Press("Да, объявить")
		b.Wants(422).Sees("уже на другом месте").Choose("place.1", "Тишина").Click("Объявить итоги").Press("Да, объявить")
		b.Sees("Итоги объявлены").Sees(dbtest.Vera.Name).Sees(dbtest.Boris.Name).Sees("Ждём адреса")
		site.Guest().With(t).Visit("/contests/results").Click("Зимний рассказ").Sees("2 место Зимняя сова").Sees("1 место Участник").Click("Читать работу «Второе окно»").Sees("Была ночь.").SeesNot("Тишина").SeesNot(dbtest.Boris.Name).SeesNot("Ни звука")
		site.Work()
		mail := site.As(dbtest.Boris).With(t).Visit("/dev/mail").Click("[№" + quiet.ID.Number() + "] Итоги конкурса").Sees("заняла 1 место").Sees("1 000")
		mail.Visit("/wallet").Sees("«Зимний рассказ», № 1").Visit("/contests").Sees("1 место").Visit(contest).Sees("1 место")
	})
	t.Run("K02 Vera says where her book shall go; the desk sends it there", func(t *testing.T) {
		b := site.As(dbtest.Vera).With(t).Visit("/contests").Sees("2 место").Click("Второе окно").Sees("Книга с подписью").Sees("Выберите адрес").Sees("пока пусто")
		b.Click("Добавить адрес")
		form := dbtest.AddressForm()
		for field, value := range map[string]string{"surname": form.Surname, "name": form.Name, "postal_code": form.PostalCode, "region": form.Region, "city": form.City, "street": form.Street,
			"house": form.House, "flat": form.Flat, "latin_name": form.LatinName, "phone": form.Phone} {
			b.Fill(field, value)
		}
		b.Press("Сохранить").At(lastEntry(t, site, dbtest.Vera).ID.Path()).Press("Отправить сюда").Sees("Адрес для приза записан").Sees(form.Street)
		nina := site.As(dbtest.Nina).With(t).Visit(desk()).Sees(form.Street).Press("Приз отправлен").Sees("Отмечено").Sees("Отправлен 17.03.2026")
		nina.SeesNot("Ждём адреса")
		b.Reload().Sees("Приз отправлен 17 марта 2026").SeesNot("Отправить сюда")
	})
	t.Run("K02 mail-25 is switched off and on in the settings", func(t *testing.T) {
		b := site.As(dbtest.Vera).With(t).Visit("/settings/notifications").Within("#mail-25").Press("Не присылать")
		b = b.With(t).Visit("/settings/notifications").Within("#mail-25").Sees("Не приходит")
		won := site.Contest(t, site.ContestForm())
		site.Won(t, won, site.Entered(t, vera, won, "Без письма").ID)
		site.Work()
		site.As(dbtest.Vera).With(t).Visit("/dev/mail").SeesNot("[№" + lastEntry(t, site, dbtest.Vera).ID.Number())
		b.Press("Присылать")
		site.As(dbtest.Vera).With(t).Visit("/settings/notifications").Within("#mail-25").Sees("Приходит")
		site.As(dbtest.Vera).With(t).Do("POST", "/settings/notifications/mail-08", "", nil).Wants(404)
	})
	t.Run("K01 a cancelled contest says why, to who takes part as well", func(t *testing.T) {
		off := site.Contest(t, site.ContestForm())
		entry := site.Entered(t, boris, off, "Зря")
		b := site.As(dbtest.Nina).With(t).Visit(fmt.Sprintf("/staff/contests/%d", off.ID)).Click("Отменить конкурс").Press("Отменить конкурс").Wants(422).Sees("Напишите, почему").Within("#cancellation-form").Fill("reason", "Мало работ")
		b.Press("Отменить конкурс")
		site.As(dbtest.Boris).With(t).Visit(entry.ID.Path()).Sees("Конкурс отменён").Sees("Мало работ").Visit("/contests").Sees("Отменён")
		site.Guest().With(t).Visit(off.ID.Path()).Sees("Мало работ")
	})
	t.Run("K01 long lists go on by «Показать ещё», and odd addresses find their beginning", func(t *testing.T) {
		petr, form := site.Account(dbtest.Petr), site.ContestForm()
		form.Each = "20"
		many := site.Contest(t, form)
		for i := range db.ContestsPage {
			site.Entered(t, petr, many, fmt.Sprintf("Работа %02d", i))
		}
		site.Entered(t, petr, site.Contest(t, site.ContestForm()), "Последняя")
		b := site.As(dbtest.Petr).With(t).Visit("/contests").Sees("Последняя").SeesNot("Работа 00").Click("Показать ещё").Sees("Работа 00").SeesNot("Последняя")
		for _, odd := range []string{"/contests?below=x", "/contests?below=-1", "/contests/results?below=x-y", "/staff/contests?status=x&below=1-x"} {
			site.As(dbtest.Anna).With(t).Visit(odd).Wants(200)
		}
		b.Visit("/contests/99999999999999999999").Wants(404).Visit("/contests/pictures/999999/large").Wants(404)
	})
}
