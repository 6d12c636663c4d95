package column

import (
	"slices"
	"sync"
)

// found is the matches of a query, block by block; empty blocks are left out.
type found struct {
	at   []int
	rows []rows
}

var pool = sync.Pool{New: func() any { return &found{} }}

func (f *found) add(b int, r *rows) {
	f.at = append(f.at, b)
	f.rows = append(f.rows, *r)
}

// match fills in who matches a condition and says how many they are. What it
// takes is there from the question before: a page of a list leaves no garbage
// of a hundred kilobytes.
func (f *found) match(v *view, c *Cond) (total int64, err error) {
	t := c.bind(v)
	at, all := v.everybody()
	f.at, f.rows = append(f.at[:0], at...), slices.Grow(f.rows[:0], len(at))[:len(at)]
	counts := make([]int, len(at))
	err = v.each(len(at), func(i int) {
		f.rows[i] = *all[i]
		t.narrow(at[i], &f.rows[i])
		counts[i] = f.rows[i].count()
	})
	if err != nil {
		return 0, err
	}
	n := 0
	for i, k := range counts {
		if k == 0 {
			continue
		}
		if total += int64(k); n < i {
			f.at[n], f.rows[n] = f.at[i], f.rows[i]
		}
		n++
	}
	f.at, f.rows = f.at[:n], f.rows[:n]
	return total, nil
}
