package tiering

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// randomCompany makes customers over several pieces of the id range, facts on
// border days, returns, refunds, ratings, carts before and after purchases,
// orders of nobody.
func randomCompany(r *rand.Rand, asOf clock.Day) *company {
	c := &company{created: map[int64]clock.Day{}}
	var ids []int64
	for _, base := range []int64{1, pieceIDs - 3, 3 * pieceIDs} {
		for k := range int64(12) {
			id := base + k
			c.created[id] = asOf - 20 + clock.Day(r.IntN(41))
			ids = append(ids, id)
		}
	}
	ids = append(ids, 2*pieceIDs) // no such customer
	day := func() clock.Day {
		return asOf + []clock.Day{0, 1, -1, -29, -30, -31, -59, -60, -61, -89, -90, -91, -364, -365, 40}[r.IntN(15)]
	}
	amount := func() int64 { return []int64{0, 1, 999, 1000, 123_456_789, 5_000_001}[r.IntN(6)] }
	for range 200 {
		o := fixOrder{customer: ids[r.IntN(len(ids))], day: day(), sales: amount(), product: int64(r.IntN(4))}
		o.paidAt = clock.Millis(o.day.Start(shanghai)) + int64(r.IntN(86_400_000))
		switch r.IntN(5) {
		case 0: // refunded
		case 1: // return document
			o.net, o.sales = -o.sales, 0
		default:
			o.net = o.sales
		}
		c.orders = append(c.orders, o)
	}
	for range 200 {
		b := fixBehaviour{customer: ids[r.IntN(len(ids))], kind: int64(1 + r.IntN(4)), day: day(), product: int64(r.IntN(4))}
		b.at = clock.Millis(b.day.Start(shanghai)) + int64(r.IntN(86_400_000))
		if b.kind == 4 && r.IntN(3) > 0 {
			b.rating = int64(1 + r.IntN(5))
		}
		c.behaviours = append(c.behaviours, b)
	}
	return c
}

func TestFactsAgreeWithReference(t *testing.T) {
	asOf := mustDay("2024-02-29")
	r := rand.New(rand.NewPCG(1, 2))
	c := randomCompany(r, asOf)
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		c.store(t, d)
		s := &store{db: d, orders: inMemory(t, d)}
		memory := 0
		for _, measure := range []Measure{MeasureNet, MeasureSales} {
			for _, window := range []int{0, 1, 30, 365} {
				for _, day := range []clock.Day{asOf, asOf - 30, asOf + 40, asOf - 2000} {
					q := factsQuery{
						asOf: day, window: window, measure: measure, need: needs{true, true},
						asOfEnd: clock.Millis(day.End(shanghai)), months: monthsUpTo(day, window),
					}
					quiet := func(int64, int64) error { return nil }
					if _, ok, err := s.fromColumns(context.Background(), q, quiet); err != nil {
						t.Fatal(err)
					} else if ok {
						memory++
					}
					for _, s := range []*store{s, {db: d}} {
						got, err := s.loadFacts(context.Background(), q, quiet)
						if err != nil {
							t.Fatal(err)
						}
						want := c.facts(q)
						rows := map[int64]refRow{}
						for i, id := range got.CustomerID {
							if i > 0 && got.CustomerID[i-1] >= id {
								t.Fatalf("customer %d after %d", id, got.CustomerID[i-1])
							}
							rows[id] = got.row(i)
						}
						if d := cmp.Diff(want, rows, cmp.AllowUnexported(refRow{})); d != "" {
							t.Fatalf("%s, %d days to %s: %s", measure, window, day, d)
						}
						checkMonths(t, c, q, got)
					}
				}
			}
		}
		if memory == 0 {
			t.Error("the columns were never asked")
		}
	})
}

// checkMonths counts the monthly table anew.
func checkMonths(t *testing.T, c *company, q factsQuery, got *loaded) {
	t.Helper()
	want := map[int32]*monthSum{}
	buyers := map[int32]map[int64]bool{}
	for _, o := range c.orders {
		m := o.net
		if q.measure == MeasureSales {
			m = o.sales
		}
		if _, known := c.created[o.customer]; !known || o.day > q.asOf || (q.window > 0 && int(q.asOf-o.day) >= q.window) {
			continue
		}
		k := o.day.Month()
		if want[k] == nil {
			want[k], buyers[k] = &monthSum{}, map[int64]bool{}
		}
		want[k].milli += m
		if m > 0 {
			want[k].orders++
			buyers[k][o.customer] = true
			want[k].customers = int64(len(buyers[k]))
		}
	}
	if d := cmp.Diff(want, got.months, cmp.AllowUnexported(monthSum{})); d != "" {
		t.Fatalf("months: %s", d)
	}
}

func TestFactsOfNobody(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		got, err := (&store{db: d}).loadFacts(context.Background(), factsQuery{asOf: 100, measure: MeasureNet}, func(int64, int64) error { return nil })
		if err != nil || got.Len() != 0 {
			t.Fatal(got, err)
		}
	})
}
