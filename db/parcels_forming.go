package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// FormParcelOf forms the parcel of an order by itself: when all its active items are at the warehouse and none lies in a
// parcel already. In any other case nothing happens, so the job may run twice.
func (db *DB) FormParcelOf(ctx context.Context, id OrderID) error {
	return db.change(ctx, func(c *change) error {
		order, err := c.lockParcelOrder(ctx, id)
		if err != nil {
			return err
		}
		rows, err := c.FormableItems(ctx, id)
		if err != nil {
			return err
		}
		var items []Item
		for _, row := range rows {
			if row.InParcel {
				c.enqueue(RecheckParcels{order.AccountID}) // it may have waited for what has come now
				return nil
			}
			if row.Item.Status != ItemAtWarehouse {
				return nil
			}
			items = append(items, row.Item)
		}
		address, method, err := c.destination(ctx, order)
		if err != nil || len(items) == 0 || method == "" {
			return err
		}
		_, err = c.formParcel(ctx, nil, formedParcel{order.AccountID, address, method, items, fmt.Sprintf("order:%d:%s", id, newMessageID())})
		return err
	})
}

// destination is where an order goes: its own address before «Общая информация», its own method before the first one
// that goes there. Without an address there is still a method; without a method nobody goes there.
func (c *change) destination(ctx context.Context, order Order) (*AddressID, MethodCode, error) {
	address, err := c.addressOfOrder(ctx, order)
	if err != nil {
		return nil, "", err
	}
	methods, err := c.Methods(ctx)
	if address.ID != 0 {
		methods, err = c.MethodsTo(ctx, address.Country)
	}
	if err != nil || len(methods) == 0 {
		return nil, "", err
	}
	method := methods[0].Code
	if order.MethodCode != nil && slices.ContainsFunc(methods, func(m Method) bool { return m.Code == *order.MethodCode }) {
		method = *order.MethodCode
	}
	if address.ID == 0 {
		return nil, method, nil
	}
	return &address.ID, method, nil
}

// formedParcel is a parcel that we form.
type formedParcel struct {
	account AccountID
	address *AddressID
	method  MethodCode
	items   []Item
	key     string
}

// formParcel puts items of a customer into the queue as one parcel. Missing recipient data hold it there.
func (c *change) formParcel(ctx context.Context, by *AccountID, f formedParcel) (Parcel, error) {
	parcel, err := c.insertParcel(ctx, insertParcelParams{
		AccountID: f.account, Status: ParcelAssembling, At: c.now, AddressID: f.address, MethodCode: f.method, QueuedAt: &c.now, Key: f.key,
	})
	if err != nil {
		return parcel, err
	}
	var ids []ItemID
	for _, item := range f.items {
		ids = append(ids, item.ID)
	}
	if err := c.addParcelItems(ctx, parcel.ID, numbers(ids), c.now); err != nil {
		return parcel, err
	}
	c.announceItems(parcel)
	if err := c.parcelMoved(ctx, parcel, "", by, ""); err != nil {
		return parcel, err
	}
	return c.settleParcel(ctx, by, parcel)
}

// ProposalForm is a parcel that the desk proposed and a person agrees to.
type ProposalForm struct {
	AccountID  AccountID  `form:"account_id"`
	AddressID  AddressID  `form:"address_id"` // 0: the customer has none yet
	MethodCode MethodCode `form:"method_code"`
	Items      []ItemID   `form:"items"`
	Key        string     `form:"key"` // of the row: pressed twice, formed once
}

// FormParcel forms a parcel of what lies at the warehouse in no parcel.
func (db *DB) FormParcel(ctx context.Context, by Visitor, form ProposalForm) (parcel Parcel, err error) {
	key := "proposal:" + form.Key
	err = db.change(ctx, func(c *change) error {
		if parcel, err = c.ParcelByKey(ctx, key); !errors.Is(err, ErrNotFound) {
			return err
		}
		items, err := c.proposed(ctx, form)
		if err != nil {
			return err
		}
		formed := formedParcel{account: form.AccountID, method: form.MethodCode, items: items, key: key}
		if form.AddressID != 0 {
			address, err := c.AddressOf(ctx, form.AddressID, form.AccountID)
			if err != nil {
				return err
			}
			objection, err := c.objection(ctx, form.MethodCode, address)
			if objection != "" {
				return Refusal(objection)
			}
			if err != nil {
				return err
			}
			formed.address = &address.ID
		}
		parcel, err = c.formParcel(ctx, &by.ID, formed)
		if errors.Is(err, ErrNotFound) {
			parcel, err = c.ParcelByKey(ctx, key)
		}
		return err
	})
	return parcel, err
}

// proposed are the items of a proposal, if all of them still are the customer's, at the warehouse and free.
func (c *change) proposed(ctx context.Context, form ProposalForm) ([]Item, error) {
	free, err := c.FreeItemsOf(ctx, form.AccountID)
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, row := range free {
		if row.Item.Status == ItemAtWarehouse && slices.Contains(form.Items, row.Item.ID) {
			items = append(items, row.Item)
		}
	}
	if len(items) == 0 || len(items) != len(form.Items) {
		return nil, Refusal("parcels.proposal_gone")
	}
	return items, nil
}
