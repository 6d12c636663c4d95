package column

import (
	"context"
	"testing"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

func exec(t *testing.T, d *db.DB, table string, ids []int64, texts ...string) {
	t.Helper()
	err := d.InTx(t.Context(), func(ctx context.Context) error {
		for _, text := range texts {
			if _, err := d.Q(ctx).ExecContext(ctx, text); err != nil {
				return err
			}
		}
		return Tell(ctx, d, table, 1, ids...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

const newCustomer = `INSERT INTO customers (id, kind, name, source_id, version, created_at, updated_at) VALUES `

// TestLifeOfColumns: read when asked for, also where that takes longer than the
// keeper's tick and where it is written to meanwhile; dropped when idle, and
// read again.
func TestLifeOfColumns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		clk := clock.NewFixed(time.Unix(1_700_000_000, 0))
		s := New(Options{DB: d, Clock: clk, MaxBytes: 8 << 20})
		t.Cleanup(s.Close)
		exec(t, d, "customers", []int64{1, 2}, newCustomer+`(1, 'person', 'a', 1, 1, 5, 5), (2, 'company', 'b', 1, 1, 6, 6)`)
		reads := 0
		s.onLoaded = func() {
			if reads++; reads == 1 {
				if s.tend() {
					t.Error("there are columns already")
				}
				exec(t, d, "", []int64{3, 1}, newCustomer+`(3, 'person', 'c', 1, 1, 7, 7)`, `UPDATE customers SET kind = 'org' WHERE id = 1`)
			}
		}
		kinds := Col{Table: "customers", ID: "id", Expr: "kind", Kind: Words}
		find := func() (Result, bool) {
			out, ok, err := s.Find(t.Context(), &Query{Where: HasWord(kinds, "person"), Segments: []Segment{{}}, N: 10})
			if err != nil {
				t.Fatal(err)
			}
			return out, ok
		}
		for range 2 {
			if _, ok := find(); ok {
				t.Error("answered before anything was read")
			}
			if err := s.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			if out, ok := find(); !ok || out.Total != 1 || out.Hits[0].ID != 3 {
				t.Errorf("%+v, %v, %+v", out, ok, s.Stats())
			}
			clk.Advance(idleAfter - time.Second)
			if !s.tend() {
				t.Error("dropped too early")
			}
			clk.Advance(2 * time.Second)
			if s.tend() || s.Stats().Bytes != 0 {
				t.Errorf("kept although nobody asks: %+v", s.Stats())
			}
		}
		if reads != 2 {
			t.Errorf("read %d times", reads)
		}
	})
}
