package org

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

func idText(id int64) string { return strconv.FormatInt(id, 10) }

func (s *Service) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.DB.Q(ctx).ExecContext(ctx, query, args...)
	return db.MapError(err)
}

func (s *Service) count(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = s.DB.Q(ctx).QueryRowContext(ctx, query, args...).Scan(&n)
	return n, db.MapError(err)
}

func (s *Service) counts(ctx context.Context, query string) (map[int64]int64, error) {
	type pair struct{ id, n int64 }
	list, err := db.Select(ctx, s.DB.Q(ctx), query, func(p *pair, r db.Scanner) error { return r.Scan(&p.id, &p.n) })
	out := make(map[int64]int64, len(list))
	for _, p := range list {
		out[p.id] = p.n
	}
	return out, err
}

func (s *Service) version(ctx context.Context) (int64, error) {
	return s.count(ctx, "SELECT version FROM org_state WHERE id = 1")
}

func (s *Service) raiseVersion(ctx context.Context) error {
	return s.exec(ctx, "UPDATE org_state SET version = version + 1 WHERE id = 1")
}

type departmentRow struct {
	id        int64
	parentID  int64 // 0 at the top
	headID    int64 // who leads it; 0 for nobody
	name      string
	path      string
	createdAt int64
	updatedAt int64
}

const departmentColumns = "id, parent_id, name, path, created_at, updated_at, head_id"

func (d *departmentRow) scan(r db.Scanner) error {
	var parent sql.NullInt64
	err := r.Scan(&d.id, &parent, &d.name, &d.path, &d.createdAt, &d.updatedAt, &d.headID)
	d.parentID = parent.Int64
	return err
}

// parent is the parent as the table has it.
func (d *departmentRow) parent() sql.NullInt64 {
	return sql.NullInt64{Int64: d.parentID, Valid: d.parentID != 0}
}

func (s *Service) allDepartments(ctx context.Context) (out []departmentRow, err error) {
	return db.Select(ctx, s.DB.Q(ctx), "SELECT "+departmentColumns+" FROM departments ORDER BY id", (*departmentRow).scan)
}

func (s *Service) departmentByID(ctx context.Context, id int64) (*departmentRow, error) {
	var d departmentRow
	err := d.scan(s.DB.Q(ctx).QueryRowContext(ctx, "SELECT "+departmentColumns+" FROM departments WHERE id = $1", id))
	if db.IsNoRow(err) {
		return nil, errs.Wrap(err, errs.NotFound, "org.no_department")
	}
	return &d, db.MapError(err)
}

// siblings counts the departments beside d with the same name.
func (s *Service) siblings(ctx context.Context, d *departmentRow) (int64, error) {
	if d.parentID == 0 {
		return s.count(ctx, "SELECT count(*) FROM departments WHERE name = $1 AND id <> $2 AND parent_id IS NULL", d.name, d.id)
	}
	return s.count(ctx, "SELECT count(*) FROM departments WHERE name = $1 AND id <> $2 AND parent_id = $3", d.name, d.id, d.parentID)
}

func (s *Service) insertDepartment(ctx context.Context, d *departmentRow) error {
	return s.exec(ctx, "INSERT INTO departments ("+departmentColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7)",
		d.id, d.parent(), d.name, d.path, d.createdAt, d.updatedAt, d.headID)
}

func (s *Service) updateDepartment(ctx context.Context, d *departmentRow) error {
	return s.exec(ctx, "UPDATE departments SET parent_id = $1, name = $2, updated_at = $3, head_id = $4 WHERE id = $5",
		d.parent(), d.name, d.updatedAt, d.headID, d.id)
}

// movePaths replaces the beginning of the paths of a department and all below it.
func (s *Service) movePaths(ctx context.Context, from, to string) error {
	return s.exec(ctx, "UPDATE departments SET path = $1 || substr(path, $2) WHERE substr(path, 1, $3) = $4",
		to, len(from)+1, len(from), from)
}

func (s *Service) deleteDepartment(ctx context.Context, id int64) error {
	return s.exec(ctx, "DELETE FROM departments WHERE id = $1", id)
}

// departmentLoad counts the people and the departments directly in one.
func (s *Service) departmentLoad(ctx context.Context, id int64) (staff, children int64, err error) {
	if staff, err = s.count(ctx, "SELECT count(*) FROM staff WHERE department_id = $1", id); err != nil {
		return 0, 0, err
	}
	children, err = s.count(ctx, "SELECT count(*) FROM departments WHERE parent_id = $1", id)
	return staff, children, err
}

func (s *Service) staffPerDepartment(ctx context.Context) (map[int64]int64, error) {
	return s.counts(ctx, "SELECT department_id, count(*) FROM staff GROUP BY department_id")
}

type roleRow struct {
	id          int64
	code        string
	name        string
	scope       auth.Scope
	permissions []auth.Permission
	fields      auth.FieldAccess // of customers
	builtin     bool
	createdAt   int64
	updatedAt   int64
}

const roleColumns = "id, code, name, scope, permissions, builtin, created_at, updated_at"

// scanRole reads a role. Permissions that the program no longer has are left
// out; the role admin always has all.
func (s *Service) scanRole(r *roleRow, row db.Scanner) error {
	var scope, permissions string
	if err := row.Scan(&r.id, &r.code, &r.name, &scope, &permissions, &r.builtin, &r.createdAt, &r.updatedAt); err != nil {
		return err
	}
	r.scope = auth.ParseScope(scope)
	if r.code == RoleAdmin {
		r.scope, r.permissions = auth.ScopeAll, s.Permissions
		return nil
	}
	var list []auth.Permission
	if err := json.Unmarshal([]byte(permissions), &list); err != nil {
		return err
	}
	r.permissions = s.inCatalogue(list)
	return nil
}

func (s *Service) allRoles(ctx context.Context) ([]roleRow, error) {
	roles, err := db.Select(ctx, s.DB.Q(ctx), "SELECT "+roleColumns+" FROM roles ORDER BY id", s.scanRole)
	if err != nil {
		return nil, err
	}
	fields, err := s.roleFields(ctx, "")
	for i := range roles {
		roles[i].restrict(fields[roles[i].id])
	}
	return roles, err
}

func (s *Service) roleWhere(ctx context.Context, where string, arg any) (*roleRow, error) {
	var r roleRow
	err := s.scanRole(&r, s.DB.Q(ctx).QueryRowContext(ctx, "SELECT "+roleColumns+" FROM roles WHERE "+where, arg))
	if db.IsNoRow(err) {
		return nil, errs.Wrap(err, errs.NotFound, "org.no_role")
	}
	if err != nil {
		return nil, db.MapError(err)
	}
	fields, err := s.roleFields(ctx, "WHERE role_id = $1", r.id)
	r.restrict(fields[r.id])
	return &r, err
}

func (s *Service) roleByID(ctx context.Context, id int64) (*roleRow, error) {
	return s.roleWhere(ctx, "id = $1", id)
}

func (s *Service) roleByCode(ctx context.Context, code string) (*roleRow, error) {
	return s.roleWhere(ctx, "code = $1", code)
}

func (s *Service) insertRole(ctx context.Context, r *roleRow) error {
	err := s.exec(ctx, "INSERT INTO roles ("+roleColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		r.id, r.code, r.name, r.scope.String(), permissionsText(r.permissions), r.builtin, r.createdAt, r.updatedAt)
	if err != nil {
		return err
	}
	return s.insertRoleFields(ctx, r)
}

func (s *Service) updateRole(ctx context.Context, r *roleRow) error {
	err := s.exec(ctx, "UPDATE roles SET name = $1, scope = $2, permissions = $3, updated_at = $4 WHERE id = $5",
		r.name, r.scope.String(), permissionsText(r.permissions), r.updatedAt, r.id)
	if err != nil {
		return err
	}
	if err := s.deleteRoleFields(ctx, r.id); err != nil {
		return err
	}
	return s.insertRoleFields(ctx, r)
}

func (s *Service) deleteRole(ctx context.Context, id int64) error {
	if err := s.deleteRoleFields(ctx, id); err != nil {
		return err
	}
	return s.exec(ctx, "DELETE FROM roles WHERE id = $1", id)
}

func (s *Service) rolesNamed(ctx context.Context, name string, except int64) (int64, error) {
	return s.count(ctx, "SELECT count(*) FROM roles WHERE name = $1 AND id <> $2", name, except)
}

func (s *Service) staffPerRole(ctx context.Context) (map[int64]int64, error) {
	return s.counts(ctx, "SELECT role_id, count(*) FROM staff_roles GROUP BY role_id")
}

// endSessionsOfRole makes everybody with the role sign in again.
func (s *Service) endSessionsOfRole(ctx context.Context, roleID int64) error {
	err := s.exec(ctx, `UPDATE staff SET auth_version = auth_version + 1
		WHERE id IN (SELECT staff_id FROM staff_roles WHERE role_id = $1)`, roleID)
	if err != nil {
		return err
	}
	return s.exec(ctx, "DELETE FROM sessions WHERE staff_id IN (SELECT staff_id FROM staff_roles WHERE role_id = $1)", roleID)
}

func permissionsText(p []auth.Permission) string {
	if p == nil {
		p = []auth.Permission{}
	}
	b, _ := json.Marshal(p) // texts always encode
	return string(b)
}

func (s *Service) allSettings(ctx context.Context) (map[string]string, error) {
	type pair struct{ name, value string }
	list, err := db.Select(ctx, s.DB.Q(ctx), "SELECT name, value FROM settings", func(p *pair, r db.Scanner) error { return r.Scan(&p.name, &p.value) })
	out := make(map[string]string, len(list))
	for _, p := range list {
		out[p.name] = p.value
	}
	return out, err
}

func (s *Service) putSetting(ctx context.Context, name, value string, now int64) error {
	return s.exec(ctx, `INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`, name, value, now)
}
