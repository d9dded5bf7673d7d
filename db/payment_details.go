package db

import (
	"math/big"
)

// Rate is what one euro is worth, in millionths of the other currency.
type Rate int64

// FromEuro turns euro cents into the other currency's minor units, half up.
func (r Rate) FromEuro(cents Money) Money {
	return mulDiv(cents, int64(r), 1_000_000)
}

// ToEuro turns the other currency's minor units into euro cents, half up.
func (r Rate) ToEuro(minor Money) Money {
	return mulDiv(minor, 1_000_000, int64(r))
}

// mulDiv is n × by / over for amounts of either sign, rounded half away from zero. A product may be longer than 64 bits.
func mulDiv(n Money, by, over int64) Money {
	product := new(big.Int).Mul(big.NewInt(int64(n)), big.NewInt(by))
	half := big.NewInt(over / 2)
	if product.Sign() < 0 {
		half.Neg(half)
	}
	product.Add(product, half)
	return Money(product.Quo(product, big.NewInt(over)).Int64())
}
