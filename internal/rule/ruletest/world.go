// Package ruletest says what rules mean in the plainest way there is: a loop
// over values in memory, customer by customer and fact by fact. It is slow and
// shares nothing with the compilers of package rule but the tree. Tests hold
// columns and SQL against it.
package ruletest

import (
	"encoding/json"
	"math/big"
	"slices"
	"sort"

	"zhike/internal/platform/clock"
	"zhike/internal/rule"
)

// World is all that a rule can ask about.
type World struct {
	AsOf      clock.Day
	Customers []*Customer
	Audiences map[int64]*rule.Node
	Lists     map[int64][]int64 // audiences kept by hand
	// Money names the measures that facts give in thousandths of a 分.
	Money map[string]bool
	// Field is a condition on the customer alone, Number a number of it.
	Field  func(w *World, c *Customer, n *rule.Node) bool
	Number func(w *World, c *Customer, field string) *big.Rat
}

// Customer is somebody with facts by stream.
type Customer struct {
	ID    int64
	Facts map[string][]Fact
}

// Fact is one fact. What it does not tell is not in Numbers and Words.
type Fact struct {
	Day     clock.Day
	At, ID  int64
	Counted bool
	Numbers map[string]int64
	Words   map[string]string
}

// Holds says whether a rule means a customer.
func (w *World) Holds(n *rule.Node, c *Customer) bool {
	switch {
	case n.Not != nil:
		return !w.Holds(n.Not, c)
	case n.All != nil:
		for i := range n.All {
			if !w.Holds(&n.All[i], c) {
				return false
			}
		}
		return true
	case n.Any != nil:
		for i := range n.Any {
			if w.Holds(&n.Any[i], c) {
				return true
			}
		}
		return false
	case n.Facts != nil:
		return w.facts(n, c)
	case n.Sequence != nil:
		return w.sequence(n.Sequence, c)
	case n.Relative != nil:
		return w.relative(n, c)
	case n.Sample != nil:
		share, _ := new(big.Rat).SetString(n.Sample.Percent.String())
		part := new(big.Rat).SetInt64(rule.Draw(n.Sample.Seed, c.ID))
		return part.Cmp(share.Mul(share, big.NewRat(100, 1))) < 0
	case n.Field == "audience":
		return w.audience(n, c)
	}
	return w.Field(w, c, n)
}

func (w *World) member(id int64, c *Customer) bool {
	if list, ok := w.Lists[id]; ok {
		return slices.Contains(list, c.ID)
	}
	return w.Holds(w.Audiences[id], c)
}

func (w *World) audience(n *rule.Node, c *Customer) bool {
	var ids []int64
	_ = json.Unmarshal(n.Value, &ids)
	in := 0
	for _, id := range ids {
		if w.member(id, c) {
			in++
		}
	}
	switch n.Op {
	case "all":
		return in == len(ids)
	case "none":
		return in == 0
	}
	return in > 0
}

// chosen are the facts that pass, in the order in which they happened.
func (w *World) chosen(f *rule.Facts, c *Customer) []Fact {
	var out []Fact
	for _, x := range c.Facts[f.Stream] {
		if x.Day > w.AsOf || !inWindow(f.Window, w.AsOf, x.Day) {
			continue
		}
		passes := true
		for _, t := range f.Where {
			passes = passes && w.passes(x, t)
		}
		if passes {
			out = append(out, x)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i].At < out[j].At || out[i].At == out[j].At && out[i].ID < out[j].ID
	})
	return out
}

func counted(all []Fact) []Fact {
	var out []Fact
	for _, x := range all {
		if x.Counted {
			out = append(out, x)
		}
	}
	return out
}

func (w *World) passes(x Fact, t rule.Test) bool {
	if t.Op == "in" || t.Op == "not_in" {
		word, has := x.Words[t.Field]
		return (has && slices.Contains(words(t.Value), word)) == (t.Op == "in")
	}
	v, has := x.Numbers[t.Field]
	return has && compare(t.Op, w.shown(t.Field, v), t.Value)
}

// shown is a number of a measure as people read it: money in 分.
func (w *World) shown(measure string, v int64) *big.Rat {
	if w.Money[measure] {
		return new(big.Rat).SetInt(HalfEven(big.NewRat(v, 1000)))
	}
	return big.NewRat(v, 1)
}

// HalfEven rounds: the nearest whole number, of two that are as near the even one.
func HalfEven(v *big.Rat) *big.Int {
	below := new(big.Int).Div(v.Num(), v.Denom()) // toward minus infinity
	rest := new(big.Rat).Sub(v, new(big.Rat).SetInt(below))
	if c := rest.Cmp(big.NewRat(1, 2)); c > 0 || c == 0 && below.Bit(0) == 1 {
		below.Add(below, big.NewInt(1))
	}
	return below
}

// numbers reads one number or a list of them.
func numbers(raw json.RawMessage) (out []*big.Rat) {
	var list []json.Number
	if json.Unmarshal(raw, &list) != nil {
		var one json.Number
		_ = json.Unmarshal(raw, &one)
		list = []json.Number{one}
	}
	for _, x := range list {
		r, _ := new(big.Rat).SetString(x.String())
		out = append(out, r)
	}
	return out
}

func words(raw json.RawMessage) (out []string) {
	if json.Unmarshal(raw, &out) != nil {
		var one string
		_ = json.Unmarshal(raw, &one)
		out = []string{one}
	}
	return out
}

func compare(op string, v *big.Rat, raw json.RawMessage) bool {
	with := numbers(raw)
	c := v.Cmp(with[0])
	switch op {
	case "eq":
		return c == 0
	case "ne":
		return c != 0
	case "gt":
		return c > 0
	case "gte":
		return c >= 0
	case "lt":
		return c < 0
	case "lte":
		return c <= 0
	}
	return c >= 0 && v.Cmp(with[1]) <= 0
}

// Days says whether a day fulfils a condition on days.
func (w *World) Days(op string, d clock.Day, raw json.RawMessage) bool {
	var days []clock.Day
	var one clock.Day
	var count clock.Day
	switch op {
	case "between":
		_ = json.Unmarshal(raw, &days)
		return d >= days[0] && d <= days[1]
	case "last_days", "before_days", "next_days":
		_ = json.Unmarshal(raw, (*int32)(&count))
		switch op {
		case "last_days":
			return d <= w.AsOf && w.AsOf-d < count
		case "before_days":
			return w.AsOf-d >= count
		}
		return d >= w.AsOf && d-w.AsOf <= count
	}
	_ = json.Unmarshal(raw, &one)
	switch op {
	case "gte":
		return d >= one
	case "lte":
		return d <= one
	}
	return d == one
}
