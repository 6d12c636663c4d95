package customer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/web"
)

// TestDepartmentFollows: who is handed over comes into the department of the new
// owner, whose head then sees the customer, and the head before no longer; a
// department that was chosen on purpose stays. Whichever way the owner changes.
func TestDepartmentFollows(t *testing.T) {
	handOver := func(who string) func(t *testing.T, f *fixture, id, owner int64) {
		return func(t *testing.T, f *fixture, id, owner int64) {
			t.Helper()
			if w := f.send(who, "POST", fmt.Sprintf("/customers/%d/hand-over", id), "", fmt.Sprintf(`{"owner_id":%d}`, owner)); w.Code != 200 {
				t.Fatal(w.Code, w.Body)
			}
		}
	}
	edit := func(t *testing.T, f *fixture, id, owner int64) {
		t.Helper()
		f.record(t, "ops", "PATCH", fmt.Sprintf("/customers/%d/record", id), web.ETag(1), fmt.Sprintf(`{"owner_id":%d,"industry":"零售"}`, owner))
	}
	claim := func(who string) func(t *testing.T, f *fixture, id, owner int64) {
		return func(t *testing.T, f *fixture, id, _ int64) {
			t.Helper()
			_, err := f.service.Claim(as(who), id)
			must(t, err)
		}
	}
	// ann (32) and bob (33) are in 11, lead (34) and who is gone (39) in 10 above
	// it, far (35) in 20.
	for _, c := range []struct {
		name        string
		owner, dept int64
		give        func(t *testing.T, f *fixture, id, owner int64)
		to, want    int64
		follows     bool
	}{
		{"to another department", 32, 11, handOver("ann"), 35, 20, true},
		{"to somebody of the same", 32, 11, handOver("ann"), 33, 11, true},
		{"by editing the record", 32, 11, edit, 35, 20, true},
		{"of one who left", 39, 10, handOver("ops"), 35, 20, true},
		{"of one who left, by editing", 39, 10, edit, 33, 11, true},
		{"from no department", 32, 0, edit, 35, 20, true},
		{"a department chosen on purpose", 32, 10, handOver("ops"), 35, 10, false},
		{"chosen on purpose, by editing", 32, 10, edit, 35, 10, false},
		{"claimed below the department of the pool", 0, 10, claim("ops"), 31, 10, true},
		{"claimed by another department", 0, 20, claim("ops"), 31, 10, true},
		{"claimed from the pool of all", 0, 0, claim("ann"), 32, 11, true},
		{"given from the pool", 0, 10, edit, 35, 20, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				f := setupRecord(t, d)
				f.add(t, []person{{c: customer.Customer{Name: "王明", OwnerID: c.owner, DepartmentID: c.dept}}})
				id := f.ids[0]
				if r := f.record(t, "ops", "GET", fmt.Sprintf("/customers/%d/record", id), "", ""); r.GoesAlong != c.follows {
					t.Errorf("the record says that the department follows: %v", r.GoesAlong)
				}
				c.give(t, f, id, c.to)
				if n := f.count(t, `SELECT COUNT(*) FROM customers WHERE owner_id = $1 AND COALESCE(department_id, 0) = $2`, c.to, c.want); n != 1 {
					t.Fatalf("owner %d, department %d", f.count(t, `SELECT COALESCE(owner_id, 0) FROM customers`), f.count(t, `SELECT COALESCE(department_id, 0) FROM customers`))
				}
				for head, sees := range map[string]bool{"far": c.want == 20 || c.to == 35, "lead": c.want == 10 || c.want == 11} {
					if w := f.send(head, "GET", fmt.Sprintf("/customers/%d/record", id), "", ""); (w.Code == 200) != sees {
						t.Errorf("%s sees the customer: %d, want %v", head, w.Code, sees)
					}
				}
				// The history tells it in the same write, and the feed names the customer once.
				moved := []string{}
				for _, ch := range f.changes(t, "ops", id, "") {
					if ch.Field == "department_id" {
						moved = append(moved, ch.Before+">"+ch.After)
					}
				}
				want := []string{}
				if c.want != c.dept {
					before := ""
					if c.dept != 0 {
						before = fmt.Sprint(c.dept)
					}
					want = append(want, fmt.Sprintf("%s>%d", before, c.want))
				}
				if diff := gocmp.Diff(want, moved); diff != "" {
					t.Errorf("history (-want +got):\n%s", diff)
				}
				if n := f.count(t, `SELECT COUNT(*) FROM customer_feed WHERE customer_id = $1`, id); n != 1 {
					t.Errorf("%d entries of the feed", n)
				}
			})
		})
	}
}

// TestBulkHandOver: a head gives customers to another department, where that
// head sees them; the preview counts who moves, and the undo brings back also
// those that its actor no longer saw, but none that were given on since.
func TestBulkHandOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 0)
		must(t, d.InTx(context.Background(), func(ctx context.Context) error {
			_, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO staff (id, login, name, department_id, password_hash, must_change, disabled, auth_version, created_at, updated_at)
 VALUES (50, 'chief', '孙', 12, '', FALSE, FALSE, 1, 0, 0), (51, 'left', '钱', 10, '', FALSE, FALSE, 1, 0, 0),
 (52, 'heir', '周', 12, '', FALSE, FALSE, 1, 0, 0)`)
			return err
		}))
		s.who["chief"] = &auth.Actor{StaffID: 50, Name: "chief", Scope: auth.ScopeDepartment, DepartmentID: 12, DepartmentIDs: []int64{12}, Permissions: s.who["boss"].Permissions}
		s.add(t, []person{
			{c: customer.Customer{Name: "甲", OwnerID: 51, DepartmentID: 10}},
			{c: customer.Customer{Name: "乙", OwnerID: 51, DepartmentID: 10}},
			{c: customer.Customer{Name: "丙", OwnerID: 3, DepartmentID: 11}}, // on purpose
			{c: customer.Customer{Name: "丁", OwnerID: 3}},                   // not the head's
			{c: customer.Customer{Name: "戊", OwnerID: 51, DepartmentID: 10}},
		})
		ids, err := json.Marshal(s.ids)
		must(t, err)
		before := s.dump(t)
		p := s.preview(t, "head", `{"selection":{"ids":`+string(ids)+`},"actions":{"set":{"owner":50}}}`)
		if p.Changed != 4 || p.Moved != 3 || p.Stayed != 1 || len(p.Examples[0].Changes) != 2 {
			t.Fatalf("preview: %+v", p)
		}
		r := s.run(t, "head", p.ID)
		if r.Changed != 4 {
			t.Fatalf("%+v", r)
		}
		sees := func(who string, want int) {
			t.Helper()
			var page customer.Page
			s.call(t, who, "POST", "/customers/query", `{"sort":"id"}`, &page)
			if len(page.Items) != want {
				t.Errorf("%s sees %d, want %d", who, len(page.Items), want)
			}
		}
		sees("chief", 4)
		sees("head", 1) // the one whose department was chosen on purpose
		// One is given on: the undo leaves it, and tells no more of it than of one that is gone.
		must(t, s.change(s.ids[4], `{"owner_id":52}`))
		if w := s.call(t, "head", "POST", fmt.Sprintf("/bulk/%d/undo", p.ID), "", nil); w.Code != 202 {
			t.Fatal(w.Code, w.Body)
		}
		must(t, s.service.RunUndo(context.Background(), p.ID))
		s.call(t, "head", "GET", fmt.Sprintf("/bulk/%d", p.ID), "", &r)
		if r.UndoStatus != "finished" || r.Undone != 3 || len(r.Conflicts) != 1 || r.Conflicts[0].CustomerID != s.ids[4] || r.Conflicts[0].Reason != "customer.not_found" {
			t.Errorf("%+v", r)
		}
		given := strings.Replace(before, fmt.Sprintf("%d customer|||||51|10", s.ids[4]), fmt.Sprintf("%d customer|||||52|12", s.ids[4]), 1)
		if diff := gocmp.Diff(given, s.dump(t)); diff != "" || given == before {
			t.Errorf("after the undo (-want +got):\n%s", diff)
		}
		sees("head", 3)
	})
}

// TestUndoKeepsOwnerAndDepartment: where the owner before cannot be put back,
// the department does not go back alone.
func TestUndoKeepsOwnerAndDepartment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 0)
		sql := func(text string) {
			t.Helper()
			must(t, d.InTx(context.Background(), func(ctx context.Context) error {
				_, err := d.Q(ctx).ExecContext(ctx, text)
				return err
			}))
		}
		sql(`INSERT INTO staff (id, login, name, department_id, password_hash, must_change, disabled, auth_version, created_at, updated_at)
 VALUES (50, 'chief', '孙', 12, '', FALSE, FALSE, 1, 0, 0), (51, 'left', '钱', 10, '', FALSE, FALSE, 1, 0, 0), (52, 'heir', '周', 12, '', FALSE, FALSE, 1, 0, 0)`)
		s.add(t, []person{
			{c: customer.Customer{Name: "甲", OwnerID: 51, DepartmentID: 10}}, // whose owner leaves
			{c: customer.Customer{Name: "乙", OwnerID: 3, DepartmentID: 10}},  // who is given on
			{c: customer.Customer{Name: "丙", OwnerID: 3, DepartmentID: 10}},
		})
		p := s.preview(t, "boss", `{"selection":{"all":true},"actions":{"set":{"owner":50}}}`)
		s.run(t, "boss", p.ID)
		must(t, s.change(s.ids[1], `{"owner_id":52}`))
		sql(`UPDATE staff SET disabled = TRUE WHERE id = 51`)
		if w := s.call(t, "boss", "POST", fmt.Sprintf("/bulk/%d/undo", p.ID), "", nil); w.Code != 202 {
			t.Fatal(w.Code, w.Body)
		}
		must(t, s.service.RunUndo(context.Background(), p.ID))
		want := "|50|12,|52|12,|3|10,"
		got := ""
		for _, line := range strings.Split(strings.TrimSpace(s.dump(t)), "\n") {
			got += line[strings.Index(line, "|||||")+4:] + ","
		}
		if got != want {
			t.Errorf("owner and department: %s, want %s", got, want)
		}
		var r customer.BulkRun
		s.call(t, "boss", "GET", fmt.Sprintf("/bulk/%d", p.ID), "", &r)
		conflicts := map[string]string{}
		for _, c := range r.Conflicts {
			conflicts[fmt.Sprint(c.CustomerID, " ", c.Field)] = c.Reason
		}
		if diff := gocmp.Diff(map[string]string{
			fmt.Sprint(s.ids[0], " owner_id"): "customer.no_staff", fmt.Sprint(s.ids[0], " department_id"): "customer.no_staff",
			fmt.Sprint(s.ids[1], " owner_id"): "list.changed_since", fmt.Sprint(s.ids[1], " department_id"): "list.changed_since",
		}, conflicts); diff != "" || r.Undone != 1 {
			t.Errorf("%d undone, conflicts (-want +got):\n%s", r.Undone, diff)
		}
	})
}
