package mails

import "cabinet/db"

// Mails about the account itself: they prove an address, open a lost door, or warn.

// verify asks to prove an address: that of a new account, or one that shall replace another.
func (w writer) verify() content {
	email := oneLine(w.letter().Email)
	words := w.words("email", email, "link", w.link("/sign-in"))
	if !w.letter().Code {
		return content{words.subject, "mails.why.new_email", []part{
			words.opening,
			w.goWith("mails.verify.button"),
			w.p("mails.link_lives_days"),
			words.closing,
		}}
	}
	return content{words.subject, "mails.why.registration", []part{
		words.opening,
		w.goWith("mails.verify.button"),
		w.p("mails.verify.code"),
		code(db.CodeMark),
		w.p("mails.verify.lives"),
		words.closing,
	}}
}

func (w writer) alreadyRegistered() content {
	words := w.words("email", oneLine(w.out.Address), "link", w.link("/recovery"))
	return content{words.subject, "mails.why.account", []part{
		words.opening,
		w.goTo("mails.known.button"),
		words.closing,
	}}
}

func (w writer) recovery() content {
	words := w.words()
	return content{words.subject, "mails.why.account", []part{
		words.opening,
		w.goWith("mails.recovery.button"),
		w.p("mails.recovery.lives"),
		words.closing,
	}}
}

func (w writer) passwordChanged() content {
	words := w.words()
	return content{words.subject, "mails.why.account", []part{
		words.opening,
		w.goTo("mails.not_me"),
		words.closing,
	}}
}

// emailChange goes to the address that shall no longer be in force.
func (w writer) emailChange() content {
	words := w.words("email", oneLine(w.letter().Email))
	return content{words.subject, "mails.why.account", []part{
		words.opening,
		w.goWith("mails.not_me"),
		w.p("mails.link_lives_days"),
		words.closing,
	}}
}

func (w writer) guessing() content {
	words := w.words()
	return content{words.subject, "mails.why.account", []part{
		words.opening,
		w.goTo("mails.recovery.button"),
		words.closing,
	}}
}
