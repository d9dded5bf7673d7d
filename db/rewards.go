package db

import (
	"context"
	"fmt"
	"strings"
)

// Invites reports whether an invitation brings anybody anything.
func (r RewardRule) Invites() bool { return r.InviterPoints > 0 || r.InvitedPoints > 0 }

// Rewards is everything on the page «Бонусы и промокоды».
type Rewards struct {
	Of         AccountID
	Rules      RewardRule
	Levels     []Level // from the lowest on
	Invitation InvitationOfRow
	Months     []TurnoversOfRow   // the last year that was counted, the newest first
	Codes      []RedemptionsOfRow // used last, the newest first
}

// codesShown is how many codes that were used stand on the page.
const codesShown = 10

func (r *Rewards) questions(*DB) []question {
	return []question{
		func(ctx context.Context, q *Queries) (err error) {
			r.Rules, err = q.RewardRules(ctx)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			r.Levels, err = q.Levels(ctx)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			r.Invitation, err = q.InvitationOf(ctx, r.Of)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			r.Months, err = q.TurnoversOf(ctx, r.Of)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			r.Codes, err = q.RedemptionsOf(ctx, r.Of, codesShown)
			return err
		},
	}
}

// Spent is what was spent in the year that counts for the level.
func (r *Rewards) Spent() (sum Money) {
	for _, month := range r.Months {
		sum += month.Spent
	}
	return sum
}

// Level is the one that was reached; without a name it is none.
func (r *Rewards) Level() Level { return levelAt(r.Levels, r.Spent()) }

// Next is the level above that, unless there is none.
func (r *Rewards) Next() (next Level, ok bool) {
	for _, level := range r.Levels {
		if level.FromSum > r.Spent() {
			return level, true
		}
	}
	return next, false
}

// RewardForm is what the desk says about what is given by itself. Levels are lines: name; from which turnover in euros; points
// for one euro.
type RewardForm struct {
	InviterPoints string `form:"inviter_points"`
	InvitedPoints string `form:"invited_points"`
	LeastSpent    string `form:"least_spent"`
	WaitDays      string `form:"wait_days"`
	KeepsDays     string `form:"keeps_days"`
	InviterWords  string `form:"inviter_words"`
	InvitedWords  string `form:"invited_words"`
	TurnoverWords string `form:"turnover_words"`
	Levels        string `form:"levels"`
	Version       int32  `form:"version"`
}

// Form is what holds now.
func (r RewardRule) Form(levels []Level) RewardForm {
	form := RewardForm{
		InviterPoints: fmt.Sprint(r.InviterPoints), InvitedPoints: fmt.Sprint(r.InvitedPoints), LeastSpent: typedMoney(r.LeastSpent),
		WaitDays: fmt.Sprint(r.WaitDays), InviterWords: r.InviterWords, InvitedWords: r.InvitedWords, TurnoverWords: r.TurnoverWords, Version: r.Version,
	}
	if r.KeepsDays != nil {
		form.KeepsDays = fmt.Sprint(*r.KeepsDays)
	}
	var lines []string
	for _, level := range levels {
		lines = append(lines, fmt.Sprintf("%s; %s; %d", level.Name, strings.TrimSuffix(typedMoney(level.FromSum), ".00"), level.Rate))
	}
	form.Levels = strings.Join(lines, "\n")
	return form
}

const (
	mostLevels = 6
	mostRate   = 100 // points for one euro
	wordsLimit = 120 // of what a line of the ledger says
)

func (f RewardForm) read() (r editRewardRulesParams, levels []Level, err error) {
	e := entry{Problems{}}
	r = editRewardRulesParams{
		InviterPoints: e.whole("inviter_points", f.InviterPoints, 0, mostPoints), InvitedPoints: e.whole("invited_points", f.InvitedPoints, 0, mostPoints),
		WaitDays: e.whole("wait_days", f.WaitDays, 0, 365), KeepsDays: e.maybeWhole("keeps_days", f.KeepsDays, latestExpiry),
		InviterWords: e.text("inviter_words", f.InviterWords, wordsLimit), InvitedWords: e.text("invited_words", f.InvitedWords, wordsLimit),
		TurnoverWords: e.text("turnover_words", f.TurnoverWords, wordsLimit),
	}
	var ok bool
	if r.LeastSpent, ok = ParseMoney(f.LeastSpent); !ok {
		e.wrong("least_spent", "operator.number_wrong")
	}
	if strings.TrimSpace(f.Levels) == "" {
		return r, nil, e.problems.err()
	}
	e.lines("levels", f.Levels, func(line string) string {
		level, problem := readLevel(line)
		switch {
		case problem != "":
			return problem
		case len(levels) > 0 && level.FromSum <= levels[len(levels)-1].FromSum:
			return "rewards.level_order"
		case len(levels) == mostLevels:
			return "rewards.too_many_levels"
		}
		levels = append(levels, level)
		return ""
	})
	return r, levels, e.problems.err()
}

func readLevel(line string) (level Level, problem string) {
	e, row := entry{Problems{}}, cells(line)
	if len(row) != 3 {
		return level, "rewards.level_wrong"
	}
	from, ok := ParseMoney(row[1])
	level = Level{Name: e.text("name", row[0], 40), FromSum: from, Rate: e.whole("rate", row[2], 1, mostRate)}
	if !ok || len(e.problems) > 0 {
		return level, "rewards.level_wrong"
	}
	return level, ""
}

// EditRewards changes what is given by itself from now on.
func (db *DB) EditRewards(ctx context.Context, by Visitor, form RewardForm) error {
	return db.change(ctx, func(c *change) error {
		old, err := c.lockRewardRules(ctx)
		if err != nil {
			return err
		}
		was, err := c.Levels(ctx)
		if err != nil {
			return err
		}
		rules, levels, err := form.read()
		if err != nil {
			return err
		}
		if err := c.clearLevels(ctx); err != nil {
			return err
		}
		for _, level := range levels {
			if err := c.addLevel(ctx, level.FromSum, level.Name, level.Rate); err != nil {
				return err
			}
		}
		now, err := c.editRewardRules(ctx, rules)
		if err != nil {
			return err
		}
		return c.settingEdited(ctx, by, versions{form.Version, old.Version}, SettingRewards, "", Different(old.Form(was), now.Form(levels)))
	})
}
