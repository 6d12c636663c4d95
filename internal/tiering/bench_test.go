package tiering

import (
	"context"
	"os"
	"strconv"
	"testing"
	"time"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
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

func TestLoadBenchData(t *testing.T) {
	customers := envInt("ZHIKE_TIER_BENCH_CUSTOMERS", 0)
	if customers == 0 {
		t.Skip("set ZHIKE_TIER_BENCH_CUSTOMERS to prepare data for the benchmarks")
	}
	start := time.Now()
	if os.Getenv("ZHIKE_TIER_BENCH_PG") == "" {
		benchSQLite(t, customers, customers*10)
	} else {
		benchPostgres(t, customers, customers*10)
	}
	t.Log(time.Since(start))
}
