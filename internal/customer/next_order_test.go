package customer_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// The next order by the own rhythm, by SQL, by columns and in the rows of a list,
// against a plain reading: from the third purchase on, last day and mean gap.
func TestNextOrderDay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := listSetup(t, d, 80)
		ctx := s.as("boss")
		r := rand.New(rand.NewPCG(5, 2))
		next := map[int64]clock.Day{}
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			for _, id := range s.ids {
				var first, last any
				n := r.IntN(6)
				if n > 0 {
					to := today - clock.Day(r.IntN(60))
					from := to - clock.Day(r.IntN(60)*min(n-1, 1))
					first, last = int64(from), int64(to)
					if n >= 3 && to > from {
						gap := float64(to-from) / float64(n-1)
						next[id] = to + clock.Day(gap+0.5)
					}
				}
				if _, err := d.Q(ctx).ExecContext(ctx, `UPDATE customer_metrics SET orders_all = $1, first_day = $2, last_day = $3 WHERE customer_id = $4`, n, first, last, id); err != nil {
					return err
				}
			}
			return nil
		}))
		if len(next) < 15 {
			t.Fatalf("only %d have a rhythm", len(next))
		}
		deps := s.service.Deps
		deps.Columns = column.New(column.Options{DB: d, Clock: s.clock, MaxBytes: 64 << 20, ByDay: true})
		t.Cleanup(deps.Columns.Close)
		quick := customer.NewService(deps)
		day := func(off clock.Day) string { return (today + off).String() }
		for _, c := range []struct {
			op    string
			value any
			holds func(d clock.Day, has bool) bool
		}{
			{"next_days", 7, func(d clock.Day, has bool) bool { return has && d >= today && d <= today+7 }},
			{"before_days", 14, func(d clock.Day, has bool) bool { return has && d <= today-14 }},
			{"last_days", 5, func(d clock.Day, has bool) bool { return has && d > today-5 && d <= today }},
			{"gte", day(0), func(d clock.Day, has bool) bool { return has && d >= today }},
			{"lte", day(3), func(d clock.Day, has bool) bool { return has && d <= today+3 }},
			{"between", []string{day(-9), day(9)}, func(d clock.Day, has bool) bool { return has && d >= today-9 && d <= today+9 }},
			{"empty", nil, func(_ clock.Day, has bool) bool { return !has }},
			{"not_empty", nil, func(_ clock.Day, has bool) bool { return has }},
		} {
			n := node("next_order_day", c.op, c.value)
			who := customer.Who{Rule: &n}
			sql, err := s.service.Find(ctx, who)
			must(t, err)
			var fast customer.Found
			for range 20 {
				fast, err = quick.Find(ctx, who)
				must(t, err)
				if fast.Engine == "columns" {
					break
				}
				must(t, deps.Columns.Settle(ctx))
			}
			if fast.Engine != "columns" {
				t.Errorf("%s came from %s", c.op, fast.Engine)
			}
			for _, id := range s.ids {
				at, has := next[id]
				if want := c.holds(at, has); want != sql.Members.Has(id) || want != fast.Members.Has(id) {
					t.Errorf("%s %v of %d (%v %v): want %v, SQL %v, columns %v", c.op, c.value, id, at, has, want, sql.Members.Has(id), fast.Members.Has(id))
				}
			}
		}
		list, err := s.service.Query(ctx, customer.ListQuery{Columns: []string{"next_order_day"}, Limit: 100})
		must(t, err)
		for _, it := range list.Items {
			want := "<nil>"
			if at, ok := next[it.ID]; ok {
				want = at.String()
			}
			if got := fmt.Sprint(it.Values["next_order_day"]); got != want {
				t.Errorf("%d shows %s, want %s", it.ID, got, want)
			}
		}
	})
}
