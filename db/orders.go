package db

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Number is what people call an order: 12345-6, the last being a check digit.
func (id OrderID) Number() string { return Numbered(id) }

// path is the page of an order, for mails.
func (id OrderID) path() string { return "/orders/" + strconv.FormatInt(int64(id), 10) }

// ShipTo is where an order goes, as far as that is known.
type ShipTo struct {
	Address Address  // none yet when its ID is 0
	Method  *Method  // nil: still to be chosen
	Missing []string // names of the address fields that the parcel needs
}

// ShipToOf finds where an order goes: its own address, or else «Общая информация».
func (q *Queries) ShipToOf(ctx context.Context, order Order, today Day) (to ShipTo, err error) {
	if to.Address, err = q.addressOfOrder(ctx, order); err != nil {
		return to, err
	}
	var fields []MethodField
	if order.MethodCode != nil {
		method, err := q.MethodByCode(ctx, *order.MethodCode)
		if err != nil {
			return to, err
		}
		if fields, err = q.MethodFieldsFor(ctx, method.Code, to.Address.Country, today); err != nil {
			return to, err
		}
		to.Method = &method
	}
	to.Missing = Missing(to.Address, fields)
	return to, nil
}

// addressOfOrder is the address of an order, or none yet.
func (q *Queries) addressOfOrder(ctx context.Context, order Order) (address Address, err error) {
	if order.AddressID != nil {
		address, err = q.AddressOf(ctx, *order.AddressID, order.AccountID)
	} else {
		address, err = q.DefaultAddressOf(ctx, order.AccountID)
	}
	if errors.Is(err, ErrNotFound) {
		return Address{}, nil
	}
	return address, err
}

// PlaceOrder makes an order of what a customer wants. The same form sent twice finds the order it made.
func (db *DB) PlaceOrder(ctx context.Context, by Visitor, form OrderForm) (order Order, err error) {
	content, err := form.read()
	if err != nil {
		return Order{}, err
	}
	if len(form.Key) < 16 || len(form.Key) > 100 {
		return Order{}, Refusal("orders.no_key")
	}
	key := strconv.FormatInt(int64(by.ID), 10) + ":" + form.Key
	err = db.change(ctx, func(c *change) error {
		if err := c.checkShipTo(ctx, by.ID, content, OrderContent{}); err != nil {
			return err
		}
		order, err = c.insertOrder(ctx, insertOrderParams{
			AccountID: by.ID, At: c.now, Comment: content.Comment, AddressID: content.address(), MethodCode: content.method(), Key: key,
		})
		if errors.Is(err, ErrNotFound) { // the form was sent before
			order, err = c.OrderByKey(ctx, key)
			return err
		}
		if err != nil {
			return err
		}
		return c.orderPlaced(ctx, by, order, content)
	})
	return order, err
}

// orderPlaced gives a new order its items, its first version and its history, and mails the copy.
func (c *change) orderPlaced(ctx context.Context, by Visitor, order Order, content OrderContent) error {
	if err := c.insertItems(ctx, c.itemColumns(order, content.Items, 0)); err != nil {
		return err
	}
	order, err := c.sumUpOrder(ctx, order.Status, c.now, order.ID)
	if err != nil {
		return err
	}
	items, err := c.ItemsOf(ctx, order.ID)
	if err != nil {
		return err
	}
	if err := c.keepVersion(ctx, by, order, items, ""); err != nil {
		return err
	}
	if err := c.orderMoved(ctx, order, "", &by.ID, ""); err != nil {
		return err
	}
	letter, err := c.copyOf(ctx, order, items)
	if err != nil {
		return err
	}
	return c.mail(ctx, by.Account, letter)
}

// copyOf is mail-07: everything about the order, to read through once more.
func (c *change) copyOf(ctx context.Context, order Order, items []Item) (Letter, error) {
	letter := order.letter(MailOrderReceived)
	letter.Comment = order.Comment
	for _, item := range items {
		letter.Lines = append(letter.Lines, LetterLine{
			Title: item.Title, URL: item.Url, Options: item.wishes(), Quantity: item.Quantity,
			Amount: item.Price * Money(item.Quantity), Currency: item.Currency,
		})
	}
	to, err := c.ShipToOf(ctx, order, c.today())
	letter.ShipTo = to.Address.Lines()
	if to.Method != nil {
		letter.Method = to.Method.Code
	}
	return letter, err
}

func (o Order) letter(kind MailKind) Letter {
	return Letter{Kind: kind, Number: o.ID.Number(), Orders: []string{o.ID.Number()}, Path: o.ID.path(), topic: o.ID.Topic()}
}

// wishes is what a customer said about an item beside its name.
func (i Item) wishes() string {
	said := []string{i.Shop, i.Article, i.Options, i.Note}
	return strings.Join(slices.DeleteFunc(said, func(s string) bool { return s == "" }), " · ")
}

// Lines is the address as it stands on an envelope.
func (a Address) Lines() []string {
	var lines []string
	for _, words := range [][]string{
		{a.Surname, a.Name, a.Patronymic}, {a.Company}, {a.Street, a.House, a.Flat}, {a.PostalCode, a.City}, {a.Region}, {a.Country},
	} {
		if line := strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " "); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// checkShipTo takes only an address of the customer's own book, and a method that goes there.
// What the order had before may stay, even if it is no longer on offer.
func (c *change) checkShipTo(ctx context.Context, of AccountID, now, before OrderContent) error {
	if now.AddressID == before.AddressID && now.Method == before.Method {
		return nil
	}
	var address Address
	var err error
	if now.AddressID != 0 {
		address, err = c.AddressOf(ctx, now.AddressID, of)
		if errors.Is(err, ErrNotFound) || err == nil && address.ArchivedAt != nil && now.AddressID != before.AddressID {
			return Problems{"address_id": "orders.address_unknown"}
		}
	} else if address, err = c.DefaultAddressOf(ctx, of); errors.Is(err, ErrNotFound) {
		err = nil
	}
	if err != nil || now.Method == "" {
		return err
	}
	return c.checkMethod(ctx, now.Method, address)
}

func (c *change) checkMethod(ctx context.Context, code MethodCode, to Address) error {
	offered, err := c.Methods(ctx)
	if to.Country != "" {
		offered, err = c.MethodsTo(ctx, to.Country)
	}
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(offered, func(m Method) bool { return m.Code == code }) {
		return Problems{"method": "orders.method_not_there"}
	}
	return nil
}

// goodsPaid tells an order how much of its goods is paid. When that lets it begin, the customer is told once.
func (c *change) goodsPaid(ctx context.Context, by *AccountID, id OrderID, state PaymentState) error {
	order, err := c.lockOrder(ctx, id)
	if err != nil {
		return err
	}
	if err := c.setOrderPayment(ctx, state, id); err != nil {
		return err
	}
	order.PaymentState = state
	_, err = c.beginOrder(ctx, order, by, "")
	return err
}

// beginOrder settles an order, and mails that work on it has begun when it has.
func (c *change) beginOrder(ctx context.Context, order Order, by *AccountID, reason string) (Order, error) {
	was := order.Status
	order, err := c.settleOrder(ctx, order, by, reason)
	if err != nil || was != OrderNew || order.Status != OrderProcessing {
		return order, err
	}
	to, err := c.ShipToOf(ctx, order, c.today())
	if err != nil {
		return order, err
	}
	account, err := c.AccountByID(ctx, order.AccountID)
	if err != nil {
		return order, err
	}
	letter := order.letter(MailOrderAccepted)
	letter.Missing = to.Missing
	return order, c.mail(ctx, account, letter)
}

// moveItem takes an item one step further, with its history, and into the purchase and the receipt that it names. Nobody waits
// for it. The caller settles the order once, after all of its items.
func (c *change) moveItem(ctx context.Context, item Item, next ItemStatus, by *AccountID, reason string) error {
	from := item.Status
	if !from.May(next) {
		return Refusal("items.wrong_status")
	}
	item.Status = next
	err := c.later.setItem(ctx, setItemParams{ID: item.ID, Status: next, At: c.now, PurchaseID: item.PurchaseID, ReceiptID: item.ReceiptID})
	if err != nil {
		return err
	}
	return c.itemMoved(ctx, item, from, by, reason)
}

// settleOrder recomputes an order's status from its items and its payment, in the transaction that
// changed either. The order's row is locked already.
func (c *change) settleOrder(ctx context.Context, order Order, by *AccountID, reason string) (Order, error) {
	items, err := c.ItemsOf(ctx, order.ID)
	if err != nil {
		return order, err
	}
	from, next := order.Status, statusOf(items, order.PaymentState == Paid || order.PaymentState == Refunded || order.AcceptedBy != nil)
	if order, err = c.sumUpOrder(ctx, next, c.now, order.ID); err != nil {
		return order, err
	}
	if next == from {
		c.announceOrder(order)
		return order, nil
	}
	return order, c.orderMoved(ctx, order, from, by, reason)
}
