package lifecycle

import (
	"context"

	"zhike/internal/column"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// counts are the customers of each stage.
func (s store) counts(ctx context.Context) (map[string]int64, error) {
	out := map[string]int64{}
	err := db.Each(ctx, s.db.Q(ctx), `SELECT stage, COUNT(*) FROM lifecycle_states GROUP BY stage`, func(r db.Scanner) error {
		var stage string
		var n int64
		err := r.Scan(&stage, &n)
		out[stage] = n
		return err
	})
	return out, err
}

// countsOf is counts of some customers.
func (s store) countsOf(ctx context.Context, scope *column.Matches) (map[string]int64, error) {
	out := map[string]int64{}
	if few := scope.Count(); few <= 20_000 {
		ids := make([]int64, 0, few)
		scope.After(-1, func(id int64) bool {
			ids = append(ids, id)
			return true
		})
		return out, db.InChunks(ids, func(chunk []int64) error {
			in, args := db.InArgs(1, chunk)
			return db.Each(ctx, s.db.Q(ctx), `SELECT stage FROM lifecycle_states WHERE customer_id IN (`+in+`)`, func(r db.Scanner) error {
				var stage string
				err := r.Scan(&stage)
				out[stage]++
				return err
			}, args...)
		})
	}
	return out, db.Each(ctx, s.db.Q(ctx), `SELECT customer_id, stage FROM lifecycle_states`, func(r db.Scanner) error {
		var id int64
		var stage string
		if err := r.Scan(&id, &stage); err != nil {
			return err
		}
		if scope.Has(id) {
			out[stage]++
		}
		return nil
	})
}

// daysOf reads what was written when days were over.
func (s store) daysOf(ctx context.Context, from, to clock.Day) (map[clock.Day]figuresOf, error) {
	out := map[clock.Day]figuresOf{}
	err := db.Each(ctx, s.db.Q(ctx), `SELECT day, stage, customers, entered, left_count FROM lifecycle_days WHERE day >= $1 AND day <= $2`, func(r db.Scanner) error {
		var day clock.Day
		var f TrendFigure
		if err := r.Scan(&day, &f.Code, &f.Customers, &f.Entered, &f.Left); err != nil {
			return err
		}
		if out[day] == nil {
			out[day] = figuresOf{}
		}
		out[day][f.Code] = f
		return nil
	}, int64(from), int64(to))
	return out, err
}

// walk reads the history behind a day of customers who are still there, in the
// order of days.
func (s store) walk(ctx context.Context, behind clock.Day, fn func(p *past)) error {
	return db.Each(ctx, s.db.Q(ctx), `SELECT h.customer_id, h.day, h.stage, h.before_stage, h.before_since FROM lifecycle_history h
JOIN lifecycle_states s ON s.customer_id = h.customer_id WHERE h.day > $1 ORDER BY h.day, h.customer_id`, func(r db.Scanner) error {
		var p past
		if err := r.Scan(&p.customer, &p.day, &p.stage, &p.before.Stage, &p.before.Since); err != nil {
			return err
		}
		fn(&p)
		return nil
	}, int64(behind))
}

// passed is a row of the history with the day of the customer's first purchase.
type passed struct {
	past
	first clock.Day
}

// cohorts reads the history of customers whose first purchase was on days from
// from to to, customer by customer.
func (s store) cohorts(ctx context.Context, from, to clock.Day, fn func(p *passed)) error {
	return db.Each(ctx, s.db.Q(ctx), `SELECT m.customer_id, m.first_day, h.day, h.stage, h.before_stage, h.before_since
FROM customer_metrics m JOIN lifecycle_states s ON s.customer_id = m.customer_id JOIN lifecycle_history h ON h.customer_id = m.customer_id
WHERE m.first_day >= $1 AND m.first_day <= $2 ORDER BY m.customer_id, h.day`, func(r db.Scanner) error {
		var p passed
		if err := r.Scan(&p.customer, &p.first, &p.day, &p.stage, &p.before.Stage, &p.before.Since); err != nil {
			return err
		}
		fn(&p)
		return nil
	}, int64(from), int64(to))
}

// purchases reads the days of purchases, customer by customer.
func (s store) purchases(ctx context.Context, fn func(customer int64, day clock.Day)) error {
	return s.db.InReadTx(ctx, func(ctx context.Context) error {
		return s.db.Numbers(ctx, `SELECT customer_id, CAST(day AS BIGINT) FROM orders WHERE net_fen > 0 OR (net_fen = 0 AND net_sub > 0) ORDER BY customer_id, day`, nil, 2, func(v []int64) error {
			fn(v[0], clock.Day(v[1]))
			return nil
		})
	})
}
