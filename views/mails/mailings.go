package mails

import (
	"strings"

	"github.com/a-h/templ"
)

// confirmMailings asks whether it was the owner of the address who wants mailings.
func (w writer) confirmMailings() content {
	words := w.words("email", oneLine(w.letter().Email))
	return content{words.subject, "mails.why.mailings", []part{words.opening, w.goWith("mails.mailings.button"), words.closing}}
}

// newsletter is what an editor wrote, and how to get no more of it.
func (w writer) newsletter() content {
	return content{w.letter().Subject, "mails.why.newsletter", []part{
		prose{w.letter().Markdown, w.letter().HTML, w.base}, paragraph(w.say("mails.newsletter.about", "mailing", oneLine(w.letter().Mailing))),
		links{w.say("mails.newsletter.choices"), []button{
			{w.say("mails.newsletter.end"), w.link(w.letter().Path)}, {w.say("mails.newsletter.archive"), w.link("/newsletters")}, {w.say("mails.newsletter.help"), w.link("/mailings/help")},
		}},
	}}
}

// prose is what an editor wrote: Markdown, which reads well as it is, and its HTML. Addresses of ours in both are made whole.
type prose struct{ markdown, html, base string }

func (p prose) print(text *strings.Builder) {
	text.WriteString(strings.ReplaceAll(p.markdown, "](/", "]("+p.base+"/") + "\n")
}

func (p prose) draw() templ.Component {
	return drawProse(strings.NewReplacer(`href="/`, `href="`+p.base+`/`, `src="/`, `src="`+p.base+`/`).Replace(p.html))
}
