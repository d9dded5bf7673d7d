package db

import "testing"

func TestBillableGrams(t *testing.T) {
	divisor := int32(5000)
	express := Method{DimDivisor: &divisor, DimFromPercent: 100, RoundStepGrams: 500, RoundUpMm: 10, MinBillableGrams: 500}
	van := Method{DimDivisor: &divisor, DimFromPercent: 300, RoundStepGrams: 500, RoundUpMm: 1, MinBillableGrams: 1000}
	post := Method{DimFromPercent: 100, RoundStepGrams: 1, RoundUpMm: 10, MinBillableGrams: 1}
	for _, story := range []struct {
		name             string
		method           Method
		actual           Grams
		size             Size
		volumetric, paid Grams
	}{
		{"a dense box is paid by its weight", express, 12_000, Size{400, 300, 200}, 4800, 12_000},
		{"a light box is paid by its volume", express, 1_000, Size{400, 300, 200}, 4800, 5_000},
		{"equal weights stay as they are", express, 5_000, Size{500, 500, 100}, 5000, 5_000},
		{"a millimetre over makes the next centimetre", express, 100, Size{401, 300, 200}, 4920, 5_000},
		{"half a gram of volume is a gram", express, 100, Size{10, 10, 10}, 1, 500},
		{"one gram over makes the next step", express, 5_001, Size{100, 100, 100}, 200, 5_500},
		{"the least that is charged", express, 20, Size{100, 100, 50}, 100, 500},
		{"the van forgives volume below three times the weight", van, 2_000, Size{400, 300, 200}, 4800, 2_000},
		{"and counts it from three times on", van, 1_600, Size{400, 300, 200}, 4800, 5_000},
		{"the post looks at the weight alone", post, 777, Size{1200, 600, 600}, 0, 777},
		{"a parcel without a size is paid by its weight", express, 777, Size{}, 0, 1_000},
		{"sizes beyond all reason do not wrap around", express, 777, Size{1 << 30, 1 << 30, 1 << 30}, 1<<31 - 1, 1<<31 - 1},
	} {
		t.Run("G09 "+story.name, func(t *testing.T) {
			if got := VolumetricGrams(story.method, story.size); got != story.volumetric {
				t.Errorf("volumetric %d, not %d", got, story.volumetric)
			}
			if got := BillableGrams(story.method, story.actual, story.size); got != story.paid {
				t.Errorf("billable %d, not %d", got, story.paid)
			}
		})
	}
}

func TestTooMuch(t *testing.T) {
	paket := Method{MaxGrams: 31_500, MaxLengthMm: 1200, MaxGirthMm: 3600}
	for _, story := range []struct {
		name   string
		actual Grams
		size   Size
		want   string
	}{
		{"the largest parcel goes", 31_500, Size{1200, 600, 600}, ""},
		{"standing on its side, too", 31_500, Size{600, 600, 1200}, ""},
		{"a gram over does not", 31_501, Size{100, 100, 100}, "methods.too_heavy"},
		{"nor a millimetre", 1_000, Size{100, 1201, 100}, "methods.too_long"},
		{"nor a barrel", 1_000, Size{1200, 601, 600}, "methods.too_bulky"},
	} {
		t.Run("G09 "+story.name, func(t *testing.T) {
			if got := paket.TooMuch(story.actual, story.size); got != story.want {
				t.Errorf("got %q, want %q", got, story.want)
			}
		})
	}
	t.Run("C13 a company only where the method takes companies", func(t *testing.T) {
		office := Address{Company: "Ромашка"}
		if got := (Method{}).Objection(office); got != "methods.no_companies" {
			t.Errorf("got %q", got)
		}
		if got := (Method{CompaniesAllowed: true}).Objection(office) + (Method{}).Objection(Address{}); got != "" {
			t.Errorf("got %q", got)
		}
	})
}
