package field

import (
	"context"
	"slices"

	"zhike/internal/platform/errs"
)

// Order puts the fields into the given order; ids that are left out come
// behind, in the order they have. Error: field.not_found for an unknown id.
func (s *Service) Order(ctx context.Context, ids []int64) (out []*Definition, err error) {
	err = s.change(ctx, func(ctx context.Context, set *Set) error {
		seen := map[int64]bool{}
		for _, id := range ids {
			d := set.ID(id)
			if d == nil {
				return errs.New(errs.NotFound, "field.not_found")
			}
			if !seen[id] {
				seen[id], out = true, append(out, d)
			}
		}
		for _, d := range set.all {
			if !seen[d.ID] {
				out = append(out, d)
			}
		}
		before, after := codes(set.all), codes(out)
		if slices.Equal(before, after) {
			return nil
		}
		for i, d := range out {
			if d.Position == i+1 {
				continue
			}
			moved := *d
			moved.Position = i + 1
			out[i] = &moved
			if err := s.setPosition(ctx, d.ID, i+1); err != nil {
				return err
			}
		}
		return s.record(ctx, "field.order", 0, map[string]any{"order": before}, map[string]any{"order": after})
	})
	return out, err
}

func codes(list []*Definition) []string {
	out := make([]string, len(list))
	for i, d := range list {
		out[i] = d.Code
	}
	return out
}
