package db

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// damm is the totally anti-symmetric table of H. Michael Damm: any one wrong digit, and any two swapped
// neighbours, change the check digit.
var damm = [10]string{
	"0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
	"3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
}

func checkDigit(id int64) int {
	row := 0
	for _, digit := range strconv.FormatInt(id, 10) {
		row = int(damm[row][digit-'0'] - '0')
	}
	return row
}

// Numbered is an id as people read it out to each other: 12345-6, the last being a check digit.
func Numbered[ID ~int64](id ID) string {
	return fmt.Sprintf("%d-%d", id, checkDigit(int64(id)))
}

// ParseNumber reads a number as a person types it, «№ 12345-6» or «123456», and says whether it can be right.
func ParseNumber(typed string) (id int64, ok bool) {
	digits := strings.NewReplacer("№", "", "#", "", " ", "", "\u00a0", "", "-", "", "–", "", "‑", "").Replace(typed)
	last := len(digits) - 1
	if last < 1 || digits[0] == '0' || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	id, err := strconv.ParseInt(digits[:last], 10, 64)
	if err != nil || checkDigit(id) != int(digits[last]-'0') {
		return 0, false
	}
	return id, true
}

// CreditorReference makes an ISO 11649 reference, RF18…, that a bank carries along with a payment unharmed.
// The body is up to 21 digits and Latin letters.
func CreditorReference(body string) string {
	body = strings.ToUpper(body)
	return fmt.Sprintf("RF%02d%s", 98-mod97(body+"RF00"), body)
}

// ParseCreditorReference reads a reference as it comes back, in any case and with spaces, and returns its body.
func ParseCreditorReference(typed string) (body string, ok bool) {
	reference := strings.ToUpper(strings.Join(strings.Fields(typed), ""))
	if len(reference) < 5 || len(reference) > 25 || !strings.HasPrefix(reference, "RF") || !isAlphanumeric(reference) {
		return "", false
	}
	return reference[4:], mod97(reference[4:]+reference[:4]) == 1
}

func isAlphanumeric(s string) bool {
	return strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// mod97 reads letters as 10 to 35, as ISO 7064 does, in an IBAN as in a creditor reference.
func mod97(s string) int64 {
	var digits strings.Builder
	for _, letter := range s {
		value, _ := strconv.ParseInt(string(letter), 36, 64)
		digits.WriteString(strconv.FormatInt(value, 10))
	}
	n, _ := new(big.Int).SetString(digits.String(), 10)
	return n.Mod(n, big.NewInt(97)).Int64()
}

// validIBAN checks shape and check digits.
func validIBAN(iban string) bool {
	return len(iban) >= 15 && len(iban) <= 34 && isAlphanumeric(iban) && mod97(iban[4:]+iban[:4]) == 1
}

// validRussianAccount checks the key digit of an account of twenty digits by those of its bank.
func validRussianAccount(bank, account string) bool {
	sum := 0
	for i, digit := range bank + account {
		sum += int(digit-'0') * []int{7, 1, 3}[i%3]
	}
	return sum%10 == 0
}

// validINN checks the digits of a Russian taxpayer number: twelve of a person, ten of a firm.
func validINN(inn string) bool {
	if strings.Trim(inn, "0123456789") != "" {
		return false
	}
	switch len(inn) {
	case 10:
		return innDigit(inn, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	case 12:
		return innDigit(inn, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8) && innDigit(inn, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
	}
	return false
}

func innDigit(inn string, weights ...int) bool {
	sum := 0
	for i, weight := range weights {
		sum += int(inn[i]-'0') * weight
	}
	return int(inn[len(weights)]-'0') == sum%11%10
}
