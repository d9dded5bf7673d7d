package webtest

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// File is what a person attaches to a form.
type File struct {
	Name    string
	Type    string
	Content []byte
}

// entry is one name and value of a form, in the order of the page.
type entry struct {
	name, value string
	file        *File
}

// kind is the type of an input or a button, with its default.
func kind(n *html.Node) string {
	declared := strings.ToLower(attr(n, "type"))
	switch {
	case is(n, "button") && declared != "button" && declared != "reset":
		return "submit"
	case is(n, "input") && declared == "":
		return "text"
	}
	return declared
}

func isButton(n *html.Node) bool {
	return is(n, "button") || is(n, "input") && pressed[kind(n)]
}

var pressed = words("submit button reset image")

func submits(n *html.Node) bool {
	return isButton(n) && (kind(n) == "submit" || kind(n) == "image")
}

func isField(n *html.Node) bool {
	return is(n, "select", "textarea") || is(n, "input") && kind(n) != "hidden" && !isButton(n)
}

// owner is the form of a control: the one its form attribute names, or the one around it.
func (d *document) owner(control *html.Node) *html.Node {
	if has(control, "form") {
		if form := d.byID(attr(control, "form")); is(form, "form") {
			return form
		}
		return nil
	}
	return ancestor(control, "form")
}

// disabled asks the control and the fieldsets around it; a fieldset's first
// legend stays usable.
func disabled(control *html.Node) bool {
	if has(control, "disabled") {
		return true
	}
	for inner, n := control, control.Parent; n != nil; inner, n = n, n.Parent {
		if is(n, "fieldset") && has(n, "disabled") && inner != firstLegend(n) {
			return true
		}
	}
	return false
}

func firstLegend(fieldset *html.Node) *html.Node {
	for n := range fieldset.ChildNodes() {
		if is(n, "legend") {
			return n
		}
	}
	return nil
}

// entries are the successful controls of form when button sends it.
func (d *document) entries(form, button *html.Node) []entry {
	var found []entry
	for _, n := range elements(d.root, "input", "select", "textarea", "button") {
		if d.owner(n) != form || disabled(n) || ancestor(n, "datalist", "template") != nil {
			continue
		}
		found = append(found, d.entriesOf(n, button)...)
	}
	return found
}

func (d *document) entriesOf(n, button *html.Node) []entry {
	name := attr(n, "name")
	if is(n, "input") && kind(n) == "image" && n == button {
		return []entry{{name: strings.TrimPrefix(name+".x", "."), value: "0"}, {name: strings.TrimPrefix(name+".y", "."), value: "0"}}
	}
	if name == "" || isButton(n) && n != button {
		return nil
	}
	switch {
	case is(n, "select"):
		var found []entry
		for _, option := range selected(n) {
			found = append(found, entry{name: name, value: optionValue(option)})
		}
		return found
	case kind(n) == "file":
		return d.attached(n, name)
	case kind(n) == "checkbox" || kind(n) == "radio":
		if !has(n, "checked") {
			return nil
		}
		if !has(n, "value") {
			return []entry{{name: name, value: "on"}}
		}
	case kind(n) == "hidden" && name == "_charset_":
		return []entry{{name: name, value: "UTF-8"}}
	}
	return []entry{{name: name, value: value(n)}}
}

// attached sends an empty part for a file field left alone, as browsers do.
func (d *document) attached(n *html.Node, name string) []entry {
	var found []entry
	for _, file := range d.files[n] {
		found = append(found, entry{name: name, value: file.Name, file: &file})
	}
	if found == nil {
		found = []entry{{name: name, file: &File{Type: "application/octet-stream"}}}
	}
	return found
}

// value is what stands in a field now.
func value(n *html.Node) string {
	switch {
	case is(n, "textarea"):
		return raw(n)
	case is(n, "select"):
		if option := chosen(n); option != nil {
			return optionValue(option)
		}
		return ""
	}
	return attr(n, "value")
}

func fill(n *html.Node, with string) {
	if !is(n, "textarea") {
		set(n, "value", strings.NewReplacer("\r", "", "\n", "").Replace(with))
		return
	}
	for n.FirstChild != nil {
		n.RemoveChild(n.FirstChild)
	}
	n.AppendChild(&html.Node{Type: html.TextNode, Data: with})
}

// selected are the options a select sends.
func selected(list *html.Node) []*html.Node {
	if has(list, "multiple") {
		var found []*html.Node
		for _, option := range elements(list, "option") {
			if has(option, "selected") && !closedOption(option) {
				found = append(found, option)
			}
		}
		return found
	}
	if option := chosen(list); option != nil && !closedOption(option) {
		return []*html.Node{option}
	}
	return nil
}

// chosen is the option a select of one shows: the last marked one, or the first
// that can be had.
func chosen(list *html.Node) *html.Node {
	var first, marked *html.Node
	for _, option := range elements(list, "option") {
		if first == nil && !closedOption(option) {
			first = option
		}
		if has(option, "selected") {
			marked = option
		}
	}
	if marked != nil {
		return marked
	}
	return first
}

func closedOption(option *html.Node) bool {
	return has(option, "disabled") || is(option.Parent, "optgroup") && has(option.Parent, "disabled")
}

func optionValue(option *html.Node) string {
	if has(option, "value") {
		return attr(option, "value")
	}
	return strings.Join(strings.Fields(raw(option)), " ")
}

// choose marks one option; a select of one lets go of the others.
func choose(option *html.Node) {
	if list := ancestor(option, "select"); !has(list, "multiple") {
		for _, other := range elements(list, "option") {
			unset(other, "selected")
		}
	}
	set(option, "selected", "")
}

// check marks a box; a radio button lets go of the others of its name and form.
func (d *document) check(n *html.Node) {
	if kind(n) == "radio" {
		for _, other := range elements(d.root, "input") {
			if kind(other) == "radio" && attr(other, "name") == attr(n, "name") && d.owner(other) == d.owner(n) {
				unset(other, "checked")
			}
		}
	}
	set(n, "checked", "")
}

// defaultButton is what Enter presses: the first submit button of the form, even
// when it is disabled and so does nothing.
func (d *document) defaultButton(form *html.Node) *html.Node {
	for _, n := range elements(d.root, "input", "button") {
		if d.owner(n) == form && submits(n) {
			return n
		}
	}
	return nil
}

// formRequest is what the browser sends when button submits form from a page at here.
func (d *document) formRequest(form, button *html.Node, here *url.URL) (request, error) {
	said := func(key, of string) string {
		if button != nil && has(button, of) {
			return attr(button, of)
		}
		return attr(form, key)
	}
	action, err := d.resolve(here, said("action", "formaction"))
	if err != nil {
		return request{}, err
	}
	entries := d.entries(form, button)
	if !strings.EqualFold(said("method", "formmethod"), "post") {
		action.RawQuery = encode(entries)
		return request{method: "GET", url: action}, nil
	}
	if strings.EqualFold(said("enctype", "formenctype"), "multipart/form-data") {
		body, contentType, err := multiparts(entries)
		return request{method: "POST", url: action, body: body, contentType: contentType}, err
	}
	return request{method: "POST", url: action, body: []byte(encode(entries)), contentType: "application/x-www-form-urlencoded"}, nil
}

// resolve reads an address of the page as a browser does.
func (d *document) resolve(here *url.URL, address string) (*url.URL, error) {
	base := here
	for _, n := range elements(d.root, "base") {
		if has(n, "href") {
			parsed, err := here.Parse(attr(n, "href"))
			if err != nil {
				return nil, err
			}
			base = parsed
			break
		}
	}
	address = strings.TrimSpace(address)
	if address == "" {
		base = here
	}
	found, err := base.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the address %q: %w", address, err)
	}
	found.Fragment, found.RawFragment = "", ""
	return found, nil
}

func encode(entries []entry) string {
	var pairs []string
	for _, e := range entries {
		pairs = append(pairs, url.QueryEscape(lines(e.name))+"="+url.QueryEscape(lines(e.value)))
	}
	return strings.Join(pairs, "&")
}

// lines ends every line with CRLF, as forms are sent.
func lines(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	return strings.ReplaceAll(text, "\n", "\r\n")
}

var quoted = strings.NewReplacer("\r", "%0D", "\n", "%0A", `"`, "%22")

func multiparts(entries []entry) ([]byte, string, error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, e := range entries {
		header, content := textproto.MIMEHeader{}, []byte(lines(e.value))
		disposition := `form-data; name="` + quoted.Replace(e.name) + `"`
		if e.file != nil {
			disposition += `; filename="` + quoted.Replace(e.file.Name) + `"`
			header.Set("Content-Type", e.file.Type)
			content = e.file.Content
		}
		header.Set("Content-Disposition", disposition)
		part, err := w.CreatePart(header)
		if err != nil {
			return nil, "", err
		}
		if _, err := part.Write(content); err != nil {
			return nil, "", err
		}
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return body.Bytes(), w.FormDataContentType(), nil
}
