package db

import (
	"context"
	"math/big"
	"regexp"
	"strings"
)

// Rate is what one euro is worth, in millionths of the other currency.
type Rate int64

// FromEuro turns euro cents into the other currency's minor units, half up.
func (r Rate) FromEuro(cents Money) Money {
	return mulDiv(cents, int64(r), 1_000_000)
}

// ToEuro turns the other currency's minor units into euro cents, half up.
func (r Rate) ToEuro(minor Money) Money {
	return mulDiv(minor, 1_000_000, int64(r))
}

// mulDiv is n × by / over for amounts of either sign, rounded half away from zero. A product may be longer than 64 bits.
func mulDiv(n Money, by, over int64) Money {
	product := new(big.Int).Mul(big.NewInt(int64(n)), big.NewInt(by))
	half := big.NewInt(over / 2)
	if product.Sign() < 0 {
		half.Neg(half)
	}
	product.Add(product, half)
	return Money(product.Quo(product, big.NewInt(over)).Int64())
}

// PaymentDetailForm is where customers are to send money of one currency.
type PaymentDetailForm struct {
	Payee       string `form:"payee"`
	Account     string `form:"account"`
	Bank        string `form:"bank"`
	Bic         string `form:"bic"`
	CorrAccount string `form:"corr_account"`
	Inn         string `form:"inn"`
	Kpp         string `form:"kpp"`
	Version     int32  `form:"version"`
}

// Form is what stands there now.
func (d PaymentDetail) Form() PaymentDetailForm {
	return PaymentDetailForm{
		Payee: d.Payee, Account: d.Account, Bank: d.Bank, Bic: d.Bic, CorrAccount: d.CorrAccount, Inn: d.Inn, Kpp: d.Kpp, Version: d.Version,
	}
}

var ibanShape = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$`)

var bicShape = regexp.MustCompile(`^([A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?)?$`)

// read takes account numbers with the spaces that they are printed with. A code that a banking app reads must come of it.
func (f PaymentDetailForm) read(currency Currency) (detail PaymentDetail, err error) {
	e := entry{Problems{}}
	number := func(field, typed string) string {
		return e.maybe(field, strings.ToUpper(strings.Join(strings.Fields(typed), "")), 40)
	}
	detail = PaymentDetail{Currency: currency, Account: number("account", f.Account), Bic: number("bic", f.Bic)}
	if currency == RUB {
		detail.Payee, detail.Bank = e.text("payee", f.Payee, 160), e.text("bank", f.Bank, 45)
		detail.CorrAccount, detail.Inn, detail.Kpp = number("corr_account", f.CorrAccount), number("inn", f.Inn), number("kpp", f.Kpp)
		e.russian(detail)
	} else {
		detail.Payee, detail.Bank = e.text("payee", f.Payee, 70), e.maybe("bank", f.Bank, 70)
		e.european(detail)
	}
	if len(e.problems) == 0 && !detail.hasCode() {
		e.wrong("", "operator.no_code")
	}
	return detail, e.problems.err()
}

func (e entry) european(detail PaymentDetail) {
	if !ibanShape.MatchString(detail.Account) || !validIBAN(detail.Account) {
		e.wrong("account", "operator.iban_wrong")
	}
	if !bicShape.MatchString(detail.Bic) {
		e.wrong("bic", "operator.bic_wrong")
	}
}

func (e entry) russian(detail PaymentDetail) {
	bic := isDigits(detail.Bic, 9)
	if !bic {
		e.wrong("bic", "operator.bik_wrong")
	}
	if !isDigits(detail.Account, 20) || bic && !validRussianAccount(detail.Bic[6:], detail.Account) {
		e.wrong("account", "operator.account_wrong")
	}
	if !isDigits(detail.CorrAccount, 20) || bic && !validRussianAccount("0"+detail.Bic[4:6], detail.CorrAccount) {
		e.wrong("corr_account", "operator.account_wrong")
	}
	if detail.Inn != "" && !validINN(detail.Inn) {
		e.wrong("inn", "fields.inn_invalid")
	}
	if detail.Kpp != "" && !isDigits(detail.Kpp, 9) {
		e.wrong("kpp", "operator.kpp_wrong")
	}
}

// hasCode reports whether the smallest payment fits into a QR code.
func (d PaymentDetail) hasCode() bool {
	code := map[Currency]func(BankTransfer) (string, error){EUR: EPCPayload, RUB: GOSTPayload}[d.Currency]
	_, err := code(BankTransfer{To: d, Amount: 1})
	return err == nil
}

// EditPaymentDetails changes where customers send money. Invoices and mails from now on name the new place.
func (db *DB) EditPaymentDetails(ctx context.Context, by Visitor, currency Currency, form PaymentDetailForm) (detail PaymentDetail, err error) {
	err = db.change(ctx, func(c *change) error {
		old, err := c.lockPaymentDetails(ctx, currency)
		if err != nil {
			return err
		}
		edited, err := form.read(currency)
		if err != nil {
			return err
		}
		detail, err = c.editPaymentDetails(ctx, editPaymentDetailsParams{
			Payee: edited.Payee, Account: edited.Account, Bank: edited.Bank, Bic: edited.Bic, CorrAccount: edited.CorrAccount,
			Inn: edited.Inn, Kpp: edited.Kpp, Currency: currency,
		})
		if err != nil {
			return err
		}
		return c.settingEdited(ctx, by, versions{form.Version, old.Version}, SettingPayment, string(currency), Different(old.Form(), detail.Form()))
	})
	return detail, err
}
