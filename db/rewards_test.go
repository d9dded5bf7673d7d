package db_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// spends charges a customer euros that were there for it.
func spends(t testing.TB, w *dbtest.World, of db.Visitor, amount db.Money, key string) {
	t.Helper()
	w.TopUp(t, of, amount)
	err := w.Ledger(t.Context(), func(l db.Ledger) error {
		_, err := l.Charge(t.Context(), of.ID, key, amount)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func paidBack(t testing.TB, w *dbtest.World, of db.Visitor, amount db.Money, key string) {
	t.Helper()
	err := w.Ledger(t.Context(), func(l db.Ledger) error {
		_, err := l.Refund(t.Context(), of.ID, key, amount)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// atOnce does a thing several times at the same time, as workers do that were killed and started again.
func atOnce(t testing.TB, do func() error) {
	t.Helper()
	var group sync.WaitGroup
	for range 5 {
		group.Go(func() {
			if err := do(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func rewardsOf(t testing.TB, w *dbtest.World, of db.Visitor) *db.Rewards {
	t.Helper()
	page := &db.Rewards{Of: of.ID}
	if err := w.Read(t.Context(), page); err != nil {
		t.Fatal(err)
	}
	return page
}

func TestReferrals(t *testing.T) {
	w := dbtest.Open(t)
	vera := w.Person(t, dbtest.Vera)
	w.RewardsAre(t, dbtest.Generous())
	link := w.InvitedBy(t, vera)
	if again := w.InvitedBy(t, vera); again != link {
		t.Errorf("two presses are two links: %s and %s", link, again)
	}
	day := 24 * time.Hour
	look := func() {
		t.Helper()
		atOnce(t, func() error { return w.RewardReferrals(t.Context()) })
	}

	t.Run("P04 who comes by a link is remembered; a link that is nobody's is none, and nobody invites herself", func(t *testing.T) {
		w.CameBy(t, "other@example.test", "aaaaaaaaaaaa", true)
		w.CameBy(t, "odd@example.test", "x'\x00", true)
		w.CameBy(t, "VERA@example.test", link, false)
		if came := rewardsOf(t, w, vera).Invitation; came.Came != 0 || came.Code != link {
			t.Errorf("%+v", came)
		}
	})
	boris := w.CameBy(t, "boris@example.test", link, true)
	t.Run("P04 both sides get their points once, so many days after enough was spent", func(t *testing.T) {
		spends(t, w, boris, 49_99, "a")
		w.Clock.Pass(15 * day)
		look()
		has(t, w, vera, 0, 0)
		spends(t, w, boris, 10_00, "b")
		look()
		has(t, w, vera, 0, 0)
		w.Clock.Pass(14 * day)
		look()
		look()
		has(t, w, vera, 200, 200)
		has(t, w, boris, 100, 100)
		entry, err := w.PointsEntry(t.Context(), vera.ID, 1)
		if err != nil || entry.Reason != "За приглашённого друга" || *entry.Bonus.ExpiresOn != w.Today().Plus(365) {
			t.Errorf("%+v, %v", entry, err)
		}
		if came := rewardsOf(t, w, vera).Invitation; came.Came != 1 || came.Rewarded != 1 {
			t.Errorf("%+v", came)
		}
		clean(t, w)
	})
	t.Run("P04 what was paid back counts for nothing, and an address has to be proved", func(t *testing.T) {
		lena, olya := w.CameBy(t, "lena@example.test", link, true), w.CameBy(t, "olya@example.test", link, false)
		spends(t, w, lena, 80_00, "lena")
		spends(t, w, olya, 80_00, "olya")
		w.Clock.Pass(20 * day)
		paidBack(t, w, lena, 31_00, "lena-back")
		look()
		has(t, w, vera, 200, 200)
		if _, err := w.Pool.Exec(t.Context(), "UPDATE accounts SET email_verified_at = now() WHERE id = $1", olya.ID); err != nil {
			t.Fatal(err)
		}
		look()
		has(t, w, vera, 400, 400)
		has(t, w, lena, 0, 0)
		has(t, w, olya, 100, 100)
	})
	t.Run("P04 after a year, or without points to give, an invitation brings nothing", func(t *testing.T) {
		late := w.CameBy(t, "late@example.test", link, true)
		spends(t, w, late, 80_00, "late")
		none := dbtest.Generous()
		none.InviterPoints, none.InvitedPoints = "0", "0"
		w.RewardsAre(t, none)
		w.Clock.Pass(30 * day)
		look()
		w.RewardsAre(t, dbtest.Generous())
		w.Clock.Pass(340 * day)
		look()
		has(t, w, late, 0, 0)
	})
	t.Run("P04 a cabinet that is not proved goes with how it came, and one that invited stays", func(t *testing.T) {
		gone := w.CameBy(t, "gone@example.test", link, false)
		w.Clock.Pass(31 * day)
		if err := w.SweepUnproved(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.AccountByID(t.Context(), gone.ID); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		lena := w.CameBy(t, "lena2@example.test", "", false)
		if err := w.Invite(t.Context(), lena); !errors.Is(err, db.Unproved) {
			t.Error(err)
		}
	})
}

func TestTurnover(t *testing.T) {
	w := dbtest.Open(t)
	vera, boris := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris)
	w.RewardsAre(t, dbtest.Generous())
	till := func(year int, month time.Month, day int) { // noon there
		t.Helper()
		w.Clock.Pass(time.Date(year, month, day, 12, 0, 0, 0, w.Zone).Sub(w.Clock.Now()))
	}
	due := func() (jobs []db.Job) {
		t.Helper()
		if err := w.StartTurnover(t.Context()); err != nil {
			t.Fatal(err)
		}
		all, _, err := w.Jobs(t.Context(), db.JobFilter{}, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, job := range all {
			if job.Kind == (db.CountTurnover{}).Kind() {
				jobs = append(jobs, job)
			}
		}
		return jobs
	}
	count := func(year int, month time.Month) {
		t.Helper()
		job := db.CountTurnover{Month: db.Day{Year: year, Month: month, Day: 1}}
		atOnce(t, func() error { return w.CountTurnover(t.Context(), job) })
		clean(t, w)
	}
	spends(t, w, vera, 120_90, "march")
	paidBack(t, w, vera, 20_00, "march-back")
	spends(t, w, boris, 10_00, "boris")

	t.Run("P04 a month is counted from the 15th of the next one on, and by one run", func(t *testing.T) {
		till(2026, time.April, 14)
		if jobs := due(); len(jobs) != 0 {
			t.Error(jobs)
		}
		till(2026, time.April, 15)
		if jobs := due(); len(jobs) != 1 || jobs[0].Args != `{"above": 0, "month": "2026-03-01"}` {
			t.Errorf("%+v", jobs)
		}
		count(2026, time.March)
		if jobs := due(); len(jobs) != 1 {
			t.Error(jobs)
		}
		has(t, w, vera, 100, 100) // whole euros of 100,90 at one point each
		entry, err := w.PointsEntry(t.Context(), vera.ID, 1)
		if err != nil || entry.Reason != "За покупки: 03.2026, 100,90 € × 1, Бронза" {
			t.Errorf("%+v, %v", entry, err)
		}
		has(t, w, boris, 10, 10)
	})
	t.Run("P04 what is paid back later is carried, until purchases have made up for it", func(t *testing.T) {
		spends(t, w, vera, 20_00, "april")
		paidBack(t, w, vera, 50_00, "april-back")
		till(2026, time.May, 15)
		count(2026, time.April)
		has(t, w, vera, 100, 100)
		till(2026, time.June, 1) // nothing happened in May
		till(2026, time.June, 15)
		count(2026, time.May)
		spends(t, w, vera, 40_00, "june")
		till(2026, time.July, 15)
		count(2026, time.June)
		has(t, w, vera, 110, 110)
		page := rewardsOf(t, w, vera)
		if len(page.Months) != 4 || page.Months[0].Carried != -30_00 || page.Months[0].Points != 10 || page.Spent() != 110_90 {
			t.Errorf("%+v", page.Months)
		}
	})
	t.Run("P04 the level is that of twelve months, the last one with them", func(t *testing.T) {
		spends(t, w, vera, 400_00, "july")
		till(2026, time.August, 20)
		count(2026, time.July)
		has(t, w, vera, 910, 910) // 510,90 € in a year: two points each
		page := rewardsOf(t, w, vera)
		if next, ok := page.Next(); page.Level().Name != "Серебро" || ok {
			t.Errorf("%+v, %+v", page.Level(), next)
		}
		if page := rewardsOf(t, w, boris); page.Level().Name != "Бронза" {
			t.Errorf("%+v", page.Level())
		}
	})
	t.Run("P04 months that were missed are counted one after the other", func(t *testing.T) {
		till(2027, time.January, 20)
		jobs := due()
		if jobs[0].Args != `{"above": 0, "month": "2026-08-01"}` {
			t.Errorf("%+v", jobs[0])
		}
	})
	t.Run("P04 many customers are counted in short jobs, each of which has the next one done", func(t *testing.T) {
		if _, err := w.Pool.Exec(t.Context(), `WITH a AS (INSERT INTO accounts (email, login, name, password_hash, locale, created_at)
			SELECT 'many' || n || '@example.test', '', '', '', 'ru', now() FROM generate_series(1, 600) n RETURNING id)
			INSERT INTO wallets (account_id, name, currency) SELECT a.id, c.name, c.currency FROM a, (VALUES ('shopping', 'EUR'), ('points', 'RUB')) c (name, currency)`); err != nil {
			t.Fatal(err)
		}
		august := db.CountTurnover{Month: db.Day{Year: 2026, Month: time.August, Day: 1}}
		if err := w.CountTurnover(t.Context(), august); err != nil {
			t.Fatal(err)
		}
		if last, err := w.LastTurnoverRun(t.Context()); err != nil || last.Month != time.July {
			t.Error(last, err)
		}
		job := due()[1] // the newest but the one that the question made
		var above int64
		if _, err := fmt.Sscanf(job.Args, `{"above": %d,`, &above); err != nil || above == 0 {
			t.Fatal(job.Args, err)
		}
		august.Above = db.AccountID(above)
		if err := w.CountTurnover(t.Context(), august); err != nil {
			t.Fatal(err)
		}
		if last, err := w.LastTurnoverRun(t.Context()); err != nil || last.Month != time.August {
			t.Error(last, err)
		}
	})
}

func TestRewardRules(t *testing.T) {
	w := dbtest.Open(t)
	olga := w.Person(t, dbtest.Olga)
	t.Run("P04 the desk is told line by line, and what changed is kept", func(t *testing.T) {
		bad := dbtest.Generous()
		bad.Version, bad.InviterPoints, bad.LeastSpent, bad.TurnoverWords = 1, "-1", "много", ""
		bad.Levels = "Бронза; 0; 1\nСеребро; 0; 2\nЗолото 5\nПлатина; 900; 0"
		problems, _ := errors.AsType[db.Problems](w.EditRewards(t.Context(), olga, bad))
		for field, problem := range map[string]string{
			"inviter_points": "operator.number_wrong", "least_spent": "operator.number_wrong", "turnover_words": "fields.required", "levels": "operator.lines_wrong",
			"line-0002": "rewards.level_order", "line-0003": "rewards.level_wrong", "line-0004": "rewards.level_wrong",
		} {
			if problems[field] != problem {
				t.Errorf("%s: %q", field, problems[field])
			}
		}
		many := dbtest.Generous()
		many.Version, many.Levels = 1, "А; 1; 1\nБ; 2; 1\nВ; 3; 1\nГ; 4; 1\nД; 5; 1\nЕ; 6; 1\nЖ; 7; 1"
		if err := w.EditRewards(t.Context(), olga, many); !answers(err, "line-0007", "rewards.too_many_levels") {
			t.Error(err)
		}
		good := dbtest.Generous()
		good.Version = 1
		for range 2 { // a second press does no harm
			if err := w.EditRewards(t.Context(), olga, good); err != nil {
				t.Fatal(err)
			}
		}
		good.InviterPoints = "300"
		if err := w.EditRewards(t.Context(), olga, good); !errors.Is(err, db.Refusal("operator.changed_elsewhere")) {
			t.Error(err)
		}
		changes, err := w.ChangesOf(t.Context(), []db.SettingSubject{db.SettingRewards}, "", 0, 10)
		if err != nil || len(changes) != 1 || len(changes[0].SettingChange.What()) < 5 {
			t.Errorf("%+v, %v", changes, err)
		}
	})
}
