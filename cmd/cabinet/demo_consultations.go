package main

import "cabinet/db"

// consultations are two specialists and what they are asked: one request was answered and rated, one is being worked on, one is
// a draft, and one more is paid for.
func (d *demo) consultations() {
	d.at(20, 10, func() {
		d.specialist("irina", "Ирина, психолог", "Сны, переезды, решения, которые трудно принять. Отвечаю подробно и без спешки.", "1200", "1000", "900")
		d.specialist("dina", "Дина, коуч", "Работа, время, привычки: разбираем по шагам и проверяем, что получилось.", "900", "800", "")
		must(d.SaveCanned(d.ctx, d.as("irina"), 0, db.CannedForm{Key: d.key(), Title: "Дневник снов: с чего начать", Body: "Положите блокнот рядом с кроватью и запишите сон **до** того, как встанете:\n\n- где Вы были,\n- кто там был,\n- что Вы чувствовали."}, nil))
		must(d.SaveCanned(d.ctx, d.as("irina"), 0, db.CannedForm{Key: d.key(), Title: "Мало деталей", Body: "Чтобы ответить по существу, мне нужно чуть больше: *что* уже решено и *к какому дню* нужен ответ?"}, nil))
	})
	d.at(12, 10, func() {
		must(d.GrantPoints(d.ctx, d.as("olga"), db.GrantForm{Customer: d.as("vera").ID.Number(), Points: "3000", Reason: "Конкурс рассказов, первое место", Key: d.key()}))
		must(0, d.BuyConsultations(d.ctx, d.as("vera"), db.CreditsForm{Key: d.key(), Specialist: d.as("irina").ID, Requests: 3, Points: 3000}))
	})
	var answered, open db.ConsultationID
	d.at(11, 11, func() {
		answered = d.consult("vera", "irina", "Странница", "Переезд, который всё время откладывается",
			"Здравствуйте! Третий год собираюсь переехать к морю и каждый раз нахожу причину остаться.\n\nКак понять, я **боюсь** или мне туда *правда не надо*?")
	})
	d.at(11, 14, func() {
		d.say("irina", answered, "ask", "Здравствуйте! А что Вы сделаете в первый день на новом месте, если ничто не мешает?")
	})
	d.at(10, 19, func() {
		must(d.ReplyToConsultation(d.ctx, d.as("vera"), answered, db.ConsultationReply{Key: d.key(), Body: "Пойду на рынок за рыбой. И никому не скажу, что приехала."}, nil))
	})
	d.at(9, 11, func() {
		d.say("irina", answered, "answer", "Вы ответили сразу и очень живо: рынок, рыба, тишина. Так не описывают то, чего не хотят.\n\nПопробуйте **примерить**:\n\n1. Две недели там, без планов и экскурсий.\n2. Каждый вечер одна строчка: чего сегодня не хватало.\n3. Через месяц перечитать.\n\n> Страх обычно говорит «никогда», а не «не сейчас».")
	})
	d.at(9, 20, func() {
		must(d.RateConsultation(d.ctx, d.as("vera"), answered, db.RatingForm{Rating: 5, Text: "Билеты на две недели уже куплены. Спасибо!"}))
	})
	d.at(0, 22, func() { // by now, whatever the hour: the promise is still to be kept
		open = d.consult("vera", "irina", "", "Снится один и тот же вокзал", "Уже неделю снится вокзал, с которого не уйти. Это о переезде или просто усталость?")
	})
	d.at(0, 23, func() {
		must(0, d.TakeConsultation(d.ctx, d.as("irina"), open, must(d.ConsultationAtDesk(d.ctx, open)).Version))
		draft := must(d.BeginConsultation(d.ctx, d.as("vera"), d.as("dina").ID, d.key()))
		form := db.ConsultationForm{Key: d.key(), Version: draft.Version, Subject: "Как успевать меньше", Body: "Список дел растёт быстрее, чем я его читаю. С чего начать…"}
		must(d.SaveConsultation(d.ctx, d.as("vera"), draft.ID, form, nil))
	})
}

// specialist fills in a profile: what a request costs alone, in a pack of three and of five.
func (d *demo) specialist(who, name, about, one, three, five string) {
	form := db.NewSpecialistForm(name, "Europe/Moscow")
	form.About, form.Prices = about, map[int32]string{1: one, 3: three, 5: five}
	must(0, d.SaveSpecialist(d.ctx, d.as(who), d.as(who).ID, form))
}

// consult writes a request and sends it.
func (d *demo) consult(who, to, alias, subject, body string) db.ConsultationID {
	draft := must(d.BeginConsultation(d.ctx, d.as(who), d.as(to).ID, d.key()))
	form := db.ConsultationForm{Key: d.key(), Version: draft.Version, Alias: alias, Subject: subject, Body: body}
	return must(d.SubmitConsultation(d.ctx, d.as(who), draft.ID, form, nil)).ID
}

// say answers a consultation, or asks its client.
func (d *demo) say(who string, id db.ConsultationID, act, body string) {
	desk := must(d.ConsultationAtDesk(d.ctx, id))
	must(0, d.AnswerConsultation(d.ctx, d.as(who), id, db.ConsultationAnswer{Key: d.key(), Version: desk.Version, Act: act, Body: body}, nil))
}
