package audience_test

import (
	"encoding/json"
	"strings"
	"testing"

	"zhike/internal/audience"
)

// What the catalogue offers of facts, the language takes: every aggregate of
// every stream, with every operator.
func TestCatalogueIsTaken(t *testing.T) {
	s := newSite(t, sqlite(t), false)
	var cat audience.Catalogue
	s.ok("boss", "GET", "/audiences/catalogue", 0, nil, &cat)
	value := func(op, result string, words []string) any {
		one := any(1)
		switch {
		case strings.HasSuffix(op, "_days"):
			return 7
		case op == "in" || op == "not_in":
			return words
		case result == "day" || result == "day_or_dimension":
			one = "2026-01-31"
		}
		if op == "between" {
			return []any{one, one}
		}
		return one
	}
	asked := 0
	for _, st := range cat.Streams {
		d := st.Dimensions[0]
		words := []string{"任何"}
		if len(d.Options) > 0 {
			words = []string{d.Options[0].Code}
		}
		for _, a := range cat.Aggregates {
			ask := func(of string, ops []string) {
				for _, op := range ops {
					facts := object{"stream": st.Code, "agg": a.Code}
					if of != "" {
						facts["of"] = of
					}
					rule, err := json.Marshal(object{"facts": facts, "op": op, "value": value(op, a.Result, words)})
					must(t, err)
					s.count("boss", object{"rule": json.RawMessage(rule)})
					asked++
				}
			}
			switch a.Of {
			case "measure":
				ask(st.Measures[0].Code, a.Operators)
			case "dimension":
				ask(d.Code, a.Operators)
			default:
				ask("", a.Operators)
				ask(d.Code, a.Words) // none where it has no dimension
			}
		}
	}
	if asked < 200 {
		t.Errorf("only %d were asked", asked)
	}
}
