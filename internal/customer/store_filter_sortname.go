package customer

import (
	"context"
	"slices"
	"strings"

	"zhike/internal/clean"
	"zhike/internal/platform/db"
)

// unsorted reads customers behind an id whose names have no sort key.
func (s *Store) unsorted(ctx context.Context, after int64, n int) ([]Customer, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT id, name FROM customers WHERE sort_name = '' AND name <> '' AND id > $1 ORDER BY id LIMIT $2`, after, n)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []Customer
	for rows.Next() {
		var c Customer
		if err := rows.Scan(&c.ID, &c.Name); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, c)
	}
	return out, db.MapError(rows.Err())
}

// setSortNames writes sort keys of names that are still the same.
func (s *Store) setSortNames(ctx context.Context, rows []Customer) error {
	for part := range slices.Chunk(rows, 256) {
		args := make([]any, 0, 3*len(part))
		for _, c := range part {
			args = append(args, c.ID, c.Name, clean.SortKey(c.Name))
		}
		var b strings.Builder
		b.WriteString(`UPDATE customers SET sort_name = v.column3 FROM (VALUES (CAST($1 AS BIGINT), $2, $3)`)
		for r := 1; r < len(part); r++ {
			b.WriteString(`, (` + db.Placeholders(r*3+1, 3) + `)`)
		}
		b.WriteString(`) AS v WHERE customers.id = v.column1 AND customers.name = v.column2`)
		if err := s.exec(ctx, b.String(), args...); err != nil {
			return err
		}
	}
	return nil
}
