package column

import "sort"

// sweep finds everybody for whom the sequence holds, in the order of days.
func (f *boundFollows) sweep(b int, want, out *rows, s *sweep) bool {
	if !f.same || f.a.day != f.b.day {
		return false
	}
	sa, ok := f.a.stretch(b, f.left)
	if !ok || !sa.days.asc {
		return false
	}
	sb, ok := f.b.stretch(b, f.left)
	if !ok || !sa.worth(want, 20+8*(len(f.a.tests)+len(f.b.tests)), f.gaps.size(&sa)) {
		return false
	}
	s.used = 0
	testsA, noneA, ok := s.sieves(&sa, f.a.tests, f.a.counted)
	if !ok {
		return false
	}
	testsB, noneB, ok := s.sieves(&sb, f.b.tests, f.b.counted)
	if !ok {
		return false
	}
	if noneA {
		sa.lo = sa.hi
	}
	if noneB {
		sb.lo = sb.hi
	}
	if f.gaps != nil && !noneA && !noneB {
		f.gaps.find(&sa, &sb, out, s, testsA, testsB, int(f.within), f.without)
	} else {
		f.backward(&sa, &sb, out, s, testsA, testsB)
	}
	if len(sa.days.over.rows) == 0 {
		return true
	}
	c := cursors.Get().(*cursor)
	defer cursors.Put(c)
	for w, m := range sa.days.changed {
		if m != 0 {
			out[w] = out[w]&^m | f.word(b, w, m, c)
		}
	}
	return true
}

// backward goes from the newest fact back, with the day of each customer's next fact
// of b at hand.
func (f *boundFollows) backward(sa, sb *stretch, out *rows, s *sweep, testsA, testsB []sieve) {
	for i := range s.next {
		s.next[i] = noNext
	}
	days, start := len(sa.cal.start)-1, sa.cal.start
	day := func(at int) int { return sort.Search(days, func(d int) bool { return int(start[d+1]) > at }) }
	// What comes later than the last of a by more than within days decides nothing.
	within, hi := int(min(f.within, calendarDays)), 0
	if sa.lo < sa.hi {
		hi = max(min(sb.hi, int(start[min(day(sa.hi-1)+within+1, days)])), sa.hi)
	}
	turn := uint32(1)
	if f.without {
		turn = 0
	}
	for lo := hi; lo > sa.lo; {
		end := lo
		lo = max(lo-sweepStep, sa.lo)
		isA := s.mark(0, lo, end, sa, testsA)
		isB := isA
		if !f.alike() || lo < sb.lo || end > min(sa.hi, sb.hi) {
			isB = s.mark(1, lo, end, sb, testsB)
		}
		s.follow(sa, lo, end, day(end-1), within, turn, isA, isB)
	}
	for w := range out {
		m := uint64(0)
		for i, x := range s.next[w<<6 : w<<6+64] {
			m |= uint64(x>>15) << i
		}
		out[w] = m
	}
}

// alike says that the facts of a and b pass the same tests, as far as one can
// tell: none.
func (f *boundFollows) alike() bool {
	counted := func(c *chosen) *series {
		if len(c.counted) == 0 {
			return nil
		}
		return c.counted[0].col
	}
	return len(f.a.tests) == 0 && len(f.b.tests) == 0 && counted(f.a) == counted(f.b)
}

// noNext is the day of the next fact where there is none; held is set where the
// sequence held.
const (
	noNext = calendarDays
	held15 = 1 << 15
)

// follow looks at the facts from lo to below hi, the last one of a day.
func (s *sweep) follow(st *stretch, lo, hi, day, within int, turn uint32, isA, isB []uint8) {
	for hi > lo {
		first := max(int(st.cal.start[day]), lo)
		late, now := uint32(min(day+within, noNext-1)), uint16(day)
		row, a, b := st.cal.row[first:hi], isA[first-lo:hi-lo], isB[first-lo:hi-lo]
		for i := len(row) - 1; i >= 0; i-- {
			// Without branches: nobody foresees which way they go.
			at := row[i] & (blockRows - 1)
			x := s.next[at]
			next := x &^ held15
			is := ((late-uint32(next))>>31 ^ turn) & uint32(a[i])
			s.next[at] = next ^ (next^now)&-uint16(b[i]) | x&held15 | uint16(is)<<15
		}
		hi = first
		day--
	}
}

// mark says of the facts from lo to below hi which are in a stretch and pass.
func (s *sweep) mark(i, lo, hi int, st *stretch, tests []sieve) []uint8 {
	marks := s.marks[i][:hi-lo]
	from, to := max(lo, st.lo), min(hi, st.hi)
	if from >= to {
		clear(marks)
		return marks
	}
	clear(marks[:from-lo])
	clear(marks[to-lo:])
	markAll(marks[from-lo:to-lo], from, tests)
	return marks
}
