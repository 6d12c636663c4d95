package model

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat"

	"zhike/internal/platform/errs"
)

// GammaGamma is the model of what a purchase is worth.
//
// P. S. Fader, B. G. S. Hardie, "The Gamma-Gamma Model of Monetary Value",
// 2013. Its assumptions: the values of a customer's purchases vary at random
// about his own mean, as Gamma(p, ν); ν is Gamma(q, v) over customers; the mean
// has nothing to do with how often he buys (see Independence).
type GammaGamma struct {
	P float64 `json:"p"`
	Q float64 `json:"q"`
	V float64 `json:"v"` // yuan
}

// Mean is E[M] = pv/(q−1), the mean value of a purchase of a customer of whom
// nothing is known, in yuan; infinite for q ≤ 1.
func (m GammaGamma) Mean() float64 {
	if m.Q <= 1 {
		return math.Inf(1)
	}
	return m.P * m.V / (m.Q - 1)
}

// Expected is E[M | x, z̄], the mean value of a purchase of a customer with x
// repeat purchases of z̄ yuan on average (equation 5):
//
//	p (v + x z̄) / (px + q − 1) = (q−1)/(px+q−1) · pv/(q−1) + px/(px+q−1) · z̄
//
// His own average, drawn towards that of all the less there is of it. A
// customer without a repeat, or with repeats that cost nothing, which the model
// does not know, is expected to be as all are.
func (m GammaGamma) Expected(x int, average float64) float64 {
	if x == 0 || average <= 0 {
		return m.Mean()
	}
	below := m.P*float64(x) + m.Q - 1
	if below <= 0 {
		return math.Inf(1)
	}
	return m.P * (m.V + float64(x)*average) / below
}

// Values are the repeaters whose repeats were worth something, by x.
type Values struct {
	groups []valueGroup
	n      int64
	mean   float64 // of the averages, yuan
	free   int64   // repeaters whose repeats cost nothing
	corr   float64
}

type valueGroup struct {
	x      float64
	totals []float64 // x·z̄, yuan
	sumLog float64   // Σ ln z̄
}

// NewValues takes the repeaters of the histories that the period covers.
// model.no_values where none of them spent anything.
func NewValues(histories []History, p Period) (*Values, error) {
	v := &Values{}
	var xs, averages []float64
	for i := range histories {
		h := &histories[i]
		if !p.Covers(h) || h.Repeat == 0 {
			continue
		}
		if h.Spent <= 0 {
			v.free++
			continue
		}
		xs, averages = append(xs, float64(h.Repeat)), append(averages, h.Average())
	}
	v.take(xs, averages)
	if v.n == 0 {
		return nil, errs.New(errs.Invalid, "model.no_values")
	}
	return v, nil
}

func (v *Values) take(xs, averages []float64) {
	byX := map[float64]*valueGroup{}
	for i, x := range xs {
		g := byX[x]
		if g == nil {
			g = &valueGroup{x: x}
			byX[x] = g
		}
		g.totals = append(g.totals, x*averages[i])
		g.sumLog += math.Log(averages[i])
	}
	for _, g := range byX {
		v.groups = append(v.groups, *g)
	}
	slices.SortFunc(v.groups, func(a, b valueGroup) int { return int(a.x - b.x) })
	v.n = int64(len(xs))
	if v.n == 0 {
		return
	}
	v.mean = stat.Mean(averages, nil)
	if len(v.groups) > 1 && v.n > 2 {
		v.corr = stat.Correlation(xs, averages, nil)
	}
	if math.IsNaN(v.corr) {
		v.corr = 0 // all averages are equal
	}
}

// thin keeps every kth customer.
func (v *Values) thin(k int64) *Values {
	out := &Values{mean: v.mean}
	var seen int64
	for _, g := range v.groups {
		few := valueGroup{x: g.x}
		for _, t := range g.totals {
			if seen++; seen%k == 0 {
				few.totals = append(few.totals, t)
				few.sumLog += math.Log(t / g.x)
			}
		}
		if len(few.totals) > 0 {
			out.groups = append(out.groups, few)
			out.n += int64(len(few.totals))
		}
	}
	return out
}

// Repeaters is how many customers the sample has.
func (v *Values) Repeaters() int64 { return v.n }

// Free is how many repeaters were left out because their repeats cost nothing.
func (v *Values) Free() int64 { return v.free }

// Mean is the mean of the customers' averages in yuan.
func (v *Values) Mean() float64 { return v.mean }

// Independence is Pearson's correlation between x and z̄, which the model
// takes to be nought. In the paper's data it is 0.11.
func (v *Values) Independence() float64 { return v.corr }

// correlated is from where the assumption of independence does not hold.
const correlated = 0.3

// FitGammaGamma finds the parameters of highest likelihood over the repeaters.
// For a customer with x repeats of z̄ on average (equation 1a)
//
//	L = Γ(px+q)/(Γ(px)Γ(q)) · v^q z̄^(px−1) x^(px) / (v + x z̄)^(px+q)
//
// The errors are those of ctx.
func FitGammaGamma(ctx context.Context, v *Values) (GammaGamma, Fit, error) {
	over := func(v *Values) *problem {
		return &problem{
			names: []string{"p", "q", "v"}, scale: []float64{1, 1, v.mean}, customers: v.n, loglik: v.at,
			starts: [][]float64{{1, 1.5, 1}, {5, 3, 0.5}, {2, 8, 4}, {0.5, 2, 2}, {20, 4, 0.2}},
		}
	}
	var best []float64
	var fit Fit
	var err error
	if v.n > 2*enough {
		best, fit, err = over(v).refine(ctx, over(v.thin(v.n/enough)))
	} else {
		best, fit, err = over(v).maximise(ctx)
	}
	if err != nil {
		return GammaGamma{}, fit, err
	}
	m := GammaGamma{P: best[0], Q: best[1], V: best[2]}
	if v.n < fewRepeaters {
		fit.Warnings = append(fit.Warnings, note("few_repeaters", "count", v.n, "enough", fewRepeaters))
	}
	if m.Q <= 1 {
		fit.Warnings = append(fit.Warnings, note("mean_infinite"))
	}
	if math.Abs(v.corr) > correlated {
		fit.Warnings = append(fit.Warnings, note("correlated", "correlation", v.corr))
	}
	return m, fit, nil
}

// at gives the log-likelihood and writes its gradient over p, q, v. Gamma
// functions are taken once for each x.
func (v *Values) at(params, grad []float64) float64 {
	p, q, scale := params[0], params[1], params[2]
	lgQ, psiQ, logV := lgamma(q), mathext.Digamma(q), math.Log(scale)
	var ll, dp, dq, dv float64
	for i := range v.groups {
		g := &v.groups[i]
		n, px := float64(len(g.totals)), p*g.x
		logX := math.Log(g.x)
		var logs, inverse float64
		for _, t := range g.totals {
			logs += math.Log(scale + t)
			inverse += 1 / (scale + t)
		}
		psi := mathext.Digamma(px + q)
		ll += n*(lgamma(px+q)-lgamma(px)-lgQ+q*logV+px*logX) + (px-1)*g.sumLog - (px+q)*logs
		dp += g.x * (n*(psi-mathext.Digamma(px)+logX) + g.sumLog - logs)
		dq += n*(psi-psiQ+logV) - logs
		dv += n*q/scale - (px+q)*inverse
	}
	grad[0], grad[1], grad[2] = dp, dq, dv
	return ll
}

func lgamma(x float64) float64 {
	y, _ := math.Lgamma(x)
	return y
}
