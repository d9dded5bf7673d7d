package db

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

type (
	ContestID      int64
	ContestEntryID int64
)

// Topic names the contest on the live channel and, as an id, in the page.
func (id ContestID) Topic() string { return topic("contest", id) }

// Path is where everybody reads about a contest.
func (id ContestID) Path() string { return "/contests/" + strconv.FormatInt(int64(id), 10) }

// Topic names the entry on the live channel and, as an id, in the page.
func (id ContestEntryID) Topic() string { return topic("contest-entry", id) }

// Path is the page of an entry for who sent it in.
func (id ContestEntryID) Path() string {
	return "/contests/entries/" + strconv.FormatInt(int64(id), 10)
}

// Number is what mails call an entry.
func (id ContestEntryID) Number() string { return "K" + Numbered(id) }

// ContestStatus is how far a contest has come.
type ContestStatus string

const (
	ContestDraft     ContestStatus = "draft"
	ContestOpen      ContestStatus = "open" // takes entries between its dates
	ContestJudging   ContestStatus = "judging"
	ContestFinished  ContestStatus = "finished"
	ContestCancelled ContestStatus = "cancelled"
)

// ContestStatuses are all there are, in the order in which a contest walks through them.
var ContestStatuses = []ContestStatus{ContestDraft, ContestOpen, ContestJudging, ContestFinished, ContestCancelled}

var contestWays = map[ContestStatus][]ContestStatus{
	ContestDraft:   {ContestOpen, ContestCancelled},
	ContestOpen:    {ContestJudging, ContestCancelled},
	ContestJudging: {ContestFinished, ContestCancelled},
}

// May reports whether a contest may move to the next status.
func (s ContestStatus) May(next ContestStatus) bool { return slices.Contains(contestWays[s], next) }

// Editable reports whether editors may still change what a contest says.
func (s ContestStatus) Editable() bool { return s == ContestDraft || s == ContestOpen }

// Judgeable reports whether the jury may let an entry in or not.
func (s ContestStatus) Judgeable() bool { return s == ContestOpen || s == ContestJudging }

// ContestEntryStatus says whether an entry takes part.
type ContestEntryStatus string

const (
	EntrySubmitted    ContestEntryStatus = "submitted"
	EntryWithdrawn    ContestEntryStatus = "withdrawn"
	EntryDisqualified ContestEntryStatus = "disqualified"
)

var contestEntryWays = map[ContestEntryStatus][]ContestEntryStatus{
	EntrySubmitted:    {EntryWithdrawn, EntryDisqualified},
	EntryDisqualified: {EntrySubmitted},
}

// May reports whether an entry may move to the next status.
func (s ContestEntryStatus) May(next ContestEntryStatus) bool {
	return slices.Contains(contestEntryWays[s], next)
}

// Running reports whether what was sent in may still be changed or withdrawn: the end is the end, though no job has come
// by yet.
func (c Contest) Running(now time.Time) bool { return c.Status == ContestOpen && now.Before(c.EndsAt) }

// Takes reports whether a contest takes entries.
func (c Contest) Takes(now time.Time) bool { return c.Running(now) && !now.Before(c.StartsAt) }

// How much fits into an entry.
const (
	EntryTitleLimit = 200
	EntryBodyLimit  = 20_000
	EntryNameLimit  = 80
)

const (
	// ContestStale means that somebody else has changed it since the form was drawn.
	ContestStale Refusal = "contests.stale"
	// ContestOver means that the time for entries is over.
	ContestOver Refusal = "contests.over"
)

// EntryForm is what somebody sends in. A picture comes beside it.
type EntryForm struct {
	Key           string `form:"key"`
	Version       int32  `form:"version"`
	Title         string `form:"title"`
	Body          string `form:"body"`
	Consent       bool   `form:"consent"`  // to be shown, if it wins
	ShownAs       string `form:"shown_as"` // under this name
	RemovePicture bool   `form:"remove_picture"`
}

// Form is the entry as it is edited further.
func (e ContestEntry) Form() EntryForm {
	return EntryForm{Version: e.Version, Title: e.Title, Body: e.Body, Consent: e.Consent, ShownAs: e.ShownAs}
}

func (f EntryForm) read() (ContestEntry, Problems) {
	entry := ContestEntry{Title: tidyLine(f.Title), Body: tidyLines(f.Body), Consent: f.Consent, ShownAs: tidyLine(f.ShownAs)}
	problems := tooLong(map[string]limited{"title": {entry.Title, EntryTitleLimit}, "body": {entry.Body, EntryBodyLimit}, "shown_as": {entry.ShownAs, EntryNameLimit}})
	if entry.Title == "" {
		problems["title"] = "contests.title_required"
	}
	if entry.Consent && entry.ShownAs == "" {
		problems["shown_as"] = "contests.name_required"
	}
	return entry, problems
}

// says reports whether two entries are the same to who reads them, but for the picture.
func (e ContestEntry) says(other ContestEntry) bool {
	return e.Title == other.Title && e.Body == other.Body && e.Consent == other.Consent && e.ShownAs == other.ShownAs
}

// readEntryPicture is the picture that came with a form, if one did. Of several the first counts.
func readEntryPicture(ctx context.Context, uploads []Upload, problems Problems) (*picture, error) {
	if len(uploads) == 0 {
		return nil, nil
	}
	read, err := readPicture(ctx, uploads[0], inTwoSizes)
	if wrong, ok := errors.AsType[Problems](err); ok {
		problems["picture"] = wrong["photos"]
		return nil, nil
	}
	if len(problems) > 0 { // a browser does not send the file again by itself
		problems["picture"] = "contests.picture_again"
	}
	return &read, err
}

// EnterContest sends something in for a contest. The same form sent twice finds what it has sent in.
func (db *DB) EnterContest(ctx context.Context, by Visitor, id ContestID, form EntryForm, uploads []Upload) (entry ContestEntry, err error) {
	typed, problems := form.read()
	picture, err := readEntryPicture(ctx, uploads, problems)
	if err != nil {
		return entry, err
	}
	if typed.Body == "" && picture == nil && problems["picture"] == "" {
		problems["body"] = "contests.entry_empty"
	}
	key, missing := formKey(by, form.Key)
	err = db.change(ctx, func(c *change) error {
		contest, err := c.shownContest(ctx, id)
		if err != nil {
			return err
		}
		if entry, err = c.lockContestEntryByKey(ctx, key, by.ID); !errors.Is(err, ErrNotFound) {
			return err
		}
		if err := c.mayEnter(ctx, by, contest); err != nil {
			return err
		}
		if err := problems.err(); err != nil {
			return err
		}
		if missing != nil {
			return missing
		}
		typed.AccountID, typed.Key = by.ID, key
		if entry, err = c.enter(ctx, contest, typed); err != nil {
			return err
		}
		entry, err = c.pictureEntry(ctx, entry, picture, false)
		return err
	})
	return entry, err
}

// shownContest locks a contest that customers know.
func (c *change) shownContest(ctx context.Context, id ContestID) (Contest, error) {
	contest, err := c.lockContest(ctx, id)
	if err == nil && contest.OpenedAt == nil {
		return Contest{}, ErrNotFound
	}
	return contest, err
}

// mayEnter asks for the time, and how often somebody takes part already. What was withdrawn does not count.
func (c *change) mayEnter(ctx context.Context, by Visitor, contest Contest) error {
	if !contest.Running(c.now) {
		return ContestOver
	}
	if !contest.Takes(c.now) {
		return Refusal("contests.too_early")
	}
	own, err := c.OwnContestEntries(ctx, contest.ID, by.ID)
	if err != nil {
		return err
	}
	if contest.LeftOf(own) == 0 {
		return Refusal("contests.enough")
	}
	return nil
}

// LeftOf is how many entries somebody may still send in.
func (c Contest) LeftOf(own []OwnContestEntriesRow) int {
	left := int(c.EntriesEach)
	for _, entry := range own {
		if entry.Status != EntryWithdrawn {
			left--
		}
	}
	return max(left, 0)
}

func (c *change) enter(ctx context.Context, contest Contest, typed ContestEntry) (ContestEntry, error) {
	if err := c.countContestEntries(ctx, 1, 1, contest.ID); err != nil {
		return ContestEntry{}, err
	}
	entry, err := c.insertContestEntry(ctx, insertContestEntryParams{
		ContestID: contest.ID, AccountID: typed.AccountID, Number: contest.Numbered + 1, Title: typed.Title, Body: typed.Body,
		Consent: typed.Consent, ShownAs: typed.ShownAs, Key: typed.Key, At: c.now,
	})
	c.announceEntry(entry)
	return entry, err
}

// announceEntry wakes the pages that show an entry.
func (c *change) announceEntry(entry ContestEntry) {
	c.announce(entry.AccountID, entry.ID.Topic(), "contests")
	c.announceStaff(entry.ID.Topic(), entry.ContestID.Topic())
}

// pictureEntry gives an entry another picture, or none.
func (c *change) pictureEntry(ctx context.Context, entry ContestEntry, picture *picture, remove bool) (ContestEntry, error) {
	if picture == nil && (!remove || entry.Picture == nil) {
		return entry, nil
	}
	old, fresh := entry.Picture, (*FileID)(nil)
	if picture != nil {
		file, err := c.keepPicture(ctx, insertFileParams{AccountID: entry.AccountID, Subject: "contest", SubjectID: int64(entry.ID), By: entry.AccountID}, *picture)
		if err != nil {
			return entry, err
		}
		fresh = &file
	}
	entry, err := c.setContestPicture(ctx, fresh, entry.ID)
	if err != nil || old == nil {
		return entry, err
	}
	return entry, c.forgetFile(ctx, *old)
}

// ownEntry locks a contest and what somebody has sent in for it, in this order.
func (c *change) ownEntry(ctx context.Context, by Visitor, id ContestEntryID) (contest Contest, entry ContestEntry, err error) {
	if entry, err = c.ContestEntryOf(ctx, id, by.ID); err != nil {
		return contest, entry, err
	}
	if contest, err = c.lockContest(ctx, entry.ContestID); err != nil {
		return contest, entry, err
	}
	entry, err = c.lockContestEntry(ctx, id)
	return contest, entry, err
}

// EditEntry changes what was sent in, as long as the contest takes entries.
func (db *DB) EditEntry(ctx context.Context, by Visitor, id ContestEntryID, form EntryForm, uploads []Upload) (entry ContestEntry, err error) {
	typed, problems := form.read()
	picture, err := readEntryPicture(ctx, uploads, problems)
	if err != nil {
		return entry, err
	}
	err = db.change(ctx, func(c *change) error {
		var contest Contest
		if contest, entry, err = c.ownEntry(ctx, by, id); err != nil {
			return err
		}
		keeps := entry.Picture != nil && !form.RemovePicture
		if typed.Body == "" && picture == nil && !keeps && problems["picture"] == "" {
			problems["body"] = "contests.entry_empty"
		}
		switch {
		case entry.says(typed) && picture == nil && (keeps || entry.Picture == nil) && len(problems) == 0: // as the second press does
			return nil
		case !contest.Running(c.now):
			return ContestOver
		case entry.Status != EntrySubmitted:
			return Refusal("contests.not_taking_part")
		case entry.Version != form.Version:
			return ContestStale
		case len(problems) > 0:
			return problems
		}
		entry, err = c.updateContestEntry(ctx, updateContestEntryParams{ID: id, Title: typed.Title, Body: typed.Body, Consent: typed.Consent, ShownAs: typed.ShownAs})
		if err != nil {
			return err
		}
		c.announceEntry(entry)
		entry, err = c.pictureEntry(ctx, entry, picture, form.RemovePicture)
		return err
	})
	return entry, err
}

// WithdrawEntry takes an entry out of a contest, as long as that takes entries. One that is out already stays so.
func (db *DB) WithdrawEntry(ctx context.Context, by Visitor, id ContestEntryID) (entry ContestEntry, err error) {
	err = db.change(ctx, func(c *change) error {
		var contest Contest
		if contest, entry, err = c.ownEntry(ctx, by, id); err != nil || entry.Status == EntryWithdrawn {
			return err
		}
		if !contest.Running(c.now) {
			return ContestOver
		}
		if !entry.Status.May(EntryWithdrawn) {
			return Refusal("contests.not_taking_part")
		}
		entry, err = c.entryMoved(ctx, by, entry, EntryWithdrawn, "")
		return err
	})
	return entry, err
}

// entryMoved writes down another status of an entry; the contest counts those that take part.
func (c *change) entryMoved(ctx context.Context, by Visitor, entry ContestEntry, next ContestEntryStatus, reason string) (ContestEntry, error) {
	more := map[ContestEntryStatus]int32{EntrySubmitted: 1}
	if err := c.countContestEntries(ctx, 0, more[next]-more[entry.Status], entry.ContestID); err != nil {
		return entry, err
	}
	from := entry.Status
	entry, err := c.moveContestEntry(ctx, next, reason, entry.ID)
	if err != nil {
		return entry, err
	}
	c.announceEntry(entry)
	return entry, c.insertContestEntryMove(ctx, insertContestEntryMoveParams{EntryID: entry.ID, FromStatus: from, ToStatus: next, By: by.ID, Reason: reason, At: c.now})
}

// AddressPrize says where a prize is to be sent: to an address of the winner's own, as it is now, until it has left.
func (db *DB) AddressPrize(ctx context.Context, by Visitor, id ContestEntryID, to AddressID) error {
	return db.change(ctx, func(c *change) error {
		contest, entry, err := c.ownEntry(ctx, by, id)
		if err != nil {
			return err
		}
		prizes, err := c.lockContestPrizes(ctx, contest.ID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(prizes, func(p ContestPrize) bool { return p.EntryID != nil && *p.EntryID == entry.ID && p.Goods != "" })
		if at < 0 {
			return ErrNotFound
		}
		if prizes[at].SentAt != nil {
			return Refusal("contests.prize_sent")
		}
		address, err := c.AddressOf(ctx, to, by.ID)
		if errors.Is(err, ErrNotFound) || err == nil && address.ArchivedAt != nil {
			return Problems{"address_id": "contests.address_required"}
		}
		if err != nil {
			return err
		}
		lines := append(address.Lines(), address.Phone)
		c.announceEntry(entry)
		return c.addressContestPrize(ctx, slices.DeleteFunc(lines, func(s string) bool { return s == "" }), contest.ID, prizes[at].Place)
	})
}

// CloseContests ends the time for entries wherever it is over.
type CloseContests struct{}

func (CloseContests) Kind() string { return "close_contests" }

// CloseContests may run as often as it likes.
func (db *DB) CloseContests(ctx context.Context) error {
	due, err := db.ContestsDue(ctx, db.Now())
	for _, id := range due {
		if err == nil {
			err = db.closeDue(ctx, id)
		}
	}
	return err
}

func (db *DB) closeDue(ctx context.Context, id ContestID) error {
	return db.change(ctx, func(c *change) error {
		contest, err := c.lockContest(ctx, id)
		if err != nil || contest.Status != ContestOpen || contest.EndsAt.After(c.now) {
			return err
		}
		_, err = c.contestMoved(ctx, nil, contest, ContestJudging, "")
		return err
	})
}

// contestMoved writes down another status of a contest, and wakes the pages of everybody who takes part.
func (c *change) contestMoved(ctx context.Context, by *AccountID, contest Contest, next ContestStatus, reason string) (Contest, error) {
	from := contest.Status
	contest, err := c.moveContest(ctx, moveContestParams{ID: contest.ID, Status: next, Reason: reason, At: c.now})
	if err != nil {
		return contest, err
	}
	c.announceStaff(contest.ID.Topic(), "contests")
	entrants, err := c.ContestEntrants(ctx, contest.ID, 0, math.MaxInt32)
	if err != nil {
		return contest, err
	}
	for _, entrant := range entrants {
		c.announce(entrant.AccountID, "contests")
		for _, entry := range entrant.Entries {
			c.announce(entrant.AccountID, ContestEntryID(entry).Topic())
		}
	}
	return contest, c.insertContestMove(ctx, insertContestMoveParams{ContestID: contest.ID, FromStatus: from, ToStatus: next, By: by, Reason: reason, At: c.now})
}

// MailEntrants writes mail-25 to everybody who took part in a contest: to each winner about every place, to all others that
// there are results, or why there will be none.
type MailEntrants struct {
	ContestID ContestID `json:"contest_id"`
}

func (MailEntrants) Kind() string { return "mail_entrants" }

// entrantsAtOnce are mailed in one change.
const entrantsAtOnce = 200

// MailEntrants goes through those who took part by account, and keeps with the contest how far it has come: whenever it is
// killed, it goes on from there.
func (db *DB) MailEntrants(ctx context.Context, job MailEntrants) error {
	for goOn := true; goOn; {
		err := db.change(ctx, func(c *change) (err error) {
			goOn, err = c.mailEntrants(ctx, job.ContestID)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mailEntrants mails some, and reports whether there may be more.
func (c *change) mailEntrants(ctx context.Context, id ContestID) (more bool, err error) {
	contest, err := c.lockContest(ctx, id)
	if err != nil {
		return false, err
	}
	entrants, err := c.ContestEntrants(ctx, id, AccountID(contest.MailedTo), entrantsAtOnce)
	if err != nil || len(entrants) == 0 {
		return false, err
	}
	prizes, err := c.ContestPlaces(ctx, id)
	if err != nil {
		return false, err
	}
	won := map[ContestEntryID]ContestPrize{}
	for _, prize := range prizes {
		if prize.EntryID != nil {
			won[*prize.EntryID] = prize
		}
	}
	for _, entrant := range entrants {
		account, err := c.AccountByID(ctx, entrant.AccountID)
		if err != nil {
			return false, err
		}
		for _, letter := range lettersOf(contest, entrant, won) {
			if err := c.mail(ctx, account, letter); err != nil {
				return false, err
			}
		}
	}
	last := entrants[len(entrants)-1].AccountID
	return len(entrants) == entrantsAtOnce, c.setContestMailed(ctx, int64(last), id)
}

func lettersOf(contest Contest, entrant ContestEntrantsRow, won map[ContestEntryID]ContestPrize) (letters []Letter) {
	for _, number := range entrant.Entries {
		entry := ContestEntryID(number)
		if prize, ok := won[entry]; ok {
			letters = append(letters, Letter{
				Kind: MailContest, Number: entry.Number(), Subject: contest.Title, Path: entry.Path(), Place: prize.Place, Points: prize.Points,
				Comment: prize.Goods, topic: entry.Topic(),
			})
		}
	}
	if len(letters) > 0 {
		return letters
	}
	first := ContestEntryID(entrant.Entries[0])
	other := Letter{Kind: MailContest, Act: "others", Number: first.Number(), Subject: contest.Title, Path: contest.ID.Path(), topic: first.Topic()}
	if contest.Status == ContestCancelled {
		other.Act, other.Reason = "cancelled", contest.Reason
	}
	return []Letter{other}
}

// prizeReason is what a winner reads in the wallet.
func prizeReason(contest Contest, place int32) string {
	return clip(fmt.Sprintf("«%s», № %d", strings.TrimSpace(contest.Title), place), longestReference)
}
