package customer

import (
	"context"
)

func (s *Store) hasOrders(ctx context.Context, id int64) (bool, error) {
	n, err := s.one(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM orders WHERE customer_id = $1 LIMIT 1) AS one`, id)
	return n > 0, err
}

// relatedTo gives the customers that a relation connects with one.
func (s *Store) relatedTo(ctx context.Context, id int64) ([]int64, error) {
	return s.idList(ctx, `SELECT DISTINCT other FROM (SELECT to_id AS other FROM customer_relations WHERE from_id = $1
 UNION ALL SELECT from_id FROM customer_relations WHERE to_id = $2) AS ends ORDER BY other`, id, id)
}

// erase removes a customer and everything that this package keeps about it,
// and the figures and grades that have no meaning without it.
func (s *Store) erase(ctx context.Context, id int64) error {
	for _, text := range []string{
		`DELETE FROM contacts WHERE customer_id = $1`,
		`DELETE FROM customer_keys WHERE customer_id = $1`,
		`DELETE FROM customer_terms WHERE customer_id = $1`,
		`DELETE FROM customer_team WHERE customer_id = $1`,
		`DELETE FROM customer_relations WHERE from_id = $1`,
		`DELETE FROM customer_relations WHERE to_id = $1`,
		`DELETE FROM customer_changes WHERE customer_id = $1`,
		`DELETE FROM customer_stages WHERE customer_id = $1`,
		`DELETE FROM customer_place_unread WHERE customer_id = $1`,
		`DELETE FROM customer_value_changes WHERE customer_id = $1`,
		`DELETE FROM behaviours WHERE customer_id = $1`,
		`DELETE FROM customer_metrics WHERE customer_id = $1`,
		`DELETE FROM affinity_customers WHERE customer_id = $1`,
		`DELETE FROM customer_forecasts WHERE customer_id = $1`,
		`DELETE FROM customer_forecasts_past WHERE customer_id = $1`,
		`DELETE FROM tier_assignments WHERE customer_id = $1 AND run_id IN (SELECT id FROM tier_runs)`,
		`DELETE FROM customers WHERE id = $1`,
	} {
		if err := s.exec(ctx, text, id); err != nil {
			return err
		}
	}
	return nil
}
