package handlers

import (
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

func methodCode(c *fiber.Ctx) db.MethodCode { return db.MethodCode(c.Params("code")) }

func named(c *fiber.Ctx, method db.Method) string {
	return method.Named(db.LocaleOf(views.Locale(c.UserContext())))
}

func methodPath(c *fiber.Ctx, part string) string {
	return "/staff/settings/methods/" + string(methodCode(c)) + part
}

// listMethods is the first page of the tables.
func (h *Handlers) listMethods(c *fiber.Ctx) error {
	methods, err := h.db.AllMethods(c.UserContext())
	if err != nil {
		return err
	}
	return document(c, "operator.title", views.OperatorMethods(methods))
}

func (h *Handlers) methodsMoved(c *fiber.Ctx) error {
	methods, err := h.db.AllMethods(c.UserContext())
	if err != nil {
		return err
	}
	flash(c, "operator.saved")
	return done(c, "/staff/settings", views.MethodList(methods))
}

// switchMethod puts a method on offer or takes it off.
func (h *Handlers) switchMethod(c *fiber.Ctx) error {
	if _, err := h.db.SwitchMethod(c.UserContext(), me(c), methodCode(c), posted(c, "enabled") != ""); err != nil {
		return err
	}
	return h.methodsMoved(c)
}

// moveMethod moves a method in the list.
func (h *Handlers) moveMethod(c *fiber.Ctx) error {
	position, _ := strconv.ParseInt(posted(c, "position"), 10, 32)
	form := db.MoveMethodForm{Up: posted(c, "up") != "", Position: int32(position)}
	if err := h.db.MoveMethod(c.UserContext(), me(c), methodCode(c), form); err != nil {
		return err
	}
	return h.methodsMoved(c)
}

// drawMethod shows what a method is like: as it is, or as it was typed.
func (h *Handlers) drawMethod(c *fiber.Ctx, typed *db.MethodForm, problems db.Problems) error {
	method, err := h.db.MethodByCode(c.UserContext(), methodCode(c))
	if err != nil {
		return err
	}
	form := method.Form()
	if typed != nil {
		form = *typed
	}
	carriers, err := h.db.Carriers(c.UserContext())
	if err != nil {
		return err
	}
	shown := views.OperatorPage{Form: views.Entered(methodPath(c, ""), form, form.Version, method.Form(), method.Version, problems)}
	if shown.Changes, err = h.changesOf(c, string(method.Code), db.MethodSubjects...); err != nil {
		return err
	}
	return sheet(c, named(c, method), views.OperatorMethod(method, carriers, shown), views.MethodForm(shown.Form, carriers))
}

// showMethod is what a method is like.
func (h *Handlers) showMethod(c *fiber.Ctx) error { return h.drawMethod(c, nil, nil) }

// editMethod changes it.
func (h *Handlers) editMethod(c *fiber.Ctx) error {
	var form db.MethodForm
	if err := parse(c, &form); err != nil {
		return err
	}
	_, err := h.db.EditMethod(c.UserContext(), me(c), methodCode(c), form)
	return settled(c, err, methodPath(c, ""), func(problems db.Problems) error { return h.drawMethod(c, &form, problems) })
}

// tariffEntry is what was typed on the page of prices and zones; nothing in it on a fresh page.
type tariffEntry struct {
	prices   *db.TariffForm
	preview  *db.PricePreview
	zones    *db.ZonesForm
	problems db.Problems // of the one of the two that was sent
}

// drawTariffs shows prices and zones.
func (h *Handlers) drawTariffs(c *fiber.Ctx, typed tariffEntry) error {
	method, err := h.db.MethodByCode(c.UserContext(), methodCode(c))
	if err != nil {
		return err
	}
	shown := views.TariffPage{Method: method, Today: h.db.Today()}
	if shown.Zones, err = h.db.ZonesOf(c.UserContext(), method.Code); err != nil {
		return err
	}
	tariffs, err := h.db.TariffsFrom(c.UserContext(), method.Code, shown.Today)
	if err != nil {
		return err
	}
	shown.Lists = db.PriceLists(tariffs)
	if shown.Changes, err = h.changesOf(c, string(method.Code), db.SettingTariff, db.SettingZones); err != nil {
		return err
	}
	tomorrow := shown.Today.Plus(1)
	prices := db.TariffForm{Prices: db.PriceTable(db.ListsOn(shown.Lists, tomorrow)), ValidFrom: tomorrow.String(), Version: method.Version}
	zones := db.ZonesForm{Zones: db.ZoneLines(shown.Zones), Version: method.Version}
	priceForm := views.Entered(methodPath(c, "/tariffs"), prices, method.Version, prices, method.Version, nil)
	shown.ZoneMap = views.Entered(methodPath(c, "/zones"), zones, method.Version, zones, method.Version, nil)
	if typed.prices != nil {
		priceForm = views.Entered(methodPath(c, "/tariffs"), *typed.prices, typed.prices.Version, prices, method.Version, typed.problems)
	}
	shown.Prices = views.TariffEntry{OperatorForm: priceForm, Preview: typed.preview}
	if typed.zones != nil {
		shown.ZoneMap = views.Entered(methodPath(c, "/zones"), *typed.zones, typed.zones.Version, zones, method.Version, typed.problems)
		return sheet(c, named(c, method), views.OperatorTariffs(shown), views.ZonesForm(shown.ZoneMap))
	}
	return sheet(c, named(c, method), views.OperatorTariffs(shown), views.TariffForm(shown.Prices))
}

// showTariffs is the page of prices and zones.
func (h *Handlers) showTariffs(c *fiber.Ctx) error { return h.drawTariffs(c, tariffEntry{}) }

// setTariff shows a new table of prices beside the old one, and brings it into force once it was seen so.
func (h *Handlers) setTariff(c *fiber.Ctx) error {
	var form db.TariffForm
	if err := parse(c, &form); err != nil {
		return err
	}
	if posted(c, "seen") == views.TariffMark(form) {
		err := h.db.SetTariff(c.UserContext(), me(c), methodCode(c), form)
		return settled(c, err, methodPath(c, "/tariffs"), func(problems db.Problems) error {
			return h.drawTariffs(c, tariffEntry{prices: &form, problems: problems})
		})
	}
	preview, err := h.db.PreviewTariff(c.UserContext(), methodCode(c), form)
	if problems, ok := problemsOf(c, err); ok {
		return h.drawTariffs(c, tariffEntry{prices: &form, problems: problems})
	}
	if err != nil {
		return err
	}
	return h.drawTariffs(c, tariffEntry{prices: &form, preview: &preview})
}

// withdrawTariff calls off prices that have not begun.
func (h *Handlers) withdrawTariff(c *fiber.Ctx) error {
	form := db.WithdrawForm{ValidFrom: posted(c, "valid_from")}
	if err := h.db.WithdrawTariff(c.UserContext(), me(c), methodCode(c), form); err != nil {
		return err
	}
	flash(c, "operator.withdrawn")
	return moved(c, methodPath(c, "/tariffs"))
}

// setZones says where a method goes.
func (h *Handlers) setZones(c *fiber.Ctx) error {
	var form db.ZonesForm
	if err := parse(c, &form); err != nil {
		return err
	}
	err := h.db.SetZones(c.UserContext(), me(c), methodCode(c), form)
	return settled(c, err, methodPath(c, "/tariffs"), func(problems db.Problems) error {
		return h.drawTariffs(c, tariffEntry{zones: &form, problems: problems})
	})
}

// showFields is what a method asks about its recipients, country by country.
func (h *Handlers) showFields(c *fiber.Ctx) (err error) {
	shown := views.FieldsPage{Today: h.db.Today()}
	if shown.Method, err = h.db.MethodByCode(c.UserContext(), methodCode(c)); err != nil {
		return err
	}
	if shown.Rules, err = h.db.FieldRulesOf(c.UserContext(), shown.Method.Code); err != nil {
		return err
	}
	if shown.Changes, err = h.changesOf(c, string(shown.Method.Code), db.SettingFields); err != nil {
		return err
	}
	return document(c, named(c, shown.Method), views.OperatorFields(shown))
}

// drawField shows the form of one rule: as it is for the field and country that a link names, or as it was typed.
func (h *Handlers) drawField(c *fiber.Ctx, typed *db.FieldForm, problems db.Problems) error {
	method, err := h.db.MethodByCode(c.UserContext(), methodCode(c))
	if err != nil {
		return err
	}
	rules, err := h.db.FieldRulesOf(c.UserContext(), method.Code)
	if err != nil {
		return err
	}
	field, country := c.Query("field", db.AskedFields[0]), c.Query("country", db.AnyCountry)
	if typed != nil {
		field, country = typed.Field, typed.Country
	}
	rule, _ := db.RuleOn(rules, field, country, h.db.Today())
	current := rule.Form(method.FieldsVersion)
	current.ValidFrom = h.db.Today().String()
	form := current
	if typed != nil {
		form, current.ValidFrom = *typed, typed.ValidFrom
	}
	entered := views.Entered(methodPath(c, "/field"), form, form.Version, current, method.FieldsVersion, problems)
	return sheet(c, named(c, method), views.OperatorField(method, entered), views.FieldForm(entered))
}

// showField is the form of one rule.
func (h *Handlers) showField(c *fiber.Ctx) error { return h.drawField(c, nil, nil) }

// setField changes what a method asks about its recipients.
func (h *Handlers) setField(c *fiber.Ctx) error {
	var form db.FieldForm
	if err := parse(c, &form); err != nil {
		return err
	}
	err := h.db.SetField(c.UserContext(), me(c), methodCode(c), form)
	return settled(c, err, methodPath(c, "/fields"), func(problems db.Problems) error { return h.drawField(c, &form, problems) })
}

// departuresOnAPage is how many the query gives at most.
const departuresOnAPage = 12

// drawDepartures shows the schedule of a method.
func (h *Handlers) drawDepartures(c *fiber.Ctx, form db.DepartureForm, problems db.Problems) error {
	method, err := h.db.MethodByCode(c.UserContext(), methodCode(c))
	if err != nil {
		return err
	}
	shown := views.DeparturesPage{Method: method, Form: views.Entered(methodPath(c, "/departures"), form, 0, form, 0, problems)}
	from := h.db.Today()
	if day, ok := db.ParseDay(c.Query("from")); ok && from.Before(day) {
		from = day
	}
	if shown.Days, err = h.db.DeparturesFrom(c.UserContext(), method.Code, from); err != nil {
		return err
	}
	if last := len(shown.Days) - 1; last >= 0 {
		until := shown.Days[last].DepartsOn
		if len(shown.Days) == departuresOnAPage {
			shown.More = until.Plus(1)
		}
		if shown.Holidays, err = h.db.HolidaysBetween(c.UserContext(), db.WarehouseCalendar, from, until); err != nil {
			return err
		}
	}
	if shown.Changes, err = h.changesOf(c, string(method.Code), db.SettingDepartures); err != nil {
		return err
	}
	return sheet(c, named(c, method), views.OperatorDepartures(shown), views.DepartureForm(shown.Form))
}

// showDepartures is the schedule of a method.
func (h *Handlers) showDepartures(c *fiber.Ctx) error {
	return h.drawDepartures(c, db.DepartureForm{}, nil)
}

// addDeparture puts a day on it.
func (h *Handlers) addDeparture(c *fiber.Ctx) error {
	form := db.DepartureForm{Day: posted(c, "day")}
	err := h.db.AddDeparture(c.UserContext(), me(c), methodCode(c), form)
	return settled(c, err, methodPath(c, "/departures"), func(problems db.Problems) error { return h.drawDepartures(c, form, problems) })
}

// removeDeparture takes a day off it.
func (h *Handlers) removeDeparture(c *fiber.Ctx) error {
	if err := h.db.RemoveDeparture(c.UserContext(), me(c), methodCode(c), db.DepartureForm{Day: posted(c, "day")}); err != nil {
		return err
	}
	flash(c, "operator.removed_now")
	return moved(c, methodPath(c, "/departures"))
}
