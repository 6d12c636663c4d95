package column

import (
	"context"
	"math/bits"
	"slices"
)

// CountBy counts those for whom a condition holds by their words in a column of
// Words, all as of one moment; whoever has none is not counted. ok is false where
// the columns cannot tell; see [Set.Find], also for the error.
func (s *Set) CountBy(ctx context.Context, c *Cond, by Col) (counts map[string]int64, ok bool, err error) {
	if !s.knows(ctx, c) {
		return nil, false, nil
	}
	cols := reads(c)
	if !slices.Contains(cols, by) {
		cols = append(cols, by)
	}
	ok, err = s.ask(ctx, cols, func(v *view) (err error) {
		counts, err = v.countBy(c, by)
		return err
	})
	return counts, ok, err
}

func (v *view) countBy(c *Cond, by Col) (map[string]int64, error) {
	at, found, err := v.matching(c)
	if err != nil {
		return nil, err
	}
	words := v.get(by).(*sets)
	keys := map[int64]int64{}
	for i, b := range at {
		k := words.block(b)
		if found[i] == nil || k == nil {
			continue
		}
		for key, of := range k.cells {
			keys[key] += of.among(found[i])
		}
	}
	out := map[string]int64{}
	for word, key := range words.words {
		if n := keys[key]; n > 0 {
			out[word] = n
		}
	}
	return out, nil
}

// among counts those of in that the cell has.
func (c *cell) among(in *rows) (n int64) {
	if c.bits != nil {
		for w := range in {
			n += int64(bits.OnesCount64(c.bits[w] & in[w]))
		}
		return n
	}
	for _, i := range c.list {
		if in.has(i) {
			n++
		}
	}
	return n
}
