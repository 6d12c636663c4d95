package app

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"zhike/internal/customer"
	"zhike/internal/duplicate"
	"zhike/internal/field"
	"zhike/internal/importer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/config"
	"zhike/internal/platform/db/dbtest"
)

// Every way by which a share is written is one by which it falls: systems,
// files and the record; and what two customers were stays apart in a merge.
func TestSharesFallHoweverTheyAreWritten(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			cfg := &config.Config{Data: t.TempDir(), TimeZone: "Asia/Shanghai", Locale: "zh-CN", DBConns: 8}
			if engine == "postgres" {
				cfg.DB = config.NewSecret(dbtest.PostgresURL(t))
			}
			// An hour before midnight of the company.
			now := clock.NewFixed(time.Date(2026, 3, 1, 15, 0, 0, 0, time.UTC))
			a, err := Open(t.Context(), cfg, Options{Stderr: io.Discard, Clock: now})
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			must(err)
			t.Cleanup(a.Close)
			ctx := auth.With(t.Context(), auth.System("test"))
			_, err = a.Fields.Create(ctx, field.In{Code: "wallet_share", Kind: field.Number, Scale: 1, Unit: "%", Name: field.Label{ZH: "我司采购占比"}})
			must(err)
			days := func(n int) { now.Advance(time.Duration(n) * 24 * time.Hour) }
			upsert := func(number, name string, share any) int64 {
				t.Helper()
				got, err := a.Customer.Upsert(ctx, customer.UpsertInput{Source: "erp", Items: []customer.Upsert{
					{Number: number, Patch: customer.Patch{Name: &name}, Fields: map[string]any{"wallet_share": share}}}})
				must(err)
				if got.Results[0].Error != nil {
					t.Fatalf("%+v", got.Results[0].Error)
				}
				return *got.Results[0].ID
			}
			fell := func(by, within int) (ids []int64) {
				t.Helper()
				n := customer.Node{Field: "f.wallet_share", Op: "fell", Value: json.RawMessage(fmt.Sprintf(`{"by":%d,"days":%d}`, by, within))}
				must(a.Metrics.RefreshAll(ctx, clock.DayOf(now.Now(), a.Org.Zone()), func(int64, int64) {}))
				f, err := a.Customer.Find(ctx, customer.Who{Rule: &n})
				must(err)
				ids = []int64{}
				f.Members.After(0, func(id int64) bool { ids = append(ids, id); return true })
				return ids
			}
			is := func(what string, got []int64, want ...int64) {
				t.Helper()
				if slices.Sort(want); !slices.Equal(got, want) {
					t.Errorf("%s: %v, want %v", what, got, want)
				}
			}
			first, two, three := upsert("1", "甲", 60), upsert("2", "乙", 50), upsert("3", "丙", nil)
			four := upsert("4", "丁", 70)
			if n := one(t, ctx, a, `SELECT COUNT(*) FROM customer_value_changes`); n != 0 {
				t.Fatalf("%d changes of new customers", n)
			}
			days(30)
			upsert("1", "甲", 49.5)
			res, err := a.Importer.Run(ctx, importer.RunInput{Kind: importer.KindCustomers, Path: writeFile(t, "c.csv", "客户编号,我司采购占比\n2,38%\n"), Source: "erp"})
			must(err)
			if res.Counts.CustomersUpdated != 1 {
				t.Fatalf("imported: %+v", res)
			}
			is("by system and file", fell(10, 7), first, two)
			is("by more", fell(11, 7), two)
			_, err = a.Fields.SetCustomerValues(ctx, four, 0, map[string]any{"wallet_share": 10})
			must(err)
			is("by the record", fell(60, 7), four)
			// An hour later it is another day of the company, and a week passes.
			now.Advance(time.Hour)
			is("a day later", fell(10, 1), []int64{}...)
			is("two days", fell(10, 2), first, two, four)
			days(6)
			is("a week passed", fell(10, 7), []int64{}...)
			// The one that stays has no share: that of the other comes with what it was.
			m, err := a.Duplicates.Merge(ctx, duplicate.MergeInput{WinnerID: three, LoserID: four}, "page")
			must(err)
			is("merged", fell(10, 30), first, two, three)
			// The one that stays has one: the other's is gone with what it was.
			k, err := a.Duplicates.Merge(ctx, duplicate.MergeInput{WinnerID: first, LoserID: two}, "page")
			must(err)
			is("merged with a share", fell(10, 30), first, three)
			is("its own", fell(11, 30), three)
			for _, id := range []int64{k.ID, m.ID} {
				_, err = a.Duplicates.Undo(ctx, id, duplicate.UndoInput{})
				must(err)
			}
			is("undone", fell(10, 30), first, two, four)
			is("undone, by more", fell(11, 30), two, four)
		})
	}
}
