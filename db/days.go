package db

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Day is a calendar day, without a time or a zone.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// DayOf says which day an instant falls on in a place.
func DayOf(at time.Time, zone *time.Location) Day {
	year, month, day := at.In(zone).Date()
	return Day{year, month, day}
}

// ParseDay reads 2026-03-31, as a date field sends it.
func ParseDay(s string) (Day, bool) {
	at, err := time.Parse(time.DateOnly, s)
	return DayOf(at, time.UTC), err == nil
}

// Time is the start of the day in UTC.
func (d Day) Time() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Plus moves by whole days.
func (d Day) Plus(days int) Day { return DayOf(d.Time().AddDate(0, 0, days), time.UTC) }

// Before reports whether d is an earlier day.
func (d Day) Before(other Day) bool { return d.Time().Before(other.Time()) }

func (d Day) String() string { return d.Time().Format(time.DateOnly) }

// IsZero reports a day that was never set.
func (d Day) IsZero() bool { return d == Day{} }

// Scan reads a date column.
func (d *Day) Scan(src any) error {
	at, ok := src.(time.Time)
	if !ok {
		return fmt.Errorf("a day from %T", src)
	}
	*d = DayOf(at, time.UTC)
	return nil
}

// Value writes a date column.
func (d Day) Value() (driver.Value, error) { return d.Time(), nil }

// MarshalText writes 2026-03-31, also into JSON.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Day) UnmarshalText(text []byte) error {
	at, err := time.Parse(time.DateOnly, string(text))
	*d = DayOf(at, time.UTC)
	return err
}

// month is the first day of the month so many months later.
func (d Day) month(later int) Day {
	return DayOf(time.Date(d.Year, d.Month+time.Month(later), 1, 0, 0, 0, 0, time.UTC), time.UTC)
}
