package handlers

import (
	"errors"
	"slices"
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// parcelRoutes are «Посылки» of a customer.
func (h *Handlers) parcelRoutes() []Route {
	return []Route{
		reading(h, "/parcels", customer, parcelList, h.listParcels),
		{"POST", "/parcels", customer, h.createParcel},
		{"GET", "/parcels/new", customer, h.newParcel},
		{"GET", "/parcels/:id<int>", customer, h.showParcel},
		{"POST", "/parcels/:id<int>", customer, h.saveParcel},
		{"GET", "/parcels/:id<int>/row", customer, h.showParcelRow},
		{"GET", "/parcels/:id<int>/sheet", customer, h.showParcelSheet},
		{"GET", "/parcels/:id<int>/edit", customer, h.editParcel},
		{"GET", "/parcels/:id<int>/address", customer, h.chooseParcelAddress},
		{"POST", "/parcels/:id<int>/address", customer, h.redirectParcel},
		{"POST", "/parcels/:id<int>/submission", customer, h.submitParcel},
		{"POST", "/parcels/:id<int>/split", customer, h.splitParcel},
		{"POST", "/parcels/:id<int>/dissolution", customer, h.dissolveParcel},
		{"POST", "/parcels/:id<int>/recall", customer, h.recallParcel},
	}
}

func parcelPath(id db.ParcelID) string { return "/parcels/" + strconv.FormatInt(int64(id), 10) }

func parcelList(c *fiber.Ctx, of db.AccountID) *db.ParcelList {
	return &db.ParcelList{Of: of, Below: db.ParcelID(c.QueryInt("below"))}
}

func (h *Handlers) listParcels(c *fiber.Ctx, list *db.ParcelList) error {
	next := ""
	if list.More {
		next = "/parcels?below=" + strconv.FormatInt(int64(list.Cards[len(list.Cards)-1].Parcel.ID), 10)
	}
	return page(c, "parcels.title", views.Parcels(list.Cards, next))
}

func (h *Handlers) showParcel(c *fiber.Ctx) error {
	sheet, err := h.db.ParcelSheetOf(c.UserContext(), id[db.ParcelID](c), me(c))
	if err != nil {
		return err
	}
	return page(c, views.ParcelTitle(c.UserContext(), sheet.Parcel.ID), views.ParcelPage(sheet))
}

// showParcelSheet is for a page of the parcel that heard that it changed.
func (h *Handlers) showParcelSheet(c *fiber.Ctx) error {
	if !swaps(c) {
		return redirect(c, parcelPath(id[db.ParcelID](c)))
	}
	sheet, err := h.db.ParcelSheetOf(c.UserContext(), id[db.ParcelID](c), me(c))
	if err != nil {
		return err
	}
	return fragment(c, views.ParcelArticle(sheet))
}

func (h *Handlers) showParcelRow(c *fiber.Ctx) error {
	card, err := h.db.ParcelCardOf(c.UserContext(), id[db.ParcelID](c), me(c).ID)
	if err != nil {
		return err
	}
	return fragment(c, views.ParcelRow(card))
}

func (h *Handlers) newParcel(c *fiber.Ctx) error {
	draft := views.ParcelDraft{Form: db.ParcelForm{Key: views.NewKey()}}
	return h.drawParcel(c, fiber.StatusOK, draft)
}

func (h *Handlers) editParcel(c *fiber.Ctx) error {
	parcel, err := h.db.ParcelOf(c.UserContext(), id[db.ParcelID](c), me(c).ID)
	if err != nil {
		return err
	}
	if parcel.Status != db.ParcelNew {
		return db.Refusal("parcels.not_new")
	}
	items, err := h.db.ItemsOfParcel(c.UserContext(), parcel.ID)
	if err != nil {
		return err
	}
	form := db.ParcelForm{MethodCode: parcel.MethodCode, Version: parcel.Version}
	if parcel.AddressID != nil {
		form.AddressID = *parcel.AddressID
	}
	for _, item := range items {
		form.Items = append(form.Items, item.ID)
	}
	return h.drawParcel(c, fiber.StatusOK, views.ParcelDraft{Parcel: parcel, Form: form})
}

// drawParcel shows the form of a parcel with what the customer may choose from.
func (h *Handlers) drawParcel(c *fiber.Ctx, status int, draft views.ParcelDraft) (err error) {
	if draft.Items, err = h.pickable(c, draft.Parcel); err != nil {
		return err
	}
	if draft.Addresses, err = h.db.AddressesOf(c.UserContext(), me(c).ID); err != nil {
		return err
	}
	if draft.Methods, err = h.methodsTo(c, draft.Addresses); err != nil {
		return err
	}
	if draft.Expected, err = h.db.Expect(c.UserContext(), draft.Items); err != nil {
		return err
	}
	if draft.Form.AddressID == 0 && len(draft.Addresses) > 0 {
		draft.Form.AddressID = draft.Addresses[0].ID
	}
	if draft.Form.MethodCode == "" && len(draft.Methods) > 0 {
		draft.Form.MethodCode = draft.Methods[0].Code
	}
	c.Status(status)
	title := "parcels.new"
	if draft.Parcel.ID != 0 {
		title = views.ParcelTitle(c.UserContext(), draft.Parcel.ID)
	}
	return page(c, title, views.ParcelEditor(draft))
}

// pickable is what lies in the parcel, and what lies in none.
func (h *Handlers) pickable(c *fiber.Ctx, parcel db.Parcel) (rows []db.FreeItemsOfRow, err error) {
	if parcel.ID != 0 {
		held, err := h.db.ItemsOfParcel(c.UserContext(), parcel.ID)
		if err != nil {
			return nil, err
		}
		for _, item := range held {
			rows = append(rows, db.FreeItemsOfRow{Item: item})
		}
	}
	free, err := h.db.FreeItemsOf(c.UserContext(), me(c).ID)
	return append(rows, free...), err
}

// methodsTo are the methods that go to at least one of the addresses.
func (h *Handlers) methodsTo(c *fiber.Ctx, addresses []db.Address) (methods []db.Method, err error) {
	asked := map[string]bool{}
	for _, address := range addresses {
		if asked[address.Country] {
			continue
		}
		asked[address.Country] = true
		there, err := h.db.MethodsTo(c.UserContext(), address.Country)
		if err != nil {
			return nil, err
		}
		for _, method := range there {
			if !slices.ContainsFunc(methods, func(m db.Method) bool { return m.Code == method.Code }) {
				methods = append(methods, method)
			}
		}
	}
	return methods, nil
}

func (h *Handlers) createParcel(c *fiber.Ctx) error {
	var form db.ParcelForm
	if err := parse(c, &form); err != nil {
		return err
	}
	parcel, err := h.db.CreateParcel(c.UserContext(), me(c), form)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return h.drawParcel(c, fiber.StatusUnprocessableEntity, views.ParcelDraft{Form: form, Problems: problems})
	}
	if err != nil {
		return err
	}
	flash(c, "parcels.created_done")
	return moved(c, parcelPath(parcel.ID))
}

func (h *Handlers) saveParcel(c *fiber.Ctx) error {
	var form db.ParcelForm
	if err := parse(c, &form); err != nil {
		return err
	}
	parcel, err := h.db.EditParcel(c.UserContext(), me(c), id[db.ParcelID](c), form)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return h.drawParcel(c, fiber.StatusUnprocessableEntity, views.ParcelDraft{Parcel: db.Parcel{ID: id[db.ParcelID](c)}, Form: form, Problems: problems})
	}
	if err != nil {
		return err
	}
	flash(c, "parcels.saved")
	return moved(c, parcelPath(parcel.ID))
}

func (h *Handlers) chooseParcelAddress(c *fiber.Ctx) error {
	return h.drawRedirection(c, fiber.StatusOK, 0, nil)
}

func (h *Handlers) drawRedirection(c *fiber.Ctx, status int, chosen db.AddressID, problems db.Problems) error {
	parcel, err := h.db.ParcelOf(c.UserContext(), id[db.ParcelID](c), me(c).ID)
	if err != nil {
		return err
	}
	if !parcel.MayRedirect() {
		return db.Refusal("parcels.address_final")
	}
	addresses, err := h.db.AddressesOf(c.UserContext(), me(c).ID)
	if err != nil {
		return err
	}
	switch {
	case chosen != 0:
	case parcel.WantedAddressID != nil:
		chosen = *parcel.WantedAddressID
	case parcel.AddressID != nil:
		chosen = *parcel.AddressID
	}
	c.Status(status)
	return page(c, "parcels.redirect", views.ParcelRedirection(parcel, addresses, chosen, problems))
}

func (h *Handlers) redirectParcel(c *fiber.Ctx) error {
	var form struct {
		AddressID db.AddressID `form:"address_id"`
	}
	if err := parse(c, &form); err != nil {
		return err
	}
	parcel, err := h.db.RedirectParcel(c.UserContext(), me(c), id[db.ParcelID](c), form.AddressID)
	if problems, ok := errors.AsType[db.Problems](err); ok {
		return h.drawRedirection(c, fiber.StatusUnprocessableEntity, form.AddressID, problems)
	}
	if err != nil {
		return err
	}
	flash(c, "parcels.saved")
	return moved(c, parcelPath(parcel.ID))
}

func (h *Handlers) submitParcel(c *fiber.Ctx) error {
	if _, err := h.db.SubmitParcel(c.UserContext(), me(c), id[db.ParcelID](c)); err != nil {
		return err
	}
	return h.parcelChanged(c, "parcels.submitted")
}

func (h *Handlers) splitParcel(c *fiber.Ctx) error {
	if _, _, err := h.db.SplitParcel(c.UserContext(), me(c), id[db.ParcelID](c)); err != nil {
		return err
	}
	return h.parcelChanged(c, "parcels.split_done")
}

func (h *Handlers) dissolveParcel(c *fiber.Ctx) error {
	if _, err := h.db.DissolveParcel(c.UserContext(), me(c), id[db.ParcelID](c)); err != nil {
		return err
	}
	return h.parcelChanged(c, "parcels.dissolved")
}

func (h *Handlers) recallParcel(c *fiber.Ctx) error {
	if _, err := h.db.RecallParcel(c.UserContext(), me(c), id[db.ParcelID](c)); err != nil {
		return err
	}
	return h.parcelChanged(c, "parcels.recalled")
}

// parcelChanged answers an act on a parcel with the parcel as it is now.
func (h *Handlers) parcelChanged(c *fiber.Ctx, said string) error {
	sheet, err := h.db.ParcelSheetOf(c.UserContext(), id[db.ParcelID](c), me(c))
	if err != nil {
		return err
	}
	flash(c, said)
	return done(c, parcelPath(sheet.Parcel.ID), views.ParcelArticle(sheet))
}
