package customer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/web"
)

// The cast of the record tests. Departments: 10 with 11 below it, and 20.
func init() {
	all := []auth.Permission{
		customer.PermView, customer.PermReveal, customer.PermExport, customer.PermCreate, customer.PermEdit, customer.PermDelete,
		customer.PermAssign, customer.PermPool, customer.PermFeed,
	}
	front := []auth.Permission{customer.PermView, customer.PermReveal, customer.PermCreate, customer.PermEdit, customer.PermPool}
	add := func(name string, id int64, scope auth.Scope, department int64, below []int64, p ...auth.Permission) {
		actors[name] = &auth.Actor{StaffID: id, Name: name, Login: name, Scope: scope, DepartmentID: department, DepartmentIDs: below, Permissions: perms(p...)}
	}
	add("ops", 31, auth.ScopeAll, 10, []int64{10, 11}, all...)
	add("ann", 32, auth.ScopeOwn, 11, []int64{11}, front...)
	add("bob", 33, auth.ScopeOwn, 11, []int64{11}, front...)
	add("lead", 34, auth.ScopeDepartment, 10, []int64{10, 11}, front...)
	add("far", 35, auth.ScopeDepartment, 20, []int64{20}, all...)
}

func setupRecord(t testing.TB, d *db.DB) *fixture {
	t.Helper()
	f := setup(t, d, nil)
	must(t, d.InTx(context.Background(), func(ctx context.Context) error {
		q := []string{`INSERT INTO id_sequences (name, next) VALUES ('source', 10)`, `INSERT INTO departments (id, name, path, created_at, updated_at) VALUES (11, 'b', '/10/11/', 0, 0), (20, 'c', '/20/', 0, 0)`}
		for name, id := range map[string]int64{"ops": 31, "ann": 32, "bob": 33, "lead": 34, "far": 35} {
			q = append(q, fmt.Sprintf(`INSERT INTO staff (id, login, name, department_id, password_hash, must_change, disabled, auth_version, created_at, updated_at)
 VALUES (%d, '%s', '%s', %d, '', FALSE, FALSE, 1, 0, 0)`, id, name, name, actors[name].DepartmentID))
		}
		q = append(q, `INSERT INTO staff (id, login, name, department_id, password_hash, must_change, disabled, auth_version, created_at, updated_at)
 VALUES (39, 'gone', 'gone', 10, '', FALSE, TRUE, 1, 0, 0)`)
		for _, text := range q {
			if _, err := d.Q(ctx).ExecContext(ctx, text); err != nil {
				return err
			}
		}
		return nil
	}))
	return f
}

// send makes a request with an optional If-Match.
func (f *fixture) send(actor, method, target, etag, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, web.Prefix+target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if etag != "" {
		r.Header.Set("If-Match", etag)
	}
	r.Header.Set("X-Test-Actor", actor)
	r.Header.Set("Accept-Language", "zh-CN")
	w := httptest.NewRecorder()
	f.api.ServeHTTP(w, r)
	return w
}

// record sends a request that must answer a record.
func (f *fixture) record(t testing.TB, actor, method, target, etag, body string) customer.Record {
	t.Helper()
	w := f.send(actor, method, target, etag, body)
	if w.Code != http.StatusOK && w.Code != http.StatusCreated {
		t.Fatalf("%s %s %s: %d %s", method, target, body, w.Code, w.Body)
	}
	var r customer.Record
	must(t, json.Unmarshal(w.Body.Bytes(), &r))
	if got := w.Header().Get("ETag"); got != web.ETag(r.Version) {
		t.Fatalf("%s %s: ETag %s for version %d", method, target, got, r.Version)
	}
	return r
}

// refuse sends a request that must fail with a code; field, if any, is the
// path that must be named.
func (f *fixture) refuse(t testing.TB, actor, method, target, etag, body string, status int, code, field string) web.Problem {
	t.Helper()
	w := f.send(actor, method, target, etag, body)
	var p web.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil && w.Body.Len() > 0 {
		t.Fatalf("%s %s: %d %s", method, target, w.Code, w.Body)
	}
	got := p.Code
	if field != "" {
		i := slices.IndexFunc(p.Errors, func(e web.ProblemField) bool { return e.Path == field })
		if i < 0 {
			t.Fatalf("%s %s %s: %d %s, want field %s", method, target, body, w.Code, w.Body, field)
		}
		got = p.Errors[i].Code
		if strings.HasPrefix(p.Errors[i].Message, "errors.") {
			t.Errorf("no text for %s", got)
		}
	}
	if w.Code != status || got != code {
		t.Fatalf("%s %s %s: %d %s, want %d %s", method, target, body, w.Code, w.Body, status, code)
	}
	if strings.HasPrefix(p.Detail, "errors.") {
		t.Errorf("no text for %s", p.Code)
	}
	return p
}

var watched = []string{
	"customers", "contacts", "customer_keys", "customer_terms", "customer_relations", "customer_team", "customer_changes",
	"customer_feed", "feed_head", "audit_log", "events", "settings", "sources", "id_sequences",
}

// dump is everything that the database holds about customers, as text.
func (f *fixture) dump(t testing.TB, tables ...string) string {
	t.Helper()
	var b strings.Builder
	for _, table := range tables {
		rows, err := f.db.Q(context.Background()).QueryContext(context.Background(), `SELECT * FROM `+table+` ORDER BY 1, 2`)
		must(t, err)
		cols, err := rows.Columns()
		must(t, err)
		for rows.Next() {
			vals := make([]any, len(cols))
			for i := range vals {
				vals[i] = new(any)
			}
			must(t, rows.Scan(vals...))
			b.WriteString(table)
			for _, v := range vals {
				fmt.Fprintf(&b, "|%s", show(*v.(*any)))
			}
			b.WriteByte('\n')
		}
		must(t, rows.Err())
		_ = rows.Close()
	}
	return b.String()
}

func show(v any) string {
	if raw, ok := v.([]byte); ok {
		return string(raw)
	}
	return fmt.Sprint(v)
}

func (f *fixture) count(t testing.TB, text string, args ...any) (n int64) {
	t.Helper()
	must(t, f.db.Q(context.Background()).QueryRowContext(context.Background(), text, args...).Scan(&n))
	return n
}

func (f *fixture) changes(t testing.TB, actor string, id int64, query string) []customer.ChangeItem {
	t.Helper()
	var p web.Page[customer.ChangeItem]
	if w := f.call(t, actor, "GET", fmt.Sprintf("/customers/%d/changes?limit=200%s", id, query), "", &p); w.Code != 200 {
		t.Fatalf("changes: %d %s", w.Code, w.Body)
	}
	return p.Items
}

func probeOf(t testing.TB, body string) (p customer.Probe) {
	t.Helper()
	must(t, json.Unmarshal([]byte(body), &p))
	return p
}
