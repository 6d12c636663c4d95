package tiering

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"unicode"

	"zhike/internal/platform/errs"
)

// Bounds of what a scheme may hold.
const (
	maxLevels     = 20
	maxRules      = 50
	maxConditions = 20
	maxYAML       = 256 << 10
	maxValue      = 1e12 // yuan, days, orders
)

var codePattern = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

// Validate reports every wrong place at once, with codes tier.* per field.
func (s *Scheme) Validate() error {
	e := errs.New(errs.Invalid, "tier.scheme_invalid")
	if !codePattern.MatchString(s.Code) {
		e.WithField("code", "tier.bad_code", "value", errs.Clip(s.Code))
	}
	if badName(s.Name, 60) {
		e.WithField("name", "tier.bad_name")
	}
	if s.WindowDays < 0 || s.WindowDays > 3660 {
		e.WithField("window_days", "tier.bad_window")
	}
	if s.Measure != MeasureNet && s.Measure != MeasureSales {
		e.WithField("measure", "tier.bad_measure", "value", errs.Clip(string(s.Measure)))
	}
	s.validateLevels(e)
	s.validateHorizon(e)
	switch s.Method {
	case MethodRules:
		s.validateRules(e)
	case MethodScore:
		s.validateScore(e)
	case MethodRFM:
		s.validateRFM(e)
	case MethodModel:
		s.validateModel(e)
	default:
		e.WithField("method", "tier.bad_method", "value", errs.Clip(string(s.Method)))
	}
	return e.OrNil()
}

func (s *Scheme) validateLevels(e *errs.Error) {
	if len(s.Levels) < 2 || len(s.Levels) > maxLevels {
		e.WithField("levels", "tier.level_count", "max", maxLevels)
	}
	seen := map[string]bool{}
	for i, l := range s.Levels {
		path := fmt.Sprintf("levels[%d]", i)
		if !codePattern.MatchString(l.Code) {
			e.WithField(path+".code", "tier.bad_code", "value", errs.Clip(l.Code))
		} else if seen[l.Code] {
			e.WithField(path+".code", "tier.level_twice", "value", l.Code)
		}
		seen[l.Code] = true
		if badName(l.Name, 30) {
			e.WithField(path+".name", "tier.bad_name")
		}
		if len([]rune(l.Advice)) > 300 {
			e.WithField(path+".advice", "tier.advice_long")
		}
	}
}

func (s *Scheme) validateRules(e *errs.Error) {
	if len(s.Rules) == 0 || len(s.Rules) > maxRules {
		e.WithField("rules", "tier.rule_count", "max", maxRules)
	}
	if n := len(s.Conditions()); n > maxSignals {
		e.WithField("rules", "tier.condition_count", "max", maxSignals)
	}
	for i, r := range s.Rules {
		path := fmt.Sprintf("rules[%d]", i)
		if s.LevelIndex(r.Level) < 0 {
			e.WithField(path+".level", "tier.no_such_level", "value", errs.Clip(r.Level))
		}
		if badName(r.Name, 60) {
			e.WithField(path+".name", "tier.bad_name")
		}
		if len(r.All)+len(r.Any) == 0 || len(r.All)+len(r.Any) > maxConditions {
			e.WithField(path, "tier.condition_count", "max", maxConditions)
		}
		for k, c := range r.All {
			c.validate(e, fmt.Sprintf("%s.all[%d]", path, k))
		}
		for k, c := range r.Any {
			c.validate(e, fmt.Sprintf("%s.any[%d]", path, k))
		}
	}
}

func (c Condition) validate(e *errs.Error, path string) {
	if c.Who != nil { // i18n-keys: errors.list.*, errors.rule.*
		switch n, err := c.people(); {
		case err != nil:
			for _, f := range errs.From(err).Fields {
				e.WithField(path+"."+f.Path, f.Code)
			}
		case n == nil:
			e.WithField(path+".who", "audience.rule_missing")
		case c.Metric != "" || c.Op != "" || c.Value != 0:
			e.WithField(path, "tier.metric_and_who")
		}
		return
	}
	if !c.Metric.valid() {
		e.WithField(path+".metric", "tier.no_such_metric", "value", errs.Clip(string(c.Metric)))
	}
	ok := isFinite(c.Value) && math.Abs(c.Value) <= maxValue
	switch c.Op {
	case OpAtLeast, OpAtMost:
	case OpMeanMul:
		ok = ok && c.Value > 0 && c.Value <= 1000
	case OpTopShare:
		ok = ok && c.Value > 0 && c.Value <= 1
	case OpRevShare:
		ok = ok && c.Value > 0 && c.Value <= 1 && c.Metric == MetricSpend
	default:
		e.WithField(path+".op", "tier.no_such_op", "value", errs.Clip(string(c.Op)))
		return
	}
	if !ok {
		e.WithField(path+".value", "tier.bad_value")
	}
}

func (s *Scheme) validateScore(e *errs.Error) {
	if s.Score == nil || len(s.Score.Parts) == 0 || len(s.Score.Parts) > 10 {
		e.WithField("score.parts", "tier.part_count")
		return
	}
	var sum float64
	for i, p := range s.Score.Parts {
		path := fmt.Sprintf("score.parts[%d]", i)
		if p.Weight < 0 || p.Weight > 1000 || !isFinite(p.Weight) {
			e.WithField(path+".weight", "tier.bad_weight")
		}
		sum += p.Weight
		if badName(p.Name, 30) {
			e.WithField(path+".name", "tier.bad_name")
		}
		if len(p.Terms) == 0 || len(p.Terms) > maxConditions {
			e.WithField(path+".terms", "tier.condition_count", "max", maxConditions)
		}
		var terms float64
		for k, t := range p.Terms {
			tp := fmt.Sprintf("%s.terms[%d]", path, k)
			if !t.Metric.valid() {
				e.WithField(tp+".metric", "tier.no_such_metric", "value", errs.Clip(string(t.Metric)))
			}
			if t.Weight < 0 || t.Weight > 1000 || !isFinite(t.Weight) {
				e.WithField(tp+".weight", "tier.bad_weight")
			}
			terms += t.Weight
			switch t.Scale {
			case "percentile":
			case "linear":
				if t.From == t.To || !isFinite(t.From) || !isFinite(t.To) || math.Abs(t.From) > maxValue || math.Abs(t.To) > maxValue {
					e.WithField(tp+".from", "tier.bad_range")
				}
			default:
				e.WithField(tp+".scale", "tier.bad_scale", "value", errs.Clip(t.Scale))
			}
		}
		if len(p.Terms) > 0 && terms <= 0 {
			e.WithField(path+".terms", "tier.bad_weight")
		}
	}
	if sum <= 0 {
		e.WithField("score.parts", "tier.bad_weight")
	}
	if len(s.Score.Cuts) != len(s.Levels)-1 {
		e.WithField("score.cuts", "tier.cut_count", "want", len(s.Levels)-1)
	}
	for i, c := range s.Score.Cuts {
		if !isFinite(c) || c < 0 || c > 100 || (i > 0 && c >= s.Score.Cuts[i-1]) {
			e.WithField(fmt.Sprintf("score.cuts[%d]", i), "tier.bad_cut")
		}
	}
}

func (s *Scheme) validateRFM(e *errs.Error) {
	if s.RFM == nil {
		e.WithField("rfm", "tier.part_count")
		return
	}
	if s.RFM.Bins < 2 || s.RFM.Bins > 10 {
		e.WithField("rfm.bins", "tier.bad_bins")
	}
	if s.RFM.Split != "score" && s.RFM.Split != "value" {
		e.WithField("rfm.split", "tier.bad_split", "value", errs.Clip(s.RFM.Split))
	}
	if len(s.Levels) != rfmGroups+1 {
		e.WithField("levels", "tier.rfm_levels", "want", rfmGroups+1)
	}
	for _, b := range []struct {
		path string
		cuts []float64
	}{{"rfm.recency", s.RFM.Recency}, {"rfm.frequency", s.RFM.Frequency}, {"rfm.monetary", s.RFM.Monetary}} {
		if len(b.cuts) > 9 {
			e.WithField(b.path, "tier.bad_cut")
			continue
		}
		for i, c := range b.cuts {
			if !isFinite(c) || math.Abs(c) > maxValue || (i > 0 && c <= b.cuts[i-1]) {
				e.WithField(fmt.Sprintf("%s[%d]", b.path, i), "tier.bad_cut")
			}
		}
	}
}

// badName says whether a name is empty, too long or holds control characters.
func badName(s string, maxRunes int) bool {
	return strings.TrimSpace(s) == "" || len([]rune(s)) > maxRunes || strings.ContainsFunc(s, unicode.IsControl)
}
