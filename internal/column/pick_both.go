package column

import (
	"bytes"
	"cmp"
	"math/bits"
	"slices"
)

// Then sorts those whom the first key of a segment leaves equal.
type Then struct {
	By      Col // a Number, Small or Text
	Missing int64
	Desc    bool // its own direction, whatever that of the list
}

// paired is a customer with both keys.
type paired struct {
	first, second key
	id            int64
}

// key is a number or a text.
type key struct {
	num  int64
	text []byte
}

func (a key) compare(b key) int {
	return cmp.Or(cmp.Compare(a.num, b.num), bytes.Compare(a.text, b.text))
}

// keysOf reads a key of customers.
func keysOf(d data, missing int64) func(b int, row uint16) key {
	number := func(v int64, has bool) key {
		if !has {
			v = missing
		}
		return key{num: v}
	}
	switch d := d.(type) {
	case *numbers[int64]:
		return func(b int, row uint16) key { return number(d.at(b, row)) }
	case *numbers[int32]:
		return func(b int, row uint16) key { return number(d.at(b, row)) }
	case *texts:
		return func(b int, row uint16) key {
			text, _ := d.get(b, row)
			return key{text: text}
		}
	}
	return func(int, uint16) key { return key{} }
}

func turned(k int, desc bool) int {
	if desc {
		return -k
	}
	return k
}

// byBoth finds the first n of a segment that is sorted by two keys.
func (p *pick) byBoth(f *found, g *Segment, get func(Col) data) []Hit {
	first := keysOf(nil, 0)
	if g.Sorted {
		first = keysOf(get(g.By), g.Missing)
	}
	second, desc := keysOf(get(g.Then.By), g.Then.Missing), g.Then.Desc != p.back
	compare := func(a, b paired) int {
		return cmp.Or(turned(a.first.compare(b.first), p.desc), turned(a.second.compare(b.second), desc), turned(cmp.Compare(a.id, b.id), p.desc))
	}
	var from paired
	if h := p.from; h != nil {
		from = paired{key{h.Num, []byte(h.Text)}, key{h.Num2, []byte(h.Text2)}, h.ID}
	}
	var best []paired
	full := false
	for i, b := range f.at {
		for w, word := range f.rows[i] {
			for ; word != 0; word &= word - 1 {
				row := uint16(w<<6 | bits.TrailingZeros64(word))
				x := paired{first: first(b, row), id: int64(b)<<blockBits | int64(row)}
				if full && turned(x.first.compare(best[p.n-1].first), p.desc) > 0 {
					continue
				}
				x.second = second(b, row)
				if full && compare(x, best[p.n-1]) >= 0 || p.from != nil && compare(x, from) <= 0 {
					continue
				}
				if best = append(best, x); len(best) >= 3*p.n {
					slices.SortFunc(best, compare)
					best, full = best[:p.n], true
				}
			}
		}
	}
	slices.SortFunc(best, compare)
	best = best[:min(len(best), p.n)]
	out := make([]Hit, len(best))
	for i, x := range best {
		out[i] = Hit{ID: x.id, Num: x.first.num, Text: string(x.first.text), Num2: x.second.num, Text2: string(x.second.text)}
	}
	return out
}
