package tiering

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"zhike/internal/document"
	"zhike/internal/field"
	"zhike/internal/platform/i18n"
)

// methodLines tells how the scheme grades, with the numbers its conditions came
// to in this run.
func (p *prose) methodLines() []string {
	switch p.scheme.Method {
	case MethodRules:
		return p.ruleLines()
	case MethodScore:
		return p.scoreLines()
	case MethodRFM:
		return p.rfmLines()
	case MethodModel:
		return p.modelLines()
	}
	return nil
}

func (p *prose) methodName() string {
	switch p.scheme.Method {
	case MethodScore:
		return p.t("method.score")
	case MethodRFM:
		return p.t("method.rfm")
	case MethodModel:
		return p.t("method.model")
	}
	return p.t("method.rules")
}

func (p *prose) ruleLines() []string {
	var out []string
	at := 0 // place among Scheme.Conditions, whose order Thresholds has
	for i, r := range p.scheme.Rules {
		all := p.conditions(r.All, at)
		any := p.conditions(r.Any, at+len(r.All))
		at += len(r.All) + len(r.Any)
		if len(any) > 1 {
			all = append(all, p.t("rule.any", "list", strings.Join(any, p.t("rule.or"))))
		} else {
			all = append(all, any...)
		}
		what := p.t("rule.never")
		if len(all) > 0 {
			what = strings.Join(all, p.t("rule.and"))
		}
		out = append(out, p.t("rule.line", "n", i+1, "level", p.LevelName(r.Level), "name", orDash(r.Name), "conditions", what))
	}
	if n := len(p.scheme.Levels); n > 0 {
		out = append(out, p.t("rule.rest", "level", p.scheme.Levels[n-1].Name))
	}
	return out
}

// conditions writes those that are switched on; the first has place at.
func (p *prose) conditions(list []Condition, at int) []string {
	var out []string
	for k, c := range list {
		if !c.Off {
			out = append(out, p.condition(c, at+k))
		}
	}
	return out
}

// inSentence begins a sentence small that stands within another; a capital without a
// small letter behind it begins a name.
func inSentence(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if next, _ := utf8.DecodeRuneInString(s[size:]); size == len(s) || !unicode.IsLower(next) && next != ' ' {
		return s
	}
	return string(unicode.ToLower(first)) + s[size:]
}

func (p *prose) condition(c Condition, at int) string {
	if c.Who != nil {
		return inSentence(p.r.People[at])
	}
	name := p.metric(c.Metric)
	limit, known := "", false
	if at < len(p.s.Thresholds) && p.s.Thresholds[at] != nil {
		limit, known = p.metricValue(c.Metric, *p.s.Thresholds[at]), true
	}
	var text string
	switch c.Op {
	case OpAtLeast:
		return name + " ≥ " + p.schemeValue(c)
	case OpAtMost:
		return name + " ≤ " + p.schemeValue(c)
	case OpMeanMul:
		text = p.t("rule.mean_mul", "metric", name, "times", trimDecimal(c.Value))
	case OpTopShare:
		text = p.t("rule.top_share", "metric", name, "share", trimPercent(c.Value))
	case OpRevShare:
		text = p.t("rule.rev_share", "measure", p.measure(), "share", trimPercent(c.Value))
	default:
		return name
	}
	if !known {
		return text
	}
	if c.Op == OpTopShare && c.Metric == MetricRecency {
		return p.t("rule.limit_most", "text", text, "limit", limit)
	}
	return p.t("rule.limit_least", "text", text, "limit", limit)
}

// metric names a figure; the two that are money follow the scheme's measure.
func (p *prose) metric(m Metric) string {
	if d := p.s.field(m); d != nil {
		return d.Name.In(p.locale)
	}
	if !metrics[m] {
		return string(m)
	}
	return p.t("metric."+string(m), "measure", p.measure())
}

// schemeValue writes the number of a condition, money in yuan.
func (p *prose) schemeValue(c Condition) string {
	d := p.s.field(c.Metric)
	if c.Metric.isMoney() || d != nil && d.Kind == field.Money {
		return document.YuanText(c.Value)
	}
	return p.metricValue(c.Metric, c.Value)
}

// metricValue writes a figure, money in 分.
func (p *prose) metricValue(m Metric, v float64) string {
	switch d := p.s.field(m); {
	case d != nil:
		return d.text(v, p.locale)
	case m.isMoney():
		return document.FenText(v)
	case m.isShare():
		return i18n.Percent(v, 1)
	}
	switch m {
	case MetricRecency, MetricTenure:
		return p.t("unit.days", "count", v, "n", trimDecimal(v))
	case MetricMonths:
		return p.t("unit.months", "count", v, "n", trimDecimal(v))
	}
	return trimDecimal(v)
}

func (p *prose) LevelName(code string) string {
	if i := p.scheme.LevelIndex(code); i >= 0 {
		return p.scheme.Levels[i].Name
	}
	return orDash(code)
}

func (p *prose) scoreLines() []string {
	sc := p.scheme.Score
	if sc == nil {
		return nil
	}
	var out []string
	var weights float64
	for _, part := range sc.Parts {
		weights += part.Weight
	}
	for _, part := range sc.Parts {
		var terms float64
		for _, t := range part.Terms {
			terms += t.Weight
		}
		list := make([]string, 0, len(part.Terms))
		for _, t := range part.Terms {
			how := p.t("score.percentile")
			if t.Scale == "linear" {
				how = p.t("score.linear", "from", p.schemeValue(Condition{Metric: t.Metric, Value: t.From}),
					"to", p.schemeValue(Condition{Metric: t.Metric, Value: t.To}))
			}
			list = append(list, p.t("score.term", "metric", p.metric(t.Metric), "weight", weightText(t.Weight, terms), "how", how))
		}
		out = append(out, p.t("score.part", "name", part.Name, "weight", weightText(part.Weight, weights),
			"terms", strings.Join(list, p.t("list"))))
	}
	cuts := make([]string, 0, len(p.scheme.Levels))
	for i, l := range p.scheme.Levels {
		if i < len(sc.Cuts) {
			cuts = append(cuts, p.t("score.cut", "level", l.Name, "points", trimDecimal(sc.Cuts[i])))
		} else {
			cuts = append(cuts, p.t("score.rest", "level", l.Name))
		}
	}
	return append(out, p.t("score.cuts", "list", strings.Join(cuts, p.t("list"))))
}

func weightText(w, sum float64) string {
	if sum == 0 {
		return dash
	}
	return trimPercent(w / sum)
}

func (p *prose) rfmLines() []string {
	r := p.scheme.RFM
	if r == nil {
		return nil
	}
	out := []string{p.t("rfm.figures", "measure", p.measure())}
	bounds := func(name string, fixed []float64, stat func(*RFMStats) []float64, m Metric) {
		at, key := fixed, "rfm.fixed"
		if len(fixed) == 0 {
			at, key = nil, "rfm.quantiles"
			if p.s.RFM != nil {
				at = stat(p.s.RFM)
			}
		}
		list := make([]string, 0, len(at))
		for _, b := range at {
			list = append(list, p.schemeValue(Condition{Metric: m, Value: b}))
		}
		classes := r.Bins
		if len(fixed) > 0 {
			classes = len(fixed) + 1
		}
		out = append(out, p.t(key, "figure", name, "classes", classes, "list", orDash(strings.Join(list, p.t("list")))))
	}
	bounds(p.t("rfm.recency"), r.Recency, func(s *RFMStats) []float64 { return s.CutsR }, MetricRecency)
	bounds(p.t("rfm.frequency"), r.Frequency, func(s *RFMStats) []float64 { return s.CutsF }, MetricOrders)
	bounds(p.t("rfm.monetary"), r.Monetary, func(s *RFMStats) []float64 { return s.CutsM }, MetricSpend)
	if st := p.s.RFM; st != nil {
		if r.Split == "value" {
			out = append(out, p.t("rfm.split_value", "r", i18n.Decimal(st.MeanR, 1), "f", i18n.Decimal(st.MeanF, 2),
				"m", document.YuanText(st.MeanM)))
		} else {
			out = append(out, p.t("rfm.split_score", "r", i18n.Decimal(st.MeanR, 2), "f", i18n.Decimal(st.MeanF, 2), "m", i18n.Decimal(st.MeanM, 2)))
		}
	}
	return append(out, p.t("rfm.groups"))
}

// notes are the definitions of the report's figures: formula, what is counted
// and what is divided by.
func (p *prose) notes() []document.Term {
	m := p.measure()
	measure := p.t("note.net")
	if p.scheme.Measure == MeasureSales {
		measure = p.t("note.sales")
	}
	out := []document.Term{
		{Term: p.measureHead(), Text: measure},
		{Term: p.t("kpi.buyers"), Text: p.t("note.buyers", "measure", m)},
		{Term: p.t("note.share_term", "measure", m), Text: p.t("note.share", "measure", m)},
		{Term: p.t("note.averages_term"), Text: p.t("note.averages", "measure", m)},
		{Term: p.t("kpi.repurchase"), Text: p.t("note.repurchase")},
		{Term: p.t("col.avg_recency"), Text: p.t("note.recency")},
		{Term: p.t("note.sets_term"), Text: p.t("note.sets", "measure", m)},
		{Term: p.t("note.lorenz_term"), Text: p.t("note.lorenz", "measure", m)},
		{Term: p.t("section.heat"), Text: p.t("note.heat")},
		{Term: p.t("section.months"), Text: p.t("note.months")},
		{Term: p.t("section.moves"), Text: p.t("note.moves")},
		{Term: p.t("section.slipping"), Text: p.t("note.slipping")},
		{Term: p.t("note.rounding_term"), Text: p.t("note.rounding", "sub", subYuan(p.s.RevenueSub))},
	}
	if len(p.s.Models) > 0 {
		list := make([]string, 0, len(p.s.Models))
		for _, m := range p.s.Models { // i18n-keys: forecast.kind.*
			list = append(list, p.t("note.model", "kind", i18n.T(p.locale, "forecast.kind."+m.Kind, nil), "version", m.Version, "as_of", m.AsOf.String()))
		}
		out = append(out, document.Term{Term: p.t("note.models_term"), Text: p.t("note.models", "list", strings.Join(list, p.t("list_end")))})
	}
	if len(p.s.Fields) > 0 {
		list := make([]string, 0, len(p.s.Fields))
		for _, d := range p.s.Fields {
			list = append(list, p.metric(d.Metric))
		}
		out = append(out, document.Term{Term: p.t("note.fields_term"), Text: p.t("note.fields", "list", strings.Join(list, p.t("list_end")))})
	}
	if len(p.s.Missing) > 0 {
		out = append(out, document.Term{Term: p.t("note.missing_term"), Text: p.t("note.missing", "list", strings.Join(p.missing(), p.t("list_end")))})
	}
	return out
}

func trimDecimal(v float64) string { return document.TrimDecimal(v) }

func trimPercent(v float64) string { return document.TrimPercent(v) }
