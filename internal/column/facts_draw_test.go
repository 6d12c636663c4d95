package column

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
)

// asked is a condition beside what a plain reading says of it.
type asked struct {
	name string
	cond *Cond
	is   func(id int64) bool
}

type plainFacts struct {
	f    Facts
	take func(f *fact, all bool) bool // all: also what is not counted
	name string
}

func (b *streamBench) drawFacts(r *rand.Rand) (plainFacts, *streamCols) {
	name, s := "buys", &buysCols
	if r.IntN(3) == 0 {
		name, s = "looks", &looksCols
	}
	p := Facts{Day: s.day, From: FirstDay, To: LastDay}
	if r.IntN(3) > 0 {
		p.From = 20_000 + r.Int64N(70) - 5
	}
	if r.IntN(3) > 0 {
		p.To = 20_000 + r.Int64N(70) - 5
	}
	counted := r.IntN(2) == 0
	if counted {
		p.Counted = &s.counted
	}
	var tests []func(f *fact) bool
	for range r.IntN(3) {
		t, is := b.drawTest(r, s)
		p.Tests, tests = append(p.Tests, t), append(tests, is)
	}
	return plainFacts{p, func(f *fact, all bool) bool {
		return f.day != nil && *f.day >= p.From && *f.day <= p.To && (all || !counted || f.counted == 1) &&
			!slices.ContainsFunc(tests, func(is func(f *fact) bool) bool { return !is(f) })
	}, name}, s
}

func (b *streamBench) drawTest(r *rand.Rand, s *streamCols) (FactTest, func(f *fact) bool) {
	not := r.IntN(3) == 0
	switch r.IntN(4) {
	case 0:
		from, to := (r.Int64N(200)-60)*1000+r.Int64N(3)-1, (r.Int64N(200)-60)*1000+r.Int64N(3)-1
		if b.wild && r.IntN(2) == 0 {
			from, to = -(1 << 49), 1<<60
		}
		return FactTest{Col: s.money, Range: true, From: from, To: to, Not: not}, func(f *fact) bool { return (f.money != nil && *f.money >= from && *f.money <= to) != not }
	case 1:
		words := []string{"店", "none", "会"}[:r.IntN(4)]
		return FactTest{Col: s.channel, Words: words, Not: not}, func(f *fact) bool { return (f.channel != "" && slices.Contains(words, f.channel)) != not }
	case 2:
		keys := []int64{1, 30000, 5}[:r.IntN(4)]
		if b.wild {
			keys = append(keys, []int64{-5, 1 << 40}[:r.IntN(3)]...)
		}
		return FactTest{Col: s.product, Keys: keys, Not: not}, func(f *fact) bool { return (f.product != nil && slices.Contains(keys, *f.product)) != not }
	}
	words := []string{"咖啡", "糖", "none"}[:r.IntN(4)]
	return FactTest{Col: s.product, Via: &lookupCol, Words: words, Not: not}, func(f *fact) bool {
		return (f.product != nil && categories[*f.product] != "" && slices.Contains(words, categories[*f.product])) != not
	}
}

// plainValue is a fraction; nil is none.
type plainValue func(id int64) *big.Rat

func (b *streamBench) drawValue(r *rand.Rand) (Value, plainValue, func(id int64) (sum, count int64)) {
	if r.IntN(8) == 0 {
		return Value{Of: scoreCol}, func(id int64) *big.Rat {
			if v, ok := b.score[id]; ok {
				return big.NewRat(v, 1)
			}
			return nil
		}, nil
	}
	p, s := b.drawFacts(r)
	v := Value{Facts: &p.f, Agg: Agg(r.IntN(9)), Of: s.money}
	of := func(f *fact) *int64 { return f.money }
	if v.Agg == Distinct {
		switch r.IntN(3) {
		case 0:
			v.Of = s.product
			of = func(f *fact) *int64 { return f.product }
		case 1:
			v.Of, v.Via = s.product, &lookupCol
			of = func(f *fact) *int64 {
				if f.product == nil || categories[*f.product] == "" {
					return nil
				}
				n := int64(strings.Index("茶,咖啡,酒,糖", categories[*f.product]))
				return &n
			}
		case 2:
			v.Of = s.channel
			of = func(f *fact) *int64 {
				n := int64(strings.Index("店网会", f.channel))
				if f.channel == "" {
					return nil
				}
				return &n
			}
		}
	}
	if (v.Agg == Sum || v.Agg == Max) && r.IntN(2) == 0 {
		v.Per = []int64{2, 10, 2000}[r.IntN(3)]
	}
	sums := func(id int64) (sum, count int64) {
		for i := range b.facts[p.name][id] {
			f := &b.facts[p.name][id][i]
			if f.money != nil && p.take(f, true) {
				sum += *f.money
			}
			if f.money != nil && p.take(f, false) {
				count++
			}
		}
		return sum, count
	}
	return v, func(id int64) *big.Rat {
		var list, days []int64
		n := int64(0)
		for i := range b.facts[p.name][id] {
			f := &b.facts[p.name][id][i]
			if !p.take(f, false) {
				continue
			}
			n++
			days = append(days, *f.day)
			if x := of(f); x != nil {
				list = append(list, *x)
			}
		}
		var out int64
		switch v.Agg {
		case Count:
			out = n
		case Sum:
			out, _ = sums(id)
		case Average:
			sum, count := sums(id)
			if count == 0 {
				return nil
			}
			return big.NewRat(sum, count)
		case Distinct:
			slices.Sort(list)
			out = int64(len(slices.Compact(list)))
		case Next:
			if n < 3 || slices.Max(days) == slices.Min(days) {
				return nil
			}
			gap := big.NewRat(slices.Max(days)-slices.Min(days), n-1)
			gap.Add(gap, big.NewRat(1, 2)) // rounded by what lies below
			out = slices.Max(days) + new(big.Int).Quo(gap.Num(), gap.Denom()).Int64()
		default:
			if v.Agg == First || v.Agg == Last {
				list = days
			}
			if len(list) == 0 {
				return nil
			}
			if out = slices.Max(list); v.Agg == Min || v.Agg == First {
				out = slices.Min(list)
			}
		}
		if v.Per > 1 {
			// Half to even, by way of exact fractions.
			q := new(big.Rat).SetFrac64(out, v.Per)
			down := new(big.Int).Div(q.Num(), q.Denom()) // Euclidean: the floor
			rest := new(big.Rat).Sub(q, new(big.Rat).SetInt(down))
			if k := rest.Cmp(big.NewRat(1, 2)); k > 0 || k == 0 && down.Bit(0) == 1 {
				down.Add(down, big.NewInt(1))
			}
			return new(big.Rat).SetInt(down)
		}
		return big.NewRat(out, 1)
	}, sums
}

func (b *streamBench) drawAsked(r *rand.Rand, population bool) asked {
	switch kind := r.IntN(8); {
	case kind == 0: // the first or last one
		p, s := b.drawFacts(r)
		t, is := b.drawTest(r, s)
		last := r.IntN(2) == 0
		return asked{"ends", Ends(p.f, last, t), func(id int64) bool {
			list := slices.Clone(b.facts[p.name][id])
			list = slices.DeleteFunc(list, func(f fact) bool { return !p.take(&f, false) })
			if last {
				slices.Reverse(list)
			}
			return len(list) > 0 && is(&list[0])
		}}
	case kind == 1: // sequence
		p, ps := b.drawFacts(r)
		q, qs := b.drawFacts(r)
		within, without := r.Int64N(20), r.IntN(2) == 0
		return asked{fmt.Sprint("follows, without ", without), Follows(p.f, q.f, ps.at, qs.at, within, without), func(id int64) bool {
			for i := range b.facts[p.name][id] {
				f := &b.facts[p.name][id][i]
				if !p.take(f, false) {
					continue
				}
				followed := false
				for j := range b.facts[q.name][id] {
					g := &b.facts[q.name][id][j]
					later := *g.at > *f.at || *g.at == *f.at && p.name == q.name && j > i
					followed = followed || q.take(g, false) && later && *g.day <= *f.day+within
				}
				if followed != without {
					return true
				}
			}
			return false
		}}
	case kind == 2 && population: // ranked
		v, plain, _ := b.drawValue(r)
		inside := asked{"everybody", nil, func(int64) bool { return true }}
		if r.IntN(2) == 0 {
			inside = b.drawAsked(r, false)
		}
		stat, n := Stat(r.IntN(4)), []int64{0, 1, 5, 700, 2000, 9999, 10_000}[r.IntN(7)]
		var bound *big.Rat
		known := false
		return asked{fmt.Sprintf("ranked %d %d of %s, %d", stat, n, inside.name, v.Agg), Ranked(inside.cond, v, stat, n), func(id int64) bool {
			if !known {
				known = true
				var list []*big.Rat
				for id := range b.who {
					if x := plain(id); x != nil && inside.is(id) {
						list = append(list, x)
					}
				}
				slices.SortFunc(list, func(x, y *big.Rat) int { return x.Cmp(y) })
				if stat == Top || stat == TopPercent {
					slices.Reverse(list)
				}
				k := n
				if stat == TopPercent || stat == BottomPercent {
					k = (int64(len(list))*n + 9999) / 10_000
				}
				if k = min(k, int64(len(list))); k > 0 {
					bound = list[k-1]
				}
			}
			x := plain(id)
			if x == nil || bound == nil {
				return false
			}
			if stat == Top || stat == TopPercent {
				return x.Cmp(bound) >= 0
			}
			return x.Cmp(bound) <= 0
		}}
	case kind == 3 && population: // averaged
		v, plain, _ := b.drawValue(r)
		inside := b.drawAsked(r, false)
		sum, n := new(big.Rat), int64(-1)
		return asked{"averaged", Averaged(inside.cond, v, "above", func(sum float64, customers int64) Fits {
			return Fits{Is: func(value, count int64) bool {
				return float64(value)/float64(count) > sum/float64(customers)*(1+1e-9)+1e-6
			}}
		}), func(id int64) bool {
			if n < 0 {
				n = 0
				for id := range b.who {
					if x := plain(id); x != nil && inside.is(id) {
						sum.Add(sum, x)
						n++
					}
				}
			}
			x := plain(id)
			if x == nil || n == 0 {
				return false
			}
			all, _ := new(big.Rat).Quo(sum, big.NewRat(n, 1)).Float64()
			one, _ := x.Float64()
			return one > all*(1+1e-9)+1e-6
		}}
	case kind == 4:
		p, s := b.drawFacts(r)
		half := r.Int64N(200_000)
		v := Value{Facts: &p.f, Agg: Average, Of: s.money}
		return asked{"average", CompareAverage(v, AverageRange{Times: 3, From: half, To: math.MaxInt64, Strict: true}), func(id int64) bool {
			sum, count := int64(0), int64(0)
			for i := range b.facts[p.name][id] {
				f := &b.facts[p.name][id][i]
				if f.money == nil {
					continue
				}
				if p.take(f, true) {
					sum += *f.money
				}
				if p.take(f, false) {
					count++
				}
			}
			return count > 0 && 3*sum > half*count
		}}
	case kind == 5:
		x, y := b.drawAsked(r, population), b.drawAsked(r, population)
		if r.IntN(2) == 0 {
			return asked{x.name + " or " + y.name, Any(x.cond, y.cond), func(id int64) bool { return x.is(id) || y.is(id) }}
		}
		return asked{x.name + " but not " + y.name, All(x.cond, Not(y.cond)), func(id int64) bool { return x.is(id) && !y.is(id) }}
	}
	v, plain, _ := b.drawValue(r)
	bound := func() int64 {
		return []int64{0, 1, 2, r.Int64N(5), (r.Int64N(400) - 100) * 1000, (r.Int64N(400) - 100) * 500, 20_000 + r.Int64N(60), math.MinInt64, math.MaxInt64, math.MaxInt64 - 1, math.MinInt64 + 1}[r.IntN(11)]
	}
	from, to := bound(), bound()
	return asked{fmt.Sprintf("compare %d by %d from %d to %d, %d tests", v.Agg, v.Per, from, to, func() int {
		if v.Facts == nil {
			return 0
		}
		return len(v.Facts.Tests)
	}()), Compare(v, from, to), func(id int64) bool {
		x := plain(id)
		return x != nil && x.Cmp(new(big.Rat).SetInt64(from)) >= 0 && x.Cmp(new(big.Rat).SetInt64(to)) <= 0
	}}
}
