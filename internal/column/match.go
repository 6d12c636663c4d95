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
	if !s.knows(ctx, c) {
		return nil, false, nil
	}
	ok, err = s.ask(ctx, reads(c), func(v *view) error {
		m = v.nobody()
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
	if !s.knows(ctx, conds...) {
		return nil, false, nil
	}
	holds = make([]bool, len(conds))
	ok, err = s.ask(ctx, reads(conds...), func(v *view) error {
		v.one = true
		b, row := split(id)
		if k := v.get(everybody).(*sets).block(b); k == nil || !k.any.has(row) {
			return nil
		}
		cur := cursors.Get().(*cursor)
		defer cursors.Put(cur)
		for i, c := range conds {
			t := c.bind(v)
			holds[i] = t.word(b, int(row>>6), 1<<(row&63), cur) != 0
		}
		return ctx.Err()
	})
	return holds, ok, err
}

// Among is [Set.Match] of some customers only.
func (s *Set) Among(ctx context.Context, c *Cond, ids []int64) (m *Matches, ok bool, err error) {
	if !s.knows(ctx, c) {
		return nil, false, nil
	}
	some := NewMatches()
	for _, id := range ids {
		if id >= 0 && id <= maxID {
			some.Add(id)
		}
	}
	ok, err = s.ask(ctx, reads(c), func(v *view) error {
		m = v.among(c, some)
		return ctx.Err()
	})
	return m, ok, err
}

// knows says whether columns may be asked at all: not for conditions without a
// form here, nor inside a transaction, where the database shows what others do
// not see.
func (s *Set) knows(ctx context.Context, conds ...*Cond) bool {
	return s != nil && !slices.Contains(conds, nil) && !db.InTransaction(ctx)
}

// reads are the columns that conditions read, and everybody.
func reads(conds ...*Cond) []Col {
	list, known := []Col{everybody}, map[Col]bool{everybody: true}
	for _, c := range conds {
		c.cols(func(k Col) {
			if !known[k] {
				known[k] = true
				list = append(list, k)
			}
		})
	}
	return list
}

// nobody is a set to be filled.
func (v *view) nobody() *Matches {
	m := NewMatches()
	m.At = Place{v.at.feed, v.at.marks}
	return m
}

// among evaluates a condition for some customers. What it came to is not kept.
func (v *view) among(c *Cond, some *Matches) *Matches {
	v.one = true
	m, t, all := v.nobody(), c.bind(v), v.get(everybody).(*sets)
	cur := cursors.Get().(*cursor)
	defer cursors.Put(cur)
	for b, in := range some.blocks {
		k := all.block(b)
		if k == nil {
			continue
		}
		var there rows
		for w := range there {
			there[w] = in[w] & k.any[w]
		}
		found := &rows{}
		if there.count() > wordMost {
			t.eval(b, &there, found)
		} else {
			for w, x := range there {
				if x != 0 {
					found[w] = t.word(b, w, x, cur)
				}
			}
		}
		if !found.none() {
			m.blocks[b] = found
		}
	}
	return m
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
