package db

import (
	"context"
	"slices"
)

// OptionalMail is a kind of mail that somebody may do without, and the module that sends it.
type OptionalMail struct {
	Kind   MailKind
	Module ModuleName
}

// OptionalMails are all of them. Everything else is part of a deal, and comes.
var OptionalMails = []OptionalMail{
	{MailSubscriptionEnds, SubscriptionModule},
	{MailIssue, SubscriptionModule},
	{MailDream, DreamsModule},
}

// Optional reports whether mails of a kind may be switched off.
func (k MailKind) Optional() bool {
	return slices.ContainsFunc(OptionalMails, func(mail OptionalMail) bool { return mail.Kind == k })
}

// ChooseMails keeps which of the optional mails that are on offer somebody wants; the others are left as they are.
func (db *DB) ChooseMails(ctx context.Context, by Visitor, offered, wanted []MailKind) error {
	return db.change(ctx, func(c *change) error {
		for _, kind := range offered {
			var err error
			switch {
			case !kind.Optional():
			case slices.Contains(wanted, kind):
				err = c.unsilenceMail(ctx, by.ID, kind)
			default:
				err = c.silenceMail(ctx, by.ID, kind)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
