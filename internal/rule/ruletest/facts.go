package ruletest

import (
	"math"
	"math/big"
	"slices"
	"sort"

	"zhike/internal/platform/clock"
	"zhike/internal/rule"
)

func (w *World) facts(n *rule.Node, c *Customer) bool {
	f := n.Facts
	all := w.chosen(f, c)
	some := counted(all)
	switch {
	case f.Agg == "first" || f.Agg == "last":
		if len(some) == 0 {
			return n.Op == "not_in"
		}
		end := some[0]
		if f.Agg == "last" {
			end = some[len(some)-1]
		}
		if f.Of == "" {
			return w.Days(n.Op, end.Day, n.Value)
		}
		word, has := end.Words[f.Of]
		return (has && slices.Contains(words(n.Value), word)) == (n.Op == "in")
	case f.Agg == "next":
		day, has := Next(some)
		return has && w.Days(n.Op, day, n.Value)
	case f.Agg == "avg":
		v := w.average(f, all, some)
		if v == nil {
			return n.Op == "ne"
		}
		return compare(n.Op, v, n.Value)
	}
	v := w.aggregate(f, all, some)
	if v == nil {
		return n.Op == "ne"
	}
	return compare(n.Op, v, n.Value)
}

// Next is the day on which the next of some facts comes by their own rhythm.
func Next(some []Fact) (day clock.Day, has bool) {
	if len(some) < 3 {
		return 0, false
	}
	byDay := func(a, b Fact) int { return int(a.Day - b.Day) }
	first, last := slices.MinFunc(some, byDay).Day, slices.MaxFunc(some, byDay).Day
	gap := float64(last-first) / float64(len(some)-1)
	return last + clock.Day(math.Floor(gap+0.5)), last > first
}

// average is the sum of all ÷ the number of those that count and tell the
// number, in 分 where it is money; nil where there are none.
func (w *World) average(f *rule.Facts, all, some []Fact) *big.Rat {
	sum, count := new(big.Rat), int64(0)
	unit := int64(1)
	if w.Money[f.Of] {
		unit = 1000
	}
	for _, x := range all {
		sum.Add(sum, big.NewRat(x.Numbers[f.Of], unit))
	}
	for _, x := range some {
		if _, has := x.Numbers[f.Of]; has {
			count++
		}
	}
	if count == 0 {
		return nil
	}
	return sum.Quo(sum, big.NewRat(count, 1))
}

// aggregate is what the facts come to, as people read it; nil where it has no value.
func (w *World) aggregate(f *rule.Facts, all, some []Fact) *big.Rat {
	whole := func(n int) *big.Rat { return big.NewRat(int64(n), 1) }
	raw, has := w.raw(f, all, some)
	switch f.Agg {
	case "", "count":
		return whole(len(some))
	case "distinct":
		seen := map[string]bool{}
		for _, x := range some {
			if word, has := x.Words[f.Of]; has {
				seen[word] = true
			}
		}
		return whole(len(seen))
	case "days_since", "days_since_first":
		if len(some) == 0 {
			return nil
		}
		end := some[len(some)-1]
		if f.Agg == "days_since_first" {
			end = some[0]
		}
		return whole(int(w.AsOf - end.Day))
	}
	if !has {
		return nil
	}
	return w.shown(f.Of, raw)
}

// raw is a sum, of all, or the least or the greatest number of those that count,
// as facts tell it.
func (w *World) raw(f *rule.Facts, all, some []Fact) (v int64, has bool) {
	switch f.Agg {
	case "sum":
		for _, x := range all {
			v += x.Numbers[f.Of]
		}
		return v, true
	case "min", "max":
		for _, x := range some {
			n, tells := x.Numbers[f.Of]
			if tells && (!has || f.Agg == "min" && n < v || f.Agg == "max" && n > v) {
				v, has = n, true
			}
		}
	}
	return v, has
}

func (w *World) sequence(s *rule.Sequence, c *Customer) bool {
	then := s.Then
	then.Window = rule.Window{}
	for _, a := range counted(w.chosen(&s.First, c)) {
		followed := false
		for _, b := range counted(w.chosen(&then, c)) {
			later := b.At > a.At
			if s.First.Stream == s.Then.Stream && b.At == a.At {
				later = b.ID > a.ID
			}
			followed = followed || later && int(b.Day-a.Day) <= s.Within
		}
		if followed != s.Without {
			return true
		}
	}
	return false
}

// number is what a customer is compared with others by, as people read it; nil
// where there is none.
func (w *World) number(r *rule.Relative, c *Customer) *big.Rat {
	if r.Facts == nil {
		return w.Number(w, c, r.Field)
	}
	all := w.chosen(r.Facts, c)
	some := counted(all)
	if len(some) == 0 {
		return nil
	}
	if r.Facts.Agg == "avg" {
		return w.average(r.Facts, all, some)
	}
	return w.aggregate(r.Facts, all, some)
}

func (w *World) relative(n *rule.Node, c *Customer) bool {
	own := w.number(n.Relative, c)
	if own == nil {
		return false
	}
	var others []*big.Rat
	for _, o := range w.Customers {
		if id := n.Relative.Audience; id != 0 && !w.member(id, o) {
			continue
		}
		if v := w.number(n.Relative, o); v != nil {
			others = append(others, v)
		}
	}
	sort.Slice(others, func(i, j int) bool { return others[i].Cmp(others[j]) < 0 })
	value := numbers(n.Value)[0]
	switch n.Op {
	case "top", "top_percent", "bottom", "bottom_percent":
		places := value
		if count := big.NewRat(int64(len(others)), 1); places.Cmp(count) > 0 {
			places = count
		}
		if n.Op == "top_percent" || n.Op == "bottom_percent" {
			places = new(big.Rat).Mul(value, big.NewRat(int64(len(others)), 100))
		}
		better := 0
		for _, o := range others {
			if c := o.Cmp(own); (n.Op == "top" || n.Op == "top_percent") && c > 0 || (n.Op == "bottom" || n.Op == "bottom_percent") && c < 0 {
				better++
			}
		}
		// Whoever has fewer before them than there are places is in.
		return big.NewRat(int64(better), 1).Cmp(places) < 0
	}
	if len(others) == 0 {
		return false
	}
	mean := new(big.Rat)
	for _, o := range others {
		mean.Add(mean, o)
	}
	mean.Quo(mean, big.NewRat(int64(len(others)), 1))
	cmp := own.Cmp(mean.Mul(mean, value))
	switch n.Op {
	case "gt":
		return cmp > 0
	case "gte":
		return cmp >= 0
	case "lt":
		return cmp < 0
	}
	return cmp <= 0
}
