package column

import (
	"context"
	"math/bits"
	"sync"
)

// Block is up to 16,384 customers, neighbours by id, while [Set.Scan] looks at
// them.
type Block struct {
	no           int
	all          *rows
	data         []data
	first, total int
	lent         []*Values
}

// Place says how many customers are before those of the block, and how many there
// are in all.
func (b *Block) Place() (first, total int) { return b.first, b.total }

// Len is the number of customers.
func (b *Block) Len() int { return b.all.count() }

// IDs calls fn with every customer of the block, ascending.
func (b *Block) IDs(fn func(id int64)) {
	base := int64(b.no) << blockBits
	for w, word := range b.all {
		for ; word != 0; word &= word - 1 {
			fn(base | int64(w<<6|bits.TrailingZeros64(word)))
		}
	}
}

// EachKey calls fn with every key that a customer of the block has in the Keys at a
// place of the list that was asked for; i counts the customers of the block from 0,
// ascending.
func (b *Block) EachKey(col int, fn func(i int, key int64)) {
	k := b.data[col].(*sets).block(b.no)
	if k == nil {
		return
	}
	for key, c := range k.cells {
		var has rows
		c.or(b.all, &has)
		before := 0
		for w, m := range has {
			for ; m != 0; m &= m - 1 {
				fn(before+bits.OnesCount64(b.all[w]&(m&-m-1)), key)
			}
			before += bits.OnesCount64(b.all[w])
		}
	}
}

// Values are the numbers that the customers of a block have in a Series, until the
// call of [Set.Scan]'s fn ends.
type Values struct {
	k         *seriesBlock
	main, new []int64
}

var valuesPool = sync.Pool{New: func() any { return &Values{} }}

// Values reads the Series at a place of the list that was asked for.
func (b *Block) Values(col int) *Values {
	v := valuesPool.Get().(*Values)
	b.lent = append(b.lent, v)
	v.main, v.new = v.main[:0], v.new[:0]
	if v.k = b.data[col].(*series).block(b.no); v.k != nil {
		v.main = v.k.main.append(v.main, 0, v.k.main.n)
		v.new = v.k.over.values.append(v.new, 0, v.k.over.values.n)
	}
	return v
}

// Of are the numbers of a customer of the block, in the order of the Series; a
// missing one is [Missing].
func (v *Values) Of(id int64) []int64 {
	if v.k == nil {
		return nil
	}
	_, row := split(id)
	if v.k.changed.has(row) {
		from, to := v.k.over.of(row)
		return v.new[from:to]
	}
	return v.main[v.k.off[row]:v.k.off[row+1]]
}

// Rising says that no customer's numbers fall and none is missing.
func (v *Values) Rising() bool {
	return v.k == nil || v.k.asc && (len(v.k.over.rows) == 0 || ascending(v.k.over.off, v.new))
}

// Missing stands for a number that a fact does not have.
const Missing = null

// Scan calls fn with all customers, block by block, from several goroutines at
// once, as of now; ok is false where the columns cannot tell or are not in
// memory: unlike [Set.Find] it does not have them read.
// Writers wait while it goes on, so that fn should only look. blocks is how
// many there are at most, and at says which one this is.
func (s *Set) Scan(ctx context.Context, cols []Col, fn func(b *Block, at, blocks int)) (ok bool, err error) {
	if s == nil {
		return false, nil
	}
	list := append([]Col{everybody}, cols...)
	if !s.ready(ctx, list) {
		return false, nil
	}
	return s.with(ctx, list, func(v *view) error {
		data := make([]data, len(cols))
		for i, c := range cols {
			data[i] = v.get(c)
		}
		at, all := v.everybody()
		first, total := make([]int, len(at)), 0
		for i := range at {
			first[i] = total
			total += all[i].count()
		}
		return v.each(len(at), func(i int) {
			b := &Block{no: at[i], all: all[i], data: data, first: first[i], total: total}
			fn(b, i, len(at))
			for _, v := range b.lent {
				v.k = nil
				valuesPool.Put(v)
			}
		})
	})
}

// Prepare has columns read in the background, where others are in memory already:
// who asks for them first does not wait then.
func (s *Set) Prepare(cols ...Col) {
	if s != nil && s.has([]Col{everybody}) && !s.has(cols) {
		s.want(cols)
	}
}
