package customer

import (
	"context"
	"fmt"
	"testing"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// Names of many are read by several readers; inside a transaction by that one,
// which sees what it wrote. Either way the scope holds.
func TestSeenOfMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := Store{d}
		const n = 3 * seenBeside
		check := func(ctx context.Context, a *auth.Actor, want int) {
			t.Helper()
			var ids []int64
			for id := int64(1); id <= n; id++ {
				if id%4 != 0 || id > n/2 { // near each other, and not
					ids = append(ids, id*3)
				}
			}
			names, err := s.seen(ctx, a, ids)
			if err != nil || len(names) != want {
				t.Fatalf("%d names, want %d: %v", len(names), want, err)
			}
			for id, name := range names {
				if name != fmt.Sprint("客户", id) {
					t.Fatalf("%d is called %s", id, name)
				}
			}
		}
		boss, seller := &auth.Actor{Scope: auth.ScopeAll}, &auth.Actor{Scope: auth.ScopeOwn, StaffID: 7}
		err := d.InTx(t.Context(), func(ctx context.Context) error {
			err := d.BulkInsert(ctx, "customers", []string{"id", "kind", "name", "source_id", "owner_id", "version", "created_at", "updated_at"}, n, func(i int, v []any) {
				id := int64(i+1) * 3
				v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7] = id, "person", fmt.Sprint("客户", id), int64(1), nil, int64(1), int64(1), int64(1)
				if i%2 == 0 {
					v[4] = int64(7)
				}
			})
			check(ctx, boss, n-n/8)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		check(t.Context(), boss, n-n/8)
		check(t.Context(), seller, n/2)
	})
}
