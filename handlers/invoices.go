package handlers

import (
	"fmt"

	"cabinet/db"
	"cabinet/views"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
)

// showInvoice is an invoice with everything that is needed to pay it.
func (h *Handlers) showInvoice(c *fiber.Ctx) error {
	sheet, err := h.db.InvoiceSheetOf(c.UserContext(), me(c).ID, id[db.InvoiceID](c))
	if err != nil {
		return err
	}
	return page(c, views.InvoiceTitle(c.UserContext(), sheet.Invoice), views.Invoice(sheet, h.db.Today()))
}

// printInvoice is the invoice on paper.
func (h *Handlers) printInvoice(c *fiber.Ctx) error {
	sheet, err := h.db.InvoiceSheetOf(c.UserContext(), me(c).ID, id[db.InvoiceID](c))
	if err != nil {
		return err
	}
	file, err := views.InvoicePDF(c.UserContext(), sheet)
	if err != nil {
		return err
	}
	return download(c, "application/pdf", fmt.Sprintf("invoice-%s.pdf", sheet.ID.Number()), file)
}

// payInvoice pays an invoice from the balance. The button stands on several pages, so a plain form leads back
// to where it was, and the live topics bring the rest of the page.
func (h *Handlers) payInvoice(c *fiber.Ctx) error {
	invoice, err := h.db.PayInvoice(c.UserContext(), me(c), id[db.InvoiceID](c))
	if err != nil {
		return err
	}
	purse, err := h.db.PurseOf(c.UserContext(), me(c).ID)
	if err != nil {
		return err
	}
	flash(c, "invoices.paid_now")
	return done(c, paidAt(c, invoice), views.PayInvoice(invoice, purse.Available), purseBeside(c, purse))
}

// paidAt is the page that the button was on.
func paidAt(c *fiber.Ctx, invoice db.Invoice) string {
	if from := back(c); from != "/" {
		return from
	}
	return invoice.ID.Path()
}

// purseBeside is the header's balance as it is after an act.
func purseBeside(c *fiber.Ctx, purse db.Purse) templ.Component {
	viewer := views.ViewerOf(c.UserContext())
	viewer.Balance = views.Money(c.UserContext(), purse.Available, db.EUR)
	c.SetUserContext(views.WithViewer(c.UserContext(), viewer))
	return views.Purse(views.Beside)
}
