package mails

// answer is ours to a question that was asked in the cabinet.
func (w writer) answer() content {
	return content{w.say("mails.ticket.subject"), "mails.why.ticket", []part{
		w.p("mails.ticket.text", "subject", oneLine(w.letter().Subject)),
		w.typed("mails.ticket.answer", w.letter().Comment),
		w.p("mails.ticket.next"),
		w.goTo("mails.ticket.button"),
	}}
}
