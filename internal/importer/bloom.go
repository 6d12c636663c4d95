package importer

import (
	"math/bits"
	"slices"
)

// repeats finds the keys that come again later in a file, in bounded memory:
// a blocked Bloom filter remembers what came, and a key that the filter knows
// already is a suspect. The filter never misses a repeat; now and then it
// suspects a key that came once, whose rows then take the longer way for nothing.
type repeats struct {
	blocks   [][8]uint64 // one cache line each
	suspects []uint64    // sorted and unique after finish
	sorted   int         // length of the sorted part
	max      int
	all      bool // more suspects than fit: treat every key as one
}

const (
	maxFilterBytes = 32 << 20
	minFilterBytes = 64 << 10
	maxSuspects    = 4 << 20 // 32 MiB
)

// newRepeats sizes the filter for about n keys, 16 bits each, at most 32 MiB.
func newRepeats(n int64) *repeats {
	size := max(minFilterBytes, min(maxFilterBytes, n*2))
	k := 1 << (bits.Len64(uint64(size/64) - 1)) // blocks, a power of two
	return &repeats{blocks: make([][8]uint64, min(k, maxFilterBytes/64)), max: maxSuspects}
}

// see notes the key and says whether it is a suspect now.
func (r *repeats) see(key uint64) bool {
	h := mix(key)
	b := &r.blocks[h>>32&uint64(len(r.blocks)-1)]
	// One bit in each of the eight words: 6 bits of the hash per word.
	x := mix(h + 0x9e3779b97f4a7c15)
	known := true
	for i := range b {
		bit := uint64(1) << (x & 63)
		x >>= 6
		if b[i]&bit == 0 {
			known = false
			b[i] |= bit
		}
	}
	if known && !r.all {
		r.add(key)
	}
	return known
}

func (r *repeats) add(key uint64) {
	if len(r.suspects) == cap(r.suspects) {
		r.compact()
		if len(r.suspects) >= r.max {
			r.all, r.suspects = true, nil
			return
		}
		if len(r.suspects) > cap(r.suspects)/2 {
			r.suspects = slices.Grow(r.suspects, max(1024, min(len(r.suspects), r.max-len(r.suspects))))
		}
	}
	r.suspects = append(r.suspects, key)
}

func (r *repeats) compact() {
	slices.Sort(r.suspects)
	r.suspects = slices.Compact(r.suspects)
}

// finish drops the filter and makes has fast.
func (r *repeats) finish() {
	r.compact()
	r.suspects = slices.Clip(r.suspects)
	r.blocks = nil
}

// has says whether rows of the key may stand apart from each other.
func (r *repeats) has(key uint64) bool {
	if r.all {
		return true
	}
	if len(r.suspects) == 0 {
		return false
	}
	_, ok := slices.BinarySearch(r.suspects, key)
	return ok
}

// mix is the finalizer of MurmurHash3: it spreads the bits of a hash.
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
