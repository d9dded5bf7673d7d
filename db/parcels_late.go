package db

import (
	"context"
	"strings"
)

// ApologyForm is what a customer is told about a parcel that has not left as promised.
type ApologyForm struct {
	Missed string `form:"missed"` // the day that was promised, as the form showed it: one apology for each
	Day    string `form:"day"`    // that is promised now
	Text   string `form:"text"`
}

// ReasonDelayed begins the line of a parcel's history that promises another day; the day follows it.
const ReasonDelayed = "parcels.reason.delayed"

const (
	maxApology = 1000
	// promisedAhead is how many days from now a new promise may be at most; customers do not wait longer without being asked.
	promisedAhead = 30
)

// Apology is a late parcel with what a form about it begins with.
type Apology struct {
	DeskRow
	Today  Day
	Next   Day    // the next business day of the warehouse
	Locale Locale // that the customer reads
}

// MayApologise reports whether a promise was missed for which the customer can be told another day. What goes by a
// schedule has a trip, not a day.
func (r DeskRow) MayApologise(today Day) bool {
	return r.Parcel.Late(today) && r.Method.DispatchPolicy != BySchedule
}

// ApologyFor is a parcel whose promise was missed; any other is a Refusal.
func (db *DB) ApologyFor(ctx context.Context, id ParcelID) (apology Apology, err error) {
	if apology.DeskRow, err = db.DeskRowOf(ctx, id); err != nil {
		return apology, err
	}
	apology.Today = db.Today()
	if !apology.MayApologise(apology.Today) {
		return apology, Refusal("parcels.not_late")
	}
	customer, err := db.AccountByID(ctx, apology.Parcel.AccountID)
	if err != nil {
		return apology, err
	}
	apology.Locale = customer.Locale
	holidays, err := db.HolidaysBetween(ctx, WarehouseCalendar, apology.Today, apology.Today.Plus(promisedAhead))
	apology.Next = PlusBusinessDays(apology.Today, 1, holidays)
	return apology, err
}

// Apologise promises another day for a parcel that has not left as promised, and says so to the customer. There is one
// apology for a missed day: sent twice, it happens once.
func (db *DB) Apologise(ctx context.Context, by Visitor, id ParcelID, form ApologyForm) (parcel Parcel, err error) {
	err = db.change(ctx, func(c *change) error {
		if parcel, err = c.lockParcel(ctx, id); err != nil {
			return err
		}
		missed, known := ParseDay(form.Missed)
		if known && parcel.MissedOn != nil && *parcel.MissedOn == missed {
			return parcel.apologisedSo(form)
		}
		if err := c.checkLate(ctx, parcel, missed); err != nil {
			return err
		}
		text := tidyLines(form.Text)
		day, err := c.checkApology(ctx, text, form.Day)
		if err != nil {
			return err
		}
		if parcel, err = c.promiseAgain(ctx, day, id); err != nil {
			return err
		}
		if err := c.parcelMoved(ctx, parcel, parcel.Status, &by.ID, ReasonDelayed+" "+day.String()); err != nil {
			return err
		}
		return c.mailApology(ctx, parcel, text)
	})
	return parcel, err
}

// apologisedSo is content when the same day was promised: the button was pressed twice.
func (p Parcel) apologisedSo(form ApologyForm) error {
	if day, ok := ParseDay(form.Day); !ok || p.PromisedOn == nil || *p.PromisedOn != day {
		return Refusal("parcels.apologised_already")
	}
	return nil
}

// checkLate lets through a parcel that should have left on the day that the form was about.
func (c *change) checkLate(ctx context.Context, parcel Parcel, missed Day) error {
	method, err := c.MethodByCode(ctx, parcel.MethodCode)
	if err != nil {
		return err
	}
	if !parcel.Late(c.today()) || method.DispatchPolicy == BySchedule || *parcel.PromisedOn != missed {
		return Refusal("parcels.not_late")
	}
	return nil
}

// checkApology wants words, and a business day that is neither over nor far away.
func (c *change) checkApology(ctx context.Context, text, typed string) (day Day, err error) {
	problems := Problems{}
	switch {
	case text == "":
		problems["text"] = "parcels.apology_required"
	case len([]rune(text)) > maxApology:
		problems["text"] = "fields.too_long"
	}
	holidays, err := c.HolidaysBetween(ctx, WarehouseCalendar, c.today(), c.today().Plus(promisedAhead))
	if err != nil {
		return day, err
	}
	day, ok := ParseDay(strings.TrimSpace(typed))
	switch {
	case !ok:
		problems["day"] = "parcels.promise_required"
	case day.Before(c.today()):
		problems["day"] = "parcels.promise_over"
	case c.today().Plus(promisedAhead).Before(day):
		problems["day"] = "parcels.promise_far"
	case !IsBusinessDay(day, holidays):
		problems["day"] = "parcels.promise_off"
	}
	return day, problems.err()
}

// mailApology is mail-31, with the new day.
func (c *change) mailApology(ctx context.Context, parcel Parcel, text string) error {
	letter, err := c.letter(ctx, parcel, MailLate)
	if err != nil {
		return err
	}
	letter.Day, letter.Reason, letter.Lines = parcel.PromisedOn, text, nil
	return c.mailOwner(ctx, parcel.AccountID, letter)
}

// LateFrom is a page of what was promised and has not left, the oldest promise first.
func (db *DB) LateFrom(ctx context.Context, from DeskPlace) ([]DeskRow, bool, error) {
	rows, err := db.LateParcels(ctx, LateParcelsParams{Today: db.Today(), PromisedOn: DayOf(from.At, from.At.Location()), ID: int64(from.ID), Lim: parcelsPage + 1})
	return asDeskRows(rows, err, func(row LateParcelsRow) DeskParcelRow { return DeskParcelRow(row) })
}
