package views

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"cabinet/db"
)

// calendarDay is a field of a month; that of a neighbouring month is empty.
type calendarDay struct {
	date   db.Day
	dreams int64
}

// weeks lays a month out from Monday to Sunday.
func (c DreamCalendar) weeks() (weeks [][7]calendarDay) {
	dreams := map[db.Day]int64{}
	for _, day := range c.Days {
		dreams[day.DreamedOn] = day.Dreams
	}
	first := db.Day{Year: c.Year, Month: time.Month(c.Month), Day: 1}
	at := (int(first.Time().Weekday()) + 6) % 7
	for date := first; date.Month == first.Month; date, at = date.Plus(1), (at+1)%7 {
		if at == 0 || len(weeks) == 0 {
			weeks = append(weeks, [7]calendarDay{})
		}
		weeks[len(weeks)-1][at] = calendarDay{date, dreams[date]}
	}
	return weeks
}

// mostYears is how many years are offered; a journal that is older has its first as well.
const mostYears = 10

func (c DreamCalendar) years() (chips []Chip) {
	first := c.Today.Year
	if !c.First.IsZero() {
		first = min(first, c.First.Year)
	}
	for year := max(c.Today.Year, c.Year); year >= first; year-- {
		if year > c.Today.Year-mostYears || year == first || year == c.Year {
			chips = append(chips, Chip{Path: calendarPath(year, 0), Label: strconv.Itoa(year), Now: year == c.Year})
		}
	}
	return chips
}

func (c DreamCalendar) months(ctx context.Context) (chips []Chip) {
	for month, nights := range c.Nights() {
		if nights > 0 || month+1 == c.Month {
			chips = append(chips, Chip{Path: calendarPath(c.Year, month+1), Label: shortMonth(ctx, month+1), Now: month+1 == c.Month, Count: strconv.FormatInt(nights, 10)})
		}
	}
	return chips
}

func calendarPath(year, month int) string {
	path := "/dreams/calendar?year=" + strconv.Itoa(year)
	if month > 0 {
		path += "&month=" + strconv.Itoa(month)
	}
	return path
}

func monthName(ctx context.Context, month int) string {
	return t(ctx, "dreams.month."+strconv.Itoa(month))
}

func shortMonth(ctx context.Context, month int) string {
	return strings.ToLower(string([]rune(monthName(ctx, month))[:3]))
}

func firstLetter(ctx context.Context, month int) string {
	return string([]rune(monthName(ctx, month))[:1])
}

// nightsLabel is the chart for those who do not see it.
func nightsLabel(ctx context.Context, nights [12]int64) string {
	return t(ctx, "dreams.nights") + ": " + said(ctx, nights)
}

func monthsLabel(ctx context.Context, label string, lines []db.DreamMonths) string {
	text := t(ctx, label)
	for _, line := range lines {
		text += "; " + line.Name + ": " + said(ctx, line.Months)
	}
	return text
}

func said(ctx context.Context, months [12]int64) string {
	var all []string
	for month, n := range months {
		if n > 0 {
			all = append(all, monthName(ctx, month+1)+" "+strconv.FormatInt(n, 10))
		}
	}
	return strings.Join(all, ", ")
}

// barHeight is that of a month with so many nights. The best month fills the chart, and a single night is not much of it.
func barHeight(nights int64, all [12]int64) int { return int(nights * 92 / max(slices.Max(all[:]), 5)) }

// dotAt is the middle of a month's column.
func dotAt(month int) int { return 104 + 15*month }

// dotSize grows with the area, so that twice as many look twice as much; six are the largest.
func dotSize(dreams int64) string {
	return strconv.FormatFloat(3*math.Sqrt(float64(min(dreams, 6))), 'f', 1, 64)
}
