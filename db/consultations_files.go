package db

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/riverqueue/river"
)

// What may go with a message.
const (
	MaxAttachments   = 5
	maxDocumentBytes = 5 << 20
)

// PDF is the type of the one kind of document that is taken.
const PDF = "application/pdf"

var (
	attachmentTooLarge = Problems{"files": "consultations.file_too_large"}
	attachmentWrong    = Problems{"files": "consultations.file_wrong"}
)

// attachment is an upload made ours: a picture drawn anew, or a document as it came.
type attachment struct {
	picture  picture
	document []byte // nil: it is a picture
}

func (a attachment) sum() []byte {
	content := a.picture.large
	if a.document != nil {
		content = a.document
	}
	sum := sha256.Sum256(content)
	return sum[:]
}

// readAttachments makes every upload ours, or says what is wrong with the first that can not be.
func readAttachments(ctx context.Context, uploads []Upload) (files []attachment, err error) {
	if len(uploads) > MaxAttachments {
		return nil, Problems{"files": "consultations.too_many_files"}
	}
	for _, upload := range uploads {
		file, err := readAttachment(ctx, upload)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

func readAttachment(ctx context.Context, upload Upload) (attachment, error) {
	document, err := readDocument(upload)
	if err != nil || document != nil {
		return attachment{document: document}, err
	}
	picture, err := readPicture(ctx, upload, inTwoSizes)
	if problems, wrong := errors.AsType[Problems](err); wrong {
		if problems["photos"] == tooLarge["photos"] {
			return attachment{}, attachmentTooLarge
		}
		return attachment{}, attachmentWrong
	}
	return attachment{picture: picture}, err
}

// readDocument goes by what is in a file and not by what it is called. Nothing: it is no document.
func readDocument(upload Upload) ([]byte, error) {
	file, err := upload.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var head [512]byte
	n, err := io.ReadFull(file, head[:])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if http.DetectContentType(head[:n]) != PDF {
		return nil, nil
	}
	rest, err := io.ReadAll(io.LimitReader(file, maxDocumentBytes))
	if err == nil && n+len(rest) > maxDocumentBytes {
		err = attachmentTooLarge
	}
	return append(head[:n], rest...), err
}

// newAttachments leaves out what is there already, and what came twice.
func newAttachments(files []attachment, here []File) (fresh []attachment) {
	var sums [][]byte
	for _, file := range here {
		sums = append(sums, file.Sha256)
	}
	for _, file := range files {
		sum := file.sum()
		if !slices.ContainsFunc(sums, func(known []byte) bool { return bytes.Equal(known, sum) }) {
			sums, fresh = append(sums, sum), append(fresh, file)
		}
	}
	return fresh
}

func (c *change) keepAttachment(ctx context.Context, about insertFileParams, file attachment) (FileID, error) {
	if file.document != nil {
		return c.keepDocument(ctx, about, PDF, file.document)
	}
	return c.keepPicture(ctx, about, file.picture)
}

// attach puts files to a message of a consultation, which is locked.
func (c *change) attach(ctx context.Context, by AccountID, of AccountID, to ConsultationMessageID, files []attachment) error {
	here, err := c.FilesOfMessage(ctx, to)
	if err != nil {
		return err
	}
	fresh := newAttachments(files, here)
	if len(here)+len(fresh) > MaxAttachments {
		return Problems{"files": "consultations.too_many_files"}
	}
	about := insertFileParams{AccountID: of, Subject: "consultation", SubjectID: int64(to), By: by}
	if by == of {
		about.Redaction = RedactionPending
	}
	for _, file := range fresh {
		kept, err := c.keepAttachment(ctx, about, file)
		if err != nil {
			return err
		}
		if err := c.addConsultationFile(ctx, to, kept); err != nil {
			return err
		}
	}
	return nil
}

// RedactDocument asks a worker to take its author's name out of a document.
type RedactDocument struct {
	File FileID `json:"file"`
}

func (RedactDocument) Kind() string { return "redact_document" }

func (RedactDocument) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: "render"} }

// RedactDocument puts what redact makes of a customer's document in its place; then the specialist may see it. Of one that
// redact calls ErrUnreadable both are told. One that is gone or done is no reason to complain.
func (db *DB) RedactDocument(ctx context.Context, id FileID, redact func(context.Context, []byte) ([]byte, error)) error {
	file, err := db.FileToRedact(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	content, err := db.content(ctx, ContentKey{id, Large})
	if err != nil {
		return err
	}
	became := NotRedacted
	redacted, err := redact(ctx, content)
	switch {
	case errors.Is(err, ErrUnreadable):
		became, redacted = RedactionFailed, content
	case err != nil:
		return err
	}
	return db.change(ctx, func(c *change) error {
		done, err := c.redacted(ctx, file.ID, became, redacted)
		if err != nil || !done {
			return err
		}
		return c.announceFile(ctx, file.ID)
	})
}

// announceFile draws the requests anew that a file goes with.
func (c *change) announceFile(ctx context.Context, id FileID) error {
	consultations, err := c.ConsultationsOfFile(ctx, id)
	for _, consultation := range consultations {
		c.announce(consultation.AccountID, consultation.ID.Topic())
		c.announceStaff(consultation.ID.Topic())
	}
	return err
}

// DetachFromDraft leaves nothing of a file of a customer's own draft. One that is gone already is no reason to complain.
func (db *DB) DetachFromDraft(ctx context.Context, by Visitor, id ConsultationID, file FileID) error {
	return db.change(ctx, func(c *change) error {
		draft, err := c.lockDraft(ctx, by, id)
		if err != nil {
			return err
		}
		removed, err := c.removeConsultationFile(ctx, draft.ID, file)
		if err != nil || removed == 0 {
			return err
		}
		return c.forgetFile(ctx, file)
	})
}

// lockDraft is what a customer's own draft says. What was sent stands.
func (c *change) lockDraft(ctx context.Context, by Visitor, id ConsultationID) (DraftMessageOfRow, error) {
	consultation, err := c.ownConsultation(ctx, by, id)
	if err != nil {
		return DraftMessageOfRow{}, err
	}
	if consultation.Status != ConsultationDraft {
		return DraftMessageOfRow{}, ConsultationSent
	}
	return c.DraftMessageOf(ctx, id, by.ID)
}

// forgetUnsent leaves nothing of a file that goes with no message.
func (c *change) forgetUnsent(ctx context.Context, id FileID) error {
	sent, err := c.fileIsSent(ctx, id)
	if err != nil || sent {
		return err
	}
	return c.forgetFile(ctx, id)
}

// readFor is how long a colleague who has opened a consultation may look at its files, and after which reading it again is
// written down again.
const readFor = 30 * time.Minute

// ConsultationFile is a file with what is in it: for the customer whose consultation it goes with, for the specialist who
// has it, and for a specialist among their own canned answers.
func (db *DB) ConsultationFile(ctx context.Context, by Visitor, id FileID, variant Variant) (file File, content []byte, err error) {
	file, err = db.ConsultationFileOf(ctx, id, by.ID)
	if errors.Is(err, ErrNotFound) && by.Has(Consultant) {
		file, err = db.ConsultationFileAtDesk(ctx, id, by.ID, db.Now().Add(-readFor))
	}
	if errors.Is(err, ErrNotFound) && by.Has(Consultant) {
		file, err = db.CannedFileOf(ctx, id, by.ID)
	}
	if err == nil && file.ContentType == PDF && variant != Large {
		err = ErrNotFound
	}
	if err != nil {
		return File{}, nil, err
	}
	content, err = db.content(ctx, ContentKey{id, variant})
	return file, content, err
}
