package column

import (
	"context"
	"math/rand/v2"
	"testing"
)

// BenchmarkPage asks a million customers for a page of fifty of those whom three
// conditions leave: in the order of a number that a third of them have, and of
// ids.
func BenchmarkPage(b *testing.B) {
	set := func(name string) Col { return Col{Table: "t", ID: "id", Expr: name, Kind: Keys} }
	number := Col{Table: "t", ID: "id", Expr: "number", Kind: Number}
	kind, stage, contact, city := set("kind"), set("stage"), set("contact"), set("city")
	r := rand.New(rand.NewPCG(3, 4))
	cols := map[Col]data{}
	for _, c := range []Col{everybody, kind, stage, contact, city, number} {
		cols[c] = newData(c.Kind)
	}
	for id := int64(1); id <= benchCustomers; id++ {
		_ = cols[everybody].addNumber(id, 1)
		_ = cols[kind].addNumber(id, r.Int64N(20)/19)
		_ = cols[stage].addNumber(id, r.Int64N(10)/9)
		_ = cols[contact].addNumber(id, r.Int64N(10)/9)
		_ = cols[city].addNumber(id, r.Int64N(300))
		if id%3 == 0 {
			_ = cols[number].addNumber(id, r.Int64N(100_000))
		}
	}
	v := &view{ctx: context.Background(), get: func(c Col) data { return cols[c] }}
	byNumber := []Segment{{By: number, Sorted: true, Where: Has(number)}, {Where: Not(Has(number))}}
	for name, q := range map[string]*Query{
		"most by number": {Where: All(HasKey(kind, 0), HasKey(stage, 0), HasKey(contact, 0)), Segments: byNumber, Desc: true, N: 50},
		"few by number":  {Where: All(HasKey(kind, 0), HasKey(city, 7), Between(number, 10_000, 30_000)), Segments: byNumber, Desc: true, N: 50},
		"few by id":      {Where: All(HasKey(stage, 0), HasKey(city, 7), Between(number, 10_000, 30_000)), Segments: []Segment{{}}, N: 50},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			defer cpu(b)()
			for b.Loop() {
				if out, err := q.answer(v); err != nil || len(out.Hits) != 50 {
					b.Fatal(len(out.Hits), err)
				}
			}
		})
	}
}
