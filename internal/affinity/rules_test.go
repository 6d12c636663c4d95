package affinity

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// The ten customers of the example: A, B, C, D and E are 0 to 4.
var example = [][]int32{{0, 1}, {0, 1}, {0, 1}, {0}, {0, 2}, {2, 3}, {2, 3}, {2}, {3}, {4}}

var small = Settings{WindowDays: 730, Support: 2, Confidence: 0.1, Lift: 1.2, Categories: 2000, PerCategory: 50}

func filled(of [][]int32, parts int) []baskets {
	out := make([]baskets, parts)
	for i, list := range of {
		out[i*parts/len(of)].add(int64(i+1), slices.Clone(list))
	}
	return out
}

// By hand: A 5 customers, B 3, C 4, D 3, E 1 of ten. A and B have 3 customers in
// common: A → B 3/5 with lift 0.6/0.3 = 2, B → A 3/3. C and D have 2: C → D 2/4
// with lift 0.5/0.3 = 1.67, D → C 2/3. A and C have one, which is no support.
func TestRulesByHand(t *testing.T) {
	b := learn(filled(example, 3), 5, small)
	want := map[int32]string{0: "[{0 1 5 3 3}]", 1: "[{1 0 3 5 3}]", 2: "[{2 3 4 3 2}]", 3: "[{3 2 3 4 2}]"}
	for from := range int32(5) {
		if got := fmt.Sprint(b[from]); got != want[from] && (len(b[from]) > 0 || want[from] != "") {
			t.Errorf("from %d: %s, want %s", from, got, want[from])
		}
	}
	// 4 bought A: B. 5 bought A and C: A → B (0.6) is stronger than C → D (0.5).
	picks := []int32{-1, -1, -1, 1, 1, -1, -1, 3, 2, -1}
	for i, bought := range example {
		r, ok := b.pick(bought)
		if ok != (picks[i] >= 0) || ok && r.to != picks[i] {
			t.Errorf("customer %d: %v %v, want %d", i+1, r, ok, picks[i])
		}
	}
	for name, c := range map[string]struct {
		set   Settings
		rules int
	}{
		"confidence": {Settings{Support: 2, Confidence: 0.6, Lift: 1.2, Categories: 2000, PerCategory: 50}, 3},
		"lift":       {Settings{Support: 2, Confidence: 0.1, Lift: 1.7, Categories: 2000, PerCategory: 50}, 2},
		"support":    {Settings{Support: 3, Confidence: 0.1, Lift: 1.2, Categories: 2000, PerCategory: 50}, 2},
		"categories": {Settings{Support: 2, Confidence: 0.1, Lift: 1.2, Categories: 2, PerCategory: 50}, 0}, // A and C, the largest
	} {
		n := 0
		for _, list := range learn(filled(example, 1), 5, c.set) {
			n += len(list)
		}
		if n != c.rules {
			t.Errorf("%s: %d rules, want %d", name, n, c.rules)
		}
	}
}

// Of any purchases: nobody is told what they bought, rules hold what they say, the
// pick is the strongest of all rules, and the order of customers says nothing.
func TestRulesOfAnything(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		n := 2 + r.IntN(12)
		of := make([][]int32, 5+r.IntN(60))
		for i := range of {
			for range 1 + r.IntN(4) {
				of[i] = append(of[i], int32(r.IntN(n)))
			}
		}
		set := Settings{Support: int64(1 + r.IntN(3)), Confidence: r.Float64() / 3, Lift: 0.8 + r.Float64(), Categories: 2000, PerCategory: 50}
		b := learn(filled(of, 1+r.IntN(4)), n, set)
		has := func(list []int32, c int32) bool { return slices.Contains(list, c) }
		count := func(cats ...int32) (k int64) {
			for _, list := range of {
				if !slices.ContainsFunc(cats, func(c int32) bool { return !has(list, c) }) {
					k++
				}
			}
			return k
		}
		var all []rule
		for from := range int32(n) {
			for to := range int32(n) {
				both := count(from, to)
				if from == to || both < set.Support {
					continue
				}
				confidence := float64(both) / float64(count(from))
				if confidence >= set.Confidence && float64(both)*float64(len(of)) >= set.Lift*float64(count(from))*float64(count(to)) {
					all = append(all, rule{from, to, count(from), count(to), both})
				}
			}
		}
		got := 0
		for _, list := range b {
			got += len(list)
			for _, x := range list {
				if !slices.Contains(all, x) {
					t.Fatalf("seed %d: %v is no rule", seed, x)
				}
			}
		}
		if got != len(all) {
			t.Fatalf("seed %d: %d rules, want %d", seed, got, len(all))
		}
		slices.SortFunc(all, stronger)
		for _, list := range of {
			bought := slices.Clone(list)
			slices.Sort(bought)
			bought = slices.Compact(bought)
			pick, ok := b.pick(bought)
			best := slices.IndexFunc(all, func(x rule) bool { return has(bought, x.from) && !has(bought, x.to) })
			if ok != (best >= 0) || ok && pick != all[best] {
				t.Fatalf("seed %d: %v gets %v %v, want the %d. of %v", seed, bought, pick, ok, best, all)
			}
			if ok && has(bought, pick.to) {
				t.Fatalf("seed %d: %v bought %d already", seed, bought, pick.to)
			}
		}
	}
}

// A million customers with ten purchases each, over 200 categories.
func BenchmarkLearn(b *testing.B) {
	parts := make([]baskets, 25)
	r := rand.New(rand.NewPCG(1, 2))
	list := make([]int32, 0, 16)
	for i := range 1_000_000 {
		list = list[:0]
		for range 10 {
			list = append(list, int32(min(r.ExpFloat64()*40, 199)))
		}
		parts[i/40_000].add(int64(i+1), list)
	}
	for b.Loop() {
		rules := learn(parts, 200, Shipped())
		for p := range parts {
			parts[p].each(func(_ int, bought []int32) { rules.pick(bought) })
		}
	}
}
