package customer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"zhike/internal/customer"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestRegistered: the day of registration is written, read, emptied and told in
// the history; a day to come or before 1970 is refused.
func TestRegistered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		r := f.record(t, "ops", "POST", "/customers", "", `{"name":"王小明","registered_at":"2020-05-01"}`)
		path := fmt.Sprintf("/customers/%d/record", r.ID)
		if r.RegisteredAt != "2020-05-01" || f.count(t, `SELECT registered_at FROM customers WHERE id = $1`, r.ID) != 18383 {
			t.Fatalf("%+v", r)
		}
		for _, bad := range []string{"2024-10-05", "1969-12-31", "2023-02-29", "yesterday"} {
			f.refuse(t, "ops", "PATCH", path, `"v1"`, `{"registered_at":"`+bad+`"}`, 422, "customer.bad_registered", "registered_at")
		}
		f.record(t, "ops", "PATCH", path, `"v1"`, `{"registered_at":"2024-10-04"}`)
		if r = f.record(t, "ops", "PATCH", path, `"v2"`, `{"registered_at":""}`); r.RegisteredAt != "" || r.Version != 3 {
			t.Errorf("%+v", r)
		}
		if n := f.count(t, `SELECT COUNT(*) FROM customers WHERE registered_at IS NULL`); n != 1 {
			t.Error("an emptied day is kept")
		}
		var told []string
		for _, c := range f.changes(t, "ops", r.ID, "&field=registered_at") {
			told = append(told, c.Before+">"+c.After)
		}
		if diff := gocmp.Diff([]string{"2024-10-04>", "2020-05-01>2024-10-04"}, told); diff != "" {
			t.Error(diff)
		}
	})
}

// TestRegisteredInLists: conditions on the day of registration mean the same in
// the database and in memory. Today is 2024-10-04.
func TestRegisteredInLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := withColumns(t, listSetup(t, d, 12), 64<<20)
		must(t, d.InTx(t.Context(), func(ctx context.Context) error {
			for id, day := range map[int64]int64{1: 20_000, 2: 19_999, 3: 19_970, 4: 18_383, 5: 18_542, 6: 16_130} { // 5: 2020-10-07, 6: 2014-03-01
				if _, err := d.Q(ctx).ExecContext(ctx, `UPDATE customers SET registered_at = $1 WHERE id = $2`, day, id); err != nil {
					return err
				}
			}
			return nil
		}))
		for _, c := range []struct {
			op, value string
			want      []int64
		}{
			{"empty", "", []int64{7, 8, 9, 10, 11, 12}}, {"not_empty", "", []int64{1, 2, 3, 4, 5, 6}},
			{"eq", `"2020-05-01"`, []int64{4}}, {"gte", `"2024-10-03"`, []int64{1, 2}}, {"lte", `"2020-05-01"`, []int64{4, 6}},
			{"between", `["2020-05-01","2020-12-31"]`, []int64{4, 5}}, {"last_days", `30`, []int64{1, 2}}, {"before_days", `365`, []int64{4, 5, 6}},
			{"anniversary_days", `7`, []int64{5}},
		} {
			n := &customer.Node{Field: "registered_at", Op: c.op, Value: json.RawMessage(c.value)}
			if c.value == "" {
				n.Value = nil
			}
			q := customer.ListQuery{Filter: customer.Filter{Tree: n}, Sort: "id", Limit: 20, Columns: []string{"registered_at"}}
			if _, answered := s.fromMemory(t, "boss", q); !answered {
				t.Errorf("%s: not in memory", c.op)
			}
			for name, of := range map[string]*customer.Service{"sql": s.service, "columns": s.mem} {
				p, err := of.Query(s.as("boss"), q)
				must(t, err)
				var got []int64
				for _, it := range p.Items {
					got = append(got, it.ID)
					if it.ID == 4 && it.Values["registered_at"] != "2020-05-01" {
						t.Errorf("shown as %v", it.Values["registered_at"])
					}
				}
				if diff := gocmp.Diff(c.want, got); diff != "" {
					t.Errorf("%s in %s: %s", c.op, name, diff)
				}
			}
		}
	})
}
