package field

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhike/internal/clean"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// MaxText bounds a text value, in characters: both engines can index it.
const MaxText = 500

// maxNum bounds a stored number, so that JSON numbers hold it exactly.
const maxNum = 1<<53 - 1

// Value is a value of a custom field; the zero Value is none.
type Value struct {
	// Set is false where there is no value.
	Set bool
	// Num is a number times 10^scale, an amount in 分, a day (clock.Day) or the
	// id a reference points to.
	Num int64
	// Text is a text or the code of a choice.
	Text string
	// Codes are those of a multi_choice, in the order of the options.
	Codes []string
}

// IsEmpty says whether there is no value.
func (v Value) IsEmpty() bool { return !v.Set }

// Equal compares two values of one field.
func (v Value) Equal(o Value) bool {
	return v.Set == o.Set && v.Num == o.Num && v.Text == o.Text && slices.Equal(v.Codes, o.Codes)
}

// bad makes the error of a code. i18n-keys: errors.field.*
func bad(code string, kv ...any) error { return errs.New(errs.Invalid, code, kv...) }

// Parse reads a value as JSON gives it: text and code as string, number and
// reference as number (a number also as string, which is exact), money in 分,
// date as "2026-09-25", multi_choice as a list of codes; nil and "" are none.
// Errors: field.bad_text, field.too_long, field.bad_number, field.bad_money,
// field.bad_date, field.bad_choice, field.unknown_option,
// field.option_retired, field.bad_reference. Whether a reference points to
// somebody is checked where it is written.
func (d *Definition) Parse(in any) (Value, error) {
	switch x := in.(type) {
	case nil:
		return Value{}, nil
	case string:
		if x == "" {
			return Value{}, nil
		}
	case []any:
		if len(x) == 0 {
			return Value{}, nil
		}
	}
	switch d.Kind {
	case Text:
		s, ok := in.(string)
		if !ok {
			return Value{}, bad("field.bad_text")
		}
		return d.text(s)
	case Number:
		return d.number(in)
	case Money:
		n, ok := whole(in)
		if !ok {
			return Value{}, bad("field.bad_money")
		}
		return Value{Set: true, Num: n}, nil
	case Date:
		s, _ := in.(string)
		return date(s)
	case Choice:
		s, ok := in.(string)
		if !ok {
			return Value{}, bad("field.bad_choice")
		}
		return d.choice([]string{s})
	case MultiChoice:
		codes, ok := texts(in)
		if !ok {
			return Value{}, bad("field.bad_choice")
		}
		return d.choice(codes)
	case Reference:
		n, ok := whole(in)
		if !ok || n <= 0 {
			return Value{}, bad("field.bad_reference")
		}
		return Value{Set: true, Num: n}, nil
	}
	return Value{}, bad("field.unknown_kind")
}

func (d *Definition) text(s string) (Value, error) {
	s, err := clean.Text(s)
	if err != nil || utf8.RuneCountInString(s) > MaxText {
		return Value{}, bad("field.too_long", "max", MaxText)
	}
	return Value{Set: s != "", Text: s}, nil
}

func (d *Definition) number(in any) (Value, error) {
	var s string
	switch x := in.(type) {
	case string:
		s = x
	case json.Number:
		s = x.String()
	case float64:
		s = strconv.FormatFloat(x, 'f', -1, 64)
	case int:
		s = strconv.Itoa(x)
	case int64:
		s = strconv.FormatInt(x, 10)
	default:
		return Value{}, bad("field.bad_number", "scale", d.Scale)
	}
	n, ok := scaled(strings.TrimSpace(s), d.Scale)
	if !ok {
		return Value{}, bad("field.bad_number", "scale", d.Scale)
	}
	return Value{Set: true, Num: n}, nil
}

// scaled reads a plain decimal and gives it times 10^scale; more decimals than
// that are refused unless they are zeros.
func scaled(s string, scale int) (int64, bool) {
	digits, negative := strings.CutPrefix(s, "-")
	if !negative {
		digits = strings.TrimPrefix(digits, "+")
	}
	intPart, frac, _ := strings.Cut(digits, ".")
	frac = strings.TrimRight(frac, "0")
	if intPart == "" && frac == "" || len(frac) > scale || len(intPart) > 40 {
		return 0, false
	}
	frac += strings.Repeat("0", scale-len(frac))
	n := int64(0)
	for _, c := range []byte(intPart + frac) {
		if c < '0' || c > '9' || n > maxNum/10 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if n > maxNum {
		return 0, false
	}
	if negative {
		n = -n
	}
	return n, true
}

// whole reads a whole number within what JSON numbers hold.
func whole(in any) (int64, bool) {
	switch x := in.(type) {
	case float64:
		if x != math.Trunc(x) || math.Abs(x) > maxNum {
			return 0, false
		}
		return int64(x), true
	case int:
		return int64(x), true
	case int64:
		return x, x <= maxNum && x >= -maxNum
	case json.Number:
		return scaled(x.String(), 0)
	case string:
		return scaled(x, 0)
	}
	return 0, false
}

func texts(in any) ([]string, bool) {
	switch x := in.(type) {
	case []string:
		return x, true
	case string:
		return []string{x}, true
	case []any:
		out := make([]string, len(x))
		for i := range x {
			s, ok := x[i].(string)
			if !ok {
				return nil, false
			}
			out[i] = s
		}
		return out, true
	}
	return nil, false
}

var (
	firstDay = clock.DateDay(1000, 1, 1)
	lastDay  = clock.DateDay(9999, 12, 31)
)

func date(s string) (Value, error) {
	day, err := clock.ParseDay(s)
	if err != nil || day < firstDay || day > lastDay {
		return Value{}, bad("field.bad_date")
	}
	return Value{Set: true, Num: int64(day)}, nil
}

// choice checks codes; each counts once, in the order of the options. Retired
// ones pass here: a customer that has one keeps it through an edit, see
// [Definition.offers].
func (d *Definition) choice(codes []string) (Value, error) {
	if len(codes) > MaxOptions {
		return Value{}, bad("field.bad_choice")
	}
	places := make([]int, 0, len(codes))
	for _, c := range codes {
		i, ok := d.byCode[c]
		if !ok {
			return Value{}, bad("field.unknown_option")
		}
		places = append(places, i)
	}
	return d.chosen(places), nil
}

func (d *Definition) chosen(places []int) Value {
	slices.Sort(places)
	places = slices.Compact(places)
	if d.Kind == Choice {
		if len(places) == 0 {
			return Value{}
		}
		return Value{Set: true, Text: d.Options[places[0]].Code}
	}
	v := Value{Set: len(places) > 0}
	for _, i := range places {
		v.Codes = append(v.Codes, d.Options[i].Code)
	}
	return v
}

// sortCodes puts stored codes into the order of the options.
func (d *Definition) sortCodes(codes []string) {
	slices.SortStableFunc(codes, func(a, b string) int { return d.byCode[a] - d.byCode[b] })
}

// offers says whether v may be given where the customer has before: a retired
// option only stays, it is not given anew.
func (d *Definition) offers(v, before Value) bool {
	switch d.Kind {
	case Choice:
		o := d.Option(v.Text)
		return o == nil || !o.Retired || before.Text == v.Text
	case MultiChoice:
		for _, c := range v.Codes {
			if o := d.Option(c); o != nil && o.Retired && !slices.Contains(before.Codes, c) {
				return false
			}
		}
	}
	return true
}

// JSON gives the value as Parse reads it; nil for none.
func (d *Definition) JSON(v Value) any {
	if v.IsEmpty() {
		return nil
	}
	switch d.Kind {
	case Number:
		return json.Number(decimal(v.Num, d.Scale))
	case Money, Reference:
		return v.Num
	case Date:
		return clock.Day(v.Num).String()
	case MultiChoice:
		return v.Codes
	}
	return v.Text
}

// decimal writes n / 10^scale.
func decimal(n int64, scale int) string {
	s := strconv.FormatInt(n, 10)
	if scale == 0 {
		return s
	}
	s, negative := strings.CutPrefix(s, "-")
	if len(s) <= scale {
		s = strings.Repeat("0", scale+1-len(s)) + s
	}
	s = s[:len(s)-scale] + "." + s[len(s)-scale:]
	if negative {
		s = "-" + s
	}
	return s
}
