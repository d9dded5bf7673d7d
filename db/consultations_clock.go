package db

import (
	"context"
	"errors"
)

// leastPromise is how many minutes of work a specialist has when a clock goes on that had almost run out.
const leastPromise = 60

// promiseAnswer starts the clock of an answer: so many minutes of the specialist's work from now on. When three quarters of
// them have passed, the specialist is reminded.
func (c *change) promiseAnswer(to *Consultation, specialist Specialist, minutes int) {
	hours, minutes := specialist.Hours(), max(leastPromise, minutes)
	to.DueAt, to.RemindAt, to.MinutesLeft = new(hours.Plus(c.now, minutes)), new(hours.Plus(c.now, minutes*3/4)), nil
}

// pause stops the clock while the customer is asked.
func (c *change) pause(to *Consultation, specialist Specialist) {
	left := 0
	if to.DueAt != nil {
		left = specialist.Hours().Between(c.now, *to.DueAt)
	}
	to.DueAt, to.RemindAt, to.MinutesLeft = nil, nil, new(int32(left))
}

// KeepPromises gives back what was not answered in time, reminds of what will soon be due, and closes what nobody goes on with.
type KeepPromises struct{}

func (KeepPromises) Kind() string { return "keep_promises" }

// KeepPromises may run as often as it likes.
func (db *DB) KeepPromises(ctx context.Context) error {
	for _, due := range []struct {
		find func() ([]ConsultationID, error)
		act  func(context.Context, ConsultationID) error
	}{
		{func() ([]ConsultationID, error) { return db.ConsultationsMissed(ctx, db.Now()) }, db.expireConsultation},
		{func() ([]ConsultationID, error) { return db.ConsultationsToRemind(ctx, db.Now()) }, db.remindOfConsultation},
		{func() ([]ConsultationID, error) { return db.ConsultationsIdle(ctx, db.Now().Add(-ConsultationsRest)) }, db.restConsultation},
	} {
		ids, err := due.find()
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := due.act(ctx, id); err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
		}
	}
	return nil
}

// expireConsultation ends a paid request that nobody answered in time. A follow-up that waits has no request to give back,
// and stays for its answer.
func (db *DB) expireConsultation(ctx context.Context, id ConsultationID) error {
	return db.change(ctx, func(c *change) error {
		consultation, err := c.lockConsultation(ctx, id)
		if err != nil || !consultation.Reserved || consultation.DueAt == nil || c.now.Before(*consultation.DueAt) {
			return err
		}
		if consultation, err = c.end(ctx, consultation, ConsultationExpired, consultationLine{}); err != nil {
			return err
		}
		return c.mailClient(ctx, consultation, "expired")
	})
}

// remindOfConsultation writes to the specialist once for each promise.
func (db *DB) remindOfConsultation(ctx context.Context, id ConsultationID) error {
	return db.change(ctx, func(c *change) error {
		consultation, err := c.lockConsultation(ctx, id)
		if err != nil || consultation.RemindAt == nil || c.now.Before(*consultation.RemindAt) {
			return err
		}
		if err := c.remindedOf(ctx, id); err != nil {
			return err
		}
		return c.mailSpecialist(ctx, consultation, "")
	})
}

// restConsultation closes what its customer has left alone.
func (db *DB) restConsultation(ctx context.Context, id ConsultationID) error {
	return db.change(ctx, func(c *change) error {
		consultation, err := c.lockConsultation(ctx, id)
		if err != nil || !consultation.Status.May(ConsultationClosed) || consultation.DueAt != nil || c.now.Before(consultation.LastAt.Add(ConsultationsRest)) {
			return err
		}
		_, err = c.end(ctx, consultation, ConsultationClosed, consultationLine{})
		return err
	})
}

// mailClient is mail-24. It says nothing of what was asked and answered: others may read the log of mails.
func (c *change) mailClient(ctx context.Context, consultation Consultation, act string) error {
	client, err := c.AccountByID(ctx, consultation.AccountID)
	if err != nil {
		return err
	}
	return c.mail(ctx, client, Letter{Kind: MailConsultation, Act: act, Number: consultation.ID.Number(), Path: consultation.ID.Path(), topic: consultation.ID.Topic()})
}

// mailSpecialist is mail-34: there is something to do, and until when.
func (c *change) mailSpecialist(ctx context.Context, consultation Consultation, act string) error {
	if consultation.DueAt == nil { // the customer has the next word
		return nil
	}
	account, err := c.AccountByID(ctx, consultation.SpecialistID)
	if err != nil {
		return err
	}
	specialist, err := c.SpecialistByID(ctx, consultation.SpecialistID)
	if err != nil {
		return err
	}
	return c.mail(ctx, account, Letter{
		Kind: MailConsultationDue, Act: act, Number: consultation.ID.Number(), Path: consultation.ID.DeskPath(),
		At: new(consultation.DueAt.In(specialist.Hours().Zone)), topic: consultation.ID.Topic(),
	})
}
