package affinity

import (
	"cmp"
	"slices"
)

// rule is A → B. Categories are places in a sorted list of codes, so that the
// order of places is that of codes.
type rule struct {
	from, to int32
	// Customers who bought from, to, and both.
	ofFrom, ofTo, both int64
}

func (r rule) confidence() float64 { return float64(r.both) / float64(r.ofFrom) }

// stronger orders rules: the higher confidence first, compared as fractions, then
// the code of what is suggested, then that of what was bought. Counts of customers
// stay below 2³¹, so that products fit.
func stronger(a, b rule) int {
	return cmp.Or(cmp.Compare(b.both*a.ofFrom, a.both*b.ofFrom), cmp.Compare(a.to, b.to), cmp.Compare(a.from, b.from))
}

// book is the rules by the category that was bought, the strongest first.
type book map[int32][]rule

// pick gives the strongest rule from what a customer bought (ascending) to what
// the customer did not; ok is false where there is none.
func (b book) pick(bought []int32) (best rule, ok bool) {
	for _, from := range bought {
		for _, r := range b[from] {
			if _, has := slices.BinarySearch(bought, r.to); has {
				continue
			}
			if !ok || stronger(r, best) < 0 {
				best, ok = r, true
			}
			break // the others from here are weaker
		}
	}
	return best, ok
}

// baskets are what some customers bought, each category once, ascending.
type baskets struct {
	ids  []int64
	ends []int // in bought, of each customer
	// bought lies end to end.
	bought []int32
}

func (b *baskets) each(fn func(i int, bought []int32)) {
	from := 0
	for i, end := range b.ends {
		fn(i, b.bought[from:end])
		from = end
	}
}

// add appends a customer; list is sorted here and may be used again.
func (b *baskets) add(id int64, list []int32) {
	if len(list) == 0 {
		return
	}
	slices.Sort(list)
	b.ids = append(b.ids, id)
	b.bought = append(b.bought, slices.Compact(list)...)
	b.ends = append(b.ends, len(b.bought))
}

// learn finds the rules of all customers over n categories. It takes 4 bytes for
// each two of the categories that are looked at, and the square of a customer's
// categories in time.
func learn(parts []baskets, n int, set Settings) book {
	total, of := int64(0), make([]int64, n)
	for p := range parts {
		total += int64(len(parts[p].ids))
		for _, c := range parts[p].bought {
			of[c]++
		}
	}
	kept := largest(of, set)
	seat := make([]int32, n) // among kept; -1 for the others
	for i := range seat {
		seat[i] = -1
	}
	for i, c := range kept {
		seat[c] = int32(i)
	}
	// The pair i < j stands at j(j-1)/2 + i.
	pairs := make([]uint32, len(kept)*(len(kept)-1)/2)
	var seats []int
	for p := range parts {
		parts[p].each(func(_ int, bought []int32) {
			seats = seats[:0]
			for _, c := range bought {
				if k := seat[c]; k >= 0 {
					seats = append(seats, int(k)) // ascending: kept is
				}
			}
			for b, j := range seats {
				for _, i := range seats[:b] {
					pairs[j*(j-1)/2+i]++
				}
			}
		})
	}
	out := book{}
	for j := range kept {
		for i := range j {
			both := int64(pairs[j*(j-1)/2+i])
			if both < set.Support {
				continue
			}
			a, b := kept[i], kept[j]
			// The lift is that of the pair, whichever stands first.
			if float64(both)*float64(total) < set.Lift*float64(of[a])*float64(of[b]) {
				continue
			}
			for _, r := range []rule{{a, b, of[a], of[b], both}, {b, a, of[b], of[a], both}} {
				if r.confidence() >= set.Confidence {
					out[r.from] = append(out[r.from], r)
				}
			}
		}
	}
	for from, list := range out {
		slices.SortFunc(list, stronger)
		out[from] = slices.Clone(list[:min(len(list), set.PerCategory)])
	}
	return out
}

// largest are the categories that can have rules at all, ascending: those with
// the most customers where there are too many.
func largest(of []int64, set Settings) []int32 {
	var kept []int32
	for c, n := range of {
		if n > 0 && n >= set.Support {
			kept = append(kept, int32(c))
		}
	}
	slices.SortFunc(kept, func(a, b int32) int { return cmp.Or(cmp.Compare(of[b], of[a]), cmp.Compare(a, b)) })
	kept = kept[:min(len(kept), set.Categories)]
	slices.Sort(kept)
	return kept
}
