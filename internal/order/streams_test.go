package order_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"zhike/internal/order"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/money"
	"zhike/internal/rule"
)

// told are the marks behind a number: "source: first…last".
func told(t *testing.T, d *db.DB, after int64) (out []string, last int64) {
	t.Helper()
	err := db.Each(context.Background(), d.Q(context.Background()), `SELECT seq, source, first_id, last_id FROM column_marks WHERE seq > $1 ORDER BY seq`,
		func(r db.Scanner) error {
			var source string
			var first, to int64
			err := r.Scan(&last, &source, &first, &to)
			out = append(out, fmt.Sprint(source, " ", first, "…", to))
			return err
		}, after)
	must(t, err)
	slices.Sort(out)
	return slices.Compact(out), max(last, after)
}

// streamRows reads a stream with everything it tells, as rules do.
func streamRows(t *testing.T, d *db.DB, st *rule.Stream) (out []string) {
	t.Helper()
	cols := []string{st.Customer, st.Day, st.Instant, st.ID}
	if st.Counted != "" {
		cols = append(cols, "CASE WHEN "+st.Counted+" THEN 1 ELSE 0 END")
	}
	for _, m := range st.Measures {
		cols = append(cols, m.Expr)
	}
	for _, m := range st.Dimensions {
		if v := m.Via; v != nil {
			cols = append(cols, "(SELECT "+v.Expr+" FROM "+v.Table+" WHERE "+v.ID+" = "+m.Expr+")")
		} else {
			cols = append(cols, m.Expr)
		}
	}
	where := "1 = 1"
	if st.Where != "" {
		where = st.Where
	}
	for i := range cols {
		cols[i] = "COALESCE(CAST(" + cols[i] + " AS TEXT), '-')"
	}
	text := "SELECT " + strings.Join(cols, " || ' ' || ") + " FROM " + st.Table + " WHERE (" + where + ") AND " + st.Customer + " = $1"
	out, err := db.Select(context.Background(), d.Q(context.Background()), text, db.Column[string], 1)
	must(t, err)
	slices.Sort(out)
	return out
}

func TestStreamsReadFactsAndWritersTell(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s := context.Background(), order.NewStore(d)
		tx := func(fn func(ctx context.Context) error) { t.Helper(); must(t, d.InTx(ctx, fn)) }
		var streams rule.Streams
		for _, st := range order.Streams() {
			streams.Register(st)
		}
		var ids []int64
		at := int64(0)
		expect := func(what string, want ...string) {
			t.Helper()
			var got []string
			if got, at = told(t, d, at); !slices.Equal(got, want) {
				t.Errorf("%s: told %v, not %v", what, got, want)
			}
		}
		cache := s.ProductCache(1, 5)
		tx(func(ctx context.Context) (err error) {
			ids, err = cache.IDs(ctx, []order.Product{{Code: "A", Name: "美式", Category: "咖啡", Brand: "山"}, {Code: "B", Category: "茶"}})
			return err
		})
		expect("new products", fmt.Sprintf("products %d…%d", ids[0], ids[1]))
		tx(func(ctx context.Context) error {
			_, err := cache.IDs(ctx, []order.Product{{Code: "B", Category: "绿茶"}, {Code: "A", Name: "美式"}})
			return err
		})
		expect("a changed category", fmt.Sprintf("products %d…%d", ids[1], ids[1]))

		orders := []order.Order{
			{CustomerID: 1, Kind: order.KindSale, Net: money.FromMilli(1999), Gross: money.FromMilli(2999), QuantityMilli: 1000, LineCount: 1, Lone: ids[0]},
			{CustomerID: 1, Kind: order.KindSale, Net: money.FromMilli(3000), QuantityMilli: 3500, LineCount: 2, Channel: "微信"},
			{CustomerID: 1, Kind: order.KindSale, Net: money.FromMilli(7000), QuantityMilli: 1000, LineCount: 1, Lone: order.NoProduct},
			{CustomerID: 1, Kind: order.KindReturn, Net: money.FromMilli(-1500), LineCount: 0},
			{CustomerID: 2, Kind: order.KindSale},
		}
		for i := range orders {
			o := &orders[i]
			o.SourceID, o.ExternalID, o.Status, o.Day, o.PaidAt, o.UpdatedAt, o.CreatedAt = 1, fmt.Sprint(i), order.StatusPaid, 20000, 1_728_000_000_000, 9, 9
		}
		tx(func(ctx context.Context) error {
			if _, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO sources (id, code, name, created_at) VALUES (1, 'pos', '门店', 0)`); err != nil {
				return err
			}
			if err := s.InsertOrders(ctx, orders); err != nil {
				return err
			}
			return s.InsertLines(ctx, []order.Line{
				{OrderID: orders[0].ID, No: 1, ProductID: ids[0], QuantityMilli: 1000, Amount: money.FromMilli(1999)},
				{OrderID: orders[1].ID, No: 1, ProductID: ids[1], QuantityMilli: 2500, Amount: money.FromMilli(3500)},
				{OrderID: orders[1].ID, No: 2, QuantityMilli: 1000, Amount: money.FromMilli(-500)},
				{OrderID: orders[2].ID, No: 1, QuantityMilli: 1000, Amount: money.FromMilli(7000)},
			})
		})
		expect("new orders", "orders 1…2")
		orders[4].CustomerID, orders[4].UpdatedAt = 3, 10
		tx(func(ctx context.Context) error { return s.UpdateOrders(ctx, orders[4:]) })
		expect("an order of somebody else", "orders 2…2", "orders 3…3")
		tx(func(ctx context.Context) error {
			return s.SetDiscounts(ctx, map[int64]int64{orders[0].ID: 1, orders[2].ID: 0}, 10)
		})
		expect("discounts of orders that were there", "orders 1…1")
		bs := []order.Behaviour{
			{CustomerID: 1, ExternalID: "a", Kind: order.BehaviourCart, At: 7, Day: 0, ProductID: ids[1], QuantityMilli: 2000, CreatedAt: 9},
			{CustomerID: 1, ExternalID: "b", Kind: order.BehaviourReview, At: 8, Day: 0, Rating: 5, CreatedAt: 9},
		}
		tx(func(ctx context.Context) error { return s.InsertBehaviours(ctx, bs) })
		expect("new behaviours", "behaviours 1…1")
		bs[1].CustomerID = 4
		tx(func(ctx context.Context) error { return s.UpdateBehaviours(ctx, 11, bs[1:]) })
		expect("a behaviour of somebody else", "behaviours 1…1", "behaviours 4…4")

		day := "1 20000 1728000000000 "
		o := func(i int) string { return fmt.Sprint(day, orders[i].ID, " ") }
		l := func(i, no int) string { return fmt.Sprint(day, orders[i].ID*1_000_000+int64(no), " ") }
		for code, want := range map[string][]string{
			// net, sales, gross, freight, quantity, lines, channel, store, province, city, kind, status, source, price
			"orders": {
				o(0) + "1 1999 0 2999 0 1000 1     1 2 门店 1", o(1) + "1 3000 0 0 0 3500 2 微信    1 2 门店 -",
				o(2) + "1 7000 0 0 0 1000 1     1 2 门店 0", o(3) + "0 -1500 0 0 0 0 0     2 2 门店 -",
			},
			// amount, quantity, category, brand, product, code, then those of the order
			"lines": {
				l(0, 0) + "1 1999 1000 咖啡 山 美式 A     1 2 门店 1", l(1, 1) + "1 3500 2500 绿茶  B B 微信    1 2 门店 -",
				l(1, 2) + "1 -500 1000 - - - - 微信    1 2 门店 -", l(2, 0) + "1 7000 1000 - - - -     1 2 门店 0",
			},
			// rating, quantity, kind, source, category, brand, product, code
			"behaviours": {fmt.Sprint("1 0 7 ", bs[0].ID, " - 2000 2 - 绿茶  B B")},
		} {
			slices.Sort(want)
			if got := streamRows(t, d, streams.Get(code)); !slices.Equal(got, want) {
				t.Errorf("%s:\n%s\nnot\n%s", code, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	})
}
