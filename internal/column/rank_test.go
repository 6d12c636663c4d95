package column

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestNth: the value at a place of many is that of the sorted list, whatever
// the sample says.
func TestNth(t *testing.T) {
	r := rand.New(rand.NewPCG(rand.Uint64(), 3))
	for _, spread := range []int64{1, 3, 1000, 1 << 60} {
		for _, fair := range []bool{true, false} {
			var all []amount
			o := &population{}
			for i := range 5 {
				k := &leafBlock{val: new([blockRows]int64), cnt: new([blockRows]int64)}
				if spread == 1000 {
					k.cnt = nil
				}
				var in rows
				for range r.IntN(9000) {
					row := uint16(r.IntN(blockRows))
					if in.has(row) {
						continue
					}
					in.set(row)
					k.val[row] = r.Int64N(spread) - spread/2
					if k.cnt != nil {
						k.cnt[row] = 1 + r.Int64N(2)*r.Int64N(5)
					}
				}
				o.rows, o.blocks, o.samples = append(o.rows, in), append(o.blocks, k), append(o.samples, nil)
				o.each(i, func(a amount) {
					all = append(all, a)
					if r.IntN(10) == 0 && (fair || a.num > 0) {
						o.samples[i] = append(o.samples[i], a)
					}
				})
			}
			o.total = len(all)
			slices.SortFunc(all, amount.compare)
			for _, at := range []int{0, 1, len(all) / 5, len(all) / 2, len(all) - 1} {
				if got := o.nth(&view{ctx: t.Context()}, at); got.compare(all[at]) != 0 {
					t.Errorf("spread %d, place %d of %d: %v, want %v", spread, at, len(all), got, all[at])
				}
			}
		}
	}
}

// TestRounding: numbers that round to what lies between two are those that do.
func TestRounding(t *testing.T) {
	for _, per := range []int64{2, 4, 1000} {
		for v := -3 * per; v <= 3*per; v++ {
			want := int64(math.RoundToEven(float64(v) / float64(per)))
			if got := rounded(v, per); got != want {
				t.Errorf("%d ÷ %d: %d, want %d", v, per, got, want)
			}
			for from := int64(-3); from <= 3; from++ {
				lo, hi := unrounded(from, from+1, per)
				if got := v >= lo && v <= hi; got != (want >= from && want <= from+1) {
					t.Errorf("%d ÷ %d from %d to %d: %v", v, per, from, from+1, got)
				}
			}
		}
		for _, far := range []int64{math.MaxInt64, math.MaxInt64 - 1, math.MaxInt64/per + 1} {
			if lo, _ := unrounded(far, math.MaxInt64, per); lo != math.MaxInt64 {
				t.Errorf("from %d: %d", far, lo)
			}
			if lo, hi := unrounded(-far, far, per); lo > -mostValue || hi < mostValue {
				t.Errorf("from %d to %d: %d, %d", -far, far, lo, hi)
			}
			if lo, hi := unrounded(math.MinInt64, -far, per); lo <= hi && hi > -mostValue {
				t.Errorf("to %d: %d, %d", -far, lo, hi)
			}
		}
	}
}
