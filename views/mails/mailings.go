package mails

import (
	"strings"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

// confirmMailings asks whether it was the owner of the address who wants mailings.
func (w writer) confirmMailings() content {
	words := w.words("email", oneLine(w.letter().Email))
	return content{words.subject, "mails.why.mailings", []part{words.opening, w.goWith("mails.mailings.button"), words.closing}}
}

// newsletter is what an editor wrote, and how to get no more of it.
func (w writer) newsletter() content {
	return content{w.letter().Subject, "mails.why.newsletter", []part{
		prose{w.letter().HTML, w.base}, paragraph(w.say("mails.newsletter.about", "mailing", oneLine(w.letter().Mailing))),
		links{w.say("mails.newsletter.choices"), []button{
			{w.say("mails.newsletter.end"), w.link(w.letter().Path)}, {w.say("mails.newsletter.archive"), w.link("/newsletters")}, {w.say("mails.newsletter.help"), w.link("/mailings/help")},
		}},
	}}
}

// prose is a text with headings, lists and links. Addresses of ours in it are made whole.
type prose struct{ html, base string }

func (p prose) draw() templ.Component {
	return templ.Raw(strings.NewReplacer(`href="/`, `href="`+p.base+`/`, `src="/`, `src="`+p.base+`/`).Replace(p.html))
}

// print says the same without markup: a line between paragraphs, a star before each point, and behind each link where
// it leads.
func (p prose) print(text *strings.Builder) {
	root, err := html.Parse(strings.NewReader(p.html))
	if err != nil {
		return // a reader of strings has no errors
	}
	said := strings.Builder{}
	p.say(&said, root)
	lines := strings.Split(strings.TrimSpace(said.String()), "\n")
	empty := true
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" || !empty {
			text.WriteString(line + "\n")
		}
		empty = line == ""
	}
}

func (p prose) say(text *strings.Builder, node *html.Node) {
	if node.Type == html.TextNode {
		text.WriteString(strings.ReplaceAll(node.Data, "\n", " "))
		return
	}
	before, after := leads[node.Data], ""
	switch node.Data {
	case "a":
		if to := attribute(node, "href"); to != "" {
			after = " (" + p.whole(to) + ")"
		}
	case "img":
		after = attribute(node, "alt")
	case "td", "th":
		after = " "
	}
	text.WriteString(before)
	for child := range node.ChildNodes() {
		p.say(text, child)
	}
	text.WriteString(after)
	if before != "" && node.Data != "br" || node.Data == "tr" {
		text.WriteString("\n")
	}
}

// leads is what stands before an element that has lines of its own.
var leads = map[string]string{"p": "\n", "h2": "\n", "h3": "\n", "h4": "\n", "h5": "\n", "h6": "\n", "ul": "\n", "ol": "\n", "table": "\n", "blockquote": "\n", "pre": "\n",
	"hr": "\n---", "li": "* ", "br": "\n"}

func (p prose) whole(address string) string {
	if strings.HasPrefix(address, "/") {
		return p.base + address
	}
	return address
}

func attribute(node *html.Node, name string) string {
	for _, attr := range node.Attr {
		if attr.Key == name {
			return attr.Val
		}
	}
	return ""
}
