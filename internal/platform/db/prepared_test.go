package db_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestPreparedReadsWhatIsThere: a kept statement sees what was committed after
// it was made, inside a transaction what the transaction wrote, and a caller
// who gives up leaves it usable.
func TestPreparedReadsWhatIsThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		read := func(ctx context.Context) (n int) {
			t.Helper()
			if err := d.Prepared(ctx).QueryRowContext(ctx, "SELECT count(*) FROM settings WHERE name <> $1", "x").Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		for i := range 3 {
			if n := read(ctx); n != i {
				t.Fatalf("%d rows, want %d", n, i)
			}
			err := d.InTx(ctx, func(ctx context.Context) error {
				if err := put(ctx, d, fmt.Sprint("k", i), "v"); err != nil {
					return err
				}
				if n := read(ctx); n != i+1 {
					t.Errorf("inside the transaction %d rows, want %d", n, i+1)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		gone, cancel := context.WithCancel(ctx)
		cancel()
		const other = "SELECT value FROM settings WHERE name = $1"
		var v string
		if err := d.Prepared(gone).QueryRowContext(gone, other, "k0").Scan(&v); err == nil {
			t.Error("a cancelled caller got an answer")
		}
		if err := d.Prepared(ctx).QueryRowContext(ctx, other, "k0").Scan(&v); err != nil || v != "v" {
			t.Errorf("after a cancelled caller: %q %v", v, err)
		}
		if _, err := d.Prepared(ctx).QueryContext(ctx, "SELECT nothing FROM nowhere"); err == nil {
			t.Error("a wrong text was not refused")
		}
	})
}

// TestPreparedHoldsManyTexts: beyond its bound, texts are run without being kept.
func TestPreparedHoldsManyTexts(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				for i := range 150 {
					var n int
					query := fmt.Sprintf("SELECT %d + $1", (i+w)%150)
					err := d.Prepared(t.Context()).QueryRowContext(t.Context(), query, 1).Scan(&n)
					if err != nil || n != (i+w)%150+1 {
						t.Errorf("%s: %d %v", query, n, err)
					}
				}
			})
		}
		wg.Wait()
	})
}
