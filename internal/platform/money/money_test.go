package money

import (
	"testing"

	"pgregory.net/rapid"
)

func TestParseDecimal(t *testing.T) {
	for in, want := range map[string]Exact{
		"0":          {0, 0},
		"22.32":      {2232, 0},
		"-3":         {-300, 0},
		".5":         {50, 0},
		"12.345":     {1234, 500},  // half to even: 4 is even
		"12.355":     {1236, -500}, // 5 is odd, up
		"12.3451":    {1235, -490},
		"-12.345":    {-1234, -500},
		"1.00000000": {100, 0},
	} {
		got, err := ParseDecimal(in)
		if err != nil || got != want {
			t.Errorf("ParseDecimal(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", ".", "-", "1.2.3", "1e5", "1,000", "1.123456", "9000000000001", "99999999999999999999", "１"} {
		if got, err := ParseDecimal(in); err == nil {
			t.Errorf("ParseDecimal(%q) = %v, want an error", in, got)
		}
	}
}

func TestSumIsRoundedOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.SliceOf(rapid.Int64Range(-1e12, 1e12)).Draw(t, "milli")
		var sum Exact
		var plain int64
		for _, m := range ms {
			sum = sum.Add(FromMilli(m))
			plain += m
		}
		if sum.Milli() != plain || sum.Fen != RoundMilli(plain) {
			t.Fatalf("sum %v, want %d milli", sum, plain)
		}
		if sum.Sub > 500 || sum.Sub < -500 {
			t.Fatalf("sub %d out of bounds", sum.Sub)
		}
		if got := sum.Neg().Neg(); got != sum {
			t.Fatalf("neg of neg %v != %v", got, sum)
		}
	})
}

func TestFormat(t *testing.T) {
	for f, want := range map[Fen]string{0: "0.00", 5: "0.05", -5: "-0.05", 123456: "1234.56", -100: "-1.00"} {
		if got := Format(f); got != want {
			t.Errorf("Format(%d) = %q, want %q", f, got, want)
		}
	}
}
