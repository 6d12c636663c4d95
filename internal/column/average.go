package column

import "math"

// AverageRange is a range of averages: Times the average lies from From to To, both
// included unless Strict is set. math.MinInt64 and math.MaxInt64 leave a side
// open. Times is above 0.
type AverageRange struct {
	Times, From, To int64
	Strict          bool
}

// has says whether sum ÷ n is in it, exactly; n is above 0.
func (r *AverageRange) has(sum, n int64) bool {
	a, least := amount{sum, n}, 0
	if r.Strict {
		least = 1
	}
	return (r.From == math.MinInt64 || a.compare(amount{r.From, r.Times}) >= least) &&
		(r.To == math.MaxInt64 || -a.compare(amount{r.To, r.Times}) >= least)
}

// line holds of a sum and a number where sum·of + n·by ≥ least.
type line struct{ of, by, least int64 }

// Within these a line is added up without an overflow.
const (
	nearSum   = 1 << 41
	nearCount = 1 << 20
)

// lines are the sides of a range as lines; nil where they have no room.
func (r *AverageRange) lines() (out []line) {
	least := int64(0)
	if r.Strict {
		least = 1
	}
	if r.Times > nearCount {
		return nil
	}
	for _, side := range [2]struct {
		at, turn int64
		open     bool
	}{{r.From, 1, r.From == math.MinInt64}, {r.To, -1, r.To == math.MaxInt64}} {
		switch {
		case side.open:
		case side.at <= -nearSum || side.at >= nearSum:
			return nil
		default:
			out = append(out, line{side.turn * r.Times, -side.turn * side.at, least})
		}
	}
	if out == nil {
		out = []line{{}}
	}
	return out
}

// near says that 64 sums and numbers have room in lines.
func near(sum, n *[64]int64) bool {
	sums, counts := uint64(0), uint64(0)
	for i, x := range sum {
		sums |= uint64(x + nearSum)
		counts |= uint64(n[i])
	}
	return sums < 2*nearSum && counts < nearCount // powers of two
}

// mask has a bit for each of 64 for whom the line holds.
func (l line) mask(sum, n *[64]int64) (is uint64) {
	for i, x := range sum {
		is = is>>1 | uint64(^(x*l.of+n[i]*l.by-l.least))&(1<<63)
	}
	return is
}
