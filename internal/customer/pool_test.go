package customer_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// TestTwoClaims: of many who claim one customer at once exactly one gets it,
// and the others hear who.
func TestTwoClaims(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		for round := range 5 {
			f.add(t, []person{{c: customer.Customer{Name: fmt.Sprintf("公海%d", round)}}})
			id := f.ids[len(f.ids)-1]
			var wg sync.WaitGroup
			results := make([]error, 8)
			for i := range results {
				wg.Add(1)
				go func() {
					defer wg.Done()
					_, results[i] = f.service.Claim(as([]string{"ann", "bob"}[i%2]), id)
				}()
			}
			wg.Wait()
			won := 0
			for i, err := range results {
				var e *errs.Error
				switch {
				case err == nil:
					won++
				case errors.As(err, &e) && e.Code == "customer.already_owned":
					if who := e.Params["owner"]; who != "ann" && who != "bob" {
						t.Errorf("taken by %v", who)
					}
				default:
					t.Errorf("claim %d: %v", i, err)
				}
			}
			if won != 1 {
				t.Fatalf("%d won", won)
			}
			if n := f.count(t, `SELECT COUNT(*) FROM customer_changes WHERE customer_id = $1`, id); n != 2 { // owner and department
				t.Errorf("%d changes", n)
			}
		}
	})
}

// TestClaimLimit: claims of one person at once do not pass the limit.
func TestClaimLimit(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		_, err := f.service.SetPoolRules(as("ops"), customer.PoolRules{ClaimLimit: 3, RecoverDays: 30})
		must(t, err)
		people := make([]person, 8)
		for i := range people {
			people[i].c.Name = "公海"
		}
		f.add(t, people)
		var wg sync.WaitGroup
		var mu sync.Mutex
		codes := map[string]int{}
		for _, id := range f.ids {
			wg.Add(1)
			go func() {
				defer wg.Done()
				_, err := f.service.Claim(as("ann"), id)
				mu.Lock()
				defer mu.Unlock()
				codes[errs.CodeOf(err)]++
				if err != nil && errs.From(err).Params["held"] != int64(3) {
					t.Errorf("told to hold %v", errs.From(err).Params["held"])
				}
			}()
		}
		wg.Wait()
		if diff := gocmp.Diff(map[string]int{"": 3, "customer.pool_limit": 5}, codes); diff != "" {
			t.Error(diff)
		}
		if n := f.count(t, `SELECT COUNT(*) FROM customers WHERE owner_id = 32`); n != 3 {
			t.Errorf("owns %d", n)
		}
	})
}

func TestPoolIsSeenAndNoMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		f.add(t, []person{
			{c: customer.Customer{Name: "无主甲"}, phone: "13800138001"},
			{c: customer.Customer{Name: "无主乙", DepartmentID: 11}, phone: "13800138002"},
			{c: customer.Customer{Name: "无主丙", DepartmentID: 20}, phone: "13800138003"},
			{c: customer.Customer{Name: "有主丁", OwnerID: 33, DepartmentID: 11}, phone: "13800138004"},
		})
		at := func(i int) string { return fmt.Sprintf("/customers/%d", f.ids[i]) }
		if ids, _ := f.pages(t, "ann", "owner=-1&sort=id", 10, nil); gocmp.Diff(f.ids[:2], ids) != "" {
			t.Errorf("pool of ann: %v", ids)
		}
		if ids, _ := f.pages(t, "ann", "sort=id", 10, nil); len(ids) != 0 {
			t.Errorf("her own list: %v", ids)
		}
		if ids, _ := f.pages(t, "seller", "owner=-1&sort=id", 10, nil); len(ids) != 0 {
			t.Errorf("without the permission: %v", ids)
		}
		r := f.record(t, "ann", "GET", at(0)+"/record", "", "")
		if r.Editable || r.Contacts[0].Masked != "138****8001" {
			t.Errorf("%+v", r)
		}
		before := f.dump(t, watched...)
		contact := fmt.Sprintf(`{"contact_id":%d}`, r.Contacts[0].ID)
		f.refuse(t, "ann", "POST", at(0)+"/reveal", "", contact, 403, "customer.claim_first", "")
		f.refuse(t, "ann", "PATCH", at(0)+"/record", `"v1"`, `{"name":"x"}`, 403, "customer.claim_first", "")
		f.refuse(t, "ann", "POST", at(0)+"/contacts", "", `{"kind":"email","value":"a@b.cn"}`, 403, "customer.claim_first", "")
		f.refuse(t, "ann", "GET", at(2)+"/record", "", "", 404, "customer.not_found", "")
		f.refuse(t, "ann", "POST", at(2)+"/claim", "", "", 404, "customer.not_found", "")
		f.refuse(t, "ann", "GET", at(3)+"/record", "", "", 404, "customer.not_found", "")
		f.refuse(t, "viewer", "POST", at(0)+"/claim", "", "", 403, "forbidden", "")
		if after := f.dump(t, watched...); after != before {
			t.Error(gocmp.Diff(before, after))
		}
		// An export never shows the pool to those who see it by the pool alone.
		actors["ann"].Permissions[customer.PermExport] = true
		defer delete(actors["ann"].Permissions, customer.PermExport)
		if w := f.send("ann", "GET", "/customers/export?format=csv", "", ""); w.Code != 200 || strings.Contains(w.Body.String(), "无主") {
			t.Errorf("export: %d %s", w.Code, w.Body)
		}
		r = f.record(t, "ann", "POST", at(0)+"/claim", "", "")
		if r.Owner.ID != 32 || !r.Editable || r.Department.ID != 11 || r.OwnedAt == nil {
			t.Errorf("claimed: %+v", r)
		}
		if w := f.send("ann", "POST", at(0)+"/reveal", "", contact); w.Code != 200 {
			t.Errorf("reveal after the claim: %d", w.Code)
		}
		f.refuse(t, "bob", "POST", at(0)+"/release", "", `{"reason":"x"}`, 404, "customer.not_found", "")
		if w := f.send("ann", "POST", at(0)+"/release", "", `{"reason":"不再需要"}`); w.Code != http.StatusNoContent {
			t.Fatalf("release: %d %s", w.Code, w.Body)
		}
		var got []string
		for _, c := range f.changes(t, "ann", f.ids[0], "") {
			got = append(got, fmt.Sprintf("%s %s>%s %s", c.Field, c.Before+c.BeforeLabel, c.After+c.AfterLabel, c.Origin))
		}
		want := []string{"release_reason >不再需要 pool", "owner_id 32ann> pool", "department_id >11b pool", "owner_id >32ann pool"}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestRecovery(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		now := f.clock.Now()
		ago := func(days int) int64 { return now.AddDate(0, 0, -days).UnixMilli() }
		old := ago(100)
		f.add(t, []person{
			{c: customer.Customer{Name: "忘了", OwnerID: 32, CreatedAt: old}},
			{c: customer.Customer{Name: "刚聊过", OwnerID: 32, CreatedAt: old}},
			{c: customer.Customer{Name: "刚接手", OwnerID: 32, CreatedAt: old}},
			{c: customer.Customer{Name: "刚买过", OwnerID: 32, CreatedAt: old}, last: today - 5, orders: 1},
			{c: customer.Customer{Name: "刚建", OwnerID: 33, CreatedAt: ago(3)}},
			{c: customer.Customer{Name: "也忘了", OwnerID: 33, CreatedAt: old}, last: today - 60, orders: 1},
		})
		must(t, d.InTx(t.Context(), func(ctx context.Context) error {
			if err := f.service.RaiseLastContact(ctx, f.ids[1], ago(10)); err != nil {
				return err
			}
			_, err := d.Q(ctx).ExecContext(ctx, `UPDATE customers SET owned_at = $1 WHERE id = $2`, ago(29), f.ids[2])
			return err
		}))
		if n, err := f.service.Recover(t.Context(), nil); n != 0 || err != nil {
			t.Fatalf("off, but took %d: %v", n, err)
		}
		_, err := f.service.SetPoolRules(as("ops"), customer.PoolRules{Recover: true, RecoverDays: 30})
		must(t, err)
		if n, err := f.service.Recover(t.Context(), nil); n != 2 || err != nil {
			t.Fatalf("took %d: %v", n, err)
		}
		for i, want := range []bool{true, false, false, false, false, true} {
			n := f.count(t, `SELECT COUNT(*) FROM customers WHERE id = $1 AND owner_id IS NULL`, f.ids[i])
			if (n == 1) != want {
				t.Errorf("customer %d in the pool: %v", i, n == 1)
			}
		}
		f.clock.Advance(48 * time.Hour)
		if n, err := f.service.Recover(t.Context(), nil); n != 1 || err != nil { // the one taken over 30 days ago by now
			t.Errorf("two days later: %d, %v", n, err)
		}
		p, err := f.service.Feed(as("ops"), 0, 100)
		must(t, err)
		if len(p.Items) != 3 {
			t.Errorf("feed: %+v", p.Items)
		}
	})
}

// TestOtherDepartment: an agent of another department gets 404 from every
// route of a record, and nothing changes.
func TestOtherDepartment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		r := f.record(t, "ann", "POST", "/customers", "", `{"name":"王明","contacts":[{"kind":"phone","value":"13800138000"}]}`)
		c := f.record(t, "ann", "POST", "/customers", "", `{"kind":"company","name":"云杉"}`)
		r = f.record(t, "ann", "POST", fmt.Sprintf("/customers/%d/relations", r.ID), "", fmt.Sprintf(`{"kind":"contact","other_id":%d,"title":"采购"}`, c.ID))
		at := fmt.Sprintf("/customers/%d", r.ID)
		change := f.changes(t, "ann", r.ID, "")[0].ID
		one := fmt.Sprintf("%s/contacts/%d", at, r.Contacts[0].ID)
		relation := fmt.Sprintf("%s/relations/%d", at, r.Relations[0].ID)
		before := f.dump(t, watched...)
		for _, q := range [][3]string{
			{"GET", at + "/record"}, {"PATCH", at + "/record", `{"name":"x"}`}, {"DELETE", at},
			{"POST", at + "/contacts", `{"kind":"email","value":"a@b.cn"}`}, {"PATCH", one, `{"label":"x"}`}, {"DELETE", one},
			{"POST", one + "/verify", `{"validity":"valid"}`}, {"GET", at + "/changes"}, {"POST", fmt.Sprintf("%s/changes/%d/reveal", at, change)},
			{"POST", at + "/invoice/reveal"}, {"POST", at + "/reveal", fmt.Sprintf(`{"contact_id":%d}`, r.Contacts[0].ID)},
			{"POST", at + "/relations", fmt.Sprintf(`{"kind":"contact","other_id":%d}`, c.ID)}, {"PATCH", relation, `{"title":"x"}`}, {"DELETE", relation},
			{"PUT", at + "/team/35", `{"role":"sales"}`}, {"DELETE", at + "/team/35"}, {"POST", at + "/hand-over", `{"owner_id":35}`},
			{"POST", at + "/claim"}, {"POST", at + "/release", `{"reason":"x"}`}, {"GET", at + "/card"},
		} {
			etag := ""
			if q[0] == "PATCH" {
				etag = `"v1"`
			}
			f.refuse(t, "far", q[0], q[1], etag, q[2], 404, "customer.not_found", "")
		}
		f.refuse(t, "far", "GET", "/feed", "", "", 403, "customer.feed_scope", "")
		for _, q := range [][3]string{
			{"POST", "/customers", `{"name":"x"}`}, {"PATCH", at + "/record", `{"name":"x"}`}, {"DELETE", at}, {"POST", at + "/contacts", `{"kind":"email","value":"a@b.cn"}`},
			{"PUT", at + "/team/35", `{"role":"sales"}`}, {"POST", at + "/claim"}, {"PUT", "/pool/rules", `{"claim_limit":1,"recover":false,"recover_days":9}`},
			{"POST", "/customers/similar", `{"name":"王明"}`}, {"GET", "/feed"},
		} {
			f.refuse(t, "viewer", q[0], q[1], "", q[2], 403, "forbidden", "")
		}
		// ann may edit but not assign.
		f.refuse(t, "ann", "PATCH", at+"/record", web.ETag(r.Version), `{"owner_id":33}`, 403, "forbidden", "")
		f.refuse(t, "ann", "POST", "/customers", "", `{"name":"x","owner_id":33}`, 403, "forbidden", "")
		if after := f.dump(t, watched...); after != before {
			t.Error(gocmp.Diff(before, after))
		}
		// far creates a relation to a customer it cannot see: refused as well.
		own := f.record(t, "far", "POST", "/customers", "", `{"name":"远方"}`)
		f.refuse(t, "far", "POST", fmt.Sprintf("/customers/%d/relations", own.ID), "", fmt.Sprintf(`{"kind":"household","other_id":%d}`, r.ID), 422, "customer.not_found", "other_id")
	})
}

// TestTeam: adviser and team see the customer, in records, lists and search.
func TestTeam(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		r := f.record(t, "ann", "POST", "/customers", "", `{"name":"王明"}`)
		at := fmt.Sprintf("/customers/%d", r.ID)
		sees := func(want bool) {
			t.Helper()
			f.clock.Advance(2 * time.Second)
			w := f.send("bob", "GET", at+"/record", "", "")
			ids, _ := f.pages(t, "bob", "sort=id", 10, nil)
			found, _ := f.pages(t, "bob", "q=王明", 10, nil)
			if (w.Code == 200) != want || (len(ids) == 1) != want || (len(found) == 1) != want {
				t.Errorf("sees it: %d %v %v, want %v", w.Code, ids, found, want)
			}
		}
		sees(false)
		f.record(t, "ops", "PUT", at+"/team/33", "", `{"role":"service"}`)
		sees(true)
		r = f.record(t, "bob", "PATCH", at+"/record", `"v2"`, `{"industry":"零售"}`)
		f.record(t, "ops", "DELETE", at+"/team/33", "", "")
		sees(false)
		r = f.record(t, "ops", "PATCH", at+"/record", `"v4"`, `{"adviser_id":33}`)
		if r.Adviser == nil || len(r.Team) != 1 || r.Team[0].Role != "adviser" {
			t.Errorf("%+v", r)
		}
		sees(true)
		f.refuse(t, "ops", "DELETE", at+"/team/33", "", "", 409, "customer.adviser_in_team", "")
		r = f.record(t, "ops", "PATCH", at+"/record", web.ETag(r.Version), `{"adviser_id":null}`)
		sees(false)
		// Handed over with the one before kept in the team.
		f.refuse(t, "lead", "POST", at+"/hand-over", "", `{"owner_id":34}`, 403, "forbidden", "")
		if w := f.send("ann", "POST", at+"/hand-over", web.ETag(r.Version), `{"owner_id":33,"keep_in_team":true}`); w.Code != 200 || strings.Contains(w.Body.String(), `"record":null`) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		sees(true)
		if w := f.send("bob", "POST", at+"/hand-over", "", `{"owner_id":34}`); w.Code != 200 || !strings.Contains(w.Body.String(), `"record":null`) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		sees(false)
		if w := f.send("ann", "GET", at+"/record", "", ""); w.Code != 200 {
			t.Errorf("ann is in the team: %d", w.Code)
		}
	})
}

// TestBulkChange: many at once in one write, each with its own fate.
func TestBulkChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		people := make([]person, 150)
		for i := range people {
			people[i].c = customer.Customer{Name: fmt.Sprintf("客户%d", i), DepartmentID: 10, OwnerID: 34}
		}
		people[149].c.DepartmentID, people[149].c.OwnerID = 20, 35
		f.add(t, people)
		edits := make([]customer.Edit, len(f.ids))
		for i, id := range f.ids {
			edits[i].ID = id
			must(t, edits[i].Patch.Set("industry", "零售"))
			must(t, edits[i].Patch.Set("favourite_categories", `["鞋"]`))
		}
		must(t, edits[3].Patch.Set("birthday", "13-40"))
		edits[4].Version = 9
		results, w, err := f.service.ChangeMany(as("lead"), edits, customer.WriteOptions{Origin: customer.OriginBulk, Action: "customer.bulk_edit"})
		must(t, err)
		for i, r := range results {
			want := map[int]string{3: "invalid", 4: "customer.version_conflict", 149: "customer.not_found"}[i]
			if errs.CodeOf(r.Err) != want || want == "" && (r.Version != 2 || len(r.Changed) != 2) {
				t.Errorf("%d: %+v", i, r)
			}
		}
		if w.LastSeq-w.FirstSeq+1 != 147 {
			t.Errorf("%+v", w)
		}
		if n := f.count(t, `SELECT COUNT(*) FROM customer_changes WHERE change_set = $1 AND origin = 'bulk' AND version = 2`, w.ChangeSet); n != 2*147 {
			t.Errorf("%d changes", n)
		}
		if n := f.count(t, `SELECT COUNT(*) FROM audit_log WHERE action = 'customer.bulk_edit'`); n != 1 {
			t.Errorf("%d audit entries", n)
		}
		// What the history says puts everything back.
		undo := make([]customer.Edit, 0, 147)
		for i, id := range f.ids {
			if results[i].Err == nil {
				e := customer.Edit{ID: id, Version: 2}
				for _, c := range f.changes(t, "ops", id, "") {
					must(t, e.Patch.Set(c.Field, c.Before))
				}
				undo = append(undo, e)
			}
			if len(undo) == 3 {
				break
			}
		}
		back, _, err := f.service.ChangeMany(as("lead"), undo, customer.WriteOptions{Origin: customer.OriginUndo})
		must(t, err)
		for _, r := range back {
			if r.Err != nil || r.Version != 3 {
				t.Errorf("%+v", r)
			}
		}
		if n := f.count(t, `SELECT COUNT(*) FROM customers WHERE industry = '' AND favourite_categories = '[]'`); n != 3+3 {
			t.Errorf("%d as before", n)
		}
		if _, _, err := f.service.ChangeMany(auth.With(context.Background(), actors["lead"]), []customer.Edit{assign(f.ids[0])}, customer.WriteOptions{}); !errs.Is(err, "forbidden") {
			t.Errorf("assign without the permission: %v", err)
		}
	})
}

func assign(id int64) customer.Edit {
	e := customer.Edit{ID: id}
	_ = e.Patch.Set("owner_id", "33")
	return e
}
