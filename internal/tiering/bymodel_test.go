package tiering

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"zhike/internal/platform/errs"
)

func bandScheme(m Metric, cuts []float64, uncovered string) *Scheme {
	return &Scheme{Code: "by-model", Name: "按模型", Method: MethodModel, WindowDays: 365, Measure: MeasureNet,
		Levels: []Level{{Code: "aa", Name: "甲"}, {Code: "bb", Name: "乙"}, {Code: "cc", Name: "丙"}},
		Model:  &Bands{Figure: m, Cuts: cuts, Uncovered: uncovered}}
}

// A figure on a bound belongs to the better level; whom the model says nothing of
// gets the level that is named for them.
func TestBands(t *testing.T) {
	none := math.NaN()
	for _, c := range []struct {
		metric  Metric
		cuts    []float64
		figures []float64 // money in 分
		want    []uint8
	}{
		{MetricAlive, []float64{0.8, 0.3}, []float64{1, 0.8, 0.7999, 0.3, 0.2999, 0, none}, []uint8{0, 0, 1, 1, 2, 2, 1}},
		{MetricChurn, []float64{0.1, 0.5}, []float64{0, 0.1, 0.1001, 0.5, 0.5001, 1, none}, []uint8{0, 0, 1, 1, 2, 2, 1}},
		{MetricCLV, []float64{1.1, 0.5}, []float64{110, 109.999, 50, 49, 0, none}, []uint8{0, 1, 1, 2, 2, 1}},
		{MetricExpected, []float64{2, 1}, []float64{9, 2, 1.5, 0.1, none}, []uint8{0, 0, 1, 2, 1}},
	} {
		s := bandScheme(c.metric, c.cuts, "bb")
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
		f := newFacts(len(c.figures), needs{})
		f.forecasts = &Forecasts{Alive: c.figures, Orders: c.figures, CLV: c.figures, Churn: c.figures}
		g := s.Grade(f)
		for i, want := range c.want {
			reason := int16(want)
			if math.IsNaN(c.figures[i]) {
				reason = NoReason
			}
			if g.Level[i] != want || g.Reason[i] != reason {
				t.Errorf("%s %v: level %d reason %d, want %d", c.metric, c.figures[i], g.Level[i], g.Reason[i], want)
			}
		}
		purchases, churn := s.models()
		if churn != (c.metric == MetricChurn) || purchases == churn {
			t.Errorf("%s goes by purchases %v, churn %v", c.metric, purchases, churn)
		}
	}
}

// Mistakes are named where they stand.
func TestBandsAreChecked(t *testing.T) {
	for _, c := range []struct {
		change func(s *Scheme)
		want   string
	}{
		{func(s *Scheme) { s.Model = nil }, "model tier.model_missing"},
		{func(s *Scheme) { s.Model.Figure = MetricSpend }, "model.figure tier.model_figure"},
		{func(s *Scheme) { s.Model.Uncovered = "" }, "model.uncovered tier.model_uncovered"},
		{func(s *Scheme) { s.Model.Uncovered = "zz" }, "model.uncovered tier.no_such_level"},
		{func(s *Scheme) { s.Model.Cuts = []float64{0.5} }, "model.cuts tier.cut_count"},
		{func(s *Scheme) { s.Model.Cuts = []float64{1.2, 0.5} }, "model.cuts[0] tier.model_cut"},
		{func(s *Scheme) { s.Model.Cuts = []float64{0.5, 0.5} }, "model.cuts[1] tier.model_falling"},
		{func(s *Scheme) { s.Model.Cuts = []float64{0.5, math.NaN()} }, "model.cuts[1] tier.model_cut"},
		{func(s *Scheme) { s.Model.Figure = MetricChurn }, "model.cuts[1] tier.model_rising"},
	} {
		s := bandScheme(MetricAlive, []float64{0.8, 0.3}, "bb")
		c.change(s)
		var got []string
		for _, f := range errs.From(s.Validate()).Fields {
			got = append(got, f.Path+" "+f.Code)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%v, want %s", got, c.want)
		}
	}
	s := bandScheme(MetricChurn, []float64{0.1, 0.5}, "bb")
	var b bytes.Buffer
	if err := s.WriteYAML(&b); err != nil {
		t.Fatal(err)
	}
	if back, err := ParseYAML(&b); err != nil || !sameScheme(back, s) {
		t.Errorf("%v comes back as %+v", err, back)
	}
}
