package column

import (
	"context"
	"fmt"
	"testing"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// TestCheckInParts: what differs in one part of a block is found with that part and
// not before, in every kind of column.
func TestCheckInParts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := New(Options{DB: d, Clock: clock.NewFixed(time.Unix(1_700_000_000, 0)), MaxBytes: 64 << 20})
		t.Cleanup(s.Close)
		s.keeping = true // nobody else checks
		// Of ids in the first, the third and the last part, and of the block behind.
		const late, last, behind = 2*partRows + 5, blockRows - 1, blockRows
		for i, id := range []int64{3, late, last, behind} {
			exec(t, d, "", []int64{id}, newCustomer+fmt.Sprintf(`(%d, 'person', 'a', 1, 1, 5, 5)`, id), newOrder(int64(10+i), id, 100, 500, "店"))
		}
		people := Col{Table: "customers", ID: "id", Expr: "kind", Kind: Words}
		made := Col{Table: "customers", ID: "id", Expr: "created_at", Kind: Number}
		name := Col{Table: "customers", ID: "id", Expr: "name", Kind: Text}
		c := All(HasWord(people, "person"), Between(made, 1, 9), IsText(name, "a"),
			Compare(Value{Facts: &Facts{Day: orderDay, From: 1, To: 200}, Agg: Sum, Of: orderNet}, 1, LastDay))
		ask := asker(t, s)
		again := func() {
			t.Helper()
			ask(c)
			if err := s.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got, ok := ask(c); !ok || len(got) != 4 {
				t.Fatalf("asked: %v, %v", got, ok)
			}
		}
		for _, damage := range []struct{ what, text, mend string }{
			{"a word", `UPDATE customers SET kind = 'company' WHERE id = %d`, `UPDATE customers SET kind = 'person' WHERE id = %d`},
			{"a number", `UPDATE customers SET created_at = 6 WHERE id = %d`, `UPDATE customers SET created_at = 5 WHERE id = %d`},
			{"a text", `UPDATE customers SET name = 'b' WHERE id = %d`, `UPDATE customers SET name = 'a' WHERE id = %d`},
			{"a fact", `UPDATE orders SET net_fen = 600 WHERE customer_id = %d`, `UPDATE orders SET net_fen = 500 WHERE customer_id = %d`},
		} {
			again()
			silently := func(text string, id int64) {
				t.Helper()
				if err := d.InTx(t.Context(), func(ctx context.Context) error {
					_, err := d.Q(ctx).ExecContext(ctx, fmt.Sprintf(text, id))
					return err
				}); err != nil {
					t.Fatal(err)
				}
			}
			for _, id := range []int64{3, late, last, behind} {
				silently(damage.text, id)
				s.next = 0
				for part := range int64(2 * blockRows / partRows) {
					same, err := s.check(t.Context())
					if want := part != id/partRows; same != want || err != nil {
						t.Errorf("%s of %d, part %d: same %v, %v", damage.what, id, part, same, err)
					}
				}
				silently(damage.mend, id)
				again()
			}
		}
	})
}
