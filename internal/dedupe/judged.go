package dedupe

import "math"

// Judged is a pair that people decided on, by how far it agrees. Rare are the
// bits that Scorer.Rarity gave for it, 0 where they are not known.
type Judged struct {
	Agreement Agreement
	Rare      float64
	Same      bool
}

// Measure says how well weights tell the decided pairs apart. A pair is called
// the same from the threshold of the weights on.
type Measure struct {
	Called int64 `json:"called"` // pairs called the same
	Right  int64 `json:"right"`  // of them decided to be the same
	Missed int64 `json:"missed"` // decided to be the same and not called so
	// LogLoss is the mean of −log2 of the probability given to what people
	// decided, in bits: 0 is certain and right, 1 a toss of a coin.
	LogLoss float64 `json:"log_loss"`
	Bands   []Band  `json:"bands"`
}

// Band is the decided pairs with a score of From up to To: were the scores
// true, Expected of them would be the same.
type Band struct {
	From     float64 `json:"from"`
	To       float64 `json:"to"`
	Pairs    int64   `json:"pairs"`
	Same     int64   `json:"same"`
	Expected float64 `json:"expected"`
}

// bandBounds are where the bands begin.
var bandBounds = []float64{0, 0.5, 0.9, 0.99}

// Comparison is what learning from decisions changes: Before by the weights as
// they were, After by learned ones. Each pair of After is scored by weights that were
// learned from the others only, so that the figures hold for pairs to come.
type Comparison struct {
	Folds  int     `json:"folds"`
	Before Measure `json:"before"`
	After  Measure `json:"after"`
}

// Better says whether learning tells the decided pairs apart better: it is
// wrong about fewer of them, or of as many it was less sure.
func (c *Comparison) Better() bool {
	wrong := func(m *Measure) int64 { return m.Called - m.Right + m.Missed }
	if a, b := wrong(&c.After), wrong(&c.Before); a != b {
		return a < b
	}
	return c.After.LogLoss < c.Before.LogLoss
}

// folds is into how many parts decisions are divided: each is judged by what
// the others teach (Stone, "Cross-validatory choice", JRSS B 36, 1974).
const folds = 5

// leastProbability bounds the loss of a single pair.
const leastProbability = 1e-6

// CrossValidate compares now, the weights in use, with base as learned from
// the decisions. Decisions of a fold are the same from run to run: they go by
// their order. Error: dedupe.bad_weights.
func CrossValidate(base, now Weights, decided []Judged) (Comparison, error) {
	c := Comparison{Folds: folds}
	before, err := NewScorer(now)
	if err != nil {
		return c, err
	}
	var was, will loss
	parts := divide(decided)
	for fold := range folds {
		var t Tally
		for i, d := range decided {
			if parts[i] != fold {
				t.Add(d.Agreement, d.Same)
			}
		}
		w, err := base.Learned(&t)
		if err != nil {
			return c, err
		}
		after, err := NewScorer(w)
		if err != nil {
			return c, err
		}
		for i, d := range decided {
			if parts[i] == fold {
				was.add(&c.Before, before, &d)
				will.add(&c.After, after, &d)
			}
		}
	}
	c.Before.LogLoss, c.After.LogLoss = was.mean(), will.mean()
	return c, nil
}

// divide gives each pair its fold and spreads both kinds evenly over them.
func divide(decided []Judged) []int {
	out := make([]int, len(decided))
	var next [2]int
	for i := range decided {
		kind := 0
		if decided[i].Same {
			kind = 1
		}
		out[i] = next[kind] % folds
		next[kind]++
	}
	return out
}

type loss struct{ sum, n float64 }

func (l *loss) mean() float64 { return math.Round(l.sum/math.Max(l.n, 1)*1e4) / 1e4 }

func (l *loss) add(m *Measure, s *Scorer, d *Judged) {
	score := s.Weigh(d.Agreement, d.Rare)
	if m.Bands == nil {
		for i, from := range bandBounds {
			to := 1.0
			if i+1 < len(bandBounds) {
				to = bandBounds[i+1]
			}
			m.Bands = append(m.Bands, Band{From: from, To: to})
		}
	}
	b := &m.Bands[0]
	for i := range m.Bands {
		if score >= m.Bands[i].From {
			b = &m.Bands[i]
		}
	}
	b.Pairs++
	b.Expected += score
	given := 1 - score
	if d.Same {
		b.Same++
		given = score
	}
	l.sum -= math.Log2(math.Max(given, leastProbability))
	l.n++
	switch called := score >= s.m.threshold; {
	case called && d.Same:
		m.Called++
		m.Right++
	case called:
		m.Called++
	case d.Same:
		m.Missed++
	}
}
