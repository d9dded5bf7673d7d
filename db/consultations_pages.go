package db

import (
	"context"
	"encoding/json"
	"errors"
	"math"
)

// ConsultationsPage is how many of them a customer sees at a time.
const ConsultationsPage = 20

// ConsultationList is «Мои консультации»: who may be asked and what that costs, what is left, and a page of the requests.
type ConsultationList struct {
	Of          AccountID // 0: a guest, who sees the prices
	Below       Place[ConsultationID]
	Specialists []SpecialistsForRow
	Rows        []ConsultationsOfRow
	More        bool
}

func (l *ConsultationList) questions(db *DB) []question {
	below := l.Below.or(db.Now())
	return []question{
		func(ctx context.Context, q *Queries) (err error) {
			l.Specialists, err = q.SpecialistsFor(ctx, l.Of)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			l.Rows, err = q.ConsultationsOf(ctx, ConsultationsOfParams{AccountID: l.Of, LastAt: below.At, Below: int64(below.ID), Lim: ConsultationsPage + 1})
			l.Rows, l.More = cut(l.Rows, ConsultationsPage)
			return err
		},
	}
}

// Attached is a file that goes with a message.
type Attached struct {
	ID     FileID `json:"id"`
	Type   string `json:"type"`
	Width  int    `json:"width"`
	Height int    `json:"height"`

	Redaction Redaction `json:"redaction"` // to whoever sent it
	Withheld  Redaction `json:"withheld"`  // at the desk: why it is not to be seen there
}

// SmallSize is how large the small variant of a picture is, in pixels.
func (a Attached) SmallSize() (width, height int) { return fitted(a.Width, a.Height, smallSide) }

// AttachedOf are files as pages show them.
func AttachedOf(files []File) (all []Attached) {
	for _, file := range files {
		all = append(all, Attached{ID: file.ID, Type: file.ContentType, Width: int(file.Width), Height: int(file.Height), Redaction: file.Redaction})
	}
	return all
}

// Said is a line of a thread.
type Said struct {
	ConsultationThreadRow
	Files []Attached
}

// Conversation is a page of a thread, the oldest first. Earlier is below which message there is more, or 0.
type Conversation struct {
	Lines   []Said
	Earlier ConsultationMessageID
}

// Read takes the rows of a page of a thread, the newest first, and one more where there is more.
func (c *Conversation) Read(rows []ConsultationThreadRow) error {
	rows, more := cut(rows, ThreadPage)
	c.Lines, c.Earlier = make([]Said, len(rows)), 0
	if more {
		c.Earlier = rows[len(rows)-1].ID
	}
	for i, row := range rows {
		line := &c.Lines[len(rows)-1-i]
		line.ConsultationThreadRow = row
		if len(row.Files) > len("[]") {
			if err := json.Unmarshal(row.Files, &line.Files); err != nil {
				return err
			}
		}
	}
	return nil
}

// ConsultationSheet is a customer's own consultation, with its thread below a message. Without an ID it is not there.
type ConsultationSheet struct {
	Of    ByConsultation
	Below ConsultationMessageID // 0: the end of the thread
	ConsultationOfRow
	Thread   Conversation
	Readings []ConsultationReadingsOfRow
}

// ByConsultation names a consultation and whose it has to be.
type ByConsultation struct {
	ID        ConsultationID
	AccountID AccountID
}

func (s *ConsultationSheet) questions(*DB) []question {
	below := int64(s.Below)
	if below <= 0 {
		below = math.MaxInt64
	}
	return []question{
		func(ctx context.Context, q *Queries) (err error) {
			if s.ConsultationOfRow, err = q.ConsultationOf(ctx, s.Of.ID, s.Of.AccountID); errors.Is(err, ErrNotFound) {
				return nil // who is asking is read in the same breath, and is somebody all the same
			}
			return err
		},
		func(ctx context.Context, q *Queries) error {
			rows, err := q.ConsultationThread(ctx, ConsultationThreadParams{ConsultationID: s.Of.ID, AccountID: s.Of.AccountID, Below: below, Lim: ThreadPage + 1})
			if err != nil {
				return err
			}
			return s.Thread.Read(rows)
		},
		func(ctx context.Context, q *Queries) (err error) {
			s.Readings, err = q.ConsultationReadingsOf(ctx, s.Of.ID, s.Of.AccountID)
			return err
		},
	}
}

// ConsultationSheet reads a customer's own consultation, with its thread below a message.
func (db *DB) ConsultationSheet(ctx context.Context, by Visitor, id ConsultationID, below ConsultationMessageID) (*ConsultationSheet, error) {
	sheet := &ConsultationSheet{Of: ByConsultation{id, by.ID}, Below: below}
	err := db.Read(ctx, sheet)
	if err == nil && sheet.Consultation.ID == 0 {
		err = ErrNotFound
	}
	return sheet, err
}

// DraftSheet is a customer's own draft as it is edited: with its files, and with what more requests cost.
type DraftSheet struct {
	ConsultationOfRow
	Body       string
	Files      []File
	Specialist SpecialistsForRow
}

// Form is the draft as a form shows it.
func (s DraftSheet) Form(key string) ConsultationForm {
	c := s.Consultation
	return ConsultationForm{Key: key, Version: c.Version, Alias: c.Alias, Subject: c.Subject, Body: s.Body}
}

// DraftSheet reads a customer's own draft. What was sent is no draft any more.
func (db *DB) DraftSheet(ctx context.Context, by Visitor, id ConsultationID) (sheet DraftSheet, err error) {
	if sheet.ConsultationOfRow, err = db.ConsultationOf(ctx, id, by.ID); err != nil {
		return sheet, err
	}
	if sheet.Consultation.Status != ConsultationDraft {
		return sheet, ConsultationSent
	}
	message, err := db.DraftMessageOf(ctx, id, by.ID)
	if err != nil {
		return sheet, err
	}
	sheet.Body = message.Body
	if sheet.Files, err = db.FilesOfMessage(ctx, message.ID); err != nil {
		return sheet, err
	}
	row, err := db.SpecialistFor(ctx, by.ID, sheet.Consultation.SpecialistID)
	if errors.Is(err, ErrNotFound) { // nobody's any more: the page says so
		row.Specialist, err = db.SpecialistByID(ctx, sheet.Consultation.SpecialistID)
	}
	sheet.Specialist = SpecialistsForRow(row)
	return sheet, err
}

// DeskConsultations is a page of the desk's consultations of a status, and whether there is more: a specialist's own, and
// for an admin everybody's without what they are about. Those that wait for us are in the order in which they are due.
func (db *DB) DeskConsultations(ctx context.Context, by Visitor, status ConsultationStatus, from Place[ConsultationID]) ([]ConsultationsDueRow, bool, error) {
	own := int64(by.ID)
	if by.Has(Admin) {
		own = 0
	}
	if status == ConsultationSubmitted {
		rows, err := db.ConsultationsDue(ctx, ConsultationsDueParams{By: by.ID, After: from.At, Above: int64(from.ID), Own: own, Lim: DeskPage + 1})
		rows, more := cut(rows, DeskPage)
		return rows, more, err
	}
	from = from.or(db.Now())
	past, err := db.ConsultationsPast(ctx, ConsultationsPastParams{By: by.ID, Status: string(status), Before: from.At, Below: int64(from.ID), Own: own, Lim: DeskPage + 1})
	past, more := cut(past, DeskPage)
	rows := make([]ConsultationsDueRow, len(past))
	for i, row := range past {
		rows[i] = ConsultationsDueRow(row)
	}
	return rows, more, err
}

// Place is where the consultation stands in its queue.
func (r ConsultationsDueRow) Place() Place[ConsultationID] {
	if r.DueAt != nil {
		return Place[ConsultationID]{*r.DueAt, r.ID}
	}
	return Place[ConsultationID]{r.LastAt, r.ID}
}

// DeskConsultation is a consultation as it is answered.
type DeskConsultation struct {
	ConsultationAtDeskRow
	Thread     Conversation
	Canned     []CannedOfRow
	Colleagues []ColleaguesRow
	Readings   []ConsultationReadingsRow
}

// DeskConsultation reads a consultation for its specialist, or for an admin, with its thread below a message. That it was
// read is written down.
func (db *DB) DeskConsultation(ctx context.Context, by Visitor, id ConsultationID, below ConsultationMessageID) (desk DeskConsultation, err error) {
	if err := db.ReadConsultationAtDesk(ctx, by, id); err != nil {
		return desk, err
	}
	if below <= 0 {
		below = math.MaxInt64
	}
	err = db.together(ctx,
		func(ctx context.Context, q *Queries) (err error) {
			desk.ConsultationAtDeskRow, err = q.ConsultationAtDesk(ctx, id)
			return err
		},
		func(ctx context.Context, q *Queries) error {
			said, err := q.DeskThread(ctx, id, int64(below), ThreadPage+1)
			if err != nil {
				return err
			}
			rows := make([]ConsultationThreadRow, len(said))
			for i, row := range said {
				rows[i] = ConsultationThreadRow(row)
			}
			return desk.Thread.Read(rows)
		},
		func(ctx context.Context, q *Queries) (err error) {
			desk.Canned, err = q.CannedOf(ctx, by.ID)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			desk.Readings, err = q.ConsultationReadings(ctx, id)
			return err
		})
	if err != nil {
		return desk, err
	}
	desk.Colleagues, err = db.Colleagues(ctx, desk.SpecialistID)
	return desk, err
}
