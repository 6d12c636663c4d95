package db_test

import (
	"context"
	"fmt"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

func TestBulkUpsert(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := d.InTx(ctx, func(ctx context.Context) error {
			for _, ddl := range []string{
				"CREATE TABLE upserted (id BIGINT PRIMARY KEY, small SMALLINT NOT NULL, name TEXT NOT NULL)",
				"CREATE TABLE paired (a SMALLINT NOT NULL, b BIGINT NOT NULL, PRIMARY KEY (a, b))",
			} {
				if _, err := d.Q(ctx).ExecContext(ctx, ddl); err != nil {
					return err
				}
			}
			d.WideCache(ctx)
			for round := range 2 { // the second meets half of the first
				from := round * 150
				err := d.BulkUpsert(ctx, "upserted", []string{"id", "small", "name"}, 1, 300, func(i int, v []any) {
					v[0], v[1], v[2] = int64(from+i), int64(round), fmt.Sprint("n", round)
				})
				if err != nil {
					return err
				}
				err = d.BulkUpsert(ctx, "paired", []string{"a", "b"}, 2, 300, func(i int, v []any) { v[0], v[1] = int64(i%3), int64(from+i) })
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := db.Select(ctx, d.Q(ctx), "SELECT COUNT(*) FROM upserted WHERE small = 0 AND name = 'n0' AND id < 150 UNION ALL SELECT COUNT(*) FROM upserted WHERE small = 1 AND name = 'n1' UNION ALL SELECT COUNT(*) FROM paired", db.Column[int64])
		if err != nil || fmt.Sprint(got) != "[150 300 450]" {
			t.Errorf("%v, %v", got, err)
		}
	})
}
