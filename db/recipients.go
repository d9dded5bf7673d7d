package db

import (
	"bufio"
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/unicode/norm"
)

// AddressFields are the names of the fields, in the order of the form.
var AddressFields = []string{"label", "surname", "name", "patronymic", "latin_name", "company", "phone", "email", "country",
	"postal_code", "region", "city", "street", "house", "flat", "inn", "passport_number", "passport_issued"}

// AddressLimits is how many characters fit into a field.
var AddressLimits = map[string]int{"label": 60, "surname": 60, "name": 60, "patronymic": 60, "latin_name": 120, "company": 100,
	"phone": 32, "email": 254, "country": 2, "postal_code": 12, "region": 100, "city": 100, "street": 120, "house": 20, "flat": 20,
	"inn": 12, "passport_number": 30, "passport_issued": 200}

// fields lends out the texts of the address by name.
func (a *Address) fields() map[string]*string {
	return map[string]*string{"label": &a.Label, "surname": &a.Surname, "name": &a.Name, "patronymic": &a.Patronymic, "latin_name": &a.LatinName,
		"company": &a.Company, "phone": &a.Phone, "email": &a.Email, "country": &a.Country, "postal_code": &a.PostalCode, "region": &a.Region,
		"city": &a.City, "street": &a.Street, "house": &a.House, "flat": &a.Flat, "inn": &a.Inn,
		"passport_number": &a.PassportNumber, "passport_issued": &a.PassportIssued}
}

// Field is the text of a field by its name.
func (a Address) Field(name string) string {
	if text, known := a.fields()[name]; known {
		return *text
	}
	return ""
}

// tidied is the address as a careful person would have typed it.
func (a Address) tidied() Address {
	for _, text := range a.fields() {
		*text = tidy(*text)
	}
	a.Country = strings.ToUpper(a.Country)
	a.PostalCode = strings.ToUpper(a.PostalCode)
	if a.Country == "RU" || a.Country == "DE" {
		a.PostalCode = strings.ReplaceAll(a.PostalCode, " ", "")
	}
	if number, err := phonenumbers.Parse(a.Phone, a.Country); err == nil && phonenumbers.IsPossibleNumber(number) {
		a.Phone = phonenumbers.Format(number, phonenumbers.E164)
	}
	a.Inn = strings.ReplaceAll(a.Inn, " ", "")
	if passport := strings.ReplaceAll(a.PassportNumber, " ", ""); a.Country == "RU" && isDigits(passport, 10) {
		a.PassportNumber = passport[:4] + " " + passport[4:]
	}
	if a.PrivateHouse {
		a.Flat = ""
	}
	return a
}

// tidy joins letters with their accents, makes one space of many, and drops what can not be seen.
func tidy(s string) string {
	visible := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, norm.NFC.String(s))
	return strings.Join(strings.Fields(visible), " ")
}

// problems are what has to be put right before the address can be saved at all. What a parcel needs on top of
// that is said by Needs, once a method is known.
func (f AddressForm) problems() error {
	address, problems := f.Address(), Problems{}
	for field, text := range address.fields() {
		switch {
		case strings.IndexFunc(*text, isOdd) >= 0:
			problems[field] = "fields.odd_characters"
		case utf8.RuneCountInString(*text) > AddressLimits[field]:
			problems[field] = "fields.too_long"
		}
	}
	for _, field := range []string{"surname", "name", "country"} {
		if address.Field(field) == "" {
			problems[field] = "fields.required"
		}
	}
	for field, wrong := range address.malformed() {
		if problems[field] == "" {
			problems[field] = wrong
		}
	}
	return problems.err()
}

// isOdd finds control characters, and what was no text at all.
func isOdd(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }

// strictPostalCodes are those that are insisted on, by country.
var strictPostalCodes = map[string]struct {
	digits  int
	problem string
}{"RU": {6, "fields.postal_code_ru"}, "DE": {5, "fields.postal_code_de"}}

// malformed finds what is certainly wrong in what was filled in.
func (a Address) malformed() Problems {
	wrong := Problems{}
	if a.Country != "" && !isCountry(a.Country) {
		wrong["country"] = "fields.country_unknown"
	}
	if code, strict := strictPostalCodes[a.Country]; strict && a.PostalCode != "" && !isDigits(a.PostalCode, code.digits) {
		wrong["postal_code"] = code.problem
	}
	if a.Phone != "" {
		if number, err := phonenumbers.Parse(a.Phone, a.Country); err != nil || !phonenumbers.IsPossibleNumber(number) {
			wrong["phone"] = "fields.phone_invalid"
		}
	}
	if a.Email != "" && !emailLooksRight(a.Email) {
		wrong["email"] = "fields.email_invalid"
	}
	if a.Country == "RU" && a.Inn != "" && !validINN(a.Inn) {
		wrong["inn"] = "fields.inn_invalid"
	}
	return wrong
}

// Doubts are what looks odd about the address but may well be right: shown beside the field, never in the way.
func (a Address) Doubts() Problems {
	doubts := Problems{}
	if usual := postalPatterns()[a.Country]; usual != nil && a.PostalCode != "" && !usual.MatchString(a.PostalCode) {
		doubts["postal_code"] = "fields.postal_code_unusual"
	}
	if number, err := phonenumbers.Parse(a.Phone, a.Country); err == nil && !phonenumbers.IsValidNumber(number) {
		doubts["phone"] = "fields.phone_unusual"
	}
	if a.Country == "RU" && a.PassportNumber != "" && !isDigits(strings.ReplaceAll(a.PassportNumber, " ", ""), 10) {
		doubts["passport_number"] = "fields.passport_unusual"
	}
	for field, wrong := range a.malformed() {
		doubts[field] = wrong
	}
	return doubts
}

//go:embed postal_codes.txt
var postalCodes string

// postalPatterns are the usual shapes of postal codes by country.
var postalPatterns = sync.OnceValue(func() map[string]*regexp.Regexp {
	patterns := map[string]*regexp.Regexp{}
	lines := bufio.NewScanner(strings.NewReader(postalCodes))
	for lines.Scan() {
		country, pattern, ok := strings.Cut(lines.Text(), " ")
		if ok && country != "#" {
			patterns[country] = regexp.MustCompile("^(" + pattern + ")$")
		}
	}
	return patterns
})

// alwaysNeeded is what no parcel travels without.
var alwaysNeeded = []string{"surname", "name", "country", "postal_code", "city", "street", "house", "flat"}

// AlwaysNeeded reports whether no parcel travels without the field, whatever a method asks for.
func AlwaysNeeded(field string) bool { return slices.Contains(alwaysNeeded, field) }

var neededIn = map[Script]string{Latin: "fields.needed_latin", Cyrillic: "fields.needed_cyrillic"}

// Needs says, field by field, what stands between the address and a parcel by a method that asks for these
// fields. Without a method it is what any of them needs.
func Needs(address Address, fields []MethodField) Problems {
	needs, malformed := Problems{}, address.malformed()
	need := func(field string) {
		switch {
		case malformed[field] != "":
			needs[field] = malformed[field]
		case address.Field(field) == "" && !(field == "flat" && address.PrivateHouse):
			needs[field] = "fields.needed"
		}
	}
	for _, field := range alwaysNeeded {
		need(field)
	}
	for _, asked := range fields {
		if asked.Level == FieldRequired {
			need(asked.Field)
		}
	}
	for _, asked := range fields {
		if asked.Level != FieldRequired || needs[asked.Field] != "" {
			continue
		}
		if !asked.hasFormat(address.Field(asked.Field)) {
			needs[asked.Field] = "fields.needed_format"
			continue
		}
		if asked.Script.writes(address.Field(asked.Field)) {
			continue
		}
		if named := asked.Field == "surname" || asked.Field == "name"; named && asked.Script == Latin {
			// A name in another script is fine, as long as the one from the passport can be printed.
			if address.LatinName == "" || !Latin.writes(address.LatinName) {
				needs["latin_name"] = "fields.needed_latin"
			}
			continue
		}
		needs[asked.Field] = neededIn[asked.Script]
	}
	return needs
}

// Missing names the fields of Needs in the order of the form: «Не хватает: …».
func Missing(address Address, fields []MethodField) []string {
	needs := Needs(address, fields)
	return slices.DeleteFunc(slices.Clone(AddressFields), func(field string) bool { return needs[field] == "" })
}

// passportLatin is ICAO Doc 9303 for Russian. Older passports were printed by other tables,
// so what it makes of a name is only ever suggested.
var passportLatin = map[rune]string{'А': "A", 'Б': "B", 'В': "V", 'Г': "G", 'Д': "D", 'Е': "E", 'Ё': "E", 'Ж': "ZH", 'З': "Z", 'И': "I",
	'Й': "I", 'К': "K", 'Л': "L", 'М': "M", 'Н': "N", 'О': "O", 'П': "P", 'Р': "R", 'С': "S", 'Т': "T", 'У': "U", 'Ф': "F", 'Х': "KH",
	'Ц': "TS", 'Ч': "CH", 'Ш': "SH", 'Щ': "SHCH", 'Ъ': "IE", 'Ы': "Y", 'Ь': "", 'Э': "E", 'Ю': "IU", 'Я': "IA"}

// SuggestLatinName is how a passport of today would print a name: «Щукина», «Юлия» is SHCHUKINA IULIIA.
// It is empty where that can not be told.
func SuggestLatinName(surname, name string) string {
	var latin strings.Builder
	for _, letter := range strings.ToUpper(tidy(surname + " " + name)) {
		printed, russian := passportLatin[letter]
		switch {
		case russian:
			latin.WriteString(printed)
		case unicode.IsLetter(letter) && !unicode.Is(unicode.Latin, letter):
			return ""
		default:
			latin.WriteRune(letter)
		}
	}
	return latin.String()
}
