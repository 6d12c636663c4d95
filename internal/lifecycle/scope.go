package lifecycle

import (
	"context"

	"zhike/internal/column"
	"zhike/internal/customer"
)

// scope gives those whom the actor sees; nil where that is everybody.
func (s *Service) scope(ctx context.Context) (*column.Matches, error) {
	if seesAll(ctx) {
		return nil, nil
	}
	found, err := s.Customers.Find(ctx, customer.Who{})
	return found.Members, err
}
