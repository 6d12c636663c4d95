package org

import (
	"context"
	"maps"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

const (
	maxRoleName = 50
	maxRoles    = 200
)

// Role is a role as it is shown.
type Role struct {
	ID          int64             `json:"id"`
	Code        string            `json:"code" doc:"Stable name; made by the server for roles that people add"`
	Name        string            `json:"name"`
	Scope       string            `json:"scope" enum:"own,department,all"`
	Permissions []auth.Permission `json:"permissions"`
	FieldAccess map[string]string `json:"field_access" doc:"Fields of customers that differ from the default: key → edit, read or hidden; see GET /roles/fields"`
	Builtin     bool              `json:"builtin" doc:"Shipped with the program; cannot be deleted"`
	StaffCount  int64             `json:"staff_count"`
	UpdatedAt   int64             `json:"updated_at" doc:"Unix ms"`
}

// RoleIn makes a role.
type RoleIn struct {
	Name        string            `json:"name" minLength:"1" maxLength:"50"`
	Scope       string            `json:"scope" enum:"own,department,all"`
	Permissions []auth.Permission `json:"permissions" maxItems:"200"`
	FieldAccess map[string]string `json:"field_access,omitempty" doc:"Key → edit, read or hidden; what is not named has the default"`
}

// RolePatch changes the fields that are sent.
type RolePatch struct {
	Name        *string            `json:"name,omitempty" minLength:"1" maxLength:"50"`
	Scope       *string            `json:"scope,omitempty" enum:"own,department,all"`
	Permissions *[]auth.Permission `json:"permissions,omitempty" maxItems:"200"`
	FieldAccess *map[string]string `json:"field_access,omitempty" doc:"Replaces all of it; key → edit, read or hidden"`
}

// PermissionView is one permission; its texts are permission.<name> and
// permission_group.<group>.
type PermissionView struct {
	Name  auth.Permission `json:"name"`
	Group string          `json:"group"`
}

func (s *Service) roleView(r *roleRow, staff int64) Role {
	permissions := r.permissions
	if permissions == nil {
		permissions = []auth.Permission{}
	}
	return Role{ID: r.id, Code: r.code, Name: r.name, Scope: r.scope.String(), Permissions: permissions,
		FieldAccess: r.fieldNames(), Builtin: r.builtin, StaffCount: staff, UpdatedAt: r.updatedAt}
}

// roleRecord is what the audit log says of a role.
type roleRecord struct {
	Name        string            `json:"name"`
	Scope       string            `json:"scope"`
	Permissions []auth.Permission `json:"permissions"`
	FieldAccess map[string]string `json:"field_access"`
}

func (r *roleRow) record() roleRecord {
	return roleRecord{
		Name: r.name, Scope: r.scope.String(), Permissions: append([]auth.Permission{}, r.permissions...), FieldAccess: r.fieldNames(),
	}
}

// Roles gives all roles in the order they were made.
func (s *Service) Roles(ctx context.Context) ([]Role, error) {
	p, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	load, err := s.staffPerRole(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Role, 0, len(p.roles))
	for _, r := range p.sortedRoles() {
		out = append(out, s.roleView(r, load[r.id]))
	}
	return out, nil
}

// PermissionList gives the catalogue in the order it is shown.
func (s *Service) PermissionList() []PermissionView {
	out := make([]PermissionView, 0, len(s.Permissions))
	for _, p := range s.Permissions {
		out = append(out, PermissionView{Name: p, Group: groupOf(p)})
	}
	return out
}

func groupOf(p auth.Permission) string {
	for i := range len(p) {
		if p[i] == '.' {
			return string(p[:i])
		}
	}
	return string(p)
}

// CreateRole makes a role. Errors: org.role_taken, org.unknown_permission,
// org.beyond_own where it would allow more than the actor may.
func (s *Service) CreateRole(ctx context.Context, in RoleIn) (out Role, err error) {
	r := &roleRow{}
	if err := s.fillRole(r, &in.Name, &in.Scope, &in.Permissions); err != nil {
		return out, err
	}
	if err := s.fillFields(ctx, r, &in.FieldAccess); err != nil {
		return out, err
	}
	if err := withinOwn(ctx, r); err != nil {
		return out, err
	}
	err = s.change(ctx, func(ctx context.Context) error {
		all, err := s.allRoles(ctx)
		if err != nil {
			return err
		}
		if len(all) >= maxRoles {
			return errs.New(errs.TooLarge, "org.too_many_roles", "max", maxRoles)
		}
		if err := s.uniqueRole(ctx, r); err != nil {
			return err
		}
		if r.id, err = s.DB.NextID(ctx, "role"); err != nil {
			return err
		}
		r.code = "role_" + idText(r.id)
		r.createdAt = s.now()
		r.updatedAt = r.createdAt
		if err := s.insertRole(ctx, r); err != nil {
			return err
		}
		out = s.roleView(r, 0)
		return s.record(ctx, "role.create", "role", r.id, nil, r.record())
	})
	return out, err
}

// fillRole checks and sets the fields that are not nil.
func (s *Service) fillRole(r *roleRow, name, scope *string, permissions *[]auth.Permission) (err error) {
	if name != nil {
		if r.name, err = checkName("name", *name, maxRoleName); err != nil {
			return err
		}
	}
	if scope != nil {
		if r.scope = auth.ParseScope(*scope); r.scope == 0 {
			return errs.New(errs.Invalid, "invalid").WithField("scope", "org.unknown_scope")
		}
	}
	if permissions != nil {
		for _, p := range *permissions {
			if _, ok := s.known[p]; !ok {
				return errs.New(errs.Invalid, "invalid").WithField("permissions", "org.unknown_permission")
			}
		}
		r.permissions = s.inCatalogue(*permissions)
	}
	return nil
}

func (s *Service) uniqueRole(ctx context.Context, r *roleRow) error {
	n, err := s.rolesNamed(ctx, r.name, r.id)
	if err == nil && n > 0 {
		return errs.New(errs.Conflict, "org.role_taken", "name", r.name).WithField("name", "org.role_taken", "name", r.name)
	}
	return err
}

// UpdateRole changes a role. Where its rights change, everybody who has it
// signs in again. The rights of admin cannot change (org.admin_role).
func (s *Service) UpdateRole(ctx context.Context, id int64, in RolePatch) (out Role, err error) {
	err = s.change(ctx, func(ctx context.Context) error {
		r, err := s.roleByID(ctx, id)
		if err != nil {
			return err
		}
		// Both what it was and what it becomes must be within the actor's own.
		if err := withinOwn(ctx, r); err != nil {
			return err
		}
		before := r.record()
		if err := s.fillRole(r, in.Name, in.Scope, in.Permissions); err != nil {
			return err
		}
		if err := s.fillFields(ctx, r, in.FieldAccess); err != nil {
			return err
		}
		if err := withinOwn(ctx, r); err != nil {
			return err
		}
		rights := r.scope.String() != before.Scope || permissionsText(r.permissions) != permissionsText(before.Permissions) ||
			!maps.Equal(r.fieldNames(), before.FieldAccess)
		if rights && r.code == RoleAdmin {
			return errs.New(errs.Conflict, "org.admin_role")
		}
		load, err := s.staffPerRole(ctx)
		if err != nil {
			return err
		}
		if !rights && r.name == before.Name {
			out = s.roleView(r, load[id])
			return nil
		}
		if err := s.uniqueRole(ctx, r); err != nil {
			return err
		}
		r.updatedAt = s.now()
		if err := s.updateRole(ctx, r); err != nil {
			return err
		}
		if rights {
			if err := s.endSessionsOfRole(ctx, id); err != nil {
				return err
			}
		}
		out = s.roleView(r, load[id])
		return s.record(ctx, "role.update", "role", id, before, r.record())
	})
	return out, err
}

// DeleteRole removes a role that nobody has. Errors: org.role_builtin,
// org.role_in_use.
func (s *Service) DeleteRole(ctx context.Context, id int64) error {
	return s.change(ctx, func(ctx context.Context) error {
		r, err := s.roleByID(ctx, id)
		if err != nil {
			return err
		}
		if err := withinOwn(ctx, r); err != nil {
			return err
		}
		if r.builtin {
			return errs.New(errs.Conflict, "org.role_builtin")
		}
		load, err := s.staffPerRole(ctx)
		if err != nil {
			return err
		}
		if n := load[id]; n > 0 {
			return errs.New(errs.Conflict, "org.role_in_use", "count", n)
		}
		if err := s.deleteRole(ctx, id); err != nil {
			return err
		}
		return s.record(ctx, "role.delete", "role", id, r.record(), nil)
	})
}

// withinOwn fails with org.beyond_own where a role allows something that the
// actor may not do, or sees further.
func withinOwn(ctx context.Context, roles ...*roleRow) error {
	a := auth.From(ctx)
	if a == nil {
		return errs.New(errs.Unauthenticated, "unauthenticated")
	}
	for _, r := range roles {
		if r.scope > a.Scope {
			return errs.New(errs.Forbidden, "org.beyond_own")
		}
		for _, p := range r.permissions {
			if !a.Can(p) {
				return errs.New(errs.Forbidden, "org.beyond_own")
			}
		}
		for field := range a.Fields {
			if r.fields[field] < a.Field(field) {
				return errs.New(errs.Forbidden, "org.beyond_own")
			}
		}
	}
	return nil
}

// rolesByIDs reads roles; one that is missing is a wrong field of the input.
func (s *Service) rolesByIDs(ctx context.Context, ids []int64) ([]*roleRow, error) {
	out := make([]*roleRow, 0, len(ids))
	for _, id := range ids {
		r, err := s.roleByID(ctx, id)
		if errs.Is(err, "org.no_role") {
			return nil, errs.New(errs.Invalid, "invalid").WithField("role_ids", "org.no_role")
		}
		if err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, nil
}
