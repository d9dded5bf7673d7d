package db

import (
	"context"
	"slices"
)

// OptionalMail is a kind of mail that a customer can do without, and the part of the cabinet that it belongs to.
type OptionalMail struct {
	Kind   MailKind
	Module ModuleName
}

// OptionalMails are all of them; every other kind is part of what a customer asked us to do.
var OptionalMails = []OptionalMail{
	{MailSubscriptionEnds, SubscriptionModule}, {MailIssue, SubscriptionModule}, {MailContest, ContestsModule}, {MailDream, DreamsModule},
}

// Optional reports whether a customer may do without mails of this kind.
func (k MailKind) Optional() bool {
	return slices.ContainsFunc(OptionalMails, func(o OptionalMail) bool { return o.Kind == k })
}

// SetMailWanted lets mails of a kind come, or not any more.
func (db *DB) SetMailWanted(ctx context.Context, by Visitor, kind MailKind, wanted bool) error {
	if !kind.Optional() {
		return ErrNotFound
	}
	return db.change(ctx, func(c *change) error {
		if wanted {
			return c.wantMail(ctx, by.ID, kind)
		}
		return c.refuseMail(ctx, by.ID, kind, c.now)
	})
}

// unwanted reports whether an account can do without a mail and does not want it.
func (c *change) unwanted(ctx context.Context, of AccountID, kind MailKind) (bool, error) {
	if !kind.Optional() {
		return false, nil
	}
	return c.MailIsUnwanted(ctx, of, kind)
}
