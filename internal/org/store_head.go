package org

import (
	"context"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// HeadOf gives who leads a department, for what concerns somebody of it: where
// nobody does, or only that person or somebody disabled, whoever leads the one
// above. 0 where there is nobody up to the top.
func (s *Service) HeadOf(ctx context.Context, departmentID, but int64) (int64, error) {
	p, err := s.current(ctx)
	if err != nil {
		return 0, err
	}
	for range maxDepartmentDepth {
		d := p.departments[departmentID]
		if d == nil {
			return 0, nil
		}
		if d.headID != 0 && d.headID != but {
			a, err := s.ActorOf(ctx, d.headID)
			if err != nil {
				return 0, err
			}
			if a != nil {
				return d.headID, nil
			}
		}
		departmentID = d.parentID
	}
	return 0, nil
}

// Members gives who is in a department itself, or has a role, and is not disabled;
// at most n, by id. One of the two is 0.
func (s *Service) Members(ctx context.Context, departmentID, roleID int64, n int) ([]int64, error) {
	if roleID != 0 {
		return db.Select(ctx, s.DB.Q(ctx), `SELECT s.id FROM staff_roles r JOIN staff s ON s.id = r.staff_id
WHERE r.role_id = $1 AND NOT s.disabled ORDER BY s.id LIMIT $2`, scanID, roleID, n)
	}
	return db.Select(ctx, s.DB.Q(ctx), `SELECT id FROM staff WHERE department_id = $1 AND NOT disabled ORDER BY id LIMIT $2`, scanID, departmentID, n)
}

// placeHead sets who leads a department; nil is nobody. Error: org.head_gone where
// there is no such person, or a disabled one.
func (s *Service) placeHead(ctx context.Context, d *departmentRow, head *int64) error {
	if head == nil {
		d.headID = 0
		return nil
	}
	if *head != d.headID {
		st, err := s.staffByID(ctx, *head)
		if err != nil && !errs.Is(err, "org.no_staff") {
			return err
		}
		if err != nil || st.disabled {
			return errs.New(errs.Invalid, "invalid").WithField("head_id", "org.head_gone")
		}
	}
	d.headID = *head
	return nil
}
