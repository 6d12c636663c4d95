package rule

import (
	"encoding/json"
	"math"
	"strings"

	"zhike/internal/platform/errs"
)

// scale says how numbers of a measure stand beside the values of conditions.
type scale int

const (
	whole    scale = iota // the same
	fen                   // thousandths of a 分; a value is 分, and what is compared with it is rounded first, half to even
	fraction              // thousandths; a value is the number with up to three decimals
)

func (m *Measure) scale() scale {
	if m.Type == "money" {
		return fen
	}
	return whole
}

// span is numbers from a lowest to a highest one, both included.
type span struct{ from, to int64 }

var anyNumber = span{math.MinInt64, math.MaxInt64}

// read gives a value of a condition.
func (s scale) read(raw json.RawMessage) (int64, error) {
	if s == fraction {
		v, ok := thousandths(raw)
		if !ok {
			return 0, errs.New(errs.Invalid, "rule.bad_decimal")
		}
		return v, nil
	}
	return Whole(raw, MaxFigure)
}

// equal gives the numbers that are the value, compared as the scale says.
//
// Half to even: what rounds to an even t begins 500 thousandths before it, the
// tie included, what rounds to an odd one 499 before it.
func (s scale) equal(v int64) span {
	if s == fen {
		low := func(t int64) int64 { return 1000*t - 500 + t&1 }
		return span{low(v), low(v+1) - 1}
	}
	return span{v, v}
}

// pair reads one value, or the two of "between".
func (s scale) pair(op string, raw json.RawMessage) (from, to int64, err error) {
	if op != "between" {
		from, err = s.read(raw)
		return from, from, err
	}
	var pair []json.RawMessage
	if json.Unmarshal(raw, &pair) != nil || len(pair) != 2 {
		return 0, 0, errs.New(errs.Invalid, "list.bad_pair")
	}
	if from, err = s.read(pair[0]); err != nil {
		return 0, 0, err
	}
	to, err = s.read(pair[1])
	return from, to, err
}

// span gives the numbers that a comparison allows; of "ne", those of "eq".
func (s scale) span(op string, raw json.RawMessage) (span, error) {
	from, to, err := s.pair(op, raw)
	if err != nil {
		return span{}, err
	}
	is, out := s.equal(from), anyNumber
	switch op {
	case "gt":
		out.from = is.to + 1
	case "gte":
		out.from = is.from
	case "lt":
		out.to = is.from - 1
	case "lte":
		out.to = is.to
	default: // eq, ne, between
		out = span{is.from, s.equal(to).to}
	}
	return out, nil
}

// thousandths reads a number with up to three decimals, also as a text.
func thousandths(raw json.RawMessage) (int64, bool) {
	s := strings.Trim(string(raw), `"`)
	units, rest, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if len(rest) > 3 || strings.HasSuffix(s, ".") {
		return 0, false
	}
	v, ok := WholeNumber(units + rest + "000"[len(rest):])
	if !ok || units == "" || v > MaxFigure || v < 0 {
		return 0, false
	}
	if strings.HasPrefix(s, "-") {
		v = -v
	}
	return v, true
}
