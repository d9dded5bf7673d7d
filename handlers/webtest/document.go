package webtest

import (
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// document is a parsed page. What a person fills in is kept in its own nodes, so
// that a page gone back to is as it was left.
type document struct {
	root  *html.Node
	first map[string]*html.Node // the first element of every id
	label []*html.Node
	files map[*html.Node][]File
}

// parse reads a page as a browser without scripts does: what stands in noscript counts.
func parse(body string) (*document, error) {
	root, err := html.ParseWithOptions(strings.NewReader(body), html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil, err
	}
	d := &document{root: root, first: map[string]*html.Node{}, label: elements(root, "label"), files: map[*html.Node][]File{}}
	for _, n := range elements(root) {
		if id := attr(n, "id"); id != "" && d.first[id] == nil {
			d.first[id] = n
		}
	}
	return d, nil
}

// all lists the elements that selector means, in the order of the page.
func (d *document) all(selector string) ([]*html.Node, error) {
	group, err := cascadia.ParseGroup(selector)
	if err != nil {
		return nil, err
	}
	return cascadia.QueryAll(d.root, group), nil
}

func (d *document) byID(id string) *html.Node { return d.first[id] }

// elements lists what stands in scope under the given tag names; no names means all.
func elements(scope *html.Node, tags ...string) []*html.Node {
	var found []*html.Node
	for n := range scope.Descendants() {
		if n.Type == html.ElementNode && (len(tags) == 0 || is(n, tags...)) {
			found = append(found, n)
		}
	}
	return found
}

func is(n *html.Node, tags ...string) bool {
	if n == nil || n.Type != html.ElementNode {
		return false
	}
	for _, tag := range tags {
		if n.Data == tag {
			return true
		}
	}
	return false
}

func ancestor(n *html.Node, tags ...string) *html.Node {
	for n = n.Parent; n != nil; n = n.Parent {
		if is(n, tags...) {
			return n
		}
	}
	return nil
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Namespace == "" && a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Namespace == "" && a.Key == key {
			return true
		}
	}
	return false
}

func set(n *html.Node, key, value string) {
	unset(n, key)
	n.Attr = append(n.Attr, html.Attribute{Key: key, Val: value})
}

func unset(n *html.Node, key string) {
	kept := n.Attr[:0]
	for _, a := range n.Attr {
		if a.Namespace != "" || a.Key != key {
			kept = append(kept, a)
		}
	}
	n.Attr = kept
}

// shown marks a popover that a button opened; the attribute is the harness's own.
const shown = "webtest-shown"

// barred says why a person cannot see n, or nothing when they can.
func barred(n *html.Node) string {
	for ; n != nil; n = n.Parent {
		if n.Type != html.ElementNode {
			continue
		}
		switch {
		case is(n, "template"):
			return "it is inside a <template>"
		case has(n, "hidden"):
			return "it is hidden by the hidden attribute of " + describe(n)
		case has(n, "inert"):
			return "it is inside " + describe(n) + ", which is inert"
		case is(n, "dialog") && !has(n, "open"):
			return "it is inside " + describe(n) + ", which is closed"
		case has(n, "popover") && !has(n, shown):
			return "it is inside the popover " + describe(n) + ", which is closed: press its button first"
		case is(n.Parent, "details") && !has(n.Parent, "open") && n != summary(n.Parent):
			return "it is inside " + describe(n.Parent) + ", which is closed: click its summary first"
		}
	}
	return ""
}

func summary(details *html.Node) *html.Node {
	for n := range details.ChildNodes() {
		if is(n, "summary") {
			return n
		}
	}
	return nil
}

// describe names an element in a failure: its tag with the id or the class.
func describe(n *html.Node) string {
	switch {
	case attr(n, "id") != "":
		return "<" + n.Data + " id=" + attr(n, "id") + ">"
	case attr(n, "name") != "":
		return "<" + n.Data + " name=" + attr(n, "name") + ">"
	case attr(n, "class") != "":
		return "<" + n.Data + " class=" + attr(n, "class") + ">"
	}
	return "<" + n.Data + ">"
}

// text is what a person reads in n.
func text(n *html.Node) string {
	if barred(n) != "" {
		return ""
	}
	return textBut(n, nothing)
}

func nothing(*html.Node) bool { return false }

// textBut leaves out the elements that but names.
func textBut(n *html.Node, but func(*html.Node) bool) string {
	var b strings.Builder
	write(&b, n, but)
	return squeeze(b.String())
}

func write(b *strings.Builder, n *html.Node, but func(*html.Node) bool) {
	if n.Type == html.TextNode {
		b.WriteString(n.Data)
		return
	}
	if n.Type == html.ElementNode && (silent(n) || but(n)) {
		return
	}
	apart := n.Type == html.ElementNode && !inline[n.Data]
	if apart {
		b.WriteByte(' ')
	}
	switch {
	case is(n, "img"):
		b.WriteString(attr(n, "alt"))
	case is(n, "input"):
		b.WriteString(caption(n))
	default:
		for child := range n.ChildNodes() {
			write(b, child, but)
		}
	}
	if apart {
		b.WriteByte(' ')
	}
}

// silent tells the elements that say nothing: not for the eye, closed, or an
// option that is not chosen.
func silent(n *html.Node) bool {
	switch {
	case is(n, "head", "script", "style", "template", "datalist", "textarea", "iframe", "object", "audio", "video", "canvas"):
		return true
	case is(n, "title", "desc") && n.Namespace == "svg":
		return true
	case has(n, "hidden"), is(n, "dialog") && !has(n, "open"), has(n, "popover") && !has(n, shown):
		return true
	case is(n.Parent, "details") && !has(n.Parent, "open") && n != summary(n.Parent):
		return true
	case is(n, "option"):
		list := ancestor(n, "select")
		return list != nil && !has(list, "multiple") && n != chosen(list)
	}
	return false
}

// inline elements do not part the words around them.
var inline = words("a abbr b bdi bdo cite code data del dfn em font i ins kbd label mark q s samp small span strong sub sup time tt u var wbr")

func words(list string) map[string]bool {
	found := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		found[word] = true
	}
	return found
}

// caption is what is written on an input that is a button.
func caption(n *html.Node) string {
	if !is(n, "input") {
		return ""
	}
	switch kind(n) {
	case "submit":
		if !has(n, "value") {
			return "Submit"
		}
		return attr(n, "value")
	case "button", "reset":
		return attr(n, "value")
	case "image":
		return attr(n, "alt")
	}
	return ""
}

// names are what a person, or a screen reader for them, may call n.
func (d *document) names(n *html.Node) []string {
	var found []string
	add := func(name string) {
		if name = squeeze(name); name != "" {
			found = append(found, name)
		}
	}
	if is(n, "input", "select", "textarea") {
		for _, label := range d.labels(n) {
			add(labelText(label))
		}
		add(caption(n))
	} else {
		add(textBut(n, nothing))
	}
	for id := range strings.FieldsSeq(attr(n, "aria-labelledby")) {
		if by := d.byID(id); by != nil {
			add(textBut(by, nothing))
		}
	}
	add(attr(n, "aria-label"))
	add(attr(n, "title"))
	add(attr(n, "placeholder"))
	if len(found) == 0 {
		for _, drawn := range elements(n, "title") {
			add(raw(drawn))
		}
	}
	return found
}

// raw is the text of n as it stands in the source.
func raw(n *html.Node) string {
	var b strings.Builder
	for child := range n.Descendants() {
		if child.Type == html.TextNode {
			b.WriteString(child.Data)
		}
	}
	return b.String()
}

// labels are the <label>s of a field: around it, or pointing to its id.
func (d *document) labels(field *html.Node) []*html.Node {
	var found []*html.Node
	for _, label := range d.label {
		switch {
		case has(label, "for"):
			if id := attr(label, "for"); id != "" && id == attr(field, "id") {
				found = append(found, label)
			}
		case ancestor(field, "label") == label:
			found = append(found, label)
		}
	}
	return found
}

// labelText leaves out what else stands inside the label: the fields themselves,
// and the problem or the hint, which is no part of a field's name.
func labelText(label *html.Node) string {
	return textBut(label, func(n *html.Node) bool { return is(n, "input", "select", "textarea", "small") })
}
