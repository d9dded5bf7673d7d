package db

import (
	"context"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"
)

// PaymentForm is what a bank statement says about money that came in. Key is the form's own, so that a
// second click records nothing twice.
type PaymentForm struct {
	Amount     string `form:"amount"`
	Currency   string `form:"currency"`
	Reference  string `form:"reference"`
	Payer      string `form:"payer"`
	ReceivedOn string `form:"received_on"`
	Key        string `form:"key"`
}

const (
	longestReference = 300
	longestPayer     = 140
)

func (f PaymentForm) payment(today Day) (payment Payment, err error) {
	problems := Problems{}
	amount, ok := ParseMoney(f.Amount)
	switch {
	case strings.TrimSpace(f.Amount) == "":
		problems["amount"] = "fields.required"
	case !ok || amount == 0:
		problems["amount"] = "fields.amount"
	}
	if f.Currency != string(EUR) && f.Currency != string(RUB) {
		problems["currency"] = "payments.currency"
	}
	day, ok := ParseDay(f.ReceivedOn)
	switch {
	case !ok:
		problems["received_on"] = "fields.day"
	case today.Before(day):
		problems["received_on"] = "payments.not_yet"
	case day.Before(today.Plus(-365)):
		problems["received_on"] = "payments.too_old"
	}
	reference, payer := tidyLine(f.Reference), tidyLine(f.Payer)
	if len([]rune(reference)) > longestReference {
		problems["reference"] = "fields.too_long"
	}
	if len([]rune(payer)) > longestPayer {
		problems["payer"] = "fields.too_long"
	}
	if f.Key == "" || len(f.Key) > 100 {
		problems[""] = "forms.expired"
	}
	return Payment{
		Amount: amount, Currency: Currency(f.Currency), Reference: reference, Payer: payer, ReceivedOn: day, Key: f.Key,
	}, problems.err()
}

// RecordPayment writes down money that came to the bank, and suggests whose it is.
func (db *DB) RecordPayment(ctx context.Context, by Visitor, form PaymentForm) (payment Payment, err error) {
	entered, err := form.payment(db.Today())
	if err != nil {
		return payment, err
	}
	err = db.change(ctx, func(c *change) error {
		guess, err := c.suggest(ctx, entered)
		if err != nil {
			return err
		}
		payment, err = c.insertPayment(ctx, insertPaymentParams{
			Status: guess.status(), Amount: entered.Amount, Currency: entered.Currency, Reference: entered.Reference, Payer: entered.Payer,
			ReceivedOn: entered.ReceivedOn, AccountID: guess.account, InvoiceID: guess.invoice, Clue: guess.clue, Key: entered.Key, By: by.ID, At: c.now,
		})
		if errors.Is(err, ErrNotFound) {
			payment, err = c.PaymentByKey(ctx, entered.Key)
		}
		c.announceStaff(payment.ID.Topic(), "desk")
		return err
	})
	return payment, err
}

// A suggestion is whose a payment may be, and what says so.
type suggestion struct {
	account *AccountID
	invoice *InvoiceID
	clue    string
}

func (s suggestion) status() PaymentStatus {
	if s.account == nil {
		return PaymentUnmatched
	}
	return PaymentSuggested
}

// What a suggestion goes by, the surest first.
const (
	ClueReference       = "reference"       // the creditor reference of the invoice
	ClueNumberAndAmount = "number_amount"   // a number in the text, and the sum that is still to be paid
	ClueNumber          = "number"          // the number of an invoice
	ClueOrder           = "order"           // the number of an order
	ClueCustomer        = "customer"        // the number of a customer
	ClueCustomerAmount  = "customer_amount" // the number of a customer, and the sum of one of the open invoices
	ClueNameAndAmount   = "name_amount"     // the payer's name, and the sum
)

// suggest looks for the owner of a payment in what its text says, then in its payer and its sum.
func (c *change) suggest(ctx context.Context, payment Payment) (suggestion, error) {
	for _, reference := range referencesIn(payment.Reference) {
		invoice, err := c.InvoiceByReference(ctx, reference)
		if err == nil {
			return c.suggestInvoice(ctx, invoice, ClueReference)
		}
		if !errors.Is(err, ErrNotFound) {
			return suggestion{}, err
		}
	}
	best := suggestion{}
	for _, number := range numbersIn(payment.Reference) {
		guess, err := c.suggestByNumber(ctx, payment, number)
		if err != nil || guess.clue == ClueNumberAndAmount {
			return guess, err
		}
		if best.account == nil {
			best = guess
		}
	}
	if best.account != nil {
		return best, nil
	}
	return c.suggestByName(ctx, payment)
}

// suggestInvoice names what is in force today of the invoice that a customer paid.
func (c *change) suggestInvoice(ctx context.Context, invoice Invoice, clue string) (suggestion, error) {
	current, err := c.inForce(ctx, invoice)
	return suggestion{&current.AccountID, &current.ID, clue}, err
}

// inForce follows an invoice that was replaced to the version that may be paid. When there is none yet, it is
// the old one that says whose the money is.
func (q *Queries) inForce(ctx context.Context, invoice Invoice) (Invoice, error) {
	current, err := invoice, error(nil)
	switch {
	case invoice.Status != InvoiceSuperseded:
	case invoice.Kind == GoodsInvoice:
		current, err = q.GoodsInvoiceOf(ctx, invoice.OrderID)
	case invoice.Kind == DeliveryInvoice:
		current, err = q.DeliveryInvoiceOf(ctx, invoice.ParcelID)
	}
	if errors.Is(err, ErrNotFound) {
		return invoice, nil
	}
	return current, err
}

// asks reports whether a payment is exactly what an invoice still asks for.
func (i Invoice) asks(p Payment) bool {
	if p.Currency == RUB {
		return i.RubDue() == p.Amount
	}
	return i.Due() == p.Amount
}

// suggestByNumber takes a number for an invoice's, then an order's, then a customer's: their ranges overlap,
// so the sum decides first.
func (c *change) suggestByNumber(ctx context.Context, payment Payment, number int64) (suggestion, error) {
	invoices, err := c.numbered(ctx, number)
	if err != nil {
		return suggestion{}, err
	}
	for _, found := range invoices {
		if found.invoice.Status.Open() && found.invoice.asks(payment) {
			return suggestion{&found.invoice.AccountID, &found.invoice.ID, ClueNumberAndAmount}, nil
		}
	}
	for _, found := range invoices {
		return suggestion{&found.invoice.AccountID, &found.invoice.ID, found.clue}, nil
	}
	account, err := c.AccountByID(ctx, AccountID(number))
	if errors.Is(err, ErrNotFound) {
		return suggestion{}, nil
	}
	if err != nil {
		return suggestion{}, err
	}
	open, err := c.OpenInvoicesOf(ctx, account.ID)
	for _, invoice := range open {
		if invoice.asks(payment) {
			return suggestion{&account.ID, &invoice.ID, ClueCustomerAmount}, err
		}
	}
	return suggestion{&account.ID, nil, ClueCustomer}, err
}

type numberedInvoice struct {
	invoice Invoice
	clue    string
}

// numbered finds the invoice of a number, and the goods invoice of the order of that number.
func (c *change) numbered(ctx context.Context, number int64) (found []numberedInvoice, err error) {
	invoice, err := c.InvoiceByID(ctx, InvoiceID(number))
	if err == nil {
		if invoice, err = c.inForce(ctx, invoice); err != nil {
			return nil, err
		}
		found = append(found, numberedInvoice{invoice, ClueNumber})
	} else if !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	order := OrderID(number)
	invoice, err = c.GoodsInvoiceOf(ctx, &order)
	if errors.Is(err, ErrNotFound) {
		invoice, err = c.NewestGoodsInvoice(ctx, &order)
	}
	if errors.Is(err, ErrNotFound) {
		return found, nil
	}
	return append(found, numberedInvoice{invoice, ClueOrder}), err
}

// suggestByName is the last resort: an open invoice of exactly this sum, of somebody whose name the bank says.
func (c *change) suggestByName(ctx context.Context, payment Payment) (suggestion, error) {
	open, err := c.OpenInvoicesOver(ctx, string(payment.Currency), int64(payment.Amount))
	if err != nil {
		return suggestion{}, err
	}
	for _, row := range open {
		if sameName(row.Customer, payment.Payer) {
			return suggestion{&row.Invoice.AccountID, &row.Invoice.ID, ClueNameAndAmount}, nil
		}
	}
	return suggestion{}, nil
}

// sameName compares the words of two names, in any order and case.
func sameName(ours, theirs string) bool {
	known := strings.Fields(strings.ToLower(ours))
	said := strings.Fields(strings.ToLower(theirs))
	if len(known) < 2 {
		return false
	}
	for _, word := range known {
		if !strings.Contains(" "+strings.Join(said, " ")+" ", " "+word+" ") {
			return false
		}
	}
	return true
}

// A reference may come back in small letters and in groups of four.
var (
	referencePattern = regexp.MustCompile(`RF\d{2}(?: ?[0-9A-Z]){1,21}`)
	numberPattern    = regexp.MustCompile(`\d{2,15} ?[-–‑] ?\d\b|\d{3,16}`)
)

// referencesIn finds the creditor references in what a payer wrote. Words may follow without a gap, so
// each end is tried, the longest first.
func referencesIn(text string) (found []string) {
	text = strings.ToUpper(strings.Join(strings.Fields(text), " "))
	for _, run := range referencePattern.FindAllString(text, 3) {
		run = strings.ReplaceAll(run, " ", "")
		for end := min(len(run), 25); end >= 5; end-- {
			if _, ok := ParseCreditorReference(run[:end]); ok {
				found = append(found, run[:end])
			}
		}
	}
	return found
}

// numbersIn finds what can be a number of ours: its check digit is right.
func numbersIn(text string) (found []int64) {
	for _, run := range numberPattern.FindAllString(text, 12) {
		if number, ok := ParseNumber(run); ok {
			found = append(found, number)
		}
	}
	return found
}

// MatchForm says by hand whose a payment is.
type MatchForm struct {
	Kind   string `form:"kind"` // invoice, order or customer
	Number string `form:"number"`
}

// target is whom a payment goes to, and the invoice that is paid first.
type target struct {
	account AccountID
	invoice *Invoice
}

// target reads the form. A creditor reference says everything by itself.
func (f MatchForm) target(ctx context.Context, c *change) (target, error) {
	if references := referencesIn(f.Number); len(references) > 0 {
		invoice, err := c.InvoiceByReference(ctx, references[0])
		return c.towards(ctx, invoice, err)
	}
	if strings.TrimSpace(f.Number) == "" {
		return target{}, Problems{"number": "fields.required"}
	}
	number, ok := ParseNumber(f.Number)
	if !ok {
		return target{}, Problems{"number": "payments.bad_number"}
	}
	switch f.Kind {
	case "invoice":
		invoice, err := c.InvoiceByID(ctx, InvoiceID(number))
		return c.towards(ctx, invoice, err)
	case "order":
		order, err := c.OrderByID(ctx, OrderID(number))
		if err != nil {
			return c.towards(ctx, Invoice{}, err)
		}
		invoice, err := c.NewestGoodsInvoice(ctx, &order.ID)
		if errors.Is(err, ErrNotFound) {
			return target{account: order.AccountID}, nil
		}
		return c.towards(ctx, invoice, err)
	case "customer":
		account, err := c.AccountByID(ctx, AccountID(number))
		if errors.Is(err, ErrNotFound) {
			return target{}, Problems{"number": "payments.no_such_number"}
		}
		return target{account: account.ID}, err
	}
	return target{}, Problems{"kind": "payments.kind"}
}

func (c *change) towards(ctx context.Context, invoice Invoice, err error) (target, error) {
	if errors.Is(err, ErrNotFound) {
		return target{}, Problems{"number": "payments.no_such_number"}
	}
	if err != nil {
		return target{}, err
	}
	if invoice.Kind == CreditNote {
		return target{}, Problems{"number": "payments.credit_note"}
	}
	current, err := c.inForce(ctx, invoice)
	return target{invoice.AccountID, &current}, err
}

// AcceptSuggestion matches a payment to what was suggested when it was recorded.
func (db *DB) AcceptSuggestion(ctx context.Context, by Visitor, id PaymentID) (Payment, error) {
	return db.match(ctx, by, id, func(c *change, payment Payment) (target, error) {
		if payment.AccountID == nil {
			return target{}, Refusal("payments.no_suggestion")
		}
		if payment.InvoiceID == nil {
			return target{account: *payment.AccountID}, nil
		}
		invoice, err := c.InvoiceByID(ctx, *payment.InvoiceID)
		return c.towards(ctx, invoice, err)
	})
}

// MatchPayment matches a payment by hand.
func (db *DB) MatchPayment(ctx context.Context, by Visitor, id PaymentID, form MatchForm) (Payment, error) {
	return db.match(ctx, by, id, func(c *change, _ Payment) (target, error) { return form.target(ctx, c) })
}

// match credits a payment to its owner's balance and pays from it what is open. A payment that was matched a
// moment ago stays as it is: two clicks are one.
func (db *DB) match(ctx context.Context, by Visitor, id PaymentID, find func(*change, Payment) (target, error)) (payment Payment, err error) {
	err = db.change(ctx, func(c *change) error {
		if payment, err = c.lockPayment(ctx, id); err != nil || payment.Status == PaymentMatched {
			return err
		}
		if payment.Status != PaymentUnmatched && payment.Status != PaymentSuggested {
			return Refusal("payments.wrong_status")
		}
		target, err := find(c, payment)
		if err != nil {
			return err
		}
		payment, err = c.credit(ctx, by.ID, payment, target)
		return err
	})
	return payment, err
}

// credit locks what may be paid before the balance, then moves the money.
func (c *change) credit(ctx context.Context, by AccountID, payment Payment, to target) (Payment, error) {
	open, err := c.lockWhatIsOpen(ctx, to.account)
	if err != nil {
		return payment, err
	}
	if to.invoice != nil {
		locked, err := c.lockToPay(ctx, to.invoice.ID)
		if err != nil {
			return payment, err
		}
		to.invoice = &locked
	}
	var invoice *InvoiceID
	if to.invoice != nil {
		invoice = &to.invoice.ID
	}
	transfer, letter, err := c.creditPayment(ctx, by, payment, to, invoice)
	if err != nil {
		return payment, err
	}
	payment, err = c.markPaymentMatched(ctx, markPaymentMatchedParams{
		AccountID: &to.account, InvoiceID: invoice, TransferID: int64(transfer), At: c.now, ID: payment.ID,
	})
	if err != nil {
		return payment, err
	}
	c.announceStaff(payment.ID.Topic(), "desk")
	if err := c.mailTopUp(ctx, to, letter); err != nil {
		return payment, err
	}
	if to.invoice != nil && to.invoice.Kind == TopUpInvoice {
		if err := c.topUpCame(ctx, by, *to.invoice); err != nil {
			return payment, err
		}
	}
	return payment, c.payInOrder(ctx, &by, to.account, open, invoice)
}

// creditPayment puts a payment on a balance, roubles at the rate of the day they came, or makes points of it, and says
// what the letter about it says.
func (c *change) creditPayment(ctx context.Context, by AccountID, payment Payment, to target, invoice *InvoiceID) (transfer TransferID, letter Letter, err error) {
	key := fmt.Sprintf("payment:%d:%d", payment.ID, payment.Matches)
	if to.invoice != nil && to.invoice.Points != nil {
		transfer, points, err := c.creditPoints(ctx, by, payment, to, key)
		return transfer, Letter{Points: points, Path: "/wallet", topic: "wallet"}, err
	}
	letter = Letter{Amount: payment.Amount, Path: "/balance", topic: "balance"}
	if payment.Currency == EUR {
		transfer, err = c.topUp(ctx, &by, to.account, payment.Amount, key, invoice)
		return transfer, letter, err
	}
	if letter.Amount, err = c.inEuros(ctx, payment, to.invoice); err != nil {
		return 0, letter, err
	}
	transfer, err = c.convertTopUp(ctx, &by, to.account, payment.Amount, letter.Amount, key, invoice)
	return transfer, letter, err
}

// inEuros is what roubles are worth. Who pays in time exactly what an invoice asks for has paid it, wherever
// the rate has gone since.
func (c *change) inEuros(ctx context.Context, payment Payment, invoice *Invoice) (Money, error) {
	if invoice != nil && invoice.Status.Open() && invoice.asks(payment) && !invoice.DueOn.Before(payment.ReceivedOn) {
		return invoice.Due(), nil
	}
	rate, err := c.RateOn(ctx, payment.Currency, payment.ReceivedOn)
	if errors.Is(err, ErrNotFound) {
		return 0, Refusal("payments.no_rate")
	}
	if err != nil {
		return 0, err
	}
	euros := Rate(rate).ToEuro(payment.Amount)
	if euros == 0 {
		return 0, Refusal("payments.less_than_a_cent")
	}
	return euros, nil
}

// mailTopUp sends mail-21: the money is there.
func (c *change) mailTopUp(ctx context.Context, to target, letter Letter) (err error) {
	if letter.Balance, err = c.available(ctx, to.account); err != nil {
		return err
	}
	letter.Kind = MailTopUp
	if letter.Points > 0 {
		wallet, err := c.lockPoints(ctx, to.account)
		if err != nil {
			return err
		}
		letter.Balance = wallet.Balance
	}
	if to.invoice != nil {
		letter.Invoice, letter.Number = to.invoice.ID, to.invoice.ID.Number()
	}
	return c.mailOwner(ctx, to.account, letter)
}

// UndoMatch takes a match back on the day it was made, by a reversal: a new row, never an edited one.
func (db *DB) UndoMatch(ctx context.Context, by Visitor, id PaymentID, reason string) (payment Payment, err error) {
	if reason = tidyLine(reason); reason == "" {
		return payment, Problems{"reason": "fields.required"}
	}
	err = db.change(ctx, func(c *change) error {
		if payment, err = c.lockPayment(ctx, id); err != nil {
			return err
		}
		if payment.Status != PaymentMatched {
			return Refusal("payments.wrong_status")
		}
		if !payment.Undoable(c.today(), c.Zone) {
			return Refusal("payments.too_late")
		}
		if err := c.takeBack(ctx, by.ID, payment, clip(reason, longestReference)); err != nil {
			return err
		}
		payment, err = c.markPaymentUnmatched(ctx, clip(reason, longestReference), id)
		c.announceStaff(id.Topic(), "desk")
		return err
	})
	return payment, err
}

func (c *change) takeBack(ctx context.Context, by AccountID, payment Payment, reason string) error {
	if payment.InvoiceID != nil {
		if err := c.topUpLeft(ctx, by, *payment.InvoiceID, payment, reason); err != nil {
			return err
		}
	}
	balance, err := c.lockWallet(ctx, payment.AccountID, Shopping, EUR)
	if err != nil {
		return err
	}
	points, err := c.lockPoints(ctx, *payment.AccountID)
	if err != nil {
		return err
	}
	bought, err := c.freePoints(ctx, points, *payment.AccountID)
	if err != nil {
		return err
	}
	credit, err := c.TransferByID(ctx, *payment.TransferID)
	if err != nil {
		return err
	}
	moved, err := c.TransfersOfPayment(ctx, credit.Key)
	if err != nil {
		return err
	}
	c.announcePoints(*payment.AccountID)
	for _, transfer := range moved {
		if transfer.ToWallet == balance.ID && balance.Balance < transfer.Amount {
			return Refusal("payments.spent")
		}
		if transfer.ToWallet == points.ID && bought < transfer.Amount {
			return Refusal("payments.points_spent")
		}
		if _, err := c.reverse(ctx, &by, transfer, reason); err != nil {
			return err
		}
	}
	return nil
}

// IgnorePayment says that money is not ours, and why.
func (db *DB) IgnorePayment(ctx context.Context, by Visitor, id PaymentID, reason string) (payment Payment, err error) {
	if reason = tidyLine(reason); reason == "" {
		return payment, Problems{"reason": "fields.required"}
	}
	err = db.change(ctx, func(c *change) error {
		if payment, err = c.lockPayment(ctx, id); err != nil || payment.Status == PaymentIgnored {
			return err
		}
		if payment.Status == PaymentMatched {
			return Refusal("payments.wrong_status")
		}
		payment, err = c.markPaymentIgnored(ctx, clip(reason, longestReference), id)
		c.announceStaff(id.Topic(), "desk")
		return err
	})
	return payment, err
}

// PaymentDesk is what the staff see of the bank: what waits, what was matched today, and today's sums.
type PaymentDesk struct {
	Waiting []DeskPaymentRow
	More    bool
	Matched []DeskPaymentRow
	Totals  PaymentTotals
}

// PaymentTotals are today's sums by currency, and how many payments wait for an owner.
type PaymentTotals struct {
	Today   []PaymentTotalsRow
	Waiting int64
}

// paymentRows is a page of the queue.
const paymentRows = 50

// PaymentDesk is the desk with the part of its queue below a payment; 0 begins at the top.
func (db *DB) PaymentDesk(ctx context.Context, below PaymentID) (desk PaymentDesk, err error) {
	if below == 0 {
		below = math.MaxInt64
	}
	waiting, err := db.UnmatchedPayments(ctx, below, paymentRows+1)
	if err != nil {
		return desk, err
	}
	for _, row := range waiting[:min(len(waiting), paymentRows)] {
		desk.Waiting = append(desk.Waiting, DeskPaymentRow(row))
	}
	desk.More = len(waiting) > paymentRows
	matched, err := db.MatchedPayments(ctx, db.Today().begin(db.Zone), paymentRows)
	if err != nil {
		return desk, err
	}
	for _, row := range matched {
		desk.Matched = append(desk.Matched, DeskPaymentRow(row))
	}
	desk.Totals, err = db.TodaysPayments(ctx)
	return desk, err
}

// TodaysPayments counts what was recorded today and what waits.
func (db *DB) TodaysPayments(ctx context.Context) (totals PaymentTotals, err error) {
	if totals.Today, err = db.PaymentTotals(ctx, db.Today().begin(db.Zone)); err != nil {
		return totals, err
	}
	totals.Waiting, err = db.CountUnmatched(ctx)
	return totals, err
}

// Undoable reports whether the match may still be taken back.
func (p Payment) Undoable(today Day, zone *time.Location) bool {
	return p.Status == PaymentMatched && DayOf(*p.MatchedAt, zone) == today
}
