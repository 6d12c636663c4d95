package tiering

import (
	"cmp"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"zhike/internal/column"
	"zhike/internal/platform/money"
)

// Grades is the outcome of a scheme over Facts, one entry per customer.
type Grades struct {
	Level []uint8 // index into Scheme.Levels
	// Reason is the rule (method rules; NoReason where none held), the
	// strongest part (score), the group (rfm) or the band (model; NoReason of whom
	// the model says nothing).
	Reason  []int16
	Score   []int32 // hundredths of a point; 0 for rules, R+F+M × 100 for rfm
	R, F, M []uint8 // classes, rfm only
	Signals []int64 // bit k: condition k holds, conditions counted through all rules
	// Thresholds are the numbers the conditions came to, in the order of
	// Scheme.Conditions: money in 分; NaN where a condition is off or had
	// nobody to be measured by.
	Thresholds []float64
	PartScores [][]float32 // score only: per part, 0–100
	RFM        *RFMStats
}

// NoReason marks a customer whom no rule took.
const NoReason = -1

// Grade applies the scheme to the facts. It is pure: the same input gives the
// same output, whatever the order of execution.
func (s *Scheme) Grade(f *Facts) *Grades {
	n := f.Len()
	g := &Grades{Level: make([]uint8, n), Reason: make([]int16, n), Score: make([]int32, n)}
	switch s.Method {
	case MethodRules:
		s.gradeRules(f, g)
	case MethodScore:
		s.gradeScore(f, g)
	case MethodRFM:
		s.gradeRFM(f, g)
	case MethodModel:
		s.gradeModel(f, g)
	}
	return g
}

// Conditions lists the conditions of all rules, in the order whose index
// Grades.Signals and Grades.Thresholds use.
func (s *Scheme) Conditions() []Condition {
	var out []Condition
	for _, r := range s.Rules {
		out = append(out, r.All...)
		out = append(out, r.Any...)
	}
	return out
}

// maxSignals bounds the conditions of a scheme: each has a bit.
const maxSignals = 62

func (s *Scheme) gradeRules(f *Facts, g *Grades) {
	conds := s.Conditions()
	g.Signals = make([]int64, f.Len())
	g.Thresholds = make([]float64, len(conds))
	for k, c := range conds {
		g.Thresholds[k] = math.NaN()
		if !c.Off && c.Who == nil {
			g.Thresholds[k] = c.threshold(f)
		}
	}
	rules := s.masks()
	inParts(f.Len(), func(from, to int) {
		for k, c := range conds {
			if !c.Off {
				c.mark(f, k, g.Thresholds[k], g.Signals, from, to)
			}
		}
		for i := from; i < to; i++ {
			g.Level[i], g.Reason[i] = uint8(len(s.Levels)-1), NoReason
			if at := slices.IndexFunc(rules, func(r ruleMask) bool { return r.holds(g.Signals[i]) }); at >= 0 {
				g.Level[i], g.Reason[i] = rules[at].level, int16(at)
			}
		}
	})
}

// inParts calls fn with stretches of so many customers, several at a time.
func inParts(n int, fn func(from, to int)) {
	const part = 1 << 13 // their figures stay in the nearer caches
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for from := 0; from < n; from += part {
		group.Go(func() error {
			fn(from, min(n, from+part))
			return nil
		})
	}
	_ = group.Wait()
}

// ruleMask is a rule over the bits of conditions: all of All, and one of Any where
// there are some; a rule whose conditions are all off holds for nobody.
type ruleMask struct {
	all, any int64
	level    uint8
}

func (s *Scheme) masks() []ruleMask {
	at := 0
	bits := func(list []Condition) (mask int64) {
		for _, c := range list {
			if !c.Off {
				mask |= 1 << at
			}
			at++
		}
		return mask
	}
	out := make([]ruleMask, len(s.Rules))
	for i, r := range s.Rules {
		out[i] = ruleMask{all: bits(r.All), any: bits(r.Any), level: uint8(s.LevelIndex(r.Level))}
	}
	return out
}

func (r ruleMask) holds(bits int64) bool {
	return bits&r.all == r.all && (r.any == 0 || bits&r.any != 0) && r.all|r.any != 0
}

// mark sets bit k of the customers for whom the condition holds.
func (c Condition) mark(f *Facts, k int, threshold float64, signals []int64, from, to int) {
	for i := from; i < to; i++ {
		if c.Who != nil && f.who[k].has(i) || c.Who == nil && c.holds(f, i, threshold) {
			signals[i] |= 1 << k
		}
	}
}

// holds tests customer i. A threshold that is no number holds for nobody.
func (c Condition) holds(f *Facts, i int, threshold float64) bool {
	v, ok := f.value(c.Metric, i)
	if !ok {
		return false
	}
	switch c.Op {
	case OpAtMost:
		return v <= threshold
	case OpMeanMul:
		// "≥ 1.1 × mean" must hold at exactly 1.1 × mean, whatever the last
		// binary digit of the product.
		return v >= threshold-1e-12*math.Abs(threshold)
	case OpTopShare:
		// A share of the best is a share of those who bought at all.
		if f.SpendMilli[i] <= 0 {
			return false
		}
		if c.Metric == MetricRecency {
			return v <= threshold
		}
	case OpRevShare:
		return f.SpendMilli[i] > 0 && v >= threshold
	}
	return v >= threshold
}

// threshold is the number a figure is compared with, money in 分; NaN where
// nobody bought and the number is made from those who did.
func (c Condition) threshold(f *Facts) float64 {
	switch c.Op {
	case OpMeanMul:
		return c.Value * f.mean(c.Metric)
	case OpTopShare:
		v := f.buyerValues(c.Metric)
		if len(v) == 0 {
			return math.NaN()
		}
		n := max(1, topCount(len(v), c.Value))
		if c.Metric == MetricRecency {
			return column.Nth(v, n-1, cmp.Compare[float64])
		}
		return column.Nth(v, len(v)-n, cmp.Compare[float64])
	case OpRevShare:
		t, ok := revenueThreshold(f.SpendMilli, c.Value)
		if !ok {
			return math.NaN()
		}
		return float64(t) / money.SubPerFen
	}
	if f.isMoney(c.Metric) {
		return yuanToFen(c.Value)
	}
	return c.Value
}

// yuanToFen turns a number of a scheme into 分, rounded to the thousandth that
// sums are kept in: 1.1 yuan are 110 分 and not 110.00000000000001.
func yuanToFen(v float64) float64 { return math.Round(v*100*money.SubPerFen) / money.SubPerFen }

// topCount is how many customers the best share of n are, rounded down:
// 20 % of 4,338 are 867. The small addend keeps 0.2·n from falling below a
// whole number by the binary form of 0.2.
func topCount(n int, share float64) int { return min(n, int(float64(n)*share+1e-9)) }

// revenueThreshold is the least spend of the biggest spenders who together
// make the share of all spend; false where nobody spent.
func revenueThreshold(spendMilli []int64, share float64) (least int64, ok bool) {
	v := make([]int64, 0, len(spendMilli))
	var total int64
	for _, m := range spendMilli {
		if m > 0 {
			v = append(v, m)
			total += m
		}
	}
	slices.Sort(v)
	// The margin keeps a sum that is exactly the share from being missed.
	goal := share * float64(total) * (1 - 1e-12)
	var sum int64
	for i := len(v) - 1; i >= 0; i-- {
		sum += v[i]
		if float64(sum) >= goal {
			return v[i], true
		}
	}
	return 0, false
}

// buyerValues are the figures of customers with spend above zero in the window.
func (f *Facts) buyerValues(m Metric) []float64 {
	out := make([]float64, 0, f.Len())
	for i := range f.Len() {
		if f.SpendMilli[i] <= 0 {
			continue
		}
		if v, ok := f.value(m, i); ok {
			out = append(out, v)
		}
	}
	return out
}

// mean is over buyers, NaN where there is none; the mean order value is all
// spend ÷ all orders (客单价 of the company), not the mean of the customers' own.
func (f *Facts) mean(m Metric) float64 {
	if m.isMoney() {
		of := f.SpendMilli
		if m == MetricSpendAll {
			of = f.SpendAllMilli
		}
		var milli, n int64 // whole numbers: the same sum in any order
		for i, s := range f.SpendMilli {
			if s <= 0 {
				continue
			}
			milli += of[i]
			if m == MetricAOV {
				n += int64(f.Orders[i])
			} else {
				n++
			}
		}
		if n == 0 {
			return math.NaN()
		}
		return float64(milli) / money.SubPerFen / float64(n)
	}
	v := f.buyerValues(m)
	if len(v) == 0 {
		return math.NaN()
	}
	slices.Sort(v) // so that rounding does not depend on the order of customers
	var sum float64
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
