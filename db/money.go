package db

import (
	"strings"
)

// Money is an amount in minor units: cents or kopecks.
type Money int64

// Currency is an ISO 4217 code.
type Currency string

const (
	EUR Currency = "EUR"
	RUB Currency = "RUB"
)

// maxMoney keeps sums of many amounts far from the end of int64.
const maxMoney Money = 100_000_000_00

// ParseMoney reads what a person types for an amount: «12», «12,5», «1 234.50».
// It refuses a sign, more than two decimals and anything over a hundred million.
func ParseMoney(s string) (Money, bool) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "€", "", "₽", "", ",", ".").Replace(strings.TrimSpace(s))
	whole, cents, _ := strings.Cut(s, ".")
	if whole == "" || len(whole) > 9 || len(cents) > 2 {
		return 0, false
	}
	var amount Money
	for _, digit := range whole + (cents + "00")[:2] {
		if digit < '0' || digit > '9' {
			return 0, false
		}
		amount = amount*10 + Money(digit-'0')
	}
	return amount, amount <= maxMoney
}
