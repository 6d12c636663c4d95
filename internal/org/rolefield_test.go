package org

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// accessible are the fields of these tests.
func accessible(d *Deps) {
	d.AccessFields = func(context.Context) ([]AccessField, error) {
		whole := []string{"edit", "read", "hidden"}
		return []AccessField{
			{"name", "record", "姓名", whole[:2]}, {"phone", "contacts", "电话", whole}, {"remark", "record", "备注", whole},
			{"spend", "figures", "消费", whole[1:]}, {"f.gate", "custom", "门禁", whole},
		}, nil
	}
}

func TestRoleFields(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d, accessible)
		admin := k.admin()
		if list := admin.do("GET", "/roles/fields", nil).want(t, 200); len(list.body["items"].([]any)) != 5 {
			t.Fatal(list.raw)
		}
		for _, bad := range []struct {
			access map[string]string
			code   string
		}{
			{map[string]string{"phone": "none"}, "org.unknown_access"},
			{map[string]string{"name": "hidden"}, "org.unknown_access"},
			{map[string]string{"spend": "edit"}, "org.unknown_access"},
			{map[string]string{"shoe_size": "hidden"}, "org.unknown_field"},
		} {
			admin.do("POST", "/roles", map[string]any{"name": "x", "scope": "own", "permissions": []string{}, "field_access": bad.access}).want(t, 422, bad.code)
		}
		// What is the default is not kept.
		made := admin.do("POST", "/roles", map[string]any{"name": "前台", "scope": "all", "permissions": []string{"customer.view", "staff.view", "staff.manage", "role.manage"},
			"field_access": map[string]string{"phone": "hidden", "remark": "read", "spend": "hidden", "name": "edit", "f.gate": "hidden"}}).want(t, 201)
		want := map[string]any{"phone": "hidden", "remark": "read", "spend": "hidden", "f.gate": "hidden"}
		if diff := cmp.Diff(want, made.body["field_access"]); diff != "" {
			t.Fatal(diff)
		}
		desk := made.body["code"].(string)
		role := "/roles/" + idText(made.id())
		c, id := k.signedIn(admin, "front.desk", desk, k.root())
		if me := c.do("GET", "/session", nil).want(t, 200); cmp.Diff(want, me.body["fields"]) != "" {
			t.Fatal(me.raw)
		}
		if me := admin.do("GET", "/session", nil).want(t, 200); cmp.Diff(map[string]any{}, me.body["fields"]) != "" {
			t.Fatal(me.raw)
		}
		// Whoever does not see the phone makes no role that does, and gives nobody one.
		c.do("POST", "/roles", map[string]any{"name": "偷看", "scope": "own", "permissions": []string{}}).want(t, 403, "org.beyond_own")
		c.do("PATCH", role, map[string]any{"field_access": map[string]string{}}).want(t, 403, "org.beyond_own")
		c.do("PATCH", "/staff/"+idText(id), map[string]any{"role_ids": []int64{k.role("agent")}}).want(t, 403, "org.beyond_own")
		c.do("POST", "/roles", map[string]any{"name": "更少", "scope": "own", "permissions": []string{},
			"field_access": map[string]string{"phone": "hidden", "remark": "hidden", "spend": "hidden", "f.gate": "hidden"}}).want(t, 201)

		// A change ends the sessions of the role and is in the record; none does neither.
		_, last, _ := k.audited(0)
		admin.do("PATCH", role, map[string]any{"field_access": want}).want(t, 200)
		c.do("GET", "/session", nil).want(t, 200)
		if actions, _, all := k.audited(last); len(actions) != 0 {
			t.Fatalf("nothing changed, and there is %v %s", actions, all)
		}
		admin.do("PATCH", role, map[string]any{"field_access": map[string]string{"phone": "read"}}).want(t, 200)
		c.do("GET", "/session", nil).want(t, 401)
		actions, _, all := k.audited(last)
		if cmp.Diff([]string{"role.update"}, actions) != "" || !strings.Contains(all, `"phone":"hidden"`) || !strings.Contains(all, `"phone":"read"`) {
			t.Fatalf("%v %s", actions, all)
		}
		// A patch of something else leaves it.
		after := admin.do("PATCH", role, map[string]any{"name": "前台二"}).want(t, 200)
		if cmp.Diff(map[string]any{"phone": "read"}, after.body["field_access"]) != "" {
			t.Fatal(after.raw)
		}
		admin.do("PATCH", "/roles/"+idText(k.role("admin")), map[string]any{"field_access": map[string]string{"phone": "hidden"}}).want(t, 409, "org.admin_role")

		// Of several roles the most generous counts, for the background too.
		fields := func() auth.FieldAccess {
			a, err := k.s.ActorOf(context.Background(), id)
			if err != nil {
				t.Fatal(err)
			}
			return a.Fields
		}
		if diff := cmp.Diff(auth.FieldAccess{"phone": auth.AccessRead}, fields()); diff != "" {
			t.Fatal(diff)
		}
		admin.do("PATCH", "/staff/"+idText(id), map[string]any{"role_ids": []int64{made.id(), k.role("auditor")}}).want(t, 200)
		if fields() != nil {
			t.Fatalf("a role without restrictions did not lift them: %v", fields())
		}
		admin.do("PATCH", "/staff/"+idText(id), map[string]any{"role_ids": []int64{k.role("auditor")}}).want(t, 200)
		admin.do("DELETE", role, nil).want(t, 204)
		if n, err := k.s.count(context.Background(), "SELECT count(*) FROM role_fields WHERE role_id = $1", made.id()); n != 0 || err != nil {
			t.Fatalf("a deleted role left %d lines: %v", n, err)
		}
	})
}
