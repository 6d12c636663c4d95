package column

import (
	"math/bits"
	"slices"
)

const (
	blockBits  = 14
	blockRows  = 1 << blockBits
	blockWords = blockRows / 64
	// listMax: so many members of a set are kept as a list; more as bits, which
	// take as much memory then.
	listMax = blockRows / 16
)

// rows is a set of the customers of a block.
type rows [blockWords]uint64

func (r *rows) has(i uint16) bool { return r[i>>6]&(1<<(i&63)) != 0 }
func (r *rows) set(i uint16)      { r[i>>6] |= 1 << (i & 63) }
func (r *rows) unset(i uint16)    { r[i>>6] &^= 1 << (i & 63) }

func (r *rows) none() bool {
	for _, w := range r {
		if w != 0 {
			return false
		}
	}
	return true
}

func (r *rows) count() (n int) {
	for _, w := range r {
		n += bits.OnesCount64(w)
	}
	return n
}

// and leaves in o those who are in r too, and says whether there are any.
func (r *rows) and(o *rows) bool {
	any := uint64(0)
	for w := range o {
		o[w] &= r[w]
		any |= o[w]
	}
	return any != 0
}

// cell is the customers of a block that have one key.
type cell struct {
	list []uint16 // ascending, until there are listMax
	bits *rows
}

func (c *cell) add(i uint16) {
	if c.bits != nil {
		c.bits.set(i)
		return
	}
	if n := len(c.list); n == 0 || c.list[n-1] < i {
		c.list = append(c.list, i)
	} else if at, found := slices.BinarySearch(c.list, i); !found {
		c.list = slices.Insert(c.list, at, i)
	}
	if len(c.list) > listMax {
		c.bits = &rows{}
		for _, k := range c.list {
			c.bits.set(k)
		}
		c.list = nil
	}
}

func (c *cell) remove(i uint16) {
	if c.bits != nil {
		c.bits.unset(i)
	} else if at, found := slices.BinarySearch(c.list, i); found {
		c.list = slices.Delete(c.list, at, at+1)
	}
}

func (c *cell) empty() bool {
	return c.bits == nil && len(c.list) == 0 || c.bits != nil && c.bits.none()
}

// or adds to out those of in that the cell has.
func (c *cell) or(in, out *rows) {
	if c.bits != nil {
		for w := range out {
			out[w] |= c.bits[w] & in[w]
		}
		return
	}
	for _, i := range c.list {
		out[i>>6] |= in[i>>6] & (1 << (i & 63))
	}
}

// cell is the customers that have a key, nil for nobody.
func (k *setBlock) cell(key int64) *cell {
	if k == nil {
		return nil
	}
	return k.cells[key]
}

// and leaves in r those who are in the cell, which may be nil for nobody, and
// says whether there are any.
func (c *cell) and(r *rows) bool {
	if c != nil && c.bits != nil {
		return c.bits.and(r)
	}
	var out rows
	if c != nil {
		c.or(r, &out)
	}
	*r = out
	return !r.none()
}

// cellBytes is what a cell takes beside its rows, with its place in a map.
const cellBytes = 64

func (c *cell) size() int64 {
	n := int64(cellBytes + 2*cap(c.list))
	if c.bits != nil {
		n += blockRows / 8
	}
	return n
}
