package column

import (
	"math"
	"math/bits"
)

// finder finds out for whom a condition on facts holds: by looking at the facts
// of each customer, or at those of everybody in the order of days.
type finder struct {
	word wordFunc
	all  allFunc // nil where there is no such way
}

// wordFunc finds those of 64 customers of a block for whom something holds.
type wordFunc func(b, w int, m uint64, c *cursor) uint64

// allFunc finds everybody of a block for whom something holds. It says whether
// it did: not where that costs more than looking at those who are wanted.
type allFunc func(b int, want, out *rows, s *sweep) bool

// rows gives those of in for whom it holds.
func (f *finder) rows(b int, in, out *rows) {
	if !f.everybody(b, in, out) {
		f.words(b, in, out)
		return
	}
	for w := range out {
		out[w] &= in[w]
	}
}

func (f *finder) everybody(b int, want, out *rows) bool {
	if f.all == nil {
		return false
	}
	s := sweeps.Get().(*sweep)
	defer sweeps.Put(s)
	return f.all(b, want, out, s)
}

func (f *finder) words(b int, in, out *rows) {
	c := cursors.Get().(*cursor)
	defer cursors.Put(c)
	*out = rows{}
	for w, m := range in {
		if m != 0 {
			out[w] = f.word(b, w, m, c)
		}
	}
}

// compare finds those whose value lies from from to to.
func (v *boundValue) compare(from, to int64) finder {
	return finder{func(b, w int, m uint64, c *cursor) (out uint64) {
		v.word(b, w, m, c)
		for h := c.has; h != 0; h &= h - 1 {
			i := bits.TrailingZeros64(h)
			if x := c.val[i]; x >= from && x <= to {
				out |= 1 << i
			}
		}
		return out
	}, func(b int, want, out *rows, s *sweep) bool {
		if v.agg == Count && v.counts == nil && (from == 1 && to == math.MaxInt64 || from <= 0 && to == 0) {
			return v.present(b, want, out, s, to == 0)
		}
		if !v.values(b, want, s) {
			return false
		}
		for w, has := range s.has {
			out[w] = has & mask((*[64]int64)(s.val[w<<6:]), from, to)
		}
		return true
	}}
}

// present finds everybody who has a fact, with not set who has none: marks
// alone, a hundredth of what numbers take.
func (v *boundValue) present(b int, want, out *rows, s *sweep, not bool) bool {
	if v.facts == nil {
		return false
	}
	st, ok := v.facts.stretch(b, v.left)
	if !ok || !st.worth(want, v.cost(&st), 0) {
		return false
	}
	left := st.pick(v.facts.tests, false)
	if !st.worth(want, v.cost(&st), st.facts()) {
		return false
	}
	s.used = 0
	tests, none, ok := s.sieves(&st, left, v.facts.counted)
	if !ok {
		return false
	}
	*out = rows{}
	if !none {
		s.present(&st, tests, out)
	}
	if len(st.days.over.rows) > 0 {
		c := cursors.Get().(*cursor)
		defer cursors.Put(c)
		for w, m := range st.days.changed {
			if m == 0 {
				continue
			}
			out[w] &^= m
			v.word(b, w, m, c)
			for h := c.has; h != 0; h &= h - 1 {
				if i := bits.TrailingZeros64(h); c.val[i] > 0 {
					out[w] |= 1 << i
				}
			}
		}
	}
	if not {
		for w := range out {
			out[w] = ^out[w]
		}
	}
	return true
}

// average finds those whose average is in a range.
func (v *boundValue) average(r *AverageRange) finder {
	lines := r.lines()
	return finder{func(b, w int, m uint64, c *cursor) (out uint64) {
		v.word(b, w, m, c)
		for h := c.has; h != 0; h &= h - 1 {
			i := bits.TrailingZeros64(h)
			if r.has(c.val[i], c.cnt[i]) {
				out |= 1 << i
			}
		}
		return out
	}, func(b int, want, out *rows, s *sweep) bool {
		if !v.values(b, want, s) {
			return false
		}
		for w, has := range s.has {
			sum, n := (*[64]int64)(s.val[w<<6:]), (*[64]int64)(s.cnt[w<<6:])
			if lines == nil || !near(sum, n) {
				is := uint64(0)
				for h := has; h != 0; h &= h - 1 {
					if i := bits.TrailingZeros64(h); r.has(sum[i], n[i]) {
						is |= 1 << i
					}
				}
				out[w] = is
				continue
			}
			for _, l := range lines {
				has &= l.mask(sum, n)
			}
			out[w] = has
		}
		return true
	}}
}
