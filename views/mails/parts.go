package mails

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"
)

// part is a piece of a mail that can be printed and drawn.
type part interface {
	print(text *strings.Builder)
	draw() templ.Component
}

// printed is a mail as text: its parts with a line between them.
func printed(parts []part) string {
	var pieces []string
	for _, part := range parts {
		var text strings.Builder
		if part.print(&text); text.Len() > 0 {
			pieces = append(pieces, text.String())
		}
	}
	return strings.Join(pieces, "\n")
}

// paragraph is one thought.
type paragraph string

func (p paragraph) print(text *strings.Builder) { fmt.Fprintln(text, string(p)) }
func (p paragraph) draw() templ.Component       { return drawParagraph(string(p)) }

// paragraphs are several, or none.
type paragraphs []string

func (p paragraphs) print(text *strings.Builder) {
	if len(p) > 0 {
		fmt.Fprintln(text, strings.Join(p, "\n\n"))
	}
}

func (p paragraphs) draw() templ.Component { return drawParagraphs(p) }

// button is what the reader is asked to do. Its address stands below it, for those whose mail has no buttons.
type button struct{ label, link string }

func (b button) print(text *strings.Builder) { fmt.Fprintf(text, "%s:\n%s\n", b.label, b.link) }
func (b button) draw() templ.Component       { return drawButton(b) }

// code is six digits to be typed on another device.
type code string

func (c code) print(text *strings.Builder) { fmt.Fprintf(text, "    %s\n", string(c)) }
func (c code) draw() templ.Component       { return drawCode(string(c)) }

// fact is one figure with its name.
type fact struct{ label, value string }

// facts stand one under another. Those without a value are left out.
type facts []fact

func (f facts) given() (given facts) {
	for _, fact := range f {
		if fact.value != "" {
			given = append(given, fact)
		}
	}
	return given
}

func (f facts) print(text *strings.Builder) {
	for _, fact := range f.given() {
		fmt.Fprintf(text, "%s: %s\n", fact.label, fact.value)
	}
}

func (f facts) draw() templ.Component { return drawFacts(f.given()) }

// heading stands above facts or goods.
type heading string

func (h heading) print(text *strings.Builder) {
	fmt.Fprintf(text, "%s\n%s\n", string(h), strings.Repeat("-", utf8.RuneCountInString(string(h))))
}

func (h heading) draw() templ.Component { return drawHeading(string(h)) }

// good is one line of a list: what, how it was wanted, how many and for how much.
type good struct{ title, link, note, count, sum string }

// goods are the items of an order or the lines of an invoice, with their sum when it is asked for.
type goods struct {
	lines []good
	total fact
}

func (g goods) print(text *strings.Builder) {
	for _, line := range g.lines {
		fmt.Fprintf(text, "* %s\n", join(" – ", line.title, join(", ", line.count, line.sum)))
		for _, more := range []string{line.note, line.link} {
			if more != "" {
				fmt.Fprintf(text, "  %s\n", more)
			}
		}
	}
	if g.total.value != "" {
		fmt.Fprintf(text, "%s: %s\n", g.total.label, g.total.value)
	}
}

func (g goods) draw() templ.Component { return drawGoods(g) }

// list is a few short lines under a heading: an address, what is missing.
type list struct {
	title string
	lines []string
}

func (l list) print(text *strings.Builder) {
	fmt.Fprintf(text, "%s:\n", l.title)
	for _, line := range l.lines {
		fmt.Fprintf(text, "  %s\n", line)
	}
}

func (l list) draw() templ.Component { return drawList(l) }

// links are addresses with what they are called: tracking numbers.
type links struct {
	title string
	links []button // one without a link is only named
}

func (l links) print(text *strings.Builder) {
	fmt.Fprintf(text, "%s:\n", l.title)
	for _, link := range l.links {
		fmt.Fprintf(text, "  %s\n", join("  ", link.label, link.link))
	}
}

func (l links) draw() templ.Component { return drawLinks(l) }

// photos are pictures that come with the mail. Each leads to where it is larger.
type photos struct {
	said, link string
	pictures   []shownPhoto
}

type shownPhoto struct {
	contentID, alt string
	width, height  int
}

func (p photos) print(text *strings.Builder) { fmt.Fprintln(text, p.said) }
func (p photos) draw() templ.Component       { return drawPhotos(p) }

// quotation is what a person wrote, so that nobody takes it for our own words.
type quotation struct{ label, text string }

func (q quotation) print(text *strings.Builder) {
	fmt.Fprintf(text, "%s:\n", q.label)
	for _, line := range q.lines() {
		fmt.Fprintf(text, "> %s\n", line)
	}
}

func (q quotation) lines() []string {
	return strings.Split(strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(q.text, "\r\n", "\n"), "\r", "\n")), "\n")
}

func (q quotation) draw() templ.Component { return drawQuotation(q) }

// nothing takes the place of a part that has nothing to say.
type nothing struct{}

func (nothing) print(*strings.Builder) {}
func (nothing) draw() templ.Component  { return templ.NopComponent }

// footer is the same under every mail.
type footer struct{ sender, why, answer string }

func (f footer) print(text *strings.Builder) {
	fmt.Fprintf(text, "-- \n%s\n%s\n%s\n", f.sender, f.why, f.answer)
}

func (f footer) draw() templ.Component { return drawFooter(f) }

// join leaves out what is empty.
func join(between string, words ...string) string {
	var said []string
	for _, word := range words {
		if word != "" {
			said = append(said, word)
		}
	}
	return strings.Join(said, between)
}
