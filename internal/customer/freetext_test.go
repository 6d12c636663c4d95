package customer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestFreeTextOfTheHistoryIsSealed: remarks of the past stand nowhere in clear,
// also those of an older program, are read by whoever sees the record,
// and tell of conflicts. A change of keys visits their columns (package app).
func TestFreeTextOfTheHistoryIsSealed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := setupRecord(t, d)
		ctx := context.Background()
		r := f.record(t, "ops", "POST", "/customers", "", `{"name":"王小明","remark":"旧号 13800138000"}`)
		path := fmt.Sprintf("/customers/%d", r.ID)
		f.record(t, "ops", "PATCH", path+"/record", `"v1"`, `{"remark":"新号 13900139000"}`)
		f.record(t, "ops", "PATCH", path+"/record", `"v2"`, `{"remark":""}`)
		if w := f.send("ops", "POST", path+"/release", "", `{"reason":"打 13700137000 不通"}`); w.Code >= 300 {
			t.Fatal(w.Code, w.Body)
		}
		kept := []string{"13800138000", "13900139000", "13700137000"}
		f.noSecrets(t, f.dump(t, "customer_changes", "audit_log", "events", "customer_feed"), kept...)

		// As an older program wrote it.
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			_, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO customer_changes (id, customer_id, at, actor_id, actor_name, origin, change_set, version, field, before_text, after_text)
 VALUES (900, $1, 1, 31, 'ops', 'edit', 900, 1, 'remark', '', '13600136000'), (901, $2, 1, 31, 'ops', 'edit', 900, 1, 'name', 'a', 'b')`, r.ID, r.ID)
			return err
		}))
		history := func() string {
			var b strings.Builder
			for _, c := range f.changes(t, "ops", r.ID, "&field=remark,release_reason") {
				fmt.Fprintf(&b, "%s %s>%s %v\n", c.Field, c.Before, c.After, c.Sealed)
			}
			return b.String()
		}
		want := "release_reason >打 13700137000 不通 false\nremark 新号 13900139000> false\nremark 旧号 13800138000>新号 13900139000 false\nremark >13600136000 false\n"
		for range 2 { // before and after the job
			if got := history(); got != want {
				t.Errorf("history %s, want %s", got, want)
			}
			must(t, f.service.SealHistory(ctx))
		}
		f.noSecrets(t, f.dump(t, "customer_changes"), append(kept, "13600136000")...)
		if n := f.count(t, `SELECT COUNT(*) FROM customer_changes WHERE id = 901 AND before_text = 'a'`); n != 1 {
			t.Error("a field that is no free text was sealed")
		}

		// A conflict tells what stood there.
		p := f.refuse(t, "ops", "PATCH", path+"/record", `"v1"`, `{"remark":"x"}`, 409, "customer.version_conflict", "")
		if text := fmt.Sprint(p.Params); !strings.Contains(text, "旧号 13800138000") {
			t.Errorf("conflict without the base: %s", text)
		}
		if !customer.FreeText("remark") || customer.FreeText("name") {
			t.Error("which fields are free text")
		}
	})
}
