package forecast_test

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"zhike/internal/customer"
	"zhike/internal/forecast"
	"zhike/internal/platform/auth"
	"zhike/internal/rule"
)

// figures are the values of a list's columns, by customer.
func (w *firm) figures(columns ...string) map[int64]map[string]any {
	w.t.Helper()
	out := map[int64]map[string]any{}
	q := customer.ListQuery{Columns: columns, Limit: 200, Sort: "id"}
	for {
		page, err := w.a.Customer.Query(w.ctx, q)
		w.must(err)
		for _, it := range page.Items {
			out[it.ID] = it.Values
		}
		if page.NextCursor == nil {
			return out
		}
		q.Cursor = *page.NextCursor
	}
}

// What the models say of each customer is a field of lists and audiences: what
// the customer's page says, by SQL and by columns, refused where it is
// hidden, written anew as time goes by.
func TestFiguresOfModels(t *testing.T) {
	each(t, 64<<20, func(w *firm) {
		w.cdnow()
		deps := w.a.Customer.Deps
		deps.Columns = nil
		slow := customer.NewService(deps)
		ask := func(op string, value any) (holds func(int64) bool) {
			t.Helper()
			return w.both(slow, condition("model_clv", op, value))
		}
		if n := ask("not_empty", nil); n(1) {
			t.Error("figures without a model")
		}
		_, err := w.a.Forecast.FitNow(w.ctx, forecast.Purchases, nil)
		w.must(err)
		w.must(w.a.Forecast.Record(w.ctx))
		said := w.figures("model_alive", "model_orders", "model_clv", "model_churn")
		if len(said) < 2000 {
			t.Fatalf("%d customers", len(said))
		}
		checked := 0
		for id, v := range said {
			if checked++; checked > 40 {
				break
			}
			n, err := w.a.Forecast.Next(w.ctx, id)
			w.must(err)
			near := func(name string, want *float64, got any, step float64) {
				t.Helper()
				var x float64
				switch g := got.(type) {
				case int64:
					x = float64(g)
				case float64:
					x = g
				case nil:
					if want != nil {
						t.Errorf("%s of %d: nothing, want %v", name, id, *want)
					}
					return
				}
				if want == nil || math.Abs(*want-x) > step/2+1e-6 {
					t.Errorf("%s of %d: %v, want %v", name, id, x, want)
				}
			}
			var alive, clv *float64
			if n.Alive != nil {
				p := *n.Alive * 100
				alive = &p
			}
			if n.CLVFen != nil {
				c := float64(*n.CLVFen)
				clv = &c
			}
			near("alive", alive, v["model_alive"], 1)
			near("clv", clv, v["model_clv"], 2)
			near("churn", nil, v["model_churn"], 1)
		}
		// Conditions, against what lists show.
		num := func(v any) (float64, bool) {
			switch v := v.(type) {
			case int64:
				return float64(v), true
			case float64:
				return v, true
			}
			return 0, false
		}
		holding := 0
		for _, c := range []struct {
			field, op string
			value     any
			holds     func(x float64, has bool) bool
		}{
			{"model_alive", "lt", 40, func(x float64, has bool) bool { return has && x < 40 }},
			{"model_alive", "empty", nil, func(_ float64, has bool) bool { return !has }},
			{"model_alive", "ne", 90, func(x float64, has bool) bool { return !has || x != 90 }},
			{"model_orders", "gte", 1.25, func(x float64, has bool) bool { return has && x >= 1.25 }},
			{"model_orders", "between", []float64{0.5, 0.75}, func(x float64, has bool) bool { return has && x >= 0.5 && x <= 0.75 }},
			{"model_clv", "gt", 5000, func(x float64, has bool) bool { return has && x > 5000 }},
			{"model_churn", "not_empty", nil, func(_ float64, has bool) bool { return has }},
		} {
			is := w.both(slow, condition(c.field, c.op, c.value))
			for id, v := range said {
				x, has := num(v[c.field])
				if want := c.holds(x, has); is(id) != want {
					t.Errorf("%s %s %v of %d (%v): want %v", c.field, c.op, c.value, id, v[c.field], want)
				} else if want {
					holding++
				}
			}
		}
		if holding < 1000 {
			t.Errorf("only %d hold", holding)
		}
		// The best tenth by predicted value: nobody outside is above anybody inside.
		top := w.both(slow, customer.Node{Relative: &rule.Relative{Field: "model_clv"}, Op: "top_percent", Value: json.RawMessage("10")})
		least, most, in := math.Inf(1), 0.0, 0
		for id, v := range said {
			x, has := num(v["model_clv"])
			switch {
			case top(id):
				in++
				least = min(least, x)
			case has:
				most = max(most, x)
			}
		}
		if in < 200 || least < most {
			t.Errorf("%d are the top tenth, from %v; others come to %v", in, least, most)
		}
		// A week on people have been silent for longer; the columns hear of it.
		before := said
		w.clock.Advance(30 * 24 * time.Hour)
		w.must(w.a.Forecast.Record(w.ctx))
		said = w.figures("model_clv")
		is, moved := ask("gt", 5000), 0
		for id, v := range said {
			x, has := num(v["model_clv"])
			if is(id) != (has && x > 5000) {
				t.Errorf("%d has %v and is not followed", id, x)
			}
			if y, _ := num(before[id]["model_clv"]); y != x {
				moved++
			}
		}
		if moved < 1000 {
			t.Errorf("%d have another value", moved)
		}
		// Refused: below nothing, and where it is hidden.
		clv := condition("model_clv", "gt", 5000)
		bad := condition("model_orders", "lt", -1)
		_, err = w.a.Customer.Find(w.ctx, customer.Who{Rule: &bad})
		w.refused(err, "rule.value rule.negative")
		veiled := &auth.Actor{StaffID: 1, Scope: auth.ScopeAll, Fields: auth.FieldAccess{customer.AccessSpend: auth.AccessHidden}}
		_, err = w.a.Customer.Find(auth.With(w.ctx, veiled), customer.Who{Rule: &clv})
		w.fails(err, "customer.field_hidden")
	})
}

func condition(field, op string, value any) customer.Node {
	n := customer.Node{Field: field, Op: op}
	if value != nil {
		n.Value, _ = json.Marshal(value)
	}
	return n
}

// both finds by SQL and by columns, which must agree.
func (w *firm) both(slow *customer.Service, n customer.Node) func(int64) bool {
	w.t.Helper()
	who := customer.Who{Rule: &n}
	sql, err := slow.Find(w.ctx, who)
	w.must(err)
	var fast customer.Found
	for range 20 {
		fast, err = w.a.Customer.Find(w.ctx, who)
		w.must(err)
		if fast.Engine == "columns" {
			break
		}
		w.must(w.a.Columns.Settle(w.ctx))
	}
	if fast.Engine != "columns" {
		w.t.Errorf("%v came from %s", n, fast.Engine)
	}
	return func(id int64) bool {
		if a, b := sql.Members.Has(id), fast.Members.Has(id); a != b {
			w.t.Errorf("%d of %s %s: SQL %v, columns %v", id, n.Field, n.Op, a, b)
		}
		return fast.Members.Has(id)
	}
}

// refused wants a field error, as "path code".
func (w *firm) refused(err error, want string) {
	w.t.Helper()
	if got := fields(err); len(got) != 1 || got[0] != want {
		w.t.Errorf("%v (%v), want %s", err, got, want)
	}
}
