package dedupe

import (
	"context"
	"math"
	"sync"
)

// How much is looked at, and how strongly the start holds.
const (
	randomPairs  = 200_000 // for u
	learnRecords = 100_000 // EM looks into the blocks of about so many records
	rounds       = 15
	mHold        = 20  // pseudo-pairs of m
	uHold        = 500 // pseudo-pairs of u
	priorHold    = 20  // pseudo-records of the number of duplicates
	overlapHold  = 50
	// leastDuplicates a record are expected in every base. In a clean one EM
	// finds none to learn from, and the few that come in later, which differ in
	// a name and a phone, would have to prove themselves against a base without any.
	leastDuplicates = 0.001
	leastEvidence   = -9        // log2 odds from which a pair is looked at by EM: 0.2 %
	maxEvidence     = 4_000_000 // pairs kept for EM
)

// Learn fits start to the records of the index and gives the result; start is
// mostly Shipped, or what was learned last. progress may be nil. It is:
//
//   - u of each level: its share among random pairs, those that look like the
//     same customer weighted down, with uHold pairs of start added;
//   - overlaps: the same among pairs that agree on the narrower field;
//   - m, the number of duplicates and that of household members: EM (Dempster, Laird, Rubin 1977; Winkler
//     1988) over the candidates with u held fixed. E: the score of each pair.
//     M: m(level) = (Σ score·[level] + mHold·m₀(level)) / (Σ score·[not
//     missing] + mHold); duplicates = (Σ score + priorHold·d₀) / (records +
//     priorHold), households likewise. Pairs that share no key have a score of nearly 0 and are
//     left out of both sums.
//
// Errors: dedupe.bad_weights; that of ctx.
func (x *Index) Learn(ctx context.Context, start Weights, progress func(done, total int64)) (Weights, error) {
	if err := start.Check(); err != nil {
		return start, err
	}
	m := x.model(&start)
	m.records = max(int64(len(x.ids)), 1)
	if len(x.ids) < 2 || x.total() < 1 {
		return start, nil
	}
	first := m
	x.learnU(&m, &first)
	if err := x.learnOverlaps(ctx, &m, &first); err != nil {
		return start, err
	}
	m.finish()
	ev, rate, err := x.evidence(ctx, &m, progress)
	if err != nil {
		return start, err
	}
	for range rounds {
		x.step(&m, &first, ev, rate)
	}
	return m.weights(), nil
}

// random is a linear congruential generator (Knuth, MMIX): two runs over the
// same records are the same.
type random uint64

func (r *random) below(n int) int {
	*r = *r*6364136223846793005 + 1442695040888963407
	return int((uint64(*r>>32) * uint64(n)) >> 32)
}

// two is the probability that a pair is two customers.
func (m *model) two(p pattern, a, b *view, r rarity) float64 {
	var bits [numFields]float64
	m.each(p, a, b, r, &bits)
	return probability(-m.odds(p, &bits))
}

// learnU takes u from random pairs.
func (x *Index) learnU(m, first *model) {
	var seen, level = [numFields]float64{}, [numFields][numLevels]float64{}
	w := new(viewer)
	rare := x.rarity(first)
	tryPair := func(a, b uint32) {
		w.load(x, []uint32{a, b})
		p := compare(&w.views[0], &w.views[1])
		rest := first.two(p, &w.views[0], &w.views[1], rare)
		for f := Field(0); f < numFields; f++ {
			if l := p.at(f); l != Missing {
				seen[f] += rest
				level[f][l] += rest
			}
		}
	}
	n := len(x.ids)
	if x.total() <= randomPairs {
		for a := range n {
			for b := a + 1; b < n; b++ {
				if !x.linked() || x.sets[a] != x.sets[b] {
					tryPair(uint32(a), uint32(b))
				}
			}
		}
	} else {
		r := random(1)
		for range randomPairs {
			a, b := r.below(n), r.below(n)
			if a != b && (!x.linked() || x.sets[a] != x.sets[b]) {
				tryPair(uint32(a), uint32(b))
			}
		}
	}
	for f := range m.u {
		for l := Exact; l < numLevels; l++ {
			// How rare a phone is cannot be seen in a short list, in which nearly
			// every phone that comes twice is a customer that does.
			if l == Exact && Field(f).identifying() {
				continue
			}
			if first.known[f][l] {
				m.u[f][l] = (level[f][l] + uHold*first.u[f][l]) / (seen[f] + uHold)
			}
		}
	}
}

// learnOverlaps counts how often the wider field agrees where the narrower
// does, among pairs that are not the same customer.
func (x *Index) learnOverlaps(ctx context.Context, m, first *model) error {
	rare := x.rarity(first)
	for i, o := range overlaps {
		if x.column[o.wide] < 0 || x.column[o.narrow] < 0 {
			continue
		}
		var lock sync.Mutex
		var agree, all float64
		key := blockKey{parts: []part{entry(o.narrow), initial}}
		_, err := x.blocks(ctx, &key, nil, func(recs []uint32) {
			w := x.pool.Get().(*viewer)
			defer x.pool.Put(w)
			recs = recs[:min(len(recs), 8)]
			w.load(x, recs)
			var a, n float64
			for j := range len(recs) - 1 {
				va, vb := &w.views[j], &w.views[j+1]
				p := compare(va, vb)
				if p.at(o.narrow) != Exact || p.at(o.wide) == Missing {
					continue
				}
				rest := first.two(p, va, vb, rare)
				n += rest
				if p.at(o.wide) == Exact {
					a += rest
				}
			}
			lock.Lock()
			defer lock.Unlock()
			agree += a
			all += n
		})
		if err != nil {
			return err
		}
		u := math.Max(m.u[o.wide][Exact], tiny)
		before := math.Min(math.Exp2(first.shared[i])*u, 1)
		m.shared[i] = math.Max(0, math.Log2((agree+overlapHold*before)/(all+overlapHold)/u))
	}
	return nil
}

// evidence is a candidate pair for EM: its levels, and what does not change
// from round to round.
type evidence struct {
	p     pattern
	fixed float32 // Σ −log2 u of exact values, overlaps taken out
	house float32 // log2 odds of the household against strangers, without the prior
}

// evidence compares the candidates of about learnRecords records and keeps
// those that may be the same customer; each stands for rate.
func (x *Index) evidence(ctx context.Context, m *model, progress func(done, total int64)) ([]evidence, float64, error) {
	rate := max(1, uint32(len(x.ids)/learnRecords))
	rare := x.rarity(m)
	var lock sync.Mutex
	var out []evidence
	err := x.walk(ctx, rate, progress, func(a, b uint32, va, vb *view) {
		p, bits, odds := m.judge(va, vb, rare, leastEvidence)
		if math.IsInf(odds, -1) {
			return
		}
		fixed := 0.0
		for f := Field(0); f < numFields; f++ {
			if p.at(f) == Exact {
				fixed += bits[f] - math.Log2(math.Max(m.m[f][Exact], tiny))
			}
		}
		lock.Lock()
		defer lock.Unlock()
		if len(out) < maxEvidence {
			out = append(out, evidence{p, float32(fixed), float32(householdBits(p, &bits))})
		}
	})
	return out, float64(rate), err
}

// step is one round of EM.
func (x *Index) step(m, first *model, ev []evidence, rate float64) {
	m.finish()
	x.setPrior(m)
	var logM [numFields]float64
	for f := range logM {
		logM[f] = math.Log2(math.Max(m.m[f][Exact], tiny))
	}
	var sum, homes float64
	var seen [numFields]float64
	var level [numFields][numLevels]float64
	for i := range ev {
		e := &ev[i]
		bits := m.prior + float64(e.fixed)
		for f := Field(0); f < numFields; f++ {
			switch l := e.p.at(f); l {
			case Missing:
			case Exact:
				bits += logM[f]
			default:
				bits += m.bits[f][l]
			}
		}
		same, home := math.Exp2(math.Min(bits, 100)), 0.0
		if m.householdPrior != 0 {
			home = math.Exp2(math.Min(m.householdPrior+float64(e.house), 100))
		}
		p := same / (1 + same + home)
		sum += p
		homes += home / (1 + same + home)
		for f := Field(0); f < numFields; f++ {
			if l := e.p.at(f); l != Missing {
				seen[f] += p
				level[f][l] += p
			}
		}
	}
	for f := range m.m {
		for l := Exact; l < numLevels; l++ {
			if first.known[f][l] {
				m.m[f][l] = (level[f][l] + mHold*first.m[f][l]) / (seen[f] + mHold)
			}
		}
		m.restrain(f, first)
	}
	m.households = (homes*rate + priorHold*first.households) / (x.owners() + priorHold)
	m.duplicates = max((sum*rate+priorHold*first.duplicates)/(x.owners()+priorHold), leastDuplicates)
}

// restrain keeps m within reach of the shipped weights. Every level keeps a
// fifth of its shipped m: EM sees few pairs that differ in a name, because it
// asks the name who they are. And the levels that speak against a pair stay
// within a bound, narrower for what is a person's own, so that in a base without
// duplicates "the same customer" does not come to mean "the same family".
func (m *model) restrain(f int, first *model) {
	sum, weak := 0.0, 0.0
	own := sharedBits[f] < 0
	for l := Exact; l < numLevels; l++ {
		m0 := first.m[f][l]
		if !first.known[f][l] {
			continue
		}
		x := math.Max(m.m[f][l], m0/5)
		switch {
		case l == Differ && own:
			x = math.Min(x, 0.1+1.5*m0)
		case l == Differ:
			x = math.Min(x, math.Min(0.2+2*m0, 0.95))
		case l == Partial && own:
			x = math.Min(x, 2*m0)
		}
		m.m[f][l] = x
		if l >= Partial {
			weak += x
		} else {
			sum += x
		}
	}
	if sum == 0 {
		return
	}
	// What is left goes to the levels that agree.
	share := math.Min(weak, 0.9)
	for l := Exact; l < numLevels; l++ {
		if l < Partial {
			m.m[f][l] *= (1 - share) / sum
		} else if weak > 0 {
			m.m[f][l] *= share / weak
		}
	}
}
