package db

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
)

// audit gathers what does not add up, as of one instant.
type audit struct {
	*Queries
	findings []string
}

// Audit recomputes everything that is kept twice: balances, numbers, sums, payment states, statuses. What it
// finds is our fault, and no finding is the only good answer.
func (db *DB) Audit(ctx context.Context) (findings []string, err error) {
	tx, err := db.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, "SET LOCAL statement_timeout = 0"); err != nil { // it reads everything there is
		return nil, err
	}
	a := &audit{Queries: db.WithTx(tx)}
	for _, check := range []func(context.Context) error{a.wallets, a.bonus, a.rewards, a.credits, a.transfers, a.invoices, a.payments, a.orders, a.parcels, a.subscriptions} {
		if err := check(ctx); err != nil {
			return nil, err
		}
	}
	return a.findings, nil
}

// AuditBooks asks a worker for an audit.
type AuditBooks struct{}

func (AuditBooks) Kind() string { return "audit" }

const (
	findingsKept = 100                 // of one audit; a page of them says enough
	auditsKept   = 90 * 24 * time.Hour // a quarter
)

// KeepAudit runs the audit and keeps what it said, for the staff's page of jobs and whoever watches.
func (db *DB) KeepAudit(ctx context.Context) (result AuditResult, findings []string, err error) {
	at, began := db.Now(), time.Now()
	if findings, err = db.Audit(ctx); err != nil {
		return result, nil, err
	}
	err = db.change(ctx, func(c *change) error {
		if err := c.forgetAudits(ctx, at.Add(-auditsKept)); err != nil {
			return err
		}
		c.announceStaff("jobs")
		result, err = c.keepAudit(ctx, keepAuditParams{
			At: at, Milliseconds: time.Since(began).Milliseconds(), Differences: int32(len(findings)),
			Findings: append([]string{}, findings[:min(len(findings), findingsKept)]...),
		})
		return err
	})
	return result, findings, err
}

// AskForAudit has the workers audit at once. Asked twice in a minute, they do it once.
func (db *DB) AskForAudit(ctx context.Context) error {
	_, err := db.jobs.Insert(ctx, AuditBooks{}, &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByPeriod: time.Minute}})
	db.AnnounceJobs()
	return err
}

// snapshot sees the database as it is now, whatever is changed while it is looked at.
func (db *DB) snapshot(ctx context.Context) (pgx.Tx, error) {
	if pool, ok := db.conn.(*pgxpool.Pool); ok {
		return pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	}
	return db.conn.Begin(ctx) // a test's transaction is one already
}

func (a *audit) finds(format string, args ...any) {
	a.findings = append(a.findings, fmt.Sprintf(format, args...))
}

func (a *audit) wallets(ctx context.Context) error {
	wallets, err := a.AuditWallets(ctx)
	if err != nil {
		return err
	}
	for _, w := range wallets {
		a.finds("wallet %d: balance %d and number %d, but its %d entries sum to %d", w.ID, w.Balance, w.LastNumber, w.Lines, w.Entries)
	}
	entries, err := a.AuditRunningBalances(ctx)
	for _, e := range entries {
		a.finds("wallet %d: line %d does not continue the one before", e.WalletID, e.Number)
	}
	if err != nil {
		return err
	}
	mistaken, err := a.AuditEntries(ctx)
	for _, e := range mistaken {
		a.finds("wallet %d: line %d says another thing than what it was for", e.WalletID, e.Number)
	}
	return err
}

func (a *audit) bonus(ctx context.Context) error {
	owners, err := a.AuditBonus(ctx)
	for _, of := range owners {
		a.finds("account %d: %d given points are left among %d", of.AccountID, of.Remaining, of.Points)
	}
	return err
}

func (a *audit) credits(ctx context.Context) error {
	owners, err := a.AuditCredits(ctx)
	for _, of := range owners {
		a.finds("account %d: of specialist %d it has bought %d requests, used %d and reserved %d, but paid for %d, was answered %d and waits for %d",
			of.AccountID, of.SpecialistID, of.Bought, of.Used, of.Reserved, of.Paid, of.Answered, of.Waiting)
	}
	return err
}

func (a *audit) subscriptions(ctx context.Context) error {
	strange, err := a.AuditSubscriptions(ctx)
	for _, id := range strange {
		a.finds("subscription %d: what was paid for it, or went out of it, is not what it says", id)
	}
	return err
}

func (a *audit) rewards(ctx context.Context) error {
	promotions, err := a.AuditPromotions(ctx)
	if err != nil {
		return err
	}
	for _, p := range promotions {
		a.finds("promotion %d: it says that it was used %d times, and was %d times", p.ID, p.Used, p.Redeemed)
	}
	months, err := a.AuditTurnovers(ctx)
	for _, u := range months {
		a.finds("account %d: %s brought other points than %d", u.AccountID, u.Month, u.Points)
	}
	return err
}

func (a *audit) transfers(ctx context.Context) error {
	for _, check := range []struct {
		find func(context.Context) ([]TransferID, error)
		says string
	}{
		{a.AuditTransfers, "its sides or lines do not add up"},
		{a.AuditReversals, "it is not the mirror of what it takes back"},
		{a.AuditStrangeLines, "it paid for what is not on its customer's invoice"},
		{a.AuditTopUps, "its payment does not know of it"},
	} {
		transfers, err := check.find(ctx)
		if err != nil {
			return err
		}
		for _, id := range transfers {
			a.finds("transfer %d: %s", id, check.says)
		}
	}
	return nil
}

func (a *audit) invoices(ctx context.Context) error {
	totals, err := a.AuditInvoiceTotals(ctx)
	if err != nil {
		return err
	}
	for _, i := range totals {
		a.finds("invoice %d: %s, total %d, paid %d, lines %d", i.ID, i.Status, i.Total, i.Paid, i.Lines)
	}
	paid, err := a.AuditInvoicePayments(ctx)
	for _, i := range paid {
		a.finds("invoice %d: %s, paid %d, but the ledger says %d", i.ID, i.Kind, i.Paid, i.Moved)
	}
	return err
}

func (a *audit) payments(ctx context.Context) error {
	payments, err := a.AuditPayments(ctx)
	for _, id := range payments {
		a.finds("payment %d: matched, but not on the balance with its sum", id)
	}
	return err
}

// ordersAtOnce keeps the memory of an audit small, however many orders there are.
const ordersAtOnce = 1000

func (a *audit) orders(ctx context.Context) error {
	summaries, err := a.AuditSummaries(ctx)
	if err != nil {
		return err
	}
	for _, id := range summaries {
		a.finds("order %d: lists show another thing than its items", id)
	}
	for above := OrderID(0); ; {
		orders, err := a.AuditOrders(ctx, above, ordersAtOnce)
		if err != nil {
			return err
		}
		for _, order := range orders {
			status := order.expectedStatus()
			if order.Status != status {
				a.finds("order %d: %s, but its items say %s", order.ID, order.Status, status)
			}
			if toBuy := waitingToBuy(status, order.items()); order.ToBuy != toBuy {
				a.finds("order %d: %d items to buy, and there are %d", order.ID, order.ToBuy, toBuy)
			}
			if state := order.expectedPayment(); order.PaymentState != state {
				a.finds("order %d: %s, but its invoices say %s", order.ID, order.PaymentState, state)
			}
			above = order.ID
		}
		if len(orders) < ordersAtOnce {
			return nil
		}
	}
}

func (o AuditOrdersRow) items() []Item {
	items := make([]Item, len(o.Items))
	for i, status := range o.Items {
		items[i].Status = ItemStatus(status)
	}
	return items
}

// waitingToBuy counts the items that the buyer may buy now.
func waitingToBuy(status OrderStatus, items []Item) (n int32) {
	for _, item := range items {
		if status == OrderProcessing && item.Status == ItemUnderReview {
			n++
		}
	}
	return n
}

func (o AuditOrdersRow) expectedStatus() OrderStatus {
	return statusOf(o.items(), o.Accepted || o.PaymentState == Paid || o.PaymentState == Refunded)
}

func (o AuditOrdersRow) expectedPayment() PaymentState {
	switch InvoiceStatus(o.Invoice) {
	case InvoicePaid:
		if o.Credited && o.Charged == 0 {
			return Refunded
		}
		return Paid
	case InvoicePartial:
		return PartiallyPaid
	}
	return Unpaid
}

func (a *audit) parcels(ctx context.Context) error {
	holds, err := a.AuditHolds(ctx)
	if err != nil {
		return err
	}
	for _, p := range holds {
		a.finds("parcel %d: counts %d open holds and has %d", p.ID, p.OpenHolds, p.Holds)
	}
	summaries, err := a.AuditParcelSummaries(ctx)
	if err != nil {
		return err
	}
	for _, p := range summaries {
		a.finds("parcel %d: what lists show of it is not so: %s", p.ID, p.Wrong)
	}
	items, err := a.AuditItemsInParcels(ctx)
	if err != nil {
		return err
	}
	for _, i := range items {
		a.finds("item %d: %s in parcel %d, which is %s", i.ID, i.Status, i.ParcelID, i.Parcel)
	}
	loose, err := a.AuditLooseItems(ctx)
	for _, i := range loose {
		a.finds("item %d: %s in no parcel of its customer", i.ID, i.Status)
	}
	if err != nil {
		return err
	}
	mistaken, err := a.AuditInParcel(ctx)
	for _, i := range mistaken {
		a.finds("item %d: it is wrong that in_parcel is %t", i.ID, i.InParcel)
	}
	return err
}
