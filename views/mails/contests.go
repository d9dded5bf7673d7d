package mails

import (
	"strconv"

	"cabinet/views"
)

// contest says what an entry has won, or that there are results, or why there will be none.
func (w writer) contest() content {
	letter := w.letter()
	words := w.words("contest", oneLine(letter.Subject), "place", strconv.Itoa(int(letter.Place)))
	if letter.Act != "" {
		return content{words.subject, "mails.why.contest", []part{words.opening, w.reason(), w.goTo("mails.contest.open"), words.closing}}
	}
	prize := facts{{w.say("mails.contest.place"), strconv.Itoa(int(letter.Place))}, {w.say("mails.contest.goods"), oneLine(letter.Comment)}}
	if letter.Points > 0 {
		prize = append(prize, fact{w.say("mails.contest.points"), views.Number(w.ctx, letter.Points)})
	}
	label := "mails.contest.entry"
	if letter.Comment != "" {
		label = "mails.contest.address"
	}
	return content{words.subject, "mails.why.contest", []part{words.opening, prize, w.goTo(label), words.closing}}
}
