package model

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"zhike/internal/platform/clock"
)

// sample is what the process that the models assume has made.
type sample struct {
	period    Period
	histories []History
	ledger    *Ledger
	rows      int
	alive     []bool // at the end of calibration
}

var simulated = clock.DateDay(2024, 1, 1)

// drawSample lets n customers arrive over the first half of the calibration and
// buy as m and v say. Purchases on one day fall together, as in a company's
// orders, so rates are kept small.
func drawSample(seed uint64, n int, m BGNBD, v GammaGamma, unit Unit, days, holdout int) sample {
	r := rand.New(rand.NewPCG(seed, 7))
	s := sample{period: Period{End: simulated + clock.Day(days), Until: simulated + clock.Day(days+holdout), Unit: unit}, alive: make([]bool, n)}
	s.ledger = NewLedger(s.period.End)
	add := func(i int, at, nu float64) {
		s.rows++
		value := gammaDraw(r, v.P) / nu
		if err := s.ledger.Add(i, simulated+clock.Day(at), int64(math.Round(value*milliPerYuan))); err != nil {
			panic(err)
		}
	}
	for i := range n {
		lambda := gammaDraw(r, m.R) / m.Alpha / unit.Days()
		a, b := gammaDraw(r, m.A), gammaDraw(r, m.B)
		p := a / (a + b)
		nu := gammaDraw(r, v.Q) / v.V
		// At noon, so that a wait of less than half a day falls on the day itself.
		at := math.Floor(r.Float64()*float64(days)/2) + 0.5
		add(i, at, nu)
		s.alive[i] = true
		for {
			at += r.ExpFloat64() / lambda
			if !(at < float64(days+holdout)+1) {
				break
			}
			add(i, at, nu)
			if r.Float64() < p {
				if at < float64(days)+1 {
					s.alive[i] = false
				}
				break
			}
		}
	}
	s.histories = s.ledger.Histories(s.period)
	return s
}

// gammaDraw is Marsaglia and Tsang, "A Simple Method for Generating Gamma
// Variables", 2000.
func gammaDraw(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gammaDraw(r, shape+1) * math.Exp(-r.ExpFloat64()/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log(r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// What was put in comes out, within four standard errors (one run in some
// thousand would fail by chance; the seeds are fixed), and the holdout is met.
func TestRecovery(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name string
		m    BGNBD
		v    GammaGamma
		unit Unit
	}{
		{"as in CDNOW", BGNBD{0.25, 30, 0.8, 2.5}, GammaGamma{6.25, 3.74, 15.44}, Daily},
		{"regular buyers", BGNBD{1.5, 20, 0.6, 4}, GammaGamma{3, 5, 800}, Weekly},
		{"a is 1", BGNBD{0.8, 12, 1, 3}, GammaGamma{1, 2.5, 60}, Weekly},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := drawSample(11, 30_000, c.m, c.v, c.unit, 700, 180)
			table, err := NewTable(s.histories, s.period)
			if err != nil {
				t.Fatal(err)
			}
			m, fit, err := FitBGNBD(ctx, table)
			if err != nil {
				t.Fatal(err)
			}
			values, err := NewValues(s.histories, s.period)
			if err != nil {
				t.Fatal(err)
			}
			v, fitV, err := FitGammaGamma(ctx, values)
			if err != nil {
				t.Fatal(err)
			}
			if fit.Converged != len(fit.Starts) || fitV.Converged != len(fitV.Starts) || len(fit.Warnings)+len(fitV.Warnings) > 0 {
				t.Errorf("%+v\n%+v", fit, fitV)
			}
			for name, p := range map[string][2]float64{"r": {m.R, c.m.R}, "alpha": {m.Alpha, c.m.Alpha}, "a": {m.A, c.m.A}, "b": {m.B, c.m.B}} {
				if e := fit.StdErr[name]; !(e > 0) || math.Abs(p[0]-p[1]) > 4*e {
					t.Errorf("%s is %v ± %v, was %v", name, p[0], e, p[1])
				}
			}
			for name, p := range map[string][2]float64{"p": {v.P, c.v.P}, "q": {v.Q, c.v.Q}, "v": {v.V, c.v.V}} {
				if e := fitV.StdErr[name]; !(e > 0) || math.Abs(p[0]-p[1]) > 4*e {
					t.Errorf("%s is %v ± %v, was %v", name, p[0], e, p[1])
				}
			}
			h := NewHoldout(s.histories, s.period, m)
			near(t, "orders in the holdout", h.Expected, float64(h.Actual), 0.05)
			for _, b := range h.ByDecile[5:] {
				near(t, "orders of a decile", b.Expected, b.Actual, 0.2)
			}
			alive := 0
			for _, a := range s.alive {
				if a {
					alive++
				}
			}
			near(t, "mean P(alive)", h.Alive, float64(alive)/float64(len(s.alive)), 0.02)
		})
	}
}
