package customer

import (
	"context"

	"zhike/internal/platform/db"
)

// colleagues reads those who work here; with ids these, whether they still do or not.
func (s *Store) colleagues(ctx context.Context, ids []int64) ([]Colleague, error) {
	const columns = `SELECT s.id, s.name, lower(s.login), COALESCE(s.department_id, 0), COALESCE(d.name, '') FROM staff s LEFT JOIN departments d ON d.id = s.department_id WHERE `
	scan := func(c *Colleague, r db.Scanner) error {
		return r.Scan(&c.ID, &c.Name, &c.login, &c.departmentID, &c.Department)
	}
	if ids != nil {
		in, args := db.InArgs(1, ids)
		return db.Select(ctx, s.db.Q(ctx), columns+`s.id IN (`+in+`) ORDER BY s.id`, scan, args...)
	}
	return db.Select(ctx, s.db.Q(ctx), columns+`NOT s.disabled ORDER BY s.id`, scan)
}
