package forecast

import (
	"context"
	"database/sql"

	"zhike/internal/platform/db"
)

// values calls fn with the values that customers between two ids have of some
// fields, customers ascending; text is "" of numbers.
func (s store) values(ctx context.Context, from, to int64, fields []int64, fn func(customer, field, num int64, text string)) error {
	in, args := db.InArgs(3, fields)
	return db.Each(ctx, s.db.Q(ctx), `SELECT customer_id, field_id, num, text FROM customer_values
WHERE customer_id >= $1 AND customer_id <= $2 AND field_id IN (`+in+`) ORDER BY customer_id, field_id, item`, func(r db.Scanner) error {
		var customer, field int64
		var num sql.NullInt64
		var text sql.NullString
		if err := r.Scan(&customer, &field, &num, &text); err != nil {
			return err
		}
		fn(customer, field, num.Int64, text.String)
		return nil
	}, append([]any{from, to}, args...)...)
}
