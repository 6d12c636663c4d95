package customer

import (
	"context"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
)

// seen gives the names of those customers of a list that the actor may see.
func (s *Store) seen(ctx context.Context, a *auth.Actor, ids []int64) (map[int64]string, error) {
	return namesIn(ids, func(chunk []int64) ([]idName, error) {
		var q query
		q.add(`SELECT c.id, c.name FROM customers c WHERE `)
		q.in("c.id", chunk)
		q.scope(a)
		return db.Select(ctx, s.db.Q(ctx), q.text(), scanIDName, q.args...)
	})
}

// raiseLastContact is Service.RaiseLastContact; raised is false where a later
// one is known.
func (s *Store) raiseLastContact(ctx context.Context, id, at int64) (raised bool, err error) {
	res, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE customers SET last_contact_at = $1 WHERE id = $2 AND last_contact_at < $3`, at, id, at)
	if err != nil {
		return false, db.MapError(err)
	}
	n, err := res.RowsAffected()
	return n > 0, db.MapError(err)
}
