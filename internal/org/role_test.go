package org

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/i18n"
)

func TestShippedRoles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		ctx := context.Background()
		admin := k.admin()
		all, err := k.s.Roles(ctx)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, r := range all {
			if !r.Builtin {
				t.Errorf("%s is not builtin", r.Code)
			}
			got[r.Code] = r.Name + " " + r.Scope
			// Every permission the list names must exist in the whole program.
			for _, sh := range shipped {
				if sh.code == r.Code && sh.permissions != "*" && len(r.Permissions) != len(strings.Fields(sh.permissions)) {
					t.Errorf("%s names a permission that there is not: %v", r.Code, r.Permissions)
				}
			}
		}
		want := map[string]string{"admin": "管理员 all", "operations": "运营主管 all", "marketer": "市场专员 all", "agent": "客服 department",
			"account_manager": "客户经理 own", "panel": "分层评审 all", "auditor": "审计员 all"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		// What a company changes stays changed at the next start.
		k.clk.Advance(time.Second)
		admin.do("PATCH", "/roles/"+idText(k.role("panel")), map[string]any{"name": "评审小组", "permissions": []string{"tier.view"}}).want(t, 200)
		_, last, _ := k.audited(0)
		if err := k.s.Seed(ctx); err != nil {
			t.Fatal(err)
		}
		if _, _, created, err := k.s.EnsureAdmin(ctx); created || err != nil {
			t.Fatal(created, err)
		}
		if actions, _, _ := k.audited(last); len(actions) != 0 {
			t.Fatalf("a second seed wrote %v", actions)
		}
		r, err := k.s.roleByCode(ctx, "panel")
		if err != nil || r.name != "评审小组" || len(r.permissions) != 1 {
			t.Fatalf("%+v %v", r, err)
		}
		// A permission that is new in the program: the admin has it at once.
		grown := newKit(t, d, func(deps *Deps) { deps.Permissions = append(slices.Clone(catalogue), "campaign.run") })
		grown.first, grown.clk = "", k.clk
		me := grown.admin().do("GET", "/session", nil).want(t, 200)
		if !strings.Contains(me.raw, "campaign.run") {
			t.Fatal(me.raw)
		}
		// One that is gone is nobody's.
		shrunk := newKit(t, d, func(deps *Deps) { deps.Permissions = []auth.Permission{PermStaffView} })
		if r, err := shrunk.s.roleByCode(ctx, "operations"); err != nil || len(r.permissions) != 1 {
			t.Fatalf("%+v %v", r, err)
		}
	})
}

func TestSeedTogether(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		first := newKitWithout(t, d)
		second := newKitWithout(t, d)
		var wait sync.WaitGroup
		var created [4]bool
		for i := range created {
			wait.Go(func() {
				s := []*Service{first, second}[i%2]
				if err := s.Seed(context.Background()); err != nil {
					t.Error(err)
				}
				var err error
				if _, _, created[i], err = s.EnsureAdmin(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		n := 0
		for _, c := range created {
			if c {
				n++
			}
		}
		roles, err := first.allRoles(context.Background())
		if err != nil || n != 1 || len(roles) != len(shipped) {
			t.Fatalf("%d administrators, %d roles: %v", n, len(roles), err)
		}
	})
}

// newKitWithout is a service on an empty database.
func newKitWithout(t *testing.T, d *db.DB) *Service {
	k := &kit{t: t, d: d}
	return k.bare()
}

func TestRoles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		for _, bad := range []struct {
			body map[string]any
			st   int
			code string
		}{
			{map[string]any{"name": "客服", "scope": "own", "permissions": []string{}}, 409, "org.role_taken"},
			{map[string]any{"name": " ", "scope": "own", "permissions": []string{}}, 422, "org.name_empty"},
			{map[string]any{"name": "x", "scope": "world", "permissions": []string{}}, 422, "web.one_of"},
			{map[string]any{"name": "x", "scope": "own", "permissions": []string{"public"}}, 422, "org.unknown_permission"},
			{map[string]any{"name": "x", "scope": "own", "permissions": []string{"customer.destroy"}}, 422, "org.unknown_permission"},
			{map[string]any{"name": "x", "scope": "own"}, 422, "web.required"},
		} {
			admin.do("POST", "/roles", bad.body).want(t, bad.st, bad.code)
		}
		made := admin.do("POST", "/roles", map[string]any{"name": "质检", "scope": "all",
			"permissions": []string{"tier.view", "customer.view", "tier.view"}}).want(t, 201)
		if made.body["builtin"] != false || !strings.HasPrefix(made.body["code"].(string), "role_") ||
			cmp.Diff([]any{"customer.view", "tier.view"}, made.body["permissions"]) != "" {
			t.Fatal(made.raw)
		}
		role := "/roles/" + idText(made.id())
		_, id := k.signedIn(admin, "quality", made.body["code"].(string), k.root())
		admin.do("DELETE", role, nil).want(t, 409, "org.role_in_use")
		list := admin.do("GET", "/roles", nil).want(t, 200)
		items := list.body["items"].([]any)
		if last := items[len(items)-1].(map[string]any); len(items) != len(shipped)+1 || last["staff_count"] != 1.0 {
			t.Fatal(list.raw)
		}
		admin.do("PATCH", "/staff/"+idText(id), map[string]any{"role_ids": []int64{k.role("agent")}}).want(t, 200)
		admin.do("PATCH", role, map[string]any{"name": "管理员"}).want(t, 409, "org.role_taken")
		admin.do("DELETE", role, nil).want(t, 204)
		admin.do("DELETE", role, nil).want(t, 404, "org.no_role")
		for _, sh := range shipped {
			admin.do("DELETE", "/roles/"+idText(k.role(sh.code)), nil).want(t, 409, "org.role_builtin")
		}
		perms := admin.do("GET", "/permissions", nil).want(t, 200).body["items"].([]any)
		for i, p := range perms {
			p := p.(map[string]any)
			if p["name"] != string(catalogue[i]) {
				t.Fatalf("order: %v", p)
			}
			for _, key := range []string{"permission." + p["name"].(string), "permission_group." + p["group"].(string)} {
				for _, locale := range []string{i18n.ZhCN, i18n.En} {
					if !i18n.Default().Has(locale, key) {
						t.Errorf("no text %s in %s", key, locale)
					}
				}
			}
		}
	})
}

// Several roles: permissions add up, the widest scope counts.
func TestUnionOfRoles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		c, id := k.signedIn(admin, "two.hats", "account_manager", k.root())
		if a := c.do("GET", "/customers", nil).want(t, 200); a.body["scope"] != "own" || a.body["ip"] != c.ip {
			t.Fatal(a.raw)
		}
		c.do("GET", "/audit", nil).want(t, 403, "forbidden")
		admin.do("PATCH", "/staff/"+idText(id), map[string]any{"role_ids": []int64{k.role("account_manager"), k.role("auditor")}}).want(t, 200)
		c.login("two.hats", ownPassword).want(t, 200)
		if a := c.do("GET", "/customers", nil).want(t, 200); a.body["scope"] != "all" {
			t.Fatal(a.raw)
		}
		c.do("GET", "/audit", nil).want(t, 200)
	})
}

func TestSettings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		before := admin.do("GET", "/settings", nil).want(t, 200)
		want := map[string]any{"company_name": "", "time_zone": "Asia/Shanghai", "currency": "CNY", "locale": "zh-CN"}
		if diff := cmp.Diff(want, before.body); diff != "" {
			t.Fatal(diff)
		}
		for field, bad := range map[string]struct{ value, code string }{
			"company_name": {" ", "org.name_empty"},
			"time_zone":    {"Mars/Olympus", "org.setting_time_zone"},
			"currency":     {"JPY", "org.setting_currency"},
			"locale":       {"de", "org.setting_locale"},
		} {
			a := admin.do("PUT", "/settings", map[string]any{field: bad.value}).want(t, 422, bad.code)
			if !strings.Contains(a.raw, `"path":"`+field+`"`) {
				t.Errorf("%s: %s", field, a.raw)
			}
		}
		admin.do("PUT", "/settings", map[string]any{"time_zone": "Local"}).want(t, 422, "org.setting_time_zone")
		_, last, _ := k.audited(0)
		// As the form sends it: three fields; the others stay.
		admin.do("PUT", "/settings", map[string]any{"company_name": " 晨光贸易 ", "time_zone": "Asia/Urumqi", "currency": "CNY"}).want(t, 200)
		admin.do("PUT", "/settings", map[string]any{"locale": "en"}).want(t, 200)
		admin.do("PUT", "/settings", map[string]any{"locale": "en"}).want(t, 200)
		set, err := k.s.Settings(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(Settings{CompanyName: "晨光贸易", TimeZone: "Asia/Urumqi", Currency: "CNY", Locale: "en"}, set); diff != "" {
			t.Fatal(diff)
		}
		if k.s.Zone().String() != "Asia/Urumqi" {
			t.Fatal(k.s.Zone())
		}
		actions, _, all := k.audited(last)
		if len(actions) != 2 || !strings.Contains(all, `{"company_name":"晨光贸易","time_zone":"Asia/Urumqi"}`) {
			t.Fatalf("%v %s", actions, all)
		}
		c, _ := k.signedIn(admin, "li.na", "agent", k.root())
		c.do("GET", "/settings", nil).want(t, 403)
		if a := c.do("GET", "/session", nil).want(t, 200); a.sub("company")["name"] != "晨光贸易" {
			t.Fatal(a.raw)
		}
	})
}
