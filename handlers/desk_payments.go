package handlers

import (
	"errors"
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
)

// freshPayment is the form for the next payment: of the same day and currency as the last one.
func (h *Handlers) freshPayment(last db.PaymentForm) db.PaymentForm {
	form := db.PaymentForm{Key: views.NewKey(), Currency: last.Currency, ReceivedOn: last.ReceivedOn}
	if form.ReceivedOn == "" {
		form.Currency, form.ReceivedOn = string(db.EUR), h.db.Today().String()
	}
	return form
}

func (h *Handlers) paymentsPage(c *fiber.Ctx) (shown views.PaymentsPage, err error) {
	below, _ := strconv.ParseInt(c.Query("below"), 10, 64)
	shown.Form, shown.Today, shown.Zone = h.freshPayment(db.PaymentForm{}), h.db.Today(), h.Zone
	shown.PaymentDesk, err = h.db.PaymentDesk(c.UserContext(), db.PaymentID(below))
	return shown, err
}

// showPayments is the desk of the bank's money.
func (h *Handlers) showPayments(c *fiber.Ctx) error {
	shown, err := h.paymentsPage(c)
	if err != nil {
		return err
	}
	return page(c, "nav.staff.payments", views.Payments(shown))
}

// recordPayment writes down what came. The form is ready for the next one, and the payment is the first of the queue.
func (h *Handlers) recordPayment(c *fiber.Ctx) error {
	var form db.PaymentForm
	if err := parse(c, &form); err != nil {
		return err
	}
	_, err := h.db.RecordPayment(c.UserContext(), me(c), form)
	problems, wrong := errors.AsType[db.Problems](err)
	if err != nil && !wrong {
		return err
	}
	if wrong && swaps(c) {
		return invalid(c, "nav.staff.payments", views.PaymentForm(form, problems))
	}
	shown, err := h.paymentsPage(c)
	if err != nil {
		return err
	}
	if wrong {
		shown.Form, shown.Problems = form, problems
		return invalid(c, "nav.staff.payments", views.Payments(shown))
	}
	flash(c, "payments.recorded")
	return done(c, "/staff/payments", views.PaymentForm(h.freshPayment(form), nil),
		views.PaymentQueue(shown, views.Beside), views.PaymentTotals(shown.Totals, views.Beside))
}

// showPaymentTotals are today's sums, for a desk that heard of a change.
func (h *Handlers) showPaymentTotals(c *fiber.Ctx) error {
	totals, err := h.db.TodaysPayments(c.UserContext())
	if err != nil {
		return err
	}
	return fragment(c, views.PaymentTotals(totals, nil))
}

// showPayment is one row, for a desk where somebody else has changed it.
func (h *Handlers) showPayment(c *fiber.Ctx) error {
	row, err := h.db.DeskPayment(c.UserContext(), id[db.PaymentID](c))
	if err != nil {
		return err
	}
	return page(c, "nav.staff.payments", h.paymentRow(row, views.PaymentEntry{}))
}

func (h *Handlers) paymentRow(row db.DeskPaymentRow, entry views.PaymentEntry) templ.Component {
	return views.PaymentRow(row, entry, h.db.Today(), h.Zone)
}

// matchPayment matches to what was suggested, or to what was typed by hand.
func (h *Handlers) matchPayment(c *fiber.Ctx) error {
	var form db.MatchForm
	if err := parse(c, &form); err != nil {
		return err
	}
	entry, err := views.PaymentEntry{ID: id[db.PaymentID](c), Act: "/match", Match: form}, error(nil)
	if form.Kind == "" {
		_, err = h.db.AcceptSuggestion(c.UserContext(), me(c), entry.ID)
	} else {
		_, err = h.db.MatchPayment(c.UserContext(), me(c), entry.ID, form)
	}
	return h.actedOnPayment(c, entry, "payments.matched_now", err)
}

type reasonForm struct {
	Reason string `form:"reason"`
}

// rejectPayment says «Не наш».
func (h *Handlers) rejectPayment(c *fiber.Ctx) error {
	var form reasonForm
	if err := parse(c, &form); err != nil {
		return err
	}
	entry := views.PaymentEntry{ID: id[db.PaymentID](c), Act: "/rejection", Reason: form.Reason}
	_, err := h.db.IgnorePayment(c.UserContext(), me(c), entry.ID, form.Reason)
	return h.actedOnPayment(c, entry, "payments.rejected_now", err)
}

// reversePayment takes a match back.
func (h *Handlers) reversePayment(c *fiber.Ctx) error {
	var form reasonForm
	if err := parse(c, &form); err != nil {
		return err
	}
	entry := views.PaymentEntry{ID: id[db.PaymentID](c), Act: "/reversal", Reason: form.Reason}
	_, err := h.db.UndoMatch(c.UserContext(), me(c), entry.ID, form.Reason)
	return h.actedOnPayment(c, entry, "payments.reversed_now", err)
}

// actedOnPayment answers an act on a row: the row as it is now, the sums beside it, and the cursor in the field
// for the next payment.
func (h *Handlers) actedOnPayment(c *fiber.Ctx, entry views.PaymentEntry, said string, err error) error {
	problems, wrong := errors.AsType[db.Problems](err)
	if err != nil && !wrong {
		return err
	}
	entry.Problems = problems
	if wrong && !swaps(c) {
		shown, err := h.paymentsPage(c)
		if err != nil {
			return err
		}
		shown.Row = entry
		return invalid(c, "nav.staff.payments", views.Payments(shown))
	}
	row, err := h.db.DeskPayment(c.UserContext(), entry.ID)
	if err != nil {
		return err
	}
	if wrong {
		return invalid(c, "nav.staff.payments", h.paymentRow(row, entry))
	}
	totals, err := h.db.TodaysPayments(c.UserContext())
	if err != nil {
		return err
	}
	flash(c, said)
	return done(c, "/staff/payments", h.paymentRow(row, entry), views.PaymentTotals(totals, views.BesideWithFocus("field-reference")))
}
