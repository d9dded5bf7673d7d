package handlers

import (
	"errors"
	"strconv"

	"cabinet/db"
	"cabinet/views"

	"github.com/gofiber/fiber/v2"
)

// listAddresses is the address book.
func (h *Handlers) listAddresses(c *fiber.Ctx) error {
	book, err := h.db.AddressBook(c.UserContext(), me(c))
	if err != nil {
		return err
	}
	return page(c, "nav.addresses", views.Addresses(book))
}

// addressForm is an address as it was typed, and what else was said on its page.
type addressForm struct {
	db.AddressForm
	Method db.MethodCode `form:"method"` // whose fields are on the page
	Show   string        `form:"show"`   // draws the fields anew, and saves nothing
	Latin  string        `form:"latin"`  // takes the suggested name, and saves nothing
	Back   string        `form:"back"`
}

// drawAddress shows the form of an address with the fields that its country and method need.
func (h *Handlers) drawAddress(c *fiber.Ctx, p views.AddressPage) (err error) {
	country := p.Form.Address().Country
	if p.Methods, err = h.db.MethodsTo(c.UserContext(), country); err != nil {
		return err
	}
	if p.Fields, err = h.db.MethodFieldsFor(c.UserContext(), p.Method, country, h.db.Today()); err != nil {
		return err
	}
	if swaps(c) && c.Method() == fiber.MethodPost {
		return fragment(c, views.AddressForm(p))
	}
	return page(c, p.Title, views.AddressSheet(p))
}

// addressAct saves an address, and finds it again when somebody else was quicker.
type addressAct struct {
	save  func(db.AddressForm) (db.Address, error)
	found func() (db.Address, error)
}

// saveAddress takes the form of an address: it saves, or says what is wrong, or only draws other fields.
func (h *Handlers) saveAddress(c *fiber.Ctx, p views.AddressPage, after string, act addressAct) error {
	var form addressForm
	if err := parse(c, &form); err != nil {
		return err
	}
	p.Form, p.Method = form.AddressForm, form.Method
	if form.Back != "" {
		p.Back = local(form.Back)
		after = p.Back
	}
	if form.Latin != "" && p.Form.LatinName == "" {
		p.Form.LatinName = db.SuggestLatinName(p.Form.Surname, p.Form.Name)
	}
	if form.Latin != "" || form.Show != "" {
		return h.drawAddress(c, p)
	}
	_, err := act.save(p.Form)
	if errors.Is(err, db.Refusal("addresses.changed_elsewhere")) {
		return h.drawChanged(c, p, act)
	}
	if problems, ok := problemsOf(c, err); ok {
		p.Problems = problems
		return h.drawAddress(c, p)
	}
	if err != nil {
		return err
	}
	flash(c, "addresses.saved")
	return moved(c, after)
}

// drawChanged shows beside what was typed what somebody else has saved meanwhile. Sent once more, the form
// takes its place.
func (h *Handlers) drawChanged(c *fiber.Ctx, p views.AddressPage, act addressAct) error {
	current, err := act.found()
	if err != nil {
		return err
	}
	p.Current, p.Form.Version = &current, current.Version
	p.Problems = db.Problems{"": "addresses.changed_elsewhere"}
	c.Status(fiber.StatusConflict)
	return h.drawAddress(c, p)
}

// generalPage is «Общая информация»: the default address, or an empty form for the first one.
func (h *Handlers) generalPage(c *fiber.Ctx) (p views.AddressPage, err error) {
	p = views.AddressPage{Path: "/settings/profile", Title: "nav.profile", General: true, Back: "/settings"}
	address, err := h.db.DefaultAddressOf(c.UserContext(), me(c).ID)
	if errors.Is(err, db.ErrNotFound) {
		p.Form = db.AddressForm{Country: "RU", Email: me(c).Email}
		return p, nil
	}
	p.Form = address.Form()
	return p, err
}

func (h *Handlers) generalAct(c *fiber.Ctx) addressAct {
	return addressAct{
		save: func(form db.AddressForm) (db.Address, error) {
			return h.db.SaveGeneralInfo(c.UserContext(), me(c), form)
		},
		found: func() (db.Address, error) { return h.db.DefaultAddressOf(c.UserContext(), me(c).ID) },
	}
}

// showProfile is «Общая информация».
func (h *Handlers) showProfile(c *fiber.Ctx) error {
	p, err := h.generalPage(c)
	if err != nil {
		return err
	}
	p.Method = db.MethodCode(c.Query("method"))
	return h.drawAddress(c, p)
}

// saveProfile writes «Общая информация», and with it the name at the top of the pages.
func (h *Handlers) saveProfile(c *fiber.Ctx) error {
	p := views.AddressPage{Path: "/settings/profile", Title: "nav.profile", General: true, Back: "/settings"}
	return h.saveAddress(c, p, "/settings", h.generalAct(c))
}

// firstPage is the step after the registration, which may be put off.
var firstPage = views.AddressPage{Path: "/registration/address", Title: "addresses.first", General: true, Later: true}

// showFirstAddress asks a newcomer where their parcels go.
func (h *Handlers) showFirstAddress(c *fiber.Ctx) error {
	p, err := h.generalPage(c)
	if err != nil {
		return err
	}
	if p.Form.Version > 0 {
		return redirect(c, "/settings/profile")
	}
	step := firstPage
	step.Form = p.Form
	return h.drawAddress(c, step)
}

// saveFirstAddress leads on into the cabinet.
func (h *Handlers) saveFirstAddress(c *fiber.Ctx) error {
	return h.saveAddress(c, firstPage, "/", h.generalAct(c))
}

// addressAsked is an address page as a link wants it: for a method, or for the parcel that waits for it.
func (h *Handlers) addressAsked(c *fiber.Ctx, p views.AddressPage) (views.AddressPage, error) {
	p.Method = db.MethodCode(c.Query("method"))
	if back := c.Query("back"); back != "" {
		p.Back = local(back)
	}
	number, _ := strconv.ParseInt(c.Query("parcel"), 10, 64)
	if number <= 0 {
		return p, nil
	}
	parcel, err := h.db.ParcelOf(c.UserContext(), db.ParcelID(number), me(c).ID)
	if err != nil {
		return p, err
	}
	p.Method, p.Back = parcel.MethodCode, "/parcels/"+strconv.FormatInt(number, 10)
	return p, nil
}

// showNewAddress asks for an address; beginning with a copy of another one where a link says so.
func (h *Handlers) showNewAddress(c *fiber.Ctx) error {
	p, err := h.addressAsked(c, views.AddressPage{Path: "/addresses", Title: "addresses.new", Form: db.AddressForm{Country: "RU"}})
	if err != nil {
		return err
	}
	if original, _ := strconv.ParseInt(c.Query("copy"), 10, 64); original > 0 {
		address, err := h.db.AddressOf(c.UserContext(), db.AddressID(original), me(c).ID)
		if err != nil {
			return err
		}
		p.Form = address.Form()
		p.Form.Label, p.Form.Version = views.T(c.UserContext(), "addresses.copy_label"), 0
	}
	return h.drawAddress(c, p)
}

// addAddress puts an address into the book.
func (h *Handlers) addAddress(c *fiber.Ctx) error {
	p := views.AddressPage{Path: "/addresses", Title: "addresses.new"}
	return h.saveAddress(c, p, "/addresses", addressAct{save: func(form db.AddressForm) (db.Address, error) {
		return h.db.AddAddress(c.UserContext(), me(c), form)
	}})
}

func addressPage(c *fiber.Ctx) views.AddressPage {
	return views.AddressPage{Path: "/addresses/" + c.Params("id"), Title: "addresses.edit_title"}
}

// showAddress is one address of the book, to be changed.
func (h *Handlers) showAddress(c *fiber.Ctx) error {
	p, err := h.addressAsked(c, addressPage(c))
	if err != nil {
		return err
	}
	address, err := h.db.AddressOf(c.UserContext(), id[db.AddressID](c), me(c).ID)
	if err != nil {
		return err
	}
	if address.ArchivedAt != nil {
		return db.ErrNotFound
	}
	p.Form = address.Form()
	return h.drawAddress(c, p)
}

// editAddress changes an address of the book, and draws no form for what is not in it.
func (h *Handlers) editAddress(c *fiber.Ctx) error {
	if _, err := h.db.AddressOf(c.UserContext(), id[db.AddressID](c), me(c).ID); err != nil {
		return err
	}
	return h.saveAddress(c, addressPage(c), "/addresses", addressAct{
		save: func(form db.AddressForm) (db.Address, error) {
			return h.db.EditAddress(c.UserContext(), me(c), id[db.AddressID](c), form)
		},
		found: func() (db.Address, error) {
			return h.db.AddressOf(c.UserContext(), id[db.AddressID](c), me(c).ID)
		},
	})
}

// makeDefaultAddress makes an address «Общая информация».
func (h *Handlers) makeDefaultAddress(c *fiber.Ctx) error {
	if _, err := h.db.MakeDefaultAddress(c.UserContext(), me(c), id[db.AddressID](c)); err != nil {
		return err
	}
	flash(c, "addresses.default_set")
	return h.bookChanged(c)
}

// archiveAddress takes an address out of the book, and warns when something is still on its way there.
func (h *Handlers) archiveAddress(c *fiber.Ctx) error {
	_, inUse, err := h.db.ArchiveAddress(c.UserContext(), me(c), id[db.AddressID](c))
	if err != nil {
		return err
	}
	flash(c, "addresses.archived")
	if inUse {
		flash(c, "addresses.archived_in_use")
	}
	return h.bookChanged(c)
}

func (h *Handlers) bookChanged(c *fiber.Ctx) error {
	book, err := h.db.AddressBook(c.UserContext(), me(c))
	if err != nil {
		return err
	}
	return done(c, "/addresses", views.Addresses(book))
}
