package column

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestAverageRange: averages are compared as the fractions that they are, however
// large, by 64 and alone.
func TestAverageRange(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	edges := []int64{0, 1, 2, nearCount - 1, nearCount, nearSum - 1, nearSum, nearSum + 1, mostValue}
	number := func() int64 {
		v := edges[r.IntN(len(edges))]
		if r.IntN(2) == 0 {
			v = r.Int64() >> r.IntN(63)
		}
		if r.IntN(2) == 0 {
			v = -v
		}
		return v
	}
	above := func(v int64) int64 { return max(v, -v, 1) }
	byLine := 0
	for range 20_000 {
		a := AverageRange{Times: above(number()) % 2000, From: number(), To: number(), Strict: r.IntN(2) == 0}
		a.Times = above(a.Times)
		if r.IntN(3) == 0 {
			a.From = math.MinInt64
		} else if r.IntN(3) == 0 {
			a.To = math.MaxInt64
		}
		var sum, n [64]int64
		small := r.IntN(2) == 0
		for i := range sum {
			if sum[i], n[i] = number(), above(number()); small {
				sum[i], n[i] = sum[i]%nearSum, above(n[i]%nearCount)
			}
			if r.IntN(4) == 0 && a.From > math.MinInt64 { // the bound itself
				sum[i], n[i] = a.From>>21, a.Times
				a.From = sum[i]
			}
		}
		is := ^uint64(0)
		lines := a.lines()
		if lines == nil || !near(&sum, &n) {
			is = 0
			for i := range sum {
				if a.has(sum[i], n[i]) {
					is |= 1 << i
				}
			}
		} else {
			byLine++
			for _, l := range lines {
				is &= l.mask(&sum, &n)
			}
		}
		for i := range sum {
			of := new(big.Rat).Mul(big.NewRat(sum[i], n[i]), big.NewRat(a.Times, 1))
			least := 0
			if a.Strict {
				least = 1
			}
			want := (a.From == math.MinInt64 || of.Cmp(big.NewRat(a.From, 1)) >= least) &&
				(a.To == math.MaxInt64 || -of.Cmp(big.NewRat(a.To, 1)) >= least)
			if got := is>>i&1 == 1; got != want {
				t.Fatalf("%+v of %d ÷ %d: %v", a, sum[i], n[i], got)
			}
		}
	}
	if byLine < 1000 {
		t.Errorf("%d by lines", byLine)
	}
}
