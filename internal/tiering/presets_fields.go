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
// tell potential or loyalty, the score with them.
func (s *Service) PresetsHere(ctx context.Context, locale string) ([]Preset, error) {
	list := Presets(locale)
	defs, err := s.definitions(ctx)
	if err != nil {
		return nil, err
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
