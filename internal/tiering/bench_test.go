package tiering

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"zhike/internal/demo"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/jobs"
)

var shanghai = mustZone("Asia/Shanghai")

func mustZone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

func envInt(name string, def int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return def
}

// benchSQLite and benchPostgres keep their data between runs where
// ZHIKE_TIER_BENCH_DIR / ZHIKE_TIER_BENCH_PG name a place for it.
func benchSQLite(tb testing.TB, customers, orders int) *db.DB {
	dir := os.Getenv("ZHIKE_TIER_BENCH_DIR")
	if dir == "" {
		d := dbtest.SQLite(tb)
		loadBench(tb, d, customers, orders)
		return d
	}
	return benchOpen(tb, db.Config{Dir: dir}, customers, orders)
}

func benchPostgres(tb testing.TB, customers, orders int) *db.DB {
	url := os.Getenv("ZHIKE_TIER_BENCH_PG")
	if url == "" {
		d := dbtest.Postgres(tb)
		loadBench(tb, d, customers, orders)
		return d
	}
	return benchOpen(tb, db.Config{URL: url}, customers, orders)
}

func benchOpen(tb testing.TB, c db.Config, customers, orders int) *db.DB {
	ctx := context.Background()
	d, err := db.Open(ctx, c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = d.Close() })
	if _, err := d.Migrate(ctx); err != nil {
		tb.Fatal(err)
	}
	var one int
	if err := d.Q(ctx).QueryRowContext(ctx, "SELECT 1 FROM orders LIMIT 1").Scan(&one); err != nil {
		loadBench(tb, d, customers, orders)
	}
	return d
}

// BenchmarkValueRules measures a whole run of value-rules, and beside it the
// bare SQL: the sums of 365 days, the threshold of the top fifth, and one row
// per customer written into a table of the same keys.
func BenchmarkValueRules(b *testing.B) {
	customers := envInt("ZHIKE_TIER_BENCH_CUSTOMERS", 20_000)
	for _, engine := range []struct {
		name string
		open func(testing.TB, int, int) *db.DB
	}{{"sqlite", benchSQLite}, {"postgres", benchPostgres}} {
		b.Run(engine.name, func(b *testing.B) {
			d := engine.open(b, customers, customers*10)
			b.Run("run", func(b *testing.B) {
				s := NewService(Deps{DB: d, Vault: testVault(b, d), Clock: clock.System{}, Zone: clock.In(shanghai)})
				ctx := auth.With(context.Background(), auth.System("bench"))
				if err := s.EnsureShipped(ctx); err != nil {
					b.Fatal(err)
				}
				asOf := demo.BenchAsOf
				for b.Loop() {
					start := time.Now()
					var steps []string
					last, at := "", start
					rctx := jobs.WithReporter(ctx, func(_, _ int64, _, note string) {
						if note != last {
							steps = append(steps, last+" "+time.Since(at).Round(time.Millisecond).String())
							last, at = note, time.Now()
						}
					})
					d, err := s.RunNow(rctx, RunInput{Scheme: "value-rules", AsOf: &asOf})
					if err != nil {
						b.Fatal(err)
					}
					b.Log(time.Since(start), steps, last, time.Since(at), d.Customers)
				}
			})
			b.Run("bare", func(b *testing.B) {
				ctx := context.Background()
				for b.Loop() {
					start := time.Now()
					bareSQL(b, ctx, d)
					b.Log(time.Since(start))
				}
			})
		})
	}
}

func bareSQL(b *testing.B, ctx context.Context, d *db.DB) {
	err := d.InTx(ctx, func(ctx context.Context) error {
		q := d.Q(ctx)
		from, to := int64(demo.BenchAsOf)-364, int64(demo.BenchAsOf)
		if _, err := q.ExecContext(ctx, `DELETE FROM tier_assignments WHERE run_id = -1`); err != nil {
			return err
		}
		b.ResetTimer()
		var threshold int64
		if err := q.QueryRowContext(ctx, `SELECT s FROM (SELECT CAST(SUM(net_fen) AS BIGINT) AS s FROM orders
WHERE day >= $1 AND day <= $2 GROUP BY customer_id) AS t WHERE s > 0 ORDER BY s DESC
LIMIT 1 OFFSET (SELECT COUNT(*) / 5 FROM (SELECT SUM(net_fen) AS s FROM orders WHERE day >= $3 AND day <= $4 GROUP BY customer_id) AS u WHERE s > 0)`,
			from, to, from, to).Scan(&threshold); err != nil {
			return err
		}
		_, err := q.ExecContext(ctx, `INSERT INTO tier_assignments (run_id, customer_id, level, orders, spend_fen)
SELECT -1, c.id, CASE WHEN COALESCE(t.s, 0) >= $1 THEN 0 ELSE 1 END, COALESCE(t.n, 0), COALESCE(t.s, 0)
FROM customers c LEFT JOIN (SELECT customer_id, CAST(SUM(net_fen) AS BIGINT) AS s, COUNT(*) AS n FROM orders
WHERE day >= $2 AND day <= $3 GROUP BY customer_id) AS t ON t.customer_id = c.id`, threshold, from, to)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}
