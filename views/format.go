package views

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// A figure and its unit never part at the end of a line.
const nbsp = "\u00a0"

type whole interface {
	~int | ~int16 | ~int32 | ~int64
}

var currencySigns = map[string]string{"EUR": "€", "RUB": "₽", "USD": "$", "GBP": "£"}

// Money is an amount of minor units with its currency: «1 234,50 €», €1,234.50.
func Money[A whole, C ~string](ctx context.Context, amount A, currency C) string {
	text, minor, russian := make([]byte, 0, 48), int64(amount), Locale(ctx) == "ru"
	if minor < 0 {
		text, minor = append(text, "−"...), -minor
	}
	sign, gap := currencySigns[string(currency)], ""
	if sign == "" {
		sign, gap = string(currency), nbsp
	}
	if !russian {
		text = append(append(text, sign...), gap...)
	}
	text = append(appendGrouped(text, minor/100, apart(ctx)), point(ctx)...)
	text = append(text, '0'+byte(minor/10%10), '0'+byte(minor%10))
	if russian {
		text = append(append(text, nbsp...), sign...)
	}
	return string(text)
}

// SignedMoney is a change of a balance: a credit has its plus.
func SignedMoney[A whole, C ~string](ctx context.Context, amount A, currency C) string {
	if amount > 0 {
		return "+" + Money(ctx, amount, currency)
	}
	return Money(ctx, amount, currency)
}

// Number is a whole number with its thousands apart.
func Number[N whole](ctx context.Context, n N) string {
	text, n64 := make([]byte, 0, 32), int64(n)
	if n64 < 0 {
		text, n64 = append(text, "−"...), -n64
	}
	return string(appendGrouped(text, n64, apart(ctx)))
}

// Weight is grams as kilograms: «1,25 кг».
func Weight[G whole](ctx context.Context, grams G) string {
	return strings.TrimSuffix(Decimal(ctx, grams, 3), "0") + nbsp + t(ctx, "format.kg")
}

// Length is millimetres as centimetres: «42,5 см».
func Length[M whole](ctx context.Context, millimetres M) string {
	return centimetres(ctx, millimetres) + nbsp + t(ctx, "format.cm")
}

// Size is three lengths in millimetres: «60 × 40 × 30 см».
func Size[M whole](ctx context.Context, length, width, height M) string {
	times := nbsp + "×" + nbsp
	return centimetres(ctx, length) + times + centimetres(ctx, width) + times + Length(ctx, height)
}

func centimetres[M whole](ctx context.Context, millimetres M) string {
	return strings.TrimSuffix(Decimal(ctx, millimetres, 1), point(ctx)+"0")
}

// Decimal is a number of thousandths, hundredths or tenths as a person would type it: 1250, 3 is «1,250».
func Decimal[N whole](ctx context.Context, n N, places int) string {
	digits := strconv.FormatInt(int64(n), 10)
	minus := strings.HasPrefix(digits, "-")
	digits = strings.TrimPrefix(digits, "-")
	if missing := places + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	digits = digits[:len(digits)-places] + point(ctx) + digits[len(digits)-places:]
	if minus {
		return "-" + digits
	}
	return digits
}

// Day is the day of an instant where the reader is, for columns: 31.03.2026, 31 Mar 2026.
func Day(ctx context.Context, at time.Time) string { return shortDate(ctx, at.In(zone(ctx))) }

// Date is a calendar day, for columns.
func Date(ctx context.Context, day interface{ Time() time.Time }) string {
	return shortDate(ctx, day.Time())
}

// Month is a month in a list or a sentence: «март 2026».
func Month(ctx context.Context, day interface{ Time() time.Time }) string {
	at := day.Time()
	name := t(ctx, "dreams.month."+strconv.Itoa(int(at.Month())))
	if Locale(ctx) == "ru" {
		name = strings.ToLower(name)
	}
	return name + nbsp + strconv.Itoa(at.Year())
}

// LongDate is a calendar day in a sentence: «31 марта 2026».
func LongDate(ctx context.Context, day interface{ Time() time.Time }) string {
	return longDate(ctx, day.Time())
}

// LongDay is the day of an instant in a sentence.
func LongDay(ctx context.Context, at time.Time) string { return longDate(ctx, at.In(zone(ctx))) }

// Moment is an instant on the reader's clock: 31.03.2026, 14:05.
func Moment(ctx context.Context, at time.Time) string {
	return at.In(zone(ctx)).Format(shortLayout(ctx) + "," + nbsp + "15:04")
}

// Clock is the time of day of an instant where the reader is.
func Clock(ctx context.Context, at time.Time) string { return at.In(zone(ctx)).Format("15:04") }

func shortDate(ctx context.Context, at time.Time) string { return at.Format(shortLayout(ctx)) }

func shortLayout(ctx context.Context) string {
	if Locale(ctx) == "ru" {
		return "02.01.2006"
	}
	return "2" + nbsp + "Jan" + nbsp + "2006"
}

func longDate(ctx context.Context, at time.Time) string {
	month := t(ctx, "format.month."+strconv.Itoa(int(at.Month())))
	return strconv.Itoa(at.Day()) + nbsp + month + nbsp + strconv.Itoa(at.Year())
}

func appendGrouped(text []byte, n int64, apart string) []byte {
	if n < 1000 {
		return strconv.AppendInt(text, n, 10)
	}
	text = append(appendGrouped(text, n/1000, apart), apart...)
	return append(text, '0'+byte(n/100%10), '0'+byte(n/10%10), '0'+byte(n%10))
}

func apart(ctx context.Context) string {
	if Locale(ctx) == "en" {
		return ","
	}
	return nbsp
}

func point(ctx context.Context) string {
	if Locale(ctx) == "ru" {
		return ","
	}
	return "."
}

func twoDigits(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}
