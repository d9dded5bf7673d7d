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
	return context.WithValue(ctx, localeKey{}, phrases[locale])
}

// Locale is the reader's language: one of Locales.
func Locale(ctx context.Context) string { return wordsOf(ctx).locale }

func wordsOf(ctx context.Context) *phrasebook {
	if words, _ := ctx.Value(localeKey{}).(*phrasebook); words != nil {
		return words
	}
	return phrases[Locales[0]]
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
func T(ctx context.Context, key string) string { return wordsOf(ctx).text(key) }

// TF is a message with values in it, given by name and value: TF(ctx, "orders.title", "number", n).
func TF(ctx context.Context, key string, pairs ...any) string {
	words := wordsOf(ctx)
	if phrase, ok := words.open[key]; ok {
		return phrase.with(pairs)
	}
	return words.say(&i18n.LocalizeConfig{MessageID: key, TemplateData: named(pairs)})
}

// TN is a message about so many things, in the right plural form; the message calls them {{.count}}.
func TN[N whole](ctx context.Context, key string, count N, pairs ...any) string {
	values := named(pairs)
	values["count"] = Number(ctx, count)
	return wordsOf(ctx).say(&i18n.LocalizeConfig{MessageID: key, TemplateData: values, PluralCount: int(count)})
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

// phrasebook is one language. Only plural forms are left to the localizer, because it takes microseconds and a page
// has hundreds of texts.
type phrasebook struct {
	locale    string
	plain     map[string]string
	open      map[string]phrase
	localizer *i18n.Localizer
}

func (p *phrasebook) text(key string) string {
	if text, ok := p.plain[key]; ok {
		return text
	}
	return key
}

// phrase is a message with places for values: every other piece is the name of one.
type phrase []string

func phraseOf(message string) phrase {
	return strings.Split(strings.ReplaceAll(message, "}}", "{{."), "{{.")
}

func (p phrase) with(pairs []any) string {
	text := make([]byte, 0, 256)
	for i, piece := range p {
		if i%2 == 0 {
			text = append(text, piece...)
			continue
		}
		switch value := valued(pairs, piece).(type) {
		case string:
			text = append(text, value...)
		default:
			text = fmt.Append(text, value)
		}
	}
	return string(text)
}

func valued(pairs []any, name string) any {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return pairs[i+1]
		}
	}
	return "<no value>"
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
		plain, open := map[string]string{}, map[string]phrase{}
		for _, message := range messages.Messages {
			switch {
			case message.One != "":
			case strings.Contains(message.Other, "{{"):
				open[message.ID] = phraseOf(message.Other)
			default:
				plain[message.ID] = message.Other
			}
		}
		books[locale] = &phrasebook{locale, plain, open, i18n.NewLocalizer(bundle, locale)}
	}
	return books
}
