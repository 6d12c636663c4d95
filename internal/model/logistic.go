package model

import (
	"context"
	"math"
	"sync"

	"gonum.org/v1/gonum/mat"

	"zhike/internal/platform/errs"
)

// Logistic is a logistic regression with ridge:
//
//	P(label | x) = 1 / (1 + e^−(β₀ + β·x))
//
// It maximises Σ ln P − λ/2 Σ β², the constant β₀ left out of the penalty
// (Le Cessie, van Houwelingen, "Ridge Estimators in Logistic Regression",
// 1992). It can be kept as JSON.
type Logistic struct {
	Label     string    `json:"label"`
	Ridge     float64   `json:"ridge"`
	Customers int       `json:"customers"`
	Positives int       `json:"positives"`
	Fields    []Field   `json:"fields"`
	Weights   []float64 `json:"weights"` // β₀, then those of the fields' columns in order
	StdErr    []float64 `json:"std_err"`
	Steps     int       `json:"steps"` // Newton needed
	Converged bool      `json:"converged"`
}

// DefaultRidge draws weights towards nought as one customer's worth of doubt
// would: enough for fields that say the same thing twice, too little to be seen
// where there are some hundred customers.
const DefaultRidge = 1.0

// Bounds of learning.
const (
	MaxWeights   = 1000
	MinOfEach    = 20 // customers with the label, and without it
	newtonSteps  = 50
	newtonEnough = 1e-9
	workerRows   = 16384
)

// Learn fits the label of the rows on all columns of the frame. ridge is λ, 0
// for DefaultRidge. Errors: model.few_labelled with fewer than MinOfEach
// customers of either kind, model.too_many_columns, model.no_fields where no
// column tells customers apart, and those of ctx.
func Learn(ctx context.Context, f *Frame, label string, positive []bool, ridge float64) (*Logistic, error) {
	rows := make([]int32, f.Rows())
	for i := range rows {
		rows[i] = int32(i)
	}
	return learn(ctx, f, label, positive, ridge, rows)
}

func learn(ctx context.Context, f *Frame, label string, positive []bool, ridge float64, rows []int32) (*Logistic, error) {
	if ridge <= 0 {
		ridge = DefaultRidge
	}
	m := &Logistic{Label: label, Ridge: ridge, Customers: len(rows)}
	for _, r := range rows {
		if positive[r] {
			m.Positives++
		}
	}
	if low := min(m.Positives, m.Customers-m.Positives); low < MinOfEach {
		return nil, errs.New(errs.Invalid, "model.few_labelled", "positives", m.Positives, "others", m.Customers-m.Positives, "min", MinOfEach)
	}
	n := 1
	for i := range f.Columns {
		fd := learnField(&f.Columns[i], rows)
		fd.First = n
		n += fd.width()
		m.Fields = append(m.Fields, fd)
	}
	if n > MaxWeights {
		return nil, errs.New(errs.TooLarge, "model.too_many_columns", "columns", n, "max", MaxWeights)
	}
	if n == 1 {
		return nil, errs.New(errs.Invalid, "model.no_fields")
	}
	l := logisticFit{code: newCoder(m.Fields, f), rows: rows, positive: positive, ridge: ridge, n: n}
	if err := l.newton(ctx, m); err != nil {
		return nil, err
	}
	l.shares(m)
	return m, nil
}

// Predict gives the probability of the label for every row. Columns are found
// by name; a field that the frame does not have counts as missing.
func (m *Logistic) Predict(f *Frame) []float64 {
	out := make([]float64, f.Rows())
	over := m.Over(f)
	for i := range out {
		out[i] = over.Probability(i)
	}
	return out
}

// Over reads the rows of a frame for a model; it is used by one goroutine.
type Over struct {
	m     *Logistic
	code  *coder
	cells []cell
}

// Over makes the model ready for the rows of a frame.
func (m *Logistic) Over(f *Frame) *Over { return &Over{m: m, code: newCoder(m.Fields, f)} }

// Probability of the label for a row.
func (o *Over) Probability(row int) float64 {
	o.cells = o.code.row(int32(row), o.cells)
	return probability(score(o.m.Weights, o.cells))
}

func score(weights []float64, cells []cell) float64 {
	s := 0.0
	for _, c := range cells {
		s += weights[c.column] * c.value
	}
	return s
}

func probability(score float64) float64 {
	if score < 0 {
		e := math.Exp(score)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-score))
}

// logisticFit climbs by Newton's method (iteratively reweighted least squares),
// in full steps, halved while they lead down.
type logisticFit struct {
	code     *coder
	rows     []int32
	positive []bool
	ridge    float64
	n        int
}

// pass is what one look at all rows gives.
type pass struct {
	value float64   // Σ ln P
	grad  []float64 // Xᵀ(y−p)
	info  []float64 // XᵀWX, upper half, row by row
}

func (l *logisticFit) newton(ctx context.Context, m *Logistic) error {
	beta := make([]float64, l.n)
	share := float64(m.Positives) / float64(m.Customers)
	beta[0] = math.Log(share / (1 - share))
	now := l.look(beta)
	var chol mat.Cholesky
	for m.Steps = 1; ; m.Steps++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		info := mat.NewSymDense(l.n, nil)
		for i := range l.n {
			for j := i; j < l.n; j++ {
				info.SetSym(i, j, now.info[i*l.n+j])
			}
			if i > 0 {
				info.SetSym(i, i, info.At(i, i)+l.ridge)
				now.grad[i] -= l.ridge * beta[i]
			}
		}
		if !chol.Factorize(info) {
			return errs.New(errs.Internal, "model.singular")
		}
		if m.Converged || m.Steps > newtonSteps {
			break
		}
		var step mat.VecDense
		if err := chol.SolveVecTo(&step, mat.NewVecDense(l.n, now.grad)); err != nil {
			return errs.Wrap(err, errs.Internal, "model.singular")
		}
		before := now.value - l.penalty(beta)
		for half := 1.0; ; half /= 2 {
			next := make([]float64, l.n)
			for i := range next {
				next[i] = beta[i] + half*step.AtVec(i)
			}
			after := l.look(next)
			if value := after.value - l.penalty(next); value >= before-1e-12*math.Abs(before) || half < 1e-6 {
				m.Converged = mat.Norm(&step, math.Inf(1)) < newtonEnough || math.Abs(value-before) < 1e-12*math.Abs(before)
				beta, now = next, after
				break
			}
		}
	}
	var inverse mat.SymDense
	if err := chol.InverseTo(&inverse); err != nil {
		return errs.Wrap(err, errs.Internal, "model.singular")
	}
	m.Weights, m.StdErr = beta, make([]float64, l.n)
	for i := range m.StdErr {
		m.StdErr[i] = math.Sqrt(inverse.At(i, i))
	}
	return nil
}

func (l *logisticFit) penalty(beta []float64) float64 {
	s := 0.0
	for _, b := range beta[1:] {
		s += b * b
	}
	return l.ridge / 2 * s
}

// look sums over all rows, in pieces that do not depend on the number of
// processors. A row has few cells that are not zero, so the matrix of all rows
// is never made.
func (l *logisticFit) look(beta []float64) pass {
	pieces := (len(l.rows) + workerRows - 1) / workerRows
	total := pass{grad: make([]float64, l.n), info: make([]float64, l.n*l.n)}
	const workers = 2
	for from := 0; from < pieces; from += workers {
		parts := make([]pass, min(workers, pieces-from))
		var wait sync.WaitGroup
		for w := range parts {
			wait.Add(1)
			go func() {
				defer wait.Done()
				start := (from + w) * workerRows
				parts[w] = l.piece(beta, l.rows[start:min(len(l.rows), start+workerRows)])
			}()
		}
		wait.Wait()
		for _, p := range parts {
			total.value += p.value
			for i, v := range p.grad {
				total.grad[i] += v
			}
			for i, v := range p.info {
				total.info[i] += v
			}
		}
	}
	return total
}

func (l *logisticFit) piece(beta []float64, rows []int32) pass {
	out := pass{grad: make([]float64, l.n), info: make([]float64, l.n*l.n)}
	var cells []cell
	for _, r := range rows {
		cells = l.code.row(r, cells)
		s := score(beta, cells)
		p := probability(s)
		left := -p
		// ln P without taking the logarithm of a rounded probability.
		soft := math.Max(s, 0) + math.Log1p(math.Exp(-math.Abs(s)))
		out.value -= soft
		if l.positive[r] {
			left, out.value = 1-p, out.value+s
		}
		w := p * (1 - p)
		for i, a := range cells {
			out.grad[a.column] += left * a.value
			row, wa := out.info[int(a.column)*l.n:], w*a.value
			for _, b := range cells[i:] {
				row[b.column] += wa * b.value
			}
		}
	}
	return out
}

// shares gives every field the means of its columns, which reasons of single
// customers are measured from.
func (l *logisticFit) shares(m *Logistic) {
	sums := make([]float64, l.n)
	var cells []cell
	for _, r := range l.rows {
		cells = l.code.row(r, cells)
		for _, c := range cells {
			sums[c.column] += c.value
		}
	}
	for i := range m.Fields {
		f := &m.Fields[i]
		for c := range f.width() {
			f.Shares = append(f.Shares, sums[f.First+c]/float64(len(l.rows)))
		}
	}
}
