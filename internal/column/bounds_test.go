package column

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestBounds compares ranges and the first of an order, which pass by what lies
// outside the bounds of 64 numbers, with a look at each number, while numbers
// come, change and go, and after they were written down and read.
func TestBounds(t *testing.T) {
	const customers = blockRows + 1000
	g := rand.New(rand.NewPCG(7, 8))
	d := newData(Number).(*numbers[int64])
	plain := map[int64]int64{}
	for round := range 40 {
		for range 500 {
			id := g.Int64N(customers)
			d.clear(id)
			delete(plain, id)
			if g.IntN(4) > 0 {
				v := id/64*10 + g.Int64N(20) - 1500 // neighbours have like numbers
				if g.IntN(20) == 0 {
					v = g.Int64() - math.MaxInt64/2
				}
				if err := d.addNumber(id, v); err != nil {
					t.Fatal(err)
				}
				plain[id] = v
			}
		}
		if round%10 == 9 {
			var e encoder
			encodeData(&e, d)
			read, err := decodeData(Number, e.b)
			if err != nil {
				t.Fatal(err)
			}
			d = read.(*numbers[int64])
		}
		from := g.Int64N(3000) - 1500
		to := from + g.Int64N(500)
		f := &found{}
		for b := range d.blocks {
			in, out := everyRow, rows{}
			if b == 1 {
				for row := 1000; row < blockRows; row++ {
					in.unset(uint16(row))
				}
			}
			d.between(b, from, to, &in, &out)
			for row := range 1 << blockBits {
				v, has := plain[int64(b)<<blockBits|int64(row)]
				if want := has && v >= from && v <= to; out.has(uint16(row)) != want {
					t.Fatalf("round %d: customer %d with %d (%v) from %d to %d: %v", round, b<<blockBits|row, v, has, from, to, !want)
				}
			}
			f.add(b, &in)
		}
		for way := range 4 {
			const missing = -2000
			desc, present := way&1 == 1, way&2 == 2
			p := pick{n: 20, desc: desc, missing: missing, present: present}
			var want []numbered
			for id := range int64(customers) {
				v, has := plain[id]
				if !has && present {
					continue
				}
				if !has {
					v = missing
				}
				if desc {
					v, id = ^v, ^id
				}
				want = append(want, numbered{v, id})
			}
			slices.SortFunc(want, numbered.compare)
			got := byNumber(&p, f, d)
			if len(got) != min(p.n, len(want)) {
				t.Fatalf("round %d: %d of %d", round, len(got), len(want))
			}
			for i, h := range got {
				x := numbered{h.Num, h.ID}
				if desc {
					x = numbered{^h.Num, ^h.ID}
				}
				if x != want[i] {
					t.Fatalf("round %d, descending %v: %v at %d instead of %v", round, desc, h, i, want[i])
				}
			}
		}
	}
}
