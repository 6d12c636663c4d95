package tiering

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func drawCondition(t *rapid.T) Condition {
	c := Condition{
		Metric: rapid.SampledFrom(Metrics).Draw(t, "metric"),
		Op:     rapid.SampledFrom([]Op{OpAtLeast, OpAtMost, OpMeanMul, OpTopShare, OpRevShare}).Draw(t, "op"),
		Off:    rapid.IntRange(0, 4).Draw(t, "off") == 0,
	}
	switch c.Op {
	case OpRevShare:
		c.Metric = MetricSpend
		c.Value = rapid.SampledFrom([]float64{0.1, 0.5, 0.55, 0.7, 0.8, 1}).Draw(t, "share")
	case OpTopShare:
		c.Value = rapid.SampledFrom([]float64{0.01, 0.1, 0.2, 0.29, 0.5, 0.7, 1}).Draw(t, "share")
	case OpMeanMul:
		c.Value = rapid.SampledFrom([]float64{0.5, 1, 1.1, 1.5}).Draw(t, "times")
	default:
		c.Value = rapid.SampledFrom([]float64{-1, 0, 0.01, 0.1, 0.5, 1, 1.1, 2, 4, 30, 123.45, 2500}).Draw(t, "value")
	}
	return c
}

func drawRules(t *rapid.T) *Scheme {
	s := &Scheme{
		Code: "any-rules", Name: "x", Method: MethodRules, WindowDays: 365, Measure: MeasureNet,
		Levels: []Level{{Code: "aa", Name: "a"}, {Code: "bb", Name: "b"}, {Code: "cc", Name: "c"}},
	}
	for k := range rapid.IntRange(1, 4).Draw(t, "rules") {
		r := Rule{Level: rapid.SampledFrom([]string{"aa", "bb", "cc"}).Draw(t, "level"), Name: fmt.Sprint("r", k)}
		r.All = rapid.SliceOfN(rapid.Custom(drawCondition), 0, 3).Draw(t, "all")
		r.Any = rapid.SliceOfN(rapid.Custom(drawCondition), 0, 2).Draw(t, "any")
		if len(r.All)+len(r.Any) == 0 {
			r.All = []Condition{drawCondition(t)}
		}
		s.Rules = append(s.Rules, r)
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	return s
}

func drawScore(t *rapid.T) *Scheme {
	s := shippedScore()
	s.Score.Parts = nil
	for k := range rapid.IntRange(1, 3).Draw(t, "parts") {
		p := ScorePart{Name: fmt.Sprint("p", k), Weight: rapid.SampledFrom([]float64{0.2, 1, 3}).Draw(t, "weight")}
		for range rapid.IntRange(1, 3).Draw(t, "terms") {
			term := ScoreTerm{
				Metric: rapid.SampledFrom(Metrics).Draw(t, "metric"),
				Weight: rapid.SampledFrom([]float64{0.3, 1}).Draw(t, "weight"), Scale: "percentile",
			}
			if rapid.Bool().Draw(t, "linear") {
				term.Scale, term.From = "linear", rapid.SampledFrom([]float64{0, 1, 365}).Draw(t, "from")
				term.To = rapid.SampledFrom([]float64{-1, 12, 5000}).Draw(t, "to")
			}
			p.Terms = append(p.Terms, term)
		}
		s.Score.Parts = append(s.Score.Parts, p)
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	return s
}

func drawRFM(t *rapid.T) *Scheme {
	s := shippedRFM()
	s.RFM.Bins = rapid.IntRange(2, 10).Draw(t, "bins")
	s.RFM.Split = rapid.SampledFrom([]string{"score", "value"}).Draw(t, "split")
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRulesAgreeWithReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, f := drawRules(t), drawFacts(t, 40)
		g := s.Grade(f)
		for i := range f.Len() {
			level, reason := refFacts{f}.rules(s, i)
			if got := s.Levels[g.Level[i]].Code; got != level || int(g.Reason[i]) != reason {
				t.Fatalf("customer %d: %s by rule %d, want %s by %d", i, got, g.Reason[i], level, reason)
			}
			for k, c := range s.Conditions() {
				want := !c.Off && refFacts{f}.holds(c, i)
				if got := g.Signals[i]&(1<<k) != 0; got != want {
					t.Fatalf("customer %d, condition %d (%+v): %v, want %v; threshold %v", i, k, c, got, want, g.Thresholds[k])
				}
			}
		}
	})
}

func TestScoreAgreesWithReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, f := drawScore(t), drawFacts(t, 40)
		g := s.Grade(f)
		for i := range f.Len() {
			want := refFacts{f}.score(s, i)
			if got := float64(g.Score[i]) / 100; math.Abs(got-want) > 0.006 {
				t.Fatalf("customer %d: score %v, want %v", i, got, want)
			}
			level := len(s.Score.Cuts)
			for k, cut := range s.Score.Cuts {
				if float64(g.Score[i]) >= cut*100 {
					level = k
					break
				}
			}
			if int(g.Level[i]) != level {
				t.Fatalf("customer %d with %d: level %d, want %d", i, g.Score[i], g.Level[i], level)
			}
		}
	})
}

func TestRFMAgreesWithReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, f := drawRFM(t), drawFacts(t, 40)
		g, ref := s.Grade(f), refFacts{f}
		for i := range f.Len() {
			if f.Orders[i] == 0 {
				if g.Level[i] != rfmGroups || g.Reason[i] != NoReason || g.R[i] != 0 {
					t.Fatalf("customer %d without an order: level %d", i, g.Level[i])
				}
				continue
			}
			r, fr, m := ref.rfmClass(MetricRecency, s.RFM.Bins, i), ref.rfmClass(MetricOrders, s.RFM.Bins, i), ref.rfmClass(MetricSpend, s.RFM.Bins, i)
			if int(g.R[i]) != r || int(g.F[i]) != fr || int(g.M[i]) != m {
				t.Fatalf("customer %d: classes %d%d%d, want %d%d%d", i, g.R[i], g.F[i], g.M[i], r, fr, m)
			}
			if g.Score[i] != int32(100*(r+fr+m)) || int(g.Reason[i]) != int(g.Level[i]) {
				t.Fatalf("customer %d: score %d, reason %d, level %d", i, g.Score[i], g.Reason[i], g.Level[i])
			}
		}
	})
}

// Equal figures get equal levels, whatever the order the customers come in.
func TestGradingDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := []func(*rapid.T) *Scheme{drawRules, drawScore, drawRFM}[rapid.IntRange(0, 2).Draw(t, "method")](t)
		f := drawFacts(t, 30)
		// Twins: the first customers once more under other ids.
		twins := rapid.IntRange(0, min(3, f.Len())).Draw(t, "twins")
		f = withTwins(f, twins)
		g := s.Grade(f)
		type outcome struct {
			level  uint8
			reason int16
			score  int32
		}
		byID := map[int64]outcome{}
		for i, id := range f.CustomerID {
			byID[id] = outcome{g.Level[i], g.Reason[i], g.Score[i]}
		}
		for k := range twins {
			if a, b := byID[int64(k+1)], byID[int64(1000+k)]; a != b {
				t.Fatalf("customer %d and its twin: %+v and %+v", k, a, b)
			}
		}
		o := shuffled(t, f)
		g = s.Grade(o)
		for i, id := range o.CustomerID {
			if got := (outcome{g.Level[i], g.Reason[i], g.Score[i]}); got != byID[id] {
				t.Fatalf("customer %d: %+v in another order, was %+v", id, got, byID[id])
			}
		}
	})
}

func withTwins(f *Facts, n int) *Facts {
	order := make([]int, 0, f.Len()+n)
	for i := range f.Len() + n {
		order = append(order, i%max(f.Len(), 1))
	}
	out := *f
	widen(order, &out.CustomerID, &out.SpendMilli, &out.SpendAllMilli, &out.PrevMilli)
	widen(order, &out.Orders, &out.LastDay, &out.FirstDay, &out.OrdersAll, &out.RatingSum, &out.RatingCount)
	widen(order, &out.Months, &out.Carts)
	for k := range n {
		out.CustomerID[f.Len()+k] = int64(1000 + k)
	}
	return &out
}

func widen[T any](order []int, slicesOf ...*[]T) {
	for _, s := range slicesOf {
		old := *s
		*s = make([]T, len(order))
		for to, from := range order {
			(*s)[to] = old[from]
		}
	}
}

// spends makes facts of customers with one order each of so many yuan.
func spends(yuan ...float64) *Facts {
	f := newFacts(len(yuan), needs{true, true})
	f.AsOf = 1000
	for i, y := range yuan {
		f.CustomerID[i], f.LastDay[i], f.FirstDay[i] = int64(i+1), NoDay, NoDay
		f.SpendMilli[i] = int64(math.Round(y * milliPerYuan))
		if y != 0 {
			f.Orders[i], f.OrdersAll[i], f.LastDay[i], f.FirstDay[i] = 1, 1, 990, 900
		}
	}
	return f
}

func TestConditions(t *testing.T) {
	tests := []struct {
		name  string
		facts *Facts
		c     Condition
		want  []int // customers, from 0, for whom it holds
	}{
		{"top 20 % of 5", spends(1, 2, 3, 4, 5), Condition{Metric: MetricSpend, Op: OpTopShare, Value: .2}, []int{4}},
		{"top 20 % of 4 is at least one", spends(1, 2, 3, 4), Condition{Metric: MetricSpend, Op: OpTopShare, Value: .2}, []int{3}},
		{"ties at the border are in", spends(1, 4, 4, 4, 2, 1, 1, 1, 1, 1), Condition{Metric: MetricSpend, Op: OpTopShare, Value: .2}, []int{1, 2, 3}},
		{"who did not buy is not counted", spends(0, 0, 0, 0, 0, 0, 0, 0, 1, 2), Condition{Metric: MetricSpend, Op: OpTopShare, Value: .5}, []int{9}},
		{"of nobody", spends(0, 0), Condition{Metric: MetricSpend, Op: OpTopShare, Value: 1}, nil},
		{"mean of nobody", spends(0, 0), Condition{Metric: MetricSpend, Op: OpMeanMul, Value: 1}, nil},
		{"returns only", spends(-5, 0), Condition{Metric: MetricSpend, Op: OpRevShare, Value: .8}, nil},
		{"1.1 × mean exactly", spends(90, 110), Condition{Metric: MetricSpend, Op: OpMeanMul, Value: 1.1}, []int{1}},
		{"1.1 yuan exactly", spends(1.1, 1.09999), Condition{Metric: MetricSpend, Op: OpAtLeast, Value: 1.1}, []int{0}},
		{"80 % of revenue exactly", spends(50, 30, 10, 10), Condition{Metric: MetricSpend, Op: OpRevShare, Value: .8}, []int{0, 1}},
		{"55 % of revenue exactly", spends(55, 45), Condition{Metric: MetricSpend, Op: OpRevShare, Value: .55}, []int{0}},
		{"80 % with ties", spends(60, 20, 20), Condition{Metric: MetricSpend, Op: OpRevShare, Value: .8}, []int{0, 1, 2}},
		{"no figure", spends(0, 5), Condition{Metric: MetricAOV, Op: OpAtMost, Value: 9}, []int{1}},
		{"off", spends(1, 2), Condition{Metric: MetricSpend, Op: OpAtLeast, Value: 0, Off: true}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &Scheme{
				Method: MethodRules, Levels: []Level{{Code: "in"}, {Code: "out"}},
				Rules: []Rule{{Level: "in", All: []Condition{tt.c}}},
			}
			var got []int
			for i, l := range s.Grade(tt.facts).Level {
				if l == 0 {
					got = append(got, i)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("holds for %v, want %v", got, tt.want)
			}
		})
	}
}

func TestTopShareOfRecencyIsTheMostRecent(t *testing.T) {
	f := spends(1, 1, 1, 1, 1)
	for i := range f.LastDay {
		f.LastDay[i] = 1000 - int32(i*10)
	}
	s := &Scheme{
		Method: MethodRules, Levels: []Level{{Code: "in"}, {Code: "out"}},
		Rules: []Rule{{Level: "in", All: []Condition{{Metric: MetricRecency, Op: OpTopShare, Value: .4}}}},
	}
	if got := fmt.Sprint(s.Grade(f).Level); got != "[0 0 1 1 1]" {
		t.Errorf("levels %s", got)
	}
}

// A switched-off condition must not ask for figures that were not loaded.
func TestSwitchedOffConditionsNeedNothing(t *testing.T) {
	s := shippedRules()
	for i := range s.Rules {
		for k, c := range s.Rules[i].All {
			if detailKeys[c.Metric] != 0 {
				s.Rules[i].All[k].Off = true
				s.Rules[i].All[k].Op, s.Rules[i].All[k].Value = OpMeanMul, 1
			}
		}
	}
	if n := s.needs(); n != (needs{}) {
		t.Fatalf("needs %+v", n)
	}
	f := newFacts(3, needs{})
	if g := s.Grade(f); len(g.Level) != 3 {
		t.Fatal("not graded")
	}
}

func TestGrowth(t *testing.T) {
	for _, tt := range []struct {
		now, before int64
		want        float64
		ok          bool
	}{
		{140, 100, .4, true}, {130, 100, .3, true}, {0, 100, -1, true}, {-50, 100, -1.5, true},
		{5, 0, 1, true}, {5, -3, 1, true}, {0, 0, 0, false}, {-5, 0, 0, false},
	} {
		if v, ok := growth(tt.now, tt.before); v != tt.want || ok != tt.ok {
			t.Errorf("growth(%d, %d) = %v, %v", tt.now, tt.before, v, ok)
		}
	}
}

func TestDetailsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, f := drawRules(t), drawFacts(t, 10)
		if rapid.Bool().Draw(t, "score") {
			s = drawScore(t)
		}
		g, d := s.Grade(f), s.detailer()
		for i := range f.Len() {
			figures, parts := parseDetails(string(d.appendTo([]byte("x"), f, g, i)[1:]))
			if len(parts) != len(g.PartScores) {
				t.Fatalf("parts %v", parts)
			}
			for k, p := range parts {
				if math.Abs(p-float64(g.PartScores[k][i])) > 0.051 {
					t.Fatalf("part %d: %v, want %v", k, p, g.PartScores[k][i])
				}
			}
			for _, k := range d.keys {
				m := detailMetrics[k]
				v, _ := f.value(m, i)
				if got := figures[m]; math.Abs(got-v) > 1 || (!m.isMoney() && math.Abs(got-v) > 1e-4) {
					t.Fatalf("%s: %v, want %v", m, got, v)
				}
			}
		}
	})
}
