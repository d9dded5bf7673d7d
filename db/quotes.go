package db

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

type QuoteID int64

// Topic names the quote on the live channel and, as an id, in the page.
func (id QuoteID) Topic() string { return topic("quote", id) }

// How much fits into a quote.
const (
	PassageLimit = 1000
	QuoteNote    = 1000
	mostTags     = 10
	tagLimit     = 40
)

// QuoteForm is a passage of an article that somebody wants to keep.
type QuoteForm struct {
	Key     string `form:"key"`
	Number  int32  `form:"number"` // of the version that was read
	Passage string `form:"passage"`
	Note    string `form:"note"`
	Tags    string `form:"tags"` // with commas between
}

// read is the form as it is kept.
func (f QuoteForm) read() (QuoteForm, []string, Problems) {
	f.Passage = tidyLines(f.Passage)
	tags, problems := f.annotation()
	switch {
	case f.Passage == "":
		problems["passage"] = "quotes.passage_required"
	case utf8.RuneCountInString(f.Passage) > PassageLimit:
		problems["passage"] = "quotes.passage_too_long"
	}
	return f, tags, problems
}

// annotation is what its owner says about a quote.
func (f *QuoteForm) annotation() (tags []string, problems Problems) {
	problems, tags = Problems{}, []string{}
	if f.Note = tidyLines(f.Note); utf8.RuneCountInString(f.Note) > QuoteNote {
		problems["note"] = "fields.too_long"
	}
	for typed := range strings.SplitSeq(f.Tags, ",") {
		tag := tidyTag(typed)
		if utf8.RuneCountInString(tag) > tagLimit {
			problems["tags"] = "quotes.tag_too_long"
		}
		if tag != "" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	if len(tags) > mostTags {
		problems["tags"] = "quotes.too_many_tags"
	}
	return tags, problems
}

// tidyTag is a tag as it is kept: #Сон and сон are one.
func tidyTag(typed string) string {
	return strings.TrimSpace(strings.TrimLeft(strings.ToLower(tidyLine(typed)), "# "))
}

// SaveQuote keeps a passage of an article that its reader may read. It has to stand there, now or in the version that was
// read; only then can be said later whether it still does. The same form sent twice keeps it once.
func (db *DB) SaveQuote(ctx context.Context, by Visitor, slug string, typed QuoteForm) (quote Quote, err error) {
	form, tags, problems := typed.read()
	said, err := db.WordsFor(ctx, form.Number, by.ID, slug)
	if err != nil {
		return Quote{}, err
	}
	passage, number, changedAt := squeezed(form.Passage), said.Number, (*time.Time)(nil)
	if !strings.Contains(said.Words, passage) {
		number, changedAt = form.Number, new(db.Now())
		if problems["passage"] == "" && !strings.Contains(said.SeenWords, passage) {
			problems["passage"] = "quotes.not_there"
		}
	}
	if err := problems.err(); err != nil {
		return Quote{}, err
	}
	key, err := formKey(by, form.Key)
	if err != nil {
		return Quote{}, err
	}
	err = db.change(ctx, func(c *change) error {
		quote, err = c.insertQuote(ctx, insertQuoteParams{
			AccountID: by.ID, ArticleID: said.ID, Number: number, Passage: form.Passage, Squeezed: passage,
			Note: form.Note, Tags: tags, ChangedAt: changedAt, Key: key, At: c.now,
		})
		if errors.Is(err, ErrNotFound) { // the form was sent before
			quote, err = c.QuoteByKey(ctx, key)
		}
		c.announce(by.ID, "library")
		return err
	})
	return quote, err
}

// AnnotateQuote changes what a customer has noted beside a quote of their own.
func (db *DB) AnnotateQuote(ctx context.Context, by Visitor, id QuoteID, form QuoteForm) (quote Quote, err error) {
	if quote, err = db.QuoteOf(ctx, id, by.ID); err != nil {
		return quote, err
	}
	tags, problems := form.annotation()
	if err := problems.err(); err != nil {
		return quote, err
	}
	err = db.change(ctx, func(c *change) error {
		c.announce(by.ID, "library", id.Topic())
		quote, err = c.annotateQuote(ctx, annotateQuoteParams{Note: form.Note, Tags: tags, ID: id, AccountID: by.ID})
		return err
	})
	return quote, err
}

// RemoveQuote forgets a quote. One that is gone already is no reason to complain.
func (db *DB) RemoveQuote(ctx context.Context, by Visitor, id QuoteID) error {
	return db.change(ctx, func(c *change) error {
		c.announce(by.ID, "library")
		return c.deleteQuote(ctx, id, by.ID)
	})
}

// compareQuotesOf finds out which quotes an article still says, now that it reads so.
func (c *change) compareQuotesOf(ctx context.Context, article ArticleID, words string) error {
	return c.compareQuotes(ctx, c.now, article, words)
}
