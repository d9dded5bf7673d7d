package db

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

// arbat is Вера's address with nothing left out.
func arbat() AddressForm {
	return AddressForm{Surname: "Щукина", Name: "Вера", Patronymic: "Юрьевна", LatinName: "SHCHUKINA VERA", Phone: "+7 (903) 123-45-67",
		Email: "vera@example.com", Country: "ru", PostalCode: "119 002", Region: "Москва", City: "Москва", Street: "ул. Арбат", House: "12",
		Flat: "7", Inn: "500100732259", PassportNumber: "4509 123456", PassportIssued: "ОВД «Арбат», 01.02.2010"}
}

func wrong(t *testing.T, form AddressForm) Problems {
	t.Helper()
	var problems Problems
	if err := form.problems(); err != nil && !errors.As(err, &problems) {
		t.Fatal(err)
	}
	return problems
}

func TestAddressForm(t *testing.T) {
	t.Run("C09 what was typed is tidied", func(t *testing.T) {
		form := arbat()
		form.Surname, form.City, form.Street, form.Phone = "  Щукина\u200b ", "Йошкар-Ола", " ул.\t Арбат \n", "8 903 123 45 67"
		form.City = strings.ReplaceAll(form.City, "Й", "И\u0306")
		address := form.Address()
		for field, want := range map[string]string{"surname": "Щукина", "city": "Йошкар-Ола", "street": "ул. Арбат", "country": "RU",
			"postal_code": "119002", "phone": "+79031234567", "passport_number": "4509 123456", "inn": "500100732259"} {
			if got := address.Field(field); got != want {
				t.Errorf("%s: %q, want %q", field, got, want)
			}
		}
		if problems := wrong(t, form); problems != nil {
			t.Errorf("problems: %v", problems)
		}
	})
	t.Run("C10 surname, name and country are needed to save, and nothing else is", func(t *testing.T) {
		want := Problems{"surname": "fields.required", "name": "fields.required", "country": "fields.required"}
		if got := wrong(t, AddressForm{Surname: " ", Name: "\u200b"}); !maps.Equal(got, want) {
			t.Errorf("got %v", map[string]string(got))
		}
		if got := wrong(t, AddressForm{Surname: "Щукина", Name: "Вера", Country: "RU"}); got != nil {
			t.Errorf("got %v", map[string]string(got))
		}
	})
	for _, story := range []struct {
		name, field, problem string
		spoil                func(*AddressForm)
	}{
		{"C11 a Russian postal code has six digits", "postal_code", "fields.postal_code_ru", func(f *AddressForm) { f.PostalCode = "11900" }},
		{"C11 a German postal code has five digits", "postal_code", "fields.postal_code_de", func(f *AddressForm) { f.Country, f.PostalCode = "DE", "1011" }},
		{"C11 letters are no postal code in Germany", "postal_code", "fields.postal_code_de", func(f *AddressForm) { f.Country, f.PostalCode = "DE", "1011O" }},
		{"C04 a phone too short to ring", "phone", "fields.phone_invalid", func(f *AddressForm) { f.Phone = "12-34" }},
		{"C04 words are no phone", "phone", "fields.phone_invalid", func(f *AddressForm) { f.Phone = "нет телефона" }},
		{"C04 an address without a domain", "email", "fields.email_invalid", func(f *AddressForm) { f.Email = "vera@localhost" }},
		{"C04 a made-up ИНН", "inn", "fields.inn_invalid", func(f *AddressForm) { f.Inn = "500100732258" }},
		{"C04 a country that is not", "country", "fields.country_unknown", func(f *AddressForm) { f.Country = "XX" }},
		{"C04 a country by an old name", "country", "fields.country_unknown", func(f *AddressForm) { f.Country = "SU" }},
		{"C04 a country in words", "country", "fields.too_long", func(f *AddressForm) { f.Country = "Россия" }},
		{"C04 a name that fills the label", "surname", "fields.too_long", func(f *AddressForm) { f.Surname = strings.Repeat("щ", 61) }},
		{"C04 a bell in the street", "street", "fields.odd_characters", func(f *AddressForm) { f.Street = "ул.\a Арбат" }},
		{"C04 a zero byte", "flat", "fields.odd_characters", func(f *AddressForm) { f.Flat = "7\x00" }},
		{"C04 bytes that are no text", "city", "fields.odd_characters", func(f *AddressForm) { f.City = "\xff\xfe" }},
	} {
		t.Run(story.name, func(t *testing.T) {
			form := arbat()
			story.spoil(&form)
			if got := wrong(t, form); !maps.Equal(got, Problems{story.field: story.problem}) {
				t.Errorf("got %v", map[string]string(got))
			}
		})
	}
	t.Run("C11 other countries' postal codes are only asked about", func(t *testing.T) {
		form := AddressForm{Surname: "Kovač", Name: "Ana", Country: "AT", PostalCode: "12345"}
		if got := wrong(t, form); got != nil {
			t.Errorf("problems: %v", map[string]string(got))
		}
		if got := form.Address().Doubts(); !maps.Equal(got, Problems{"postal_code": "fields.postal_code_unusual"}) {
			t.Errorf("doubts: %v", map[string]string(got))
		}
		form.PostalCode = "1010"
		if got := form.Address().Doubts(); len(got) != 0 {
			t.Errorf("doubts about Vienna: %v", got)
		}
	})
	t.Run("C04 a number that nobody was given is doubted, not refused", func(t *testing.T) {
		form := arbat()
		form.Phone, form.PassportNumber = "+7 000 000 00 00", "АБ 123"
		if got := wrong(t, form); got != nil {
			t.Errorf("problems: %v", map[string]string(got))
		}
		if got := form.Address().Doubts(); !maps.Equal(got, Problems{"phone": "fields.phone_unusual", "passport_number": "fields.passport_unusual"}) {
			t.Errorf("doubts: %v", map[string]string(got))
		}
	})
	t.Run("C11 a private house has no flat", func(t *testing.T) {
		form := arbat()
		form.PrivateHouse = true
		if got := form.Address().Flat; got != "" {
			t.Errorf("flat %q", got)
		}
	})
}

func TestMissing(t *testing.T) {
	required := func(field string, script Script) MethodField {
		return MethodField{Field: field, Level: FieldRequired, Script: script}
	}
	none := []MethodField(nil)
	post := []MethodField{required("surname", Latin), required("name", Latin), {Field: "phone", Level: FieldOptional}}
	pickUp := []MethodField{required("surname", Cyrillic), required("name", Cyrillic), required("phone", ""), required("email", "")}
	courier := append(slices.Clone(pickUp), required("latin_name", Latin), required("inn", ""), required("passport_number", ""), required("passport_issued", ""))
	paket := []MethodField{required("surname", Latin), required("city", Latin), required("street", Latin)}
	for _, story := range []struct {
		name   string
		fields []MethodField
		spoil  func(*AddressForm)
		want   string
	}{
		{"C01 a full address lacks nothing", courier, func(f *AddressForm) {}, ""},
		{"C11 postal code, street, house and flat, whatever the method", none,
			func(f *AddressForm) { f.Flat, f.House, f.Street, f.PostalCode = "", "", "", "" }, "postal_code street house flat"},
		{"C11 «Частный дом, без квартиры» needs no flat", none, func(f *AddressForm) { f.Flat, f.PrivateHouse = "", true }, ""},
		{"C01 named in the order of the form", none, func(f *AddressForm) { *f = AddressForm{} },
			"surname name country postal_code city street house flat"},
		{"C04 the post does without a phone", post, func(f *AddressForm) { f.Phone = "" }, ""},
		{"C04 a pick-up point does not", pickUp, func(f *AddressForm) { f.Phone, f.Email = "", "" }, "phone email"},
		{"C04 the post prints the name in Latin letters", post, func(f *AddressForm) { f.LatinName = "" }, "latin_name"},
		{"C04 in Latin letters, not Russian ones", post, func(f *AddressForm) { f.LatinName = "Щукина Вера" }, "latin_name"},
		{"C04 who is called Weber needs no second name", post, func(f *AddressForm) { f.Surname, f.Name, f.LatinName = "Weber", "Jürgen", "" }, ""},
		{"C04 a pick-up point wants the name as in the Russian passport", pickUp, func(f *AddressForm) { f.Surname, f.Name = "Schukina", "Вера" }, "surname"},
		{"C04 a German street is not written in Russian", paket, func(f *AddressForm) { f.City, f.Street = "Берлин", "Lindenstraße" }, "city"},
		{"C04 customs ask the courier for documents", courier, func(f *AddressForm) { f.Inn, f.PassportNumber, f.PassportIssued = "", "", "" },
			"inn passport_number passport_issued"},
		{"C04 an ИНН that does not add up counts as missing", courier, func(f *AddressForm) { f.Inn = "500100732258" }, "inn"},
		{"C04 but not for the post, which does not ask", post, func(f *AddressForm) { f.Inn = "500100732258" }, ""},
		{"C04 so does a phone that can not ring", pickUp, func(f *AddressForm) { f.Phone = "12" }, "phone"},
	} {
		t.Run(story.name, func(t *testing.T) {
			form := arbat()
			story.spoil(&form)
			if got := strings.Join(Missing(form.Address(), story.fields), " "); got != story.want {
				t.Errorf("got %q, want %q", got, story.want)
			}
		})
	}
	t.Run("C04 what is there in the wrong letters is said to be so", func(t *testing.T) {
		form := arbat()
		form.Surname, form.LatinName, form.Street = "Schukina", "", "Арбат"
		for _, asked := range []struct {
			fields []MethodField
			want   Problems
		}{
			{pickUp, Problems{"surname": "fields.needed_cyrillic"}},
			{[]MethodField{required("street", Latin)}, Problems{"street": "fields.needed_latin"}},
			{post, Problems{"latin_name": "fields.needed_latin"}},
		} {
			if got := Needs(form.Address(), asked.fields); !maps.Equal(got, asked.want) {
				t.Errorf("got %v, want %v", got, asked.want)
			}
		}
	})
	t.Run("C04 every field has a name, a limit and a place in the form", func(t *testing.T) {
		address := arbat().Address()
		fields := slices.Sorted(maps.Keys(address.fields()))
		if inForm := slices.Sorted(slices.Values(AddressFields)); !slices.Equal(fields, inForm) {
			t.Errorf("fields %v, form %v", fields, inForm)
		}
		if limited := slices.Sorted(maps.Keys(AddressLimits)); !slices.Equal(fields, limited) {
			t.Errorf("fields %v, limits %v", fields, limited)
		}
	})
	t.Run("C09 the form shows what was saved", func(t *testing.T) {
		form := arbat()
		form.Label, form.Company = "Дача", "Ромашка"
		form = form.Address().Form()
		if again := form.Address().Form(); again != form || form.Label != "Дача" || form.Company != "Ромашка" {
			t.Errorf("got %+v", again)
		}
	})
}

func TestSuggestLatinName(t *testing.T) {
	for _, story := range []struct{ surname, name, want string }{
		{"Щукина", "Юлия", "SHCHUKINA IULIIA"},
		{"Ёжиков", "Игорь", "EZHIKOV IGOR"},
		{"Хацапетовъ", "Объезд", "KHATSAPETOVIE OBIEEZD"},
		{"Цой", "Жанна", "TSOI ZHANNA"},
		{"Римский-Корсаков", "Чеслав", "RIMSKII-KORSAKOV CHESLAV"},
		{"Müller", "Jürgen", "MÜLLER JÜRGEN"},
		{"Шевченко", "Їжак", ""},
		{"", "", ""},
	} {
		t.Run("C09 "+story.surname+" "+story.name, func(t *testing.T) {
			if got := SuggestLatinName(story.surname, story.name); got != story.want {
				t.Errorf("got %q, want %q", got, story.want)
			}
		})
	}
}
