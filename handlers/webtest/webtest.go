// Package webtest lets a test use the site as people do.
//
// [Open] is a browser without JavaScript: it follows the links and submits the
// forms it finds in the pages, over real HTTP, and reads every page's hygiene on
// the way. [Chromium] is the real browser for what only that can show. Both
// speak the same words:
//
//	vera := webtest.Open(t, base)
//	vera.Visit("/").Click("Регистрация")
//	vera.Fill("email", "vera@example.com").Press("Зарегистрироваться").Sees("Спасибо")
//
// Links, buttons and fields are called by what a person reads on them; a field
// also by its name attribute. What a person could not find, or could mistake for
// something else, fails the test at once and says what was there instead.
package webtest

import (
	"strings"
	"unicode"
)

// T is what the harness asks of a *testing.T. Its own tests pass one that lets
// them watch a check fail.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// squeeze reads text as the eye does: any run of spaces is one space, be they
// unbreakable or thin, and soft hyphens are not there.
func squeeze(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// excerpt is as much of a page as helps in a failure.
func excerpt(text string) string {
	const most = 1500
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
