package order

import (
	"context"

	"zhike/internal/platform/db"
)

// ordersBefore reads orders of kinds lowest to highest behind a position. It
// walks the index of a customer's days and sorts within a day only; the plain
// bound on the day is what both engines take the start of the walk from.
func (s *Store) ordersBefore(ctx context.Context, customerID int64, lowest, highest Kind, b Before, n int) ([]orderRow, error) {
	return s.orderRows(ctx, customerID, orderRowSQL+`
WHERE o.customer_id = $1 AND o.day <= $2 AND (o.day, o.paid_at, o.id) < ($3, $4, $5) AND o.kind >= $6 AND o.kind <= $7
ORDER BY o.day DESC, o.paid_at DESC, o.id DESC LIMIT $8`,
		customerID, int64(b.Day), int64(b.Day), b.At, b.ID, int64(lowest), int64(highest), n)
}

// behavioursBefore reads behaviours of some kinds behind a position.
func (s *Store) behavioursBefore(ctx context.Context, customerID int64, kinds []BehaviourKind, b Before, n int) ([]behaviourRow, error) {
	in, list := db.InArgs(6, kinds)
	args := append([]any{customerID, int64(b.Day), int64(b.Day), b.At, b.ID}, list...)
	return s.behaviourRows(ctx, customerID, behaviourRowSQL+`
WHERE b.customer_id = $1 AND b.day <= $2 AND (b.day, b.at, b.id) < ($3, $4, $5) AND b.kind IN (`+in+`)
ORDER BY b.day DESC, b.at DESC, b.id DESC LIMIT `+db.Placeholders(len(args)+1, 1), append(args, n)...)
}
