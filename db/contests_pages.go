package db

import (
	"context"
	"errors"
	"math"
	"time"
)

// How many of a list stand on one page. Contests that run at the same time are few; entries to choose from are those
// that the jury likes best.
const (
	ContestsPage = 20
	runningLimit = 50
	juryPage     = 25
	rankingLimit = 100
)

// tiedWithin is as little as two averages may differ and be the same.
const tiedWithin = 1e-9

// ContestList is what runs now, and a page of what an account has sent in.
type ContestList struct {
	Of      AccountID // 0: a guest
	Below   ContestEntryID
	Running []ContestsRunningRow
	Entries []ContestEntriesOfRow
	More    bool
}

func (l *ContestList) questions(*DB) []question {
	return []question{
		func(ctx context.Context, q *Queries) (err error) {
			l.Running, err = q.ContestsRunning(ctx, runningLimit)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			below := l.Below
			if below <= 0 {
				below = math.MaxInt64
			}
			l.Entries, err = q.ContestEntriesOf(ctx, l.Of, below, ContestsPage+1)
			l.Entries, l.More = cut(l.Entries, ContestsPage)
			return err
		},
	}
}

// ContestArchive is a page of the contests that have results.
type ContestArchive struct {
	Below Place[ContestID]
	Rows  []ContestsFinishedRow
	More  bool
}

func (a *ContestArchive) questions(db *DB) []question {
	return []question{func(ctx context.Context, q *Queries) (err error) {
		below := a.Below.or(db.Now())
		a.Rows, err = q.ContestsFinished(ctx, below.At, int64(below.ID), ContestsPage+1)
		a.Rows, a.More = cut(a.Rows, ContestsPage)
		return err
	}}
}

// ContestSheet is a contest as an account sees it, with its own entries and, when there are results, the winners. Without an
// ID in Contest it is not there.
type ContestSheet struct {
	Of AccountID // 0: a guest
	ID ContestID
	Contest
	Now     time.Time
	Prizes  []ContestPrizesRow
	Winners []WinnersOfRow
	Own     []OwnContestEntriesRow
}

func (s *ContestSheet) questions(db *DB) []question {
	s.Now = db.Now()
	return []question{
		func(ctx context.Context, q *Queries) (err error) {
			if s.Contest, err = q.ContestShown(ctx, s.ID); errors.Is(err, ErrNotFound) {
				return nil // who is asking is read in the same breath, and is somebody all the same
			}
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			s.Prizes, err = q.ContestPrizes(ctx, s.ID)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			s.Winners, err = q.WinnersOf(ctx, s.ID)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			s.Own, err = q.OwnContestEntries(ctx, s.ID, s.Of)
			return err
		},
	}
}

// EntrySheet is everything about an entry that who sent it in sees.
type EntrySheet struct {
	Of        ByEntry
	Entry     ContestEntry
	Contest   Contest
	Now       time.Time
	Prize     *ContestPrize // nil: it has won nothing
	Moves     []ContestEntryMovesRow
	Addresses []Address // to which a prize may be sent
}

// ByEntry names an entry and whose it has to be.
type ByEntry struct {
	ID        ContestEntryID
	AccountID AccountID
}

// Changeable reports whether the entry may still be changed or withdrawn.
func (s EntrySheet) Changeable() bool {
	return s.Entry.Status == EntrySubmitted && s.Contest.Running(s.Now)
}

func (s *EntrySheet) questions(db *DB) []question {
	s.Now = db.Now()
	return []question{
		func(ctx context.Context, q *Queries) (err error) {
			s.Entry, err = q.ContestEntryOf(ctx, s.Of.ID, s.Of.AccountID)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			s.Contest, err = q.ContestOfEntry(ctx, s.Of.ID, s.Of.AccountID)
			return err
		},
		func(ctx context.Context, q *Queries) error {
			return orNil(&s.Prize)(q.PrizeOfEntry(ctx, s.Of.ID, s.Of.AccountID))
		},
		func(ctx context.Context, q *Queries) (err error) {
			s.Moves, err = q.ContestEntryMoves(ctx, s.Of.ID, s.Of.AccountID)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			s.Addresses, err = q.AddressesOf(ctx, s.Of.AccountID)
			return err
		},
	}
}

// EntrySheet reads an account's own entry.
func (db *DB) EntrySheet(ctx context.Context, by Visitor, id ContestEntryID) (EntrySheet, error) {
	sheet := EntrySheet{Of: ByEntry{id, by.ID}}
	err := db.Read(ctx, &sheet)
	return sheet, err
}

// ContestPicture is the picture of an entry with its bytes, for who may see it.
func (db *DB) ContestPicture(ctx context.Context, by Visitor, id FileID, variant Variant) (file File, picture []byte, err error) {
	if by.Has(Editor) {
		file, err = db.ContestPictureByID(ctx, id)
	} else {
		file, err = db.ContestPictureFor(ctx, id, by.ID)
	}
	if err != nil {
		return File{}, nil, err
	}
	picture, err = db.content(ctx, ContentKey{id, variant})
	return file, picture, err
}

// DeskContests is a page of the contests in a status, the last changed first.
type DeskContests struct {
	Status ContestStatus
	Below  Place[ContestID]
	Rows   []ContestsAtDeskRow
	More   bool
}

func (l *DeskContests) questions(db *DB) []question {
	return []question{func(ctx context.Context, q *Queries) (err error) {
		below := l.Below.or(db.Now())
		l.Rows, err = q.ContestsAtDesk(ctx, ContestsAtDeskParams{Status: string(l.Status), Before: below.At, Below: int64(below.ID), Lim: DeskPage + 1})
		l.Rows, l.More = cut(l.Rows, DeskPage)
		return err
	}}
}

// DeskContest is everything about a contest that its editors see. Nothing in it says whose an entry is, before there are
// results.
type DeskContest struct {
	Contest
	Now     time.Time
	Prizes  []ContestPrizesRow
	Moves   []MovesOfContestRow
	Jury    []JuryEntriesRow // a page of the entries
	More    bool             // entries behind it
	Ranking []ContestRankingRow
	Awards  []ContestAwardsRow
}

// DeskContest reads a contest for one of its editors; the page of entries begins above a number.
func (db *DB) DeskContest(ctx context.Context, by Visitor, id ContestID, above int32) (desk DeskContest, err error) {
	desk.Now = db.Now()
	if desk.Contest, err = db.ContestByID(ctx, id); err != nil {
		return desk, err
	}
	questions := []question{
		func(ctx context.Context, q *Queries) (err error) {
			desk.Prizes, err = q.ContestPrizes(ctx, id)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			desk.Moves, err = q.MovesOfContest(ctx, id)
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			desk.Jury, err = q.JuryEntries(ctx, JuryEntriesParams{Reader: by.ID, ContestID: id, Above: above, Lim: juryPage + 1})
			desk.Jury, desk.More = cut(desk.Jury, juryPage)
			return err
		},
	}
	switch desk.Status {
	case ContestJudging:
		questions = append(questions, func(ctx context.Context, q *Queries) (err error) {
			desk.Ranking, err = q.ContestRanking(ctx, id, rankingLimit)
			return err
		})
	case ContestFinished:
		questions = append(questions, func(ctx context.Context, q *Queries) (err error) {
			desk.Awards, err = q.ContestAwards(ctx, id)
			return err
		})
	}
	return desk, db.together(ctx, questions...)
}

// Suggested are the entries that the scores put on the places: the best first. One that nobody has scored is on none.
func (d DeskContest) Suggested() []ContestEntryID {
	places := make([]ContestEntryID, len(d.Prizes))
	for i, row := range d.Ranking {
		if i < len(places) && row.Judges > 0 {
			places[i] = row.ID
		}
	}
	return places
}

// Tied are the entries on the places that have as much as another one, so that the scores alone do not decide.
func (d DeskContest) Tied() (tied []ContestRankingRow) {
	for i, row := range d.Ranking {
		before := i > 0 && i-1 < len(d.Prizes) && d.Ranking[i-1].ties(row)
		after := i < len(d.Prizes) && i+1 < len(d.Ranking) && row.ties(d.Ranking[i+1])
		if before || after {
			tied = append(tied, row)
		}
	}
	return tied
}

func (r ContestRankingRow) ties(other ContestRankingRow) bool {
	return r.Judges > 0 && other.Judges > 0 && math.Abs(r.Average-other.Average) < tiedWithin
}

// Unscored counts the entries that might take a place and that nobody has scored, among the best.
func (d DeskContest) Unscored() (n int) {
	for _, row := range d.Ranking {
		if row.Judges == 0 {
			n++
		}
	}
	return n
}

// DeskEntry is an entry before the jury.
type DeskEntry struct {
	Entry   JuryEntryRow
	Contest Contest
	Jury    JuryEntriesRow
}

// DeskEntry reads an entry for one of the jury.
func (db *DB) DeskEntry(ctx context.Context, by Visitor, id ContestEntryID) (desk DeskEntry, err error) {
	if desk.Entry, err = db.JuryEntry(ctx, id); err != nil {
		return desk, err
	}
	err = db.together(ctx,
		func(ctx context.Context, q *Queries) (err error) {
			desk.Contest, err = q.ContestByID(ctx, desk.Entry.ContestID)
			return err
		},
		func(ctx context.Context, q *Queries) error {
			rows, err := q.JuryEntries(ctx, JuryEntriesParams{Reader: by.ID, ContestID: desk.Entry.ContestID, This: int64(id), Lim: 1})
			if err == nil && len(rows) == 0 {
				err = ErrNotFound
			}
			if err == nil {
				desk.Jury = rows[0]
			}
			return err
		})
	return desk, err
}
