package app

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/rule"
)

// then is conditions on figures, and comparisons of them with others.
func then(r *rand.Rand, day clock.Day) customer.Node {
	number := func(field string, values []int64) customer.Node {
		op := []string{"eq", "ne", "gt", "gte", "lt", "lte", "between"}[r.IntN(7)]
		v := fmt.Sprint(values[r.IntN(len(values))])
		if op == "between" {
			v = fmt.Sprintf("[%s, %d]", v, values[r.IntN(len(values))])
		}
		return customer.Node{Field: field, Op: op, Value: json.RawMessage(v)}
	}
	window := []string{"30", "90", "180", "365", "all"}[r.IntN(5)]
	amounts := []int64{0, 1, 5000, 7000, 9000, 15_000, 21_000, 33_000, 60_000}
	switch r.IntN(9) {
	case 0:
		return number("net_"+window, amounts)
	case 1:
		return number("orders_"+window, []int64{0, 1, 2, 3, 5})
	case 2:
		if r.IntN(4) == 0 {
			return customer.Node{Field: "aov_" + window, Op: []string{"empty", "not_empty"}[r.IntN(2)]}
		}
		return number("aov_"+window, amounts)
	case 3:
		return number("days_since", []int64{0, 3, 20, 60, 150})
	case 4:
		return number("views_90", []int64{0, 1, 2})
	case 5:
		field := []string{"last_day", "first_day", "last_behaviour_day", "days_since"}[r.IntN(4)]
		return customer.Node{Field: field, Op: []string{"empty", "not_empty"}[r.IntN(2)]}
	case 6:
		field := []string{"last_day", "first_day", "last_behaviour_day"}[r.IntN(3)]
		if r.IntN(2) == 0 {
			return customer.Node{Field: field, Op: []string{"last_days", "before_days"}[r.IntN(2)], Value: json.RawMessage(fmt.Sprint(1 + r.IntN(90)))}
		}
		v, _ := json.Marshal((day - clock.Day(r.IntN(100))).String())
		return customer.Node{Field: field, Op: []string{"eq", "gte", "lte"}[r.IntN(3)], Value: v}
	}
	field := []string{"net_" + window, "orders_" + window, "aov_" + window, "days_since"}[r.IntN(4)]
	n := customer.Node{Relative: &rule.Relative{Field: field}, Op: "top", Value: json.RawMessage(fmt.Sprint(1 + r.IntN(12)))}
	if r.IntN(2) == 0 {
		n.Op, n.Value = []string{"top_percent", "bottom_percent"}[r.IntN(2)], json.RawMessage(fmt.Sprint(5+r.IntN(60)))
	}
	return n
}

// TestFiguresThen: a figure as of a past day, told by the facts, is what it was
// when it was kept for that day; by SQL and by columns.
func TestFiguresThen(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			a := columned(t, engine)
			ctx := auth.With(t.Context(), auth.System("test"))
			day, err := a.Customer.Today(ctx)
			if err != nil {
				t.Fatal(err)
			}
			bought(t, a, day)
			r := rand.New(rand.NewPCG(5, 6))
			past := []clock.Day{day - 1, day - 17, day - 100}
			var asked []customer.Node
			for range 120 {
				asked = append(asked, then(r, day-20))
			}
			find := func(s *customer.Service, n *customer.Node, asOf *clock.Day) *column.Matches {
				t.Helper()
				f, err := s.Find(ctx, customer.Who{Rule: n, AsOf: asOf})
				if err != nil {
					b, _ := json.Marshal(n)
					t.Fatalf("%s: %v", b, err)
				}
				return f.Members
			}
			deps := a.Customer.Deps
			deps.Columns = nil
			sql := customer.NewService(deps)
			before := make([][2][]*column.Matches, len(past))
			for k := range past {
				for i := range asked {
					before[k][0] = append(before[k][0], find(sql, &asked[i], &past[k]))
				}
				for range 2 {
					before[k][1] = nil
					for i := range asked {
						before[k][1] = append(before[k][1], find(a.Customer, &asked[i], &past[k]))
					}
					if err := a.Columns.Settle(ctx); err != nil {
						t.Fatal(err)
					}
				}
			}
			wrong := 0
			for k, d := range past {
				if err := a.Metrics.RefreshAll(ctx, d, nil); err != nil {
					t.Fatal(err)
				}
				kept := customer.NewService(deps)
				for i := range asked {
					want := find(kept, &asked[i], nil)
					for e, name := range []string{"SQL", "columns"} {
						got := before[k][e][i]
						if got.Count() != want.Count() || got.Less(want).Count() > 0 {
							b, _ := json.Marshal(asked[i])
							if wrong++; wrong < 12 {
								t.Errorf("%s as of %s by %s: %d, kept for that day %d", b, d, name, got.Count(), want.Count())
							}
						}
					}
				}
			}
		})
	}
}
