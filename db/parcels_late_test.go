package db_test

import (
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

func march(day int) db.Day { return db.Day{Year: 2026, Month: time.March, Day: day} }

// sorry is what Petr writes about a parcel that was promised for 3 March.
func sorry(day string) db.ApologyForm {
	return db.ApologyForm{Missed: "2026-03-03", Day: day, Text: "Простите, не успели.\nОтправим завтра."}
}

func TestApology(t *testing.T) {
	w, vera, petr := warehouse(t)
	parcel := w.ReadyParcel(t, vera, petr)

	t.Run("E20 nobody apologises before the promise is missed", func(t *testing.T) {
		_, err := w.ApologyFor(t.Context(), parcel.ID)
		wantRefusal(t, err, "parcels.not_late")
		_, err = w.Apologise(t.Context(), petr, parcel.ID, sorry("2026-03-05"))
		wantRefusal(t, err, "parcels.not_late")
		if late, err := lateCount(t, w); err != nil || late != 0 {
			t.Errorf("%d are late: %v", late, err)
		}
	})
	w.Clock.Pass(4 * 24 * time.Hour) // Friday
	t.Run("E20 a missed promise is counted and listed, the next business day proposed", func(t *testing.T) {
		late, err := lateCount(t, w)
		rows, more, failed := w.LateFrom(t.Context(), db.DeskPlace{})
		if err != nil || failed != nil || late != 1 || more || len(rows) != 1 || rows[0].Parcel.ID != parcel.ID {
			t.Errorf("%d are late, %d listed: %v %v", late, len(rows), err, failed)
		}
		apology, err := w.ApologyFor(t.Context(), parcel.ID)
		if err != nil || apology.Next != march(9) || apology.Locale != db.Russian {
			t.Errorf("%v %s %v", apology.Next, apology.Locale, err)
		}
	})
	for what, wrong := range map[string]struct {
		form       db.ApologyForm
		field, key string
	}{
		"no words":           {db.ApologyForm{Missed: "2026-03-03", Day: "2026-03-09", Text: " \n"}, "text", "parcels.apology_required"},
		"too many words":     {db.ApologyForm{Missed: "2026-03-03", Day: "2026-03-09", Text: strings.Repeat("щ", 1001)}, "text", "fields.too_long"},
		"no day":             {sorry("завтра"), "day", "parcels.promise_required"},
		"a day that is over": {sorry("2026-03-05"), "day", "parcels.promise_over"},
		"a Sunday":           {sorry("2026-03-08"), "day", "parcels.promise_off"},
		"Good Friday":        {sorry("2026-04-03"), "day", "parcels.promise_off"},
		"some day":           {sorry("2026-06-08"), "day", "parcels.promise_far"},
	} {
		t.Run("E20 "+what+" is a problem, and nothing changes", func(t *testing.T) {
			_, err := w.Apologise(t.Context(), petr, parcel.ID, wrong.form)
			wantProblem(t, err, wrong.field, wrong.key)
			if now := parcelNow(t, w, parcel.ID); *now.PromisedOn != march(3) || now.MissedOn != nil {
				t.Errorf("it is promised for %v", now.PromisedOn)
			}
		})
	}
	t.Run("E20 the apology promises another day, with a line of history and one mail", func(t *testing.T) {
		moved, err := w.Apologise(t.Context(), petr, parcel.ID, sorry("2026-03-09"))
		if err != nil || *moved.PromisedOn != march(9) || *moved.MissedOn != march(3) || !moved.Delayed() || moved.Late(w.Today()) {
			t.Fatalf("%+v %v", moved, err)
		}
		moves, err := w.MovesOfParcel(t.Context(), &parcel.ID)
		if err != nil || moves[0].Reason != db.ReasonDelayed+" 2026-03-09" || *moves[0].By != petr.ID {
			t.Errorf("%+v %v", moves[0], err)
		}
		sent := letters(t, w, vera, db.MailLate)
		if len(sent) != 1 || *sent[0].Day != march(9) || sent[0].Number != parcel.ID.Number() || sent[0].Reason != "Простите, не успели.\nОтправим завтра." {
			t.Errorf("mail-31: %+v", sent)
		}
	})
	t.Run("E20 sent twice, it happens once; another day for the same one is refused", func(t *testing.T) {
		if _, err := w.Apologise(t.Context(), petr, parcel.ID, sorry("2026-03-09")); err != nil {
			t.Error(err)
		}
		_, err := w.Apologise(t.Context(), petr, parcel.ID, sorry("2026-03-10"))
		wantRefusal(t, err, "parcels.apologised_already")
		if sent := letters(t, w, vera, db.MailLate); len(sent) != 1 {
			t.Errorf("%d mails", len(sent))
		}
	})
	t.Run("E20 the new day missed as well has an apology of its own", func(t *testing.T) {
		w.Clock.Pass(4 * 24 * time.Hour) // Tuesday
		form := sorry("2026-03-10")
		_, err := w.Apologise(t.Context(), petr, parcel.ID, db.ApologyForm{Missed: "2026-03-04", Day: form.Day, Text: form.Text})
		wantRefusal(t, err, "parcels.not_late")
		form.Missed = "2026-03-09"
		if moved, err := w.Apologise(t.Context(), petr, parcel.ID, form); err != nil || *moved.MissedOn != march(9) {
			t.Errorf("%+v %v", moved, err)
		}
		if sent := letters(t, w, vera, db.MailLate); len(sent) != 2 {
			t.Errorf("%d mails", len(sent))
		}
	})
	t.Run("E20 what has left is late no more", func(t *testing.T) {
		w.Clock.Pass(2 * 24 * time.Hour)
		if _, err := w.ShipParcel(t.Context(), petr, parcel.ID, db.ShipmentForm{Numbers: "RA123456785RU", Anyway: true}); err != nil {
			t.Fatal(err)
		}
		_, err := w.Apologise(t.Context(), petr, parcel.ID, db.ApologyForm{Missed: "2026-03-10", Day: "2026-03-13", Text: "Простите"})
		wantRefusal(t, err, "parcels.not_late")
	})
	wantSound(t, w)
}

// TestLateTrip: what goes by a schedule was promised a trip.
func TestLateTrip(t *testing.T) {
	w, vera, petr := warehouse(t)
	w.TopUp(t, vera, 100_00)
	_, items := w.StoredOrder(t, vera, dbtest.Mug)
	form := w.ParcelForm(t, vera, items...)
	form.MethodCode = "spedition"
	parcel, err := w.CreateParcel(t.Context(), vera, form)
	if err == nil {
		_, err = w.SubmitParcel(t.Context(), vera, parcel.ID)
	}
	if err == nil {
		parcel, err = w.TakeNextParcel(t.Context(), petr)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.Packs(t, petr, parcel)
	w.Clock.Pass(14 * 24 * time.Hour)
	if late, err := lateCount(t, w); err != nil || late != 0 {
		t.Errorf("E20 %d are late: %v", late, err)
	}
	_, err = w.ApologyFor(t.Context(), parcel.ID)
	wantRefusal(t, err, "parcels.not_late")
}

// lateCount is what the desk counts of missed promises.
func lateCount(t *testing.T, w *dbtest.World) (int64, error) {
	t.Helper()
	totals := &db.DeskTotals{}
	err := w.Read(t.Context(), totals)
	return totals.Late, err
}
