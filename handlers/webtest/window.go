package webtest

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var (
	waiting = 8 * time.Second  // for words or things to come
	resting = 20 * time.Second // for a page to finish what an act began
)

//go:embed window.js
var asking string

// world is where window.js runs, beside the page's own scripts.
const world = "webtest"

// Window is a tab of a person's window in Chromium, as the test t sees it. Every
// act waits until the page has come to rest; what is looked for may take some
// seconds to come.
type Window struct {
	t     T
	pane  *pane
	scope string
}

// pane is what all views of one tab share.
type pane struct {
	ctx    context.Context
	base   *url.URL
	record *record
	width  int
	dark   bool
	closed bool
}

// Chromium gives the story a new person with no cookies in the real browser, at
// the site on base. When the test ends, the window is asked whether it is [Window.Clean].
func Chromium(t T, base string) *Window {
	t.Helper()
	at, err := url.Parse(base)
	if err != nil || at.Host == "" {
		t.Fatalf("webtest: %q is not the address of a site", base)
	}
	browser, err := launch()
	if err != nil {
		t.Fatalf("Chromium: %v", err)
	}
	return open(t, browser, at, chromedp.WithNewBrowserContext())
}

// Tab opens a second tab of the same person: the cookies are shared, the pages are not.
func (w *Window) Tab() *Window {
	w.t.Helper()
	return open(w.t, w.pane.ctx, w.pane.base)
}

func open(t T, parent context.Context, base *url.URL, options ...chromedp.ContextOption) *Window {
	t.Helper()
	record := newRecord()
	ctx, close := chromedp.NewContext(parent, append(options, chromedp.WithListener(record.hear))...)
	w := &Window{t: t, pane: &pane{ctx: ctx, base: base, record: record, width: 1280}}
	t.Cleanup(func() {
		w.Clean()
		w.pane.closed = true
		close()
	})
	record.answer = func(yes bool) {
		cdp.Call(ctx, chromedp.FromContext(ctx).Target, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: yes})
	}
	if err := w.prepare(); err != nil {
		t.Fatalf("Chromium: %v", err)
	}
	return w.Size(1280)
}

// prepare makes the tab carry window.js into every page, and behave as if it
// were the one a person looks at.
func (w *Window) prepare() error {
	return chromedp.Do(w.pane.ctx, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, t, runtime.AddBinding, runtime.AddBindingParams{Name: "webtestSaid", ExecutionContextName: world}); err != nil {
			return chromedp.Void{}, err
		}
		if _, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: asking, WorldName: world}); err != nil {
			return chromedp.Void{}, err
		}
		_, err := cdp.Call(ctx, t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return chromedp.Void{}, err
	})
}

// With is the same tab for another test: a step of a story reports to its own t.
func (w *Window) With(t T) *Window { return &Window{t: t, pane: w.pane} }

// Within is the same tab, looking only at the one element that selector means.
func (w *Window) Within(selector string) *Window {
	return &Window{t: w.t, pane: w.pane, scope: strings.TrimSpace(w.scope + " " + selector)}
}

// whole is the view without the scope: what follows concerns the page.
func (w *Window) whole() *Window { return &Window{t: w.t, pane: w.pane} }

// do runs steps of the protocol with the patience of one answer.
func (w *Window) do(steps ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(w.pane.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}

// ask calls a function of window.js and reads its answer into the value.
func (w *Window) ask(into any, function string, args ...any) error {
	sent, err := json.Marshal(append([]any{}, args...))
	if err != nil {
		return err
	}
	return w.run(fmt.Sprintf("webtest.%s(...%s)", function, sent), into)
}

func (w *Window) run(expression string, into any) error {
	ctx, cancel := context.WithTimeout(w.pane.ctx, patience)
	defer cancel()
	answer, err := chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		beside, err := cdp.Call(ctx, t, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: cdp.FrameID(t.TargetID), WorldName: world})
		if err != nil {
			return nil, err
		}
		return chromedp.Evaluate[[]byte](expression, chromedp.EvalAwaitPromise, func(p *runtime.EvaluateParams) {
			p.ContextID = beside.ExecutionContextID
			p.ReturnByValue = new(true)
		})(ctx, t)
	})
	if err != nil {
		var thrown *chromedp.ExceptionError
		if errors.As(err, &thrown) && thrown.ExceptionDetails.Exception != nil {
			said, _, _ := strings.Cut(thrown.ExceptionDetails.Exception.Description, "\n")
			return errors.New(strings.TrimPrefix(said, "Error: "))
		}
		return err
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}

// until tries again until it works or the patience for it ends.
func (w *Window) until(try func() error) {
	w.t.Helper()
	var err error
	for end := time.Now().Add(waiting); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		if err = try(); err == nil {
			return
		}
	}
	w.t.Fatalf("%s: %v", w.address(), err)
}

// rest waits until nothing is under way that an act began: no page, no request, no swap.
func (w *Window) rest() {
	w.t.Helper()
	busy, quiet := "", 0
	for end := time.Now().Add(resting); time.Now().Before(end); time.Sleep(8 * time.Millisecond) {
		err := w.ask(&busy, "busy")
		if err != nil {
			busy = err.Error() // the page is just being replaced
		}
		if busy == "" {
			busy = w.pane.record.under()
		}
		if quiet++; busy != "" {
			quiet = 0
		}
		if quiet == 3 {
			return
		}
	}
	w.t.Fatalf("%s does not come to rest: %s", w.address(), busy)
}

func (w *Window) address() string {
	var at string
	if err := w.do(func(ctx context.Context, t *chromedp.Target) (_ chromedp.Void, err error) {
		at, err = chromedp.Location()(ctx, t)
		return chromedp.Void{}, err
	}); err != nil {
		return "a page that is gone (" + err.Error() + ")"
	}
	return at
}

// act does something to the page and waits for what comes of it.
func (w *Window) act(steps ...chromedp.Action[chromedp.Void]) *Window {
	w.t.Helper()
	w.pane.record.begin()
	if err := w.do(steps...); err != nil {
		w.t.Fatalf("%s: %v", w.address(), err)
	}
	w.rest()
	return w.whole()
}

// Visit types an address of the site: a path, or a whole one from a mail.
func (w *Window) Visit(address string) *Window {
	w.t.Helper()
	to, err := w.pane.base.Parse(address)
	if err != nil {
		w.t.Fatalf("visit %q: %v", address, err)
	}
	return w.act(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		answer, err := cdp.Call(ctx, t, page.Navigate, page.NavigateParams{URL: to.String()})
		if err == nil && answer.ErrorText != "" {
			err = fmt.Errorf("visit %s: %s", to, answer.ErrorText)
		}
		return chromedp.Void{}, err
	})
}

// Back goes one page back, as the button of the browser does.
func (w *Window) Back() *Window {
	w.t.Helper()
	return w.act(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		history, err := cdp.Call(ctx, t, page.GetNavigationHistory, cdp.Empty{})
		if err != nil {
			return chromedp.Void{}, err
		}
		if history.CurrentIndex < 2 { // before the first page stands about:blank
			return chromedp.Void{}, errors.New("there is no page to go back to")
		}
		_, err = cdp.Call(ctx, t, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: history.Entries[history.CurrentIndex-1].ID})
		return chromedp.Void{}, err
	})
}

// Reload loads the page again.
func (w *Window) Reload() *Window {
	w.t.Helper()
	return w.act(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, page.Reload, page.ReloadParams{})
		return chromedp.Void{}, err
	})
}

// Click follows the link that is called so, or opens and closes a <details> by its summary.
func (w *Window) Click(name string) *Window {
	w.t.Helper()
	return w.hit("link", name)
}

// Select marks words that stand in one piece of text, as one does with the mouse.
func (w *Window) Select(words string) *Window {
	w.t.Helper()
	w.settle(w.ask(nil, "select", w.scope, words))
	return w
}

// Press presses a button.
func (w *Window) Press(name string) *Window {
	w.t.Helper()
	return w.hit("button", name)
}

func (w *Window) hit(kind, name string) *Window {
	w.t.Helper()
	i := w.pick(kind, name)
	return w.act(w.click(i))
}

// click moves the mouse to a found thing and clicks where a person would.
func (w *Window) click(i int) chromedp.Action[chromedp.Void] {
	w.t.Helper()
	var at struct{ X, Y float64 }
	w.until(func() error { return w.ask(&at, "aim", i) })
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		if _, err := chromedp.MouseEvent(chromedp.MouseMoved, at.X, at.Y)(ctx, t); err != nil {
			return chromedp.Void{}, err
		}
		return chromedp.MouseClickXY(at.X, at.Y)(ctx, t)
	}
}

// Fill types into a field in place of what stood there.
func (w *Window) Fill(field, with string) *Window {
	w.t.Helper()
	i := w.pick("field", field)
	var typed bool
	if err := w.ask(&typed, "typed", i); err != nil {
		w.t.Fatalf("%s: %v", w.address(), err)
	}
	if !typed {
		w.settle(w.ask(nil, "put", i, with))
		return w
	}
	w.act(w.click(i))
	w.settle(w.ask(nil, "mark", i))
	if with == "" {
		w.Keys("Delete")
		return w
	}
	w.act(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: with})
		return chromedp.Void{}, err
	})
	return w
}

// Attach gives files to a file field.
func (w *Window) Attach(field string, files ...File) *Window {
	w.t.Helper()
	i := w.pick("field", field)
	w.settle(w.ask(nil, "attach", i, files))
	return w
}

// Choose picks an option by its visible label, in a select or in a group of radio
// buttons that go by the same name.
func (w *Window) Choose(field, option string) *Window {
	w.t.Helper()
	var radios []thing
	if err := w.ask(&radios, "find", "radio", w.scope, field); err == nil && len(radios) > 0 {
		i, err := pick("choice of "+field, option, radios)
		w.settle(err)
		w.act(w.click(i))
		return w
	}
	i := w.pick("field", field)
	var options []thing
	var chosen int
	w.until(func() (err error) {
		if err = w.ask(&options, "options", i); err != nil {
			return err
		}
		chosen, err = pick("option of "+field, option, options)
		return err
	})
	w.pane.record.begin()
	w.settle(w.ask(nil, "choose", i, chosen))
	return w
}

// Check ticks a box or picks a radio button by its label.
func (w *Window) Check(label string) *Window { w.t.Helper(); return w.tick(label, "on") }

// Uncheck clears a box.
func (w *Window) Uncheck(label string) *Window { w.t.Helper(); return w.tick(label, "off") }

func (w *Window) tick(label, want string) *Window {
	w.t.Helper()
	i := w.pick("box", label)
	var state string
	w.settle(w.ask(&state, "value", i))
	if state != want {
		w.act(w.click(i))
	}
	return w
}

// settle ends a small act: it must have worked, and the page comes to rest.
func (w *Window) settle(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%s: %v", w.address(), err)
	}
	w.rest()
}

// pick waits for the one thing of that kind and name.
func (w *Window) pick(kind, name string) (found int) {
	w.t.Helper()
	w.until(func() error {
		var things []thing
		if err := w.ask(&things, "find", kind, w.scope); err != nil {
			return err
		}
		i, err := pick(kind, name, things)
		found = i
		return err
	})
	return found
}

// Holds gives the person a cookie, as if an earlier visit had left it.
func (w *Window) Holds(name, value string) *Window {
	w.t.Helper()
	hidden := true
	err := w.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: w.pane.base.String(), HTTPOnly: &hidden})
		return chromedp.Void{}, err
	})
	if err != nil {
		w.t.Fatalf("the cookie %s: %v", name, err)
	}
	return w
}
