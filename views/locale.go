// Package views says how everything looks: pages, their parts, and the words and figures in them.
package views

import (
	"context"
	"fmt"
	"strings"
	"time"

	"cabinet/assets"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Locales are the languages the cabinet speaks, the first being its mother tongue.
var Locales = []string{"ru", "en"}

type localeKey struct{}

// WithLocale makes every text and figure under ctx speak the reader's language.
func WithLocale(ctx context.Context, locale string) context.Context {
	return context.WithValue(ctx, localeKey{}, locale)
}

// Locale is the reader's language: one of Locales.
func Locale(ctx context.Context) string {
	if locale, _ := ctx.Value(localeKey{}).(string); phrases[locale] != nil {
		return locale
	}
	return Locales[0]
}

type zoneKey struct{}

// WithZone makes every time under ctx the one on the reader's clock.
func WithZone(ctx context.Context, zone *time.Location) context.Context {
	return context.WithValue(ctx, zoneKey{}, zone)
}

func zone(ctx context.Context) *time.Location {
	if zone, _ := ctx.Value(zoneKey{}).(*time.Location); zone != nil {
		return zone
	}
	return time.UTC
}

// T is the text of a message. What is not a key of a message comes back as it is, so a part
// that takes a text may be given either.
func T(ctx context.Context, key string) string {
	if text, ok := phrases[Locale(ctx)].plain[key]; ok {
		return text
	}
	return key
}

// TF is a message with values in it, given by name and value: TF(ctx, "orders.title", "number", n).
func TF(ctx context.Context, key string, pairs ...any) string {
	return phrases[Locale(ctx)].say(&i18n.LocalizeConfig{MessageID: key, TemplateData: named(pairs)})
}

// TN is a message about so many things, in the right plural form; the message calls them {{.count}}.
func TN[N whole](ctx context.Context, key string, count N, pairs ...any) string {
	values := named(pairs)
	values["count"] = Number(ctx, count)
	return phrases[Locale(ctx)].say(&i18n.LocalizeConfig{MessageID: key, TemplateData: values, PluralCount: int(count)})
}

func t(ctx context.Context, key string) string { return T(ctx, key) }

func tf(ctx context.Context, key string, pairs ...any) string { return TF(ctx, key, pairs...) }

func tn[N whole](ctx context.Context, key string, count N, pairs ...any) string {
	return TN(ctx, key, count, pairs...)
}

func named(pairs []any) map[string]any {
	values := make(map[string]any, len(pairs)/2+1)
	for i := 0; i+1 < len(pairs); i += 2 {
		values[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return values
}

// phrasebook is one language. Plain messages are looked up in a map, because the localizer
// takes microseconds and a page has hundreds of texts.
type phrasebook struct {
	plain     map[string]string
	localizer *i18n.Localizer
}

func (p *phrasebook) say(message *i18n.LocalizeConfig) string {
	text, err := p.localizer.Localize(message)
	if err != nil {
		return message.MessageID
	}
	return text
}

var phrases = readPhrases()

func readPhrases() map[string]*phrasebook {
	books := map[string]*phrasebook{}
	for _, locale := range Locales {
		file, err := assets.Locales.ReadFile("locales/" + locale + ".json")
		if err != nil {
			panic(err)
		}
		bundle := i18n.NewBundle(language.Make(locale))
		messages, err := bundle.ParseMessageFileBytes(file, locale+".json")
		if err != nil {
			panic(err)
		}
		plain := map[string]string{}
		for _, message := range messages.Messages {
			if message.One == "" && !strings.Contains(message.Other, "{{") {
				plain[message.ID] = message.Other
			}
		}
		books[locale] = &phrasebook{plain, i18n.NewLocalizer(bundle, locale)}
	}
	return books
}
