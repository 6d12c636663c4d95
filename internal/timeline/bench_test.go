package timeline

import (
	"context"
	"os"
	"strconv"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// BenchmarkAverages computes what portraits are compared with.
//
//	ZHIKE_BENCH_CUSTOMERS=1000000 go test -run xx -bench Averages -benchtime 1x ./internal/timeline
func BenchmarkAverages(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			n, err := strconv.Atoi(os.Getenv("ZHIKE_BENCH_CUSTOMERS"))
			if err != nil {
				n = 20_000
			}
			d := dbtest.SQLite
			if engine == "postgres" {
				d = dbtest.Postgres
			}
			f := setup(b, d(b))
			f.exec(b, `DELETE FROM customer_metrics`)
			must(b, f.db.InTx(context.Background(), func(ctx context.Context) error {
				if err := f.db.BulkInsert(ctx, "customer_metrics", []string{"customer_id", "as_of_day", "orders_365", "net_365_fen", "months_365", "updated_at"}, n,
					func(i int, v []any) {
						v[0], v[1], v[2], v[3], v[4], v[5] = int64(i+1), int64(today), int64(i%5), int64(i%5*10_000), int64(i%3), int64(0)
					}); err != nil {
					return err
				}
				return f.db.BulkInsert(ctx, "tier_assignments", []string{"run_id", "customer_id", "level"}, n, func(i int, v []any) {
					v[0], v[1], v[2] = int64(7), int64(i+1), int64(i%2)
				})
			}))
			if f.db.Engine() == db.Postgres {
				_, err := f.db.Pool().Exec(context.Background(), "VACUUM ANALYZE")
				must(b, err)
			}
			for b.Loop() {
				must(b, f.s.RefreshAverages(context.Background()))
			}
			if c := f.count(b, `SELECT SUM(customers) FROM portrait_averages WHERE run_id = 7`); c != int64(n) {
				b.Errorf("%d customers", c)
			}
		})
	}
}
