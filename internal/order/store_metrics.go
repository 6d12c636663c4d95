package order

import (
	"context"
	"database/sql"

	"zhike/internal/column"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// span says which customers a query reads: a range of ids without gaps of
// interest, or a list of at most db.MaxIn.
type span struct {
	after, upTo int64
	ids         []int64
}

// where writes the condition on column and its arguments, placeholders from $1.
func (sp span) where(column string) (string, []any) {
	if sp.ids == nil {
		return column + ` > $1 AND ` + column + ` <= $2`, []any{sp.after, sp.upTo}
	}
	in, args := db.InArgs(1, sp.ids)
	return column + ` IN (` + in + `)`, args
}

// lockMetrics makes transactions that compute figures wait for each other
// until they commit. Otherwise, on PostgreSQL, one that read the facts before
// an import could write its figures after it.
func (s *Store) lockMetrics(ctx context.Context) error {
	if s.db.Engine() == db.SQLite {
		return nil // a single writer already
	}
	_, err := s.db.Q(ctx).ExecContext(ctx,
		`INSERT INTO settings (name, value, updated_at) VALUES ('metrics.lock', '', 0)
ON CONFLICT (name) DO UPDATE SET updated_at = settings.updated_at`)
	return db.MapError(err)
}

// placed is an order as figures need it; amounts are thousandths of a 分.
type placed struct {
	customer   int64
	day        clock.Day
	net, sales int64
	lone       int64 // as Order.Lone
	discount   int64 // -1 where it is not known
}

// Customer and day come in one number: fewer columns are read faster. Days fit
// 17 bits: 1790 to 2149.
const (
	dayBits = 17
	dayBias = 1 << (dayBits - 1)
)

// eachOrder calls fn for the orders up to a day, ascending by customer and
// day. The index orders_customer covers it.
func (s *Store) eachOrder(ctx context.Context, sp span, upTo clock.Day, fn func(o placed)) error {
	where, args := sp.where("customer_id")
	n := len(args)
	return s.db.Numbers(ctx, `SELECT customer_id * 131072 + day + 65536, net_fen * 1000 + net_sub, sales_fen * 1000 + sales_sub,
  COALESCE(lone_product_id, 0), COALESCE(discount_fen * 1000, -1) FROM orders
WHERE `+where+` AND day >= `+db.Placeholders(n+1, 1)+` AND day <= `+db.Placeholders(n+2, 1)+` ORDER BY customer_id, day`,
		append(args, int64(-dayBias), int64(min(upTo, dayBias-1))), 5, func(v []int64) error {
			fn(placed{v[0] >> dayBits, clock.Day(v[0]&(1<<dayBits-1)) - dayBias, v[1], v[2], v[3], v[4]})
			return nil
		})
}

// eachLine calls fn for the lines of orders that brought or took back
// something between two days, and of which eachOrder does not tell the product.
func (s *Store) eachLine(ctx context.Context, sp span, from, upTo clock.Day, fn func(customer, product, milli int64)) error {
	where, args := sp.where("o.customer_id")
	n := len(args)
	return s.db.Numbers(ctx, `SELECT o.customer_id, l.product_id, l.amount_fen * 1000 + l.amount_sub
FROM orders o JOIN order_lines l ON l.order_id = o.id
WHERE `+where+` AND o.day >= `+db.Placeholders(n+1, 1)+` AND o.day <= `+db.Placeholders(n+2, 1)+`
  AND (o.net_fen <> 0 OR o.net_sub <> 0) AND o.lone_product_id IS NULL AND l.product_id IS NOT NULL`,
		append(args, int64(from), int64(upTo)), 3, func(v []int64) error {
			fn(v[0], v[1], v[2])
			return nil
		})
}

// eachBehaved calls fn for customers with behaviours: their last day and the
// number of views since a day.
func (s *Store) eachBehaved(ctx context.Context, sp span, since, upTo clock.Day, fn func(customer int64, last clock.Day, views, carts int64)) error {
	where, args := sp.where("customer_id")
	n := len(args)
	return s.scan(ctx, `SELECT customer_id, MAX(day),
  COUNT(CASE WHEN kind = 1 AND day >= `+db.Placeholders(n+1, 1)+` THEN 1 END),
  COUNT(CASE WHEN kind = 2 AND day >= `+db.Placeholders(n+2, 1)+` THEN 1 END)
FROM behaviours WHERE `+where+` AND day <= `+db.Placeholders(n+3, 1)+` GROUP BY customer_id`,
		append(args, int64(since), int64(since), int64(upTo)), func(rows *sql.Rows) error {
			var customer, last, views, carts int64
			if err := rows.Scan(&customer, &last, &views, &carts); err != nil {
				return err
			}
			fn(customer, clock.Day(last), views, carts)
			return nil
		})
}

// paidSQL says of the behaviours b of products bp that they were paid afterwards,
// up to a day: an order that counts as a sale, later than that, with the same
// product (by its code: sources number products for themselves), or, where the
// product is not known, with anything.
func paidSQL(upTo string) string {
	return `EXISTS (SELECT 1 FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id LEFT JOIN products p ON p.id = l.product_id
    WHERE o.customer_id = b.customer_id AND o.day >= b.day AND o.day <= ` + upTo + `
      AND o.paid_at >= b.at AND (o.sales_fen > 0 OR o.sales_sub > 0)
      AND (b.product_id IS NULL OR p.code = bp.code))`
}

// eachPaidCart counts, per customer, what was put into the cart since a day
// and paid afterwards.
func (s *Store) eachPaidCart(ctx context.Context, sp span, since, upTo clock.Day, fn func(customer, paid int64)) error {
	where, args := sp.where("b.customer_id")
	n := len(args)
	return s.scan(ctx, `SELECT b.customer_id, COUNT(*)
FROM behaviours b LEFT JOIN products bp ON bp.id = b.product_id
WHERE `+where+` AND b.kind = 2 AND b.day >= `+db.Placeholders(n+1, 1)+` AND b.day <= `+db.Placeholders(n+2, 1)+` AND `+paidSQL(db.Placeholders(n+3, 1))+`
GROUP BY b.customer_id`,
		append(args, int64(since), int64(upTo), int64(upTo)), func(rows *sql.Rows) error {
			var customer, paid int64
			if err := rows.Scan(&customer, &paid); err != nil {
				return err
			}
			fn(customer, paid)
			return nil
		})
}

// label is what a product counts under.
type label struct{ category, brand string }

func (s *Store) labels(ctx context.Context, products []int64, into map[int64]label) error {
	return db.InChunks(products, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		return s.scan(ctx, `SELECT id, category, brand FROM products WHERE id IN (`+in+`)`, args, func(rows *sql.Rows) error {
			var id int64
			var l label
			if err := rows.Scan(&id, &l.category, &l.brand); err != nil {
				return err
			}
			into[id] = l
			return nil
		})
	})
}

// customersAfter lists up to n ids of customers above after, ascending.
func (s *Store) customersAfter(ctx context.Context, after int64, n int) ([]int64, error) {
	return s.ids(ctx, `SELECT id FROM customers WHERE id > $1 ORDER BY id LIMIT $2`, after, n)
}

func (s *Store) countCustomers(ctx context.Context, after int64) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM customers WHERE id > $1`, after).Scan(&n)
	return n, db.MapError(err)
}

// existing keeps the ids that are customers, ascending.
func (s *Store) existing(ctx context.Context, ids []int64) ([]int64, error) {
	in, args := db.InArgs(1, ids)
	return s.ids(ctx, `SELECT id FROM customers WHERE id IN (`+in+`) ORDER BY id`, args...)
}

// movedCustomers lists, ascending and above after, the customers with an order
// between two days, or with a behaviour between them.
func (s *Store) movedCustomers(ctx context.Context, table string, after int64, from, to clock.Day) ([]int64, error) {
	return s.ids(ctx, `SELECT DISTINCT customer_id FROM `+table+
		` WHERE day >= $1 AND day <= $2 AND customer_id > $3 ORDER BY customer_id`, int64(from), int64(to), after)
}

var metricColumns = []string{
	"customer_id", "as_of_day", "first_day", "last_day", "last_behaviour_day",
	"orders_30", "orders_90", "orders_180", "orders_365", "orders_all",
	"sales_30_fen", "sales_90_fen", "sales_180_fen", "sales_365_fen", "sales_all_fen",
	"net_30_fen", "net_90_fen", "net_180_fen", "net_365_fen", "net_all_fen",
	"months_30", "months_90", "months_180", "months_365", "months_all",
	"carts_90", "views_90", "favourite_category", "favourite_brand", "updated_at", "price_sensitivity",
}

// writeMetrics puts rows in the place of what the customers of sp had.
func (s *Store) writeMetrics(ctx context.Context, sp span, rows []Metrics) error {
	where, args := sp.where("customer_id")
	if _, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM customer_metrics WHERE `+where, args...); err != nil {
		return db.MapError(err)
	}
	if len(rows) > 0 { // lists in memory follow; the feed does not tell of figures
		ids := make([]int64, len(rows))
		for i := range rows {
			ids[i] = rows[i].CustomerID
		}
		if err := column.Tell(ctx, s.db, "customer_metrics", rows[0].UpdatedAt, ids...); err != nil {
			return err
		}
	}
	return s.db.BulkInsert(ctx, "customer_metrics", metricColumns, len(rows), func(i int, v []any) {
		m := &rows[i]
		v[0], v[1], v[2], v[3], v[4] = m.CustomerID, int64(m.AsOf), dayOrNull(m.First), dayOrNull(m.Last), dayOrNull(m.LastBehaviour)
		for w := range Windows {
			v[5+w], v[10+w], v[15+w], v[20+w] = m.Orders[w], m.Sales[w], m.Net[w], m.Months[w]
		}
		v[25], v[26], v[27], v[28], v[29] = m.Carts90, m.Views90, m.Category, m.Brand, m.UpdatedAt
		v[30] = nil
		if m.PriceSensitivity != nil {
			v[30] = *m.PriceSensitivity
		}
	})
}

// setting reads a setting of the metrics; "" where it is not there.
func (s *Store) setting(ctx context.Context, name string) (string, error) {
	var v string
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, name).Scan(&v)
	if db.IsNoRow(err) {
		return "", nil
	}
	return v, db.MapError(err)
}

func (s *Store) putSetting(ctx context.Context, name, value string, now int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx,
		`INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`, name, value, now)
	return db.MapError(err)
}

// ids runs a query for one column of ids.
func (s *Store) ids(ctx context.Context, query string, args ...any) ([]int64, error) {
	var out []int64
	err := s.scan(ctx, query, args, func(rows *sql.Rows) error {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		out = append(out, id)
		return nil
	})
	return out, err
}

func (s *Store) scan(ctx context.Context, query string, args []any, row func(*sql.Rows) error) error {
	rows, err := s.db.Prepared(ctx).QueryContext(ctx, query, args...)
	if err != nil {
		return db.MapError(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return db.MapError(err)
		}
	}
	return db.MapError(rows.Err())
}

func dayOrNull(d *clock.Day) any {
	if d == nil {
		return nil
	}
	return int64(*d)
}
