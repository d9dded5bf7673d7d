package views

import (
	"bytes"
	"context"
	"errors"

	"cabinet/assets"
	"cabinet/db"

	"github.com/go-pdf/fpdf"
	"rsc.io/qr"
)

// paper is an A4 sheet that is written from the top down.
type paper struct {
	*fpdf.Fpdf
	ctx context.Context
}

const (
	margin    = 18.0
	textWidth = 210 - 2*margin
	lineHigh  = 5.5
)

// newPaper has the head of every paper of ours, and a font that knows Cyrillic, € and ₽.
func newPaper(ctx context.Context, title string) (*paper, error) {
	plain, bold := assets.Font("DejaVuSans.ttf"), assets.Font("DejaVuSans-Bold.ttf")
	if plain == nil || bold == nil {
		return nil, errors.New("the font of PDFs is missing: run make assets, then build again")
	}
	p := &paper{fpdf.New("P", "mm", "A4", ""), ctx}
	p.AddUTF8FontFromBytes("sans", "", plain)
	p.AddUTF8FontFromBytes("sans", "B", bold)
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(true, margin)
	p.SetTitle(title, true)
	p.SetAuthor(Site.Name, true)
	p.SetCatalogSort(true)
	p.SetFooterFunc(func() {
		p.SetY(-12)
		p.font("", 8)
		p.SetTextColor(110, 110, 110)
		p.CellFormat(textWidth, 4, Site.Name+" · "+Site.Help+" · "+Number(ctx, p.PageNo()), "", 0, "C", false, 0, "")
		p.SetTextColor(0, 0, 0)
	})
	p.AddPage()
	p.font("B", 16)
	p.MultiCell(textWidth, 8, spaced(title), "", "L", false)
	return p, nil
}

func (p *paper) font(style string, size float64) { p.SetFont("sans", style, size) }

// heading begins a part.
func (p *paper) heading(key string) {
	p.Ln(3)
	p.font("B", 11)
	p.MultiCell(textWidth, 7, t(p.ctx, key), "", "L", false)
}

// fact is a label and its value, within a width from the left.
func (p *paper) fact(label, value string, width float64) {
	const labelWidth = 42.0
	p.font("", 9)
	p.SetTextColor(90, 90, 90)
	p.CellFormat(labelWidth, lineHigh, t(p.ctx, label), "", 0, "L", false, 0, "")
	p.SetTextColor(0, 0, 0)
	p.MultiCell(width-labelWidth, lineHigh, spaced(value), "", "L", false)
}

// column is one of a table. Figures stand at the right.
type column struct {
	head   string
	width  float64
	figure bool
}

func (c column) align() string {
	if c.figure {
		return "R"
	}
	return "L"
}

// head prints the heads of a table.
func (p *paper) head(columns []column) {
	p.font("B", 8.5)
	p.SetFillColor(240, 243, 248)
	for _, c := range columns {
		p.CellFormat(c.width, 7, t(p.ctx, c.head), "B", 0, c.align(), true, 0, "")
	}
	p.Ln(7)
}

// row prints one row; a long text takes more lines, and a row is never cut by the end of a page.
func (p *paper) row(columns []column, style string, cells ...string) {
	p.font(style, 9)
	high := 1
	texts := make([][]string, len(columns))
	for i, c := range columns {
		texts[i] = p.SplitText(spaced(cells[i]), c.width-2)
		high = max(high, len(texts[i]))
	}
	if _, pageHigh := p.GetPageSize(); p.GetY()+float64(high)*lineHigh+2 > pageHigh-margin {
		p.AddPage()
		p.head(columns)
		p.font(style, 9)
	}
	left, top := p.GetX(), p.GetY()
	for i, c := range columns {
		for n, text := range texts[i] {
			p.SetXY(left, top+1+float64(n)*lineHigh)
			p.CellFormat(c.width, lineHigh, text, "", 0, c.align(), false, 0, "")
		}
		left += c.width
	}
	bottom := top + float64(high)*lineHigh + 2
	p.SetDrawColor(220, 224, 230)
	p.Line(margin, bottom, margin+textWidth, bottom)
	p.SetXY(margin, bottom)
}

// code draws a QR code with its quiet border.
func (p *paper) code(payload string, x, y, width float64) error {
	code, err := qr.Encode(payload, qr.M)
	if err != nil {
		return err
	}
	module := width / float64(code.Size+2*quiet)
	p.SetFillColor(0, 0, 0)
	for row := range code.Size {
		for at := 0; at < code.Size; at++ {
			run := 0
			for code.Black(at+run, row) {
				run++
			}
			if run > 0 {
				p.Rect(x+float64(at+quiet)*module, y+float64(row+quiet)*module, float64(run)*module, module, "F")
				at += run
			}
		}
	}
	return nil
}

func (p *paper) bytes() ([]byte, error) {
	var file bytes.Buffer
	err := p.Output(&file)
	return file.Bytes(), err
}

// InvoicePDF is an invoice on paper, in the language of ctx: what for, how much, where to, and both codes.
func InvoicePDF(ctx context.Context, sheet db.InvoiceSheet) ([]byte, error) {
	p, err := newPaper(ctx, InvoiceTitle(ctx, sheet.Invoice))
	if err != nil {
		return nil, err
	}
	p.SetCreationDate(sheet.IssuedAt) // the same invoice is the same file
	p.SetModificationDate(sheet.IssuedAt)
	p.Ln(2)
	p.fact("invoices.for", invoiceSubject(ctx, sheet.Invoice), textWidth)
	p.fact("invoices.issued", Date(ctx, sheet.IssuedOn), textWidth)
	if sheet.Status.Open() {
		p.fact("invoices.due", LongDate(ctx, sheet.DueOn), textWidth)
	} else {
		p.fact("invoices.status_label", t(ctx, "invoices.status."+string(sheet.Status)), textWidth)
	}
	p.fact("invoices.customer", either(sheet.Customer.Name, sheet.Customer.Email)+", № "+sheet.AccountID.Number(), textWidth)
	p.invoiceLines(sheet)
	if sheet.Status.Open() {
		for _, currency := range []db.Currency{db.EUR, db.RUB} {
			if err := p.bankDetails(sheet, currency); err != nil {
				return nil, err
			}
		}
	}
	return p.bytes()
}

func (p *paper) invoiceLines(sheet db.InvoiceSheet) {
	p.heading("invoices.contents")
	columns := []column{{"invoices.what", textWidth - 20 - 38, false}, {"invoices.quantity", 20, true}, {"invoices.sum", 38, true}}
	p.head(columns)
	for _, row := range sheet.Lines {
		line := row.InvoiceLine
		p.row(columns, "", lineName(p.ctx, line.Kind, line.Description), Number(p.ctx, line.Quantity), Money(p.ctx, line.Amount, sheet.Currency))
	}
	totals := invoiceTotals(p.ctx, sheet)
	for i, total := range totals {
		style := ""
		if i == len(totals)-1 {
			style = "B"
		}
		p.row(columns, style, t(p.ctx, total.Label), "", total.Value)
	}
}

// bankDetails prints where to send the money, with the code at the right.
func (p *paper) bankDetails(sheet db.InvoiceSheet, currency db.Currency) error {
	transfer, ok := transferFor(sheet, currency)
	if !ok {
		return nil
	}
	const codeWidth = 42.0
	if _, pageHigh := p.GetPageSize(); p.GetY()+codeWidth+20 > pageHigh-margin {
		p.AddPage()
	}
	p.heading("invoices.details." + currencyKey(currency))
	top := p.GetY()
	for _, fact := range writtenDetails(p.ctx, sheet, transfer) {
		p.fact(fact.Label, fact.Value, textWidth-codeWidth-4)
	}
	bottom := p.GetY()
	if payload := paymentCode(sheet, currency); payload != "" {
		if err := p.code(payload, margin+textWidth-codeWidth, top, codeWidth); err != nil {
			return err
		}
		bottom = max(bottom, top+codeWidth)
	}
	p.SetXY(margin, bottom)
	return nil
}

// HistoryPDF is the history of a balance on paper.
func HistoryPDF(ctx context.Context, purse db.Purse, customer db.Account, lines []db.EntriesOfRow, today db.Day) ([]byte, error) {
	p, err := newPaper(ctx, t(ctx, "balance.statement"))
	if err != nil {
		return nil, err
	}
	p.Ln(2)
	p.fact("invoices.customer", either(customer.Name, customer.Email)+", № "+customer.ID.Number(), textWidth)
	p.fact("balance.date", Date(ctx, today), textWidth)
	p.fact("balance.available", Money(ctx, purse.Available, db.EUR), textWidth)
	p.fact("balance.reserved", Money(ctx, purse.Reserved, db.EUR), textWidth)
	p.Ln(3)
	columns := []column{
		{"balance.number", 12, true}, {"balance.date", 36, false}, {"balance.what", textWidth - 12 - 36 - 30 - 30, false},
		{"balance.sum", 30, true}, {"balance.after", 30, true},
	}
	p.head(columns)
	for _, line := range lines {
		p.row(columns, "", Number(ctx, line.Number), "  "+Moment(ctx, line.At), entryText(ctx, line), SignedMoney(ctx, line.Amount, db.EUR), Money(ctx, *line.BalanceAfter, db.EUR))
	}
	return p.bytes()
}
