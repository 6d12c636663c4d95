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

// Decide gives the weights with what people decided taken in; w stays as it is.
// For each field and level, with n(level) decisions of that level among the n
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
func (w Weights) Decide(decisions []Decision) (Weights, error) {
	if err := w.Check(); err != nil {
		return w, err
	}
	m := w.compile()
	var seen [2][numFields]float64
	var level [2][numFields][numLevels]float64
	for i := range decisions {
		d := &decisions[i]
		va, vb := viewOf(&d.A), viewOf(&d.B)
		p := compare(&va, &vb)
		k := 0
		if !d.Same {
			k = 1
		}
		for f := Field(0); f < numFields; f++ {
			if l := p.at(f); l != Missing {
				seen[k][f]++
				level[k][f][l]++
			}
		}
	}
	for f := range m.m {
		var sumM, sumU float64
		for l := Exact; l < numLevels; l++ {
			if !m.known[f][l] {
				continue
			}
			m.m[f][l] = moved(m.m[f][l], (decidedSame*m.m[f][l]+level[0][f][l])/(decidedSame+seen[0][f]))
			m.u[f][l] = moved(m.u[f][l], (decidedTwo*m.u[f][l]+level[1][f][l])/(decidedTwo+seen[1][f]))
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
