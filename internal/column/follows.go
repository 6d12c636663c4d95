package column

import "math"

// boundFollows is a sequence bound to the columns.
type boundFollows struct {
	a, b     *chosen
	atA, atB *series
	within   int64
	without  bool
	same     bool // both are of one stream
	left     *spare
	gaps     *gaps // where they are kept
}

// word gives those of a word of a block for whom it holds.
func (f *boundFollows) word(b, w int, m uint64, c *cursor) (out uint64) {
	if c.other == nil {
		c.other = &cursor{}
	}
	ka, kb := f.a.day.block(b), f.b.day.block(b)
	if ka == nil {
		return 0
	}
	overA, overB := ka.changed[w], uint64(0)
	if kb != nil {
		overB = kb.changed[w]
	}
	for _, part := range [4]struct {
		m            uint64
		overA, overB bool
	}{
		{m &^ overA &^ overB, false, false}, {m & overA &^ overB, true, false},
		{m &^ overA & overB, false, true}, {m & overA & overB, true, true},
	} {
		if part.m != 0 {
			out |= f.part(b, w, part.m, part.overA, part.overB, c)
		}
	}
	return out
}

func (f *boundFollows) part(b, w int, m uint64, overA, overB bool, c *cursor) (out uint64) {
	kb := f.b.day.block(b)
	d := c.other
	if first := len(f.b.tests) > len(f.a.tests) && !f.without; first && kb != nil { // b is rarer: who has none needs no look at a
		d.rows(kb, w, m, overB)
		d.choose(f.b, b, overB)
		d.pass(f.b.counted, b, overB)
		m = 0
		for j := range d.n {
			if d.end(j, true) >= 0 {
				m |= 1 << d.bit[j]
			}
		}
	}
	if m == 0 {
		return 0
	}
	c.rows(f.a.day.block(b), w, m, overA)
	c.choose(f.a, b, overA)
	c.pass(f.a.counted, b, overA)
	some := uint64(0) // who has a fact of a
	for i := range c.n {
		if c.end(i, false) >= 0 {
			some |= 1 << c.bit[i]
		}
	}
	if some == 0 {
		return 0
	}
	if kb == nil {
		if f.without {
			return some
		}
		return 0
	}
	d.rows(kb, w, some, overB)
	d.choose(f.b, b, overB)
	d.pass(f.b.counted, b, overB)
	if f.same {
		day := kb.values(overB)
		for i, j := 0, 0; i < c.n; i++ {
			if some>>c.bit[i]&1 == 0 {
				continue
			}
			for d.bit[j] != c.bit[i] {
				j++
			}
			if f.holdsInOne(c, i, d, j, day, kb.asc && !overB) {
				out |= 1 << c.bit[i]
			}
		}
		return out
	}
	dayA, atA := f.a.day.block(b).values(overA), f.atA.block(b).values(overA)
	dayB, atB := kb.values(overB), f.atB.block(b).values(overB)
	j := 0
	for i := range c.n {
		if some>>c.bit[i]&1 == 0 {
			continue
		}
		for d.bit[j] != c.bit[i] {
			j++
		}
		if f.holds(c, i, d, j, dayA, atA, dayB, atB) {
			out |= 1 << c.bit[i]
		}
	}
	return out
}

// holdsInOne is holds where both are of one stream: what stands behind is later.
func (f *boundFollows) holdsInOne(c *cursor, i int, d *cursor, j int, days *packed, asc bool) bool {
	if asc && !f.without && len(f.b.tests) > len(f.a.tests) {
		// Of each fact of b the one of a that stands before it is the nearest.
		x := d.last[j]
		for y := d.last[j] - 1; y >= d.first[j]; y-- {
			if !d.is(j, y) {
				continue
			}
			if x >= y {
				for x = min(y, c.last[i]) - 1; x >= c.first[i] && !c.is(i, x); x-- {
				}
				if x < c.first[i] {
					return false
				}
			}
			if days.distance(int(x), int(y)) <= f.within {
				return true
			}
		}
		return false
	}
	if asc {
		y := int32(-1)
		for x := c.first[i]; x < c.last[i]; x++ {
			if !c.is(i, x) {
				continue
			}
			if y <= x {
				for y = max(x+1, d.first[j]); y < d.last[j] && !d.is(j, y); y++ {
				}
				if y >= d.last[j] {
					return f.without
				}
			}
			if (days.distance(int(x), int(y)) <= f.within) != f.without {
				return true
			}
		}
		return false
	}
	least, any := int64(math.MaxInt64), false
	for x := max(c.last[i], d.last[j]) - 1; x >= c.first[i]; x-- {
		isA := x < c.last[i] && c.is(i, x)
		isB := x < d.last[j] && x >= d.first[j] && d.is(j, x)
		if !isA && !isB {
			continue
		}
		day, _ := days.at(int(x))
		if isA && (any && least-day <= f.within) != f.without {
			return true
		}
		if isB {
			least, any = min(least, day), true
		}
	}
	return false
}

func (f *boundFollows) holds(c *cursor, i int, d *cursor, j int, dayA, atA, dayB, atB *packed) bool {
	// From the end to the beginning: of the facts of b that come later than one
	// of a, the least day says whether one is near enough.
	least := int64(math.MaxInt64)
	any := false
	y := d.last[j] - 1
	for x := c.last[i] - 1; x >= c.first[i]; x-- {
		if !c.is(i, x) {
			continue
		}
		at, has := atA.at(int(x))
		if !has {
			if f.without {
				return true
			}
			continue
		}
		for ; y >= d.first[j]; y-- {
			if !d.is(j, y) {
				continue
			}
			then, has := atB.at(int(y))
			if !has {
				continue
			}
			if then < at || then == at && (!f.same || y <= x) {
				break
			}
			day, _ := dayB.at(int(y))
			least, any = min(least, day), true
		}
		day, _ := dayA.at(int(x))
		if (any && least-day <= f.within) != f.without {
			return true
		}
	}
	return false
}

// ends finds those of a word whose first or last fact passes.
func (t *boundEnds) word(b, w int, m uint64, c *cursor) (out uint64) {
	k := t.facts.day.block(b)
	if k == nil {
		return 0
	}
	for _, over := range [2]bool{false, true} {
		part := m & k.changed[w]
		if !over {
			part = m &^ k.changed[w]
		}
		if part == 0 {
			continue
		}
		c.rows(k, w, part, over)
		c.choose(t.facts, b, over)
		c.pass(t.facts.counted, b, over)
		p := t.test.col.block(b).values(over)
		for i := range c.n {
			if at := c.end(i, t.last); at >= 0 {
				if v, has := p.at(at); t.test.holds(v, has) {
					out |= 1 << c.bit[i]
				}
			}
		}
	}
	return out
}

// boundEnds is a test of the first or last fact, bound to the columns.
type boundEnds struct {
	facts *chosen
	test  boundTest
	last  bool
}
