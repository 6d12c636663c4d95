package tiering

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/money"
)

const (
	topFifth     = 0.20
	revenueShare = 0.80
	lorenzSteps  = 100
	heatBins     = 5
)

// bySpend gives the customers by falling spend, ties by id.
func (f *Facts) bySpend() []int32 {
	order := make([]int32, f.Len())
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(f.SpendMilli[b], f.SpendMilli[a]), cmp.Compare(a, b))
	})
	return order
}

// summarise sums a run up.
func summarise(s *Scheme, f *loaded, g *Grades) *Summary {
	out := &Summary{
		Scheme: s, AsOf: clock.Day(f.AsOf), From: f.firstDay(s),
		Customers: int64(f.Len()), Thresholds: nullable(g.Thresholds),
	}
	sums := make([]levelSum, len(s.Levels))
	repeat := int64(0)
	var total int64
	for i := range f.Len() {
		l := &sums[g.Level[i]]
		l.customers++
		l.milli += f.SpendMilli[i]
		l.orders += int64(f.Orders[i])
		if f.LastDay[i] != NoDay {
			l.recency += int64(f.AsOf - f.LastDay[i])
			l.ever++
		}
		if f.SpendMilli[i] > 0 {
			l.buyers++
			if f.Orders[i] >= 2 {
				repeat++
			}
		}
		total += f.SpendMilli[i]
	}
	exact := money.FromMilli(total)
	out.RevenueFen, out.RevenueSub = exact.Fen, exact.Sub
	revenues := largestRemainder(sums, out.RevenueFen)
	for k, l := range sums {
		out.Buyers += l.buyers
		out.Orders += l.orders
		out.Levels = append(out.Levels, l.summary(s.Levels[k], revenues[k], total))
	}
	out.AOVFen = perUnit(total, out.Orders)
	if out.Buyers > 0 {
		out.Repurchase = float64(repeat) / float64(out.Buyers)
	}
	f.concentrate(out, f.bySpend())
	f.heat(out, s, g)
	out.Months = f.monthRows()
	out.Missing = f.missing(s)
	out.Models = f.forecasts.used()
	out.Fields = f.fieldFigures()
	return out
}

type levelSum struct{ customers, buyers, orders, milli, recency, ever int64 }

func (l levelSum) summary(level Level, revenueFen, totalMilli int64) LevelSummary {
	out := LevelSummary{
		Code: level.Code, Name: level.Name, Advice: level.Advice,
		Customers: l.customers, Buyers: l.buyers, Orders: l.orders, RevenueFen: revenueFen,
		AvgSpendFen: perUnit(l.milli, l.customers), AOVFen: perUnit(l.milli, l.orders),
	}
	if totalMilli > 0 {
		out.Share = float64(l.milli) / float64(totalMilli)
	}
	if l.customers > 0 {
		out.AvgOrders = float64(l.orders) / float64(l.customers)
	}
	if l.ever > 0 {
		out.AvgRecency = float64(l.recency) / float64(l.ever)
	}
	return out
}

// perUnit is milli ÷ n in 分, half away from even ties as money.RoundMilli.
func perUnit(milli, n int64) int64 {
	if n == 0 {
		return 0
	}
	return int64(math.RoundToEven(float64(milli) / money.SubPerFen / float64(n)))
}

// largestRemainder rounds the revenues of the levels so that they add up to
// the rounded total: each is rounded down, and the missing 分 go to those that
// lost most.
func largestRemainder(sums []levelSum, total int64) []int64 {
	out := make([]int64, len(sums))
	rest := make([]int64, len(sums))
	left := total
	for k, l := range sums {
		q, r := l.milli/money.SubPerFen, l.milli%money.SubPerFen
		if r < 0 {
			q, r = q-1, r+money.SubPerFen
		}
		out[k], rest[k] = q, r
		left -= q
	}
	order := make([]int, len(sums))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for _, k := range order[:left] {
		out[k]++
	}
	return out
}

// concentrate fills the sets of the biggest buyers and the Lorenz curve. Only
// spend above zero counts, so that shares stay within 0 and 1.
func (f *Facts) concentrate(out *Summary, order []int32) {
	n := int(out.Buyers)
	if n == 0 {
		return
	}
	var total int64
	for _, i := range order[:n] {
		total += f.SpendMilli[i]
	}
	set := func(size int, milli int64) Concentration {
		return Concentration{
			Customers: int64(size), ThresholdFen: money.RoundMilli(f.SpendMilli[order[size-1]]),
			RevenueFen: money.RoundMilli(milli), Share: float64(milli) / float64(total),
		}
	}
	top, goal := max(1, topCount(n, topFifth)), revenueShare*float64(total)*(1-1e-12)
	var sum int64
	done := false
	for k, i := range order[:n] {
		sum += f.SpendMilli[i]
		if k+1 == top {
			out.Top20 = set(top, sum)
		}
		if !done && float64(sum) >= goal {
			done = true
			out.Revenue80 = set(k+1, sum)
		}
	}
	out.Overlap = min(out.Top20.Customers, out.Revenue80.Customers)
	f.lorenz(out, order[:n], total)
}

// lorenz draws the curve from the poorest buyer up and takes the Gini
// coefficient from all of them: G = 2·Σ i·xᵢ ÷ (n·Σ xᵢ) − (n + 1) ÷ n, with
// xᵢ rising (Sen 1973).
func (f *Facts) lorenz(out *Summary, order []int32, total int64) {
	n := len(order)
	var sum int64
	var weighted float64
	next := 1
	out.Lorenz = append(out.Lorenz, LorenzPoint{})
	for k := 1; k <= n; k++ {
		x := f.SpendMilli[order[n-k]]
		sum += x
		weighted += float64(k) * float64(x)
		// Points at every hundredth, or at every buyer where there are fewer.
		if k == n || k*min(lorenzSteps, n) >= next*n {
			out.Lorenz = append(out.Lorenz, LorenzPoint{float64(k) / float64(n), float64(sum) / float64(total)})
			next++
		}
	}
	out.Gini = max(0, 2*weighted/(float64(n)*float64(total))-float64(n+1)/float64(n))
}

// heat fills the RFM figures: those of the scheme where it is one, else those
// of quintiles, and the number of buyers per class of R and F.
func (f *loaded) heat(out *Summary, s *Scheme, g *Grades) {
	rfm := g
	if s.Method != MethodRFM || s.RFM.Bins != heatBins || len(s.RFM.Recency)+len(s.RFM.Frequency)+len(s.RFM.Monetary) > 0 {
		rfm = f.quintiles()
	}
	out.RFM = g.RFM
	if out.RFM == nil {
		out.RFM = rfm.RFM
	}
	var cells [heatBins][heatBins]struct{ n, milli int64 }
	for i, r := range rfm.R {
		if r > 0 {
			c := &cells[r-1][rfm.F[i]-1]
			c.n++
			c.milli += f.SpendMilli[i]
		}
	}
	if out.RFM.Customers == 0 {
		return
	}
	for r := heatBins; r >= 1; r-- {
		for fr := 1; fr <= heatBins; fr++ {
			c := cells[r-1][fr-1]
			out.Heat = append(out.Heat, HeatCell{R: r, F: fr, Customers: c.n, RevenueFen: money.RoundMilli(c.milli)})
		}
	}
}

// quintiles classes buyers by quintiles of recency, frequency and spend.
func (f *Facts) quintiles() *Grades {
	return (&Scheme{Method: MethodRFM, RFM: &RFM{Bins: heatBins, Split: "score"}}).Grade(f)
}

// maxMonths bounds the monthly table of a run over all time.
const maxMonths = 120

func (f *loaded) monthRows() []MonthRow {
	keys := make([]int32, 0, len(f.months))
	for m := range f.months {
		keys = append(keys, m)
	}
	slices.Sort(keys)
	keys = keys[max(0, len(keys)-maxMonths):]
	out := make([]MonthRow, 0, len(keys))
	for _, m := range keys {
		sum := f.months[m]
		e := money.FromMilli(sum.milli)
		out = append(out, MonthRow{
			Month: monthName(m), Customers: sum.customers, Orders: sum.orders, RevenueFen: e.Fen, RevenueSub: e.Sub,
		})
	}
	return out
}

func monthName(m int32) string {
	y, k := m/12, m%12
	if k < 0 {
		y, k = y-1, k+12
	}
	return fmt.Sprintf("%04d-%02d", 1970+y, k+1)
}

// firstDay is the first day of the window; without a window the day of the
// first purchase.
func (f *Facts) firstDay(s *Scheme) clock.Day {
	if s.WindowDays > 0 {
		return clock.Day(f.AsOf) - clock.Day(s.WindowDays) + 1
	}
	first := f.AsOf
	for _, d := range f.FirstDay {
		if d != NoDay {
			first = min(first, d)
		}
	}
	return clock.Day(first)
}

// missing counts, for the figures the scheme uses, the customers without them; those
// that its rules of audiences compare come last.
func (f *Facts) missing(s *Scheme) []Missing {
	var out []Missing
	for _, m := range s.metrics() {
		n := int64(0)
		for i := range f.Len() {
			if _, ok := f.value(m, i); !ok {
				n++
			}
		}
		if n > 0 {
			out = append(out, Missing{Metric: m, Customers: n})
		}
	}
	return append(out, f.unknown...)
}

// metrics lists the figures a scheme uses, in the order of Metrics, custom fields
// last by their code.
func (s *Scheme) metrics() []Metric {
	used := map[Metric]bool{}
	for _, c := range s.Conditions() {
		used[c.Metric] = used[c.Metric] || !c.Off // of a rule of audiences "", which is none
	}
	if s.Score != nil && s.Method == MethodScore {
		for _, p := range s.Score.Parts {
			for _, t := range p.Terms {
				used[t.Metric] = true
			}
		}
	}
	if s.Method == MethodRFM {
		used[MetricRecency], used[MetricOrders], used[MetricSpend] = true, true, true
	}
	if s.Method == MethodModel && s.Model != nil {
		used[s.Model.Figure] = true
	}
	var out []Metric
	for _, m := range Metrics {
		if used[m] {
			out = append(out, m)
		}
	}
	for _, m := range slices.Sorted(maps.Keys(used)) {
		if _, ok := m.field(); ok && used[m] {
			out = append(out, m)
		}
	}
	return out
}

func nullable(v []float64) []*float64 {
	var out []*float64
	for _, x := range v {
		if math.IsNaN(x) {
			out = append(out, nil)
			continue
		}
		out = append(out, &x)
	}
	return out
}
