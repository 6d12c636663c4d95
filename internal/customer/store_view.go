package customer

import (
	"context"
	"database/sql"

	"zhike/internal/platform/db"
)

type viewRow struct {
	id, ownerID, version, updatedAt int64
	ownerName, name, body           string
	shared                          bool
	roleID                          *int64
	mine                            bool // the default of a role of the reader
}

const viewColumns = `SELECT v.id, v.owner_id, COALESCE(s.name, ''), v.name, v.shared, v.role_id, v.body, v.version, v.updated_at,
  CASE WHEN EXISTS (SELECT 1 FROM staff_roles r WHERE r.role_id = v.role_id AND r.staff_id = $1) THEN 1 ELSE 0 END AS mine
FROM views v LEFT JOIN staff s ON s.id = v.owner_id `

func (r *viewRow) scan(scan func(...any) error) error {
	var role sql.NullInt64
	var mine int64
	err := scan(&r.id, &r.ownerID, &r.ownerName, &r.name, &r.shared, &role, &r.body, &r.version, &r.updatedAt, &mine)
	if role.Valid {
		r.roleID = &role.Int64
	}
	r.mine = mine == 1
	return err
}

// views lists the views that somebody may use.
func (s *Store) views(ctx context.Context, staffID int64) ([]viewRow, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, viewColumns+`WHERE v.owner_id = $2 OR v.shared = TRUE ORDER BY mine DESC, v.name, v.id LIMIT 1000`, staffID, staffID)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []viewRow
	for rows.Next() {
		var r viewRow
		if err := r.scan(rows.Scan); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

// view reads a view, nil where there is none.
func (s *Store) view(ctx context.Context, id, staffID int64) (*viewRow, error) {
	var r viewRow
	err := r.scan(s.db.Q(ctx).QueryRowContext(ctx, viewColumns+`WHERE v.id = $2`, staffID, id).Scan)
	if db.IsNoRow(err) {
		return nil, nil
	}
	return &r, db.MapError(err)
}

func (s *Store) countViews(ctx context.Context, staffID int64) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM views WHERE owner_id = $1`, staffID).Scan(&n)
	return n, db.MapError(err)
}

func (s *Store) viewOfRole(ctx context.Context, roleID int64) (id int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT id FROM views WHERE role_id = $1`, roleID).Scan(&id)
	if db.IsNoRow(err) {
		return 0, nil
	}
	return id, db.MapError(err)
}

func (s *Store) roleThere(ctx context.Context, id int64) (bool, error) {
	var n int64
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM roles WHERE id = $1`, id).Scan(&n)
	return n > 0, db.MapError(err)
}

func (s *Store) insertView(ctx context.Context, r *viewRow) error {
	return s.exec(ctx, `INSERT INTO views (id, owner_id, name, shared, role_id, body, version, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, r.id, r.ownerID, r.name, r.shared, r.roleID, r.body, r.version, r.updatedAt, r.updatedAt)
}

// updateView writes a view whose version is still the given one.
func (s *Store) updateView(ctx context.Context, r *viewRow, version int64) (bool, error) {
	res, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE views SET name = $1, shared = $2, role_id = $3, body = $4, updated_at = $5, version = version + 1
WHERE id = $6 AND version = $7`, r.name, r.shared, r.roleID, r.body, r.updatedAt, r.id, version)
	if err != nil {
		return false, db.MapError(err)
	}
	n, err := res.RowsAffected()
	return n == 1, db.MapError(err)
}

func (s *Store) deleteView(ctx context.Context, id int64) error {
	return s.exec(ctx, `DELETE FROM views WHERE id = $1`, id)
}
