package field

import (
	"context"
	"strings"

	"zhike/internal/platform/errs"
)

// unused refuses to change a field that a scheme goes by. Error: field.graded.
func (s *Service) unused(ctx context.Context, d *Definition) error {
	if s.Users == nil {
		return nil
	}
	names, err := s.Users(ctx, d.Code)
	if err != nil || len(names) == 0 {
		return err
	}
	return errs.New(errs.Conflict, "field.graded", "names", strings.Join(names, ", "))
}

// unnamed refuses to delete a field that a rule names. Error: field.named.
func (s *Service) unnamed(ctx context.Context, d *Definition) error {
	if s.Namers == nil {
		return nil
	}
	names, err := s.Namers(ctx, d.Code)
	if err != nil || len(names) == 0 {
		return err
	}
	text := strings.Join(names[:min(len(names), mostNamed)], ", ")
	if len(names) > mostNamed {
		text += ", …"
	}
	return errs.New(errs.Conflict, "field.named", "names", text)
}

// mostNamed is how many of the users of a field an error names.
const mostNamed = 10

// Delete removes a field that never had a value. Errors: field.not_found,
// field.delete_in_use, field.graded, field.named (param names: what has a rule
// about it).
func (s *Service) Delete(ctx context.Context, id int64) error {
	return s.change(ctx, func(ctx context.Context, set *Set) error {
		d := set.ID(id)
		if d == nil {
			return errs.New(errs.NotFound, "field.not_found")
		}
		if err := s.unused(ctx, d); err != nil {
			return err
		}
		if err := s.unnamed(ctx, d); err != nil {
			return err
		}
		err := s.deleteUnused(ctx, id)
		if errs.Is(err, "field.in_use") {
			return errs.New(errs.Conflict, "field.delete_in_use")
		}
		if err != nil {
			return err
		}
		return s.record(ctx, "field.delete", id, d, nil)
	})
}
