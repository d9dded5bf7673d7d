package db

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

type NewsID int64

// Topic names the news in the page, as an id.
func (id NewsID) Topic() string { return topic("news", id) }

// NewsKind is what is told.
type NewsKind string

const (
	PlainNews NewsKind = "news"
	OfferNews NewsKind = "offer" // may end
)

// NewsKinds are all there are.
var NewsKinds = []NewsKind{PlainNews, OfferNews}

// Audience is whom something is told.
type Audience string

const (
	Everybody Audience = "everybody" // guests too
	Members   Audience = "members"   // whoever has a cabinet
	Buyers    Audience = "buyers"    // whoever has ordered
	Readers   Audience = "readers"   // whoever has bought an article
)

// Audiences are all there are, from the widest on.
var Audiences = []Audience{Everybody, Members, Buyers, Readers}

// Needs is the module without which there is nobody in the audience.
func (a Audience) Needs() ModuleName {
	return map[Audience]ModuleName{Buyers: OrdersModule, Readers: LibraryModule}[a]
}

// NewsState says what readers see of the news.
type NewsState string

const (
	NewsDraft     NewsState = "draft"
	NewsScheduled NewsState = "scheduled" // comes out by itself
	NewsOut       NewsState = "published"
)

// NewsStateAt is the state of what is published at a moment, or never.
func NewsStateAt(published *time.Time, now time.Time) NewsState {
	switch {
	case published == nil:
		return NewsDraft
	case published.After(now):
		return NewsScheduled
	}
	return NewsOut
}

// NewsStale means that somebody else has changed the news since the form was drawn.
const NewsStale Refusal = "news.stale"

// How much fits into a piece of news, in characters, and for how long members may have it first, in hours.
const (
	NewsTitleLimit   = 160
	NewsBodyLimit    = 5_000
	MostMembersFirst = 720
)

// NewsForm is what an editor writes.
type NewsForm struct {
	Key          string   `form:"key"`
	Version      int32    `form:"version"`
	Kind         NewsKind `form:"kind"`
	Audience     Audience `form:"audience"`
	Title        string   `form:"title"`
	Body         string   `form:"body"` // Markdown
	MembersFirst string   `form:"members_first"`
	EndsOn       string   `form:"ends_on"`
	Act          string   `form:"act"` // show: only look at it
}

// Form is the news as they are edited further.
func (n News) Form() NewsForm {
	form := NewsForm{Version: n.Version, Kind: n.Kind, Audience: n.Audience, Title: n.Title, Body: n.Body}
	if n.MembersFirst > 0 {
		form.MembersFirst = strconv.Itoa(int(n.MembersFirst))
	}
	if n.EndsOn != nil {
		form.EndsOn = n.EndsOn.String()
	}
	return form
}

// read is what the form says.
func (f NewsForm) read(render Rendering) (news News, err error) {
	news = News{Kind: f.Kind, Audience: f.Audience, Title: tidyLine(f.Title), Body: tidyMarkdown(f.Body)}
	problems := tooLong(map[string]limited{"title": {news.Title, NewsTitleLimit}, "body": {news.Body, NewsBodyLimit}})
	if !slices.Contains(NewsKinds, news.Kind) {
		problems["kind"] = "news.kind_required"
	}
	if !slices.Contains(Audiences, news.Audience) {
		problems["audience"] = "news.audience_required"
	}
	if news.Title == "" {
		problems["title"] = "news.title_required"
	}
	if news.Body == "" {
		problems["body"] = "news.body_required"
	}
	if typed := strings.TrimSpace(f.MembersFirst); typed != "" {
		hours, err := strconv.ParseInt(typed, 10, 32)
		if err != nil || hours < 0 || hours > MostMembersFirst {
			problems["members_first"] = "news.hours_wrong"
		}
		news.MembersFirst = int32(hours)
	}
	if typed := strings.TrimSpace(f.EndsOn); typed != "" {
		day, ok := ParseDay(typed)
		if !ok {
			problems["ends_on"] = "fields.day"
		}
		news.EndsOn = &day
	}
	if len(problems) == 0 {
		news.Html = render(news.Body)
	}
	return news, problems.err()
}

// says reports whether two pieces of news are the same to a reader.
func (n News) says(other News) bool { return n.Form().told() == other.Form().told() }

// told is a form without what is not read.
func (f NewsForm) told() NewsForm {
	f.Key, f.Version, f.Act = "", 0, ""
	return f
}

// WriteNews begins a draft. The same form sent twice finds what it made.
func (db *DB) WriteNews(ctx context.Context, by Visitor, form NewsForm, render Rendering) (news News, err error) {
	told, err := form.read(render)
	if err != nil {
		return news, err
	}
	key, err := formKey(by, form.Key)
	if err != nil {
		return news, err
	}
	err = db.change(ctx, func(c *change) error {
		news, err = c.insertNews(ctx, insertNewsParams{
			Kind: told.Kind, Audience: told.Audience, Title: told.Title, Body: told.Body, Html: told.Html, MembersFirst: told.MembersFirst,
			EndsOn: told.EndsOn, Key: key, ChangedBy: by.ID, ChangedAt: c.now,
		})
		if errors.Is(err, ErrNotFound) { // the form was sent before
			news, err = c.NewsByKey(ctx, key)
		}
		return err
	})
	return news, err
}

// EditNews changes what readers see, at once when it is out.
func (db *DB) EditNews(ctx context.Context, by Visitor, id NewsID, form NewsForm, render Rendering) (news News, err error) {
	told, err := form.read(render)
	if err != nil {
		return news, err
	}
	err = db.change(ctx, func(c *change) error {
		news, err = c.lockNews(ctx, id)
		switch {
		case err != nil:
			return err
		case news.says(told): // as the second press on the button does
			return nil
		case news.Version != form.Version:
			return NewsStale
		}
		news, err = c.editNews(ctx, editNewsParams{
			ID: id, Kind: told.Kind, Audience: told.Audience, Title: told.Title, Body: told.Body, Html: told.Html,
			MembersFirst: told.MembersFirst, EndsOn: told.EndsOn, ChangedBy: by.ID, ChangedAt: c.now,
		})
		return err
	})
	return news, err
}

// PublishNews lets readers see the news from now on.
func (db *DB) PublishNews(ctx context.Context, by Visitor, id NewsID, version int32) (News, error) {
	return db.moveNews(ctx, by, id, version, NewsOut, func(c *change) (*time.Time, error) { return &c.now, nil })
}

// ScheduleNews lets them see it from a moment on.
func (db *DB) ScheduleNews(ctx context.Context, by Visitor, id NewsID, form ScheduleForm) (News, error) {
	return db.moveNews(ctx, by, id, form.Version, NewsScheduled, form.moment)
}

// WithdrawNews takes the news from the readers, back among the drafts.
func (db *DB) WithdrawNews(ctx context.Context, by Visitor, id NewsID, version int32) (News, error) {
	return db.moveNews(ctx, by, id, version, NewsDraft, func(*change) (*time.Time, error) { return nil, nil })
}

// moveNews moves news as somebody at the desk saw them. Those that are there already stay as they are, as after a second
// press; scheduled ones may be scheduled anew.
func (db *DB) moveNews(ctx context.Context, by Visitor, id NewsID, version int32, next NewsState, at func(*change) (*time.Time, error)) (news News, err error) {
	err = db.change(ctx, func(c *change) error {
		if news, err = c.lockNews(ctx, id); err != nil {
			return err
		}
		state := NewsStateAt(news.PublishedAt, c.now)
		switch {
		case state == next && next != NewsScheduled:
			return nil
		case news.Version != version:
			return NewsStale
		case state == NewsOut && next == NewsScheduled:
			return Refusal("news.out_already")
		}
		moment, err := at(c)
		if err != nil {
			return err
		}
		news, err = c.publishNews(ctx, publishNewsParams{ID: id, PublishedAt: moment, ChangedBy: by.ID, ChangedAt: c.now})
		return err
	})
	return news, err
}

// ReadNews opens news for a customer and keeps that.
func (db *DB) ReadNews(ctx context.Context, by Visitor, id NewsID) (news NewsForRow, err error) {
	err = db.change(ctx, func(c *change) error {
		if news, err = c.NewsFor(ctx, by.ID, id, c.now); err != nil || news.Read {
			return err
		}
		news.Read = true
		return c.readNews(ctx, by.ID, id, c.now)
	})
	return news, err
}
