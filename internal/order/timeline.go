package order

import (
	"context"
	"slices"

	"zhike/internal/platform/clock"
)

// Before is where a read of a customer's history begins: behind the fact of
// this day, instant and id. Facts are in the order of their day, then instant.
type Before struct {
	Day clock.Day
	At  int64 // unix ms
	ID  int64
}

// OrdersBefore reads up to n orders and return documents of a customer behind
// a position, newest first, with their lines. The row scope is the caller's.
func (s *Service) OrdersBefore(ctx context.Context, customerID int64, kinds []Kind, b Before, n int) ([]Item, error) {
	if len(kinds) == 0 {
		return nil, nil
	}
	rows, err := s.store.ordersBefore(ctx, customerID, slices.Min(kinds), slices.Max(kinds), b, n)
	if err != nil {
		return nil, err
	}
	return s.itemsOf(ctx, rows)
}

// BehavioursBefore reads up to n behaviours of a customer behind a position,
// newest first. The row scope is the caller's.
func (s *Service) BehavioursBefore(ctx context.Context, customerID int64, kinds []BehaviourKind, b Before, n int) ([]BehaviourItem, error) {
	if len(kinds) == 0 {
		return nil, nil
	}
	rows, err := s.store.behavioursBefore(ctx, customerID, kinds, b, n)
	return behaviourItems(rows), err
}
