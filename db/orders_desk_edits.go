package db

import (
	"context"
	"errors"
	"slices"
	"unicode/utf8"
)

// SaveOrderAtDesk changes what an order asks for in its customer's stead, by the same rules. The customer
// reads why in the history, and gets the new copy by mail.
func (db *DB) SaveOrderAtDesk(ctx context.Context, by Visitor, id OrderID, form OrderForm) (order Order, err error) {
	wanted, invalid := form.readAtDesk()
	err = db.change(ctx, func(c *change) error {
		if order, err = c.openAtDesk(ctx, id, form.Version); err != nil {
			return err
		}
		if invalid != nil {
			return invalid
		}
		if err := c.askIfPaid(ctx, order, form.Sure); err != nil {
			return err
		}
		before := order.Version
		if order, err = c.rewriteOrder(ctx, by, order, wanted, tidyLines(form.Note)); err != nil || order.Version == before {
			return err
		}
		items, err := c.ItemsOf(ctx, id)
		if err != nil {
			return err
		}
		return c.mailCopy(ctx, order, items, "changed", tidyLines(form.Note))
	})
	return order, err
}

// readAtDesk wants the reason beside what the customer's own form wants.
func (f OrderForm) readAtDesk() (OrderContent, error) {
	content, err := f.read()
	if tidyLines(f.Note) != "" {
		return content, err
	}
	problems := Problems{"note": "orders.reason_required"}
	if others, ok := errors.AsType[Problems](err); ok {
		others["note"] = problems["note"]
		problems = others
	}
	return content, problems
}

// CancellationForm gives up an order in its customer's stead.
type CancellationForm struct {
	Version int32  `form:"version"`
	Reason  string `form:"reason"`
}

// CancelOrderAtDesk gives up an order that is not being bought yet, and tells its customer why.
func (db *DB) CancelOrderAtDesk(ctx context.Context, by Visitor, id OrderID, form CancellationForm) (order Order, err error) {
	reason := tidyLine(form.Reason)
	err = db.change(ctx, func(c *change) error {
		if order, err = c.openAtDesk(ctx, id, form.Version); err != nil {
			return err
		}
		switch {
		case reason == "":
			return Problems{"reason": "orders.reason_required"}
		case utf8.RuneCountInString(reason) > NoteLimit:
			return Problems{"reason": "fields.too_long"}
		}
		items, err := c.ItemsOf(ctx, id)
		if err != nil {
			return err
		}
		if order, err = c.cancelOrder(ctx, by, order, reason); err != nil {
			return err
		}
		return c.mailCopy(ctx, order, items, "cancelled", reason)
	})
	return order, err
}

// mailCopy sends mail-07 once more, about what the staff did with the order.
func (c *change) mailCopy(ctx context.Context, order Order, items []Item, act, reason string) error {
	account, err := c.AccountByID(ctx, order.AccountID)
	if err != nil {
		return err
	}
	letter, err := c.copyOf(ctx, order, slices.DeleteFunc(items, func(i Item) bool { return !i.Status.Active() }))
	if err != nil {
		return err
	}
	letter.Act, letter.Reason = act, reason
	return c.mail(ctx, account, letter)
}

// Edits are what each change of an order changed, by the number of the move that stands for it in the history.
type Edits map[int64][]OrderDifference

// edited reports a move that came with a new version of the order: its first one, or a change of it.
func edited(move MovesOfOrderRow) bool {
	return move.Subject == "order" && (move.FromStatus == "" || move.FromStatus == move.ToStatus)
}

// editsOf joins the moves of an order with its versions: each save wrote one of both, and both come newest first.
func (db *DB) editsOf(ctx context.Context, id OrderID, moves []MovesOfOrderRow) (Edits, error) {
	edits := Edits{}
	if !slices.ContainsFunc(moves, func(m MovesOfOrderRow) bool { return edited(m) && m.FromStatus != "" }) {
		return edits, nil
	}
	versions, err := db.OrderVersions(ctx, id)
	if err != nil {
		return edits, err
	}
	for _, move := range moves {
		if !edited(move) || len(versions) < 2 {
			continue
		}
		after, err := versions[0].Read()
		if err != nil {
			return edits, err
		}
		before, err := versions[1].Read()
		if err != nil {
			return edits, err
		}
		edits[move.ID], versions = Differences(before, after), versions[1:]
	}
	return edits, nil
}
