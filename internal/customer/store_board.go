package customer

import (
	"context"

	"zhike/internal/platform/db"
)

// ownerGroups lists members of staff who own a customer, by name.
func (s *Store) ownerGroups(ctx context.Context, n int) ([]group, error) {
	return s.groupRows(ctx, `SELECT s.id, s.name FROM staff s WHERE EXISTS (SELECT 1 FROM customers c WHERE c.owner_id = s.id)
ORDER BY s.name, s.id LIMIT $1`, n+1)
}

// departmentGroups lists departments that have a customer, by path.
func (s *Store) departmentGroups(ctx context.Context, n int) ([]group, error) {
	return s.groupRows(ctx, `SELECT d.id, d.name FROM departments d WHERE EXISTS (SELECT 1 FROM customers c WHERE c.department_id = d.id)
ORDER BY d.path, d.id LIMIT $1`, n+1)
}

func (s *Store) groupRows(ctx context.Context, text string, n int) ([]group, error) {
	rows, err := s.db.Prepared(ctx).QueryContext(ctx, text, n)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []group
	for rows.Next() {
		var id int64
		var g group
		if err := rows.Scan(&id, &g.label); err != nil {
			return nil, db.MapError(err)
		}
		g.key = num(id)
		out = append(out, g)
	}
	return out, db.MapError(rows.Err())
}
