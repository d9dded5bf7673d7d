package db

import (
	"context"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"
)

type PromotionID int64

// Topic names the promotion in the page, as an id.
func (id PromotionID) Topic() string { return topic("promotion", id) }

// Gift is what a promotion gives.
type Gift string

const (
	GivesPoints  Gift = "points"
	GivesBalance Gift = "balance" // euros
)

// Gifts are all there are.
var Gifts = []Gift{GivesPoints, GivesBalance}

// PromotionState says whether a code is good for anything.
type PromotionState string

const (
	PromotionPlanned PromotionState = "planned" // from a later day on
	PromotionRunning PromotionState = "running"
	PromotionUsedUp  PromotionState = "used_up"
	PromotionEnded   PromotionState = "ended"
)

// StateOn is the state of a promotion on a day.
func (p Promotion) StateOn(day Day) PromotionState {
	switch {
	case p.EndedAt != nil || p.EndsOn != nil && p.EndsOn.Before(day):
		return PromotionEnded
	case p.MostUses != nil && p.Used >= *p.MostUses:
		return PromotionUsedUp
	case day.Before(p.StartsOn):
		return PromotionPlanned
	}
	return PromotionRunning
}

// PromotionStale means that somebody else has changed the promotion since the form was drawn.
const PromotionStale Refusal = "promotions.stale"

// How long the words of a promotion may be, in characters, and how often a code may be used.
const (
	PromotionTitleLimit = 160
	mostUses            = 1_000_000
)

// mostGiven is as many cents as one code gives.
const mostGiven Money = 1_000_00

// PromotionForm is what the desk says about a code.
type PromotionForm struct {
	Key       string `form:"key"`
	Version   int32  `form:"version"`
	Code      string `form:"code"`
	Title     string `form:"title"`
	Gives     Gift   `form:"gives"`
	Amount    string `form:"amount"`
	KeepsDays string `form:"keeps_days"`
	StartsOn  string `form:"starts_on"`
	EndsOn    string `form:"ends_on"`
	MostUses  string `form:"most_uses"`
}

// Form is the promotion as it is edited further.
func (p Promotion) Form() PromotionForm {
	form := PromotionForm{Version: p.Version, Code: p.Code, Title: p.Title, Gives: p.Gives, Amount: typedMoney(p.Amount), StartsOn: p.StartsOn.String()}
	if p.Gives == GivesPoints {
		form.Amount = fmt.Sprint(PointsIn(p.Amount))
	}
	if p.KeepsDays != nil {
		form.KeepsDays = fmt.Sprint(*p.KeepsDays)
	}
	if p.EndsOn != nil {
		form.EndsOn = p.EndsOn.String()
	}
	if p.MostUses != nil {
		form.MostUses = fmt.Sprint(*p.MostUses)
	}
	return form
}

var codeShape = regexp.MustCompile(`^[\p{L}\d-]{4,24}$`)

// codeOf is a code as it is kept: in capitals, without spaces.
func codeOf(typed string) string {
	return strings.ToUpper(strings.Join(strings.Fields(tidyLine(typed)), ""))
}

// read is what the form says.
func (f PromotionForm) read() (p Promotion, err error) {
	e := entry{Problems{}}
	p = Promotion{Code: codeOf(f.Code), Title: e.text("title", tidyLine(f.Title), PromotionTitleLimit), Gives: f.Gives}
	if !codeShape.MatchString(p.Code) {
		e.wrong("code", "promotions.code_wrong")
	}
	switch f.Gives {
	case GivesPoints:
		points, problem := parsePoints(f.Amount, 1)
		if p.Amount = roubles(points); problem != "" {
			e.wrong("amount", problem)
		}
		p.KeepsDays = e.maybeWhole("keeps_days", f.KeepsDays, latestExpiry)
	case GivesBalance:
		amount, ok := ParseMoney(f.Amount)
		if p.Amount = amount; !ok || amount == 0 || amount > mostGiven {
			e.wrong("amount", "promotions.amount_wrong")
		}
	default:
		e.wrong("gives", "operator.choose")
	}
	p.StartsOn = e.day("starts_on", f.StartsOn)
	if strings.TrimSpace(f.EndsOn) != "" {
		p.EndsOn = new(e.day("ends_on", f.EndsOn))
		if p.EndsOn.Before(p.StartsOn) {
			e.wrong("ends_on", "promotions.ends_before")
		}
	}
	p.MostUses = e.maybeWhole("most_uses", f.MostUses, mostUses)
	return p, e.problems.err()
}

// maybeWhole is a whole number from 1 on, or nothing.
func (e entry) maybeWhole(field, typed string, most int) *int32 {
	if strings.TrimSpace(typed) == "" {
		return nil
	}
	return new(e.whole(field, typed, 1, most))
}

// says reports whether two promotions say the same.
func (p Promotion) says(other Promotion) bool {
	return len(Different(p.Form(), other.Form())) == 0
}

// WritePromotion makes a code. The same form sent twice finds what it made.
func (db *DB) WritePromotion(ctx context.Context, by Visitor, form PromotionForm) (promotion Promotion, err error) {
	p, err := form.read()
	if err != nil {
		return promotion, err
	}
	key, err := formKey(by, form.Key)
	if err != nil {
		return promotion, err
	}
	err = db.change(ctx, func(c *change) error {
		promotion, err = c.insertPromotion(ctx, insertPromotionParams{
			Code: p.Code, Title: p.Title, Gives: p.Gives, Amount: p.Amount, KeepsDays: p.KeepsDays, StartsOn: p.StartsOn, EndsOn: p.EndsOn,
			MostUses: p.MostUses, Key: key, ChangedBy: by.ID, ChangedAt: c.now,
		})
		if errors.Is(err, ErrNotFound) { // the form was sent before
			promotion, err = c.PromotionByKey(ctx, key)
		}
		return err
	})
	return promotion, err
}

// EditPromotion changes what a code gives from now on. What was given stays.
func (db *DB) EditPromotion(ctx context.Context, by Visitor, id PromotionID, form PromotionForm) (promotion Promotion, err error) {
	p, err := form.read()
	if err != nil {
		return promotion, err
	}
	err = db.change(ctx, func(c *change) error {
		promotion, err = c.lockPromotion(ctx, id)
		switch {
		case err != nil:
			return err
		case promotion.says(p): // as the second press on the button does
			return nil
		case promotion.EndedAt != nil:
			return Refusal("promotions.ended_already")
		case promotion.Version != form.Version:
			return PromotionStale
		case p.MostUses != nil && *p.MostUses < promotion.Used:
			return Problems{"most_uses": "promotions.used_more"}
		}
		promotion, err = c.editPromotion(ctx, editPromotionParams{
			ID: id, Code: p.Code, Title: p.Title, Gives: p.Gives, Amount: p.Amount, KeepsDays: p.KeepsDays, StartsOn: p.StartsOn, EndsOn: p.EndsOn,
			MostUses: p.MostUses, ChangedBy: by.ID, ChangedAt: c.now,
		})
		return err
	})
	return promotion, err
}

// EndPromotion makes a code good for nothing, for good.
func (db *DB) EndPromotion(ctx context.Context, by Visitor, id PromotionID) (promotion Promotion, err error) {
	err = db.change(ctx, func(c *change) error {
		if promotion, err = c.lockPromotion(ctx, id); err != nil || promotion.EndedAt != nil {
			return err
		}
		promotion, err = c.endPromotion(ctx, c.now, by.ID, id)
		return err
	})
	return promotion, err
}

// DeskPromotions is a page of all codes, the newest first.
type DeskPromotions struct {
	Below PromotionID
	Rows  []Promotion
	More  bool
	Today Day
}

func (l *DeskPromotions) questions(db *DB) []question {
	l.Today = db.Today()
	return []question{func(ctx context.Context, q *Queries) (err error) {
		below := int64(l.Below)
		if below <= 0 {
			below = math.MaxInt64
		}
		l.Rows, err = q.Promotions(ctx, below, DeskPage+1)
		l.Rows, l.More = cut(l.Rows, DeskPage)
		return err
	}}
}

// CodeForm is the code that a customer enters. Key is the form's own, so that a second click is no second use.
type CodeForm struct {
	Code string `form:"code"`
	Key  string `form:"key"`
}

// Unproved means that only who has proved an address gets something of the house: nobody opens ten cabinets for ten gifts.
const Unproved Refusal = "rewards.unproved"

// redeemPause is how often one customer may try codes.
var redeemPause = limit{10, 6 * time.Minute}

// RedeemCode gives a customer what a code gives: once, by one line of the ledger that says why.
func (db *DB) RedeemCode(ctx context.Context, by Visitor, form CodeForm) (gift Promotion, err error) {
	code := codeOf(form.Code)
	switch {
	case !by.Verified():
		return gift, Unproved
	case code == "":
		return gift, Problems{"code": "fields.required"}
	case form.Key == "" || len(form.Key) > 100:
		return gift, Problems{"": "forms.expired"}
	}
	if err := db.take(ctx, redeemPause, fmt.Sprintf("redeem:%d", by.ID)); err != nil {
		return gift, err
	}
	err = db.change(ctx, func(c *change) error {
		if gift, err = c.lockPromotionByCode(ctx, code); errors.Is(err, ErrNotFound) {
			return Problems{"code": "promotions.no_such_code"}
		} else if err != nil {
			return err
		}
		redeemed, err := c.RedemptionOf(ctx, by.ID, gift.ID)
		state := gift.StateOn(c.today())
		switch {
		case err == nil && redeemed.Key == form.Key:
			return nil
		case err == nil:
			return Problems{"code": "promotions.used_already"}
		case !errors.Is(err, ErrNotFound):
			return err
		case state == PromotionUsedUp:
			return Problems{"code": "promotions.used_up"}
		case state != PromotionRunning:
			return Problems{"code": "promotions.no_such_code"}
		}
		return c.redeem(ctx, by.ID, gift, form.Key)
	})
	return gift, err
}

// redeem gives what a promotion gives that is locked and may be used.
func (c *change) redeem(ctx context.Context, of AccountID, gift Promotion, key string) (err error) {
	p := posting{kind: Bonus, amount: gift.Amount, key: fmt.Sprintf("promotion:%d:%d", gift.ID, of), by: &of, reason: gift.Title + ", " + gift.Code}
	var given TransferID
	if gift.Gives == GivesBalance {
		given, err = c.giveEuros(ctx, p, of)
	} else {
		var bonus BonusPoint
		bonus, err = c.givePoints(ctx, p, of, PointsIn(gift.Amount), c.lastsUntil(gift.KeepsDays))
		given = bonus.TransferID
	}
	if err != nil {
		return err
	}
	if err := c.usePromotion(ctx, gift.ID); err != nil {
		return err
	}
	c.announce(of, "rewards")
	return c.redeemPromotion(ctx, redeemPromotionParams{AccountID: of, PromotionID: gift.ID, TransferID: given, Key: key, At: c.now})
}

// lastsUntil is the first day without what is given today for so many days.
func (c *change) lastsUntil(days *int32) *Day {
	if days == nil {
		return nil
	}
	return new(c.today().Plus(int(*days)))
}
