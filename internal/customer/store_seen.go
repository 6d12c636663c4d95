package customer

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"sync"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
)

// seen gives the names of those customers of a list that the actor may see.
// Ascending ids that are near each other, as members of a large audience are,
// are read as a run.
func (s *Store) seen(ctx context.Context, a *auth.Actor, ids []int64) (map[int64]string, error) {
	if len(ids) < seenBeside || db.InTransaction(ctx) {
		return namesIn(ids, func(chunk []int64) ([]idName, error) { return s.seenOf(ctx, a, chunk) })
	}
	// Names of thousands are read on every processor.
	n := runtime.GOMAXPROCS(0)
	parts, errors := make([]map[int64]string, n), make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		part := ids[i*len(ids)/n : (i+1)*len(ids)/n]
		wait.Go(func() {
			parts[i], errors[i] = namesIn(part, func(chunk []int64) ([]idName, error) { return s.seenOf(ctx, a, chunk) })
		})
	}
	wait.Wait()
	out := make(map[int64]string, len(ids))
	for i := range parts {
		if errors[i] != nil {
			return nil, errors[i]
		}
		maps.Copy(out, parts[i])
	}
	return out, nil
}

// seenBeside names are read by several readers of the database.
const seenBeside = 2000

func (s *Store) seenOf(ctx context.Context, a *auth.Actor, chunk []int64) ([]idName, error) {
	var q query
	q.add(`SELECT c.id, c.name FROM customers c WHERE `)
	if !nearby(chunk) {
		q.in("c.id", chunk)
		q.scope(a)
		return db.Select(ctx, s.db.Prepared(ctx), q.text(), scanIDName, q.args...)
	}
	q.add(`c.id >= ? AND c.id <= ?`, chunk[0], chunk[len(chunk)-1])
	q.scope(a)
	list, err := db.Select(ctx, s.db.Prepared(ctx), q.text(), scanIDName, q.args...)
	return slices.DeleteFunc(list, func(v idName) bool { _, found := slices.BinarySearch(chunk, v.id); return !found }), err
}

// nearby says that most ids from the first to the last one of a list are in it.
func nearby(ids []int64) bool {
	n := len(ids)
	return n > 16 && ids[n-1]-ids[0] < 2*int64(n) && slices.IsSorted(ids)
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
