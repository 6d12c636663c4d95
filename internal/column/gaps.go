package column

// How many days it takes from each fact to the next one of a kind does not depend
// on the window that a sequence is asked for, nor on how soon is soon enough.
// So it is kept, a byte a fact in the order of days, and so are the least of each
// customer from one day in so many on: what is typed is compared with them.

const (
	// gapMost days are told from each other; farther or never is one more.
	gapMost = 254
	// leastShare: least gaps are kept from more days than totals, of which they
	// take a quarter.
	leastShare = 2
)

// gaps is what is kept of a sequence whose facts are both of one stream.
type gaps struct {
	leaf  *leaf // days to the next fact of the second kind
	least *leaf // of each customer from a day on; nil where none are kept
	from  int64
	early bool // facts of the second kind count from the first day on
}

// blockGaps are those of a block. They belong to its calendar, as totals do.
type blockGaps struct {
	of     int64
	values packed
	least  *[blockRows]uint8
}

// gaps gives what is kept of a sequence; nil where nothing is.
func (v *view) gaps(f *factCond, days *series) *gaps {
	if v.kept == nil || v.one || f.within < 0 || f.within > gapMost {
		return nil
	}
	blocks := len(v.get(everybody).(*sets).blocks)
	newest, b := days.newest(), f.b
	if b.To >= newest {
		b.To = LastDay
	}
	if b.From <= f.a.From { // what follows a fact of a is not before it
		b.From = FirstDay
	}
	early := b.From == FirstDay
	h := keyed{}
	h.text("gaps")
	h.facts(&b)
	g := &gaps{leaf: v.kept.get(h.key(), b.cols, blocks, days.perRow(blocks)), early: early}
	if g.leaf == nil {
		return nil
	}
	a, every := f.a, v.kept.every/leastShare
	if a.To < newest {
		return g
	}
	if a.From > FirstDay { // a later day: the least of more facts is known, that of fewer is not
		a.From = max(a.From, 0) + every - 1
		if a.From -= a.From % every; a.From > newest {
			return g
		}
	}
	a.To = LastDay
	h = keyed{}
	h.text("least")
	h.facts(&a)
	h.facts(&b)
	h.is(f.without)
	g.from, g.least = a.From, v.kept.get(h.key(), func(fn func(Col)) { a.cols(fn); b.cols(fn) }, blocks, 1)
	return g
}

// find finds everybody of a block for whom a sequence holds, but for those in the
// overlay; ok is false where it cannot.
func (g *gaps) find(sa, sb *stretch, out *rows, s *sweep, testsA, testsB []sieve, within int, without bool) {
	at := g.leaf.block(sa.b)
	at.mu.Lock()
	if at.gaps.of != sa.cal.number {
		then := *sb
		if g.early {
			then.lo = 0
		}
		at.gaps.values = s.gaps(&then, testsB)
		at.gaps.of = sa.cal.number
	}
	p := at.gaps.values
	at.mu.Unlock()
	is := sieve{p: &p, ranged: true, hi: uint64(within)}
	if without {
		is.lo, is.hi = uint64(within)+1, gapMost+1
	}
	*out = rows{}
	rest := *sa
	if g.least != nil && sa.hi == len(sa.cal.row) {
		most := uint8(within)
		if without {
			most = uint8(gapMost - within)
		}
		rest.hi = max(sa.cal.begin(g.from), sa.lo)
		kept := *sa
		kept.lo = rest.hi
		at := g.least.block(sa.b)
		at.mu.Lock()
		if at.gaps.of != sa.cal.number {
			if at.gaps.least == nil {
				at.gaps.least = new([blockRows]uint8)
			}
			s.least(&kept, testsA, p.u8, without, at.gaps.least)
			at.gaps.of = sa.cal.number
		}
		upTo(at.gaps.least, most, out)
		at.mu.Unlock()
	}
	s.present(&rest, append([]sieve{is}, testsA...), out)
}

// upTo marks those whose least gap is at most so many days.
func upTo(least *[blockRows]uint8, most uint8, out *rows) {
	for w := range out {
		m := uint64(0)
		above := func(x uint8) uint64 { return uint64(int64(most)-int64(x)) >> 63 }
		for i := w << 6; i < w<<6+64; i += 4 { // as in mask
			x := (*[4]uint8)(least[i:])
			m = m>>4 | (above(x[0])+2*above(x[1])+4*above(x[2])+8*above(x[3]))<<60
		}
		out[w] = ^m
	}
}

// size is how many facts are looked at.
func (g *gaps) size(st *stretch) int {
	if g == nil || g.least == nil || st.hi != len(st.cal.row) {
		return st.hi - st.lo
	}
	return max(st.cal.begin(g.from), st.lo) - st.lo
}

// gaps gives the days from each fact of a block to the next one of a customer that
// is in a stretch and passes.
func (s *sweep) gaps(st *stretch, tests []sieve) packed {
	row, start := st.cal.row, st.cal.start
	p := packed{n: len(row), width: 8, scale: 1, max: gapMost + 1, u8: make([]uint8, len(row))}
	for i := range s.next {
		s.next[i] = never
	}
	for day := len(start) - 2; day >= 0; day-- {
		for hi := int(start[day+1]); hi > int(start[day]); {
			lo := max(int(start[day]), hi-sweepStep)
			is := s.mark(0, lo, hi, st, tests)
			for i := hi - 1; i >= lo; i-- {
				at := &s.next[row[i]&(blockRows-1)]
				next := *at
				p.u8[i] = uint8(min(next-uint16(day), gapMost+1))
				*at = next ^ (next^uint16(day))&-uint16(is[i-lo])
			}
			hi = lo
		}
	}
	return p
}

// never is a day behind all days of calendars, by more than gapMost.
const never = 1<<16 - 1

// least leaves the least gap of each customer's facts that pass; turned, gapMost+1
// less the greatest.
func (s *sweep) least(st *stretch, tests []sieve, gaps []uint8, turned bool, to *[blockRows]uint8) {
	for i := range to {
		to[i] = gapMost + 1
	}
	turn, row := uint8(0), st.cal.row
	if turned {
		turn = gapMost + 1 // x ^ 255 is 255 − x
	}
	s.each(st, tests, func(list []uint32) {
		for _, j := range list {
			at := &to[row[j]&(blockRows-1)]
			*at = min(*at, gaps[j]^turn)
		}
	})
}
