package db

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// TariffForm is a table of prices as it was typed or pasted from a spreadsheet: a line that names the zones, then a line
// for each weight.
type TariffForm struct {
	Prices    string `form:"prices"`
	ValidFrom string `form:"valid_from"`
	Version   int32  `form:"version"` // of the method that was on the screen
}

// PriceList is what a zone costs from a day on, the lightest parcels first.
type PriceList struct {
	Zone      string
	ValidFrom Day
	Steps     []Tariff
}

// Price is what a weight costs by the list; nothing when it is too much.
func (l PriceList) Price(grams Grams) Money {
	for _, step := range l.Steps {
		if grams <= step.UpToGrams {
			return step.Price
		}
	}
	return 0
}

// line is the list as the history tells it.
func (l PriceList) line() string {
	var steps []string
	for _, step := range l.Steps {
		steps = append(steps, typedUnits(int(step.UpToGrams), 3)+": "+typedMoney(step.Price))
	}
	return strings.Join(steps, " · ")
}

// PriceLists sorts prices into the lists that they came in.
func PriceLists(tariffs []Tariff) (lists []PriceList) {
	for _, tariff := range tariffs {
		last := len(lists) - 1
		if last < 0 || lists[last].Zone != tariff.Zone || lists[last].ValidFrom != tariff.ValidFrom {
			lists = append(lists, PriceList{Zone: tariff.Zone, ValidFrom: tariff.ValidFrom})
			last++
		}
		lists[last].Steps = append(lists[last].Steps, tariff)
	}
	return lists
}

// ListsOn are the lists of each zone that hold on a day.
func ListsOn(lists []PriceList, day Day) (holding []PriceList) {
	newest := map[string]PriceList{}
	for _, list := range lists {
		if known, ok := newest[list.Zone]; !day.Before(list.ValidFrom) && (!ok || known.ValidFrom.Before(list.ValidFrom)) {
			newest[list.Zone] = list
		}
	}
	for _, zone := range slices.Sorted(maps.Keys(newest)) {
		holding = append(holding, newest[zone])
	}
	return holding
}

// weightsIn are all weights that some list has a price for.
func weightsIn(lists ...PriceList) (weights []Grams) {
	for _, list := range lists {
		for _, step := range list.Steps {
			weights = append(weights, step.UpToGrams)
		}
	}
	slices.Sort(weights)
	return slices.Compact(weights)
}

// PriceTable writes lists as TariffForm reads them, with tabs, as a spreadsheet does.
func PriceTable(lists []PriceList) string {
	if len(lists) == 0 {
		return ""
	}
	var table strings.Builder
	table.WriteString("кг")
	for _, list := range lists {
		table.WriteString("; " + list.Zone)
	}
	for _, weight := range weightsIn(lists...) {
		table.WriteString("\n" + strings.Replace(typedUnits(int(weight), 3), ".", ",", 1))
		for _, list := range lists {
			cell := ""
			if at := slices.IndexFunc(list.Steps, func(t Tariff) bool { return t.UpToGrams == weight }); at >= 0 {
				cell = strings.Replace(typedMoney(list.Steps[at].Price), ".", ",", 1)
			}
			table.WriteString("; " + cell)
		}
	}
	return table.String()
}

const (
	maxLines    = 400
	maxStep     = 1_000_000   // grams
	maxPrice    = 100_000_00  // cents
	lineProblem = "line-%04d" // by number, so that they can be sorted
)

var zoneShape = regexp.MustCompile(`^[a-z][a-z0-9_]{0,19}$`)

// LinesWrong are the problems of single lines of a text, in order; each key ends with the number of its line.
func (p Problems) LinesWrong() (keys []string) {
	for _, key := range slices.Sorted(maps.Keys(p)) {
		if strings.HasPrefix(key, "line-") {
			keys = append(keys, key)
		}
	}
	return keys
}

// lines reads a text line by line; empty lines count but say nothing.
func (e entry) lines(field, text string, read func(line string) (problem string)) {
	if strings.TrimSpace(text) == "" {
		e.wrong(field, "fields.required")
	}
	all := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if len(all) > maxLines {
		e.wrong(field, "operator.too_many_lines")
		return
	}
	for i, line := range all {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if problem := read(line); problem != "" {
			e.wrong(fmt.Sprintf(lineProblem, i+1), problem)
			e.wrong(field, "operator.lines_wrong")
		}
	}
}

// cells takes a line of a table apart: at tabs, as a spreadsheet sends them, at semicolons, or at spaces.
func cells(line string) (parts []string) {
	switch {
	case strings.Contains(line, "\t"):
		parts = strings.Split(line, "\t")
	case strings.Contains(line, ";"):
		parts = strings.Split(line, ";")
	default:
		return strings.Fields(line)
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	for len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return parts
}

// read makes price lists of the table. A method with one zone needs no line that names it.
func (f TariffForm) read(method MethodCode, only string) (lists []PriceList, err error) {
	e := entry{Problems{}}
	from := e.day("valid_from", f.ValidFrom)
	if only != "" {
		lists = []PriceList{{Zone: only, ValidFrom: from}}
	}
	headless, last := true, Grams(0)
	e.lines("prices", f.Prices, func(line string) string {
		row := cells(line)
		grams, isWeight := readWeight(row[0])
		if !isWeight && headless {
			headless = false
			heads, problem := readHead(row[1:], from)
			lists = heads
			return problem
		}
		headless = false
		switch {
		case !isWeight:
			return "operator.weight_wrong"
		case len(lists) == 0:
			return "operator.no_zones_named"
		case len(row) > len(lists)+1:
			return "operator.too_many_prices"
		case grams <= last:
			return "operator.weight_falls"
		}
		last = grams
		for i, cell := range row[1:] {
			price, ok := ParseMoney(cell)
			switch {
			case cell == "" || cell == "-" || cell == "–":
			case !ok || price <= 0 || price > maxPrice:
				return "operator.price_wrong"
			default:
				lists[i].Steps = append(lists[i].Steps, Tariff{MethodCode: method, Zone: lists[i].Zone, UpToGrams: grams, Price: price, ValidFrom: from})
			}
		}
		return ""
	})
	if slices.ContainsFunc(lists, func(l PriceList) bool { return len(l.Steps) == 0 }) {
		e.wrong("prices", "operator.zone_without_prices")
	}
	slices.SortFunc(lists, func(a, b PriceList) int { return cmp.Compare(a.Zone, b.Zone) })
	return lists, e.problems.err()
}

func readWeight(cell string) (Grams, bool) {
	cell = strings.TrimSpace(strings.NewReplacer("до", "", "кг", "", "kg", "", "≤", "").Replace(strings.ToLower(cell)))
	grams, ok := parseUnits(cell, 3)
	return Grams(grams), ok && grams > 0 && grams <= maxStep
}

func readHead(zones []string, from Day) (lists []PriceList, problem string) {
	if len(zones) == 0 {
		return nil, "operator.no_zones_named"
	}
	for _, zone := range zones {
		list := PriceList{Zone: strings.ToLower(zone), ValidFrom: from}
		if !zoneShape.MatchString(list.Zone) {
			return nil, "operator.zone_wrong"
		}
		if slices.ContainsFunc(lists, func(l PriceList) bool { return l.Zone == list.Zone }) {
			return nil, "operator.zone_twice"
		}
		lists = append(lists, list)
	}
	return lists, ""
}

// PricePreview is what a new table of prices would change.
type PricePreview struct {
	Lists  []PriceList // that would be different
	Before []PriceList // what holds until then, one for each of Lists; without steps where the zone is new
	Same   []string    // zones whose prices stay as they are
	Doubts []string    // keys of what looks odd and may be right
}

// Weights are the lines of the table of the preview.
func (p PricePreview) Weights() []Grams { return weightsIn(slices.Concat(p.Lists, p.Before)...) }

// PreviewTariff says what a new table of prices would change, and saves nothing.
func (db *DB) PreviewTariff(ctx context.Context, code MethodCode, form TariffForm) (PricePreview, error) {
	method, err := db.MethodByCode(ctx, code)
	if err != nil {
		return PricePreview{}, err
	}
	return db.previewTariff(ctx, method, form, db.Today())
}

func (q *Queries) previewTariff(ctx context.Context, method Method, form TariffForm, today Day) (preview PricePreview, err error) {
	zones, err := q.ZonesOf(ctx, method.Code)
	if err != nil {
		return preview, err
	}
	lists, err := form.read(method.Code, onlyZone(zones))
	if err != nil {
		return preview, err
	}
	tariffs, err := q.TariffsFrom(ctx, method.Code, today)
	if err != nil {
		return preview, err
	}
	known := PriceLists(tariffs)
	for _, list := range lists {
		if problem := startsTooSoon(list, listOf(ListsOn(known, today), list.Zone), today); problem != "" {
			return preview, Problems{"valid_from": problem}
		}
		before := listOf(ListsOn(known, list.ValidFrom), list.Zone)
		if before.line() == list.line() {
			preview.Same = append(preview.Same, list.Zone)
			continue
		}
		preview.Lists, preview.Before = append(preview.Lists, list), append(preview.Before, before)
	}
	preview.Doubts = doubtsAbout(method, preview.Lists)
	return preview, nil
}

// startsTooSoon keeps the prices of today and of the days before as they were: parcels were priced by them. Only a zone
// without any may begin at once.
func startsTooSoon(list, todays PriceList, today Day) string {
	switch {
	case list.ValidFrom.Before(today):
		return "operator.day_passed"
	case list.ValidFrom == today && len(todays.Steps) > 0:
		return "operator.prices_from_tomorrow"
	}
	return ""
}

func onlyZone(zones []Zone) (only string) {
	for _, zone := range zones {
		if zone.Zone == "" || zone.Zone == only {
			continue
		}
		if only != "" {
			return ""
		}
		only = zone.Zone
	}
	return only
}

func listOf(lists []PriceList, zone string) PriceList {
	at := slices.IndexFunc(lists, func(l PriceList) bool { return l.Zone == zone })
	if at < 0 {
		return PriceList{Zone: zone}
	}
	return lists[at]
}

func doubtsAbout(method Method, lists []PriceList) (doubts []string) {
	for _, list := range lists {
		if list.Steps[len(list.Steps)-1].UpToGrams < method.MaxGrams {
			doubts = append(doubts, "operator.doubt_too_light")
		}
		falls := func(a, b Tariff) int { return cmp.Compare(a.Price, b.Price) }
		if !slices.IsSortedFunc(list.Steps, falls) {
			doubts = append(doubts, "operator.doubt_price_falls")
		}
	}
	slices.Sort(doubts)
	return slices.Compact(doubts)
}

// SetTariff brings a table of prices into force from a day on. It takes the place of a table that was to begin on the
// same day and had priced nothing yet; what holds today stays.
func (db *DB) SetTariff(ctx context.Context, by Visitor, code MethodCode, form TariffForm) error {
	return db.change(ctx, func(c *change) error {
		method, err := c.lockMethod(ctx, code)
		if err != nil {
			return err
		}
		preview, err := c.previewTariff(ctx, method, form, c.today())
		if err != nil || len(preview.Lists) == 0 {
			return err
		}
		if form.Version != method.Version {
			return Refusal("operator.changed_elsewhere")
		}
		var differences []FieldDifference
		for i, list := range preview.Lists {
			if err := c.writeList(ctx, code, list); err != nil {
				return err
			}
			differences = append(differences, FieldDifference{list.Zone, preview.Before[i].line(), list.line()})
		}
		return c.pricesChanged(ctx, by, code, preview.Lists[0].ValidFrom, differences)
	})
}

func (c *change) writeList(ctx context.Context, code MethodCode, list PriceList) error {
	if _, err := c.deleteTariff(ctx, deleteTariffParams{MethodCode: code, Zone: list.Zone, ValidFrom: list.ValidFrom, Today: c.today()}); err != nil {
		return err
	}
	for _, step := range list.Steps {
		if err := c.insertTariff(ctx, insertTariffParams(step)); err != nil {
			return err
		}
	}
	return nil
}

// pricesChanged writes the history, and looks again at what waits by the method on the day from which it holds.
func (c *change) pricesChanged(ctx context.Context, by Visitor, code MethodCode, from Day, differences []FieldDifference) error {
	if _, err := c.countMethodVersion(ctx, code); err != nil {
		return err
	}
	c.recheckMethodOn(code, from)
	return c.settingChanged(ctx, by, SettingTariff, string(code), &from, differences...)
}

// WithdrawForm names the tables of prices that are not to begin on a day.
type WithdrawForm struct {
	ValidFrom string `form:"valid_from"`
}

// WithdrawTariff calls off prices that have not come into force. Those of today and before stay.
func (db *DB) WithdrawTariff(ctx context.Context, by Visitor, code MethodCode, form WithdrawForm) error {
	return db.change(ctx, func(c *change) error {
		if _, err := c.lockMethod(ctx, code); err != nil {
			return err
		}
		day, ok := ParseDay(form.ValidFrom)
		if !ok {
			return ErrNotFound
		}
		if !c.today().Before(day) {
			return Refusal("operator.prices_in_force")
		}
		tariffs, err := c.TariffsFrom(ctx, code, c.today())
		if err != nil {
			return err
		}
		var differences []FieldDifference
		for _, list := range PriceLists(tariffs) {
			if list.ValidFrom != day {
				continue
			}
			if _, err := c.deleteTariff(ctx, deleteTariffParams{MethodCode: code, Zone: list.Zone, ValidFrom: day, Today: c.today()}); err != nil {
				return err
			}
			differences = append(differences, FieldDifference{list.Zone, list.line(), ""})
		}
		if len(differences) == 0 {
			return nil // the second click
		}
		return c.pricesChanged(ctx, by, code, day, differences)
	})
}
