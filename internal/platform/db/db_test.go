package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/errs"
)

func put(ctx context.Context, d *db.DB, name, value string) error {
	_, err := d.Q(ctx).ExecContext(ctx, "INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3)", name, value, 0)
	return db.MapError(err)
}

func count(ctx context.Context, t *testing.T, d *db.DB, table string) (n int) {
	t.Helper()
	if err := d.Q(ctx).QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestInTxCommitsRollsBackAndJoins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		hooks := 0
		err := d.InTx(ctx, func(ctx context.Context) error {
			db.AfterCommit(ctx, func() { hooks++ })
			if err := put(ctx, d, "a", "1"); err != nil {
				return err
			}
			return d.InTx(ctx, func(ctx context.Context) error { return put(ctx, d, "b", "2") })
		})
		if err != nil || count(ctx, t, d, "settings") != 2 || hooks != 1 {
			t.Fatalf("err %v, rows %d, hooks %d", err, count(ctx, t, d, "settings"), hooks)
		}
		boom := errors.New("boom")
		err = d.InTx(ctx, func(ctx context.Context) error {
			db.AfterCommit(ctx, func() { hooks++ })
			_ = put(ctx, d, "c", "3")
			return boom
		})
		if !errors.Is(err, boom) || count(ctx, t, d, "settings") != 2 || hooks != 1 {
			t.Fatalf("rollback: err %v, rows %d, hooks %d", err, count(ctx, t, d, "settings"), hooks)
		}
		func() {
			defer func() { _ = recover() }()
			_ = d.InTx(ctx, func(ctx context.Context) error {
				_ = put(ctx, d, "d", "4")
				panic("boom")
			})
		}()
		if n := count(ctx, t, d, "settings"); n != 2 {
			t.Fatalf("after a panic %d rows", n)
		}
	})
}

func TestErrorsAreMapped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := d.InTx(ctx, func(ctx context.Context) error {
			if err := put(ctx, d, "a", "secret"); err != nil {
				return err
			}
			return put(ctx, d, "a", "secret")
		})
		if !db.IsUnique(err) || errs.KindOf(err) != errs.Conflict {
			t.Fatalf("unique: %v", err)
		}
		var v string
		err = db.MapError(d.Q(ctx).QueryRowContext(ctx, "SELECT value FROM settings WHERE name = $1", "none").Scan(&v))
		if !db.IsNoRow(err) || errs.KindOf(err) != errs.NotFound {
			t.Fatalf("no row: %v", err)
		}
		err = d.InTx(ctx, func(ctx context.Context) error {
			_, err := d.Q(ctx).ExecContext(ctx, "INSERT INTO departments (id, parent_id, name, path, created_at, updated_at) VALUES (1, 99, 'x', '/1/', 0, 0)")
			return db.MapError(err)
		})
		if !errs.Is(err, "db.reference") {
			t.Fatalf("reference: %v", err)
		}
	})
}

func TestBulkInsertAndIDs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		for _, n := range []int{0, 1, 19, 20, 21, 257} {
			var first int64
			err := d.InTx(ctx, func(ctx context.Context) (err error) {
				if first, err = d.NextIDs(ctx, "event", max(n, 1)); err != nil {
					return err
				}
				return d.BulkInsert(ctx, "events", []string{"id", "kind", "payload", "created_at"}, n, func(i int, vals []any) {
					vals[0], vals[1], vals[2], vals[3] = first+int64(i), "k", "值", int64(i)
				})
			})
			if err != nil {
				t.Fatal(err)
			}
			var got, sum int64
			row := d.Q(ctx).QueryRowContext(ctx, "SELECT count(*), coalesce(sum(created_at), 0) FROM events WHERE id >= $1 AND id < $2", first, first+int64(n))
			if err := row.Scan(&got, &sum); err != nil || got != int64(n) || sum != int64(n*(n-1)/2) {
				t.Fatalf("n %d: %d rows, sum %d, %v", n, got, sum, err)
			}
		}
		err := d.InTx(ctx, func(ctx context.Context) error {
			return d.BulkInsert(ctx, "settings", []string{"name", "value", "updated_at"}, 2, func(_ int, vals []any) {
				vals[0], vals[1], vals[2] = "same", "v", int64(0)
			})
		})
		if !db.IsUnique(err) {
			t.Fatalf("duplicate in bulk: %v", err)
		}
	})
}

func TestConcurrentWritersGetDistinctIDs(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		var mu sync.Mutex
		seen := map[int64]bool{}
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range 40 {
					err := d.InTx(ctx, func(ctx context.Context) error {
						id, err := d.NextID(ctx, "thing")
						mu.Lock()
						defer mu.Unlock()
						if seen[id] {
							t.Errorf("id %d twice", id)
						}
						seen[id] = true
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if len(seen) != 640 {
			t.Fatalf("%d ids", len(seen))
		}
	})
}

func TestReadersCannotWriteOnSQLite(t *testing.T) {
	d := dbtest.SQLite(t)
	if err := put(context.Background(), d, "a", "1"); err == nil {
		t.Fatal("a write outside InTx passed")
	}
}

func TestInArgsPads(t *testing.T) {
	ph, args := db.InArgs(2, []int64{7, 8})
	if ph != "$2, $3, $4, $5" || len(args) != 4 || args[3] != int64(8) {
		t.Fatalf("%q %v", ph, args)
	}
}

// A list of ids finds the same rows on both engines, behind other arguments.
func TestOneOf(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := d.InTx(ctx, func(ctx context.Context) error {
			if _, err := d.Q(ctx).ExecContext(ctx, "CREATE TABLE listed (id BIGINT NOT NULL, kind BIGINT NOT NULL)"); err != nil {
				return err
			}
			return d.BulkInsert(ctx, "listed", []string{"id", "kind"}, 40, func(i int, v []any) { v[0], v[1] = int64(i), int64(i%2) })
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, ids := range [][]int64{{3}, {3, 5, 4}, {1, 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53}} {
			is, args := d.OneOf(2, ids)
			var want []int64
			for _, id := range ids {
				if id < 40 && id%2 == 1 {
					want = append(want, id)
				}
			}
			got, err := db.Select(ctx, d.Prepared(ctx), "SELECT id FROM listed WHERE kind = $1 AND id "+is+" ORDER BY id", db.Column[int64], append([]any{int64(1)}, args...)...)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("of %v: %v, want %v (%v)", ids, got, want, err)
			}
		}
	})
}

func TestBackupIsConsistentWhileWriting(t *testing.T) {
	d := dbtest.SQLite(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		// Two rows a transaction: a consistent copy holds an even number.
		for i := 0; ctx.Err() == nil && i < 5000; i++ {
			_ = d.InTx(ctx, func(ctx context.Context) error {
				id, err := d.NextIDs(ctx, "event", 2)
				if err != nil {
					return err
				}
				return d.BulkInsert(ctx, "events", []string{"id", "kind", "payload", "created_at"}, 2, func(i int, v []any) {
					v[0], v[1], v[2], v[3] = id+int64(i), "k", "p", int64(0)
				})
			})
		}
	})
	path := filepath.Join(t.TempDir(), "copy.db")
	res, err := d.Backup(ctx, path)
	if err != nil || res.Bytes == 0 || res.Tables < 10 {
		t.Fatalf("%+v %v", res, err)
	}
	if st, _ := os.Stat(path); st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", st.Mode())
	}
	if _, err := d.Backup(ctx, path); !errs.Is(err, "backup.exists") {
		t.Errorf("overwrite: %v", err)
	}
	cancel()
	wg.Wait()
	dir := t.TempDir()
	if err := os.Rename(path, filepath.Join(dir, db.FileName)); err != nil {
		t.Fatal(err)
	}
	c, err := db.Open(context.Background(), db.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n := count(context.Background(), t, c, "events"); n%2 != 0 {
		t.Errorf("the copy holds half a transaction: %d rows", n)
	}
}

func TestMigrateTwiceDoesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		n, err := d.Migrate(context.Background())
		if err != nil || n != 0 {
			t.Fatalf("%d steps, %v", n, err)
		}
		if p, fresh, err := d.Pending(context.Background()); err != nil || p != 0 || fresh {
			t.Fatalf("%d pending, fresh %v, %v", p, fresh, err)
		}
	})
}

// Beside those who write without a pause nobody waits for more than one
// transaction of each of them.
func TestWritersComeInTurn(t *testing.T) {
	ctx := context.Background()
	d := dbtest.SQLite(t)
	var order []int
	var wg sync.WaitGroup
	held := make(chan struct{})
	wg.Go(func() {
		_ = d.InTx(ctx, func(context.Context) error {
			close(held)
			time.Sleep(250 * time.Millisecond)
			return nil
		})
	})
	<-held
	for i := range 8 {
		wg.Go(func() {
			if err := d.InTx(ctx, func(context.Context) error { order = append(order, i); return nil }); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(15 * time.Millisecond) // it stands in the queue
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := d.InTx(gone, func(context.Context) error { return nil }); err == nil {
		t.Error("who went away was served")
	}
	wg.Wait()
	if len(order) != 8 || !slices.IsSorted(order) {
		t.Errorf("served in the order %v", order)
	}
}
