package column

import (
	"math"
	"math/bits"
	"slices"
)

// boundValue is a Value bound to the columns as they are.
type boundValue struct {
	num   data // without facts
	facts *chosen
	agg   Agg
	of    *series
	via   []int32 // of Distinct: word of each number, below 0 for none
	per   int64
	left  *spare
	// Kept totals of sums and of numbers of facts, where there are any.
	sums, counts *totals
}

// word finds the values of customers of a word of a block: c.val by bit where
// c.has says so; of an average val ÷ cnt.
func (v *boundValue) word(b, w int, m uint64, c *cursor) {
	c.has = 0
	if v.facts == nil {
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros64(m)
			if x, has := numberAt(v.num, b, uint16(w<<6|i)); has {
				c.val[i], c.cnt[i] = x, 1
				c.has |= 1 << i
			}
		}
	} else {
		k := v.facts.day.block(b)
		over := uint64(0)
		if k != nil {
			over = k.changed[w]
		}
		if kept := m &^ over; kept != 0 {
			c.rows(k, w, kept, false)
			v.aggregate(b, c, false)
		}
		if over &= m; over != 0 {
			c.rows(k, w, over, true)
			v.aggregate(b, c, true)
		}
	}
	if v.per > 1 && v.agg != Average {
		for h := c.has; h != 0; h &= h - 1 {
			i := bits.TrailingZeros64(h)
			c.val[i] = rounded(c.val[i], v.per)
		}
	}
}

// rounded is v ÷ per, half to even.
func rounded(v, per int64) int64 {
	q, r := v/per, v%per
	if r < 0 {
		q, r = q-1, r+per
	}
	if 2*r > per || 2*r == per && q&1 == 1 {
		q++
	}
	return q
}

// unrounded are the numbers that round to what lies from from to to.
func unrounded(from, to, per int64) (int64, int64) {
	least := func(t int64) int64 { // the least number that rounds to t or above
		if t > math.MaxInt64/per || t < math.MinInt64/per+1 {
			if t > 0 {
				return math.MaxInt64
			}
			return math.MinInt64
		}
		if t&1 == 0 {
			return per*t - per/2
		}
		return per*t - per/2 + 1
	}
	lo, hi := int64(math.MinInt64), int64(math.MaxInt64)
	if from > math.MinInt64 {
		lo = least(from)
	}
	if to < math.MaxInt64/per {
		hi = least(to + 1)
		if hi == math.MinInt64 {
			return 1, 0
		}
		hi--
	}
	return lo, hi
}

func (v *boundValue) aggregate(b int, c *cursor, over bool) {
	f := v.facts
	k := f.day.block(b)
	if k == nil {
		if v.agg == Count || v.agg == Sum || v.agg == Distinct {
			for i := range c.n {
				c.val[c.bit[i]] = 0
				c.has |= 1 << c.bit[i]
			}
		}
		return
	}
	c.choose(f, b, over)
	if v.agg != Sum && v.agg != Average {
		c.pass(f.counted, b, over)
	}
	switch v.agg {
	case Count:
		for i := range c.n {
			at := c.bit[i] & 63
			if c.val[at] = int64(c.last[i&63] - c.first[i&63]); c.masked || c.ones != nil {
				c.val[at] = c.chosenIn(i)
			}
			c.has |= 1 << at
		}
	case Sum:
		c.sum(v.of.block(b).values(over))
		for i := range c.n {
			c.has |= 1 << c.bit[i]
		}
	case Average:
		p := v.of.block(b).values(over)
		c.sum(p)
		if len(f.counted) > 0 {
			c.pass(f.counted, b, over)
			c.count(p)
		}
		for i := range c.n {
			if c.cnt[c.bit[i]] > 0 {
				c.has |= 1 << c.bit[i]
			}
		}
	case Min, Max:
		c.extreme(v.of.block(b).values(over), v.agg == Max)
	case First, Last:
		if !over && k.asc {
			for i := range c.n {
				if at := c.end(i, v.agg == Last); at >= 0 {
					c.val[c.bit[i]], _ = k.main.at(at)
					c.has |= 1 << c.bit[i]
				}
			}
			return
		}
		c.extreme(k.values(over), v.agg == Last)
	case Next:
		c.next(k.values(over), !over && k.asc)
	case Distinct:
		v.distinct(c, v.of.block(b).values(over))
	}
}

// sum adds up the facts that are left, and counts those with a value.
func (c *cursor) sum(p *packed) {
	c.merge()
	switch p.width {
	case 8:
		sum(c, p.u8, p.bias)
	case 16:
		sum(c, p.u16, p.bias)
	case 32:
		sum(c, p.u32, p.bias)
	case 64:
		sum(c, p.u64, p.bias)
	default:
		for i := range c.n {
			n, ones := int64(0), int64(0)
			for j := c.first[i]; j < c.last[i]; j++ {
				if !c.is(i, j) {
					continue
				}
				n++
				if p.width == 1 {
					ones += int64(p.u1[j>>6] >> (j & 63) & 1)
				}
			}
			if p.bias == 1 {
				n = 0
			}
			c.val[c.bit[i]], c.cnt[c.bit[i]] = ones, n
		}
	}
	for i := range c.n {
		at := c.bit[i] & 63
		n := c.cnt[at]
		c.val[at] = p.base*n + p.scale*(c.val[at]-int64(p.bias)*n)
	}
}

func sum[T unsigned](c *cursor, u []T, bias uint64) {
	for i := range c.n {
		part := u[c.first[i]:c.last[i]]
		var all, n uint64
		switch {
		case c.masked && bias == 0:
			sel := c.sel[c.at[i]:][:len(part)]
			for j, x := range part {
				all += uint64(x) & -uint64(sel[j])
				n += uint64(sel[j])
			}
		case c.masked:
			sel := c.sel[c.at[i]:][:len(part)]
			for j, x := range part {
				if sel[j] == 1 && x != 0 {
					all += uint64(x)
					n++
				}
			}
		case bias == 0:
			for _, x := range part {
				all += uint64(x)
			}
			n = uint64(len(part))
		default:
			for _, x := range part {
				if x != 0 {
					all += uint64(x)
					n++
				}
			}
		}
		c.val[c.bit[i]], c.cnt[c.bit[i]] = int64(all), int64(n)
	}
}

// count counts the facts that are left and have a value.
func (c *cursor) count(p *packed) {
	for i := range c.n {
		n := c.chosenIn(i)
		if p.bias == 1 {
			n = 0
			for j := c.first[i]; j < c.last[i]; j++ {
				if !c.is(i, j) {
					continue
				}
				if _, has := p.at(int(j)); has {
					n++
				}
			}
		}
		c.cnt[c.bit[i]] = n
	}
}

func (c *cursor) extreme(p *packed, most bool) {
	for i := range c.n {
		best, any := int64(0), false
		for j := c.first[i]; j < c.last[i]; j++ {
			if !c.is(i, j) {
				continue
			}
			if v, has := p.at(int(j)); has && (!any || v > best == most) {
				best, any = v, true
			}
		}
		if any {
			c.val[c.bit[i]] = best
			c.has |= 1 << c.bit[i]
		}
	}
}

// next is the day of the next fact. Where days ascend the ends are found at once.
func (c *cursor) next(days *packed, asc bool) {
	for i := range c.n {
		var first, last, n int64
		if asc {
			if at := c.end(i, false); at >= 0 {
				first, _ = days.at(at)
				last, _ = days.at(c.end(i, true))
				n = c.chosenIn(i)
			}
		} else {
			first, last, n = c.span(i, days)
		}
		if n >= 3 && last > first {
			c.val[c.bit[i]] = last + (2*(last-first)+n-1)/(2*(n-1))
			c.has |= 1 << c.bit[i]
		}
	}
}

// span is the least and the greatest number of the facts that are left, and how
// many have one.
func (c *cursor) span(i int, p *packed) (least, most, n int64) {
	for j := c.first[i]; j < c.last[i]; j++ {
		if !c.is(i, j) {
			continue
		}
		if v, has := p.at(int(j)); has {
			if n == 0 {
				least, most = v, v
			}
			least, most, n = min(least, v), max(most, v), n+1
		}
	}
	return least, most, n
}

func (v *boundValue) distinct(c *cursor, p *packed) {
	for i := range c.n {
		c.list = c.list[:0]
		few := uint64(0) // those below 64, as bits
		c.values = p.append(c.values[:0], int(c.first[i]), int(c.last[i]))
		for j, x := range c.values {
			if !c.is(i, c.first[i]+int32(j)) {
				continue
			}
			has := x != null
			if has && v.via != nil {
				if x < 0 || x >= int64(len(v.via)) || v.via[x] < 0 {
					continue
				}
				x = int64(v.via[x])
			}
			switch {
			case !has:
			case uint64(x) < 64:
				few |= 1 << x
			default:
				c.list = append(c.list, x)
			}
		}
		n := len(c.list)
		if n > 1 {
			slices.Sort(c.list)
			n = len(slices.Compact(c.list))
		}
		c.val[c.bit[i]] = int64(n + bits.OnesCount64(few))
		c.has |= 1 << c.bit[i]
	}
}
