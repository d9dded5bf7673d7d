package db

import (
	"context"
	"errors"
	"slices"
	"unicode/utf8"
)

// ConsultationQueues are the statuses by which the desk lists consultations, in the order of its work. The first has all
// that wait for us.
var ConsultationQueues = []ConsultationStatus{ConsultationSubmitted, ConsultationAwaiting, ConsultationAnswered, ConsultationClosed, ConsultationDeclined, ConsultationExpired}

// consultationAtDesk locks a consultation as its specialist saw it; also for an admin where somebody has to look after another's.
func (c *change) consultationAtDesk(ctx context.Context, by Visitor, id ConsultationID, version int32, lead bool) (Consultation, error) {
	consultation, err := c.lockConsultation(ctx, id)
	switch {
	case err != nil:
		return consultation, err
	case consultation.Status == ConsultationDraft || consultation.SpecialistID != by.ID && !(lead && by.Has(Admin)):
		return Consultation{}, ErrNotFound
	case consultation.Version != version:
		return consultation, ConsultationStale
	}
	return consultation, nil
}

// TakeConsultation tells the customer that the specialist has begun.
func (db *DB) TakeConsultation(ctx context.Context, by Visitor, id ConsultationID, version int32) error {
	return db.change(ctx, func(c *change) error {
		consultation, err := c.consultationAtDesk(ctx, by, id, version, false)
		if err != nil {
			return err
		}
		if !consultation.Status.May(ConsultationTaken) || consultation.DueAt == nil {
			return ConsultationStale
		}
		next := consultation
		next.Status = ConsultationTaken
		_, err = c.addLine(ctx, next, consultationLine{by: &by.ID, staff: true})
		return err
	})
}

// ConsultationAnswer is what a specialist says.
type ConsultationAnswer struct {
	Key     string   `form:"key"`
	Version int32    `form:"version"`
	Body    string   `form:"body"`
	Act     string   `form:"act"`    // ask: the customer has the next word
	Canned  CannedID `form:"canned"` // to be put into the text before it is sent
	Files   []FileID `form:"canned_file"`
}

// AnswerConsultation answers a customer, or asks them something first. The first answer uses the request that was paid for.
func (db *DB) AnswerConsultation(ctx context.Context, by Visitor, id ConsultationID, form ConsultationAnswer, uploads []Upload) error {
	key, missing := formKey(by, form.Key)
	files, wrong := readAttachments(ctx, uploads)
	return db.change(ctx, func(c *change) error {
		consultation, err := c.consultationAtDesk(ctx, by, id, form.Version, false)
		if err == nil || errors.Is(err, ConsultationStale) {
			if said, failed := c.consultationSaid(ctx, key); failed != nil || said {
				return failed
			}
		}
		for _, no := range []error{err, readMarkdown("body", form.Body, "tickets.text_required").err(), wrong, missing} {
			if no != nil {
				return no
			}
		}
		canned, err := c.cannedFiles(ctx, by, form.Files)
		if err != nil {
			return err
		}
		if len(canned)+len(files) > MaxAttachments {
			return Problems{"files": "consultations.too_many_files"}
		}
		next, act, err := c.answered(ctx, consultation, form.Act == "ask")
		if err != nil {
			return err
		}
		consultation, err = c.addLine(ctx, next, consultationLine{by: &by.ID, staff: true, body: tidyMarkdown(form.Body), key: &key, files: files, canned: canned})
		if err != nil {
			return err
		}
		return c.mailClient(ctx, consultation, act)
	})
}

// answered is a consultation in which the specialist has said something, and what the customer is to be written about it.
func (c *change) answered(ctx context.Context, consultation Consultation, asks bool) (next Consultation, act string, err error) {
	next, next.Status = consultation, ConsultationAnswered
	if asks {
		next.Status, act = ConsultationAwaiting, "asked"
	}
	if !consultation.Status.May(next.Status) {
		return next, act, Refusal("consultations.not_our_turn")
	}
	if asks {
		specialist, err := c.SpecialistByID(ctx, consultation.SpecialistID)
		c.pause(&next, specialist)
		return next, act, err
	}
	next.DueAt, next.RemindAt = nil, nil
	return next, act, c.capture(ctx, &next)
}

// DeclineConsultation says why a request is not answered; it costs its customer nothing. An admin may do so for another.
func (db *DB) DeclineConsultation(ctx context.Context, by Visitor, id ConsultationID, version int32, reason string) error {
	return db.change(ctx, func(c *change) error {
		consultation, err := c.consultationAtDesk(ctx, by, id, version, true)
		if err != nil {
			return err
		}
		text := tidyLines(reason)
		switch {
		case !consultation.Status.May(ConsultationDeclined) || !consultation.Reserved:
			return Refusal("consultations.not_declined_now")
		case text == "":
			return Problems{"reason": "dreams.reason_required"}
		case utf8.RuneCountInString(text) > ReasonLimit:
			return Problems{"reason": "fields.too_long"}
		}
		consultation, err = c.end(ctx, consultation, ConsultationDeclined, consultationLine{by: &by.ID, staff: true, body: text})
		if err != nil {
			return err
		}
		return c.mailClient(ctx, consultation, "declined")
	})
}

// HandOverConsultation gives a request to a colleague, with the promise and the paid request as they are. An admin may do
// so for another.
func (db *DB) HandOverConsultation(ctx context.Context, by Visitor, id ConsultationID, version int32, to AccountID) error {
	return db.change(ctx, func(c *change) error {
		consultation, err := c.consultationAtDesk(ctx, by, id, version, true)
		if err != nil {
			return err
		}
		colleagues, err := c.Colleagues(ctx, consultation.SpecialistID)
		switch {
		case err != nil:
			return err
		case consultation.Status.Over():
			return Refusal("consultations.not_our_turn")
		case !slices.ContainsFunc(colleagues, func(row ColleaguesRow) bool { return row.AccountID == to }):
			return Problems{"colleague": "consultations.no_colleague"}
		}
		next := consultation
		next.SpecialistID = to
		if consultation, err = c.addLine(ctx, next, consultationLine{by: &by.ID, staff: true, passedTo: &to}); err != nil {
			return err
		}
		return c.mailSpecialist(ctx, consultation, "new")
	})
}

// ReadConsultationAtDesk writes down that somebody of us has read a consultation: its specialist, or an admin.
func (db *DB) ReadConsultationAtDesk(ctx context.Context, by Visitor, id ConsultationID) error {
	row, err := db.ConsultationAtDesk(ctx, id)
	if err != nil {
		return err
	}
	if row.SpecialistID != by.ID && !by.Has(Admin) {
		return ErrNotFound
	}
	return db.addReading(ctx, addReadingParams{ConsultationID: id, By: by.ID, At: db.Now(), Since: db.Now().Add(-readFor)})
}
