package tiering

import (
	"fmt"
	"math"
	"slices"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

// Bands grade by one figure of a model of the company: each level but the last
// has a bound, and the last takes the rest of those whom the model tells of.
type Bands struct {
	Figure Metric `yaml:"figure" json:"figure" doc:"p_alive, expected_orders, clv or p_churn"`
	// Cuts are the least figures of the levels but the last, falling; of p_churn,
	// where less is better, the greatest, rising. CLV in yuan, probabilities from 0 to 1.
	Cuts []float64 `yaml:"cuts" json:"cuts" doc:"Least figures of the levels but the last, falling; of p_churn the greatest, rising. clv in yuan"`
	// Uncovered is the level of customers of whom the model says nothing. It is
	// asked for, because any other way would be a guess.
	Uncovered string `yaml:"uncovered" json:"uncovered" doc:"Code of the level of customers of whom the model says nothing"`
}

// lessIsBetter says that the best level has the least figures.
func (b *Bands) lessIsBetter() bool { return b.Figure == MetricChurn }

// cut is bound k in the unit of the figure: money in 分.
func (b *Bands) cut(k int) float64 {
	if b.Figure.isMoney() {
		return yuanToFen(b.Cuts[k])
	}
	return b.Cuts[k]
}

// band is the place of the level that a figure falls into.
func (b *Bands) band(v float64) int {
	for k := range b.Cuts {
		if c := b.cut(k); b.lessIsBetter() && v <= c || !b.lessIsBetter() && v >= c {
			return k
		}
	}
	return len(b.Cuts)
}

func (s *Scheme) gradeModel(f *Facts, g *Grades) {
	uncovered := uint8(s.LevelIndex(s.Model.Uncovered))
	for i := range f.Len() {
		v, ok := f.value(s.Model.Figure, i)
		if !ok {
			g.Level[i], g.Reason[i] = uncovered, NoReason
			continue
		}
		k := s.Model.band(v)
		g.Level[i], g.Reason[i] = uint8(k), int16(k)
	}
}

func (s *Scheme) validateModel(e *errs.Error) {
	b := s.Model
	if b == nil {
		e.WithField("model", "tier.model_missing")
		return
	}
	if !b.Figure.byModel() {
		e.WithField("model.figure", "tier.model_figure", "value", errs.Clip(string(b.Figure)))
	}
	if s.LevelIndex(b.Uncovered) < 0 {
		if b.Uncovered == "" {
			e.WithField("model.uncovered", "tier.model_uncovered")
		} else {
			e.WithField("model.uncovered", "tier.no_such_level", "value", errs.Clip(b.Uncovered))
		}
	}
	if len(b.Cuts) != len(s.Levels)-1 {
		e.WithField("model.cuts", "tier.cut_count", "want", len(s.Levels)-1)
	}
	most := maxValue
	if b.Figure.isShare() {
		most = 1
	}
	for i, c := range b.Cuts {
		path := fmt.Sprintf("model.cuts[%d]", i)
		if !isFinite(c) || c < 0 || c > most {
			e.WithField(path, "tier.model_cut", "max", most)
			continue
		}
		if i > 0 && (b.lessIsBetter() && c <= b.Cuts[i-1] || !b.lessIsBetter() && c >= b.Cuts[i-1]) {
			e.WithField(path, map[bool]string{true: "tier.model_rising", false: "tier.model_falling"}[b.lessIsBetter()])
		}
	}
}

// bandText writes the range of a level of the scheme: "≥ 80%", "30%–80%", "< 30%".
func (s *Scheme) bandText(k int, value func(v float64) string) string {
	b := s.Model
	better, worse := "≥ ", "< "
	if b.lessIsBetter() {
		better, worse = "≤ ", "> "
	}
	switch {
	case k == 0 && len(b.Cuts) > 0:
		return better + value(b.cut(0))
	case k > 0 && k == len(b.Cuts):
		return worse + value(b.cut(k-1))
	case k > 0 && k < len(b.Cuts):
		ends := []string{value(b.cut(k)), value(b.cut(k - 1))}
		if b.lessIsBetter() {
			slices.Reverse(ends)
		}
		return ends[0] + "–" + ends[1]
	}
	return dash
}

// model tells the figure, the band that it falls into and what it rests on; of
// whom the model says nothing, why that is. i18n-keys: tier.why.*, tier.whynot.*, tier.metric.*
func (x *explainer) model(e *Explanation, a *assignment) {
	b := x.s.Model
	figures, _ := parseDetails(a.Details)
	v, level := x.figure(b.Figure, a, figures), x.s.Levels[a.Level].Name
	if a.Reason == NoReason || v == nil {
		e.add("tier.why.model_none_"+string(b.Figure), i18n.Params{"level": level})
		return
	}
	value := func(v float64) string { return x.value(b.Figure, &v) }
	e.add("tier.why.model_"+string(b.Figure), i18n.Params{"figure": value(*v), "months": x.s.horizon().Months})
	e.add("tier.why.model_band", i18n.Params{"level": level, "band": x.s.bandText(a.Level, value)})
	version := 0
	for _, m := range x.sum.Models {
		if (m.Kind == "churn") == (b.Figure == MetricChurn) {
			version = m.Version
		}
	}
	if b.Figure == MetricChurn {
		e.add("tier.why.model_basis_churn", i18n.Params{"version": version})
	} else if e.Days != nil {
		e.add("tier.why.model_basis", i18n.Params{"version": version, "count": figures[MetricOrdersAll], "orders": i18n.Number(int64(figures[MetricOrdersAll])),
			"first": i18n.Number(int64(figures[MetricTenure])), "last": i18n.Number(*e.Days)})
	}
	if a.Level > 0 {
		e.WhyNot = x.t("tier.whynot.model", i18n.Params{"level": x.s.Levels[a.Level-1].Name, "metric": x.t("tier.metric."+string(b.Figure), nil),
			"figure": value(*v), "band": x.s.bandText(a.Level-1, value)})
	}
}

// model is the relative distance from the bound towards the level before.
func (m *margins) model(a *assignment, before int, down bool) float64 {
	figures, _ := parseDetails(a.Details)
	v := m.x.figure(m.s.Model.Figure, a, figures)
	if a.Reason == NoReason || v == nil {
		return 100
	}
	least := 100.0
	for _, k := range []int{a.Level - 1, a.Level} { // up to the better level, down to the worse
		if k < 0 || k >= len(m.s.Model.Cuts) || down && k == a.Level || before > a.Level && k < a.Level {
			continue
		}
		cut := m.s.Model.cut(k)
		if scale := max(math.Abs(cut), math.Abs(*v)); scale > 0 {
			least = min(least, 100*math.Abs(*v-cut)/scale)
		} else {
			least = 0
		}
	}
	return least
}
