package db

import (
	"context"
	"encoding/json"
	"math"
	"reflect"
)

// SettingChangeID names one line of the history of the operator's tables.
type SettingChangeID int64

// SettingSubject is what the operator changed.
type SettingSubject string

const (
	SettingMethod     SettingSubject = "method"
	SettingTariff     SettingSubject = "tariff"
	SettingZones      SettingSubject = "zones"
	SettingFields     SettingSubject = "fields"
	SettingDepartures SettingSubject = "departures"
	SettingHolidays   SettingSubject = "holidays"
	SettingCarrier    SettingSubject = "carrier"
	SettingTracker    SettingSubject = "tracker"
	SettingPayment    SettingSubject = "payment_details"
	SettingModule     SettingSubject = "module"

	SettingSubscription SettingSubject = "subscription_tariff"
	SettingRewards      SettingSubject = "rewards"
)

// What are the values that a change changed.
func (s SettingChange) What() (differences []FieldDifference) {
	json.Unmarshal(s.Differences, &differences) // written by settingChanged
	return differences
}

// settingChanged writes down who changed what. Where nothing is different there is nothing to write.
func (c *change) settingChanged(ctx context.Context, by Visitor, subject SettingSubject, name string, from *Day, differences ...FieldDifference) error {
	if len(differences) == 0 {
		return nil
	}
	what, err := json.Marshal(differences)
	if err != nil {
		return err
	}
	return c.insertSettingChange(ctx, insertSettingChangeParams{
		Subject: subject, Name: name, ValidFrom: from, Differences: what, By: by.ID, At: c.now,
	})
}

// Different are the fields in which two forms of one kind say something else. The version that a form was
// drawn from is no field of the thing.
func Different[F any](was, now F) (differences []FieldDifference) {
	before, after := FieldsOf(was), FieldsOf(now)
	for i, field := range before {
		if field.After != after[i].After {
			differences = append(differences, FieldDifference{field.Field, field.After, after[i].After})
		}
	}
	return differences
}

// SettingSubjects are all of them.
var SettingSubjects = []SettingSubject{SettingMethod, SettingTariff, SettingZones, SettingFields, SettingDepartures, SettingHolidays, SettingCarrier, SettingTracker, SettingPayment, SettingModule, SettingSubscription, SettingRewards}

// MethodSubjects are what hangs on a delivery method.
var MethodSubjects = SettingSubjects[:5]

// ChangesOf is a page of the history: of some kinds of things, or of the one that is named.
func (db *DB) ChangesOf(ctx context.Context, subjects []SettingSubject, name string, below SettingChangeID, most int32) ([]SettingChangesRow, error) {
	texts := make([]string, len(subjects))
	for i, subject := range subjects {
		texts[i] = string(subject)
	}
	if below == 0 {
		below = math.MaxInt64
	}
	return db.SettingChanges(ctx, SettingChangesParams{Subjects: texts, Name: name, Below: int64(below), Lim: most})
}

// FieldsOf are the fields of a form in their order, by the names that they have on the page.
func FieldsOf(form any) (fields []FieldDifference) {
	value := reflect.ValueOf(form)
	for i := range value.NumField() {
		name := value.Type().Field(i).Tag.Get("form")
		switch field := value.Field(i); field.Kind() {
		case reflect.String:
			fields = append(fields, FieldDifference{Field: name, After: field.String()})
		case reflect.Bool:
			fields = append(fields, FieldDifference{Field: name, After: map[bool]string{true: "on"}[field.Bool()]})
		}
	}
	return fields
}

// versions are those of a thing: as it was on the screen, and as it is.
type versions struct{ drawn, current int32 }

// settingEdited is settingChanged for a form that was drawn from one row. A page that somebody else has made old changes
// nothing; one that says what is so already does no harm, as the second click on «Сохранить».
func (c *change) settingEdited(ctx context.Context, by Visitor, v versions, subject SettingSubject, name string, differences []FieldDifference) error {
	if len(differences) > 0 && v.drawn != v.current {
		return Refusal("operator.changed_elsewhere")
	}
	return c.settingChanged(ctx, by, subject, name, nil, differences...)
}
