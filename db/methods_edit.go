package db

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MethodForm is what the operator says about a delivery method: weights in kilograms, lengths in centimetres, as typed.
type MethodForm struct {
	NameRu           string `form:"name_ru"`
	NameEn           string `form:"name_en"`
	TransitRu        string `form:"transit_ru"`
	TransitEn        string `form:"transit_en"`
	Carrier          string `form:"carrier"`
	Dispatch         string `form:"dispatch"`
	TrackingMode     string `form:"tracking_mode"`
	Enabled          bool   `form:"enabled"`
	NeedsCustoms     bool   `form:"needs_customs"`
	CompaniesAllowed bool   `form:"companies_allowed"`
	MaxWeight        string `form:"max_weight"`
	MaxLength        string `form:"max_length"`
	MaxGirth         string `form:"max_girth"`
	Divisor          string `form:"divisor"`
	DivisorFrom      string `form:"divisor_from"`
	RoundStep        string `form:"round_step"`
	MinWeight        string `form:"min_weight"`
	RoundUp          string `form:"round_up"`
	Contact          string `form:"contact"`
	Source           string `form:"source"`
	CheckedOn        string `form:"checked_on"`
	Version          int32  `form:"version"` // of the method that was on the screen
}

// Form is the method as it stands in the form.
func (m Method) Form() MethodForm {
	divisor := ""
	if m.DimDivisor != nil {
		divisor = strconv.Itoa(int(*m.DimDivisor))
	}
	return MethodForm{
		NameRu: m.NameRu, NameEn: m.NameEn, TransitRu: m.TransitRu, TransitEn: m.TransitEn, Carrier: string(m.CarrierCode),
		Dispatch: string(m.DispatchPolicy), TrackingMode: string(m.TrackingMode), Enabled: m.Enabled, NeedsCustoms: m.NeedsCustoms,
		CompaniesAllowed: m.CompaniesAllowed, MaxWeight: typedUnits(int(m.MaxGrams), 3), MaxLength: typedUnits(int(m.MaxLengthMm), 1),
		MaxGirth: typedUnits(int(m.MaxGirthMm), 1), Divisor: divisor, DivisorFrom: strconv.Itoa(int(m.DimFromPercent)),
		RoundStep: typedUnits(int(m.RoundStepGrams), 3), MinWeight: typedUnits(int(m.MinBillableGrams), 3),
		RoundUp: typedUnits(int(m.RoundUpMm), 1), Contact: m.Contact, Source: m.Source, CheckedOn: m.CheckedOn.String(), Version: m.Version,
	}
}

// typedUnits is a whole number of the smallest unit as a person types it: 31500 grams are «31.5».
func typedUnits(n, places int) string {
	digits := strconv.Itoa(n)
	if missing := places + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	whole, part := digits[:len(digits)-places], strings.TrimRight(digits[len(digits)-places:], "0")
	return strings.TrimSuffix(whole+"."+part, ".")
}

// entry reads the fields of a form of the operator's one by one, and gathers what is wrong with them.
type entry struct{ problems Problems }

func (e entry) wrong(field, key string) {
	if e.problems[field] == "" {
		e.problems[field] = key
	}
}

// text is a text that must be there, and is no longer than it may be.
func (e entry) text(field, typed string, most int) string {
	typed = tidy(typed)
	if typed == "" {
		e.wrong(field, "fields.required")
	}
	return e.maybe(field, typed, most)
}

// maybe is a text that may be empty.
func (e entry) maybe(field, typed string, most int) string {
	typed = tidy(typed)
	switch {
	case utf8.RuneCountInString(typed) > most:
		e.wrong(field, "fields.too_long")
	case !fits(typed, 0, most):
		e.wrong(field, "fields.odd_characters")
	}
	return typed
}

// units is a number of kilograms or centimetres that is more than nothing, in the smallest unit.
func (e entry) units(field, typed string, places, most int) int {
	n, ok := parseUnits(typed, places)
	if !ok || n == 0 || n > most {
		e.wrong(field, "operator.number_wrong")
	}
	return n
}

func (e entry) whole(field, typed string, least, most int) int32 {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil || n < least || n > most {
		e.wrong(field, "operator.number_wrong")
	}
	return int32(n)
}

func (e entry) one(field, typed string, of ...string) string {
	if !slices.Contains(of, typed) {
		e.wrong(field, "operator.choose")
	}
	return typed
}

func (e entry) day(field, typed string) Day {
	day, ok := ParseDay(strings.TrimSpace(typed))
	if !ok || day.Year < 2000 || day.Year > 2100 {
		e.wrong(field, "fields.day")
	}
	return day
}

func (f MethodForm) read() (m editMethodParams, err error) {
	e := entry{Problems{}}
	m.NameRu, m.NameEn = e.text("name_ru", f.NameRu, 80), e.text("name_en", f.NameEn, 80)
	m.TransitRu, m.TransitEn = e.text("transit_ru", f.TransitRu, 120), e.text("transit_en", f.TransitEn, 120)
	m.CarrierCode = CarrierCode(f.Carrier)
	m.DispatchPolicy = DispatchPolicy(e.one("dispatch", f.Dispatch, string(NextBusinessDay), string(BySchedule)))
	m.TrackingMode = TrackingMode(e.one("tracking_mode", f.TrackingMode, string(CarrierLink), string(SentSeparately), string(NoTracking)))
	m.Enabled, m.NeedsCustoms, m.CompaniesAllowed = f.Enabled, f.NeedsCustoms, f.CompaniesAllowed
	m.MaxGrams = Grams(e.units("max_weight", f.MaxWeight, 3, 1_000_000))
	m.MaxLengthMm, m.MaxGirthMm = Millimetres(e.units("max_length", f.MaxLength, 1, 90_000)), Millimetres(e.units("max_girth", f.MaxGirth, 1, 90_000))
	if m.MaxGirthMm < m.MaxLengthMm {
		e.wrong("max_girth", "operator.girth_too_small")
	}
	if strings.TrimSpace(f.Divisor) != "" {
		divisor := e.whole("divisor", f.Divisor, 1000, 20_000)
		m.DimDivisor = &divisor
	}
	m.DimFromPercent = e.whole("divisor_from", f.DivisorFrom, 100, 1000)
	m.RoundStepGrams = Grams(e.units("round_step", f.RoundStep, 3, 10_000))
	m.MinBillableGrams = Grams(e.units("min_weight", f.MinWeight, 3, 1_000_000))
	if m.MaxGrams < m.MinBillableGrams {
		e.wrong("min_weight", "operator.min_above_max")
	}
	m.RoundUpMm = Millimetres(e.units("round_up", f.RoundUp, 1, 1000))
	m.Contact, m.Source = e.maybe("contact", f.Contact, 200), e.maybe("source", f.Source, 200)
	m.CheckedOn = e.day("checked_on", f.CheckedOn)
	return m, e.problems.err()
}

// EditMethod changes what a delivery method is like, unless it was changed elsewhere since the form was opened. What
// waits by that method is looked at again.
func (db *DB) EditMethod(ctx context.Context, by Visitor, code MethodCode, form MethodForm) (method Method, err error) {
	err = db.change(ctx, func(c *change) error {
		old, err := c.lockMethod(ctx, code)
		if err != nil {
			return err
		}
		edited, err := form.read()
		if err != nil {
			return err
		}
		carriers, err := c.Carriers(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(carriers, func(carrier Carrier) bool { return carrier.Code == edited.CarrierCode }) {
			return Problems{"carrier": "operator.choose"}
		}
		edited.Code = code
		if method, err = c.editMethod(ctx, edited); err != nil {
			return err
		}
		c.enqueue(RecheckMethod{code})
		return c.settingEdited(ctx, by, versions{form.Version, old.Version}, SettingMethod, string(code), Different(old.Form(), method.Form()))
	})
	return method, err
}

// SwitchMethod puts a method on offer or takes it off. Parcels that go by it already do so still.
func (db *DB) SwitchMethod(ctx context.Context, by Visitor, code MethodCode, enabled bool) (method Method, err error) {
	err = db.change(ctx, func(c *change) error {
		old, err := c.lockMethod(ctx, code)
		if method = old; err != nil || old.Enabled == enabled {
			return err
		}
		if method, err = c.switchMethod(ctx, enabled, code); err != nil {
			return err
		}
		return c.settingChanged(ctx, by, SettingMethod, string(code), nil, Different(old.Form(), method.Form())...)
	})
	return method, err
}

// MoveMethodForm moves a method one place up or down from where it was on the screen.
type MoveMethodForm struct {
	Up       bool  `form:"up"`
	Position int32 `form:"position"`
}

// MoveMethod changes the order in which customers see the methods. One that is not where it was on the screen stays.
func (db *DB) MoveMethod(ctx context.Context, by Visitor, code MethodCode, form MoveMethodForm) error {
	return db.change(ctx, func(c *change) error {
		methods, err := c.lockMethods(ctx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(methods, func(m Method) bool { return m.Code == code })
		if at < 0 {
			return ErrNotFound
		}
		to := at + 1
		if form.Up {
			to = at - 1
		}
		if methods[at].Position != form.Position || to < 0 || to == len(methods) {
			return nil
		}
		methods[at], methods[to] = methods[to], methods[at]
		for i, method := range methods {
			if err := c.placeMethod(ctx, int32(10*(i+1)), method.Code); err != nil {
				return err
			}
		}
		return c.settingChanged(ctx, by, SettingMethod, string(code), nil,
			FieldDifference{"place", strconv.Itoa(at + 1), strconv.Itoa(to + 1)})
	})
}

// CarrierForm is what the operator says about a carrier.
type CarrierForm struct {
	Name          string `form:"title"`
	TrackingURL   string `form:"tracking_url"`
	NumberPattern string `form:"number_pattern"`
	S10           bool   `form:"s10"`
	TrackerSlug   string `form:"tracker_slug"`
	Broken        bool   `form:"broken"`
	Source        string `form:"source"`
	CheckedOn     string `form:"checked_on"`
	Version       int32  `form:"version"`
}

// Form is the carrier as it stands in the form.
func (c Carrier) Form() CarrierForm {
	return CarrierForm{
		Name: c.Name, TrackingURL: c.TrackingUrl, NumberPattern: c.NumberPattern, S10: c.S10, TrackerSlug: c.TrackerSlug, Broken: c.Broken,
		Source: c.Source, CheckedOn: c.CheckedOn.String(), Version: c.Version,
	}
}

var slugShape = regexp.MustCompile(`^[a-z0-9_-]*$`)

func (f CarrierForm) read() (carrier editCarrierParams, err error) {
	e := entry{Problems{}}
	carrier.Name = e.text("title", f.Name, 60)
	if carrier.TrackingUrl = e.maybe("tracking_url", f.TrackingURL, 300); carrier.TrackingUrl != "" && !leadsOut(carrier.TrackingUrl, "{n}") {
		e.wrong("tracking_url", "operator.url_wrong")
	}
	carrier.NumberPattern = e.pattern("number_pattern", f.NumberPattern)
	carrier.S10, carrier.Broken = f.S10, f.Broken
	if carrier.TrackerSlug = e.maybe("tracker_slug", f.TrackerSlug, 60); !slugShape.MatchString(carrier.TrackerSlug) {
		e.wrong("tracker_slug", "operator.slug_wrong")
	}
	carrier.Source, carrier.CheckedOn = e.maybe("source", f.Source, 200), e.day("checked_on", f.CheckedOn)
	return carrier, e.problems.err()
}

// pattern is a regular expression, or empty.
func (e entry) pattern(field, typed string) string {
	typed = e.maybe(field, typed, 200)
	if _, err := regexp.Compile(typed); err != nil {
		e.wrong(field, "operator.pattern_wrong")
	}
	return typed
}

// EditCarrier changes how a carrier's parcels are followed.
func (db *DB) EditCarrier(ctx context.Context, by Visitor, code CarrierCode, form CarrierForm) (carrier Carrier, err error) {
	err = db.change(ctx, func(c *change) error {
		old, err := c.lockCarrier(ctx, code)
		if err != nil {
			return err
		}
		edited, err := form.read()
		if err != nil {
			return err
		}
		edited.Code = code
		if carrier, err = c.editCarrier(ctx, edited); err != nil {
			return err
		}
		return c.settingEdited(ctx, by, versions{form.Version, old.Version}, SettingCarrier, string(code), Different(old.Form(), carrier.Form()))
	})
	return carrier, err
}

// TrackerForm is what the operator says about «Где посылка».
type TrackerForm struct {
	Name        string `form:"title"`
	TrackingURL string `form:"tracking_url"`
	HomeURL     string `form:"home_url"`
	Source      string `form:"source"`
	CheckedOn   string `form:"checked_on"`
	Version     int32  `form:"version"`
}

// Form is the tracker as it stands in the form.
func (t Tracker) Form() TrackerForm {
	return TrackerForm{Name: t.Name, TrackingURL: t.TrackingUrl, HomeURL: t.HomeUrl, Source: t.Source, CheckedOn: t.CheckedOn.String(), Version: t.Version}
}

// EditTracker changes where «Где посылка» leads.
func (db *DB) EditTracker(ctx context.Context, by Visitor, form TrackerForm) (tracker Tracker, err error) {
	err = db.change(ctx, func(c *change) error {
		old, err := c.lockTracker(ctx)
		if err != nil {
			return err
		}
		edited, err := form.read()
		if err != nil {
			return err
		}
		if tracker, err = c.editTracker(ctx, edited); err != nil {
			return err
		}
		return c.settingEdited(ctx, by, versions{form.Version, old.Version}, SettingTracker, tracker.Code, Different(old.Form(), tracker.Form()))
	})
	return tracker, err
}

func (f TrackerForm) read() (tracker editTrackerParams, err error) {
	e := entry{Problems{}}
	tracker.Name = e.text("title", f.Name, 60)
	if tracker.TrackingUrl = e.text("tracking_url", f.TrackingURL, 300); !leadsOut(tracker.TrackingUrl, "{slug}", "{n}") {
		e.wrong("tracking_url", "operator.tracker_url_wrong")
	}
	if tracker.HomeUrl = e.text("home_url", f.HomeURL, 300); !leadsOut(tracker.HomeUrl) {
		e.wrong("home_url", "operator.home_url_wrong")
	}
	tracker.Source, tracker.CheckedOn = e.maybe("source", f.Source, 200), e.day("checked_on", f.CheckedOn)
	return tracker, e.problems.err()
}
