package main

import (
	"image/color"
	"time"

	"cabinet/db"
	"cabinet/views"
)

// contests are three: one that is over, one that is being judged, and one that takes entries.
func (d *demo) contests() {
	d.winterStories()
	d.windowViews()
	d.lettersToOneself()
}

// winterStories are over. Vera took the second place.
func (d *demo) winterStories() {
	var stories db.Contest
	entries := map[string]db.ContestEntryID{}
	d.at(26, 14, func() {
		stories = d.contest(-1, 14, "Самый короткий зимний рассказ", "Сто слов о самой длинной ночи.", `Напишите рассказ о зиме, который можно прочесть за одну остановку.

# Что можно

- не больше ста слов,
- только своё и ещё не печатавшееся,
- картинка по желанию.

# Как судим

Жюри читает работы **без имён**. Итоги через день после конца приёма.`, "Сюжет\nЯзык\nНеожиданность",
			db.PrizeForm{Points: "1000", Goods: "Книга «Зимние дома» с подписью автора"}, db.PrizeForm{Points: "500"}, db.PrizeForm{Goods: "Кружка журнала"})
	})
	d.at(22, 19, func() {
		entries["vera"] = d.enter("vera", stories, "Белая ночь", "Ночь была белая, и никто не знал, чья. Кошка спала на подоконнике и во сне считала снег. Утром сошлось.", "Зимняя сова", nil)
	})
	d.at(19, 20, func() {
		entries["boris"] = d.enter("boris", stories, "Последний трамвай", "Трамвай пришёл пустой. Водитель сказал: «Садитесь, я всё равно еду домой». Мы доехали до весны и вышли.", "Борис Л.", nil)
	})
	d.at(16, 13, func() {
		entries["petr"] = d.enter("petr", stories, "Валенки", "Валенки стояли у двери. Дед ушёл босиком: по снегу, сказал, тише.", "", nil)
	})
	d.at(15, 22, func() {
		entries["gleb"] = d.enter("gleb", stories, "Скидка", "Купите зиму, вторая бесплатно! Подробности по ссылке.", "Глеб", nil)
	})
	d.at(12, 21, func() { must(0, d.CloseContests(d.ctx)) })
	d.at(11, 12, func() {
		must(d.DisqualifyEntry(d.ctx, d.as("nina"), entries["gleb"], "Это реклама, а не рассказ."))
		for who, scores := range map[string][2][]string{"vera": {{"8", "9", "8"}, {"9", "8", "8"}}, "boris": {{"9", "9", "9"}, {"9", "8", "10"}}, "petr": {{"8", "8", "7"}, {"7", "9", "7"}}} {
			must(0, d.ScoreEntry(d.ctx, d.as("nina"), entries[who], scores[0]))
			must(0, d.ScoreEntry(d.ctx, d.as("anna"), entries[who], scores[1]))
		}
	})
	d.at(10, 18, func() {
		now := must(d.ContestByID(d.ctx, stories.ID))
		must(d.FinishContest(d.ctx, d.as("nina"), stories.ID, db.ContestResults{Version: now.Version, Places: []db.ContestEntryID{entries["boris"], entries["vera"], entries["petr"]}}))
	})
	d.at(9, 9, func() {
		must(0, d.AddressPrize(d.ctx, d.as("boris"), entries["boris"], must(d.DefaultAddressOf(d.ctx, d.as("boris").ID)).ID))
	})
	d.at(7, 15, func() { must(0, d.SendPrize(d.ctx, d.as("nina"), stories.ID, 1)) })
}

// windowViews are being judged.
func (d *demo) windowViews() {
	var windows db.Contest
	entries := map[string]db.ContestEntryID{}
	d.at(17, 11, func() {
		windows = d.contest(0, 15, "Вид из моего окна", "Один снимок и одна фраза.", "Снимите то, что видно из окна прямо сейчас, и подпишите **одной фразой**.\n\nСнимок любой, рамка оконная.", "Снимок\nФраза",
			db.PrizeForm{Points: "700"}, db.PrizeForm{Points: "300"}, db.PrizeForm{Goods: "Календарь с тремя лучшими снимками"})
	})
	for i, seen := range []struct{ who, title, said, name string }{
		{"boris", "Садовая, шесть утра", "Город ещё не решил, какого он цвета.", "Борис Л."},
		{"olga", "Окно бухгалтерии", "Сошлось до копейки, и тут выглянуло солнце.", ""},
		{"gleb", "Промзона", "Трубы молчат, значит воскресенье.", "Закупщик"},
		{"sveta", "Кот и двор", "Он смотрит дольше, чем я.", "Света"},
	} {
		d.at(14-3*i, 17, func() {
			entries[seen.who] = d.enter(seen.who, windows, seen.title, seen.said, seen.name, []db.Upload{landscape(i, color.RGBA{uint8(90 + 30*i), 130, 180, 255}, color.RGBA{uint8(60 + 20*i), 90, 70, 255})})
		})
	}
	d.at(2, 12, func() { must(0, d.CloseContests(d.ctx)) })
	d.at(1, 13, func() {
		must(0, d.ScoreEntry(d.ctx, d.as("nina"), entries["boris"], []string{"8", "9"}))
		must(0, d.ScoreEntry(d.ctx, d.as("nina"), entries["gleb"], []string{"7", "8"}))
		must(0, d.ScoreEntry(d.ctx, d.as("anna"), entries["boris"], []string{"9", "8"}))
	})
}

// lettersToOneself take entries, Vera's among them.
func (d *demo) lettersToOneself() {
	var letters db.Contest
	d.at(5, 10, func() {
		letters = d.contest(-1, 17, "Письмо самому себе", "Напишите себе через год: лучшее письмо мы отправим по почте.", `Письмо начинается с погоды и заканчивается подписью.

- до страницы,
- можно две работы,
- без советов и планов: их читать скучно.`, "Голос\nЧестность\nКонец", db.PrizeForm{Points: "800", Goods: "Письмо на хорошей бумаге"}, db.PrizeForm{Points: "400"})
	})
	d.at(3, 21, func() {
		d.enter("vera", letters, "Мокрый снег", "Сегодня мокрый снег, и я опять забыла зонт. Если ты это читаешь, значит, высохла.", "Зимняя сова", nil)
	})
	d.at(1, 9, func() {
		d.enter("boris", letters, "Здравствуй, я", "Пишу тебе с кухни. Чайник тот же. Надеюсь, у тебя уже другой.", "", nil)
	})
}

// contest is one that Nina opens; it takes entries from so many days from now on, for so many days.
func (d *demo) contest(from, days int, title, teaser, rules, criteria string, prizes ...db.PrizeForm) db.Contest {
	start := d.now.In(d.Zone)
	start = time.Date(start.Year(), start.Month(), start.Day()+from, 10, 0, 0, 0, d.Zone)
	contest := must(d.WriteContest(d.ctx, d.as("nina"), db.ContestForm{
		Key: d.key(), Title: title, Teaser: teaser, Rules: rules, Criteria: criteria, Prizes: prizes, Each: "2",
		StartsAt: start.Format(db.ScheduleLayout), EndsAt: start.AddDate(0, 0, days).Format(db.ScheduleLayout),
	}, views.EditorsMarkdown))
	return must(d.OpenContest(d.ctx, d.as("nina"), contest.ID, contest.Version))
}

// enter sends something in; without a name its author does not want to be shown.
func (d *demo) enter(who string, contest db.Contest, title, body, name string, pictures []db.Upload) db.ContestEntryID {
	form := db.EntryForm{Key: d.key(), Title: title, Body: body, Consent: name != "", ShownAs: name}
	return must(d.EnterContest(d.ctx, d.as(who), contest.ID, form, pictures)).ID
}
