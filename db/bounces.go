package db

import (
	"context"
	"errors"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

type SuppressionID int64

// Topic names a suppressed address in the desk's list.
func (id SuppressionID) Topic() string { return topic("suppression", id) }

// BounceKind is how bad it is that a mail came back.
type BounceKind string

const (
	HardBounce BounceKind = "hard" // nobody gets mail there
	SoftBounce BounceKind = "soft" // not now: a full letterbox
	Complaint  BounceKind = "complaint"
)

// BounceSource is how we heard of it.
type BounceSource string

const (
	FromSMTP    BounceSource = "smtp"    // the other side said so at once
	FromWebhook BounceSource = "webhook" // of whoever carries our mails
	FromMailbox BounceSource = "mailbox" // a report that came as a mail
)

// Bounce is a report that a mail did not arrive, or was not wanted.
type Bounce struct {
	Key     string // the same each time the report is read
	Address string
	Kind    BounceKind
	Source  BounceSource
	Detail  string
	At      time.Time // zero: now

	// MessageID is that of the mail that came back. Only a report from a mailbox has to name it: whoever knows no mail
	// of ours has no say about whom we write to.
	MessageID string
}

// BounceTally is what became of reports.
type BounceTally struct {
	Noted      int `json:"noted"`      // for the first time
	Known      int `json:"known"`      // read before
	Unknown    int `json:"unknown"`    // about addresses that nobody here has
	Unproved   int `json:"unproved"`   // about mails that we did not send there
	Suppressed int `json:"suppressed"` // addresses that get no mailings from now on
}

// An address that was full or away on so many days of so many gets no mailings any more.
const (
	softDays   = 5
	softWithin = 14 * 24 * time.Hour
)

// NoteBounces reads reports. A hard one suppresses its address, soft ones count, a complaint also ends all mailings.
func (db *DB) NoteBounces(ctx context.Context, reports []Bounce) (tally BounceTally, err error) {
	for _, report := range reports {
		if err := db.noteBounce(ctx, report, &tally); err != nil {
			return tally, err
		}
	}
	return tally, nil
}

func (db *DB) noteBounce(ctx context.Context, report Bounce, tally *BounceTally) error {
	return db.change(ctx, func(c *change) error {
		accounts, err := c.AccountsOfAddress(ctx, report.Address)
		if err != nil {
			return err
		}
		if len(accounts) == 0 {
			tally.Unknown++
			return nil
		}
		proved, err := c.proved(ctx, report)
		if err != nil {
			return err
		}
		if !proved {
			tally.Unproved++
			return nil
		}
		noted, suppressed, err := c.bounced(ctx, report, accounts)
		switch {
		case err != nil:
			return err
		case !noted:
			tally.Known++
			return nil
		}
		tally.Noted++
		if suppressed {
			tally.Suppressed++
		}
		if report.Kind == HardBounce {
			for _, account := range accounts {
				if err := c.flagBounced(ctx, account.ID, report.Address); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// proved tells whether a report is about a mail that went to its address.
func (c *change) proved(ctx context.Context, report Bounce) (bool, error) {
	if report.Source != FromMailbox {
		return true, nil
	}
	id, _, _ := strings.Cut(strings.Trim(report.MessageID, "<> "), "@")
	campaign, known := campaignOf(id)
	if !known {
		return c.MailWentTo(ctx, id, report.Address)
	}
	reader, err := c.CampaignReader(ctx, campaign, report.Address)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil && id == c.campaignMessageID(campaign, reader), err
}

// bounced keeps a report and does what follows from it for mailings.
func (c *change) bounced(ctx context.Context, report Bounce, accounts []Account) (noted, suppressed bool, err error) {
	if report.At.IsZero() || report.At.After(c.now) {
		report.At = c.now
	}
	report.Detail = clip(tidyLine(report.Detail), 500)
	kept, err := c.insertBounce(ctx, insertBounceParams{
		Key: clip(report.Key, 200), Address: report.Address, Kind: report.Kind, Source: report.Source, Detail: report.Detail, At: report.At,
	})
	if err != nil || kept == 0 {
		return false, false, err
	}
	if report.Kind == SoftBounce {
		days, err := c.SoftBounces(ctx, report.Address, c.now.Add(-softWithin))
		if err != nil || days < softDays {
			return true, false, err
		}
	}
	suppressed, err = c.suppress(ctx, report, accounts)
	return true, suppressed, err
}

func (c *change) suppress(ctx context.Context, report Bounce, accounts []Account) (bool, error) {
	fresh, err := c.insertSuppression(ctx, insertSuppressionParams{Address: report.Address, Reason: report.Kind, Detail: report.Detail, At: c.now})
	if err != nil {
		return false, err
	}
	for _, account := range accounts {
		c.announce(account.ID, "mailings")
		if report.Kind == Complaint {
			if err := c.mailingsEnded(ctx, account.ID, ByComplaint); err != nil {
				return false, err
			}
		}
	}
	c.announceStaff("suppressions")
	return fresh > 0, nil
}

// SuppressionList is a page of the addresses that get no mailings, or all that is known of one address.
type SuppressionList struct {
	Address string
	Below   SuppressionID
	Now     []Suppression
	History []SuppressionsOfRow
	More    bool
}

func (l *SuppressionList) questions(*DB) []question {
	if l.Address = strings.TrimSpace(l.Address); l.Address != "" {
		return []question{func(ctx context.Context, q *Queries) (err error) {
			l.History, err = q.SuppressionsOf(ctx, l.Address)
			return err
		}}
	}
	return []question{func(ctx context.Context, q *Queries) (err error) {
		below := l.Below
		if below <= 0 {
			below = math.MaxInt64
		}
		l.Now, err = q.Suppressions(ctx, below, DeskPage+1)
		l.Now, l.More = cut(l.Now, DeskPage)
		return err
	}}
}

// LiftSuppression lets an address have mailings again, for a reason that is kept.
func (db *DB) LiftSuppression(ctx context.Context, by Visitor, id SuppressionID, reason string) error {
	reason = tidyLine(reason)
	return db.change(ctx, func(c *change) error {
		suppression, err := c.lockSuppression(ctx, id)
		switch {
		case err != nil:
			return err
		case suppression.LiftedAt != nil: // a second press
			return nil
		case reason == "":
			return Problems{"reason": "bounces.reason_required"}
		case utf8.RuneCountInString(reason) > NoteLimit:
			return Problems{"reason": "fields.too_long"}
		}
		accounts, err := c.AccountsOfAddress(ctx, suppression.Address)
		if err != nil {
			return err
		}
		for _, account := range accounts {
			c.announce(account.ID, "mailings")
		}
		c.announceStaff("suppressions")
		return c.liftSuppression(ctx, liftSuppressionParams{At: c.now, By: &by.ID, Reason: reason, ID: id})
	})
}

// refusedAddress notes that the other side has said at once that nobody gets mail at an address.
func (c *change) refusedAddress(ctx context.Context, key, address, reason string) error {
	accounts, err := c.AccountsOfAddress(ctx, address)
	if err != nil || len(accounts) == 0 {
		return err
	}
	_, _, err = c.bounced(ctx, Bounce{Key: key, Address: address, Kind: HardBounce, Source: FromSMTP, Detail: reason}, accounts)
	return err
}
