package db

import (
	"context"
	"errors"
	"math"
)

// ArticlesPage is how many articles, or things of a library, stand on one page.
const ArticlesPage = 20

// ArticleCard is an article in a list, as an account sees it.
type ArticleCard ArticlesShownRow

// SmallSize is how large its picture is in a list, in pixels.
func (c ArticleCard) SmallSize() (width, height int) {
	return fitted(int(c.Width), int(c.Height), smallSide)
}

// ArticleList is a page of the articles that are out.
type ArticleList struct {
	Of    AccountID // 0: a guest
	Words string
	Below Place[ArticleID]
	Cards []ArticleCard
	More  bool
}

func (l *ArticleList) questions(db *DB) []question {
	return []question{func(ctx context.Context, q *Queries) (err error) {
		l.Cards, err = l.ask(ctx, q, l.Below.or(db.Now()))
		l.Cards, l.More = cut(l.Cards, ArticlesPage)
		return err
	}}
}

func (l *ArticleList) ask(ctx context.Context, q *Queries, below Place[ArticleID]) (cards []ArticleCard, err error) {
	if words := tidyLine(l.Words); words != "" {
		rows, err := q.ArticlesFound(ctx, ArticlesFoundParams{AccountID: l.Of, Asked: words, PublishedAt: below.At, Below: int64(below.ID), Lim: ArticlesPage + 1})
		for _, row := range rows {
			cards = append(cards, ArticleCard(row))
		}
		return cards, err
	}
	rows, err := q.ArticlesShown(ctx, ArticlesShownParams{AccountID: l.Of, PublishedAt: below.At, Below: int64(below.ID), Lim: ArticlesPage + 1})
	for _, row := range rows {
		cards = append(cards, ArticleCard(row))
	}
	return cards, err
}

// ArticleSheet is an article as an account reads it, with what it has kept of it. Without an ID it is not there.
type ArticleSheet struct {
	Of   AccountID // 0: a guest
	Slug string
	ArticleForRow
	Quotes []Quote
}

func (s *ArticleSheet) questions(*DB) []question {
	return []question{
		func(ctx context.Context, q *Queries) (err error) {
			if s.ArticleForRow, err = q.ArticleFor(ctx, int64(s.Of), s.Slug); errors.Is(err, ErrNotFound) {
				return nil // who is asking is read in the same breath, and is somebody all the same
			}
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			s.Quotes, err = q.QuotesOfArticle(ctx, s.Slug, s.Of)
			return err
		},
	}
}

// PictureSeenBy is a picture of an article, for who may read the article, sees its teaser or writes.
func (db *DB) PictureSeenBy(ctx context.Context, by Visitor, id FileID, variant Variant) (file File, picture []byte, err error) {
	if by.Has(Editor) {
		file, err = db.PictureByID(ctx, id)
	} else {
		file, err = db.PictureFor(ctx, by.ID, id)
	}
	if err != nil {
		return File{}, nil, err
	}
	picture, err = db.content(ctx, ContentKey{id, variant})
	return file, picture, err
}

// Bought is a page of what a customer has bought, the last first.
type Bought struct {
	Of    AccountID
	Below Place[ArticleID]
	Rows  []GrantsOfRow
	More  bool
}

func (b *Bought) questions(db *DB) []question {
	return []question{func(ctx context.Context, q *Queries) (err error) {
		below := b.Below.or(db.Now())
		b.Rows, err = q.GrantsOf(ctx, GrantsOfParams{AccountID: b.Of, At: below.At, Below: int64(below.ID), Lim: ArticlesPage + 1})
		b.Rows, b.More = cut(b.Rows, ArticlesPage)
		return err
	}}
}

// BookmarkList is a page of a customer's bookmarks, the last first.
type BookmarkList struct {
	Of    AccountID
	Below Place[ArticleID]
	Rows  []BookmarksOfRow
	More  bool
}

func (b *BookmarkList) questions(db *DB) []question {
	return []question{func(ctx context.Context, q *Queries) (err error) {
		below := b.Below.or(db.Now())
		b.Rows, err = q.BookmarksOf(ctx, BookmarksOfParams{AccountID: b.Of, At: below.At, Below: int64(below.ID), Lim: ArticlesPage + 1})
		b.Rows, b.More = cut(b.Rows, ArticlesPage)
		return err
	}}
}

// There reports whether its customer can still open the article.
func (r BookmarksOfRow) There() bool { return r.Status == ArticlePublished || r.Bought }

// QuotesFilter narrows a customer's quotes and says where a page of them begins.
type QuotesFilter struct {
	Words string
	Tag   string
	Below QuoteID // 0: from the newest on
}

// QuoteList is a page of a customer's quotes, the last first, and the tags there are.
type QuoteList struct {
	Of     AccountID
	Filter QuotesFilter
	Rows   []QuotesOfRow
	More   bool
	Tags   []QuoteTagsOfRow
}

func (l *QuoteList) questions(*DB) []question {
	return []question{
		func(ctx context.Context, q *Queries) (err error) {
			l.Rows, err = l.Filter.ask(ctx, q, l.Of, ArticlesPage+1)
			l.Rows, l.More = cut(l.Rows, ArticlesPage)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			l.Tags, err = q.QuoteTagsOf(ctx, l.Of)
			return err
		},
	}
}

func (f QuotesFilter) ask(ctx context.Context, q *Queries, of AccountID, most int32) ([]QuotesOfRow, error) {
	below, tag := int64(f.Below), tidyTag(f.Tag)
	if below <= 0 {
		below = math.MaxInt64
	}
	words := tidyLine(f.Words)
	if words == "" {
		return q.QuotesOf(ctx, QuotesOfParams{AccountID: of, Below: below, Tag: tag, Lim: most})
	}
	found, err := q.QuotesFound(ctx, QuotesFoundParams{AccountID: of, Asked: words, Below: below, Tag: tag, Lim: most})
	var rows []QuotesOfRow
	for _, row := range found {
		rows = append(rows, QuotesOfRow(row))
	}
	return rows, err
}

// exportedQuotes is how many go into one file.
const exportedQuotes = 10_000

// AllQuotes are what a file of a customer's quotes holds.
func (db *DB) AllQuotes(ctx context.Context, of AccountID, filter QuotesFilter) ([]QuotesOfRow, error) {
	filter.Below = 0
	return filter.ask(ctx, db.Queries, of, exportedQuotes)
}
