package mails

import "cabinet/views"

// consultation says that something happened in a consultation, and not what: that is for its customer's eyes.
func (w writer) consultation() content {
	words := w.words()
	return content{words.subject, "mails.why.consultation", []part{words.opening, w.goTo("mails.consultation.button"), words.closing}}
}

// consultationDue tells a specialist until when somebody waits, on the specialist's own clock.
func (w writer) consultationDue() content {
	due := ""
	if at := w.letter().At; at != nil {
		due = views.Moment(views.WithZone(w.ctx, at.Location()), *at)
	}
	words := w.words("due", due)
	return content{words.subject, "mails.why.specialist", []part{words.opening, w.goTo("mails.consultation.desk_button"), words.closing}}
}
