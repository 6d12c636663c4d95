package column

import (
	"context"
	"slices"
)

// patch is the values that some customers have now.
type patch struct {
	ids    []int64
	col    []Col
	values [][]value
}

// rows is how many rows were read for it, at least one of each customer.
func (p *patch) rows() int64 {
	n := len(p.ids)
	for _, v := range p.values {
		n = max(n, len(v))
	}
	return int64(n)
}

// fetch reads the values of customers anew, of those columns that changes
// touch, all of one state of the database: what series of one stream need.
func (s *Set) fetch(ctx context.Context, cols []Col, ch *changes) (out []patch, err error) {
	err = s.o.DB.InReadTx(ctx, func(ctx context.Context) error {
		for _, g := range groups(cols) {
			ids := ch.ids(g.cols[0])
			if len(ids) == 0 {
				continue
			}
			p := patch{ids: ids, col: g.cols, values: make([][]value, len(g.cols))}
			err := s.store.readOf(ctx, g, ids, func(col int, v value) error {
				v.text = slices.Clone(v.text)
				p.values[col] = append(p.values[col], v)
				return nil
			})
			if err != nil {
				return err
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

// into writes patches into columns, and looks that series still agree.
// Error: errUneven, errTooMany.
func into(patches []patch, cols map[Col]data) error {
	if err := write(patches, cols); err != nil {
		return err
	}
	blocks := map[Col][]int{} // by stream
	for _, p := range patches {
		if p.col[0].series() {
			blocks[p.col[0].stream()] = blocksOf(p.ids)
		}
	}
	for st, list := range streams(cols) {
		for _, b := range blocks[st] {
			if err := align(list, b, false); err != nil {
				return err
			}
		}
	}
	return nil
}

func write(patches []patch, cols map[Col]data) error {
	for _, p := range patches {
		for i, c := range p.col {
			d := cols[c]
			if d == nil { // dropped meanwhile
				continue
			}
			if d, ok := d.(*series); ok {
				if err := d.patch(p.ids, p.values[i]); err != nil {
					return err
				}
				continue
			}
			for _, id := range p.ids {
				d.clear(id)
			}
			for _, v := range p.values[i] {
				if err := put(d, c, v); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// alignAll is align for all blocks of all streams.
func alignAll(cols map[Col]data, folded bool) error {
	for _, list := range streams(cols) {
		n := 0
		for _, d := range list {
			n = max(n, len(d.blocks))
		}
		for b := range n {
			if err := align(list, b, folded); err != nil {
				return err
			}
		}
	}
	return nil
}

// streams gives the series of each stream.
func streams(cols map[Col]data) map[Col][]*series {
	out := map[Col][]*series{}
	for c, d := range cols {
		if d, ok := d.(*series); ok {
			out[c.stream()] = append(out[c.stream()], d)
		}
	}
	return out
}

func blocksOf(ids []int64) (out []int) {
	for _, id := range ids {
		b, _ := split(id)
		out = append(out, b)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// patch gives customers the values that they have now, which stand by customer.
func (d *series) patch(ids []int64, values []value) error {
	of := map[int64][]int64{}
	for _, v := range values {
		if d.text {
			var err error
			if v.num, err = d.word(v.text); err != nil {
				return err
			}
		}
		if v.num != null && (v.num < leastValue || v.num > mostValue) {
			return errTooMany
		}
		of[v.id] = append(of[v.id], v.num)
	}
	for _, id := range ids {
		d.replace(id, of[id])
	}
	return nil
}
