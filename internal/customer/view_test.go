package customer_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhike/internal/customer"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestViews: own, shared and default views, who changes them, and two at once.
func TestViews(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 5)
		must(t, d.InTx(context.Background(), func(ctx context.Context) error {
			for _, q := range []string{
				`INSERT INTO roles (id, code, name, scope, permissions, builtin, created_at, updated_at) VALUES (50, 'x', 'x', 'all', '', FALSE, 0, 0)`,
				`INSERT INTO staff_roles (staff_id, role_id) VALUES (4, 50)`,
			} {
				if _, err := d.Q(ctx).ExecContext(ctx, q); err != nil {
					return err
				}
			}
			return nil
		}))
		save := func(who, method, path, body string) (v customer.View, status int) {
			w := s.call(t, who, method, path, body, nil)
			if w.Code < 300 {
				decode(t, w.Body.Bytes(), &v)
			}
			return v, w.Code
		}
		body := `"body":{"filter":{"field":"stage","op":"in","value":["prospect"]},"columns":["name","f.plan"],"sort":"-created","layout":"board","group_by":"stage"}`
		own, _ := save("viewer", "POST", "/views", `{"name":"我的",`+body+`}`)
		shared, _ := save("boss", "POST", "/views", `{"name":"大家","shared":true,`+body+`}`)
		role, _ := save("boss", "POST", "/views", `{"name":"默认","role_id":50,`+body+`}`)
		if own.ID == 0 || shared.ID == 0 || role.ID == 0 || !role.Shared || own.Body.GroupBy != "stage" || string(own.Body.Filter) == "" {
			t.Fatalf("%+v %+v %+v", own, shared, role)
		}
		var list struct{ Items []customer.View }
		s.call(t, "head", "GET", "/views", "", &list)
		if len(list.Items) != 2 || list.Items[0].ID != role.ID || !list.Items[0].Default || list.Items[1].Default || list.Items[0].Mine {
			t.Errorf("the head sees %+v", list.Items)
		}
		for _, c := range []struct {
			who, method, path, body string
			status                  int
			want                    string
		}{
			{"head", "GET", fmt.Sprintf("/views/%d", own.ID), "", 404, "list.view_not_found"},
			{"viewer", "PUT", fmt.Sprintf("/views/%d", shared.ID), `{"name":"x","version":1,"body":{}}`, 403, "forbidden"},
			{"viewer", "DELETE", fmt.Sprintf("/views/%d", shared.ID), "", 403, "forbidden"},
			{"boss", "POST", "/views", `{"name":"noch","role_id":50,"body":{}}`, 409, "list.role_taken"},
			{"boss", "POST", "/views", `{"name":"x","role_id":51,"body":{}}`, 422, "list.no_role at role_id"},
			{"viewer", "POST", "/views", `{"name":" ","body":{}}`, 422, "list.view_name at name"},
			{"viewer", "POST", "/views", `{"name":"x","body":{"sort":"remark"}}`, 422, "customer.unknown_sort at body.sort"},
			{"viewer", "POST", "/views", `{"name":"x","body":{"layout":"board","group_by":"name"}}`, 422, "list.cannot_group at body.group_by"},
			{"viewer", "POST", "/views", `{"name":"x","body":{"filter":{"field":"kind","op":"in","value":["dog"]}}}`, 422, "list.unknown_option at body.filter.value"},
			{"viewer", "PUT", fmt.Sprintf("/views/%d", own.ID), `{"name":"x","body":{}}`, 422, "list.version_missing at version"},
		} {
			if status, got := s.problem(t, c.who, c.method, c.path, c.body); status != c.status || !strings.Contains(got, c.want) {
				t.Errorf("%s %s %s: %d %s, want %d %s", c.who, c.method, c.body, status, got, c.status, c.want)
			}
		}
		if v, status := save("viewer", "PUT", fmt.Sprintf("/views/%d", own.ID), `{"name":"改了","version":1,"body":{}}`); status != 200 || v.Version != 2 || v.Name != "改了" {
			t.Errorf("%d %+v", status, v)
		}
		if status, got := s.problem(t, "viewer", "PUT", fmt.Sprintf("/views/%d", own.ID), `{"name":"又改","version":1,"body":{}}`); status != 409 || got != "list.view_changed" {
			t.Errorf("%d %s", status, got)
		}
		if w := s.call(t, "viewer", "DELETE", fmt.Sprintf("/views/%d", own.ID), "", nil); w.Code != 204 {
			t.Error(w.Code)
		}
	})
}

// TestBoard: each customer in exactly one column, further pages by cursor, and
// only those in scope.
func TestBoard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 60)
		for by, of := range map[string]func(p *listed) string{
			"stage":  func(p *listed) string { return p.stage },
			"level":  func(p *listed) string { return []string{"", "high", "mid"}[p.level] },
			"owner":  func(p *listed) string { return map[int64]string{0: "", 3: "3", 4: "4"}[p.c.OwnerID] },
			"f.plan": func(p *listed) string { return p.plan },
			"kind":   func(p *listed) string { return string(p.c.Kind) },
			"gender": func(p *listed) string { return string(p.c.Gender) },
		} {
			var b customer.Board
			if w := s.call(t, "boss", "GET", "/customers/board?limit=4&group_by="+by, "", &b); w.Code != 200 {
				t.Fatal(by, w.Code, w.Body)
			}
			seen := 0
			for _, col := range b.Columns {
				want := s.matching(func(p *listed) bool { return of(p) == col.Key })
				if col.Total == nil || *col.Total != int64(len(want)) || col.Label == "" {
					t.Errorf("%s %q: total %v, want %d, label %q", by, col.Key, col.Total, len(want), col.Label)
				}
				got := len(col.Items)
				for next := col.NextCursor; next != nil; {
					var page customer.BoardColumn
					w := s.call(t, "boss", "GET", fmt.Sprintf("/customers/board/column?limit=4&group_by=%s&key=%s&cursor=%s", by, col.Key, *next), "", &page)
					if w.Code != 200 {
						t.Fatal(w.Code, w.Body)
					}
					got, next = got+len(page.Items), page.NextCursor
				}
				if got != len(want) {
					t.Errorf("%s %q: %d cards, want %d", by, col.Key, got, len(want))
				}
				seen += got
			}
			if seen != 60 {
				t.Errorf("%s: %d cards of 60", by, seen)
			}
		}
		var b customer.Board
		s.call(t, "head", "GET", "/customers/board?group_by=stage&limit=100", "", &b)
		mine := s.matching(func(p *listed) bool { return p.c.OwnerID == 4 || p.c.DepartmentID == 10 || p.c.DepartmentID == 11 })
		if n := len(b.Columns[0].Items) + len(b.Columns[1].Items); n != len(mine) {
			t.Errorf("the head sees %d of %d", n, len(mine))
		}
	})
}

// TestExportJob: the file holds the rows in scope and the columns asked for, is
// sealed on disk, is fetched by its maker only, and goes after a day.
func TestExportJob(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 60)
		start := func(who, body string) (r customer.ExportRun) {
			w := s.call(t, who, "POST", "/customers/exports", body, nil)
			if w.Code != 202 {
				t.Fatal(w.Code, w.Body)
			}
			decode(t, w.Body.Bytes(), &r)
			return r
		}
		for _, status := range []string{"list.export_not_ready"} {
			r := start("head", `{}`)
			if code, got := s.problem(t, "head", "GET", fmt.Sprintf("/customers/exports/%d/file", r.ID), ""); code != 409 || got != status {
				t.Errorf("%d %s", code, got)
			}
			must(t, s.service.RunExport(context.Background(), r.ID))
		}
		r := start("head", `{"filter":{"field":"stage","op":"in","value":["prospect"]},"sort":"name","columns":["name","stage","phone","f.plan","f.score","tags","owner"]}`)
		must(t, s.service.RunExport(context.Background(), r.ID))
		if status, got := s.problem(t, "boss", "GET", fmt.Sprintf("/customers/exports/%d/file", r.ID), ""); status != 404 {
			t.Errorf("somebody else fetches it: %d %s", status, got)
		}
		w := s.call(t, "head", "GET", fmt.Sprintf("/customers/exports/%d/file", r.ID), "", nil)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
		must(t, err)
		mine := s.matching(func(p *listed) bool {
			return p.stage == "prospect" && (p.c.OwnerID == 4 || p.c.DepartmentID == 10 || p.c.DepartmentID == 11)
		})
		if w.Code != 200 || len(rows) != len(mine)+1 || strings.Join(rows[0], ",") != "名称,阶段,手机号,套餐,评分,标签,负责人" {
			t.Fatalf("%d: %d rows of %d, %v", w.Code, len(rows)-1, len(mine), rows[0])
		}
		phones := map[string]*listed{}
		for i := range s.people {
			phones[s.people[i].phone] = &s.people[i]
		}
		for _, row := range rows[1:] {
			p := phones[row[2]] // in clear: the head may reveal
			if p == nil || p.c.Name != row[0] || row[1] != "潜在客户" || (p.plan == "") != (row[3] == "") {
				t.Errorf("%v: %+v", row, p)
			}
		}
		files, err := filepath.Glob(filepath.Join(s.service.Files, "exports", "*"))
		must(t, err)
		for _, path := range files {
			b, err := os.ReadFile(path)
			must(t, err)
			if bytes.Contains(b, []byte("潜在客户")) {
				t.Error("the file is not sealed")
			}
		}
		if n := s.count(t, `SELECT COUNT(*) FROM audit_log WHERE action = 'customer.export_fetched'`); n != 1 || len(files) != 2 {
			t.Errorf("%d fetches recorded, %d files", n, len(files))
		}
		// The direct download takes the nested filter as well.
		direct := s.call(t, "head", "GET", "/customers/export?sort=id&filter="+url.QueryEscape(`{"field":"stage","op":"in","value":["prospect"]}`), "", nil)
		if n := strings.Count(direct.Body.String(), "\n") - 1; direct.Code != 200 || n != len(mine) {
			t.Errorf("direct: %d, %d rows of %d", direct.Code, n, len(mine))
		}
		s.clock.Advance(25 * time.Hour)
		if status, got := s.problem(t, "head", "GET", fmt.Sprintf("/customers/exports/%d/file", r.ID), ""); status != 404 || got != "list.export_gone" {
			t.Errorf("a day later: %d %s", status, got)
		}
		must(t, s.service.CleanLists(context.Background()))
		if files, _ = filepath.Glob(filepath.Join(s.service.Files, "exports", "*")); len(files) != 0 || s.count(t, `SELECT COUNT(*) FROM export_runs`) != 0 {
			t.Errorf("left behind: %v", files)
		}
	})
}

// TestPagesUnderInserts: whoever was there at the start comes exactly once,
// whatever is added while the list is read, gathered or walked.
func TestPagesUnderInserts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 60)
		n := node("source", "in", []int64{1, 2})
		for _, sort := range []string{"name", "-created", "-f.score", "f.plan"} {
			for _, walk := range []bool{false, true} {
				f := customer.Filter{Tree: &n}
				must(t, s.service.ForgetPlans(s.as("boss"), f, walk))
				q := customer.ListQuery{Filter: f, Sort: sort, Limit: 7}
				seen, there := map[int64]int{}, len(s.ids)
				for {
					p, err := s.service.Query(s.as("boss"), q)
					must(t, err)
					for _, it := range p.Items {
						seen[it.ID]++
					}
					if p.NextCursor == nil {
						break
					}
					q.Cursor = *p.NextCursor
					s.add(t, []person{{c: customer.Customer{Name: []string{"阿一", "周二", "李三"}[len(seen)%3], SourceID: 1}}})
				}
				for _, id := range s.ids[:there] {
					if seen[id] != 1 {
						t.Fatalf("%s, walk %v: customer %d came %d times", sort, walk, id, seen[id])
					}
				}
			}
		}
	})
}
