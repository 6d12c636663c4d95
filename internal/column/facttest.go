package column

import "slices"

// boundTest is a FactTest bound to the columns.
type boundTest struct {
	col      *series
	ranged   bool
	from, to int64
	keys     keySet
	not      bool
	lists    *lists // where they are kept
}

func (t *boundTest) holds(v int64, has bool) bool {
	if !has {
		return t.not
	}
	if t.ranged {
		return (v >= t.from && v <= t.to) != t.not
	}
	return t.keys.has(v) != t.not
}

// keySet is a set of numbers: bits from least on or, where they are far apart,
// a list.
type keySet struct {
	least int64
	bits  []uint64
	list  []int64 // ascending
}

// keySpread is how far apart the numbers of a set of bits may be.
const keySpread = 1 << 22

func newKeySet(keys []int64) (s keySet) {
	if len(keys) == 0 {
		return s
	}
	least, most := slices.Min(keys), slices.Max(keys)
	if spread := uint64(most) - uint64(least); spread < keySpread {
		s.least, s.bits = least, make([]uint64, spread>>6+1)
		for _, k := range keys {
			i := uint64(k) - uint64(least)
			s.bits[i>>6] |= 1 << (i & 63)
		}
		return s
	}
	s.list = slices.Clone(keys)
	slices.Sort(s.list)
	return s
}

func (s *keySet) has(v int64) bool {
	if s.list != nil {
		_, found := slices.BinarySearch(s.list, v)
		return found
	}
	i := uint64(v) - uint64(s.least)
	return i>>6 < uint64(len(s.bits)) && s.bits[i>>6]>>(i&63)&1 == 1
}
