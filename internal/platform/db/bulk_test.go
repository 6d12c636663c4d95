package db_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// Columns in which the first rows agree are written as they are only while
// all rows do.
func TestBulkInsertKeepsEveryValue(t *testing.T) {
	const n = 137
	value := map[string]func(i int) any{
		"same":      func(int) any { return int64(7) },
		"late":      func(i int) any { return int64(i / 100) },
		"alternate": func(i int) any { return int64(i%2) * 40_000 },
		"null":      func(int) any { return nil },
		"lateNull":  func(i int) any { return map[bool]any{true: int64(-5)}[i < 60] },
		"empty":     func(int) any { return "" },
		"lateText":  func(i int) any { return strings.Repeat("引'\"", i/90) },
		"bytes":     func(i int) any { return []byte{0, byte(i), 255} },
		"noBytes":   func(i int) any { return map[bool]any{true: []byte{1}}[i == n-1] },
	}
	columns := []string{"same", "late", "alternate", "null", "lateNull", "empty", "lateText", "bytes", "noBytes"}
	kinds := map[string]string{"empty": "TEXT", "lateText": "TEXT", "bytes": "BYTEA", "noBytes": "BYTEA", "late": "SMALLINT", "alternate": "INTEGER"}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := d.InTx(ctx, func(ctx context.Context) error {
			ddl := "CREATE TABLE bulk_values (id BIGINT PRIMARY KEY"
			for i := range columns {
				kind := kinds[columns[i]]
				if kind == "" {
					kind = "BIGINT"
				}
				ddl += fmt.Sprintf(", c%d %s", i, kind)
			}
			if _, err := d.Q(ctx).ExecContext(ctx, ddl+")"); err != nil {
				return err
			}
			names := []string{"id"}
			for i := range columns {
				names = append(names, fmt.Sprint("c", i))
			}
			return d.BulkInsert(ctx, "bulk_values", names, n, func(i int, v []any) {
				v[0] = int64(i)
				for k, c := range columns {
					v[k+1] = value[c](i)
				}
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		for k, c := range columns {
			rows, err := d.Q(ctx).QueryContext(ctx, fmt.Sprintf("SELECT id, c%d FROM bulk_values ORDER BY id", k))
			if err != nil {
				t.Fatal(err)
			}
			got := 0
			for ; rows.Next(); got++ {
				var id int64
				var v any
				if err := rows.Scan(&id, &v); err != nil {
					t.Fatal(err)
				}
				if want := value[c](int(id)); fmt.Sprint(v) != fmt.Sprint(want) || (v == nil) != (want == nil) {
					t.Errorf("%s of row %d is %v, want %v", c, id, v, want)
				}
			}
			if err := rows.Close(); err != nil || got != n {
				t.Fatalf("%d rows, want %d (%v)", got, n, err)
			}
		}
	})
}

func TestBulkInsertRefusesWhatDoesNotFit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		insert := func(ctx context.Context) error {
			return d.BulkInsert(ctx, "settings", []string{"name", "value", "updated_at"}, 30, func(i int, v []any) {
				v[0], v[1], v[2] = fmt.Sprint(i), "v", int64(0)
				if i == 29 {
					v[1] = nil // the column takes none
				}
			})
		}
		if err := d.InTx(ctx, insert); err == nil {
			t.Error("a missing value went in")
		}
		if err := insert(ctx); err == nil {
			t.Error("worked outside a transaction")
		}
		gone, cancel := context.WithCancel(ctx)
		err := d.InTx(gone, func(ctx context.Context) error {
			cancel()
			return insert(ctx)
		})
		if err == nil {
			t.Error("went on for a caller that was gone")
		}
		var n int64
		if err := d.Q(ctx).QueryRowContext(ctx, "SELECT count(*) FROM settings WHERE name = '3'").Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rows stayed (%v)", n, err)
		}
	})
}

func TestNumbers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		series := `WITH RECURSIVE s (n) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT n + 1 FROM s WHERE n < $2) SELECT n, CAST(-n * 3000000000 AS BIGINT) FROM s ORDER BY n`
		read := func(ctx context.Context, query string, args []any, columns int) (rows, sum int64, err error) {
			err = d.InReadTx(ctx, func(ctx context.Context) error {
				return d.Numbers(ctx, query, args, columns, func(v []int64) error {
					rows++
					sum += v[0]
					if v[1] != -v[0]*3_000_000_000 {
						return fmt.Errorf("row %v", v)
					}
					return nil
				})
			})
			return rows, sum, err
		}
		for range 7 { // more often than a prepared statement waits for its general plan
			if rows, sum, err := read(ctx, series, []any{int64(-5), int64(3000)}, 2); err != nil || rows != 3006 || sum != 3000*3001/2-15 {
				t.Fatalf("%d rows, sum %d, %v", rows, sum, err)
			}
		}
		if _, _, err := read(ctx, series, []any{int64(1), int64(2)}, 3); err == nil {
			t.Error("takes a column that is not there")
		}
		for _, q := range []string{`SELECT CAST(1 AS BIGINT), 'x'`, `SELECT CAST(1 AS BIGINT), CAST(NULL AS BIGINT)`} {
			if _, _, err := read(ctx, q, nil, 2); err == nil {
				t.Errorf("takes %s", q)
			}
		}
		gone, cancel := context.WithCancel(ctx)
		n := 0
		err := d.InReadTx(gone, func(ctx context.Context) error {
			return d.Numbers(ctx, series, []any{int64(1), int64(1_000_000)}, 2, func([]int64) error {
				if n++; n == 10 {
					cancel()
				}
				return nil
			})
		})
		if err == nil || n > 100_000 {
			t.Errorf("read %d rows for a caller that was gone: %v", n, err)
		}
		if err := d.Numbers(ctx, series, []any{int64(1), int64(2)}, 2, func([]int64) error { return nil }); err == nil {
			t.Error("worked outside a transaction")
		}
	})
}
