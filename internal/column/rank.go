package column

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// amount is a value: num ÷ count.
type amount struct{ num, count int64 }

// compare compares two fractions, whose counts are above 0.
func (a amount) compare(b amount) int {
	if a.count == b.count {
		switch {
		case a.num < b.num:
			return -1
		case a.num > b.num:
			return 1
		}
		return 0
	}
	if (a.num < 0) != (b.num < 0) {
		if a.num < 0 {
			return -1
		}
		return 1
	}
	size := func(n int64) uint64 {
		if n < 0 {
			return -uint64(n)
		}
		return uint64(n)
	}
	h1, l1 := bits.Mul64(size(a.num), uint64(b.count))
	h2, l2 := bits.Mul64(size(b.num), uint64(a.count))
	k := 0
	switch {
	case h1 < h2 || h1 == h2 && l1 < l2:
		k = -1
	case h1 > h2 || l1 > l2:
		k = 1
	}
	if a.num < 0 {
		return -k
	}
	return k
}

// besides is a comparison with others, bound to the columns.
type besides struct {
	leaf  *leaf
	value *boundValue
	Fits
}

// Fits is what a comparison with others comes to: a number from From to To or,
// where there is one, what Is holds of.
type Fits struct {
	From, To int64
	Is       func(value, count int64) bool
}

var fitsNobody = Fits{From: 1, To: 0}

// others binds a comparison with others: it looks at the values of everybody
// in the population, unless it is known what they came to.
func (v *view) others(c *Cond) *besides {
	f := c.facts
	k := &besides{value: v.bindValue(&f.value)}
	at, all := v.everybody()
	var h keyed
	h.text("value")
	perRow := int64(8)
	if f.averages() {
		perRow = 16
	}
	h.value(&f.value)
	var known bool
	if k.Fits, known = v.kept.stamp(v.at, c.key()); known && v.one {
		k.leaf = &leaf{} // the values of a few are soon found
		return k
	}
	if k.value.sums == nil && k.value.counts == nil { // the values themselves are soon found from totals
		k.leaf = v.kept.get(h.key(), f.value.cols, len(at), perRow)
	}
	if k.leaf == nil { // for this once
		k.leaf = &leaf{lent: true}
		v.lent = append(v.lent, k.leaf)
	}
	if known {
		return k
	}
	o := &population{rows: make([]rows, len(at)), blocks: make([]*leafBlock, len(at)), samples: make([][]amount, len(at))}
	everyone := 0
	for _, r := range all {
		everyone += r.count()
	}
	inside := f.population.bind(v)
	_ = v.each(len(at), func(i int) {
		var in rows
		inside.eval(at[i], all[i], &in)
		k.leaf.values(at[i], &in, k.value, func(vals *leafBlock) {
			for w := range in {
				in[w] &= vals.holds[w]
			}
			o.rows[i], o.blocks[i] = in, vals
		})
		o.sample(i, max(everyone/nthSample, 1))
	})
	for i := range o.rows {
		o.total += o.rows[i].count()
	}
	switch {
	case v.ctx.Err() != nil:
		k.Fits = fitsNobody
		return k
	case c.op == opAveraged:
		k.Fits = f.averaged(v, o)
	default:
		k.Fits = f.ranked(v, o)
	}
	if v.ctx.Err() == nil {
		v.kept.setStamp(v.at, c.key(), k.Fits)
	}
	return k
}

// population is the customers who are compared with: those who have a value,
// block by block, their values, and some of these.
type population struct {
	rows    []rows
	blocks  []*leafBlock
	samples [][]amount
	total   int
}

// each calls fn with the values of a block. What is known of a customer does
// not change while a question is answered.
func (o *population) each(i int, fn func(a amount)) {
	vals := o.blocks[i]
	for w, m := range o.rows[i] {
		for ; m != 0; m &= m - 1 {
			row := uint16(w<<6 | bits.TrailingZeros64(m))
			fn(amount{vals.val[row], vals.count(row)})
		}
	}
}

// sample takes one customer in so many, at random, for the comparison that follows.
func (o *population) sample(i, step int) {
	vals := o.blocks[i]
	for row := rand.IntN(step); row < blockRows; row += 1 + rand.IntN(2*step-1) {
		if o.rows[i].has(uint16(row)) {
			o.samples[i] = append(o.samples[i], amount{vals.val[row], vals.count(uint16(row))})
		}
	}
}

func (f *factCond) averaged(v *view, o *population) Fits {
	sums, wholes := make([]float64, len(o.rows)), make([]int64, len(o.rows))
	_ = v.each(len(o.rows), func(i int) {
		o.each(i, func(a amount) {
			sums[i] += float64(a.num) / float64(a.count)
			wholes[i] += a.num
		})
	})
	sum, whole := 0.0, int64(0)
	for i := range sums {
		sum += sums[i]
		whole += wholes[i]
	}
	// Whole numbers are added up as such while they can be.
	if !f.averages() && sum > -9e18 && sum < 9e18 {
		sum = float64(whole)
	}
	customers := int64(o.total)
	if customers == 0 {
		return fitsNobody
	}
	return f.beside(sum, customers)
}

func (f *factCond) ranked(v *view, o *population) Fits {
	n := int64(o.total)
	switch {
	case f.n <= 0:
		n = 0
	case f.stat == Top || f.stat == Bottom:
		n = min(n, f.n)
	case f.n < 10_000:
		n = (n*f.n + 9_999) / 10_000
	}
	if n == 0 {
		return fitsNobody
	}
	if f.stat == Top || f.stat == TopPercent {
		least := o.nth(v, o.total-int(n))
		if !f.averages() {
			return Fits{From: least.num, To: math.MaxInt64}
		}
		return Fits{Is: func(val, cnt int64) bool { return amount{val, cnt}.compare(least) >= 0 }}
	}
	most := o.nth(v, int(n)-1)
	if !f.averages() {
		return Fits{From: math.MinInt64, To: most.num}
	}
	return Fits{Is: func(val, cnt int64) bool { return amount{val, cnt}.compare(most) <= 0 }}
}

// averages says that values are fractions.
func (f *factCond) averages() bool { return f.value.Facts != nil && f.value.Agg == Average }

// nthSample is how many values are sorted to find out where one may stand.
const nthSample = 4000

// nth is the value that would stand at a place if all were sorted. The sample
// says between which two values it lies, and those in between are looked at
// alone. Where the context ended it is of no meaning.
func (o *population) nth(v *view, at int) amount {
	sample := slices.Concat(o.samples...)
	slices.SortFunc(sample, amount.compare)
	if len(sample) > 200 {
		n := float64(len(sample))
		k := int(int64(at) * int64(len(sample)) / int64(o.total))
		// Four standard deviations of how many of a sample lie below.
		share := float64(k) / n
		away := 2 + int(4*math.Sqrt(n*share*(1-share)))
		low, high := sample[max(k-away, 0)], sample[min(k+away, len(sample)-1)]
		if k < away {
			low = amount{math.MinInt64, 1}
		}
		if k+away >= len(sample) {
			high = amount{math.MaxInt64, 1}
		}
		if list, below := o.between(v, low, high); at >= below && at < below+len(list) {
			return Nth(list, at-below, amount.compare)
		}
	}
	list, _ := o.between(v, amount{math.MinInt64, 1}, amount{math.MaxInt64, 1})
	if len(list) <= at { // nobody waits any more
		return amount{0, 1}
	}
	return Nth(list, at, amount.compare)
}

// between are the values from low to high, and how many lie below.
func (o *population) between(v *view, low, high amount) (list []amount, below int) {
	lists, belows := make([][]amount, len(o.rows)), make([]int, len(o.rows))
	plain := low.count == 1 && high.count == 1 && !slices.ContainsFunc(o.blocks, func(k *leafBlock) bool { return k != nil && k.cnt != nil })
	_ = v.each(len(o.rows), func(i int) {
		if !plain {
			o.each(i, func(a amount) {
				if a.compare(low) < 0 {
					belows[i]++
				} else if a.compare(high) <= 0 {
					lists[i] = append(lists[i], a)
				}
			})
			return
		}
		for w, m := range o.rows[i] {
			if m == 0 {
				continue
			}
			part := (*[64]int64)(o.blocks[i].val[w<<6:])
			less := ^mask(part, low.num, math.MaxInt64) & m
			belows[i] += bits.OnesCount64(less)
			for m &= mask(part, math.MinInt64, high.num) &^ less; m != 0; m &= m - 1 {
				lists[i] = append(lists[i], amount{part[bits.TrailingZeros64(m)], 1})
			}
		}
	})
	for _, n := range belows {
		below += n
	}
	return slices.Concat(lists...), below
}

// Nth is the value that would stand at a place if the list were sorted; it leaves the
// list in another order (Hoare's selection with three parts).
func Nth[T any](list []T, at int, compare func(a, b T) int) T {
	for {
		if len(list) <= 1 {
			return list[at]
		}
		pivot := list[rand.IntN(len(list))]
		low, high := 0, len(list) // below low less than the pivot, from high on more
		for i := 0; i < high; {
			switch k := compare(list[i], pivot); {
			case k < 0:
				list[i], list[low] = list[low], list[i]
				low++
				i++
			case k > 0:
				high--
				list[i], list[high] = list[high], list[i]
			default:
				i++
			}
		}
		switch {
		case at < low:
			list = list[:low]
		case at >= high:
			list, at = list[high:], at-high
		default:
			return pivot
		}
	}
}

// eval gives those of in for whom the comparison holds.
func (k *besides) eval(b int, in, out *rows) {
	k.leaf.values(b, in, k.value, func(vals *leafBlock) {
		for w, m := range in {
			if m &= vals.holds[w]; k.Is == nil && m != 0 {
				out[w] = m & mask((*[64]int64)(vals.val[w<<6:]), k.From, k.To)
				continue
			}
			for ; m != 0; m &= m - 1 {
				if row := uint16(w<<6 | bits.TrailingZeros64(m)); k.Is(vals.val[row], vals.count(row)) {
					out.set(row)
				}
			}
		}
	})
}
