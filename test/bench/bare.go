package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"zhike/internal/demo"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// engine is one database under measurement; server is empty for SQLite.
type engine struct{ name, dir, server string }

// config opens the database called name on this engine.
func (e engine) config(name string) db.Config {
	if e.server == "" {
		return db.Config{Dir: filepath.Join(e.dir, name)}
	}
	return db.Config{URL: e.url(name)}
}

func (e engine) url(name string) string {
	u, err := url.Parse(e.server)
	if err != nil {
		panic(err)
	}
	u.Path = "/" + database(name)
	return u.String()
}

// database is what name is called on PostgreSQL.
func database(name string) string { return "zhike_bench_" + name }

// create makes an empty database; dropping what an earlier run left.
func (e engine) create(ctx context.Context, name string) error {
	if err := e.drop(ctx, name); err != nil || e.server == "" {
		return err
	}
	return e.onServer(ctx, "CREATE DATABASE "+database(name))
}

// copy makes a database out of another that nobody uses meanwhile.
func (e engine) copy(ctx context.Context, from, to string) error {
	if err := e.drop(ctx, to); err != nil {
		return err
	}
	// The program refuses a key that others may read, and a copy has usual permissions.
	before := syscall.Umask(0o077)
	err := os.CopyFS(filepath.Join(e.dir, to), os.DirFS(filepath.Join(e.dir, from)))
	syscall.Umask(before)
	// What is measured next does not pay for the copy: neither for writing it to
	// disk nor, on PostgreSQL, for a checkpoint of gigabytes of log.
	defer syscall.Sync()
	if err != nil || e.server == "" {
		return err
	}
	return errors.Join(
		e.onServer(ctx, "CREATE DATABASE "+database(to)+" TEMPLATE "+database(from)+" STRATEGY FILE_COPY"),
		e.onServer(ctx, "CHECKPOINT"))
}

// drop removes a database and its folder, where they are there.
func (e engine) drop(ctx context.Context, name string) error {
	if e.server != "" {
		if err := e.onServer(ctx, "DROP DATABASE IF EXISTS "+database(name)+" WITH (FORCE)"); err != nil {
			return err
		}
	}
	return os.RemoveAll(filepath.Join(e.dir, name))
}

func (e engine) onServer(ctx context.Context, statement string) error {
	c, err := pgx.Connect(ctx, e.server)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, statement)
	return err
}

var (
	customerColumns = []string{"id", "kind", "name", "province", "city", "source_id", "version", "created_at", "updated_at"}
	orderColumns    = []string{
		"id", "source_id", "external_id", "customer_id", "kind", "status", "paid_at", "day",
		"gross_fen", "gross_sub", "sales_fen", "sales_sub", "net_fen", "net_sub", "freight_fen", "quantity_milli",
		"line_count", "channel", "store", "province", "city", "lone_product_id", "content_hash", "import_id", "created_at", "updated_at",
	}
	lineColumns = []string{"order_id", "line_no", "product_id", "quantity_milli", "amount_fen", "amount_sub"}
)

// bareInsert inserts the rows of the order file, already parsed, into the
// program's own tables with their indexes: customers once, then an order and
// its line per row. No contacts, no search words, no matching, no checks.
func bareInsert(ctx context.Context, o options, e engine) (time.Duration, error) {
	if err := e.create(ctx, "bare"); err != nil {
		return 0, err
	}
	d, err := db.Open(ctx, e.config("bare"))
	if err != nil {
		return 0, err
	}
	defer d.Close()
	if _, err := d.Migrate(ctx); err != nil {
		return 0, err
	}
	const batch = 10_000
	seen := make([]bool, o.customers+1)
	var took time.Duration
	rows := make([]demo.BenchOrder, 0, batch)
	next := int64(1)
	flush := func() error {
		started := time.Now()
		var fresh []demo.BenchOrder
		for _, r := range rows {
			if !seen[r.Buyer] {
				seen[r.Buyer] = true
				fresh = append(fresh, r)
			}
		}
		err := d.InTx(ctx, func(ctx context.Context) error {
			if err := d.BulkInsert(ctx, "customers", customerColumns, len(fresh), func(i int, v []any) {
				r := fresh[i]
				v[0], v[1], v[2], v[3], v[4] = int64(r.Buyer)+1, "person", r.Name, r.Province, r.City
				v[5], v[6], v[7], v[8] = int64(1), int64(1), r.PaidAt, r.PaidAt
			}); err != nil {
				return err
			}
			if err := d.BulkInsert(ctx, "orders", orderColumns, len(rows), func(i int, v []any) { bareOrder(rows[i], next+int64(i), v) }); err != nil {
				return err
			}
			return d.BulkInsert(ctx, "order_lines", lineColumns, len(rows), func(i int, v []any) {
				v[0], v[1], v[2] = next+int64(i), int64(1), int64(1)
				v[3], v[4], v[5] = int64(rows[i].Quantity)*1000, rows[i].AmountFen, int64(0)
			})
		})
		next += int64(len(rows))
		rows = rows[:0]
		took += time.Since(started)
		return err
	}
	for r := range demo.BenchOrders(o.customers, o.orders, 1) {
		if rows = append(rows, r); len(rows) == batch {
			if err := flush(); err != nil {
				return 0, err
			}
		}
	}
	if err := flush(); err != nil {
		return 0, err
	}
	return took, nil
}

func bareOrder(r demo.BenchOrder, id int64, v []any) {
	net := r.AmountFen
	if r.Status == "已取消" || r.Status == "已退款" {
		net = 0
	}
	v[0], v[1], v[2], v[3], v[4], v[5] = id, int64(1), r.ID, int64(r.Buyer)+1, int64(1), int64(4)
	v[6], v[7] = r.PaidAt, int64(r.Day)
	v[8], v[9], v[10], v[11], v[12], v[13] = r.AmountFen, int64(0), r.AmountFen, int64(0), net, int64(0)
	v[14], v[15], v[16] = int64(0), int64(r.Quantity)*1000, int64(1)
	v[17], v[18], v[19], v[20] = "", "", r.Province, r.City
	v[21], v[22], v[23], v[24], v[25] = int64(1), id, int64(1), r.PaidAt, r.PaidAt
}

// bareGrading aggregates a year per customer, finds the threshold of the top
// fifth and writes a level per customer, each step one SQL text.
func bareGrading(ctx context.Context, o options, e engine) (time.Duration, error) {
	d, err := db.Open(ctx, e.config("bare"))
	if err != nil {
		return 0, err
	}
	defer d.Close()
	if e.server != "" {
		if _, err := d.Writer().ExecContext(ctx, "VACUUM (ANALYZE) orders"); err != nil {
			return 0, err
		}
	}
	to := demo.BenchAsOf
	from := to - 364
	started := time.Now()
	err = d.InTx(ctx, func(ctx context.Context) error {
		for _, q := range bareGradingSQL(from, to) {
			if _, err := d.Q(ctx).ExecContext(ctx, q); err != nil {
				return fmt.Errorf("%s: %w", q, err)
			}
		}
		return nil
	})
	return time.Since(started), err
}

func bareGradingSQL(from, to clock.Day) []string {
	return []string{
		"CREATE TABLE bare_spend (customer_id BIGINT NOT NULL, spend BIGINT NOT NULL, orders BIGINT NOT NULL)",
		fmt.Sprintf(`INSERT INTO bare_spend
SELECT customer_id, sum(net_fen), count(*) FROM orders
WHERE day BETWEEN %d AND %d AND net_fen > 0 GROUP BY customer_id`, from, to),
		"CREATE TABLE bare_level (customer_id BIGINT NOT NULL PRIMARY KEY, level INTEGER NOT NULL, spend BIGINT NOT NULL, orders BIGINT NOT NULL)",
		`INSERT INTO bare_level
WITH cut AS (
  SELECT min(spend) AS spend FROM (SELECT spend, ntile(5) OVER (ORDER BY spend DESC) AS fifth FROM bare_spend) ranked WHERE fifth = 1
), mean AS (SELECT 1.5 * sum(spend) / sum(orders) AS aov FROM bare_spend)
SELECT c.id, CASE
  WHEN s.spend >= cut.spend AND s.orders >= 2 AND 1.0 * s.spend / s.orders >= mean.aov THEN 1
  WHEN s.orders >= 2 THEN 2 ELSE 3 END, coalesce(s.spend, 0), coalesce(s.orders, 0)
FROM customers c LEFT JOIN bare_spend s ON s.customer_id = c.id CROSS JOIN cut CROSS JOIN mean`,
	}
}
