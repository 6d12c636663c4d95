package org

import (
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// table reads a CSV that was downloaded; a byte order mark leads it.
func (a answer) table(t testing.TB) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.raw, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatalf("%v in %s", err, a.raw)
	}
	return rows
}

func TestExportStaffAndRoles(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		east := k.department(admin, "华东", k.root())
		for i := range 7 {
			k.person(admin, fmt.Sprintf("east.%d", i), "agent", east)
		}
		evil := admin.do("POST", "/staff", map[string]any{"login": "evil.name", "name": `=HYPERLINK("x")`, "department_id": east,
			"role_ids": []int64{k.role("agent"), k.role("marketer")}}).want(t, 201)
		head, _ := k.signedIn(admin, "east.head", "agent", east)
		_, last, _ := k.audited(0)

		a := admin.do("GET", "/staff/export?sort=-login&columns=name,login", nil).want(t, 200)
		rows := a.table(t)
		if a.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(a.header.Get("Content-Disposition"), ".csv") {
			t.Errorf("headers %v", a.header)
		}
		if len(rows) != 11 || len(rows[0]) != 7 || rows[0][0] != "姓名" || rows[10][1] != AdminLogin {
			t.Fatalf("%d rows: %v", len(rows), rows)
		}
		if !slices.IsSortedFunc(rows[1:], func(a, b []string) int { return strings.Compare(b[1], a[1]) }) {
			t.Errorf("not by falling login: %v", rows)
		}
		found := slices.IndexFunc(rows, func(r []string) bool { return r[1] == "evil.name" })
		if name := rows[found][0]; strings.HasPrefix(name, "=") || rows[found][3] != "客服、市场专员" && rows[found][3] != "市场专员、客服" || rows[found][4] != "待改密码" {
			t.Errorf("%v", rows[found])
		}
		if strings.Contains(a.raw, evil.body["password"].(string)) {
			t.Error("a password is in the file")
		}
		if rows := admin.do("GET", "/staff/export?q=EAST.&disabled=false", nil).want(t, 200).table(t); len(rows) != 9 {
			t.Errorf("narrowed to %d rows", len(rows))
		}
		actions, _, all := k.audited(last)
		if !slices.Equal(actions, []string{"staff.export", "staff.export_ended", "staff.export", "staff.export_ended"}) ||
			!strings.Contains(all, `"rows":10`) || !strings.Contains(all, `"rows":8`) || strings.Contains(strings.ToLower(all), "east.") {
			t.Errorf("%v %s", actions, all)
		}

		rows = admin.do("GET", "/roles/export", nil).want(t, 200).table(t)
		head0 := rows[0]
		agent := slices.IndexFunc(rows, func(r []string) bool { return r[1] == "agent" })
		reveal := slices.Index(head0, "查看联系方式明文")
		export := slices.Index(head0, "导出客户")
		if len(head0) != 4+len(catalogue) || reveal < 0 || rows[agent][reveal] != "是" || rows[agent][export] != "否" || rows[agent][3] != "9" {
			t.Errorf("%v\n%v", head0, rows[agent])
		}

		for _, path := range []string{"/staff/export", "/roles/export"} {
			head.do("GET", path, nil).want(t, 403)
			k.client().do("GET", path, nil).want(t, 401)
			admin.do("GET", path+"?format=pdf", nil).want(t, 422)
			if a := admin.do("GET", path+"?format=xlsx", nil); a.status != 200 || !strings.HasPrefix(a.raw, "PK") {
				t.Errorf("%s as a workbook: %d, begins with %.20q", path, a.status, a.raw)
			}
		}
		admin.do("GET", "/staff/export?sort=password_hash", nil).want(t, 422, "web.bad_sort")
	})
}

// An export reads in pieces and shows no more than the list does.
func TestStaffPagesAndScope(t *testing.T) {
	k := newKit(t, dbtest.SQLite(t))
	admin := k.admin()
	east := k.department(admin, "华东", k.root())
	for i := range 7 {
		k.person(admin, fmt.Sprintf("east.%d", i), "agent", east)
	}
	ctx := auth.With(context.Background(), &auth.Actor{StaffID: 99, Scope: auth.ScopeDepartment, DepartmentIDs: []int64{east}})
	q, err := k.s.searchStaff(ctx, &StaffQuery{})
	if err != nil {
		t.Fatal(err)
	}
	var logins []string
	var after []any
	for {
		items, last, err := k.s.staffPage(ctx, q, after, 3)
		if err != nil || len(items) > 3 {
			t.Fatal(items, err)
		}
		for _, st := range items {
			logins = append(logins, st.Login)
		}
		if last == nil {
			break
		}
		after = last
	}
	if got := strings.Join(logins, " "); got != "east.0 east.1 east.2 east.3 east.4 east.5 east.6" {
		t.Errorf("read %s", got)
	}
}
