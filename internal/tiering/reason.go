package tiering

import (
	"math"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/i18n"
)

// Explanation says why a customer has its level in a run. Every number comes
// from the run alone. Texts are in the language asked for.
type Explanation struct {
	CustomerID    int64     `json:"customer_id"`
	Name          string    `json:"name" doc:"Of the customer"`
	RunID         int64     `json:"run_id"`
	Scheme        string    `json:"scheme"`
	SchemeName    string    `json:"scheme_name"`
	SchemeVersion int       `json:"scheme_version"`
	AsOf          clock.Day `json:"as_of"`
	Method        Method    `json:"method"`

	Level         string  `json:"level"`
	LevelName     string  `json:"level_name"`
	Rank          int     `json:"rank" doc:"1 is the best level"`
	Levels        int     `json:"levels" doc:"How many there are"`
	Advice        string  `json:"advice" doc:"Suggested next step"`
	Move          string  `json:"move" enum:"same,up,down,new,changed" doc:"Against the run before"`
	PreviousLevel *string `json:"previous_level" doc:"Name of the level in the run before"`

	SpendFen int64      `json:"spend_fen"`
	Orders   int64      `json:"orders"`
	LastDay  *clock.Day `json:"last_day"`
	Days     *int64     `json:"days_since"`
	Overdue  bool       `json:"overdue" doc:"Silent for more than twice the own mean gap between purchases"`
	Score    *float64   `json:"score" doc:"0–100; null where the scheme gives none"`
	R        int        `json:"r,omitempty"`
	F        int        `json:"f,omitempty"`
	M        int        `json:"m,omitempty"`

	Rule       *RuleView         `json:"rule" doc:"The rule that decided; null for other methods and where none held"`
	NextRule   *RuleView         `json:"next_rule" doc:"A rule of a better level and where it fails; null at the best level"`
	Parts      []PartView        `json:"parts,omitempty"`
	Reasons    []customer.Reason `json:"reasons"`
	Text       string            `json:"text" doc:"Why this level, in one sentence"`
	WhyNot     string            `json:"why_not" doc:"What is missing for the next better level; empty at the best"`
	levelIndex int
}

// RuleView is a rule with what its conditions came to for one customer.
type RuleView struct {
	Name       string          `json:"name"`
	Level      string          `json:"level"`
	LevelName  string          `json:"level_name"`
	Conditions []ConditionView `json:"conditions"`
}

// ConditionView is one test. Figure and Threshold are money in 分, days, a count
// or a share; null where there is none.
type ConditionView struct {
	Metric     Metric   `json:"metric"`
	MetricName string   `json:"metric_name"`
	Op         Op       `json:"op"`
	Value      float64  `json:"value"`
	Any        bool     `json:"any" doc:"One of several of which one is enough"`
	Figure     *float64 `json:"figure"`
	Threshold  *float64 `json:"threshold"`
	Holds      bool     `json:"holds"`
	// Who says that the condition is a rule of audiences; Text says it back.
	Who  bool   `json:"who"`
	Text string `json:"text"`
}

// key ends the keys of sentences about the condition.
func (c *ConditionView) key() string {
	if c.Who {
		return "who"
	}
	return c.spoken()
}

// PartView is one part of a score.
type PartView struct {
	Name   string  `json:"name"`
	Points float64 `json:"points" doc:"0–100"`
	Weight float64 `json:"weight" doc:"Share of the whole, 0–1"`
}

// explainer tells the reasons of one run in one language.
type explainer struct {
	row     *runRow
	version int
	s       *Scheme // localized
	sum     *Summary
	before  *Scheme // localized, nil without a run before
	locale  string
	// people says the rules of audiences back, by their place among the conditions.
	people map[int]string
}

func (x *explainer) explain(a *assignment) Explanation {
	l := x.s.Levels[a.Level]
	e := Explanation{
		CustomerID: a.CustomerID, Name: a.Name, RunID: x.row.ID, Scheme: x.row.SchemeCode, SchemeName: x.s.Name, SchemeVersion: x.version, AsOf: x.row.AsOf, Method: x.s.Method,
		Level: l.Code, LevelName: l.Name, Rank: a.Level + 1, Levels: len(x.s.Levels), Advice: l.Advice, Move: a.Move.Code(),
		SpendFen: a.SpendFen, Orders: a.Orders, LastDay: a.LastDay, Overdue: a.Signals&(1<<overdueBit) != 0,
		Reasons: []customer.Reason{}, levelIndex: a.Level,
	}
	if a.PrevLevel != nil && x.before != nil && int(*a.PrevLevel) < len(x.before.Levels) {
		e.PreviousLevel = &x.before.Levels[*a.PrevLevel].Name
	}
	if a.LastDay != nil {
		d := int64(x.row.AsOf - *a.LastDay)
		e.Days = &d
	}
	machine := *a
	if n := len(a.items); n > 0 {
		last := a.items[n-1]
		key := "tier.why.panel"
		if last.kind == DecisionHand {
			key = "tier.why.hand"
		} else if last.reason == "" { // by a deadline, or with the rest
			key = "tier.why.panel_bare"
		}
		e.add(key, i18n.Params{"level": e.LevelName, "reason": last.reason})
		machine.Level = a.items[0].before
	}
	if a.Reason == reasonHand || machine.Level < 0 {
		if len(a.items) == 0 {
			e.add("tier.why.hand_only", nil)
		}
		e.Text = x.text(e.Reasons)
		return e
	}
	if machine.Level != a.Level {
		e.add("tier.why.proposed", i18n.Params{"level": x.s.Levels[machine.Level].Name})
	}
	x.machine(&e, &machine)
	if len(a.items) > 0 {
		e.NextRule, e.WhyNot = nil, "" // people decided, no rule
	}
	e.Text = x.text(e.Reasons)
	return e
}

// machine says why the scheme gives the level.
func (x *explainer) machine(e *Explanation, a *assignment) {
	level := x.s.Levels[a.Level].Name
	// Of a customer who slips away, that is what matters most.
	fell := e.PreviousLevel != nil && *a.PrevLevel == 0 && a.Level != 0
	silent := e.Overdue && e.Days != nil
	if fell {
		e.add("tier.why.fell", i18n.Params{"before": *e.PreviousLevel, "level": level})
	}
	if slips := fell || a.Level == 0; silent && slips {
		e.overdue()
		silent = false
	}
	switch x.s.Method {
	case MethodRules:
		x.rules(e, a)
	case MethodScore:
		x.score(e, a)
	case MethodRFM:
		x.rfm(e, a)
	case MethodModel:
		x.model(e, a)
	}
	if silent {
		e.overdue()
	}
}

// proposed is why the scheme gives a level, whatever people decided, in one
// sentence.
func (x *explainer) proposed(a *assignment, level int) string {
	machine := *a
	machine.items, machine.Level = nil, level
	e := x.explain(&machine)
	return e.Text
}

func (e *Explanation) add(key string, p i18n.Params) {
	e.Reasons = append(e.Reasons, customer.Reason{Key: key, Params: p})
}

func (e *Explanation) overdue() {
	e.add("tier.why.overdue", i18n.Params{"days": i18n.Number(*e.Days)})
}

// text joins reasons into one sentence.
func (x *explainer) text(list []customer.Reason) string {
	out := ""
	for _, r := range list {
		if out != "" {
			out += i18n.T(x.locale, "tier.why.join", nil)
		}
		out += x.t(r.Key, r.Params)
	}
	return out
}

// i18n-keys: tier.why.*, tier.whynot.*, tier.metric.*

func (x *explainer) t(key string, p i18n.Params) string { return i18n.Default().T(x.locale, key, p) }

func (x *explainer) score(e *Explanation, a *assignment) {
	total := float64(a.Score) / 100
	e.Score = &total
	_, points := parseDetails(a.Details)
	var weights float64
	for _, p := range x.s.Score.Parts {
		weights += p.Weight
	}
	p := i18n.Params{"score": i18n.Decimal(total, 1), "level": x.s.Levels[a.Level].Name}
	if a.Level < len(x.s.Score.Cuts) {
		p["cut"] = i18n.Decimal(x.s.Score.Cuts[a.Level], 1)
		e.add("tier.why.score", p)
	} else {
		e.add("tier.why.score_last", p)
	}
	for k, part := range x.s.Score.Parts {
		v := PartView{Name: part.Name, Weight: part.Weight / weights}
		if k < len(points) {
			v.Points = points[k]
		}
		e.Parts = append(e.Parts, v)
		e.add("tier.why.part", i18n.Params{"part": v.Name, "points": i18n.Decimal(v.Points, 1), "weight": percent(v.Weight)})
	}
	if a.Level > 0 {
		cut := x.s.Score.Cuts[a.Level-1]
		e.WhyNot = x.t("tier.whynot.score", i18n.Params{
			"level": x.s.Levels[a.Level-1].Name, "cut": i18n.Decimal(cut, 1), "gap": i18n.Decimal(cut-total, 2),
		})
	}
}

func (x *explainer) rfm(e *Explanation, a *assignment) {
	e.R, e.F, e.M = int(a.Score/10_000), int(a.Score/100%100), int(a.Score%100)
	if e.R == 0 || e.Days == nil {
		e.add("tier.why.rfm_none", nil)
		return
	}
	e.add("tier.why.rfm", i18n.Params{
		"days": i18n.Number(*e.Days), "orders": i18n.Number(e.Orders), "spend": i18n.Money(e.SpendFen), "r": e.R, "f": e.F, "m": e.M,
	})
	st := x.sum.RFM
	if st == nil {
		return
	}
	if x.s.RFM.Split == "value" {
		e.add("tier.why.rfm_means", i18n.Params{
			"r": i18n.Decimal(st.MeanR, 1), "f": i18n.Decimal(st.MeanF, 1), "m": i18n.Money(int64(math.RoundToEven(st.MeanM * 100))),
		})
		return
	}
	e.add("tier.why.rfm_classes", i18n.Params{
		"r": i18n.Decimal(st.MeanR, 2), "f": i18n.Decimal(st.MeanF, 2), "m": i18n.Decimal(st.MeanM, 2),
	})
}
