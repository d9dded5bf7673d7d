package mails

import (
	"cabinet/db"
	"cabinet/views"
)

// Mails about money.

func (w writer) invoice() content {
	letter := w.letter()
	words := w.words("invoice", db.Numbered(letter.Invoice), "sum", w.euro(letter.Short), "number", letter.Number)
	parts := append([]part{
		words.opening,
		w.reason(),
		goods{w.goods(), fact{w.say("mails.total"), w.euro(letter.Amount)}},
		w.goTo("mails.invoice.button"),
		w.p("mails.invoice.attached"),
	}, w.bank()...)
	return content{words.subject, "mails.why.money", append(parts, words.closing)}
}

// paymentMissing reminds of an invoice, or says how much of it is still missing.
func (w writer) paymentMissing() content {
	letter := w.letter()
	words := w.words("invoice", db.Numbered(letter.Invoice), "sum", w.euro(letter.Short), "number", letter.Number)
	parts := append([]part{
		words.opening,
		w.reason(),
		facts{{w.say("mails.invoice.amount"), w.euro(letter.Amount)}},
		w.goTo("mails.invoice.button"),
	}, w.bank()...)
	return content{words.subject, "mails.why.money", append(parts, words.closing)}
}

// bank says what to send, until when, where and under which reference.
func (w writer) bank() []part {
	invoice := w.out.Invoice
	due := facts{{w.say("mails.due"), w.euro(w.letter().Short)}, {w.say("mails.due_on"), ""}, {w.say("mails.reference"), invoice.Reference}}
	if w.letter().DueOn != nil {
		due[1].value = views.LongDate(w.ctx, *w.letter().DueOn)
	}
	parts := []part{heading(w.say("mails.bank")), w.p("mails.bank_text"), due}
	for _, details := range w.out.Payable {
		parts = append(parts, w.payable(details)...)
	}
	return parts
}

// payable is where money of one currency goes, each figure named as the bank's own form names it.
func (w writer) payable(to db.PaymentDetail) []part {
	if to.Currency == db.EUR {
		return []part{heading(w.say("mails.bank.euros")), facts{
			{w.say("mails.bank.payee"), to.Payee}, {"IBAN", to.Account}, {"BIC", to.Bic}, {w.say("mails.bank.name"), to.Bank},
		}}
	}
	amount := ""
	if rubles := w.out.Invoice.RubDue(); rubles > 0 {
		amount = views.Money(w.ctx, rubles, db.RUB)
	}
	return []part{heading(w.say("mails.bank.rubles")), facts{
		{w.say("mails.due"), amount}, {w.say("mails.bank.payee"), to.Payee}, {w.say("mails.bank.inn"), to.Inn}, {w.say("mails.bank.kpp"), to.Kpp},
		{w.say("mails.bank.account"), to.Account}, {w.say("mails.bank.name"), to.Bank}, {w.say("mails.bank.bic"), to.Bic},
		{w.say("mails.bank.corr_account"), to.CorrAccount},
	}}
}

func (w writer) deliveryCharged() content {
	letter := w.letter()
	words := w.words("sum", w.euro(letter.Amount), "number", letter.Number)
	return content{words.subject, "mails.why.money", []part{
		words.opening,
		facts{w.ordersFact(), w.methodFact(), w.weightFact(), w.balanceFact()},
		w.goTo("mails.parcel.button"),
		words.closing,
	}}
}

func (w writer) topUp() content {
	letter := w.letter()
	if letter.Points > 0 {
		words := w.words("sum", views.TN(w.ctx, "wallet.count", letter.Points))
		return content{words.subject, "mails.why.money", []part{
			words.opening,
			facts{{w.say("mails.points"), views.Number(w.ctx, db.PointsIn(letter.Balance))}},
			words.closing,
			w.goTo("mails.wallet.button"),
		}}
	}
	words := w.words("sum", w.euro(letter.Amount))
	return content{words.subject, "mails.why.money", []part{
		words.opening,
		facts{w.balanceFact()},
		words.closing,
		w.goTo("mails.balance.button"),
	}}
}

func (w writer) refund() content {
	words := w.words("sum", w.euro(w.letter().Amount))
	return content{words.subject, "mails.why.money", []part{
		words.opening,
		w.reason(),
		goods{lines: w.goods()},
		facts{w.balanceFact()},
		w.goTo("mails.balance.button"),
		words.closing,
	}}
}

// balanceFact is what the balance came to.
func (w writer) balanceFact() fact {
	return fact{w.say("mails.balance"), w.euro(w.letter().Balance)}
}
