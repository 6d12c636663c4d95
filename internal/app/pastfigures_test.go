package app

import (
	"encoding/json"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/rule"
)

// TestFiguresOfAPastDay: conditions on figures answer as of a past day what they
// answered on it, also those that no stream tells.
func TestFiguresOfAPastDay(t *testing.T) {
	rules := []string{
		`{"field":"carts_90","op":"gte","value":1}`,
		`{"field":"carts_90","op":"eq","value":0}`,
		`{"field":"carts_90","op":"ne","value":1}`,
		`{"field":"carts_90","op":"lt","value":2}`,
		`{"field":"carts_90","op":"between","value":[1,2]}`,
		`{"relative":{"field":"carts_90"},"op":"gte","value":1}`,
		`{"relative":{"field":"carts_90"},"op":"bottom","value":2}`,
		`{"relative":{"field":"price_sensitivity"},"op":"top_percent","value":40}`,
		`{"relative":{"field":"price_sensitivity"},"op":"lt","value":1}`,
		`{"field":"favourite_category","op":"in","value":["咖啡","茶"]}`,
		`{"field":"favourite_category","op":"not_in","value":["茶"]}`,
		`{"field":"favourite_category","op":"eq","value":"器具"}`,
		`{"field":"favourite_category","op":"ne","value":"咖啡"}`,
		`{"field":"favourite_category","op":"contains","value":"心"}`,
		`{"field":"favourite_category","op":"begins","value":"点"}`,
		`{"field":"favourite_category","op":"empty"}`,
		`{"field":"favourite_brand","op":"not_empty"}`,
		`{"all":[{"field":"views_90","op":"gte","value":1},{"not":{"field":"favourite_brand","op":"in","value":["乙"]}}]}`,
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			a := columned(t, engine)
			ctx := auth.With(t.Context(), auth.System("test"))
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			day, err := a.Customer.Today(ctx)
			must(err)
			bought(t, a, day)
			past, partly := day-15, 0
			must(a.Metrics.RefreshDaily(ctx, day, past, nil))
			must(a.Columns.Settle(ctx))
			node := func(text string) *customer.Node {
				n, err := rule.Parse([]byte(text), "rule", rule.RuleLimits)
				must(err)
				return n
			}
			// The day is remembered for a moment: a service that never asked.
			on := customer.NewService(a.Customer.Deps)
			then := make([]customer.Found, len(rules))
			for i, text := range rules {
				then[i], err = on.Find(ctx, customer.Who{Rule: node(text)})
				must(err)
			}
			who, err := on.Find(ctx, customer.Who{Rule: node(rules[9])})
			must(err)
			var id int64
			who.Members.After(0, func(first int64) bool {
				id = first
				return false
			})
			why, told, err := on.Explain(ctx, customer.Who{Rule: node(rules[9])}, id)
			must(err)
			if told != past || why.Text == "" {
				t.Fatalf("%q on %s", why.Text, told)
			}
			must(a.Metrics.RefreshDaily(ctx, past, day, nil))
			must(a.Columns.Settle(ctx))
			on = customer.NewService(a.Customer.Deps)
			for i, text := range rules {
				got, err := on.Find(ctx, customer.Who{Rule: node(text), AsOf: &past})
				must(err)
				n := got.Members.Count()
				if n != then[i].Members.Count() || got.Members.Less(then[i].Members).Count() != 0 {
					t.Errorf("%s: %d on its day, %d afterwards", text, then[i].Members.Count(), n)
				}
				if n > 0 && n < 30 {
					partly++
				}
			}
			if partly < len(rules)-4 {
				t.Errorf("only %d rules tell customers apart", partly)
			}
			again, _, err := on.Explain(ctx, customer.Who{Rule: node(rules[9]), AsOf: &past}, id)
			must(err)
			if again.Text != why.Text || !again.Holds {
				t.Errorf("told as %q (%v), on its day as %q", again.Text, again.Holds, why.Text)
			}
			b, err := json.Marshal(again.Value)
			must(err)
			if len(b) < 3 {
				t.Errorf("no value: %s", b)
			}
		})
	}
}
