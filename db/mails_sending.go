package db

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// A secret stands in a stored body only as one of these marks. It is put in just before the mail leaves.
const (
	SecretMark = "{{secret}}" // of a link
	CodeMark   = "{{code}}"   // six digits, for another device
	covered    = "•••"
)

// Revealed is a body of the mail as it leaves, and as its reader sees it. Once the secret is forgotten
// nobody sees it any more.
func (m Mail) Revealed(body string) string {
	secret, code, _ := strings.Cut(m.Secret, " ")
	if secret == "" || !m.Kind.bearsSecret() {
		return m.Covered(body)
	}
	return strings.NewReplacer(SecretMark, secret, CodeMark, code).Replace(body)
}

// Covered is a body of the mail as the staff may read it: what opens an account is not theirs to see.
func (m Mail) Covered(body string) string {
	if !m.Kind.bearsSecret() {
		return body
	}
	return strings.NewReplacer(SecretMark, covered, CodeMark, covered).Replace(body)
}

// bearsSecret reports whether mails of a kind have marks in them. In any other one they are what somebody typed.
func (k MailKind) bearsSecret() bool {
	return k == MailVerify || k == MailRecovery || k == MailEmailChange || k == MailConfirmMailings
}

// Written reports whether the mail has its text already. It is not written anew when it is tried again:
// whoever gets it twice must get the same.
func (m Mail) Written() bool { return m.Subject != "" }

// Outgoing is a mail that is about to leave, with what it says beside its letter.
type Outgoing struct {
	Mail
	Letter  Letter
	Method  Method          // zero unless the letter names one
	Invoice Invoice         // zero unless the letter asks for its money
	Payable []PaymentDetail // where that money goes
	Text    MailText        // the operator's own words; zero while ours are good enough
	Boxes   []Box           // that came, with their photos
}

// MailToSend hands a mail to the worker that will send it. A gathered one takes no more lines from
// here on. One that is not queued then needs no worker: it was sent by one that was killed before it
// could say so, was cancelled, or leaves later, with another job.
func (db *DB) MailToSend(ctx context.Context, id MailID) (out Outgoing, err error) {
	err = db.change(ctx, func(c *change) error {
		if out.Mail, err = c.lockMail(ctx, id); err != nil || out.Status == MailSent || out.Status == MailCancelled {
			return err
		}
		if out.Status == MailGathering && out.LeavesAt != nil && out.LeavesAt.After(c.now) {
			c.enqueueAt(SendMail{id}, *out.LeavesAt)
			return nil
		}
		if out.Mail, err = c.closeGatheredMail(ctx, id); err != nil {
			return err
		}
		return c.furnish(ctx, &out)
	})
	return out, err
}

// furnish reads what a mail says beside its letter.
func (c *change) furnish(ctx context.Context, out *Outgoing) (err error) {
	letter := &out.Letter
	if err := json.Unmarshal(out.Mail.Letter, letter); err != nil {
		return err
	}
	if letter.Method != "" {
		if out.Method, err = c.MethodByCode(ctx, letter.Method); err != nil {
			return err
		}
	}
	if letter.Invoice != 0 && letter.asksForMoney() {
		if out.Invoice, err = c.InvoiceByID(ctx, letter.Invoice); err != nil {
			return err
		}
		if out.Payable, err = c.PaymentDetails(ctx); err != nil {
			return err
		}
	}
	if letter.Kind == MailArrived {
		if out.Boxes, err = c.Boxes(ctx, letter.items()); err != nil {
			return err
		}
	}
	out.Text, err = c.mailText(ctx, out.TextName(), out.Locale)
	return err
}

// items are those of its lines.
func (l Letter) items() (ids []ItemID) {
	for _, line := range l.Lines {
		ids = append(ids, line.Item)
	}
	return ids
}

// asksForMoney reports whether the mail must say where to send it.
func (l Letter) asksForMoney() bool { return l.Kind == MailInvoice || l.Kind == MailPaymentMissing }

// WriteMail keeps what a mail says, as it leaves, with marks where its secret stands.
func (db *DB) WriteMail(ctx context.Context, id MailID, subject, text, html string) error {
	return db.writeMail(ctx, writeMailParams{Subject: subject, TextBody: text, HtmlBody: html, ID: id})
}

// MailSent notes that a mail has left, and forgets its secret. Whoever takes mails again is no longer
// told that none arrive.
func (db *DB) MailSent(ctx context.Context, mail Mail) error {
	return db.change(ctx, func(c *change) error {
		if err := c.markMailSent(ctx, c.now, c.KeepSecrets, mail.ID); err != nil {
			return err
		}
		c.announceMail(mail.ID)
		return c.unflagBounced(ctx, mail.AccountID, mail.Address)
	})
}

// MailDelayed notes why a mail could not leave now. It is tried again.
func (db *DB) MailDelayed(ctx context.Context, mail Mail, reason string) error {
	return db.markMail(ctx, mail, MailQueued, reason)
}

// MailRefused notes why a mail will not be taken. Staff may try again.
func (db *DB) MailRefused(ctx context.Context, mail Mail, reason string) error {
	return db.markMail(ctx, mail, MailFailed, reason)
}

// MailBounced notes that nobody gets mail at its address, and tells whoever has that address. It gets no mailings either.
func (db *DB) MailBounced(ctx context.Context, mail Mail, reason string) error {
	return db.change(ctx, func(c *change) error {
		if err := c.failMail(ctx, mail, MailFailed, reason); err != nil {
			return err
		}
		if err := c.refusedAddress(ctx, fmt.Sprintf("smtp:%s:%d", mail.MessageID, mail.Attempts), mail.Address, reason); err != nil {
			return err
		}
		return c.flagBounced(ctx, mail.AccountID, mail.Address)
	})
}

func (db *DB) markMail(ctx context.Context, mail Mail, status MailStatus, reason string) error {
	return db.change(ctx, func(c *change) error { return c.failMail(ctx, mail, status, reason) })
}

func (c *change) failMail(ctx context.Context, mail Mail, status MailStatus, reason string) error {
	c.announceMail(mail.ID)
	return c.markMailFailed(ctx, status, clip(strings.ToValidUTF8(reason, "?"), 500), mail.ID)
}

// announceMail wakes the staff's mail log and the counter above it.
func (c *change) announceMail(id MailID) { c.announceStaff(id.Topic(), "mails", "desk") }

// RetryMail queues a mail again that was refused.
func (db *DB) RetryMail(ctx context.Context, id MailID) (mail Mail, err error) {
	err = db.change(ctx, func(c *change) error {
		if mail, err = c.lockMail(ctx, id); err != nil {
			return err
		}
		if mail.Status != MailFailed {
			return Refusal("mails.not_failed")
		}
		mail.Status = MailQueued
		c.enqueue(SendMail{id})
		c.announceMail(id)
		return c.retryMail(ctx, id)
	})
	return mail, err
}

// RetryFailedMails queues all mails again that were refused, up to a thousand, the oldest first.
func (db *DB) RetryFailedMails(ctx context.Context) (retried int, err error) {
	err = db.change(ctx, func(c *change) error {
		ids, err := c.retryFailedMails(ctx, CountedUpTo)
		if err != nil {
			return err
		}
		if retried = len(ids); retried == 0 {
			return Refusal("mails.none_failed")
		}
		for _, id := range ids {
			c.enqueue(SendMail{id})
		}
		c.announceStaff("mails", "desk")
		return nil
	})
	return retried, err
}

// MailLine is a mail in the log, without its bodies.
type MailLine MailLogRow

// Line is the mail as it stands in the log.
func (m Mail) Line(name string) MailLine {
	return MailLine{
		ID: m.ID, AccountID: m.AccountID, Name: name, Kind: m.Kind, Topic: m.Topic, Address: m.Address, Locale: m.Locale, Subject: m.Subject,
		Status: m.Status, Attempts: m.Attempts, Error: m.Error, CreatedAt: m.CreatedAt, SentAt: m.SentAt,
	}
}

// MailFilter narrows the mail log: to statuses of what has not left, or to an address. Below is the
// number of the last mail that was shown.
type MailFilter struct {
	Statuses []MailStatus
	Email    string
	Below    MailID
}

// MailPage is a page of the mail log, and the filter of the next one; Below is 0 where it ends.
func (db *DB) MailPage(ctx context.Context, filter MailFilter, size int) (page []MailLine, next MailFilter, err error) {
	if filter.Below <= 0 {
		filter.Below = 1<<63 - 1
	}
	next, next.Below = filter, 0
	limit := int32(size + 1)
	switch {
	case filter.Email != "":
		rows, failed := db.MailLogOf(ctx, filter.Email, filter.Below, limit)
		page, err = mailLines(rows), failed
	case len(filter.Statuses) > 0:
		var statuses []string
		for _, status := range filter.Statuses {
			statuses = append(statuses, string(status))
		}
		rows, failed := db.UnsentMailLog(ctx, statuses, filter.Below, limit)
		page, err = mailLines(rows), failed
	default:
		rows, failed := db.MailLog(ctx, filter.Below, limit)
		page, err = mailLines(rows), failed
	}
	if len(page) > size {
		page = page[:size]
		next.Below = page[size-1].ID
	}
	return page, next, err
}

func mailLines[Row MailLogRow | MailLogOfRow | UnsentMailLogRow](rows []Row) []MailLine {
	lines := make([]MailLine, len(rows))
	for i, row := range rows {
		lines[i] = MailLine(row)
	}
	return lines
}

// MailPatience is how long after a failed try the next one waits: seconds first, hours at last.
func MailPatience(attempt int) time.Duration {
	n := time.Duration(max(attempt, 1))
	return min(n*n*n*n*time.Second, 6*time.Hour)
}
