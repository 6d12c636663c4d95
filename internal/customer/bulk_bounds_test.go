package customer_test

import (
	"context"
	"fmt"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestBulkWithinBounds: a bulk edit cannot bring a number outside of the bounds of
// its field, its undo does not bring one back, and conditions name any number.
func TestBulkWithinBounds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 40)
		few := s.matching(func(p *listed) bool { return p.score == 0 })
		many := s.matching(func(p *listed) bool { return p.score == 150 })
		if len(few) == 0 || len(many) == 0 {
			t.Fatal("the crowd has no such scores")
		}
		sel := fmt.Sprintf(`"selection":{"ids":[%d,%d]}`, few[0], many[0])
		p := s.preview(t, "boss", `{`+sel+`,"actions":{"set":{"f.score":"1"}}}`)
		if r := s.run(t, "boss", p.ID); r.Changed != 2 {
			t.Fatalf("%+v", r)
		}
		least, greatest := 0.5, 2.5
		_, err := s.fields.Update(auth.With(context.Background(), s.who["boss"]), s.defs["score"].ID, field.Patch{Bounds: &field.Bounds{Least: &least, Greatest: &greatest}})
		must(t, err)
		for value, want := range map[string]int{`"0.5"`: 200, `2.5`: 200, `2.51`: 422, `0`: 422, `null`: 200} {
			w := s.call(t, "boss", "POST", "/bulk/preview", `{`+sel+`,"actions":{"set":{"f.score":`+value+`}}}`, nil)
			if w.Code != want {
				t.Errorf("%s: %d %s", value, w.Code, w.Body)
			}
		}
		for _, filter := range []string{`{"field":"f.score","op":"gt","value":100}`, `{"field":"f.score","op":"lt","value":-3}`} {
			if w := s.call(t, "boss", "POST", "/customers/query", `{"filter":`+filter+`}`, nil); w.Code != 200 {
				t.Errorf("%s: %d %s", filter, w.Code, w.Body)
			}
		}
		if w := s.call(t, "boss", "POST", fmt.Sprintf("/bulk/%d/undo", p.ID), "", nil); w.Code != 202 {
			t.Fatal(w.Code, w.Body)
		}
		must(t, s.service.RunUndo(context.Background(), p.ID))
		var r customer.BulkRun
		s.call(t, "boss", "GET", fmt.Sprintf("/bulk/%d", p.ID), "", &r)
		if len(r.Conflicted) != 1 || r.Conflicted[0].Reason != "field.out_of_bounds_now" || r.Conflicted[0].Count != 1 || r.Conflicted[0].Text == "" {
			t.Errorf("conflicts: %+v", r.Conflicted)
		}
		for id, want := range map[int64]int64{few[0]: 100, many[0]: 150} {
			if n := s.count(t, `SELECT num FROM customer_values WHERE customer_id = $1 AND field_id = $2`, id, s.defs["score"].ID); n != want {
				t.Errorf("%d has %d, want %d", id, n, want)
			}
		}
	})
}
