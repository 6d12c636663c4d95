package order

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// position is where a page begins: behind the entry of this day and id.
type position struct {
	day clock.Day
	id  int64
}

// newest is the position before the newest entry.
var newest = position{1<<31 - 1, 1<<63 - 1}

// orderRow is an order as pages show it.
type orderRow struct {
	Order
	SourceCode, SourceName string
}

const orderRowSQL = `SELECT o.id, o.source_id, COALESCE(s.code, ''), COALESCE(s.name, ''), o.external_id, o.kind, o.status,
  o.paid_at, o.day, o.gross_fen, o.gross_sub, o.sales_fen, o.sales_sub, o.net_fen, o.net_sub, o.freight_fen, o.quantity_milli, o.line_count,
  o.channel, o.store, o.province, o.city, o.updated_at, o.discount_fen
FROM orders o LEFT JOIN sources s ON s.id = o.source_id`

// ofCustomer reads up to n orders behind a position, newest first. The row
// scope is the caller's.
func (s *Store) ofCustomer(ctx context.Context, customerID int64, from position, n int) ([]orderRow, error) {
	return s.orderRows(ctx, customerID, orderRowSQL+`
WHERE o.customer_id = $1 AND (o.day, o.id) < ($2, $3) ORDER BY o.day DESC, o.id DESC LIMIT `+strconv.Itoa(n),
		customerID, int64(from.day), from.id)
}

func (s *Store) orderRows(ctx context.Context, customerID int64, query string, args ...any) ([]orderRow, error) {
	return db.Select(ctx, s.db.Prepared(ctx), query, func(o *orderRow, r db.Scanner) error {
		o.CustomerID = customerID
		var off sql.NullInt64
		err := r.Scan(&o.ID, &o.SourceID, &o.SourceCode, &o.SourceName, &o.ExternalID, &o.Kind, &o.Status,
			&o.PaidAt, &o.Day, &o.Gross.Fen, &o.Gross.Sub, &o.Sales.Fen, &o.Sales.Sub, &o.Net.Fen, &o.Net.Sub, &o.FreightFen, &o.QuantityMilli, &o.LineCount,
			&o.Channel, &o.Store, &o.Province, &o.City, &o.UpdatedAt, &off)
		o.Discount = Discount{off.Int64, off.Valid}
		return err
	}, args...)
}

// lineRow is a line as pages show it.
type lineRow struct {
	Line
	Product
}

// lines reads the first lines of orders, at most perOrder of each, in the
// order of orders' ids and line numbers.
func (s *Store) lines(ctx context.Context, orderIDs []int64, perOrder int) ([]lineRow, error) {
	if len(orderIDs) == 0 {
		return nil, nil
	}
	in, args := db.InArgs(1, orderIDs)
	return db.Select(ctx, s.db.Prepared(ctx), `SELECT l.order_id, l.line_no, COALESCE(l.product_id, 0), l.quantity_milli, l.amount_fen, l.amount_sub,
  COALESCE(p.code, ''), COALESCE(p.name, ''), COALESCE(p.category, ''), COALESCE(p.brand, '')
FROM order_lines l LEFT JOIN products p ON p.id = l.product_id
WHERE l.order_id IN (`+in+`) AND l.line_no <= `+db.Placeholders(len(args)+1, 1)+` ORDER BY l.order_id, l.line_no`,
		func(l *lineRow, r db.Scanner) error {
			return r.Scan(&l.OrderID, &l.No, &l.ProductID, &l.QuantityMilli, &l.Amount.Fen, &l.Amount.Sub,
				&l.Code, &l.Name, &l.Category, &l.Brand)
		}, append(args, perOrder)...)
}

// behaviourRow is a behaviour as pages show it.
type behaviourRow struct {
	Behaviour
	Product
}

const behaviourRowSQL = `SELECT b.id, b.kind, b.at, b.day, COALESCE(b.product_id, 0), b.quantity_milli, COALESCE(b.rating, 0),
  COALESCE(p.code, ''), COALESCE(p.name, ''), COALESCE(p.category, ''), COALESCE(p.brand, '')
FROM behaviours b LEFT JOIN products p ON p.id = b.product_id`

// behavioursOf reads up to n behaviours behind a position, newest first; of
// one kind, or of all where kind is 0.
func (s *Store) behavioursOf(ctx context.Context, customerID int64, kind BehaviourKind, from position, n int) ([]behaviourRow, error) {
	return s.behaviourRows(ctx, customerID, behaviourRowSQL+`
WHERE b.customer_id = $1 AND (b.day, b.id) < ($2, $3) AND b.kind >= $4 AND b.kind <= $5 ORDER BY b.day DESC, b.id DESC LIMIT `+strconv.Itoa(n),
		customerID, int64(from.day), from.id, int64(kind), int64(highest(kind)))
}

func (s *Store) behaviourRows(ctx context.Context, customerID int64, query string, args ...any) ([]behaviourRow, error) {
	return db.Select(ctx, s.db.Prepared(ctx), query, func(b *behaviourRow, r db.Scanner) error {
		b.CustomerID = customerID
		return r.Scan(&b.ID, &b.Kind, &b.At, &b.Day, &b.ProductID, &b.QuantityMilli, &b.Rating,
			&b.Code, &b.Name, &b.Category, &b.Brand)
	}, args...)
}

func highest(kind BehaviourKind) BehaviourKind {
	if kind == 0 {
		return 1<<15 - 1
	}
	return kind
}

// maxByNumber bounds the customers one order number may lead to: sources may
// number their orders alike.
const maxByNumber = 50

// CustomersByOrderNumber finds customers by the whole number of an order in
// any source. The row scope is the caller's. CROSS JOIN keeps SQLite to
// probing the key of each source.
func (s *Store) CustomersByOrderNumber(ctx context.Context, number string) ([]int64, error) {
	return db.Select(ctx, s.db.Prepared(ctx), `SELECT o.customer_id FROM sources s CROSS JOIN orders o
WHERE o.source_id = s.id AND o.external_id = $1 LIMIT 50`, db.Column[int64], number) // maxByNumber
}

// metricsOne is Metrics for one customer, compiled.
func (s *Store) metricsOne(ctx context.Context, id int64) (Metrics, error) {
	m, err := s.Metrics(ctx, []int64{id})
	return m[id], err
}

var metricsSQL = `SELECT ` + strings.Join(metricColumns, ", ") + ` FROM customer_metrics WHERE customer_id IN `

// Metrics reads the figures of customers as they are stored; a customer
// without a row is missing in the answer. The row scope is the caller's.
func (s *Store) Metrics(ctx context.Context, ids []int64) (map[int64]Metrics, error) {
	found := make(map[int64]Metrics, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		return s.scan(ctx, metricsSQL+`(`+in+`)`, args, func(rows *sql.Rows) error {
			var m Metrics
			var first, last, behaviour sql.NullInt64
			dst := []any{&m.CustomerID, &m.AsOf, &first, &last, &behaviour}
			for _, group := range []*[Windows]int64{&m.Orders, &m.Sales, &m.Net, &m.Months} {
				for w := range group {
					dst = append(dst, &group[w])
				}
			}
			if err := rows.Scan(append(dst, &m.Carts90, &m.Views90, &m.Category, &m.Brand, &m.UpdatedAt, &m.PriceSensitivity)...); err != nil {
				return err
			}
			m.First, m.Last, m.LastBehaviour = nullDay(first), nullDay(last), nullDay(behaviour)
			found[m.CustomerID] = m
			return nil
		})
	})
	return found, err
}
