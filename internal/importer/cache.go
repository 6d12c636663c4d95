package importer

import (
	"encoding/binary"
	"math"
)

// buyerCache remembers in bounded memory who the buyers met are, and what the
// last row about each customer said, so that the same said again costs nothing.
// There are two generations, of which the older goes when the younger is full.
type buyerCache struct {
	young, old buyerGeneration
	max        int
	// dropped says that something was forgotten.
	dropped bool
}

type buyerGeneration struct {
	ids  identityTable // identity → customer
	said saidTable     // customer → what was said last
}

// maxKnown is the size of a generation in identities: three quarters of 2²⁰, 28 MB.
const maxKnown = 780_000

func newBuyerCache() *buyerCache { return &buyerCache{max: maxKnown} }

// id is the customer of an identity; 0 where it is not known.
func (c *buyerCache) id(k blind) int64 {
	if id := c.young.ids.get(k); id != 0 {
		return int64(id)
	}
	id := c.old.ids.get(k)
	if id != 0 && c.young.ids.n < c.max {
		// Still in use: it outlives the older generation.
		c.young.ids.put(k, id)
		if s, ok := c.old.said.get(id); ok {
			if _, known := c.young.said.get(id); !known {
				c.young.said.put(id, s)
			}
		}
	}
	return int64(id)
}

// same says whether the last row about a customer said just this.
func (c *buyerCache) same(id int64, said uint64) bool {
	if id <= 0 || id > math.MaxUint32 {
		return false
	}
	if s, ok := c.young.said.get(uint32(id)); ok {
		return s == said
	}
	s, ok := c.old.said.get(uint32(id))
	return ok && s == said
}

func (c *buyerCache) put(k blind, id int64, said uint64) {
	if id <= 0 || id > math.MaxUint32 { // such a one is looked up each time
		c.dropped = true
		return
	}
	if c.young.ids.n >= c.max {
		c.dropped = c.dropped || c.old.ids.n > 0
		c.old, c.young = c.young, buyerGeneration{}
	}
	c.young.ids.put(k, uint32(id))
	c.young.said.put(uint32(id), said)
}

// identityTable is a hash table with open addressing. A map of Go takes three
// times the room, and the collector doubles that.
type identityTable struct {
	slots []identitySlot // a power of two, at most three quarters in use
	n     int
}

// identitySlot keeps 96 of the 128 bits of an identity: that two of a million
// buyers agree in them has a probability of 10⁻¹⁷.
type identitySlot struct {
	high uint64
	low  uint32
	id   uint32 // 0 = free
}

// place is the slot of k, or the free one where it belongs.
func (t *identityTable) place(high uint64, low uint32) *identitySlot {
	mask := uint64(len(t.slots) - 1)
	for at := high & mask; ; at = (at + 1) & mask {
		if s := &t.slots[at]; s.id == 0 || s.high == high && s.low == low {
			return s
		}
	}
}

func (t *identityTable) get(k blind) uint32 {
	if t.n == 0 {
		return 0
	}
	return t.place(binary.LittleEndian.Uint64(k[:8]), binary.LittleEndian.Uint32(k[8:12])).id
}

func (t *identityTable) put(k blind, id uint32) {
	if t.n*4 >= len(t.slots)*3 {
		old := t.slots
		t.slots = make([]identitySlot, max(1024, 2*len(old)))
		for i := range old {
			if s := &old[i]; s.id != 0 {
				*t.place(s.high, s.low) = *s
			}
		}
	}
	high, low := binary.LittleEndian.Uint64(k[:8]), binary.LittleEndian.Uint32(k[8:12])
	s := t.place(high, low)
	if s.id == 0 {
		t.n++
	}
	*s = identitySlot{high, low, id}
}

// saidTable is the same for customers.
type saidTable struct {
	ids  []uint32 // 0 = free
	said []uint64
	n    int
}

func (t *saidTable) place(id uint32) int {
	mask := len(t.ids) - 1
	for at := int(mix(uint64(id))) & mask; ; at = (at + 1) & mask {
		if t.ids[at] == 0 || t.ids[at] == id {
			return at
		}
	}
}

func (t *saidTable) get(id uint32) (said uint64, ok bool) {
	if t.n == 0 {
		return 0, false
	}
	at := t.place(id)
	return t.said[at], t.ids[at] == id
}

func (t *saidTable) put(id uint32, said uint64) {
	if t.n*4 >= len(t.ids)*3 {
		ids, saids := t.ids, t.said
		size := max(1024, 2*len(ids))
		t.ids, t.said = make([]uint32, size), make([]uint64, size)
		for i, id := range ids {
			if id != 0 {
				at := t.place(id)
				t.ids[at], t.said[at] = id, saids[i]
			}
		}
	}
	at := t.place(id)
	if t.ids[at] == 0 {
		t.n++
	}
	t.ids[at], t.said[at] = id, said
}
