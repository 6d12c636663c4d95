package i18n

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Number writes n with thousands separators: 1,234. Both languages group by
// three with a comma, as Chinese business tables do.
func Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	return sign + group(digits)
}

// Decimal writes f with exactly places decimals (0 to 9) and separators; what is
// not a number is "–", as an empty cell is.
func Decimal(f float64, places int) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "–"
	}
	s := strconv.FormatFloat(f, 'f', min(max(places, 0), 9), 64)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	if strings.Trim(s, "0.") == "" {
		sign = "" // -0.004 at two places is 0.00
	}
	whole, frac, dotted := strings.Cut(s, ".")
	s = sign + group(whole)
	if dotted {
		s += "." + frac
	}
	return s
}

// Percent writes a share of 1 with places decimals: 0.74594 → 74.6%.
func Percent(share float64, places int) string {
	s := Decimal(share*100, places)
	if s == "–" {
		return s
	}
	return s + "%"
}

// Money writes an amount in 分: ¥1,234.50, -¥0.05.
func Money(fen int64) string {
	sign, u := split(fen)
	frac := strconv.FormatUint(u%100, 10)
	if len(frac) == 1 {
		frac = "0" + frac
	}
	return sign + "¥" + group(strconv.FormatUint(u/100, 10)) + "." + frac
}

// Short writes a large number with at most one decimal where space is short: 1.2万
// and 3.4亿 in Chinese, 12.3K, 3.4M and 1.2B in English, half away from zero.
// Below the first step it is written in full.
func Short(locale string, n int64) string { return short(locale, n, 1, "") }

// ShortMoney is Short for an amount in 分: ¥1.2万. Below the first step it is
// rounded to whole yuan.
func ShortMoney(locale string, fen int64) string { return short(locale, fen, 100, "¥") }

type step struct {
	size uint64
	unit string
}

var (
	stepsZh = []step{{1e12, "万亿"}, {1e8, "亿"}, {1e4, "万"}}
	stepsEn = []step{{1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "K"}}
)

func short(locale string, n int64, perUnit uint64, symbol string) string {
	sign, u := split(n)
	steps := stepsEn
	if Known(locale) == ZhCN {
		steps = stepsZh
	}
	for i, s := range steps {
		if u < perUnit*s.size {
			continue
		}
		tenths := roundDiv(u, perUnit*s.size/10)
		// 99,999,999 rounds to 1亿 and not to 10,000万.
		if i > 0 && tenths*s.size/10 >= steps[i-1].size {
			s, tenths = steps[i-1], 10
		}
		out := group(strconv.FormatUint(tenths/10, 10))
		if d := tenths % 10; d != 0 {
			out += "." + strconv.FormatUint(d, 10)
		}
		return sign + symbol + out + s.unit
	}
	whole := roundDiv(u, perUnit)
	if whole == 0 {
		sign = ""
	}
	return sign + symbol + group(strconv.FormatUint(whole, 10))
}

// Date writes the calendar day of t in loc: 2026-09-25. A zero t is "–".
func Date(t time.Time, loc *time.Location) string { return stamp(t, loc, time.DateOnly) }

// DateTime writes t in loc to the minute: 2026-09-25 14:05. A zero t is "–".
func DateTime(t time.Time, loc *time.Location) string { return stamp(t, loc, "2006-01-02 15:04") }

func stamp(t time.Time, loc *time.Location, layout string) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(loc).Format(layout)
}

// split parts sign and magnitude; it holds for the smallest int64 too.
func split(n int64) (sign string, magnitude uint64) {
	if n < 0 {
		return "-", -uint64(n)
	}
	return "", uint64(n)
}

func roundDiv(n, by uint64) uint64 {
	q, r := n/by, n%by
	if r >= by-r {
		q++
	}
	return q
}

func group(digits string) string {
	if len(digits) <= 3 {
		return digits
	}
	var b strings.Builder
	b.Grow(len(digits) + len(digits)/3)
	head := len(digits) % 3
	b.WriteString(digits[:head])
	for i := head; i < len(digits); i += 3 {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(digits[i : i+3])
	}
	return b.String()
}
