package dedupe

import (
	"context"
	"math"
	"sync"
	"sync/atomic"

	"zhike/internal/platform/errs"
)

// Stats are the figures of the last Learn or Pairs.
func (x *Index) Stats() Stats { return x.stats }

// Pairs finds the pairs with a score of at least threshold (0 = that of the
// weights), calling emit for each, once and from one goroutine at a time, in
// no particular order. progress, which may be nil, is told how many of how
// many records times keys are done. It stops at the first error of emit, and
// when ctx ends. Errors: dedupe.bad_weights, dedupe.bad_threshold.
func (x *Index) Pairs(ctx context.Context, w Weights, threshold float64, progress func(done, total int64), emit func(Pair) error) error {
	if err := w.Check(); err != nil {
		return err
	}
	if threshold == 0 {
		threshold = w.Threshold
	}
	if !(threshold > 0 && threshold <= 1) {
		return errs.New(errs.Invalid, "dedupe.bad_threshold")
	}
	m := x.model(&w)
	rare := x.rarity(&m)
	need := math.Log2(threshold / (1 - threshold))
	if threshold == 1 {
		need = math.Inf(1)
	}
	var lock sync.Mutex
	var failed error
	emitted := map[uint64]struct{}{}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	err := x.walk(ctx, 1, progress, func(a, b uint32, va, vb *view) {
		_, _, odds := m.judge(va, vb, rare, need)
		if odds < need {
			return
		}
		lock.Lock()
		defer lock.Unlock()
		at := uint64(a)<<32 | uint64(b)
		if _, done := emitted[at]; done || failed != nil {
			return
		}
		emitted[at] = struct{}{}
		p := Pair{A: x.ids[a], B: x.ids[b], Score: probability(odds)}
		if failed = emit(p); failed != nil {
			stop()
		}
	})
	x.stats.Found = int64(len(emitted))
	if failed != nil {
		return failed
	}
	return err
}

// Explain gives the score of the records that were added as number a and b,
// from 0, and what each field says about them; ok is false where the index has
// no such record.
func (x *Index) Explain(w Weights, a, b int) (score float64, reasons []Reason, ok bool) {
	if a < 0 || b < 0 || a >= len(x.ids) || b >= len(x.ids) || w.Check() != nil {
		return 0, nil, false
	}
	m := x.model(&w)
	rare := x.rarity(&m)
	v := new(viewer)
	v.load(x, []uint32{uint32(a), uint32(b)})
	va, vb := &v.views[0], &v.views[1]
	p := compare(va, vb)
	score, reasons = m.verdict(p, va, vb, rare)
	return score, reasons, true
}

// model is w with the prior of this index.
func (x *Index) model(w *Weights) model {
	m := w.compile()
	x.setPrior(&m)
	return m
}

// setPrior sets the priors of m for this index. Where no field is a person's
// own, nothing can tell a person from the household, and they are the same.
func (x *Index) setPrior(m *model) {
	households := 0.0
	for _, f := range [...]Field{GivenName, FullName, Birthday, IDNumber, Code} {
		if d := x.dict[f]; d != nil && d.len() > 0 {
			households = m.households
		}
	}
	m.setPrior(x.chance(m.duplicates), x.chance(households))
}

// chance is the probability that two records drawn at random are the same,
// with so many duplicates a record.
func (x *Index) chance(duplicates float64) float64 {
	return duplicates * x.owners() / math.Max(x.total(), 1)
}

// Pseudo-counts that hold what is read from the data near the shipped weights.
const (
	rareCount  = 1000 // records of the u of a value
	chanceRest = 0.05
)

// rarity is the u of agreement on a value: the share of the other records that
// have it (Winkler 2000). Of a phone that two records have, the two are mostly
// the one customer, so that only a small part of such agreements is chance.
func (x *Index) rarity(m *model) rarity {
	var records [numFields]float64
	for _, f := range x.fields {
		for _, c := range x.dict[f].counts {
			records[f] += float64(c)
		}
	}
	var base [numFields]float64
	for f := range base {
		base[f] = m.u[f][Exact]
	}
	return func(f Field, v *value) float64 {
		others := float64(v.same) - 1
		if f.identifying() {
			others = math.Max(float64(v.same)-2, 0) + chanceRest
		}
		return math.Min((math.Max(others, 0)+rareCount*base[f])/(records[f]+rareCount), 1)
	}
}

const several = math.MaxUint32 // a record that is in more than one block of a key

// walk calls fn for every pair of records that share a block, a < b in order
// of adding, or by set, from several goroutines. Each pair comes once, but for
// records with several values of a key. Of the blocks only one of every rate
// is looked into, always the same ones.
func (x *Index) walk(ctx context.Context, rate uint32, progress func(done, total int64), fn func(a, b uint32, va, vb *view)) error {
	x.stats = Stats{Records: int64(len(x.ids))}
	n := len(x.ids)
	use := make([]int, 0, len(keys))
	for i := range keys {
		if x.usable(&keys[i]) {
			use = append(use, i)
		}
	}
	// The block of every record in every key so far; 0 = none.
	k := len(use)
	member := make([]uint32, n*k)
	var scratch []slot
	var compared atomic.Int64
	for pass, i := range use {
		if progress != nil {
			progress(int64(pass)*int64(n), int64(k)*int64(n))
		}
		var number atomic.Uint32
		var err error
		scratch, err = x.blocks(ctx, &keys[i], scratch, func(recs []uint32) {
			block := number.Add(1)
			for _, r := range recs {
				if p := &member[int(r)*k+pass]; !atomic.CompareAndSwapUint32(p, 0, block) {
					atomic.StoreUint32(p, several)
				}
			}
			if rate > 1 && (recs[0]*2654435761>>8)%rate != 0 {
				return
			}
			compared.Add(x.block(recs, member, k, pass, fn))
		})
		if err != nil {
			return errs.From(err)
		}
	}
	x.stats.Compared = compared.Load()
	if progress != nil {
		progress(int64(k)*int64(n), int64(k)*int64(n))
	}
	return nil
}

// usable says whether the index has what the key's first part is made of.
func (x *Index) usable(key *blockKey) bool {
	var buf [8]uint64
	for rec := range uint32(len(x.ids)) {
		if len(key.parts[0](x, rec, buf[:0])) > 0 {
			return true
		}
	}
	return false
}

// block compares the records of a block that were in no block together before.
func (x *Index) block(recs []uint32, member []uint32, k, pass int, fn func(a, b uint32, va, vb *view)) int64 {
	w := x.pool.Get().(*viewer)
	defer x.pool.Put(w)
	w.load(x, recs)
	compared := int64(0)
	for i := range recs {
		rowA := member[int(recs[i])*k:][:pass]
		for j := i + 1; j < len(recs); j++ {
			a, b, va, vb := recs[i], recs[j], &w.views[i], &w.views[j]
			if x.sets != nil {
				if x.sets[a] == x.sets[b] {
					continue
				}
				if x.sets[a] == 1 {
					a, b, va, vb = b, a, vb, va
				}
			}
			if met(rowA, member[int(recs[j])*k:][:pass]) {
				continue
			}
			compared++
			fn(a, b, va, vb)
		}
	}
	return compared
}

// met says whether two records were in a block together before.
func met(a, b []uint32) bool {
	for i, m := range a {
		if m != 0 && m == b[i] && m != several {
			return true
		}
	}
	return false
}
