package db_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

func redeem(t testing.TB, w *dbtest.World, by db.Visitor, code, key string) error {
	_, err := w.RedeemCode(t.Context(), by, db.CodeForm{Code: code, Key: key})
	return err
}

// answers reports whether an error is a problem of this kind with this field.
func answers(err error, field, problem string) bool {
	problems, ok := errors.AsType[db.Problems](err)
	return ok && problems[field] == problem
}

func TestPromotions(t *testing.T) {
	w := dbtest.Open(t)
	vera, boris, olga := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Person(t, dbtest.Olga)
	form := dbtest.Spring()
	form.KeepsDays, form.MostUses = "10", "2"
	spring := w.Promotion(t, form)

	t.Run("P04 a code gives once, however it is typed, and the ledger says why", func(t *testing.T) {
		if err := redeem(t, w, vera, " Vesna26 ", "first"); err != nil {
			t.Fatal(err)
		}
		has(t, w, vera, 100, 100)
		if err := redeem(t, w, vera, "VESNA26", "first"); err != nil {
			t.Error("the second press on the button:", err)
		}
		if err := redeem(t, w, vera, "VESNA26", "second"); !answers(err, "code", "promotions.used_already") {
			t.Error(err)
		}
		has(t, w, vera, 100, 100)
		entry, err := w.PointsEntry(t.Context(), vera.ID, 1)
		if err != nil || entry.Kind != db.Bonus || entry.Reason != "Подарок к весне, VESNA26" || *entry.Bonus.ExpiresOn != w.Today().Plus(10) {
			t.Errorf("%+v, %v", entry, err)
		}
		clean(t, w)
	})
	t.Run("P04 what is not there, not yet, over or ended is said in the same words", func(t *testing.T) {
		later, over := dbtest.Spring(), dbtest.Spring()
		later.Code, later.StartsOn = "LATER", w.Today().Plus(1).String()
		over.Code, over.StartsOn, over.EndsOn = "OVER", "2026-02-01", w.Today().Plus(-1).String()
		w.Promotion(t, later)
		w.Promotion(t, over)
		ended := dbtest.Spring()
		ended.Code = "ENDED"
		if _, err := w.EndPromotion(t.Context(), olga, w.Promotion(t, ended).ID); err != nil {
			t.Fatal(err)
		}
		for _, code := range []string{"NONE", "LATER", "OVER", "ENDED"} {
			if err := redeem(t, w, boris, code, "k"); !answers(err, "code", "promotions.no_such_code") {
				t.Error(code, err)
			}
		}
		if err := redeem(t, w, boris, " ", "k"); !answers(err, "code", "fields.required") {
			t.Error(err)
		}
		has(t, w, boris, 0, 0)
	})
	t.Run("P04 euros go to the balance", func(t *testing.T) {
		euros := dbtest.Spring()
		euros.Code, euros.Gives, euros.Amount, euros.Title = "EURO-5", db.GivesBalance, "5,50", "Извинение"
		w.Promotion(t, euros)
		if err := redeem(t, w, boris, "euro-5", "k"); err != nil {
			t.Fatal(err)
		}
		entry, err := w.Entry(t.Context(), boris.ID, 1)
		if err != nil || entry.Kind != db.Bonus || entry.Amount != 5_50 || entry.Reason != "Извинение, EURO-5" {
			t.Errorf("%+v, %v", entry, err)
		}
		clean(t, w)
	})
	t.Run("P04 of twenty who use the last one at once, one gets it", func(t *testing.T) {
		people := make([]db.Visitor, 20)
		for i := range people {
			people[i] = w.Person(t, dbtest.Person{Email: fmt.Sprintf("p%d@example.test", i), Name: "Гость"})
		}
		var group sync.WaitGroup
		failed := make([]error, len(people))
		for i, one := range people {
			group.Go(func() { failed[i] = redeem(t, w, one, "VESNA26", "k") })
		}
		group.Wait()
		given := 0
		for _, err := range failed {
			if err == nil {
				given++
			} else if !answers(err, "code", "promotions.used_up") {
				t.Error(err)
			}
		}
		sheet, err := w.PromotionByID(t.Context(), spring.ID)
		if err != nil || given != 1 || sheet.Promotion.Used != 2 {
			t.Errorf("%d got it, %d in all, %v", given, sheet.Promotion.Used, err)
		}
		clean(t, w)
	})
	t.Run("P04 the audit finds a code that was used more often than it says", func(t *testing.T) {
		for used, wrong := range map[int]bool{1: true, 2: false} {
			if _, err := w.Pool.Exec(t.Context(), "UPDATE promotions SET used = $1 WHERE id = $2", used, spring.ID); err != nil {
				t.Fatal(err)
			}
			if findings, err := w.Audit(t.Context()); err != nil || (len(findings) > 0) != wrong {
				t.Error(findings, err)
			}
		}
		if _, err := w.Pool.Exec(t.Context(), "UPDATE promotions SET used = 2 WHERE id = $1", spring.ID); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("P04 only a proved address gets something, and nobody tries codes for ever", func(t *testing.T) {
		lena, err := w.Register(t.Context(), db.Registration{Email: "lena@example.test", Password: dbtest.Password, Consent: "on"}, db.Russian, "127.0.0.1")
		if err != nil {
			t.Fatal(err)
		}
		if err := redeem(t, w, db.Visitor{Account: lena}, "VESNA26", "k"); !errors.Is(err, db.Unproved) {
			t.Error(err)
		}
		var wait db.Wait
		for range 12 {
			err = redeem(t, w, vera, "GUESS", "k")
		}
		if !errors.As(err, &wait) {
			t.Error(err)
		}
		w.Clock.Pass(time.Hour)
		if err := redeem(t, w, vera, "GUESS", "k"); !answers(err, "code", "promotions.no_such_code") {
			t.Error(err)
		}
	})
	t.Run("P04 the desk is told field by field, and two do not lose each other's words", func(t *testing.T) {
		bad := db.PromotionForm{Key: form.Key, Code: "a_b", Title: strings.Repeat("ы", 161), Gives: "all", StartsOn: "x", EndsOn: "2026-01-01", MostUses: "0"}
		_, err := w.WritePromotion(t.Context(), olga, bad)
		problems, _ := errors.AsType[db.Problems](err)
		for _, field := range []string{"code", "title", "gives", "starts_on", "most_uses"} {
			if problems[field] == "" {
				t.Errorf("nothing about %s in %v", field, problems)
			}
		}
		taken := dbtest.Spring()
		if _, err := w.WritePromotion(t.Context(), olga, taken); !answers(err, "code", "promotions.code_taken") {
			t.Error(err)
		}
		if again := w.Promotion(t, form); again.ID != spring.ID {
			t.Error("two clicks are two codes")
		}
		edit := form
		edit.Version, edit.Amount, edit.MostUses = 1, "200", "1"
		if _, err := w.EditPromotion(t.Context(), olga, spring.ID, edit); !answers(err, "most_uses", "promotions.used_more") {
			t.Error(err)
		}
		edit.MostUses = "50"
		for range 2 {
			if edited, err := w.EditPromotion(t.Context(), olga, spring.ID, edit); err != nil || edited.Version != 2 || edited.Used != 2 {
				t.Error(edited, err)
			}
		}
		edit.Amount = "300"
		if _, err := w.EditPromotion(t.Context(), olga, spring.ID, edit); !errors.Is(err, db.PromotionStale) {
			t.Error(err)
		}
	})
}
