package column

import (
	"context"
	"math/bits"
)

// Block is up to 16,384 customers, neighbours by id, while [Set.Scan] looks at
// them.
type Block struct {
	no   int
	all  *rows
	data []data
}

// IDs calls fn with every customer of the block, ascending.
func (b *Block) IDs(fn func(id int64)) {
	base := int64(b.no) << blockBits
	for w, word := range b.all {
		for ; word != 0; word &= word - 1 {
			fn(base | int64(w<<6|bits.TrailingZeros64(word)))
		}
	}
}

// Number gives the number that a customer has in the column at a place of the
// list that was asked for.
func (b *Block) Number(col int, id int64) (int64, bool) {
	_, row := split(id)
	return numberAt(b.data[col], b.no, row)
}

// Series appends the numbers that a customer has in a Series, in its order, to a
// list; a missing one is [Missing].
func (b *Block) Series(col int, id int64, list []int64) []int64 {
	_, row := split(id)
	if d, ok := b.data[col].(*series); ok {
		return d.of(list, b.no, row)
	}
	return list
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
		return v.each(len(at), func(i int) {
			fn(&Block{no: at[i], all: all[i], data: data}, i, len(at))
		})
	})
}
