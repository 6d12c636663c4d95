package document

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"zhike/internal/platform/i18n"
	"zhike/internal/platform/money"
)

// Dash stands where there is nothing to write.
const Dash = "–"

// OrDash is s, or a dash where it is empty.
func OrDash(s string) string {
	if s == "" {
		return Dash
	}
	return s
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// FenText writes an amount that may carry a part of a 分.
func FenText(v float64) string {
	if !isFinite(v) || v > money.MaxFen*100 || v < -money.MaxFen*100 {
		return Dash
	}
	return i18n.Money(money.RoundMilli(int64(v * money.SubPerFen)))
}

// YuanText writes an amount in yuan.
func YuanText(v float64) string { return FenText(v * 100) }

// TrimDecimal writes at most three decimals and no zeros at the end.
func TrimDecimal(v float64) string { return trimZeros(i18n.Decimal(v, 3), "") }

// TrimPercent writes a share with at most two decimals and no zeros at the end.
func TrimPercent(v float64) string { return trimZeros(i18n.Decimal(v*100, 2), "%") }

func trimZeros(s, unit string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	if s == Dash {
		return s
	}
	return s + unit
}

// TextColumns is how many columns of a terminal s takes: two for wide characters.
func TextColumns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// CutText shortens s to at most n columns.
func CutText(s string, n int) string {
	if TextColumns(s) <= n {
		return s
	}
	used := 0
	for i, r := range s {
		if used += runeColumns(r); used > n-1 {
			return s[:i] + "…"
		}
	}
	return s
}

// PlainLine takes out of s what would move the cursor of a terminal or break a
// line: control characters and marks that turn the direction of writing.
func PlainLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
}

// CleanXML drops what no document may hold.
func CleanXML(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}
