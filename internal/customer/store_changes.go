package customer

import (
	"context"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// changes reads the history of a customer behind a place, newest first: of
// fields, all where there are none, and not of hidden.
func (s *Store) changes(ctx context.Context, id int64, fields, hidden []string, at, last int64, n int) ([]changeRow, error) {
	var q query
	q.add(`SELECT id, at, actor_id, actor_name, origin, change_set, version, field, before_text, after_text,
  before_cipher, after_cipher
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
	var out []changeRow
	for rows.Next() {
		r := changeRow{customerID: id}
		if err := rows.Scan(&r.id, &r.at, &r.actorID, &r.actorName, &r.origin, &r.changeSet, &r.version, &r.field,
			&r.before, &r.after, &r.beforeCipher, &r.afterCipher); err != nil {
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
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT id, at, actor_name, version, field, before_text, after_text, before_cipher, after_cipher
FROM customer_changes WHERE customer_id = $1 AND version > $2 ORDER BY version, id LIMIT $3`, id, version, maxSince)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []changeRow
	for rows.Next() {
		var r changeRow
		if err := rows.Scan(&r.id, &r.at, &r.actorName, &r.version, &r.field, &r.before, &r.after, &r.beforeCipher, &r.afterCipher); err != nil {
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

// openChanges reads changes whose free text stands in clear. The condition is
// that of the index customer_changes_open.
func (s *Store) openChanges(ctx context.Context, n int) ([]changeRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT id, field, before_text, after_text FROM customer_changes
WHERE field IN ('remark', 'release_reason') AND (before_text <> '' OR after_text <> '') ORDER BY id LIMIT $1`,
		func(r *changeRow, row db.Scanner) error { return row.Scan(&r.id, &r.field, &r.before, &r.after) }, n)
}

// sealChange puts the sealed texts of a change in the place of the clear ones.
func (s *Store) sealChange(ctx context.Context, r *changeRow) error {
	return s.exec(ctx, `UPDATE customer_changes SET before_text = '', after_text = '', before_cipher = $1, after_cipher = $2 WHERE id = $3`,
		bytesOrNull(r.beforeCipher), bytesOrNull(r.afterCipher), r.id)
}
