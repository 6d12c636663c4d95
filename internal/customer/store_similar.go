package customer

import (
	"context"
	"strconv"
)

// byTerm finds customers one of whose words is exactly the term.
func (s *Store) byTerm(ctx context.Context, term string, limit int) ([]int64, error) {
	return s.idList(ctx, `SELECT x.customer_id FROM `+InEveryPart("customer_terms")+`x.term = $1 ORDER BY x.customer_id LIMIT `+strconv.Itoa(limit), term)
}
