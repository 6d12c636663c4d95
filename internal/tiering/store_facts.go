package tiering

import (
	"context"

	"zhike/internal/platform/db"
)

// pairs runs a query of two BIGINT columns inside InTx or InReadTx and calls fn for
// each row.
func (s *store) pairs(ctx context.Context, query string, args []any, fn func(a, b int64)) error {
	return s.db.Numbers(ctx, query, args, 2, func(v []int64) error {
		fn(v[0], v[1])
		return nil
	})
}

// A row of orders comes as two numbers: the customer and the day in one, the
// amount in thousandths of a 分 in the other. Two columns read a fifth faster
// than three. Days fit 17 bits: 1790 to 2149.
const (
	dayBits = 17
	dayBias = 1 << (dayBits - 1)
)

func unpackDay(key int64) (customer int64, day int32) {
	return key >> dayBits, int32(key&(1<<dayBits-1)) - dayBias
}

// idRange is the least and greatest id of customers, 0 and 0 without any.
func (s *store) idRange(ctx context.Context) (lo, hi int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx,
		`SELECT COALESCE((SELECT MIN(id) FROM customers), 0), COALESCE((SELECT MAX(id) FROM customers), 0)`).Scan(&lo, &hi)
	return lo, hi, db.MapError(err)
}

// Each of the following reads customers with from ≤ id ≤ to, ascending, inside
// InReadTx.

// customerIDs calls fn with each customer and when it was created (unix ms).
func (s *store) customerIDs(ctx context.Context, from, to int64, fn func(id, createdAt int64)) error {
	return s.pairs(ctx, `SELECT id, created_at FROM customers WHERE id >= $1 AND id <= $2 ORDER BY id`, []any{from, to}, fn)
}

// createdOf is customerIDs for some customers, ascending.
func (s *store) createdOf(ctx context.Context, ids []int64, fn func(id, createdAt int64)) error {
	in, args := db.InArgs(1, ids)
	return s.pairs(ctx, `SELECT id, created_at FROM customers WHERE id IN (`+in+`) ORDER BY id`, args, fn)
}

// orderRows calls fn with each order or return document up to a day, days
// ascending within a customer. The index orders_customer covers it.
func (s *store) orderRows(ctx context.Context, m Measure, from, to int64, upTo int32, fn func(customer int64, day int32, milli int64)) error {
	amount := `net_fen * 1000 + net_sub`
	if m == MeasureSales {
		amount = `sales_fen * 1000 + sales_sub`
	}
	return s.pairs(ctx, `SELECT customer_id * 131072 + day + 65536, `+amount+` FROM orders
WHERE customer_id >= $1 AND customer_id <= $2 AND day >= -65536 AND day <= $3 ORDER BY customer_id, day`,
		[]any{from, to, upTo}, func(key, milli int64) {
			customer, day := unpackDay(key)
			fn(customer, day, milli)
		})
}

// behaved calls fn with each customer that has a behaviour up to a day.
func (s *store) behaved(ctx context.Context, from, to int64, upTo int32, fn func(customer int64)) error {
	return s.pairs(ctx, `SELECT customer_id, COUNT(*) FROM behaviours
WHERE customer_id >= $1 AND customer_id <= $2 AND day <= $3 GROUP BY customer_id ORDER BY customer_id`,
		[]any{from, to, upTo}, func(c, _ int64) { fn(c) })
}

// unpaidCarts counts what was put into the cart between two days and not paid
// afterwards up to the second. The definition is that of package order: paid is
// an order that counts as a sale, later than that, with the same product (by
// its code: sources number products for themselves), or, where the product is
// not known, with anything. The range is said twice, because PostgreSQL may
// otherwise put the orders of all customers into a hash table for each piece.
func (s *store) unpaidCarts(ctx context.Context, from, to int64, since, upTo int32, fn func(customer, carts int64)) error {
	return s.pairs(ctx, `SELECT b.customer_id, COUNT(*)
FROM behaviours b LEFT JOIN products bp ON bp.id = b.product_id
WHERE b.customer_id >= $1 AND b.customer_id <= $2 AND b.kind IN (2, 4) AND b.kind = 2 AND b.day >= $3 AND b.day <= $4
  AND NOT EXISTS (SELECT 1 FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id LEFT JOIN products p ON p.id = l.product_id
    WHERE o.customer_id = b.customer_id AND o.customer_id >= $5 AND o.customer_id <= $6 AND o.day >= b.day AND o.day <= $7
      AND o.paid_at >= b.at AND (o.sales_fen > 0 OR o.sales_sub > 0)
      AND (b.product_id IS NULL OR p.code = bp.code))
GROUP BY b.customer_id ORDER BY b.customer_id`, []any{from, to, since, upTo, from, to, upTo}, fn)
}

// ratings gives the sum and number of ratings up to a day.
func (s *store) ratings(ctx context.Context, from, to int64, upTo int32, fn func(customer, sum, count int64)) error {
	return s.pairs(ctx, `SELECT b.customer_id, CAST(SUM(b.rating) AS BIGINT) * 1048576 + COUNT(*)
FROM behaviours b WHERE b.customer_id >= $1 AND b.customer_id <= $2 AND b.kind IN (2, 4) AND b.kind = 4
  AND b.rating IS NOT NULL AND b.day <= $3 GROUP BY b.customer_id ORDER BY b.customer_id`,
		[]any{from, to, upTo}, func(c, v int64) { fn(c, v>>20, v&(1<<20-1)) })
}

// levelsOf gives the levels of a run. Both numbers come as one: that reads a third
// faster. Of the moves it asks nothing; naming them keeps PostgreSQL from the index
// by level, in which it would look through the whole run for each range.
func (s *store) levelsOf(ctx context.Context, run, from, to int64, fn func(customer, level int64)) error {
	return s.db.Numbers(ctx, `SELECT customer_id * 256 + level FROM tier_assignments
WHERE run_id = $1 AND customer_id >= $2 AND customer_id <= $3 AND move >= 0 ORDER BY customer_id`, []any{run, from, to}, 1, func(v []int64) error {
		fn(v[0]>>8, v[0]&255)
		return nil
	})
}
