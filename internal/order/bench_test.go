package order_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"zhike/internal/customer"
	"zhike/internal/order"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/db/dbtest"
	"zhike/internal/platform/money"
)

// benchCustomers is the size of the benchmarks; ten orders each.
func benchCustomers() int {
	n, err := strconv.Atoi(os.Getenv("ZHIKE_BENCH_CUSTOMERS"))
	if err != nil {
		n = 20_000
	}
	return n
}

const benchAsOf = clock.Day(20_000)

// fill makes customers with ten orders each, one line an order, over three years.
func fill(b *testing.B, d *db.DB, customers int) {
	b.Helper()
	ctx := context.Background()
	cs, os := customer.NewStore(d), order.NewStore(d)
	rnd := rand.New(rand.NewPCG(1, 2))
	const batch = 1000
	begin := time.Now()
	var products []order.Product
	for i := range 2000 {
		products = append(products, order.Product{Code: fmt.Sprint("p", i), Name: "n", Category: fmt.Sprint("c", i%40), Brand: fmt.Sprint("b", i%100)})
	}
	cache := os.ProductCache(1, 0)
	var ids []int64
	must(b, d.InTx(ctx, func(ctx context.Context) (err error) {
		ids, err = cache.IDs(ctx, products)
		return err
	}))
	for first := 0; first < customers; first += batch {
		must(b, d.InTx(ctx, func(ctx context.Context) error {
			people := make([]customer.Customer, batch)
			for i := range people {
				people[i] = customer.Customer{Kind: customer.KindPerson, Name: "王小明", SourceID: 1}
			}
			return cs.InsertCustomers(ctx, people)
		}))
	}
	n := 0
	for n < customers*10 {
		must(b, d.InTx(ctx, func(ctx context.Context) error {
			orders, lines := make([]order.Order, batch*10), []order.Line{}
			for i := range orders {
				n++
				gross := money.Exact{Fen: rnd.Int64N(100_000)}
				day := benchAsOf - clock.Day(rnd.Int32N(1100))
				orders[i] = order.Order{
					SourceID: 1, ExternalID: fmt.Sprint("ORD", n*7919), CustomerID: 1 + rnd.Int64N(int64(customers)),
					Kind: order.KindSale, Status: order.StatusCompleted, Day: day, PaidAt: int64(day) * 86_400_000,
					Gross: gross, Sales: gross, Net: gross, LineCount: 1, QuantityMilli: 1000, Channel: "天猫", City: "杭州", ContentHash: rnd.Int64(),
				}
			}
			if err := os.InsertOrders(ctx, orders); err != nil {
				return err
			}
			for i := range orders {
				lines = append(lines, order.Line{OrderID: orders[i].ID, No: 1, ProductID: ids[rnd.IntN(len(ids))], QuantityMilli: 1000, Amount: orders[i].Net})
			}
			return os.InsertLines(ctx, lines)
		}))
	}
	b.Logf("filled %d orders in %v", n, time.Since(begin))
	analyze(b, d)
}

func analyze(b *testing.B, d *db.DB) {
	b.Helper()
	if d.Engine() == db.Postgres {
		_, err := d.Pool().Exec(context.Background(), "VACUUM ANALYZE")
		must(b, err)
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkRefreshAll computes the figures of all customers, beside the same
// figures by a plain INSERT … SELECT.
//
//	ZHIKE_BENCH_CUSTOMERS=100000 go test -run xx -bench RefreshAll -benchtime 1x ./internal/order
func BenchmarkRefreshAll(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			d := benchDB(b, engine)
			fill(b, d, benchCustomers())
			b.Run("refresher", func(b *testing.B) {
				r := order.NewRefresher(order.NewStore(d), clock.System{})
				for b.Loop() {
					must(b, r.RefreshAll(context.Background(), benchAsOf, nil))
				}
			})
			b.Run("bare_sql", func(b *testing.B) {
				for b.Loop() {
					must(b, d.InTx(context.Background(), func(ctx context.Context) error {
						if _, err := d.Q(ctx).ExecContext(ctx, "DELETE FROM customer_metrics"); err != nil {
							return err
						}
						_, err := d.Q(ctx).ExecContext(ctx, bareRefresh(benchAsOf))
						return err
					}))
				}
			})
		})
	}
}

func benchDB(b *testing.B, engine string) *db.DB {
	if engine == "sqlite" {
		return dbtest.SQLite(b)
	}
	return dbtest.Postgres(b)
}

// bareRefresh is the plain SQL for the same columns: days in place of months
// divided by 30, which is less work, and no half-even rounding.
func bareRefresh(asOf clock.Day) string {
	agg := ""
	for _, w := range []int32{30, 90, 180, 365, 0} {
		from := int32(asOf) - w + 1
		if w == 0 {
			from = -1 << 30
		}
		agg += fmt.Sprintf(`,
  COUNT(CASE WHEN net_fen > 0 AND day >= %[1]d THEN 1 END) AS o%[2]d,
  COALESCE(SUM(CASE WHEN day >= %[1]d THEN sales_fen END), 0) + COALESCE(SUM(CASE WHEN day >= %[1]d THEN sales_sub END), 0) / 1000 AS s%[2]d,
  COALESCE(SUM(CASE WHEN day >= %[1]d THEN net_fen END), 0) + COALESCE(SUM(CASE WHEN day >= %[1]d THEN net_sub END), 0) / 1000 AS n%[2]d,
  COUNT(DISTINCT CASE WHEN net_fen > 0 AND day >= %[1]d THEN day / 30 END) AS m%[2]d`, from, w)
	}
	return fmt.Sprintf(`INSERT INTO customer_metrics (customer_id, as_of_day, first_day, last_day, last_behaviour_day,
 orders_30, sales_30_fen, net_30_fen, months_30, orders_90, sales_90_fen, net_90_fen, months_90,
 orders_180, sales_180_fen, net_180_fen, months_180, orders_365, sales_365_fen, net_365_fen, months_365,
 orders_all, sales_all_fen, net_all_fen, months_all, carts_90, views_90, favourite_category, favourite_brand, updated_at)
SELECT c.id, %[1]d, o.first_day, o.last_day, b.last_day, COALESCE(o30, 0), COALESCE(s30, 0), COALESCE(n30, 0), COALESCE(m30, 0),
 COALESCE(o90, 0), COALESCE(s90, 0), COALESCE(n90, 0), COALESCE(m90, 0), COALESCE(o180, 0), COALESCE(s180, 0), COALESCE(n180, 0), COALESCE(m180, 0),
 COALESCE(o365, 0), COALESCE(s365, 0), COALESCE(n365, 0), COALESCE(m365, 0), COALESCE(o0, 0), COALESCE(s0, 0), COALESCE(n0, 0), COALESCE(m0, 0),
 COALESCE(b.carts, 0), COALESCE(b.views, 0), COALESCE(fc.name, ''), COALESCE(fb.name, ''), 0
FROM customers c
LEFT JOIN (SELECT customer_id, MIN(CASE WHEN net_fen > 0 THEN day END) AS first_day, MAX(CASE WHEN net_fen > 0 THEN day END) AS last_day%[2]s
  FROM orders WHERE day <= %[1]d GROUP BY customer_id) o ON o.customer_id = c.id
LEFT JOIN (SELECT customer_id, MAX(day) AS last_day, COUNT(CASE WHEN kind = 2 THEN 1 END) AS carts, COUNT(CASE WHEN kind = 1 THEN 1 END) AS views
  FROM behaviours WHERE day <= %[1]d GROUP BY customer_id) b ON b.customer_id = c.id
LEFT JOIN (%[3]s) fc ON fc.customer_id = c.id
LEFT JOIN (%[4]s) fb ON fb.customer_id = c.id
WHERE 1 = 1`, asOf, agg, bareFavourite("category", asOf), bareFavourite("brand", asOf))
}

func bareFavourite(column string, asOf clock.Day) string {
	return fmt.Sprintf(`SELECT customer_id, name FROM (
   SELECT customer_id, name, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY amount DESC, name) AS rank FROM (
    SELECT o.customer_id, p.%[1]s AS name, SUM(l.amount_fen) AS amount FROM orders o JOIN order_lines l ON l.order_id = o.id
    JOIN products p ON p.id = l.product_id WHERE o.day > %[2]d - 365 AND o.day <= %[2]d GROUP BY o.customer_id, p.%[1]s) AS s) AS r WHERE rank = 1`, column, asOf)
}
