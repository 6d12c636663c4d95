package forecast

import (
	"context"
	"math"
	"slices"

	"zhike/internal/column"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

const pastColumns = `id, day, model_id, status, feed_seq, mark_seq, up_to_id, customers, job_id, asked_at, changed_at`

func (s store) onePast(ctx context.Context, query string, args ...any) (p past, found bool, err error) {
	err = db.MapError(s.db.Q(ctx).QueryRowContext(ctx, query, args...).Scan(&p.id, &p.day, &p.model, &p.status, &p.at.Feed, &p.at.Marks,
		&p.upTo, &p.customers, &p.job, &p.asked, &p.changed))
	if db.IsNoRow(err) {
		return p, false, nil
	}
	return p, err == nil, err
}

// past is the set of a day that is not dropped.
func (s store) past(ctx context.Context, day clock.Day) (past, bool, error) {
	return s.onePast(ctx, `SELECT `+pastColumns+` FROM forecast_past WHERE day = $1 AND status <> 'dropped'`, int64(day))
}

func (s store) pastByID(ctx context.Context, id int64) (past, bool, error) {
	return s.onePast(ctx, `SELECT `+pastColumns+` FROM forecast_past WHERE id = $1`, id)
}

// askPast is past inside InTx, noted as asked for and locked until the commit.
func (s store) askPast(ctx context.Context, day clock.Day, at int64) (past, bool, error) {
	return s.onePast(ctx, `UPDATE forecast_past SET asked_at = $1 WHERE day = $2 AND status <> 'dropped' RETURNING `+pastColumns, at, int64(day))
}

// insertPast adds a set inside InTx; db.unique where the day has one.
func (s store) insertPast(ctx context.Context, p *past) error {
	_, err := s.exec(ctx, `INSERT INTO forecast_past (`+pastColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		p.id, int64(p.day), p.model, p.status, p.at.Feed, p.at.Marks, p.upTo, p.customers, p.job, p.asked, p.changed)
	return err
}

// endPast ends a set that is not dropped; ok is false where it is.
func (s store) endPast(ctx context.Context, id int64, status string, at int64) (ok bool, err error) {
	return s.exec(ctx, `UPDATE forecast_past SET status = $1, changed_at = $2 WHERE id = $3 AND status <> 'dropped' AND (status = 'working' OR $1 = 'dropped')`,
		status, at, id)
}

// goOn takes up a set that was stopped.
func (s store) goOn(ctx context.Context, id, at int64) error {
	_, err := s.exec(ctx, `UPDATE forecast_past SET status = 'working', job_id = 0, changed_at = $1 WHERE id = $2 AND status = 'stopped'`, at, id)
	return err
}

func (s store) setPastJob(ctx context.Context, id, job int64) error {
	_, err := s.exec(ctx, `UPDATE forecast_past SET job_id = $1 WHERE id = $2`, job, id)
	return err
}

func (s store) pastAt(ctx context.Context, id int64, at column.Place) error {
	_, err := s.exec(ctx, `UPDATE forecast_past SET feed_seq = $1, mark_seq = $2 WHERE id = $3`, at.Feed, at.Marks, id)
	return err
}

// advancePast notes inside InTx that n customers up to an id are in the set; ok is
// false where that was noted by another, or the set ended.
func (s store) advancePast(ctx context.Context, p *past, upTo int64, n int, last bool, at int64) (ok bool, err error) {
	status := pastWorking
	if last {
		status = pastReady
	}
	return s.exec(ctx, `UPDATE forecast_past SET up_to_id = $1, customers = customers + $2, status = $3, changed_at = $4
WHERE id = $5 AND up_to_id = $6 AND status = 'working'`, upTo, n, status, at, p.id, p.upTo)
}

// addPast writes rows of customers between two ids inside InTx, of those who are
// still there.
func (s store) addPast(ctx context.Context, id, from, to int64, rows []kept) error {
	there, err := s.customers(ctx, from, to)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(k kept) bool {
		_, ok := slices.BinarySearch(there, k.customer)
		return !ok || k.none()
	})
	return s.db.BulkInsert(ctx, "customer_forecasts_past", []string{"customer_id", "past_id", "alive", "orders_centi", "clv_fen"}, len(rows), func(i int, v []any) {
		k := &rows[i]
		v[0], v[1], v[2], v[3], v[4] = k.customer, id, orNull(k.alive), orNull(k.orders), orNull(k.clv)
	})
}

func orNull(p *int64) any {
	if p == nil {
		return nil
	}
	return *p
}

// replacePast puts rows in the place of what a set has of customers; inside InTx.
func (s store) replacePast(ctx context.Context, id int64, ids []int64, rows []kept) error {
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		_, err := s.exec(ctx, `DELETE FROM customer_forecasts_past WHERE past_id = $1 AND customer_id IN (`+in+`)`, append([]any{id}, args...)...)
		return err
	})
	if err != nil {
		return err
	}
	for _, k := range rows { // they stand far apart
		if err := s.addPast(ctx, id, k.customer, k.customer, []kept{k}); err != nil {
			return err
		}
	}
	return nil
}

// moreCustomers says whether there are more than n.
func (s store) moreCustomers(ctx context.Context, n int) (bool, error) {
	var found int
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM customers LIMIT $1) AS few`, n+1).Scan(&found)
	return found > n, db.MapError(err)
}

func (s store) customerCount(ctx context.Context) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM customers`).Scan(&n)
	return n, db.MapError(err)
}

// customersAfter are the ids of the next n customers, ascending.
func (s store) customersAfter(ctx context.Context, after int64, n int) ([]int64, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT id FROM customers WHERE id > $1 ORDER BY id LIMIT $2`,
		func(v *int64, r db.Scanner) error { return r.Scan(v) }, after, n)
}

// dropPasts marks sets inside InTx that were last asked for before an instant
// (unix ms): those of other models than one (0: of none), and all but the n that
// were asked for last.
func (s store) dropPasts(ctx context.Context, model int64, n int, before, at int64) error {
	_, err := s.exec(ctx, `UPDATE forecast_past SET status = 'dropped', changed_at = $1 WHERE status <> 'dropped' AND asked_at < $2
  AND (CAST($3 AS BIGINT) <> 0 AND model_id <> CAST($3 AS BIGINT) OR id NOT IN (SELECT id FROM (SELECT id FROM forecast_past WHERE status <> 'dropped' ORDER BY asked_at DESC, id DESC LIMIT $4) AS newest))`,
		at, before, model, n)
	return err
}

// droppedPasts are sets that were dropped before an instant (unix ms), with those
// of whom an undone merge brought rows back.
func (s store) droppedPasts(ctx context.Context, before int64) ([]int64, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT id FROM forecast_past WHERE status = 'dropped' AND changed_at < $1
UNION SELECT DISTINCT past_id FROM customer_forecasts_past WHERE past_id NOT IN (SELECT id FROM forecast_past)`,
		func(v *int64, r db.Scanner) error { return r.Scan(v) }, before)
}

// clearPast removes rows of a set inside InTx, of the next n customers from an id
// on, and gives the id to go on from; with the last ones the set goes. Columns are
// not told: nobody has asked for the set for a while.
func (s store) clearPast(ctx context.Context, id, from int64, n int) (next int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE((SELECT customer_id FROM customer_forecasts_past
WHERE customer_id >= $1 AND past_id = $2 ORDER BY customer_id LIMIT 1 OFFSET $3), $4)`, from, id, n, int64(math.MaxInt64)).Scan(&next)
	if err != nil {
		return 0, db.MapError(err)
	}
	if _, err := s.exec(ctx, `DELETE FROM customer_forecasts_past WHERE customer_id >= $1 AND customer_id < $2 AND past_id = $3`, from, next, id); err != nil {
		return 0, err
	}
	if next == math.MaxInt64 {
		_, err = s.exec(ctx, `DELETE FROM forecast_past WHERE id = $1`, id)
	}
	return next, err
}
