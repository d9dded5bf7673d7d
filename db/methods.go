package db

import (
	"math"
	"unicode"
)

// MethodCode names a delivery method: dhl_paket, spedition.
type MethodCode string

// Grams is a weight.
type Grams int32

// Millimetres is a length.
type Millimetres int32

// DispatchPolicy says when a parcel leaves once it is ready.
type DispatchPolicy string

const (
	NextBusinessDay DispatchPolicy = "next_business_day"
	BySchedule      DispatchPolicy = "schedule"
)

// TrackingMode says how the customer learns where the parcel is.
type TrackingMode string

const (
	CarrierLink    TrackingMode = "carrier_link"
	SentSeparately TrackingMode = "sent_separately"
	NoTracking     TrackingMode = "none"
)

// FieldLevel says how much a method needs a field of the address.
type FieldLevel string

const (
	FieldRequired FieldLevel = "required"
	FieldOptional FieldLevel = "optional"
	FieldUnasked  FieldLevel = "none"    // not any more, or not in this country
	FieldDefault  FieldLevel = "default" // in this country as in any
)

// Script is the alphabet that a method wants a field in; empty is any.
type Script string

const (
	Latin    Script = "latin"
	Cyrillic Script = "cyrillic"
)

// Size is the box around a parcel.
type Size struct {
	Length, Width, Height Millimetres
}

// Named is the method's name in a language.
func (m Method) Named(locale Locale) string {
	if locale == Russian {
		return m.NameRu
	}
	return m.NameEn
}

// Transit says in a language how long the way takes.
func (m Method) Transit(locale Locale) string {
	if locale == Russian {
		return m.TransitRu
	}
	return m.TransitEn
}

// VolumetricGrams is what the parcel would weigh if its volume were charged; nothing for a method that
// charges by actual weight.
func VolumetricGrams(method Method, size Size) Grams {
	if method.DimDivisor == nil {
		return 0
	}
	volume := int64(1) // cubic millimetres over the divisor are grams
	for _, side := range []Millimetres{size.Length, size.Width, size.Height} {
		volume *= roundUp(int64(min(side, 100_000)), int64(method.RoundUpMm))
	}
	divisor := int64(*method.DimDivisor)
	return Grams(min((volume+divisor-1)/divisor, math.MaxInt32))
}

// BillableGrams is the weight that is paid for: the actual one, or the volumetric one once it is as much
// greater as the method says, rounded up to the method's step.
func BillableGrams(method Method, actual Grams, size Size) Grams {
	billable := int64(max(actual, method.MinBillableGrams))
	volumetric := int64(VolumetricGrams(method, size))
	if volumetric*100 >= int64(actual)*int64(method.DimFromPercent) {
		billable = max(billable, volumetric)
	}
	return Grams(min(roundUp(billable, int64(method.RoundStepGrams)), math.MaxInt32))
}

func roundUp(n, step int64) int64 { return (n + step - 1) / step * step }

// Girth is the length and the way around the other two sides, as carriers measure it.
func (s Size) Girth() Millimetres {
	longest := max(s.Length, s.Width, s.Height)
	return longest + 2*(s.Length+s.Width+s.Height-longest)
}

// TooMuch is the message key of why a parcel is too heavy or too large for the method, or empty.
func (m Method) TooMuch(actual Grams, size Size) string {
	switch {
	case actual > m.MaxGrams:
		return "methods.too_heavy"
	case max(size.Length, size.Width, size.Height) > m.MaxLengthMm:
		return "methods.too_long"
	case size.Girth() > m.MaxGirthMm:
		return "methods.too_bulky"
	}
	return ""
}

// Objection is the message key of why the method can not deliver to such a recipient, or empty.
func (m Method) Objection(address Address) string {
	if address.Company != "" && !m.CompaniesAllowed {
		return "methods.no_companies"
	}
	return ""
}

// writes reports whether every letter of the text belongs to the script.
func (s Script) writes(text string) bool {
	alphabet, known := map[Script]*unicode.RangeTable{Latin: unicode.Latin, Cyrillic: unicode.Cyrillic}[s]
	if !known {
		return true
	}
	for _, letter := range text {
		if unicode.IsLetter(letter) && !unicode.Is(alphabet, letter) {
			return false
		}
	}
	return true
}
