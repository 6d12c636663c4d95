package field

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhike/internal/platform/errs"
)

func def(t testing.TB, d Definition) *Definition {
	t.Helper()
	if d.Name.ZH == "" {
		d.Name.ZH = "字段"
	}
	if err := d.validate(); err != nil {
		t.Fatal(err)
	}
	return &d
}

var sizes = []Option{
	{Code: "s", Label: Label{"小号", "Small"}},
	{Code: "m", Label: Label{"中号", "Medium"}},
	{Code: "l", Label: Label{"大号, 加长", "Large, long"}, Retired: true},
}

func TestParse(t *testing.T) {
	cases := []struct {
		name string
		d    Definition
		in   string // JSON
		want string // JSON of the value, or the code of the error
	}{
		{"text is cleaned", Definition{Kind: Text}, `"  Ａ１　b "`, `"A1 b"`},
		{"blank text is none", Definition{Kind: Text}, `" "`, `null`},
		{"number for text", Definition{Kind: Text}, `5`, `field.bad_text`},
		{"number", Definition{Kind: Number, Scale: 2}, `12.5`, `12.50`},
		{"number as text", Definition{Kind: Number, Scale: 2}, `"-0.05"`, `-0.05`},
		{"decimal that floats do not hold", Definition{Kind: Number, Scale: 1}, `0.3`, `0.3`},
		{"too many decimals", Definition{Kind: Number, Scale: 1}, `0.35`, `field.bad_number`},
		{"zeros behind are no decimals", Definition{Kind: Number, Scale: 1}, `"0.300"`, `0.3`},
		{"too large", Definition{Kind: Number}, `"9007199254740993"`, `field.bad_number`},
		{"largest", Definition{Kind: Number}, `"9007199254740991"`, `9007199254740991`},
		{"not a number", Definition{Kind: Number}, `"1e5"`, `field.bad_number`},
		{"bare sign", Definition{Kind: Number}, `"-"`, `field.bad_number`},
		{"money in fen", Definition{Kind: Money}, `123456`, `123456`},
		{"half a fen", Definition{Kind: Money}, `1.5`, `field.bad_money`},
		{"date", Definition{Kind: Date}, `"2024-02-29"`, `"2024-02-29"`},
		{"no such day", Definition{Kind: Date}, `"2025-02-29"`, `field.bad_date`},
		{"choice", Definition{Kind: Choice, Options: sizes}, `"m"`, `"m"`},
		{"label is no code", Definition{Kind: Choice, Options: sizes}, `"中号"`, `field.unknown_option`},
		{"choices once, in their order", Definition{Kind: MultiChoice, Options: sizes}, `["m","s","m"]`, `["s","m"]`},
		{"empty list is none", Definition{Kind: MultiChoice, Options: sizes}, `[]`, `null`},
		{"list of numbers", Definition{Kind: MultiChoice, Options: sizes}, `[1]`, `field.bad_choice`},
		{"reference", Definition{Kind: Reference, Target: TargetStaff}, `7`, `7`},
		{"nobody", Definition{Kind: Reference, Target: TargetStaff}, `0`, `field.bad_reference`},
		{"null", Definition{Kind: Money}, `null`, `null`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := def(t, c.d)
			var in any
			if err := json.Unmarshal([]byte(c.in), &in); err != nil {
				t.Fatal(err)
			}
			v, err := d.Parse(in)
			got := errs.CodeOf(err)
			if err == nil {
				b, _ := json.Marshal(d.JSON(v))
				got = string(b)
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestRead(t *testing.T) {
	find := func(_ context.Context, target, text string) (int64, error) {
		if target == TargetStaff && text == "小李" {
			return 3, nil
		}
		return 0, errs.New(errs.NotFound, "none")
	}
	cases := []struct {
		name, cell, want string
		d                Definition
	}{
		{"thousands", "1,234,567.5", "1234567.50", Definition{Kind: Number, Scale: 2}},
		{"comma that is no thousands", "1,5", "field.bad_number", Definition{Kind: Number, Scale: 2}},
		{"full width and unit", "１２ 人", "12", Definition{Kind: Number, Unit: "人"}},
		{"percent", "12.5%", "12.5", Definition{Kind: Number, Scale: 1, Unit: "%"}},
		{"scientific", "1.38E+10", "field.bad_number", Definition{Kind: Number}},
		{"yuan", "¥1,234.50", "1234.50", Definition{Kind: Money}},
		{"wan", "1.2万", "12000.00", Definition{Kind: Money}},
		{"below a fen", "0.001", "field.bad_money", Definition{Kind: Money}},
		{"chinese date", "2026年9月5日", "2026-09-05", Definition{Kind: Date}},
		{"serial", "45000", "2023-03-15", Definition{Kind: Date}},
		{"far ahead", "2099/12/31", "2099-12-31", Definition{Kind: Date}},
		{"label zh", " 中号", "中号", Definition{Kind: Choice, Options: sizes}},
		{"label en, case", "MEDIUM", "中号", Definition{Kind: Choice, Options: sizes}},
		{"code", "m", "中号", Definition{Kind: Choice, Options: sizes}},
		{"unknown", "特大", "field.unknown_option", Definition{Kind: Choice, Options: sizes}},
		{"several", "中号；Small", "小号; 中号", Definition{Kind: MultiChoice, Options: sizes}},
		{"comma between", "中号，小号", "小号; 中号", Definition{Kind: MultiChoice, Options: sizes}},
		{"comma within a label", "大号, 加长|小号", "小号; 大号, 加长", Definition{Kind: MultiChoice, Options: sizes}},
		{"person by name", "小李", "#3", Definition{Kind: Reference, Target: TargetStaff}},
		{"person by id", "#4", "#4", Definition{Kind: Reference, Target: TargetStaff}},
		{"nobody", "小张", "field.bad_reference", Definition{Kind: Reference, Target: TargetStaff}},
		{"blank", " ", "", Definition{Kind: Money}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := def(t, c.d)
			r := Reader{Zone: time.UTC, Find: find}
			v, err := r.Read(context.Background(), d, c.cell)
			got := errs.CodeOf(err)
			if err == nil {
				got = d.Format(v, "zh-CN", nil)
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Whatever value a field may have: each written form gives it again.
func TestWrittenFormsAreReadAgain(t *testing.T) {
	fields := []*Definition{
		def(t, Definition{Kind: Text}), def(t, Definition{Kind: Number}), def(t, Definition{Kind: Number, Scale: 6}),
		def(t, Definition{Kind: Money}), def(t, Definition{Kind: Date}), def(t, Definition{Kind: Choice, Options: sizes}),
		def(t, Definition{Kind: MultiChoice, Options: sizes}), def(t, Definition{Kind: Reference, Target: TargetCustomer}),
	}
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SampledFrom(fields).Draw(t, "field")
		var v Value
		switch d.Kind {
		case Text:
			v, _ = d.text(rapid.StringN(0, 40, 200).Draw(t, "text"))
		case Choice:
			v = d.chosen([]int{rapid.IntRange(0, 2).Draw(t, "choice")})
		case MultiChoice:
			v = d.chosen(rapid.SliceOfN(rapid.IntRange(0, 2), 0, 4).Draw(t, "choices"))
		case Date:
			v = Value{Set: true, Num: rapid.Int64Range(int64(firstDay)+1, int64(lastDay)-800).Draw(t, "day")}
		case Reference:
			v = Value{Set: true, Num: rapid.Int64Range(1, maxNum).Draw(t, "id")}
		case Money:
			// Files carry amounts up to what package money takes.
			v = Value{Set: true, Num: rapid.Int64Range(-900_000_000_000_000, 900_000_000_000_000).Draw(t, "fen")}
		default:
			v = Value{Set: true, Num: rapid.Int64Range(-maxNum, maxNum).Draw(t, "num")}
		}
		again := func(form string, got Value, err error) {
			if err != nil || !got.Equal(v) {
				t.Fatalf("%s: %+v became %+v, %v", form, v, got, err)
			}
		}
		got, err := d.ParsePlain(d.Plain(v))
		again("plain", got, err)
		b, err := json.Marshal(d.JSON(v))
		if err != nil {
			t.Fatal(err)
		}
		var in any
		if err := json.Unmarshal(b, &in); err != nil {
			t.Fatal(err)
		}
		if d.Scale == 0 { // a float64 does not hold 16 digits with decimals; texts do
			got, err = d.Parse(in)
			again("json", got, err)
		}
		for _, locale := range []string{"zh-CN", "en"} {
			got, err = (&Reader{}).Read(context.Background(), d, d.Format(v, locale, nil))
			if d.Kind != Text { // NFKC of NFKC is the same, blanks are none
				again(locale, got, err)
			}
		}
	})
}
