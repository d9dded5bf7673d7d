package db

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Invite gives a customer a link of her own; the second press on the button finds it there.
func (db *DB) Invite(ctx context.Context, by Visitor) error {
	if !by.Verified() {
		return Unproved
	}
	return db.change(ctx, func(c *change) error {
		c.announce(by.ID, "rewards")
		return c.invite(ctx, by.ID, strings.ToLower(rand.Text()[:12]), c.now)
	})
}

var inviteShape = regexp.MustCompile(`^[a-z2-7]{12}$`)

// cameBy remembers whose link somebody came by. A link that is nobody's is none, and nobody invites herself.
func (c *change) cameBy(ctx context.Context, newcomer Account, code string) error {
	if !inviteShape.MatchString(code) {
		return nil
	}
	inviter, err := c.Inviter(ctx, code)
	if errors.Is(err, ErrNotFound) || err == nil && strings.EqualFold(inviter.Email, newcomer.Email) {
		return nil
	}
	if err != nil {
		return err
	}
	c.announce(inviter.ID, "rewards")
	return c.refer(ctx, newcomer.ID, inviter.ID, c.now)
}

// RewardReferrals gives both sides of an invitation their points.
type RewardReferrals struct{}

func (RewardReferrals) Kind() string { return "reward_referrals" }

// referralsAtOnce keeps the memory of the job small.
const referralsAtOnce = 500

// RewardReferrals looks at those who came within a year, and gives once for each of them, however often it runs.
func (db *DB) RewardReferrals(ctx context.Context) error {
	rules, err := db.RewardRules(ctx)
	if err != nil || !rules.Invites() {
		return err
	}
	now := db.Now()
	for above := AccountID(0); ; {
		came, err := db.OpenReferrals(ctx, OpenReferralsParams{
			ChargedBy: now.AddDate(0, 0, -int(rules.WaitDays)), Since: now.AddDate(-1, 0, 0), Above: above, Lim: referralsAtOnce,
		})
		if err != nil {
			return err
		}
		for _, newcomer := range came {
			above = newcomer.AccountID
			if !newcomer.Proved || newcomer.Spent <= 0 || Money(newcomer.Spent) < rules.LeastSpent {
				continue
			}
			if err := db.change(ctx, func(c *change) error { return c.reward(ctx, above, rules) }); err != nil {
				return fmt.Errorf("referral of account %d: %w", above, err)
			}
		}
		if len(came) < referralsAtOnce {
			return nil
		}
	}
}

// reward gives both sides theirs, unless that was done before. The inviter is always the older account, so all who do this
// lock wallets in one order.
func (c *change) reward(ctx context.Context, invited AccountID, rules RewardRule) error {
	referral, err := c.rewardReferral(ctx, c.now, invited)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, side := range []struct {
		of     AccountID
		name   string
		points int32
		words  string
	}{
		{referral.Inviter, "inviter", rules.InviterPoints, rules.InviterWords},
		{invited, "invited", rules.InvitedPoints, rules.InvitedWords},
	} {
		if side.points == 0 {
			continue
		}
		p := posting{kind: Bonus, key: fmt.Sprintf("referral:%d:%s", invited, side.name), reason: side.words}
		if _, err := c.givePoints(ctx, p, side.of, int64(side.points), c.lastsUntil(rules.KeepsDays)); err != nil {
			return err
		}
		c.announce(side.of, "rewards")
	}
	return nil
}
