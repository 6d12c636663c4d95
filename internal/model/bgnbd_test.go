package model

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/mathext"
	"pgregory.net/rapid"
)

// grid is a distribution over λ or p on points of a plain trapezoid rule, over
// the logarithm or the logit: slow, and as exact as the function is smooth.
type grid struct{ at, not, weight []float64 }

// gammaGrid has λ in at.
func gammaGrid(shape, rate float64) grid {
	var g grid
	const step = 0.1
	for y := -30 / min(shape, 1); y < 5; y += step {
		logL := y + math.Log(max(shape, 1)/rate)
		if w := step * math.Exp(shape*(math.Log(rate)+logL)-lgamma(shape)-rate*math.Exp(logL)); w > 1e-22 {
			g.at, g.weight = append(g.at, math.Exp(logL)), append(g.weight, w)
		}
	}
	return g
}

// betaGrid has p in at and 1−p in not.
func betaGrid(a, b float64) grid {
	var g grid
	const step = 0.1
	for y := -30 / min(a, 1); y < 30/min(b, 1); y += step {
		logP, logNot := -math.Log1p(math.Exp(-y)), -math.Log1p(math.Exp(y))
		if y < -30 {
			logP = y
		}
		if y > 30 {
			logNot = -y
		}
		if w := step * math.Exp(a*logP+b*logNot-lgamma(a)-lgamma(b)+lgamma(a+b)); w > 1e-22 {
			g.at, g.not, g.weight = append(g.at, math.Exp(logP)), append(g.not, math.Exp(logNot)), append(g.weight, w)
		}
	}
	return g
}

func drawParams(t *rapid.T) BGNBD {
	draw := func(name string, low, high float64) float64 {
		return math.Exp(rapid.Float64Range(math.Log(low), math.Log(high)).Draw(t, name))
	}
	m := BGNBD{R: draw("r", 0.4, 5), Alpha: draw("alpha", 0.5, 30), A: draw("a", 0.4, 6), B: draw("b", 0.4, 9)}
	if rapid.Bool().Draw(t, "a is 1") {
		m.A = 1 + rapid.SampledFrom([]float64{0, 1e-12, -1e-9, 1e-6}).Draw(t, "about")
	}
	return m
}

func near(t reporter, what string, got, want, eps float64) {
	t.Helper()
	if !(math.Abs(got-want) <= eps*max(math.Abs(want), 1e-12)) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// The likelihood, P(alive) and the expectations are integrals over λ and p of
// what holds for one customer (equations 3, 7 and 8 of the paper).
func TestAgainstIntegration(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := drawParams(rt)
		age := rapid.Float64Range(0.5, 80).Draw(rt, "T")
		x := rapid.IntRange(0, 12).Draw(rt, "x")
		tx := 0.0
		if x > 0 {
			tx = age * rapid.Float64Range(0.01, 1).Draw(rt, "tx")
		}
		ahead := rapid.Float64Range(0.1, 120).Draw(rt, "t")

		lambda, p := gammaGrid(m.R, m.Alpha), betaGrid(m.A, m.B)
		var total, alive, orders, fresh float64
		// What p says about x purchases and staying, or leaving at the last.
		stays, leaves := make([]float64, len(p.at)), make([]float64, len(p.at))
		for j := range p.at {
			stays[j] = p.weight[j] * math.Pow(p.not[j], float64(x))
			if x > 0 {
				leaves[j] = p.weight[j] * p.at[j] * math.Pow(p.not[j], float64(x-1))
			}
		}
		for i, l := range lambda.at {
			lx := lambda.weight[i] * math.Pow(l, float64(x))
			still, left := lx*math.Exp(-l*age), lx*math.Exp(-l*tx)
			for j, q := range p.at {
				more := -math.Expm1(-l*q*ahead) / q
				total += stays[j]*still + leaves[j]*left
				alive += stays[j] * still
				orders += stays[j] * still * more
				fresh += lambda.weight[i] * p.weight[j] * more
			}
		}
		tick := 1e6
		table := &Table{customers: 1, perUnit: tick, maxTick: int32(math.Round(age * tick)), groups: []group{{x: int32(x), rows: []tableRow{{int32(math.Round(tx * tick)), int32(math.Round(age * tick)), 1}}}}}
		near(rt, "likelihood", math.Exp(m.LogLikelihood(table)), total, 1e-4) // times are rounded to ticks
		near(rt, "P(alive)", m.Alive(x, tx, age), alive/total, 1e-9)
		near(rt, "E[Y(t)]", m.Expected(x, tx, age, ahead), orders/total, 1e-8)
		near(rt, "E[X(t)]", m.New(ahead), fresh, 1e-8)
	})
}

// Where the closed form of the paper is well conditioned the sum is equal to it.
func TestAgainstHypergeometric(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := drawParams(rt)
		if math.Abs(m.A-1) < 0.05 {
			return
		}
		ahead := rapid.Float64Range(0.1, 20).Draw(rt, "t")
		z := ahead / (m.Alpha + ahead)
		if z > 0.8 {
			return
		}
		want := (m.A + m.B - 1) / (m.A - 1) * (1 - math.Pow(1-z, m.R)*mathext.Hypergeo(m.R, m.B, m.A+m.B-1, z))
		near(rt, "E[X(t)]", m.New(ahead), want, 1e-7)
	})
}

// Far from what is usual the figures stay finite, and more time is more orders.
func TestExtremes(t *testing.T) {
	for _, m := range []BGNBD{
		{0.243, 4.414, 0.793, 2.426}, {1e-5, 1e-3, 1e-5, 1e5}, {1e5, 1e5, 1, 1}, {0.5, 1e-3, 1e5, 1e5}, {3, 10, 1e-5, 1e-5}, {0.01, 0.01, 1, 2},
	} {
		for _, x := range []int{0, 1, 2, 50, 5000} {
			for _, age := range []float64{0, 1, 400, 4000} {
				for _, share := range []float64{0, 0.5, 1} {
					alive := m.Alive(x, age*share, age)
					if !(alive >= 0 && alive <= 1) {
						t.Errorf("%+v x %d, %v of %v: alive %v", m, x, age*share, age, alive)
					}
				}
				if age == 0 && m.Alpha < 0.1 {
					continue // millions of terms
				}
				before := 0.0
				for _, ahead := range []float64{0, 1e-9, 1, 30, 365, 3650} {
					n := m.IfAlive(x, age, ahead)
					if !(n >= before) || math.IsInf(n, 0) || n > (m.R+float64(x))/(m.Alpha+age)*ahead*(1+1e-9) {
						t.Errorf("%+v x %d age %v: %v orders in %v after %v", m, x, age, n, ahead, before)
					}
					before = n
				}
				if w := m.NextWithin(x, age, 0.5); !(w >= 0) {
					t.Errorf("%+v x %d age %v: next within %v", m, x, age, w)
				}
			}
		}
	}
	// The median of a Lomax.
	m := BGNBD{R: 0.5, Alpha: 4, A: 1, B: 2}
	near(t, "median", m.NextWithin(1, 6, 0.5), 10*(math.Pow(2, 1/1.5)-1), 1e-12)
}

// The gradients are the slopes of the log-likelihoods.
func TestGradients(t *testing.T) {
	s := drawSample(1, 500, BGNBD{0.4, 6, 0.9, 2.5}, GammaGamma{5, 4, 100}, Weekly, 300, 0)
	table, err := NewTable(s.histories, s.period)
	if err != nil {
		t.Fatal(err)
	}
	values, err := NewValues(s.histories, s.period)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, f func(params, grad []float64) float64, at ...float64) {
		t.Helper()
		grad, scratch := make([]float64, len(at)), make([]float64, len(at))
		f(at, grad)
		for i := range at {
			x := append([]float64(nil), at...)
			step := 1e-5 * at[i]
			x[i] += step
			up := f(x, scratch)
			x[i] -= 2 * step
			near(t, what, (up-f(x, scratch))/(2*step), grad[i], 1e-4)
		}
	}
	l := newLikelihood(table)
	check("BG/NBD", l.at, 0.3, 5, 0.7, 2)
	check("BG/NBD", l.at, 2, 0.5, 3, 0.4)
	check("Gamma-Gamma", values.at, 3, 2, 50)
	check("Gamma-Gamma", values.at, 0.5, 6, 400)
}

func TestFitStopsWithItsContext(t *testing.T) {
	s := drawSample(1, 500, BGNBD{0.4, 6, 0.9, 2.5}, GammaGamma{5, 4, 100}, Weekly, 300, 0)
	table, err := NewTable(s.histories, s.period)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := FitBGNBD(ctx, table); err != context.Canceled {
		t.Error(err)
	}
}

// reporter is a test of the standard library or of rapid.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}
