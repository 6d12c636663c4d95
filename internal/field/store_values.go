package field

import (
	"context"
	"database/sql"

	"zhike/internal/platform/db"
)

type valueRow struct {
	customerID int64
	fieldID    int64
	item       int
	value      any // int64 for num, string for text
}

// readValues calls each once a customer and field.
func (s *Service) readValues(ctx context.Context, ids []int64, each func(id int64, d *Definition, v Value), set *Set) error {
	return db.InChunks(ids, func(chunk []int64) error {
		is, args := s.DB.OneOf(1, chunk)
		rows, err := s.DB.Prepared(ctx).QueryContext(ctx, `SELECT customer_id, field_id, num, text FROM customer_values
 WHERE customer_id `+is+` ORDER BY customer_id, field_id, item`, args...)
		if err != nil {
			return db.MapError(err)
		}
		defer rows.Close()
		var customer int64
		var of *Definition
		var v Value
		flush := func() {
			if of != nil {
				of.sortCodes(v.Codes)
				each(customer, of, v)
			}
		}
		for rows.Next() {
			var id, field int64
			var num sql.NullInt64
			var text sql.NullString
			if err := rows.Scan(&id, &field, &num, &text); err != nil {
				return db.MapError(err)
			}
			if of == nil || id != customer || field != of.ID {
				flush()
				customer, of, v = id, set.ID(field), Value{Set: true}
			}
			if of == nil { // a value whose definition came after the set was read
				continue
			}
			if of.Kind == MultiChoice {
				v.Codes = append(v.Codes, text.String)
			} else {
				v.Num, v.Text = num.Int64, text.String
			}
		}
		flush()
		return db.MapError(rows.Err())
	})
}

// EachBetween calls fn with the values that customers between two ids have of some
// fields, customers ascending, as they are stored: num is 0 of texts and choices,
// text "" of numbers.
func (s *Service) EachBetween(ctx context.Context, from, to int64, fields []int64, fn func(customer, field, num int64, text string)) error {
	in, args := db.InArgs(3, fields)
	return db.Each(ctx, s.DB.Q(ctx), `SELECT customer_id, field_id, num, text FROM customer_values
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

func (s *Service) deleteValues(ctx context.Context, fieldID int64, ids []int64) error {
	return db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		_, err := s.DB.Q(ctx).ExecContext(ctx, "DELETE FROM customer_values WHERE field_id = $1 AND customer_id IN ("+in+")",
			append([]any{fieldID}, args...)...)
		return db.MapError(err)
	})
}

func (s *Service) deleteAllValues(ctx context.Context, ids []int64) error {
	return db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		_, err := s.DB.Q(ctx).ExecContext(ctx, "DELETE FROM customer_values WHERE customer_id IN ("+in+")", args...)
		return db.MapError(err)
	})
}

var valueColumns = []string{"customer_id", "field_id", "item", "num", "text"}

func (s *Service) insertValues(ctx context.Context, rows []valueRow) error {
	return s.DB.BulkInsert(ctx, "customer_values", valueColumns, len(rows), func(i int, vals []any) {
		r := &rows[i]
		vals[0], vals[1], vals[2], vals[3], vals[4] = r.customerID, r.fieldID, int64(r.item), nil, nil
		switch v := r.value.(type) {
		case int64:
			vals[3] = v
		case string:
			vals[4] = v
		}
	})
}
