package order_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"zhike/internal/customer"
	"zhike/internal/order"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/money"
)

func count(t testing.TB, d *db.DB, query string, args ...any) (n int64) {
	t.Helper()
	must(t, db.MapError(d.Q(context.Background()).QueryRowContext(context.Background(), query, args...).Scan(&n)))
	return n
}

func TestOrdersAreFoundUpdatedAndUnique(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), order.NewStore(d)
		const n = 2100 // more than two IN lists
		orders := make([]order.Order, n)
		var names []string
		for i := range orders {
			orders[i] = order.Order{
				SourceID: 1, ExternalID: fmt.Sprint("X", i), CustomerID: int64(i % 7), Kind: order.KindSale, Status: order.StatusPaid,
				Day: clock.Day(i), PaidAt: int64(i), Gross: money.FromMilli(-1500), ContentHash: -int64(i), ImportID: 3, CreatedAt: 11,
			}
			names = append(names, orders[i].ExternalID)
		}
		must(t, d.InTx(ctx, func(ctx context.Context) error { return s.InsertOrders(ctx, orders) }))
		if orders[0].ID == 0 || orders[n-1].ID != orders[0].ID+n-1 {
			t.Fatalf("ids %d … %d", orders[0].ID, orders[n-1].ID)
		}
		found, err := s.OrdersByExternal(ctx, 1, append(names, "none"))
		must(t, err)
		want := order.Existing{ID: orders[2099].ID, CustomerID: 2099 % 7, ContentHash: -2099, ImportID: 3, Day: 2099, CreatedAt: 11}
		if len(found) != n || found["X2099"] != want {
			t.Fatalf("%d found, %+v", len(found), found["X2099"])
		}
		if other, err := s.OrdersByExternal(ctx, 2, names[:3]); err != nil || len(other) != 0 {
			t.Fatalf("another source: %v %v", other, err)
		}
		changed := orders[5:9]
		for i := range changed {
			changed[i].Status, changed[i].ContentHash = order.StatusRefunded, 77
		}
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			if err := s.InsertLines(ctx, []order.Line{{OrderID: changed[0].ID, No: 1}, {OrderID: changed[0].ID, No: 2}, {OrderID: orders[0].ID, No: 1}}); err != nil {
				return err
			}
			if err := s.UpdateOrders(ctx, changed); err != nil {
				return err
			}
			return s.ReplaceLines(ctx, []int64{changed[0].ID, changed[1].ID}, []order.Line{{OrderID: changed[0].ID, No: 1, ProductID: 4}})
		}))
		if c := count(t, d, "SELECT COUNT(*) FROM orders"); c != n {
			t.Errorf("%d orders after an update", c)
		}
		if c := count(t, d, "SELECT COUNT(*) FROM orders WHERE status = 6 AND content_hash = 77 AND created_at = 11"); c != 4 {
			t.Errorf("%d orders updated", c)
		}
		if c := count(t, d, "SELECT COUNT(*) FROM order_lines"); c != 2 {
			t.Errorf("%d lines", c)
		}
		again := []order.Order{{SourceID: 1, ExternalID: "new"}, {SourceID: 1, ExternalID: "X5"}}
		err = d.InTx(ctx, func(ctx context.Context) error { return s.InsertOrders(ctx, again) })
		if !db.IsUnique(err) || count(t, d, "SELECT COUNT(*) FROM orders") != n {
			t.Errorf("a second order of one number: %v", err)
		}
	})
}

func TestBehavioursAreFoundAndUpdated(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), order.NewStore(d)
		bs := []order.Behaviour{
			{SourceID: 1, ExternalID: "a", CustomerID: 1, Kind: order.BehaviourReview, Day: 9, Rating: 5, ContentHash: 1},
			{SourceID: 1, ExternalID: "b", CustomerID: 2, Kind: order.BehaviourView, Day: 9, ProductID: 3, ContentHash: 2},
		}
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			if err := s.InsertBehaviours(ctx, bs); err != nil {
				return err
			}
			bs[0].Rating, bs[0].ContentHash = 1, 9
			return s.UpdateBehaviours(ctx, 1, bs[:1])
		}))
		found, err := s.BehavioursByExternal(ctx, 1, []string{"a", "b", "c"})
		must(t, err)
		if len(found) != 2 || found["a"].ContentHash != 9 || found["a"].ID != bs[0].ID || found["b"].CustomerID != 2 {
			t.Errorf("%+v", found)
		}
		if c := count(t, d, "SELECT COUNT(*) FROM behaviours WHERE rating IS NULL AND product_id = 3"); c != 1 {
			t.Error("no rating, or no product, is not NULL")
		}
	})
}

func TestProductsAreMadeOnceAndFilled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), order.NewStore(d)
		c := s.ProductCache(1, 5)
		ask := func(c *order.ProductCache, ps ...order.Product) (ids []int64) {
			t.Helper()
			must(t, d.InTx(ctx, func(ctx context.Context) (err error) {
				ids, err = c.IDs(ctx, ps)
				return err
			}))
			return ids
		}
		ids := ask(c, order.Product{Code: "p1", Name: "杯"}, order.Product{}, order.Product{Code: "p2"}, order.Product{Code: "p1", Category: "家居"})
		if ids[0] == 0 || ids[1] != 0 || ids[2] == ids[0] || ids[3] != ids[0] {
			t.Fatalf("ids %v", ids)
		}
		// A rolled-back product is not remembered.
		boom := errors.New("boom")
		err := d.InTx(ctx, func(ctx context.Context) error {
			if _, err := c.IDs(ctx, []order.Product{{Code: "p3"}}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		again := ask(c, order.Product{Code: "p3"}, order.Product{Code: "p2", Name: "壶"}, order.Product{Code: "p1"})
		if again[1] != ids[2] || again[2] != ids[0] || count(t, d, "SELECT COUNT(*) FROM products WHERE id = $1 AND code = 'p3'", again[0]) != 1 {
			t.Fatalf("ids %v then %v", ids, again)
		}
		// A second import, with an empty cache, finds the same.
		if other := ask(s.ProductCache(1, 6), order.Product{Code: "p1"}); other[0] != ids[0] {
			t.Errorf("another cache: %v", other)
		}
		if other := ask(s.ProductCache(2, 6), order.Product{Code: "p1"}); other[0] == ids[0] {
			t.Error("two sources share a product")
		}
		if n := count(t, d, "SELECT COUNT(*) FROM products WHERE source_id = 1 AND code = 'p1' AND name = '杯' AND category = '家居'"); n != 1 {
			t.Error("an empty field replaced a full one")
		}
		if n := count(t, d, "SELECT COUNT(*) FROM products WHERE code = 'p2' AND name = '壶'"); n != 1 {
			t.Error("a name was not filled in")
		}
		many := make([]order.Product, 1500)
		for i := range many {
			many[i].Code = fmt.Sprint("m", i)
		}
		seen := map[int64]bool{}
		for _, id := range ask(c, many...) {
			seen[id] = true
		}
		if len(seen) != 1500 || seen[0] {
			t.Errorf("%d ids of 1500", len(seen))
		}
	})
}

// TestRefreshGoesOn: cut off in the middle, it continues where it was and
// ends with every row computed.
func TestRefreshGoesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), order.NewStore(d)
		const n = 4500 // three chunks
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			people, orders := make([]customer.Customer, n), make([]order.Order, n)
			if err := customer.NewStore(d).InsertCustomers(ctx, people); err != nil {
				return err
			}
			for i := range orders {
				orders[i] = order.Order{SourceID: 1, ExternalID: fmt.Sprint(i), CustomerID: people[i].ID, Day: 100, Sales: money.Exact{Fen: 5}, Net: money.Exact{Fen: 5}}
			}
			return s.InsertOrders(ctx, orders)
		}))
		r := order.NewRefresher(s, clock.NewFixed(testNow))
		cut, cancel := context.WithCancel(ctx)
		err := r.RefreshAll(cut, 100, func(done, total int64) {
			if total != n {
				t.Errorf("%d of %d", done, total)
			}
			cancel()
		})
		if err == nil || count(t, d, "SELECT COUNT(*) FROM customer_metrics WHERE orders_30 = 1") != 2000 {
			t.Fatalf("after a cut: %v", err)
		}
		// A call that may follow on new facts begins with the first customer.
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			return s.InsertOrders(ctx, []order.Order{{SourceID: 1, ExternalID: "late", CustomerID: 1, Day: 99, Net: money.Exact{Fen: 5}}})
		}))
		cut, cancel = context.WithCancel(ctx)
		if err := r.RefreshAll(cut, 100, func(int64, int64) { cancel() }); err == nil || count(t, d, "SELECT orders_30 FROM customer_metrics WHERE customer_id = 1") != 2 {
			t.Fatalf("did not begin anew: %v", err)
		}
		var dones []int64
		must(t, r.Refresh(ctx, 100, func(done, _ int64) { dones = append(dones, done) }))
		if fmt.Sprint(dones) != "[2000 2500]" || count(t, d, "SELECT COUNT(*) FROM customer_metrics WHERE orders_30 >= 1 AND as_of_day = 100") != n {
			t.Fatalf("went on as %v", dones)
		}
		must(t, r.Refresh(ctx, 100, func(int64, int64) { t.Error("nothing was to do") }))
		must(t, r.Refresh(ctx, 130, nil))
		if c := count(t, d, "SELECT COUNT(*) FROM customer_metrics WHERE orders_30 = 0 AND orders_90 >= 1"); c != n {
			t.Errorf("%d rows moved with the day", c)
		}
	})
}

// TestRefreshLeavesNoStaleRow: imports and a full refresh at once end with the
// figures of all facts.
func TestRefreshLeavesNoStaleRow(t *testing.T) {
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), order.NewStore(d)
		r := order.NewRefresher(s, clock.NewFixed(testNow))
		people := make([]customer.Customer, 50)
		must(t, d.InTx(ctx, func(ctx context.Context) error { return customer.NewStore(d).InsertCustomers(ctx, people) }))
		failed := make(chan error, 2)
		go func() {
			for range 40 {
				if err := r.RefreshAll(ctx, 100, nil); err != nil {
					failed <- err
					return
				}
			}
			failed <- nil
		}()
		go func() {
			for round := range 40 {
				err := d.InTx(ctx, func(ctx context.Context) error {
					var ids []int64
					var orders []order.Order
					for _, c := range people {
						ids = append(ids, c.ID)
						orders = append(orders, order.Order{SourceID: 1, ExternalID: fmt.Sprint(c.ID, "-", round), CustomerID: c.ID, Day: 100, Net: money.Exact{Fen: 1}})
					}
					if err := s.InsertOrders(ctx, orders); err != nil {
						return err
					}
					return r.RefreshMetrics(ctx, 100, ids)
				})
				if err != nil {
					failed <- err
					return
				}
			}
			failed <- nil
		}()
		for range 2 {
			must(t, <-failed)
		}
		if c := count(t, d, "SELECT COUNT(*) FROM customer_metrics WHERE orders_30 = 40 AND net_all_fen = 40"); c != int64(len(people)) {
			t.Errorf("%d of %d rows are current", c, len(people))
		}
	})
}
