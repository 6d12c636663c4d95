package column

import (
	"math/bits"
	"slices"
)

// chosen is Facts bound to the columns as they are.
type chosen struct {
	day      *series
	counted  []boundTest // none or one
	tests    []boundTest
	from, to int64
}

// cursor is the facts of up to 64 customers of a block that are looked at.
type cursor struct {
	n           int
	bit         [64]uint8 // of the customer in the word
	first, last [64]int32 // the facts, in the block or its overlay
	at          [64]int32 // where those of the customer stand in sel
	sel         []uint8   // 1 for facts that were chosen, where masked
	masked      bool
	ones        []uint64 // where not nil, only facts with a bit here are chosen
	// What came out, by bit.
	val, cnt [64]int64
	has      uint64
	list     []int64
	values   []int64
	other    *cursor // of the second facts of a sequence
	codes    codes
}

// codes is which codes of eight bits pass a test, for one word after another of
// a block. A bound test is of one question, during which nothing is written.
type codes struct {
	test *boundTest
	of8  *packed
	is   [256]uint8
}

func (k *codes) of(t *boundTest, p *packed) *[256]uint8 {
	if k.test == t && k.of8 == p {
		return &k.is
	}
	k.test, k.of8 = t, p
	for u := range k.is {
		k.is[u] = 0
		if t.holds(p.value(uint64(u)), uint64(u) >= p.bias) {
			k.is[u] = 1
		}
	}
	return &k.is
}

// rows takes customers of a word: those in the overlay of k, or the others.
func (c *cursor) rows(k *seriesBlock, w int, m uint64, over bool) {
	c.masked, c.ones = false, nil
	if k == nil || m == 0 {
		c.n = bits.OnesCount64(m)
		for i := range c.n {
			c.bit[i] = uint8(bits.TrailingZeros64(m))
			m &= m - 1
			c.first[i], c.last[i] = 0, 0
		}
		return
	}
	n := 0
	if over {
		at, _ := slices.BinarySearch(k.over.rows, uint16(w<<6))
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros64(m)
			for int(k.over.rows[at]) != w<<6|i {
				at++
			}
			c.bit[n], c.first[n], c.last[n] = uint8(i), int32(k.over.off[at]), int32(k.over.off[at+1])
			n++
		}
		c.n = n
		return
	}
	off := (*[65]uint32)(k.off[w<<6:])
	for ; m != 0; m &= m - 1 {
		i := bits.TrailingZeros64(m) & 63
		c.bit[n&63], c.first[n&63], c.last[n&63] = uint8(i), int32(off[i]), int32(off[i+1])
		n++
	}
	c.n = n
}

func (k *seriesBlock) values(over bool) *packed {
	if over {
		return &k.over.values
	}
	return &k.main
}

// choose leaves the facts that are in the window and pass the tests.
func (c *cursor) choose(f *chosen, b int, over bool) {
	k := f.day.block(b)
	if k == nil {
		return
	}
	p := k.values(over)
	switch {
	case !over && p.bias == 0 && f.from <= p.min && p.max <= f.to: // the window is wider than the block
	case !over && k.asc && p.width >= 8:
		lo, hi, ok := p.bounds(f.from, f.to)
		switch {
		case !ok:
			c.nothing()
		case p.width == 8:
			narrow(c, p.u8, uint8(lo), uint8(hi))
		case p.width == 16:
			narrow(c, p.u16, uint16(lo), uint16(hi))
		case p.width == 32:
			narrow(c, p.u32, uint32(lo), uint32(hi))
		default:
			narrow(c, p.u64, lo, hi)
		}
	default:
		c.test(&boundTest{ranged: true, from: f.from, to: f.to}, p)
	}
	c.pass(f.tests, b, over)
}

func (c *cursor) pass(tests []boundTest, b int, over bool) {
	for i := range tests {
		if k := tests[i].col.block(b); k != nil {
			c.test(&tests[i], k.values(over))
		}
	}
}

func (c *cursor) nothing() {
	for i := range c.n {
		c.last[i] = c.first[i]
	}
}

// narrow leaves of ascending facts those from lo to hi, looked for from the
// end: windows mostly end there.
func narrow[T unsigned](c *cursor, u []T, lo, hi T) {
	for i := range c.n {
		first, last := int(c.first[i]), int(c.last[i])
		part := u[first:last]
		n := len(part)
		for n > 0 && part[n-1] > hi {
			n--
		}
		at := n
		for at > 0 && part[at-1] >= lo {
			at--
		}
		c.first[i], c.last[i] = int32(first+at), int32(first+n)
	}
}

// mask makes room for a mark at each fact.
func (c *cursor) mask() {
	if c.masked {
		return
	}
	n := int32(0)
	for i := range c.n {
		c.at[i] = n
		n += c.last[i] - c.first[i]
	}
	if int(n) > cap(c.sel) {
		c.sel = make([]uint8, n+n/2)
	}
	c.sel = c.sel[:n]
	for at := 0; at < len(c.sel); {
		at += copy(c.sel[at:], yes[:])
	}
	c.masked = true
}

// merge puts ones into the marks.
func (c *cursor) merge() {
	if c.ones != nil {
		c.mask()
		c.bits(c.ones, true)
		c.ones = nil
	}
}

var yes = func() (y [1024]uint8) {
	for i := range y {
		y[i] = 1
	}
	return y
}()

// test leaves the facts that pass.
func (c *cursor) test(t *boundTest, p *packed) {
	if p.width <= 1 {
		zero := t.holds(p.base, p.bias == 0)
		one := zero
		if p.width == 1 {
			one = t.holds(p.base+p.scale, true)
		}
		switch {
		case !zero && !one:
			c.nothing()
		case zero == one:
		case one && c.ones == nil: // seldom all of them are looked at
			c.ones = p.u1
		default:
			c.mask()
			c.bits(p.u1, one)
		}
		return
	}
	if t.ranged {
		lo, hi, ok := p.bounds(t.from, t.to)
		if !ok {
			if !t.not {
				c.nothing()
			}
			return
		}
		c.mask()
		switch p.width {
		case 8:
			within(c, p.u8, uint8(lo), uint8(hi), t.not)
		case 16:
			within(c, p.u16, uint16(lo), uint16(hi), t.not)
		case 32:
			within(c, p.u32, uint32(lo), uint32(hi), t.not)
		case 64:
			within(c, p.u64, lo, hi, t.not)
		}
		return
	}
	c.mask()
	switch p.width {
	case 8:
		is := c.codes.of(t, p)
		for i := range c.n {
			part := p.u8[c.first[i]:c.last[i]]
			sel := c.sel[c.at[i]:][:len(part)]
			for j, u := range part {
				sel[j] &= is[u]
			}
		}
	case 16:
		among(c, p.u16, p, t)
	case 32:
		among(c, p.u32, p, t)
	case 64:
		among(c, p.u64, p, t)
	}
}

func (c *cursor) bits(u []uint64, one bool) {
	turn := ^uint64(0)
	if one {
		turn = 0
	}
	for i := range c.n {
		first, last := int(c.first[i]), int(c.last[i])
		sel := c.sel[c.at[i]:][:last-first]
		for len(sel) > 0 {
			word := (u[first>>6] ^ turn) >> (first & 63)
			n := min(64-first&63, len(sel))
			for j := range sel[:n] {
				sel[j] &= uint8(word & 1)
				word >>= 1
			}
			first, sel = first+n, sel[n:]
		}
	}
}

// is says whether a fact of the i-th customer was chosen.
func (c *cursor) is(i int, j int32) bool {
	if c.masked && c.sel[c.at[i]+j-c.first[i]] == 0 {
		return false
	}
	return c.ones == nil || c.ones[j>>6]>>(j&63)&1 == 1
}

func within[T unsigned](c *cursor, u []T, lo, hi T, not bool) {
	turn := uint8(0)
	if not {
		turn = 1
	}
	for i := range c.n {
		part := u[c.first[i]:c.last[i]]
		sel := c.sel[c.at[i]:][:len(part)]
		for j, x := range part {
			var is uint8
			if x-lo <= hi-lo {
				is = 1
			}
			sel[j] &= is ^ turn
		}
	}
}

func among[T unsigned](c *cursor, u []T, p *packed, t *boundTest) {
	turn := uint64(0)
	if t.not {
		turn = 1
	}
	set, n := t.keys.bits, uint64(len(t.keys.bits))
	plain := t.keys.list == nil && p.bias == 0
	for i := range c.n {
		part := u[c.first[i]:c.last[i]]
		sel := c.sel[c.at[i]:][:len(part)]
		if plain {
			for j, x := range part {
				v := uint64(p.base) + uint64(p.scale)*uint64(x) - uint64(t.keys.least)
				is := uint64(0)
				if v>>6 < n {
					is = set[v>>6] >> (v & 63) & 1
				}
				sel[j] &= uint8(is ^ turn)
			}
			continue
		}
		for j, x := range part {
			if !t.holds(p.value(uint64(x)), uint64(x) >= p.bias) {
				sel[j] = 0
			}
		}
	}
}

// chosenIn is how many facts of the i-th customer are left.
func (c *cursor) chosenIn(i int) (n int64) {
	if !c.masked {
		if c.ones == nil {
			return int64(c.last[i] - c.first[i])
		}
		first, last := int(c.first[i]), int(c.last[i])
		for first < last {
			part := min(64-first&63, last-first)
			n += int64(bits.OnesCount64(c.ones[first>>6] >> (first & 63) << (64 - part)))
			first += part
		}
		return n
	}
	c.merge()
	for _, s := range c.sel[c.at[i]:][:c.last[i]-c.first[i]] {
		n += int64(s)
	}
	return n
}

// end is the first or the last fact that is left of the i-th customer, -1 for none.
func (c *cursor) end(i int, last bool) int {
	if last {
		for j := c.last[i] - 1; j >= c.first[i]; j-- {
			if c.is(i, j) {
				return int(j)
			}
		}
		return -1
	}
	for j := c.first[i]; j < c.last[i]; j++ {
		if c.is(i, j) {
			return int(j)
		}
	}
	return -1
}
