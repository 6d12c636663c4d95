package dedupe

import (
	"cmp"
	"math"
	"slices"
)

// Reason is what one field says about a pair. Bits is its weight: above zero
// for "the same customer", below for "two". Code is the key of its text in the
// catalogue, "dedupe.level.<level>"; that of the field is "dedupe.field.<field>"
// with _ for the dot. One reason has NoField and the code "dedupe.household":
// what agrees may be that of a family or an office.
type Reason struct {
	Field Field   `json:"field"`
	Level Level   `json:"level"`
	Bits  float64 `json:"bits"`
	Code  string  `json:"code"`
}

// Scorer scores single pairs by weights that were learned before, without an
// index: for the work list, and for the warning while a customer is typed in.
// It may be used by several goroutines at once.
type Scorer struct{ m model }

// NewScorer makes a Scorer. Error: dedupe.bad_weights.
func NewScorer(w Weights) (*Scorer, error) {
	if err := w.Check(); err != nil {
		return nil, err
	}
	return &Scorer{m: w.compile()}, nil
}

// Score gives the probability that a and b are the same customer, and what
// each field that both have says about it, the weightiest first.
func (s *Scorer) Score(a, b *Record) (float64, []Reason) {
	va, vb := viewOf(a), viewOf(b)
	p := compare(&va, &vb)
	return s.m.verdict(p, &va, &vb, nil)
}

// Candidates gives those of set that may be rec, the likeliest first: the
// pairs with a score of at least threshold. The caller finds a small set by
// its own indexes; A of each pair is rec's id.
func (s *Scorer) Candidates(rec *Record, set []Record, threshold float64) []Pair {
	va := viewOf(rec)
	var out []Pair
	for i := range set {
		vb := viewOf(&set[i])
		p := compare(&va, &vb)
		var bits [numFields]float64
		s.m.each(p, &va, &vb, nil, &bits)
		if score := probability(s.m.odds(p, &bits)); score >= threshold {
			out = append(out, Pair{A: rec.ID, B: set[i].ID, Score: score})
		}
	}
	slices.SortFunc(out, func(x, y Pair) int { return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.B, y.B)) })
	return out
}

// viewOf normalises a record.
func viewOf(r *Record) view {
	var v view
	for i := range min(len(r.Values), maxValues) {
		if r.Values[i].Field >= numFields {
			continue
		}
		if n, ok := normalise(r.Values[i]); ok {
			v.vals[r.Values[i].Field] = append(v.vals[r.Values[i].Field], n)
		}
	}
	v.complete()
	return v
}

// complete gives a record with given and family name a full name too, so that
// it can be compared with one that has only that.
func (v *view) complete() {
	if len(v.vals[FullName]) > 0 || len(v.vals[GivenName]) == 0 || len(v.vals[FamilyName]) == 0 {
		return
	}
	if n, ok := normalise(Value{Field: FullName, Text: joinName(v.vals[GivenName][0].text, v.vals[FamilyName][0].text)}); ok {
		v.vals[FullName] = append(v.vals[FullName], n)
	}
}

func joinName(given, family string) string {
	if hasHan(family) {
		return family + given
	}
	return given + " " + family
}

// rarity gives the u of an exact agreement on a value; nil stands for "as the
// weights say".
type rarity func(f Field, v *value) float64

// each fills the bits of every field of a pair.
func (m *model) each(p pattern, a, b *view, r rarity, bits *[numFields]float64) {
	for f := Field(0); f < numFields; f++ {
		l := p.at(f)
		if l == Missing {
			continue
		}
		w := m.bits[f][l]
		if l == Exact && r != nil {
			if v := common(a.vals[f], b.vals[f]); v != nil {
				w = math.Max(0, math.Log2(m.m[f][Exact]/math.Max(r(f, v), tiny)))
			}
		}
		bits[f] = w
	}
	m.overlap(p, bits)
}

// overlap takes out what fields say twice: whoever agrees on the postcode
// mostly agrees on the city, and whoever agrees on the city on the region; so
// do two houses of one street, whose lines agree in part. The
// narrower field keeps its bits, the wider one keeps what it adds. A narrow
// field takes from the wider ones together no more than it gives itself, so
// that an agreement more never lowers the sum.
func (m *model) overlap(p pattern, bits *[numFields]float64) {
	var spent [numFields]float64
	for i, o := range overlaps {
		if p.at(o.wide) != Exact || bits[o.narrow] <= 0 {
			continue
		}
		take := math.Max(0, math.Min(m.shared[i], math.Min(bits[o.wide], bits[o.narrow]-spent[o.narrow])))
		bits[o.wide] -= take
		spent[o.narrow] += take
	}
}

// overlaps are the pairs of fields of which one follows from the other, the
// narrow ones first.
var overlaps = [...]struct{ wide, narrow Field }{
	{Postcode, AddressLine1}, {City, AddressLine1}, {City, Postcode},
	{Region, AddressLine1}, {Region, Postcode}, {Region, City},
}

// common is the value that both have; the rarest one is not looked for,
// because the first is nearly always the only one.
func common(a, b []value) *value {
	for i := range a {
		for j := range b {
			if a[i].id == b[j].id {
				return &a[i]
			}
		}
	}
	return nil
}

// verdict gives the score of a pair and its reasons.
func (m *model) verdict(p pattern, a, b *view, r rarity) (float64, []Reason) {
	var bits [numFields]float64
	m.each(p, a, b, r, &bits)
	var out []Reason
	add := func(f Field, l Level, bits float64, code string) {
		out = append(out, Reason{Field: f, Level: l, Bits: math.Round(bits*100) / 100, Code: code})
	}
	for f := Field(0); f < numFields; f++ {
		if l := p.at(f); l != Missing {
			add(f, l, bits[f], "dedupe.level."+l.String())
		}
	}
	if h := m.household(p, &bits); h >= 0.5 {
		add(NoField, Missing, -h, "dedupe.household")
	}
	slices.SortStableFunc(out, func(x, y Reason) int { return cmp.Compare(math.Abs(y.Bits), math.Abs(x.Bits)) })
	return probability(m.odds(p, &bits)), out
}
