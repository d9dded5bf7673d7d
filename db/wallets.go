package db

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

type (
	WalletID   int64
	TransferID int64
)

// WalletName says what a wallet is for. The first three are a customer's, the others the house's.
type WalletName string

const (
	Shopping    WalletName = "shopping"
	Reserved    WalletName = "reserved"
	Points      WalletName = "points"
	Bank        WalletName = "bank"
	Sales       WalletName = "sales"
	Delivery    WalletName = "delivery"
	Exchange    WalletName = "exchange"
	Adjustments WalletName = "adjustments"
)

// currency is that of a customer's wallet.
func (n WalletName) currency() Currency {
	if n == Points {
		return RUB
	}
	return EUR
}

// TransferKind is what a line of the balance history is called.
type TransferKind string

const (
	TopUp       TransferKind = "top_up"
	Charge      TransferKind = "charge"
	Reservation TransferKind = "reservation"
	Release     TransferKind = "release"
	Refund      TransferKind = "refund"
	Adjustment  TransferKind = "adjustment"
	Reversal    TransferKind = "reversal"
	Conversion  TransferKind = "exchange"

	Bonus          TransferKind = "bonus"           // points given, or euros
	Expiry         TransferKind = "expiry"          // and taken back unspent
	PointsPurchase TransferKind = "points_purchase" // with euros of the balance
)

// TransferLine is one thing that a transfer paid for or gave back.
type TransferLine struct {
	ItemID        ItemID        // 0: not for an item
	InvoiceLineID InvoiceLineID // 0: not for an invoice
	Amount        Money
	Description   string
}

// posting is one movement of money inside a change. Its key names the business fact it stands
// for, so that the same fact is never posted twice.
type posting struct {
	kind     TransferKind
	from, to WalletID
	amount   Money
	key      string
	by       *AccountID // nil: the system
	reverses *TransferID
	reason   string
	invoice  *InvoiceID // that money came for; lines know theirs
	lines    []TransferLine
}

// errPosted says that this key has moved its money before.
var errPosted = errors.New("this transfer was made before")

// post moves money. It comes last in a change, after all other locks.
func (c *change) post(ctx context.Context, p posting) (TransferID, error) {
	items, invoiceLines, amounts, descriptions := columns(p.lines)
	posted, err := c.postTransfer(ctx, postTransferParams{
		FromWallet: int64(p.from), ToWallet: int64(p.to), Kind: string(p.kind), Amount: int64(p.amount), Key: p.key,
		By: (*int64)(p.by), Reverses: (*int64)(p.reverses), Reason: p.reason, At: c.now, PaidFor: (*int64)(p.invoice),
		ItemIds: items, InvoiceLineIds: invoiceLines, Amounts: amounts, Descriptions: descriptions,
	})
	if err != nil {
		return 0, fmt.Errorf("%s %s: %w", p.kind, p.key, err)
	}
	return TransferID(posted), nil
}

// columns turns lines into what the database makes rows of.
func columns(lines []TransferLine) (items, invoiceLines, amounts []int64, descriptions []string) {
	for _, line := range lines {
		items = append(items, int64(line.ItemID))
		invoiceLines = append(invoiceLines, int64(line.InvoiceLineID))
		amounts = append(amounts, int64(line.Amount))
		descriptions = append(descriptions, line.Description)
	}
	return items, invoiceLines, amounts, descriptions
}

// available locks a customer's balance and says how much is on it.
func (c *change) available(ctx context.Context, of AccountID) (Money, error) {
	wallet, err := c.lockWallet(ctx, &of, Shopping, EUR)
	return wallet.Balance, err
}

// lockPoints locks a customer's points. Whoever moves euros too locks those before.
func (c *change) lockPoints(ctx context.Context, of AccountID) (Wallet, error) {
	return c.lockWallet(ctx, &of, Points, RUB)
}

// reverse takes a transfer back by a new one that points to it. What was spent since is a refusal.
func (c *change) reverse(ctx context.Context, by *AccountID, transfer Transfer, reason string) (TransferID, error) {
	return c.post(ctx, posting{
		kind: Reversal, from: transfer.ToWallet, to: transfer.FromWallet, amount: transfer.Amount,
		key: fmt.Sprintf("reversal:%d", transfer.ID), by: by, reverses: &transfer.ID, reason: reason,
	})
}

// openPurse gives a new account its wallets.
func (c *change) openPurse(ctx context.Context, of AccountID) error { return c.openWallets(ctx, &of) }

// topUp credits money that came from outside, perhaps for an invoice, to a customer's balance.
func (c *change) topUp(ctx context.Context, by *AccountID, of AccountID, amount Money, key string, invoice *InvoiceID) (TransferID, error) {
	bank, err := c.HouseWallet(ctx, Bank, EUR)
	if err != nil {
		return 0, err
	}
	return c.topUpFrom(ctx, bank.ID, by, of, amount, key, invoice)
}

func (c *change) topUpFrom(ctx context.Context, from WalletID, by *AccountID, of AccountID, amount Money, key string, invoice *InvoiceID) (TransferID, error) {
	wallet, err := c.lockWallet(ctx, &of, Shopping, EUR)
	if err != nil {
		return 0, err
	}
	c.announce(of, "balance", "home")
	return c.post(ctx, posting{kind: TopUp, from: from, to: wallet.ID, amount: amount, key: key, by: by, invoice: invoice})
}

// giveEuros gives a customer euros of the house.
func (c *change) giveEuros(ctx context.Context, p posting, of AccountID) (TransferID, error) {
	house, err := c.HouseWallet(ctx, Adjustments, EUR)
	if err != nil {
		return 0, err
	}
	wallet, err := c.lockWallet(ctx, &of, Shopping, EUR)
	if err != nil {
		return 0, err
	}
	p.from, p.to = house.ID, wallet.ID
	c.announce(of, "balance", "home")
	return c.post(ctx, p)
}

// convertTopUp credits roubles that came in, in euros: roubles from the bank to the exchange,
// euros from the exchange to the balance, so that neither currency ever mixes with the other.
func (c *change) convertTopUp(ctx context.Context, by *AccountID, of AccountID, roubles, euros Money, key string, invoice *InvoiceID) (TransferID, error) {
	bank, err := c.HouseWallet(ctx, Bank, RUB)
	if err != nil {
		return 0, err
	}
	exchange, err := c.HouseWallet(ctx, Exchange, RUB)
	if err != nil {
		return 0, err
	}
	till, err := c.HouseWallet(ctx, Exchange, EUR)
	if err != nil {
		return 0, err
	}
	_, err = c.post(ctx, posting{kind: Conversion, from: bank.ID, to: exchange.ID, amount: roubles, key: key + ":rub", by: by})
	if err != nil || euros == 0 { // kopecks that are less than a cent
		return 0, err
	}
	return c.topUpFrom(ctx, till.ID, by, of, euros, key, invoice)
}

// charge takes money off a customer's balance for what the lines say. Nobody waits for it: too little on the balance is
// the refusal wallets.too_little of the whole change.
func (c *change) charge(ctx context.Context, by *AccountID, of AccountID, to WalletName, key, reason string, lines []TransferLine) error {
	return c.settle(ctx, of, to, posting{kind: Charge, by: by, key: key, reason: reason, lines: lines})
}

// refund gives money back to a customer's balance.
func (c *change) refund(ctx context.Context, by *AccountID, of AccountID, from WalletName, key, reason string, lines []TransferLine) error {
	return c.settle(ctx, of, from, posting{kind: Refund, by: by, key: key, reason: reason, lines: lines})
}

// settle posts between a customer's balance and the house, whose wallets the database finds while it posts.
func (c *change) settle(ctx context.Context, of AccountID, house WalletName, p posting) error {
	for _, line := range p.lines {
		p.amount += line.Amount
	}
	c.announce(of, "balance", "home")
	items, invoiceLines, amounts, descriptions := columns(p.lines)
	return c.later.settle(ctx, settleParams{
		ToCustomer: p.kind == Refund, AccountID: int64(of), House: string(house), Kind: string(p.kind), Amount: int64(p.amount), Key: p.key,
		By: (*int64)(p.by), Reason: p.reason, At: c.now,
		ItemIds: items, InvoiceLineIds: invoiceLines, Amounts: amounts, Descriptions: descriptions,
	})
}

// HistoryFilter narrows the history of a balance. The zero filter is the first page of everything.
type HistoryFilter struct {
	Kind        TransferKind
	Since, Till Day
	Order       OrderID
	Below       int64
}

// HistoryPage is how many lines of the balance stand on one page.
const HistoryPage = 40

// exportedLines is as much history as goes into one file.
const exportedLines = 20_000

// Statement is a page of the history of one of a customer's wallets, the newest line first, and what is still to be paid into it.
type Statement struct {
	Of     AccountID
	Wallet WalletName // Shopping unless it is Points
	Filter HistoryFilter
	Open   []Invoice // to be paid, the oldest first
	TopUps []Invoice // announced, and may still come
	Lines  []EntriesOfRow
	More   bool
}

func (s *Statement) questions(db *DB) []question {
	return []question{
		func(ctx context.Context, q *Queries) error {
			unpaid, err := q.UnpaidOf(ctx, s.Of, db.Today())
			for _, invoice := range unpaid {
				if invoice.Kind == TopUpInvoice && invoice.intoWallet() == cmp.Or(s.Wallet, Shopping) {
					s.TopUps = append(s.TopUps, invoice)
				} else if invoice.Kind != TopUpInvoice {
					s.Open = append(s.Open, invoice)
				}
			}
			return err
		},
		func(ctx context.Context, q *Queries) (err error) {
			s.Lines, err = q.EntriesOf(ctx, s.Filter.params(s.Of, cmp.Or(s.Wallet, Shopping), db.Zone, HistoryPage+1))
			s.Lines, s.More = cut(s.Lines, HistoryPage)
			return err
		},
	}
}

// WholeHistory is what a file of the history holds.
func (db *DB) WholeHistory(ctx context.Context, of AccountID, filter HistoryFilter) ([]EntriesOfRow, error) {
	filter.Below = 0
	params := filter.params(of, Shopping, db.Zone, exportedLines)
	params.Written = true
	return db.EntriesOf(ctx, params)
}

func (f HistoryFilter) params(of AccountID, wallet WalletName, zone *time.Location, lines int32) EntriesOfParams {
	params := EntriesOfParams{
		AccountID: &of, Name: wallet, Currency: wallet.currency(), Below: f.Below, Kind: string(f.Kind), OrderID: int64(f.Order), Lim: lines,
		Since: time.Unix(0, 0), Until: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	if f.Below <= 0 {
		params.Below = math.MaxInt64
	}
	if !f.Since.IsZero() {
		params.Since = f.Since.begin(zone)
	}
	if !f.Till.IsZero() {
		params.Until = f.Till.Plus(1).begin(zone)
	}
	return params
}

// begin is when a day starts in a place.
func (d Day) begin(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}

// Entry is one line of a customer's balance with everything behind it.
type Entry struct {
	EntryOfRow
	Lines   []TransferLinesOfRow
	Payment *Payment    // of a top-up: what came to the bank
	Bonus   *BonusPoint // of given points: what is left of them
}

// Before is what was on the balance before this line.
func (e Entry) Before() Money { return *e.BalanceAfter - e.Amount }

// Entry finds a line of a customer's balance by the customer's own number.
func (db *DB) Entry(ctx context.Context, of AccountID, number int64) (Entry, error) {
	return db.entryIn(ctx, of, Shopping, number)
}

func (db *DB) entryIn(ctx context.Context, of AccountID, wallet WalletName, number int64) (entry Entry, err error) {
	entry.EntryOfRow, err = db.EntryOf(ctx, EntryOfParams{AccountID: &of, Name: wallet, Currency: wallet.currency(), Number: number})
	if err != nil {
		return entry, err
	}
	if entry.Lines, err = db.TransferLinesOf(ctx, entry.TransferID); err != nil || entry.Kind != TopUp {
		return entry, err
	}
	payment, err := db.PaymentOfTransfer(ctx, &entry.TransferID, &of)
	if errors.Is(err, ErrNotFound) {
		return entry, nil
	}
	entry.Payment = &payment
	return entry, err
}

// pointWorth is a point in kopecks.
const pointWorth Money = 100

// Purse is what a customer has: euros to spend, euros set aside for something, and points.
type Purse struct {
	Available, Reserved Money
	Points              int64 // whole ones; the ledger keeps them as roubles, of which one is a point
}

// PurseOf reads the balances of a customer.
func (db *DB) PurseOf(ctx context.Context, of AccountID) (purse Purse, err error) {
	wallets, err := db.WalletsOf(ctx, &of)
	for _, wallet := range wallets {
		switch {
		case wallet.Currency == EUR && wallet.Name == Shopping:
			purse.Available = wallet.Balance
		case wallet.Currency == EUR && wallet.Name == Reserved:
			purse.Reserved = wallet.Balance
		case wallet.Currency == RUB && wallet.Name == Points:
			purse.Points = PointsIn(wallet.Balance)
		}
	}
	return purse, err
}
