package affinity

import (
	"context"
	"encoding/json"
	"slices"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

type store struct{ db *db.DB }

// version is rules and suggestions that were worked out once.
type version struct {
	ID                   int64
	Settings             Settings
	From, AsOf           clock.Day
	Customers, Suggested int64
	CreatedAt            int64
}

// inForce is the version that is gone by, nil before the first.
func (s store) inForce(ctx context.Context) (*version, error) {
	var v version
	var settings string
	err := db.MapError(s.db.Q(ctx).QueryRowContext(ctx, `SELECT id, settings, from_day, as_of_day, customers, suggested, created_at
FROM affinity_versions WHERE status = 'in_force'`).Scan(&v.ID, &settings, &v.From, &v.AsOf, &v.Customers, &v.Suggested, &v.CreatedAt))
	if db.IsNoRow(err) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(settings), &v.Settings)
	}
	return &v, err
}

// begin adds a version that is being written, inside InTx.
func (s store) begin(ctx context.Context, v *version) (err error) {
	if v.ID, err = s.db.NextID(ctx, "affinity_version"); err != nil {
		return err
	}
	settings, err := json.Marshal(v.Settings)
	if err != nil {
		return err
	}
	_, err = s.db.Q(ctx).ExecContext(ctx, `INSERT INTO affinity_versions (id, status, settings, from_day, as_of_day, customers, suggested, created_at)
VALUES ($1, 'writing', $2, $3, $4, $5, $6, $7)`, v.ID, string(settings), int64(v.From), int64(v.AsOf), v.Customers, v.Suggested, v.CreatedAt)
	return db.MapError(err)
}

// enforce puts a version in the place of the one in force, inside InTx. Error:
// affinity.replaced where another process has begun anew meanwhile.
func (s store) enforce(ctx context.Context, id int64) error {
	if _, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE affinity_versions SET status = 'old' WHERE status = 'in_force'`); err != nil {
		return db.MapError(err)
	}
	res, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE affinity_versions SET status = 'in_force' WHERE id = $1 AND status = 'writing'`, id)
	if err != nil {
		return db.MapError(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return db.MapError(err)
	}
	return errs.New(errs.Conflict, "affinity.replaced")
}

// others are the versions that are not in force: older ones, and what a process
// that died left half written.
func (s store) others(ctx context.Context) ([]int64, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT id FROM affinity_versions WHERE status <> 'in_force' ORDER BY id`, db.Column[int64])
}

// drop removes what a version has of customers between two ids, inside InTx.
func (s store) drop(ctx context.Context, id, from, to int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM affinity_customers WHERE customer_id >= $1 AND customer_id <= $2 AND version_id = $3`, from, to, id)
	return db.MapError(err)
}

// dropRest removes the rules of a version and the version, inside InTx.
func (s store) dropRest(ctx context.Context, id int64) error {
	for _, text := range []string{`DELETE FROM affinity_rules WHERE version_id = $1`, `DELETE FROM affinity_versions WHERE id = $1 AND status <> 'in_force'`} {
		if _, err := s.db.Q(ctx).ExecContext(ctx, text, id); err != nil {
			return db.MapError(err)
		}
	}
	return nil
}

// span is the least and greatest id that a suggestion has, and a customer; 0 and
// 0 without any.
func (s store) span(ctx context.Context) (lo, hi int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT
  COALESCE((SELECT MIN(id) FROM (SELECT MIN(id) AS id FROM customers UNION ALL SELECT MIN(customer_id) FROM affinity_customers) a), 0),
  COALESCE((SELECT MAX(id) FROM (SELECT MAX(id) AS id FROM customers UNION ALL SELECT MAX(customer_id) FROM affinity_customers) b), 0)`).Scan(&lo, &hi)
	return lo, hi, db.MapError(err)
}

// lastOrder is the last day with an order up to a day; ok is false without any.
func (s store) lastOrder(ctx context.Context, upTo clock.Day) (day clock.Day, ok bool, err error) {
	err = db.MapError(s.db.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE((SELECT MAX(day) FROM orders WHERE day >= 0 AND day <= $1), -1)`, int64(upTo)).Scan(&day))
	return day, day >= 0, err
}

// products are the categories by product; those without one are left out.
func (s store) products(ctx context.Context) (map[int64]string, error) {
	out := map[int64]string{}
	err := db.Each(ctx, s.db.Q(ctx), `SELECT id, category FROM products WHERE category <> '' ORDER BY id`, func(r db.Scanner) error {
		var id int64
		var category string
		err := r.Scan(&id, &category)
		out[id] = category
		return err
	})
	return out, err
}

// bought are the products of purchases, as the streams of rules count them
// (package order): an order with something left after refunds, and its lone
// product where that stands for its lines.
const bought = ` FROM orders o LEFT JOIN order_lines l ON l.order_id = CASE WHEN o.lone_product_id IS NULL THEN o.id END
WHERE o.customer_id >= $1 AND o.customer_id <= $2 AND o.day >= $3 AND o.day <= $4 AND (o.net_fen > 0 OR (o.net_fen = 0 AND o.net_sub > 0))
  AND COALESCE(NULLIF(o.lone_product_id, -1), l.product_id, 0) > 0`

// purchases calls fn with each product that customers between two ids bought
// between two days, customers ascending. Inside InReadTx.
func (s store) purchases(ctx context.Context, from, to int64, first, last clock.Day, fn func(customer, product int64)) error {
	return s.db.Numbers(ctx, `SELECT o.customer_id, COALESCE(NULLIF(o.lone_product_id, -1), l.product_id, 0)`+bought+` ORDER BY o.customer_id`,
		[]any{from, to, int64(first), int64(last)}, 2, func(v []int64) error {
			fn(v[0], v[1])
			return nil
		})
}

// categoriesOf are the categories that one customer bought between two days.
func (s store) categoriesOf(ctx context.Context, customerID int64, first, last clock.Day) ([]string, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT DISTINCT p.category FROM products p
WHERE p.category <> '' AND p.id IN (SELECT COALESCE(NULLIF(o.lone_product_id, -1), l.product_id, 0)`+bought+`) ORDER BY p.category`,
		db.Column[string], customerID, customerID, int64(first), int64(last))
}

// rulesFrom are the rules of a version from some categories, with their codes.
func (s store) rulesFrom(ctx context.Context, id int64, categories []string) (out []namedRule, err error) {
	err = db.InChunks(categories, func(chunk []string) error {
		in, args := db.InArgs(2, chunk)
		list, err := db.Select(ctx, s.db.Q(ctx), `SELECT from_category, category, from_customers, customers, both_customers
FROM affinity_rules WHERE version_id = $1 AND from_category IN (`+in+`) ORDER BY from_category, category`,
			func(r *namedRule, row db.Scanner) error {
				return row.Scan(&r.from, &r.to, &r.rule.ofFrom, &r.rule.ofTo, &r.rule.both)
			}, append([]any{id}, args...)...)
		out = append(out, list...)
		return err
	})
	return out, err
}

// insertRules writes the rules of a version inside InTx.
func (s store) insertRules(ctx context.Context, id int64, list []namedRule) error {
	return s.db.BulkInsert(ctx, "affinity_rules", []string{"version_id", "from_category", "category", "from_customers", "customers", "both_customers"}, len(list),
		func(i int, v []any) {
			r := &list[i]
			v[0], v[1], v[2], v[3], v[4], v[5] = id, r.from, r.to, r.rule.ofFrom, r.rule.ofTo, r.rule.both
		})
}

// insert writes suggestions of a version inside InTx.
func (s store) insert(ctx context.Context, id int64, list []suggested, names []string) error {
	return s.db.BulkInsert(ctx, "affinity_customers", []string{"customer_id", "version_id", "category"}, len(list), func(i int, v []any) {
		v[0], v[1], v[2] = list[i].customer, id, names[list[i].category]
	})
}

// changed are the customers, ascending, whose suggestion in a version is another
// one than in the version in force, or is there in one of the two only.
func (s store) changed(ctx context.Context, id int64) ([]int64, error) {
	list, err := db.Select(ctx, s.db.Q(ctx), `SELECT n.customer_id FROM affinity_customers n
WHERE n.version_id = $1 AND NOT EXISTS (SELECT 1 FROM affinity_customers x WHERE x.customer_id = n.customer_id AND x.version_id = `+customer.SimilarInForce+` AND x.category = n.category)`,
		db.Column[int64], id)
	if err != nil {
		return nil, err
	}
	gone, err := db.Select(ctx, s.db.Q(ctx), `SELECT x.customer_id FROM affinity_customers x
WHERE x.version_id = `+customer.SimilarInForce+` AND NOT EXISTS (SELECT 1 FROM affinity_customers n WHERE n.customer_id = x.customer_id AND n.version_id = $1)`,
		db.Column[int64], id)
	list = append(list, gone...)
	slices.Sort(list)
	return list, err
}

// tell says to lists in memory whose suggestion changed, inside InTx.
func (s store) tell(ctx context.Context, at int64, ids []int64) error {
	return column.Tell(ctx, s.db, customer.SimilarTable, at, ids...)
}
