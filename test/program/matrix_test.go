package program

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"context"

	"zhike/internal/platform/db"
)

const (
	foreignName  = "欧阳绝密"
	foreignPhone = "13987654321"
)

// requests are how each route under /customers/{id} is asked for a customer of
// another department: a body that would be carried out if the customer were
// one's own. A route that is not here fails the test.
var requests = map[string]any{
	"POST /reveal":                                map[string]any{"contact_id": 1},
	"PATCH /record":                               map[string]any{"remark": "x"},
	"POST /contacts":                              map[string]any{"kind": "phone", "value": "13800000000"},
	"PATCH /contacts/{contact_id}":                map[string]any{"label": "x"},
	"POST /contacts/{contact_id}/verify":          map[string]any{"validity": "valid"},
	"POST /relations":                             map[string]any{"kind": "household", "other_id": 2},
	"PATCH /relations/{relation_id}":              map[string]any{"note": "x"},
	"PUT /team/{staff_id}":                        map[string]any{"role": "service"},
	"POST /hand-over":                             map[string]any{"owner_id": 2},
	"POST /release":                               map[string]any{"reason": "x"},
	"POST /changes/{change_id}/reveal":            nil,
	"PATCH /fields":                               map[string]any{"values": map[string]any{}},
	"PUT /tags":                                   map[string]any{"tag_ids": []int{}},
	"POST /notes":                                 map[string]any{"kind": "note", "at": 1_700_000_000_000, "text": "x"},
	"PUT /tags/{tag_id}":                          nil,
	"POST /lifecycle/decisions":                   map[string]any{"stage": "mature", "reason": "x"},
	"POST /lifecycle/tasks":                       map[string]any{"tool": "need_survey"},
	"PUT /lifecycle/tasks/{task_id}/items/{item}": map[string]any{"result": "daily"},
	"POST /lifecycle/tasks/{task_id}/close":       map[string]any{"outcome": "done"},
	"POST /claim":                                 nil,
	"POST /invoice/reveal":                        nil,
	"PUT /hand-only":                              map[string]any{"on": true, "reason": "x"},
}

// withIfMatch are sent with a version, so that it is the scope that refuses.
func withIfMatch(r *http.Request) { r.Header.Set("If-Match", `"v1"`) }

// Every role, asked by somebody of another department, for a customer that is
// none of theirs: no answer tells of it, nothing is written.
func TestNobodyReachesOtherDepartments(t *testing.T) {
	onBoth(t, func(t *testing.T, in *install) {
		doc := in.must(nil, "openapi")
		s := in.serve()
		defer s.stop()
		admin := s.signIn(s.login, s.secret)
		admin.must("POST", "/session/password", map[string]string{"current": s.secret, "new": password}, nil)
		var dep struct {
			ID int64 `json:"id"`
		}
		admin.must("POST", "/departments", map[string]any{"name": "二部", "parent_id": nil}, &dep)
		var roles struct {
			Items []struct {
				ID    int64  `json:"id"`
				Code  string `json:"code"`
				Scope string `json:"scope"`
			} `json:"items"`
		}
		admin.must("GET", "/roles", nil, &roles)
		var mine struct {
			ID int64 `json:"id"`
		}
		admin.must("POST", "/customers", map[string]any{"name": foreignName, "contacts": []any{map[string]any{"kind": "phone", "value": foreignPhone}}}, &mine)

		var all struct {
			ID int64 `json:"id"`
		}
		admin.must("POST", "/audiences", map[string]any{"name": "全部", "kind": "dynamic", "followed": false, "rule": map[string]any{"field": "stage", "op": "in", "value": []string{"customer", "prospect"}}}, &all)
		audience := fmt.Sprintf("/audiences/%d", all.ID)

		type who struct {
			*person
			role, scope string
		}
		var people []who
		for _, r := range roles.Items {
			if r.Code == "admin" {
				continue
			}
			var made struct {
				Password string `json:"password"`
			}
			login := "m_" + r.Code
			admin.must("POST", "/staff", map[string]any{"login": login, "name": login, "department_id": dep.ID, "role_ids": []int64{r.ID}}, &made)
			p := s.signIn(login, made.Password)
			p.must("POST", "/session/password", map[string]string{"current": made.Password, "new": password}, nil)
			people = append(people, who{p, r.Code, r.Scope})
		}
		if len(people) < 6 {
			t.Fatalf("only %d roles", len(people))
		}

		before := contents(t, in)
		own, bodies := 0, customerRoutes(t, doc)
		for _, p := range people {
			if p.scope == "all" {
				continue
			}
			for _, r := range bodies {
				path := strings.NewReplacer("{id}", fmt.Sprint(mine.ID), "{contact_id}", "1", "{relation_id}", "1", "{staff_id}", "1",
					"{change_id}", "1", "{tag_id}", "1", "{source_id}", "1", "{task_id}", "1", "{item}", "usage").Replace(r.path)
				status, answer := p.doWith(withIfMatch, r.method, path, r.body, nil)
				if status != 403 && status != 404 {
					t.Errorf("%s: %s %s answered %d %.300s", p.role, r.method, r.path, status, answer)
				}
				tells(t, p.role+" "+r.method+" "+r.path, answer)
				own++
			}
		}
		if own < 40 {
			t.Errorf("only %d requests: the walk is wrong", own)
		}
		// What lists, finds or exports: without the customer for narrow scopes, and
		// without a clear phone for everybody.
		for _, p := range people {
			for _, path := range []string{
				"/customers?limit=200", "/customers?q=" + foreignName, "/customers?q=" + foreignPhone, "/customers/export", "/search?q=" + foreignName,
				"/search?q=ouyang", "/search?q=4321", "/search?q=" + foreignPhone, "/feed?cursor=0", "/duplicates", "/merges", "/overview", "/audit",
				"/quality/rules/no_region/customers", "/imports", "/notes/next-steps", "/customers/board?group_by=stage",
				"/audiences", audience + "/members", audience + "/profile", fmt.Sprintf("%s/customers/%d", audience, mine.ID),
			} {
				status, answer := p.do("GET", path, nil, nil)
				// Whoever may reveal and export has phones in the file; the export is audited.
				if bytes.Contains(answer, []byte(foreignPhone)) && !(path == "/customers/export" && p.role == "operations") {
					t.Errorf("%s: GET %s shows a phone in clear", p.role, path)
				}
				if p.scope != "all" && status == 200 {
					tells(t, p.role+" GET "+path, answer)
				}
			}
		}
		if d := differing(before, contents(t, in)); len(d) > 0 {
			t.Errorf("refused calls changed %s", strings.Join(d, ", "))
		}
	})
}

func tells(t *testing.T, what string, answer []byte) {
	t.Helper()
	answer = requestID.ReplaceAll(answer, nil)
	for _, secret := range []string{foreignName, foreignPhone, "4321"} {
		if bytes.Contains(answer, []byte(secret)) {
			t.Errorf("%s tells of the customer: %.300s", what, answer)
			return
		}
	}
}

// requestID is random, so that it has the digits of a secret once in a while.
var requestID = regexp.MustCompile(`"request_id":"[^"]*"`)

type customerRoute struct {
	method, path string
	body         any
}

// customerRoutes are all routes about one customer, with a body for each write.
func customerRoutes(t *testing.T, doc string) []customerRoute {
	t.Helper()
	var d struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal([]byte(doc), &d); err != nil {
		t.Fatal(err)
	}
	var out []customerRoute
	for path, ops := range d.Paths {
		rest, ok := strings.CutPrefix(path, "/customers/{id}")
		if !ok {
			continue
		}
		for method := range ops {
			method = strings.ToUpper(method)
			r := customerRoute{method: method, path: path}
			if method != "GET" && method != "DELETE" {
				body, known := requests[method+" "+rest]
				if !known {
					t.Errorf("%s %s is not in the matrix: add a body to requests", method, path)
					continue
				}
				r.body = body
			}
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b customerRoute) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return out
}

// contents digests every table that a refused call must not touch.
func contents(t *testing.T, in *install) map[string]string {
	t.Helper()
	url := ""
	for _, kv := range in.env {
		if v, ok := strings.CutPrefix(kv, "ZHIKE_DB="); ok {
			url = v
		}
	}
	if url != "" {
		return digestPostgres(t, url)
	}
	path := filepath.Join(t.TempDir(), db.FileName)
	in.must(nil, "backup", path)
	d, err := db.Open(context.Background(), db.Config{Dir: filepath.Dir(path)})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	return digest(t, d, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
}

func digestPostgres(t *testing.T, url string) map[string]string {
	t.Helper()
	d, err := db.Open(context.Background(), db.Config{URL: url, MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	return digest(t, d, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name")
}

// restless tables change while nobody asks for anything.
var restless = []string{"sessions", "river_", "job_", "settings", "events", "event_receipts", "customer_quality", "quality_", "insight_", "id_sequences", "idempotency_keys", "audience_head",
	"lifecycle_head", "lifecycle_configs", "lifecycle_states", "lifecycle_history", "lifecycle_days", "lifecycle_held", "lifecycle_reckoned",
	"affinity_", "customer_forecasts", "forecast_", "customer_place_", "column_"}

func digest(t *testing.T, d *db.DB, tables string) map[string]string {
	t.Helper()
	ctx := context.Background()
	names := column(t, d, tables)
	out := map[string]string{}
	for _, name := range names {
		if slices.ContainsFunc(restless, func(p string) bool { return strings.HasPrefix(name, p) }) {
			continue
		}
		rows, err := d.Q(ctx).QueryContext(ctx, fmt.Sprintf("SELECT * FROM %q", name))
		if err != nil {
			t.Fatal(err)
		}
		cols, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for rows.Next() {
			vals, into := make([]any, len(cols)), make([]any, len(cols))
			for i := range vals {
				into[i] = &vals[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, fmt.Sprint(vals...))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		_ = rows.Close()
		slices.Sort(lines)
		out[name] = strings.Join(lines, "\n")
	}
	if len(out) < 20 {
		t.Fatalf("only %d tables", len(out))
	}
	return out
}

func column(t *testing.T, d *db.DB, query string) []string {
	t.Helper()
	rows, err := d.Q(context.Background()).QueryContext(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

func differing(a, b map[string]string) []string {
	var out []string
	for name, was := range a {
		// The audit log may gain refusals; it must not say that something was done.
		if b[name] != was && name != "audit_log" && name != "audit_head" && name != "staff" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
