package review

import (
	"context"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/db"
	"zhike/internal/tiering"
)

// insertAppeal adds one inside InTx and sets its id; db.unique where one of the
// customer is open.
func (s *store) insertAppeal(ctx context.Context, a *Appeal) (err error) {
	if a.ID, err = s.db.NextID(ctx, "tier_appeal"); err != nil {
		return err
	}
	evidence, err := s.seal(a.Evidence)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, `INSERT INTO tier_appeals (id, dimension, customer_id, level, wanted, evidence, evidence_cipher, attachment, status, made_by, made_at,
  decided_by, decided_at, answer, decision_id) VALUES ($1, $2, $3, $4, $5, '', $6, $7, 'open', $8, $9, 0, 0, '', 0)`,
		a.ID, a.Dimension, a.CustomerID, a.Level, a.Wanted, evidence, a.AttachmentID, a.MadeBy, a.MadeAt)
	return err
}

// closeAppeal answers an open one; false where it is not open.
func (s *store) closeAppeal(ctx context.Context, a *Appeal) (bool, error) {
	answer, err := s.seal(a.Answer)
	if err != nil {
		return false, err
	}
	n, err := s.exec(ctx, `UPDATE tier_appeals SET status = $1, decided_by = $2, decided_at = $3, answer_cipher = $4, decision_id = $5
WHERE id = $6 AND status = 'open'`, string(a.Status), a.DecidedBy, a.DecidedAt, answer, a.DecisionID, a.ID)
	return n > 0, err
}

// appeals lists those with least ≤ id < below about customers whom an actor sees,
// newest first; made 0 is anybody's.
func (s *store) appeals(ctx context.Context, actor *auth.Actor, f AppealFilter, below, least int64, n int, made int64) ([]Appeal, error) {
	args := []any{below, least, f.Dimension, f.Dimension, string(f.Status), string(f.Status), f.CustomerID, f.CustomerID, made, made}
	where, more := tiering.ScopeOf(actor, len(args)+1)
	args = append(append(args, more...), n)
	return db.Select(ctx, s.db.Q(ctx), `SELECT p.id, p.dimension, p.customer_id, c.name, p.level, p.wanted, p.evidence_cipher, p.attachment, p.status,
  p.made_by, p.made_at, p.decided_by, p.decided_at, p.answer_cipher, p.decision_id
FROM tier_appeals p JOIN customers c ON c.id = p.customer_id
WHERE p.id < $1 AND p.id >= $2 AND ($3 = '' OR p.dimension = $4) AND ($5 = '' OR p.status = $6) AND ($7 = 0 OR p.customer_id = $8)
  AND ($9 = 0 OR p.made_by = $10)`+where+` ORDER BY p.id DESC LIMIT `+db.Placeholders(len(args), 1), func(a *Appeal, r db.Scanner) error {
		return r.Scan(&a.ID, &a.Dimension, &a.CustomerID, &a.CustomerName, &a.Level, &a.Wanted, s.opened(&a.Evidence), &a.AttachmentID, &a.Status,
			&a.MadeBy, &a.MadeAt, &a.DecidedBy, &a.DecidedAt, s.opened(&a.Answer), &a.DecisionID)
	}, args...)
}

// appealCounts counts the appeals of a dimension since an instant by status.
func (s *store) appealCounts(ctx context.Context, dimension string, since int64) (map[AppealStatus]int64, error) {
	out := map[AppealStatus]int64{}
	err := db.Each(ctx, s.db.Q(ctx), `SELECT status, COUNT(*) FROM tier_appeals WHERE dimension = $1 AND made_at >= $2 GROUP BY status ORDER BY status`, func(r db.Scanner) error {
		var status AppealStatus
		var n int64
		err := r.Scan(&status, &n)
		out[status] = n
		return err
	}, dimension, since)
	return out, err
}
