package org

import (
	"context"
	"fmt"
	"testing"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// Notices are read by whom they are for, in pages, and marked once.
func TestNotices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newKit(t, d)
		admin := k.admin()
		me, id := k.signedIn(admin, "li.na", "agent", k.root())
		err := d.InTx(auth.With(context.Background(), auth.System("test")), func(ctx context.Context) error {
			var list []Notice
			for i := range 5 {
				list = append(list, Notice{StaffID: id, Kind: "review_opened", Params: map[string]any{"n": i}})
			}
			return k.s.Tell(ctx, append(list, Notice{StaffID: 1, Kind: "review_opened"}))
		})
		if err != nil {
			t.Fatal(err)
		}
		page := me.do("GET", "/notices?limit=3", nil).want(t, 200)
		items := page.body["items"].([]any)
		if len(items) != 3 || page.body["unread"] != 5.0 || items[0].(map[string]any)["params"].(map[string]any)["n"] != 4.0 {
			t.Fatal(page.raw)
		}
		rest := me.do("GET", fmt.Sprintf("/notices?limit=3&cursor=%v", page.body["next_cursor"]), nil).want(t, 200)
		if len(rest.body["items"].([]any)) != 2 || rest.body["next_cursor"] != nil {
			t.Fatal(rest.raw)
		}
		first := items[0].(map[string]any)["id"]
		if a := me.do("POST", "/notices/read", map[string]any{"ids": []any{first}}).want(t, 200); a.body["unread"] != 4.0 {
			t.Error(a.raw)
		}
		if a := admin.do("GET", "/notices/unread", nil).want(t, 200); a.body["unread"] != 1.0 {
			t.Error(a.raw)
		}
		if a := me.do("POST", "/notices/read", map[string]any{}).want(t, 200); a.body["unread"] != 0.0 {
			t.Error(a.raw)
		}
	})
}
