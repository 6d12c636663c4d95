package tiering

import (
	"context"
	"slices"

	"zhike/internal/field"
)

// presetFields are the custom fields of the shipped sets that say something of a
// customer's potential (part 1 of the score) or loyalty (part 2).
var presetFields = []struct {
	code string
	kind field.Kind
	part int
	term ScoreTerm
}{
	{"headcount", field.Number, 1, ScoreTerm{Weight: 0.3, Scale: "percentile"}},
	{"it_budget", field.Money, 1, ScoreTerm{Weight: 0.4, Scale: "percentile"}},
	{"contract_value", field.Money, 1, ScoreTerm{Weight: 0.3, Scale: "percentile"}},
	{"service_fee", field.Money, 1, ScoreTerm{Weight: 0.4, Scale: "percentile"}},
	{"active_rate", field.Number, 2, ScoreTerm{Weight: 0.3, Scale: "linear", From: 0, To: 100}},
	{"nps", field.Number, 2, ScoreTerm{Weight: 0.3, Scale: "linear", From: 0, To: 10}},
}

// PresetsHere are Presets and, where the company has fields of the shipped sets that
// tell potential or loyalty, the score with them; the loyalty schemes ask for the
// share of wallet where that is kept.
func (s *Service) PresetsHere(ctx context.Context, locale string) ([]Preset, error) {
	list := Presets(locale)
	defs, err := s.definitions(ctx)
	if err != nil {
		return nil, err
	}
	if d := defs(shareField); d != nil && !d.Retired && d.Kind == field.Number {
		withShare(list, locale)
	}
	sch, found := valueAxes(), false
	sch.Code, sch.Name = "value-fields", zh("scheme.value-fields")
	for _, p := range presetFields {
		d := defs(p.code)
		if d == nil || d.Retired || d.Kind != p.kind {
			continue
		}
		found = true
		p.term.Metric = Metric(field.Prefix + p.code)
		part := &sch.Score.Parts[p.part]
		part.Terms = append(part.Terms, p.term)
	}
	if !found {
		return list, nil
	}
	at := slices.IndexFunc(list, func(p Preset) bool { return p.Scheme.Code == "value-axes" })
	return slices.Insert(list, at+1, Preset{Scheme: sch.Localized(locale)}), nil
}

// shareField is the field of the shipped sets that says how much of what a customer
// buys comes from the company, in percent.
const shareField = "wallet_share"

// withShare gives the loyalty schemes of industries the rules that ask for the share:
// one that fell by ten points within half a year is churn risk, and most of all is
// loyal with whoever still buys. The numbers are examples to change.
func withShare(list []Preset, locale string) {
	code := field.Prefix + shareField
	fell := Rule{Level: "churn-risk", Name: localText(locale, zh("rule.share_fell")), All: []Condition{
		{Who: plain(map[string]any{"field": code, "op": "fell", "value": map[string]any{"by": 10, "days": 180}})},
	}}
	high := Rule{Level: "loyal", Name: localText(locale, zh("rule.share_high")), All: []Condition{
		{Metric: MetricOrders, Op: OpAtLeast, Value: 1},
		{Who: plain(map[string]any{"field": code, "op": "gte", "value": 60})},
	}}
	for _, p := range list {
		if p.Industry == "" || p.Scheme.dimension() != DimensionLoyalty {
			continue
		}
		rules := &p.Scheme.Rules
		for _, r := range []Rule{fell, high} {
			// Behind the others of its level: rules are asked in their order.
			last := 0
			for i := range *rules {
				if (*rules)[i].Level == r.Level {
					last = i
				}
			}
			*rules = slices.Insert(*rules, last+1, r)
		}
	}
}
