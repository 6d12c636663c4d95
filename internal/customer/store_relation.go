package customer

import (
	"context"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

const relationColumns = `r.id, r.from_id, r.to_id, r.kind, r.role, r.title, r.note, r.is_primary`

func (r *relationRow) scanInto() []any {
	return []any{&r.id, &r.from, &r.to, &r.kind, &r.role, &r.title, &r.note, &r.primary}
}

// relations reads the relations of a customer in both directions with the name
// of the other end, and whether the actor may see that one.
func (s *Store) relations(ctx context.Context, a *auth.Actor, id int64) ([]relationRow, error) {
	var q query
	for i, side := range [...]struct{ own, other string }{{"from_id", "to_id"}, {"to_id", "from_id"}} {
		if i > 0 {
			q.add(` UNION ALL `)
		}
		q.add(`SELECT ` + relationColumns + `, c.name, c.kind AS other_kind, CASE WHEN 1 = 1`)
		q.scope(a)
		q.add(` THEN 1 ELSE 0 END FROM customer_relations r JOIN customers c ON c.id = r.`+side.other+` WHERE r.`+side.own+` = ?`, id)
	}
	// Twice as many as there can be: the list is whole.
	q.add(` ORDER BY 1`)
	q.limit(2 * maxRelations)
	rows, err := s.db.Prepared(ctx).QueryContext(ctx, q.text(), q.args...)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []relationRow
	for rows.Next() {
		var r relationRow
		var visible int64
		if err := rows.Scan(append(r.scanInto(), &r.otherName, &r.otherKind, &visible)...); err != nil {
			return nil, db.MapError(err)
		}
		r.visible = visible == 1
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

// relation reads one relation of a customer.
func (s *Store) relation(ctx context.Context, id, relationID int64) (*relationRow, error) {
	var r relationRow
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT `+relationColumns+` FROM customer_relations r WHERE r.id = $1 AND (r.from_id = $2 OR r.to_id = $3)`,
		relationID, id, id).Scan(r.scanInto()...)
	if db.IsNoRow(err) {
		return nil, errs.New(errs.NotFound, "customer.relation_not_found", "id", relationID)
	}
	return &r, db.MapError(err)
}

// relationsBetween reads what relates two customers.
func (s *Store) relationsBetween(ctx context.Context, a, b int64) ([]relationRow, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT `+relationColumns+` FROM customer_relations r
WHERE (r.from_id = $1 AND r.to_id = $2) OR (r.from_id = $3 AND r.to_id = $4) ORDER BY r.id`, a, b, b, a)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []relationRow
	for rows.Next() {
		var r relationRow
		if err := rows.Scan(r.scanInto()...); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

// above gives the customer one step above by a kind of relation, 0 for none.
func (s *Store) above(ctx context.Context, id int64, kind RelationKind) (up int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT to_id FROM customer_relations WHERE from_id = $1 AND kind = $2 ORDER BY id LIMIT 1`,
		id, string(kind)).Scan(&up)
	if db.IsNoRow(err) {
		return 0, nil
	}
	return up, db.MapError(err)
}

func (s *Store) countRelations(ctx context.Context, id int64, limit int) (n int, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM
 (SELECT id FROM customer_relations WHERE from_id = $1 UNION ALL SELECT id FROM customer_relations WHERE to_id = $2 LIMIT $3) AS own`, id, id, limit).Scan(&n)
	return n, db.MapError(err)
}

func (s *Store) insertRelation(ctx context.Context, r *relationRow) (err error) {
	if r.id, err = s.db.NextID(ctx, "customer_relation"); err != nil {
		return err
	}
	return s.exec(ctx, `INSERT INTO customer_relations (id, from_id, to_id, kind, role, title, note, is_primary, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, r.id, r.from, r.to, string(r.kind), r.role, r.title, r.note, r.primary, r.createdBy, r.createdAt)
}

func (s *Store) setRelation(ctx context.Context, r *relationRow) error {
	return s.exec(ctx, `UPDATE customer_relations SET role = $1, title = $2, note = $3, is_primary = $4 WHERE id = $5`,
		r.role, r.title, r.note, r.primary, r.id)
}

// clearPrimaryContact leaves a company without a contact to be asked first.
func (s *Store) clearPrimaryContact(ctx context.Context, companyID int64) error {
	return s.exec(ctx, `UPDATE customer_relations SET is_primary = FALSE WHERE to_id = $1 AND kind = $2`, companyID, string(RelationContact))
}

func (s *Store) dropRelation(ctx context.Context, relationID int64) (gone bool, err error) {
	res, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM customer_relations WHERE id = $1`, relationID)
	if err != nil {
		return false, db.MapError(err)
	}
	n, err := res.RowsAffected()
	return n > 0, db.MapError(err)
}
