package column_test

import (
	"context"
	"slices"
	"testing"

	"zhike/internal/column"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestTouched: who was told of under a source, and who was merged, came back or
// went; not who was written otherwise, and nothing where it is no longer known.
func TestTouched(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		head := func() column.Place {
			t.Helper()
			p, err := column.Head(ctx, d)
			must(err)
			return p
		}
		tell := func(source string, at int64, ids ...int64) {
			t.Helper()
			must(d.InTx(ctx, func(ctx context.Context) error { return column.Tell(ctx, d, source, at, ids...) }))
		}
		// feed writes an entry as customer.Store does: of a run other is the last.
		feed := func(kind string, id, other int64) {
			t.Helper()
			n := int64(1)
			if kind != "merged" && other > id {
				n = other - id + 1
			}
			must(d.InTx(ctx, func(ctx context.Context) error {
				var seq int64
				if err := d.Q(ctx).QueryRowContext(ctx, `UPDATE feed_head SET seq = seq + $1 WHERE id = 1 RETURNING seq`, n).Scan(&seq); err != nil {
					return err
				}
				_, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO customer_feed (seq, customer_id, kind, other_id, at) VALUES ($1, $2, $3, $4, 1)`, seq, id, kind, other)
				return err
			}))
		}
		touched := func(from, to column.Place, most int) ([]int64, bool) {
			t.Helper()
			ids, ok, err := column.Touched(ctx, d, from, to, most, "orders")
			must(err)
			slices.Sort(ids)
			return slices.Compact(ids), ok
		}
		wants := func(from column.Place, most int, want ...int64) {
			t.Helper()
			if ids, ok := touched(from, head(), most); !ok || !slices.Equal(ids, want) {
				t.Errorf("%v, %v, want %v", ids, ok, want)
			}
		}
		gone := func(from column.Place, most int) {
			t.Helper()
			if ids, ok := touched(from, head(), most); ok {
				t.Errorf("told of %v", ids)
			}
		}
		zero := head()
		wants(zero, 10)
		feed("created", 1, 400)
		tell("customer_metrics", 1, 1, 2, 3)
		wants(zero, 10) // others cost nothing
		tell("orders", 2, 7, 9, 30)
		tell("", 3, 12)
		feed("updated", 5, 0)
		feed("merged", 40, 20)
		feed("restored", 60, 0)
		feed("deleted", 71, 73)
		wants(zero, 11, 7, 9, 12, 20, 30, 40, 60, 71, 72, 73)
		gone(zero, 9)
		gone(zero, 3)
		from := head()
		tell("orders", 4, 80)
		wants(from, 10, 80)
		// Of a place that has not come yet, as after another database was put in.
		if ids, ok := touched(column.Place{Feed: from.Feed + 1000, Marks: from.Marks}, head(), 10); ok {
			t.Errorf("of another database: %v", ids)
		}
		must(d.InTx(ctx, func(ctx context.Context) error {
			_, err := column.DropMarks(ctx, d, 3, 100)
			return err
		}))
		gone(zero, 100)
		wants(from, 10, 80)
		must(d.InTx(ctx, func(ctx context.Context) error {
			_, err := d.Q(ctx).ExecContext(ctx, `DELETE FROM customer_feed`)
			return err
		}))
		wants(from, 10, 80)
		gone(column.Place{Feed: from.Feed - 1, Marks: from.Marks}, 10)
	})
}
