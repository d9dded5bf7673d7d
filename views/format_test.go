package views_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/views"
)

func TestFiguresSpeakTheLanguage(t *testing.T) {
	at := time.Date(2026, 3, 31, 22, 30, 0, 0, time.UTC)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	day := db.Day{Year: 2026, Month: time.March, Day: 31}
	for _, want := range []struct {
		name, ru, en string
		say          func(context.Context) string
	}{
		{"money", "1 234,50 €", "€1,234.50", func(ctx context.Context) string { return views.Money(ctx, 123450, "EUR") }},
		{"small money", "0,05 ₽", "₽0.05", func(ctx context.Context) string { return views.Money(ctx, 5, db.RUB) }},
		{"a debit", "−1 000 000,00 ₽", "−₽1,000,000.00", func(ctx context.Context) string { return views.Money(ctx, -100_000_000, "RUB") }},
		{"a credit", "+12,50 €", "+€12.50", func(ctx context.Context) string { return views.SignedMoney(ctx, 1250, "EUR") }},
		{"a currency without a sign", "7,00 PLN", "PLN 7.00", func(ctx context.Context) string { return views.Money(ctx, 700, "PLN") }},
		{"number", "12 345", "12,345", func(ctx context.Context) string { return views.Number(ctx, 12345) }},
		{"number below zero", "−999", "−999", func(ctx context.Context) string { return views.Number(ctx, -999) }},
		{"weight", "1,25 кг", "1.25 kg", func(ctx context.Context) string { return views.Weight(ctx, 1250) }},
		{"weight to the gram", "0,005 кг", "0.005 kg", func(ctx context.Context) string { return views.Weight(ctx, 5) }},
		{"size", "60 × 40,5 × 30 см", "60 × 40.5 × 30 cm", func(ctx context.Context) string { return views.Size(ctx, 600, 405, 300) }},
		{"a zone in which it is tomorrow", "01.04.2026, 00:30", "1 Apr 2026, 00:30", func(ctx context.Context) string { return views.Moment(views.WithZone(ctx, berlin), at) }},
		{"without a zone", "31.03.2026", "31 Mar 2026", func(ctx context.Context) string { return views.Day(ctx, at) }},
		{"a calendar day is the same everywhere", "31 марта 2026", "31 March 2026", func(ctx context.Context) string { return views.LongDate(views.WithZone(ctx, berlin), day) }},
		{"a calendar day in a column", "31.03.2026", "31 Mar 2026", func(ctx context.Context) string { return views.Date(ctx, day) }},
		{"as typed", "12,05", "12.05", func(ctx context.Context) string { return views.Decimal(ctx, 1205, 2) }},
	} {
		t.Run(want.name, func(t *testing.T) {
			for locale, text := range map[string]string{"ru": want.ru, "en": want.en} {
				got := want.say(views.WithLocale(t.Context(), locale))
				if strings.Contains(got, " ") {
					t.Errorf("%s: %q may break at a line's end", locale, got)
				}
				if strings.ReplaceAll(got, "\u00a0", " ") != text {
					t.Errorf("%s: %q, not %q", locale, got, text)
				}
			}
		})
	}
}

// What Decimal writes into a field is what ParseMoney reads out of it.
func TestTypedMoneyComesBack(t *testing.T) {
	for _, locale := range views.Locales {
		for _, amount := range []db.Money{0, 1, 99, 100, 123456, 99_999_999_99} {
			typed := views.Decimal(views.WithLocale(t.Context(), locale), amount, 2)
			if back, ok := db.ParseMoney(typed); !ok || back != amount {
				t.Errorf("%s: %d was typed %s and came back %d", locale, amount, typed, back)
			}
		}
	}
}
