package webtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Sees waits for the words to be on the page.
func (w *Window) Sees(words string) *Window {
	w.t.Helper()
	w.until(func() error {
		text, err := w.text()
		if err == nil && !strings.Contains(text, squeeze(words)) {
			err = fmt.Errorf("the page%s does not say %q, it says: %s", w.where(), words, excerpt(text))
		}
		return err
	})
	return w
}

// SeesNot waits for the words to be nowhere on the page.
func (w *Window) SeesNot(words string) *Window {
	w.t.Helper()
	w.until(func() error {
		text, err := w.text()
		if err == nil && strings.Contains(text, squeeze(words)) {
			err = fmt.Errorf("the page%s says %q: %s", w.where(), words, excerpt(text))
		}
		return err
	})
	return w
}

// Text is what a person reads on the page now, spaces made plain.
func (w *Window) Text() string {
	w.t.Helper()
	var found string
	w.until(func() (err error) { found, err = w.text(); return err })
	return found
}

func (w *Window) text() (found string, err error) {
	err = w.ask(&found, "text", w.scope)
	return found, err
}

func (w *Window) where() string {
	if w.scope == "" {
		return ""
	}
	return " within " + w.scope
}

// At waits for the address to be this path, with its query if path has one.
func (w *Window) At(path string) *Window {
	w.t.Helper()
	w.until(func() error {
		at, err := url.Parse(w.address())
		if err == nil && at.Path != path && at.RequestURI() != path {
			err = fmt.Errorf("the page is %s, wanted %s", at.RequestURI(), path)
		}
		return err
	})
	return w
}

// Wants waits for an answer with this status to what was done last, be it a page
// or a part of one. The console's own line about it then is no trouble to [Window.Clean].
func (w *Window) Wants(status int) *Window {
	w.t.Helper()
	w.until(func() error {
		if !w.pane.record.want(int64(status)) {
			return fmt.Errorf("no answer came with %d", status)
		}
		return nil
	})
	return w
}

// Shows waits for the field to hold a value: of a select the label it shows, of a box «on» or «off».
func (w *Window) Shows(field, want string) *Window {
	w.t.Helper()
	w.until(func() error {
		if got := w.Value(field); got != want {
			return fmt.Errorf("the field %q holds %q, wanted %q", field, got, want)
		}
		return nil
	})
	return w
}

// Value is what the field holds now, as Shows reads it.
func (w *Window) Value(field string) string {
	w.t.Helper()
	var found string
	i := w.pick("field", field)
	w.settle(w.ask(&found, "value", i))
	return found
}

// Focused says which element has the focus: by its id, or by its name within the
// nearest id; nothing when none has it.
func (w *Window) Focused() string {
	w.t.Helper()
	var found string
	w.settle(w.ask(&found, "focused"))
	return found
}

// Focuses waits for the focus to be on what selector means.
func (w *Window) Focuses(selector string) *Window {
	w.t.Helper()
	w.until(func() error {
		var there bool
		err := w.ask(&there, "holdsFocus", selector)
		if err == nil && !there {
			err = fmt.Errorf("the focus is on %q, wanted %s", w.Focused(), selector)
		}
		return err
	})
	return w
}

var keys = map[string]string{
	"Enter": kb.Enter, "Escape": kb.Escape, "Tab": kb.Tab, "Space": " ", "Backspace": kb.Backspace, "Delete": kb.Delete,
	"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
	"Home": kb.Home, "End": kb.End, "PageUp": kb.PageUp, "PageDown": kb.PageDown,
}

var modifiers = map[string]chromedp.Modifier{
	"Shift": chromedp.ModifierShift, "Control": chromedp.ModifierCtrl, "Alt": chromedp.ModifierAlt, "Meta": chromedp.ModifierMeta,
}

// Keys presses keys one after the other: "Tab", "Enter", "Shift+Tab", "Control+k", "5".
func (w *Window) Keys(presses ...string) *Window {
	w.t.Helper()
	for _, press := range presses {
		parts := strings.Split(press, "+")
		key, held := parts[len(parts)-1], chromedp.ModifierNone
		for _, name := range parts[:len(parts)-1] {
			held |= modifiers[name]
		}
		if named, known := keys[key]; known {
			key = named
		} else if utf8.RuneCountInString(key) != 1 {
			w.t.Fatalf("there is no key %q", key)
		}
		w.act(chromedp.KeyEvent(key, chromedp.KeyModifiers(held)))
	}
	return w
}

// Type presses the keys of a text, letter by letter, where the focus is.
func (w *Window) Type(text string) *Window {
	w.t.Helper()
	return w.act(chromedp.KeyEvent(text))
}

// Answers sets what the person says when the page asks for a confirmation; yes from the start.
func (w *Window) Answers(yes bool) *Window {
	w.pane.record.mu.Lock()
	defer w.pane.record.mu.Unlock()
	w.pane.record.refuse = !yes
	return w
}

// Asked are the confirmations the pages asked for.
func (w *Window) Asked() []string {
	w.pane.record.mu.Lock()
	defer w.pane.record.mu.Unlock()
	return w.pane.record.asked
}

// Evaluate runs an expression among the page's own scripts and reads its value
// into the pointer, nil to drop it; for what no other word can say.
func (w *Window) Evaluate(expression string, into any) *Window {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.pane.ctx, patience)
	defer cancel()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](expression, chromedp.EvalAwaitPromise))
	if err == nil && into != nil {
		err = decode(answer, into)
	}
	w.settle(err)
	return w
}

// Size makes the window that many pixels wide; up to 600 it is a phone.
func (w *Window) Size(width int) *Window {
	w.t.Helper()
	size := chromedp.EmulateViewport(int64(width), 900)
	if width <= 600 {
		size = chromedp.EmulateViewport(int64(width), 812, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	w.pane.width = width
	w.show(size)
	return w
}

// Dark asks for dark pages, or for light ones.
func (w *Window) Dark(dark bool) *Window {
	w.t.Helper()
	w.pane.dark = dark
	w.show()
	return w
}

// show applies the look. Nothing moves, so that what is measured stays.
func (w *Window) show(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	scheme := "light"
	if w.pane.dark {
		scheme = "dark"
	}
	steps = append(steps, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return chromedp.Void{}, err
	})
	if err := w.do(steps...); err != nil {
		w.t.Fatalf("%s: %v", w.address(), err)
	}
}

// still waits for the page to be drawn as it will stay.
func (w *Window) still() {
	w.t.Helper()
	w.rest()
	w.settle(w.ask(nil, "still"))
}

// Screenshot draws the whole page, all its length, into a PNG file.
func (w *Window) Screenshot(path string) *Window {
	w.t.Helper()
	w.still()
	ctx, cancel := context.WithTimeout(w.pane.ctx, patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, picture, 0o644))
	}
	if err != nil {
		w.t.Fatalf("%s: the screenshot: %v", w.address(), err)
	}
	return w
}

// NoHorizontalScroll wants the page to fit the window's width.
func (w *Window) NoHorizontalScroll() *Window {
	w.t.Helper()
	w.still()
	var wide []string
	w.settle(w.ask(&wide, "wide", w.pane.width))
	if len(wide) > 0 {
		w.t.Errorf("%s at %d pixels: %s", w.address(), w.pane.width, strings.Join(wide, "; "))
	}
	return w
}

// Clean wants that nothing went wrong since it was asked last: no error in the
// console, no uncaught exception, no failed request, nothing the policy refused,
// and no id on two elements of the page as it stands now.
func (w *Window) Clean() *Window {
	w.t.Helper()
	if w.pane.closed || w.pane.ctx.Err() != nil {
		return w
	}
	var twins []string
	if err := w.ask(&twins, "twins"); err == nil && len(twins) > 0 {
		w.t.Errorf("%s: several elements have the id %s", w.address(), strings.Join(twins, ", "))
	}
	for _, words := range w.pane.record.take() {
		w.t.Errorf("%s: %s", w.address(), words)
	}
	return w
}
