package forecast

import (
	"context"

	"zhike/internal/model"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// Purchases are orders with net above zero, and sales for nothing: paid (2),
// shipped (3) or completed (4). What was refunded as a whole is none.
const (
	paidRows = `SELECT customer_id, CAST(day AS BIGINT), net_fen * 1000 + net_sub FROM orders
WHERE customer_id >= $1 AND customer_id <= $2 AND day >= 0 AND day <= $3 ORDER BY customer_id, day, id`
	freeWhere = `kind = 1 AND gross_fen = 0 AND gross_sub = 0 AND status IN (2, 3, 4)`
)

// idRange is the least and greatest id of customers, 0 and 0 without any.
func (s store) idRange(ctx context.Context) (lo, hi int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx,
		`SELECT COALESCE((SELECT MIN(id) FROM customers), 0), COALESCE((SELECT MAX(id) FROM customers), 0)`).Scan(&lo, &hi)
	return lo, hi, db.MapError(err)
}

// paid calls fn with what each customer between two ids paid for up to a day,
// customers ascending, days ascending; list is used again. Inside InReadTx.
func (s store) paid(ctx context.Context, from, to int64, upTo clock.Day, fn func(customer int64, list []model.Purchase)) error {
	var list []model.Purchase
	customer := int64(-1)
	flush := func() {
		if len(list) > 0 {
			fn(customer, list)
			list = list[:0]
		}
	}
	err := s.db.Numbers(ctx, paidRows, []any{from, to, int64(upTo)}, 3, func(v []int64) error {
		if v[0] != customer {
			flush()
			customer = v[0]
		}
		if v[2] > 0 {
			list = append(list, model.Purchase{Day: clock.Day(v[1]), Milli: v[2]})
		}
		return nil
	})
	flush()
	return err
}

// free are the days of sales for nothing up to a day, by customer.
func (s store) free(ctx context.Context, from, to int64, upTo clock.Day) (map[int64][]clock.Day, error) {
	out := map[int64][]clock.Day{}
	err := db.Each(ctx, s.db.Q(ctx), `SELECT customer_id, day FROM orders
WHERE `+freeWhere+` AND customer_id >= $1 AND customer_id <= $2 AND day >= 0 AND day <= $3 ORDER BY customer_id, day, id`,
		func(r db.Scanner) error {
			var id int64
			var day clock.Day
			if err := r.Scan(&id, &day); err != nil {
				return err
			}
			out[id] = append(out[id], day)
			return nil
		}, from, to, int64(upTo))
	return out, err
}
