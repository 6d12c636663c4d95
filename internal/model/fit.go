package model

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// Fit says how a maximum of a likelihood was found.
type Fit struct {
	Customers     int64              `json:"customers"` // that the likelihood was taken over
	Sampled       int64              `json:"sampled"`   // that the starts were searched on; the last start then is the best of them, gone on with on all
	LogLikelihood float64            `json:"log_likelihood"`
	StdErr        map[string]float64 `json:"std_err,omitempty"` // of each parameter, from the curvature at the maximum; absent where it is flat
	Starts        []Start            `json:"starts"`
	Converged     int                `json:"converged"` // how many starts
	Spread        float64            `json:"spread"`    // of the log-likelihood between the starts that converged
	Evaluations   int                `json:"evaluations"`
	Warnings      []Note             `json:"warnings"`
}

// Start is one search for the maximum.
type Start struct {
	From          map[string]float64 `json:"from"`
	To            map[string]float64 `json:"to"`
	LogLikelihood float64            `json:"log_likelihood"`
	Iterations    int                `json:"iterations"`
	GradientNorm  float64            `json:"gradient_norm"` // largest slope per customer, over the logarithms of the parameters
	Converged     bool               `json:"converged"`
}

// Note is something to be told about a model: a code with a text in the
// catalogue ("model.note.<code>") and what the text names.
type Note struct {
	Code   string         `json:"code"`
	Params map[string]any `json:"params,omitempty"`
}

func note(code string, kv ...any) Note {
	n := Note{Code: code}
	for i := 0; i+1 < len(kv); i += 2 {
		if n.Params == nil {
			n.Params = map[string]any{}
		}
		n.Params[kv[i].(string)] = kv[i+1]
	}
	return n
}

const (
	// bound is how far a parameter may move from its scale: e^±7 is a factor of
	// 1,100. Beyond it the likelihood is flat and the parameter means "none" or
	// "all alike": with r = 1,100 the rates of customers differ by 3 %.
	bound = 7
	// flat is the slope per customer at which a search counts as arrived: with a
	// million customers what is left to go is a fiftieth of the standard error.
	// Searches go on to settled where the likelihood lets them.
	flat     = 1e-5
	settled  = 1e-8
	maxSteps = 200
	// enough customers show where the maximum is; the last steps are then taken
	// on all of them.
	enough    = 50_000
	agreeable = 0.1 // starts whose log-likelihoods differ by less found the same, as far as data can tell
)

// problem is a log-likelihood to be maximised over parameters above zero. The
// search runs over θ = ln(parameter ÷ scale), where no parameter can leave its
// range and steps are shares.
type problem struct {
	names     []string
	scale     []float64
	starts    [][]float64 // parameters ÷ scale
	customers int64
	// loglik gives the log-likelihood and writes its gradient over the
	// parameters themselves.
	loglik func(params, grad []float64) float64

	evaluations int
	theta       []float64 // of the last evaluation
	value       float64
	slope       []float64
	params      []float64
	raw         []float64
}

// evaluate is minus the mean log-likelihood of a customer with its gradient
// over θ; what lies beyond the bounds is fenced by a parabola.
func (p *problem) evaluate(theta []float64) {
	if p.theta == nil {
		n := len(theta)
		p.theta, p.slope, p.params, p.raw = make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	} else if equal(p.theta, theta) {
		return
	}
	p.evaluations++
	copy(p.theta, theta)
	p.exp(theta, p.params)
	n := float64(p.customers)
	p.value = -p.loglik(p.params, p.raw) / n
	for i, th := range theta {
		p.slope[i] = -p.raw[i] * p.params[i] / n
		if over := math.Abs(th) - bound; over > 0 {
			p.value += over * over / 2
			p.slope[i] += math.Copysign(over, th)
		}
	}
	if math.IsNaN(p.value) {
		p.value = math.Inf(1)
	}
}

func equal(a, b []float64) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// exp gives the parameters of θ, never so far out that they overflow.
func (p *problem) exp(theta, params []float64) {
	for i, th := range theta {
		params[i] = p.scale[i] * math.Exp(max(-40, min(40, th)))
	}
}

func (p *problem) named(params []float64) map[string]float64 {
	m := make(map[string]float64, len(params))
	for i, n := range p.names {
		m[n] = params[i]
	}
	return m
}

// refine searches from every start on sample, and goes on from the best on all
// customers. Of starts that find different places the sample tells as well
// which is higher, unless they are as good as each other.
func (p *problem) refine(ctx context.Context, sample *problem) ([]float64, Fit, error) {
	best, first, err := sample.maximise(ctx)
	if err != nil {
		return nil, first, err
	}
	from := make([]float64, len(best))
	for i := range best {
		from[i] = best[i] / p.scale[i]
	}
	p.starts = [][]float64{from}
	best, fit, err := p.maximise(ctx)
	if err != nil {
		return nil, fit, err
	}
	fit.Sampled = sample.customers
	fit.Starts = append(first.Starts, fit.Starts...)
	fit.Converged += first.Converged
	fit.Spread = first.Spread
	for _, w := range first.Warnings {
		if w.Code == "starts_disagree" {
			fit.Warnings = append(fit.Warnings, w)
		}
	}
	fit.Evaluations += first.Evaluations
	return best, fit, nil
}

// maximise searches from every start and gives the best parameters. The only
// errors are those of ctx; whether the result can be trusted is in the Fit.
func (p *problem) maximise(ctx context.Context) ([]float64, Fit, error) {
	fit := Fit{Customers: p.customers, Sampled: p.customers, Warnings: []Note{}}
	var best []float64
	bestValue, low := math.Inf(-1), math.Inf(1)
	bestConverged := false
	for _, from := range p.starts {
		theta := make([]float64, len(from))
		for i := range from {
			theta[i] = math.Log(from[i])
		}
		to, steps, err := p.search(ctx, theta)
		if err != nil {
			return nil, fit, err
		}
		p.evaluate(to)
		s := Start{Iterations: steps, LogLikelihood: -p.value * float64(p.customers), GradientNorm: largest(p.slope), To: p.named(p.params)}
		p.exp(theta, p.params)
		s.From = p.named(p.params)
		s.Converged = s.GradientNorm <= flat
		if s.Converged {
			fit.Converged++
			low = min(low, s.LogLikelihood)
		}
		fit.Starts = append(fit.Starts, s)
		// One that has converged goes before one that has not, unless that is
		// clearly higher.
		lead := s.LogLikelihood - bestValue
		if best == nil || lead > agreeable || s.Converged && !bestConverged && lead > -agreeable || lead > 0 && s.Converged == bestConverged {
			best, bestValue, bestConverged = to, s.LogLikelihood, s.Converged
		}
	}
	if fit.Converged > 0 {
		fit.Spread = max(0, bestValue-low)
	}
	params := make([]float64, len(best))
	p.exp(best, params)
	fit.LogLikelihood = p.loglik(params, p.raw)
	fit.StdErr = p.stdErr(best, params)
	fit.Evaluations = p.evaluations
	p.judge(&fit, best, bestConverged)
	return params, fit, nil
}

// judge notes what speaks against the result.
func (p *problem) judge(fit *Fit, theta []float64, converged bool) {
	if !converged {
		fit.Warnings = append(fit.Warnings, note("not_converged"))
	} else if fit.Spread > agreeable {
		fit.Warnings = append(fit.Warnings, note("starts_disagree", "count", fit.Converged, "starts", len(fit.Starts), "spread", fit.Spread))
	}
	edge := false
	for i, th := range theta {
		if math.Abs(th) >= bound-0.1 {
			edge = true
			fit.Warnings = append(fit.Warnings, note("at_bound", "parameter", p.names[i]))
		}
	}
	if fit.StdErr == nil && !edge {
		fit.Warnings = append(fit.Warnings, note("flat"))
	}
}

func largest(v []float64) float64 {
	m := 0.0
	for _, x := range v {
		m = max(m, math.Abs(x))
	}
	return m
}

// search runs BFGS. Where its line search gives up before the slope is flat,
// Nelder–Mead, which needs no slope, goes on and BFGS finishes.
func (p *problem) search(ctx context.Context, theta []float64) ([]float64, int, error) {
	problem := optimize.Problem{
		Func:   func(x []float64) float64 { p.evaluate(x); return p.value },
		Grad:   func(grad, x []float64) { p.evaluate(x); copy(grad, p.slope) },
		Status: func() (optimize.Status, error) { return optimize.NotTerminated, ctx.Err() },
	}
	settings := &optimize.Settings{
		MajorIterations: maxSteps, FuncEvaluations: 10 * maxSteps, GradientThreshold: settled,
		Converger: &optimize.FunctionConverge{Relative: 1e-14, Iterations: 20},
	}
	steps := 0
	for _, method := range []optimize.Method{&optimize.BFGS{}, &optimize.NelderMead{SimplexSize: 0.1}, &optimize.BFGS{}} {
		r, _ := optimize.Minimize(problem, theta, settings, method)
		if ctx.Err() != nil {
			return nil, 0, ctx.Err()
		}
		// Its errors are line searches that gave up; how far they came counts.
		if r != nil {
			steps += r.MajorIterations
			if len(r.X) == len(theta) && !math.IsNaN(r.F) {
				theta = r.X
			}
		}
		p.evaluate(theta)
		if largest(p.slope) <= flat {
			break
		}
	}
	return theta, steps, nil
}

// stdErr inverts the curvature of the log-likelihood over θ, taken from
// differences of its slope; a parameter's error is that of its logarithm times
// the parameter. nil where the curvature is not that of a maximum.
func (p *problem) stdErr(theta, params []float64) map[string]float64 {
	n := len(theta)
	const step = 1e-4
	info := mat.NewSymDense(n, nil)
	rows := make([][]float64, n)
	x := append([]float64(nil), theta...)
	for i := range theta {
		x[i] = theta[i] + step
		p.evaluate(x)
		rows[i] = append([]float64(nil), p.slope...)
		x[i] = theta[i] - step
		p.evaluate(x)
		x[i] = theta[i]
		for j := range rows[i] {
			rows[i][j] = (rows[i][j] - p.slope[j]) / (2 * step) * float64(p.customers)
		}
	}
	for i := range n {
		for j := i; j < n; j++ {
			info.SetSym(i, j, (rows[i][j]+rows[j][i])/2)
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(info) || chol.Cond() > 1e12 {
		return nil
	}
	var inverse mat.SymDense
	if chol.InverseTo(&inverse) != nil {
		return nil
	}
	out := map[string]float64{}
	for i, name := range p.names {
		out[name] = params[i] * math.Sqrt(inverse.At(i, i))
	}
	return out
}
