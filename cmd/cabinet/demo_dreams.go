package main

import (
	"cabinet/db"
)

// dreams are a winter of Vera's journal and two of Boris's: one dream waits for an expert, one was interpreted and one is
// in the book.
func (d *demo) dreams() {
	for _, night := range []struct {
		ago      int
		mood     db.Mood
		lucidity db.Lucidity
		tags     string
		body     string
	}{
		{118, "strange", "none", "море, дом", "Бабушкин дом стоит прямо в море. Захожу на кухню, а на полу **прилив** и рыбы спят под столом."},
		{96, "anxious", "none", "поезд, опоздание", "Опаздываю на поезд. Платформа становится всё длиннее, а часы показывают _вчера_."},
		{87, "joyful", "lucid", "полёт, город", "Лечу над городом, держась за воздушного змея. Понимаю, что это сон, и выбираю, куда повернуть:\n\n- над рекой,\n- над крышами,\n- к маяку."},
		{64, "calm", "none", "бабушка, дом", "Бабушка печёт хлеб и рассказывает, как найти дорогу домой по запаху."},
		{52, "anxious", "none", "экзамен", "Экзамен по языку, которого я не учила. Билет оказался картой."},
		{41, "strange", "partly", "море, киты", "Море светится изнутри. Плыву с китами, и они молчат так, как молчат старые друзья.\n\n> Не бойся, здесь неглубоко."},
		{30, "scary", "none", "лестница, дом", "Лестница в доме уходит вниз, хотя дом одноэтажный. Ступени тёплые."},
		{19, "calm", "none", "поезд, море", "Поезд едет по дну моря, проводница разносит чай и ракушки."},
		{12, "joyful", "lucid", "полёт", "Снова полёт. Учусь приземляться на цыпочки."},
		{5, "sad", "none", "бабушка, письмо", "Бабушка передала письмо, но буквы улетели, пока я его открывала."},
	} {
		d.at(min(night.ago, 26), 7, func() {
			form := d.dream(night.body, night.mood, night.lucidity)
			form.Day = d.Today().Plus(min(night.ago, 26) - night.ago).String()
			dream := must(d.SaveDream(d.ctx, d.as("vera"), 0, form))
			must(0, d.TagDream(d.ctx, d.as("vera"), dream.ID, night.tags))
		})
	}
	var answered, published db.DreamID
	d.at(9, 8, func() {
		answered = d.send("vera", d.dream("Открываю дверь своей квартиры, а там **вокзал**. Все ждут меня, чтобы объявить отправление.", "strange", "none"), false)
		published = d.send("boris", d.dream("Иду по мосту через реку. На середине моста стоит стол, и за ним я сам, только старше. Он подвигает мне стул и *молчит*.", "calm", "partly"), true)
	})
	d.at(7, 12, func() {
		must(0, d.AnswerDream(d.ctx, d.as("irina"), answered, "Дом во сне часто рассказывает о нас самих, вокзал о **переменах**. Здесь они под одной крышей.\n\nСпросите себя: какое решение уже принято, но ещё не объявлено?"))
		must(0, d.AnswerDream(d.ctx, d.as("irina"), published, "Мост соединяет, и середина его — место, где ещё можно повернуть. Тот, кто старше, не торопит: ответ у Вас уже есть."))
	})
	d.at(6, 11, func() { must(0, d.PublishDream(d.ctx, d.as("nina"), published)) })
	d.at(1, 8, func() {
		d.send("boris", d.dream("Потерял ключи, и нашёл их в хлебе. Открываю ими поле.", "strange", "none"), true)
	})
}

func (d *demo) dream(body string, mood db.Mood, lucidity db.Lucidity) db.DreamForm {
	return db.DreamForm{Key: d.key(), Body: body, Day: d.Today().String(), Mood: mood, Lucidity: lucidity}
}

// send writes a dream down and sends it to be interpreted.
func (d *demo) send(who string, form db.DreamForm, consent bool) db.DreamID {
	dream := must(d.SaveDream(d.ctx, d.as(who), 0, form))
	return must(d.SubmitDream(d.ctx, d.as(who), dream.ID, consent)).ID
}
