package column

import (
	"context"
	"encoding/binary"
	"math/bits"
	"slices"

	"zhike/internal/platform/db"
)

// Place is how far changes are known: the numbers of the feed and of the marks.
type Place struct{ Feed, Marks int64 }

// Matches is a set of customers, block by block.
type Matches struct {
	blocks map[int]*rows
	// At is the place of the feed at which they matched.
	At Place
}

// Match gives everybody for whom a condition holds, as of now. ok is false where
// the columns cannot tell; see [Set.Find], also for the error.
func (s *Set) Match(ctx context.Context, c *Cond) (m *Matches, ok bool, err error) {
	q := &Query{Where: c}
	if s == nil || c == nil || db.InTransaction(ctx) {
		return nil, false, nil
	}
	m = NewMatches()
	ok, err = s.with(ctx, q.cols(), func(v *view) error {
		m.At = Place{v.at.feed, v.at.marks}
		at, found, err := v.matching(c)
		for i, b := range at {
			if found[i] != nil {
				m.blocks[b] = found[i]
			}
		}
		return err
	})
	return m, ok, err
}

// Holds says of one customer which of some conditions hold, as of now.
func (s *Set) Holds(ctx context.Context, id int64, conds []*Cond) (holds []bool, ok bool, err error) {
	if s == nil || slices.Contains(conds, nil) || db.InTransaction(ctx) {
		return nil, false, nil
	}
	cols := []Col{}
	known := map[Col]bool{}
	add := func(c Col) {
		if !known[c] {
			known[c] = true
			cols = append(cols, c)
		}
	}
	add(everybody)
	for _, c := range conds {
		c.cols(add)
	}
	holds = make([]bool, len(conds))
	ok, err = s.with(ctx, cols, func(v *view) error {
		v.one = true
		b, row := split(id)
		var in, out rows
		if all := v.get(everybody).(*sets).block(b); all == nil || !all.any.has(row) {
			return nil
		}
		in.set(row)
		for i, c := range conds {
			t := c.bind(v)
			t.eval(b, &in, &out)
			holds[i] = out.has(row)
		}
		return ctx.Err()
	})
	return holds, ok, err
}

// NewMatches is nobody.
func NewMatches() *Matches { return &Matches{blocks: map[int]*rows{}} }

// Add puts a customer in.
func (m *Matches) Add(id int64) {
	b, row := split(id)
	if m.blocks[b] == nil {
		m.blocks[b] = &rows{}
	}
	m.blocks[b].set(row)
}

// Has says whether a customer is in.
func (m *Matches) Has(id int64) bool {
	b, row := split(id)
	return m.blocks[b] != nil && m.blocks[b].has(row)
}

// Count is how many they are.
func (m *Matches) Count() (n int64) {
	for _, r := range m.blocks {
		n += int64(r.count())
	}
	return n
}

// Blocks are the numbers of the blocks that have somebody, ascending. A block
// is the ids from number·16384.
func (m *Matches) Blocks() []int {
	list := make([]int, 0, len(m.blocks))
	for b := range m.blocks {
		list = append(list, b)
	}
	slices.Sort(list)
	return list
}

// After calls fn with ids above after, ascending, until it gives false.
func (m *Matches) After(after int64, fn func(id int64) bool) {
	for _, b := range m.Blocks() {
		base := int64(b) << blockBits
		if base+blockRows <= after {
			continue
		}
		for w, word := range m.blocks[b] {
			for ; word != 0; word &= word - 1 {
				id := base | int64(w<<6|bits.TrailingZeros64(word))
				if id > after && !fn(id) {
					return
				}
			}
		}
	}
}

// And, Or and Less give those in both, in one of them, and in m but not in o.
func (m *Matches) And(o *Matches) *Matches {
	return m.join(o, func(a, b uint64) uint64 { return a & b })
}
func (m *Matches) Or(o *Matches) *Matches {
	return m.join(o, func(a, b uint64) uint64 { return a | b })
}
func (m *Matches) Less(o *Matches) *Matches {
	return m.join(o, func(a, b uint64) uint64 { return a &^ b })
}

func (m *Matches) join(o *Matches, fn func(a, b uint64) uint64) *Matches {
	out := NewMatches()
	out.At = m.At
	var none rows
	for _, b := range slices.Compact(slices.Sorted(slices.Values(append(m.Blocks(), o.Blocks()...)))) {
		x, y := m.blocks[b], o.blocks[b]
		if x == nil {
			x = &none
		}
		if y == nil {
			y = &none
		}
		var r rows
		for w := range r {
			r[w] = fn(x[w], y[w])
		}
		if !r.none() {
			out.blocks[b] = &r
		}
	}
	return out
}

// Bytes packs a block: its 16,384 bits, lowest id first.
func (m *Matches) Bytes(block int) []byte {
	out := make([]byte, 0, blockRows/8)
	r := m.blocks[block]
	if r == nil {
		r = &rows{}
	}
	for _, w := range r {
		out = binary.LittleEndian.AppendUint64(out, w)
	}
	return out
}

// SetBytes is the opposite of Bytes; it says whether packed is a block.
func (m *Matches) SetBytes(block int, packed []byte) bool {
	if len(packed) != blockRows/8 || block < 0 || block > maxID>>blockBits {
		return false
	}
	var r rows
	for w := range r {
		r[w] = binary.LittleEndian.Uint64(packed[8*w:])
	}
	delete(m.blocks, block)
	if !r.none() {
		m.blocks[block] = &r
	}
	return true
}
