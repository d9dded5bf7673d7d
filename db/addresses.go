package db

import (
	"context"
	"slices"
	"time"
)

// AddressID names an address of somebody's book.
type AddressID int64

// Topic names the address on the live channel and, as an id, in the page.
func (id AddressID) Topic() string { return topic("address", id) }

// maxAddresses keeps a book to a size that a person can still look through.
const maxAddresses = 100

// AddressForm is what a customer enters about a recipient and a place.
type AddressForm struct {
	Label          string `form:"label"`
	Surname        string `form:"surname"`
	Name           string `form:"name"`
	Patronymic     string `form:"patronymic"`
	LatinName      string `form:"latin_name"`
	Company        string `form:"company"`
	Phone          string `form:"phone"`
	Email          string `form:"email"`
	Country        string `form:"country"`
	PostalCode     string `form:"postal_code"`
	Region         string `form:"region"`
	City           string `form:"city"`
	Street         string `form:"street"`
	House          string `form:"house"`
	Flat           string `form:"flat"`
	PrivateHouse   bool   `form:"private_house"`
	Inn            string `form:"inn"`
	PassportNumber string `form:"passport_number"`
	PassportIssued string `form:"passport_issued"`
	Version        int32  `form:"version"` // of the address that was on the screen
}

// Form is the address as it stands in the form.
func (a Address) Form() AddressForm {
	return AddressForm{
		Label: a.Label, Surname: a.Surname, Name: a.Name, Patronymic: a.Patronymic, LatinName: a.LatinName, Company: a.Company,
		Phone: a.Phone, Email: a.Email, Country: a.Country, PostalCode: a.PostalCode, Region: a.Region, City: a.City,
		Street: a.Street, House: a.House, Flat: a.Flat, PrivateHouse: a.PrivateHouse,
		Inn: a.Inn, PassportNumber: a.PassportNumber, PassportIssued: a.PassportIssued, Version: a.Version,
	}
}

// Address is the form as it would be saved: tidied, whatever is wrong with it.
func (f AddressForm) Address() Address {
	return Address{
		Label: f.Label, Surname: f.Surname, Name: f.Name, Patronymic: f.Patronymic, LatinName: f.LatinName, Company: f.Company,
		Phone: f.Phone, Email: f.Email, Country: f.Country, PostalCode: f.PostalCode, Region: f.Region, City: f.City,
		Street: f.Street, House: f.House, Flat: f.Flat, PrivateHouse: f.PrivateHouse,
		Inn: f.Inn, PassportNumber: f.PassportNumber, PassportIssued: f.PassportIssued, Version: f.Version,
	}.tidied()
}

func (a Address) inserted(at time.Time) insertAddressParams {
	return insertAddressParams{
		AccountID: a.AccountID, IsDefault: a.IsDefault, Label: a.Label, Surname: a.Surname, Name: a.Name, Patronymic: a.Patronymic,
		LatinName: a.LatinName, Company: a.Company, Phone: a.Phone, Email: a.Email, Country: a.Country, PostalCode: a.PostalCode,
		Region: a.Region, City: a.City, Street: a.Street, House: a.House, Flat: a.Flat, PrivateHouse: a.PrivateHouse,
		Inn: a.Inn, PassportNumber: a.PassportNumber, PassportIssued: a.PassportIssued, At: at,
	}
}

func (a Address) edited(id AddressID, at time.Time) editAddressParams {
	return editAddressParams{
		Label: a.Label, Surname: a.Surname, Name: a.Name, Patronymic: a.Patronymic, LatinName: a.LatinName, Company: a.Company,
		Phone: a.Phone, Email: a.Email, Country: a.Country, PostalCode: a.PostalCode, Region: a.Region, City: a.City,
		Street: a.Street, House: a.House, Flat: a.Flat, PrivateHouse: a.PrivateHouse,
		Inn: a.Inn, PassportNumber: a.PassportNumber, PassportIssued: a.PassportIssued, At: at, ID: id,
	}
}

// BookEntry is an address of the book, with what each delivery method to its country makes of it.
type BookEntry struct {
	Address
	Fits []Fit
}

// Fit is how far an address will do for a method.
type Fit struct {
	Method    Method
	Missing   []string // names of fields
	Objection string   // the key of why the method never goes to such a recipient, or empty
}

// Complete reports whether a parcel could leave for the address today.
func (f Fit) Complete() bool { return len(f.Missing) == 0 && f.Objection == "" }

// AddressBook is the customer's whole book, «Общая информация» first.
func (db *DB) AddressBook(ctx context.Context, by Visitor) ([]BookEntry, error) {
	addresses, err := db.AddressesOf(ctx, by.ID)
	if err != nil {
		return nil, err
	}
	var countries []string
	for _, address := range addresses {
		if !slices.Contains(countries, address.Country) {
			countries = append(countries, address.Country)
		}
	}
	methods, err := db.MethodsToAny(ctx, countries)
	if err != nil {
		return nil, err
	}
	fields, err := db.FieldsToAny(ctx, countries, db.Today())
	if err != nil {
		return nil, err
	}
	book := make([]BookEntry, len(addresses))
	for i, address := range addresses {
		book[i] = BookEntry{address, fitsOf(address, methods, fields)}
	}
	return book, nil
}

func fitsOf(address Address, methods []MethodsToAnyRow, fields []FieldsToAnyRow) (fits []Fit) {
	for _, method := range methods {
		if method.ToCountry != address.Country {
			continue
		}
		var asked []MethodField
		for _, field := range fields {
			if field.ToCountry == address.Country && field.MethodField.MethodCode == method.Method.Code {
				asked = append(asked, field.MethodField)
			}
		}
		fits = append(fits, Fit{method.Method, Missing(address, asked), method.Method.Objection(address)})
	}
	return fits
}

// AddAddress puts an address into the customer's book. The first one becomes «Общая информация».
func (db *DB) AddAddress(ctx context.Context, by Visitor, form AddressForm) (address Address, err error) {
	if err := form.problems(); err != nil {
		return Address{}, err
	}
	err = db.change(ctx, func(c *change) error {
		book, err := c.openBook(ctx, by)
		if err != nil {
			return err
		}
		entered := form.Address()
		// A second click on «Сохранить» finds the address already there.
		if at := slices.IndexFunc(book, entered.reads); at >= 0 {
			address = book[at]
			return nil
		}
		address, err = c.addAddress(ctx, by, book, entered)
		return err
	})
	return address, err
}

// reads reports whether two addresses say the same.
func (a Address) reads(other Address) bool {
	one, two := a.Form(), other.Form()
	one.Version, two.Version = 0, 0
	return one == two
}

// fieldsChanged are the names of the fields in which two forms say something else.
func fieldsChanged(was, now AddressForm) (fields []string) {
	for _, difference := range Different(was, now) {
		fields = append(fields, difference.Field)
	}
	return fields
}

func (c *change) addAddress(ctx context.Context, by Visitor, book []Address, entered Address) (Address, error) {
	if len(book) >= maxAddresses {
		return Address{}, Refusal("addresses.too_many")
	}
	entered.AccountID, entered.IsDefault = by.ID, len(book) == 0
	address, err := c.insertAddress(ctx, entered.inserted(c.now))
	if err != nil {
		return Address{}, err
	}
	if address.IsDefault {
		err = c.nameAccount(ctx, address)
	}
	c.addressChanged(by.ID)
	return address, err
}

// openBook locks the customer's whole book and reads it, «Общая информация» first.
func (c *change) openBook(ctx context.Context, by Visitor) ([]Address, error) {
	if _, err := c.lockBook(ctx, by.ID); err != nil {
		return nil, err
	}
	return c.AddressesOf(ctx, by.ID)
}

// openAddress locks the book for a change of one address in it; archived ones are not there any more.
func (c *change) openAddress(ctx context.Context, by Visitor, id AddressID) (address Address, book []Address, err error) {
	if book, err = c.openBook(ctx, by); err != nil {
		return Address{}, nil, err
	}
	at := slices.IndexFunc(book, func(a Address) bool { return a.ID == id })
	if at < 0 {
		return Address{}, nil, ErrNotFound
	}
	return book[at], book, nil
}

// EditAddress changes an address, unless it was changed elsewhere since the form was opened.
func (db *DB) EditAddress(ctx context.Context, by Visitor, id AddressID, form AddressForm) (address Address, err error) {
	err = db.change(ctx, func(c *change) error {
		old, _, err := c.openAddress(ctx, by, id)
		if err != nil {
			return err
		}
		if err := form.problems(); err != nil {
			return err
		}
		address, err = c.rewriteAddress(ctx, old, form)
		return err
	})
	return address, err
}

func (c *change) rewriteAddress(ctx context.Context, old Address, form AddressForm) (Address, error) {
	entered := form.Address()
	if entered.reads(old) {
		return old, nil
	}
	if old.Version != form.Version {
		return Address{}, Refusal("addresses.changed_elsewhere")
	}
	address, err := c.editAddress(ctx, entered.edited(old.ID, c.now))
	if err != nil {
		return Address{}, err
	}
	if err := c.noteAddressChange(ctx, int64(address.ID), fieldsChanged(old.Form(), address.Form()), c.now); err != nil {
		return Address{}, err
	}
	if address.IsDefault {
		err = c.nameAccount(ctx, address)
	}
	c.addressChanged(old.AccountID)
	return address, err
}

// SaveGeneralInfo writes «Общая информация»: the default address, or the first one of an empty book.
func (db *DB) SaveGeneralInfo(ctx context.Context, by Visitor, form AddressForm) (address Address, err error) {
	if err := form.problems(); err != nil {
		return Address{}, err
	}
	err = db.change(ctx, func(c *change) error {
		book, err := c.openBook(ctx, by)
		if err != nil {
			return err
		}
		if len(book) == 0 {
			address, err = c.addAddress(ctx, by, book, form.Address())
			return err
		}
		form.Label = book[0].Label // «Общая информация» has no field for it
		address, err = c.rewriteAddress(ctx, book[0], form)
		return err
	})
	return address, err
}

// ArchiveAddress takes an address out of the book. Where a parcel or an order on its way still is to go
// there it stays readable, and inUse says that the customer should be warned.
func (db *DB) ArchiveAddress(ctx context.Context, by Visitor, id AddressID) (address Address, inUse bool, err error) {
	err = db.change(ctx, func(c *change) error {
		old, book, err := c.openAddress(ctx, by, id)
		if err != nil {
			return err
		}
		if len(book) == 1 {
			return Refusal("addresses.last_stays")
		}
		if old.IsDefault {
			return Refusal("addresses.default_stays")
		}
		if inUse, err = c.AddressInUse(ctx, id); err != nil {
			return err
		}
		c.announce(by.ID, "addresses")
		address, err = c.archiveAddress(ctx, c.now, id)
		return err
	})
	return address, inUse, err
}

// MakeDefaultAddress makes an address the «Общая информация».
func (db *DB) MakeDefaultAddress(ctx context.Context, by Visitor, id AddressID) (address Address, err error) {
	err = db.change(ctx, func(c *change) error {
		if address, _, err = c.openAddress(ctx, by, id); err != nil || address.IsDefault {
			return err
		}
		if err := c.unmarkDefaultAddress(ctx, by.ID); err != nil {
			return err
		}
		if address, err = c.markDefaultAddress(ctx, id); err != nil {
			return err
		}
		c.addressChanged(by.ID)
		return nil
	})
	return address, err
}

// addressChanged looks again at parcels that wait for recipient data.
func (c *change) addressChanged(of AccountID) {
	c.announce(of, "addresses", "home")
	c.enqueue(RecheckParcels{AccountID: of})
}
