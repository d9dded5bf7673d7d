package views

import (
	"fmt"
	"strings"

	"cabinet/db"

	"rsc.io/qr"
)

// quiet is the white border that a reader needs around a code, in modules.
const quiet = 4

// drawQR is a code as inline SVG, each run of black one rectangle. Level M is what banks ask for. The white box
// around a drawing is a part of its border.
func drawQR(payload string) (string, error) {
	code, err := qr.Encode(payload, qr.M)
	if err != nil {
		return "", err
	}
	var svg strings.Builder
	size := code.Size + quiet
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path d="`, size, size)
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			run := 0
			for code.Black(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&svg, "M%d %dh%dv1h-%dz", x+quiet/2, y+quiet/2, run, run)
				x += run
			}
		}
	}
	svg.WriteString(`"/></svg>`)
	return svg.String(), nil
}

// paymentCode is the text of the code for a currency; empty when the sum or the details do not fit into one.
func paymentCode(sheet db.InvoiceSheet, currency db.Currency) string {
	transfer, ok := transferFor(sheet, currency)
	if !ok {
		return ""
	}
	payload, err := db.EPCPayload(transfer)
	if currency == db.RUB {
		payload, err = db.GOSTPayload(transfer)
	}
	if err != nil {
		return "" // a person can still type what stands beside it
	}
	return payload
}

// transferFor is what the customer's bank has to be told.
func transferFor(sheet db.InvoiceSheet, currency db.Currency) (db.BankTransfer, bool) {
	detail, ok := sheet.Detail(currency)
	transfer := db.BankTransfer{
		To: detail, Amount: sheet.Due(), Reference: sheet.Reference, Purpose: purposeOf(sheet.Invoice),
		Customer: sheet.AccountID.Number(), Document: sheet.ID.Number(), DatedOn: sheet.IssuedOn,
	}
	if currency == db.RUB {
		transfer.Amount = sheet.RubDue()
	}
	return transfer, ok && transfer.Amount > 0
}
