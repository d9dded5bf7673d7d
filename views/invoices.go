package views

import (
	"context"
	"strings"

	"cabinet/db"
)

// purposeOf is written for the bank and not for the reader, so it is always in Russian.
func purposeOf(invoice db.Invoice) string {
	ctx := WithLocale(context.Background(), "ru")
	switch {
	case invoice.OrderID != nil:
		return tf(ctx, "invoices.purpose_order", "invoice", invoice.ID.Number(), "order", invoice.OrderID.Number())
	case invoice.ParcelID != nil:
		return tf(ctx, "invoices.purpose_parcel", "invoice", invoice.ID.Number(), "parcel", invoice.ParcelID.Number())
	}
	return tf(ctx, "invoices.purpose", "invoice", invoice.ID.Number())
}

// InvoiceTitle is what an invoice is called: «Счёт № 501-7».
func InvoiceTitle(ctx context.Context, invoice db.Invoice) string {
	key := "invoices.title"
	switch invoice.Kind {
	case db.CreditNote:
		key = "invoices.title_credit_note"
	case db.TopUpInvoice:
		key = "invoices.title_top_up"
		if invoice.Points != nil {
			key = "invoices.title_points"
		}
	}
	return tf(ctx, key, "number", invoice.ID.Number())
}

// invoiceSubject is what an invoice is for: «Товары заказа № 10001-3».
func invoiceSubject(ctx context.Context, invoice db.Invoice) string {
	kind := t(ctx, "invoices.kind."+string(invoice.Kind))
	switch {
	case invoice.Points != nil:
		return tn(ctx, "wallet.count", *invoice.Points)
	case invoice.OrderID != nil:
		return tf(ctx, "invoices.of_order", "kind", kind, "number", invoice.OrderID.Number())
	case invoice.ParcelID != nil:
		return tf(ctx, "invoices.of_parcel", "kind", kind, "number", invoice.ParcelID.Number())
	}
	return kind
}

// lineName is what a line of an invoice is for.
func lineName(ctx context.Context, kind db.InvoiceLineKind, description string) string {
	switch {
	case (kind == db.ItemLine || kind == db.ServiceLine) && description != "":
		return t(ctx, description) // of our own services it is a message
	case description != "":
		return t(ctx, "invoices.line."+string(kind)) + ": " + description
	}
	return t(ctx, "invoices.line."+string(kind))
}

// invoiceTone colours the status of an invoice.
func invoiceTone(invoice db.Invoice, today db.Day) Tone {
	switch {
	case invoice.Overdue(today):
		return Bad
	case invoice.Status == db.InvoicePaid:
		return Good
	case invoice.Status.Open():
		return Warn
	}
	return Neutral
}

func invoiceStatus(invoice db.Invoice, today db.Day) string {
	if invoice.Overdue(today) {
		return "invoices.overdue"
	}
	return "invoices.status." + string(invoice.Status)
}

// inFours prints an account or a reference as banks do, so that it can be compared.
func inFours(number string) string {
	var groups []string
	for len(number) > 4 {
		groups, number = append(groups, number[:4]), number[4:]
	}
	return strings.Join(append(groups, number), nbsp)
}

// account is an account number as it is read: an IBAN in groups, a Russian one as it is.
func account(detail db.PaymentDetail) string {
	if detail.Currency == db.EUR {
		return inFours(detail.Account)
	}
	return detail.Account
}

func invoiceTotals(ctx context.Context, sheet db.InvoiceSheet) []Fact {
	facts := []Fact{}
	if sheet.Paid > 0 && sheet.Status.Open() {
		facts = append(facts, Fact{Label: "invoices.total", Value: Money(ctx, sheet.Total, sheet.Currency)},
			Fact{Label: "invoices.paid", Value: Money(ctx, sheet.Paid, sheet.Currency)})
	}
	if sheet.Status.Open() {
		if rub := sheet.RubDue(); rub > 0 {
			facts = append(facts, Fact{Label: "invoices.in_roubles", Value: Money(ctx, rub, db.RUB)})
		}
		return append(facts, Fact{Label: "invoices.to_pay", Value: Money(ctx, sheet.Due(), sheet.Currency)})
	}
	return append(facts, Fact{Label: "invoices.total", Value: Money(ctx, sheet.Total, sheet.Currency)})
}

// writtenDetails are the fields of a transfer form, each with what goes into it.
func writtenDetails(ctx context.Context, sheet db.InvoiceSheet, transfer db.BankTransfer) []Fact {
	to := transfer.To
	facts := []Fact{
		{Label: "invoices.payee", Value: to.Payee},
		{Label: "invoices.account." + currencyKey(to.Currency), Value: account(to)},
		{Label: "invoices.bank", Value: to.Bank},
		{Label: "invoices.bic." + currencyKey(to.Currency), Value: to.Bic},
	}
	if to.Currency == db.RUB {
		facts = append(facts, Fact{Label: "invoices.corr_account", Value: to.CorrAccount})
		if to.Inn != "" {
			facts = append(facts, Fact{Label: "invoices.inn_kpp", Value: strings.Trim(to.Inn+" / "+to.Kpp, " /")})
		}
		facts = append(facts, Fact{Label: "invoices.purpose_field", Value: transfer.Purpose})
	} else {
		facts = append(facts, Fact{Label: "invoices.reference", Value: inFours(sheet.Reference)})
	}
	return append(facts, Fact{Label: "invoices.amount", Value: Money(ctx, transfer.Amount, to.Currency)})
}

// detailFacts are the same with buttons that copy, without the gaps that are only for the eye.
func detailFacts(ctx context.Context, sheet db.InvoiceSheet, transfer db.BankTransfer) []Fact {
	facts := writtenDetails(ctx, sheet, transfer)
	for i, fact := range facts {
		if fact.Label != "invoices.amount" && fact.Label != "invoices.bank" {
			facts[i].Body = copied(fact.Value, ungrouped(fact))
		}
	}
	return facts
}

func ungrouped(fact Fact) string { return strings.ReplaceAll(fact.Value, nbsp, "") }

func currencyKey(currency db.Currency) string { return strings.ToLower(string(currency)) }

// changedSum is an amount of one version; a line that it does not have has a dash.
func changedSum(ctx context.Context, amount db.Money, currency db.Currency) string {
	if amount == 0 {
		return "—"
	}
	return Money(ctx, amount, currency)
}

func dueText(ctx context.Context, invoice db.Invoice) string {
	if invoice.PaidAt != nil {
		return tf(ctx, "invoices.paid_on", "day", Day(ctx, *invoice.PaidAt))
	}
	return LongDate(ctx, invoice.DueOn)
}
