package org

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/log"
	"zhike/internal/platform/web"
)

// catalogue is what the composition root passes in.
var catalogue = []auth.Permission{
	"customer.view", "customer.reveal", "customer.export", "customer.create", "customer.edit", "customer.delete", "customer.assign",
	"customer.pool", "customer.bulk", "view.share", "audience.view", "audience.edit", "customer.merge", "quality.view", "quality.manage", "api.feed", "api.upsert", "note.write", "note.delete", "field.manage", "tag.manage", "tag.assign", "import.view", "import.run", "tier.view", "tier.run", "tier.scheme", "lifecycle.view", "lifecycle.edit", "lifecycle.config", "lifecycle.approve",
	"tier.review", "tier.publish", "tier.appeal", "tier.hand", "tier.assess",
	"report.view", "report.export", "job.view", "job.manage", PermStaffView, PermStaffManage, PermRoleManage,
	PermDepartmentManage, "audit.view", PermSettingsView, PermSettingsManage, "system.view",
}

// cheap makes tests fast; what a hash costs is tested by itself.
var cheap = Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}

// kit is the package behind the real HTTP layer.
type kit struct {
	t     testing.TB
	d     *db.DB
	s     *Service
	api   *web.API
	clk   *clock.Fixed
	logs  *bytes.Buffer
	first string // one-time password of the first administrator
}

func newKit(t testing.TB, d *db.DB, change ...func(*Deps)) *kit {
	t.Helper()
	k := &kit{t: t, d: d, clk: clock.NewFixed(time.Now().Truncate(time.Second)), logs: &bytes.Buffer{}}
	deps := Deps{
		DB: d, Clock: k.clk, Audit: audit.New(d, k.clk), Log: log.New(k.logs, log.Options{Level: -8}), Permissions: catalogue,
		SessionLifetime: 7 * 24 * time.Hour, SessionIdle: 12 * time.Hour, Cost: cheap,
		Defaults: Settings{TimeZone: "Asia/Shanghai", Locale: "zh-CN"},
	}
	for _, f := range change {
		f(&deps)
	}
	k.s = NewService(deps)
	t.Cleanup(k.s.Close)
	k.serve()
	ctx := context.Background()
	if err := k.s.Seed(ctx); err != nil {
		t.Fatal(err)
	}
	login, password, created, err := k.s.EnsureAdmin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if created != (login == AdminLogin && password != "") {
		t.Fatalf("EnsureAdmin: %q %v", login, created)
	}
	k.first = password
	return k
}

// serve builds the HTTP layer, with one route of another domain.
func (k *kit) serve() {
	k.api = web.New(web.Options{Texts: i18n.Default(), Match: i18n.Match, Authenticate: k.s.Authenticate, Clock: k.clk, Log: k.s.Log})
	k.s.Routes(k.api)
	k.s.Audit.Routes(k.api, audit.HTTP{Title: func(_, key string) string { return key }, Zone: k.s.Zone, People: k.s.People})
	web.Register(k.api, web.Route{Method: "GET", Path: "/customers", ID: "customers", Permission: "customer.view"},
		func(ctx context.Context, _ *struct{}) (map[string]any, error) {
			a := auth.From(ctx)
			return map[string]any{"scope": a.Scope.String(), "department_ids": a.DepartmentIDs, "staff_id": a.StaffID, "ip": a.IP}, nil
		})
}

// client is a browser: it keeps the cookie.
type client struct {
	k      *kit
	ip     string
	cookie *http.Cookie
}

func (k *kit) client() *client { return &client{k: k, ip: "203.0.113.7"} }

type answer struct {
	status int
	code   string
	header http.Header
	raw    string
	body   map[string]any
}

func (c *client) do(method, path string, body any) answer {
	c.k.t.Helper()
	var in bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&in).Encode(body); err != nil {
			c.k.t.Fatal(err)
		}
	}
	r := httptest.NewRequest(method, web.Prefix+path, &in)
	r.RemoteAddr = c.ip + ":4711"
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.cookie != nil {
		r.AddCookie(&http.Cookie{Name: "other", Value: "x"})
		r.AddCookie(&http.Cookie{Name: c.cookie.Name, Value: c.cookie.Value})
	}
	w := httptest.NewRecorder()
	c.k.api.ServeHTTP(w, r)
	c.k.s.touches.wait()
	for _, ck := range w.Result().Cookies() {
		c.cookie = ck
		if ck.MaxAge < 0 {
			c.cookie = nil
		}
	}
	out := answer{status: w.Code, header: w.Header(), raw: w.Body.String(), body: map[string]any{}}
	_ = json.Unmarshal(w.Body.Bytes(), &out.body)
	out.code, _ = out.body["code"].(string)
	return out
}

// want checks a status and, of a failure, the code: of the problem or of one
// of its fields.
func (a answer) want(t testing.TB, status int, code ...string) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.raw)
	}
	for _, c := range code {
		if a.code != c && !strings.Contains(a.raw, `"code":"`+c+`"`) {
			t.Fatalf("code %s, want %s: %s", a.code, c, a.raw)
		}
	}
	if strings.Contains(a.raw, "{{") || strings.Contains(a.raw, `"errors.`) {
		t.Fatalf("unfinished text: %s", a.raw)
	}
	return a
}

func (a answer) id() int64 {
	f, _ := a.body["id"].(float64)
	return int64(f)
}

func (a answer) sub(key string) map[string]any {
	m, _ := a.body[key].(map[string]any)
	return m
}

func (c *client) login(login, password string) answer {
	c.k.t.Helper()
	return c.do("POST", "/session", map[string]string{"login": login, "password": password})
}

const adminPassword = "Corr3ct-horse-battery"

// admin signs the first administrator in, with a password of his or her own.
func (k *kit) admin() *client {
	k.t.Helper()
	c := k.client()
	if k.first != "" {
		c.login(AdminLogin, k.first).want(k.t, 200)
		c.do("POST", "/session/password", map[string]string{"current": k.first, "new": adminPassword}).want(k.t, 200)
		k.first = ""
		return c
	}
	c.login(AdminLogin, adminPassword).want(k.t, 200)
	return c
}

// person makes somebody with a role by HTTP and gives id and one-time password.
func (k *kit) person(admin *client, login, role string, department int64) (int64, string) {
	k.t.Helper()
	a := admin.do("POST", "/staff", map[string]any{"login": login, "name": "员工" + login, "department_id": department,
		"role_ids": []int64{k.role(role)}}).want(k.t, 201)
	st := a.sub("staff")
	return int64(st["id"].(float64)), a.body["password"].(string)
}

// signedIn makes somebody and signs him or her in with a password of the own.
func (k *kit) signedIn(admin *client, login, role string, department int64) (*client, int64) {
	k.t.Helper()
	id, password := k.person(admin, login, role, department)
	c := k.client()
	c.login(login, password).want(k.t, 200)
	c.do("POST", "/session/password", map[string]string{"current": password, "new": ownPassword}).want(k.t, 200)
	return c, id
}

const ownPassword = "tree-Lamp-river-9"

func (k *kit) role(code string) int64 {
	k.t.Helper()
	r, err := k.s.roleByCode(context.Background(), code)
	if err != nil {
		k.t.Fatal(err)
	}
	return r.id
}

func (k *kit) root() int64 {
	k.t.Helper()
	d, err := k.s.firstDepartment(context.Background())
	if err != nil {
		k.t.Fatal(err)
	}
	return d.id
}

func (k *kit) department(admin *client, name string, parent int64) int64 {
	k.t.Helper()
	return admin.do("POST", "/departments", map[string]any{"name": name, "parent_id": parent}).want(k.t, 201).id()
}

// audited gives the actions of the audit log from an id on.
func (k *kit) audited(after int64) (actions []string, last int64, all string) {
	k.t.Helper()
	rows, err := k.d.Q(context.Background()).QueryContext(context.Background(),
		"SELECT id, action, object_type, object_id, actor_id, before_data, after_data FROM audit_log WHERE id > $1 ORDER BY id", after)
	if err != nil {
		k.t.Fatal(err)
	}
	defer rows.Close()
	last = after
	for rows.Next() {
		var id, actor int64
		var action, kind, object, before, now string
		if err := rows.Scan(&id, &action, &kind, &object, &actor, &before, &now); err != nil {
			k.t.Fatal(err)
		}
		last = id
		actions = append(actions, action)
		all += fmt.Sprintln(action, kind, object, actor, before, now)
	}
	return actions, last, all
}
