package customer

import (
	"context"

	"zhike/internal/platform/db"
)

// team reads the service team of a customer.
func (s *Store) team(ctx context.Context, id int64) ([]TeamMember, error) {
	rows, err := s.db.Prepared(ctx).QueryContext(ctx, `SELECT t.staff_id, s.name, t.role, t.added_at
FROM customer_team t JOIN staff s ON s.id = t.staff_id WHERE t.customer_id = $1 ORDER BY t.added_at, t.staff_id LIMIT 100`, id)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	out := []TeamMember{}
	for rows.Next() {
		var m TeamMember
		if err := rows.Scan(&m.ID, &m.Name, &m.Role, &m.AddedAt); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, m)
	}
	return out, db.MapError(rows.Err())
}

func (s *Store) putTeam(ctx context.Context, id, staffID int64, role TeamRole, now int64) error {
	return s.exec(ctx, `INSERT INTO customer_team (customer_id, staff_id, role, added_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (customer_id, staff_id) DO UPDATE SET role = excluded.role`, id, staffID, string(role), now)
}

func (s *Store) dropTeam(ctx context.Context, id, staffID int64) error {
	return s.exec(ctx, `DELETE FROM customer_team WHERE customer_id = $1 AND staff_id = $2`, id, staffID)
}

// setAdviser keeps the team in step with the adviser of the record, who sees
// the customer by it; 0 for nobody.
func (s *Store) setAdviser(ctx context.Context, id, staffID, now int64) error {
	err := s.exec(ctx, `DELETE FROM customer_team WHERE customer_id = $1 AND role = $2`, id, string(TeamAdviser))
	if err != nil || staffID == 0 {
		return err
	}
	return s.putTeam(ctx, id, staffID, TeamAdviser, now)
}

// setOwner writes owner and department of a row that is locked; 0 for none.
func (s *Store) setOwner(ctx context.Context, id, ownerID, departmentID, ownedAt int64) error {
	return s.exec(ctx, `UPDATE customers SET owner_id = $1, department_id = $2, owned_at = $3 WHERE id = $4`,
		orNull(ownerID), orNull(departmentID), ownedAt, id)
}

func (s *Store) exec(ctx context.Context, text string, args ...any) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, text, args...)
	return db.MapError(err)
}
