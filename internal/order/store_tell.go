package order

import (
	"context"

	"zhike/internal/column"
	"zhike/internal/platform/db"
)

// tell says that n facts were written; customer gives whose each is.
func (s *Store) tell(ctx context.Context, source string, now int64, n int, customer func(i int) int64) error {
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = customer(i)
	}
	return column.Tell(ctx, s.db, source, now, ids...)
}

// takeOut deletes facts by their ids and tells of those whose they were: a fact
// that comes back may belong to somebody else.
func (s *Store) takeOut(ctx context.Context, table, source string, now int64, ids []int64) error {
	var owners []int64
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(1, chunk)
		return db.Each(ctx, s.db.Q(ctx), `DELETE FROM `+table+` WHERE id IN (`+in+`) RETURNING customer_id`, func(r db.Scanner) error {
			var owner int64
			err := r.Scan(&owner)
			owners = append(owners, owner)
			return err
		}, args...)
	})
	if err != nil {
		return err
	}
	return column.Tell(ctx, s.db, source, now, owners...)
}
