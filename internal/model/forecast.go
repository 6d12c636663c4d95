package model

import (
	"context"
	"math"
	"slices"
	"sync"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/money"
)

// Horizon is how far a forecast looks and what a later yuan counts.
type Horizon struct {
	Months   int     `json:"months"`   // 1 to 120
	Discount float64 `json:"discount"` // a year, 0.1 for 10 %; 0 to 1
	Margin   float64 `json:"margin"`   // share of a purchase that stays with the company; 1 counts sales, 0 is 1
}

// maxMonths bounds a horizon: nobody's habits hold for longer than ten years.
const maxMonths = 120

// daysPerMonth is a twelfth of 365.25 days.
const daysPerMonth = 365.25 / 12

func (h Horizon) check() error {
	e := errs.New(errs.Invalid, "invalid")
	if h.Months < 1 || h.Months > maxMonths {
		e.WithField("months", "model.months", "max", maxMonths)
	}
	if !(h.Discount >= 0 && h.Discount <= 1) {
		e.WithField("discount", "model.share")
	}
	if !(h.Margin >= 0 && h.Margin <= 1) {
		e.WithField("margin", "model.share")
	}
	return e.OrNil()
}

// Forecast is what the two models say about one customer, as of the end of
// calibration.
type Forecast struct {
	Known  bool      // false for a number without a purchase in calibration: all else is zero then
	Alive  float64   // probability that the customer has not left
	Orders float64   // purchases expected within the horizon
	Value  money.Fen // expected value of one purchase
	CLV    money.Fen // discounted value of the purchases expected within the horizon, times the margin
	Next   clock.Day // by when the next purchase comes, in one case out of two, if the customer is alive
}

// Forecasts gives the forecast of every history, by number, as of the end of
// the study's period. The histories are those that it was made from, or later
// ones of the same period:
//
//	CLV = margin · E[M] · Σ_{m=1…months} (E[Y(m)] − E[Y(m−1)]) / (1+d)^m
//
// with d the discount of a month, (1+Discount)^(1/12) − 1, a month of 30.44
// days, and a month's purchases at its end (Fader, Hardie, "Probability Models
// for Customer-Base Analysis", 2009, in discrete time). It is rounded once,
// half to even. Where Gamma-Gamma has no mean (q ≤ 1) the customers' average
// stands for it; without a model of value, value and CLV are nought. Errors:
// invalid with the field of the horizon, and those of ctx.
func (s *Study) Forecasts(ctx context.Context, histories []History, h Horizon) ([]Forecast, error) {
	if h.Margin == 0 {
		h.Margin = 1
	}
	if err := h.check(); err != nil {
		return nil, err
	}
	p := s.Period
	out := make([]Forecast, len(histories))
	// Orders if alive depend on x and T only; histories of one pair are
	// answered together.
	byPair := make([]int, 0, len(histories))
	for i := range histories {
		if p.Covers(&histories[i]) {
			byPair = append(byPair, i)
		}
	}
	slices.SortFunc(byPair, func(i, j int) int {
		a, b := &histories[i], &histories[j]
		if a.Repeat != b.Repeat {
			return int(a.Repeat) - int(b.Repeat)
		}
		if a.First != b.First {
			return int(a.First) - int(b.First)
		}
		return i - j
	})
	f := forecaster{s: s, histories: histories, h: h, out: out}
	var wait sync.WaitGroup
	const workers = 4
	for w := range workers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			f.run(ctx, byPair[w*len(byPair)/workers:(w+1)*len(byPair)/workers])
		}()
	}
	wait.Wait()
	return out, ctx.Err()
}

type forecaster struct {
	s         *Study
	histories []History
	h         Horizon
	out       []Forecast
}

func (f *forecaster) run(ctx context.Context, order []int) {
	p, m := f.s.Period, f.s.Orders
	month := daysPerMonth / p.Unit.Days()
	var orders, discounted, wait float64
	var pair *History
	for n, i := range order {
		if n%4096 == 0 && ctx.Err() != nil {
			return
		}
		h := &f.histories[i]
		x := int(h.Repeat)
		tx, age := p.Recency(h)
		if pair == nil || pair.Repeat != h.Repeat || pair.First != h.First {
			pair = h
			orders, discounted = 0, 0
			for n := 1; n <= f.h.Months; n++ {
				upTo := m.IfAlive(x, age, float64(n)*month)
				discounted += (upTo - orders) * math.Pow(1+f.h.Discount, -float64(n)/12)
				orders = upTo
			}
			wait = m.NextWithin(x, age, 0.5) * p.Unit.Days()
		}
		alive := m.Alive(x, tx, age)
		value := 0.0
		if f.s.Values != nil {
			if value = f.s.Values.Expected(x, h.Average()); math.IsInf(value, 1) {
				value = f.s.Average
			}
		}
		f.out[i] = Forecast{
			Known: true, Alive: alive, Orders: alive * orders,
			Value: fen(value), CLV: fen(f.h.Margin * value * alive * discounted),
			Next: p.End + clock.Day(min(math.Ceil(wait), 1<<dayBits)),
		}
	}
}

// fen rounds yuan to 分, half to even, within what amounts may be.
func fen(yuan float64) money.Fen {
	return money.Fen(math.RoundToEven(max(-money.MaxFen, min(money.MaxFen, yuan*100))))
}
