package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// How much fits into a contest. The rules are no longer than what is rendered at once.
const (
	ContestTitleLimit  = 200
	ContestTeaserLimit = 600
	ContestRulesLimit  = 20_000
	CriterionLimit     = 80
	MostCriteria       = 8
	MostPlaces         = 20
	mostEntriesEach    = 20
	prizeLimit         = 200
)

// BestScore is the most that one of the jury can give for a criterion; the least is 1.
const BestScore = 10

// ContestForm is what an editor writes about a contest. Times are of the warehouse.
type ContestForm struct {
	Key      string      `form:"key"`
	Version  int32       `form:"version"`
	Title    string      `form:"title"`
	Teaser   string      `form:"teaser"`
	Rules    string      `form:"rules"` // Markdown
	StartsAt string      `form:"starts_at"`
	EndsAt   string      `form:"ends_at"`
	Each     string      `form:"each"`     // entries that one person may send in
	Criteria string      `form:"criteria"` // one in a line
	Prizes   []PrizeForm // of the first place, the second …
	Act      string      `form:"act"`
}

// PrizeForm is what there is for a place: points, something that is sent by post, or both.
type PrizeForm struct{ Points, Goods string }

func (f PrizeForm) blank() bool { return strings.TrimSpace(f.Points+f.Goods) == "" }

// PrizeField is the name of a field of a place, from 1 on.
func PrizeField(place int, field string) string { return fmt.Sprintf("prize.%d.%s", place, field) }

// Form is the contest as it is edited further.
func (c Contest) Form(prizes []ContestPrizesRow, zone *time.Location) ContestForm {
	form := ContestForm{
		Version: c.Version, Title: c.Title, Teaser: c.Teaser, Rules: c.Rules, Each: strconv.Itoa(int(c.EntriesEach)), Criteria: strings.Join(c.Criteria, "\n"),
		StartsAt: c.StartsAt.In(zone).Format(ScheduleLayout), EndsAt: c.EndsAt.In(zone).Format(ScheduleLayout),
	}
	for _, prize := range prizes {
		typed := PrizeForm{Goods: prize.Goods}
		if prize.Points > 0 {
			typed.Points = strconv.FormatInt(prize.Points, 10)
		}
		form.Prizes = append(form.Prizes, typed)
	}
	return form
}

// read is the contest that the form describes, and its places.
func (f ContestForm) read(zone *time.Location, render Rendering) (contest Contest, prizes []ContestPrizesRow, problems Problems) {
	contest = Contest{Title: tidyLine(f.Title), Teaser: tidyLines(f.Teaser), Rules: tidyMarkdown(f.Rules)}
	problems = tooLong(map[string]limited{"title": {contest.Title, ContestTitleLimit}, "teaser": {contest.Teaser, ContestTeaserLimit}, "rules": {contest.Rules, ContestRulesLimit}})
	if contest.Title == "" {
		problems["title"] = "contests.title_required"
	}
	if contest.Rules == "" {
		problems["rules"] = "contests.rules_required"
	}
	for field, at := range map[string]struct {
		typed string
		into  *time.Time
	}{"starts_at": {f.StartsAt, &contest.StartsAt}, "ends_at": {f.EndsAt, &contest.EndsAt}} {
		moment, err := time.ParseInLocation(ScheduleLayout, strings.TrimSpace(at.typed), zone)
		if *at.into = moment; err != nil || moment.Year() < 2000 || moment.Year() > 2200 {
			problems[field] = "contests.at_wrong"
		}
	}
	if problems["starts_at"] == "" && problems["ends_at"] == "" && !contest.StartsAt.Before(contest.EndsAt) {
		problems["ends_at"] = "contests.ends_before"
	}
	each, err := strconv.ParseInt(strings.TrimSpace(f.Each), 10, 32)
	if contest.EntriesEach = int32(each); err != nil || each < 1 || each > mostEntriesEach {
		problems["each"] = "contests.each_wrong"
	}
	var problem string
	if contest.Criteria, problem = readCriteria(f.Criteria); problem != "" {
		problems["criteria"] = problem
	}
	prizes = f.readPrizes(problems)
	if len(problems) == 0 {
		contest.Html = render(contest.Rules)
	}
	return contest, prizes, problems
}

func readCriteria(typed string) (criteria []string, problem string) {
	for line := range strings.Lines(typed) {
		if line = tidyLine(line); line != "" {
			criteria = append(criteria, line)
		}
	}
	switch {
	case len(criteria) == 0:
		problem = "contests.criteria_required"
	case len(criteria) > MostCriteria:
		problem = "contests.criteria_many"
	case slices.ContainsFunc(criteria, func(s string) bool { return utf8.RuneCountInString(s) > CriterionLimit }):
		problem = "contests.criterion_long"
	}
	return criteria, problem
}

// readPrizes leaves out the rows at the end that nobody has filled in.
func (f ContestForm) readPrizes(problems Problems) (prizes []ContestPrizesRow) {
	rows := f.Prizes
	for len(rows) > 0 && rows[len(rows)-1].blank() {
		rows = rows[:len(rows)-1]
	}
	if len(rows) == 0 {
		problems[PrizeField(1, "points")] = "contests.prize_required"
	}
	for i, row := range rows {
		prize := ContestPrizesRow{Place: int32(i + 1), Goods: tidyLine(row.Goods)}
		if strings.TrimSpace(row.Points) != "" {
			points, problem := parsePoints(row.Points, 1)
			if prize.Points = points; problem != "" {
				problems[PrizeField(i+1, "points")] = problem
			}
		}
		switch {
		case row.blank() || strings.TrimSpace(row.Points) == "" && prize.Goods == "":
			problems[PrizeField(i+1, "points")] = "contests.prize_required"
		case utf8.RuneCountInString(prize.Goods) > prizeLimit:
			problems[PrizeField(i+1, "goods")] = "fields.too_long"
		}
		prizes = append(prizes, prize)
	}
	if len(prizes) > MostPlaces {
		problems[""] = "contests.places_many"
	}
	return prizes
}

// says reports whether two contests are the same to who reads them.
func (c Contest) says(other Contest) bool {
	return c.Title == other.Title && c.Teaser == other.Teaser && c.Rules == other.Rules && c.StartsAt.Equal(other.StartsAt) && c.EndsAt.Equal(other.EndsAt) &&
		c.EntriesEach == other.EntriesEach && slices.Equal(c.Criteria, other.Criteria)
}

// WriteContest begins a contest, which nobody but the desk sees. The same form sent twice finds the contest it made.
func (db *DB) WriteContest(ctx context.Context, by Visitor, form ContestForm, render Rendering) (contest Contest, err error) {
	typed, prizes, problems := form.read(db.Zone, render)
	if err := problems.err(); err != nil {
		return Contest{}, err
	}
	key, err := formKey(by, form.Key)
	if err != nil {
		return Contest{}, err
	}
	err = db.change(ctx, func(c *change) error {
		contest, err = c.insertContest(ctx, insertContestParams{
			Title: typed.Title, Teaser: typed.Teaser, Rules: typed.Rules, Html: typed.Html, StartsAt: typed.StartsAt, EndsAt: typed.EndsAt,
			EntriesEach: typed.EntriesEach, Criteria: typed.Criteria, Key: key, At: c.now,
		})
		if errors.Is(err, ErrNotFound) { // the form was sent before
			contest, err = c.ContestByKey(ctx, key)
			return err
		}
		if err != nil {
			return err
		}
		c.announceStaff("contests")
		return c.setPrizes(ctx, contest.ID, prizes)
	})
	return contest, err
}

func (c *change) setPrizes(ctx context.Context, id ContestID, prizes []ContestPrizesRow) error {
	if err := c.deleteContestPrizes(ctx, id); err != nil {
		return err
	}
	for _, prize := range prizes {
		if err := c.insertContestPrize(ctx, insertContestPrizeParams{ContestID: id, Place: prize.Place, Points: prize.Points, Goods: prize.Goods}); err != nil {
			return err
		}
	}
	return nil
}

// EditContest changes a contest until it is judged.
func (db *DB) EditContest(ctx context.Context, by Visitor, id ContestID, form ContestForm, render Rendering) (contest Contest, err error) {
	typed, prizes, problems := form.read(db.Zone, render)
	err = db.change(ctx, func(c *change) error {
		if contest, err = c.lockContest(ctx, id); err != nil {
			return err
		}
		before, err := c.ContestPrizes(ctx, id)
		switch {
		case err != nil:
			return err
		case contest.says(typed) && slices.Equal(before, prizes) && len(problems) == 0: // as the second press does
			return nil
		case form.Version != contest.Version:
			return ContestStale
		case !contest.Status.Editable():
			return Refusal("contests.may_not")
		case contest.Status == ContestOpen && problems["ends_at"] == "" && !typed.EndsAt.After(c.now):
			problems["ends_at"] = "contests.ends_in_past"
		}
		if err := problems.err(); err != nil {
			return err
		}
		contest, err = c.updateContest(ctx, updateContestParams{
			ID: id, Title: typed.Title, Teaser: typed.Teaser, Rules: typed.Rules, Html: typed.Html, StartsAt: typed.StartsAt, EndsAt: typed.EndsAt,
			EntriesEach: typed.EntriesEach, Criteria: typed.Criteria, At: c.now,
		})
		if err != nil {
			return err
		}
		if contest.Status == ContestOpen {
			c.enqueueAt(CloseContests{}, contest.EndsAt)
		}
		c.announceStaff(id.Topic(), "contests")
		return c.setPrizes(ctx, id, prizes)
	})
	return contest, err
}

// OpenContest shows a contest to everybody; between its dates it takes entries.
func (db *DB) OpenContest(ctx context.Context, by Visitor, id ContestID, version int32) (Contest, error) {
	return db.moveContestTo(ctx, by, ContestOpen, id, version, func(c *change, contest Contest) (string, error) {
		if !contest.EndsAt.After(c.now) {
			return "", Refusal("contests.ends_in_past")
		}
		c.enqueueAt(CloseContests{}, contest.EndsAt)
		return "", nil
	})
}

// CloseContest ends the time for entries before its day.
func (db *DB) CloseContest(ctx context.Context, by Visitor, id ContestID, version int32) (Contest, error) {
	return db.moveContestTo(ctx, by, ContestJudging, id, version, func(*change, Contest) (string, error) { return "", nil })
}

// moveContestTo moves a contest as somebody at the desk saw it. One that is there already stays as it is, as after a
// second press.
func (db *DB) moveContestTo(ctx context.Context, by Visitor, next ContestStatus, id ContestID, version int32, ready func(*change, Contest) (string, error)) (contest Contest, err error) {
	err = db.change(ctx, func(c *change) error {
		if contest, err = c.lockContest(ctx, id); err != nil || contest.Status == next && contest.Version != version {
			return err
		}
		switch {
		case contest.Version != version:
			return ContestStale
		case !contest.Status.May(next):
			return Refusal("contests.may_not")
		}
		reason, err := ready(c, contest)
		if err != nil {
			return err
		}
		contest, err = c.contestMoved(ctx, &by.ID, contest, next, reason)
		return err
	})
	return contest, err
}

// ContestCancellation says why a contest will have no results.
type ContestCancellation struct {
	Version int32  `form:"version"`
	Reason  string `form:"reason"`
}

// CancelContest ends a contest without results; whoever takes part is told why.
func (db *DB) CancelContest(ctx context.Context, by Visitor, id ContestID, form ContestCancellation) (contest Contest, err error) {
	err = db.change(ctx, func(c *change) error {
		if contest, err = c.lockContest(ctx, id); err != nil || contest.Status == ContestCancelled {
			return err
		}
		reason, problem := readReason(form.Reason)
		switch {
		case contest.Version != form.Version:
			return ContestStale
		case !contest.Status.May(ContestCancelled):
			return Refusal("contests.may_not")
		case problem != "":
			return Problems{"reason": problem}
		}
		if contest, err = c.contestMoved(ctx, &by.ID, contest, ContestCancelled, reason); err != nil {
			return err
		}
		c.enqueue(MailEntrants{id})
		return nil
	})
	return contest, err
}

func readReason(typed string) (reason, problem string) {
	switch reason = tidyLines(typed); {
	case reason == "":
		problem = "contests.reason_required"
	case utf8.RuneCountInString(reason) > ReasonLimit:
		problem = "fields.too_long"
	}
	return reason, problem
}

// judgedEntry locks a contest and an entry of it that the jury may see, in this order.
func (c *change) judgedEntry(ctx context.Context, id ContestEntryID) (contest Contest, entry ContestEntry, err error) {
	found, err := c.JuryEntry(ctx, id)
	if err != nil {
		return contest, entry, err
	}
	if contest, err = c.lockContest(ctx, found.ContestID); err != nil {
		return contest, entry, err
	}
	entry, err = c.lockContestEntry(ctx, id)
	return contest, entry, err
}

// ScoreField is the name of the field for a criterion, from 1 on.
func ScoreField(criterion int) string { return fmt.Sprintf("criterion.%d.score", criterion) }

// ScoreEntry is what one of the jury thinks of an entry, a score for each criterion. Thought better of, the newer counts.
func (db *DB) ScoreEntry(ctx context.Context, by Visitor, id ContestEntryID, typed []string) error {
	return db.change(ctx, func(c *change) error {
		contest, entry, err := c.judgedEntry(ctx, id)
		switch {
		case err != nil:
			return err
		case contest.Status != ContestJudging:
			return Refusal("contests.not_judging")
		case entry.Status != EntrySubmitted:
			return Refusal("contests.not_taking_part")
		case entry.AccountID == by.ID:
			return Refusal("contests.own_entry")
		}
		problems, scores := Problems{}, make([]int32, len(contest.Criteria))
		for i := range contest.Criteria {
			if i < len(typed) {
				score, _ := strconv.ParseInt(typed[i], 10, 32)
				scores[i] = int32(score)
			}
			if scores[i] < 1 || scores[i] > BestScore {
				problems[ScoreField(i+1)] = "contests.score_required"
			}
		}
		if err := problems.err(); err != nil {
			return err
		}
		c.announceStaff(id.Topic(), contest.ID.Topic())
		return c.scoreContestEntry(ctx, id, by.ID, scores)
	})
}

// DisqualifyEntry keeps an entry from taking a place; who sent it in reads why.
func (db *DB) DisqualifyEntry(ctx context.Context, by Visitor, id ContestEntryID, reason string) (entry ContestEntry, err error) {
	err = db.change(ctx, func(c *change) error {
		var contest Contest
		if contest, entry, err = c.judgedEntry(ctx, id); err != nil || entry.Status == EntryDisqualified {
			return err
		}
		if !contest.Status.Judgeable() || !entry.Status.May(EntryDisqualified) {
			return Refusal("contests.may_not")
		}
		said, problem := readReason(reason)
		if problem != "" {
			return Problems{"reason": problem}
		}
		entry, err = c.entryMoved(ctx, by, entry, EntryDisqualified, said)
		return err
	})
	return entry, err
}

// ReadmitEntry takes that back.
func (db *DB) ReadmitEntry(ctx context.Context, by Visitor, id ContestEntryID) (entry ContestEntry, err error) {
	err = db.change(ctx, func(c *change) error {
		var contest Contest
		if contest, entry, err = c.judgedEntry(ctx, id); err != nil || entry.Status == EntrySubmitted {
			return err
		}
		if !contest.Status.Judgeable() || !entry.Status.May(EntrySubmitted) {
			return Refusal("contests.may_not")
		}
		entry, err = c.entryMoved(ctx, by, entry, EntrySubmitted, "")
		return err
	})
	return entry, err
}

// ContestResults says who gets which place: the first, the second … 0 leaves a place to nobody.
type ContestResults struct {
	Version int32
	Places  []ContestEntryID
}

// PlaceField is the name of the field for a place, from 1 on.
func PlaceField(place int) string { return fmt.Sprintf("place.%d", place) }

// FinishContest gives the places away, and with them the points. Who has won something that is sent by post is asked where to.
func (db *DB) FinishContest(ctx context.Context, by Visitor, id ContestID, results ContestResults) (contest Contest, err error) {
	err = db.change(ctx, func(c *change) error {
		if contest, err = c.lockContest(ctx, id); err != nil || contest.Status == ContestFinished && contest.Version != results.Version {
			return err
		}
		switch {
		case contest.Version != results.Version:
			return ContestStale
		case !contest.Status.May(ContestFinished):
			return Refusal("contests.may_not")
		}
		prizes, err := c.lockContestPrizes(ctx, id)
		if err != nil {
			return err
		}
		winners, err := c.winners(ctx, contest, prizes, results.Places)
		if err != nil {
			return err
		}
		if contest, err = c.contestMoved(ctx, &by.ID, contest, ContestFinished, ""); err != nil {
			return err
		}
		for _, winner := range winners {
			if err := c.award(ctx, by, contest, winner); err != nil {
				return err
			}
		}
		c.enqueue(MailEntrants{id})
		return nil
	})
	return contest, err
}

// winner is an entry with what it has won.
type winner struct {
	entry ContestEntry
	prize ContestPrize
}

// winners are those to whom the places go, in the order in which wallets are locked.
func (c *change) winners(ctx context.Context, contest Contest, prizes []ContestPrize, places []ContestEntryID) (winners []winner, err error) {
	problems, seen := Problems{}, map[ContestEntryID]bool{}
	for i, prize := range prizes {
		if i >= len(places) || places[i] == 0 {
			continue
		}
		entry, err := c.lockContestEntry(ctx, places[i])
		switch {
		case errors.Is(err, ErrNotFound) || err == nil && (entry.ContestID != contest.ID || entry.Status != EntrySubmitted):
			problems[PlaceField(i+1)] = "contests.entry_unknown"
			continue
		case err != nil:
			return nil, err
		case seen[entry.ID]:
			problems[PlaceField(i+1)] = "contests.place_twice"
		}
		seen[entry.ID] = true
		winners = append(winners, winner{entry, prize})
	}
	if len(winners) == 0 && len(problems) == 0 {
		problems[PlaceField(1)] = "contests.nobody"
	}
	slices.SortFunc(winners, func(a, b winner) int { return int(a.entry.AccountID - b.entry.AccountID) })
	return winners, problems.err()
}

func (c *change) award(ctx context.Context, by Visitor, contest Contest, won winner) error {
	row := awardContestPrizeParams{ContestID: contest.ID, Place: won.prize.Place, EntryID: &won.entry.ID}
	if won.prize.Points > 0 {
		given := posting{kind: Bonus, key: fmt.Sprintf("contest:%d:%d", contest.ID, won.prize.Place), by: &by.ID, reason: prizeReason(contest, won.prize.Place)}
		bonus, err := c.givePoints(ctx, given, won.entry.AccountID, won.prize.Points, nil)
		if err != nil {
			return err
		}
		row.TransferID = &bonus.TransferID
	}
	return c.awardContestPrize(ctx, row)
}

// SendPrize writes down that a prize has left for its winner.
func (db *DB) SendPrize(ctx context.Context, by Visitor, id ContestID, place int32) error {
	return db.change(ctx, func(c *change) error {
		if _, err := c.lockContest(ctx, id); err != nil {
			return err
		}
		prizes, err := c.lockContestPrizes(ctx, id)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(prizes, func(p ContestPrize) bool { return p.Place == place && p.EntryID != nil && p.Goods != "" })
		switch {
		case at < 0:
			return ErrNotFound
		case prizes[at].SentAt != nil:
			return nil
		case len(prizes[at].ShipTo) == 0:
			return Refusal("contests.no_address")
		}
		entry, err := c.lockContestEntry(ctx, *prizes[at].EntryID)
		if err != nil {
			return err
		}
		c.announceEntry(entry)
		return c.sendContestPrize(ctx, &c.now, id, place)
	})
}
