package db

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// tidyMarkdown leaves out what can not be seen and keeps spaces at the beginning of a line, which mean something.
func tidyMarkdown(typed string) string {
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(norm.NFC.String(strings.ToValidUTF8(typed, " ")))
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
	return strings.TrimLeft(strings.TrimRightFunc(text, unicode.IsSpace), "\n")
}
