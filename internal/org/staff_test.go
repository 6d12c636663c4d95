package org

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
)

func TestStaff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		root, agent := k.root(), k.role("agent")
		in := func(change map[string]any) map[string]any {
			m := map[string]any{"login": "li.na", "name": "李娜", "department_id": root, "role_ids": []int64{agent}}
			for key, v := range change {
				m[key] = v
			}
			return m
		}
		for _, bad := range []struct {
			change map[string]any
			st     int
			code   string
		}{
			{map[string]any{"login": "ab"}, 422, "web.min_length"},
			{map[string]any{"login": "李娜娜"}, 422, "org.login_form"},
			{map[string]any{"login": ".ab"}, 422, "org.login_form"},
			{map[string]any{"login": "a b c"}, 422, "org.login_form"},
			{map[string]any{"login": strings.Repeat("a", 65)}, 422, "web.max_length"},
			{map[string]any{"name": " "}, 422, "org.name_empty"},
			{map[string]any{"name": "李\u0007娜"}, 422, "org.name_characters"},
			{map[string]any{"department_id": 99999}, 422, "org.no_department"},
			{map[string]any{"role_ids": []int64{99999}}, 422, "org.no_role"},
			{map[string]any{"role_ids": []int64{}}, 422, "web.min_items"},
			{map[string]any{"password": "x"}, 422, "web.unknown_field"},
			{map[string]any{"login": "ADMIN"}, 409, "org.login_taken"},
		} {
			admin.do("POST", "/staff", in(bad.change)).want(t, bad.st, bad.code)
		}
		// The longest login can also be used to sign in; a longer one is nobody's.
		long := strings.Repeat("a", 64)
		first := admin.do("POST", "/staff", in(map[string]any{"login": long})).want(t, 201).body["password"].(string)
		k.client().login(long, first).want(t, 200)
		k.client().login(long+"a", first).want(t, 422, "web.max_length")
		made := admin.do("POST", "/staff", in(map[string]any{"login": "Li.Na@Shop.cn", "name": " 李娜 ", "role_ids": []int64{agent, agent}})).want(t, 201)
		st := made.sub("staff")
		if st["login"] != "li.na@shop.cn" || st["name"] != "李娜" || st["must_change_password"] != true || st["last_login_at"] != nil ||
			len(st["roles"].([]any)) != 1 || st["department_name"] != "总公司" {
			t.Fatal(made.raw)
		}
		id := int64(st["id"].(float64))
		one := "/staff/" + idText(id)
		for _, bad := range []struct {
			path string
			body map[string]any
			st   int
			code string
		}{
			{one, map[string]any{"login": "other"}, 422, "org.login_fixed"},
			{one, map[string]any{"role_ids": []int64{}}, 422, "web.min_items"},
			{one, map[string]any{"department_id": 99999}, 422, "org.no_department"},
			{"/staff/99999", map[string]any{"name": "x"}, 404, "org.no_staff"},
			{"/staff/0", map[string]any{"name": "x"}, 422, "web.minimum"},
		} {
			admin.do("PATCH", bad.path, bad.body).want(t, bad.st, bad.code)
		}
		admin.do("PATCH", one, map[string]any{"login": "LI.NA@shop.cn", "name": "李娜娜"}).want(t, 200)
		if got := admin.do("GET", one, nil).want(t, 200); got.body["name"] != "李娜娜" {
			t.Fatal(got.raw)
		}
		// The password is shown once: no other answer has it.
		if got := admin.do("GET", one, nil); strings.Contains(got.raw, made.body["password"].(string)) || strings.Contains(got.raw, "argon2") {
			t.Fatal(got.raw)
		}
	})
}

func TestStaffList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		east := k.department(admin, "华东", k.root())
		city := k.department(admin, "上海", east)
		for i := range 12 {
			role, at := "agent", east
			if i%3 == 0 {
				role, at = "marketer", city
			}
			id, _ := k.person(admin, fmt.Sprintf("user%02d", i), role, at)
			if i%4 == 0 {
				admin.do("PATCH", "/staff/"+idText(id), map[string]any{"disabled": true}).want(t, 200)
			}
		}
		list := func(query string) (logins []string, total int) {
			t.Helper()
			cursor := ""
			for {
				a := admin.do("GET", "/staff?limit=5&"+query+cursor, nil).want(t, 200)
				total = int(a.body["total"].(float64))
				for _, v := range a.body["items"].([]any) {
					logins = append(logins, v.(map[string]any)["login"].(string))
				}
				if a.body["next_cursor"] == nil {
					return logins, total
				}
				cursor = "&cursor=" + a.body["next_cursor"].(string)
			}
		}
		all := []string{"admin"}
		for i := range 12 {
			all = append(all, fmt.Sprintf("user%02d", i))
		}
		down := slices.Clone(all)
		slices.Reverse(down)
		for _, c := range []struct {
			query string
			want  []string
		}{
			{"", all},
			{"sort=login", all},
			{"sort=-login", down},
			{"q=USER0&sort=login", all[1:11]},
			{"q=%25", nil},
			{"q=%E5%91%98%E5%B7%A5user11", []string{"user11"}},
			{"role_id=" + idText(k.role("marketer")), []string{"user00", "user03", "user06", "user09"}},
			{"department_id=" + idText(city), []string{"user00", "user03", "user06", "user09"}},
			{"department_id=" + idText(east), all[1:]},
			{"department_id=99999", nil},
			{"disabled=true", []string{"user00", "user04", "user08"}},
			{"disabled=false&role_id=" + idText(k.role("marketer")), []string{"user03", "user06", "user09"}},
		} {
			got, total := list(c.query)
			if diff := cmp.Diff(c.want, got); diff != "" || total != len(c.want) {
				t.Errorf("%s: total %d: %s", c.query, total, diff)
			}
		}
		for _, sort := range []string{"name", "-name", "last_login_at", "-last_login_at", "created_at", "-created_at"} {
			got, _ := list("sort=" + sort)
			slices.Sort(got)
			if diff := cmp.Diff(all, got); diff != "" {
				t.Errorf("%s: pages lose or repeat somebody: %s", sort, diff)
			}
		}
		if got, _ := list("sort=-last_login_at"); got[0] != "admin" {
			t.Errorf("not sorted by last sign-in: %v", got)
		}
		admin.do("GET", "/staff?sort=password_hash", nil).want(t, 422, "web.bad_sort")
		admin.do("GET", "/staff?cursor=abc", nil).want(t, 422, "web.bad_cursor")
		admin.do("GET", "/staff?sort=created_at&cursor="+admin.do("GET", "/staff?limit=1", nil).body["next_cursor"].(string), nil).
			want(t, 422, "web.bad_cursor")

		// Who manages a department sees its people only.
		lead, leadID := k.withRole(admin, "lead", "department", east, PermStaffView, PermStaffManage, PermDepartmentManage,
			"customer.view", "customer.reveal", "tier.view")
		a := lead.do("GET", "/staff?limit=200", nil).want(t, 200)
		if n := a.body["total"].(float64); n != 13 {
			t.Fatalf("sees %v: %s", n, a.raw)
		}
		other, _ := k.person(admin, "outside", "agent", k.root())
		lead.do("GET", "/staff/"+idText(other), nil).want(t, 404, "org.no_staff")
		lead.do("PATCH", "/staff/"+idText(other), map[string]any{"name": "x"}).want(t, 404, "org.no_staff")
		lead.do("POST", "/staff/"+idText(other)+"/password-reset", nil).want(t, 404, "org.no_staff")
		lead.do("PATCH", "/staff/"+idText(leadID), map[string]any{"department_id": k.root()}).want(t, 403, "org.outside_scope")
		lead.do("PATCH", "/departments/"+idText(east), map[string]any{"parent_id": nil}).want(t, 403, "org.outside_scope")
		lead.do("PATCH", "/departments/"+idText(k.root()), map[string]any{"name": "x"}).want(t, 403, "org.outside_scope")
		lead.do("POST", "/departments", map[string]any{"name": "自立门户"}).want(t, 403, "org.outside_scope")
		lead.do("POST", "/departments", map[string]any{"name": "杭州", "parent_id": east}).want(t, 201)
	})
}

// withRole makes a role of its own for a person.
func (k *kit) withRole(admin *client, login, scope string, department int64, permissions ...auth.Permission) (*client, int64) {
	k.t.Helper()
	admin.do("POST", "/roles", map[string]any{"name": "角色 " + login, "scope": scope, "permissions": permissions}).want(k.t, 201)
	var code string
	roles, err := k.s.allRoles(context.Background())
	if err != nil {
		k.t.Fatal(err)
	}
	for _, r := range roles {
		if r.name == "角色 "+login {
			code = r.code
		}
	}
	return k.signedIn(admin, login, code, department)
}

// Nobody gives, takes or touches rights beyond the own.
func TestNotBeyondOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		root := k.root()
		hr, hrID := k.withRole(admin, "people", "all", root, PermStaffView, PermStaffManage, PermRoleManage, "customer.view", "customer.bulk", "tag.manage", "tag.assign", "tier.view", "lifecycle.view", "report.view", "report.export", "audience.view", "audience.edit")
		marketer, operations, adminRole := k.role("marketer"), k.role("operations"), k.role(RoleAdmin)
		bossID, _ := k.person(admin, "boss", "operations", root)
		staff := func(role int64) map[string]any {
			return map[string]any{"login": "fresh.one", "name": "新人", "department_id": root, "role_ids": []int64{role}}
		}
		adminID := int64(admin.do("GET", "/session", nil).sub("staff")["id"].(float64))
		for _, c := range []struct {
			method, path string
			body         any
		}{
			{"POST", "/staff", staff(operations)},
			{"POST", "/staff", staff(adminRole)},
			{"PATCH", "/staff/" + idText(hrID), map[string]any{"role_ids": []int64{adminRole}}},
			{"PATCH", "/staff/" + idText(bossID), map[string]any{"disabled": true}},
			{"PATCH", "/staff/" + idText(bossID), map[string]any{"role_ids": []int64{marketer}}},
			{"PATCH", "/staff/" + idText(adminID), map[string]any{"name": "x"}},
			{"POST", "/staff/" + idText(bossID) + "/password-reset", nil},
			{"POST", "/staff/" + idText(adminID) + "/password-reset", nil},
			{"POST", "/roles", map[string]any{"name": "更大", "scope": "all", "permissions": []string{"customer.export"}}},
			{"PATCH", "/roles/" + idText(operations), map[string]any{"permissions": []string{}}},
			{"PATCH", "/roles/" + idText(marketer), map[string]any{"permissions": []string{"audit.view"}}},
			{"PATCH", "/roles/" + idText(adminRole), map[string]any{"name": "x"}},
		} {
			if a := hr.do(c.method, c.path, c.body); a.status != 403 || a.code != "org.beyond_own" {
				t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.code)
			}
		}
		hr.do("POST", "/staff", staff(marketer)).want(t, 201)
		hr.do("POST", "/roles", map[string]any{"name": "更小", "scope": "own", "permissions": []string{"customer.view"}}).want(t, 201)

		narrow, _ := k.withRole(admin, "narrow", "department", root, PermRoleManage, PermStaffView, PermStaffManage, "customer.view", "customer.bulk", "tag.manage", "tag.assign", "tier.view", "lifecycle.view", "report.view", "report.export", "audience.view", "audience.edit")
		narrow.do("POST", "/roles", map[string]any{"name": "全部", "scope": "all", "permissions": []string{"customer.view"}}).want(t, 403, "org.beyond_own")
		narrow.do("POST", "/staff", map[string]any{"login": "fresh.two", "name": "新人", "department_id": root, "role_ids": []int64{marketer}}).
			want(t, 403, "org.beyond_own")
	})
}

func TestLastAdmin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		root := k.root()
		adminID := int64(admin.do("GET", "/session", nil).sub("staff")["id"].(float64))
		one := "/staff/" + idText(adminID)
		admin.do("PATCH", one, map[string]any{"disabled": true}).want(t, 409, "org.disable_self")
		admin.do("PATCH", one, map[string]any{"role_ids": []int64{k.role("agent")}}).want(t, 409, "org.last_admin")
		admin.do("POST", one+"/password-reset", nil).want(t, 409, "org.reset_self")
		second, secondID := k.signedIn(admin, "second", RoleAdmin, root)
		second.do("PATCH", one, map[string]any{"disabled": true}).want(t, 200)
		admin.do("GET", "/session", nil).want(t, 401)
		second.do("PATCH", "/staff/"+idText(secondID), map[string]any{"role_ids": []int64{k.role("agent")}}).want(t, 409, "org.last_admin")
		second.do("GET", "/session", nil).want(t, 200)
		// The role itself keeps everything.
		role := "/roles/" + idText(k.role(RoleAdmin))
		second.do("PATCH", role, map[string]any{"permissions": []string{"customer.view"}}).want(t, 409, "org.admin_role")
		second.do("PATCH", role, map[string]any{"scope": "own"}).want(t, 409, "org.admin_role")
		second.do("DELETE", role, nil).want(t, 409, "org.role_builtin")
		second.do("PATCH", role, map[string]any{"name": "超级管理员"}).want(t, 200)
		second.do("GET", "/session", nil).want(t, 200)
	})
}

// Two administrators who disable each other at the same moment do not both succeed.
func TestLastAdminRace(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		_, two := k.signedIn(admin, "second", RoleAdmin, k.root())
		one := int64(admin.do("GET", "/session", nil).sub("staff")["id"].(float64))
		ctx := auth.With(context.Background(), auth.System("test"))
		var wait sync.WaitGroup
		result := make([]error, 2)
		yes := true
		for i, id := range []int64{one, two} {
			wait.Go(func() { _, result[i] = k.s.UpdateStaff(ctx, id, StaffPatch{Disabled: &yes}) })
		}
		wait.Wait()
		if (result[0] == nil) == (result[1] == nil) {
			t.Fatalf("%v / %v", result[0], result[1])
		}
		if n, err := k.s.activeAdmins(ctx); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	})
}

func TestCommandLine(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		ctx := context.Background()
		for _, bad := range []struct {
			in   AddStaffIn
			code string
		}{
			{AddStaffIn{Login: "x"}, "invalid"},
			{AddStaffIn{Login: "admin"}, "org.login_taken"},
			{AddStaffIn{Login: "li.na", RoleCode: "nobody"}, "org.no_role"},
			{AddStaffIn{Login: "li.na", Department: "没有"}, "org.no_department"},
			{AddStaffIn{Login: "li.na", Password: "short"}, "invalid"},
		} {
			if _, err := k.s.AddStaff(ctx, bad.in); !errs.Is(err, bad.code) {
				t.Errorf("%+v: %v, want %s", bad.in, err, bad.code)
			}
		}
		made, err := k.s.AddStaff(ctx, AddStaffIn{Login: "Li.Na", Name: "李娜", RoleCode: "operations", Department: "总公司"})
		if err != nil || made.Password == "" || made.ID == 0 || made.Login != "li.na" {
			t.Fatalf("%+v %v", made, err)
		}
		c := k.client()
		if a := c.login("li.na", made.Password).want(t, 200); a.sub("staff")["must_change_password"] != true {
			t.Fatal(a.raw)
		}
		made, err = k.s.AddStaff(ctx, AddStaffIn{Login: "api", RoleCode: "marketer", Password: ownPassword})
		if err != nil || made.Password != "" {
			t.Fatalf("%+v %v", made, err)
		}
		if a := c.login("api", ownPassword).want(t, 200); a.sub("staff")["must_change_password"] != false {
			t.Fatal(a.raw)
		}
		c.do("GET", "/customers", nil).want(t, 200)
		names, err := k.s.Names(ctx, []int64{1, made.ID, 999})
		if diff := cmp.Diff(map[int64]string{1: "管理员", made.ID: "api"}, names); diff != "" || err != nil {
			t.Fatal(diff, err)
		}
		p, err := k.s.Person(ctx, made.ID)
		if diff := cmp.Diff(Person{ID: made.ID, Name: "api", DepartmentID: k.root()}, p); diff != "" || err != nil {
			t.Fatal(diff, err)
		}
		if name, err := k.s.DepartmentName(ctx, k.root()); name != "总公司" || err != nil {
			t.Fatal(name, err)
		}
		password, err := k.s.ResetPasswordOf(ctx, "API")
		if err != nil {
			t.Fatal(err)
		}
		c.do("GET", "/customers", nil).want(t, 401)
		c.login("api", password).want(t, 200)
		if _, err := k.s.ResetPasswordOf(ctx, "nobody"); !errs.Is(err, "org.no_staff") {
			t.Fatal(err)
		}
	})
}
