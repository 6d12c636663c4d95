package tiering

import (
	"fmt"
	"slices"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// Fields that rules of audiences compare are asked for once each, wherever they
// stand in a rule; those that are only asked whether they are known, and conditions
// switched off, are not.
func TestComparedFields(t *testing.T) {
	leaf := func(field, op string) map[string]any { return map[string]any{"field": field, "op": op, "value": 1} }
	s := &Scheme{Rules: []Rule{
		{All: []Condition{
			{Metric: MetricOrders, Op: OpAtLeast, Value: 1},
			{Who: map[string]any{"any": []any{leaf("price_sensitivity", "gte"), map[string]any{"not": leaf("f.share", "lte")}, leaf("age", "empty")}}},
			{Off: true, Who: leaf("model_churn", "gt")},
		}},
		{Any: []Condition{
			{Who: map[string]any{"relative": map[string]any{"field": "model_clv"}, "op": "top_percent", "value": 10}},
			{Who: leaf("price_sensitivity", "lt")},
			{Who: facts("orders", "count", "", 30, "gte", 1)},
		}},
	}}
	got, err := s.comparedFields()
	if want := []string{"price_sensitivity", "f.share", "model_clv"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v %v, want %v", got, err, want)
	}
}

// A number that the company keeps itself, as its share of what a customer spends,
// is named where a rule compares it and customers have none; a choice is no number.
func TestUnknownFieldsOfTheCompanyAreNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx, _ := fieldCompany(t, d)
		people := &fewPeople{}
		s.People = people
		sch := fieldRules()
		sch.Rules = []Rule{{Level: "big", Name: "预算下降", All: []Condition{
			{Who: plain(map[string]any{"field": "f.budget", "op": "lte", "value": 100})},
			{Who: plain(map[string]any{"field": "f.size", "op": "in", "value": []any{"large"}})},
		}}}
		if _, err := s.CreateScheme(ctx, sch); err != nil {
			t.Fatal(err)
		}
		run := runNow(t, ctx, s, "potential", "2024-02-20")
		if len(run.Summary.Missing) != 1 {
			t.Fatalf("%+v", run.Summary.Missing)
		}
		m := run.Summary.Missing[0]
		if m.Field != "f.budget" || m.Metric != "" || m.Customers != 3 || fmt.Sprint(*m.Name) != "{年度信息化预算 Annual IT budget}" {
			t.Errorf("%+v, called %+v", m, m.Name)
		}
		last := people.asked[len(people.asked)-1]
		if len(people.asked) != 3 || last.Rule.Field != "f.budget" || last.Rule.Op != "empty" || last.AsOf.String() != "2024-02-20" {
			t.Errorf("asked %+v", people.asked)
		}
	})
}
