package model

import (
	"context"
	"math"
	"sync"
)

// fewRepeaters is below how many the parameters are hardly more than a guess.
const fewRepeaters = 100

// FitBGNBD finds the parameters of highest likelihood. The errors are those of
// ctx; the Fit says whether the result can be trusted.
func FitBGNBD(ctx context.Context, t *Table) (BGNBD, Fit, error) {
	over := func(t *Table) *problem {
		return &problem{
			names: []string{"r", "alpha", "a", "b"}, scale: []float64{1, t.meanAge, 1, 1}, customers: t.customers, loglik: newLikelihood(t).at,
			// Few who buy often beside many who do not; all alike; leaving early,
			// late and hardly ever.
			starts: [][]float64{{1, 1, 1, 1}, {0.25, 0.1, 0.8, 2.5}, {0.5, 0.5, 0.2, 2}, {2, 1, 0.5, 5}, {0.1, 0.05, 2, 2}, {1, 0.3, 0.1, 3}},
		}
	}
	var best []float64
	var fit Fit
	var err error
	if t.customers > 2*enough {
		best, fit, err = over(t).refine(ctx, over(t.thin(t.customers/enough)))
	} else {
		best, fit, err = over(t).maximise(ctx)
	}
	if err != nil {
		return BGNBD{}, fit, err
	}
	m := BGNBD{R: best[0], Alpha: best[1], A: best[2], B: best[3]}
	if t.repeaters < fewRepeaters {
		fit.Warnings = append(fit.Warnings, note("few_repeaters", "count", t.repeaters, "enough", fewRepeaters))
	}
	return m, fit, nil
}

// LogLikelihood of the sample under m (see likelihood).
func (m BGNBD) LogLikelihood(t *Table) float64 {
	return newLikelihood(t).at([]float64{m.R, m.Alpha, m.A, m.B}, make([]float64, 4))
}

// likelihood is that of equation 6 of the paper. For one customer
//
//	L = B(a, b+x)/B(a, b) · Γ(r+x)α^r/Γ(r) · [ (α+T)^−(r+x) + δ(x>0) · a/(b+x−1) · (α+t_x)^−(r+x) ]
//
// The bracket is a sum of exponentials of the logarithms of its two parts, from
// the larger one, so neither can underflow. With x a whole number the ratios
// of gamma functions are products of x factors,
//
//	Γ(r+x)/Γ(r) = Π_{j<x} (r+j),   B(a, b+x)/B(a, b) = Π_{j<x} (b+j)/(a+b+j)
//
// taken as running sums of logarithms over x. So no difference of two large
// lnΓ is taken, and the derivatives are sums of 1/(r+j) instead of digammas.
type likelihood struct {
	t     *Table
	ticks []int32   // the distinct times, in ticks
	place []int32   // of a tick among them
	log   []float64 // ln(α + time)
	inv   []float64 // 1/(α + time)
	parts []span
}

// span is a piece of the rows that one worker sums. The pieces do not depend on
// the number of processors, so a sum comes out the same everywhere.
type span struct {
	x        int32
	rows     []tableRow
	constant []float64 // of x: see rising
	sum      [5]float64
}

const spanRows = 8192

func newLikelihood(t *Table) *likelihood {
	l := &likelihood{t: t, place: make([]int32, t.maxTick+1)}
	for _, g := range t.groups {
		for _, r := range g.rows {
			l.place[r.last], l.place[r.age] = 1, 1
		}
		for i := 0; i < len(g.rows); i += spanRows {
			l.parts = append(l.parts, span{x: g.x, rows: g.rows[i:min(len(g.rows), i+spanRows)]})
		}
	}
	for tick, used := range l.place {
		if used != 0 {
			l.place[tick] = int32(len(l.ticks))
			l.ticks = append(l.ticks, int32(tick))
		}
	}
	l.log, l.inv = make([]float64, len(l.ticks)), make([]float64, len(l.ticks))
	return l
}

// at gives the log-likelihood and writes its gradient over r, α, a, b.
func (l *likelihood) at(params, grad []float64) float64 {
	r, alpha, a, b := params[0], params[1], params[2], params[3]
	for i, tick := range l.ticks {
		v := alpha + float64(tick)/l.t.perUnit
		l.log[i], l.inv[i] = math.Log(v), 1/v
	}
	l.constants(r, alpha, a, b)
	var wait sync.WaitGroup
	const workers = 4
	for w := range workers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := w; i < len(l.parts); i += workers {
				l.parts[i].add(l, r, alpha, a, b)
			}
		}()
	}
	wait.Wait()
	var total [5]float64
	for i := range l.parts {
		for j, v := range l.parts[i].sum {
			total[j] += v
		}
	}
	copy(grad, total[1:])
	return total[0]
}

// constants gives every span what depends on x alone: ln of the two products
// and r ln α, and their derivatives over r, a and b.
func (l *likelihood) constants(r, alpha, a, b float64) {
	var c [4]float64
	x := int32(0)
	for i := range l.parts {
		p := &l.parts[i]
		for ; x < p.x; x++ {
			j := float64(x)
			c[0] += math.Log(r+j) + math.Log((b+j)/(a+b+j))
			c[1] += 1 / (r + j)
			c[2] -= 1 / (a + b + j)
			c[3] += 1/(b+j) - 1/(a+b+j)
		}
		p.constant = append(p.constant[:0], c[0]+r*math.Log(alpha), c[1]+math.Log(alpha), c[2], c[3])
	}
}

func (p *span) add(l *likelihood, r, alpha, a, b float64) {
	x := float64(p.x)
	power := r + x
	var leave float64 // ln a/(b+x−1)
	if p.x > 0 {
		leave = math.Log(a) - math.Log(b+x-1)
	}
	var n, value, dr, dAlpha, left float64
	for _, row := range p.rows {
		end, endInv := l.log[l.place[row.age]], l.inv[l.place[row.age]]
		if p.x == 0 {
			n += row.count
			value -= row.count * power * end
			dr -= row.count * end
			dAlpha -= row.count * power * endInv
			continue
		}
		last, lastInv := l.log[l.place[row.last]], l.inv[l.place[row.last]]
		// d is the logarithm of (left after the last purchase) ÷ (still alive).
		d := leave + power*(end-last)
		e := math.Exp(-math.Abs(d))
		gone := 1 / (1 + e)
		if d < 0 {
			gone = e / (1 + e)
		}
		alive := 1 - gone
		n += row.count
		value += row.count * (max(d, 0) + math.Log1p(e) - power*end)
		dr -= row.count * (alive*end + gone*last)
		dAlpha -= row.count * power * (alive*endInv + gone*lastInv)
		left += row.count * gone
	}
	c := p.constant
	p.sum = [5]float64{n*c[0] + value, n*c[1] + dr, n*r/alpha + dAlpha, n * c[2], n * c[3]}
	if p.x > 0 {
		p.sum[3] += left / a
		p.sum[4] -= left / (b + x - 1)
	}
}
