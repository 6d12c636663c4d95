package org

import "context"

// RolesOf gives the ids of the roles that somebody has.
func (s *Service) RolesOf(ctx context.Context, staffID int64) ([]int64, error) {
	return s.rolesOf(ctx, staffID)
}

// DepartmentNames gives the names of all departments by id.
func (s *Service) DepartmentNames(ctx context.Context) (map[int64]string, error) {
	p, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]string, len(p.departments))
	for id, d := range p.departments {
		out[id] = d.name
	}
	return out, nil
}

// RoleNames gives the names of all roles by id.
func (s *Service) RoleNames(ctx context.Context) (map[int64]string, error) {
	p, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]string, len(p.roles))
	for id, r := range p.roles {
		out[id] = r.name
	}
	return out, nil
}
