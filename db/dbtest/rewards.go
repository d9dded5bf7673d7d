package dbtest

import (
	"testing"

	"cabinet/db"
)

// Spring is a code for a hundred points, as Olga types it.
func Spring() db.PromotionForm {
	return db.PromotionForm{Key: random() + random(), Code: "vesna 26", Title: "Подарок к весне", Gives: db.GivesPoints, Amount: "100", StartsOn: "2026-03-01"}
}

// Promotion is a code that Olga made.
func (w *World) Promotion(t testing.TB, form db.PromotionForm) db.Promotion {
	t.Helper()
	promotion, err := w.WritePromotion(t.Context(), w.Person(t, Olga), form)
	if err != nil {
		t.Fatal(err)
	}
	return promotion
}

// Redeemed is a code that a customer has used.
func (w *World) Redeemed(t testing.TB, by db.Visitor, code string) {
	t.Helper()
	if _, err := w.RedeemCode(t.Context(), by, db.CodeForm{Code: code, Key: random()}); err != nil {
		t.Fatal(err)
	}
}

// Generous are rules by which much is given.
func Generous() db.RewardForm {
	return db.RewardForm{
		InviterPoints: "200", InvitedPoints: "100", LeastSpent: "50", WaitDays: "14", KeepsDays: "365",
		InviterWords: "За приглашённого друга", InvitedWords: "За первые покупки", TurnoverWords: "За покупки",
		Levels: "Бронза; 0; 1\nСеребро; 500; 2",
	}
}

// RewardsAre lets Olga change what is given by itself.
func (w *World) RewardsAre(t testing.TB, form db.RewardForm) {
	t.Helper()
	rules, err := w.RewardRules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	form.Version = rules.Version
	if err := w.EditRewards(t.Context(), w.Person(t, Olga), form); err != nil {
		t.Fatal(err)
	}
}

// InvitedBy is the link of a customer, as the code in it.
func (w *World) InvitedBy(t testing.TB, inviter db.Visitor) (code string) {
	t.Helper()
	if err := w.Invite(t.Context(), inviter); err != nil {
		t.Fatal(err)
	}
	invitation, err := w.InvitationOf(t.Context(), inviter.ID)
	if err != nil {
		t.Fatal(err)
	}
	return invitation.Code
}

// CameBy is a newcomer who followed a link and, unless the address stays unproved, confirmed it.
func (w *World) CameBy(t testing.TB, email, code string, proved bool) db.Visitor {
	t.Helper()
	account, err := w.Register(t.Context(), db.Registration{Email: email, Password: Password, Consent: "on", Invite: code}, db.Russian, random())
	if err != nil {
		t.Fatal(err)
	}
	if proved {
		if _, err := w.Pool.Exec(t.Context(), "UPDATE accounts SET email_verified_at = $1, status = 'active' WHERE id = $2", w.Clock.Now(), account.ID); err != nil {
			t.Fatal(err)
		}
		if account, err = w.AccountByID(t.Context(), account.ID); err != nil {
			t.Fatal(err)
		}
	}
	return db.Visitor{Account: account}
}
