package customer

import (
	"context"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// claim gives a customer without an owner to somebody and gives its new
// version, 0 where it has an owner by now.
func (s *Store) claim(ctx context.Context, id, staffID, departmentID, now int64) (version int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `UPDATE customers SET owner_id = $1, department_id = $2, owned_at = $3, updated_at = $4, version = version + 1
WHERE id = $5 AND owner_id IS NULL RETURNING version`, staffID, orNull(departmentID), now, now, id).Scan(&version)
	if db.IsNoRow(err) {
		return 0, nil
	}
	return version, db.MapError(err)
}

// ownedBy counts the customers of somebody.
func (s *Store) ownedBy(ctx context.Context, staffID int64) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM customers WHERE owner_id = $1`, staffID).Scan(&n)
	return n, db.MapError(err)
}

// ownedRow is a customer and whose it is.
type ownedRow struct{ id, ownerID int64 }

// neglected reads up to n customers behind an id that have an owner, and since
// an instant and a day neither contact nor purchase nor a change of owner.
func (s *Store) neglected(ctx context.Context, before int64, day clock.Day, after int64, n int) ([]ownedRow, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT c.id, c.owner_id FROM customers c
WHERE c.id > $1 AND c.owner_id IS NOT NULL AND c.owned_at < $2 AND c.last_contact_at < $3 AND c.created_at < $4
  AND NOT EXISTS (SELECT 1 FROM customer_metrics m WHERE m.customer_id = c.id AND m.last_day >= $5)
ORDER BY c.id LIMIT $6`, after, before, before, before, int64(day), n)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []ownedRow
	for rows.Next() {
		var r ownedRow
		if err := rows.Scan(&r.id, &r.ownerID); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

// unown takes the owners from those customers that still have the same one and
// were not spoken with since, and gives their new versions.
func (s *Store) unown(ctx context.Context, lost []ownedRow, before, now int64) (map[int64]int64, error) {
	owners := map[int64][]int64{}
	for _, l := range lost {
		owners[l.ownerID] = append(owners[l.ownerID], l.id)
	}
	versions := make(map[int64]int64, len(lost))
	for owner, ids := range owners {
		in, args := db.InArgs(4, ids)
		err := s.versions(ctx, versions, `UPDATE customers SET owner_id = NULL, owned_at = 0, updated_at = $1, version = version + 1
WHERE owner_id = $2 AND last_contact_at < $3 AND id IN (`+in+`) RETURNING id, version`, append([]any{now, owner, before}, args...)...)
		if err != nil {
			return nil, err
		}
	}
	return versions, nil
}

func (s *Store) setting(ctx context.Context, name string) (value string, err error) {
	err = s.db.Prepared(ctx).QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, name).Scan(&value)
	if db.IsNoRow(err) {
		return "", nil
	}
	return value, db.MapError(err)
}

func (s *Store) putSetting(ctx context.Context, name, value string, now int64) error {
	return s.exec(ctx, `INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`, name, value, now)
}
