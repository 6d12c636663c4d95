package i18n

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNumbersAndMoney(t *testing.T) {
	cases := []struct{ name, got, want string }{
		{"number", Number(1234), "1,234"},
		{"number small", Number(0), "0"},
		{"number negative", Number(-1234567), "-1,234,567"},
		{"number least", Number(math.MinInt64), "-9,223,372,036,854,775,808"},
		{"money", Money(123450), "¥1,234.50"},
		{"money fen", Money(5), "¥0.05"},
		{"money negative", Money(-5), "-¥0.05"},
		{"money large", Money(150187378), "¥1,501,873.78"},
		{"decimal", Decimal(74.594, 3), "74.594"},
		{"decimal rounds", Decimal(1234.5678, 2), "1,234.57"},
		{"decimal no minus zero", Decimal(-0.004, 2), "0.00"},
		{"decimal nothing", Decimal(math.NaN(), 2), "–"},
		{"percent", Percent(0.74594, 1), "74.6%"},
		{"percent nothing", Percent(math.Inf(1), 1), "–"},
		{"short full", Short(ZhCN, 9999), "9,999"},
		{"short 万", Short(ZhCN, 12345), "1.2万"},
		{"short whole 万", Short(ZhCN, 10000), "1万"},
		{"short many 万", Short(ZhCN, 99_940_000), "9,994万"},
		{"short up a step", Short(ZhCN, 99_999_999), "1亿"},
		{"short 亿", Short(ZhCN, 340_000_000), "3.4亿"},
		{"short 万亿", Short(ZhCN, 2_500_000_000_000), "2.5万亿"},
		{"short negative", Short(ZhCN, -12345), "-1.2万"},
		{"short least", Short(ZhCN, math.MinInt64), "-9,223,372万亿"},
		{"short K", Short(En, 12345), "12.3K"},
		{"short M", Short(En, 999_999), "1M"},
		{"short B", Short(En, 1_250_000_000), "1.3B"},
		{"short en full", Short(En, 999), "999"},
		{"short unknown language is Chinese", Short("fr", 20000), "2万"},
		{"short money", ShortMoney(ZhCN, 1_234_567), "¥1.2万"},
		{"short money small", ShortMoney(ZhCN, 99_950), "¥1,000"},
		{"short money nothing", ShortMoney(ZhCN, -4), "¥0"},
		{"short money en", ShortMoney(En, 123_456_789), "¥1.2M"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("got %q, want %q", c.got, c.want)
			}
		})
	}
}

func TestDates(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 9, 24, 16, 5, 59, 0, time.UTC)
	if got := DateTime(at, shanghai); got != "2026-09-25 00:05" {
		t.Errorf("DateTime = %q", got)
	}
	if got := Date(at, shanghai); got != "2026-09-25" {
		t.Errorf("Date = %q", got)
	}
	if got := Date(time.Time{}, shanghai); got != "–" {
		t.Errorf("Date of nothing = %q", got)
	}
}

// Grouping only adds commas: take them away and the digits are back.
func TestGroupingKeepsDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		s := Number(n)
		plain := strings.ReplaceAll(s, ",", "")
		if plain != strconv.FormatInt(n, 10) {
			t.Fatalf("%d became %q", n, s)
		}
		body := strings.TrimPrefix(s, "-")
		for i, part := range strings.Split(body, ",") {
			if i == 0 && (len(part) < 1 || len(part) > 3) || i > 0 && len(part) != 3 {
				t.Fatalf("bad group in %q", s)
			}
		}
		// Money agrees with Number on whole yuan.
		if n > math.MinInt64/100 && n < math.MaxInt64/100 {
			m := strings.Replace(Money(n*100), "¥", "", 1)
			if m != s+".00" {
				t.Fatalf("Money(%d) = %q, Number = %q", n*100, m, s)
			}
		}
	})
}

// Short never strays further than half of its last place, and never shows a
// number that belongs to the next step.
func TestShortStaysNear(t *testing.T) {
	units := map[string]float64{"万亿": 1e12, "亿": 1e8, "万": 1e4, "": 1}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 1e15).Draw(t, "n")
		s := Short(ZhCN, n)
		unit := strings.TrimLeft(s, "0123456789.,")
		v := parseShort(t, strings.TrimSuffix(s, unit))
		scale := units[unit]
		if math.Abs(v*scale-float64(n)) > scale*0.05+1e-6 {
			t.Fatalf("Short(%d) = %q", n, s)
		}
		if unit != "万亿" && v >= 1e4 {
			t.Fatalf("Short(%d) = %q should be one step up", n, s)
		}
	})
}

func parseShort(t *rapid.T, s string) float64 {
	v, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return v
}
