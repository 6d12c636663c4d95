package customer

import (
	"context"

	"zhike/internal/column"
	"zhike/internal/platform/auth"
)

// Seen gives the names of those customers of a list that the actor of ctx may
// see; the others are missing in the answer.
func (s *Service) Seen(ctx context.Context, ids []int64) (map[int64]string, error) {
	return s.store.seen(ctx, auth.From(ctx), ids)
}

// RaiseLastContact notes that somebody spoke with the customer at an instant
// (unix ms), where no later one is known. It joins the transaction of ctx,
// whose caller has checked the scope.
func (s *Service) RaiseLastContact(ctx context.Context, id, at int64) error {
	raised, err := s.store.raiseLastContact(ctx, id, at)
	if err != nil || !raised {
		return err
	}
	return column.Tell(ctx, s.DB, "customers", s.now(), id)
}

// LabelChanges puts names beside the ids that changes hold: of owners,
// departments and other customers, of those as far as the actor may see them.
func (s *Service) LabelChanges(ctx context.Context, items []ChangeItem) error {
	return s.labels(ctx, items)
}
