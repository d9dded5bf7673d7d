package mails

// answer is ours to a question that was asked in the cabinet.
func (w writer) answer() content {
	words := w.words("subject", oneLine(w.letter().Subject))
	return content{words.subject, "mails.why.ticket", []part{
		words.opening,
		w.typed("mails.ticket.answer", w.letter().Comment),
		words.closing,
		w.goTo("mails.ticket.button"),
	}}
}
