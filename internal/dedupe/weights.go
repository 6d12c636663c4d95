package dedupe

import (
	"encoding/json"
	"io"
	"math"
	"slices"

	"zhike/internal/platform/errs"
)

// LevelWeight says what a level is worth: M is the probability of the level
// where the two records are the same customer, U where they are two, Bits is
// log2(M/U). Bits are for reading; M and U count.
type LevelWeight struct {
	Level Level   `json:"level" yaml:"level"`
	M     float64 `json:"m" yaml:"m"`
	U     float64 `json:"u" yaml:"u"`
	Bits  float64 `json:"bits" yaml:"bits"`
}

// FieldWeights are the levels of a field, in order.
type FieldWeights struct {
	Field  Field         `json:"field" yaml:"field"`
	Levels []LevelWeight `json:"levels" yaml:"levels"`
}

// Overlap is what the wider of two agreeing fields says that the narrower has
// said already, log2(P(wide agrees | narrow agrees) / P(wide agrees)) among
// different customers.
type Overlap struct {
	Wide   Field   `json:"wide" yaml:"wide"`
	Narrow Field   `json:"narrow" yaml:"narrow"`
	Bits   float64 `json:"bits" yaml:"bits"`
}

// Weights are the model: everything that a score is made from.
type Weights struct {
	Fields []FieldWeights `json:"fields" yaml:"fields"`
	// Overlaps are the bits that two agreeing fields say twice.
	Overlaps []Overlap `json:"overlaps" yaml:"overlaps"`
	// Duplicates is how many others each record has on average; with Records,
	// how many records there are, it gives the probability that two records
	// drawn at random are the same: Duplicates / Records.
	Duplicates float64 `json:"duplicates" yaml:"duplicates"`
	Records    int64   `json:"records" yaml:"records"`
	// Households is how many others share home, phone or office with each
	// record on average; see household.go.
	Households float64 `json:"households" yaml:"households"`
	// Threshold is the score from which a pair counts as found.
	Threshold float64 `json:"threshold" yaml:"threshold"`
}

// DefaultThreshold is the shipped threshold.
const DefaultThreshold = 0.9

// shippedTable are the shipped m and u: exact, close, near, swapped, partial.
// What is left to 1 is the level differ. They were set from what is known of
// hand-typed customer data (a slip in about one value of ten, a moved or new
// phone in one of five) and not from a test set.
var shippedTable = [numFields]struct{ m, u [5]float64 }{
	GivenName:     {[5]float64{.80, .09, .03, .02, .01}, [5]float64{.006, .003, .006, .0003, .02}},
	FamilyName:    {[5]float64{.80, .09, .03, .02, .01}, [5]float64{.008, .002, .005, .0003, .02}},
	FullName:      {[5]float64{.78, .12, .03, 0, .03}, [5]float64{.0003, .0004, .003, 0, .03}},
	AddressNumber: {[5]float64{.82, .06, .02, 0, 0}, [5]float64{.01, .06, .03, 0, 0}},
	AddressLine1:  {[5]float64{.62, .12, .06, .03, .05}, [5]float64{.0005, .0003, .002, .0002, .02}},
	AddressLine2:  {[5]float64{.60, .12, .06, .03, .05}, [5]float64{.001, .0005, .003, .0002, .02}},
	City:          {[5]float64{.82, .06, .02, 0, .01}, [5]float64{.02, .002, .01, 0, .03}},
	Postcode:      {[5]float64{.80, .08, .03, 0, 0}, [5]float64{.005, .01, .04, 0, 0}},
	Region:        {[5]float64{.92, .03, .01, 0, .005}, [5]float64{.12, .02, .02, 0, .02}},
	Birthday:      {[5]float64{.88, .07, .01, 0, .01}, [5]float64{.00006, .0015, .0025, 0, .015}},
	IDNumber:      {[5]float64{.90, .06, .01, 0, 0}, [5]float64{1e-8, 5e-6, 1e-4, 0, 0}},
	Phone:         {[5]float64{.72, .06, 0, 0, 0}, [5]float64{5e-7, 2e-5, 0, 0, 0}},
	Email:         {[5]float64{.72, .06, .03, 0, 0}, [5]float64{3e-7, 2e-6, 3e-5, 0, 0}},
	Code:          {[5]float64{.90, 0, 0, 0, 0}, [5]float64{1e-8, 0, 0, 0, 0}},
}

// Shipped are the weights the program starts with.
func Shipped() Weights {
	var m model
	for f := range shippedTable {
		t := &shippedTable[f]
		restM, restU := 1.0, 1.0
		for i := range t.m {
			m.m[f][i+1], m.u[f][i+1] = t.m[i], t.u[i]
			restM -= t.m[i]
			restU -= t.u[i]
		}
		m.m[f][Differ], m.u[f][Differ] = restM, restU
	}
	// A postcode or a street lies in one town and a town in one region.
	m.shared = [len(overlaps)]float64{3, 3, 5, 2, 3, 3}
	m.duplicates, m.households, m.records, m.threshold = 0.05, 0.05, 100_000, DefaultThreshold
	return m.weights()
}

// ReadWeights reads weights as JSON. Error: dedupe.bad_weights with at.
func ReadWeights(r io.Reader) (Weights, error) {
	var w Weights
	dec := json.NewDecoder(io.LimitReader(r, 1<<20))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil {
		return w, errs.Wrap(err, errs.Invalid, "dedupe.bad_weights", "at", "JSON")
	}
	return w, w.Check()
}

// Check refuses weights that no score can be made from.
// Error: dedupe.bad_weights with at, the place.
func (w *Weights) Check() error {
	bad := func(at string) error { return errs.New(errs.Invalid, "dedupe.bad_weights", "at", at) }
	for _, f := range w.Fields {
		if f.Field >= numFields {
			return bad("fields")
		}
		for _, l := range f.Levels {
			if !(l.M >= 0 && l.M <= 1 && l.U >= 0 && l.U <= 1) || l.Level == Missing || l.Level >= numLevels {
				return bad(f.Field.String() + "." + l.Level.String())
			}
		}
	}
	for _, o := range w.Overlaps {
		if o.Wide >= numFields || o.Narrow >= numFields || !(o.Bits >= 0 && o.Bits <= 64) {
			return bad("overlaps")
		}
	}
	switch {
	case !(w.Duplicates > 0 && w.Duplicates <= 1000):
		return bad("duplicates")
	case !(w.Households >= 0 && w.Households <= 1000):
		return bad("households")
	case w.Records < 1:
		return bad("records")
	case !(w.Threshold > 0 && w.Threshold <= 1):
		return bad("threshold")
	}
	return nil
}

// model is Weights made ready for counting.
type model struct {
	m, u, bits [numFields][numLevels]float64
	// lift is the most that a field gives without being equal; cross says that
	// it can stand in another field's place.
	lift  [numFields]float64
	cross [numFields]bool
	// known are the levels that the field has.
	known      [numFields][numLevels]bool
	shared     [len(overlaps)]float64
	duplicates float64
	households float64
	records    int64
	threshold  float64
	// log2 of the odds that two records are the same, and that they are of one
	// household; 0 = households are not thought of.
	prior, householdPrior float64
}

const tiny = 1e-12

// compile takes what w does not name from the shipped weights.
func (w *Weights) compile() model {
	base := Weights{}
	if len(w.Fields) < numFields {
		base = Shipped()
	}
	m := model{duplicates: w.Duplicates, households: w.Households, records: w.Records, threshold: w.Threshold}
	for _, from := range [2]*Weights{&base, w} {
		for _, o := range from.Overlaps {
			for i := range overlaps {
				if overlaps[i].wide == o.Wide && overlaps[i].narrow == o.Narrow {
					m.shared[i] = o.Bits
				}
			}
		}
		for _, f := range from.Fields {
			m.m[f.Field], m.u[f.Field] = [numLevels]float64{}, [numLevels]float64{}
			for _, l := range f.Levels {
				m.m[f.Field][l.Level], m.u[f.Field][l.Level] = l.M, l.U
			}
		}
	}
	m.finish()
	each := float64(max(m.records, 2) - 1)
	m.setPrior(m.duplicates/each, m.households/each)
	return m
}

// finish makes the bits. Exact agreement never speaks against two records and
// disagreement never for them; a lower level is never worth more than Exact.
func (m *model) finish() {
	for f := range m.bits {
		exact := 0.0
		for l := Exact; l < numLevels; l++ {
			a, b := m.m[f][l], m.u[f][l]
			m.known[f][l] = a > 0 || b > 0
			if !m.known[f][l] {
				m.bits[f][l] = 0
				continue
			}
			bits := math.Log2(math.Max(a, tiny) / math.Max(b, tiny))
			switch l {
			case Exact:
				bits = math.Max(bits, 0)
				exact = bits
			case Differ:
				bits = math.Min(bits, 0)
			default:
				bits = math.Min(bits, exact)
			}
			m.bits[f][l] = bits
		}
		m.lift[f] = slices.Max(m.bits[f][Close:])
		m.cross[f] = m.known[f][Swapped]
	}
}

// setPrior sets the probabilities that two records are the same, and that they
// are of one household.
func (m *model) setPrior(same, household float64) {
	odds := func(p float64) float64 {
		p = math.Min(math.Max(p, tiny), 0.3)
		return math.Log2(p / (1 - p))
	}
	m.prior = odds(same)
	m.householdPrior = 0
	if household > 0 {
		m.householdPrior = odds(household)
	}
}

// weights is the readable form.
func (m *model) weights() Weights {
	m.finish()
	w := Weights{Duplicates: round(m.duplicates), Households: round(m.households), Records: m.records, Threshold: m.threshold}
	for f := Field(0); f < numFields; f++ {
		fw := FieldWeights{Field: f}
		for l := Exact; l < numLevels; l++ {
			if m.known[f][l] {
				fw.Levels = append(fw.Levels, LevelWeight{Level: l, M: round(m.m[f][l]), U: round(m.u[f][l]), Bits: math.Round(m.bits[f][l]*100) / 100})
			}
		}
		w.Fields = append(w.Fields, fw)
	}
	for i, o := range overlaps {
		w.Overlaps = append(w.Overlaps, Overlap{o.wide, o.narrow, math.Round(m.shared[i]*100) / 100})
	}
	return w
}

// round keeps five significant digits.
func round(x float64) float64 {
	if x == 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return 0
	}
	p := math.Pow(10, 4-math.Floor(math.Log10(math.Abs(x))))
	return math.Round(x*p) / p
}

// probability turns log2 odds into a probability.
func probability(bits float64) float64 { return 1 / (1 + math.Exp2(-bits)) }
