package column

import (
	"bytes"
	"math/bits"
	"slices"
)

// wordMost customers of a block at most are looked at word by word ([test.word]);
// for more, whole blocks are.
const wordMost = 256

// word gives those of 64 customers of a block, m of word w, for whom the test
// holds. It is eval for few customers: nothing is made for those who are not
// asked for, and nothing is kept.
func (t *test) word(b, w int, m uint64, c *cursor) (out uint64) {
	switch t.op {
	case opTrue:
		return m
	case opAll:
		for i := range t.kids {
			if m == 0 {
				break
			}
			m = t.kids[i].word(b, w, m, c)
		}
		return m
	case opAny:
		for i := range t.kids {
			if m &^= out; m == 0 {
				break
			}
			out |= t.kids[i].word(b, w, m, c)
		}
		return out
	case opNot:
		return m &^ t.kids[0].word(b, w, m, c)
	case opCompare, opAverage, opEnds, opFollows:
		return t.find.word(b, w, m, c)
	case opRanked, opAveraged:
		return t.besides.word(b, w, m, c)
	case opID:
		return t.byID(int64(b)<<blockBits|int64(w<<6), m)
	case opKeys:
		if k := t.sets.block(b); k != nil {
			for _, key := range t.keys {
				if c := k.cells[key]; c != nil {
					out |= c.word(w, m)
				}
			}
		}
		return out
	}
	for ; m != 0; m &= m - 1 {
		if i := bits.TrailingZeros64(m); t.holds(b, uint16(w<<6|i)) {
			out |= 1 << i
		}
	}
	return out
}

// holds says of one customer whether a test of one value holds.
func (t *test) holds(b int, row uint16) bool {
	switch t.op {
	case opHas:
		if d, ok := t.num.(*texts); ok {
			_, has := d.get(b, row)
			return has
		}
		k := t.sets.block(b)
		return k != nil && k.any.has(row)
	case opBetween:
		v, has := numberAt(t.num, b, row)
		return has && v >= t.from && v <= t.to
	case opPair:
		x, has := numberAt(t.num, b, row)
		y, also := numberAt(t.by, b, row)
		return has && also && t.pair(x, y)
	case opTexts:
		v, has := t.num.(*texts).get(b, row)
		if !has {
			return false
		}
		_, found := slices.BinarySearchFunc(t.texts, v, bytes.Compare)
		return found
	}
	return false
}

// word gives those of m, of word w, who are in the cell.
func (c *cell) word(w int, m uint64) (out uint64) {
	if c.bits != nil {
		return c.bits[w] & m
	}
	at, _ := slices.BinarySearch(c.list, uint16(w<<6))
	for _, row := range c.list[at:] {
		if int(row>>6) != w {
			break
		}
		out |= m & (1 << (row & 63))
	}
	return out
}

// word gives those of m, of word w, for whom the comparison holds.
func (k *besides) word(b, w int, m uint64, c *cursor) (out uint64) {
	k.value.word(b, w, m, c)
	for h := c.has; h != 0; h &= h - 1 {
		i := bits.TrailingZeros64(h)
		v, n := c.val[i], int64(1)
		if k.value.agg == Average {
			n = c.cnt[i]
		}
		if k.Is == nil && v >= k.From && v <= k.To || k.Is != nil && k.Is(v, n) {
			out |= 1 << i
		}
	}
	return out
}
