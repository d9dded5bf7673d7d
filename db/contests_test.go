package db_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"

	"github.com/jackc/pgx/v5"
)

func contestSheet(t *testing.T, w *dbtest.World, of db.AccountID, id db.ContestID) *db.ContestSheet {
	t.Helper()
	sheet := &db.ContestSheet{Of: of, ID: id}
	if err := w.Read(t.Context(), sheet); err != nil {
		t.Fatal(err)
	}
	return sheet
}

// lettersTo are the mails about contests that somebody got, the first first: what each is about.
func lettersTo(t *testing.T, w *dbtest.World, of db.Visitor) (letters []string) {
	t.Helper()
	rows, err := w.Pool.Query(t.Context(), "SELECT DISTINCT (args->>'contest_id')::bigint FROM river_job WHERE kind = 'mail_entrants'")
	if err != nil {
		t.Fatal(err)
	}
	contests, err := pgx.CollectRows(rows, pgx.RowTo[db.ContestID])
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range contests { // however often it runs
		if err := w.MailEntrants(t.Context(), db.MailEntrants{ContestID: id}); err != nil {
			t.Fatal(err)
		}
	}
	mails, err := w.Mails(t.Context(), 1<<40, 500)
	if err != nil {
		t.Fatal(err)
	}
	for _, mail := range slices.Backward(mails) {
		if mail.AccountID == of.ID && mail.Kind == db.MailContest {
			letters = append(letters, string(mail.Letter))
		}
	}
	return letters
}

func TestContestEntries(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	ctx := t.Context()
	vera, boris, nina := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Person(t, dbtest.Nina)

	t.Run("K01 nobody sees a draft, and nobody enters it", func(t *testing.T) {
		draft := sure(w.WriteContest(ctx, nina, w.ContestForm(), dbtest.Rendered))
		if sheet := contestSheet(t, w, vera.ID, draft.ID); sheet.Contest.ID != 0 {
			t.Errorf("%+v", sheet)
		}
		if _, err := w.EnterContest(ctx, vera, draft.ID, dbtest.EntryForm("Рано"), nil); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
	})
	t.Run("K01 entered once between start and end, however often the button is pressed", func(t *testing.T) {
		form := w.ContestForm()
		form.StartsAt = w.Now().In(w.Zone).AddDate(0, 0, 1).Format(db.ScheduleLayout)
		contest := w.Contest(t, form)
		entry := dbtest.EntryForm("Ночь")
		_, err := w.EnterContest(ctx, vera, contest.ID, entry, nil)
		refused(t, err, "contests.too_early")
		w.Clock.Pass(25 * time.Hour)
		first := sure(w.EnterContest(ctx, vera, contest.ID, entry, nil))
		if again := sure(w.EnterContest(ctx, vera, contest.ID, entry, nil)); again.ID != first.ID {
			t.Errorf("sent twice, entered twice: %d, %d", first.ID, again.ID)
		}
		_, err = w.EnterContest(ctx, vera, contest.ID, dbtest.EntryForm("Ещё ночь"), nil)
		refused(t, err, "contests.enough")
		w.Entered(t, boris, contest, "Утро")
		if sheet := contestSheet(t, w, vera.ID, contest.ID); sheet.Contest.Entries != 2 || len(sheet.Own) != 1 || sheet.Own[0].Title != "Ночь" || sheet.Own[0].Number != 1 {
			t.Errorf("%+v", sheet)
		}
		w.Clock.Pass(14 * 24 * time.Hour)
		_, err = w.EnterContest(ctx, nina, contest.ID, dbtest.EntryForm("Поздно"), nil)
		refused(t, err, db.ContestOver)
		if again := sure(w.EnterContest(ctx, vera, contest.ID, entry, nil)); again.ID != first.ID {
			t.Error("what was sent in time is not found after the end")
		}
	})
	t.Run("K01 fifty presses at once enter as often as the contest allows", func(t *testing.T) {
		form := w.ContestForm()
		form.Each = "3"
		contest := w.Contest(t, form)
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() { w.EnterContest(ctx, vera, contest.ID, dbtest.EntryForm(fmt.Sprint("Рассказ ", i)), nil) })
		}
		all.Wait()
		sheet := contestSheet(t, w, vera.ID, contest.ID)
		if len(sheet.Own) != 3 || sheet.Contest.Entries != 3 || sheet.LeftOf(sheet.Own) != 0 {
			t.Errorf("%d entries, %d counted", len(sheet.Own), sheet.Contest.Entries)
		}
	})
	t.Run("K01 changed and withdrawn before the end, and only by whose it is", func(t *testing.T) {
		contest := w.Contest(t, w.ContestForm())
		entry := w.Entered(t, vera, contest, "Ночь", dbtest.Upload(dbtest.Snapshot(640, 480)))
		form := entry.Form()
		form.Title, form.Consent, form.ShownAs = "Белая ночь", false, ""
		if _, err := w.EditEntry(ctx, boris, entry.ID, form, nil); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		edited := sure(w.EditEntry(ctx, vera, entry.ID, form, nil))
		if edited.Title != "Белая ночь" || edited.Picture == nil || edited.Consent {
			t.Errorf("%+v", edited)
		}
		form.Title = "Из другого окна"
		_, err := w.EditEntry(ctx, vera, entry.ID, form, nil)
		refused(t, err, db.ContestStale)
		form = edited.Form()
		form.RemovePicture = true
		if edited = sure(w.EditEntry(ctx, vera, entry.ID, form, nil)); edited.Picture != nil {
			t.Error("the picture is still there")
		}
		if _, err := w.WithdrawEntry(ctx, boris, entry.ID); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		for range 2 {
			if entry := sure(w.WithdrawEntry(ctx, vera, entry.ID)); entry.Status != db.EntryWithdrawn {
				t.Errorf("%+v", entry)
			}
		}
		_, err = w.EditEntry(ctx, vera, entry.ID, dbtest.EntryForm("Снова"), nil)
		refused(t, err, "contests.not_taking_part")
		again := w.Entered(t, vera, contest, "Другая ночь") // what was withdrawn does not count
		w.Judged(t, contest)
		_, err = w.WithdrawEntry(ctx, vera, again.ID)
		refused(t, err, db.ContestOver)
		form = again.Form()
		form.Title = "После конца"
		_, err = w.EditEntry(ctx, vera, again.ID, form, nil)
		refused(t, err, db.ContestOver)
		if sheet := sure(w.EntrySheet(ctx, vera, entry.ID)); len(sheet.Moves) != 1 || sheet.Moves[0].ToStatus != db.EntryWithdrawn {
			t.Errorf("%+v", sheet.Moves)
		}
		if _, err := w.EntrySheet(ctx, boris, entry.ID); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
	})
	t.Run("K01 what a form lacks is said beside the field", func(t *testing.T) {
		contest := w.Contest(t, w.ContestForm())
		for name, form := range map[string]db.EntryForm{
			"title":    {Body: "Текст"},
			"body":     {Title: "Без текста и картинки"},
			"shown_as": {Title: "Без имени", Body: "Текст", Consent: true},
			"picture":  {Title: "Не картинка", Body: "Текст"},
		} {
			form.Key = dbtest.EntryForm("").Key
			var uploads []db.Upload
			if name == "picture" {
				uploads = append(uploads, dbtest.Upload([]byte("это не картинка")))
			}
			_, err := w.EnterContest(ctx, vera, contest.ID, form, uploads)
			if problems, ok := errors.AsType[db.Problems](err); !ok || len(problems) != 1 || problems[name] == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := w.EnterContest(ctx, vera, contest.ID, db.EntryForm{Key: dbtest.EntryForm("").Key}, []db.Upload{dbtest.Upload(dbtest.Snapshot(64, 48))})
		if problems, ok := errors.AsType[db.Problems](err); !ok || problems["picture"] != "contests.picture_again" {
			t.Error(err)
		}
		only := db.EntryForm{Key: dbtest.EntryForm("").Key, Title: "Одна картинка"}
		if entry := sure(w.EnterContest(ctx, vera, contest.ID, only, []db.Upload{dbtest.Upload(dbtest.Snapshot(64, 48))})); entry.Picture == nil {
			t.Errorf("%+v", entry)
		}
	})
	t.Run("K01 the list is by page, the newest first, and everybody's own", func(t *testing.T) {
		petr := w.Person(t, dbtest.Petr)
		form := w.ContestForm()
		form.Each = "20"
		one, two := w.Contest(t, form), w.Contest(t, w.ContestForm())
		for i := range db.ContestsPage {
			w.Entered(t, petr, one, fmt.Sprintf("Работа %02d", i))
		}
		w.Entered(t, petr, two, "Последняя")
		list := &db.ContestList{Of: petr.ID}
		if err := w.Read(ctx, list); err != nil || len(list.Entries) != db.ContestsPage || !list.More || list.Entries[0].Title != "Последняя" {
			t.Fatalf("%d, %v, %v", len(list.Entries), list.More, err)
		}
		rest := &db.ContestList{Of: petr.ID, Below: list.Entries[len(list.Entries)-1].ID}
		if err := w.Read(ctx, rest); err != nil || len(rest.Entries) != 1 || rest.More || rest.Entries[0].Title != "Работа 00" {
			t.Errorf("%+v, %v", rest.Entries, err)
		}
		guest := &db.ContestList{}
		if err := w.Read(ctx, guest); err != nil || len(guest.Entries) != 0 || len(guest.Running) == 0 {
			t.Errorf("%+v, %v", guest, err)
		}
	})
}

func TestContestDesk(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	ctx := t.Context()
	vera, boris, nina, anna := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Person(t, dbtest.Nina), w.Person(t, dbtest.Anna)

	t.Run("K01 a contest says what its form says, and the form what is wrong", func(t *testing.T) {
		form := w.ContestForm()
		contest := sure(w.WriteContest(ctx, nina, form, dbtest.Rendered))
		if again := sure(w.WriteContest(ctx, nina, form, dbtest.Rendered)); again.ID != contest.ID {
			t.Error("sent twice, made twice")
		}
		desk := sure(w.DeskContest(ctx, nina, contest.ID, 0))
		read := desk.Contest.Form(desk.Prizes, w.Zone)
		read.Key, read.Version = form.Key, form.Version
		if fmt.Sprint(read) != fmt.Sprint(form) {
			t.Errorf("%v\n%v", read, form)
		}
		for field, spoil := range map[string]func(*db.ContestForm){
			"title":          func(f *db.ContestForm) { f.Title = " " },
			"rules":          func(f *db.ContestForm) { f.Rules = strings.Repeat("п", db.ContestRulesLimit+1) },
			"starts_at":      func(f *db.ContestForm) { f.StartsAt = "завтра" },
			"ends_at":        func(f *db.ContestForm) { f.EndsAt = f.StartsAt },
			"each":           func(f *db.ContestForm) { f.Each = "21" },
			"criteria":       func(f *db.ContestForm) { f.Criteria = "\n \n" },
			"prize.1.points": func(f *db.ContestForm) { f.Prizes = []db.PrizeForm{{}, {Points: "5"}} },
			"prize.2.points": func(f *db.ContestForm) { f.Prizes[1].Points = "1,5" },
		} {
			bad := w.ContestForm()
			spoil(&bad)
			if _, err := w.WriteContest(ctx, nina, bad, dbtest.Rendered); problemOf(err) == "" {
				t.Errorf("%s: %v", field, err)
			} else if problems, _ := errors.AsType[db.Problems](err); problems[field] == "" {
				t.Errorf("%s: %v", field, problems)
			}
		}
		form = desk.Contest.Form(desk.Prizes, w.Zone)
		form.Title, form.Prizes = "Весенний рассказ", []db.PrizeForm{{Goods: "Кружка"}}
		contest = sure(w.EditContest(ctx, nina, contest.ID, form, dbtest.Rendered))
		if desk = sure(w.DeskContest(ctx, nina, contest.ID, 0)); desk.Title != "Весенний рассказ" || len(desk.Prizes) != 1 || desk.Prizes[0].Goods != "Кружка" {
			t.Errorf("%+v", desk)
		}
		form.Title = "Летний рассказ"
		_, err := w.EditContest(ctx, anna, contest.ID, form, dbtest.Rendered)
		refused(t, err, db.ContestStale)
	})
	t.Run("K01 judging begins by itself at the end", func(t *testing.T) {
		contest := w.Contest(t, w.ContestForm())
		for range 2 {
			if err := w.CloseContests(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if now := sure(w.ContestByID(ctx, contest.ID)); now.Status != db.ContestOpen {
			t.Errorf("too early: %s", now.Status)
		}
		w.Clock.Pass(15 * 24 * time.Hour)
		for range 2 {
			if err := w.CloseContests(ctx); err != nil {
				t.Fatal(err)
			}
		}
		desk := sure(w.DeskContest(ctx, nina, contest.ID, 0))
		if desk.Status != db.ContestJudging || len(desk.Moves) != 2 || desk.Moves[0].ByName != "" {
			t.Errorf("%s %+v", desk.Status, desk.Moves)
		}
		_, err := w.EditContest(ctx, nina, contest.ID, desk.Contest.Form(nil, w.Zone), dbtest.Rendered)
		if err == nil {
			t.Error("the rules changed while it was judged")
		}
	})
	t.Run("K02 the jury scores by criterion, in the place of what it thought before, and nobody scores themselves", func(t *testing.T) {
		contest := w.Contest(t, w.ContestForm())
		night, dawn := w.Entered(t, vera, contest, "Ночь"), w.Entered(t, anna, contest, "Рассвет")
		refused(t, w.ScoreEntry(ctx, nina, night.ID, []string{"5", "5"}), "contests.not_judging")
		w.Judged(t, contest)
		err := w.ScoreEntry(ctx, nina, night.ID, []string{"5", "11"})
		if problems, ok := errors.AsType[db.Problems](err); !ok || problems["criterion.2.score"] == "" || len(problems) != 1 {
			t.Error(err)
		}
		for _, scores := range [][]string{{"1", "1"}, {"8", "9"}} {
			if err := w.ScoreEntry(ctx, nina, night.ID, scores); err != nil {
				t.Fatal(err)
			}
		}
		refused(t, w.ScoreEntry(ctx, anna, dawn.ID, []string{"10", "10"}), "contests.own_entry")
		if err := w.ScoreEntry(ctx, anna, night.ID, []string{"10", "7"}); err != nil {
			t.Fatal(err)
		}
		desk := sure(w.DeskContest(ctx, nina, contest.ID, 0))
		if row := desk.Jury[0]; row.Average != 8.5 || row.Judges != 2 || !slices.Equal(row.Given, []int32{8, 9}) || row.Own {
			t.Errorf("%+v", row)
		}
		if theirs := sure(w.DeskContest(ctx, anna, contest.ID, 0)).Jury; !slices.Equal(theirs[0].Given, []int32{10, 7}) || !theirs[1].Own {
			t.Errorf("%+v", theirs)
		}
		if places := desk.Suggested(); !slices.Equal(places, []db.ContestEntryID{night.ID, 0}) {
			t.Errorf("suggested %v", places)
		}
	})
	t.Run("K02 equal scores are said, and an editor resolves them by hand", func(t *testing.T) {
		contest := w.Contest(t, w.ContestForm())
		var entries []db.ContestEntry
		for _, who := range []db.Visitor{vera, boris, w.Person(t, dbtest.Petr)} {
			entries = append(entries, w.Entered(t, who, contest, "Рассказ"))
		}
		contest = w.Judged(t, contest)
		for i, scores := range [][]string{{"9", "9"}, {"7", "8"}, {"8", "7"}} {
			if err := w.ScoreEntry(ctx, nina, entries[i].ID, scores); err != nil {
				t.Fatal(err)
			}
		}
		tied := sure(w.DeskContest(ctx, nina, contest.ID, 0)).Tied()
		if len(tied) != 2 || tied[0].ID != entries[1].ID || tied[1].ID != entries[2].ID {
			t.Errorf("%+v", tied)
		}
	})
	t.Run("K02 disqualified for a reason that its author reads, let in again, and no entry of another contest gets a place", func(t *testing.T) {
		contest := w.Contest(t, w.ContestForm())
		entry := w.Entered(t, vera, contest, "Реклама")
		contest = w.Judged(t, contest)
		if _, err := w.DisqualifyEntry(ctx, nina, entry.ID, " "); problemOf(err) != "contests.reason_required" {
			t.Error(err)
		}
		for range 2 {
			sure(w.DisqualifyEntry(ctx, nina, entry.ID, "Это реклама"))
		}
		if sheet := sure(w.EntrySheet(ctx, vera, entry.ID)); sheet.Entry.Reason != "Это реклама" || sheet.Contest.Entries != 0 {
			t.Errorf("%+v", sheet)
		}
		refused(t, w.ScoreEntry(ctx, nina, entry.ID, []string{"1", "1"}), "contests.not_taking_part")
		elsewhere := w.Entered(t, boris, w.Contest(t, w.ContestForm()), "Чужой конкурс")
		for _, id := range []db.ContestEntryID{entry.ID, elsewhere.ID, 999_999} {
			if _, err := w.FinishContest(ctx, nina, contest.ID, db.ContestResults{Version: contest.Version, Places: []db.ContestEntryID{id}}); problemOf(err) != "contests.entry_unknown" {
				t.Errorf("%d: %v", id, err)
			}
		}
		if back := sure(w.ReadmitEntry(ctx, nina, entry.ID)); back.Status != db.EntrySubmitted || back.Reason != "" {
			t.Errorf("%+v", back)
		}
	})
	t.Run("K02 cancelled for a reason, which everybody who takes part is told", func(t *testing.T) {
		contest := w.Contest(t, w.ContestForm())
		w.Entered(t, boris, contest, "Зря")
		before := len(lettersTo(t, w, boris))
		for range 2 {
			sure(w.CancelContest(ctx, nina, contest.ID, db.ContestCancellation{Version: contest.Version, Reason: "Мало работ"}))
		}
		letters := lettersTo(t, w, boris)[before:]
		if len(letters) != 1 || !strings.Contains(letters[0], "Мало работ") || !strings.Contains(letters[0], `"cancelled"`) {
			t.Error(letters)
		}
	})
}

func TestContestResults(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	ctx := t.Context()
	vera, boris, petr, nina := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Person(t, dbtest.Petr), w.Person(t, dbtest.Nina)
	contest := w.Contest(t, w.ContestForm())
	night := w.Entered(t, vera, contest, "Ночь", dbtest.Upload(dbtest.Snapshot(320, 240)))
	silent := dbtest.EntryForm("Тишина")
	silent.Consent, silent.ShownAs = false, ""
	quiet := sure(w.EnterContest(ctx, boris, contest.ID, silent, []db.Upload{dbtest.Upload(dbtest.Snapshot(64, 48))}))
	w.Entered(t, petr, contest, "Без места")
	contest = w.Judged(t, contest)

	t.Run("K02 the picture of an entry is its author's and the jury's, before there are results", func(t *testing.T) {
		for who, want := range map[*db.Visitor]bool{&vera: true, &nina: true, &boris: false, {}: false} {
			if _, _, err := w.ContestPicture(ctx, *who, *night.Picture, db.Small); (err == nil) != want {
				t.Errorf("%s: %v", who.Name, err)
			}
		}
	})
	t.Run("K02 a place is one entry's", func(t *testing.T) {
		_, err := w.FinishContest(ctx, nina, contest.ID, db.ContestResults{Version: contest.Version, Places: []db.ContestEntryID{night.ID, night.ID}})
		if problemOf(err) != "contests.place_twice" {
			t.Error(err)
		}
		if _, err = w.FinishContest(ctx, nina, contest.ID, db.ContestResults{Version: contest.Version}); problemOf(err) != "contests.nobody" {
			t.Error(err)
		}
		_, err = w.FinishContest(ctx, nina, contest.ID, db.ContestResults{Version: contest.Version - 1, Places: []db.ContestEntryID{night.ID}})
		refused(t, err, db.ContestStale)
	})
	t.Run("K02 places bring badges, points in the ledger once, and mail-25 to everybody who wants it", func(t *testing.T) {
		if err := w.SetMailWanted(ctx, petr, db.MailContest, false); err != nil {
			t.Fatal(err)
		}
		results := db.ContestResults{Version: contest.Version, Places: []db.ContestEntryID{quiet.ID, night.ID}}
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() { w.FinishContest(ctx, nina, contest.ID, results) })
		}
		all.Wait()
		has(t, w, vera, 500, 500)
		has(t, w, boris, 1000, 1000)
		if entry := sure(w.PointsEntry(ctx, vera.ID, 1)); entry.Kind != db.Bonus || entry.Reason != "«Зимний рассказ», № 2" {
			t.Errorf("%+v", entry)
		}
		if own := contestSheet(t, w, vera.ID, contest.ID).Own; len(own) != 1 || own[0].Place != 2 {
			t.Errorf("%+v", own)
		}
		letters := lettersTo(t, w, vera)
		if len(letters) != 1 || !strings.Contains(letters[0], `"place": 2`) || !strings.Contains(letters[0], `"points": 500`) || !strings.Contains(letters[0], "Книга с подписью") {
			t.Error(letters)
		}
		if letters := lettersTo(t, w, petr); len(letters) != 0 {
			t.Errorf("Petr does not want %v", letters)
		}
		if findings, err := w.Audit(ctx); err != nil || len(findings) > 0 {
			t.Error(findings, err)
		}
	})
	t.Run("K02 winners are shown as they agreed to, and otherwise not at all", func(t *testing.T) {
		winners := contestSheet(t, w, 0, contest.ID).Winners
		if len(winners) != 2 || winners[0].Name+winners[0].Title+winners[0].Body != "" || winners[0].Picture != 0 || winners[1].Name != "Зимняя сова" || winners[1].Title != "Ночь" {
			t.Errorf("%+v", winners)
		}
		if _, _, err := w.ContestPicture(ctx, db.Visitor{}, *night.Picture, db.Large); err != nil {
			t.Error(err)
		}
		if _, _, err := w.ContestPicture(ctx, vera, *quiet.Picture, db.Large); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
	})
	t.Run("K02 a prize that is sent by post has an address of the winner's own, and then leaves", func(t *testing.T) {
		refused(t, w.SendPrize(ctx, nina, contest.ID, 2), "contests.no_address")
		home, foreign := w.Address(t, vera), w.Address(t, boris)
		if err := w.AddressPrize(ctx, boris, night.ID, foreign.ID); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		if err := w.AddressPrize(ctx, boris, quiet.ID, foreign.ID); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("points need no address: %v", err)
		}
		if err := w.AddressPrize(ctx, vera, night.ID, foreign.ID); problemOf(err) != "contests.address_required" {
			t.Error(err)
		}
		if err := w.AddressPrize(ctx, vera, night.ID, home.ID); err != nil {
			t.Fatal(err)
		}
		awards := sure(w.DeskContest(ctx, nina, contest.ID, 0)).Awards
		if len(awards) != 2 || awards[1].Winner != dbtest.Vera.Name || !strings.Contains(strings.Join(awards[1].ContestPrize.ShipTo, "\n"), home.City) {
			t.Errorf("%+v", awards)
		}
		for range 2 {
			if err := w.SendPrize(ctx, nina, contest.ID, 2); err != nil {
				t.Fatal(err)
			}
		}
		refused(t, w.AddressPrize(ctx, vera, night.ID, home.ID), "contests.prize_sent")
		if sheet := sure(w.EntrySheet(ctx, vera, night.ID)); sheet.Prize == nil || sheet.Prize.SentAt == nil {
			t.Errorf("%+v", sheet.Prize)
		}
		if err := w.SendPrize(ctx, nina, contest.ID, 1); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
	})
}
