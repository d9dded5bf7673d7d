package handlers

import (
	"errors"
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
)

// listCarriers are all carriers, and «Где посылка».
func (h *Handlers) listCarriers(c *fiber.Ctx) error {
	carriers, err := h.db.Carriers(c.UserContext())
	if err != nil {
		return err
	}
	tracker, err := h.db.Tracker(c.UserContext())
	if err != nil {
		return err
	}
	return document(c, "operator.title", views.OperatorCarriers(carriers, tracker))
}

func (h *Handlers) drawCarrier(c *fiber.Ctx, typed *db.CarrierForm, problems db.Problems) error {
	carrier, err := h.db.CarrierByCode(c.UserContext(), db.CarrierCode(c.Params("code")))
	if err != nil {
		return err
	}
	form := carrier.Form()
	if typed != nil {
		form = *typed
	}
	sample, err := h.db.LastSample(c.UserContext(), carrier.Code)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	shown := views.OperatorPage{Form: views.Entered(c.Path(), form, form.Version, carrier.Form(), carrier.Version, problems)}
	if shown.Changes, err = h.changesOf(c, string(carrier.Code), db.SettingCarrier); err != nil {
		return err
	}
	return sheet(c, carrier.Name, views.OperatorCarrier(carrier, sample, shown), views.CarrierForm(shown.Form))
}

// showCarrier is one carrier.
func (h *Handlers) showCarrier(c *fiber.Ctx) error { return h.drawCarrier(c, nil, nil) }

// editCarrier changes it.
func (h *Handlers) editCarrier(c *fiber.Ctx) error {
	var form db.CarrierForm
	if err := parse(c, &form); err != nil {
		return err
	}
	_, err := h.db.EditCarrier(c.UserContext(), me(c), db.CarrierCode(c.Params("code")), form)
	return settled(c, err, c.Path(), func(problems db.Problems) error { return h.drawCarrier(c, &form, problems) })
}

func (h *Handlers) drawTracker(c *fiber.Ctx, typed *db.TrackerForm, problems db.Problems) error {
	tracker, err := h.db.Tracker(c.UserContext())
	if err != nil {
		return err
	}
	form := tracker.Form()
	if typed != nil {
		form = *typed
	}
	shown := views.OperatorPage{Form: views.Entered(c.Path(), form, form.Version, tracker.Form(), tracker.Version, problems)}
	if shown.Changes, err = h.changesOf(c, tracker.Code, db.SettingTracker); err != nil {
		return err
	}
	return sheet(c, tracker.Name, views.OperatorTracker(tracker, shown), views.TrackerForm(shown.Form))
}

// showTracker is «Где посылка».
func (h *Handlers) showTracker(c *fiber.Ctx) error { return h.drawTracker(c, nil, nil) }

// editTracker changes where it leads.
func (h *Handlers) editTracker(c *fiber.Ctx) error {
	var form db.TrackerForm
	if err := parse(c, &form); err != nil {
		return err
	}
	_, err := h.db.EditTracker(c.UserContext(), me(c), form)
	return settled(c, err, c.Path(), func(problems db.Problems) error { return h.drawTracker(c, &form, problems) })
}

// drawHolidays shows a year of a calendar: this year of the warehouse, unless the address says otherwise.
func (h *Handlers) drawHolidays(c *fiber.Ctx, calendar, year string, form db.HolidayForm, problems db.Problems) (err error) {
	shown := views.HolidaysPage{Calendar: db.Calendar(calendar), Today: h.db.Today()}
	if shown.Calendar != db.RussianCalendar {
		shown.Calendar = db.WarehouseCalendar
	}
	if shown.Year, err = strconv.Atoi(year); err != nil || shown.Year < 2000 || shown.Year > 2100 {
		shown.Year = shown.Today.Year
	}
	first, last := db.Day{Year: shown.Year, Month: 1, Day: 1}, db.Day{Year: shown.Year, Month: 12, Day: 31}
	if shown.Days, err = h.db.HolidaysBetween(c.UserContext(), shown.Calendar, first, last); err != nil {
		return err
	}
	shown.Form = views.Entered("/staff/settings/holidays", form, 0, form, 0, problems)
	if shown.Changes, err = h.changesOf(c, string(shown.Calendar), db.SettingHolidays); err != nil {
		return err
	}
	return sheet(c, "operator.holidays", views.OperatorHolidays(shown), views.HolidayForm(shown.Form, shown.Calendar))
}

// showHolidays is a year of a calendar.
func (h *Handlers) showHolidays(c *fiber.Ctx) error {
	return h.drawHolidays(c, c.Query("calendar"), c.Query("year"), db.HolidayForm{}, nil)
}

// addHoliday makes a day a day off.
func (h *Handlers) addHoliday(c *fiber.Ctx) error {
	var form db.HolidayForm
	if err := parse(c, &form); err != nil {
		return err
	}
	holiday, err := h.db.AddHoliday(c.UserContext(), me(c), form)
	return settled(c, err, views.HolidaysPath(holiday.Calendar, holiday.Day.Year), func(problems db.Problems) error {
		return h.drawHolidays(c, form.Calendar, strconv.Itoa(holiday.Day.Year), form, problems)
	})
}

// removeHoliday makes it a working day again.
func (h *Handlers) removeHoliday(c *fiber.Ctx) error {
	form := db.HolidayForm{Calendar: posted(c, "calendar"), Day: posted(c, "day")}
	if err := h.db.RemoveHoliday(c.UserContext(), me(c), form); err != nil {
		return err
	}
	day, _ := db.ParseDay(form.Day)
	flash(c, "operator.removed_now")
	return moved(c, views.HolidaysPath(db.Calendar(form.Calendar), day.Year))
}

// drawPaymentDetails shows where customers send money, with what was typed about one currency.
func (h *Handlers) drawPaymentDetails(c *fiber.Ctx, of db.Currency, typed db.PaymentDetailForm, problems db.Problems) error {
	details, err := h.db.PaymentDetails(c.UserContext())
	if err != nil {
		return err
	}
	var forms []views.OperatorForm
	var sent templ.Component = templ.NopComponent
	for _, detail := range details {
		form := detail.Form()
		if detail.Currency == of {
			form = typed
		}
		entered := views.Entered("/staff/settings/payment-details/"+string(detail.Currency), form, form.Version, detail.Form(), detail.Version, problems)
		entered.Values["currency"] = string(detail.Currency)
		if detail.Currency == of {
			sent = views.PaymentDetailsForm(entered)
		} else {
			entered.Problems = nil
		}
		forms = append(forms, entered)
	}
	changes, err := h.changesOf(c, "", db.SettingPayment)
	if err != nil {
		return err
	}
	return sheet(c, "operator.payment_details", views.OperatorPayments(forms, changes), sent)
}

// showPaymentDetails is where customers send money.
func (h *Handlers) showPaymentDetails(c *fiber.Ctx) error {
	return h.drawPaymentDetails(c, "", db.PaymentDetailForm{}, nil)
}

// editPaymentDetails changes where they send money of one currency.
func (h *Handlers) editPaymentDetails(c *fiber.Ctx) error {
	var form db.PaymentDetailForm
	if err := parse(c, &form); err != nil {
		return err
	}
	currency := db.Currency(c.Params("currency"))
	_, err := h.db.EditPaymentDetails(c.UserContext(), me(c), currency, form)
	return settled(c, err, "/staff/settings/payment-details", func(problems db.Problems) error {
		return h.drawPaymentDetails(c, currency, form, problems)
	})
}
