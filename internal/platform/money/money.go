// Package money counts renminbi in 分 (fen) as integers.
//
// Sources may carry more than two decimals (weighed goods, split discounts).
// An [Exact] keeps thousandths of a fen beside the fen, so that a sum of many
// amounts is rounded once, at its end, and never row by row.
package money

import (
	"errors"
	"strconv"
	"strings"
)

// Fen is an amount in 分, a hundredth of a yuan.
type Fen = int64

// SubPerFen is how many units of Exact.Sub make one fen.
const SubPerFen = 1000

// MaxFen bounds an amount read from outside: 9·10¹² yuan. Sums of ten thousand
// such amounts still fit an int64.
const MaxFen = 900_000_000_000_000

// Exact is an amount to the thousandth of a fen (10⁻⁵ yuan): Fen·1000 + Sub.
// Fen is the amount rounded half to even and Sub what the rounding took away,
// −500 ≤ Sub ≤ 500.
type Exact struct {
	Fen int64
	Sub int64
}

// FromMilli makes the Exact of a number of thousandths of a fen.
func FromMilli(m int64) Exact {
	f := RoundMilli(m)
	return Exact{Fen: f, Sub: m - f*SubPerFen}
}

// Milli is the amount in thousandths of a fen.
func (e Exact) Milli() int64 { return e.Fen*SubPerFen + e.Sub }

// Add is e + o, renormalised.
func (e Exact) Add(o Exact) Exact { return FromMilli(e.Milli() + o.Milli()) }

// Neg is −e.
func (e Exact) Neg() Exact { return FromMilli(-e.Milli()) }

// IsZero says whether nothing is left, thousandths included.
func (e Exact) IsZero() bool { return e.Fen == 0 && e.Sub == 0 }

// RoundMilli rounds thousandths of a fen to fen, half to even
// (GB/T 8170-2008, 四舍六入五成双), which has no bias over many rows.
func RoundMilli(m int64) int64 {
	q, r := m/SubPerFen, m%SubPerFen
	if r < 0 {
		q, r = q-1, r+SubPerFen
	}
	switch {
	case r > SubPerFen/2:
		q++
	case r == SubPerFen/2 && q&1 != 0:
		q++
	}
	return q
}

// ErrSyntax and ErrRange are what ParseDecimal refuses with.
var (
	ErrSyntax = errors.New("money: not a decimal number of yuan")
	ErrRange  = errors.New("money: outside the allowed range")
)

// ParseDecimal reads a plain decimal number of yuan ("-1234.565", at most five
// decimals that are not zero). Signs of currency and separators of thousands
// are the business of package clean.
func ParseDecimal(s string) (Exact, error) {
	if s == "" || len(s) > 40 {
		return Exact{}, ErrSyntax
	}
	neg := false
	switch s[0] {
	case '-':
		neg, s = true, s[1:]
	case '+':
		s = s[1:]
	}
	whole, frac, _ := strings.Cut(s, ".")
	frac = strings.TrimRight(frac, "0")
	if (whole == "" && frac == "") || len(frac) > 5 || !digits(whole) || !digits(frac) {
		return Exact{}, ErrSyntax
	}
	if whole == "" {
		whole = "0"
	}
	y, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || y > MaxFen/100 {
		return Exact{}, ErrRange
	}
	var f int64
	for i := range 5 {
		f *= 10
		if i < len(frac) {
			f += int64(frac[i] - '0')
		}
	}
	m := y*100*SubPerFen + f
	if neg {
		m = -m
	}
	return FromMilli(m), nil
}

// Format writes fen as yuan with two decimals, "-1234.50", for files and logs.
func Format(f Fen) string {
	sign := ""
	u := uint64(f)
	if f < 0 {
		sign, u = "-", -u
	}
	s := strconv.FormatUint(u, 10)
	for len(s) < 3 {
		s = "0" + s
	}
	return sign + s[:len(s)-2] + "." + s[len(s)-2:]
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
