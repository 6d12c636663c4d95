package tiering

import (
	"context"

	"zhike/internal/platform/db"
)

// levelCell counts customers by the level that they have in a run and in another,
// -1 for none there.
type levelCell struct {
	level, other        int
	customers, spendFen int64 // spend as the first run has it
}

// levelPairsOf counts the customers of a run by their levels in it and in another.
func (s *store) levelPairsOf(ctx context.Context, run, other int64) ([]levelCell, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT a.level, COALESCE(b.level, -1), COUNT(*), CAST(SUM(a.spend_fen) AS BIGINT)
FROM tier_assignments a LEFT JOIN tier_assignments b ON b.run_id = $1 AND b.customer_id = a.customer_id
WHERE a.run_id = $2 GROUP BY a.level, b.level ORDER BY a.level, b.level`, func(c *levelCell, r db.Scanner) error {
		return r.Scan(&c.level, &c.other, &c.customers, &c.spendFen)
	}, other, run)
}

// goneFrom counts the customers of another run who are not in a run.
func (s *store) goneFrom(ctx context.Context, run, other int64) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM tier_assignments b WHERE b.run_id = $1
AND NOT EXISTS (SELECT 1 FROM tier_assignments a WHERE a.run_id = $2 AND a.customer_id = b.customer_id)`, other, run).Scan(&n)
	return n, db.MapError(err)
}

// publishedOf is the decision that put a run in force, nil where none did.
func (s *store) publishedOf(ctx context.Context, run int64) (*Decision, error) {
	list, err := db.Select(ctx, s.db.Q(ctx), decisionColumns+` WHERE run_id = $1 AND kind = 'run' AND status = 'published' ORDER BY id DESC LIMIT 1`, scanDecision, run)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// publishedBefore is the decision about another run that was in force before one,
// nil where there was none.
func (s *store) publishedBefore(ctx context.Context, d *Decision) (*Decision, error) {
	list, err := db.Select(ctx, s.db.Q(ctx), decisionColumns+` WHERE dimension = $1 AND kind = 'run' AND status = 'published' AND run_id <> $2
AND (in_force_at < $3 OR in_force_at = $4 AND id < $5) ORDER BY in_force_at DESC, id DESC LIMIT 1`, scanDecision, d.Dimension, d.RunID, d.InForceAt, d.InForceAt, d.ID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// handChanges counts the customers of a run whose level was changed by hand.
func (s *store) handChanges(ctx context.Context, run int64) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(DISTINCT i.customer_id) FROM tier_decision_items i JOIN tier_decisions d ON d.id = i.decision_id
WHERE i.run_id = $1 AND d.kind = 'hand' AND d.status = 'published'`, run).Scan(&n)
	return n, db.MapError(err)
}
