package org

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

func TestDepartments(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		used := int64(0)
		k := newKit(t, d, func(deps *Deps) {
			deps.DepartmentInUse = func(_ context.Context, id int64) (bool, error) { return id == used, nil }
		})
		admin := k.admin()
		root := k.root()
		sales := k.department(admin, "销售部", root)
		east := k.department(admin, "华东", sales)
		north := k.department(admin, "华北", sales)
		shanghai := k.department(admin, "上海", east)
		service := k.department(admin, "客服部", root)
		path := func(id int64) string {
			row, err := k.s.departmentByID(context.Background(), id)
			if err != nil {
				t.Fatal(err)
			}
			return row.path
		}
		lead, leadID := k.signedIn(admin, "lead", "agent", sales)
		scope := func() []int64 {
			t.Helper()
			var ids []int64
			for _, v := range lead.do("GET", "/customers", nil).want(t, 200).body["department_ids"].([]any) {
				ids = append(ids, int64(v.(float64)))
			}
			return ids
		}
		if diff := cmp.Diff([]int64{sales, east, north, shanghai}, scope()); diff != "" {
			t.Fatal(diff)
		}
		patch := func(id int64, body map[string]any) answer {
			return admin.do("PATCH", "/departments/"+idText(id), body)
		}
		// Move the east, with Shanghai below it, to the service.
		patch(east, map[string]any{"parent_id": service}).want(t, 200)
		want := "/" + idText(root) + "/" + idText(service) + "/" + idText(east) + "/" + idText(shanghai) + "/"
		if path(shanghai) != want {
			t.Fatalf("%s, want %s", path(shanghai), want)
		}
		if diff := cmp.Diff([]int64{sales, north}, scope()); diff != "" {
			t.Fatal(diff)
		}
		// To the top and back.
		patch(east, map[string]any{"parent_id": nil}).want(t, 200)
		if path(shanghai) != "/"+idText(east)+"/"+idText(shanghai)+"/" {
			t.Fatal(path(shanghai))
		}
		patch(east, map[string]any{"parent_id": sales, "name": "华东大区"}).want(t, 200)
		if diff := cmp.Diff([]int64{sales, east, north, shanghai}, scope()); diff != "" {
			t.Fatal(diff)
		}
		for _, bad := range []struct {
			id   int64
			body map[string]any
			st   int
			code string
		}{
			{sales, map[string]any{"parent_id": sales}, 422, "org.department_cycle"},
			{sales, map[string]any{"parent_id": shanghai}, 422, "org.department_cycle"},
			{sales, map[string]any{"parent_id": 999999}, 422, "org.no_department"},
			{999999, map[string]any{"name": "x"}, 404, "org.no_department"},
			{north, map[string]any{"name": "华东大区"}, 409, "org.department_taken"},
			{north, map[string]any{"name": "   "}, 422, "org.name_empty"},
			{north, map[string]any{"name": "a\nb"}, 422, "org.name_characters"},
			{north, map[string]any{"name": strings.Repeat("长", 51)}, 422, "web.max_length"},
		} {
			patch(bad.id, bad.body).want(t, bad.st, bad.code)
		}
		admin.do("POST", "/departments", map[string]any{"name": "华北", "parent_id": sales}).want(t, 409, "org.department_taken")
		admin.do("POST", "/departments", map[string]any{"name": "华北", "parent_id": service}).want(t, 201)
		admin.do("POST", "/departments", map[string]any{"name": "分公司", "parent_id": nil}).want(t, 201)

		del := func(id int64) answer { return admin.do("DELETE", "/departments/"+idText(id), nil) }
		del(root).want(t, 409, "org.department_has_staff")
		del(east).want(t, 409, "org.department_has_children")
		used = shanghai
		del(shanghai).want(t, 409, "org.department_in_use")
		used = 0
		del(shanghai).want(t, 204)
		del(shanghai).want(t, 404, "org.no_department")
		del(east).want(t, 204)

		list := lead.do("GET", "/departments", nil).want(t, 200).body["items"].([]any)
		staff := 0.0
		for _, v := range list {
			staff += v.(map[string]any)["staff_count"].(float64)
		}
		if len(list) != 6 || staff != 2 {
			t.Fatalf("%d departments, %v people", len(list), staff)
		}
		// A person who moves sees what the new department sees.
		admin.do("PATCH", "/staff/"+idText(leadID), map[string]any{"department_id": root}).want(t, 200)
		if got := scope(); len(got) != 5 { // all below the root, not the branch office beside it
			t.Fatal(got)
		}
	})
}

func TestDepartmentDepth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		at := k.root()
		for i := range maxDepartmentDepth - 1 {
			at = k.department(admin, "第"+idText(int64(i+2))+"级", at)
		}
		admin.do("POST", "/departments", map[string]any{"name": "太深", "parent_id": at}).want(t, 422, "org.department_deep")
		// Nor by moving something that has departments below it.
		top := admin.do("POST", "/departments", map[string]any{"name": "旁支"}).want(t, 201).id()
		k.department(admin, "下级", top)
		row, err := k.s.departmentByID(context.Background(), at)
		if err != nil {
			t.Fatal(err)
		}
		admin.do("PATCH", "/departments/"+idText(top), map[string]any{"parent_id": row.parentID}).want(t, 422, "org.department_deep")
	})
}

// However departments are moved, each path is the ids from the top down, and
// "below" by path is "below" by parent.
func TestDepartmentMoves(t *testing.T) {
	k := newKit(t, dbtest.SQLite(t))
	ctx := auth.With(context.Background(), auth.System("test"))
	rapid.Check(t, func(t *rapid.T) {
		var ids []int64
		n := rapid.IntRange(2, 7).Draw(t, "departments")
		for range n {
			in := DepartmentIn{Name: oneTimePassword()}
			if len(ids) > 0 && rapid.Bool().Draw(t, "below") {
				in.ParentID = &ids[rapid.IntRange(0, len(ids)-1).Draw(t, "parent")]
			}
			made, err := k.s.CreateDepartment(ctx, in)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, made.ID)
		}
		for range rapid.IntRange(1, 6).Draw(t, "moves") {
			id := rapid.SampledFrom(ids).Draw(t, "id")
			in := DepartmentPatch{ParentID: web.Optional[int64]{Sent: true}}
			if rapid.Bool().Draw(t, "under") {
				to := rapid.SampledFrom(ids).Draw(t, "to")
				in.ParentID.Value = &to
			}
			p, err := k.s.current(ctx)
			if err != nil {
				t.Fatal(err)
			}
			cycle := in.ParentID.Value != nil && slices.Contains(p.below(id), *in.ParentID.Value)
			_, err = k.s.UpdateDepartment(ctx, id, in)
			if cycle != (err != nil) || cycle && errs.From(err).Fields[0].Code != "org.department_cycle" {
				t.Fatalf("cycle %v: %v", cycle, err)
			}
		}
		p, err := k.s.current(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range p.departments {
			want := "/" + idText(d.id) + "/"
			for up := d.parentID; up != 0; up = p.departments[up].parentID {
				want = "/" + idText(up) + want
			}
			if d.path != want {
				t.Fatalf("path %s, want %s", d.path, want)
			}
		}
	})
}
