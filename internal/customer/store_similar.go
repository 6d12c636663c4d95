package customer

import (
	"context"
	"strconv"
)

// byTerm finds customers one of whose words is exactly the term.
func (s *Store) byTerm(ctx context.Context, term string, limit int) ([]int64, error) {
	return s.idList(ctx, `SELECT customer_id FROM customer_terms WHERE term = $1 ORDER BY customer_id LIMIT `+strconv.Itoa(limit), term)
}
