package handlers

import (
	"errors"

	"cabinet/db"
	"cabinet/views"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
)

// operatorRoutes are the tables by which everything is reckoned: delivery methods and what hangs on them, carriers, days
// off, and where the money goes.
func (h *Handlers) operatorRoutes() []Route {
	admin := staff(db.Admin)
	return []Route{
		{"GET", "/staff/settings", admin, h.listMethods},
		{"GET", "/staff/settings/methods/:code", admin, h.showMethod},
		{"POST", "/staff/settings/methods/:code", admin, h.editMethod},
		{"POST", "/staff/settings/methods/:code/switch", admin, h.switchMethod},
		{"POST", "/staff/settings/methods/:code/place", admin, h.moveMethod},
		{"GET", "/staff/settings/methods/:code/tariffs", admin, h.showTariffs},
		{"POST", "/staff/settings/methods/:code/tariffs", admin, h.setTariff},
		{"POST", "/staff/settings/methods/:code/tariffs/withdrawal", admin, h.withdrawTariff},
		{"POST", "/staff/settings/methods/:code/zones", admin, h.setZones},
		{"GET", "/staff/settings/methods/:code/fields", admin, h.showFields},
		{"GET", "/staff/settings/methods/:code/field", admin, h.showField},
		{"POST", "/staff/settings/methods/:code/field", admin, h.setField},
		{"GET", "/staff/settings/methods/:code/departures", admin, h.showDepartures},
		{"POST", "/staff/settings/methods/:code/departures", admin, h.addDeparture},
		{"POST", "/staff/settings/methods/:code/departures/removal", admin, h.removeDeparture},
		{"GET", "/staff/settings/carriers", admin, h.listCarriers},
		{"GET", "/staff/settings/carriers/:code", admin, h.showCarrier},
		{"POST", "/staff/settings/carriers/:code", admin, h.editCarrier},
		{"GET", "/staff/settings/tracker", admin, h.showTracker},
		{"POST", "/staff/settings/tracker", admin, h.editTracker},
		{"GET", "/staff/settings/holidays", admin, h.showHolidays},
		{"POST", "/staff/settings/holidays", admin, h.addHoliday},
		{"POST", "/staff/settings/holidays/removal", admin, h.removeHoliday},
		{"GET", "/staff/settings/payment-details", admin, h.showPaymentDetails},
		{"POST", "/staff/settings/payment-details/:currency", admin, h.editPaymentDetails},
		{"GET", "/staff/settings/changes", admin, h.listSettingChanges},
	}
}

const (
	changesBeside  = 10 // on the page of a thing
	changesOnAPage = 50
)

// settled answers a form of the operator's: the page after it, or the form again with what is wrong with it.
func settled(c *fiber.Ctx, err error, after string, draw func(db.Problems) error) error {
	if errors.Is(err, db.Refusal("operator.changed_elsewhere")) {
		c.Status(fiber.StatusConflict)
		return draw(db.Problems{"": "operator.changed_elsewhere"})
	}
	if problems, ok := problemsOf(c, err); ok {
		return draw(problems)
	}
	if err != nil {
		return err
	}
	flash(c, "operator.saved")
	return moved(c, after)
}

// sheet is a page of the operator's, or for htmx the form alone that was sent from it.
func sheet(c *fiber.Ctx, title string, whole, form templ.Component) error {
	if swaps(c) && c.Method() == fiber.MethodPost {
		return fragment(c, form)
	}
	return document(c, title, whole)
}

func (h *Handlers) changesOf(c *fiber.Ctx, name string, subjects ...db.SettingSubject) ([]db.SettingChangesRow, error) {
	return h.db.ChangesOf(c.UserContext(), subjects, name, 0, changesBeside)
}

// listSettingChanges is the history of all tables.
func (h *Handlers) listSettingChanges(c *fiber.Ctx) error {
	changes, err := h.db.ChangesOf(c.UserContext(), db.SettingSubjects, "", below[db.SettingChangeID](c), changesOnAPage+1)
	if err != nil {
		return err
	}
	more := db.SettingChangeID(0)
	if len(changes) > changesOnAPage {
		changes = changes[:changesOnAPage]
		more = changes[changesOnAPage-1].SettingChange.ID
	}
	return document(c, "operator.history", views.OperatorChanges(changes, more))
}
