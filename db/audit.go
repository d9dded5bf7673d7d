package db

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
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
	a := &audit{Queries: db.WithTx(tx)}
	for _, check := range []func(context.Context) error{a.wallets, a.transfers, a.invoices, a.payments, a.orders, a.parcels} {
		if err := check(ctx); err != nil {
			return nil, err
		}
	}
	return a.findings, nil
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
