package customer

import (
	"context"

	"zhike/internal/platform/errs"
)

// Reindex makes the search terms of a customer anew from its row, inside InTx.
// Error: customer.not_found.
func (s *Service) Reindex(ctx context.Context, id int64) error {
	rows, err := s.store.ByIDs(ctx, []int64{id})
	if err != nil {
		return err
	}
	c, ok := rows[id]
	if !ok {
		return errs.New(errs.NotFound, "customer.not_found", "id", id)
	}
	return s.store.ReplaceTerms(ctx, []Terms{TermsOf(&c)})
}
