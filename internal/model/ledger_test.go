package model

import (
	"context"
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
)

// A ledger says what plain counting says, whatever the order of the rows.
func TestLedgerAgainstCounting(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		type row struct {
			customer int
			day      clock.Day
			milli    int64
		}
		rows := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) row {
			return row{
				rapid.SampledFrom([]int{0, 1, 2, 5, 16383, 16384, 40000}).Draw(rt, "customer"),
				clock.Day(rapid.IntRange(0, 40).Draw(rt, "day")), int64(rapid.IntRange(-3, 9).Draw(rt, "milli")) * 1000,
			}
		}), 1, 300).Draw(rt, "rows")
		end := clock.Day(rapid.IntRange(1, 45).Draw(rt, "end"))
		l := NewLedger(end)
		days := map[int]map[clock.Day]int64{}
		returns, last := int64(0), clock.Day(-1)
		for i, r := range rows {
			if err := l.Add(r.customer, r.day, r.milli); err != nil {
				rt.Fatal(err)
			}
			if i%50 == 0 {
				l.Compact()
			}
			if r.milli < 0 {
				returns++
				continue
			}
			if days[r.customer] == nil {
				days[r.customer] = map[clock.Day]int64{}
			}
			days[r.customer][r.day] += r.milli
			last = max(last, r.day)
		}
		if n, _ := l.Returns(); n != returns {
			rt.Errorf("%d returns, want %d", n, returns)
		}
		p := Period{End: end, Until: max(last, end), Unit: Daily}
		if rapid.Bool().Draw(rt, "whole") {
			p = l.Whole(Daily, 46)
			end = p.End
		}
		histories := l.Histories(p)
		for customer, h := range histories {
			want := History{First: openEnd, Last: openEnd}
			for d := clock.Day(0); d <= 40; d++ {
				milli, bought := days[customer][d]
				switch {
				case !bought:
				case want.First == openEnd:
					want.First, want.Last = d, d
				case d <= end:
					want.Repeat++
					want.Last = d
					want.Spent += float64(milli)
				default:
					want.Holdout++
				}
			}
			if h != want {
				rt.Errorf("customer %d: %+v, want %+v", customer, h, want)
			}
		}
	})
}

// Memory grows with customers and days, not with rows.
func TestLedgerForgetsDoubles(t *testing.T) {
	l := NewLedger(0)
	for i := range 2_000_000 {
		if err := l.Add(i%100, clock.Day(i/100%50), 1); err != nil {
			t.Fatal(err)
		}
	}
	if n := cap(l.parts[0].days); n > 100*50*2+4096 {
		t.Errorf("%d places for %d days", n, 100*50)
	}
}

func TestLedgerRefuses(t *testing.T) {
	l := NewLedger(0)
	for name, err := range map[string]error{
		"model.no_orders":          func() error { _, err := l.Period(Daily, 0); return err }(),
		"model.day_range":          l.Add(1, -1, 1),
		"model.too_many_customers": l.Add(MaxCustomers, 1, 1),
	} {
		if errs.CodeOf(err) != name {
			t.Errorf("%v, want %s", err, name)
		}
	}
	if err := l.Add(1, 1<<dayBits, 1); errs.CodeOf(err) != "model.day_range" {
		t.Error(err)
	}
}

// A forecast is what the formulas say of one customer, in 分, and zero for one
// who came later.
func TestForecasts(t *testing.T) {
	m, v := BGNBD{0.25, 5, 0.8, 2.5}, GammaGamma{6, 4, 15}
	s := drawSample(4, 2000, m, v, Weekly, 200, 100)
	h := Horizon{Months: 12, Discount: 0.1, Margin: 0.3}
	ctx := context.Background()
	late := History{First: s.period.End + 3, Last: s.period.End + 3}
	histories := append(s.histories, late)
	study := &Study{Period: s.period, Orders: m, Values: &v, Average: 30}
	all, err := study.Forecasts(ctx, histories, h)
	if err != nil {
		t.Fatal(err)
	}
	if all[2000] != (Forecast{}) {
		t.Errorf("%+v", all[2000])
	}
	for i, f := range all[:2000] {
		x, one := int(histories[i].Repeat), &histories[i]
		tx, age := s.period.Recency(one)
		clv, before := 0.0, 0.0
		for month := 1; month <= 12; month++ {
			n := m.Expected(x, tx, age, float64(month)*365.25/12/7)
			clv += (n - before) / math.Pow(1.1, float64(month)/12)
			before = n
		}
		value := v.Expected(x, one.Average())
		want := int64(math.RoundToEven(clv * value * 0.3 * 100))
		if d := f.CLV - want; d < -1 || d > 1 || math.Abs(f.Orders-before) > 1e-9 || f.Alive != m.Alive(x, tx, age) || f.Value != int64(math.RoundToEven(value*100)) || f.Next <= s.period.End {
			t.Fatalf("%d: %+v, want CLV %d, %v orders", i, f, want, before)
		}
	}
	_, err = study.Forecasts(ctx, histories, Horizon{Months: 0, Discount: -1, Margin: 2})
	if e := errs.From(err); len(e.Fields) != 3 {
		t.Error(err)
	}
	if _, err := json.Marshal(all); err != nil {
		t.Error(err)
	}
}

// Where the data do not say how large a parameter is, the fit says so and
// stays finite.
func TestFitSaysWhatIsWrong(t *testing.T) {
	// Everybody buys every ten days to the end: nobody leaves, all are alike.
	var histories []History
	p := Period{End: 400, Until: 400, Unit: Daily}
	for i := range 300 {
		first := clock.Day(i % 100)
		x := int32(p.End-first) / 10
		histories = append(histories, History{Repeat: x, First: first, Last: first + clock.Day(10*x), Spent: float64(x) * 100 * milliPerYuan})
	}
	table, err := NewTable(histories, p)
	if err != nil {
		t.Fatal(err)
	}
	m, fit, err := FitBGNBD(context.Background(), table)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, w := range fit.Warnings {
		codes[w.Code] = true
	}
	if !codes["at_bound"] {
		t.Errorf("%+v %+v", m, fit)
	}
	for _, v := range []float64{m.R, m.Alpha, m.A, m.B, fit.LogLikelihood, m.Expected(30, 300, 305, 100)} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("%+v", m)
		}
	}
	// Still, the forecast is right: ten orders in a hundred days.
	near(t, "orders", m.Expected(30, 300, 305, 100), 10, 0.05)
	if _, err := json.Marshal(fit); err != nil {
		t.Error(err)
	}
	// All values equal: Gamma-Gamma has nothing to tell customers apart by.
	values, err := NewValues(histories, p)
	if err != nil {
		t.Fatal(err)
	}
	g, fitV, err := FitGammaGamma(context.Background(), values)
	if err != nil {
		t.Fatal(err)
	}
	if len(fitV.Warnings) == 0 {
		t.Errorf("%+v %+v", g, fitV)
	}
	near(t, "value", g.Expected(30, 100), 100, 0.02)
	// Nobody bought twice.
	if _, err := NewTable([]History{{First: 1, Last: 1}}, p); errs.CodeOf(err) != "model.no_repeaters" {
		t.Error(err)
	}
	if _, err := NewTable(nil, p); errs.CodeOf(err) != "model.no_orders" {
		t.Error(err)
	}
}

// The holdout speaks where the forecast is of no use.
func TestHoldoutNotes(t *testing.T) {
	for name, c := range map[string]struct {
		h    Holdout
		want string
	}{
		"as on CDNOW": {Holdout{Actual: 1882, Expected: 1653, Correlation: 0.63}, ""},
		"more came":   {Holdout{Actual: 668, Expected: 313, Correlation: 0.2}, "holdout_more"},
		"fewer came":  {Holdout{Actual: 50, Expected: 313, Correlation: 0.2}, "holdout_fewer"},
		"blind":       {Holdout{Actual: 300, Expected: 310, Correlation: -0.02}, "holdout_blind"},
		"small":       {Holdout{Actual: 3, Expected: 1, Correlation: 0.9}, "holdout_small"},
	} {
		got := ""
		for _, n := range c.h.notes() {
			got += n.Code
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
