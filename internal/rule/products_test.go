package rule

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// Products are compared as they are, however large.
func TestCompareProducts(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	any64 := func(low int64) int64 {
		edges := []int64{1, 2, 1<<20 - 1, 1 << 20, 1<<42 - 1, 1 << 42, 1<<42 + 1, math.MaxInt64}
		v := edges[r.IntN(len(edges))]
		if r.IntN(2) == 0 {
			v = int64(r.Uint64()>>1) >> r.IntN(63)
		}
		if r.IntN(2) == 0 {
			v = -v
		}
		if v < low && low > 0 {
			v = max(1, -v)
		}
		return v
	}
	for range 200_000 {
		a, b, c, d := any64(math.MinInt64), any64(1), any64(math.MinInt64), any64(1)
		if r.IntN(4) == 0 { // the same product in two ways
			a, b, c, d = a>>32, b>>32+1, (a>>32)*(b>>32+1), 1
		}
		x := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
		y := new(big.Int).Mul(big.NewInt(c), big.NewInt(d))
		if got := compareProducts(a, b, c, d); got != x.Cmp(y) {
			t.Fatalf("%d·%d, %d·%d: %d", a, b, c, d, got)
		}
	}
}
