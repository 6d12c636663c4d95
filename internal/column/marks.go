package column

import (
	"encoding/binary"
	"slices"
)

// mark is what one row of column_marks tells of: all ids from first to last, or
// those of them that are packed.
type mark struct {
	seq, first, last int64
	source           string
	packed           []byte
}

// packFrom is from how many runs on ids are packed: a row for each of thousands
// would cost a batch of an import more than a tenth of its time.
const packFrom = 16

// marksOf gives the marks that tell of ids, each of at most markMost.
func marksOf(ids []int64) (out []mark) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	list := spans(ids)
	if len(list) < packFrom {
		for _, r := range list {
			for ; r.last-r.first >= markMost; r.first += markMost {
				out = append(out, mark{first: r.first, last: r.first + markMost - 1})
			}
			out = append(out, mark{first: r.first, last: r.last})
		}
		return out
	}
	for part := range slices.Chunk(slices.Compact(ids), markMost) {
		m := mark{first: part[0], last: part[len(part)-1]}
		for i, id := range part[1:] {
			m.packed = binary.AppendUvarint(m.packed, uint64(id-part[i]))
		}
		out = append(out, m)
	}
	return out
}

// ids gives those that a mark tells of, ascending; ok is false where the row is
// damaged.
func (m *mark) ids() (out []int64, ok bool) {
	if m.packed == nil {
		for id := m.first; id <= m.last; id++ {
			out = append(out, id)
		}
		return out, true
	}
	id := m.first
	out = append(out, id)
	for b := m.packed; len(b) > 0; {
		d, n := binary.Uvarint(b)
		if n <= 0 || d == 0 || d > maxID || id > m.last {
			return nil, false
		}
		id += int64(d)
		out, b = append(out, id), b[n:]
	}
	return out, id == m.last
}
