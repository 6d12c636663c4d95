package dedupe

import "math"

// Decision is what a person said about two records.
type Decision struct {
	A, B Record
	Same bool
}

// How strongly weights hold against decisions.
const (
	decidedSame = 100    // pseudo-pairs of m
	decidedTwo  = 20_000 // pseudo-pairs of u
	decidedBits = 3      // the most that one call moves a level
)

// Tally counts how far pairs agreed that people decided on; it is all that
// weights are learned from, and as JSON it can be read:
// {"same":{"pairs":2,"levels":{"phone":{"exact":2}}},"different":…}.
type Tally struct {
	Same      Count `json:"same"`
	Different Count `json:"different"`
}

// Count is how many pairs of one kind there are, and how many of them agreed
// on each field at each level.
type Count struct {
	Pairs  int64                     `json:"pairs"`
	Levels map[Field]map[Level]int64 `json:"levels"`
}

// Add takes in one pair that people decided on.
func (t *Tally) Add(a Agreement, same bool) {
	c := &t.Different
	if same {
		c = &t.Same
	}
	c.Pairs++
	for f := Field(0); f < numFields; f++ {
		l := a.p.at(f)
		if l == Missing {
			continue
		}
		if c.Levels == nil {
			c.Levels = map[Field]map[Level]int64{}
		}
		if c.Levels[f] == nil {
			c.Levels[f] = map[Level]int64{}
		}
		c.Levels[f][l]++
	}
}

// of is how many pairs had the level of the field, and how many had the field.
func (c *Count) of(f Field, l Level) (level, seen float64) {
	for at, n := range c.Levels[f] {
		if seen += float64(n); at == l {
			level = float64(n)
		}
	}
	return level, seen
}

// Decide gives the weights with what people decided taken in; w stays as it
// is. See Learned.
func (w Weights) Decide(decisions []Decision) (Weights, error) {
	var t Tally
	for i := range decisions {
		t.Add(Agree(&decisions[i].A, &decisions[i].B), decisions[i].Same)
	}
	return w.Learned(&t)
}

// Learned gives the weights with a tally of decisions taken in; w stays as it
// is. For each field and level, with n(level) decisions of that level among the n
// in which both records have the field:
//
//	m' = (decidedSame·m + n_same(level)) / (decidedSame + n_same)
//	u' = (decidedTwo·u + n_two(level)) / (decidedTwo + n_two)
//
// which is the mean of a Dirichlet distribution with the old weights as the
// prior (Fellegi and Sunter 1969, method of estimation from a labelled sample;
// the prior after Larsen and Rubin, JASA 96, 2001). u holds stronger because
// people are asked about pairs that look alike and not about random ones. No
// level moves by more than decidedBits a call, so that a slip of the hand, or
// a list of one special case, does not turn the model over.
// Error: dedupe.bad_weights.
func (w Weights) Learned(t *Tally) (Weights, error) {
	if err := w.Check(); err != nil {
		return w, err
	}
	m := w.compile()
	for f := range m.m {
		var sumM, sumU float64
		for l := Exact; l < numLevels; l++ {
			if !m.known[f][l] {
				continue
			}
			same, allSame := t.Same.of(Field(f), l)
			two, allTwo := t.Different.of(Field(f), l)
			m.m[f][l] = moved(m.m[f][l], (decidedSame*m.m[f][l]+same)/(decidedSame+allSame))
			m.u[f][l] = moved(m.u[f][l], (decidedTwo*m.u[f][l]+two)/(decidedTwo+allTwo))
			sumM += m.m[f][l]
			sumU += m.u[f][l]
		}
		for l := Exact; l < numLevels && sumM > 0 && sumU > 0; l++ {
			m.m[f][l] /= sumM
			m.u[f][l] /= sumU
		}
	}
	return m.weights(), nil
}

// moved is to, but at most half of decidedBits from from: m and u together
// move a level by no more than decidedBits.
func moved(from, to float64) float64 {
	if from <= 0 {
		return from
	}
	step := math.Exp2(decidedBits / 2.0)
	return math.Min(math.Max(to, from/step), from*step)
}
