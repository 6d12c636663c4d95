package customer

import (
	"context"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
)

// seen gives the names of those customers of a list that the actor may see.
func (s *Store) seen(ctx context.Context, a *auth.Actor, ids []int64) (map[int64]string, error) {
	out := make(map[int64]string, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		var q query
		q.add(`SELECT c.id, c.name FROM customers c WHERE `)
		q.in("c.id", chunk)
		q.scope(a)
		rows, err := s.db.Q(ctx).QueryContext(ctx, q.text(), q.args...)
		if err != nil {
			return db.MapError(err)
		}
		defer rows.Close()
		for rows.Next() {
			var id int64
			var name string
			if err := rows.Scan(&id, &name); err != nil {
				return db.MapError(err)
			}
			out[id] = name
		}
		return db.MapError(rows.Err())
	})
	return out, err
}

// RaiseLastContact notes that somebody spoke with the customer at an instant
// (unix ms), where no later one is known. The caller has checked the scope.
func (s *Store) RaiseLastContact(ctx context.Context, id, at int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE customers SET last_contact_at = $1 WHERE id = $2 AND last_contact_at < $3`, at, id, at)
	return db.MapError(err)
}
