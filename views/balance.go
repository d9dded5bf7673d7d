package views

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/url"
	"strconv"
	"strings"

	"cabinet/db"

	"github.com/a-h/templ"
)

// BalancePage is everything on the page «Баланс».
type BalancePage struct {
	*db.Statement
	Purse db.Purse
	Today db.Day
}

// transferKinds are those that a customer's history can have, for its filter.
var transferKinds = []db.TransferKind{db.TopUp, db.Charge, db.Refund, db.Reservation, db.Release, db.Adjustment, db.Reversal}

func orderLink(id db.OrderID) templ.SafeURL   { return link("/orders/", int64(id)) }
func parcelLink(id db.ParcelID) templ.SafeURL { return link("/parcels/", int64(id)) }
func entryPath(number int64) templ.SafeURL    { return link("/balance/", number) }

func link(base string, id int64) templ.SafeURL {
	return templ.SafeURL(base + strconv.FormatInt(id, 10))
}

// query is the filter as the address has it.
func (p BalancePage) query(below int64) string {
	values := url.Values{}
	set := func(name, value string) {
		if value != "" {
			values.Set(name, value)
		}
	}
	set("kind", string(p.Filter.Kind))
	set("since", typedDay(p.Filter.Since))
	set("till", typedDay(p.Filter.Till))
	if p.Filter.Order != 0 {
		set("order", p.Filter.Order.Number())
	}
	if below != 0 {
		set("below", strconv.FormatInt(below, 10))
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

func typedDay(day db.Day) string {
	if day.IsZero() {
		return ""
	}
	return day.String()
}

// olderPath leads to the lines before the last one of this page.
func (p BalancePage) olderPath() string { return "/balance" + p.query(p.Lines[len(p.Lines)-1].Number) }

func (p BalancePage) filtered() bool { return p.query(0) != "" }

// entryText is what a line of the balance was: «Списание: счёт № 501-7, заказ № 10001-3».
func entryText(ctx context.Context, line db.EntriesOfRow) string {
	text := t(ctx, "transfers.kind."+string(line.Kind))
	var about []string
	if line.InvoiceID != 0 {
		about = append(about, tf(ctx, "balance.by_invoice", "number", db.InvoiceID(line.InvoiceID).Number()))
	}
	if line.OrderID != 0 {
		about = append(about, tf(ctx, "balance.by_order", "number", db.OrderID(line.OrderID).Number()))
	}
	if line.ParcelID != 0 {
		about = append(about, tf(ctx, "balance.by_parcel", "number", db.ParcelID(line.ParcelID).Number()))
	}
	if len(about) == 0 {
		return text
	}
	return text + ": " + strings.Join(about, ", ")
}

// HistoryCSV is the history for a spreadsheet: UTF-8 with its mark, semicolons, and the decimal point of
// the reader's language, as their spreadsheet expects.
func HistoryCSV(ctx context.Context, lines []db.EntriesOfRow) ([]byte, error) {
	var file bytes.Buffer
	file.WriteString("\ufeff")
	rows := csv.NewWriter(&file)
	rows.Comma, rows.UseCRLF = ';', true
	head := []string{t(ctx, "balance.number"), t(ctx, "balance.date"), t(ctx, "balance.what"), t(ctx, "balance.csv_amount"), t(ctx, "balance.csv_after"), t(ctx, "balance.note")}
	if err := rows.Write(head); err != nil {
		return nil, err
	}
	for _, line := range lines {
		err := rows.Write([]string{
			strconv.FormatInt(line.Number, 10), spaced(Moment(ctx, line.At)), harmless(entryText(ctx, line)),
			Decimal(ctx, line.Amount, 2), Decimal(ctx, *line.BalanceAfter, 2), harmless(entryNote(ctx, line)),
		})
		if err != nil {
			return nil, err
		}
	}
	rows.Flush()
	return file.Bytes(), rows.Error()
}

// entryNote is what a person wrote about a line: staff as a reason, a payer into the transfer.
func entryNote(ctx context.Context, line db.EntriesOfRow) string {
	return strings.Trim(t(ctx, line.Reason)+" "+line.Reference, " ")
}

// harmless keeps a spreadsheet from taking a text that somebody typed for a formula.
func harmless(text string) string {
	text = spaced(text)
	if strings.TrimLeft(text, "=+-@＝＋－＠\t\r\n") != text {
		return "'" + text
	}
	return text
}

// spaced has plain spaces, which spreadsheets and PDFs know.
func spaced(text string) string { return strings.ReplaceAll(text, nbsp, " ") }

// entryFacts are the sides of a line: when, what, how much, who.
func entryFacts(ctx context.Context, entry db.Entry, reader db.AccountID) []Fact {
	facts := []Fact{
		{Label: "balance.date", Value: Moment(ctx, entry.At)},
		{Label: "balance.kind", Value: "transfers.kind." + string(entry.Kind)},
		{Label: "balance.sum", Value: SignedMoney(ctx, entry.Amount, db.EUR)},
		{Label: "balance.before", Value: Money(ctx, entry.Before(), db.EUR)},
		{Label: "balance.after", Value: Money(ctx, *entry.BalanceAfter, db.EUR)},
		{Label: "balance.actor", Value: actor(entry.By, reader)},
		{Label: "balance.transfer", Value: Number(ctx, int64(entry.TransferID))},
	}
	if entry.Reason != "" {
		facts = append(facts, Fact{Label: "balance.reason", Value: entry.Reason})
	}
	if entry.Reverses != 0 {
		facts = append(facts, Fact{Label: "balance.reverses", Body: entryLink(entry.Reverses)})
	}
	if entry.ReversedBy != 0 {
		facts = append(facts, Fact{Label: "balance.reversed_by", Body: entryLink(entry.ReversedBy)})
	}
	return facts
}

// actor says who moved the money, without naming staff.
func actor(by *db.AccountID, reader db.AccountID) string {
	switch {
	case by == nil:
		return "balance.actor_system"
	case *by == reader:
		return "balance.actor_you"
	}
	return "balance.actor_staff"
}

// paymentFacts are what came to the bank.
func paymentFacts(ctx context.Context, payment db.Payment) []Fact {
	facts := []Fact{
		{Label: "balance.received", Value: Date(ctx, payment.ReceivedOn)},
		{Label: "balance.sum", Value: Money(ctx, payment.Amount, payment.Currency)},
	}
	if payment.Payer != "" {
		facts = append(facts, Fact{Label: "balance.payer", Value: payment.Payer})
	}
	if payment.Reference != "" {
		facts = append(facts, Fact{Label: "balance.payment_text", Value: payment.Reference})
	}
	if payment.InvoiceID != nil {
		facts = append(facts, Fact{Label: "balance.source", Body: invoiceLink(*payment.InvoiceID)})
	}
	return facts
}
