package tiering

import (
	"context"
	"testing"

	"zhike/internal/demo"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// benchStates says what becomes of an order of the bench data in each state:
// whether its amount counts as sales and as net.
var benchStates = map[string]struct {
	status     int64
	sales, net bool
}{
	"已付款": {2, true, true}, "已发货": {3, true, true}, "已完成": {4, true, true},
	"已取消": {5, false, false}, "已退款": {6, true, false},
}

var orderColumns = []string{
	"id", "source_id", "external_id", "customer_id", "kind", "status", "paid_at", "day",
	"gross_fen", "gross_sub", "sales_fen", "sales_sub", "net_fen", "net_sub", "freight_fen",
	"quantity_milli", "line_count", "channel", "store", "province", "city", "content_hash",
	"import_id", "created_at", "updated_at",
}

// loadBench fills customers and orders with the bench data, straight into the
// tables. Indexes on orders are made afterwards, which is many times faster.
func loadBench(tb testing.TB, d *db.DB, customers, orders int) {
	tb.Helper()
	ctx := context.Background()
	exec := func(q string) {
		if err := d.InTx(ctx, func(ctx context.Context) error {
			_, err := d.Q(ctx).ExecContext(ctx, q)
			return err
		}); err != nil {
			tb.Fatal(q, err)
		}
	}
	for _, ix := range []string{"orders_customer", "orders_day", "orders_external"} {
		exec("DROP INDEX " + ix)
	}
	const chunk = 50_000
	rows := make([]demo.BenchOrder, 0, chunk)
	names := make([]string, customers)
	first := int64(1)
	flush := func() {
		err := d.InTx(ctx, func(ctx context.Context) error {
			return d.BulkInsert(ctx, "orders", orderColumns, len(rows), func(i int, v []any) {
				o := rows[i]
				st := benchStates[o.Status]
				var sales, net int64
				if st.sales {
					sales = o.AmountFen
				}
				if st.net {
					net = o.AmountFen
				}
				for k, x := range []any{
					first + int64(i), int64(1), o.ID, int64(o.Buyer + 1), int64(1), st.status, o.PaidAt, int64(o.Day),
					o.AmountFen, int64(0), sales, int64(0), net, int64(0), int64(0),
					int64(o.Quantity) * 1000, int64(1), "天猫", "", o.Province, o.City, int64(i),
					int64(1), o.PaidAt, o.PaidAt,
				} {
					v[k] = x
				}
			})
		})
		if err != nil {
			tb.Fatal(err)
		}
		first += int64(len(rows))
		rows = rows[:0]
	}
	for o := range demo.BenchOrders(customers, orders, 1) {
		names[o.Buyer] = o.Name
		if rows = append(rows, o); len(rows) == chunk {
			flush()
		}
	}
	flush()
	made := clock.Millis((demo.BenchAsOf - demo.BenchDays).Start(shanghai))
	for from := 0; from < customers; from += chunk {
		n := min(chunk, customers-from)
		err := d.InTx(ctx, func(ctx context.Context) error {
			return d.BulkInsert(ctx, "customers", customerColumns, n, func(i int, v []any) {
				v[0], v[1], v[2], v[3], v[4] = int64(from+i+1), "person", names[from+i], int64(1), int64(1)
				v[5], v[6] = made, made
			})
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	exec("CREATE UNIQUE INDEX orders_external ON orders (source_id, external_id)")
	exec("CREATE INDEX orders_customer ON orders (customer_id, day, id, net_fen, net_sub, sales_fen, sales_sub)")
	exec("CREATE INDEX orders_day ON orders (day, customer_id)")
	if d.Engine() == db.Postgres {
		if _, err := d.Pool().Exec(ctx, "VACUUM ANALYZE"); err != nil {
			tb.Fatal(err)
		}
	}
}

var customerColumns = []string{"id", "kind", "name", "source_id", "version", "created_at", "updated_at"}
