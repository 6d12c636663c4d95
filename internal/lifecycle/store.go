package lifecycle

import (
	"context"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

type store struct{ db *db.DB }

// head is lifecycle_head.
type head struct {
	day, begun  clock.Day
	seq         int64
	node        string
	until       int64
	evaluatedAt int64
	problem, at string
}

func (s store) head(ctx context.Context) (h head, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT day, begun_day, seq, node, lease_until, evaluated_at, problem, problem_at FROM lifecycle_head WHERE id = 1`).
		Scan(&h.day, &h.begun, &h.seq, &h.node, &h.until, &h.evaluatedAt, &h.problem, &h.at)
	return h, db.MapError(err)
}

func (s store) changed(ctx context.Context, text string, args ...any) (bool, error) {
	res, err := s.db.Q(ctx).ExecContext(ctx, text, args...)
	if err != nil {
		return false, db.MapError(err)
	}
	n, err := res.RowsAffected()
	return n > 0, db.MapError(err)
}

// takeLease gives the lease to node if it is as it was seen; inside InTx.
func (s store) takeLease(ctx context.Context, seen head, node string, until int64) (bool, error) {
	return s.changed(ctx, `UPDATE lifecycle_head SET node = $1, lease_until = $2 WHERE id = 1 AND node = $3 AND lease_until = $4`,
		node, until, seen.node, seen.until)
}

// renewLease keeps the lease of node and notes as of when states are right;
// inside InTx.
func (s store) renewLease(ctx context.Context, node string, until, evaluatedAt int64) (bool, error) {
	return s.changed(ctx, `UPDATE lifecycle_head SET lease_until = $1, evaluated_at = $2 WHERE id = 1 AND node = $3`, until, evaluatedAt, node)
}

// fence is the first statement of every transaction that evaluates: it raises
// seq, holds the head until the commit, and gives the open day. ok is false for
// whoever lost the lease.
func (s store) fence(ctx context.Context, node string, until int64) (day clock.Day, seq int64, ok bool, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `UPDATE lifecycle_head SET seq = seq + 1, lease_until = $1 WHERE id = 1 AND node = $2 RETURNING day, seq`,
		until, node).Scan(&day, &seq)
	if db.IsNoRow(err) {
		return 0, 0, false, nil
	}
	return day, seq, true, db.MapError(err)
}

// enter is fence for whoever writes a state without a lease: a decision.
func (s store) enter(ctx context.Context) (h head, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `UPDATE lifecycle_head SET seq = seq + 1 WHERE id = 1 RETURNING day, begun_day, seq`).Scan(&h.day, &h.begun, &h.seq)
	return h, db.MapError(err)
}

// openDay makes a day the open one; begun is the first of all, where it is not
// known yet. Inside InTx, behind fence.
func (s store) openDay(ctx context.Context, day, begun clock.Day) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE lifecycle_head SET day = $1, begun_day = $2, problem = '', problem_at = '' WHERE id = 1`, int64(day), int64(begun))
	return db.MapError(err)
}

// trouble notes what keeps rules from being evaluated; inside InTx.
func (s store) trouble(ctx context.Context, node, problem, at string) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE lifecycle_head SET problem = $1, problem_at = $2 WHERE id = 1 AND node = $3`, problem, at, node)
	return db.MapError(err)
}
