package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// credits are what a customer has bought of a specialist, used, reserved, and has left.
func credits(t *testing.T, w *dbtest.World, of, specialist db.Visitor) string {
	t.Helper()
	c, err := w.CreditsOf(t.Context(), of.ID, specialist.ID)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d/%d/%d/%d", c.Bought, c.Used, c.Reserved, c.Bought-c.Used-c.Reserved)
}

func consultation(t *testing.T, w *dbtest.World, of db.Visitor, id db.ConsultationID) db.Consultation {
	t.Helper()
	return sure(w.ConsultationOf(t.Context(), id, of.ID)).Consultation
}

func document(content string) db.Upload {
	return db.Upload{Size: int64(len(content)), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
}

func audited(t *testing.T, w *dbtest.World) {
	t.Helper()
	if findings, err := w.Audit(t.Context()); err != nil || len(findings) > 0 {
		t.Error(findings, err)
	}
}

func TestHours(t *testing.T) {
	t.Parallel()
	moscow := sure(time.LoadLocation("Europe/Moscow"))
	berlin := sure(time.LoadLocation("Europe/Berlin"))
	week := func(zone *time.Location) db.Hours {
		h := db.Hours{Zone: zone, Opens: make([]int32, 7), Closes: make([]int32, 7)}
		for day := range 5 {
			h.Opens[day], h.Closes[day] = 9*60, 18*60
		}
		return h
	}
	for _, c := range []struct {
		name    string
		hours   db.Hours
		from    time.Time
		minutes int
		want    time.Time
	}{
		{"within a day", week(moscow), time.Date(2026, 3, 2, 10, 0, 0, 0, moscow), 120, time.Date(2026, 3, 2, 12, 0, 0, 0, moscow)},
		{"over a night", week(moscow), time.Date(2026, 3, 2, 17, 0, 0, 0, moscow), 120, time.Date(2026, 3, 3, 10, 0, 0, 0, moscow)},
		{"over a weekend", week(moscow), time.Date(2026, 3, 6, 17, 30, 0, 0, moscow), 60, time.Date(2026, 3, 9, 9, 30, 0, 0, moscow)},
		{"from a Sunday", week(moscow), time.Date(2026, 3, 8, 12, 0, 0, 0, moscow), 9 * 60, time.Date(2026, 3, 9, 18, 0, 0, 0, moscow)},
		{"over the change of clocks", week(berlin), time.Date(2026, 3, 27, 17, 0, 0, 0, berlin), 120, time.Date(2026, 3, 30, 10, 0, 0, 0, berlin)},
	} {
		if got := c.hours.Plus(c.from, c.minutes); !got.Equal(c.want) {
			t.Errorf("%s: %s, not %s", c.name, got, c.want)
		}
		if got := c.hours.Between(c.from, c.want); got != c.minutes {
			t.Errorf("%s: %d minutes, not %d", c.name, got, c.minutes)
		}
	}
	never := db.Hours{Zone: moscow, Opens: make([]int32, 7), Closes: make([]int32, 7)}
	if from := time.Date(2026, 3, 2, 10, 0, 0, 0, moscow); never.Plus(from, 60).Before(from) || never.Between(from, from.AddDate(1, 0, 0)) != 0 {
		t.Error("somebody who never works")
	}
}

func TestConsultationCredits(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera, boris, irina := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Specialist(t, dbtest.Irina, "Ирина, психолог")

	t.Run("O01 a pack is paid for with points in one transaction, and fifty presses buy once", func(t *testing.T) {
		w.Granted(t, vera, 3000, "")
		form := db.CreditsForm{Key: strings.Repeat("k", 20), Specialist: irina.ID, Requests: 3, Points: 1200}
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if err := w.BuyConsultations(t.Context(), vera, form); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := credits(t, w, vera, irina); got != "3/0/0/3" {
			t.Error(got)
		}
		if wallet := sure(w.WalletOf(t.Context(), &vera.ID, db.Points, db.RUB)); wallet.Balance != 180000 {
			t.Error(wallet.Balance)
		}
		audited(t, w)
	})
	t.Run("O01 too few points, an old price and an unknown pack buy nothing", func(t *testing.T) {
		w.Granted(t, boris, 100, "")
		for _, c := range []struct {
			form db.CreditsForm
			want error
		}{
			{db.CreditsForm{Requests: 1, Points: 500}, db.TooFewPoints},
			{db.CreditsForm{Requests: 1, Points: 400}, db.ConsultationPriceChanged},
			{db.CreditsForm{Requests: 2, Points: 800}, db.ConsultationPriceChanged},
			{db.CreditsForm{Requests: -3, Points: -1200}, db.ConsultationPriceChanged},
		} {
			c.form.Key, c.form.Specialist = strings.Repeat("x", 20), irina.ID
			if err := w.BuyConsultations(t.Context(), boris, c.form); !errors.Is(err, c.want) {
				t.Errorf("%+v: %v", c.form, err)
			}
		}
		if err := w.BuyConsultations(t.Context(), boris, db.CreditsForm{Key: strings.Repeat("x", 20), Specialist: vera.ID, Requests: 1, Points: 500}); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		if got := credits(t, w, boris, irina); got != "0/0/0/0" {
			t.Error(got)
		}
	})
	t.Run("O01 the audit knows what was bought, used and reserved", func(t *testing.T) {
		for _, sabotage := range []string{"bought = bought + 1", "used = used + 1", "reserved = reserved + 1"} {
			if _, err := w.Pool.Exec(t.Context(), "UPDATE consultation_credits SET "+sabotage); err != nil {
				t.Fatal(err)
			}
			if findings, err := w.Audit(t.Context()); err != nil || len(findings) != 1 || !strings.Contains(findings[0], "requests") {
				t.Error(findings, err)
			}
			if _, err := w.Pool.Exec(t.Context(), "UPDATE consultation_credits SET "+strings.Replace(sabotage, "+", "-", 1)); err != nil {
				t.Fatal(err)
			}
		}
		audited(t, w)
	})
	t.Run("O01 who takes no requests sells none, and only an admin edits another's profile", func(t *testing.T) {
		form := sure(w.SpecialistForm(t.Context(), irina, irina.ID))
		form.Accepting = ""
		if err := w.SaveSpecialist(t.Context(), vera, irina.ID, form); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		if err := w.SaveSpecialist(t.Context(), w.Person(t, dbtest.Anna), irina.ID, form); err != nil {
			t.Error(err)
		}
		if err := w.SaveSpecialist(t.Context(), irina, irina.ID, form); !errors.Is(err, db.SpecialistStale) {
			t.Error(err)
		}
		w.Granted(t, boris, 1000, "")
		if err := w.BuyConsultations(t.Context(), boris, db.CreditsForm{Key: strings.Repeat("y", 20), Specialist: irina.ID, Requests: 1, Points: 500}); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		if err := w.BuyConsultations(t.Context(), vera, db.CreditsForm{Key: strings.Repeat("y", 20), Specialist: irina.ID, Requests: 1, Points: 500}); !errors.Is(err, db.NotAccepting) {
			t.Error(err)
		}
	})
}

func TestConsultationDrafts(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera, boris, irina := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Specialist(t, dbtest.Irina, "Ирина, психолог")

	t.Run("O02 a draft is kept while it is typed and uses no request", func(t *testing.T) {
		draft := sure(w.BeginConsultation(t.Context(), vera, irina.ID, strings.Repeat("d", 20)))
		if again := sure(w.BeginConsultation(t.Context(), vera, irina.ID, strings.Repeat("e", 20))); again.ID != draft.ID {
			t.Error("an empty draft is begun twice")
		}
		form := dbtest.ConsultationForm(draft, "Переезд")
		for _, body := range []string{"Стоит", "Стоит ли", "Стоит ли переезжать?"} {
			form.Body = body
			sure(w.AutosaveConsultation(t.Context(), vera, draft.ID, form))
		}
		other := dbtest.ConsultationForm(draft, "Другое окно")
		if _, err := w.AutosaveConsultation(t.Context(), vera, draft.ID, other); !errors.Is(err, db.ConsultationStale) {
			t.Error(err)
		}
		sheet := sure(w.DraftSheet(t.Context(), vera, draft.ID))
		if sheet.Body != "Стоит ли переезжать?" || sheet.Consultation.Subject != "Переезд" || credits(t, w, vera, irina) != "0/0/0/0" {
			t.Errorf("%+v", sheet)
		}
	})
	t.Run("O02 without a paid request a draft is not sent, and stays as it was typed", func(t *testing.T) {
		draft := w.ConsultationDraft(t, vera, irina, "Сон")
		if _, err := w.SubmitConsultation(t.Context(), vera, draft.ID, dbtest.ConsultationForm(draft, "Сон о доме"), nil); !errors.Is(err, db.NoCredits) {
			t.Error(err)
		}
		w.Credits(t, vera, irina, 1)
		empty := dbtest.ConsultationForm(draft, "")
		empty.Body = ""
		if problems, ok := errors.AsType[db.Problems](second(w.SubmitConsultation(t.Context(), vera, draft.ID, empty, nil))); !ok || len(problems) != 2 {
			t.Error(problems)
		}
		if got := consultation(t, w, vera, draft.ID); got.Status != db.ConsultationDraft || got.Subject != "Сон" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("O02 nobody else sees a draft, not even its specialist, and it goes with its files", func(t *testing.T) {
		draft := w.ConsultationDraft(t, vera, irina, "Тайна")
		form := dbtest.ConsultationForm(draft, "Тайна")
		sure(w.SaveConsultation(t.Context(), vera, draft.ID, form, []db.Upload{document("%PDF-1.7 тайна"), dbtest.Upload(dbtest.Snapshot(300, 200))}))
		sheet := sure(w.DraftSheet(t.Context(), vera, draft.ID))
		if len(sheet.Files) != 2 {
			t.Fatalf("%+v", sheet.Files)
		}
		if _, err := w.DraftSheet(t.Context(), boris, draft.ID); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		if _, err := w.DeskConsultation(t.Context(), irina, draft.ID, 0); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		for _, file := range sheet.Files {
			for _, who := range []db.Visitor{boris, irina, w.Person(t, dbtest.Anna)} {
				if _, _, err := w.ConsultationFile(t.Context(), who, file.ID, db.Large); !errors.Is(err, db.ErrNotFound) {
					t.Error(who.Email, err)
				}
			}
			if _, content, err := w.ConsultationFile(t.Context(), vera, file.ID, db.Large); err != nil || len(content) == 0 {
				t.Error(err)
			}
		}
		if err := w.DeleteConsultation(t.Context(), boris, draft.ID); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		if err := w.DeleteConsultation(t.Context(), vera, draft.ID); err != nil {
			t.Fatal(err)
		}
		var left int
		if err := w.Pool.QueryRow(t.Context(), "SELECT count(*) FROM files WHERE subject = 'consultation'").Scan(&left); err != nil || left != 0 {
			t.Error(left, err)
		}
	})
	t.Run("O03 a document is the customer's alone until its author's name is out of it", func(t *testing.T) {
		sent := w.Consulted(t, vera, irina, "План дома")
		sureOf(t, w.AnswerConsultation(t.Context(), irina, sent.ID, w.ConsultationAnswer(t, sent.ID, "Вот памятка."), []db.Upload{document("%PDF-1.7 памятка Ирины")}))
		sure(w.ReplyToConsultation(t.Context(), vera, sent.ID, dbtest.ConsultationReply("Вот план"), []db.Upload{document("%PDF-1.7 план Орловой"), document("%PDF-1.7 под замком")}))
		atDesk := func() []db.Attached {
			lines := sure(w.DeskConsultation(t.Context(), irina, sent.ID, 0)).Thread.Lines
			return lines[len(lines)-1].Files
		}
		files := atDesk()
		seen := func(who db.Visitor, file db.FileID) string {
			_, content, err := w.ConsultationFile(t.Context(), who, file, db.Large)
			if err != nil && !errors.Is(err, db.ErrNotFound) {
				t.Fatal(err)
			}
			return string(content)
		}
		if len(files) != 2 || files[0].Withheld != db.RedactionPending || seen(irina, files[0].ID) != "" || seen(vera, files[0].ID) != "%PDF-1.7 план Орловой" {
			t.Fatalf("%+v", files)
		}
		redact := func(_ context.Context, content []byte) ([]byte, error) {
			if strings.Contains(string(content), "под замком") {
				return nil, db.ErrUnreadable
			}
			return bytes.ReplaceAll(content, []byte(" Орловой"), nil), nil
		}
		if err := w.RedactDocument(t.Context(), files[0].ID, func(context.Context, []byte) ([]byte, error) { return nil, io.ErrUnexpectedEOF }); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Error("a worker that breaks off tries again", err)
		}
		for range 2 {
			for _, file := range files {
				sureOf(t, w.RedactDocument(t.Context(), file.ID, redact))
			}
		}
		files = atDesk()
		if files[0].Withheld != db.NotRedacted || seen(irina, files[0].ID) != "%PDF-1.7 план" || seen(vera, files[0].ID) != "%PDF-1.7 план" {
			t.Errorf("%+v %q", files[0], seen(irina, files[0].ID))
		}
		if files[1].Withheld != db.RedactionFailed || seen(irina, files[1].ID) != "" || seen(vera, files[1].ID) != "%PDF-1.7 под замком" {
			t.Errorf("%+v", files[1])
		}
		thread := sure(w.ConsultationSheet(t.Context(), vera, sent.ID, 0)).Thread.Lines
		if own := thread[len(thread)-1].Files; own[0].Redaction != db.NotRedacted || own[1].Redaction != db.RedactionFailed || own[1].Withheld != "" {
			t.Errorf("%+v", own)
		}
		for _, line := range thread {
			if line.Staff && len(line.Files) > 0 && (line.Files[0].Redaction != db.NotRedacted || seen(vera, line.Files[0].ID) != "%PDF-1.7 памятка Ирины") {
				t.Errorf("the specialist's own: %+v", line.Files)
			}
		}
		if err := w.RedactDocument(t.Context(), 1<<40, redact); err != nil {
			t.Error("one that is gone", err)
		}
	})
	t.Run("O02 what is neither picture nor PDF, too large or too many is not taken", func(t *testing.T) {
		draft := w.ConsultationDraft(t, vera, irina, "Файлы")
		for _, c := range []struct {
			files []db.Upload
			want  string
		}{
			{[]db.Upload{document("<html>")}, "consultations.file_wrong"},
			{[]db.Upload{document("")}, "consultations.file_wrong"},
			{[]db.Upload{document("%PDF-1.4 " + string(bytes.Repeat([]byte("x"), 6<<20)))}, "consultations.file_too_large"},
			{[]db.Upload{document("%PDF-1"), document("%PDF-2"), document("%PDF-3"), document("%PDF-4"), document("%PDF-5"), document("%PDF-6")}, "consultations.too_many_files"},
		} {
			_, err := w.SaveConsultation(t.Context(), vera, draft.ID, dbtest.ConsultationForm(consultation(t, w, vera, draft.ID), "Файлы"), c.files)
			if problems, ok := errors.AsType[db.Problems](err); !ok || problems["files"] != c.want {
				t.Errorf("%v, not %s", err, c.want)
			}
		}
	})
}

func TestConsultations(t *testing.T) {
	t.Parallel()
	w := dbtest.Open(t)
	vera, boris, anna := w.Person(t, dbtest.Vera), w.Person(t, dbtest.Boris), w.Person(t, dbtest.Anna)
	irina, dina := w.Specialist(t, dbtest.Irina, "Ирина, психолог"), w.Specialist(t, dbtest.Dina, "Дина, коуч")
	answer := func(t *testing.T, by db.Visitor, id db.ConsultationID, body, act string) {
		t.Helper()
		form := w.ConsultationAnswer(t, id, body)
		form.Act = act
		if err := w.AnswerConsultation(t.Context(), by, id, form, nil); err != nil {
			t.Fatal(err)
		}
	}

	t.Run("O03 sending reserves a request, and the first answer uses it", func(t *testing.T) {
		sent := w.Consulted(t, vera, irina, "Переезд")
		if got := credits(t, w, vera, irina); sent.Status != db.ConsultationSubmitted || got != "1/0/1/0" {
			t.Error(sent.Status, got)
		}
		// It is Monday, 10:30 in Berlin: eight hours of work later it is Tuesday, 9:30.
		if want := time.Date(2026, 3, 3, 8, 30, 0, 0, time.UTC); !sent.DueAt.Equal(want) {
			t.Error(sent.DueAt)
		}
		if err := w.TakeConsultation(t.Context(), irina, sent.ID, sent.Version); err != nil {
			t.Fatal(err)
		}
		form := w.ConsultationAnswer(t, sent.ID, "Подождите **до весны**.")
		for range 2 { // sent twice, said once
			if err := w.AnswerConsultation(t.Context(), irina, sent.ID, form, nil); err != nil {
				t.Fatal(err)
			}
		}
		sheet := sure(w.ConsultationSheet(t.Context(), vera, sent.ID, 0))
		if len(sheet.Thread.Lines) != 3 || sheet.Consultation.Status != db.ConsultationAnswered || credits(t, w, vera, irina) != "1/1/0/0" {
			t.Errorf("%+v %s", sheet.Thread.Lines, credits(t, w, vera, irina))
		}
		mails := letters(t, w, vera, db.MailConsultation)
		if len(mails) != 1 || mails[0].Comment != "" || mails[0].Subject != "" || mails[0].Path != sent.ID.Path() {
			t.Errorf("%+v", mails)
		}
		if to := letters(t, w, irina, db.MailConsultationDue); len(to) != 1 || to[0].Act != "new" || to[0].Name == dbtest.Vera.Name {
			t.Errorf("%+v", to)
		}
		audited(t, w)
	})
	t.Run("O03 three follow-ups belong to a request, the fourth is another", func(t *testing.T) {
		sent := w.Consulted(t, vera, irina, "Уточнения")
		answer(t, irina, sent.ID, "Ответ", "")
		for range db.FollowUps {
			reply := dbtest.ConsultationReply("А если нет?")
			for range 2 {
				sure(w.ReplyToConsultation(t.Context(), vera, sent.ID, reply, nil))
			}
			answer(t, irina, sent.ID, "Тогда да", "")
		}
		if _, err := w.ReplyToConsultation(t.Context(), vera, sent.ID, dbtest.ConsultationReply("Ещё"), nil); !errors.Is(err, db.FollowUpsUsed) {
			t.Error(err)
		}
		paid := dbtest.ConsultationReply("Ещё")
		paid.Act = "pay"
		if _, err := w.ReplyToConsultation(t.Context(), vera, sent.ID, paid, nil); !errors.Is(err, db.NoCredits) {
			t.Error(err)
		}
		w.Credits(t, vera, irina, 1)
		before := credits(t, w, vera, irina)
		if got := sure(w.ReplyToConsultation(t.Context(), vera, sent.ID, paid, nil)); !got.Reserved || got.FollowUps != 0 {
			t.Errorf("%+v", got)
		}
		answer(t, irina, sent.ID, "И ещё", "")
		if after := credits(t, w, vera, irina); consultation(t, w, vera, sent.ID).Used != 2 || before == after {
			t.Error(before, after)
		}
		audited(t, w)
	})
	t.Run("O03 a missed promise gives the request back by itself, once", func(t *testing.T) {
		sent := w.Consulted(t, boris, irina, "Опоздание")
		w.Clock.Pass(6*time.Hour + time.Minute) // three quarters of the promise
		sureOf(t, w.KeepPromises(t.Context()))
		reminded := 0
		for _, letter := range letters(t, w, irina, db.MailConsultationDue) {
			if letter.Act == "" && letter.Number == sent.ID.Number() {
				reminded++
			}
		}
		if reminded != 1 || consultation(t, w, boris, sent.ID).Status != db.ConsultationSubmitted {
			t.Error(reminded)
		}
		w.Clock.Pass(24 * time.Hour)
		for range 2 {
			sureOf(t, w.KeepPromises(t.Context()))
		}
		if got := consultation(t, w, boris, sent.ID); got.Status != db.ConsultationExpired || credits(t, w, boris, irina) != "1/0/0/1" {
			t.Error(got.Status, credits(t, w, boris, irina))
		}
		if mails := letters(t, w, boris, db.MailConsultation); len(mails) != 1 || mails[0].Act != "expired" {
			t.Errorf("%+v", mails)
		}
		if err := w.AnswerConsultation(t.Context(), irina, sent.ID, w.ConsultationAnswer(t, sent.ID, "Поздно"), nil); err == nil {
			t.Error("an answer after the end")
		}
		audited(t, w)
	})
	t.Run("O03 the clock stands still while the client is asked", func(t *testing.T) {
		sent := w.Consulted(t, vera, irina, "Вопрос")
		answer(t, irina, sent.ID, "А куда?", "ask")
		asked := consultation(t, w, vera, sent.ID)
		if asked.Status != db.ConsultationAwaiting || asked.DueAt != nil || *asked.MinutesLeft != 8*60 {
			t.Errorf("%+v", asked)
		}
		w.Clock.Pass(5 * 24 * time.Hour)
		sureOf(t, w.KeepPromises(t.Context()))
		got := sure(w.ReplyToConsultation(t.Context(), vera, sent.ID, dbtest.ConsultationReply("В Берлин"), []db.Upload{document("%PDF-1.7 билет")}))
		specialist := sure(w.SpecialistByID(t.Context(), irina.ID))
		if got.Status != db.ConsultationTaken || specialist.Hours().Between(w.Clock.Now(), *got.DueAt) != 8*60 || !got.Reserved {
			t.Errorf("%+v", got)
		}
		if mails := letters(t, w, vera, db.MailConsultation); mails[len(mails)-1].Act != "asked" {
			t.Errorf("%+v", mails)
		}
	})
	t.Run("O03 declined with a reason, withdrawn or left alone, it costs nothing", func(t *testing.T) {
		nina := w.Person(t, dbtest.Nina)
		declined := w.Consulted(t, nina, irina, "Не ко мне")
		if problems, ok := errors.AsType[db.Problems](w.DeclineConsultation(t.Context(), irina, declined.ID, declined.Version, " ")); !ok || problems["reason"] == "" {
			t.Error(problems)
		}
		sureOf(t, w.DeclineConsultation(t.Context(), irina, declined.ID, declined.Version, "Это вопрос к юристу"))
		withdrawn := w.Consulted(t, nina, irina, "Передумала")
		sure(w.CloseConsultation(t.Context(), nina, withdrawn.ID))
		left := w.Consulted(t, nina, irina, "Молчание")
		answer(t, irina, left.ID, "А что?", "ask")
		w.Clock.Pass(db.ConsultationsRest + time.Hour)
		sureOf(t, w.KeepPromises(t.Context()))
		if got := credits(t, w, nina, irina); got != "3/0/0/3" || consultation(t, w, nina, left.ID).Status != db.ConsultationClosed {
			t.Error(got)
		}
		audited(t, w)
	})
	t.Run("O03 handed over, the request stays paid, and the first specialist reads no more", func(t *testing.T) {
		sent := w.Consulted(t, boris, irina, "К Дине")
		if err := w.HandOverConsultation(t.Context(), irina, sent.ID, sent.Version, vera.ID); err == nil {
			t.Error("handed over to a customer")
		}
		sureOf(t, w.HandOverConsultation(t.Context(), irina, sent.ID, sent.Version, dina.ID))
		if _, err := w.DeskConsultation(t.Context(), irina, sent.ID, 0); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		answer(t, dina, sent.ID, "Здравствуйте", "")
		if got := credits(t, w, boris, irina); !strings.HasPrefix(got, "2/1/0") {
			t.Error(got)
		}
		audited(t, w)
	})
	t.Run("O03 a specialist knows the alias alone, and every reading is written down", func(t *testing.T) {
		sent := w.Consulted(t, vera, irina, "Тайна")
		desk := sure(w.DeskConsultation(t.Context(), irina, sent.ID, 0))
		if said := fmt.Sprintf("%+v", desk); strings.Contains(said, "Орлова") || strings.Contains(said, "vera@") {
			t.Error(said)
		}
		if _, err := w.DeskConsultation(t.Context(), dina, sent.ID, 0); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		for range 3 {
			sure(w.DeskConsultation(t.Context(), anna, sent.ID, 0))
		}
		sheet := sure(w.ConsultationSheet(t.Context(), vera, sent.ID, 0))
		if len(sheet.Readings) != 2 {
			t.Errorf("%+v", sheet.Readings)
		}
		if _, err := w.ConsultationSheet(t.Context(), boris, sent.ID, 0); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		rows, _, err := w.DeskConsultations(t.Context(), anna, db.ConsultationSubmitted, db.Place[db.ConsultationID]{})
		if err != nil || len(rows) == 0 || rows[0].Subject != "" {
			t.Errorf("%+v %v", rows, err)
		}
	})
	t.Run("O03 an answer is rated once there is one, and the newer word counts", func(t *testing.T) {
		sent := w.Consulted(t, vera, irina, "Оценка")
		if _, err := w.RateConsultation(t.Context(), vera, sent.ID, db.RatingForm{Rating: 5}); err == nil {
			t.Error("rated before the answer")
		}
		answer(t, irina, sent.ID, "Да", "")
		for _, rating := range []int32{0, 6, -1} {
			if _, err := w.RateConsultation(t.Context(), vera, sent.ID, db.RatingForm{Rating: rating}); err == nil {
				t.Error(rating)
			}
		}
		sure(w.RateConsultation(t.Context(), vera, sent.ID, db.RatingForm{Rating: 4}))
		if got := sure(w.RateConsultation(t.Context(), vera, sent.ID, db.RatingForm{Rating: 5, Text: "Помогло"})); *got.Rating != 5 || got.RatingText != "Помогло" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("O03 a canned answer brings its files, and leaves them when it goes", func(t *testing.T) {
		sent := w.Consulted(t, vera, irina, "Готовое")
		canned := sure(w.SaveCanned(t.Context(), irina, 0, db.CannedForm{Key: strings.Repeat("c", 20), Title: "Памятка", Body: "Прочитайте памятку."}, []db.Upload{document("%PDF-1.7 памятка")}))
		files := sure(w.CannedFiles(t.Context(), canned.ID))
		if _, err := w.Canned(t.Context(), dina, canned.ID); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
		form := w.ConsultationAnswer(t, sent.ID, "Прочитайте памятку.")
		form.Files = []db.FileID{files[0].ID}
		sureOf(t, w.AnswerConsultation(t.Context(), irina, sent.ID, form, nil))
		sureOf(t, w.DeleteCanned(t.Context(), irina, canned.ID))
		if _, content, err := w.ConsultationFile(t.Context(), vera, files[0].ID, db.Large); err != nil || string(content) != "%PDF-1.7 памятка" {
			t.Error(string(content), err)
		}
		other := w.Consulted(t, boris, dina, "Чужое")
		form = w.ConsultationAnswer(t, other.ID, "Ответ")
		form.Files = []db.FileID{files[0].ID}
		sureOf(t, w.AnswerConsultation(t.Context(), dina, other.ID, form, nil))
		if _, _, err := w.ConsultationFile(t.Context(), boris, files[0].ID, db.Large); !errors.Is(err, db.ErrNotFound) {
			t.Error("a file of somebody else's was sent along", err)
		}
	})
	t.Run("O03 a thread of two hundred messages is read page by page", func(t *testing.T) {
		sent := w.Consulted(t, vera, irina, "Долгий разговор")
		_, err := w.Pool.Exec(t.Context(), `INSERT INTO consultation_messages (consultation_id, by, staff, status, body, at)
			SELECT $1, $2, true, 'answered', 'Слово ' || n, now() FROM generate_series(1, 199) n`, sent.ID, irina.ID)
		if err != nil {
			t.Fatal(err)
		}
		seen, below := 0, db.ConsultationMessageID(0)
		for pages := 0; ; pages++ {
			sheet := sure(w.ConsultationSheet(t.Context(), vera, sent.ID, below))
			seen += len(sheet.Thread.Lines)
			if below = sheet.Thread.Earlier; below == 0 {
				if pages != 3 {
					t.Error(pages)
				}
				break
			}
		}
		if seen != 200 {
			t.Error(seen)
		}
	})
	t.Run("O03 ten answers at once are one", func(t *testing.T) {
		sent := w.Consulted(t, vera, irina, "Гонка")
		before := credits(t, w, vera, irina)
		var all sync.WaitGroup
		for range 10 {
			form := w.ConsultationAnswer(t, sent.ID, "Да")
			all.Go(func() { w.AnswerConsultation(t.Context(), irina, sent.ID, form, nil) })
		}
		all.Wait()
		if got := consultation(t, w, vera, sent.ID); got.Used != 1 || before == credits(t, w, vera, irina) {
			t.Errorf("%+v", got)
		}
		audited(t, w)
	})
}

func sureOf(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
