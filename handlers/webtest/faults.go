package webtest

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Faults reads the hygiene of a whole HTML document: what is wrong with its
// structure, its names and labels, and what its Content-Security-Policy would
// refuse. Every page a [Browser] visits is read so.
func Faults(body string) []string {
	doc, err := parse(body)
	if err != nil {
		return []string{err.Error()}
	}
	found := structure(body)
	found = append(found, doc.head()...)
	found = append(found, doc.ids()...)
	for _, n := range elements(doc.root) {
		found = append(found, doc.named(n)...)
		found = append(found, doc.pointing(n)...)
		found = append(found, scripted(n)...)
	}
	return found
}

// head checks what a document says of itself.
func (d *document) head() []string {
	var found []string
	root := elements(d.root, "html")
	if len(root) == 0 || strings.TrimSpace(attr(root[0], "lang")) == "" {
		found = append(found, "<html> has no lang")
	}
	titled := false
	for _, n := range elements(d.root, "title") {
		titled = titled || is(n.Parent, "head") && squeeze(raw(n)) != ""
	}
	if !titled {
		found = append(found, "the page has no title")
	}
	return found
}

func (d *document) ids() []string {
	var found []string
	seen := map[string]int{}
	for _, n := range elements(d.root) {
		if !has(n, "id") {
			continue
		}
		id := attr(n, "id")
		if id == "" || strings.ContainsAny(id, " \t\n") {
			found = append(found, fmt.Sprintf("<%s> has the id %q, which is none", n.Data, id))
		}
		if seen[id]++; seen[id] == 2 {
			found = append(found, fmt.Sprintf("the id %q stands on several elements", id))
		}
	}
	return found
}

// named wants a name on everything a person uses.
func (d *document) named(n *html.Node) []string {
	switch {
	case ancestor(n, "template") != nil:
	case isField(n) && !d.labelled(n):
		return []string{describe(n) + " has no label"}
	case (isButton(n) || is(n, "a") && has(n, "href") || is(n, "summary")) && !d.called(n):
		return []string{describe(n) + " has nothing to call it by"}
	case is(n, "img") && !has(n, "alt"):
		return []string{describe(n) + " has no alt"}
	case is(n, "form") && !strings.EqualFold(attr(n, "method"), "post") && d.asksPassword(n):
		return []string{describe(n) + " would put a password into the address"}
	}
	return nil
}

// labelled does not take a placeholder for a label: it goes away with the first letter.
func (d *document) labelled(field *html.Node) bool {
	for _, label := range d.labels(field) {
		if labelText(label) != "" {
			return true
		}
	}
	return d.saidAside(field)
}

// called reads a closed menu's entries too, so it asks the source and not the eye.
func (d *document) called(n *html.Node) bool {
	if squeeze(raw(n)) != "" || squeeze(caption(n)) != "" || d.saidAside(n) {
		return true
	}
	return slices.ContainsFunc(elements(n, "img"), func(img *html.Node) bool { return attr(img, "alt") != "" })
}

func (d *document) saidAside(n *html.Node) bool {
	for id := range strings.FieldsSeq(attr(n, "aria-labelledby")) {
		if by := d.byID(id); by != nil && squeeze(raw(by)) != "" {
			return true
		}
	}
	return squeeze(attr(n, "aria-label")) != "" || squeeze(attr(n, "title")) != ""
}

func (d *document) asksPassword(form *html.Node) bool {
	return slices.ContainsFunc(elements(d.root, "input"), func(n *html.Node) bool {
		return kind(n) == "password" && d.owner(n) == form
	})
}

// pointing checks that every id an attribute names is on the page.
func (d *document) pointing(n *html.Node) []string {
	var found []string
	for _, a := range n.Attr {
		switch a.Key {
		case "for", "form", "list", "popovertarget", "commandfor", "aria-labelledby", "aria-describedby", "aria-controls", "aria-errormessage", "aria-owns", "headers":
			for id := range strings.FieldsSeq(a.Val) {
				if d.byID(id) == nil {
					found = append(found, fmt.Sprintf("%s has %s=%q, and no element has that id", describe(n), a.Key, id))
				}
			}
		case "href":
			id, local := strings.CutPrefix(a.Val, "#")
			if name, err := url.PathUnescape(id); err == nil {
				id = name
			}
			if local && is(n, "a", "use") && id != "" && id != "top" && d.byID(id) == nil {
				found = append(found, fmt.Sprintf("%s leads to #%s, which is not on the page", describe(n), id))
			}
		}
	}
	return found
}

// scripted finds code and style that stand in the page itself: the policy
// refuses them, and where it would not they are an attacker's door.
func scripted(n *html.Node) []string {
	var found []string
	if data := strings.ToLower(attr(n, "type")); is(n, "script") && !has(n, "src") && data != "application/json" && data != "application/ld+json" {
		found = append(found, "an inline <script>")
	}
	if is(n, "style") {
		found = append(found, "an inline <style>")
	}
	for _, a := range n.Attr {
		value := strings.ToLower(strings.TrimSpace(a.Val))
		switch key := strings.ToLower(a.Key); {
		case key == "style":
			found = append(found, describe(n)+" has a style attribute")
		case strings.HasPrefix(key, "on"), strings.HasPrefix(key, "hx-on"), strings.HasPrefix(key, "data-hx-on"):
			found = append(found, fmt.Sprintf("%s has the attribute %s", describe(n), a.Key))
		case strings.HasPrefix(value, "javascript:"), strings.HasPrefix(value, "js:"):
			found = append(found, fmt.Sprintf("%s has code in %s", describe(n), a.Key))
		case key == "hx-trigger" && strings.Contains(value, "["):
			found = append(found, describe(n)+" has a filter in hx-trigger, which is code")
		}
	}
	return found
}

// structure follows the tags as they were written, before the parser mends them.
func structure(body string) []string {
	s := &nesting{}
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		kind := z.Next()
		written := string(z.Raw())
		switch token := z.Token(); kind {
		case html.ErrorToken:
			return s.end()
		case html.DoctypeToken:
			s.doctype = true
		case html.StartTagToken:
			s.start(token.Data)
			s.twice(token.Data, written)
		case html.SelfClosingTagToken:
			s.alone(token.Data)
			s.twice(token.Data, written)
		case html.EndTagToken:
			s.close(token.Data)
		case html.TextToken:
			s.words(token.Data)
		}
	}
}

type nesting struct {
	open    []string
	doctype bool
	found   []string
}

var (
	void = words("area base br col embed hr img input link meta source track wbr")

	// optional may be left open: a neighbour or the end of the parent closes them.
	optional = words("html head body p li dt dd option optgroup tr td th thead tbody tfoot colgroup rp rt")

	// block ends a paragraph that was left open.
	block = words("address article aside blockquote details dialog div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section table ul")

	// parts are what may stand right inside the skeleton of a table.
	parts = map[string]map[string]bool{
		"table": words("caption colgroup thead tbody tfoot tr script template"),
		"thead": words("tr script template"),
		"tbody": words("tr script template"),
		"tfoot": words("tr script template"),
		"tr":    words("td th script template"),
	}

	// siblings are closed by another of the same list.
	siblings = []map[string]bool{words("li"), words("dt dd"), words("option optgroup"), words("td th"), sections}

	cells    = words("td th tr")
	sections = words("thead tbody tfoot")

	// operated elements cannot stand inside a button.
	operated = words("a button input select textarea label details")
)

func (s *nesting) fault(format string, args ...any) {
	s.found = append(s.found, fmt.Sprintf(format, args...)+" (in "+strings.Join(s.open, " > ")+")")
}

func (s *nesting) top() string {
	if len(s.open) == 0 {
		return ""
	}
	return s.open[len(s.open)-1]
}

func (s *nesting) inside(tag string) bool { return slices.Contains(s.open, tag) }

func (s *nesting) drawing() bool { return s.inside("svg") || s.inside("math") }

func (s *nesting) start(tag string) {
	if !s.drawing() {
		s.implied(tag)
		s.allowed(tag)
	}
	if !void[tag] || s.drawing() {
		s.open = append(s.open, tag)
	}
}

// alone takes <br/>; only a drawing may end other tags so.
func (s *nesting) alone(tag string) {
	switch {
	case s.drawing() || tag == "svg":
	case void[tag]:
		s.start(tag)
	default:
		s.fault("<%s/> does not close itself", tag)
		s.start(tag)
	}
}

// implied closes what the start of tag closes by the rules of HTML.
func (s *nesting) implied(tag string) {
	if block[tag] && s.top() == "p" {
		s.pop()
	}
	if tag == "tr" || parts["table"][tag] && tag != "script" && tag != "template" {
		for cells[s.top()] {
			s.pop()
		}
	}
	if sections[tag] && s.top() == "colgroup" {
		s.pop()
	}
	for _, kin := range siblings {
		if !kin[tag] {
			continue
		}
		for kin[s.top()] && !(tag == "option" && s.top() == "optgroup") {
			s.pop()
		}
	}
}

func (s *nesting) allowed(tag string) {
	if inside, skeleton := parts[s.top()]; skeleton && !inside[tag] {
		s.fault("<%s> cannot stand right inside <%s>", tag, s.top())
	}
	switch {
	case tag == "form" && s.inside("form"):
		s.fault("a <form> inside a <form>")
	case operated[tag] && s.inside("button"):
		s.fault("<%s> inside a <button>", tag)
	case tag != "input" && tag != "label" && operated[tag] && s.inside("a"):
		s.fault("<%s> inside an <a>", tag)
	case tag == "label" && s.inside("label"):
		s.fault("a <label> inside a <label>")
	}
}

var attribute = regexp.MustCompile(`([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?`)

// twice reads the tag as written: the tokenizer drops a second attribute of one name.
func (s *nesting) twice(tag, written string) {
	seen := map[string]bool{}
	for _, match := range attribute.FindAllStringSubmatch(written[len("<")+len(tag):], -1) {
		key := strings.ToLower(match[1])
		if seen[key] {
			s.fault("<%s> has the attribute %s twice", tag, key)
		}
		seen[key] = true
	}
}

func (s *nesting) pop() { s.open = s.open[:len(s.open)-1] }

func (s *nesting) close(tag string) {
	if void[tag] && !s.drawing() {
		s.fault("</%s> closes nothing", tag)
		return
	}
	at := len(s.open) - 1
	for at >= 0 && s.open[at] != tag && optional[s.open[at]] {
		at--
	}
	if at >= 0 && s.open[at] == tag {
		s.open = s.open[:at]
		return
	}
	if !s.inside(tag) {
		s.fault("</%s> closes nothing", tag)
		return
	}
	s.fault("</%s> comes while <%s> is open", tag, s.top())
	for s.top() != tag {
		s.pop()
	}
	s.pop()
}

func (s *nesting) words(text string) {
	if _, skeleton := parts[s.top()]; skeleton && strings.TrimSpace(text) != "" && !s.drawing() {
		s.fault("the words %q cannot stand right inside <%s>", squeeze(text), s.top())
	}
}

func (s *nesting) end() []string {
	if !s.doctype {
		s.fault("the page has no doctype")
	}
	for _, tag := range s.open {
		if !optional[tag] {
			s.fault("<%s> is never closed", tag)
		}
	}
	return s.found
}
