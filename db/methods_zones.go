package db

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
)

// ZonesForm says where a method goes: a line for each zone, with the codes of its countries.
type ZonesForm struct {
	Zones   string `form:"zones"`
	Version int32  `form:"version"` // of the method that was on the screen
}

// nowhere stands for the zone of countries that a method does not go to.
const nowhere = "–"

// ZoneLines writes zones as ZonesForm reads them.
func ZoneLines(zones []Zone) string {
	var lines []string
	for _, difference := range zoneDifferences(nil, zones) {
		lines = append(lines, difference.Field+": "+difference.After)
	}
	return strings.Join(lines, "\n")
}

// zoneDifferences says zone by zone which countries it had and has.
func zoneDifferences(was, now []Zone) (differences []FieldDifference) {
	countries := func(zones []Zone) map[string]string {
		of := map[string][]string{}
		for _, zone := range zones {
			of[zone.Zone] = append(of[zone.Zone], zone.Country)
		}
		lines := map[string]string{}
		for zone, countries := range of {
			slices.SortFunc(countries, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) }) // «*» last
			lines[zone] = strings.Join(countries, ", ")
		}
		return lines
	}
	before, after := countries(was), countries(now)
	for _, zone := range slices.Compact(slices.Sorted(maps.Keys(merged(before, after)))) {
		if before[zone] != after[zone] {
			differences = append(differences, FieldDifference{cmp.Or(zone, nowhere), before[zone], after[zone]})
		}
	}
	return differences
}

func merged(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func (f ZonesForm) read(code MethodCode, priced []PriceList) (zones []Zone, err error) {
	e, taken := entry{Problems{}}, map[string]bool{}
	e.lines("zones", f.Zones, func(line string) string {
		name, countries, found := strings.Cut(strings.NewReplacer("\t", ":", ";", ":").Replace(line), ":")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "-" || name == nowhere {
			name = ""
		}
		codes := strings.FieldsFunc(strings.ToUpper(countries), func(r rune) bool { return strings.ContainsRune(" ,:\t", r) })
		switch {
		case !found || len(codes) == 0:
			return "operator.no_countries"
		case name != "" && !zoneShape.MatchString(name):
			return "operator.zone_wrong"
		case name != "" && len(listOf(priced, name).Steps) == 0:
			return "operator.zone_unpriced"
		}
		for _, country := range codes {
			switch {
			case country != "*" && !isCountry(country):
				return "operator.country_unknown"
			case taken[country]:
				return "operator.country_twice"
			}
			taken[country] = true
			zones = append(zones, Zone{MethodCode: code, Country: country, Zone: name})
		}
		return ""
	})
	return zones, e.problems.err()
}

// SetZones says anew where a method goes, at once. A zone must have prices, or customers could choose what nobody can
// reckon. What waits by the method is looked at again.
func (db *DB) SetZones(ctx context.Context, by Visitor, code MethodCode, form ZonesForm) error {
	return db.change(ctx, func(c *change) error {
		method, err := c.lockMethod(ctx, code)
		if err != nil {
			return err
		}
		tariffs, err := c.TariffsFrom(ctx, code, c.today())
		if err != nil {
			return err
		}
		zones, err := form.read(code, ListsOn(PriceLists(tariffs), c.today()))
		if err != nil {
			return err
		}
		before, err := c.ZonesOf(ctx, code)
		if err != nil {
			return err
		}
		differences := zoneDifferences(before, zones)
		if len(differences) == 0 {
			return nil
		}
		if err := c.writeZones(ctx, code, zones); err != nil {
			return err
		}
		c.enqueue(RecheckMethod{code})
		return c.settingEdited(ctx, by, versions{form.Version, method.Version}, SettingZones, string(code), differences)
	})
}

func (c *change) writeZones(ctx context.Context, code MethodCode, zones []Zone) error {
	if err := c.deleteZones(ctx, code); err != nil {
		return err
	}
	for _, zone := range zones {
		if err := c.insertZone(ctx, code, zone.Country, zone.Zone); err != nil {
			return err
		}
	}
	_, err := c.countMethodVersion(ctx, code)
	return err
}
