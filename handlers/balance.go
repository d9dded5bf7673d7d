package handlers

import (
	"errors"
	"fmt"
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// moneyRoutes are the balance, invoices, and the desk of the bank's money.
func (h *Handlers) moneyRoutes() []Route {
	return []Route{
		reading(h, "/balance", customer, statement, h.showBalance),
		{"GET", "/balance/csv", customer, h.exportHistory},
		{"GET", "/balance/pdf", customer, h.printHistory},
		{"GET", "/balance/purse", customer, h.showPurse},
		{"GET", "/balance/top-up", customer, h.showTopUp},
		{"POST", "/balance/top-up", customer, h.requestTopUp},
		{"GET", "/balance/:id<int>", customer, h.showEntry},
		{"GET", "/invoices/:id<int>", customer, h.showInvoice},
		{"GET", "/invoices/:id<int>/pdf", customer, h.printInvoice},
		{"POST", "/invoices/:id<int>/payment", customer, h.payInvoice},
		{"GET", "/staff/payments", staff(db.Finance), h.showPayments},
		{"POST", "/staff/payments", staff(db.Finance), h.recordPayment},
		{"GET", "/staff/payments/totals", staff(db.Finance), h.showPaymentTotals},
		{"GET", "/staff/payments/:id<int>", staff(db.Finance), h.showPayment},
		{"POST", "/staff/payments/:id<int>/match", staff(db.Finance), h.matchPayment},
		{"POST", "/staff/payments/:id<int>/rejection", staff(db.Finance), h.rejectPayment},
		{"POST", "/staff/payments/:id<int>/reversal", staff(db.Finance), h.reversePayment},
	}
}

func statement(c *fiber.Ctx, of db.AccountID) *db.Statement {
	return &db.Statement{Of: of, Filter: historyFilter(c)}
}

// showBalance is the page «Баланс».
func (h *Handlers) showBalance(c *fiber.Ctx, statement *db.Statement) error {
	return page(c, "nav.balance", views.Balance(views.BalancePage{Statement: statement, Purse: me(c).Purse, Today: h.db.Today()}))
}

// historyFilter reads the address. What makes no sense there narrows nothing.
func historyFilter(c *fiber.Ctx) (filter db.HistoryFilter) {
	filter.Kind = db.TransferKind(c.Query("kind"))
	if day, ok := db.ParseDay(c.Query("since")); ok {
		filter.Since = day
	}
	if day, ok := db.ParseDay(c.Query("till")); ok {
		filter.Till = day
	}
	if order, ok := db.ParseNumber(c.Query("order")); ok {
		filter.Order = db.OrderID(order)
	}
	filter.Below, _ = strconv.ParseInt(c.Query("below"), 10, 64)
	return filter
}

// showPurse is the balance in the header, for a page that heard of a change.
func (h *Handlers) showPurse(c *fiber.Ctx) error {
	return fragment(c, views.Purse(nil))
}

// showEntry is one line of the balance.
func (h *Handlers) showEntry(c *fiber.Ctx) error {
	entry, err := h.db.Entry(c.UserContext(), me(c).ID, id[int64](c))
	if err != nil {
		return err
	}
	return page(c, views.TF(c.UserContext(), "balance.entry", "number", entry.Number), views.Entry(entry, me(c).ID))
}

// exportHistory is the history as a spreadsheet.
func (h *Handlers) exportHistory(c *fiber.Ctx) error {
	lines, err := h.db.WholeHistory(c.UserContext(), me(c).ID, historyFilter(c))
	if err != nil {
		return err
	}
	file, err := views.HistoryCSV(c.UserContext(), lines)
	if err != nil {
		return err
	}
	return download(c, "text/csv; charset=utf-8", fmt.Sprintf("balance-%s.csv", h.db.Today()), file)
}

// printHistory is the history on paper.
func (h *Handlers) printHistory(c *fiber.Ctx) error {
	ctx, visitor := c.UserContext(), me(c)
	lines, err := h.db.WholeHistory(ctx, visitor.ID, historyFilter(c))
	if err != nil {
		return err
	}
	file, err := views.HistoryPDF(ctx, visitor.Purse, visitor.Account, lines, h.db.Today())
	if err != nil {
		return err
	}
	return download(c, "application/pdf", fmt.Sprintf("balance-%s.pdf", h.db.Today()), file)
}

// download sends a file that is saved and not shown.
func download(c *fiber.Ctx, contentType, name string, body []byte) error {
	c.Set(fiber.HeaderContentType, contentType)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", name))
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.Send(body)
}

func (h *Handlers) showTopUp(c *fiber.Ctx) error {
	return page(c, "balance.top_up", views.TopUp(db.TopUpForm{Amount: c.Query("amount")}, nil))
}

// requestTopUp makes the invoice by which a customer fills the balance, and leads to it.
func (h *Handlers) requestTopUp(c *fiber.Ctx) error {
	var form db.TopUpForm
	if err := parse(c, &form); err != nil {
		return err
	}
	invoice, err := h.db.RequestTopUp(c.UserContext(), me(c), form)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		if swaps(c) {
			return invalid(c, "balance.top_up", views.TopUpForm(form, problems))
		}
		return invalid(c, "balance.top_up", views.TopUp(form, problems))
	}
	if err != nil {
		return err
	}
	return moved(c, invoice.ID.Path())
}
