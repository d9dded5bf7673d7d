package db

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/riverqueue/river"
)

// AskedFields are the fields of an address that a method may have a rule about.
var AskedFields = slices.DeleteFunc(slices.Clone(AddressFields), func(field string) bool { return field == "label" || field == "country" })

// AnyCountry is what stands for every country without a rule of its own.
const AnyCountry = "*"

// FieldForm is what a method is to ask about a field of the recipients in a country, from a day on.
type FieldForm struct {
	Field     string `form:"field"`
	Country   string `form:"country"`
	Level     string `form:"level"`
	Script    string `form:"script"`
	Pattern   string `form:"pattern"`
	Example   string `form:"example"`
	ValidFrom string `form:"valid_from"`
	Version   int32  `form:"version"` // of the method's rules that were on the screen
}

// Form is the rule as it stands in the form.
func (f MethodField) Form(version int32) FieldForm {
	return FieldForm{
		Field: f.Field, Country: f.Country, Level: string(f.Level), Script: string(f.Script), Pattern: f.Pattern, Example: f.Example, Version: version,
	}
}

// RuleOn is the newest rule about a field in a country that holds on a day; without one it asks for nothing, and a country
// follows what holds for any. Planned is the next that will take its place, if there is one.
func RuleOn(rules []MethodField, field, country string, day Day) (rule MethodField, planned *MethodField) {
	rule = MethodField{Field: field, Country: country, Level: FieldUnasked}
	if country != AnyCountry {
		rule.Level = FieldDefault
	}
	for _, next := range rules { // in the order of their days and versions
		switch {
		case next.Field != field || next.Country != country:
		case !day.Before(next.ValidFrom):
			rule = next
		case planned == nil || planned.ValidFrom == next.ValidFrom:
			planned = &next
		}
	}
	return rule, planned
}

// RuledCountries are the countries for which a method has a rule of its own about some field.
func RuledCountries(rules []MethodField) (countries []string) {
	for _, rule := range rules {
		if rule.Country != AnyCountry {
			countries = append(countries, rule.Country)
		}
	}
	slices.Sort(countries)
	return slices.Compact(countries)
}

func (f FieldForm) read(today Day) (rule MethodField, err error) {
	e := entry{Problems{}}
	rule.Field = e.one("field", f.Field, AskedFields...)
	if rule.Country = strings.ToUpper(f.Country); rule.Country != AnyCountry && !isCountry(rule.Country) {
		e.wrong("country", "fields.country_unknown")
	}
	levels := []string{string(FieldRequired), string(FieldOptional), string(FieldUnasked)}
	if rule.Country != AnyCountry {
		levels = append(levels, string(FieldDefault))
	}
	rule.Level = FieldLevel(e.one("level", f.Level, levels...))
	rule.Script = Script(e.one("script", f.Script, "", string(Latin), string(Cyrillic)))
	rule.Pattern, rule.Example = e.pattern("pattern", f.Pattern), e.maybe("example", f.Example, 60)
	if rule.Pattern != "" && rule.Example == "" {
		e.wrong("example", "operator.example_missing")
	}
	if rule.Example != "" && !rule.hasFormat(rule.Example) {
		e.wrong("example", "operator.example_wrong")
	}
	if rule.ValidFrom = e.day("valid_from", f.ValidFrom); rule.ValidFrom.Before(today) {
		e.wrong("valid_from", "operator.day_passed")
	}
	return rule, e.problems.err()
}

// hasFormat reports whether the whole of a text looks as the rule wants it.
func (f MethodField) hasFormat(text string) bool {
	format, err := regexp.Compile("^(?:" + f.Pattern + ")$")
	return f.Pattern == "" || err != nil || format.MatchString(text)
}

func (f MethodField) line() string {
	return strings.TrimSpace(strings.Join([]string{string(f.Level), string(f.Script), f.Pattern}, " "))
}

// SetField makes a new version of what a method asks about its recipients. The older ones stay: frozen addresses say by
// which of them they were held. On the day from which it holds, what waits by the method is held or let go.
func (db *DB) SetField(ctx context.Context, by Visitor, code MethodCode, form FieldForm) error {
	return db.change(ctx, func(c *change) error {
		method, err := c.lockMethod(ctx, code)
		if err != nil {
			return err
		}
		rule, err := form.read(c.today())
		if err != nil {
			return err
		}
		rules, err := c.FieldRulesOf(ctx, code)
		if err != nil {
			return err
		}
		was, _ := RuleOn(rules, rule.Field, rule.Country, rule.ValidFrom)
		if was.line() == rule.line() && was.Example == rule.Example {
			return nil
		}
		if form.Version != method.FieldsVersion {
			return Refusal("operator.changed_elsewhere")
		}
		if method, err = c.countFieldsVersion(ctx, code); err != nil {
			return err
		}
		rule.MethodCode, rule.Version = code, method.FieldsVersion
		if _, err := c.insertMethodField(ctx, insertMethodFieldParams(rule)); err != nil {
			return err
		}
		c.recheckMethodOn(code, rule.ValidFrom)
		return c.settingChanged(ctx, by, SettingFields, string(code), &rule.ValidFrom,
			FieldDifference{rule.Country + " " + rule.Field, was.line(), rule.line()})
	})
}

// RecheckMethod asks a worker to look again at what waits by a method whose rules have changed.
type RecheckMethod struct {
	MethodCode MethodCode `json:"method_code"`
}

// Kind names the job.
func (RecheckMethod) Kind() string { return "recheck_method" }

// InsertOpts puts it beside the warehouse's other work.
func (RecheckMethod) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: "assembly"} }

// recheckMethodOn looks again once a day has begun at the warehouse.
func (c *change) recheckMethodOn(code MethodCode, day Day) {
	begins := time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, c.Zone)
	if begins.Before(c.now) {
		begins = c.now
	}
	c.enqueueAt(RecheckMethod{code}, begins)
}
