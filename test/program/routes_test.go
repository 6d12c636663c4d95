package program

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"zhike/internal/platform/db"
)

type operation struct {
	method, path string
	permission   string // of the description's x-permission
}

var pathParam = regexp.MustCompile(`\{[^}]+\}`)

// operations reads every route from what the program says of itself.
func operations(t *testing.T, in *install) []operation {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]struct {
			Permission string `json:"x-permission"`
		} `json:"paths"`
	}
	if err := json.Unmarshal([]byte(in.must(nil, "openapi")), &doc); err != nil {
		t.Fatal(err)
	}
	var out []operation
	for path, ops := range doc.Paths {
		for method, o := range ops {
			out = append(out, operation{strings.ToUpper(method), pathParam.ReplaceAllString(path, "1"), o.Permission})
		}
	}
	slices.SortFunc(out, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	if len(out) < 60 {
		t.Fatalf("only %d routes", len(out))
	}
	return out
}

// Every route, asked by nobody and by somebody without a single permission:
// refused before its input is looked at, and nothing is written.
func TestEveryRouteIsGuarded(t *testing.T) {
	in := newInstall(t, "")
	routes := operations(t, in)
	s := in.serve()
	admin := s.signIn(s.login, s.secret)
	admin.must("POST", "/session/password", map[string]string{"current": s.secret, "new": password}, nil)
	var role, made struct {
		ID    int64 `json:"id"`
		Staff struct {
			ID int64 `json:"id"`
		} `json:"staff"`
		Password string `json:"password"`
	}
	admin.must("POST", "/roles", map[string]any{"name": "无权限", "scope": "own", "permissions": []string{}}, &role)
	admin.must("POST", "/staff", map[string]any{"login": "nobody", "name": "无名", "department_id": 1, "role_ids": []int64{role.ID}}, &made)
	nobody := s.signIn("nobody", made.Password)
	nobody.must("POST", "/session/password", map[string]string{"current": made.Password, "new": password}, nil)

	stranger := &person{s: s, c: &http.Client{Timeout: time.Minute}}
	before := rowCounts(t, in)
	for _, r := range routes {
		name := r.method + " " + r.path
		if r.permission == "" {
			// Signing in and out are for everybody; nothing else is.
			if r.path != "/session" {
				t.Errorf("%s names no permission", name)
			}
			continue
		}
		if strings.HasSuffix(r.path, "/stream") {
			continue // answered below: a stream does not end by itself
		}
		var body any
		if r.method != "GET" && r.method != "DELETE" {
			body = map[string]any{}
		}
		if status, answer := stranger.do(r.method, r.path, body, nil); status != 401 {
			t.Errorf("%s asked by nobody answered %d %.200s", name, status, answer)
		}
		if r.permission != "signed_in" {
			if status, answer := nobody.do(r.method, r.path, body, nil); status != 403 {
				t.Errorf("%s asked without %s answered %d %.200s", name, r.permission, status, answer)
			}
		}
	}
	after := rowCounts(t, in)
	for table, n := range before {
		if after[table] != n {
			t.Errorf("refused calls changed %s from %d to %d rows", table, n, after[table])
		}
	}
	s.stop()
}

// rowCounts counts the rows of every table that a refused call must not touch.
func rowCounts(t *testing.T, in *install) map[string]int {
	t.Helper()
	ctx := context.Background()
	// A copy: two processes on one WAL are fine, a second migration is not wanted.
	path := filepath.Join(t.TempDir(), db.FileName)
	in.must(nil, "backup", path)
	d, err := db.Open(ctx, db.Config{Dir: filepath.Dir(path)})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	rows, err := d.Q(ctx).QueryContext(ctx, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'river_%' ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	_ = rows.Close()
	counts := map[string]int{}
	for _, name := range tables {
		if name == "sessions" || strings.HasPrefix(name, "job_") {
			continue
		}
		var n int
		if err := d.Q(ctx).QueryRowContext(ctx, fmt.Sprintf("SELECT count(*) FROM %q", name)).Scan(&n); err != nil {
			t.Fatal(err)
		}
		counts[name] = n
	}
	if len(counts) < 20 {
		t.Fatalf("only %d tables", len(counts))
	}
	return counts
}
