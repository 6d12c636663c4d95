package org

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/calendar"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// people is what a process keeps in memory for one version: roles,
// departments and settings whole, staff as they come.
type people struct {
	version     int64
	settings    Settings
	zone        *time.Location // of the settings
	work        WorkHours
	hours       *calendar.Hours // work, to count by
	roles       map[int64]*roleRow
	departments map[int64]*departmentRow

	mu    sync.RWMutex
	staff map[int64]*member
}

// member is a person as requests need him or her.
type member struct {
	actor       auth.Actor // without IP; its map and slice are shared and only read
	authVersion int64
	disabled    bool
	roles       []*roleRow
}

// people gives what is kept in memory, read anew where it is older than the
// wanted version.
func (s *Service) people(ctx context.Context, version int64) (*people, error) {
	if p := s.snap.Load(); p != nil && p.version >= version {
		return p, nil
	}
	if db.InTransaction(ctx) {
		// What is not committed yet must not be kept.
		return s.loadPeople(ctx)
	}
	s.loading.Lock()
	defer s.loading.Unlock()
	if p := s.snap.Load(); p != nil && p.version >= version {
		return p, nil
	}
	p, err := s.loadPeople(ctx)
	if err != nil {
		return nil, err
	}
	s.snap.Store(p)
	return p, nil
}

// current is people at the version that the database has now.
func (s *Service) current(ctx context.Context) (*people, error) {
	v, err := s.version(ctx)
	if err != nil {
		return nil, err
	}
	return s.people(ctx, v)
}

func (s *Service) loadPeople(ctx context.Context) (*people, error) {
	p := &people{roles: map[int64]*roleRow{}, departments: map[int64]*departmentRow{}, staff: map[int64]*member{}}
	err := s.DB.InReadTx(ctx, func(ctx context.Context) error {
		var err error
		if p.version, err = s.version(ctx); err != nil {
			return err
		}
		if p.settings, err = s.readSettings(ctx); err != nil {
			return err
		}
		p.zone = p.settings.Location()
		if p.work, p.hours, err = s.readHours(ctx); err != nil {
			return err
		}
		roles, err := s.allRoles(ctx)
		if err != nil {
			return err
		}
		for i := range roles {
			p.roles[roles[i].id] = &roles[i]
		}
		departments, err := s.allDepartments(ctx)
		if err != nil {
			return err
		}
		for i := range departments {
			p.departments[departments[i].id] = &departments[i]
		}
		return nil
	})
	return p, err
}

// member gives a person; db.no_row where there is none.
func (p *people) member(ctx context.Context, s *Service, id int64) (*member, error) {
	p.mu.RLock()
	m := p.staff[id]
	p.mu.RUnlock()
	if m != nil {
		return m, nil
	}
	var st *staffRow
	var roleIDs []int64
	err := s.DB.InReadTx(ctx, func(ctx context.Context) error {
		var err error
		if st, err = s.staffByID(ctx, id); err != nil {
			return err
		}
		roleIDs, err = s.rolesOf(ctx, id)
		return err
	})
	if errs.Is(err, "org.no_staff") {
		return nil, errs.Wrap(err, errs.NotFound, "db.no_row")
	}
	if err != nil {
		return nil, err
	}
	m = s.assemble(p, st, roleIDs)
	// The row may be newer than p; then p is out of date and not asked again.
	p.mu.Lock()
	p.staff[id] = m
	p.mu.Unlock()
	return m, nil
}

// assemble makes a member of a row and its roles: the union of the
// permissions, the widest scope, of each field the most generous access.
func (s *Service) assemble(p *people, st *staffRow, roleIDs []int64) *member {
	m := &member{authVersion: st.authVersion, disabled: st.disabled}
	m.actor = auth.Actor{
		StaffID: st.id, Name: st.name, Login: st.login, DepartmentID: st.departmentID,
		DepartmentIDs: p.below(st.departmentID), MustChangePass: st.mustChange,
		Permissions: map[auth.Permission]bool{}, Scope: auth.ScopeOwn,
	}
	var fields []auth.FieldAccess
	for _, id := range roleIDs {
		r := p.roles[id]
		if r == nil {
			continue
		}
		fields = append(fields, r.fields)
		m.roles = append(m.roles, r)
		m.actor.Scope = max(m.actor.Scope, r.scope)
		for _, perm := range r.permissions {
			m.actor.Permissions[perm] = true
		}
	}
	m.actor.Fields = auth.Generous(fields...)
	slices.SortFunc(m.roles, func(a, b *roleRow) int { return int(a.id - b.id) })
	return m
}

// below gives the ids of a department and all below it, ascending.
func (p *people) below(id int64) []int64 {
	top := p.departments[id]
	if top == nil {
		return nil
	}
	var out []int64
	for _, d := range p.departments {
		if strings.HasPrefix(d.path, top.path) {
			out = append(out, d.id)
		}
	}
	slices.Sort(out)
	return out
}

func (p *people) departmentName(id int64) string {
	if d := p.departments[id]; d != nil {
		return d.name
	}
	return ""
}

// sortedRoles gives the roles in the order of their ids.
func (p *people) sortedRoles() []*roleRow {
	out := make([]*roleRow, 0, len(p.roles))
	for _, id := range slices.Sorted(maps.Keys(p.roles)) {
		out = append(out, p.roles[id])
	}
	return out
}
