package forecast

import (
	"context"
	"database/sql"

	"zhike/internal/platform/db"
)

// customers are the ids of all customers between two, ascending; inside InTx or InReadTx.
func (s store) customers(ctx context.Context, from, to int64) (ids []int64, err error) {
	err = s.db.Numbers(ctx, `SELECT id FROM customers WHERE id >= $1 AND id <= $2 ORDER BY id`, []any{from, to}, 1, func(v []int64) error {
		ids = append(ids, v[0])
		return nil
	})
	return ids, err
}

// keptBetween are the figures of customers between two ids.
func (s store) keptBetween(ctx context.Context, from, to int64) (map[int64]kept, error) {
	out := map[int64]kept{}
	err := db.Each(ctx, s.db.Q(ctx), `SELECT customer_id, alive, orders_centi, clv_fen, churn FROM customer_forecasts
WHERE customer_id >= $1 AND customer_id <= $2 ORDER BY customer_id`, func(r db.Scanner) error {
		var id int64
		var v [4]sql.NullInt64
		if err := r.Scan(&id, &v[0], &v[1], &v[2], &v[3]); err != nil {
			return err
		}
		of := func(i int) *int64 {
			if !v[i].Valid {
				return nil
			}
			return &v[i].Int64
		}
		out[id] = kept{id, of(0), of(1), of(2), of(3)}
		return nil
	}, from, to)
	return out, err
}

// saveKept writes rows over those that are there, inside InTx.
func (s store) saveKept(ctx context.Context, rows []kept) error {
	value := func(p *int64) any {
		if p == nil {
			return nil
		}
		return *p
	}
	return s.db.BulkUpsert(ctx, "customer_forecasts", []string{"customer_id", "alive", "orders_centi", "clv_fen", "churn"}, 1, len(rows), func(i int, v []any) {
		k := &rows[i]
		v[0], v[1], v[2], v[3], v[4] = k.customer, value(k.alive), value(k.orders), value(k.clv), value(k.churn)
	})
}

// dropKept removes the rows of customers.
func (s store) dropKept(ctx context.Context, ids []int64) error {
	return db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		_, err := s.exec(ctx, `DELETE FROM customer_forecasts WHERE customer_id IN (`+in+`)`, args...)
		return err
	})
}
