package customer

import (
	"context"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// historyRow is a change as the history shows it.
type historyRow struct {
	changeRow
	sealed bool
}

// changes reads the history of a customer behind a place, newest first: of
// fields, all where there are none, and not of hidden.
func (s *Store) changes(ctx context.Context, id int64, fields, hidden []string, at, last int64, n int) ([]historyRow, error) {
	var q query
	q.add(`SELECT id, at, actor_id, actor_name, origin, change_set, version, field, before_text, after_text,
  before_cipher IS NOT NULL OR after_cipher IS NOT NULL
FROM customer_changes WHERE customer_id = ? AND (at, id) < (?, ?)`, id, at, last)
	for _, part := range []struct {
		begin string
		names []string
	}{{` AND field IN (?`, fields}, {` AND field NOT IN (?`, hidden}} {
		for i, f := range part.names {
			if i == 0 {
				q.add(part.begin, f)
				continue
			}
			q.add(`, ?`, f)
		}
		if len(part.names) > 0 {
			q.add(`)`)
		}
	}
	q.add(` ORDER BY at DESC, id DESC`)
	q.limit(n)
	rows, err := s.db.Prepared(ctx).QueryContext(ctx, q.text(), q.args...)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []historyRow
	for rows.Next() {
		r := historyRow{}
		r.customerID = id
		if err := rows.Scan(&r.id, &r.at, &r.actorID, &r.actorName, &r.origin, &r.changeSet, &r.version, &r.field,
			&r.before, &r.after, &r.sealed); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

// maxSince bounds how many changes one conflict looks at.
const maxSince = 2000

// changesSince reads what came after a version, oldest first.
func (s *Store) changesSince(ctx context.Context, id, version int64) ([]changeRow, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT id, at, actor_name, version, field, before_text, after_text
FROM customer_changes WHERE customer_id = $1 AND version > $2 ORDER BY version, id LIMIT $3`, id, version, maxSince)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []changeRow
	for rows.Next() {
		var r changeRow
		if err := rows.Scan(&r.id, &r.at, &r.actorName, &r.version, &r.field, &r.before, &r.after); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

// change reads one sealed change of a customer.
func (s *Store) change(ctx context.Context, id, changeID int64) (*changeRow, error) {
	c := changeRow{id: changeID, customerID: id}
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT field, before_cipher, after_cipher FROM customer_changes WHERE id = $1 AND customer_id = $2`,
		changeID, id).Scan(&c.field, &c.beforeCipher, &c.afterCipher)
	if db.IsNoRow(err) || err == nil && c.beforeCipher == nil && c.afterCipher == nil {
		return nil, errs.New(errs.NotFound, "customer.change_not_found", "id", changeID)
	}
	return &c, db.MapError(err)
}
