package main

import (
	"cabinet/db"
	"cabinet/views"
)

// letters are what the editors have sent, or will.
var letters = []struct{ subject, body string }{
	{"Зимний номер: сны и снег", `Вышел **зимний номер**. В нём десять снов, один снег и разговор о том, почему дома снятся чаще людей.

## Что прочитать сначала

- [Как читать сон по утрам](/articles/kak-chitat-son-po-utram): три вопроса, пока сон не растаял;
- [О чём молчат старые дома](/articles/o-chem-molchat-starye-doma): прогулка по переулкам.

Хорошего чтения и тихих ночей!`},
	{"Что нового в кабинете", `Теперь сны можно **записывать прямо в кабинете**: [Мой сонник](/dreams) сохраняет их, пока Вы пишете, и находит по любому слову.

А сон, который не даёт покоя, можно отправить на толкование.`},
	{"Баллы ко дню рождения журнала", `Журналу **семь лет**. До конца месяца за каждую покупку дарим баллы: они придут сами, а тратить их можно на любую статью.`},
}

// mailings are four topics, of which Vera has chosen two; a campaign that is out, one that was paused in the middle, a
// draft, and an address that takes no mail.
func (d *demo) mailings() {
	topics := map[string]db.MailingTopicID{}
	topic := func(key, ru, en, aboutRu, aboutEn, rest string) {
		topics[key] = must(d.AddMailingTopic(d.ctx, d.as("nina"), db.MailingTopicForm{Key: d.key(), NameRu: ru, NameEn: en, AboutRu: aboutRu, AboutEn: aboutEn, Public: "on", RestHours: rest})).ID
	}
	d.at(25, 10, func() {
		topic("news", "Новости журнала", "News of the magazine", "Раз-два в месяц: что нового в журнале и в кабинете", "Once or twice a month: what is new in the magazine and the cabinet", "72")
		topic("issues", "Новые номера", "New issues", "Когда вышел номер и что в нём прочитать сначала", "When an issue is out, and what to read first", "24")
		topic("offers", "Акции", "Offers", "Скидки, подарки и баллы, не чаще раза в неделю", "Discounts, presents and points, at most once a week", "168")
		topic("tests", "Психологические тесты", "Psychological tests", "Один тест в месяц, на десять минут", "One test a month, ten minutes long", "24")
	})
	d.at(12, 20, func() {
		d.choose("vera", topics["news"], topics["issues"])
		d.choose("boris", topics["news"], topics["offers"])
	})
	d.at(8, 12, func() {
		for _, who := range []string{"marina", "timur", "olesya", "kirill", "daria", "pavel"} {
			d.choose(who, topics["news"], topics["issues"], topics["offers"])
		}
		must(d.NoteBounces(d.ctx, []db.Bounce{{Key: "demo", Address: d.as("pavel").Email, Kind: db.HardBounce, Source: db.FromWebhook, Detail: "550 5.1.1 user unknown"}}))
	})
	d.at(7, 11, func() { d.sendOut(d.letter(topics["issues"], 0), 100) })
	d.at(2, 12, func() {
		campaign := d.letter(topics["news"], 1)
		d.sendOut(campaign, 3)
		now := must(d.CampaignByID(d.ctx, campaign.ID))
		must(d.PauseCampaign(d.ctx, d.as("nina"), now.ID, now.Version))
	})
	d.at(1, 16, func() { d.write(topics["offers"], 2) })
}

func (d *demo) choose(who string, topics ...db.MailingTopicID) {
	for _, topic := range topics {
		must(0, d.SetMailing(d.ctx, d.as(who), topic, true))
	}
}

func (d *demo) write(topic db.MailingTopicID, which int) db.Campaign {
	form := db.CampaignForm{Key: d.key(), Mailing: topic, Subject: letters[which].subject, Body: letters[which].body}
	return must(d.WriteCampaign(d.ctx, d.as("nina"), form, views.EditorsMarkdown))
}

// letter is a campaign that has just begun.
func (d *demo) letter(topic db.MailingTopicID, which int) db.Campaign {
	draft := d.write(topic, which)
	return must(d.RunCampaign(d.ctx, d.as("nina"), draft.ID, draft.Version))
}

// sendOut does the worker's part, for so many mails at most.
func (d *demo) sendOut(campaign db.Campaign, most int32) {
	var done db.Tally
	for {
		handful := must(d.TakeCampaignMails(d.ctx, db.SendCampaign{CampaignID: campaign.ID, Run: campaign.Run}, done))
		done = db.Tally{}
		for _, mail := range handful.Mails {
			if most--; most >= 0 {
				must(d.CampaignMailSent(d.ctx, campaign.ID, mail))
				done.Sent++
			}
		}
		if handful.Over {
			return
		}
		if most < 0 {
			must(0, d.PassCampaignOn(d.ctx, db.SendCampaign{CampaignID: campaign.ID, Run: campaign.Run}, done, d.now))
			return
		}
	}
}
