package column

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestMarksTellOfEveryId: whatever ids are told of, the marks give those and no
// others, in few rows.
func TestMarksTellOfEveryId(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 7))
	for _, c := range []struct{ n, of, rows int }{{0, 9, 0}, {1, 9, 1}, {10, 1_000_000, 10}, {50, 60, 16}, {5000, 1_000_000, 2}, {40_000, 41_000, 12}} {
		var ids []int64
		for range c.n {
			ids = append(ids, r.Int64N(int64(c.of)))
		}
		marks := marksOf(ids)
		var got []int64
		for i := range marks {
			part, ok := marks[i].ids()
			if !ok || len(part) > markMost {
				t.Fatalf("%d of %d: a mark of %d, %v", c.n, c.of, len(part), ok)
			}
			got = append(got, part...)
		}
		slices.Sort(ids)
		if want := slices.Compact(ids); !slices.Equal(got, want) || len(marks) > c.rows {
			t.Errorf("%d of %d: %d marks give %d ids, not %d", c.n, c.of, len(marks), len(got), len(want))
		}
	}
	list := make([]int64, 0, 40)
	for i := range cap(list) {
		list = append(list, int64(i*i*i))
	}
	m := marksOf(list)[0]
	for _, bad := range []func(m *mark){
		func(m *mark) { m.packed = m.packed[:len(m.packed)-1] },
		func(m *mark) { m.last++ },
		func(m *mark) { m.packed = append(slices.Clone(m.packed), 0x80) },
		func(m *mark) { m.packed = []byte{0} },
	} {
		broken := m
		if bad(&broken); len(marksOf(list)) != 1 {
			t.Fatal("more than one mark")
		}
		if ids, ok := broken.ids(); ok {
			t.Errorf("a damaged mark gives %d ids", len(ids))
		}
	}
}
