package column

import (
	"math/rand/v2"
	"testing"
)

// TestCalendarRoom: what is kept in the order of days takes the memory that it
// says, gives it back when a block is written anew, and is done without where
// none is left.
func TestCalendarRoom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	b := newStreamBench(t, false)
	for id := range int64(4000) {
		b.who[id] = true
		_ = b.cols[everybody].addNumber(id, 1)
		b.facts["buys"][id], b.facts["looks"][id] = b.draw(r), b.draw(r)
	}
	b.build(t, b.cols)
	const room = 1 << 30
	left := &spare{always: true}
	left.Store(room)
	sum := Compare(Value{Facts: &Facts{Day: buysCols.day, From: 20_010, To: 20_040}, Agg: Sum, Of: buysCols.money}, 1000, 40_000)
	count := func(left *spare) (n int) {
		v := &view{ctx: t.Context(), get: func(c Col) data { return b.cols[c] }, at: b.at, left: left}
		_, found, err := v.matching(sum)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range found {
			if k != nil {
				n += k.count()
			}
		}
		return n
	}
	taken := func() (n int64) {
		for _, d := range b.cols {
			if d, ok := d.(*series); ok {
				for _, k := range d.blocks {
					if k != nil {
						n += k.orderSize()
					}
				}
			}
		}
		return n
	}
	for round := range 3 {
		want := count(&spare{never: true})
		if n := taken(); round == 0 && n != 0 {
			t.Errorf("%d bytes, though nobody asked by day", n)
		}
		if got := count(&spare{always: true}); round == 0 && (got != want || taken() != 0) {
			t.Errorf("without room: %d, want %d; %d bytes", got, want, taken())
		}
		if got := count(left); got != want {
			t.Errorf("round %d: %d, want %d", round, got, want)
		}
		if n := taken(); n == 0 || left.Load() != room-n {
			t.Errorf("round %d: takes %d bytes, %d are missing", round, n, room-left.Load())
		}
		ids := []int64{} // more than an overlay holds
		for range 2 * overMost {
			ids = append(ids, r.Int64N(4000))
		}
		for b.cols[buysCols.day].(*series).block(0).cal.Load() != nil {
			b.set(t, r, ids)
		}
		if n := taken(); n != 0 || left.Load() != room {
			t.Errorf("round %d: written anew, and still %d bytes; %d are missing", round, n, room-left.Load())
		}
	}
}
