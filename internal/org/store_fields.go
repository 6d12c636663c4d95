package org

import (
	"context"
	"maps"
	"slices"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
)

// roleFields gives what roles restrict, by role.
func (s *Service) roleFields(ctx context.Context, where string, args ...any) (map[int64]auth.FieldAccess, error) {
	type row struct {
		role          int64
		field, access string
	}
	list, err := db.Select(ctx, s.DB.Q(ctx), "SELECT role_id, field, access FROM role_fields "+where+" ORDER BY role_id, field",
		func(r *row, from db.Scanner) error { return from.Scan(&r.role, &r.field, &r.access) }, args...)
	out := map[int64]auth.FieldAccess{}
	for _, r := range list {
		// A word that a newer program wrote allows nothing.
		access, ok := auth.ParseAccess(r.access)
		if !ok {
			access = auth.AccessHidden
		}
		if out[r.role] == nil {
			out[r.role] = auth.FieldAccess{}
		}
		out[r.role][r.field] = access
	}
	return out, err
}

func (s *Service) insertRoleFields(ctx context.Context, r *roleRow) error {
	for _, field := range slices.Sorted(maps.Keys(r.fields)) {
		err := s.exec(ctx, "INSERT INTO role_fields (role_id, field, access) VALUES ($1, $2, $3)", r.id, field, r.fields[field].String())
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) deleteRoleFields(ctx context.Context, id int64) error {
	return s.exec(ctx, "DELETE FROM role_fields WHERE role_id = $1", id)
}
