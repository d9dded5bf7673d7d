package db

import (
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestNumbered(t *testing.T) {
	t.Run("E04 the number has a check digit", func(t *testing.T) {
		if got := Numbered(OrderID(572)); got != "572-4" {
			t.Errorf("572 is numbered %s; Damm's own example says 4", got)
		}
		for _, typed := range []string{"572-4", "№ 572-4", "5724", " 572 – 4 ", "#572-4"} {
			if id, ok := ParseNumber(typed); !ok || id != 572 {
				t.Errorf("%q is read as %d, %t", typed, id, ok)
			}
		}
		for _, typed := range []string{"", "4", "572-5", "752-4", "0572-4", "-4", "abc", "57x-4", "٥٧٢-٤", "99999999999999999999-1"} {
			if id, ok := ParseNumber(typed); ok {
				t.Errorf("%q is taken for %d", typed, id)
			}
		}
	})
	t.Run("E04 no slip of one digit and no swap of neighbours passes", func(t *testing.T) {
		for range 200 {
			right := strconv.FormatInt(10001+rand.Int64N(9_000_000), 10)
			right += strconv.Itoa(checkDigit(must(strconv.ParseInt(right, 10, 64))))
			for i := range right {
				for digit := byte('0'); digit <= '9'; digit++ {
					wrong := []byte(right)
					wrong[i] = digit
					if _, ok := ParseNumber(string(wrong)); ok != (string(wrong) == right) {
						t.Errorf("%s typed as %s is taken: %t", right, wrong, ok)
					}
				}
				if i > 0 && right[i] != right[i-1] {
					wrong := []byte(right)
					wrong[i], wrong[i-1] = wrong[i-1], wrong[i]
					if _, ok := ParseNumber(string(wrong)); ok {
						t.Errorf("%s typed as %s is taken", right, wrong)
					}
				}
			}
		}
	})
}

func TestCreditorReference(t *testing.T) {
	t.Run("D06 a payment reference survives the bank", func(t *testing.T) {
		if got := CreditorReference("539007547034"); got != "RF18539007547034" {
			t.Errorf("got %s, the standard's own example says RF18539007547034", got)
		}
		for _, returned := range []string{"RF18539007547034", "rf18 5390 0754 7034", " RF18 539007547034\n"} {
			if body, ok := ParseCreditorReference(returned); !ok || body != "539007547034" {
				t.Errorf("%q is read as %q, %t", returned, body, ok)
			}
		}
		for _, wrong := range []string{"", "RF", "RF18", "RF19539007547034", "RF18539007547043", "XX18539007547034", "RF18 5390-07547034", "RF18Я"} {
			if _, ok := ParseCreditorReference(wrong); ok {
				t.Errorf("%q is taken", wrong)
			}
		}
	})
	t.Run("D06 letters count too", func(t *testing.T) {
		for range 200 {
			body := "K" + strconv.FormatInt(rand.Int64N(1e9), 10) + "R" + strconv.FormatInt(rand.Int64N(1e9), 10)
			if got, ok := ParseCreditorReference(CreditorReference(body)); !ok || got != body {
				t.Errorf("%s comes back as %q, %t", body, got, ok)
			}
		}
	})
}

func TestValidINN(t *testing.T) {
	t.Run("C04 the check digits of an ИНН", func(t *testing.T) {
		for inn, want := range map[string]bool{
			"500100732259": true, "7830002293": true, "7700000016": true,
			"500100732258": false, "500100732269": false, "7830002294": false, "": false, "50010073225": false, "50010073225a": false,
		} {
			if got := validINN(inn); got != want {
				t.Errorf("%q: %t", inn, got)
			}
		}
	})
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
