package tiering

import (
	"context"

	"zhike/internal/platform/db"
)

// referrals calls fn with every customer between two ids that introduced others,
// and how many up to an instant (unix ms).
func (s *store) referrals(ctx context.Context, from, to, before int64, fn func(id, count int64)) error {
	return db.Each(ctx, s.db.Q(ctx), `SELECT to_id, COUNT(*) FROM customer_relations
WHERE kind = 'introduced_by' AND to_id >= $1 AND to_id <= $2 AND created_at < $3 GROUP BY to_id ORDER BY to_id`, func(r db.Scanner) error {
		var id, n int64
		if err := r.Scan(&id, &n); err != nil {
			return err
		}
		fn(id, n)
		return nil
	}, from, to, before)
}

// industries calls fn with the industry of every customer between two ids that
// has one.
func (s *store) industries(ctx context.Context, from, to int64, fn func(id int64, industry string)) error {
	return db.Each(ctx, s.db.Q(ctx), `SELECT id, industry FROM customers WHERE id >= $1 AND id <= $2 AND industry <> '' ORDER BY id`, func(r db.Scanner) error {
		var id int64
		var industry string
		if err := r.Scan(&id, &industry); err != nil {
			return err
		}
		fn(id, industry)
		return nil
	}, from, to)
}
