package handlers

import (
	"errors"

	"cabinet/db"
	"cabinet/views"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
)

// shippingRoutes are the desk that hands parcels over to their carriers. Support reads.
func (h *Handlers) shippingRoutes() []Route {
	reads, works := staff(db.Warehouse, db.Support), staff(db.Warehouse)
	return []Route{
		{"GET", "/staff/shipping", reads, h.showShipping},
		{"GET", "/staff/shipping/parts", reads, h.showShippingParts},
		{"GET", "/staff/shipping/untracked", reads, h.listUntracked},
		{"GET", "/staff/shipping/late", reads, h.listLate},
		{"POST", "/staff/shipping/trips", works, h.shipTrip},
		{"GET", "/staff/shipping/:id<int>/row", reads, h.showReadyRow},
		{"POST", "/staff/shipping/:id<int>/shipment", works, h.shipParcel},
		{"POST", "/staff/shipping/:id<int>/tracking", works, h.addTracking},
		{"POST", "/staff/shipping/:id<int>/numbers", works, h.addNumbers},
		{"POST", "/staff/shipping/:id<int>/numbers/removal", works, h.removeNumber},
		{"GET", "/staff/shipping/:id<int>/apology", reads, h.showApology},
		{"POST", "/staff/shipping/:id<int>/apology", reads, h.apologise},
	}
}

// shippingDesk is what every page of the desk shows around its list.
func (h *Handlers) shippingDesk(c *fiber.Ctx) (desk views.ShippingDesk, err error) {
	desk = views.ShippingDesk{Method: db.MethodCode(c.Query("method")), Names: map[db.MethodCode]string{}}
	desk.Works, desk.Today = me(c).Has(db.Warehouse), h.db.Today()
	if desk.Methods, err = h.db.ReadyByMethod(c.UserContext()); err != nil {
		return desk, err
	}
	for _, row := range desk.Methods {
		method, err := h.db.MethodByCode(c.UserContext(), row.Code)
		if err != nil {
			return desk, err
		}
		desk.Names[row.Code] = method.Named(me(c).Locale)
	}
	totals, err := h.totals(c)
	if err != nil {
		return desk, err
	}
	desk.Untracked, desk.Missed = totals.Untracked, totals.Late
	return desk, nil
}

func (h *Handlers) showShipping(c *fiber.Ctx) error {
	desk, err := h.shippingDesk(c)
	if err != nil {
		return err
	}
	from, more := deskPlace(c), false
	if desk.Rows, more, err = h.db.ReadyFrom(c.UserContext(), desk.Method, from); err != nil {
		return err
	}
	if more {
		last := desk.Rows[len(desk.Rows)-1].Parcel
		desk.More = afterPlace("/staff/shipping?method="+string(desk.Method), db.DeskPlace{At: *last.ReadyAt, ID: last.ID, Method: last.MethodCode})
	}
	var trips []db.Trip
	if from.ID == 0 {
		if trips, err = h.db.Trips(c.UserContext(), desk.Method); err != nil {
			return err
		}
	}
	return page(c, "nav.staff.shipping", views.Shipping(desk, trips))
}

// showShippingParts are the counters of the desk, for a page that heard that they changed.
func (h *Handlers) showShippingParts(c *fiber.Ctx) error {
	desk, err := h.shippingDesk(c)
	if err != nil {
		return err
	}
	desk.Late, desk.AtMissed = c.Query("untracked") != "", c.Query("late") != ""
	return fragment(c, views.ShippingParts(desk))
}

func (h *Handlers) listUntracked(c *fiber.Ctx) error {
	desk, err := h.shippingDesk(c)
	if err != nil {
		return err
	}
	desk.Late = true
	var more bool
	if desk.Rows, more, err = h.db.UntrackedFrom(c.UserContext(), deskPlace(c)); err != nil {
		return err
	}
	if more {
		desk.More = afterPlace("/staff/shipping/untracked", db.DeskPlace{ID: desk.Rows[len(desk.Rows)-1].Parcel.ID})
	}
	return page(c, "shipping.untracked", views.Untracked(desk))
}

// listLate is what was promised for an earlier day and has not left, the oldest promise first.
func (h *Handlers) listLate(c *fiber.Ctx) error {
	desk, err := h.shippingDesk(c)
	if err != nil {
		return err
	}
	desk.AtMissed = true
	var more bool
	if desk.Rows, more, err = h.db.LateFrom(c.UserContext(), deskPlace(c)); err != nil {
		return err
	}
	if more {
		last := desk.Rows[len(desk.Rows)-1].Parcel
		desk.More = afterPlace("/staff/shipping/late", db.DeskPlace{At: last.PromisedOn.Time(), ID: last.ID})
	}
	return page(c, "shipping.late", views.Late(desk))
}

// showApology asks what to tell a customer whose parcel has not left as promised.
func (h *Handlers) showApology(c *fiber.Ctx) error {
	apology, err := h.db.ApologyFor(c.UserContext(), id[db.ParcelID](c))
	if err != nil {
		return err
	}
	return page(c, "shipping.apology", views.Apology(apology, views.FirstApology(c.UserContext(), apology), nil))
}

func (h *Handlers) apologise(c *fiber.Ctx) error {
	var form db.ApologyForm
	if err := parse(c, &form); err != nil {
		return err
	}
	_, err := h.db.Apologise(c.UserContext(), me(c), id[db.ParcelID](c), form)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		apology, err := h.db.ApologyFor(c.UserContext(), id[db.ParcelID](c))
		if err != nil {
			return err
		}
		return invalid(c, "shipping.apology", views.Apology(apology, form, problems))
	}
	if err != nil {
		return err
	}
	flash(c, "shipping.apologised")
	return moved(c, "/staff/shipping/late")
}

// showReadyRow is a row that heard that its parcel changed; nothing, once it is not ready any more, or late no more in
// the list of those.
func (h *Handlers) showReadyRow(c *fiber.Ctx) error {
	shipment, err := h.shipment(c)
	if err != nil {
		return err
	}
	shipment.AtMissed = c.Query("late") != ""
	if shipment.Parcel.Status != db.ParcelReady || shipment.AtMissed && !shipment.MayApologise(shipment.Today) {
		return fragment(c, views.Gone())
	}
	return fragment(c, views.ReadyRow(shipment))
}

func (h *Handlers) shipment(c *fiber.Ctx) (views.Shipment, error) {
	row, err := h.db.DeskRowOf(c.UserContext(), id[db.ParcelID](c))
	return views.Shipment{DeskRow: row, Today: h.db.Today(), Works: me(c).Has(db.Warehouse)}, err
}

func (h *Handlers) shipParcel(c *fiber.Ctx) error {
	var form db.ShipmentForm
	if err := parse(c, &form); err != nil {
		return err
	}
	_, err := h.db.ShipParcel(c.UserContext(), me(c), id[db.ParcelID](c), form)
	if questioned(err) {
		shipment, wrong := h.doubted(c, form, err)
		if wrong != nil {
			return wrong
		}
		return questionedRow(c, views.ReadyRow(shipment))
	}
	if err != nil {
		return err
	}
	flash(c, "shipping.shipped")
	return done(c, "/staff/shipping")
}

func (h *Handlers) addTracking(c *fiber.Ctx) error {
	var form db.ShipmentForm
	if err := parse(c, &form); err != nil {
		return err
	}
	_, err := h.db.AddTracking(c.UserContext(), me(c), id[db.ParcelID](c), form)
	if questioned(err) {
		shipment, wrong := h.doubted(c, form, err)
		if wrong != nil {
			return wrong
		}
		return questionedRow(c, views.UntrackedRow(shipment))
	}
	if err != nil {
		return err
	}
	flash(c, "shipping.number_added")
	return done(c, "/staff/shipping/untracked")
}

// addNumbers is addTracking on the page of the parcel.
func (h *Handlers) addNumbers(c *fiber.Ctx) error {
	var form db.ShipmentForm
	if err := parse(c, &form); err != nil {
		return err
	}
	_, err := h.db.AddTracking(c.UserContext(), me(c), id[db.ParcelID](c), form)
	if err != nil && !questioned(err) {
		return err
	}
	shipment, wrong := h.doubted(c, form, err)
	if wrong != nil {
		return wrong
	}
	if err == nil {
		shipment.Typed = ""
		flash(c, "shipping.number_added")
	}
	return h.numbersChanged(c, shipment)
}

func (h *Handlers) removeNumber(c *fiber.Ctx) error {
	if _, err := h.db.RemoveTracking(c.UserContext(), me(c), id[db.ParcelID](c), posted(c, "number")); err != nil {
		return err
	}
	shipment, err := h.shipment(c)
	if err != nil {
		return err
	}
	flash(c, "shipping.number_removed")
	return h.numbersChanged(c, shipment)
}

// numbersChanged shows the numbers of a parcel as they are now, and what is asked about one more.
func (h *Handlers) numbersChanged(c *fiber.Ctx, shipment views.Shipment) error {
	sheet, err := h.db.DeskSheetOf(c.UserContext(), shipment.Parcel.ID)
	if err != nil {
		return err
	}
	numbers := views.ShippedNumbers(sheet, shipment)
	if shipment.Problem == "" && shipment.Doubt == "" {
		return done(c, deskParcelPath(sheet.Parcel.ID), numbers)
	}
	c.Status(fiber.StatusUnprocessableEntity)
	return page(c, "shipping.numbers", numbers)
}

// questioned reports whether a number is missing, or looks wrong and may be right all the same.
func questioned(err error) bool {
	_, problems := errors.AsType[db.Problems](err)
	_, doubt := errors.AsType[db.Doubt](err)
	return problems || doubt
}

// questionedRow shows a row again in its place, or alone on a page where no script can do that.
func questionedRow(c *fiber.Ctx, row templ.Component) error {
	c.Status(fiber.StatusUnprocessableEntity)
	if swaps(c) {
		return fragment(c, row)
	}
	return document(c, "nav.staff.shipping", views.ShippingRow(row))
}

// doubted is the row again, with what was typed and what about it.
func (h *Handlers) doubted(c *fiber.Ctx, form db.ShipmentForm, err error) (views.Shipment, error) {
	shipment, wrong := h.shipment(c)
	shipment.Typed = form.Numbers
	if problems, ok := errors.AsType[db.Problems](err); ok {
		shipment.Problem = problems["numbers"]
	}
	if doubt, ok := errors.AsType[db.Doubt](err); ok {
		shipment.Doubt = string(doubt)
	}
	return shipment, wrong
}

// shipTrip sends off what was ticked of a trip, and says of each parcel what became of it.
func (h *Handlers) shipTrip(c *fiber.Ctx) error {
	var form struct {
		Method  db.MethodCode `form:"method"`
		Day     string        `form:"day"`
		Parcels []db.ParcelID `form:"parcels"`
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	if len(form.Parcels) == 0 {
		return db.Refusal("shipping.pick_parcels")
	}
	results, err := h.db.ShipTrip(c.UserContext(), me(c), form.Parcels)
	if err != nil {
		return err
	}
	method, err := h.db.MethodByCode(c.UserContext(), form.Method)
	if err != nil {
		return err
	}
	trip := views.Trip{Trip: db.Trip{Method: method}, Results: results}
	if day, ok := db.ParseDay(form.Day); ok {
		trip.Day = &day
	}
	if trip.Rows, err = h.db.RowsOf(c.UserContext(), form.Parcels); err != nil {
		return err
	}
	if !swaps(c) {
		return page(c, "nav.staff.shipping", views.TripPage(trip))
	}
	return done(c, "/staff/shipping", views.TripPanel(trip, true))
}
