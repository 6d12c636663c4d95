package db

import "context"

// Scanner is *sql.Row or *sql.Rows.
type Scanner interface{ Scan(into ...any) error }

// Select reads all rows of a query on q ([DB.Q], [DB.Prepared]), each by scan.
// None is an empty list, never nil.
func Select[T any](ctx context.Context, q Querier, query string, scan func(v *T, r Scanner) error, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, MapError(err)
	}
	defer rows.Close()
	out := []T{}
	for rows.Next() {
		var v T
		if err := scan(&v, rows); err != nil {
			return nil, MapError(err)
		}
		out = append(out, v)
	}
	return out, MapError(rows.Err())
}

// Column scans rows of one column.
func Column[T any](v *T, r Scanner) error { return r.Scan(v) }
