package db_test

import (
	"context"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// PostgreSQL knows of the rows of a bulk load at once, and of the columns that were
// named; SQLite is asked nothing.
func TestAnalyze(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := d.InTx(ctx, func(ctx context.Context) error {
			if _, err := d.Q(ctx).ExecContext(ctx, "CREATE TABLE analyzed (run BIGINT NOT NULL, level BIGINT NOT NULL, other BIGINT NOT NULL)"); err != nil {
				return err
			}
			return d.BulkInsert(ctx, "analyzed", []string{"run", "level", "other"}, 500, func(i int, v []any) {
				v[0], v[1], v[2] = int64(i%2), int64(i%5), int64(i)
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Analyze(ctx, "analyzed", "run", "level"); err != nil {
			t.Fatal(err)
		}
		if d.Engine() == db.SQLite {
			return
		}
		got, err := db.Select(ctx, d.Q(ctx), "SELECT CAST(n_distinct AS BIGINT) FROM pg_stats WHERE tablename = 'analyzed' ORDER BY attname", db.Column[int64])
		if err != nil || len(got) != 2 || got[0] != 5 || got[1] != 2 {
			t.Errorf("distinct values known: %v, want 5 levels and 2 runs (%v)", got, err)
		}
	})
}
