package views

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"cabinet/db"

	"github.com/a-h/templ"
)

// contestPath is the page of a contest, or of an act on it.
func contestPath(id db.ContestID, act string) templ.SafeURL {
	return numberedPath("/contests/", int64(id), act)
}

// entryPath is a customer's own entry, or an act on it.
func entryPath(id db.ContestEntryID, act string) templ.SafeURL {
	return numberedPath("/contests/entries/", int64(id), act)
}

// deskContestPath is a contest at the desk, or an act on it.
func deskContestPath(id db.ContestID, act string) templ.SafeURL {
	return numberedPath("/staff/contests/", int64(id), act)
}

// DeskEntryPath is an entry before the jury.
func DeskEntryPath(id db.ContestEntryID) string { return string(deskEntryPath(id, "")) }

func deskEntryPath(id db.ContestEntryID, act string) templ.SafeURL {
	return numberedPath("/staff/contests/entries/", int64(id), act)
}

// ContestPicturePath is where the picture of an entry is.
func ContestPicturePath(id db.FileID, variant db.Variant) string {
	return fmt.Sprintf("/contests/pictures/%d/%s", id, variant)
}

// JuryTitle is what the jury calls an entry, since it does not know whose it is.
func JuryTitle(ctx context.Context, number int32) string {
	return tf(ctx, "desk.contests.entry", "number", number)
}

// contestState is the state of a contest as customers know it: before its first day it does not take entries yet.
func contestState(status db.ContestStatus, starts, now time.Time) templ.Component {
	if status == db.ContestOpen && now.Before(starts) {
		return Badge(Info, "contests.status.soon")
	}
	return Badge(contestTone(status), "contests.status."+string(status))
}

func contestTone(status db.ContestStatus) Tone {
	switch status {
	case db.ContestOpen:
		return Good
	case db.ContestJudging:
		return Warn
	}
	return Neutral
}

func entryTone(status db.ContestEntryStatus) Tone {
	switch status {
	case db.EntrySubmitted:
		return Info
	case db.EntryDisqualified:
		return Bad
	}
	return Neutral
}

// placeBadge is «1 место» beside what has won it.
func placeBadge(ctx context.Context, place int32) templ.Component {
	return Badge(Good, tf(ctx, "contests.place", "place", place))
}

// resultText is how a contest has ended for an entry without a place, or what it waits for.
func resultText(status db.ContestStatus, entry db.ContestEntryStatus) string {
	switch {
	case entry != db.EntrySubmitted:
		return "—"
	case status == db.ContestFinished:
		return "contests.no_place"
	case status == db.ContestCancelled:
		return "contests.status.cancelled"
	}
	return "contests.result_to_come"
}

// prizeText is what there is for a place: «500 баллов · Книга».
func prizeText(ctx context.Context, points int64, goods string) string {
	var said []string
	if points > 0 {
		said = append(said, tn(ctx, "articles.points", points))
	}
	if goods != "" {
		said = append(said, goods)
	}
	return strings.Join(said, " · ")
}

func prizeFacts(ctx context.Context, prizes []db.ContestPrizesRow) (facts []Fact) {
	for _, prize := range prizes {
		facts = append(facts, Fact{Label: tf(ctx, "contests.place", "place", prize.Place), Value: prizeText(ctx, prize.Points, prize.Goods)})
	}
	return facts
}

func contestFacts(ctx context.Context, contest db.Contest) []Fact {
	return []Fact{
		{Label: "contests.from", Value: Moment(ctx, contest.StartsAt)},
		{Label: "contests.until", Value: Moment(ctx, contest.EndsAt)},
		{Label: "contests.each", Value: Number(ctx, contest.EntriesEach)},
		{Label: "contests.taking_part", Value: Number(ctx, contest.Entries)},
	}
}

// entryNext says who has the next word about an entry.
func entryNext(ctx context.Context, entry EntryPage) (Who, string) {
	prize := entry.Prize
	switch {
	case prize != nil && prize.Goods != "" && len(prize.ShipTo) == 0:
		return You, "contests.next.address"
	case prize != nil && prize.Goods != "" && prize.SentAt == nil:
		return Us, "contests.next.to_send"
	case prize != nil && prize.SentAt != nil:
		return Nobody, tf(ctx, "contests.next.sent", "day", LongDay(ctx, *prize.SentAt))
	case prize != nil:
		return Nobody, "contests.next.points"
	case entry.Entry.Status != db.EntrySubmitted:
		return Nobody, "contests.next." + string(entry.Entry.Status)
	case entry.Contest.Running(entry.Now):
		return Nobody, tf(ctx, "contests.next.open", "at", Moment(ctx, entry.Contest.EndsAt))
	case entry.Contest.Status == db.ContestFinished, entry.Contest.Status == db.ContestCancelled:
		return Nobody, "contests.next." + string(entry.Contest.Status)
	}
	return Us, "contests.next.judging"
}

// entryEvents is what became of an entry as who sent it in reads it.
func entryEvents(ctx context.Context, entry EntryPage) (events []Event) {
	for _, move := range entry.Moves {
		by := "tickets.us"
		if move.By == entry.Entry.AccountID {
			by = "orders.by.you"
		}
		event := Event{At: move.At, Text: "contests.entry_status." + string(move.ToStatus), By: t(ctx, by), Tone: entryTone(move.ToStatus)}
		if move.Reason != "" {
			event.Body = spoken(move.Reason)
		}
		events = append(events, event)
	}
	return append(events, Event{At: entry.Entry.CreatedAt, Text: "contests.sent_in", By: t(ctx, "orders.by.you")})
}

// contestEvents is what happened to a contest, the newest first.
func contestEvents(ctx context.Context, desk db.DeskContest) (events []Event) {
	for _, move := range desk.Moves {
		event := Event{At: move.At, By: either(move.ByName, t(ctx, "orders.by.system")), Tone: contestTone(move.ToStatus), Text: "contests.status." + string(move.ToStatus)}
		if move.Reason != "" {
			event.Body = spoken(move.Reason)
		}
		events = append(events, event)
	}
	return events
}

// averageText is an average of scores: «8,5», or a dash when there are none.
func averageText(ctx context.Context, average float64) string {
	if average == 0 {
		return "—"
	}
	return Decimal(ctx, int64(average*10+.5), 1)
}

// rankedOptions are the entries that may take a place, with what the jury thinks of them.
func rankedOptions(ctx context.Context, ranking []db.ContestRankingRow) []Option {
	options := []Option{{Value: "0", Label: "desk.contests.nobody"}}
	for _, row := range ranking {
		options = append(options, Option{Value: strconv.FormatInt(int64(row.ID), 10), Label: rankedText(ctx, row)})
	}
	return options
}

func rankedText(ctx context.Context, row db.ContestRankingRow) string {
	return fmt.Sprintf("№ %d «%s» · %s", row.Number, row.Title, averageText(ctx, row.Average))
}

func tiedText(ctx context.Context, tied []db.ContestRankingRow) string {
	var said []string
	for _, row := range tied {
		said = append(said, rankedText(ctx, row))
	}
	return strings.Join(said, "; ")
}

// GivenScores are the scores that somebody of the jury gave, as they stand in the form.
func GivenScores(row db.JuryEntriesRow) (typed []string) {
	for _, score := range row.Given {
		typed = append(typed, strconv.Itoa(int(score)))
	}
	return typed
}

// score is what stands in the field of a criterion, from 0 on.
func (j JuryEntry) score(criterion int) string {
	if criterion < len(j.Scores) {
		return j.Scores[criterion]
	}
	return ""
}

// place is who stands on a place in the form, from 0 on.
func (e ContestEditing) place(at int) string {
	if at < len(e.Places) {
		return strconv.FormatInt(int64(e.Places[at]), 10)
	}
	return "0"
}
