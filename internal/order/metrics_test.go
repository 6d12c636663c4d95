package order_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"zhike/internal/customer"
	"zhike/internal/order"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/money"
)

// facts are what a reference computes from, in the plainest form.
type facts struct {
	customers  int
	products   []order.Product
	orders     []order.Order
	lines      []order.Line // OrderID: index into orders + 1
	behaviours []order.Behaviour
}

var testNow = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// reference computes the figures of customer id the slow, obvious way.
func (f *facts) reference(id int64, asOf clock.Day) order.Metrics {
	m := order.Metrics{CustomerID: id, AsOf: asOf, UpdatedAt: clock.Millis(testNow)}
	known, less := 0, 0
	for w, days := range []clock.Day{30, 90, 180, 365, 1 << 20} {
		var sales, net int64
		months := map[string]bool{}
		for _, o := range f.orders {
			if o.CustomerID != id || o.Day > asOf || o.Day < asOf-days+1 {
				continue
			}
			sales += o.Sales.Fen*1000 + o.Sales.Sub
			net += o.Net.Fen*1000 + o.Net.Sub
			if days == 365 && order.IsPurchase(o.Net) && o.Discount.Known {
				known++
				// A twentieth of the list price or more.
				if off := float64(o.Discount.Fen) * 1000; off > 0 && off/(off+float64(o.Sales.Milli())) >= 0.05-1e-12 {
					less++
				}
			}
			if order.IsPurchase(o.Net) {
				m.Orders[w]++
				months[o.Day.String()[:7]] = true
			}
		}
		m.Sales[w], m.Net[w], m.Months[w] = money.RoundMilli(sales), money.RoundMilli(net), int64(len(months))
	}
	if known >= 3 {
		share := int64(math.Floor(100*float64(less)/float64(known) + 0.5))
		m.PriceSensitivity = &share
	}
	for _, o := range f.orders {
		if day := o.Day; o.CustomerID == id && day <= asOf && order.IsPurchase(o.Net) {
			if m.First == nil || day < *m.First {
				m.First = &day
			}
			if m.Last == nil || day > *m.Last {
				m.Last = &day
			}
		}
	}
	for _, b := range f.behaviours {
		if b.CustomerID != id || b.Day > asOf {
			continue
		}
		if day := b.Day; m.LastBehaviour == nil || day > *m.LastBehaviour {
			m.LastBehaviour = &day
		}
		if b.Day < asOf-89 {
			continue
		}
		if b.Kind == order.BehaviourView {
			m.Views90++
		}
		if b.Kind == order.BehaviourCart && !f.paidAfter(b, asOf) {
			m.Carts90++
		}
	}
	m.Category = f.favourite(id, asOf, m.Orders[order.Window365] > 0, func(p order.Product) string { return p.Category })
	m.Brand = f.favourite(id, asOf, m.Orders[order.Window365] > 0, func(p order.Product) string { return p.Brand })
	if m.Orders[order.WindowAll] == 0 {
		m.Category, m.Brand = "", ""
	}
	return m
}

func (f *facts) paidAfter(b order.Behaviour, asOf clock.Day) bool {
	for i, o := range f.orders {
		if o.CustomerID != b.CustomerID || o.Day > asOf || o.PaidAt < b.At || o.Sales.Milli() <= 0 {
			continue
		}
		if b.ProductID == 0 {
			return true
		}
		for _, l := range f.lines {
			if l.OrderID == int64(i+1) && l.ProductID != 0 && f.products[l.ProductID-1].Code == f.products[b.ProductID-1].Code {
				return true
			}
		}
	}
	return false
}

func (f *facts) favourite(id int64, asOf clock.Day, recent bool, name func(order.Product) string) string {
	sums := map[string]int64{}
	for i, o := range f.orders {
		if o.CustomerID != id || o.Day > asOf || (recent && o.Day < asOf-364) || o.Net.IsZero() {
			continue
		}
		for _, l := range f.lines {
			if l.OrderID == int64(i+1) && l.ProductID != 0 {
				sums[name(f.products[l.ProductID-1])] += l.Amount.Milli()
			}
		}
	}
	type pair struct {
		name string
		sum  int64
	}
	var all []pair
	for n, s := range sums {
		if n != "" && s > 0 {
			all = append(all, pair{n, s})
		}
	}
	slices.SortFunc(all, func(a, b pair) int { return cmp.Or(cmp.Compare(b.sum, a.sum), cmp.Compare(a.name, b.name)) })
	if len(all) == 0 {
		return ""
	}
	return all[0].name
}

// edges are distances from the as-of day at which something may go wrong.
var edges = []int32{-400, -1, 0, 1, 28, 29, 30, 31, 59, 89, 90, 91, 179, 180, 181, 363, 364, 365, 366, 500, 3000}

func drawFacts(t *rapid.T, asOf clock.Day) *facts {
	f := &facts{customers: rapid.IntRange(1, 4).Draw(t, "customers")}
	for i := range rapid.IntRange(1, 5).Draw(t, "products") {
		f.products = append(f.products, order.Product{
			// The same code in two sources is one product.
			Code:     rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "code") + fmt.Sprint(i%2),
			Category: rapid.SampledFrom([]string{"", "b", "a", "女装", "Z"}).Draw(t, "category"),
			Brand:    rapid.SampledFrom([]string{"", "x", "甲"}).Draw(t, "brand"),
		})
	}
	day := func() clock.Day {
		return asOf - clock.Day(rapid.SampledFrom(edges).Draw(t, "edge")+rapid.Int32Range(-2, 2).Draw(t, "off"))
	}
	at := func(d clock.Day) int64 { return int64(d)*86_400_000 + rapid.Int64Range(0, 3).Draw(t, "hour")*3_600_000 }
	who := func() int64 { return int64(rapid.IntRange(1, f.customers).Draw(t, "customer")) }
	amount := func() money.Exact {
		return money.FromMilli(rapid.OneOf(rapid.Int64Range(0, 3000), rapid.SampledFrom([]int64{500, 1500, 2500, 1_000_000_500})).Draw(t, "milli"))
	}
	for i := range rapid.IntRange(0, 14).Draw(t, "orders") {
		d := day()
		o := order.Order{
			SourceID: 1, ExternalID: fmt.Sprint("o", i), CustomerID: who(), Day: d, PaidAt: at(d),
			Kind:   rapid.SampledFrom([]order.Kind{order.KindSale, order.KindSale, order.KindSale, order.KindReturn}).Draw(t, "kind"),
			Status: order.Status(rapid.IntRange(1, 7).Draw(t, "status")), Gross: amount(),
		}
		refund := money.Exact{}
		if o.Status == order.StatusPartRefunded {
			refund = amount()
		}
		o.Sales, o.Net = order.Value(o.Status, o.Kind, o.Gross, refund)
		if rapid.IntRange(0, 3).Draw(t, "told") > 0 {
			o.Discount.Known = true
			// About a twentieth of the list price, and far from it.
			off := o.Sales.Milli() / 19_000
			o.Discount.Fen = max(0, rapid.SampledFrom([]int64{0, off - 1, off, off + 1, 1, 100_000}).Draw(t, "off"))
		}
		if rapid.Bool().Draw(t, "lone") {
			l := order.Line{OrderID: int64(i + 1), No: 1, ProductID: int64(rapid.IntRange(0, len(f.products)).Draw(t, "product")), Amount: o.Net}
			o.SetLone([]order.Line{l})
			f.orders, f.lines = append(f.orders, o), append(f.lines, l)
			continue
		}
		f.orders = append(f.orders, o)
		for no := range rapid.IntRange(0, 2).Draw(t, "lines") {
			l := order.Line{OrderID: int64(i + 1), No: int32(no + 1), ProductID: int64(rapid.IntRange(0, len(f.products)).Draw(t, "product")), Amount: amount()}
			if o.Kind == order.KindReturn {
				l.Amount = l.Amount.Neg()
			}
			f.lines = append(f.lines, l)
		}
	}
	for i := range rapid.IntRange(0, 8).Draw(t, "behaviours") {
		d := day()
		f.behaviours = append(f.behaviours, order.Behaviour{
			SourceID: 1, ExternalID: fmt.Sprint("b", i), CustomerID: who(), Kind: order.BehaviourKind(rapid.IntRange(1, 4).Draw(t, "what")),
			Day: d, At: at(d), ProductID: int64(rapid.IntRange(0, len(f.products)).Draw(t, "of")),
		})
	}
	return f
}

// store writes the facts into an emptied database with ids as the facts number them.
func (f *facts) store(t testing.TB, d *db.DB) {
	t.Helper()
	ctx := context.Background()
	must(t, d.InTx(ctx, func(ctx context.Context) error {
		for _, table := range []string{"customers", "products", "orders", "order_lines", "behaviours", "customer_metrics", "settings"} {
			if _, err := d.Q(ctx).ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		people := make([]customer.Customer, f.customers)
		for i := range people {
			people[i] = customer.Customer{ID: int64(i + 1), Kind: customer.KindPerson}
		}
		if err := customer.NewStore(d).InsertCustomers(ctx, people); err != nil {
			return err
		}
		for i, p := range f.products {
			if _, err := d.Q(ctx).ExecContext(ctx, `INSERT INTO products (id, source_id, code, name, category, brand, created_at, updated_at)
VALUES ($1, $2, $3, '', $4, $5, 0, 0)`, i+1, i+1, p.Code, p.Category, p.Brand); err != nil {
				return err
			}
		}
		s := order.NewStore(d)
		orders := slices.Clone(f.orders)
		for i := range orders {
			orders[i].ID = int64(i + 1)
		}
		if err := s.InsertOrders(ctx, orders); err != nil {
			return err
		}
		if err := s.InsertLines(ctx, f.lines); err != nil {
			return err
		}
		return s.InsertBehaviours(ctx, slices.Clone(f.behaviours))
	}))
}

func (f *facts) compare(t *rapid.T, d *db.DB, what string, asOf clock.Day, sameDay bool) {
	got, err := order.NewStore(d).Metrics(context.Background(), f.ids())
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range f.ids() {
		want, have := f.reference(id, asOf), got[id]
		if !sameDay {
			have.AsOf = want.AsOf
		}
		if diff := gocmp.Diff(want, have); diff != "" {
			t.Fatalf("%s: customer %d as of %s (-want +got):\n%s", what, id, asOf, diff)
		}
	}
}

// comparePast asks for the figures of a day by themselves (order.PastFigures).
func (f *facts) comparePast(t *rapid.T, d *db.DB, asOf clock.Day) {
	for _, p := range order.PastFigures(d.Engine()) {
		for _, id := range f.ids() {
			var got any
			if err := d.Q(context.Background()).QueryRowContext(context.Background(), `SELECT `+p.Expr(asOf, "c.id")+` FROM customers c WHERE c.id = $1`, id).Scan(&got); err != nil {
				t.Fatal(err)
			}
			m := f.reference(id, asOf)
			want := map[string]any{"carts_90": m.Carts90, "favourite_category": m.Category, "favourite_brand": m.Brand, customer.PriceField: nil}[p.Code]
			if want == "" {
				want = nil
			}
			if p.Code == customer.PriceField && m.PriceSensitivity != nil {
				want = *m.PriceSensitivity
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Fatalf("%s of customer %d as of %s (-want +got):\n%s", p.Code, id, asOf, diff)
			}
		}
	}
}

func (f *facts) ids() []int64 {
	ids := make([]int64, f.customers)
	for i := range ids {
		ids[i] = int64(i + 1)
	}
	return ids
}

// TestMetricsMatchReference: the figures equal those of the reference for
// random facts and days, computed for a list, for all, by moving the day, and
// asked for by themselves.
func TestMetricsMatchReference(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		rapid.Check(t, func(rt *rapid.T) {
			// Around month ends, a leap day and the turn of a year.
			asOf := clock.DateDay(2024, time.Month(rapid.IntRange(1, 14).Draw(rt, "month")), rapid.IntRange(-1, 3).Draw(rt, "day"))
			f := drawFacts(rt, asOf)
			f.store(t, d)
			r := order.NewRefresher(order.NewStore(d), clock.NewFixed(testNow))
			must(t, r.RefreshMetrics(ctx, asOf, append(f.ids(), 999, 1)))
			f.compare(rt, d, "list", asOf, true)
			must(t, r.RefreshAll(ctx, asOf, nil))
			f.compare(rt, d, "all", asOf, true)
			to := asOf + clock.Day(rapid.Int32Range(-70, 70).Draw(rt, "step"))
			must(t, r.RefreshDaily(ctx, asOf, to, nil))
			f.compare(rt, d, "moved", to, false)
			f.comparePast(rt, d, asOf)
			f.comparePast(rt, d, to)
			if day, ok, err := r.AsOf(ctx); err != nil || (day != to || !ok) {
				rt.Fatalf("kept for %v %v %v, want %v", day, ok, err, to)
			}
		})
	})
}
