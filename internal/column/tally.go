package column

import (
	"context"
	"math/bits"
	"slices"
)

// Split says by what customers are counted: the keys or words of a column, or
// the stretches of its numbers.
type Split struct {
	Col Col
	// Bounds, ascending, cut numbers: stretch i is from Bounds[i-1] up to but not
	// including Bounds[i]. None where Col is of Keys or Words.
	Bounds []int64
}

// Tally is how many customers have what.
type Tally struct {
	Keys  map[int64]int64  // of Keys; of numbers by the stretch, from 0 to len(Bounds)
	Words map[string]int64 // of Words
	None  int64            // who has nothing
	All   int64
}

// Tally counts those for whom a condition holds by several columns, as of now.
// ok is false where the columns cannot tell; see [Set.Find].
func (s *Set) Tally(ctx context.Context, c *Cond, by []Split) (out []Tally, ok bool, err error) {
	if !s.knows(ctx, c) {
		return nil, false, nil
	}
	cols := reads(c)
	for _, sp := range by {
		if !slices.Contains(cols, sp.Col) {
			cols = append(cols, sp.Col)
		}
	}
	ok, err = s.ask(ctx, cols, func(v *view) error {
		blocks, found, err := v.matching(c)
		if err != nil {
			return err
		}
		out = make([]Tally, len(by))
		return v.each(len(by), func(i int) {
			d, keys := v.get(by[i].Col), map[int64]int64{}
			for k, r := range found {
				if r != nil {
					out[i].All += int64(r.count())
					by[i].count(d, blocks[k], r, keys, &out[i].None)
				}
			}
			name(&out[i], d, by[i].Col.Kind, keys)
		})
	})
	return out, ok, err
}

func (sp *Split) count(d data, b int, r *rows, keys map[int64]int64, none *int64) {
	if d, ok := d.(*sets); ok {
		k := d.block(b)
		if k == nil {
			*none += int64(r.count())
			return
		}
		for key, c := range k.cells {
			if n := c.common(r); n > 0 {
				keys[key] += int64(n)
			}
		}
		for w := range r {
			*none += int64(bits.OnesCount64(r[w] &^ k.any[w]))
		}
		return
	}
	var out rows
	filter(r, &out, func(row uint16) bool {
		v, has := numberAt(d, b, row)
		if !has {
			*none++
			return false
		}
		at, same := slices.BinarySearch(sp.Bounds, v)
		if same {
			at++
		}
		keys[int64(at)]++
		return false
	})
}

// common counts the customers of a cell that are in r.
func (c *cell) common(r *rows) (n int) {
	if c.bits != nil {
		for w, word := range c.bits {
			n += bits.OnesCount64(word & r[w])
		}
		return n
	}
	for _, row := range c.list {
		if r.has(row) {
			n++
		}
	}
	return n
}

func name(t *Tally, d data, kind Kind, keys map[int64]int64) {
	if kind != Words {
		t.Keys = keys
		return
	}
	t.Words = map[string]int64{}
	for word, key := range d.(*sets).words {
		if n := keys[key]; n > 0 {
			t.Words[word] = n
		}
	}
}
