package customer

import (
	"context"

	"zhike/internal/platform/auth"
)

// Version gives the version of a customer's record. Error: customer.not_found,
// also where the actor may not see the customer.
func (s *Service) Version(ctx context.Context, id int64) (int64, error) {
	c, err := s.store.get(ctx, auth.From(ctx), id)
	if err != nil {
		return 0, err
	}
	return c.Version, nil
}

// EditPart runs fn on one customer for a package that keeps a part of the
// record elsewhere: the row is locked, the version raised, and what fn says it
// changed is made known. Without changes nothing is written. It gives the
// version afterwards. version is the one that the editor saw, 0 takes what is
// there. Errors: those of fn, customer.not_found, customer.claim_first,
// customer.version_conflict.
func (s *Service) EditPart(ctx context.Context, id, version int64, o WriteOptions, fn func(ctx context.Context) ([]Change, error)) (int64, error) {
	after := int64(0)
	err := s.editOne(ctx, id, version, o, func(ctx context.Context, r *Stored) ([]Change, error) {
		changes, err := fn(ctx)
		if err != nil {
			return nil, err
		}
		if len(changes) == 0 {
			return nil, errUnchanged
		}
		after = r.Version
		return changes, nil
	})
	if err != nil || after != 0 {
		return after, err
	}
	return s.Version(ctx, id)
}
