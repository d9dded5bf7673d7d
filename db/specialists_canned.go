package db

import (
	"context"
	"errors"
	"slices"
	"unicode/utf8"
)

type CannedID int64

// CannedForm is a canned answer as it is typed.
type CannedForm struct {
	Key     string `form:"key"`
	Title   string `form:"title"`
	Body    string `form:"body"`
	Version int32  `form:"version"`
}

// Form is the answer as a form shows it.
func (a CannedAnswer) Form(key string) CannedForm {
	return CannedForm{Key: key, Title: a.Title, Body: a.Body, Version: a.Version}
}

// CannedStale means that a canned answer was changed in another window since the form was drawn.
const CannedStale Refusal = "canned.stale"

func (f CannedForm) read() (CannedForm, error) {
	problems := readMarkdown("body", f.Body, "canned.body_required")
	f.Title, f.Body = tidyLine(f.Title), tidyMarkdown(f.Body)
	switch {
	case f.Title == "":
		problems["title"] = "fields.required"
	case utf8.RuneCountInString(f.Title) > 100:
		problems["title"] = "fields.too_long"
	}
	return f, problems.err()
}

// Canned is a canned answer with what goes with it.
type Canned struct {
	CannedAnswer
	Files []File
}

// Canned reads one of a specialist's own canned answers.
func (db *DB) Canned(ctx context.Context, by Visitor, id CannedID) (canned Canned, err error) {
	if canned.CannedAnswer, err = db.CannedAnswerOf(ctx, id, by.ID); err != nil {
		return canned, err
	}
	canned.Files, err = db.CannedFiles(ctx, id)
	return canned, err
}

// SaveCanned keeps a canned answer of a specialist's own, with more files: a new one when there is no id.
func (db *DB) SaveCanned(ctx context.Context, by Visitor, id CannedID, typed CannedForm, uploads []Upload) (answer CannedAnswer, err error) {
	if id != 0 { // whether there is such an answer is said before what is wrong with the form
		if answer, err = db.CannedAnswerOf(ctx, id, by.ID); err != nil {
			return answer, err
		}
	}
	form, err := typed.read()
	if err != nil {
		return answer, err
	}
	key, err := formKey(by, form.Key)
	if err != nil {
		return answer, err
	}
	files, err := readAttachments(ctx, uploads)
	if err != nil {
		return answer, err
	}
	err = db.change(ctx, func(c *change) error {
		if _, err := c.SpecialistByID(ctx, by.ID); errors.Is(err, ErrNotFound) {
			return Refusal("specialists.profile_first")
		}
		if id == 0 {
			answer, err = c.insertCannedAnswer(ctx, insertCannedAnswerParams{SpecialistID: by.ID, Title: form.Title, Body: form.Body, Key: key})
			if errors.Is(err, ErrNotFound) { // the form was sent before
				answer, err = c.lockCannedAnswerByKey(ctx, key)
				return err
			}
		} else {
			answer, err = c.rewriteCanned(ctx, by, id, form)
		}
		if err != nil {
			return err
		}
		return c.addToCanned(ctx, by, answer.ID, files)
	})
	return answer, err
}

func (c *change) rewriteCanned(ctx context.Context, by Visitor, id CannedID, form CannedForm) (CannedAnswer, error) {
	answer, err := c.lockCannedAnswer(ctx, id, by.ID)
	switch {
	case err != nil:
		return answer, err
	case answer.Title == form.Title && answer.Body == form.Body:
		return answer, nil
	case answer.Version != form.Version:
		return answer, CannedStale
	}
	return c.updateCannedAnswer(ctx, form.Title, form.Body, id)
}

func (c *change) addToCanned(ctx context.Context, by Visitor, to CannedID, files []attachment) error {
	here, err := c.CannedFiles(ctx, to)
	if err != nil {
		return err
	}
	fresh := newAttachments(files, here)
	if len(here)+len(fresh) > MaxAttachments {
		return Problems{"files": "consultations.too_many_files"}
	}
	for _, file := range fresh {
		kept, err := c.keepAttachment(ctx, insertFileParams{AccountID: by.ID, Subject: "canned", SubjectID: int64(to), By: by.ID}, file)
		if err != nil {
			return err
		}
		if err := c.addCannedFile(ctx, to, kept); err != nil {
			return err
		}
	}
	return nil
}

// DeleteCanned takes a canned answer away. What it has brought into consultations stays there.
func (db *DB) DeleteCanned(ctx context.Context, by Visitor, id CannedID) error {
	return db.change(ctx, func(c *change) error {
		if _, err := c.lockCannedAnswer(ctx, id, by.ID); err != nil {
			return err
		}
		files, err := c.CannedFiles(ctx, id)
		if err != nil {
			return err
		}
		if err := c.deleteCannedAnswer(ctx, id); err != nil {
			return err
		}
		for _, file := range files {
			if err := c.forgetUnsent(ctx, file.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// RemoveCannedFile takes a file off a canned answer. One that is gone already is no reason to complain.
func (db *DB) RemoveCannedFile(ctx context.Context, by Visitor, id CannedID, file FileID) error {
	return db.change(ctx, func(c *change) error {
		if _, err := c.lockCannedAnswer(ctx, id, by.ID); err != nil {
			return err
		}
		removed, err := c.removeCannedFile(ctx, id, file)
		if err != nil || removed == 0 {
			return err
		}
		return c.forgetUnsent(ctx, file)
	})
}

// cannedFiles are those among files that a specialist's own canned answers have.
func (c *change) cannedFiles(ctx context.Context, by Visitor, ids []FileID) (files []FileID, err error) {
	for _, id := range ids {
		if _, err := c.CannedFileOf(ctx, id, by.ID); err != nil {
			if errors.Is(err, ErrNotFound) { // taken off meanwhile
				continue
			}
			return nil, err
		}
		if !slices.Contains(files, id) {
			files = append(files, id)
		}
	}
	return files, nil
}
