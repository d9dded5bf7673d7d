package db

import (
	"context"
	"time"
)

// How many dreams a page of the journal shows, and how many tags it offers to narrow it by.
const (
	DreamsPage = 20
	tagChips   = 12
)

// DreamNight is where a dream stands in its author's journal.
type DreamNight struct {
	Day Day
	ID  DreamID
}

// DreamsFilter narrows a journal and says where a page of it begins.
type DreamsFilter struct {
	Words string
	Tag   DreamTagID // 0: any
	Day   Day        // zero: any
	Below DreamNight // zero: from the latest on
}

// Narrow reports whether the filter leaves anything out.
func (f DreamsFilter) Narrow() bool { return f.Words != "" || f.Tag != 0 || !f.Day.IsZero() }

// DreamCard is a dream as a row of the journal.
type DreamCard DreamsOfRow

// Journal is a page of a customer's own dreams, whether there is more, and the tags to narrow it by.
type Journal struct {
	Of     AccountID
	Filter DreamsFilter
	Rows   []DreamCard
	More   bool
	Tags   []DreamTag
}

func (j *Journal) questions(db *DB) []question {
	return []question{
		func(ctx context.Context, q *Queries) (err error) {
			j.Rows, err = j.Filter.ask(ctx, q, j.Of, db.Today())
			j.Rows, j.More = cut(j.Rows, DreamsPage)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			j.Tags, err = q.DreamTagsOf(ctx, j.Of, tagChips)
			return err
		},
	}
}

// ask reads a page of the dreams that the filter lets through, and one more.
func (f DreamsFilter) ask(ctx context.Context, q *Queries, of AccountID, today Day) (cards []DreamCard, err error) {
	since, before, below := earliestDream, today.Plus(3), DreamID(0)
	if !f.Day.IsZero() {
		since, before = f.Day, f.Day.Plus(1)
	}
	if f.Below.ID != 0 {
		before, below = f.Below.Day, f.Below.ID
	}
	if words := tidyLine(f.Words); words != "" {
		rows, err := q.DreamsFound(ctx, DreamsFoundParams{
			AccountID: of, Words: words, Since: since, Before: before, Below: int64(below), Tag: int64(f.Tag), Lim: DreamsPage + 1,
		})
		for _, row := range rows {
			cards = append(cards, DreamCard(row))
		}
		return cards, err
	}
	rows, err := q.DreamsOf(ctx, DreamsOfParams{AccountID: of, Since: since, Before: before, Below: int64(below), Tag: int64(f.Tag), Lim: DreamsPage + 1})
	for _, row := range rows {
		cards = append(cards, DreamCard(row))
	}
	return cards, err
}

// DreamSheet is everything about a dream that its author sees.
type DreamSheet struct {
	Of ByDream
	Dream
	Tags  []DreamTag
	Moves []DreamMovesRow
}

// ByDream names a dream and whose it has to be.
type ByDream struct {
	ID        DreamID
	AccountID AccountID
}

func (s *DreamSheet) questions(*DB) []question {
	return []question{
		func(ctx context.Context, q *Queries) (err error) {
			s.Dream, err = q.DreamOf(ctx, s.Of.ID, s.Of.AccountID)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			s.Tags, err = q.TagsOfDream(ctx, s.Of.ID, s.Of.AccountID)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			s.Moves, err = q.DreamMoves(ctx, s.Of.ID, s.Of.AccountID)
			return err
		},
	}
}

// DreamSheet reads a customer's own dream.
func (db *DB) DreamSheet(ctx context.Context, by Visitor, id DreamID) (DreamSheet, error) {
	sheet := DreamSheet{Of: ByDream{id, by.ID}}
	err := db.Read(ctx, &sheet)
	return sheet, err
}

// DreamTags are a customer's own tags.
func (db *DB) DreamTags(ctx context.Context, of AccountID) ([]DreamTag, error) {
	return db.DreamTagsOf(ctx, of, dreamTagsShown)
}

// DreamYear is what a customer dreamed in a year: on which nights, and what came back.
type DreamYear struct {
	Of    AccountID
	Year  int // 0: this one
	Days  []DreamDaysRow
	First Day // of all that they wrote down; zero: nothing yet
	Words []DreamMonths
	Tags  []DreamMonths
}

// DreamMonths is a word or a tag, and in how many dreams of each month it is.
type DreamMonths struct {
	Name   string
	Dreams int64
	Months [12]int64
}

// dullWords say that there was a dream, and nothing of it.
var dullWords = []string{
	"сон", "сны", "снился", "снилась", "снилось", "снились", "снится", "приснился", "приснилась", "приснилось", "приснились", "ночь", "этот", "это", "эта", "эти",
	"который", "которая", "очень", "потом", "просто", "будто", "вдруг", "свой", "своя", "мой", "моя", "моё", "весь", "все", "всё", "было", "был", "была", "были",
	"быть", "стать", "стал", "стала", "там", "тут", "туда", "где", "как", "так", "такой", "такая", "какой", "какая", "какие", "чтобы", "тоже", "ещё", "уже", "еле", "она",
	"оно", "они", "него", "неё", "них", "нам", "нас", "тебя", "меня", "мне", "говорит", "сказал", "сказала", "самый", "самая", "один", "одна", "несколько", "почему",
}

// howMany words and how many tags the year names.
const howMany = 8

func (y *DreamYear) questions(db *DB) []question {
	if y.Year == 0 {
		y.Year = db.Today().Year
	}
	since, until := Day{y.Year, time.January, 1}, Day{y.Year, time.December, 31}
	return []question{
		func(ctx context.Context, q *Queries) (err error) {
			y.Days, err = q.DreamDays(ctx, y.Of, since, until)
			return err
		},
		func(ctx context.Context, q *Queries) error {
			first, err := q.FirstDreamDay(ctx, y.Of)
			if len(first) > 0 {
				y.First = first[0]
			}
			return err
		},
		func(ctx context.Context, q *Queries) error {
			rows, err := q.DreamWords(ctx, DreamWordsParams{AccountID: y.Of, Since: since, Until: until, Dull: dullWords, Lim: howMany})
			y.Words = nil
			for _, row := range rows {
				y.Words = inMonth(y.Words, row)
			}
			return err
		},
		func(ctx context.Context, q *Queries) error {
			rows, err := q.DreamTagMonths(ctx, DreamTagMonthsParams{AccountID: y.Of, Since: since, Until: until, Lim: howMany})
			y.Tags = nil
			for _, row := range rows {
				y.Tags = inMonth(y.Tags, DreamWordsRow(row))
			}
			return err
		},
	}
}

// inMonth adds a month to the word that is last, or begins the next word.
func inMonth(all []DreamMonths, row DreamWordsRow) []DreamMonths {
	if len(all) == 0 || all[len(all)-1].Name != row.Name {
		all = append(all, DreamMonths{Name: row.Name, Dreams: row.Dreams})
	}
	all[len(all)-1].Months[row.Month-1] = row.InMonth
	return all
}

// Nights counts the nights of each month with a dream.
func (y *DreamYear) Nights() (nights [12]int64) {
	for _, day := range y.Days {
		nights[day.DreamedOn.Month-1]++
	}
	return nights
}

// journalAtOnce is how many dreams are read at a time when all are taken along.
const journalAtOnce = 500

// TakenAlong is a dream as it is exported.
type TakenAlong = WholeJournalRow

// TakeJournal hands over all of a customer's own dreams with their tags, the first written first.
func (db *DB) TakeJournal(ctx context.Context, of AccountID, take func(TakenAlong) error) error {
	for above := int64(0); ; {
		rows, err := db.WholeJournal(ctx, of, above, journalAtOnce)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := take(row); err != nil {
				return err
			}
			above = int64(row.Dream.ID)
		}
		if len(rows) < journalAtOnce {
			return nil
		}
	}
}

// Dreambook is a page of the published dreams, below a place in it, and whether there is more.
func (db *DB) Dreambook(ctx context.Context, below Place[DreamID]) ([]PublishedDreamsRow, bool, error) {
	below = below.or(db.Now())
	rows, err := db.PublishedDreams(ctx, below.At, int64(below.ID), DreamsPage+1)
	rows, more := cut(rows, DreamsPage)
	return rows, more, err
}
