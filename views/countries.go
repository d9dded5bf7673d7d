package views

import (
	"context"
	"slices"
	"sync"

	"cabinet/db"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// usualCountries are where most parcels go; they stand at the top of the list.
var usualCountries = []string{"RU", "DE", "KZ", "BY", "AM", "UA"}

// Country is the name of a country in the reader's language.
func Country(ctx context.Context, code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	return regionNames(Locale(ctx)).Name(region)
}

func regionNames(locale string) display.Namer { return display.Regions(language.Make(locale)) }

// countryOptions are all countries by name, the usual ones first.
var countryOptions = sync.OnceValue(func() map[string][]Option {
	options := map[string][]Option{}
	for _, locale := range Locales {
		names, order := regionNames(locale), collate.New(language.Make(locale))
		var usual, others []Option
		for _, code := range usualCountries {
			usual = append(usual, Option{Value: code, Label: names.Name(language.MustParseRegion(code))})
		}
		for _, code := range db.Countries() {
			if !slices.Contains(usualCountries, code) {
				others = append(others, Option{Value: code, Label: names.Name(language.MustParseRegion(code))})
			}
		}
		slices.SortFunc(others, func(a, b Option) int { return order.CompareString(a.Label, b.Label) })
		options[locale] = append(usual, others...)
	}
	return options
})
