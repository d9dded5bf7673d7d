package views

import (
	"context"
	"strconv"
	"strings"
	"unicode"

	"cabinet/db"

	"github.com/a-h/templ"
)

// dreamPath is the page of a dream, or of an act on it.
func dreamPath(id db.DreamID, act string) templ.SafeURL {
	return numberedPath("/dreams/", int64(id), act)
}

// dreamTagPath is the page of a tag, or of an act on it.
func dreamTagPath(id db.DreamTagID, act string) templ.SafeURL {
	return numberedPath("/dreams/tags/", int64(id), act)
}

// deskDreamPath is a dream at the desk, or an act on it.
func deskDreamPath(id db.DreamID, act string) templ.SafeURL {
	return numberedPath("/staff/dreams/", int64(id), act)
}

// dreambookPath is a published dream.
func dreambookPath(id db.DreamID) templ.SafeURL { return numberedPath("/dreambook/", int64(id), "") }

// DreamTitle is what a dream is called in its author's journal.
func DreamTitle(ctx context.Context, night db.Day) string {
	return tf(ctx, "dreams.one", "day", LongDate(ctx, night))
}

// DreamLead is how a dream begins, in one line and without the marks of Markdown.
func DreamLead(text string, most int) string {
	text = strings.Join(strings.Fields(leadMarks.Replace("\n"+text)), " ")
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	short := strings.TrimRightFunc(string(letters[:most]), func(r rune) bool { return !unicode.IsSpace(r) })
	if short == "" {
		short = string(letters[:most])
	}
	return strings.TrimRight(short, " ,.;:–—") + "…"
}

var leadMarks = strings.NewReplacer("**", "", "__", "", "`", "", "\n### ", "\n", "\n## ", "\n", "\n# ", "\n", "\n> ", "\n", "\n- ", "\n", "\n* ", "\n")

func dreamTone(status db.DreamStatus) Tone {
	switch status {
	case db.DreamSubmitted:
		return Warn
	case db.DreamAnswered, db.DreamPublished:
		return Good
	}
	return Neutral
}

// dreamFeel is how a dream felt, in a few words; nothing when nobody said.
func dreamFeel(ctx context.Context, mood db.Mood, lucidity db.Lucidity) string {
	var said []string
	if mood != "" {
		said = append(said, t(ctx, "dreams.mood."+string(mood)))
	}
	if lucidity != "none" {
		said = append(said, t(ctx, "dreams.lucidity."+string(lucidity)))
	}
	return strings.Join(said, ", ")
}

func moodOptions() []Option {
	options := []Option{{Label: "dreams.mood.unsaid"}}
	for _, mood := range db.Moods {
		options = append(options, Option{Value: string(mood), Label: "dreams.mood." + string(mood)})
	}
	return options
}

func lucidityOptions() (options []Option) {
	for _, lucidity := range db.Lucidities {
		options = append(options, Option{Value: string(lucidity), Label: "dreams.lucidity." + string(lucidity)})
	}
	return options
}

// TagLine is tags as they are typed.
func TagLine(tags []db.DreamTag) string {
	var names []string
	for _, tag := range tags {
		names = append(names, tag.Name)
	}
	return strings.Join(names, ", ")
}

// dreamEvents is what became of a dream as its author reads it.
func dreamEvents(ctx context.Context, sheet db.DreamSheet) (events []Event) {
	for _, move := range sheet.Moves {
		by := "tickets.us"
		if move.By == sheet.AccountID {
			by = "orders.by.you"
		}
		text := "dreams.status." + string(move.ToStatus)
		if move.FromStatus == db.DreamPublished {
			text = "dreams.unpublished"
		}
		events = append(events, Event{At: move.At, Text: text, By: t(ctx, by), Tone: dreamTone(move.ToStatus)})
	}
	return append(events, Event{At: sheet.CreatedAt, Text: "dreams.written", By: t(ctx, "orders.by.you")})
}

// dreamNext says who has the next word.
func dreamNext(status db.DreamStatus) (Who, string) {
	if status == db.DreamSubmitted {
		return Us, "dreams.next.submitted"
	}
	return Nobody, "dreams.next." + string(status)
}

func dayPath(day db.Day) string { return "/dreams?day=" + day.String() }

func tagFilterPath(id db.DreamTagID) string {
	return "/dreams?tag=" + strconv.FormatInt(int64(id), 10)
}

func deskDreamFacts(ctx context.Context, dream db.DreamAtDeskRow) []Fact {
	consent := "dreams.no"
	if dream.Consent {
		consent = "dreams.yes"
	}
	return []Fact{
		{Label: "dreams.night", Value: LongDate(ctx, dream.DreamedOn)},
		{Label: "dreams.feel", Value: either(dreamFeel(ctx, dream.Mood, dream.Lucidity), "—")},
		{Label: "dreams.sent_on", Value: Moment(ctx, dream.SubmittedAt)},
		{Label: "dreams.may_publish", Value: t(ctx, consent)},
		{Label: "orders.state", Body: Badge(dreamTone(dream.Status), "dreams.status."+string(dream.Status))},
	}
}
