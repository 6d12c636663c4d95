package dedupe

import (
	"math"
	"strings"

	"zhike/internal/platform/errs"
)

// Agreement says how far two records agree, field by field. It holds no value
// of either, so that it may be kept when the records are gone. Its text is
// such as "name.full=close,phone=exact"; fields that one side lacks are left
// out, and two records without a field in common are "".
type Agreement struct{ p pattern }

// Agree compares two records.
func Agree(a, b *Record) Agreement {
	va, vb := viewOf(a), viewOf(b)
	return Agreement{compare(&va, &vb)}
}

// At is the level of a field, Missing where one side lacks it.
func (a Agreement) At(f Field) Level {
	if f >= numFields {
		return Missing
	}
	return a.p.at(f)
}

// String is the text of the agreement, fields in their order.
func (a Agreement) String() string {
	var out strings.Builder
	for f := Field(0); f < numFields; f++ {
		if l := a.p.at(f); l != Missing {
			if out.Len() > 0 {
				out.WriteByte(',')
			}
			out.WriteString(f.String() + "=" + l.String())
		}
	}
	return out.String()
}

// ParseAgreement reads the text of an agreement. Error: dedupe.bad_agreement.
func ParseAgreement(s string) (Agreement, error) {
	var a Agreement
	bad := errs.New(errs.Invalid, "dedupe.bad_agreement")
	if s == "" {
		return a, nil
	}
	for part := range strings.SplitSeq(s, ",") {
		name, level, ok := strings.Cut(part, "=")
		f, err := ParseField(name)
		var l Level
		if !ok || err != nil || l.UnmarshalText([]byte(level)) != nil || a.p.at(f) != Missing {
			return Agreement{}, bad
		}
		a.p = a.p.with(f, l)
	}
	return a, nil
}

// Weigh is the score of two records that agree so far. Unlike Index.Pairs it
// knows only the levels: an agreement on a rare value counts as one on any, but
// for rare, the bits that Rarity gave for the pair.
func (s *Scorer) Weigh(a Agreement, rare float64) float64 {
	return probability(s.odds(a) + rare)
}

func (s *Scorer) odds(a Agreement) float64 {
	var bits [numFields]float64
	s.m.each(a.p, nil, nil, nil, &bits)
	return s.m.odds(a.p, &bits)
}

// certainBits are the log2 odds from which a score says no more than "certain".
const certainBits = 16

// Rarity is how many bits a score that Index.Pairs gave by the weights of s lies
// above what the levels alone say: how much rarer or commoner than usual the
// values are that the two share. Scores are kept with six digits, and between two that are
// certain there is no difference: 0.
func (s *Scorer) Rarity(a Agreement, score float64) float64 {
	p := math.Min(math.Max(score, 1/(1+math.Exp2(certainBits))), 1/(1+math.Exp2(-certainBits)))
	by, levels := math.Log2(p/(1-p)), s.odds(a)
	if math.Abs(by) >= certainBits-0.01 && by*levels > 0 && math.Abs(levels) >= certainBits {
		return 0
	}
	return by - levels
}
