package tiering

import (
	"math"
	"strconv"

	"zhike/internal/customer"
	"zhike/internal/platform/i18n"
)

func (x *explainer) rules(e *Explanation, a *assignment) {
	if a.Reason >= 0 && a.Reason < len(x.s.Rules) {
		r := x.rule(a.Reason, a)
		e.Rule = &r
		e.add("tier.why.rule", i18n.Params{"rule": r.Name})
		for _, c := range r.Conditions {
			if c.Holds {
				e.add("tier.why."+c.key(), x.params(c))
			}
		}
	} else {
		e.add("tier.why.no_rule", i18n.Params{"level": x.s.Levels[a.Level].Name})
	}
	// The next better level that some rule gives; its rule that fails least.
	for level := a.Level - 1; level >= 0; level-- {
		best, fails := -1, math.MaxInt
		for k, r := range x.s.Rules {
			if x.s.LevelIndex(r.Level) != level {
				continue
			}
			if n := failing(x.rule(k, a).Conditions); n < fails {
				best, fails = k, n
			}
		}
		if best < 0 {
			continue
		}
		r := x.rule(best, a)
		e.NextRule = &r
		var why []customer.Reason
		for _, c := range r.Conditions {
			if !c.Holds {
				why = append(why, customer.Reason{Key: "tier.whynot." + c.key(), Params: x.params(c)})
			}
		}
		e.WhyNot = x.t("tier.whynot.level", i18n.Params{"level": r.LevelName, "detail": x.text(why)})
		return
	}
}

// failing counts the conditions that a customer lacks for a rule.
func failing(list []ConditionView) int {
	n, anyOf, anyHolds := 0, false, false
	for _, c := range list {
		switch {
		case c.Any:
			anyOf, anyHolds = true, anyHolds || c.Holds
		case !c.Holds:
			n++
		}
	}
	if anyOf && !anyHolds {
		n++
	}
	return n
}

// rule gives rule k with its switched-on conditions for a customer.
func (x *explainer) rule(k int, a *assignment) RuleView {
	bit := 0
	for _, r := range x.s.Rules[:k] {
		bit += len(r.All) + len(r.Any)
	}
	r := x.s.Rules[k]
	level := x.s.Levels[x.s.LevelIndex(r.Level)]
	out := RuleView{Name: r.Name, Level: r.Level, LevelName: level.Name, Conditions: []ConditionView{}}
	figures, _ := parseDetails(a.Details)
	add := func(list []Condition, anyOf bool) {
		for _, c := range list {
			if !c.Off {
				out.Conditions = append(out.Conditions, x.condition(c, anyOf, bit, a, figures))
			}
			bit++
		}
	}
	add(r.All, false)
	add(r.Any, true)
	return out
}

func (x *explainer) condition(c Condition, anyOf bool, bit int, a *assignment, figures map[Metric]float64) ConditionView {
	if c.Who != nil {
		return ConditionView{Who: true, Any: anyOf, Holds: a.Signals&(1<<bit) != 0, Text: x.people[bit]}
	}
	v := ConditionView{
		Metric: c.Metric, MetricName: x.metricName(c.Metric), Op: c.Op, Value: c.Value, Any: anyOf,
		Holds: a.Signals&(1<<bit) != 0, Figure: x.figure(c.Metric, a, figures),
	}
	if bit < len(x.sum.Thresholds) {
		v.Threshold = x.sum.Thresholds[bit]
	}
	key := "tier.whynot."
	if v.Holds {
		key = "tier.why."
	}
	v.Text = x.t(key+v.key(), x.params(v))
	return v
}

// figure is what an assignment knows of a metric, money in 分; nil where the
// customer has no such figure.
func (x *explainer) figure(m Metric, a *assignment, details map[Metric]float64) *float64 {
	var v float64
	switch m {
	case MetricSpend:
		v = float64(a.SpendFen)
	case MetricOrders:
		v = float64(a.Orders)
	case MetricAOV, MetricRepurchase:
		if a.Orders == 0 {
			return nil
		}
		v = float64(a.Orders-1) / float64(a.Orders)
		if m == MetricAOV {
			v = float64(a.SpendFen) / float64(a.Orders)
		}
	case MetricRecency:
		if a.LastDay == nil {
			return nil
		}
		v = float64(x.row.AsOf - *a.LastDay)
	default:
		d, ok := details[m]
		if _, custom := m.field(); custom && !ok {
			return nil
		}
		// Left out of the details are zeros and what does not exist.
		if !ok && (m == MetricRating || m == MetricGrowth || m == MetricIndustryGrowth || m == MetricRhythm || m.byModel() || (m == MetricTenure && a.LastDay == nil)) {
			return nil
		}
		v = d
	}
	return &v
}

func (x *explainer) metricName(m Metric) string {
	if d := x.sum.field(m); d != nil {
		return d.Name.In(x.locale)
	}
	return x.t("tier.metric."+string(m), nil)
}

// params are the words of a condition's sentence.
func (x *explainer) params(c ConditionView) i18n.Params {
	if c.Who {
		return i18n.Params{"who": c.Text}
	}
	p := i18n.Params{
		"metric": c.MetricName, "figure": x.value(c.Metric, c.Figure), "threshold": x.value(c.Metric, c.Threshold),
	}
	switch c.Op {
	case OpTopShare, OpRevShare:
		p["share"] = percent(c.Value)
	case OpMeanMul:
		p["times"] = strconv.FormatFloat(c.Value, 'f', -1, 64)
	}
	return p
}

// value writes a figure as people read it.
func (x *explainer) value(m Metric, v *float64) string {
	switch {
	case v == nil:
		return x.t("tier.why.none", nil)
	case x.sum.field(m) != nil:
		return x.sum.field(m).text(*v, x.locale)
	case m.isMoney():
		return i18n.Money(int64(math.RoundToEven(*v)))
	case m.isShare():
		return i18n.Percent(*v, 1)
	case m == MetricRating, m == MetricRhythm, m == MetricExpected:
		return i18n.Decimal(*v, 1)
	}
	n := strconv.FormatFloat(*v, 'f', -1, 64)
	if *v == math.Trunc(*v) && math.Abs(*v) < 1e15 {
		n = i18n.Number(int64(*v))
	}
	return n
}

// percent writes a share without needless decimals: 20 %, 12.5 %.
func percent(share float64) string {
	return strconv.FormatFloat(math.Round(share*1e6)/1e4, 'f', -1, 64) + "%"
}
