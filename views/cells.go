package views

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
)

// What every row of a list is made of, and the rows of the longest lists, are drawn by hand: a page of fifty rows has
// hundreds of these, and a template pays some ten allocations for each value and each class that it puts in.
// Everything else stays a template.

// pen draws a part from top to bottom, as its markup reads: html is ours and goes in as it is, all the rest is escaped.
type pen struct {
	ctx   context.Context
	words *phrasebook
	out   []byte
	err   error
}

var pens = sync.Pool{New: func() any { return &pen{} }}

// drawn is a part that a pen draws.
func drawn(draw func(p *pen)) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		p := pens.Get().(*pen)
		p.ctx, p.words = ctx, wordsOf(ctx)
		draw(p)
		_, err := w.Write(p.out)
		err = errors.Join(p.err, err)
		*p = pen{out: p.out[:0]}
		pens.Put(p)
		return err
	})
}

// around is a part with children: a pen draws what is before them.
func around(before func(p *pen), after string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		children := templ.GetChildren(ctx)
		ctx = templ.ClearChildren(ctx)
		if err := drawn(before).Render(ctx, w); err != nil {
			return err
		}
		if err := children.Render(ctx, w); err != nil {
			return err
		}
		_, err := io.WriteString(w, after)
		return err
	})
}

// html is a piece of markup.
func (p *pen) html(markup string) *pen {
	p.out = append(p.out, markup...)
	return p
}

// text is a text between tags, or in an attribute.
func (p *pen) text(text string) *pen { return p.html(templ.EscapeString(text)) }

// say is the text of a message; what is not a key is said as it is.
func (p *pen) say(key string) *pen { return p.text(p.words.text(key)) }

// code is what a code of this family of messages is called. It looks without putting the key together on the heap.
func (p *pen) code(family, code string) *pen {
	if text, ok := p.words.plain[family+code]; ok {
		return p.text(text)
	}
	return p.text(family + code)
}

func (p *pen) int(n int64) *pen {
	p.out = strconv.AppendInt(p.out, n, 10)
	return p
}

// url is an address in an attribute. One that a browser would run leads nowhere.
func (p *pen) url(address string) *pen { return p.text(string(templ.URL(address))) }

// attrs are attributes of a tag, if any.
func (p *pen) attrs(attrs templ.Attributer) *pen {
	if attrs != nil {
		p.err = errors.Join(p.err, templ.RenderAttributes(p.ctx, p, attrs))
	}
	return p
}

// put draws a template.
func (p *pen) put(part templ.Component) *pen {
	p.err = errors.Join(p.err, part.Render(p.ctx, p))
	return p
}

func (p *pen) Write(markup []byte) (int, error) {
	p.out = append(p.out, markup...)
	return len(markup), nil
}

func (p *pen) WriteString(markup string) (int, error) {
	p.out = append(p.out, markup...)
	return len(markup), nil
}

// Icon draws one of assets/icons.svg. It is decoration: what it means stands beside it, or is read out.
func Icon(name string) templ.Component { return drawn(func(p *pen) { p.icon(name) }) }

func (p *pen) icon(name string) *pen {
	return p.html(`<svg class="icon" aria-hidden="true" focusable="false"><use href="`).text(iconSheet).text(name).html(`"></use></svg>`)
}

// Badge is a status in its colour. The word says it, the colour only helps.
func Badge(tone Tone, text string) templ.Component {
	return drawn(func(p *pen) { p.badge(tone, text) })
}

func (p *pen) badge(tone Tone, text string) *pen {
	return p.html(`<span class="badge `).text(string(tone)).html(`">`).say(text).html(`</span>`)
}

// status is a badge with the word for a code, which is a message of this family.
func (p *pen) status(tone Tone, family, code string) *pen {
	return p.html(`<span class="badge `).text(string(tone)).html(`">`).code(family, code).html(`</span>`)
}

// LinkButton is a link that looks like a button.
func LinkButton[P ~string](path P, label string, look Look) templ.Component {
	return drawn(func(p *pen) { p.linkButton(string(path), label, look) })
}

func (p *pen) linkButton(path, label string, look Look) *pen {
	return p.html(`<a class="button `).text(string(look)).html(`" href="`).url(path).html(`">`).say(label).html(`</a>`)
}

// DialogButton opens a page in the dialog; without JavaScript it is a plain link to it.
func DialogButton[P ~string](path P, label string, look Look) templ.Component {
	return drawn(func(p *pen) { p.dialogButton(string(path), label, look) })
}

func (p *pen) dialogButton(path, label string, look Look) *pen {
	return p.html(`<a class="button `).text(string(look)).html(`" href="`).url(path).html(`" hx-get="`).text(path).
		html(`" hx-target="#dialog-body" hx-swap="innerHTML">`).say(label).html(`</a>`)
}

// Copy is a button that puts a text on the clipboard. Without JavaScript it does not show.
func Copy(text string) templ.Component { return drawn(func(p *pen) { p.copy(text) }) }

func (p *pen) copy(text string) *pen {
	return p.html(`<button type="button" class="copy" data-copy="`).text(text).html(`" data-copied="`).say("copy.done").
		html(`" title="`).say("copy.title").html(`" hidden>`).icon("copy").
		html(`<span class="sr" role="status">`).say("copy.title").html(`</span></button>`)
}

// day is the day of an instant where the reader is.
func (p *pen) day(at time.Time) *pen {
	p.out = at.In(zone(p.ctx)).AppendFormat(p.out, shortLayout(p.ctx))
	return p
}

// When is an instant on the reader's clock.
func When(at time.Time) templ.Component { return drawn(func(p *pen) { p.when(at) }) }

func (p *pen) when(at time.Time) *pen {
	p.html(`<time datetime="`)
	p.out = at.UTC().AppendFormat(p.out, time.RFC3339)
	return p.html(`">`).text(Moment(p.ctx, at)).html(`</time>`)
}

// Rows is a list whose columns (two to eight) line up on a desktop and whose rows are cards on a phone.
// The columns are named after their heads; the one that starts with ">" has its figures at the right,
// the one that starts with "*" takes the room that is left, and "-" has no head.
func Rows(heads ...string) templ.Component {
	return around(func(p *pen) { p.rows(heads, ">") }, `</section>`)
}

// Queue is Rows that an act takes rows from: the next one has the focus then, in its field marked data-next.
func Queue(heads ...string) templ.Component {
	return around(func(p *pen) { p.rows(heads, " data-queue>") }, `</section>`)
}

func (p *pen) rows(heads []string, end string) {
	wide := 0
	for i, head := range heads {
		if strings.HasPrefix(head, "*") {
			wide = i + 1
			break
		}
	}
	p.html(`<section class="rows cols-`).int(int64(len(heads))).html(` wide-`).int(int64(wide)).html(`"`).html(end)
	p.html(`<div class="row-heads" aria-hidden="true">`)
	for _, head := range heads {
		p.html(`<span class="`)
		if strings.HasPrefix(head, ">") {
			p.html(`sum`)
		}
		p.html(`">`).say(strings.TrimLeft(head, "*>-")).html(`</span>`)
	}
	p.html(`</div>`)
}

// Row is one thing in Rows; its id is its topic. Attrs may be Live(…).
func Row(topic string, attrs templ.Attributer) templ.Component {
	return around(func(p *pen) { p.html(`<article id="`).text(topic).html(`" class="row"`).attrs(attrs).html(`>`) }, rowEnd)
}

const (
	rowEnd  = `</article>`
	cellEnd = `</div>`
)

func (p *pen) row(topic string) *pen {
	return p.html(`<article id="`).text(topic).html(`" class="row">`)
}

// liveRow is a Row that asks for itself again as it is Live: it is at path, and alone at path/row.
func (p *pen) liveRow(topic, path string) *pen {
	return p.html(`<article id="`).text(topic).html(`" class="row" hx-get="`).text(path).html(`/row" hx-trigger="`).text(topic).
		html(` from:body, refresh from:body" hx-target="this" hx-swap="outerMorph">`)
}

// Cell is one column of a Row. Its head is read out, and printed beside the value on a phone;
// longer texts have none and take the whole width there.
func Cell(head string) templ.Component {
	return around(func(p *pen) { p.cell(head) }, cellEnd)
}

func (p *pen) cell(head string) *pen {
	if head == "" {
		return p.html(`<div class="cell block">`)
	}
	return p.html(`<div class="cell">`).head(head)
}

// textCell is a Cell with a text in it.
func (p *pen) textCell(head, text string) *pen { return p.cell(head).text(text).html(cellEnd) }

// head is what a value is called, printed beside it on a phone.
func (p *pen) head(head string) *pen {
	if head == "" {
		return p
	}
	return p.html(`<span class="cell-head">`).say(head).html(`</span>`)
}

// LeadCell is the cell a row is known by: the number, which leads to the thing itself.
func LeadCell[P ~string](path P, text string) templ.Component {
	return drawn(func(p *pen) { p.leadCell(string(path), text) })
}

func (p *pen) leadCell(path, text string) *pen {
	return p.html(`<div class="cell lead"><a href="`).url(path).html(`">`).text(text).html(`</a></div>`)
}

// SumCell is a Cell with a figure in it: at the right, digits under digits.
func SumCell(head, figure string) templ.Component {
	return drawn(func(p *pen) { p.sumCell(head, figure) })
}

func (p *pen) sumCell(head, figure string) *pen {
	return p.html(`<div class="cell sum">`).head(head).html(`<span>`).text(figure).html(`</span></div>`)
}

// StatusCell is the cell of the status. On a phone it stands beside the number.
func StatusCell(head string) templ.Component {
	return around(func(p *pen) { p.statusCell(head) }, cellEnd)
}

func (p *pen) statusCell(head string) *pen {
	p.html(`<div class="cell status">`)
	if head != "" {
		p.html(`<span class="sr">`).say(head).html(`</span>`)
	}
	return p
}

// hint is what is to be said about a status, under its badge.
func (p *pen) hint(hint string) *pen {
	if hint == "" {
		return p
	}
	return p.html(`<br><small>`).text(hint).html(`</small>`)
}

// Comment is the yellow dialog icon of an order: filled when there is a comment, which opens beside
// it. Its children stand under the text: a button that edits it, who has read it.
func Comment(text string) templ.Component {
	return around(func(p *pen) { p.comment(text) }, commentEnd)
}

const commentEnd = `</div></details>`

func (p *pen) comment(text string) *pen {
	look, class, shown, read := "pop comment", "muted", p.words.text("comment.none"), "comment.none"
	if text != "" {
		look, class, shown, read = "pop comment filled", "typed", text, "comment.read"
	}
	p.html(`<details class="`).html(look).html(`" name="pop"><summary title="`).say("comment.title").html(`">`).icon("comment")
	p.html(`<span class="sr">`).say(read).html(`</span></summary>`)
	return p.html(`<div class="pop-body"><p class="`).html(class).html(`">`).text(shown).html(`</p>`)
}

// More is «Показать ещё» at the end of Rows: the rows of the next page take its place.
func More[P ~string](path P) templ.Component { return drawn(func(p *pen) { p.more(string(path)) }) }

func (p *pen) more(path string) *pen {
	return p.html(`<p class="more"><a class="button plain" href="`).url(path).html(`" hx-get="`).text(path).
		html(`" hx-target="closest .more" hx-swap="outerHTML" hx-select=".rows > .row, .rows > .more">`).say("rows.more").html(`</a></p>`)
}

// tabLinks are the tabs with their counters.
func tabLinks(viewer Viewer) templ.Component {
	return drawn(func(p *pen) {
		tabs := viewer.tabs()
		for at, tab := range tabs {
			switch last := len(tabs) - 1; {
			case viewer.atStaff() || len(tabs) <= tabsAcross || at < tabsAcross-2 || at == last:
				p.tabLink(tab, viewer.at(tab), viewer.Counts[tab.Path])
			case at == tabsAcross-2:
				p.restOfTabs(viewer, tabs[at:last])
			}
		}
	})
}

// tabsAcross is how many tabs a phone shows side by side: the first ones, the rest under one, and the settings.
const tabsAcross = 5

// restOfTabs stand under «Ещё» on a phone, and beside the others where there is room.
func (p *pen) restOfTabs(viewer Viewer, tabs []Tab) {
	label, icon := "nav.more", "plus"
	p.html(`<details class="pop rest" name="pop"><summary`)
	if at := slices.IndexFunc(tabs, viewer.at); at >= 0 {
		label, icon = tabs[at].Label, tabs[at].Icon
		p.html(` class="now"`)
	}
	p.html(`>`).icon(icon)
	p.html(`<span>`).say(label).html(`</span></summary><div class="pop-body">`)
	for _, tab := range tabs {
		p.tabLink(tab, viewer.at(tab), viewer.Counts[tab.Path])
	}
	p.html(`</div></details>`)
}

func (p *pen) tabLink(tab Tab, now bool, count int64) {
	p.html(`<a id="`).text(tab.topic()).html(`" href="`).url(tab.Path).html(`" class="`)
	if tab.Blue {
		p.html(`blue`)
	}
	p.html(`"`)
	if now {
		p.html(` aria-current="page"`)
	}
	p.html(`>`)
	if tab.Icon != "" {
		p.icon(tab.Icon)
	}
	p.html(`<span>`).say(tab.Label).html(`</span> `)
	if count > 0 {
		p.html(`<span class="count">`).text(Number(p.ctx, count)).html(`</span>`)
	}
	p.html(`</a>`)
}
