package rule

import (
	"math/rand/v2"
	"testing"
)

// Of 64 customers at a time a sample has whom it has one at a time.
func TestDrawn(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		seed, limit, first, of := r.Int64N(prime), r.Int64N(parts+1), r.Int64N(1<<40)&^63, r.Uint64()
		switch r.IntN(4) {
		case 0:
			first = prime*r.Int64N(500) - r.Int64N(64) // round the end of the modulus
			first = max(first, 0)
		case 1:
			first = r.Int64N(1<<20) &^ 63
		}
		got := drawn(seed, limit, first, of)
		for i := range int64(64) {
			want := of>>i&1 == 1 && draw(seed, first+i) < limit
			if got>>i&1 == 1 != want {
				t.Fatalf("seed %d limit %d id %d: %v", seed, limit, first+i, !want)
			}
		}
	}
}

func BenchmarkDrawn(b *testing.B) {
	for b.Loop() {
		for first := int64(0); first < 1_000_000; first += 64 {
			drawn(77, 2000, first, ^uint64(0))
		}
	}
}
