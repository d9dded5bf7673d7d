package webtest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Browser is one tab of a person's browser without JavaScript, as the test t
// sees it. Every act leaves the tab on the page it led to and returns the
// browser, whole again after [Browser.Within].
type Browser struct {
	t      T
	tab    *tab
	manner Manner
	scope  string
}

// tab is what all views of one tab share.
type tab struct {
	person  *person
	history []*screen
}

// screen is an answer as it stands in the window.
type screen struct {
	request request
	*document
	url    *url.URL
	status int
	header http.Header
	body   string
}

// Open gives the story a new person with no cookies, at the site on base.
func Open(t T, base string) *Browser {
	t.Helper()
	at, err := url.Parse(base)
	if err != nil || at.Host == "" {
		t.Fatalf("webtest: %q is not the address of a site", base)
	}
	p := newPerson(at)
	t.Cleanup(p.transport.CloseIdleConnections)
	return &Browser{t: t, tab: &tab{person: p}}
}

// With is the same tab for another test: a step of a story reports to its own t.
func (b *Browser) With(t T) *Browser {
	return &Browser{t: t, tab: b.tab, manner: b.manner}
}

// As is the same tab in the manner of another browser.
func (b *Browser) As(manner Manner) *Browser {
	return &Browser{t: b.t, tab: b.tab, manner: manner, scope: b.scope}
}

// Within is the same tab, looking only at the one element that selector means.
func (b *Browser) Within(selector string) *Browser {
	b.t.Helper()
	inner := &Browser{t: b.t, tab: b.tab, manner: b.manner, scope: strings.TrimSpace(b.scope + " " + selector)}
	inner.here()
	return inner
}

// Tab opens a second tab of the same person: the cookies are shared, the pages are not.
func (b *Browser) Tab() *Browser {
	return &Browser{t: b.t, tab: &tab{person: b.tab.person}, manner: b.manner}
}

// Speaks sets the Accept-Language of the person; it is Russian from the start.
func (b *Browser) Speaks(language string) *Browser {
	b.tab.person.language = language
	return b
}

// Visit types an address of the site: a path, or a whole one from a mail.
func (b *Browser) Visit(address string) *Browser {
	b.t.Helper()
	at, err := b.tab.person.base.Parse(address)
	if err != nil {
		b.t.Fatalf("visit %q: %v", address, err)
	}
	at.Fragment = ""
	return b.load(request{method: "GET", url: at, typed: true})
}

// Click follows the link that is called so, or opens and closes a <details> by its summary.
func (b *Browser) Click(name string) *Browser {
	b.t.Helper()
	n := b.pick("link", name, func(n *html.Node) bool { return is(n, "a", "area") && has(n, "href") || is(n, "summary") })
	if is(n, "summary") {
		if has(n.Parent, "open") {
			unset(n.Parent, "open")
		} else {
			set(n.Parent, "open", "")
		}
		return b.whole()
	}
	href := strings.TrimSpace(attr(n, "href"))
	page := b.page()
	if id, local := strings.CutPrefix(href, "#"); local {
		if id != "" && id != "top" && page.byID(id) == nil {
			b.t.Fatalf("%s: the link %q leads to #%s, which is not on the page", page.url, name, id)
		}
		return b.whole()
	}
	to, err := page.resolve(page.url, href)
	if err != nil {
		b.t.Fatalf("%s: the link %q: %v", page.url, name, err)
	}
	return b.load(request{method: "GET", url: to, from: page})
}

// Press presses a button: it submits its form, or opens and closes what HTML
// alone lets a button open.
func (b *Browser) Press(name string) *Browser {
	b.t.Helper()
	button := b.pick("button", name, isButton)
	page := b.page()
	if target := page.byID(attr(button, "popovertarget")); target != nil {
		return b.toggle(target, shown, attr(button, "popovertargetaction"))
	}
	if target := page.byID(attr(button, "commandfor")); target != nil {
		key := "open"
		if has(target, "popover") {
			key = shown
		}
		action, _, _ := strings.Cut(strings.TrimPrefix(attr(button, "command"), "request-"), "-")
		return b.toggle(target, key, action)
	}
	form := page.owner(button)
	switch {
	case kind(button) == "reset" || !submits(button):
		b.t.Fatalf("%s: the button %q is of type %s and does nothing without JavaScript", page.url, name, kind(button))
	case form == nil:
		b.t.Fatalf("%s: the button %q belongs to no form and does nothing without JavaScript", page.url, name)
	}
	return b.submit(form, button)
}

// Enter presses the Enter key in a field, which submits its form by the first button.
func (b *Browser) Enter(field string) *Browser {
	b.t.Helper()
	page, form := b.page(), b.page().owner(b.field(field))
	if form == nil {
		b.t.Fatalf("%s: the field %q belongs to no form", page.url, field)
	}
	button := page.defaultButton(form)
	if button != nil && disabled(button) {
		b.t.Fatalf("%s: Enter in %q does nothing, the button of its form is disabled", page.url, field)
	}
	return b.submit(form, button)
}

func (b *Browser) submit(form, button *html.Node) *Browser {
	b.t.Helper()
	page := b.page()
	if method := attr(form, "method"); strings.EqualFold(method, "dialog") || button != nil && strings.EqualFold(attr(button, "formmethod"), "dialog") {
		dialog := ancestor(form, "dialog")
		if dialog == nil {
			b.t.Fatalf("%s: %s has the method dialog but stands in none", page.url, describe(form))
		}
		return b.toggle(dialog, "open", "close")
	}
	sent, err := page.formRequest(form, button, page.url)
	if err != nil {
		b.t.Fatalf("%s: %s: %v", page.url, describe(form), err)
	}
	sent.from = page
	return b.load(sent)
}

// toggle opens or closes a dialog or a popover as the button's action says.
func (b *Browser) toggle(target *html.Node, key, action string) *Browser {
	switch {
	case action == "show", (action == "" || action == "toggle") && !has(target, key):
		set(target, key, "")
	default:
		unset(target, key)
	}
	return b.whole()
}

// Fill types into a field in place of what stood there. As in an old browser
// nothing keeps a person from typing what the field does not want.
func (b *Browser) Fill(field, with string) *Browser {
	b.t.Helper()
	n := b.field(field)
	if is(n, "select") || words("checkbox radio file")[kind(n)] {
		b.t.Fatalf("%s: %s is no field to type in", b.page().url, describe(n))
	}
	if has(n, "readonly") {
		b.t.Fatalf("%s: the field %q is read-only", b.page().url, field)
	}
	fill(n, with)
	return b
}

// Attach gives files to a file field.
func (b *Browser) Attach(field string, files ...File) *Browser {
	b.t.Helper()
	n := b.field(field)
	if kind(n) != "file" {
		b.t.Fatalf("%s: %s takes no files", b.page().url, describe(n))
	}
	if len(files) > 1 && !has(n, "multiple") {
		b.t.Fatalf("%s: %s takes one file", b.page().url, describe(n))
	}
	b.page().files[n] = files
	return b
}

// Choose picks an option by its visible label, in a select or in a group of radio
// buttons that go by the same name.
func (b *Browser) Choose(field, option string) *Browser {
	b.t.Helper()
	radios := b.find(func(n *html.Node) bool { return kind(n) == "radio" && is(n, "input") && b.grouped(n, field) })
	if len(radios) > 0 {
		b.page().check(b.pickFrom("choice of "+field, option, radios))
		return b
	}
	list := b.field(field)
	if !is(list, "select") {
		b.t.Fatalf("%s: %s has nothing to choose from", b.page().url, describe(list))
	}
	var things []thing
	options := elements(list, "option")
	for _, n := range options {
		th := thing{Names: []string{squeeze(raw(n))}}
		if has(n, "label") {
			th.Names = []string{squeeze(attr(n, "label"))}
		}
		if closedOption(n) {
			th.Barred = "it is disabled"
		}
		things = append(things, th)
	}
	i, err := pick("option of "+field, option, things)
	if err != nil {
		b.t.Fatalf("%s: %v", b.page().url, err)
	}
	choose(options[i])
	return b
}

// grouped says whether a radio button belongs to the group of that name or legend.
func (b *Browser) grouped(n *html.Node, group string) bool {
	if attr(n, "name") == group {
		return true
	}
	fieldset := ancestor(n, "fieldset")
	return fieldset != nil && firstLegend(fieldset) != nil && text(firstLegend(fieldset)) == squeeze(group)
}

// Check ticks a box or picks a radio button by its label.
func (b *Browser) Check(label string) *Browser {
	b.t.Helper()
	b.page().check(b.box(label))
	return b
}

// Uncheck clears a box.
func (b *Browser) Uncheck(label string) *Browser {
	b.t.Helper()
	n := b.box(label)
	if kind(n) == "radio" {
		b.t.Fatalf("%s: a radio button like %q cannot be cleared", b.page().url, label)
	}
	unset(n, "checked")
	return b
}

func (b *Browser) box(label string) *html.Node {
	b.t.Helper()
	return b.pick("box", label, func(n *html.Node) bool {
		return is(n, "input") && (kind(n) == "checkbox" || kind(n) == "radio")
	})
}

func (b *Browser) field(name string) *html.Node {
	b.t.Helper()
	return b.pick("field", name, isField)
}

// Back shows the page before this one as it was left, without asking for it
// again: its form can be submitted a second time.
func (b *Browser) Back() *Browser {
	b.t.Helper()
	b.page()
	if len(b.tab.history) < 2 {
		b.t.Fatalf("there is no page to go back to")
	}
	b.tab.history = b.tab.history[:len(b.tab.history)-1]
	return b.whole()
}

// Reload sends what led to this page once more, be it a form.
func (b *Browser) Reload() *Browser {
	b.t.Helper()
	again := b.page().request
	b.tab.history = b.tab.history[:len(b.tab.history)-1]
	return b.load(again)
}

// whole is the view without the scope: what follows concerns the page.
func (b *Browser) whole() *Browser {
	return &Browser{t: b.t, tab: b.tab, manner: b.manner}
}

func (b *Browser) page() *screen {
	b.t.Helper()
	if len(b.tab.history) == 0 {
		b.t.Fatalf("no page is open yet, begin with Visit")
	}
	return b.tab.history[len(b.tab.history)-1]
}

// here is the part of the page the view looks at.
func (b *Browser) here() *html.Node {
	b.t.Helper()
	page := b.page()
	if b.scope == "" {
		return page.root
	}
	found, err := page.all(b.scope)
	if err != nil {
		b.t.Fatalf("the selector %q: %v", b.scope, err)
	}
	if len(found) != 1 {
		b.t.Fatalf("%s has %d elements %s, wanted one. The page says: %s", page.url, len(found), b.scope, excerpt(text(page.root)))
	}
	return found[0]
}

func (b *Browser) find(want func(*html.Node) bool) []*html.Node {
	b.t.Helper()
	return slices.DeleteFunc(elements(b.here()), func(n *html.Node) bool { return !want(n) })
}

func (b *Browser) pick(kind, name string, want func(*html.Node) bool) *html.Node {
	b.t.Helper()
	return b.pickFrom(kind, name, b.find(want))
}

func (b *Browser) pickFrom(kind, name string, nodes []*html.Node) *html.Node {
	b.t.Helper()
	page := b.page()
	var things []thing
	for _, n := range nodes {
		th := thing{Names: page.names(n), Barred: barred(n)}
		switch {
		case is(n, "a", "area"):
			th.Leads = attr(n, "href")
		case isField(n):
			th.Key = attr(n, "name")
		}
		if th.Barred == "" && !is(n, "a", "area", "summary") && disabled(n) {
			th.Barred = "it is disabled"
		}
		things = append(things, th)
	}
	i, err := pick(kind, name, things)
	if err != nil {
		b.t.Fatalf("%s (%d): %v", page.url, page.status, fmt.Errorf("%w\tThe page says: %s", err, excerpt(text(page.root))))
	}
	return nodes[i]
}
