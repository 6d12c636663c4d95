package org

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/i18n"
)

// bare is the service alone on a database that was not seeded.
func (k *kit) bare() *Service {
	s := NewService(Deps{DB: k.d, Clock: clock.System{}, Audit: audit.New(k.d, clock.System{}), Permissions: catalogue, Cost: cheap})
	k.t.Cleanup(s.Close)
	return s
}

// Every write of this package leaves exactly the entry it should, with the one
// who did it and what it was before and after.
func TestEveryWriteIsRecorded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		root, agent := k.root(), k.role("agent")
		var dep, role, staff int64
		var password string
		c := k.client()
		steps := []struct {
			name string
			do   func() answer
			want string // action object_type
			has  string // of before and after
		}{
			{"add department", func() answer {
				a := admin.do("POST", "/departments", map[string]any{"name": "华东", "parent_id": root})
				dep = a.id()
				return a
			}, "department.create department", `{"name":"华东","parent_id":1}`},
			{"rename department", func() answer {
				return admin.do("PATCH", "/departments/"+idText(dep), map[string]any{"name": "华南"})
			}, "department.update department", `{"name":"华东"} {"name":"华南"}`},
			{"rename to the same", func() answer {
				return admin.do("PATCH", "/departments/"+idText(dep), map[string]any{"name": "华南"})
			}, "", ""},
			{"add role", func() answer {
				a := admin.do("POST", "/roles", map[string]any{"name": "质检", "scope": "all", "permissions": []string{"customer.view"}})
				role = a.id()
				return a
			}, "role.create role", `"permissions":["customer.view"]`},
			{"change role", func() answer {
				return admin.do("PATCH", "/roles/"+idText(role), map[string]any{"scope": "own"})
			}, "role.update role", `{"scope":"all"} {"scope":"own"}`},
			{"add person", func() answer {
				a := admin.do("POST", "/staff", map[string]any{"login": "li.na", "name": "李娜", "department_id": dep, "role_ids": []int64{agent}})
				staff, password = int64(a.sub("staff")["id"].(float64)), a.body["password"].(string)
				return a
			}, "staff.create staff", `"login":"li.na"`},
			{"change person", func() answer {
				return admin.do("PATCH", "/staff/"+idText(staff), map[string]any{"role_ids": []int64{agent, role}})
			}, "staff.update staff", `{"roles":["agent"]}`},
			{"sign in", func() answer { return c.login("li.na", password) }, "session.create session", ""},
			{"fail", func() answer { return k.client().login("li.na", "not the password") }, "session.fail session", ""},
			{"fail unknown", func() answer { return k.client().login("no.body", "not the password") }, "session.fail session 0", ""},
			{"own password", func() answer {
				return c.do("POST", "/session/password", map[string]string{"current": password, "new": ownPassword})
			}, "session.password staff", `{"must_change_password":true} {"must_change_password":false}`},
			{"sign out", func() answer { return c.do("DELETE", "/session", nil) }, "session.delete session", ""},
			{"reset", func() answer {
				return admin.do("POST", "/staff/"+idText(staff)+"/password-reset", nil)
			}, "staff.password_reset staff", `{"must_change_password":true}`},
			{"disable", func() answer {
				return admin.do("PATCH", "/staff/"+idText(staff), map[string]any{"disabled": true})
			}, "staff.disable staff", `{"disabled":false} {"disabled":true}`},
			{"enable", func() answer {
				return admin.do("PATCH", "/staff/"+idText(staff), map[string]any{"disabled": false})
			}, "staff.enable staff", ""},
			{"move person", func() answer {
				return admin.do("PATCH", "/staff/"+idText(staff), map[string]any{"department_id": root, "role_ids": []int64{agent}})
			}, "staff.update staff", `"department_id":1`},
			{"delete role", func() answer { return admin.do("DELETE", "/roles/"+idText(role), nil) }, "role.delete role", "质检"},
			{"delete department", func() answer { return admin.do("DELETE", "/departments/"+idText(dep), nil) }, "department.delete department", "华南"},
			{"settings", func() answer {
				return admin.do("PUT", "/settings", map[string]any{"company_name": "晨光贸易"})
			}, "settings.update settings", "晨光贸易"},
			{"refused", func() answer {
				return admin.do("DELETE", "/departments/"+idText(root), nil)
			}, "", ""},
		}
		_, last, _ := k.audited(0)
		for _, st := range steps {
			a := st.do()
			actions, to, text := k.audited(last)
			last = to
			if st.want == "" {
				if len(actions) != 0 {
					t.Errorf("%s: recorded %v", st.name, actions)
				}
				continue
			}
			if len(actions) != 1 || !strings.HasPrefix(text, st.want) || !strings.Contains(text, st.has) {
				t.Errorf("%s (%d %s): recorded %v %s, want %s %s", st.name, a.status, a.raw, actions, text, st.want, st.has)
			}
			// The pages show a name for it.
			for _, locale := range []string{i18n.ZhCN, i18n.En} {
				for _, action := range actions {
					if !i18n.Default().Has(locale, "audit.action."+action) {
						t.Errorf("no text audit.action.%s in %s", action, locale)
					}
				}
			}
		}
		verdict, err := k.s.Audit.Verify(context.Background(), nil)
		if err != nil || !verdict.OK {
			t.Fatalf("%+v %v", verdict, err)
		}
		// People finds whom a typed name means.
		ids, err := k.s.People(context.Background(), "李娜")
		if diff := cmp.Diff([]int64{staff}, ids); diff != "" || err != nil {
			t.Fatal(diff, err)
		}
		if a := admin.do("GET", "/audit?actor=LI.NA", nil).want(t, 200); len(a.body["items"].([]any)) != 3 {
			t.Fatal(a.raw)
		}
	})
}

// Without the right permission nothing works, and nobody is told why.
func TestPermissions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		agent, _ := k.signedIn(admin, "li.na", "agent", k.root())
		nobody := k.client()
		open := map[string]bool{"POST /session": true, "DELETE /session": true}
		signedIn := map[string]bool{"GET /session": true, "POST /session/password": true, "GET /departments": true, "GET /customers": true,
			"GET /notices": true, "GET /notices/unread": true, "POST /notices/read": true}
		for _, rt := range k.api.Routes() {
			name := rt.Method + " " + rt.Path
			if (rt.Permission == auth.Public) != open[name] || rt.Permission == auth.SignedIn && !signedIn[name] {
				t.Errorf("%s is open as %s", name, rt.Permission)
			}
			path := strings.Replace(rt.Path, "{id}", "1", 1)
			if !open[name] {
				if a := nobody.do(rt.Method, path, nil); a.status != http.StatusUnauthorized {
					t.Errorf("%s without a session: %d", name, a.status)
				}
			}
			if !open[name] && !signedIn[name] {
				if a := agent.do(rt.Method, path, nil); a.status != http.StatusForbidden || a.code != "forbidden" {
					t.Errorf("%s as an agent: %d %s", name, a.status, a.code)
				}
			}
		}
	})
}

// What is read inside a transaction is not kept: it may be rolled back.
func TestNothingUncommittedIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		ctx := auth.With(context.Background(), auth.System("test"))
		stop := errors.New("stop")
		err := d.InTx(ctx, func(ctx context.Context) error {
			name := "没有发生"
			if _, err := k.s.SaveSettings(ctx, SettingsIn{CompanyName: &name}); err != nil {
				return err
			}
			if set, err := k.s.Settings(ctx); err != nil || set.CompanyName != name {
				t.Errorf("not seen inside: %+v %v", set, err)
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Fatal(err)
		}
		// Another write reaches the version that was rolled back.
		admin.do("POST", "/departments", map[string]any{"name": "华东", "parent_id": k.root()}).want(t, 201)
		if set, err := k.s.Settings(ctx); err != nil || set.CompanyName != "" {
			t.Fatalf("%+v %v", set, err)
		}
	})
}
