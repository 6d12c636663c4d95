package tiering

import (
	"context"
	"database/sql"
	"strconv"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// Status is where a run stands.
type Status string

// The statuses.
const (
	StatusWaiting   Status = "waiting"
	StatusRunning   Status = "running"
	StatusFinished  Status = "finished"
	StatusFailed    Status = "failed"
	StatusCancelled Status = "cancelled"
)

// runRow is a run as it is stored.
type runRow struct {
	ID         int64
	SchemeID   int64
	SchemeCode string
	Dimension  string
	AsOf       clock.Day
	Status     Status
	Customers  int64
	Summary    string // JSON of stored; "" until finished
	PreviousID int64  // 0 = none
	ErrorCode  string
	JobID      int64 // 0 = a command runs it
	LeaseUntil int64
	CreatedBy  int64
	CreatedAt  int64
	StartedAt  int64
	FinishedAt int64
	Version    int // of the scheme
	SchemeName string
}

const runColumns = `SELECT r.id, r.scheme_id, r.scheme_code, r.dimension, r.as_of_day, r.status, r.customers, r.summary,
  COALESCE(r.previous_run_id, 0), r.error_code, COALESCE(r.job_id, 0), r.lease_until, r.created_by, r.created_at,
  r.started_at, r.finished_at, s.version, s.name
FROM tier_runs r JOIN tier_schemes s ON s.id = r.scheme_id`

func scanRun(v **runRow, row db.Scanner) error {
	r := &runRow{}
	*v = r
	return row.Scan(&r.ID, &r.SchemeID, &r.SchemeCode, &r.Dimension, &r.AsOf, &r.Status, &r.Customers, &r.Summary, &r.PreviousID,
		&r.ErrorCode, &r.JobID, &r.LeaseUntil, &r.CreatedBy, &r.CreatedAt, &r.StartedAt, &r.FinishedAt, &r.Version, &r.SchemeName)
}

// run reads a run; error tier.no_such_run.
func (s *store) run(ctx context.Context, id int64) (*runRow, error) {
	return s.oneRun(ctx, ` WHERE r.id = $1`, id)
}

// currentRun is the newest finished run of a scheme, before a run where before
// is not 0; error tier.no_such_run.
func (s *store) currentRun(ctx context.Context, code string, before int64) (*runRow, error) {
	if before == 0 {
		return s.oneRun(ctx, ` WHERE r.scheme_code = $1 AND r.status = 'finished' ORDER BY r.id DESC LIMIT 1`, code)
	}
	return s.oneRun(ctx, ` WHERE r.scheme_code = $1 AND r.status = 'finished' AND r.id < $2 ORDER BY r.id DESC LIMIT 1`, code, before)
}

// activeRun is the run of a scheme that waits or runs; error tier.no_such_run.
func (s *store) activeRun(ctx context.Context, code string) (*runRow, error) {
	return s.oneRun(ctx, ` WHERE r.scheme_code = $1 AND r.status IN ('waiting', 'running') LIMIT 1`, code)
}

func (s *store) oneRun(ctx context.Context, where string, args ...any) (*runRow, error) {
	var r *runRow
	err := db.MapError(scanRun(&r, s.db.Q(ctx).QueryRowContext(ctx, runColumns+where, args...)))
	if db.IsNoRow(err) {
		return nil, errs.New(errs.NotFound, "tier.no_such_run")
	}
	return r, err
}

// runs lists runs below an id, newest first.
func (s *store) runs(ctx context.Context, f RunFilter, below int64, n int) ([]*runRow, error) {
	where, args := ` WHERE r.id < $1`, []any{below}
	add := func(column, v string) {
		if v != "" {
			args = append(args, v)
			where += ` AND ` + column + ` = $` + strconv.Itoa(len(args))
		}
	}
	add("r.dimension", f.Dimension)
	add("r.scheme_code", f.Scheme)
	add("r.status", string(f.Status))
	where += ` ORDER BY r.id DESC LIMIT $` + strconv.Itoa(len(args)+1)
	args = append(args, n)
	return db.Select(ctx, s.db.Q(ctx), runColumns+where, scanRun, args...)
}

// insertRun adds a waiting run inside InTx and sets its id; db.unique where one
// of the scheme waits or runs.
func (s *store) insertRun(ctx context.Context, r *runRow) (err error) {
	if r.ID, err = s.db.NextID(ctx, "tier_run"); err != nil {
		return err
	}
	_, err = s.db.Q(ctx).ExecContext(ctx, `INSERT INTO tier_runs (id, scheme_id, scheme_code, dimension, as_of_day, status, customers, summary,
  error_code, lease_until, created_by, created_at, started_at, finished_at)
VALUES ($1, $2, $3, $4, $5, $6, 0, '', '', $7, $8, $9, 0, 0)`,
		r.ID, r.SchemeID, r.SchemeCode, r.Dimension, int64(r.AsOf), string(r.Status), r.LeaseUntil, r.CreatedBy, r.CreatedAt)
	return db.MapError(err)
}

func (s *store) setJob(ctx context.Context, run, job int64) error {
	_, err := s.exec(ctx, `UPDATE tier_runs SET job_id = $1 WHERE id = $2`, job, run)
	return err
}

// claim makes a waiting or interrupted run a running one; false where it was
// ended meanwhile.
func (s *store) claim(ctx context.Context, run, now, lease int64) (bool, error) {
	n, err := s.exec(ctx, `UPDATE tier_runs SET status = 'running', started_at = CASE WHEN started_at = 0 THEN $1 ELSE started_at END, lease_until = $2
WHERE id = $3 AND status IN ('waiting', 'running')`, now, lease, run)
	return n > 0, err
}

// renew extends the lease; false where the run was ended.
func (s *store) renew(ctx context.Context, run, lease int64) (bool, error) {
	n, err := s.exec(ctx, `UPDATE tier_runs SET lease_until = $1 WHERE id = $2 AND status = 'running'`, lease, run)
	return n > 0, err
}

// finish makes the run visible; false where it was ended meanwhile.
func (s *store) finish(ctx context.Context, run, customers int64, summary string, previous, now int64) (bool, error) {
	var prev any
	if previous != 0 {
		prev = previous
	}
	n, err := s.exec(ctx, `UPDATE tier_runs SET status = 'finished', customers = $1, summary = $2, previous_run_id = $3, finished_at = $4
WHERE id = $5 AND status = 'running'`, customers, summary, prev, now, run)
	return n > 0, err
}

// end makes an unfinished run a failed or cancelled one; false where it was
// not unfinished.
func (s *store) end(ctx context.Context, run int64, status Status, code string, now int64) (bool, error) {
	n, err := s.exec(ctx, `UPDATE tier_runs SET status = $1, error_code = $2, finished_at = $3
WHERE id = $4 AND status IN ('waiting', 'running')`, string(status), code, now, run)
	return n > 0, err
}

func (s *store) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := s.db.Q(ctx).ExecContext(ctx, query, args...)
	if err != nil {
		return 0, db.MapError(err)
	}
	n, err := res.RowsAffected()
	return n, db.MapError(err)
}

// removeRows deletes up to about n assignments of a run inside InTx, and its
// lists with the last of them; it says whether rows are left.
func (s *store) removeRows(ctx context.Context, run int64, n int) (more bool, err error) {
	var upTo int64
	err = s.db.Q(ctx).QueryRowContext(ctx,
		`SELECT customer_id FROM tier_assignments WHERE run_id = $1 ORDER BY customer_id LIMIT 1 OFFSET $2`, run, n).Scan(&upTo)
	switch err = db.MapError(err); {
	case db.IsNoRow(err):
		if _, err = s.exec(ctx, `DELETE FROM tier_assignments WHERE run_id = $1`, run); err != nil {
			return false, err
		}
		_, err = s.exec(ctx, `DELETE FROM tier_lists WHERE run_id = $1`, run)
		return false, err
	case err != nil:
		return false, err
	}
	_, err = s.exec(ctx, `DELETE FROM tier_assignments WHERE run_id = $1 AND customer_id < $2`, run, upTo)
	return true, err
}

func nullInt(n sql.NullInt64) *int64 {
	if !n.Valid {
		return nil
	}
	return &n.Int64
}
