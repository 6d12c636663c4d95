package importer

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"zhike/internal/platform/errs"
)

// idSet is a set of customers: ids are dense, so a bit each is the least that
// holds any of them (a million customers are 125 KB).
type idSet struct{ words []uint64 }

func (s *idSet) has(id int64) bool {
	w := id >> 6
	return w < int64(len(s.words)) && s.words[w]&(1<<(id&63)) != 0
}

// add says whether id is new to the set.
func (s *idSet) add(id int64) bool {
	w := id >> 6
	if n := int64(len(s.words)); w >= n {
		s.words = append(s.words, make([]uint64, max(w-n+1, n/2))...)
	}
	old := s.words[w]
	s.words[w] = old | 1<<(id&63)
	return s.words[w] != old
}

func (s *idSet) len() (n int64) {
	for _, w := range s.words {
		n += int64(bits.OnesCount64(w))
	}
	return n
}

// list gives the ids in ascending order.
func (s *idSet) list() []int64 {
	out := make([]int64, 0, s.len())
	for i, w := range s.words {
		for w != 0 {
			out = append(out, int64(i)<<6|int64(bits.TrailingZeros64(w)))
			w &= w - 1
		}
	}
	return out
}

// idRange is the ids from First to Last.
type idRange struct{ First, Last int64 }

// ranges gives the set as ranges, at most most of them: beyond that the last
// one takes the rest in, with ids that are not of the set.
func (s *idSet) ranges(most int) (out []idRange) {
	for _, id := range s.list() {
		if n := len(out); n > 0 && (out[n-1].Last == id-1 || n == most) {
			out[n-1].Last = id
			continue
		}
		out = append(out, idRange{id, id})
	}
	return out
}

// The sets that an import keeps of the customers it met.
const (
	metSeen    = iota // named by a row that was not refused
	metCreated        // made by this import
	metUpdated        // changed by it
	metTouched        // with facts that changed: their figures are to be computed
	metSets
)

// met are the sets, and what the present batch added to each.
type met struct {
	sets  [metSets]idSet
	fresh [metSets][]int64
}

// add says whether id is new to set k.
func (m *met) add(k int, id int64) bool {
	if !m.sets[k].add(id) {
		return false
	}
	m.fresh[k] = append(m.fresh[k], id)
	return true
}

// pack writes what the batch added, and forgets it; nil for nothing.
func (m *met) pack() []byte {
	var b []byte
	any := false
	for k := range m.fresh {
		ids := m.fresh[k]
		any = any || len(ids) > 0
		slices.Sort(ids)
		b = binary.AppendUvarint(b, uint64(len(ids)))
		prev := int64(0)
		for _, id := range ids {
			b = binary.AppendUvarint(b, uint64(id-prev))
			prev = id
		}
		m.fresh[k] = ids[:0]
	}
	if !any {
		return nil
	}
	return b
}

// unpack adds what pack wrote.
func (m *met) unpack(b []byte) error {
	next := func() (uint64, bool) {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return 0, false
		}
		b = b[n:]
		return v, true
	}
	for k := range m.sets {
		count, ok := next()
		prev := int64(0)
		for ; ok && count > 0; count-- {
			var d uint64
			if d, ok = next(); ok {
				prev += int64(d)
				ok = prev < 1<<40
			}
			if ok {
				m.sets[k].add(prev)
			}
		}
		if !ok {
			return errs.New(errs.Internal, "internal", "detail", "list of customers is damaged")
		}
	}
	return nil
}
