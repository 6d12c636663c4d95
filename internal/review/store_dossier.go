package review

import (
	"context"

	"zhike/internal/tiering"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/money"
)

// monthFigures sums a customer's orders by calendar month (clock.Day.Month).
func (s *store) monthFigures(ctx context.Context, customer int64, m tiering.Measure, from, to clock.Day) (map[int32]MonthFigures, error) {
	amount := `net_fen * 1000 + net_sub`
	if m == tiering.MeasureSales {
		amount = `sales_fen * 1000 + sales_sub`
	}
	milli, orders := map[int32]int64{}, map[int32]int64{}
	err := db.Each(ctx, s.db.Q(ctx), `SELECT day, `+amount+` FROM orders WHERE customer_id = $1 AND day >= $2 AND day <= $3 ORDER BY day, id`,
		func(r db.Scanner) error {
			var day, v int64
			err := r.Scan(&day, &v)
			k := clock.Day(day).Month()
			milli[k] += v
			if v > 0 {
				orders[k]++
			}
			return err
		}, customer, int64(from), int64(to))
	out := map[int32]MonthFigures{}
	for k, v := range milli {
		out[k] = MonthFigures{SpendFen: money.RoundMilli(v), Orders: orders[k]}
	}
	return out, err
}

// lookingAfter are the people of a customer: owner, adviser, team.
func (s *store) lookingAfter(ctx context.Context, customer int64) ([]DossierPerson, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT staff_id, role FROM (
SELECT 0 AS place, owner_id AS staff_id, 'owner' AS role FROM customers WHERE id = $1 AND owner_id IS NOT NULL
UNION ALL SELECT 1, adviser_id, 'adviser' FROM customers WHERE id = $2 AND adviser_id IS NOT NULL
UNION ALL SELECT 2, staff_id, role FROM customer_team WHERE customer_id = $3) AS people ORDER BY place, staff_id`, func(p *DossierPerson, r db.Scanner) error {
		return r.Scan(&p.StaffID, &p.Role)
	}, customer, customer, customer)
}

// votesOn are those on one move.
func (s *store) votesOn(ctx context.Context, id, customer int64) ([]voteRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT customer_id, member_id, staff_id, level, at FROM tier_review_votes
WHERE decision_id = $1 AND customer_id = $2 ORDER BY member_id`, func(v *voteRow, r db.Scanner) error {
		return r.Scan(&v.customer, &v.member, &v.staff, &v.level, &v.at)
	}, id, customer)
}
