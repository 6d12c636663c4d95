package column

import (
	"context"
	"strconv"
	"testing"

	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestRecordsLeaveFacts: what the feed says of records concerns no facts, so that
// a bulk write of all customers and half of them again is followed; what may have
// changed everything is read again with facts, and all is read anew when that is
// much of it.
func TestRecordsLeaveFacts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const customers, each = 4 * stepMost, 9
		s, ask := streamSet(t, d)
		seq := int64(0)
		write := func(kind string, runs [][2]int64, texts ...string) {
			t.Helper()
			err := d.InTx(t.Context(), func(ctx context.Context) error {
				for _, text := range texts {
					if _, err := d.Q(ctx).ExecContext(ctx, text); err != nil {
						return err
					}
				}
				for _, r := range runs {
					seq += r[1] - r[0] + 1
					if _, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO customer_feed (seq, customer_id, kind, other_id, at) VALUES ($1, $2, $3, $4, 1)`, seq, r[0], kind, r[1]); err != nil {
						return err
					}
				}
				_, err := d.Q(ctx).ExecContext(ctx, `UPDATE feed_head SET seq = $1 WHERE id = 1`, seq)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		err := d.InTx(t.Context(), func(ctx context.Context) error {
			err := d.BulkInsert(ctx, "customers", []string{"id", "kind", "name", "source_id", "version", "created_at", "updated_at"}, customers, func(i int, v []any) {
				v[0], v[1], v[2], v[3], v[4], v[5], v[6] = int64(i+1), "person", "a", int64(1), int64(1), int64(5), int64(5)
			})
			if err != nil {
				return err
			}
			return d.BulkInsert(ctx, "orders", []string{"id", "source_id", "external_id", "customer_id", "kind", "status", "paid_at", "day", "gross_fen", "gross_sub", "sales_fen", "sales_sub",
				"net_fen", "net_sub", "freight_fen", "quantity_milli", "line_count", "channel", "store", "province", "city", "content_hash", "import_id", "created_at", "updated_at"},
				customers*each, func(i int, v []any) {
					for k := range v {
						v[k] = int64(1)
					}
					v[0], v[2], v[3] = int64(i+1), strconv.Itoa(i), int64(i/each+1)
					v[12], v[13] = int64(7), int64(0)
					v[17], v[18], v[19], v[20] = "", "", "", ""
				})
		})
		if err != nil {
			t.Fatal(err)
		}
		many := func(what string, c *Cond, want int) {
			t.Helper()
			got, ok := ask(c)
			for range 3 {
				if ok {
					break
				}
				if err := s.Settle(t.Context()); err != nil {
					t.Fatal(err)
				}
				got, ok = ask(c)
			}
			if !ok || len(got) != want {
				t.Errorf("%s: %d, want %d; %v, %+v", what, len(got), want, ok, s.Stats())
			}
		}
		company := HasWord(Col{Table: "customers", ID: "id", Expr: "kind", Kind: Words}, "company")
		spent := Compare(Value{Facts: &Facts{Day: orderDay, From: FirstDay, To: LastDay}, Agg: Sum, Of: orderNet, Per: 1000}, each*7, each*7)
		many("before", company, 0)
		many("before", spent, customers)

		s.Spare()
		many("what is kept in the order of days, made anew", spent, customers)

		// An order that nobody tells of shows what was read.
		write("updated", [][2]int64{{1, customers}, {1, customers / 2}}, `UPDATE customers SET kind = 'company'`, `UPDATE orders SET net_fen = 8 WHERE id = 1`)
		many("records", company, customers)
		many("facts of records", spent, customers)
		if n := s.Stats().Rebuilt; n != 0 {
			t.Errorf("read anew %d times behind a write of records", n)
		}
		write("restored", [][2]int64{{1, 10}})
		many("facts of who is there again", spent, customers-1)
		write("restored", [][2]int64{{1, customers}})
		many("everybody", spent, customers-1)
		if n := s.Stats().Rebuilt; n != 1 {
			t.Errorf("read anew %d times where most had changed", n)
		}
	})
}
