package db

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

type BonusID int64

// TooFewPoints means that a thing costs more points than there are.
const TooFewPoints Refusal = "wallet.too_few"

// PointsStatement is the history of a customer's points, and those among them that were given.
type PointsStatement struct {
	Statement
	Bonus []BonusOfRow // by the day on which they expire, the next first
}

func (s *PointsStatement) questions(db *DB) []question {
	s.Wallet = Points
	return append(s.Statement.questions(db), func(ctx context.Context, q *Queries) (err error) {
		s.Bonus, err = q.BonusOf(ctx, s.Of)
		return err
	})
}

// PointsEntry finds a line of a customer's points by the customer's own number.
func (db *DB) PointsEntry(ctx context.Context, of AccountID, number int64) (entry Entry, err error) {
	if entry, err = db.entryIn(ctx, of, Points, number); err != nil || entry.Kind != Bonus {
		return entry, err
	}
	bonus, err := db.BonusOfTransfer(ctx, entry.TransferID, of)
	entry.Bonus = &bonus
	return entry, err
}

// spendPoints takes points off a customer's wallet for what the lines say, those first that were given and expire first.
// Too few of them is the refusal TooFewPoints of the whole change.
func (c *change) spendPoints(ctx context.Context, by *AccountID, of AccountID, house WalletName, points int64, key, reason string, lines []TransferLine) (spent TransferID, err error) {
	till, err := c.HouseWallet(ctx, house, RUB)
	if err != nil {
		return 0, err
	}
	wallet, err := c.lockPoints(ctx, of)
	if err != nil {
		return 0, err
	}
	expired, err := c.expireBonus(ctx, wallet, of) // what expired today is not to be spent, though no job has come by yet
	if err != nil {
		return 0, err
	}
	if wallet.Balance-expired < roubles(points) {
		return 0, TooFewPoints
	}
	spent, err = c.post(ctx, posting{kind: Charge, from: wallet.ID, to: till.ID, amount: roubles(points), key: key, by: by, reason: reason, lines: lines})
	if err != nil {
		return 0, err
	}
	c.announcePoints(of)
	return spent, c.useBonus(ctx, spent, of, points)
}

// refundPoints gives back the whole of what was spent under a key. What was given goes back to where it came from; what
// would have expired since stays for good: it was not the customer who kept it from being spent.
func (c *change) refundPoints(ctx context.Context, by *AccountID, of AccountID, spent, reason string) error {
	return c.refundSomePoints(ctx, by, of, spent, math.MaxInt64, reason)
}

// refundSomePoints gives back up to so many of them, once. What was given comes before what was bought.
func (c *change) refundSomePoints(ctx context.Context, by *AccountID, of AccountID, spent string, points int64, reason string) error {
	charge, err := c.TransferByKey(ctx, spent)
	if err != nil {
		return err
	}
	wallet, err := c.lockPoints(ctx, of)
	if err != nil {
		return err
	}
	if charge.Kind != Charge || charge.FromWallet != wallet.ID {
		return ErrNotFound
	}
	said, err := c.TransferLinesOf(ctx, charge.ID)
	if err != nil {
		return err
	}
	lines := sameLines(said)
	if points = min(points, PointsIn(charge.Amount)); roubles(points) < charge.Amount {
		lines = []TransferLine{{Amount: roubles(points), Description: said[0].Description}}
	}
	_, err = c.post(ctx, posting{
		kind: Refund, from: charge.ToWallet, to: wallet.ID, amount: roubles(points), key: spent + ":back", by: by, reason: reason, lines: lines,
	})
	if err != nil {
		return err
	}
	c.announcePoints(of)
	since := c.today()
	if by != nil && *by == of { // who changes their mind has no longer time for it: what has expired goes back to expire
		since = Day{Year: 1, Month: 1, Day: 1}
	}
	return c.restoreBonus(ctx, since, points, charge.ID)
}

// sameLines are those of a transfer, to be posted once more.
func sameLines(said []TransferLinesOfRow) (lines []TransferLine) {
	for _, line := range said {
		again := TransferLine{Amount: line.Amount, Description: line.Description}
		if line.ItemID != nil {
			again.ItemID = *line.ItemID
		}
		lines = append(lines, again)
	}
	return lines
}

// roubles is what points are in the ledger.
func roubles(points int64) Money { return Money(points) * pointWorth }

// PointsIn is how many points a sum of the ledger is.
func PointsIn(sum Money) int64 { return int64(sum / pointWorth) }

// announcePoints wakes every page that shows a customer's points.
func (c *change) announcePoints(of AccountID) { c.announce(of, "wallet", "balance", "home") }

// freePoints is how much of a customer's points, in roubles, was bought and not given.
func (c *change) freePoints(ctx context.Context, wallet Wallet, of AccountID) (Money, error) {
	given, err := c.BonusOf(ctx, of)
	free := wallet.Balance
	for _, lots := range given {
		free -= roubles(lots.Points)
	}
	return free, err
}

// GrantForm says whom the house gives points. Key is the form's own, so that a second click gives nothing twice.
type GrantForm struct {
	Customer  string `form:"customer"`
	Points    string `form:"points"`
	ExpiresOn string `form:"expires_on"`
	Reason    string `form:"reason"`
	Key       string `form:"key"`
}

const (
	leastPoints = 10      // that may be bought at once
	mostPoints  = 100_000 // that may be bought or given at once
)

// latestExpiry is as many days ahead as points may expire: later than in ten years is a mistake.
const latestExpiry = 3660

type grant struct {
	customer  AccountID
	points    int64
	expiresOn *Day
	reason    string
}

func (f GrantForm) grant(today Day) (g grant, err error) {
	problems := Problems{}
	number, ok := ParseNumber(f.Customer)
	switch {
	case strings.TrimSpace(f.Customer) == "":
		problems["customer"] = "fields.required"
	case !ok:
		problems["customer"] = "payments.bad_number"
	}
	points, problem := parsePoints(f.Points, 1)
	if problem != "" {
		problems["points"] = problem
	}
	g = grant{customer: AccountID(number), points: points, reason: tidyLine(f.Reason)}
	if strings.TrimSpace(f.ExpiresOn) != "" {
		day, ok := ParseDay(f.ExpiresOn)
		switch {
		case !ok:
			problems["expires_on"] = "fields.day"
		case !today.Before(day):
			problems["expires_on"] = "wallet.expires_too_soon"
		case today.Plus(latestExpiry).Before(day):
			problems["expires_on"] = "wallet.expires_too_late"
		}
		g.expiresOn = &day
	}
	switch {
	case g.reason == "":
		problems["reason"] = "fields.required"
	case len([]rune(g.reason)) > longestReference:
		problems["reason"] = "fields.too_long"
	}
	if f.Key == "" || len(f.Key) > 100 {
		problems[""] = "forms.expired"
	}
	return g, problems.err()
}

// parsePoints reads a whole number of points, and says what is wrong with it.
func parsePoints(typed string, least int64) (points int64, problem string) {
	typed = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(typed)
	if typed == "" {
		return 0, "fields.required"
	}
	if strings.Trim(typed, "0123456789") != "" {
		return 0, "wallet.not_whole"
	}
	points, err := strconv.ParseInt(typed, 10, 64)
	switch {
	case err != nil || points > mostPoints:
		return 0, "wallet.too_many"
	case points < least:
		return 0, "wallet.too_little"
	}
	return points, ""
}

// GrantPoints gives a customer points of the house, for a reason that the customer reads.
func (db *DB) GrantPoints(ctx context.Context, by Visitor, form GrantForm) (bonus BonusPoint, err error) {
	grant, err := form.grant(db.Today())
	if err != nil {
		return bonus, err
	}
	err = db.change(ctx, func(c *change) error {
		if _, err := c.lockPoints(ctx, grant.customer); errors.Is(err, ErrNotFound) {
			return Problems{"customer": "payments.no_such_number"}
		} else if err != nil {
			return err
		}
		key := "bonus:" + form.Key
		if bonus, err = c.BonusByKey(ctx, key); !errors.Is(err, ErrNotFound) {
			return err
		}
		bonus, err = c.givePoints(ctx, posting{kind: Bonus, key: key, by: &by.ID, reason: grant.reason}, grant.customer, grant.points, grant.expiresOn)
		return err
	})
	return bonus, err
}

// givePoints gives a customer points of the house as a lot, for good or until a day.
func (c *change) givePoints(ctx context.Context, p posting, of AccountID, points int64, expiresOn *Day) (bonus BonusPoint, err error) {
	given, err := c.addPoints(ctx, Adjustments, p, of, points)
	if err != nil {
		return bonus, err
	}
	return c.addBonus(ctx, addBonusParams{AccountID: of, TransferID: given, Points: points, ExpiresOn: expiresOn})
}

// GrantPage is who was given points, the newest first.
type GrantPage struct {
	Grants []GrantsRow
	More   bool
}

// grantRows is a page of them.
const grantRows = 50

// GrantPage is the part of the list below a grant; 0 begins at the top.
func (db *DB) GrantPage(ctx context.Context, below BonusID) (page GrantPage, err error) {
	if below <= 0 {
		below = math.MaxInt64
	}
	page.Grants, err = db.Grants(ctx, below, grantRows+1)
	page.Grants, page.More = cut(page.Grants, grantRows)
	return page, err
}

// ExpirePoints takes back what was given and not spent in time.
type ExpirePoints struct{}

func (ExpirePoints) Kind() string { return "expire_points" }

// ownersAtOnce keeps the memory of the job small.
const ownersAtOnce = 500

// ExpirePoints takes back each lot that has expired, by one transfer, however often it runs.
func (db *DB) ExpirePoints(ctx context.Context) error {
	for above := AccountID(0); ; {
		owners, err := db.ExpiredBonusOwners(ctx, db.Today(), above, ownersAtOnce)
		if err != nil {
			return err
		}
		for _, of := range owners {
			err := db.change(ctx, func(c *change) error {
				wallet, err := c.lockPoints(ctx, of)
				if err != nil {
					return err
				}
				_, err = c.expireBonus(ctx, wallet, of)
				return err
			})
			if err != nil {
				return fmt.Errorf("points of account %d: %w", of, err)
			}
			above = of
		}
		if len(owners) < ownersAtOnce {
			return nil
		}
	}
}

// expireBonus takes back what has expired in a wallet that is locked. The reason names the line by which it was given.
func (c *change) expireBonus(ctx context.Context, wallet Wallet, of AccountID) (expired Money, err error) {
	lots, err := c.ExpiredBonusOf(ctx, of, c.today())
	if err != nil || len(lots) == 0 {
		return 0, err
	}
	house, err := c.HouseWallet(ctx, Adjustments, RUB)
	if err != nil {
		return 0, err
	}
	for _, lot := range lots {
		_, err := c.post(ctx, posting{
			kind: Expiry, from: wallet.ID, to: house.ID, amount: roubles(lot.Remaining), key: fmt.Sprintf("expiry:%d", lot.ID),
			reason: clip(fmt.Sprintf("№ %d, %s", lot.Number, lot.Reason), longestReference),
		})
		if err != nil {
			return 0, err
		}
		if err := c.emptyBonus(ctx, lot.ID); err != nil {
			return 0, err
		}
		expired += roubles(lot.Remaining)
	}
	c.announcePoints(of)
	return expired, nil
}
