package db_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// writerKiB reads the size of the writer's cache.
func writerKiB(t *testing.T, d *db.DB) func() int64 {
	return func() (kib int64) {
		t.Helper()
		if err := d.Writer().QueryRowContext(t.Context(), "PRAGMA cache_size").Scan(&kib); err != nil {
			t.Fatal(err)
		}
		return -kib
	}
}

// A wide cache stays for the transaction that follows and is given back when
// none does, also after one that failed.
func TestWideCache(t *testing.T) {
	t.Parallel()
	ctx, d := context.Background(), dbtest.SQLite(t)
	size := writerKiB(t, d)
	usual := size()
	failed := errors.New("failed")
	for _, end := range []error{nil, failed} {
		err := d.InTx(ctx, func(ctx context.Context) error {
			d.WideCache(ctx)
			return end
		})
		if !errors.Is(err, end) {
			t.Fatal(err)
		}
		if got := size(); got <= usual {
			t.Fatalf("%d KiB right after the transaction, %d is usual", got, usual)
		}
	}
	for begun := time.Now(); size() != usual; time.Sleep(50 * time.Millisecond) {
		if time.Since(begun) > 30*time.Second {
			t.Fatalf("still %d KiB", size())
		}
	}
}

// The writer has few pages while memory is given back, also where a wide cache
// ends meanwhile, and its usual ones behind that.
func TestGiveBack(t *testing.T) {
	t.Parallel()
	ctx, d := context.Background(), dbtest.SQLite(t)
	size := writerKiB(t, d)
	usual := size()
	first, second := d.GiveBack(ctx), d.GiveBack(ctx)
	small := size()
	if small >= usual {
		t.Fatalf("%d KiB, %d is usual", small, usual)
	}
	if err := d.InTx(ctx, func(ctx context.Context) error { d.WideCache(ctx); return nil }); err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); size() != small; time.Sleep(50 * time.Millisecond) {
		if time.Since(begun) > 30*time.Second {
			t.Fatalf("still %d KiB", size())
		}
	}
	first()
	first()
	if got := size(); got != small {
		t.Errorf("%d KiB, want %d while somebody still needs it", got, small)
	}
	second()
	if got := size(); got != usual {
		t.Errorf("%d KiB behind it, want %d", got, usual)
	}
}

// Whoever inserts many rows has more pages, and leaves the writer without them,
// a moment later or at once; beside work that must stay within its memory there
// are no more.
func TestPagesOfManyRowsAreGivenBack(t *testing.T) {
	t.Parallel()
	ctx, d := context.Background(), dbtest.SQLite(t)
	size, first := writerKiB(t, d), 0
	usual := size()
	insert := func(n int) {
		t.Helper()
		err := d.InTx(ctx, func(ctx context.Context) error {
			return d.BulkInsert(ctx, "settings", []string{"name", "value", "updated_at"}, n, func(i int, v []any) {
				v[0], v[1], v[2] = strconv.Itoa(first+i), "v", int64(0)
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		first += n
	}
	if insert(999); size() != usual {
		t.Errorf("%d KiB behind a few rows", size())
	}
	if insert(1000); size() <= usual {
		t.Errorf("%d KiB behind many rows, %d is usual", size(), usual)
	}
	for begun := time.Now(); size() != usual; time.Sleep(50 * time.Millisecond) {
		if time.Since(begun) > 30*time.Second {
			t.Fatalf("still %d KiB", size())
		}
	}
	insert(1000)
	if d.Relax(ctx); size() != usual {
		t.Errorf("%d KiB, not given back at once", size())
	}
	back := d.GiveBack(ctx)
	defer back()
	if insert(1000); size() >= usual {
		t.Errorf("%d KiB beside work that must stay within its memory", size())
	}
}
