package webtest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// Sees wants the words on the page, read as the eye reads them.
func (b *Browser) Sees(words string) *Browser {
	b.t.Helper()
	if page := b.page(); !strings.Contains(b.Text(), squeeze(words)) {
		b.t.Fatalf("%s (%d)%s does not say %q, it says: %s", page.url, page.status, b.where(), words, excerpt(b.Text()))
	}
	return b
}

// SeesNot wants the words nowhere on the page.
func (b *Browser) SeesNot(words string) *Browser {
	b.t.Helper()
	if page := b.page(); strings.Contains(b.Text(), squeeze(words)) {
		b.t.Fatalf("%s (%d)%s says %q: %s", page.url, page.status, b.where(), words, excerpt(b.Text()))
	}
	return b
}

// Wants wants the page to have come with this status.
func (b *Browser) Wants(status int) *Browser {
	b.t.Helper()
	if page := b.page(); page.status != status {
		b.t.Fatalf("%s came with %d, wanted %d: %s", page.url, page.status, status, excerpt(b.Text()))
	}
	return b
}

// At wants the tab to stand at this path, with its query if path has one.
func (b *Browser) At(path string) *Browser {
	b.t.Helper()
	at := b.page().url
	if at.Path != path && at.RequestURI() != path {
		b.t.Fatalf("the page is %s, wanted %s. It says: %s", at.RequestURI(), path, excerpt(b.Text()))
	}
	return b
}

// Shows wants the field to hold a value: of a select the label it shows, of a box «on» or «off».
func (b *Browser) Shows(field, want string) *Browser {
	b.t.Helper()
	if got := b.Value(field); got != want {
		b.t.Fatalf("%s: the field %q holds %q, wanted %q", b.page().url, field, got, want)
	}
	return b
}

// Value is what the field holds, as Shows reads it.
func (b *Browser) Value(field string) string {
	b.t.Helper()
	n := b.field(field)
	switch {
	case is(n, "select"):
		if option := chosen(n); option != nil {
			return squeeze(raw(option))
		}
		return ""
	case kind(n) == "checkbox" || kind(n) == "radio":
		if has(n, "checked") {
			return "on"
		}
		return "off"
	}
	return value(n)
}

// Text is what a person reads on the page, spaces made plain.
func (b *Browser) Text() string {
	b.t.Helper()
	return text(b.here())
}

// Find lists the elements that selector means, for what no other word can say.
func (b *Browser) Find(selector string) []*html.Node {
	b.t.Helper()
	found, err := b.page().all(strings.TrimSpace(b.scope + " " + selector))
	if err != nil {
		b.t.Fatalf("the selector %q: %v", selector, err)
	}
	return found
}

func (b *Browser) URL() *url.URL       { b.t.Helper(); return b.page().url }
func (b *Browser) Status() int         { b.t.Helper(); return b.page().status }
func (b *Browser) Header() http.Header { b.t.Helper(); return b.page().header }
func (b *Browser) Body() string        { b.t.Helper(); return b.page().body }

func (b *Browser) where() string {
	if b.scope == "" {
		return ""
	}
	return " within " + b.scope
}

// Form is a form of a page, for tests that try every one of them.
type Form struct {
	Method  string
	Action  string
	Entries url.Values // what it would send as it stands, without a button
	Buttons []string
	Presses []Press
	Fields  []Field
}

// Press is a button that sends something of its own, or sends its form elsewhere.
type Press struct{ Action, Name, Value string }

// Field is one thing that a person types, ticks or chooses in a form. Values are what there is to choose.
type Field struct {
	Name, Kind string
	Values     []string
	Max        int // letters that it takes; 0 says nothing
}

// Links lists where the page's links lead within the site, each once: paths with
// their query, hidden ones too.
func (b *Browser) Links() []string {
	b.t.Helper()
	page := b.page()
	var found []string
	seen := map[string]bool{}
	for _, n := range elements(b.here(), "a", "area") {
		to, err := page.resolve(page.url, attr(n, "href"))
		if err != nil || !has(n, "href") || strings.HasPrefix(attr(n, "href"), "#") || !b.tab.person.ours(to) {
			continue
		}
		if path := to.RequestURI(); !seen[path] {
			seen[path] = true
			found = append(found, path)
		}
	}
	return found
}

// Forms lists the page's forms that stay within the site.
func (b *Browser) Forms() []Form {
	b.t.Helper()
	page := b.page()
	var found []Form
	for _, n := range elements(b.here(), "form") {
		to, err := page.resolve(page.url, attr(n, "action"))
		if err != nil || !b.tab.person.ours(to) || strings.EqualFold(attr(n, "method"), "dialog") {
			continue
		}
		form := Form{Method: "GET", Action: to.RequestURI(), Entries: url.Values{}}
		if strings.EqualFold(attr(n, "method"), "post") {
			form.Method = "POST"
		}
		for _, e := range page.entries(n, nil) {
			form.Entries.Add(e.name, e.value)
		}
		for _, button := range elements(page.root, "button", "input") {
			if page.owner(button) == n && submits(button) && !disabled(button) {
				form.Buttons = append(form.Buttons, strings.Join(page.names(button), " "))
				form.Presses = append(form.Presses, page.presses(button)...)
			}
		}
		form.Fields = page.fields(n)
		found = append(found, form)
	}
	return found
}

func (d *screen) presses(button *html.Node) []Press {
	elsewhere, err := d.resolve(d.url, attr(button, "formaction"))
	switch {
	case has(button, "formaction") && err == nil:
		return []Press{{elsewhere.RequestURI(), attr(button, "name"), attr(button, "value")}}
	case attr(button, "name") != "":
		return []Press{{"", attr(button, "name"), attr(button, "value")}}
	}
	return nil
}

// fields are those of a form, a group of boxes or radio buttons as one.
func (d *screen) fields(form *html.Node) []Field {
	var found []Field
	for _, n := range elements(d.root, "input", "select", "textarea") {
		if d.owner(n) != form || !isField(n) || attr(n, "name") == "" || disabled(n) || has(n, "readonly") || ancestor(n, "datalist", "template") != nil {
			continue
		}
		most, _ := strconv.Atoi(attr(n, "maxlength")) // what is no number is no limit
		field := Field{Name: attr(n, "name"), Kind: n.Data, Max: most}
		switch {
		case is(n, "input"):
			field.Kind = kind(n)
		case is(n, "select"):
			for _, option := range elements(n, "option") {
				field.Values = append(field.Values, optionValue(option))
			}
		}
		if field.Kind == "checkbox" || field.Kind == "radio" {
			field.Values = []string{"on"}
			if has(n, "value") {
				field.Values = []string{attr(n, "value")}
			}
			if at := slices.IndexFunc(found, func(f Field) bool { return f.Name == field.Name && f.Kind == field.Kind }); at >= 0 {
				found[at].Values = append(found[at].Values, field.Values...)
				continue
			}
		}
		found = append(found, field)
	}
	return found
}
