package db

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// BankTransfer is a payment that we ask for, as the customer's bank has to be told it.
type BankTransfer struct {
	To        PaymentDetail
	Amount    Money  // in the currency of To
	Reference string // ISO 11649; a European bank hands it on untouched
	Purpose   string // in words: «Оплата счёта № … по заказу № …»
	Customer  string // our number of the customer
	Document  string // our number of the invoice
	DatedOn   Day    // the day of the invoice
}

// ErrNotPayable means that a payment does not fit into a QR code: its details are missing or too long.
var ErrNotPayable = errors.New("the payment does not fit into a QR code")

func notPayable(why string, args ...any) error {
	return fmt.Errorf("%w: "+why, append([]any{ErrNotPayable}, args...)...)
}

// EPCPayload is the text of a European payment code (EPC069-12, GiroCode). It is drawn at level M.
func EPCPayload(t BankTransfer) (string, error) {
	switch {
	case t.To.Currency != EUR || !validIBAN(t.To.Account):
		return "", notPayable("no IBAN in euros")
	case t.Amount < 1 || t.Amount > 999_999_999_99:
		return "", notPayable("amount %d", t.Amount)
	case !fits(t.To.Payee, 1, 70) || !fits(t.Purpose, 0, 140):
		return "", notPayable("payee %q, purpose %q", t.To.Payee, t.Purpose)
	}
	amount := fmt.Sprintf("EUR%d.%02d", t.Amount/100, t.Amount%100)
	reference, words := t.Reference, t.Purpose
	if _, ok := ParseCreditorReference(reference); ok {
		words = "" // the standard takes one or the other, and the reference is what finds the invoice
	} else if reference != "" {
		return "", notPayable("reference %q", reference)
	}
	lines := []string{"BCD", "002", "1", "SCT", t.To.Bic, t.To.Payee, t.To.Account, amount, "", reference, words}
	payload := strings.TrimRight(strings.Join(lines, "\n"), "\n")
	if len(payload) > 331 {
		return "", notPayable("%d bytes", len(payload))
	}
	return payload, nil
}

// GOSTPayload is the text of a Russian payment code (ГОСТ Р 56042-2014) in UTF-8. It is drawn at level M.
func GOSTPayload(t BankTransfer) (string, error) {
	to := t.To
	switch {
	case to.Currency != RUB || !isDigits(to.Account, 20) || !isDigits(to.CorrAccount, 20) || !isDigits(to.Bic, 9):
		return "", notPayable("no account in roubles")
	case t.Amount < 1:
		return "", notPayable("amount %d", t.Amount)
	case !fits(to.Payee, 1, 160) || !fits(to.Bank, 1, 45) || !fits(t.Purpose, 0, 160):
		return "", notPayable("payee %q, bank %q, purpose %q", to.Payee, to.Bank, t.Purpose)
	case !fits(t.Document, 0, 15) || !fits(t.Customer, 0, 35):
		return "", notPayable("document %q, customer %q", t.Document, t.Customer)
	}
	// Banks read the five mandatory keys first and in this order. The sum is in kopecks, without a point.
	pairs := []string{"Name", to.Payee, "PersonalAcc", to.Account, "BankName", to.Bank, "BIC", to.Bic, "CorrespAcc", to.CorrAccount,
		"Sum", fmt.Sprint(int64(t.Amount)), "Purpose", t.Purpose, "PayeeINN", to.Inn, "KPP", to.Kpp, "PersAcc", t.Customer, "DocNo", t.Document}
	if !t.DatedOn.IsZero() {
		pairs = append(pairs, "DocDate", t.DatedOn.Time().Format("02.01.2006"))
	}
	separator, ok := separatorFor(strings.Join(pairs, ""))
	if !ok {
		return "", notPayable("no character is left to separate its fields")
	}
	payload := "ST00012"
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			payload += separator + pairs[i] + "=" + pairs[i+1]
		}
		if pairs[i] == "CorrespAcc" && len(payload) > 300 {
			return "", notPayable("%d bytes before the sum", len(payload))
		}
	}
	return payload, nil
}

func separatorFor(text string) (separator string, ok bool) {
	for _, separator := range []string{"|", "~", "^", "_", "#", "$", "&", "*"} {
		if !strings.Contains(text, separator) {
			return separator, true
		}
	}
	return "", false
}

// fits also keeps out line ends and other control characters, which would begin a field of their own.
func fits(s string, least, most int) bool {
	n := utf8.RuneCountInString(s)
	return n >= least && n <= most && strings.IndexFunc(s, unicode.IsControl) < 0
}

func isDigits(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789") == ""
}
