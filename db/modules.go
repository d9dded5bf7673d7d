package db

import (
	"context"
	"slices"
)

// ModuleName is a part of the cabinet that the operator switches on and off: orders, dreams.
type ModuleName string

const (
	OrdersModule  ModuleName = "orders"
	ParcelsModule ModuleName = "parcels"
	BalanceModule ModuleName = "balance"

	ProfileModule       ModuleName = "profile"
	LibraryModule       ModuleName = "library"
	WalletModule        ModuleName = "wallet"
	ContestsModule      ModuleName = "contests"
	DreamsModule        ModuleName = "dreams"
	MailingsModule      ModuleName = "mailings"
	SubscriptionModule  ModuleName = "subscription"
	ConsultationsModule ModuleName = "consultations"
	NewsModule          ModuleName = "news"
)

// Offer is what there is for a visitor whose session does not say it.
type Offer struct{ Modules []ModuleName }

func (o *Offer) questions(*DB) []question {
	return []question{func(ctx context.Context, q *Queries) (err error) {
		o.Modules, err = q.EnabledModules(ctx)
		return err
	}}
}

// SwitchModule puts a module on or takes it off. One that needs another is not on without it: a cabinet with orders has
// a balance to pay them from.
func (db *DB) SwitchModule(ctx context.Context, by Visitor, name ModuleName, enabled bool) error {
	return db.change(ctx, func(c *change) error {
		modules, err := c.lockModules(ctx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(modules, func(m Module) bool { return m.Name == name })
		if at < 0 {
			return ErrNotFound
		}
		if modules[at].Enabled == enabled {
			return nil
		}
		if err := maySwitch(modules, modules[at]); err != nil {
			return err
		}
		if err := c.switchModule(ctx, enabled, name); err != nil {
			return err
		}
		word := map[bool]string{true: "on"}
		return c.settingChanged(ctx, by, SettingModule, string(name), nil, FieldDifference{Field: "enabled", Before: word[!enabled], After: word[enabled]})
	})
}

// maySwitch asks what a module needs, and what needs it.
func maySwitch(modules []Module, changed Module) error {
	for _, other := range modules {
		switch {
		case changed.Enabled && other.Enabled && other.Needs != nil && *other.Needs == changed.Name:
			return Refusal("modules.needed")
		case !changed.Enabled && !other.Enabled && changed.Needs != nil && *changed.Needs == other.Name:
			return Refusal("modules.needs")
		}
	}
	return nil
}
