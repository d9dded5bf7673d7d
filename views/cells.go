package views

import (
	"context"
	"io"
	"time"

	"github.com/a-h/templ"
)

// What every row of a list is made of is written by hand: a page of fifty rows has hundreds of these, and a template
// pays some ten allocations for each value and each class that it puts in. Everything else stays a template.

// markup writes pieces of HTML, which are safe already.
func markup(w io.Writer, pieces ...string) error {
	for _, piece := range pieces {
		if _, err := io.WriteString(w, piece); err != nil {
			return err
		}
	}
	return nil
}

// Icon draws one of assets/icons.svg. It is decoration: what it means stands beside it, or is read out.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		return markup(w, `<svg class="icon" aria-hidden="true" focusable="false"><use href="`, templ.EscapeString(iconSheet), templ.EscapeString(name), `"></use></svg>`)
	})
}

// Badge is a status in its colour. The word says it, the colour only helps.
func Badge(tone Tone, text string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return markup(w, `<span class="badge `, string(tone), `">`, templ.EscapeString(t(ctx, text)), `</span>`)
	})
}

// SumCell is a Cell with a figure in it: at the right, digits under digits.
func SumCell(head, figure string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := markup(w, `<div class="cell sum">`); err != nil {
			return err
		}
		if err := writeHead(ctx, w, head); err != nil {
			return err
		}
		return markup(w, `<span>`, templ.EscapeString(figure), `</span></div>`)
	})
}

// LeadCell is the cell a row is known by: the number, which leads to the thing itself.
func LeadCell[P ~string](path P, text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		return markup(w, `<div class="cell lead"><a href="`, templ.EscapeString(string(templ.URL(string(path)))), `">`, templ.EscapeString(text), `</a></div>`)
	})
}

// cellHead is what a value is called, printed beside it on a phone.
func cellHead(head string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error { return writeHead(ctx, w, head) })
}

func writeHead(ctx context.Context, w io.Writer, head string) error {
	if head == "" {
		return nil
	}
	return markup(w, `<span class="cell-head">`, templ.EscapeString(t(ctx, head)), `</span>`)
}

// When is an instant on the reader's clock.
func When(at time.Time) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return markup(w, `<time datetime="`, at.UTC().Format(time.RFC3339), `">`, templ.EscapeString(Moment(ctx, at)), `</time>`)
	})
}
