package column

import (
	"bytes"
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// Segment is a stretch of a sorted list: those for whom Where holds (nil: all
// that are left to the list), by the value of By and then by id.
type Segment struct {
	Where *Cond
	// By is a Number, Small or Text; with Sorted false ids alone sort.
	By     Col
	Sorted bool
	// Missing is where a customer without a number stands.
	Missing int64
	Then    *Then // nil: the id alone follows
}

// Query asks for a page of a list.
type Query struct {
	Where *Cond
	// Segments come one after another, whatever the direction; a customer who
	// matches is in exactly one of them.
	Segments []Segment
	// Desc turns the order inside segments around.
	Desc bool
	// From is the entry behind which the page begins, with Back before which it
	// ends; nil for the beginning.
	From *Hit
	Back bool
	// N is the length of the page.
	N int
}

// Hit is a customer and the place in the order.
type Hit struct {
	ID   int64
	Seg  int
	Num  int64
	Text string
	// Of the second key, where there is one.
	Num2  int64
	Text2 string
}

// Result is a page: up to N hits in the order of the list, whether there are
// more in the direction of the page, and how many match in all.
type Result struct {
	Hits  []Hit
	More  bool
	Total int64
}

// cols are the columns that a query reads.
func (q *Query) cols() []Col {
	list := reads(q.Where)
	add := func(c Col) {
		if !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	for i := range q.Segments {
		if g := &q.Segments[i]; g.Where != nil {
			g.Where.cols(add)
		}
		if g := &q.Segments[i]; g.Sorted {
			add(g.By)
		}
		if g := &q.Segments[i]; g.Then != nil {
			add(g.Then.By)
		}
	}
	return list
}

// matching evaluates a condition: of each block who matches, nil for nobody.
func (v *view) matching(c *Cond) (at []int, out []*rows, err error) {
	t := c.bind(v)
	at, all := v.everybody()
	out = make([]*rows, len(at))
	err = v.each(len(at), func(i int) {
		r := &rows{}
		if t.eval(at[i], all[i], r); !r.none() {
			out[i] = r
		}
	})
	return at, out, err
}

// answer evaluates the query on columns that do not change meanwhile. The error
// is that of the context.
func (q *Query) answer(v *view) (out Result, err error) {
	f := pool.Get().(*found)
	out, err = q.page(v, f)
	pool.Put(f) // not after a panic: others may be writing into it still
	return out, err
}

// page is answer, with room for the matches.
func (q *Query) page(v *view, f *found) (out Result, err error) {
	get := v.get
	if out.Total, err = f.match(v, q.Where); err != nil || q.N <= 0 {
		return out, err
	}
	seg, step := 0, 1
	if q.Back {
		step = -1
		seg = len(q.Segments) - 1
	}
	from := q.From
	if from != nil {
		seg = from.Seg
	}
	want := q.N + 1
	for ; seg >= 0 && seg < len(q.Segments) && len(out.Hits) < want; seg += step {
		g := &q.Segments[seg]
		list := f
		present := g.present(get)
		if g.Where != nil && !present {
			part := pool.Get().(*found)
			part.at, part.rows = part.at[:0], part.rows[:0]
			t := g.Where.bind(v)
			for i, b := range f.at {
				part.add(b, &f.rows[i])
				if r := &part.rows[len(part.rows)-1]; !t.narrow(b, r) {
					part.at, part.rows = part.at[:len(part.at)-1], part.rows[:len(part.rows)-1]
				}
			}
			list = part
			defer pool.Put(part)
		}
		p := pick{n: want - len(out.Hits), desc: q.Desc != q.Back, missing: g.Missing, present: present, from: from, back: q.Back}
		from = nil
		hits := p.run(list, g, get)
		for i := range hits {
			hits[i].Seg = seg
		}
		out.Hits = append(out.Hits, hits...)
	}
	if out.More = len(out.Hits) == want; out.More {
		out.Hits = out.Hits[:q.N]
	}
	if q.Back {
		slices.Reverse(out.Hits)
	}
	return out, v.ctx.Err()
}

// present says that the segment is those who have the number that it is sorted by:
// whoever looks at the numbers sees who has none, and does not find it out for all
// who match.
func (g *Segment) present(get func(Col) data) bool {
	if g.Where == nil || g.Where.op != opHas || g.Where.col != g.By || !g.Sorted || g.Then != nil {
		return false
	}
	switch get(g.By).(type) {
	case *numbers[int64], *numbers[int32]:
		return true
	}
	return false
}

// pick finds the first n of a segment behind a place.
type pick struct {
	n       int
	desc    bool
	missing int64
	present bool // those without a number are not in the segment
	from    *Hit
	back    bool
}

func (p *pick) run(f *found, g *Segment, get func(Col) data) []Hit {
	if g.Then != nil {
		return p.byBoth(f, g, get)
	}
	if !g.Sorted {
		return p.byID(f)
	}
	switch d := get(g.By).(type) {
	case *numbers[int64]:
		return byNumber(p, f, d)
	case *numbers[int32]:
		return byNumber(p, f, d)
	case *texts:
		return p.byText(f, d)
	}
	return nil
}

func (p *pick) byID(f *found) (out []Hit) {
	if !p.desc {
		for i, b := range f.at {
			for w, word := range f.rows[i] {
				for ; word != 0; word &= word - 1 {
					id := int64(b)<<blockBits | int64(w<<6|bits.TrailingZeros64(word))
					if p.from != nil && id <= p.from.ID {
						continue
					}
					if out = append(out, Hit{ID: id}); len(out) == p.n {
						return out
					}
				}
			}
		}
		return out
	}
	for i := len(f.at) - 1; i >= 0; i-- {
		for w := blockWords - 1; w >= 0; w-- {
			for word := f.rows[i][w]; word != 0; {
				top := 63 - bits.LeadingZeros64(word)
				word &^= 1 << top
				id := int64(f.at[i])<<blockBits | int64(w<<6|top)
				if p.from != nil && id >= p.from.ID {
					continue
				}
				if out = append(out, Hit{ID: id}); len(out) == p.n {
					return out
				}
			}
		}
	}
	return out
}

// numbered is a customer with a number, both turned around where the order is
// descending: the smallest come first.
type numbered struct{ key, id int64 }

func (a numbered) compare(b numbered) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id))
}

func byNumber[T int32 | int64](p *pick, f *found, d *numbers[T]) []Hit {
	turn := int64(0)
	if p.desc {
		turn = -1 // x ^ -1 turns the order of numbers around
	}
	var from numbered
	if p.from != nil {
		from = numbered{p.from.Num ^ turn, p.from.ID ^ turn}
	}
	var best []numbered
	worst := numbered{}
	full := false
	look := func(i int) {
		k := d.block(f.at[i])
		if k == nil && p.present {
			return
		}
		base := int64(f.at[i]) << blockBits
		for w := range f.rows[i] {
			word := f.rows[i][w]
			if word == 0 {
				continue
			}
			if full && k != nil && (p.present || p.missing^turn > worst.key) {
				// Few of these are better than what there is: look at those alone.
				low, high := d.none+1, T(worst.key^turn)
				if p.desc {
					low, high = high, ^d.none
				}
				if d.bounds[f.at[i]].outside(w, low, high) {
					continue
				}
				if bits.OnesCount64(word) >= 24 {
					word &= mask((*[64]T)(k[w<<6:]), low, high)
				}
			}
			for ; word != 0; word &= word - 1 {
				row := w<<6 | bits.TrailingZeros64(word)
				v := p.missing
				if k != nil && k[row] != d.none {
					v = int64(k[row])
				} else if p.present {
					continue
				}
				v ^= turn
				if full && v > worst.key {
					continue
				}
				x := numbered{v, (base | int64(row)) ^ turn}
				if p.from != nil && x.compare(from) <= 0 || full && x.compare(worst) >= 0 {
					continue
				}
				if best = append(best, x); len(best) >= 3*p.n {
					slices.SortFunc(best, numbered.compare)
					best, full = best[:p.n], true
					worst = best[p.n-1]
				}
			}
		}
	}
	// Numbers that grow with ids, such as instants, would make every customer
	// the best so far: begin at the better end.
	n := len(f.at)
	if n > 1 && d.sample(f, n-1, p.missing)^turn < d.sample(f, 0, p.missing)^turn {
		for i := n - 1; i >= 0; i-- {
			look(i)
		}
	} else {
		for i := range n {
			look(i)
		}
	}
	slices.SortFunc(best, numbered.compare)
	best = best[:min(len(best), p.n)]
	out := make([]Hit, len(best))
	for i, x := range best {
		out[i] = Hit{ID: x.id ^ turn, Num: x.key ^ turn}
	}
	return out
}

// sample is the number of the first match in a block.
func (d *numbers[T]) sample(f *found, i int, missing int64) int64 {
	for w, word := range f.rows[i] {
		if word != 0 {
			if v, has := d.at(f.at[i], uint16(w<<6|bits.TrailingZeros64(word))); has {
				return v
			}
			return missing
		}
	}
	return missing
}

type worded struct {
	text []byte
	id   int64
}

func (p *pick) byText(f *found, d *texts) []Hit {
	compare := func(a, b worded) int {
		k := cmp.Or(bytes.Compare(a.text, b.text), cmp.Compare(a.id, b.id))
		if p.desc {
			return -k
		}
		return k
	}
	var from worded
	if p.from != nil {
		from = worded{[]byte(p.from.Text), p.from.ID}
	}
	var best []worded
	full, worst := false, uint64(0)
	for i, b := range f.at {
		base := int64(b) << blockBits
		k := d.block(b)
		for w, word := range f.rows[i] {
			if full && k != nil && bits.OnesCount64(word) >= 8 {
				// Those that begin with more than the worst are not looked at.
				if part := (*[64]uint64)(k.head[w<<6:]); p.desc {
					word &= mask(part, worst, math.MaxUint64)
				} else {
					word &= mask(part, 0, worst)
				}
			}
			for ; word != 0; word &= word - 1 {
				row := w<<6 | bits.TrailingZeros64(word)
				text, _ := d.get(b, uint16(row))
				x := worded{text, base | int64(row)}
				if full && compare(x, best[p.n-1]) >= 0 || p.from != nil && compare(x, from) <= 0 {
					continue
				}
				if best = append(best, x); len(best) >= 3*p.n {
					slices.SortFunc(best, compare)
					best, full = best[:p.n], true
					worst = headOf(best[p.n-1].text)
				}
			}
		}
	}
	slices.SortFunc(best, compare)
	best = best[:min(len(best), p.n)]
	out := make([]Hit, len(best))
	for i, x := range best {
		out[i] = Hit{ID: x.id, Text: string(x.text)}
	}
	return out
}
