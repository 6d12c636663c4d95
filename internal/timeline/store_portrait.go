package timeline

import (
	"context"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/web"
)

// dayRow is what a customer spent on a day.
type dayRow struct {
	day    clock.Day
	orders int64
	milli  int64 // net, thousandths of a 分
}

// spendByDay adds up a customer's orders by day; it reads the covering index.
func (s *store) spendByDay(ctx context.Context, customerID int64, from, to clock.Day) ([]dayRow, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT day, COUNT(CASE WHEN net_fen > 0 OR (net_fen = 0 AND net_sub > 0) THEN 1 END), SUM(net_fen * 1000 + net_sub)
FROM orders WHERE customer_id = $1 AND day >= $2 AND day <= $3 GROUP BY day ORDER BY day`, customerID, int64(from), int64(to))
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []dayRow
	for rows.Next() {
		var r dayRow
		if err := rows.Scan(&r.day, &r.orders, &r.milli); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

// figures reads the stored figures of a customer; zero where there are none.
func (s *store) figures(ctx context.Context, customerID int64) (f figures, err error) {
	var first, last *int64
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT first_day, last_day, orders_365, net_365_fen, months_365, orders_all, net_all_fen, price_sensitivity
FROM customer_metrics WHERE customer_id = $1`, customerID).Scan(&first, &last, &f.orders, &f.net, &f.months, &f.ordersAll, &f.netAll, &f.price)
	if db.IsNoRow(err) {
		return f, nil
	}
	if first != nil && last != nil {
		f.bought, f.first, f.last = true, clock.Day(*first), clock.Day(*last)
	}
	return f, db.MapError(err)
}

// buyRow is what a portrait reads of an order.
type buyRow struct {
	at                                     int64
	milli                                  int64
	channel, source, store, province, city string
}

// buys reads the newest n orders of a customer in a span of days.
func (s *store) buys(ctx context.Context, customerID int64, from, to clock.Day, n int) ([]buyRow, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT o.paid_at, o.net_fen * 1000 + o.net_sub, o.channel, COALESCE(s.code, ''), COALESCE(s.name, ''), o.store, o.province, o.city
FROM orders o LEFT JOIN sources s ON s.id = o.source_id
WHERE o.customer_id = $1 AND o.day >= $2 AND o.day <= $3 ORDER BY o.day DESC, o.id DESC LIMIT $4`, customerID, int64(from), int64(to), n)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []buyRow
	for rows.Next() {
		var r buyRow
		var code string
		if err := rows.Scan(&r.at, &r.milli, &r.channel, &code, &r.source, &r.store, &r.province, &r.city); err != nil {
			return nil, db.MapError(err)
		}
		r.source = customer.SourceName(web.Locale(ctx), code, r.source)
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

// thingRow is what a portrait reads of a line.
type thingRow struct {
	milli, quantity int64
	category, brand string
}

// things reads the newest n lines of a customer in a span of days.
func (s *store) things(ctx context.Context, customerID int64, from, to clock.Day, n int) ([]thingRow, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT l.amount_fen * 1000 + l.amount_sub, l.quantity_milli, COALESCE(p.category, ''), COALESCE(p.brand, '')
FROM orders o JOIN order_lines l ON l.order_id = o.id LEFT JOIN products p ON p.id = l.product_id
WHERE o.customer_id = $1 AND o.day >= $2 AND o.day <= $3 AND (o.net_fen <> 0 OR o.net_sub <> 0)
ORDER BY o.day DESC, o.id DESC, l.line_no LIMIT $4`, customerID, int64(from), int64(to), n)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []thingRow
	for rows.Next() {
		var r thingRow
		if err := rows.Scan(&r.milli, &r.quantity, &r.category, &r.brand); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

// averageRow is a row of portrait_averages.
type averageRow struct {
	run, level, customers, buyers, orders, net, months, computedAt int64
	asOf                                                           clock.Day
}

// averages reads what the company does, and what a level of a run does.
func (s *store) averages(ctx context.Context, run, level int64) ([]averageRow, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT run_id, level, as_of_day, customers, buyers, orders_365, net_365_fen, months_365, computed_at
FROM portrait_averages WHERE (run_id = 0 AND level = -1) OR (run_id = $1 AND level = $2) ORDER BY run_id, level`, run, level)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []averageRow
	for rows.Next() {
		var r averageRow
		if err := rows.Scan(&r.run, &r.level, &r.asOf, &r.customers, &r.buyers, &r.orders, &r.net, &r.months, &r.computedAt); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

const averageSums = `COUNT(*), COUNT(CASE WHEN m.orders_365 > 0 THEN 1 END), COALESCE(SUM(CASE WHEN m.orders_365 > 0 THEN m.orders_365 END), 0),
  COALESCE(SUM(CASE WHEN m.orders_365 > 0 THEN m.net_365_fen END), 0), COALESCE(SUM(CASE WHEN m.orders_365 > 0 THEN m.months_365 END), 0)`

// computeAverages adds up the figures of all customers, and of each level of a
// run (0 for none): one walk over customer_metrics for each.
func (s *store) computeAverages(ctx context.Context, run int64) ([]averageRow, error) {
	all := averageRow{level: -1}
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT `+averageSums+` FROM customer_metrics m`).
		Scan(&all.customers, &all.buyers, &all.orders, &all.net, &all.months)
	if err != nil {
		return nil, db.MapError(err)
	}
	out := []averageRow{all}
	if run == 0 {
		return out, nil
	}
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT a.level, `+averageSums+` FROM tier_assignments a JOIN customer_metrics m ON m.customer_id = a.customer_id
WHERE a.run_id = $1 GROUP BY a.level ORDER BY a.level`, run)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	for rows.Next() {
		r := averageRow{run: run}
		if err := rows.Scan(&r.level, &r.customers, &r.buyers, &r.orders, &r.net, &r.months); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

// saveAverages replaces what is kept.
func (s *store) saveAverages(ctx context.Context, rows []averageRow) error {
	if _, err := s.exec(ctx, `DELETE FROM portrait_averages`); err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		if _, err := s.exec(ctx, `INSERT INTO portrait_averages (run_id, level, as_of_day, customers, buyers, orders_365, net_365_fen, months_365, computed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, r.run, r.level, int64(r.asOf), r.customers, r.buyers, r.orders, r.net, r.months, r.computedAt); err != nil {
			return err
		}
	}
	return nil
}

// levelOf is the number of a customer's level in a run; false where it has none.
func (s *store) levelOf(ctx context.Context, run, customerID int64) (level int64, ok bool, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT level FROM tier_assignments WHERE run_id = $1 AND customer_id = $2`, run, customerID).Scan(&level)
	if db.IsNoRow(err) {
		return 0, false, nil
	}
	return level, err == nil, db.MapError(err)
}
