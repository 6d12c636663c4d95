package org

import (
	"context"
	"strconv"
	"strings"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

type staffRow struct {
	id             int64
	login          string
	name           string
	departmentID   int64
	passwordHash   string
	mustChange     bool
	disabled       bool
	authVersion    int64
	failedAttempts int
	lockedUntil    int64
	lastLoginAt    int64
	createdAt      int64
	updatedAt      int64
}

const staffColumns = `id, login, name, department_id, password_hash, must_change, disabled, auth_version,
	failed_attempts, locked_until, last_login_at, created_at, updated_at`

func (r *staffRow) scan(row db.Scanner) error {
	return row.Scan(&r.id, &r.login, &r.name, &r.departmentID, &r.passwordHash, &r.mustChange, &r.disabled, &r.authVersion,
		&r.failedAttempts, &r.lockedUntil, &r.lastLoginAt, &r.createdAt, &r.updatedAt)
}

func scanID(id *int64, r db.Scanner) error { return r.Scan(id) }

// staffByLogin gives a person by the login in its normal form; db.no_row where
// there is none.
func (s *Service) staffByLogin(ctx context.Context, login string) (*staffRow, error) {
	var r staffRow
	err := r.scan(s.DB.Q(ctx).QueryRowContext(ctx, "SELECT "+staffColumns+" FROM staff WHERE login = $1", login))
	return &r, db.MapError(err)
}

// staffByID gives a person; org.no_staff where there is none.
func (s *Service) staffByID(ctx context.Context, id int64) (*staffRow, error) {
	var r staffRow
	err := r.scan(s.DB.Q(ctx).QueryRowContext(ctx, "SELECT "+staffColumns+" FROM staff WHERE id = $1", id))
	if db.IsNoRow(err) {
		return nil, errs.Wrap(err, errs.NotFound, "org.no_staff")
	}
	return &r, db.MapError(err)
}

func (s *Service) rolesOf(ctx context.Context, staffID int64) ([]int64, error) {
	return db.Select(ctx, s.DB.Q(ctx), "SELECT role_id FROM staff_roles WHERE staff_id = $1 ORDER BY role_id", scanID, staffID)
}

// rolesOfMany gives the ids of the roles of each of the people.
func (s *Service) rolesOfMany(ctx context.Context, staffIDs []int64) (map[int64][]int64, error) {
	out := make(map[int64][]int64, len(staffIDs))
	err := db.InChunks(staffIDs, func(ids []int64) error {
		in, args := db.InArgs(1, ids)
		type pair struct{ staff, role int64 }
		list, err := db.Select(ctx, s.DB.Q(ctx), "SELECT staff_id, role_id FROM staff_roles WHERE staff_id IN ("+in+") ORDER BY staff_id, role_id",
			func(p *pair, r db.Scanner) error { return r.Scan(&p.staff, &p.role) }, args...)
		for _, p := range list {
			out[p.staff] = append(out[p.staff], p.role)
		}
		return err
	})
	return out, err
}

func (s *Service) setRoles(ctx context.Context, staffID int64, roleIDs []int64) error {
	if err := s.exec(ctx, "DELETE FROM staff_roles WHERE staff_id = $1", staffID); err != nil {
		return err
	}
	for _, id := range roleIDs {
		if err := s.exec(ctx, "INSERT INTO staff_roles (staff_id, role_id) VALUES ($1, $2)", staffID, id); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) insertStaff(ctx context.Context, r *staffRow) error {
	return s.exec(ctx, "INSERT INTO staff ("+staffColumns+") VALUES ("+db.Placeholders(1, 13)+")",
		r.id, r.login, r.name, r.departmentID, r.passwordHash, r.mustChange, r.disabled, r.authVersion,
		r.failedAttempts, r.lockedUntil, r.lastLoginAt, r.createdAt, r.updatedAt)
}

// updateStaff writes what others may change of a person.
func (s *Service) updateStaff(ctx context.Context, r *staffRow) error {
	return s.exec(ctx, `UPDATE staff SET name = $1, department_id = $2, disabled = $3, auth_version = $4,
		updated_at = $5 WHERE id = $6`, r.name, r.departmentID, r.disabled, r.authVersion, r.updatedAt, r.id)
}

// savePassword sets a new password, lifts a lock and ends all sessions.
func (s *Service) savePassword(ctx context.Context, id int64, hash string, mustChange bool, now int64) error {
	err := s.exec(ctx, `UPDATE staff SET password_hash = $1, must_change = $2, auth_version = auth_version + 1,
		failed_attempts = 0, locked_until = 0, updated_at = $3 WHERE id = $4`, hash, mustChange, now, id)
	if err != nil {
		return err
	}
	return s.deleteSessions(ctx, id)
}

// saveLogin notes a good sign-in.
func (s *Service) saveLogin(ctx context.Context, id int64, hash string, now int64) error {
	return s.exec(ctx, `UPDATE staff SET password_hash = $1, failed_attempts = 0, locked_until = 0,
		last_login_at = $2 WHERE id = $3`, hash, now, id)
}

func (s *Service) countFailure(ctx context.Context, id int64) (int64, error) {
	return s.count(ctx, "UPDATE staff SET failed_attempts = failed_attempts + 1 WHERE id = $1 RETURNING failed_attempts", id)
}

func (s *Service) lockUntil(ctx context.Context, id, until int64) error {
	return s.exec(ctx, "UPDATE staff SET locked_until = $1 WHERE id = $2", until, id)
}

// activeAdmins counts the people who can sign in and have the role admin.
func (s *Service) activeAdmins(ctx context.Context) (int64, error) {
	return s.count(ctx, `SELECT count(*) FROM staff s JOIN staff_roles sr ON sr.staff_id = s.id JOIN roles r ON r.id = sr.role_id
		WHERE r.code = $1 AND s.disabled = $2`, RoleAdmin, false)
}

func (s *Service) staffCount(ctx context.Context) (int64, error) {
	return s.count(ctx, "SELECT count(*) FROM staff")
}

// conditions collects WHERE with its arguments numbered in order.
type conditions struct {
	where []string
	args  []any
}

// add takes a condition with "?" where its arguments go.
func (c *conditions) add(cond string, args ...any) {
	for _, a := range args {
		c.args = append(c.args, a)
		cond = strings.Replace(cond, "?", "$"+strconv.Itoa(len(c.args)), 1)
	}
	c.where = append(c.where, cond)
}

func (c *conditions) departments(ids []int64) {
	in, vals := db.InArgs(len(c.args)+1, ids)
	c.where, c.args = append(c.where, "department_id IN ("+in+")"), append(c.args, vals...)
}

func (c *conditions) sql() string {
	if len(c.where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.where, " AND ")
}

var likeEscape = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

// staffWhere is the condition of a list; below are the departments asked for,
// nil for all.
func staffWhere(in *StaffQuery, actor *auth.Actor, below []int64) *conditions {
	c := &conditions{}
	switch {
	case actor == nil:
		c.add("id = ?", 0)
	case actor.Scope == auth.ScopeAll:
	case actor.Scope == auth.ScopeDepartment && len(actor.DepartmentIDs) > 0 && len(actor.DepartmentIDs) <= db.MaxIn:
		c.departments(actor.DepartmentIDs)
	default:
		c.add("id = ?", actor.StaffID)
	}
	if q := strings.ToLower(strings.TrimSpace(in.Q)); q != "" {
		like := "%" + likeEscape.Replace(q) + "%"
		c.add(`(lower(name) LIKE ? ESCAPE '\' OR login LIKE ? ESCAPE '\')`, like, like)
	}
	if below != nil {
		c.departments(below)
	}
	if in.RoleID != 0 {
		c.add("id IN (SELECT staff_id FROM staff_roles WHERE role_id = ?)", in.RoleID)
	}
	if in.Disabled != "" {
		c.add("disabled = ?", in.Disabled == "true")
	}
	return c
}

// staffOrder is a whitelisted order of a list.
type staffOrder struct {
	column string
	desc   bool
}

// listStaff gives up to n people behind the cursor (key of the order's column
// and id), nil for the first page.
func (s *Service) listStaff(ctx context.Context, c conditions, o staffOrder, after []any, n int) ([]staffRow, error) {
	op, dir := ">", ""
	if o.desc {
		op, dir = "<", " DESC"
	}
	if after != nil {
		c.add("("+o.column+", id) "+op+" (?, ?)", after...)
	}
	c.args = append(c.args, n)
	return db.Select(ctx, s.DB.Q(ctx), "SELECT "+staffColumns+" FROM staff"+c.sql()+
		" ORDER BY "+o.column+dir+", id"+dir+" LIMIT $"+strconv.Itoa(len(c.args)), (*staffRow).scan, c.args...)
}

func (s *Service) countStaff(ctx context.Context, c *conditions) (int64, error) {
	return s.count(ctx, "SELECT count(*) FROM staff"+c.sql(), c.args...)
}

// findStaff gives the ids of those with exactly this name or login.
func (s *Service) findStaff(ctx context.Context, text string, n int) ([]int64, error) {
	return db.Select(ctx, s.DB.Q(ctx), "SELECT id FROM staff WHERE name = $1 OR login = $2 ORDER BY id LIMIT $3", scanID,
		text, normalLogin(text), n)
}

// staffNames gives names by id.
func (s *Service) staffNames(ctx context.Context, ids []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		type pair struct {
			id   int64
			name string
		}
		list, err := db.Select(ctx, s.DB.Q(ctx), "SELECT id, name FROM staff WHERE id IN ("+in+")",
			func(p *pair, r db.Scanner) error { return r.Scan(&p.id, &p.name) }, args...)
		for _, p := range list {
			out[p.id] = p.name
		}
		return err
	})
	return out, err
}
