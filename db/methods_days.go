package db

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// DepartureForm is a day on which a method with a schedule leaves.
type DepartureForm struct {
	Day string `form:"day"`
}

// AddDeparture puts a day on the schedule of a method. What is ready may leave by it.
func (db *DB) AddDeparture(ctx context.Context, by Visitor, code MethodCode, form DepartureForm) error {
	return db.changeSchedule(ctx, code, func(c *change, method Method) error {
		e := entry{Problems{}}
		day := e.day("day", form.Day)
		if day.Before(c.today()) {
			e.wrong("day", "operator.day_passed")
		}
		if method.DispatchPolicy != BySchedule {
			e.wrong("", "operator.no_schedule")
		}
		if len(e.problems) > 0 {
			return e.problems
		}
		added, err := c.insertDeparture(ctx, code, day)
		if err != nil || added == 0 {
			return err
		}
		return c.settingChanged(ctx, by, SettingDepartures, string(code), nil, FieldDifference{After: day.String()})
	})
}

// RemoveDeparture takes a day off the schedule of a method. What was to leave then is promised the next one.
func (db *DB) RemoveDeparture(ctx context.Context, by Visitor, code MethodCode, form DepartureForm) error {
	return db.changeSchedule(ctx, code, func(c *change, _ Method) error {
		day, ok := ParseDay(form.Day)
		if !ok {
			return ErrNotFound
		}
		if day.Before(c.today()) {
			return Refusal("operator.day_passed")
		}
		removed, err := c.deleteDeparture(ctx, code, day)
		if err != nil || removed == 0 {
			return err
		}
		return c.settingChanged(ctx, by, SettingDepartures, string(code), nil, FieldDifference{Before: day.String()})
	})
}

func (db *DB) changeSchedule(ctx context.Context, code MethodCode, act func(*change, Method) error) error {
	return db.change(ctx, func(c *change) error {
		method, err := c.lockMethod(ctx, code)
		if err != nil {
			return err
		}
		c.enqueue(RecheckMethod{code})
		return act(c, method)
	})
}

// Calendars are the lists of days off that the operator keeps.
var Calendars = []Calendar{WarehouseCalendar, RussianCalendar}

// HolidayForm is a day off.
type HolidayForm struct {
	Calendar string `form:"calendar"`
	Day      string `form:"day"`
	NameRu   string `form:"name_ru"`
	NameEn   string `form:"name_en"`
	Source   string `form:"source"`
}

func (f HolidayForm) read(today Day) (holiday Holiday, err error) {
	e := entry{Problems{}}
	holiday.Calendar = Calendar(e.one("calendar", f.Calendar, string(WarehouseCalendar), string(RussianCalendar)))
	if holiday.Day = e.day("day", f.Day); holiday.Day.Before(today) {
		e.wrong("day", "operator.day_passed")
	}
	holiday.NameRu, holiday.NameEn = e.text("name_ru", f.NameRu, 80), e.text("name_en", f.NameEn, 80)
	holiday.Source, holiday.CheckedOn = e.maybe("source", f.Source, 200), today
	return holiday, e.problems.err()
}

func (h Holiday) line() string { return h.Day.String() + " " + h.NameRu }

// AddHoliday makes a day a day off. What is promised from now on reckons with it.
func (db *DB) AddHoliday(ctx context.Context, by Visitor, form HolidayForm) (holiday Holiday, err error) {
	err = db.change(ctx, func(c *change) error {
		if holiday, err = form.read(c.today()); err != nil {
			return err
		}
		added, err := c.insertHoliday(ctx, insertHolidayParams(holiday))
		if err != nil {
			return err
		}
		if added == 0 {
			return c.sameHoliday(ctx, holiday)
		}
		return c.settingChanged(ctx, by, SettingHolidays, string(holiday.Calendar), nil, FieldDifference{After: holiday.line()})
	})
	return holiday, err
}

// sameHoliday lets a second click pass, and says of another name that the day is taken.
func (c *change) sameHoliday(ctx context.Context, holiday Holiday) error {
	known, err := c.HolidaysBetween(ctx, holiday.Calendar, holiday.Day, holiday.Day)
	if err != nil {
		return err
	}
	if len(known) == 1 && known[0].line() == holiday.line() {
		return nil
	}
	return Problems{"day": "operator.holiday_there"}
}

// RemoveHoliday makes a day off a working day again, as long as it has not come.
func (db *DB) RemoveHoliday(ctx context.Context, by Visitor, form HolidayForm) error {
	return db.change(ctx, func(c *change) error {
		day, ok := ParseDay(strings.TrimSpace(form.Day))
		if !ok || !slices.Contains(Calendars, Calendar(form.Calendar)) {
			return ErrNotFound
		}
		if day.Before(c.today()) {
			return Refusal("operator.day_passed")
		}
		holiday, err := c.deleteHoliday(ctx, Calendar(form.Calendar), day)
		if errors.Is(err, ErrNotFound) {
			return nil // the second click
		}
		if err != nil {
			return err
		}
		return c.settingChanged(ctx, by, SettingHolidays, form.Calendar, nil, FieldDifference{Before: holiday.line()})
	})
}
