package main

import (
	"math"
	"strings"

	"cabinet/db"
)

// rules are what Olga lets the house give by itself.
func (d *demo) rules() {
	must(0, d.EditRewards(d.ctx, d.as("olga"), db.RewardForm{
		InviterPoints: "200", InvitedPoints: "100", LeastSpent: "40", WaitDays: "7", KeepsDays: "365",
		InviterWords: "За приглашённого друга", InvitedWords: "За первые покупки по приглашению", TurnoverWords: "За покупки",
		Levels: "Бронза; 0; 1\nСеребро; 300; 2\nЗолото; 1500; 3", Version: must(d.RewardRules(d.ctx)).Version,
	}))
}

// comeBy registers somebody by a friend's link, and proves the address by the mail that came of it.
func (d *demo) comeBy(email, name, inviter string) db.Account {
	must(0, d.Invite(d.ctx, d.as(inviter)))
	link := must(d.InvitationOf(d.ctx, d.as(inviter).ID))
	must(d.Register(d.ctx, db.Registration{Email: email, Password: demoPassword, Consent: "on", Invite: link.Code}, db.Russian, "demo"))
	secret, _, _ := strings.Cut(must(d.Mails(d.ctx, math.MaxInt64, 1))[0].Secret, " ")
	account := must(d.ProveEmail(d.ctx, secret))
	account.Name = name // as it is called from «Общая информация» on
	return account
}

// rewards are the codes of Olga, what Vera made of them, and what invitations and purchases have brought.
func (d *demo) rewards() {
	d.at(15, 9, func() {
		for _, form := range []db.PromotionForm{
			{Code: "ДОБРО-26", Title: "Подарок от журнала", Gives: db.GivesPoints, Amount: "120", KeepsDays: "90", MostUses: "500"},
			{Code: "SORRY5", Title: "Извинение за долгую сборку", Gives: db.GivesBalance, Amount: "5", MostUses: "20"},
			{Code: "ELKA", Title: "К новому году", Gives: db.GivesPoints, Amount: "50", StartsOn: d.Today().Plus(30).String(), EndsOn: d.Today().Plus(45).String()},
		} {
			if form.Key = d.key(); form.StartsOn == "" {
				form.StartsOn = d.Today().String()
			}
			must(d.WritePromotion(d.ctx, d.as("olga"), form))
		}
	})
	d.at(11, 20, func() {
		must(d.RedeemCode(d.ctx, d.as("vera"), db.CodeForm{Code: "добро-26", Key: d.key()}))
	})
	d.at(4, 10, func() {
		must(d.RedeemCode(d.ctx, d.as("boris"), db.CodeForm{Code: "sorry5", Key: d.key()}))
	})
	d.at(1, 7, func() { must(0, d.RewardReferrals(d.ctx)) })
	d.at(0, 5, func() {
		last := d.Today().Time().AddDate(0, 0, 1-d.Today().Day).AddDate(0, -1, 0)
		must(0, d.CountTurnover(d.ctx, db.CountTurnover{Month: db.Day{Year: last.Year(), Month: last.Month(), Day: 1}}))
	})
}
