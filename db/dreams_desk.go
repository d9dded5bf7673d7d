package db

import (
	"context"
	"time"
)

// DreamQueues are the statuses whose dreams the desk lists, in the order of its work.
var DreamQueues = []DreamStatus{DreamSubmitted, DreamAnswered, DreamPublished, DreamDeclined}

// DreamsWaiting is a page of the desk's dreams in a status, behind a place in it, and whether there is more. Nothing in it
// says whose they are.
func (db *DB) DreamsWaiting(ctx context.Context, status DreamStatus, behind Place[DreamID]) ([]DreamsAtDeskRow, bool, error) {
	rows, err := db.DreamsAtDesk(ctx, DreamsAtDeskParams{Status: string(status), After: behind.At, Above: int64(behind.ID), Lim: DeskPage + 1})
	rows, more := cut(rows, DeskPage)
	return rows, more, err
}

// sentDream locks a dream that was sent to us; a draft is not there for anybody else.
func (c *change) sentDream(ctx context.Context, id DreamID) (Dream, error) {
	dream, err := c.lockDream(ctx, id)
	if err == nil && dream.Status == DreamDraft {
		return Dream{}, ErrNotFound
	}
	return dream, err
}

// DreamDone means that a colleague has answered or declined a dream already, or that there is nothing to be published.
const DreamDone Refusal = "dreams.done_already"

// AnswerDream gives a dream its interpretation, which its author hears of by mail.
func (db *DB) AnswerDream(ctx context.Context, by Visitor, id DreamID, text string) error {
	return db.decide(ctx, by, id, DreamAnswered, func(dream *Dream, now *time.Time) error {
		dream.Answer, dream.AnsweredAt = tidyMarkdown(text), now
		return readMarkdown("answer", text, "dreams.answer_required").err()
	})
}

// ReasonLimit is how many characters the reason may have for which a dream was declined.
const ReasonLimit = 1000

// DeclineDream says why a dream gets no interpretation.
func (db *DB) DeclineDream(ctx context.Context, by Visitor, id DreamID, reason string) error {
	return db.decide(ctx, by, id, DreamDeclined, func(dream *Dream, _ *time.Time) error {
		dream.Reason = tidyLines(reason)
		switch {
		case dream.Reason == "":
			return Problems{"reason": "dreams.reason_required"}
		case len([]rune(dream.Reason)) > ReasonLimit:
			return Problems{"reason": "fields.too_long"}
		}
		return nil
	})
}

// PublishDream shows a dream and its interpretation to everybody, without a name and only where its author allows it.
func (db *DB) PublishDream(ctx context.Context, by Visitor, id DreamID) error {
	return db.decide(ctx, by, id, DreamPublished, func(dream *Dream, now *time.Time) error {
		if !dream.Consent {
			return Refusal("dreams.no_consent")
		}
		dream.PublishedAt = now
		return nil
	})
}

// UnpublishDream takes a published dream back, at the desk.
func (db *DB) UnpublishDream(ctx context.Context, by Visitor, id DreamID) error {
	return db.change(ctx, func(c *change) error {
		dream, err := c.sentDream(ctx, id)
		if err != nil {
			return err
		}
		if dream.Status != DreamPublished {
			return DreamDone
		}
		next := dream
		next.Status, next.PublishedAt = DreamAnswered, nil
		_, err = c.dreamMoved(ctx, by, dream, next)
		return err
	})
}

// decide moves a dream at the desk, and writes to its author when that is the answer they wait for.
func (db *DB) decide(ctx context.Context, by Visitor, id DreamID, next DreamStatus, how func(*Dream, *time.Time) error) error {
	return db.change(ctx, func(c *change) error {
		dream, err := c.sentDream(ctx, id)
		if err != nil {
			return err
		}
		if !dream.Status.May(next) {
			return DreamDone
		}
		moved := dream
		moved.Status = next
		if err := how(&moved, &c.now); err != nil {
			return err
		}
		if dream, err = c.dreamMoved(ctx, by, dream, moved); err != nil || next == DreamPublished {
			return err
		}
		return c.mailDream(ctx, dream)
	})
}

// mailDream is mail-26. It says nothing of the dream and nothing of the answer: others may read the log of mails.
func (c *change) mailDream(ctx context.Context, dream Dream) error {
	account, err := c.AccountByID(ctx, dream.AccountID)
	if err != nil {
		return err
	}
	letter := Letter{Kind: MailDream, Number: dream.ID.Number(), Path: dream.ID.Path(), Day: &dream.DreamedOn, topic: dream.ID.Topic()}
	if dream.Status == DreamDeclined {
		letter.Act = "declined"
	}
	return c.mail(ctx, account, letter)
}
