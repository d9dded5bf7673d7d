package db

import (
	"time"
)

// Calendar names a list of days off: of our warehouse, or of those who receive.
type Calendar string

const (
	WarehouseCalendar Calendar = "warehouse"
	RussianCalendar   Calendar = "ru"
)

// Named is the holiday's name in a language.
func (h Holiday) Named(locale Locale) string {
	if locale == Russian {
		return h.NameRu
	}
	return h.NameEn
}

// IsBusinessDay reports a day that is neither on a weekend nor a holiday.
func IsBusinessDay(day Day, holidays []Holiday) bool {
	if weekday := day.Time().Weekday(); weekday == time.Saturday || weekday == time.Sunday {
		return false
	}
	for _, holiday := range holidays {
		if holiday.Day == day {
			return false
		}
	}
	return true
}

// PlusBusinessDays is the day by which so many business days have come after the given one.
func PlusBusinessDays(day Day, days int, holidays []Holiday) Day {
	for days > 0 {
		day = day.Plus(1)
		if IsBusinessDay(day, holidays) {
			days--
		}
	}
	return day
}

// BusinessDaysBetween counts the business days after the first day, up to and with the last.
func BusinessDaysBetween(first, last Day, holidays []Holiday) (days int) {
	for day := first.Plus(1); !last.Before(day); day = day.Plus(1) {
		if IsBusinessDay(day, holidays) {
			days++
		}
	}
	return days
}

// PromiseDay is when a parcel leaves that is ready at a given time: on the next business day.
// What is ready after the cut-off hour counts as ready on the day after.
func PromiseDay(readyAt time.Time, cutoffHour int, zone *time.Location, holidays []Holiday) Day {
	return PlusBusinessDays(countsAs(readyAt, cutoffHour, zone), 1, holidays)
}

func countsAs(readyAt time.Time, cutoffHour int, zone *time.Location) Day {
	day := DayOf(readyAt, zone)
	if readyAt.In(zone).Hour() >= cutoffHour {
		return day.Plus(1)
	}
	return day
}

// NextDeparture is the first departure that a parcel can still catch; none when the schedule ends before.
// A van that leaves today takes what was ready before the cut-off hour.
func NextDeparture(departures []Departure, readyAt time.Time, cutoffHour int, zone *time.Location) (next Day, found bool) {
	from := countsAs(readyAt, cutoffHour, zone)
	for _, departure := range departures {
		if day := departure.DepartsOn; !day.Before(from) && (!found || day.Before(next)) {
			next, found = day, true
		}
	}
	return next, found
}
