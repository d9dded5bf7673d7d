package db

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Hours are when somebody works: from minute to minute of each weekday, Monday first, where they are. A day off ends
// when it begins.
type Hours struct {
	Zone          *time.Location
	Opens, Closes []int32
}

// searched is how many days ahead are looked at: whoever does not work for a year does not work.
const searched = 366

// Plus is when so many minutes of work have passed since a moment.
func (h Hours) Plus(from time.Time, minutes int) time.Time {
	left := time.Duration(minutes) * time.Minute
	for day := range searched {
		opens, closes := h.on(from, day)
		opens = latest(opens, from)
		if worked := closes.Sub(opens); worked >= left {
			return opens.Add(left)
		} else if worked > 0 {
			left -= worked
		}
	}
	return from.AddDate(0, 0, searched)
}

// Between is how many minutes of work there are from one moment until another.
func (h Hours) Between(from, until time.Time) int {
	var worked time.Duration
	for day := range searched {
		opens, closes := h.on(from, day)
		if opens.After(until) {
			break
		}
		if closes.After(until) {
			closes = until
		}
		worked += max(0, closes.Sub(latest(opens, from)))
	}
	return int(worked / time.Minute)
}

// on is when work begins and ends so many days after a moment, by the clock on the wall.
func (h Hours) on(from time.Time, day int) (opens, closes time.Time) {
	at := from.In(h.Zone)
	at = time.Date(at.Year(), at.Month(), at.Day()+day, 12, 0, 0, 0, h.Zone)
	weekday := (int(at.Weekday()) + 6) % 7
	clock := func(minute int32) time.Time {
		return time.Date(at.Year(), at.Month(), at.Day(), 0, int(minute), 0, 0, h.Zone)
	}
	return clock(h.Opens[weekday]), clock(h.Closes[weekday])
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Hours are those of a specialist.
func (s Specialist) Hours() Hours {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil { // a zone that the system has forgotten
		zone = time.UTC
	}
	return Hours{zone, s.Opens, s.Closes}
}

// Zones are where specialists may live.
var Zones = []string{
	"Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Novosibirsk", "Asia/Irkutsk", "Asia/Vladivostok",
	"Europe/London", "Europe/Berlin", "Europe/Riga", "Europe/Istanbul", "Asia/Jerusalem", "Asia/Tbilisi", "Asia/Yerevan", "Asia/Almaty", "America/New_York", "UTC",
}

// Packs are how many requests may be bought at once.
var Packs = []int32{1, 3, 5, 10}

// Pack is so many requests at once, and what each of them costs in points.
type Pack struct {
	Requests int32
	Price    int64
}

// Points are what the whole pack costs.
func (p Pack) Points() int64 { return int64(p.Requests) * p.Price }

// Offers are the prices of a specialist, the smallest pack first.
func (r SpecialistsForRow) Offers() (packs []Pack) {
	for i := range r.Packs {
		packs = append(packs, Pack{r.Packs[i], r.Prices[i]})
	}
	return packs
}

// Left is how many requests to a specialist are paid for and neither used nor reserved.
func (r SpecialistsForRow) Left() int32 { return r.Bought - r.Used - r.Reserved }

const (
	aboutLimit     = 1000
	mostHours      = 200
	mostPackPoints = 100_000 // for one request
)

// SpecialistForm is a profile as it is typed.
type SpecialistForm struct {
	Name      string `form:"name"`
	About     string `form:"about"`
	Hours     string `form:"answer_hours"`
	Zone      string `form:"zone"`
	Accepting string `form:"accepting"`
	Version   int32  `form:"version"`
	Opens     [7]string
	Closes    [7]string
	Prices    map[int32]string // of one request, by the size of the pack; empty: not sold
}

// NewSpecialistForm is a profile that is still to be filled in: a week of office hours.
func NewSpecialistForm(name, zone string) SpecialistForm {
	form := SpecialistForm{Name: name, Hours: "16", Zone: zone, Accepting: "on", Prices: map[int32]string{}}
	for day := range 5 {
		form.Opens[day], form.Closes[day] = "09:00", "18:00"
	}
	return form
}

// Form is the profile as a form shows it.
func (s Specialist) Form(packs []SpecialistPack) SpecialistForm {
	form := SpecialistForm{Name: s.Name, About: s.About, Hours: strconv.Itoa(int(s.AnswerHours)), Zone: s.Zone, Version: s.Version, Prices: map[int32]string{}}
	if s.Accepting {
		form.Accepting = "on"
	}
	for day := range form.Opens {
		if s.Opens[day] < s.Closes[day] {
			form.Opens[day], form.Closes[day] = clockOf(s.Opens[day]), clockOf(s.Closes[day])
		}
	}
	for _, pack := range packs {
		form.Prices[pack.Requests] = strconv.FormatInt(pack.Price, 10)
	}
	return form
}

// clockOf is a minute of the day as a time field has it: 09:30.
func clockOf(minute int32) string {
	return time.Date(2000, 1, 1, 0, min(int(minute), 24*60-1), 0, 0, time.UTC).Format("15:04")
}

// read also gives the prices of packs, in the order of their sizes.
func (f SpecialistForm) read() (s Specialist, packs []Pack, err error) {
	problems := Problems{}
	s = Specialist{Name: tidyLine(f.Name), About: tidyLines(f.About), Zone: f.Zone, Accepting: f.Accepting != "", Opens: make([]int32, 7), Closes: make([]int32, 7)}
	required := func(field, text string, most int) {
		switch {
		case text == "":
			problems[field] = "fields.required"
		case utf8.RuneCountInString(text) > most:
			problems[field] = "fields.too_long"
		}
	}
	required("name", s.Name, 100)
	required("about", s.About, aboutLimit)
	hours, wrong := strconv.Atoi(strings.TrimSpace(f.Hours))
	if wrong != nil || hours < 1 || hours > mostHours {
		problems["answer_hours"] = "specialists.hours_wrong"
	}
	s.AnswerHours = int32(hours)
	if !slices.Contains(Zones, f.Zone) {
		problems["zone"] = "specialists.zone_wrong"
	}
	works := false
	for day := range f.Opens {
		opens, closes, ok := readWorkday(f.Opens[day], f.Closes[day])
		if !ok {
			problems["opens."+strconv.Itoa(day)] = "specialists.day_wrong"
		}
		s.Opens[day], s.Closes[day] = opens, closes
		works = works || opens < closes
	}
	if len(problems) == 0 && !works {
		problems["opens.0"] = "specialists.no_day"
	}
	for _, size := range Packs {
		typed := strings.TrimSpace(f.Prices[size])
		if typed == "" {
			continue
		}
		price, problem := parsePoints(typed, 1)
		if problem != "" {
			problems["price."+strconv.Itoa(int(size))] = problem
		}
		packs = append(packs, Pack{size, price})
	}
	if s.Accepting && len(packs) == 0 {
		problems["price.1"] = "specialists.no_price"
	}
	return s, packs, problems.err()
}

// readWorkday takes two times of a day, or none for a day off.
func readWorkday(from, until string) (opens, closes int32, ok bool) {
	if from == "" && until == "" {
		return 0, 0, true
	}
	begins, wrong := time.Parse("15:04", from)
	ends, bad := time.Parse("15:04", until)
	if wrong != nil || bad != nil || !begins.Before(ends) {
		return 0, 0, false
	}
	minute := func(at time.Time) int32 { return int32(at.Hour()*60 + at.Minute()) }
	return minute(begins), minute(ends), true
}

// SpecialistStale means that a profile was changed in another window since the form was drawn.
const SpecialistStale Refusal = "specialists.stale"

// mayEdit reports whether a visitor may see and change a profile: their own, or any for an admin.
func (q *Queries) mayEdit(ctx context.Context, by Visitor, of AccountID) error {
	if by.ID != of && !by.Has(Admin) {
		return ErrNotFound
	}
	consultants, err := q.Consultants(ctx)
	if err == nil && !slices.ContainsFunc(consultants, func(c ConsultantsRow) bool { return c.ID == of }) {
		err = ErrNotFound
	}
	return err
}

// SpecialistForm is a profile as a form shows it; an empty one of who has none yet.
func (db *DB) SpecialistForm(ctx context.Context, by Visitor, of AccountID) (form SpecialistForm, err error) {
	if err := db.mayEdit(ctx, by, of); err != nil {
		return form, err
	}
	specialist, err := db.SpecialistByID(ctx, of)
	if errors.Is(err, ErrNotFound) {
		return NewSpecialistForm("", "Europe/Moscow"), nil
	}
	if err != nil {
		return form, err
	}
	packs, err := db.PacksOf(ctx, of)
	return specialist.Form(packs), err
}

// SaveSpecialist keeps a profile and its prices. What was promised before stays promised.
func (db *DB) SaveSpecialist(ctx context.Context, by Visitor, of AccountID, form SpecialistForm) error {
	if err := db.mayEdit(ctx, by, of); err != nil {
		return err
	}
	typed, packs, err := form.read()
	if err != nil {
		return err
	}
	return db.change(ctx, func(c *change) error {
		specialist, err := c.lockSpecialist(ctx, of)
		switch {
		case errors.Is(err, ErrNotFound):
			_, err = c.insertSpecialist(ctx, insertSpecialistParams{
				AccountID: of, Name: typed.Name, About: typed.About, AnswerHours: typed.AnswerHours, Zone: typed.Zone, Opens: typed.Opens, Closes: typed.Closes, Accepting: typed.Accepting,
			})
			if errors.Is(err, ErrNotFound) { // made in another window at the same time
				return SpecialistStale
			}
		case err == nil && specialist.Version != form.Version:
			return SpecialistStale
		case err == nil:
			_, err = c.updateSpecialist(ctx, updateSpecialistParams{
				AccountID: of, Name: typed.Name, About: typed.About, AnswerHours: typed.AnswerHours, Zone: typed.Zone, Opens: typed.Opens, Closes: typed.Closes, Accepting: typed.Accepting,
			})
		}
		if err != nil {
			return err
		}
		sizes, prices := []int32{}, []int64{}
		for _, pack := range packs {
			sizes, prices = append(sizes, pack.Requests), append(prices, pack.Price)
		}
		c.announceStaff("specialists")
		return c.setPacks(ctx, of, sizes, prices)
	})
}
