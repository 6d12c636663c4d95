package org

import (
	"context"
	"regexp"
	"slices"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

const (
	maxStaffName     = 50
	maxRolesAPerson  = 20
	maxStaff         = 20_000
	maxNamesAnswered = 20 // people whom a typed name may mean
)

var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{2,63}$`)

// RoleRef names a role of a person.
type RoleRef struct {
	ID   int64  `json:"id"`
	Code string `json:"code"`
	Name string `json:"name"`
}

// Staff is a person as shown to those who manage people. Instants are unix ms.
type Staff struct {
	ID             int64     `json:"id"`
	Login          string    `json:"login"`
	Name           string    `json:"name"`
	DepartmentID   int64     `json:"department_id"`
	DepartmentName string    `json:"department_name"`
	Roles          []RoleRef `json:"roles"`
	Disabled       bool      `json:"disabled"`
	MustChange     bool      `json:"must_change_password"`
	LockedUntil    *int64    `json:"locked_until" doc:"null where not locked"`
	LastLoginAt    *int64    `json:"last_login_at" doc:"null where never"`
	CreatedAt      int64     `json:"created_at"`
	UpdatedAt      int64     `json:"updated_at"`
}

// StaffIn makes a person. The server makes the first password.
type StaffIn struct {
	Login        string  `json:"login" minLength:"3" maxLength:"64" doc:"3–64 of a–z, 0–9, . _ @ -, beginning with a letter or digit; cannot be changed later"`
	Name         string  `json:"name" minLength:"1" maxLength:"50"`
	DepartmentID int64   `json:"department_id" minimum:"1"`
	RoleIDs      []int64 `json:"role_ids" minItems:"1" maxItems:"20"`
}

// StaffPatch changes the fields that are sent.
type StaffPatch struct {
	Login        *string  `json:"login,omitempty" maxLength:"64" doc:"Only the login that it is"`
	Name         *string  `json:"name,omitempty" minLength:"1" maxLength:"50"`
	DepartmentID *int64   `json:"department_id,omitempty" minimum:"1"`
	RoleIDs      *[]int64 `json:"role_ids,omitempty" minItems:"1" maxItems:"20"`
	Disabled     *bool    `json:"disabled,omitempty"`
}

// StaffSecret is an answer that carries a password: shown once, kept nowhere.
type StaffSecret struct {
	Staff    Staff  `json:"staff"`
	Password string `json:"password"`
}

func staffView(st *staffRow, department string, roles []*roleRow, now int64) Staff {
	out := Staff{ID: st.id, Login: st.login, Name: st.name, DepartmentID: st.departmentID, DepartmentName: department,
		Roles: roleRefs(roles), Disabled: st.disabled, MustChange: st.mustChange, CreatedAt: st.createdAt, UpdatedAt: st.updatedAt}
	if st.lockedUntil > now {
		out.LockedUntil = &st.lockedUntil
	}
	if st.lastLoginAt > 0 {
		out.LastLoginAt = &st.lastLoginAt
	}
	return out
}

func roleRefs(roles []*roleRow) []RoleRef {
	out := make([]RoleRef, 0, len(roles))
	for _, r := range roles {
		out = append(out, RoleRef{ID: r.id, Code: r.code, Name: r.name})
	}
	return out
}

// staffRecord is what the audit log says of a person.
type staffRecord struct {
	Login        string   `json:"login"`
	Name         string   `json:"name"`
	DepartmentID int64    `json:"department_id"`
	Roles        []string `json:"roles"`
	Disabled     bool     `json:"disabled"`
	MustChange   bool     `json:"must_change_password"`
}

func (st *staffRow) record(roles []*roleRow) staffRecord {
	out := staffRecord{Login: st.login, Name: st.name, DepartmentID: st.departmentID, Roles: []string{},
		Disabled: st.disabled, MustChange: st.mustChange}
	for _, r := range roles {
		out.Roles = append(out.Roles, r.code)
	}
	return out
}

// checkPerson says what is wrong with a new login and name.
func checkPerson(login, name string) error {
	e := errs.New(errs.Invalid, "invalid")
	if !loginForm.MatchString(login) {
		e.WithField("login", "org.login_form")
	}
	if _, err := checkName("name", name, maxStaffName); err != nil {
		e.Fields = append(e.Fields, errs.From(err).Fields...)
	}
	return e.OrNil()
}

// CreateStaff makes a person with a random password that must be changed.
// Errors: org.login_taken, org.login_form, org.no_department, org.no_role,
// org.beyond_own, org.outside_scope.
func (s *Service) CreateStaff(ctx context.Context, in StaffIn) (StaffSecret, error) {
	st := &staffRow{login: normalLogin(in.Login), name: in.Name, departmentID: in.DepartmentID, mustChange: true}
	if err := checkPerson(st.login, st.name); err != nil {
		return StaffSecret{}, err
	}
	password := oneTimePassword()
	var err error
	if st.passwordHash, err = s.hasher.hash(ctx, password); err != nil {
		return StaffSecret{}, err
	}
	out := StaffSecret{Password: password}
	err = s.change(ctx, func(ctx context.Context) error {
		out.Staff, err = s.addStaff(ctx, st, in.RoleIDs)
		return err
	})
	if err != nil {
		return StaffSecret{}, err
	}
	return out, nil
}

// addStaff writes a new person inside a change; login, name, department, hash
// and must_change of st are set.
func (s *Service) addStaff(ctx context.Context, st *staffRow, roleIDs []int64) (out Staff, err error) {
	if st.name, err = checkName("name", st.name, maxStaffName); err != nil {
		return out, err
	}
	n, err := s.staffCount(ctx)
	if err != nil {
		return out, err
	}
	if n >= maxStaff {
		return out, errs.New(errs.TooLarge, "org.too_many_staff", "max", maxStaff)
	}
	if _, err := s.staffByLogin(ctx, st.login); err == nil {
		return out, errs.New(errs.Conflict, "org.login_taken").WithField("login", "org.login_taken")
	} else if !db.IsNoRow(err) {
		return out, err
	}
	department, err := s.placeFor(ctx, st.departmentID)
	if err != nil {
		return out, err
	}
	roles, err := s.rolesFor(ctx, roleIDs)
	if err != nil {
		return out, err
	}
	if st.id, err = s.DB.NextID(ctx, "staff"); err != nil {
		return out, err
	}
	st.authVersion, st.createdAt = 1, s.now()
	st.updatedAt = st.createdAt
	if err := s.insertStaff(ctx, st); err != nil {
		return out, err
	}
	if err := s.setRoles(ctx, st.id, idsOf(roles)); err != nil {
		return out, err
	}
	return staffView(st, department.name, roles, s.now()), s.record(ctx, "staff.create", "staff", st.id, nil, st.record(roles))
}

// placeFor gives the department somebody is put into.
func (s *Service) placeFor(ctx context.Context, id int64) (*departmentRow, error) {
	if err := mayPlace(ctx, id); err != nil {
		return nil, err
	}
	d, err := s.departmentByID(ctx, id)
	if errs.Is(err, "org.no_department") {
		return nil, errs.New(errs.Invalid, "invalid").WithField("department_id", "org.no_department")
	}
	return d, err
}

// rolesFor gives the roles somebody is given, ascending by id.
func (s *Service) rolesFor(ctx context.Context, ids []int64) ([]*roleRow, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	switch {
	case len(ids) == 0:
		return nil, errs.New(errs.Invalid, "invalid").WithField("role_ids", "org.roles_empty")
	case len(ids) > maxRolesAPerson:
		return nil, errs.New(errs.Invalid, "invalid").WithField("role_ids", "org.roles_many", "max", maxRolesAPerson)
	}
	roles, err := s.rolesByIDs(ctx, ids)
	if err != nil {
		return nil, err
	}
	return roles, withinOwn(ctx, roles...)
}

func idsOf(roles []*roleRow) []int64 {
	out := make([]int64, len(roles))
	for i, r := range roles {
		out[i] = r.id
	}
	return out
}

// UpdateStaff changes a person. A change of roles or status ends the person's
// sessions. Beside the errors of CreateStaff: org.no_staff, org.login_fixed,
// org.disable_self, org.last_admin.
func (s *Service) UpdateStaff(ctx context.Context, id int64, in StaffPatch) (out Staff, err error) {
	err = s.change(ctx, func(ctx context.Context) error {
		st, roles, err := s.target(ctx, id)
		if err != nil {
			return err
		}
		before, oldIDs := st.record(roles), idsOf(roles)
		if in.Login != nil && normalLogin(*in.Login) != st.login {
			return errs.New(errs.Invalid, "invalid").WithField("login", "org.login_fixed")
		}
		if in.Name != nil {
			if st.name, err = checkName("name", *in.Name, maxStaffName); err != nil {
				return err
			}
		}
		if in.DepartmentID != nil && *in.DepartmentID != st.departmentID {
			if _, err := s.placeFor(ctx, *in.DepartmentID); err != nil {
				return err
			}
			st.departmentID = *in.DepartmentID
		}
		if in.RoleIDs != nil {
			if roles, err = s.rolesFor(ctx, *in.RoleIDs); err != nil {
				return err
			}
		}
		if in.Disabled != nil {
			if a := auth.From(ctx); *in.Disabled && a.StaffID == id {
				return errs.New(errs.Conflict, "org.disable_self")
			}
			st.disabled = *in.Disabled
		}
		if out, err = s.staffOut(ctx, st, roles); err != nil {
			return err
		}
		after := st.record(roles)
		rights := st.disabled != before.Disabled || !slices.Equal(oldIDs, idsOf(roles))
		if !rights && st.name == before.Name && st.departmentID == before.DepartmentID {
			return nil
		}
		if err := s.writeStaff(ctx, st, roles, rights); err != nil {
			return err
		}
		out.UpdatedAt = st.updatedAt
		return s.record(ctx, staffAction(before.Disabled, st.disabled), "staff", id, before, after)
	})
	return out, err
}

func staffAction(was, is bool) string {
	switch {
	case is && !was:
		return "staff.disable"
	case was && !is:
		return "staff.enable"
	}
	return "staff.update"
}

func (s *Service) writeStaff(ctx context.Context, st *staffRow, roles []*roleRow, rights bool) error {
	st.updatedAt = s.now()
	if rights {
		st.authVersion++
	}
	if err := s.updateStaff(ctx, st); err != nil {
		return err
	}
	if !rights {
		return nil
	}
	if err := s.setRoles(ctx, st.id, idsOf(roles)); err != nil {
		return err
	}
	if err := s.deleteSessions(ctx, st.id); err != nil {
		return err
	}
	if n, err := s.activeAdmins(ctx); err != nil {
		return err
	} else if n == 0 {
		return errs.New(errs.Conflict, "org.last_admin")
	}
	return nil
}

// target gives a person whom the actor may manage, with the roles: within the
// actor's scope, and with no right that the actor has not.
func (s *Service) target(ctx context.Context, id int64) (*staffRow, []*roleRow, error) {
	st, err := s.staffByID(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if !sees(auth.From(ctx), st) {
		return nil, nil, errs.New(errs.NotFound, "org.no_staff")
	}
	ids, err := s.rolesOf(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	roles, err := s.rolesByIDs(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	return st, roles, withinOwn(ctx, roles...)
}

// sees says whether a person is within the actor's scope.
func sees(a *auth.Actor, st *staffRow) bool {
	switch {
	case a == nil:
		return false
	case a.Scope == auth.ScopeAll || st.id == a.StaffID:
		return true
	}
	return a.Scope == auth.ScopeDepartment && slices.Contains(a.DepartmentIDs, st.departmentID)
}

func (s *Service) staffOut(ctx context.Context, st *staffRow, roles []*roleRow) (Staff, error) {
	d, err := s.departmentByID(ctx, st.departmentID)
	if err != nil {
		return Staff{}, err
	}
	return staffView(st, d.name, roles, s.now()), nil
}

// ResetPassword gives a person a random password that must be changed, ends
// all sessions and lifts a lock. One's own is changed in the ordinary way
// (org.reset_self).
func (s *Service) ResetPassword(ctx context.Context, id int64) (StaffSecret, error) {
	if a := auth.From(ctx); a != nil && a.StaffID == id && id != 0 {
		return StaffSecret{}, errs.New(errs.Conflict, "org.reset_self")
	}
	// Looked at before the hash is computed, and again when it is written.
	if _, _, err := s.target(ctx, id); err != nil {
		return StaffSecret{}, err
	}
	out := StaffSecret{Password: oneTimePassword()}
	hash, err := s.hasher.hash(ctx, out.Password)
	if err != nil {
		return StaffSecret{}, err
	}
	err = s.change(ctx, func(ctx context.Context) error {
		st, roles, err := s.target(ctx, id)
		if err != nil {
			return err
		}
		before := st.record(roles)
		if err := s.savePassword(ctx, id, hash, true, s.now()); err != nil {
			return err
		}
		if st, err = s.staffByID(ctx, id); err != nil {
			return err
		}
		if out.Staff, err = s.staffOut(ctx, st, roles); err != nil {
			return err
		}
		return s.record(ctx, "staff.password_reset", "staff", id, before, st.record(roles))
	})
	if err != nil {
		return StaffSecret{}, err
	}
	return out, nil
}
