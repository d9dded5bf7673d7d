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

// ledger is how the history of a wallet is addressed and printed.
type ledger struct {
	path       string
	sum, after string            // heads of its columns
	kinds      []db.TransferKind // those that it can have, for its filter
	points     bool
}

var (
	euros  = &ledger{"/balance", "balance.sum", "balance.after", []db.TransferKind{db.TopUp, db.Bonus, db.Charge, db.Refund, db.Reservation, db.Release, db.Adjustment, db.PointsPurchase, db.Reversal}, false}
	points = &ledger{"/wallet", "wallet.points", "wallet.after", []db.TransferKind{db.TopUp, db.PointsPurchase, db.Bonus, db.Charge, db.Refund, db.Expiry, db.Adjustment, db.Reversal}, true}
)

// topic is what is announced when the wallet changes.
func (l *ledger) topic() string { return l.path[1:] }

// amount is a sum of the wallet.
func (l *ledger) amount(ctx context.Context, sum db.Money) string {
	if l.points {
		return Number(ctx, db.PointsIn(sum))
	}
	return Money(ctx, sum, db.EUR)
}

// change is the same with its plus.
func (l *ledger) change(ctx context.Context, sum db.Money) string {
	if sum > 0 {
		return "+" + l.amount(ctx, sum)
	}
	return l.amount(ctx, sum)
}

func (l *ledger) before() string {
	if l.points {
		return "wallet.before"
	}
	return "balance.before"
}

func (l *ledger) entry(number int64) templ.SafeURL { return link(l.path+"/", number) }

// text is what a line was, and of points and gifts why, since nothing else says it.
func (l *ledger) text(ctx context.Context, line db.EntriesOfRow) string {
	text := entryText(ctx, line)
	if (l.points || line.Kind == db.Bonus) && line.Reason != "" {
		return text + ": " + line.Reason
	}
	return text
}

func (p BalancePage) ledger() *ledger {
	if p.Wallet == db.Points {
		return points
	}
	return euros
}

func orderLink(id db.OrderID) templ.SafeURL   { return link("/orders/", int64(id)) }
func parcelLink(id db.ParcelID) templ.SafeURL { return link("/parcels/", int64(id)) }

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

// announcedSum is what is waited for: points are bought in roubles.
func announcedSum(ctx context.Context, invoice db.Invoice) string {
	if invoice.Points != nil {
		return Money(ctx, invoice.RubDue(), db.RUB)
	}
	return Money(ctx, invoice.Due(), invoice.Currency)
}

func typedDay(day db.Day) string {
	if day.IsZero() {
		return ""
	}
	return day.String()
}

// olderPath leads to the lines before the last one of this page.
func (p BalancePage) olderPath() string {
	return p.ledger().path + p.query(p.Lines[len(p.Lines)-1].Number)
}

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
func entryFacts(ctx context.Context, of *ledger, entry db.Entry, reader db.AccountID) []Fact {
	facts := []Fact{
		{Label: "balance.date", Value: Moment(ctx, entry.At)},
		{Label: "balance.kind", Value: "transfers.kind." + string(entry.Kind)},
		{Label: of.sum, Value: of.change(ctx, entry.Amount)},
		{Label: of.before(), Value: of.amount(ctx, entry.Before())},
		{Label: of.after, Value: of.amount(ctx, *entry.BalanceAfter)},
		{Label: "balance.actor", Value: actor(entry.By, reader)},
		{Label: "balance.transfer", Value: Number(ctx, int64(entry.TransferID))},
	}
	if entry.Reason != "" {
		facts = append(facts, Fact{Label: "balance.reason", Value: entry.Reason})
	}
	if entry.Reverses != 0 {
		facts = append(facts, Fact{Label: "balance.reverses", Body: entryLink(of, entry.Reverses)})
	}
	if entry.ReversedBy != 0 {
		facts = append(facts, Fact{Label: "balance.reversed_by", Body: entryLink(of, entry.ReversedBy)})
	}
	if bonus := entry.Bonus; bonus != nil {
		facts = append(facts, Fact{Label: "wallet.remaining", Value: Number(ctx, bonus.Remaining)}, Fact{Label: "wallet.expires_on", Value: expiry(ctx, bonus.ExpiresOn)})
	}
	return facts
}

// expiry is the day on which points are gone.
func expiry(ctx context.Context, on *db.Day) string {
	if on == nil {
		return t(ctx, "wallet.never")
	}
	return Date(ctx, *on)
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
