package model

import (
	"math"
	"slices"
	"sync"

	"zhike/internal/platform/clock"
)

// Holdout compares what was forecast with purchases that the fit has not seen.
type Holdout struct {
	Customers   int64   `json:"customers"`
	Length      float64 `json:"length"`      // in units
	Actual      int64   `json:"actual"`      // purchases
	Expected    float64 `json:"expected"`    // sum of the customers' expectations
	Correlation float64 `json:"correlation"` // between the two, over customers
	MAE         float64 `json:"mae"`         // mean absolute error of a customer's purchases
	Alive       float64 `json:"alive"`       // mean P(alive)
	Buyers      int64   `json:"buyers"`      // customers who bought
	ByDecile    []Bin   `json:"by_decile"`   // tenths of the customers by expectation, lowest first
	ByRepeat    []Bin   `json:"by_repeat"`   // by x: 0, 1, … and the last for that many and more
}

// Bin is a group of customers with what they did and what was expected of
// them, on average.
type Bin struct {
	From      float64 `json:"from"` // lowest expectation, or x
	To        float64 `json:"to"`
	Customers int64   `json:"customers"`
	Actual    float64 `json:"actual"`
	Expected  float64 `json:"expected"`
}

// manyRepeats is the x of the last group of Holdout.ByRepeat.
const manyRepeats = 7

// NewHoldout measures m on the holdout of the period, which has to have one.
// Customers who came after calibration are not in it.
func NewHoldout(histories []History, p Period, m BGNBD) Holdout {
	t := p.Holdout()
	out := Holdout{Length: t}
	cases := holdoutCases(histories, p, m)
	if len(cases) == 0 {
		return out
	}
	n := float64(len(cases))
	out.Customers = int64(len(cases))
	var sum, sumSq, actSq, cross float64
	for _, c := range cases {
		a := float64(c.actual)
		out.Actual += int64(c.actual)
		if c.actual > 0 {
			out.Buyers++
		}
		out.Expected += c.expected
		out.Alive += c.alive / n
		out.MAE += math.Abs(a-c.expected) / n
		sum += a
		sumSq += c.expected * c.expected
		actSq += a * a
		cross += a * c.expected
	}
	if v := (actSq - sum*sum/n) * (sumSq - out.Expected*out.Expected/n); v > 0 {
		out.Correlation = (cross - sum*out.Expected/n) / math.Sqrt(v)
	}
	for x := int32(0); x <= manyRepeats; x++ {
		b := Bin{From: float64(x), To: float64(x)}
		for _, c := range cases {
			if min(c.x, manyRepeats) == x {
				b.add(c)
				b.To = max(b.To, float64(c.x))
			}
		}
		if b.Customers > 0 {
			out.ByRepeat = append(out.ByRepeat, b.mean())
		}
	}
	slices.SortStableFunc(cases, func(a, b holdoutCase) int {
		switch {
		case a.expected < b.expected:
			return -1
		case a.expected > b.expected:
			return 1
		}
		return 0
	})
	for d := range 10 {
		b := Bin{}
		for _, c := range cases[d*len(cases)/10 : (d+1)*len(cases)/10] {
			if b.Customers == 0 {
				b.From = c.expected
			}
			b.To = c.expected
			b.add(c)
		}
		if b.Customers > 0 {
			out.ByDecile = append(out.ByDecile, b.mean())
		}
	}
	return out
}

type holdoutCase struct {
	x, first, last, actual int32
	expected, alive        float64
}

// holdoutCases are the customers of the period with what m expects of them, by
// x and first day.
func holdoutCases(histories []History, p Period, m BGNBD) []holdoutCase {
	cases := make([]holdoutCase, 0, len(histories))
	for i := range histories {
		if h := &histories[i]; p.Covers(h) {
			cases = append(cases, holdoutCase{x: h.Repeat, first: int32(h.First), last: int32(h.Last), actual: h.Holdout})
		}
	}
	slices.SortFunc(cases, func(a, b holdoutCase) int {
		for _, d := range [...]int32{a.x - b.x, a.first - b.first, a.last - b.last} {
			if d != 0 {
				return int(d)
			}
		}
		return int(a.actual - b.actual)
	})
	expectCases(cases, p, m, p.Holdout())
	return cases
}

// Deviance is the mean Poisson deviance of a customer's purchases in the holdout
// under m:
//
//	2/n · Σ (actual·ln(actual/expected) − (actual − expected))
//
// The less the better; unlike the mean absolute error it is least, on average,
// for the true expectation, and so can tell two models of counts apart.
func Deviance(histories []History, p Period, m BGNBD) float64 {
	cases := holdoutCases(histories, p, m)
	if len(cases) == 0 {
		return 0
	}
	sum := 0.0
	for _, c := range cases {
		a, e := float64(c.actual), max(c.expected, 1e-12)
		sum += e - a
		if a > 0 {
			sum += a * math.Log(a/e)
		}
	}
	return 2 * sum / float64(len(cases))
}

// expectCases fills in the expectations; cases are sorted by x and first.
func expectCases(cases []holdoutCase, p Period, m BGNBD, t float64) {
	var wait sync.WaitGroup
	const workers = 4
	for w := range workers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			part := cases[w*len(cases)/workers : (w+1)*len(cases)/workers]
			ifAlive := 0.0
			for i := range part {
				c := &part[i]
				h := History{First: clock.Day(c.first), Last: clock.Day(c.last)}
				tx, age := p.Recency(&h)
				if i == 0 || part[i-1].x != c.x || part[i-1].first != c.first {
					ifAlive = m.IfAlive(int(c.x), age, t)
				}
				c.alive = m.Alive(int(c.x), tx, age)
				c.expected = c.alive * ifAlive
			}
		}()
	}
	wait.Wait()
}

func (b *Bin) add(c holdoutCase) {
	b.Customers++
	b.Actual += float64(c.actual)
	b.Expected += c.expected
}

func (b Bin) mean() Bin {
	b.Actual /= float64(b.Customers)
	b.Expected /= float64(b.Customers)
	return b
}
