package tiering

import (
	"math/big"
	"slices"

	"pgregory.net/rapid"
)

// The reference: the definitions of the package written down once more, in
// exact fractions, each customer by itself, with no thought of speed.

type refFacts struct{ *Facts }

func rat(a, b int64) *big.Rat { return big.NewRat(a, b) }

func ratOf(v float64) *big.Rat {
	// Numbers of schemes are decimals: 0.2 is a fifth, not its binary form.
	return rat(int64(v*1e6+copysign(0.5, v)), 1_000_000)
}

func copysign(x, sign float64) float64 {
	if sign < 0 {
		return -x
	}
	return x
}

// value is figure m of customer i in yuan, days, orders or as a share; nil
// where there is none.
func (f refFacts) value(m Metric, i int) *big.Rat {
	spend, orders := f.SpendMilli[i], int64(f.Orders[i])
	switch m {
	case MetricSpend:
		return rat(spend, milliPerYuan)
	case MetricOrders:
		return rat(orders, 1)
	case MetricAOV:
		if orders > 0 {
			return rat(spend, milliPerYuan*orders)
		}
	case MetricRepurchase:
		if orders > 0 {
			return rat(orders-1, orders)
		}
	case MetricMonths:
		return rat(int64(f.Months[i]), 1)
	case MetricRecency:
		if f.LastDay[i] != NoDay {
			return rat(int64(f.AsOf-f.LastDay[i]), 1)
		}
	case MetricTenure:
		if f.FirstDay[i] != NoDay {
			return rat(int64(f.AsOf-f.FirstDay[i]), 1)
		}
	case MetricOrdersAll:
		return rat(int64(f.OrdersAll[i]), 1)
	case MetricSpendAll:
		return rat(f.SpendAllMilli[i], milliPerYuan)
	case MetricGrowth:
		switch {
		case f.PrevMilli[i] > 0:
			return rat(spend-f.PrevMilli[i], f.PrevMilli[i])
		case spend > 0:
			return rat(1, 1)
		}
	case MetricCarts:
		return rat(int64(f.Carts[i]), 1)
	case MetricRating:
		if f.RatingCount[i] > 0 {
			return rat(int64(f.RatingSum[i]), int64(f.RatingCount[i]))
		}
	case MetricRhythm:
		if f.OrdersAll[i] >= 3 && f.LastDay[i] != NoDay && f.LastDay[i] > f.FirstDay[i] {
			own := rat(int64(f.LastDay[i]-f.FirstDay[i]), int64(f.OrdersAll[i]-1))
			return own.Quo(rat(int64(f.AsOf-f.LastDay[i]), 1), own)
		}
	}
	return nil
}

func (f refFacts) buyer(i int) bool { return f.SpendMilli[i] > 0 }

// holds is condition c for customer i.
func (f refFacts) holds(c Condition, i int) bool {
	v := f.value(c.Metric, i)
	if v == nil {
		return false
	}
	n := f.Len()
	switch c.Op {
	case OpAtLeast:
		return v.Cmp(ratOf(c.Value)) >= 0
	case OpAtMost:
		return v.Cmp(ratOf(c.Value)) <= 0
	case OpMeanMul:
		sum, count := new(big.Rat), int64(0)
		var orders int64
		for k := range n {
			if x := f.value(c.Metric, k); f.buyer(k) && x != nil {
				count++
				if c.Metric == MetricAOV {
					sum.Add(sum, f.value(MetricSpend, k))
					orders += int64(f.Orders[k])
				} else {
					sum.Add(sum, x)
				}
			}
		}
		if count == 0 {
			return false
		}
		if c.Metric == MetricAOV {
			count = orders
		}
		mean := sum.Quo(sum, rat(count, 1))
		return v.Cmp(mean.Mul(mean, ratOf(c.Value))) >= 0
	case OpTopShare:
		if !f.buyer(i) {
			return false
		}
		better, of := int64(0), int64(0)
		for k := range n {
			x := f.value(c.Metric, k)
			if !f.buyer(k) || x == nil {
				continue
			}
			of++
			cmp := x.Cmp(v)
			if c.Metric == MetricRecency {
				cmp = -cmp
			}
			if cmp > 0 {
				better++
			}
		}
		share := new(big.Rat).Mul(ratOf(c.Value), rat(of, 1))
		top := max(1, new(big.Int).Quo(share.Num(), share.Denom()).Int64())
		return better < top
	case OpRevShare:
		if !f.buyer(i) {
			return false
		}
		total, bigger := new(big.Rat), new(big.Rat)
		for k := range n {
			if !f.buyer(k) {
				continue
			}
			x := f.value(MetricSpend, k)
			total.Add(total, x)
			if x.Cmp(v) > 0 {
				bigger.Add(bigger, x)
			}
		}
		// In: without the bigger ones alone the share is not reached.
		return bigger.Cmp(total.Mul(total, ratOf(c.Value))) < 0
	}
	panic(c.Op)
}

// rules gives level and reason of customer i.
func (f refFacts) rules(s *Scheme, i int) (level string, reason int) {
	for k, r := range s.Rules {
		all, anyOn, anyHolds, on := true, false, false, false
		for _, c := range r.All {
			if !c.Off {
				on = true
				all = all && f.holds(c, i)
			}
		}
		for _, c := range r.Any {
			if !c.Off {
				anyOn = true
				anyHolds = anyHolds || f.holds(c, i)
			}
		}
		if (on || anyOn) && all && (!anyOn || anyHolds) {
			return r.Level, k
		}
	}
	return s.Levels[len(s.Levels)-1].Code, NoReason
}

// percentile is 100 × the share of the others who are strictly worse.
func (f refFacts) percentile(m Metric, i int) float64 {
	v := f.value(m, i)
	if v == nil || f.Len() < 2 {
		return 0
	}
	worse := 0
	for k := range f.Len() {
		x := f.value(m, k)
		if x == nil {
			worse++
			continue
		}
		cmp := x.Cmp(v)
		if m == MetricRecency {
			cmp = -cmp
		}
		if cmp < 0 {
			worse++
		}
	}
	return 100 * float64(worse) / float64(f.Len()-1)
}

// score is the score 0–100 of customer i.
func (f refFacts) score(s *Scheme, i int) float64 {
	var total, weights float64
	for _, p := range s.Score.Parts {
		var part, terms float64
		for _, t := range p.Terms {
			points := 0.0
			if t.Scale == "percentile" {
				points = f.percentile(t.Metric, i)
			} else if v := f.value(t.Metric, i); v != nil {
				x, _ := v.Float64()
				points = min(100, max(0, 100*(x-t.From)/(t.To-t.From)))
			}
			part += points * t.Weight
			terms += t.Weight
		}
		total += part / terms * p.Weight
		weights += p.Weight
	}
	return total / weights
}

// rfmClass is 1 + ⌊bins · strictly worse ÷ n⌋ among customers with an order.
func (f refFacts) rfmClass(m Metric, bins, i int) int {
	v := f.value(m, i)
	worse, n := 0, 0
	for k := range f.Len() {
		if f.Orders[k] == 0 {
			continue
		}
		n++
		cmp := f.value(m, k).Cmp(v)
		if m == MetricRecency {
			cmp = -cmp
		}
		if cmp < 0 {
			worse++
		}
	}
	return 1 + bins*worse/n
}

// drawFacts makes facts full of ties, customers without purchases, negative
// spend and empty windows.
func drawFacts(t *rapid.T, maxN int) *Facts {
	n := rapid.IntRange(0, maxN).Draw(t, "n")
	f := newFacts(n, needs{true, true})
	f.AsOf = 18_000
	// Few different amounts: ties everywhere, some one thousandth apart.
	amounts := []int64{0, 1, 999, 100_000, 100_001, 12_345_678, 250_000_000}
	for i := range n {
		f.CustomerID[i] = int64(i + 1)
		f.LastDay[i], f.FirstDay[i] = NoDay, NoDay
		kind := rapid.IntRange(0, 5).Draw(t, "kind")
		if kind == 0 { // never bought; may have carts
			f.Carts[i] = int16(rapid.IntRange(0, 4).Draw(t, "carts"))
			continue
		}
		f.OrdersAll[i] = int32(rapid.IntRange(1, 5).Draw(t, "all"))
		f.FirstDay[i] = f.AsOf - int32(rapid.IntRange(0, 800).Draw(t, "first"))
		f.LastDay[i] = rapid.Int32Range(f.FirstDay[i], f.AsOf).Draw(t, "last")
		f.SpendAllMilli[i] = rapid.SampledFrom(amounts).Draw(t, "spend_all")
		f.PrevMilli[i] = rapid.SampledFrom(amounts).Draw(t, "prev")
		if rapid.Bool().Draw(t, "rated") {
			f.RatingCount[i] = int32(rapid.IntRange(1, 3).Draw(t, "ratings"))
			f.RatingSum[i] = int32(rapid.IntRange(int(f.RatingCount[i]), 5*int(f.RatingCount[i])).Draw(t, "stars"))
		}
		switch kind {
		case 1: // bought, not in the window
		case 2: // only a return in the window
			f.SpendMilli[i] = -rapid.SampledFrom(amounts).Draw(t, "back")
		default:
			f.Orders[i] = rapid.Int32Range(1, f.OrdersAll[i]).Draw(t, "orders")
			f.SpendMilli[i] = rapid.SampledFrom(amounts).Draw(t, "spend")
			if rapid.IntRange(0, 9).Draw(t, "minus") == 0 {
				f.SpendMilli[i] = -f.SpendMilli[i]
			}
			f.Months[i] = int16(rapid.IntRange(1, int(f.Orders[i])).Draw(t, "months"))
		}
	}
	return f
}

// shuffled gives the same customers in another order.
func shuffled(t *rapid.T, f *Facts) *Facts {
	order := make([]int, f.Len())
	for i := range order {
		order[i] = i
	}
	order = rapid.Permutation(order).Draw(t, "order")
	out := *f
	pick(order, &out.CustomerID, &out.SpendMilli, &out.SpendAllMilli, &out.PrevMilli)
	pick(order, &out.Orders, &out.LastDay, &out.FirstDay, &out.OrdersAll, &out.RatingSum, &out.RatingCount)
	pick(order, &out.Months, &out.Carts)
	return &out
}

func pick[T any](order []int, slicesOf ...*[]T) {
	for _, s := range slicesOf {
		old := slices.Clone(*s)
		*s = make([]T, len(old))
		for to, from := range order {
			(*s)[to] = old[from]
		}
	}
}
