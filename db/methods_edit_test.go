package db_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"cabinet/db"
	"cabinet/db/dbtest"
)

// office is a world in which Anna keeps the tables.
func office(t *testing.T) (*dbtest.World, db.Visitor) {
	w := dbtest.Open(t)
	return w, w.Person(t, dbtest.Anna)
}

// lastChange is what the history says of the newest change.
func lastChange(t *testing.T, w *dbtest.World) (row db.SettingChangesRow) {
	t.Helper()
	rows, err := w.ChangesOf(t.Context(), db.SettingSubjects, "", 0, 1)
	if err != nil || len(rows) != 1 {
		t.Fatalf("the history: %v %v", rows, err)
	}
	return rows[0]
}

func changes(t *testing.T, w *dbtest.World) int {
	t.Helper()
	rows, err := w.ChangesOf(t.Context(), db.SettingSubjects, "", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	return len(rows)
}

func methodNow(t *testing.T, w *dbtest.World, code db.MethodCode) db.Method {
	t.Helper()
	method, err := w.MethodByCode(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	return method
}

func priceOf(t *testing.T, w *dbtest.World, country string, grams db.Grams, on db.Day) db.Money {
	t.Helper()
	tariff, err := w.TariffFor(t.Context(), db.TariffForParams{MethodCode: "dhl_paket", Country: country, Grams: grams, Day: on})
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		t.Fatal(err)
	}
	return tariff.Price
}

func TestMethodIsEdited(t *testing.T) {
	w, anna := office(t)
	form := methodNow(t, w, "ems").Form()

	t.Run("what was changed is written down: who, when, what it was", func(t *testing.T) {
		edited := form
		edited.MaxWeight, edited.NameRu, edited.CompaniesAllowed = "31,5", "  EMS  Почта России ", true
		method, err := w.EditMethod(t.Context(), anna, "ems", edited)
		if err != nil || method.MaxGrams != 31_500 || method.NameRu != "EMS Почта России" || !method.CompaniesAllowed {
			t.Fatalf("%+v %v", method, err)
		}
		last := lastChange(t, w)
		want := []db.FieldDifference{{Field: "name_ru", Before: "EMS / Почта России", After: "EMS Почта России"},
			{Field: "companies_allowed", After: "on"}, {Field: "max_weight", Before: "30", After: "31.5"}}
		if last.ByName != "Анна Главная" || !last.SettingChange.At.Equal(w.Clock.Now()) || !slices.Equal(last.SettingChange.What(), want) {
			t.Errorf("the history: %+v %v", last, last.SettingChange.What())
		}
	})
	t.Run("a second click does no harm, an old page changes nothing", func(t *testing.T) {
		again := methodNow(t, w, "ems").Form()
		again.Version = form.Version
		if _, err := w.EditMethod(t.Context(), anna, "ems", again); err != nil {
			t.Errorf("the second click: %v", err)
		}
		again.MaxLength = "90"
		_, err := w.EditMethod(t.Context(), anna, "ems", again)
		wantRefusal(t, err, "operator.changed_elsewhere")
		if method := methodNow(t, w, "ems"); method.MaxLengthMm != 1500 || changes(t, w) != 1 {
			t.Errorf("changed all the same: %d, %d lines of history", method.MaxLengthMm, changes(t, w))
		}
	})
	t.Run("what can not be right is said beside its field", func(t *testing.T) {
		for name, wrong := range map[string]struct {
			field, key string
			change     func(*db.MethodForm)
		}{
			"no name":           {"name_en", "fields.required", func(f *db.MethodForm) { f.NameEn = " " }},
			"a long name":       {"name_ru", "fields.too_long", func(f *db.MethodForm) { f.NameRu = strings.Repeat("я", 81) }},
			"a hostile name":    {"name_ru", "fields.odd_characters", func(f *db.MethodForm) { f.NameRu = "a\x00b" }},
			"nothing fits":      {"max_weight", "operator.number_wrong", func(f *db.MethodForm) { f.MaxWeight = "0" }},
			"less than nothing": {"max_length", "operator.number_wrong", func(f *db.MethodForm) { f.MaxLength = "-5" }},
			"a girth":           {"max_girth", "operator.girth_too_small", func(f *db.MethodForm) { f.MaxGirth = "10" }},
			"a divisor":         {"divisor", "operator.number_wrong", func(f *db.MethodForm) { f.Divisor = "5" }},
			"a percentage":      {"divisor_from", "operator.number_wrong", func(f *db.MethodForm) { f.DivisorFrom = "99" }},
			"the least weight":  {"min_weight", "operator.min_above_max", func(f *db.MethodForm) { f.MinWeight = "999" }},
			"no such carrier":   {"carrier", "operator.choose", func(f *db.MethodForm) { f.Carrier = "pigeon" }},
			"no such policy":    {"dispatch", "operator.choose", func(f *db.MethodForm) { f.Dispatch = "never" }},
			"no day":            {"checked_on", "fields.day", func(f *db.MethodForm) { f.CheckedOn = "вчера" }},
		} {
			t.Run(name, func(t *testing.T) {
				typed := methodNow(t, w, "ems").Form()
				wrong.change(&typed)
				_, err := w.EditMethod(t.Context(), anna, "ems", typed)
				wantProblem(t, err, wrong.field, wrong.key)
			})
		}
		if _, err := w.EditMethod(t.Context(), anna, "pigeon", form); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("a method that is not there: %v", err)
		}
	})
	t.Run("switched off it is not offered, and what goes by it stays", func(t *testing.T) {
		for range 2 {
			if _, err := w.SwitchMethod(t.Context(), anna, "ems", false); err != nil {
				t.Fatal(err)
			}
		}
		to, err := w.MethodsTo(t.Context(), "RU")
		if err != nil || slices.Contains(codes(to), "ems") || methodNow(t, w, "ems").Enabled {
			t.Errorf("still offered: %v %v", codes(to), err)
		}
		if changes(t, w) != 2 {
			t.Errorf("%d lines of history", changes(t, w))
		}
	})
	t.Run("a method moves one place; the second click on the same page moves nothing", func(t *testing.T) {
		form := db.MoveMethodForm{Up: true, Position: methodNow(t, w, "dhl_international").Position}
		for range 2 {
			if err := w.MoveMethod(t.Context(), anna, "dhl_international", form); err != nil {
				t.Fatal(err)
			}
		}
		methods, err := w.Methods(t.Context())
		if err != nil || !slices.Equal(codes(methods)[:2], []string{"dhl_international", "dhl_paket"}) {
			t.Errorf("%v %v", codes(methods), err)
		}
	})
	t.Run("the history can not be rewritten", func(t *testing.T) {
		for _, act := range []string{"UPDATE setting_changes SET by = by", "DELETE FROM setting_changes", "TRUNCATE setting_changes", "DELETE FROM method_fields"} {
			if _, err := w.Pool.Exec(t.Context(), act); err == nil {
				t.Errorf("%s is possible", act)
			}
		}
	})
}

func TestTariffIsSet(t *testing.T) {
	w, anna := office(t)
	tomorrow := today.Plus(1)
	form := db.TariffForm{Prices: "кг\tde\teu_1\r\n2\t6,90\t14,49\n5\t8\t17,49\n10\t10.49\t22,49\n20\t18,99\t33,49\n31,5\t23,99\t45,99", ValidFrom: tomorrow.String(), Version: 1}

	t.Run("D09 the preview says what would change, and changes nothing", func(t *testing.T) {
		preview, err := w.PreviewTariff(t.Context(), "dhl_paket", form)
		if err != nil || len(preview.Lists) != 1 || preview.Lists[0].Zone != "de" || !slices.Equal(preview.Same, []string{"eu_1"}) || len(preview.Doubts) != 0 {
			t.Fatalf("%+v %v", preview, err)
		}
		if was, now := preview.Before[0].Price(2000), preview.Lists[0].Price(2000); was != 619 || now != 690 {
			t.Errorf("%d → %d", was, now)
		}
		if got := priceOf(t, w, "DE", 1500, tomorrow); got != 619 {
			t.Errorf("tomorrow it costs %d already", got)
		}
	})
	t.Run("D09 new prices hold from tomorrow, those of today stay, those of other zones stay", func(t *testing.T) {
		if err := w.SetTariff(t.Context(), anna, "dhl_paket", form); err != nil {
			t.Fatal(err)
		}
		for _, want := range []struct {
			country string
			on      db.Day
			price   db.Money
		}{{"DE", today, 619}, {"DE", tomorrow, 690}, {"AT", tomorrow, 1449}, {"IT", tomorrow, 1649}} {
			if got := priceOf(t, w, want.country, 1500, want.on); got != want.price {
				t.Errorf("%s on %s: %d", want.country, want.on, got)
			}
		}
		last := lastChange(t, w).SettingChange
		if last.Name != "dhl_paket" || *last.ValidFrom != tomorrow || len(last.What()) != 1 || !strings.HasPrefix(last.What()[0].After, "2: 6.90 · 5: 8.00") {
			t.Errorf("the history: %+v %v", last, last.What())
		}
	})
	t.Run("D09 the second click changes nothing, an old page with other prices is refused", func(t *testing.T) {
		before := changes(t, w)
		if err := w.SetTariff(t.Context(), anna, "dhl_paket", form); err != nil || changes(t, w) != before {
			t.Errorf("the second click: %v", err)
		}
		other := form
		other.Prices = "кг; de\n31,5; 99"
		wantRefusal(t, w.SetTariff(t.Context(), anna, "dhl_paket", other), "operator.changed_elsewhere")
	})
	t.Run("D09 what has not begun can be entered anew or called off", func(t *testing.T) {
		anew := form
		anew.Prices, anew.Version = strings.Replace(form.Prices, "6,90", "6,50", 1), methodNow(t, w, "dhl_paket").Version
		if err := w.SetTariff(t.Context(), anna, "dhl_paket", anew); err != nil || priceOf(t, w, "DE", 1500, tomorrow) != 650 {
			t.Fatalf("%v, %d", err, priceOf(t, w, "DE", 1500, tomorrow))
		}
		for range 2 {
			if err := w.WithdrawTariff(t.Context(), anna, "dhl_paket", db.WithdrawForm{ValidFrom: tomorrow.String()}); err != nil {
				t.Fatal(err)
			}
		}
		if got := priceOf(t, w, "DE", 1500, tomorrow); got != 619 {
			t.Errorf("called off it costs %d", got)
		}
		wantRefusal(t, w.WithdrawTariff(t.Context(), anna, "dhl_paket", db.WithdrawForm{ValidFrom: "2026-01-01"}), "operator.prices_in_force")
	})
	t.Run("D09 by the prices of today parcels were priced: they can not be replaced, nor can those of before", func(t *testing.T) {
		for day, key := range map[string]string{today.String(): "operator.prices_from_tomorrow", "2026-03-01": "operator.day_passed", "когда-нибудь": "fields.day"} {
			early := form
			early.ValidFrom = day
			wantProblem(t, w.SetTariff(t.Context(), anna, "dhl_paket", early), "valid_from", key)
		}
	})
	t.Run("D09 a new zone may begin today, and takes countries once it has prices", func(t *testing.T) {
		zones := db.ZonesForm{Zones: "de: DE\neu_1: AT, BE, DK, FR, LU, NL, PL, CZ\nislands: CY MT\n–: IE", Version: methodNow(t, w, "dhl_paket").Version}
		wantProblem(t, w.SetZones(t.Context(), anna, "dhl_paket", zones), "line-0003", "operator.zone_unpriced")
		if err := w.SetTariff(t.Context(), anna, "dhl_paket", db.TariffForm{Prices: "kg;islands\n31.5;60", ValidFrom: today.String(), Version: zones.Version}); err != nil {
			t.Fatal(err)
		}
		wantRefusal(t, w.SetZones(t.Context(), anna, "dhl_paket", zones), "operator.changed_elsewhere")
		zones.Version = methodNow(t, w, "dhl_paket").Version
		if err := w.SetZones(t.Context(), anna, "dhl_paket", zones); err != nil {
			t.Fatal(err)
		}
		if got := priceOf(t, w, "MT", 700, today); got != 60_00 {
			t.Errorf("to Malta %d", got)
		}
		for _, gone := range []string{"IE", "IT"} {
			if to, _ := w.MethodsTo(t.Context(), gone); slices.Contains(codes(to), "dhl_paket") {
				t.Errorf("it goes to %s still", gone)
			}
		}
		kept, err := w.ZonesOf(t.Context(), "dhl_paket")
		if err != nil || db.ZoneLines(kept) != "–: IE\nde: DE\neu_1: AT, BE, CZ, DK, FR, LU, NL, PL\nislands: CY, MT" {
			t.Errorf("%s %v", db.ZoneLines(kept), err)
		}
	})
	t.Run("D09 zones that can not be right are said line by line", func(t *testing.T) {
		zones := db.ZonesForm{Zones: "de: DE\nde: XX\n\nde: DE\nÜber: AT\nAT", Version: methodNow(t, w, "dhl_paket").Version}
		err := w.SetZones(t.Context(), anna, "dhl_paket", zones)
		for field, key := range map[string]string{"zones": "operator.lines_wrong", "line-0002": "operator.country_unknown", "line-0004": "operator.country_twice",
			"line-0005": "operator.zone_wrong", "line-0006": "operator.no_countries"} {
			wantProblem(t, err, field, key)
		}
	})
}

func TestReadingATableOfPrices(t *testing.T) {
	w, _ := office(t)
	preview := func(method db.MethodCode, prices string) (db.PricePreview, error) {
		return w.PreviewTariff(t.Context(), method, db.TariffForm{Prices: prices, ValidFrom: today.Plus(1).String()})
	}
	t.Run("D09 what the page shows can be sent back", func(t *testing.T) {
		for _, method := range []db.MethodCode{"dhl_paket", "ems", "dhl_express", "spedition"} {
			tariffs, err := w.TariffsFrom(t.Context(), method, today)
			if err != nil {
				t.Fatal(err)
			}
			table := db.PriceTable(db.ListsOn(db.PriceLists(tariffs), today))
			for _, typed := range []string{table, strings.ReplaceAll(table, "; ", "\t"), strings.ReplaceAll(table, ";", " ")} {
				if same, err := preview(method, typed); err != nil || len(same.Lists) > 0 {
					t.Errorf("%s: %+v %v", method, same.Lists, err)
				}
			}
		}
	})
	t.Run("D09 a method with one zone needs no line that names it", func(t *testing.T) {
		got, err := preview("boxberry_pickup", "до 1 кг; 12 €\n15; 1 079,90")
		if err != nil || len(got.Lists) != 1 || got.Lists[0].Zone != "ru" || got.Lists[0].Price(1000) != 12_00 || got.Lists[0].Price(15_000) != 1079_90 {
			t.Errorf("%+v %v", got, err)
		}
	})
	t.Run("D09 steps may differ from zone to zone", func(t *testing.T) {
		got, err := preview("dhl_paket", "кг;de;eu_1\n2;5;\n5;;9\n31,5;20;30")
		if err != nil || got.Lists[0].Price(3000) != 20_00 || got.Lists[1].Price(1000) != 9_00 {
			t.Errorf("%+v %v", got, err)
		}
	})
	t.Run("D09 what looks odd is asked about", func(t *testing.T) {
		got, err := preview("boxberry_pickup", "1;20\n5;10")
		if err != nil || !slices.Equal(got.Doubts, []string{"operator.doubt_price_falls", "operator.doubt_too_light"}) {
			t.Errorf("%v %v", got.Doubts, err)
		}
	})
	for name, wrong := range map[string]struct{ prices, field, key string }{
		"nothing":               {" \n ", "prices", "fields.required"},
		"no zones":              {"2;5", "line-0001", "operator.no_zones_named"},
		"a head without zones":  {"кг", "line-0001", "operator.no_zones_named"},
		"a zone twice":          {"кг;de;de\n2;5;5", "line-0001", "operator.zone_twice"},
		"a figure for a zone":   {"много;5\n2;5", "line-0001", "operator.zone_wrong"},
		"a hostile zone":        {"кг;<b>\n2;5", "line-0001", "operator.zone_wrong"},
		"a word for a weight":   {"кг;de\nмного;5", "line-0002", "operator.weight_wrong"},
		"a falling weight":      {"кг;de\n5;5\n\n2;4", "line-0004", "operator.weight_falls"},
		"too many prices":       {"кг;de\n2;5;6", "line-0002", "operator.too_many_prices"},
		"a word for a price":    {"кг;de\n2;даром", "line-0002", "operator.price_wrong"},
		"a price below nothing": {"кг;de\n2;-5", "line-0002", "operator.price_wrong"},
		"nothing to pay":        {"кг;de\n2;0", "line-0002", "operator.price_wrong"},
		"beyond all reason":     {"кг;de\n2;99999999", "line-0002", "operator.price_wrong"},
		"a zone without prices": {"кг;de;eu_1\n2;5", "prices", "operator.zone_without_prices"},
		"far too many lines":    {strings.Repeat("\n", 400) + "2;5", "prices", "operator.too_many_lines"},
	} {
		t.Run("D09 "+name, func(t *testing.T) {
			_, err := preview("dhl_paket", wrong.prices)
			wantProblem(t, err, wrong.field, wrong.key)
		})
	}
}

func TestPriceOfTheDayOfWeighing(t *testing.T) {
	w, vera, petr := warehouse(t)
	anna := w.Person(t, dbtest.Anna)
	poor := w.Packs(t, petr, w.TakenParcel(t, vera, petr)) // held: the balance is empty
	price := func(id db.ParcelID) db.Money {
		invoices, err := w.InvoicesOfParcel(t.Context(), &id)
		if err != nil || len(invoices) != 1 {
			t.Fatalf("%v %v", invoices, err)
		}
		return invoices[0].Total
	}
	asked := price(poor.ID)
	if err := w.SetTariff(t.Context(), anna, "dhl_international", db.TariffForm{Prices: "кг;world_1\n31,5;99", ValidFrom: w.Today().Plus(1).String(), Version: 1}); err != nil {
		t.Fatal(err)
	}
	w.Clock.Pass(24 * time.Hour)
	t.Run("D09 money that comes a day later pays what was asked for, whatever a parcel of today costs", func(t *testing.T) {
		w.TopUp(t, vera, 500_00)
		for range 2 {
			if err := w.RecheckParcelsBy(t.Context(), "dhl_international"); err != nil {
				t.Fatal(err)
			}
		}
		if parcel := wantParcel(t, parcelNow(t, w, poor.ID), nil, db.ParcelReady); price(parcel.ID) != asked {
			t.Errorf("it paid %d, not %d", price(parcel.ID), asked)
		}
		next := w.Packs(t, petr, w.TakenParcel(t, vera, petr))
		if got := price(next.ID); got != 99_00 {
			t.Errorf("a parcel of today pays %d", got)
		}
	})
	wantSound(t, w)
}

func TestFieldIsSet(t *testing.T) {
	w, vera, petr := warehouse(t)
	anna := w.Person(t, dbtest.Anna)
	address, _ := w.DefaultAddressOf(t.Context(), vera.ID)
	bare := address.Form()
	bare.PassportNumber = ""
	if _, err := w.EditAddress(t.Context(), vera, address.ID, bare); err != nil {
		t.Fatal(err)
	}
	ready := w.ReadyParcel(t, vera, petr)
	waiting := w.FormedParcel(t, vera)
	method := waiting.MethodCode
	form := db.FieldForm{Field: "passport_number", Country: "RU", Level: "required", ValidFrom: w.Today().String(), Version: 1}
	set := func(t *testing.T, form db.FieldForm) {
		t.Helper()
		form.Version = methodNow(t, w, method).FieldsVersion
		if err := w.SetField(t.Context(), anna, method, form); err != nil {
			t.Fatal(err)
		}
		if err := w.RecheckParcelsBy(t.Context(), method); err != nil { // the job that the change asks for
			t.Fatal(err)
		}
	}

	t.Run("C04 what became required holds what waits, with a mail; what is ready goes by the rules of its day", func(t *testing.T) {
		set(t, form)
		if kinds := holds(t, w, waiting.ID); !slices.Equal(kinds, []db.HoldKind{db.HoldAddress}) {
			t.Fatalf("held by %v", kinds)
		}
		if sent := letters(t, w, vera, db.MailAddressIncomplete); len(sent) != 1 || !slices.Equal(sent[0].Missing, []string{"passport_number"}) {
			t.Errorf("mail-12: %+v", sent)
		}
		wantParcel(t, parcelNow(t, w, ready.ID), nil, db.ParcelReady)
	})
	t.Run("C04 the frozen address says by which version of the rules it was held, and that version stays", func(t *testing.T) {
		var frozen struct{ RulesVersion int32 }
		if err := json.Unmarshal(parcelNow(t, w, ready.ID).ShipTo, &frozen); err != nil || frozen.RulesVersion != 1 {
			t.Errorf("%+v %v", frozen, err)
		}
		rules, err := w.FieldRulesOf(t.Context(), method)
		if err != nil {
			t.Fatal(err)
		}
		then := slices.DeleteFunc(slices.Clone(rules), func(f db.MethodField) bool { return f.Version > frozen.RulesVersion })
		was, _ := db.RuleOn(then, "passport_number", "RU", w.Today())
		now, _ := db.RuleOn(rules, "passport_number", "RU", w.Today())
		if was.Level != db.FieldDefault || now.Level != db.FieldRequired || now.Version != 2 {
			t.Errorf("it was %v, it is %v", was, now)
		}
	})
	t.Run("C04 taken back on the same day, the parcel is let go and the middle version is still there", func(t *testing.T) {
		back := form
		back.Level = "default"
		set(t, back)
		if kinds := holds(t, w, waiting.ID); len(kinds) != 0 {
			t.Errorf("held by %v", kinds)
		}
		rules, _ := w.FieldRulesOf(t.Context(), method)
		if kept := slices.DeleteFunc(rules, func(f db.MethodField) bool { return f.Field != "passport_number" }); len(kept) != 2 {
			t.Errorf("%d versions: %v", len(kept), kept)
		}
	})
	t.Run("C04 a format holds what looks otherwise, until its day it holds nothing", func(t *testing.T) {
		shaped := form
		shaped.Field, shaped.Pattern, shaped.Example, shaped.ValidFrom = "phone", `\+7\d{10}`, "+79031234567", w.Today().Plus(2).String()
		set(t, shaped)
		foreign := address.Form()
		foreign.Phone, foreign.Version = "+49 30 23125014", address.Version+1
		if _, err := w.EditAddress(t.Context(), vera, address.ID, foreign); err != nil {
			t.Fatal(err)
		}
		if err := w.RecheckParcelsOf(t.Context(), vera.ID); err != nil || len(holds(t, w, waiting.ID)) != 0 {
			t.Fatalf("held by %v %v", holds(t, w, waiting.ID), err)
		}
		var due time.Time
		if err := w.Pool.QueryRow(t.Context(), "SELECT max(scheduled_at) FROM river_job WHERE kind = 'recheck_method'").Scan(&due); err != nil || !due.Equal(time.Date(2026, 3, 3, 23, 0, 0, 0, time.UTC)) {
			t.Errorf("looked at on %s %v", due, err)
		}
		w.Clock.Pass(48 * time.Hour)
		if err := w.RecheckParcelsBy(t.Context(), method); err != nil || len(holds(t, w, waiting.ID)) != 1 {
			t.Errorf("held by %v %v", holds(t, w, waiting.ID), err)
		}
	})
	t.Run("C04 a country's own rule wins, and no rule asks for nothing", func(t *testing.T) {
		fields, err := w.MethodFieldsFor(t.Context(), method, "KZ", w.Today())
		if err != nil || slices.ContainsFunc(fields, func(f db.MethodField) bool { return f.Field == "phone" && f.Pattern != "" }) {
			t.Errorf("%v %v", fields, err)
		}
		set(t, db.FieldForm{Field: "phone", Country: "*", Level: "none", ValidFrom: w.Today().String()})
		fields, _ = w.MethodFieldsFor(t.Context(), method, "KZ", w.Today())
		silent := address
		silent.Country, silent.Phone = "KZ", ""
		if missing := db.Missing(silent, fields); slices.Contains(missing, "phone") {
			t.Errorf("missing %v", missing)
		}
	})
	t.Run("C04 what can not be right is said beside its field, and an old page is refused", func(t *testing.T) {
		for name, wrong := range map[string]struct {
			field, key string
			change     func(*db.FieldForm)
		}{
			"no such field":     {"field", "operator.choose", func(f *db.FieldForm) { f.Field = "country" }},
			"no such country":   {"country", "fields.country_unknown", func(f *db.FieldForm) { f.Country = "XX" }},
			"default of all":    {"level", "operator.choose", func(f *db.FieldForm) { f.Country, f.Level = "*", "default" }},
			"no such script":    {"script", "operator.choose", func(f *db.FieldForm) { f.Script = "runes" }},
			"no expression":     {"pattern", "operator.pattern_wrong", func(f *db.FieldForm) { f.Pattern, f.Example = "(", "1" }},
			"no example":        {"example", "operator.example_missing", func(f *db.FieldForm) { f.Pattern = `\d+` }},
			"another's example": {"example", "operator.example_wrong", func(f *db.FieldForm) { f.Pattern, f.Example = `\d+`, "a1" }},
			"yesterday":         {"valid_from", "operator.day_passed", func(f *db.FieldForm) { f.ValidFrom = w.Today().Plus(-1).String() }},
		} {
			t.Run(name, func(t *testing.T) {
				typed := form
				typed.ValidFrom = w.Today().String()
				wrong.change(&typed)
				wantProblem(t, w.SetField(t.Context(), anna, method, typed), wrong.field, wrong.key)
			})
		}
		stale := form
		stale.Level, stale.ValidFrom = "optional", w.Today().String()
		wantRefusal(t, w.SetField(t.Context(), anna, method, stale), "operator.changed_elsewhere")
	})
	wantSound(t, w)
}

func TestScheduleIsKept(t *testing.T) {
	w, vera, petr := warehouse(t)
	anna := w.Person(t, dbtest.Anna)
	w.TopUp(t, vera, 500_00)
	_, items := w.StoredOrder(t, vera, dbtest.Boots)
	form := w.ParcelForm(t, vera, items...)
	form.MethodCode = "spedition"
	parcel, err := w.CreateParcel(t.Context(), vera, form)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.SubmitParcel(t.Context(), vera, parcel.ID); err != nil {
		t.Fatal(err)
	}
	taken, err := w.TakeNextParcel(t.Context(), petr)
	if err != nil {
		t.Fatal(err)
	}
	w.Packs(t, petr, taken)
	promised := func(t *testing.T) string {
		t.Helper()
		if err := w.RecheckParcelsBy(t.Context(), "spedition"); err != nil {
			t.Fatal(err)
		}
		if day := parcelNow(t, w, parcel.ID).PromisedOn; day != nil {
			return day.String()
		}
		return "none"
	}

	t.Run("G04 a departure that is put on takes along what is ready, and the customer is told the new day", func(t *testing.T) {
		before := promised(t)
		for range 2 {
			if err := w.AddDeparture(t.Context(), anna, "spedition", db.DepartureForm{Day: "2026-03-04"}); err != nil {
				t.Fatal(err)
			}
		}
		if now := promised(t); before != "2026-03-05" || now != "2026-03-04" || changes(t, w) != 1 {
			t.Errorf("promised for %s, then for %s, %d lines of history", before, now, changes(t, w))
		}
		promised(t) // nothing is new
		if sent := letters(t, w, vera, db.MailReady); len(sent) != 2 || *sent[1].Day != day("2026-03-04") {
			t.Errorf("mail-14: %+v", sent)
		}
	})
	t.Run("G04 one that is taken off leaves it to the next", func(t *testing.T) {
		for _, off := range []string{"2026-03-04", "2026-03-04", "2026-03-05"} {
			if err := w.RemoveDeparture(t.Context(), anna, "spedition", db.DepartureForm{Day: off}); err != nil {
				t.Fatal(err)
			}
		}
		if now := promised(t); now != "2026-03-19" {
			t.Errorf("promised for %s", now)
		}
	})
	t.Run("G04 a day that has passed, no day, and a method without a schedule are refused", func(t *testing.T) {
		wantProblem(t, w.AddDeparture(t.Context(), anna, "spedition", db.DepartureForm{Day: "2026-03-01"}), "day", "operator.day_passed")
		wantProblem(t, w.AddDeparture(t.Context(), anna, "spedition", db.DepartureForm{Day: "завтра"}), "day", "fields.day")
		wantProblem(t, w.AddDeparture(t.Context(), anna, "ems", db.DepartureForm{Day: "2026-03-10"}), "", "operator.no_schedule")
		wantRefusal(t, w.RemoveDeparture(t.Context(), anna, "spedition", db.DepartureForm{Day: "2026-02-19"}), "operator.day_passed")
	})
	t.Run("G04 a parcel that missed its departure stays where the desk sees it", func(t *testing.T) {
		w.Clock.Pass(20 * 24 * time.Hour)
		if now := promised(t); now != "2026-03-19" {
			t.Errorf("promised for %s", now)
		}
	})
}

func TestHolidayIsKept(t *testing.T) {
	w, vera, petr := warehouse(t)
	anna := w.Person(t, dbtest.Anna)
	form := db.HolidayForm{Calendar: "warehouse", Day: "2026-03-03", NameRu: "Инвентаризация", NameEn: "Stocktaking"}

	t.Run("E20 what is promised from now on goes around the day, what was promised stays", func(t *testing.T) {
		before := w.ReadyParcel(t, vera, petr)
		for range 2 {
			if _, err := w.AddHoliday(t.Context(), anna, form); err != nil {
				t.Fatal(err)
			}
		}
		after := w.ReadyParcel(t, vera, petr)
		if old := parcelNow(t, w, before.ID); *old.PromisedOn != day("2026-03-03") || *after.PromisedOn != day("2026-03-04") {
			t.Errorf("promised for %s and for %s", old.PromisedOn, after.PromisedOn)
		}
		if last := lastChange(t, w).SettingChange; changes(t, w) != 1 || last.What()[0].After != "2026-03-03 Инвентаризация" {
			t.Errorf("the history: %v", last.What())
		}
	})
	t.Run("E20 taken away it is a working day again", func(t *testing.T) {
		for range 2 {
			if err := w.RemoveHoliday(t.Context(), anna, form); err != nil {
				t.Fatal(err)
			}
		}
		if next := w.ReadyParcel(t, vera, petr); *next.PromisedOn != day("2026-03-03") {
			t.Errorf("promised for %s", next.PromisedOn)
		}
	})
	t.Run("E20 what can not be right is refused", func(t *testing.T) {
		for name, wrong := range map[string]struct {
			field, key string
			change     func(*db.HolidayForm)
		}{
			"a day that has passed": {"day", "operator.day_passed", func(f *db.HolidayForm) { f.Day = "2026-03-01" }},
			"no such calendar":      {"calendar", "operator.choose", func(f *db.HolidayForm) { f.Calendar = "mayan" }},
			"no name":               {"name_en", "fields.required", func(f *db.HolidayForm) { f.NameEn = "" }},
			"a day off already":     {"day", "operator.holiday_there", func(f *db.HolidayForm) { f.Day = "2026-05-01" }},
		} {
			t.Run(name, func(t *testing.T) {
				typed := form
				wrong.change(&typed)
				_, err := w.AddHoliday(t.Context(), anna, typed)
				wantProblem(t, err, wrong.field, wrong.key)
			})
		}
		wantRefusal(t, w.RemoveHoliday(t.Context(), anna, db.HolidayForm{Calendar: "warehouse", Day: "2026-01-01"}), "operator.day_passed")
	})
}

func TestCarrierIsEdited(t *testing.T) {
	w, anna := office(t)
	carrier := func(t *testing.T) db.Carrier {
		t.Helper()
		carrier, err := w.CarrierByCode(t.Context(), "dpd_de")
		if err != nil {
			t.Fatal(err)
		}
		return carrier
	}
	right := func() db.CarrierForm { return carrier(t).Form() }

	t.Run("H03 a new address of the carrier's page is at once that of every number; a dead one is not offered", func(t *testing.T) {
		form := right()
		form.TrackingURL = "https://www.dpd.com/de/track?parcel={n}&lang=de"
		if _, err := w.EditCarrier(t.Context(), anna, "dpd_de", form); err != nil {
			t.Fatal(err)
		}
		if got := db.TrackingLink(carrier(t), "1&2"); got != "https://www.dpd.com/de/track?parcel=1%262&lang=de" {
			t.Errorf("it leads to %s", got)
		}
		form = right()
		form.Broken = true
		if _, err := w.EditCarrier(t.Context(), anna, "dpd_de", form); err != nil {
			t.Fatal(err)
		}
		if db.TrackingLink(carrier(t), "1") != "" || db.SampleLink(carrier(t), "1") == "" {
			t.Error("a dead link is offered, or can not be tried")
		}
		form.Broken = false
		_, err := w.EditCarrier(t.Context(), anna, "dpd_de", form)
		wantRefusal(t, err, "operator.changed_elsewhere")
	})
	for name, address := range map[string]string{
		"without encryption": "http://dpd.de/{n}", "a script": "javascript:alert({n})", "without a number": "https://dpd.de/", "the number twice": "https://dpd.de/{n}/{n}",
		"the number as the site": "https://{n}.dpd.de/x", "the number before the path": "https://dpd.de?x={n}", "another mark": "https://dpd.de/{slug}/{n}",
		"a name and a password": "https://dpd.de@evil.example/{n}", "a space": "https://dpd.de/a {n}", "a bracket": "https://dpd.de/<{n}>", "no site": "https:///{n}", "our own machine": "https://localhost/{n}",
	} {
		t.Run("H03 "+name+" is no address", func(t *testing.T) {
			form := right()
			form.TrackingURL = address
			_, err := w.EditCarrier(t.Context(), anna, "dpd_de", form)
			wantProblem(t, err, "tracking_url", "operator.url_wrong")
		})
	}
	t.Run("H03 a wrong expression is said beside its field", func(t *testing.T) {
		form := right()
		form.NumberPattern, form.TrackerSlug = "^[0-9", "../evil"
		_, err := w.EditCarrier(t.Context(), anna, "dpd_de", form)
		wantProblem(t, err, "number_pattern", "operator.pattern_wrong")
		wantProblem(t, err, "tracker_slug", "operator.slug_wrong")
	})
	t.Run("H04 «Где посылка» can move", func(t *testing.T) {
		tracker, err := w.Tracker(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		form := tracker.Form()
		form.TrackingURL = "https://gdeposylka.ru/{n}/{slug}"
		_, err = w.EditTracker(t.Context(), anna, form)
		wantProblem(t, err, "tracking_url", "operator.tracker_url_wrong")
		form.TrackingURL = "https://gdeposylka.ru/c/{slug}?n={n}"
		if tracker, err = w.EditTracker(t.Context(), anna, form); err != nil {
			t.Fatal(err)
		}
		if got := db.TrackerLink(tracker, db.Carrier{TrackerSlug: "russian-post"}, "R1"); got != "https://gdeposylka.ru/c/russian-post?n=R1" {
			t.Errorf("it leads to %s", got)
		}
	})
}

func TestPaymentDetailsAreEdited(t *testing.T) {
	w, anna := office(t)
	form := func(currency db.Currency) db.PaymentDetailForm {
		details, err := w.PaymentDetailsIn(t.Context(), currency)
		if err != nil {
			t.Fatal(err)
		}
		return details.Form()
	}
	t.Run("D06 the codes on invoices follow at once", func(t *testing.T) {
		edited := form(db.EUR)
		edited.Account, edited.Payee, edited.Bic = "de89 3704 0044 0532 0130 00", "E2R Versand GmbH", "cobadeffxxx"
		details, err := w.EditPaymentDetails(t.Context(), anna, db.EUR, edited)
		if err != nil {
			t.Fatal(err)
		}
		code, err := db.EPCPayload(db.BankTransfer{To: details, Amount: 100})
		if err != nil || !strings.Contains(code, "\nCOBADEFFXXX\nE2R Versand GmbH\nDE89370400440532013000\n") {
			t.Errorf("%q %v", code, err)
		}
		if what := lastChange(t, w).SettingChange.What(); len(what) != 3 || what[1].Before != "DE19999999990000123456" {
			t.Errorf("the history: %v", what)
		}
		edited.Payee = "Ещё кто-то"
		_, err = w.EditPaymentDetails(t.Context(), anna, db.EUR, edited)
		wantRefusal(t, err, "operator.changed_elsewhere")
	})
	for name, wrong := range map[string]struct {
		currency   db.Currency
		change     func(*db.PaymentDetailForm)
		field, key string
	}{
		"a digit of the IBAN":     {db.EUR, func(f *db.PaymentDetailForm) { f.Account = "DE88370400440532013000" }, "account", "operator.iban_wrong"},
		"letters for an IBAN":     {db.EUR, func(f *db.PaymentDetailForm) { f.Account = "счёт" }, "account", "operator.iban_wrong"},
		"a BIC":                   {db.EUR, func(f *db.PaymentDetailForm) { f.Bic = "COBA" }, "bic", "operator.bic_wrong"},
		"no payee":                {db.EUR, func(f *db.PaymentDetailForm) { f.Payee = "" }, "payee", "fields.required"},
		"a long payee":            {db.EUR, func(f *db.PaymentDetailForm) { f.Payee = strings.Repeat("a", 71) }, "payee", "fields.too_long"},
		"a digit of the account":  {db.RUB, func(f *db.PaymentDetailForm) { f.Account = "40702810038000000043" }, "account", "operator.account_wrong"},
		"a short account":         {db.RUB, func(f *db.PaymentDetailForm) { f.Account = "407" }, "account", "operator.account_wrong"},
		"letters for a BIK":       {db.RUB, func(f *db.PaymentDetailForm) { f.Bic = "DEMODEFF1" }, "bic", "operator.bik_wrong"},
		"the bank's own account":  {db.RUB, func(f *db.PaymentDetailForm) { f.CorrAccount = "30101810600000000998" }, "corr_account", "operator.account_wrong"},
		"a digit of the INN":      {db.RUB, func(f *db.PaymentDetailForm) { f.Inn = "7700000017" }, "inn", "fields.inn_invalid"},
		"a KPP":                   {db.RUB, func(f *db.PaymentDetailForm) { f.Kpp = "7" }, "kpp", "operator.kpp_wrong"},
		"what fits into no code":  {db.RUB, func(f *db.PaymentDetailForm) { f.Payee = strings.Repeat("я", 160) }, "", "operator.no_code"},
		"a line of its own in it": {db.RUB, func(f *db.PaymentDetailForm) { f.Payee = "ООО\x01|Sum=1" }, "payee", "fields.odd_characters"},
	} {
		t.Run("D06 "+name, func(t *testing.T) {
			typed := form(wrong.currency)
			wrong.change(&typed)
			_, err := w.EditPaymentDetails(t.Context(), anna, wrong.currency, typed)
			wantProblem(t, err, wrong.field, wrong.key)
		})
	}
	t.Run("D06 there is no account of another currency", func(t *testing.T) {
		if _, err := w.EditPaymentDetails(t.Context(), anna, "USD", form(db.EUR)); !errors.Is(err, db.ErrNotFound) {
			t.Error(err)
		}
	})
}
