package tiering

import (
	"slices"

	"zhike/internal/platform/i18n"
)

// Industries are whose presets there are: those of the shipped audiences.
var Industries = []string{"fmcg", "retail", "technology", "services", "hotel", "finance"}

// Preset is a scheme to begin with, with the numbers of an industry. It is in
// use nowhere until somebody makes a scheme of it.
type Preset struct {
	Industry     string  `json:"industry" enum:"fmcg,retail,technology,services,hotel,finance," doc:"\"\" for those of every industry"`
	IndustryName string  `json:"industry_name"`
	Scheme       *Scheme `json:"scheme" doc:"With a code that may be taken"`
}

// habits are the numbers by which the customers of an industry are told apart.
// They say how often its customers usually buy, and are examples to change.
type habits struct {
	window   int     // days that value, need and loyalty look back on
	top      float64 // share of buyers by spend that can be high
	aov      float64 // times the mean order that makes high value
	steady   float64 // orders in the window that make mid value
	wide     int     // categories in the window that make a need personalised
	choosing float64 // orders in the window beside them
	tenure   float64 // days since the first order of who is loyal
	loyal    float64 // orders in the window of who is loyal
	months   float64 // months with one
	silence  float64 // times the own gap that is silence
	quiet    float64 // days below which nobody is called silent
	falling  float64 // change of spend against the window before that is churn risk
}

var industries = map[string]habits{
	// Weekly and monthly needs: much happens in half a year, and a quiet month says something.
	"fmcg":   {window: 180, top: 0.2, aov: 1.5, steady: 4, wide: 6, choosing: 6, tenure: 180, loyal: 8, months: 5, silence: 2, quiet: 21, falling: -0.4},
	"retail": {window: 365, top: 0.2, aov: 1.5, steady: 2, wide: 4, choosing: 4, tenure: 365, loyal: 4, months: 4, silence: 2, quiet: 30, falling: -0.5},
	// Projects and renewals: few orders, years between them, and large ones.
	"technology": {window: 730, top: 0.2, aov: 2, steady: 2, wide: 3, choosing: 2, tenure: 730, loyal: 3, months: 3, silence: 2.5, quiet: 120, falling: -0.5},
	"services":   {window: 365, top: 0.2, aov: 1.5, steady: 3, wide: 3, choosing: 3, tenure: 365, loyal: 6, months: 6, silence: 2, quiet: 45, falling: -0.4},
	"hotel":      {window: 365, top: 0.15, aov: 1.3, steady: 2, wide: 3, choosing: 3, tenure: 365, loyal: 4, months: 3, silence: 2, quiet: 90, falling: -0.5},
	// Few hold most: a narrower top, and holdings move slowly.
	"finance": {window: 365, top: 0.1, aov: 2, steady: 2, wide: 3, choosing: 3, tenure: 730, loyal: 4, months: 4, silence: 2.5, quiet: 60, falling: -0.3},
}

// Presets lists them in a language: of each industry one scheme for each shipped
// dimension, then those of every industry. i18n-keys: tier.industry.*
func Presets(locale string) []Preset {
	var out []Preset
	add := func(industry string, s *Scheme) {
		p := Preset{Industry: industry, Scheme: s.Localized(locale)}
		if industry != "" {
			p.IndustryName = i18n.T(locale, "tier.industry."+industry, nil)
		}
		out = append(out, p)
	}
	for _, code := range Industries {
		h := industries[code]
		for _, s := range []*Scheme{h.value(), h.need(), h.loyalty()} {
			s.Code += "-" + code
			s.Name = zh("scheme." + s.Code)
			s.WindowDays = h.window
			add(code, s)
		}
	}
	add("", valueAxes())
	add("", loyaltyByModel())
	for _, s := range modelPresets() {
		add("", s)
	}
	return out
}

// preset is one of Presets by its code, as it is stored; nil where there is none.
func preset(code string) *Scheme {
	list := Presets(i18n.ZhCN)
	if i := slices.IndexFunc(list, func(p Preset) bool { return p.Scheme.Code == code }); i >= 0 {
		return list[i].Scheme
	}
	return nil
}

func (h habits) value() *Scheme {
	s := shippedRules()
	s.Code = "value"
	high, steady := s.Rules[0].All, s.Rules[1].All
	high[0].Value, high[2].Value, steady[0].Value = h.top, h.aov, h.steady
	return s
}

func (h habits) need() *Scheme {
	s := shippedNeed()
	s.Code = "need"
	many := s.Rules[0].All
	many[0].Value = h.choosing
	many[1].Who = facts("lines", "distinct", "category", h.window, "gte", h.wide)
	return s
}

func (h habits) loyalty() *Scheme {
	s := shippedLoyalty()
	s.Code = "loyalty"
	// The shipped names tell the shipped numbers.
	s.Rules[0].Name, s.Rules[1].Name = zh("rule.off_own"), zh("rule.shrinking")
	off, falling, long := s.Rules[0].All, s.Rules[1].All, s.Rules[3].All
	off[0].Value, off[1].Value = h.silence, h.quiet
	falling[1].Value = h.falling
	long[0].Value, long[1].Value, long[2].Value = h.tenure, h.loyal, h.months
	return s
}

// valueAxes is the score with the axes filled from all that there may be: trend
// against the customer's industry, and whom the customer introduced. What a
// customer lacks counts nothing; a run says of how many.
func valueAxes() *Scheme {
	s := shippedScore()
	s.Code, s.Name = "value-axes", zh("scheme.value-axes")
	s.Score.Parts[1].Terms = []ScoreTerm{
		{Metric: MetricGrowth, Weight: 0.4, Scale: "linear", From: -1, To: 1},
		{Metric: MetricIndustryGrowth, Weight: 0.3, Scale: "linear", From: -1, To: 1},
		{Metric: MetricAOV, Weight: 0.3, Scale: "percentile"},
	}
	s.Score.Parts[2].Terms = []ScoreTerm{
		{Metric: MetricRepurchase, Weight: 0.4, Scale: "linear", From: 0, To: 1},
		{Metric: MetricMonths, Weight: 0.25, Scale: "linear", From: 0, To: 12},
		{Metric: MetricRating, Weight: 0.15, Scale: "linear", From: 1, To: 5},
		{Metric: MetricReferrals, Weight: 0.2, Scale: "linear", From: 0, To: 3},
	}
	return s
}

// loyaltyByModel goes by the company's purchase model in place of thresholds on
// the past. Who bought once has no P(alive) and is not told from it.
func loyaltyByModel() *Scheme {
	s := shippedLoyalty()
	s.Code, s.Name, s.Horizon = "loyalty-model", zh("scheme.loyalty-model"), &Horizon{Months: 12, Discount: 0.1}
	s.Rules = []Rule{
		{Level: "churn-risk", Name: zh("rule.model_gone"), All: []Condition{{Metric: MetricAlive, Op: OpAtMost, Value: 0.3}}},
		{Level: "loyal", Name: zh("rule.model_loyal"), All: []Condition{
			{Metric: MetricAlive, Op: OpAtLeast, Value: 0.8},
			{Metric: MetricExpected, Op: OpAtLeast, Value: 2},
		}},
		{Level: "general", Name: zh("rule.others"), All: []Condition{{Metric: MetricOrdersAll, Op: OpAtLeast, Value: 0}}},
	}
	return s
}
