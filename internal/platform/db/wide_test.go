package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"zhike/internal/platform/db/dbtest"
)

// A wide cache stays for the transaction that follows and is given back when
// none does, also after one that failed.
func TestWideCache(t *testing.T) {
	t.Parallel()
	ctx, d := context.Background(), dbtest.SQLite(t)
	size := func() (kib int64) {
		if err := d.Writer().QueryRowContext(ctx, "PRAGMA cache_size").Scan(&kib); err != nil {
			t.Fatal(err)
		}
		return -kib
	}
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
	size := func() (kib int64) {
		if err := d.Writer().QueryRowContext(ctx, "PRAGMA cache_size").Scan(&kib); err != nil {
			t.Fatal(err)
		}
		return -kib
	}
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
