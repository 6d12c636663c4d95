package review

import (
	"context"

	"zhike/internal/tiering"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// review is a decision of kind run with how far its procedure is.
type review struct {
	tiering.Decision
	DecisionID int64
	Step       ReviewStep
	BaseRunID  int64 // 0 for none
	Panel      Panel
	Moves      int64
	Acts       int64
	Older      bool
	DeadlineAt int64
	ErrorCode  string
	JobID      int64
	Written    int64
}

const reviewColumns = `SELECT d.id, d.dimension, d.kind, d.status, d.run_id, d.from_day, d.in_force_at, d.note, d.opened_by, d.opened_at, d.decided_by, d.decided_at,
  v.step, v.base_run_id, v.panel, v.moves, v.acts, v.older, v.deadline_at, v.error_code, v.job_id, v.written
FROM tier_reviews v JOIN tier_decisions d ON d.id = v.decision_id`

func scanReview(r *review, row db.Scanner) error {
	var panel string
	var older int64
	d := &r.Decision
	err := row.Scan(&d.ID, &d.Dimension, &d.Kind, &d.Status, &d.RunID, &d.FromDay, &d.InForceAt, &d.Note, &d.OpenedBy, &d.OpenedAt, &d.DecidedBy, &d.DecidedAt,
		&r.Step, &r.BaseRunID, &panel, &r.Moves, &r.Acts, &older, &r.DeadlineAt, &r.ErrorCode, &r.JobID, &r.Written)
	if err != nil {
		return err
	}
	r.DecisionID, r.Older = d.ID, older != 0
	return readPanel(panel, &r.Panel)
}

// review reads one; error tier.no_such_decision.
func (s *store) review(ctx context.Context, id int64) (*review, error) {
	r := &review{}
	err := db.MapError(scanReview(r, s.db.Q(ctx).QueryRowContext(ctx, reviewColumns+` WHERE v.decision_id = $1`, id)))
	if db.IsNoRow(err) {
		return nil, errs.New(errs.NotFound, "tier.no_such_decision")
	}
	return r, err
}

// reviews lists those below an id, newest first; dimension "" is all.
func (s *store) reviews(ctx context.Context, dimension string, below int64, n int) ([]review, error) {
	return db.Select(ctx, s.db.Q(ctx), reviewColumns+` WHERE d.id < $1 AND (d.dimension = $2 OR $3 = '') ORDER BY d.id DESC LIMIT $4`,
		scanReview, below, dimension, dimension, n)
}

// dueReviews are the open ones whose deadline has passed.
func (s *store) dueReviews(ctx context.Context, now int64) ([]review, error) {
	return db.Select(ctx, s.db.Q(ctx), reviewColumns+` WHERE d.status = 'review' AND v.step = 'open' AND v.deadline_at <= $1 ORDER BY d.id LIMIT 100`, scanReview, now)
}

// openReview is the id of the review of a dimension that is open, 0 for none.
func (s *store) openReview(ctx context.Context, dimension string) (id int64, err error) {
	err = db.MapError(s.db.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM tier_decisions
WHERE dimension = $1 AND kind = 'run' AND status = 'review'`, dimension).Scan(&id))
	return id, err
}

// decidedRun says whether a run's levels were published.
func (s *store) decidedRun(ctx context.Context, run int64) (bool, error) {
	var n int64
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM tier_decisions WHERE run_id = $1 AND kind = 'run' AND status = 'published'`, run).Scan(&n)
	return n > 0, db.MapError(err)
}

// newerData says whether there are orders of days behind the run's, or an
// import has finished since it began to read.
func (s *store) newerData(ctx context.Context, asOf clock.Day, startedAt int64) (newer bool, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM orders WHERE day > $1)
 OR EXISTS (SELECT 1 FROM imports WHERE status = 'finished' AND finished_at > $2)`, int64(asOf), startedAt).Scan(&newer)
	return newer, db.MapError(err)
}

func (s *store) insertReview(ctx context.Context, r *review, panel string) error {
	older := 0
	if r.Older {
		older = 1
	}
	_, err := s.exec(ctx, `INSERT INTO tier_reviews (decision_id, step, base_run_id, panel, moves, acts, older, deadline_at, error_code, job_id, written)
VALUES ($1, $2, $3, $4, 0, 0, $5, $6, '', $7, 0)`, r.ID, string(r.Step), r.BaseRunID, panel, older, r.DeadlineAt, r.JobID)
	return err
}

// step moves a review on; false where it is not at one of the steps from.
func (s *store) step(ctx context.Context, id int64, from, to ReviewStep, code string, job int64) (bool, error) {
	n, err := s.exec(ctx, `UPDATE tier_reviews SET step = $1, error_code = $2, job_id = CASE WHEN $3 > 0 THEN $4 ELSE job_id END
WHERE decision_id = $5 AND step = $6`, string(to), code, job, job, id, string(from))
	return n > 0, err
}

// gathered opens a review whose moves are written.
func (s *store) gathered(ctx context.Context, id, moves int64) (bool, error) {
	n, err := s.exec(ctx, `UPDATE tier_reviews SET step = 'open', moves = $1 WHERE decision_id = $2 AND step = 'opening'`, moves, id)
	return n > 0, err
}

// lockReview keeps others from acting on an open review until the end of InTx
// and gives the number of its last act; error tier.decision_closed.
func (s *store) lockReview(ctx context.Context, id int64) (acts int64, err error) {
	err = db.MapError(s.db.Q(ctx).QueryRowContext(ctx, `UPDATE tier_reviews SET acts = acts WHERE decision_id = $1 AND step = 'open' RETURNING acts`, id).Scan(&acts))
	if db.IsNoRow(err) {
		err = errs.New(errs.Conflict, "tier.decision_closed")
	}
	return acts, err
}

// insertAct adds an act to a review that is locked.
func (s *store) insertAct(ctx context.Context, id int64, a *reviewAct) error {
	reason, err := s.seal(a.reason)
	if err != nil {
		return err
	}
	if _, err := s.exec(ctx, `INSERT INTO tier_review_acts (decision_id, no, kind, how, level, reason, reason_cipher, staff_id, at, customers, places)
VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8, $9, $10)`, id, a.no, a.kind, a.how, int64(a.level), reason, a.staff, a.at, len(a.places), packPlaces(a.places)); err != nil {
		return err
	}
	_, err = s.exec(ctx, `UPDATE tier_reviews SET acts = $1 WHERE decision_id = $2`, a.no, id)
	return err
}

// actsAfter reads acts behind a number, in order.
func (s *store) actsAfter(ctx context.Context, id, after, upTo int64) ([]reviewAct, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT no, kind, how, level, reason_cipher, staff_id, at, places FROM tier_review_acts
WHERE decision_id = $1 AND no > $2 AND no <= $3 ORDER BY no`, func(a *reviewAct, r db.Scanner) error {
		var places []byte
		err := r.Scan(&a.no, &a.kind, &a.how, &a.level, s.opened(&a.reason), &a.staff, &a.at, &places)
		a.places = unpackPlaces(places)
		return err
	}, id, after, upTo)
}

// clearMoves removes what a killed process gathered.
func (s *store) clearMoves(ctx context.Context, id int64) error {
	_, err := s.exec(ctx, `DELETE FROM tier_review_moves WHERE decision_id = $1`, id)
	return err
}

// movesPart is how many moves a row holds.
const movesPart = 1024

// insertMoves writes moves as the parts from first on.
func (s *store) insertMoves(ctx context.Context, id int64, first int, moves []proposal) error {
	n := (len(moves) + movesPart - 1) / movesPart
	return s.db.BulkInsert(ctx, "tier_review_moves", []string{"decision_id", "part", "moves"}, n, func(i int, v []any) {
		v[0], v[1], v[2] = id, int64(first+i), packMoves(moves[i*movesPart:min(len(moves), (i+1)*movesPart)])
	})
}

func (s *store) reviewMoves(ctx context.Context, id, n int64) ([]proposal, error) {
	out := make([]proposal, 0, n)
	err := db.Each(ctx, s.db.Q(ctx), `SELECT moves FROM tier_review_moves WHERE decision_id = $1 ORDER BY part`, func(r db.Scanner) error {
		var b []byte
		err := r.Scan(&b)
		if err == nil {
			out, err = unpackMoves(b, out)
		}
		return err
	}, id)
	return out, err
}

// written moves a review that is being published on; false where another process
// has done the chunk.
func (s *store) written(ctx context.Context, id, from, to int64) (bool, error) {
	n, err := s.exec(ctx, `UPDATE tier_reviews SET written = $1 WHERE decision_id = $2 AND step = 'publishing' AND written = $3`, to, id, from)
	return n > 0, err
}
