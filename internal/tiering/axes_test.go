package tiering

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// The axes are filled from what is there: growth against the median of the
// industry where it has a trend, and whom a customer introduced up to the day.
// The run says for how many a figure was missing.
func TestAxes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		day := mustDay("2024-02-20")
		c := &company{created: map[int64]clock.Day{}}
		// 25 of one industry grow by 0 %, 10 %, …, 240 %; 5 of another are too few; 31 has none.
		for id := int64(1); id <= 31; id++ {
			c.created[id] = day - 800
			c.orders = append(c.orders, fixOrder{customer: id, day: day - 500, net: 100_000, sales: 100_000, paidAt: 1},
				fixOrder{customer: id, day: day - 10, net: 100_000 + 10_000*(id-1), sales: 100_000, paidAt: 2})
		}
		c.store(t, d)
		ctx := context.Background()
		run := func(text string, args ...any) {
			t.Helper()
			if err := d.InTx(ctx, func(ctx context.Context) error {
				_, err := d.Q(ctx).ExecContext(ctx, text, args...)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		run(`UPDATE customers SET industry = CASE WHEN id <= 25 THEN '制造' ELSE '餐饮' END WHERE id <= 30`)
		at := clock.Millis(day.Start(shanghai))
		for i, r := range []struct{ from, to, at int64 }{{2, 1, at}, {3, 1, at}, {4, 1, at + 3*86_400_000}, {1, 2, at}} {
			run(`INSERT INTO customer_relations (id, from_id, to_id, kind, created_by, created_at) VALUES ($1, $2, $3, 'introduced_by', 1, $4)`, int64(i+1), r.from, r.to, r.at)
		}
		run(`INSERT INTO customer_relations (id, from_id, to_id, kind, created_by, created_at) VALUES (9, 5, 1, 'partner', 1, 0)`)
		s := NewService(Deps{DB: d, Clock: clock.NewFixed(day.Start(shanghai).Add(8 * time.Hour)), Zone: clock.In(shanghai)})
		if err := s.EnsureShipped(ctx); err != nil {
			t.Fatal(err)
		}
		f, err := s.store.loadFacts(ctx, factsQuery{asOf: day, window: 365, measure: MeasureNet, need: valueAxes().needs(), asOfEnd: clock.Millis(day.End(shanghai))}, func(int64, int64) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		if err := s.axes(ctx, valueAxes(), f.Facts); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[int64]float64{1: -1.2, 13: 0, 25: 1.2} {
			if got, ok := f.value(MetricIndustryGrowth, int(id-1)); !ok || math.Abs(got-want) > 1e-9 {
				t.Errorf("customer %d grows by %v against the industry, want %v", id, got, want)
			}
		}
		for _, id := range []int64{26, 31} {
			if got, ok := f.value(MetricIndustryGrowth, int(id-1)); ok {
				t.Errorf("customer %d has a trend of %v", id, got)
			}
		}
		for id, want := range map[int64]float64{1: 2, 2: 1, 3: 0} {
			if got, ok := f.value(MetricReferrals, int(id-1)); !ok || got != want {
				t.Errorf("customer %d introduced %v, want %v", id, got, want)
			}
		}
		if got := fmt.Sprint(f.missing(valueAxes())); got != fmt.Sprint([]Missing{{Metric: MetricRating, Customers: 31}, {Metric: MetricIndustryGrowth, Customers: 6}}) {
			t.Errorf("missing: %s", got)
		}
	})
}
