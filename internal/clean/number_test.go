package clean

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/money"
)

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		in    string
		milli int64 // thousandths of a fen
		code  string
	}{
		{"0", 0, ""}, {"22.32", 2_232_000, ""}, {"87.0", 8_700_000, ""}, {"-3", -300_000, ""}, {"+3", 300_000, ""},
		{"¥1,234.565", 123_456_500, ""}, {"￥ 1 234.5", 123_450_000, ""}, {"¥-5", -500_000, ""}, {"-¥5", -500_000, ""}, {"CNY 12", 1_200_000, ""},
		{"12元", 1_200_000, ""}, {"RMB12.00", 1_200_000, ""}, {"人民币 12 元整", 1_200_000, ""}, {"１２．５０", 1_250_000, ""},
		{"(1,234.50)", -123_450_000, ""}, {"5-", -500_000, ""}, {"−5", -500_000, ""}, {"1.2万", 1_200_000_000, ""}, {"3.5w", 3_500_000_000, ""}, {"1亿元", 10_000_000_000_000, ""},
		{"97.659999999999997", 9_766_000, ""}, {"0.30000000000000004", 30_000, ""}, {"0.00001", 1, ""}, {".5", 50_000, ""}, {"5.", 500_000, ""},
		{"1,234,567", 123_456_700_000, ""}, {"0012.50", 1_250_000, ""}, {"12.500000", 1_250_000, ""},
		{"9000000000000", 9_000_000_000_000 * 100_000, ""}, {"900000000万", 9_000_000_000_000 * 100_000, ""},
		{"9000000000000.01", 0, "clean.money_range"}, {"90000000000000", 0, "clean.money_range"}, {strings.Repeat("9", 60), 0, "clean.money_range"},
		{"0.000001", 0, "clean.money_precision"}, {"1.38E+10", 0, "clean.scientific"},
		{"", 0, "clean.empty"}, {" ", 0, "clean.empty"}, {"-", 0, "clean.empty"}, {"NaN", 0, "clean.empty"},
		{"$5", 0, "clean.money_currency"}, {"5美元", 0, "clean.money_currency"}, {"HKD 5", 0, "clean.money_currency"},
		{"abc", 0, "clean.bad_money"}, {"1,23", 0, "clean.bad_money"}, {"1.2.3", 0, "clean.bad_money"}, {"12%", 0, "clean.bad_money"}, {"1 2 a", 0, "clean.bad_money"},
		{"--5", 0, "clean.bad_money"}, {"(-5)", 0, "clean.bad_money"}, {".", 0, "clean.bad_money"}, {"¥", 0, "clean.bad_money"}, {"1,,234", 0, "clean.bad_money"}, {"1e5", 0, "clean.bad_money"},
	} {
		got, err := Money(c.in)
		check(t, "Money", c.in, got.Milli(), err, c.milli, c.code)
	}
}

// Whatever is written in one of the usual ways reads as the same amount.
func TestMoneyForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fen := rapid.Int64Range(-money.MaxFen, money.MaxFen).Draw(t, "fen")
		plain := money.Format(fen)
		abs := strings.TrimPrefix(plain, "-")
		whole, frac, _ := strings.Cut(abs, ".")
		grouped := ""
		for len(whole) > 3 {
			grouped, whole = ","+whole[len(whole)-3:]+grouped, whole[:len(whole)-3]
		}
		grouped = whole + grouped + "." + frac
		sign := ""
		if fen < 0 {
			sign = "-"
		}
		forms := []string{plain, sign + "¥" + abs, sign + grouped, "￥" + sign + grouped, plain + "元", " " + plain + "　"}
		if fen < 0 {
			forms = append(forms, "("+grouped+")", "¥("+abs+")")
		}
		for _, s := range forms {
			if got, err := Money(s); err != nil || got.Fen != fen || got.Sub != 0 {
				t.Fatalf("Money(%q) = %v %v, want %d", s, got, err, fen)
			}
		}
	})
}

func TestQuantity(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int64
		code string
	}{
		{"1", 1000, ""}, {"1.5", 1500, ""}, {"-80995", -80_995_000, ""}, {"1,000", 1_000_000, ""}, {"2件", 2000, ""}, {"3 个", 3000, ""}, {"0.125", 125, ""}, {"6.0", 6000, ""}, {"-0.5", -500, ""},
		{"1.2万", 12_000_000, ""}, {"1.0005", 0, "clean.quantity_precision"}, {"9999999999999", 0, "clean.quantity_range"}, {"1E+5", 0, "clean.scientific"},
		{"", 0, "clean.empty"}, {"abc", 0, "clean.bad_quantity"}, {"件", 0, "clean.bad_quantity"}, {"1/2", 0, "clean.bad_quantity"},
	} {
		got, err := Quantity(c.in)
		check(t, "Quantity", c.in, got, err, c.want, c.code)
	}
}

func TestID(t *testing.T) {
	for _, c := range []struct {
		in      string
		numeric bool
		want    string
		code    string
	}{
		{"17850.0", false, "17850", ""}, {"536365", false, "536365", ""}, {"C536379", false, "C536379", ""}, {" 2026-001 ", false, "2026-001", ""}, {"'00123", false, "00123", ""},
		{`="6228480012345678"`, false, "6228480012345678", ""}, {"2026092512345678901\t", false, "2026092512345678901", ""}, {"1.5", false, "1.5", ""},
		{"622848000000000000", true, "", "clean.id_precision"}, {"622848000000000000", false, "622848000000000000", ""}, {"1234567890123456789", true, "1234567890123456789", ""}, {"123456789012345", true, "123456789012345", ""}, {"100000000000000", true, "100000000000000", ""},
		{"1.38E+10", false, "", "clean.scientific"}, {"", false, "", "clean.empty"}, {"NULL", false, "", "clean.empty"}, {strings.Repeat("x", 129), false, "", "clean.too_long"},
	} {
		got, err := ID(c.in, c.numeric)
		check(t, "ID", c.in, got, err, c.want, c.code)
	}
}

func FuzzNumbers(f *testing.F) {
	for _, s := range []string{"1,234.5", "(5)", "1.2万", "97.659999999999997", "-", "1.38E+10", "¥", "17850.0", "w", "万", "-0.0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if m, err := Money(s); err == nil {
			again, err := Money(fmt.Sprintf("%s", exactText(m)))
			if err != nil || again != m {
				t.Fatalf("Money(%q) = %v, again %v %v", s, m, again, err)
			}
		} else {
			coded(t, s, err)
		}
		if q, err := Quantity(s); err == nil && (q > MaxQuantity || q < -MaxQuantity) {
			t.Fatalf("Quantity(%q) = %d", s, q)
		} else if err != nil {
			coded(t, s, err)
		}
		if id, err := ID(s, true); err == nil && (id == "" || len(id) > MaxID) {
			t.Fatalf("ID(%q) = %q", s, id)
		} else if err != nil {
			coded(t, s, err)
		}
	})
}

// exactText writes an amount with five decimals.
func exactText(m money.Exact) string {
	v, sign := m.Milli(), ""
	if v < 0 {
		v, sign = -v, "-"
	}
	return fmt.Sprintf("%s%d.%05d", sign, v/100_000, v%100_000)
}

// coded checks that an error has a code of this package and no value in it.
func coded(t *testing.T, in string, err error) {
	t.Helper()
	if !strings.HasPrefix(errs.CodeOf(err), "clean.") {
		t.Fatalf("%q: error %v has no code", in, err)
	}
}
