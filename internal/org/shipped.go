package org

import (
	"context"
	"slices"
	"strings"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/i18n"
)

// RoleAdmin is the code of the role that has every permission.
const RoleAdmin = "admin"

// shipped are the roles that come with the program. "*" stands for all; a
// permission of a domain that this program does not have is left out. Their
// permissions may be changed, all but admin's.
var shipped = []struct {
	code        string
	scope       auth.Scope
	permissions string
}{
	{RoleAdmin, auth.ScopeAll, "*"},
	{"operations", auth.ScopeAll, `customer.view customer.reveal customer.export customer.create customer.edit customer.delete
		customer.assign customer.pool customer.bulk view.share audience.view audience.edit customer.merge quality.view quality.manage api.feed api.upsert note.write note.delete field.manage tag.manage tag.assign import.view import.run
		tier.view tier.run tier.scheme tier.review tier.publish tier.appeal tier.hand tier.assess lifecycle.view lifecycle.edit lifecycle.config report.view report.export job.view staff.view settings.view`},
	{"marketer", auth.ScopeAll, "customer.view customer.bulk audience.view audience.edit tag.manage tag.assign tier.view lifecycle.view report.view report.export"},
	{"agent", auth.ScopeDepartment, "customer.view customer.reveal customer.create customer.edit customer.pool audience.view note.write tag.assign tier.view tier.appeal lifecycle.view lifecycle.edit"},
	{"account_manager", auth.ScopeOwn, "customer.view customer.reveal customer.create customer.edit customer.pool audience.view note.write tag.assign tier.view tier.appeal lifecycle.view lifecycle.edit report.view"},
	{"panel", auth.ScopeAll, "customer.view audience.view quality.view tier.view tier.run tier.scheme tier.review tier.publish tier.hand tier.assess lifecycle.view lifecycle.approve report.view report.export"},
	{"auditor", auth.ScopeAll, "staff.view audit.view tier.view report.view settings.view system.view job.view"},
}

// Seed writes what the program needs and does not find: the shipped roles and
// a first department. Names are in the default language. It may run at every
// start, in several processes.
// i18n-keys: org.role.*
func (s *Service) Seed(ctx context.Context) error {
	missing, err := s.unseeded(ctx)
	if err != nil {
		return err
	}
	if missing {
		if err := s.plant(ctx); err != nil {
			return err
		}
	}
	// From here on Zone knows the company's time zone.
	_, err = s.current(ctx)
	return err
}

func (s *Service) plant(ctx context.Context) error {
	return s.change(auth.With(ctx, auth.System("seed")), func(ctx context.Context) error {
		now := s.now()
		for _, sh := range shipped {
			if have, err := s.roleByCode(ctx, sh.code); err == nil {
				if err := s.grow(ctx, have, sh.permissions); err != nil {
					return err
				}
				continue
			} else if !errs.Is(err, "org.no_role") {
				return err
			}
			id, err := s.DB.NextID(ctx, "role")
			if err != nil {
				return err
			}
			r := &roleRow{id: id, code: sh.code, name: i18n.T(s.Defaults.Locale, "org.role."+sh.code, nil), scope: sh.scope,
				permissions: s.shippedPermissions(sh.permissions), builtin: true, createdAt: now, updatedAt: now}
			if n, err := s.rolesNamed(ctx, r.name, 0); err != nil {
				return err
			} else if n > 0 {
				r.name += " (" + sh.code + ")"
			}
			if err := s.insertRole(ctx, r); err != nil {
				return err
			}
			if err := s.record(ctx, "role.create", "role", id, nil, s.roleView(r, 0)); err != nil {
				return err
			}
		}
		all, err := s.allDepartments(ctx)
		if err != nil || len(all) > 0 {
			return err
		}
		_, err = s.addDepartment(ctx, i18n.T(s.Defaults.Locale, "org.first_department", nil), 0, nil)
		return err
	})
}

// outgrown says whether a role is still as an older program made it and lacks
// what this one ships it with. A role that somebody edited is the company's own.
func (s *Service) outgrown(r *roleRow, list string) bool {
	return r.builtin && r.code != RoleAdmin && r.updatedAt == r.createdAt && !slices.Equal(r.permissions, s.shippedPermissions(list))
}

// grow brings an untouched role to what the program ships it with; it stays
// untouched by that.
func (s *Service) grow(ctx context.Context, r *roleRow, list string) error {
	if !s.outgrown(r, list) {
		return nil
	}
	before := s.roleView(r, 0)
	r.permissions = s.shippedPermissions(list)
	if err := s.updateRole(ctx, r); err != nil {
		return err
	}
	return s.record(ctx, "role.update", "role", r.id, before, s.roleView(r, 0))
}

func (s *Service) unseeded(ctx context.Context) (bool, error) {
	roles, err := s.allRoles(ctx)
	if err != nil {
		return false, err
	}
	have := map[string]*roleRow{}
	for i := range roles {
		have[roles[i].code] = &roles[i]
	}
	for _, sh := range shipped {
		if r := have[sh.code]; r == nil || s.outgrown(r, sh.permissions) {
			return true, nil
		}
	}
	departments, err := s.allDepartments(ctx)
	return len(departments) == 0, err
}

func (s *Service) shippedPermissions(list string) []auth.Permission {
	if list == "*" {
		return s.Permissions
	}
	var out []auth.Permission
	for _, p := range strings.Fields(list) {
		out = append(out, auth.Permission(p))
	}
	return s.inCatalogue(out)
}

// inCatalogue keeps the permissions that the program has, each once, in the
// order of the catalogue.
func (s *Service) inCatalogue(list []auth.Permission) []auth.Permission {
	out := make([]auth.Permission, 0, len(list))
	for _, p := range list {
		if _, ok := s.known[p]; ok {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b auth.Permission) int { return s.known[a] - s.known[b] })
	return slices.Compact(out)
}

// AdminLogin is the login of the first administrator.
const AdminLogin = "admin"

// EnsureAdmin makes the first administrator where there is nobody at all, with
// a random password that is kept nowhere and must be changed at the first
// sign-in. Otherwise created is false.
func (s *Service) EnsureAdmin(ctx context.Context) (login, password string, created bool, err error) {
	if n, err := s.staffCount(ctx); err != nil || n > 0 {
		return "", "", false, err
	}
	if err := s.Seed(ctx); err != nil {
		return "", "", false, err
	}
	password = oneTimePassword()
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return "", "", false, err
	}
	err = s.change(auth.With(ctx, auth.System("setup")), func(ctx context.Context) error {
		// Again, now that no other process can be doing the same.
		n, err := s.staffCount(ctx)
		if err != nil || n > 0 {
			return err
		}
		role, err := s.roleByCode(ctx, RoleAdmin)
		if err != nil {
			return err
		}
		first, err := s.firstDepartment(ctx)
		if err != nil {
			return err
		}
		_, err = s.addStaff(ctx, &staffRow{login: AdminLogin, name: i18n.T(s.Defaults.Locale, "org.role.admin", nil),
			departmentID: first.id, passwordHash: hash, mustChange: true}, []int64{role.id})
		created = err == nil
		return err
	})
	if err != nil || !created {
		return "", "", false, err
	}
	return AdminLogin, password, true, nil
}

func (s *Service) firstDepartment(ctx context.Context) (*departmentRow, error) {
	all, err := s.allDepartments(ctx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].parentID == 0 {
			return &all[i], nil
		}
	}
	return nil, errs.New(errs.NotFound, "org.no_department")
}

// AddStaffIn is a person to be made on the command line.
type AddStaffIn struct {
	Login      string
	Name       string // "" for the login
	RoleCode   string // "" for agent
	Department string // name, "" for the first one
	Password   string // "" for a random one that must be changed
}

// Added is a person that AddStaff made.
type Added struct {
	ID       int64
	Login    string
	Password string // "" where the caller gave it
}

// AddStaff makes a person for the command line. A given password need not be
// changed; one that is made here must. Errors as in CreateStaff.
func (s *Service) AddStaff(ctx context.Context, in AddStaffIn) (Added, error) {
	ctx = local(ctx)
	if err := s.Seed(ctx); err != nil {
		return Added{}, err
	}
	in.Login, in.Name = normalLogin(in.Login), strings.TrimSpace(in.Name)
	if in.Name == "" {
		in.Name = in.Login
	}
	if in.RoleCode == "" {
		in.RoleCode = "agent"
	}
	if err := checkPerson(in.Login, in.Name); err != nil {
		return Added{}, err
	}
	out := Added{Login: in.Login}
	secret := in.Password
	if secret == "" {
		secret = oneTimePassword()
		out.Password = secret
	} else if err := checkPassword("password", secret, in.Login, in.Name); err != nil {
		return Added{}, err
	}
	hash, err := s.hasher.hash(ctx, secret)
	if err != nil {
		return Added{}, err
	}
	err = s.change(ctx, func(ctx context.Context) error {
		role, err := s.roleByCode(ctx, in.RoleCode)
		if err != nil {
			return err
		}
		department, err := s.departmentNamed(ctx, in.Department)
		if err != nil {
			return err
		}
		st, err := s.addStaff(ctx, &staffRow{login: in.Login, name: in.Name, departmentID: department.id,
			passwordHash: hash, mustChange: out.Password != ""}, []int64{role.id})
		out.ID = st.ID
		return err
	})
	if err != nil {
		return Added{}, err
	}
	return out, nil
}

// local lets the program act where nobody is named: on the command line.
func local(ctx context.Context) context.Context {
	if auth.From(ctx) == nil {
		return auth.With(ctx, auth.System("cli"))
	}
	return ctx
}

// departmentNamed finds a department by its name, the first for "".
func (s *Service) departmentNamed(ctx context.Context, name string) (*departmentRow, error) {
	if name = strings.TrimSpace(name); name == "" {
		return s.firstDepartment(ctx)
	}
	all, err := s.allDepartments(ctx)
	if err != nil {
		return nil, err
	}
	var found *departmentRow
	for i := range all {
		if all[i].name != name {
			continue
		}
		if found != nil {
			return nil, errs.New(errs.Conflict, "org.department_ambiguous", "name", name)
		}
		found = &all[i]
	}
	if found == nil {
		return nil, errs.New(errs.NotFound, "org.no_department")
	}
	return found, nil
}

// ResetPasswordOf gives a person a random password that must be changed, for
// the command line: the way back in for an administrator who is locked out.
func (s *Service) ResetPasswordOf(ctx context.Context, login string) (password string, err error) {
	ctx = local(ctx)
	st, err := s.staffByLogin(ctx, normalLogin(login))
	if db.IsNoRow(err) {
		return "", errs.Wrap(err, errs.NotFound, "org.no_staff")
	}
	if err != nil {
		return "", err
	}
	out, err := s.ResetPassword(ctx, st.id)
	return out.Password, err
}
