package demo

import (
	"math"
	"math/rand/v2"
	"sort"
)

// random is a seeded source with the distributions that the generator needs.
type random struct{ *rand.Rand }

// Streams keep the parts of the generator independent of each other: adding a
// draw to one of them leaves the others as they were.
const (
	streamJoin uint64 = iota + 1
	streamPerson
	streamPurchase
	streamCompany
	streamBehaviour
	streamDirt
	streamBench
)

// newRandom makes the source of one stream and one member of it.
func newRandom(seed, stream, member uint64) random {
	return random{rand.New(rand.NewPCG(mix64(seed^stream<<56), mix64(member+stream)))}
}

// mix64 is the finaliser of splitmix64 (Steele, Lea and Flood 2014).
func mix64(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// chance is true with probability p.
func (r random) chance(p float64) bool { return r.Float64() < p }

// between is uniform in [lo, hi], both included.
func (r random) between(lo, hi int) int { return lo + r.IntN(hi-lo+1) }

// gamma draws from a gamma distribution with the given shape and scale 1
// (Marsaglia and Tsang 2000).
func (r random) gamma(shape float64) float64 {
	if shape < 1 {
		return r.gamma(shape+1) * math.Pow(1-r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-r.Float64()) < 0.5*x*x+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// beta draws from a beta distribution.
func (r random) beta(a, b float64) float64 {
	x := r.gamma(a)
	return x / (x + r.gamma(b))
}

// logNormal draws exp(N(0, sigma²)).
func (r random) logNormal(sigma float64) float64 { return math.Exp(sigma * r.NormFloat64()) }

// weighted picks an index with probability in proportion to its weight.
type weighted struct{ cumulative []float64 }

func newWeighted(weights []float64) weighted {
	w := weighted{make([]float64, len(weights))}
	sum := 0.0
	for i, v := range weights {
		sum += v
		w.cumulative[i] = sum
	}
	return w
}

func (w weighted) pick(r random) int {
	x := r.Float64() * w.cumulative[len(w.cumulative)-1]
	i := sort.SearchFloat64s(w.cumulative, x)
	// SearchFloat64s finds the first sum ≥ x; an x that equals a sum belongs to
	// the next index, and the last sum is never reached.
	for i < len(w.cumulative)-1 && w.cumulative[i] <= x {
		i++
	}
	return i
}

// pickOf draws an index from a short list of weights without building a table.
func (r random) pickOf(weights []float64) int {
	sum := 0.0
	for _, v := range weights {
		sum += v
	}
	x := r.Float64() * sum
	for i, v := range weights {
		if x -= v; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}
