package db

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/riverqueue/river"
)

type (
	DreamID    int64
	DreamTagID int64
)

// Topic names the dream on the live channel and, as an id, in the page.
func (id DreamID) Topic() string { return topic("dream", id) }

// Path is the page of the dream in its author's journal.
func (id DreamID) Path() string { return "/dreams/" + strconv.FormatInt(int64(id), 10) }

// Number is what the desk calls a dream, since it has no name.
func (id DreamID) Number() string { return "D" + Numbered(id) }

// DreamStatus says how far a dream has gone from its author.
type DreamStatus string

const (
	DreamDraft     DreamStatus = "draft" // nobody but its author reads it
	DreamSubmitted DreamStatus = "submitted"
	DreamAnswered  DreamStatus = "answered"
	DreamDeclined  DreamStatus = "declined"
	DreamPublished DreamStatus = "published"
)

var dreamWays = map[DreamStatus][]DreamStatus{
	DreamDraft:     {DreamSubmitted},
	DreamSubmitted: {DreamAnswered, DreamDeclined},
	DreamAnswered:  {DreamPublished},
	DreamPublished: {DreamAnswered},
}

// May reports whether a dream may move to the next status.
func (s DreamStatus) May(next DreamStatus) bool { return slices.Contains(dreamWays[s], next) }

// Mood is how a dream felt; empty when nobody said.
type Mood string

// Moods lists all of them, the lightest first.
var Moods = []Mood{"joyful", "calm", "strange", "sad", "anxious", "scary"}

// Lucidity is whether the dreamer knew that it was a dream.
type Lucidity string

// Lucidities lists all of them.
var Lucidities = []Lucidity{"none", "partly", "lucid"}

// DreamLimit is how many characters of Markdown a dream, or its interpretation, may have.
const DreamLimit = 20_000

const (
	// DreamStale means that a dream was changed in another window since the form was drawn.
	DreamStale Refusal = "dreams.stale"
	// DreamSent means that others read the dream by now, so its text stands.
	DreamSent Refusal = "dreams.sent_already"
)

// DreamForm is a dream as it is typed.
type DreamForm struct {
	Key      string   `form:"key"` // of the form itself
	Version  int32    `form:"version"`
	Body     string   `form:"body"`
	Day      string   `form:"day"`
	Mood     Mood     `form:"mood"`
	Lucidity Lucidity `form:"lucidity"`
}

// Form is the dream as a form shows it.
func (d Dream) Form(key string) DreamForm {
	return DreamForm{Key: key, Version: d.Version, Body: d.Body, Day: d.DreamedOn.String(), Mood: d.Mood, Lucidity: d.Lucidity}
}

// earliestDream is a day before which nobody who types has dreamed.
var earliestDream = Day{1900, 1, 1}

// read takes a day that is tomorrow here, too: east of us it has begun.
func (f DreamForm) read(today Day) (dream Dream, err error) {
	problems := readMarkdown("body", f.Body, "dreams.body_required")
	day, ok := ParseDay(f.Day)
	if !ok || day.Before(earliestDream) || today.Plus(1).Before(day) {
		problems["day"] = "dreams.day_wrong"
	}
	if f.Mood != "" && !slices.Contains(Moods, f.Mood) {
		problems["mood"] = "dreams.mood_wrong"
	}
	if f.Lucidity == "" {
		f.Lucidity = "none"
	}
	if !slices.Contains(Lucidities, f.Lucidity) {
		problems["lucidity"] = "dreams.lucidity_wrong"
	}
	return Dream{Body: tidyMarkdown(f.Body), DreamedOn: day, Mood: f.Mood, Lucidity: f.Lucidity}, problems.err()
}

func readMarkdown(field, typed, missing string) Problems {
	problems := Problems{}
	switch text := tidyMarkdown(typed); {
	case text == "":
		problems[field] = missing
	case utf8.RuneCountInString(text) > DreamLimit:
		problems[field] = "dreams.too_long"
	}
	return problems
}

// says reports whether two dreams are the same to whoever typed them.
func (d Dream) says(other Dream) bool {
	return d.Body == other.Body && d.DreamedOn == other.DreamedOn && d.Mood == other.Mood && d.Lucidity == other.Lucidity
}

// SaveDream keeps a dream as its author left it: a new one when there is no id. The same form sent twice finds the dream
// it made.
func (db *DB) SaveDream(ctx context.Context, by Visitor, id DreamID, form DreamForm) (Dream, error) {
	return db.writeDream(ctx, by, id, form, false)
}

// AutosaveDream keeps a dream while it is being typed. The form that types may do so again without asking which version
// that made, until it is saved.
func (db *DB) AutosaveDream(ctx context.Context, by Visitor, id DreamID, form DreamForm) (Dream, error) {
	return db.writeDream(ctx, by, id, form, true)
}

func (db *DB) writeDream(ctx context.Context, by Visitor, id DreamID, form DreamForm, typing bool) (dream Dream, err error) {
	typed, wrong := form.read(db.Today())
	key, missing := formKey(by, form.Key)
	if typed.AccountID, typed.Key = by.ID, key; typing {
		typed.Typing = key
	}
	err = db.change(ctx, func(c *change) error {
		if id != 0 { // whether there is such a dream is said before what is wrong with the form
			if dream, err = c.ownDream(ctx, by, id); err != nil {
				return err
			}
		}
		for _, err := range []error{wrong, missing} {
			if err != nil {
				return err
			}
		}
		if id == 0 {
			if dream, err = c.firstWritten(ctx, typed); err != nil {
				return err
			}
		}
		dream, err = c.rewriteDream(ctx, dream, typed, form.Version)
		return err
	})
	return dream, err
}

// firstWritten is a new dream, or the one that the same form has made already.
func (c *change) firstWritten(ctx context.Context, typed Dream) (Dream, error) {
	dream, err := c.lockDreamByKey(ctx, typed.Key, typed.AccountID)
	if !errors.Is(err, ErrNotFound) {
		return dream, err
	}
	dream, err = c.insertDream(ctx, insertDreamParams{
		AccountID: typed.AccountID, Body: typed.Body, DreamedOn: typed.DreamedOn, Mood: typed.Mood, Lucidity: typed.Lucidity,
		Key: typed.Key, Typing: typed.Typing, At: c.now,
	})
	if errors.Is(err, ErrNotFound) { // the form was sent at the same time
		return c.lockDreamByKey(ctx, typed.Key, typed.AccountID)
	}
	c.dreamWritten(dream)
	return dream, err
}

// rewriteDream keeps what was typed, unless somebody has typed something else in another window. A window that has saved is
// done: what it sent before and what comes late is not taken for newer.
func (c *change) rewriteDream(ctx context.Context, dream, typed Dream, version int32) (Dream, error) {
	switch {
	case dream.says(typed) && dream.Typing == typed.Typing:
		return dream, nil
	case dream.Status != DreamDraft:
		return dream, DreamSent
	case dream.Version != version && dream.Typing != typed.Key:
		return dream, DreamStale
	}
	dream, err := c.updateDream(ctx, updateDreamParams{
		ID: dream.ID, Body: typed.Body, DreamedOn: typed.DreamedOn, Mood: typed.Mood, Lucidity: typed.Lucidity, Typing: typed.Typing,
	})
	c.dreamWritten(dream)
	return dream, err
}

// dreamWritten has a dream drawn. The list follows once the typing is over, so that it does not dance meanwhile.
func (c *change) dreamWritten(dream Dream) {
	if dream.Html == nil {
		c.enqueue(DrawDream{dream.ID})
	}
	if dream.Typing == "" {
		c.announce(dream.AccountID, dream.ID.Topic(), "dreams")
	}
}

func (c *change) ownDream(ctx context.Context, by Visitor, id DreamID) (Dream, error) {
	dream, err := c.lockDream(ctx, id)
	if err == nil && dream.AccountID != by.ID {
		return Dream{}, ErrNotFound
	}
	return dream, err
}

// DeleteDream takes a dream out of its author's journal and everywhere else.
func (db *DB) DeleteDream(ctx context.Context, by Visitor, id DreamID) error {
	return db.change(ctx, func(c *change) error {
		dream, err := c.ownDream(ctx, by, id)
		if err != nil {
			return err
		}
		if err := c.deleteDream(ctx, id); err != nil {
			return err
		}
		c.announceDream(dream)
		return c.settleTags(ctx, by.ID)
	})
}

// MostWaiting is how many dreams of one author may wait for an interpretation.
const MostWaiting = 20

// SubmitDream sends a dream to those who interpret dreams. One that was sent stays as it is.
func (db *DB) SubmitDream(ctx context.Context, by Visitor, id DreamID, consent bool) (dream Dream, err error) {
	err = db.change(ctx, func(c *change) error {
		if dream, err = c.ownDream(ctx, by, id); err != nil || !dream.Status.May(DreamSubmitted) {
			return err
		}
		waiting, err := c.DreamsWaitingOf(ctx, by.ID)
		if err != nil {
			return err
		}
		if waiting >= MostWaiting {
			return Refusal("dreams.too_many_waiting")
		}
		next := dream
		next.Status, next.Consent, next.SubmittedAt = DreamSubmitted, consent, &c.now
		dream, err = c.dreamMoved(ctx, by, dream, next)
		return err
	})
	return dream, err
}

// AllowDream lets a dream that was sent be published without a name.
func (db *DB) AllowDream(ctx context.Context, by Visitor, id DreamID) (Dream, error) {
	return db.consent(ctx, by, id, true)
}

// ForbidDream takes that back; what is published already is so no more.
func (db *DB) ForbidDream(ctx context.Context, by Visitor, id DreamID) (Dream, error) {
	return db.consent(ctx, by, id, false)
}

func (db *DB) consent(ctx context.Context, by Visitor, id DreamID, given bool) (dream Dream, err error) {
	err = db.change(ctx, func(c *change) error {
		if dream, err = c.ownDream(ctx, by, id); err != nil || dream.Consent == given {
			return err
		}
		if dream.Status == DreamDraft {
			return Refusal("dreams.not_sent")
		}
		next := dream
		if next.Consent = given; dream.Status == DreamPublished {
			next.Status, next.PublishedAt = DreamAnswered, nil
		}
		dream, err = c.dreamMoved(ctx, by, dream, next)
		return err
	})
	return dream, err
}

// dreamMoved keeps what became of a dream, with a line of its history when that is another status.
func (c *change) dreamMoved(ctx context.Context, by Visitor, from, to Dream) (Dream, error) {
	dream, err := c.moveDream(ctx, moveDreamParams{
		ID: from.ID, Status: to.Status, Consent: to.Consent, Answer: to.Answer, Reason: to.Reason,
		SubmittedAt: to.SubmittedAt, AnsweredAt: to.AnsweredAt, PublishedAt: to.PublishedAt,
	})
	if err != nil {
		return from, err
	}
	c.announceDream(dream)
	if dream.Answer != from.Answer {
		c.enqueue(DrawDream{dream.ID})
	}
	if dream.Status == from.Status {
		return dream, nil
	}
	return dream, c.insertDreamMove(ctx, insertDreamMoveParams{
		DreamID: dream.ID, FromStatus: from.Status, ToStatus: dream.Status, By: by.ID, Reason: dream.Reason, At: c.now,
	})
}

// announceDream wakes the pages that show a dream: its author's, and those of the desk once it was sent.
func (c *change) announceDream(dream Dream) {
	c.announce(dream.AccountID, dream.ID.Topic(), "dreams")
	if dream.Status != DreamDraft {
		c.announceStaff(dream.ID.Topic(), "desk", "dreams")
	}
}

// DrawDream asks a worker to make HTML of a dream and of its interpretation.
type DrawDream struct {
	DreamID DreamID `json:"dream_id"`
}

func (DrawDream) Kind() string { return "draw_dream" }

func (DrawDream) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: "render"} }

// DrawDream keeps the HTML that draw makes of a dream. When the text was changed meanwhile there is another job, and
// when it was deleted there is nothing to do.
func (db *DB) DrawDream(ctx context.Context, id DreamID, draw func(markdown string) string) error {
	words, err := db.DreamToDraw(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	drawn := showDreamParams{ID: id, Body: words.Body, Answer: words.Answer, Html: new(draw(words.Body))}
	if words.Answer != "" {
		drawn.AnswerHtml = new(draw(words.Answer))
	}
	return db.change(ctx, func(c *change) error {
		dream, err := c.showDream(ctx, drawn)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		c.announce(dream.AccountID, id.Topic())
		if dream.Status != DreamDraft {
			c.announceStaff(id.Topic())
		}
		return err
	})
}
