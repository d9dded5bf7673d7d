package mails

import "cabinet/db"

// Mails about the account itself: they prove an address, open a lost door, or warn.

// verify asks to prove an address: that of a new account, or one that shall replace another.
func (w writer) verify() content {
	email := oneLine(w.letter().Email)
	if !w.letter().Code {
		return content{w.say("mails.new_email.subject"), "mails.why.new_email", []part{
			w.p("mails.new_email.text", "email", email),
			w.goWith("mails.verify.button"),
			w.p("mails.link_lives_days"),
		}}
	}
	return content{w.say("mails.verify.subject"), "mails.why.registration", []part{
		w.p("mails.verify.text", "email", email),
		w.goWith("mails.verify.button"),
		w.p("mails.verify.code"),
		code(db.CodeMark),
		w.p("mails.verify.lives"),
		w.p("mails.verify.sign_in", "link", w.link("/sign-in"), "email", email),
	}}
}

func (w writer) alreadyRegistered() content {
	return content{w.say("mails.known.subject"), "mails.why.account", []part{
		w.p("mails.known.text", "email", oneLine(w.out.Address)),
		w.goTo("mails.known.button"),
		w.p("mails.known.forgotten", "link", w.link("/recovery")),
		w.p("mails.known.ignore"),
	}}
}

func (w writer) recovery() content {
	return content{w.say("mails.recovery.subject"), "mails.why.account", []part{
		w.p("mails.recovery.text"),
		w.goWith("mails.recovery.button"),
		w.p("mails.recovery.lives"),
		w.p("mails.recovery.ignore"),
	}}
}

func (w writer) passwordChanged() content {
	return content{w.say("mails.password.subject"), "mails.why.account", []part{
		w.p("mails.password.text"),
		w.p("mails.password.not_me"),
		w.goTo("mails.not_me"),
	}}
}

// emailChange goes to the address that shall no longer be in force.
func (w writer) emailChange() content {
	return content{w.say("mails.email.subject"), "mails.why.account", []part{
		w.p("mails.email.text", "email", oneLine(w.letter().Email)),
		w.p("mails.email.not_me"),
		w.goWith("mails.not_me"),
		w.p("mails.link_lives_days"),
	}}
}

func (w writer) guessing() content {
	return content{w.say("mails.guessing.subject"), "mails.why.account", []part{
		w.p("mails.guessing.text"),
		w.p("mails.guessing.advice"),
		w.goTo("mails.recovery.button"),
	}}
}
