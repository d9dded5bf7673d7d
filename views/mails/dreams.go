package mails

import "cabinet/views"

// dream says that a dream was answered, and not how: that is for its author's eyes.
func (w writer) dream() content {
	day := ""
	if w.letter().Day != nil {
		day = views.LongDate(w.ctx, *w.letter().Day)
	}
	words := w.words("day", day)
	return content{words.subject, "mails.why.dream", []part{words.opening, w.goTo("mails.dream.button"), words.closing}}
}
