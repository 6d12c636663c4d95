package db_test

import (
	"context"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// emptyBase is a database without any schema.
func emptyBase(t *testing.T, engine db.Engine) *db.DB {
	t.Helper()
	c := db.Config{Dir: t.TempDir()}
	if engine == db.Postgres {
		c = db.Config{URL: dbtest.PostgresURL(t), MaxConns: 4}
	}
	d, err := db.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if engine == db.Postgres {
		if _, err := d.Writer().ExecContext(context.Background(), `DROP SCHEMA public CASCADE; CREATE SCHEMA public`); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// A program that is renewed in the middle of a first large import finds a base
// without the indexes that the import took away. It comes up, with the indexes of a
// base that was never without them, and nothing is left to bring back.
func TestUpgradeInTheMiddleOfAFirstImport(t *testing.T) {
	away := []string{"orders_customer", "orders_day", "customer_metrics_net365"}
	dbtest.Each(t, func(t *testing.T, whole *db.DB) {
		for _, before := range []int64{13, 24, 49} { // each before a step that makes orders_customer anew
			ctx := context.Background()
			d := emptyBase(t, whole.Engine())
			if err := d.MigrateTo(ctx, before); err != nil {
				t.Fatal(err)
			}
			if err := d.DeferIndexes(ctx, away); err != nil {
				t.Fatal(err)
			}
			for _, name := range away {
				if how, err := d.IndexStatement(ctx, name); err != nil || how != "" {
					t.Fatalf("from %d: %s is there: %q, %v", before, name, how, err)
				}
			}
			if _, err := d.Migrate(ctx); err != nil {
				t.Errorf("from %d: %v", before, err)
				continue
			}
			for _, name := range away {
				want, err := whole.IndexStatement(ctx, name)
				if err != nil || want == "" {
					t.Fatal(name, err)
				}
				if got, err := d.IndexStatement(ctx, name); err != nil || got != want {
					t.Errorf("from %d: %s is %q, want %q (%v)", before, name, got, want, err)
				}
			}
			// What ends the import brings nothing back a second time.
			if err := d.RestoreIndexes(ctx, func(string) bool { return true }); err != nil {
				t.Errorf("from %d: %v", before, err)
			}
		}
	})
}
