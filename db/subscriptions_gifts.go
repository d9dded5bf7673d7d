package db

import (
	"context"
	"errors"
	"strings"
	"time"
)

// codeLetters leave out what is taken for something else when it is read from paper.
const codeLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// newGiftCode is a code that can be read out and typed: four groups of four.
func newGiftCode() string { return fourGroups(codeLetters) }

// giftHash is what we keep of a code, however it was typed.
func giftHash(code string) []byte {
	return hashOf("gift:" + strings.ToUpper(strings.Map(func(r rune) rune {
		if strings.ContainsRune("-–— \u00a0", r) {
			return -1
		}
		return r
	}, code)))
}

// GiftCode makes the code by which somebody claims a gift. We do not keep it, so asked again there is another, and the one
// before is worth nothing.
func (db *DB) GiftCode(ctx context.Context, by Visitor, id SubscriptionID) (s Subscription, code string, err error) {
	code = newGiftCode()
	err = db.change(ctx, func(c *change) error {
		if s, err = c.lockSubscription(ctx, id); err == nil && (!s.Gift || s.PayerID != by.ID) {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		if !s.Unclaimed() {
			return Refusal("subscriptions.no_code")
		}
		return c.giveCode(ctx, giftHash(code), s.ID)
	})
	return s, code, err
}

// GiftCard is a gift of one's own whose code one still has, to be printed.
func (db *DB) GiftCard(ctx context.Context, by Visitor, id SubscriptionID, code string) (Subscription, error) {
	s, err := db.GiftByCode(ctx, giftHash(code))
	if err == nil && (s.ID != id || s.PayerID != by.ID || !s.Unclaimed()) {
		err = ErrNotFound
	}
	return s, err
}

// ClaimForm is how somebody takes a gift.
type ClaimForm struct {
	Code    string    `form:"code"`
	Address AddressID `form:"address"`
}

// claimFrom is how often somebody may try codes.
var claimFrom = limit{10, time.Minute}

// GiftFor looks at the gift that a code is for, without taking it. Without a code there is nothing to look at.
func (db *DB) GiftFor(ctx context.Context, by Visitor, code string) (s Subscription, err error) {
	if strings.TrimSpace(code) == "" {
		return s, Problems{"code": "fields.required"}
	}
	if err := db.take(ctx, claimFrom, "claim:"+by.ID.Audience()); err != nil {
		return s, err
	}
	s, err = db.GiftByCode(ctx, giftHash(code))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return s, err
	}
	return s, s.claimable(by.ID, err)
}

// claimable says why a code is good for nothing.
func (s Subscription) claimable(by AccountID, err error) error {
	switch {
	case errors.Is(err, ErrNotFound):
		return Problems{"code": "subscriptions.code_unknown"}
	case err != nil || s.reads(by) && s.Status != SubscriptionCancelled:
		return err
	case s.AccountID != nil:
		return Problems{"code": "subscriptions.code_used"}
	case s.Status != SubscriptionActive:
		return Problems{"code": "subscriptions.code_cancelled"}
	}
	return nil
}

// ClaimGift makes a gift one's own: it begins for the claimer, after what they read already. A code is good once.
func (db *DB) ClaimGift(ctx context.Context, by Visitor, form ClaimForm) (s Subscription, err error) {
	if s, err = db.GiftFor(ctx, by, form.Code); err != nil {
		return s, err
	}
	err = db.change(ctx, func(c *change) error {
		if _, err := c.lockBook(ctx, by.ID); err != nil {
			return err
		}
		s, err = c.lockGift(ctx, giftHash(form.Code))
		if err := s.claimable(by.ID, err); err != nil || s.reads(by.ID) { // the second press finds it done
			return err
		}
		claim := claimSubscriptionParams{AccountID: int64(by.ID), At: c.now, ID: s.ID}
		if s.Format.Printed() {
			if claim.AddressID = &form.Address; form.Address == 0 {
				return Problems{"address": "subscriptions.address_needed"}
			}
			if err := c.checkPrintAddress(ctx, by.ID, form.Address); err != nil {
				return err
			}
		}
		if claim.Follows, err = c.runningLike(ctx, by.ID, s.Format); err != nil {
			return err
		}
		claimed, err := c.claimSubscription(ctx, claim)
		if err != nil {
			return err
		}
		next := claimed
		next.StartedAt = &c.now
		if s, err = c.subscriptionMoved(ctx, &by.ID, claimed, next, ""); err != nil {
			return err
		}
		s, err = c.giveCurrent(ctx, s)
		return err
	})
	return s, err
}
