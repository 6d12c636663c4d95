package db

import "context"

// Scanner is *sql.Row or *sql.Rows.
type Scanner interface{ Scan(into ...any) error }

// Each calls fn with each row of a query on q ([DB.Q], [DB.Prepared]); an error
// of fn ends it.
func Each(ctx context.Context, q Querier, query string, fn func(r Scanner) error, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return MapError(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return MapError(err)
		}
	}
	return MapError(rows.Err())
}

// Select reads all rows of a query, each by scan. None is an empty list, never nil.
func Select[T any](ctx context.Context, q Querier, query string, scan func(v *T, r Scanner) error, args ...any) ([]T, error) {
	out := []T{}
	err := Each(ctx, q, query, func(r Scanner) error {
		var v T
		if err := scan(&v, r); err != nil {
			return err
		}
		out = append(out, v)
		return nil
	}, args...)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Column reads rows of one column.
func Column[T any](v *T, r Scanner) error { return r.Scan(v) }
