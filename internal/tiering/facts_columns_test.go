package tiering

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/order"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/rule"
)

// inMemory reads the orders into columns.
func inMemory(t *testing.T, d *db.DB) Orders {
	t.Helper()
	set := column.New(column.Options{DB: d, Clock: clock.System{}, MaxBytes: 64 << 20})
	t.Cleanup(set.Close)
	o := Orders{Columns: set, Levels: customer.LevelsInMemory}
	streams := &rule.Streams{}
	for _, st := range order.Streams() {
		streams.Register(st)
	}
	st := streams.Get("orders")
	o.Day = st.DayCol()
	o.Net, _ = st.MeasureCol("net")
	o.Sales, _ = st.MeasureCol("sales")
	for _, of := range []column.Col{o.Net, o.Sales} {
		v := column.Value{Facts: &column.Facts{Day: o.Day, From: column.FirstDay, To: column.LastDay}, Agg: column.Sum, Of: of}
		if _, _, err := set.Match(context.Background(), column.Compare(v, 0, 1)); err != nil {
			t.Fatal(err)
		}
		if err := set.Settle(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

// The levels of runs before are in memory once a run is in force, and are those of the
// database, also of customers who were not there on the day, and after a change.
func TestLevelsBeforeInMemory(t *testing.T) {
	asOf := mustDay("2024-02-29")
	c := randomCompany(rand.New(rand.NewPCG(3, 4)), asOf)
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		c.store(t, d)
		ctx := auth.With(context.Background(), auth.System("test"))
		s := NewService(Deps{DB: d, Vault: testVault(t, d), Clock: clock.NewFixed(fixNow), Zone: clock.In(shanghai), Orders: inMemory(t, d)})
		if err := s.EnsureShipped(ctx); err != nil {
			t.Fatal(err)
		}
		first, value := runNow(t, ctx, s, "value-rules", "2024-01-31"), runNow(t, ctx, s, "value-rules", "2024-02-29")
		if err := s.Orders.Columns.Settle(ctx); err != nil {
			t.Fatal(err)
		}
		quiet := func(int64, int64) error { return nil }
		agree := func(day clock.Day) (gone int) {
			t.Helper()
			q := factsQuery{asOf: day, window: 365, measure: MeasureNet, asOfEnd: clock.Millis(day.End(shanghai)), previous: []int64{first.ID, 0, value.ID}}
			q.months = monthsUpTo(day, q.window)
			if _, ok, err := s.store.scan(ctx, q, []column.Col{s.Orders.Day, s.Orders.Net}, true); err != nil || !ok {
				t.Fatalf("levels are not in memory: %v", err)
			}
			got, err := s.store.loadFacts(ctx, q, quiet)
			if err != nil {
				t.Fatal(err)
			}
			want, err := (&store{db: d}).loadFacts(ctx, q, quiet)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want.CustomerID, got.CustomerID); d != "" {
				t.Errorf("%s: customers: %s", day, d)
			}
			if d := cmp.Diff(want.before, got.before, cmp.AllowUnexported(earlier{})); d != "" {
				t.Errorf("%s: %s", day, d)
			}
			return len(got.before[2].gone)
		}
		if n := agree(asOf); n != 0 {
			t.Errorf("%d gone on the day of the run", n)
		}
		if n := agree(asOf - 2000); n == 0 {
			t.Error("nobody is gone years before")
		}
		var id, level int64
		if err := d.Q(ctx).QueryRowContext(ctx, `SELECT customer_id, level FROM tier_assignments WHERE run_id = $1 ORDER BY customer_id DESC LIMIT 1`, value.ID).Scan(&id, &level); err != nil {
			t.Fatal(err)
		}
		if err := d.InTx(ctx, func(ctx context.Context) error {
			if err := s.store.setLevels(ctx, value.ID, levelSet{level: int(level+1) % 3}, []int64{id}); err != nil {
				return err
			}
			return s.tellLevels(ctx, id)
		}); err != nil {
			t.Fatal(err)
		}
		agree(asOf)
	})
}
