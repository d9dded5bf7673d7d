package db

import (
	"context"
	"errors"
	"time"
)

// NewsPage is how much news stands on one page.
const NewsPage = 20

// NewsCard is news in a list; it has its text when it is open.
type NewsCard NewsHeardRow

// Ended reports whether what was offered is over.
func (n NewsCard) Ended(today Day) bool { return n.EndsOn != nil && n.EndsOn.Before(today) }

// Early reports whether guests have to wait for it still.
func (n NewsCard) Early(now time.Time) bool {
	return n.ForAll && n.PublishedAt.Add(time.Duration(n.MembersFirst)*time.Hour).After(now)
}

// NewsList is a page of what an account hears of.
type NewsList struct {
	Of      AccountID // 0: a guest
	Open    NewsID    // with its text
	Current bool      // without what has ended
	Most    int
	Below   Place[NewsID]
	Cards   []NewsCard
	More    bool
	Now     time.Time
	Today   Day
}

func (l *NewsList) questions(db *DB) []question {
	l.Now, l.Today = db.Now(), db.Today()
	return []question{func(ctx context.Context, q *Queries) error {
		below := l.Below.or(l.Now)
		rows, err := q.NewsHeard(ctx, NewsHeardParams{
			AccountID: l.Of, Opened: int64(l.Open), Now: l.Now, Current: l.Current, Today: l.Today, PublishedAt: below.At, Below: int64(below.ID), Lim: int32(l.Most) + 1,
		})
		rows, l.More = cut(rows, l.Most)
		l.Cards = make([]NewsCard, len(rows))
		for i, row := range rows {
			l.Cards[i] = NewsCard(row)
		}
		return err
	}}
}

// NewsSheet is one piece of news. Without an ID it is not there.
type NewsSheet struct {
	Of   AccountID
	ID   NewsID
	Card NewsCard
	Now  time.Time
}

func (s *NewsSheet) questions(db *DB) []question {
	s.Now = db.Now()
	return []question{func(ctx context.Context, q *Queries) error {
		row, err := q.NewsFor(ctx, s.Of, s.ID, s.Now)
		if errors.Is(err, ErrNotFound) {
			return nil // who is asking is read in the same breath, and is somebody all the same
		}
		s.Card = NewsCard(row)
		return err
	}}
}

// DeskNews is a page of all news for the editors, the last changed first.
type DeskNews struct {
	Below Place[NewsID]
	Rows  []NewsAtDeskRow
	More  bool
	Now   time.Time
}

func (l *DeskNews) questions(db *DB) []question {
	l.Now = db.Now()
	return []question{func(ctx context.Context, q *Queries) (err error) {
		below := l.Below.or(l.Now)
		l.Rows, err = q.NewsAtDesk(ctx, below.At, int64(below.ID), DeskPage+1)
		l.Rows, l.More = cut(l.Rows, DeskPage)
		return err
	}}
}
