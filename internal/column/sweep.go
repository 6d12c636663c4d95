package column

import (
	"math"
	"slices"
	"sync"
)

// sweep looks at all facts of a window of a block in the order of days and adds
// them up by customer. It is for questions about most customers: of few each one's
// facts are looked at (cursor).
type sweep struct {
	val, cnt *[blockRows]int64
	has      rows
	list     []uint32  // places of facts that are left
	tables   [][]uint8 // what there is to know of codes, and how many are in use
	used     int
	days     []uint16 // of a block
	// Of sequences: the day of each customer's next fact of the second kind, with
	// held15 for whom it held, and which facts are of which kind.
	next  [blockRows]uint16
	marks [2][sweepStep]uint8
}

var sweeps = sync.Pool{New: func() any { return &sweep{val: new([blockRows]int64), cnt: new([blockRows]int64)} }}

// sweepStep is how many facts are tested at a time: the list of those that are
// left stays in the nearest cache.
const sweepStep = 2048

// stretch is the facts of a window.
type stretch struct {
	b      int
	days   *seriesBlock
	cal    *calendar
	lo, hi int
	left   *spare
	only   *picked // where not nil, of the window these alone
}

// pick leaves the facts of the words that one of the tests asks for, where they are
// kept, and gives the tests that are left. With inOrder set, facts are wanted by day.
func (st *stretch) pick(tests []boundTest, inOrder bool) []boundTest {
	for i := range tests {
		if l := tests[i].lists; l != nil && (len(l.of) == 1 || !inOrder) {
			if st.only = l.pick(st); st.only != nil {
				return slices.Concat(tests[:i], tests[i+1:])
			}
		}
	}
	return tests
}

// facts is how many there are.
func (st *stretch) facts() int {
	if st.only != nil {
		return st.only.n
	}
	return st.hi - st.lo
}

// stretch gives the facts of the window of a block; ok is false where they are
// not kept by day.
func (f *chosen) stretch(b int, left *spare) (st stretch, ok bool) {
	k := f.day.block(b)
	if k == nil {
		return st, false
	}
	c := k.calendar(left)
	if c == nil {
		return st, false
	}
	st = stretch{b: b, days: k, cal: c, left: left}
	st.lo, st.hi = c.window(f.from, f.to)
	return st, true
}

// worth says that looking at so many facts costs less than looking at the facts of
// each of some customers, where one of them costs as much as so many facts of a sweep.
func (st *stretch) worth(in *rows, cost, facts int) bool {
	if st.left != nil && (st.left.always || st.left.never) {
		return st.left.always
	}
	return cost*in.count() >= facts+blockRows/2
}

// size is how many facts are looked at to find the values of everybody.
func (v *boundValue) size(st *stretch) int {
	switch v.agg {
	case Count:
		return v.counts.size(st)
	case Sum:
		return v.sums.size(st)
	case Average:
		return max(v.counts.size(st), v.sums.size(st))
	}
	return st.facts()
}

// cost is what looking at one customer costs, in facts of a sweep (as measured).
func (v *boundValue) cost(st *stretch) int {
	n := 14
	switch v.agg {
	case First, Last:
		if st.hi-st.lo == len(st.cal.row) { // the one fact at the end is found at once
			n = 6
		}
	case Average, Min, Max, Distinct:
		n = 20
	}
	return n + 8*len(v.facts.tests)
}

func (st *stretch) ordered(d *series) *packed {
	k := d.block(st.b)
	if k == nil {
		return nil
	}
	return k.ordered(st.cal, st.days, st.left)
}

// each calls fn with the places of the facts that pass, some at a time, ascending.
func (s *sweep) each(st *stretch, tests []sieve, fn func(list []uint32)) {
	if s.list == nil {
		s.list = make([]uint32, sweepStep)
	}
	if st.only != nil {
		st.only.each(s, tests, fn)
		return
	}
	for lo := st.lo; lo < st.hi; lo += sweepStep {
		if list := s.some(lo, min(lo+sweepStep, st.hi), tests); len(list) > 0 {
			fn(list)
		}
	}
}

// eachMark is each where most pass: fn has the place of the first fact, and a
// mark for each one that passes.
func (s *sweep) eachMark(st *stretch, tests []sieve, fn func(lo int, marks []uint8)) {
	for lo := st.lo; lo < st.hi; lo += sweepStep {
		marks := s.marks[0][:min(sweepStep, st.hi-lo)]
		markAll(marks, lo, tests)
		fn(lo, marks)
	}
}

// some are the places from lo to below hi that pass, ascending.
func (s *sweep) some(lo, hi int, tests []sieve) []uint32 {
	list := s.list[:hi-lo]
	if len(tests) > 0 && tests[0].ranged && tests[0].p.width == 8 {
		list = firstRange(tests[0].p.u8[lo:hi], uint32(lo), &tests[0], list)
		tests = tests[1:]
	} else {
		for i := range list {
			list[i] = uint32(lo + i)
		}
	}
	for i := range tests {
		list = tests[i].pass(list)
	}
	return list
}

// values finds the values of everybody as [boundValue.word] does: in s.val
// where s.has says so, of an average s.val ÷ s.cnt. It says whether it did: not
// where few are wanted or facts are not kept by day, nor of Next, which is made of
// both ends and their number.
func (v *boundValue) values(b int, want *rows, s *sweep) bool {
	if v.facts == nil || v.agg == Next {
		return false
	}
	st, ok := v.facts.stretch(b, v.left)
	if !ok || !st.worth(want, v.cost(&st), 0) {
		return false
	}
	tests := st.pick(v.facts.tests, v.agg == First || v.agg == Last)
	if !st.worth(want, v.cost(&st), v.size(&st)) || !v.add(&st, s, tests) {
		return false
	}
	if len(st.days.over.rows) == 0 {
		return true
	}
	c := cursors.Get().(*cursor)
	defer cursors.Put(c)
	for w, m := range st.days.changed {
		if m != 0 {
			v.word(b, w, m, c)
			s.has[w] = s.has[w]&^m | c.has
			copyBits(s.val[w<<6:], &c.val, c.has)
			copyBits(s.cnt[w<<6:], &c.cnt, c.has)
		}
	}
	return true
}

// add adds the facts of a stretch up that pass what is left of the tests.
func (v *boundValue) add(st *stretch, s *sweep, left []boundTest) bool {
	val, cnt := s.val, s.cnt
	f := v.facts
	s.used = 0
	tests, none, ok := s.sieves(st, left, f.counted)
	if !ok {
		return false
	}
	var all []sieve // of sums
	if v.agg == Sum || v.agg == Average {
		if all, none, ok = s.sieves(st, left); !ok {
			return false
		}
	}
	var p *packed
	if v.of != nil {
		if p = st.ordered(v.of); p == nil {
			return false
		}
		switch {
		case p.bias == 0 || v.agg == Distinct:
		case p.width == 0: // not one has a value
			none = true
		default:
			tests = append(tests, sieve{p: p, ranged: true, lo: 1, hi: math.MaxUint64})
		}
	}
	if none {
		st.lo, st.hi, st.only = 0, 0, nil
	}
	s.has = everyRow
	switch v.agg {
	case Count:
		v.count(st, s, tests, val)
	case Sum:
		if v.sum(st, s, all, *p, val) {
			return true
		}
	case Average:
		v.sum(st, s, all, *p, val)
		if p.bias == 1 { // those that have a value
			clear(cnt[:])
			s.count(st, tests, cnt, 1)
		} else {
			v.count(st, s, tests, cnt)
		}
		s.hasAbove(cnt, 0)
	case Min, Max:
		if p.width < 8 || p.width == 64 {
			return false
		}
		s.extreme(st, tests, p, val, v.agg == Max)
	case First, Last:
		s.ends(st, tests, val, v.agg == Last)
	case Distinct:
		if p.width != 8 && p.width != 16 {
			return false
		}
		return v.different(st, s, tests, p, val)
	}
	if v.per > 1 && v.agg != Average {
		for i := range val {
			if s.has.has(uint16(i)) {
				val[i] = rounded(val[i], v.per)
			}
		}
	}
	return true
}

// count adds the facts that pass.
func (v *boundValue) count(st *stretch, s *sweep, tests []sieve, to *[blockRows]int64) {
	rest, sign := v.counts.begin(st, to, 0, 1, func(st *stretch) { s.count(st, tests, to, 1) })
	s.count(&rest, tests, to, sign)
}

// sum adds the values of the facts that pass; divided says that they are parts of
// themselves already, by per.
func (v *boundValue) sum(st *stretch, s *sweep, tests []sieve, p packed, to *[blockRows]int64) (divided bool) {
	whole, per := p, int64(1)
	if v.agg == Sum && v.per > 1 && p.divide(v.per) {
		per, divided = v.per, true
	}
	rest, sign := v.sums.begin(st, to, whole.unit(), per, func(st *stretch) { s.sum(st, tests, &whole, to, 1) })
	s.sum(&rest, tests, &p, to, sign)
	return divided
}
