package tiering

import (
	"context"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

const decisionColumns = `SELECT id, dimension, kind, status, run_id, from_day, in_force_at, note, opened_by, opened_at, decided_by, decided_at FROM tier_decisions`

func scanDecision(d *Decision, row db.Scanner) error {
	return row.Scan(&d.ID, &d.Dimension, &d.Kind, &d.Status, &d.RunID, &d.FromDay, &d.InForceAt, &d.Note, &d.OpenedBy, &d.OpenedAt, &d.DecidedBy, &d.DecidedAt)
}

// decision reads one; error tier.no_such_decision.
func (s *store) decision(ctx context.Context, id int64) (d Decision, err error) {
	err = db.MapError(scanDecision(&d, s.db.Q(ctx).QueryRowContext(ctx, decisionColumns+` WHERE id = $1`, id)))
	if db.IsNoRow(err) {
		return d, errs.New(errs.NotFound, "tier.no_such_decision")
	}
	return d, err
}

// insertDecision adds one inside InTx and sets its id; db.unique where a run of
// the dimension is under review already.
func (s *store) insertDecision(ctx context.Context, d *Decision) (err error) {
	if d.ID, err = s.db.NextID(ctx, "tier_decision"); err != nil {
		return err
	}
	_, err = s.exec(ctx, `INSERT INTO tier_decisions (id, dimension, kind, status, run_id, from_day, in_force_at, note, opened_by, opened_at, decided_by, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, d.ID, d.Dimension, string(d.Kind), string(d.Status), d.RunID, int64(d.FromDay),
		d.InForceAt, d.Note, d.OpenedBy, d.OpenedAt, d.DecidedBy, d.DecidedAt)
	return err
}

// closeDecision ends a review; error tier.decision_closed where it is not open.
func (s *store) closeDecision(ctx context.Context, d *Decision) error {
	n, err := s.exec(ctx, `UPDATE tier_decisions SET status = $1, from_day = $2, in_force_at = $3, note = $4, decided_by = $5, decided_at = $6
WHERE id = $7 AND status = 'review'`, string(d.Status), int64(d.FromDay), d.InForceAt, d.Note, d.DecidedBy, d.DecidedAt, d.ID)
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "tier.decision_closed")
	}
	return err
}

// runInForce is the run whose levels are in force at an instant; error
// tier.no_such_run before the first.
func (s *store) runInForce(ctx context.Context, dimension string, now int64) (run int64, err error) {
	err = db.MapError(s.db.Q(ctx).QueryRowContext(ctx, `SELECT run_id FROM tier_decisions
WHERE dimension = $1 AND kind = 'run' AND status = 'published' AND in_force_at <= $2 ORDER BY in_force_at DESC, id DESC LIMIT 1`, dimension, now).Scan(&run))
	if db.IsNoRow(err) {
		return 0, errs.New(errs.NotFound, "tier.no_such_run")
	}
	return run, err
}

// publishedRuns lists runs whose levels count from days from from to to, the
// latest day first, of one day the newest first.
func (s *store) publishedRuns(ctx context.Context, dimension string, from, to clock.Day, now int64, n int) ([]publishedRun, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT r.id, r.scheme_id, COALESCE(r.previous_run_id, 0), d.from_day,
EXISTS (SELECT 1 FROM tier_decision_items i WHERE i.run_id = r.id) FROM tier_decisions d JOIN tier_runs r ON r.id = d.run_id
WHERE d.dimension = $1 AND d.kind = 'run' AND d.status = 'published' AND d.from_day >= $2 AND d.from_day <= $3 AND d.in_force_at <= $4
ORDER BY d.from_day DESC, d.id DESC LIMIT $5`, func(r *publishedRun, row db.Scanner) error {
		return row.Scan(&r.run, &r.scheme, &r.previous, &r.from, &r.byHand)
	}, dimension, int64(from), int64(to), now, n)
}

// publishedRun is a run that came into force on a day.
type publishedRun struct {
	run, scheme, previous int64
	from                  clock.Day
	byHand                bool // people changed levels of it
}

// schemesOf are the ids of all versions of schemes of a dimension.
func (s *store) schemesOf(ctx context.Context, dimension string) ([]int64, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT id FROM tier_schemes WHERE dimension = $1 ORDER BY id DESC LIMIT 1000`, db.Column[int64], dimension)
}

// planDecision notes how a decision will be published.
func (s *store) planDecision(ctx context.Context, d *Decision) error {
	_, err := s.exec(ctx, `UPDATE tier_decisions SET from_day = $1, in_force_at = $2, note = $3, decided_by = $4 WHERE id = $5 AND status = 'review'`,
		int64(d.FromDay), d.InForceAt, d.Note, d.DecidedBy, d.ID)
	return err
}
