package customer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// dump is everything that a bulk edit may write, as text.
func (s *listSite) dump(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	for _, q := range []string{
		`SELECT id, stage || '|' || industry || '|' || region_code || '|' || province || '|' || city || '|' || COALESCE(CAST(owner_id AS TEXT), '-') || '|' || COALESCE(CAST(department_id AS TEXT), '-') FROM customers ORDER BY id`,
		`SELECT customer_id, CAST(field_id AS TEXT) || '|' || CAST(item AS TEXT) || '|' || COALESCE(CAST(num AS TEXT), '') || '|' || COALESCE(text, '') FROM customer_values ORDER BY customer_id, field_id, item`,
		`SELECT customer_id, CAST(tag_id AS TEXT) FROM customer_tags ORDER BY customer_id, tag_id`,
	} {
		rows, err := s.db.Q(context.Background()).QueryContext(context.Background(), q)
		must(t, err)
		for rows.Next() {
			var id int64
			var text string
			must(t, rows.Scan(&id, &text))
			fmt.Fprintln(&b, id, text)
		}
		must(t, rows.Close())
	}
	return b.String()
}

func (s *listSite) count(t testing.TB, q string, args ...any) (n int64) {
	t.Helper()
	must(t, s.db.Q(context.Background()).QueryRowContext(context.Background(), q, args...).Scan(&n))
	return n
}

func (s *listSite) preview(t testing.TB, who, body string) (p customer.BulkPreview) {
	t.Helper()
	w := s.call(t, who, "POST", "/bulk/preview", body, &p)
	if w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	return p
}

// run starts a bulk edit and does its job.
func (s *listSite) run(t testing.TB, who string, id int64) customer.BulkRun {
	t.Helper()
	var r customer.BulkRun
	w := s.call(t, who, "POST", "/bulk", fmt.Sprintf(`{"preview_id":%d}`, id), nil)
	if w.Code != 202 {
		t.Fatal(w.Code, w.Body)
	}
	must(t, s.service.RunBulk(context.Background(), id))
	s.call(t, who, "GET", fmt.Sprintf("/bulk/%d", id), "", &r)
	return r
}

const everything = `"actions":{"set":{"stage":"prospect","industry":"零售","owner":3,"f.score":"2.5","f.likes":["tea","golf"],"region":"330108"},"add_tags":[%d],"remove_tags":[%d]}`

// TestBulk: a bulk edit does exactly what its preview counted, in one history,
// and its undo restores everything but what was changed since.
func TestBulk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 60)
		before := s.dump(t)
		actions := fmt.Sprintf(everything, s.tagIDs[0], s.tagIDs[1])
		p := s.preview(t, "boss", `{"selection":{"filter":{"field":"province","op":"eq","value":"浙江省"}},`+actions+`}`)
		want := len(s.matching(func(p *listed) bool { return p.c.Province == "浙江省" }))
		if p.Total != int64(want) || p.Changed+p.Unchanged != p.Total || len(p.Refused) != 0 || len(p.Examples) != 10 || len(p.Examples[0].Changes) < 3 {
			t.Fatalf("preview: %d %d %d %+v, %d selected", p.Total, p.Changed, p.Unchanged, p.Refused, want)
		}
		if got := s.dump(t); got != before {
			t.Fatal("a preview wrote something")
		}
		// Whoever comes after the preview does not belong to it.
		s.add(t, []person{{c: customer.Customer{Name: "后来", Province: "浙江省", SourceID: 1}}})
		r := s.run(t, "boss", p.ID)
		if r.Status != "finished" || r.Changed != p.Changed || r.Unchanged != p.Unchanged || r.Done != p.Total || !r.CanUndo {
			t.Fatalf("run: %+v", r)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM customers WHERE industry = '零售' AND stage = 'prospect' AND owner_id = 3 AND region_code = '330108'`); n != int64(want) {
			t.Errorf("%d of %d have the new fields", n, want)
		}
		if n := s.count(t, `SELECT COUNT(DISTINCT customer_id) FROM customer_changes WHERE origin = 'bulk'`); n != p.Changed {
			t.Errorf("the history tells of %d, %d were changed", n, p.Changed)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM customers c WHERE c.version <> 1 + (SELECT COUNT(DISTINCT h.change_set) FROM customer_changes h WHERE h.customer_id = c.id)`); n != 0 {
			t.Errorf("%d versions do not count the writes", n)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM audit_log WHERE action IN ('customer.bulk', 'customer.bulk_ended')`); n != 2 {
			t.Errorf("%d audit entries", n)
		}
		// Somebody changes one field of one of them.
		one := s.matching(func(p *listed) bool { return p.c.Province == "浙江省" && p.stage == "customer" })[0]
		must(t, s.change(one, `{"industry":"金融"}`))
		if w := s.call(t, "boss", "POST", fmt.Sprintf("/bulk/%d/undo", p.ID), "", nil); w.Code != 202 {
			t.Fatal(w.Code, w.Body)
		}
		must(t, s.service.RunUndo(context.Background(), p.ID))
		s.call(t, "boss", "GET", fmt.Sprintf("/bulk/%d", p.ID), "", &r)
		if r.UndoStatus != "finished" || r.Undone != p.Changed || len(r.Conflicts) != 1 || r.Conflicts[0].CustomerID != one || r.Conflicts[0].Field != "industry" {
			t.Fatalf("undo: %+v", r)
		}
		after := strings.Split(strings.Replace(s.dump(t), "金融", "", 1), "\n")
		after = slices.DeleteFunc(after, func(line string) bool { return strings.HasPrefix(line, fmt.Sprint(s.ids[len(s.ids)-1], " ")) })
		if diff := gocmp.Diff(strings.Split(before, "\n"), after); diff != "" {
			t.Errorf("after the undo (-before +after):\n%s", diff)
		}
		if status, got := s.problem(t, "boss", "POST", fmt.Sprintf("/bulk/%d/undo", p.ID), ""); status != 409 || got != "list.cannot_undo" {
			t.Errorf("undone twice: %d %s", status, got)
		}
	})
}

func (s *listSite) change(id int64, patch string) error {
	var p customer.Patch
	if err := json.Unmarshal([]byte(patch), &p); err != nil {
		return err
	}
	_, err := s.service.Change(s.as("boss"), customer.Edit{ID: id, Patch: p}, customer.WriteOptions{})
	return err
}

// TestBulkKilled: a job that dies between or inside parts goes on where it
// stood; nobody is written twice.
func TestBulkKilled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 2)
		var many []person
		for i := range 2500 {
			many = append(many, person{c: customer.Customer{Name: fmt.Sprint("批量", i), SourceID: 1}})
		}
		s.add(t, many)
		p := s.preview(t, "boss", `{"selection":{"all":true},"actions":{"set":{"industry":"物流"},"add_tags":[`+fmt.Sprint(s.tagIDs[0])+`]}}`)
		if w := s.call(t, "boss", "POST", "/bulk", fmt.Sprintf(`{"preview_id":%d}`, p.ID), nil); w.Code != 202 {
			t.Fatal(w.Code, w.Body)
		}
		// The process dies when the second part is about to commit.
		for _, left := range []int{1, 0, 5} {
			ctx, cancel := context.WithCancel(context.Background())
			s.service.BeforeStep(func() {
				if left--; left < 0 {
					cancel()
				}
			})
			err := s.service.RunBulk(ctx, p.ID)
			cancel()
			if (err == nil) != (left >= 0) {
				t.Fatalf("left %d: %v", left, err)
			}
		}
		s.service.BeforeStep(nil)
		var r customer.BulkRun
		s.call(t, "boss", "GET", fmt.Sprintf("/bulk/%d", p.ID), "", &r)
		if r.Status != "finished" || r.Changed != 2502 || r.Done != 2502 {
			t.Fatalf("%+v", r)
		}
		if n := s.count(t, `SELECT COUNT(*) FROM customers WHERE version = 2 AND industry = '物流'`); n != 2502 {
			t.Errorf("%d were written once", n)
		}
		// Cancelled after its first part, the rest stays as it is and the part can be undone.
		p = s.preview(t, "boss", `{"selection":{"all":true},"actions":{"set":{"industry":"餐饮"}}}`)
		s.call(t, "boss", "POST", "/bulk", fmt.Sprintf(`{"preview_id":%d}`, p.ID), nil)
		steps := 0
		s.service.BetweenParts(func() {
			if steps++; steps == 1 {
				s.call(t, "boss", "POST", fmt.Sprintf("/bulk/%d/cancel", p.ID), "", nil)
			}
		})
		must(t, s.service.RunBulk(context.Background(), p.ID))
		s.service.BetweenParts(nil)
		s.call(t, "boss", "GET", fmt.Sprintf("/bulk/%d", p.ID), "", &r)
		if r.Status != "cancelled" || r.Changed != 1000 || !r.CanUndo {
			t.Fatalf("%+v", r)
		}
		s.call(t, "boss", "POST", fmt.Sprintf("/bulk/%d/undo", p.ID), "", nil)
		must(t, s.service.RunUndo(context.Background(), p.ID))
		if n := s.count(t, `SELECT COUNT(*) FROM customers WHERE industry = '物流'`); n != 2502 {
			t.Errorf("%d are as they were", n)
		}
	})
}

// TestBulkScope: nobody writes beyond the scope and the permissions that he or
// she has when it is done, and a refusal leaves the database as it was.
func TestBulkScope(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 60)
		mine := s.matching(func(p *listed) bool { return p.c.OwnerID == 4 || p.c.DepartmentID == 10 || p.c.DepartmentID == 11 })
		before := s.dump(t)
		for _, c := range []struct{ who, method, path, body, want string }{
			{"viewer", "POST", "/bulk/preview", `{"selection":{"all":true},"actions":{"set":{"industry":"x"}}}`, "forbidden"},
			{"viewer", "GET", "/bulk", "", "forbidden"},
			{"viewer", "POST", "/customers/exports", `{}`, "forbidden"},
			{"nobody", "POST", "/customers/query", `{}`, "forbidden"},
			{"nobody", "GET", "/customers/board?group_by=stage", "", "forbidden"},
			{"nobody", "GET", "/customers/fields", "", "forbidden"},
			{"nobody", "GET", "/views", "", "forbidden"},
			{"viewer", "POST", "/views", `{"name":"a","shared":true,"body":{}}`, "forbidden"},
			{"boss", "POST", "/bulk/preview", `{"selection":{},"actions":{"set":{"industry":"x"}}}`, "list.nobody_selected"},
			{"boss", "POST", "/bulk/preview", `{"selection":{"all":true},"actions":{"set":{"name":"x"}}}`, "list.cannot_set"},
			{"boss", "POST", "/bulk/preview", `{"selection":{"all":true},"actions":{"set":{"f.score":"many"}}}`, "field.bad_number"},
			{"boss", "POST", "/bulk/preview", `{"selection":{"all":true},"actions":{"set":{"owner":77}}}`, "customer.no_staff"},
			{"boss", "POST", "/bulk", `{"preview_id":99}`, "list.bulk_not_found"},
		} {
			if status, got := s.problem(t, c.who, c.method, c.path, c.body); status < 400 || !strings.Contains(got, c.want) {
				t.Errorf("%s %s %s: %d %s, want %s", c.who, c.path, c.body, status, got, c.want)
			}
		}
		// By name, customers of others are refused one by one.
		ids, err := json.Marshal(s.ids)
		must(t, err)
		p := s.preview(t, "head", `{"selection":{"ids":`+string(ids)+`},"actions":{"set":{"industry":"零售"}}}`)
		refused := int64(0)
		for _, r := range p.Refused {
			refused += r.Count
		}
		if p.Changed != int64(len(mine)) || p.Total != 60 || refused != 60-p.Changed {
			t.Fatalf("%d %d %+v, %d are the head's", p.Total, p.Changed, p.Refused, len(mine))
		}
		// Somebody else's preview cannot be started, and another's run is not shown.
		if status, got := s.problem(t, "boss", "POST", "/bulk", fmt.Sprintf(`{"preview_id":%d}`, p.ID)); status != 404 {
			t.Errorf("%d %s", status, got)
		}
		if after := s.dump(t); after != before {
			t.Fatal("a refusal wrote something")
		}
		// The scope is the one at the time of the work.
		w := s.call(t, "head", "POST", "/bulk", fmt.Sprintf(`{"preview_id":%d}`, p.ID), nil)
		if w.Code != 202 {
			t.Fatal(w.Code, w.Body)
		}
		narrow := *s.who["head"]
		narrow.Scope, narrow.DepartmentIDs = auth.ScopeOwn, nil
		s.who["head"] = &narrow
		must(t, s.service.RunBulk(context.Background(), p.ID))
		own := s.matching(func(p *listed) bool { return p.c.OwnerID == 4 })
		if n := s.count(t, `SELECT COUNT(*) FROM customers WHERE industry = '零售'`); n != int64(len(own)) {
			t.Errorf("%d written, %d are the head's own", n, len(own))
		}
		// Without the permission nothing at all.
		p = s.preview(t, "boss", `{"selection":{"all":true},"actions":{"set":{"industry":"无"}}}`)
		s.call(t, "boss", "POST", "/bulk", fmt.Sprintf(`{"preview_id":%d}`, p.ID), nil)
		weak := *s.who["boss"]
		weak.Permissions = perms(customer.PermView)
		boss := s.who["boss"]
		s.who["boss"] = &weak
		if err := s.service.RunBulk(context.Background(), p.ID); err == nil {
			t.Error("a bulk edit went on without the permission")
		}
		s.who["boss"] = boss
		var r customer.BulkRun
		s.call(t, "boss", "GET", fmt.Sprintf("/bulk/%d", p.ID), "", &r)
		if n := s.count(t, `SELECT COUNT(*) FROM customers WHERE industry = '无'`); n != 0 || r.Status != "failed" || r.ErrorCode != "forbidden" {
			t.Errorf("%d written: %+v", n, r)
		}
	})
}
