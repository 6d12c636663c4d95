package importer

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
	ids  map[blind]int64  // identity → customer
	said map[int64]uint64 // customer → what was said last
}

// maxKnown is the size of a generation in identities: about 60 MB when full.
const maxKnown = 600_000

func newGeneration(n int) buyerGeneration {
	return buyerGeneration{make(map[blind]int64, n), make(map[int64]uint64, n)}
}

func newBuyerCache() *buyerCache { return &buyerCache{young: newGeneration(0), max: maxKnown} }

// id is the customer of an identity; 0 where it is not known.
func (c *buyerCache) id(k blind) int64 {
	if id, ok := c.young.ids[k]; ok {
		return id
	}
	id := c.old.ids[k]
	if id != 0 && len(c.young.ids) < c.max {
		// Still in use: it outlives the older generation.
		c.young.ids[k] = id
		if s, ok := c.old.said[id]; ok && c.young.said[id] == 0 {
			c.young.said[id] = s
		}
	}
	return id
}

// same says whether the last row about a customer said just this.
func (c *buyerCache) same(id int64, said uint64) bool {
	if s, ok := c.young.said[id]; ok {
		return s == said
	}
	s, ok := c.old.said[id]
	return ok && s == said
}

func (c *buyerCache) put(k blind, id int64, said uint64) {
	if len(c.young.ids) >= c.max {
		c.dropped = c.dropped || len(c.old.ids) > 0
		c.old, c.young = c.young, newGeneration(c.max/4)
	}
	c.young.ids[k] = id
	c.young.said[id] = said
}
