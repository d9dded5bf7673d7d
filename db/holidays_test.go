package db

import (
	"testing"
	"time"
)

var berlin = must(time.LoadLocation("Europe/Berlin"))

func day(s string) Day {
	d, ok := ParseDay(s)
	if !ok {
		panic(s)
	}
	return d
}

func TestPromiseDay(t *testing.T) {
	holidays := []Holiday{{Day: day("2026-04-03")}, {Day: day("2026-04-06")}, {Day: day("2026-12-25")}, {Day: day("2026-12-26")}, {Day: day("2027-01-01")}}
	for _, story := range []struct{ name, ready, promised string }{
		{"ready on Monday, leaves on Tuesday", "2026-03-02T10:00", "2026-03-03"},
		{"at the last minute before the cut-off", "2026-03-02T14:59", "2026-03-03"},
		{"after the cut-off it counts as ready on the next day", "2026-03-02T15:00", "2026-03-04"},
		{"ready on Thursday evening", "2026-03-05T20:00", "2026-03-09"},
		{"ready on Friday", "2026-03-06T10:00", "2026-03-09"},
		{"ready on Friday evening", "2026-03-06T18:00", "2026-03-09"},
		{"ready on Saturday", "2026-03-07T10:00", "2026-03-09"},
		{"ready on Sunday evening counts as Monday", "2026-03-08T23:30", "2026-03-10"},
		{"over Easter", "2026-04-02T10:00", "2026-04-07"},
		{"over Christmas", "2026-12-24T10:00", "2026-12-28"},
		{"over the New Year", "2026-12-31T16:00", "2027-01-04"},
		{"through the night the clocks change", "2026-03-27T14:00", "2026-03-30"},
	} {
		t.Run("E20 "+story.name, func(t *testing.T) {
			ready := must(time.ParseInLocation("2006-01-02T15:04", story.ready, berlin))
			if got := PromiseDay(ready, 15, berlin, holidays); got != day(story.promised) {
				t.Errorf("got %s, want %s", got, story.promised)
			}
			if got := PromiseDay(ready.UTC(), 15, berlin, holidays); got != day(story.promised) {
				t.Errorf("told in UTC: got %s, want %s", got, story.promised)
			}
		})
	}
}

func TestBusinessDays(t *testing.T) {
	holidays := []Holiday{{Day: day("2026-05-01")}}
	t.Run("G19 two business days from a Wednesday over a holiday and a weekend", func(t *testing.T) {
		if got := PlusBusinessDays(day("2026-04-29"), 2, holidays); got != day("2026-05-04") {
			t.Errorf("got %s", got)
		}
		if got := BusinessDaysBetween(day("2026-04-29"), day("2026-05-04"), holidays); got != 2 {
			t.Errorf("counted back: %d", got)
		}
		if got := BusinessDaysBetween(day("2026-05-04"), day("2026-04-29"), holidays); got != 0 {
			t.Errorf("backwards: %d", got)
		}
	})
}

func TestNextDeparture(t *testing.T) {
	departures := []Departure{{DepartsOn: day("2026-03-19")}, {DepartsOn: day("2026-03-05")}, {DepartsOn: day("2026-02-19")}}
	for _, story := range []struct{ name, ready, leaves string }{
		{"the next trip", "2026-03-02T10:00", "2026-03-05"},
		{"today's trip, before the cut-off", "2026-03-05T10:00", "2026-03-05"},
		{"today's trip, missed", "2026-03-05T15:00", "2026-03-19"},
		{"none planned any more", "2026-03-20T10:00", ""},
	} {
		t.Run("G04 "+story.name, func(t *testing.T) {
			got, found := NextDeparture(departures, must(time.ParseInLocation("2006-01-02T15:04", story.ready, berlin)), 15, berlin)
			if found != (story.leaves != "") || found && got != day(story.leaves) {
				t.Errorf("got %s, %t; want %s", got, found, story.leaves)
			}
		})
	}
}
