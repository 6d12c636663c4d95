package importer

// known is what an import remembers of a buyer it has dealt with: who it is,
// and what the last row said, so that the same said again costs nothing.
type knownBuyer struct {
	id   int64
	said uint64
}

// buyerCache remembers buyers by identity in bounded memory: two generations,
// of which the older is dropped when the younger is full.
type buyerCache struct {
	young, old map[blind]knownBuyer
	max        int
	// dropped says that something was forgotten.
	dropped bool
}

// maxKnown is the size of a generation: about 45 MB when full.
const maxKnown = 600_000

func newBuyerCache() *buyerCache { return &buyerCache{young: map[blind]knownBuyer{}, max: maxKnown} }

func (c *buyerCache) get(k blind) (knownBuyer, bool) {
	if v, ok := c.young[k]; ok {
		return v, true
	}
	v, ok := c.old[k]
	if ok && len(c.young) < c.max {
		c.young[k] = v // still in use: it outlives the older generation
	}
	return v, ok
}

func (c *buyerCache) put(k blind, v knownBuyer) {
	if len(c.young) >= c.max {
		c.dropped = c.dropped || len(c.old) > 0
		c.old, c.young = c.young, make(map[blind]knownBuyer, c.max/4)
	}
	c.young[k] = v
}
