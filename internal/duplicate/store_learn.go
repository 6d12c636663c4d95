package duplicate

import (
	"context"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

func (s *Store) upsertDecision(ctx context.Context, d *decisionRow) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO duplicate_decisions (a_id, b_id, same, agreement, rare_milli, decided_by, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (a_id, b_id) DO UPDATE SET same = excluded.same, agreement = excluded.agreement, rare_milli = excluded.rare_milli,
decided_by = excluded.decided_by, decided_at = excluded.decided_at`, d.A, d.B, d.Same, d.Agreement, d.RareMilli, d.By, d.At)
	return db.MapError(err)
}

// takeDecision removes what was said about two customers.
func (s *Store) takeDecision(ctx context.Context, a, b int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM duplicate_decisions WHERE a_id = $1 AND b_id = $2`, min(a, b), max(a, b))
	return db.MapError(err)
}

// decisions reads the newest n decisions.
func (s *Store) decisions(ctx context.Context, n int) ([]decisionRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT a_id, b_id, same, agreement, rare_milli, decided_at FROM duplicate_decisions
ORDER BY decided_at DESC, a_id DESC, b_id DESC LIMIT $1`,
		func(d *decisionRow, r db.Scanner) error {
			return r.Scan(&d.A, &d.B, &d.Same, &d.Agreement, &d.RareMilli, &d.At)
		}, n)
}

// decided counts the decisions of each kind.
func (s *Store) decided(ctx context.Context) (same, different int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE(SUM(CASE WHEN same THEN 1 ELSE 0 END), 0), COUNT(*) FROM duplicate_decisions`).Scan(&same, &different)
	return same, different - same, db.MapError(err)
}

// unnoted reads pairs behind an id that were called different before decisions
// were kept.
func (s *Store) unnoted(ctx context.Context, after int64, n int) ([]pairRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT `+pairColumns+` FROM duplicate_pairs p
WHERE status = 'different' AND id > $1
AND NOT EXISTS (SELECT 1 FROM duplicate_decisions d WHERE d.a_id = p.a_id AND d.b_id = p.b_id) ORDER BY id LIMIT $2`,
		func(p *pairRow, r db.Scanner) error { return r.Scan(p.into()...) }, after, n)
}

// scoreOf gives the score (millionths) by which a scan found two customers,
// a < b; known is false where it did not.
func (s *Store) scoreOf(ctx context.Context, a, b int64) (score int64, known bool, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT score FROM duplicate_pairs WHERE a_id = $1 AND b_id = $2`, a, b).Scan(&score)
	if db.IsNoRow(err) {
		return 0, false, nil
	}
	return score, err == nil, db.MapError(err)
}

// everyPair reads one of every step open pairs behind an id, in the order of ids.
func (s *Store) everyPair(ctx context.Context, step, after int64, n int) ([]pairRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT `+pairColumns+` FROM duplicate_pairs
WHERE status = 'open' AND id > $1 AND id % $2 = 0 ORDER BY id LIMIT $3`,
		func(p *pairRow, r db.Scanner) error { return r.Scan(p.into()...) }, after, step, n)
}

// scoreBand is the open pairs with a score from a bound up to the next.
type scoreBand struct{ pairs, score int64 }

// scoreBands counts the open pairs, and sums their scores (millionths), from
// each bound up to the one before it; bounds fall.
func (s *Store) scoreBands(ctx context.Context, bounds []int64) ([]scoreBand, error) {
	out := make([]scoreBand, len(bounds))
	above := int64(2e6)
	for i, b := range bounds {
		err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(score), 0) FROM duplicate_pairs WHERE status = 'open' AND score >= $1 AND score < $2`,
			b, above).Scan(&out[i].pairs, &out[i].score)
		if err != nil {
			return nil, db.MapError(err)
		}
		above = b
	}
	return out, nil
}

// lessonRow is a lesson as it is stored.
type lessonRow struct {
	ID                   int64
	Status               string
	Same, Different      int64
	Tally, Report        string
	LearnedBy, LearnedAt int64
	AppliedBy, AppliedAt int64
	BeforeID             int64
}

const lessonColumns = `id, status, same_count, different_count, tally, report, COALESCE(learned_by, 0), learned_at, COALESCE(applied_by, 0), applied_at, before_id`

func (l *lessonRow) into() []any {
	return []any{&l.ID, &l.Status, &l.Same, &l.Different, &l.Tally, &l.Report, &l.LearnedBy, &l.LearnedAt, &l.AppliedBy, &l.AppliedAt, &l.BeforeID}
}

func (s *Store) insertLesson(ctx context.Context, l *lessonRow) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO duplicate_lessons (id, status, same_count, different_count, tally, report, learned_by, learned_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, l.ID, l.Status, l.Same, l.Different, l.Tally, l.Report, l.LearnedBy, l.LearnedAt)
	return db.MapError(err)
}

func (s *Store) setLesson(ctx context.Context, l *lessonRow) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE duplicate_lessons SET status = $1, applied_by = $2, applied_at = $3, before_id = $4 WHERE id = $5`,
		l.Status, l.AppliedBy, l.AppliedAt, l.BeforeID, l.ID)
	return db.MapError(err)
}

// dropProposals removes lessons that were never applied.
func (s *Store) dropProposals(ctx context.Context) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM duplicate_lessons WHERE status = 'proposed'`)
	return db.MapError(err)
}

// lockLessons keeps others from changing lessons until the transaction ends.
func (s *Store) lockLessons(ctx context.Context) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `UPDATE duplicate_lessons SET status = status`)
	return db.MapError(err)
}

// lesson reads one lesson. Error: duplicate.no_lesson.
func (s *Store) lesson(ctx context.Context, id int64) (l lessonRow, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT `+lessonColumns+` FROM duplicate_lessons WHERE id = $1`, id).Scan(l.into()...)
	if db.IsNoRow(err) {
		return l, errs.New(errs.NotFound, "duplicate.no_lesson", "id", id)
	}
	return l, db.MapError(err)
}

// lessonOf reads the newest lesson of a state; ID is 0 where there is none.
func (s *Store) lessonOf(ctx context.Context, status string) (l lessonRow, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT `+lessonColumns+` FROM duplicate_lessons WHERE status = $1 ORDER BY id DESC LIMIT 1`, status).Scan(l.into()...)
	if db.IsNoRow(err) {
		return lessonRow{}, nil
	}
	return l, db.MapError(err)
}

// applied lists the lessons that are or were in use, the latest applied first.
func (s *Store) applied(ctx context.Context, n int) ([]lessonRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT `+lessonColumns+` FROM duplicate_lessons WHERE status <> 'proposed' ORDER BY applied_at DESC, id DESC LIMIT $1`,
		func(l *lessonRow, r db.Scanner) error { return r.Scan(l.into()...) }, n)
}

// weightsRow are the weights of a scan.
type weightsRow struct {
	body, used string // used is never "" where body is not
	lessonID   int64
	at         int64 // unix ms, 0 before any scan
}

// weights gives those of the last scan.
func (s *Store) weights(ctx context.Context) (w weightsRow, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT body, CASE WHEN used = '' THEN body ELSE used END, lesson_id, created_at
FROM duplicate_weights ORDER BY id DESC LIMIT 1`).Scan(&w.body, &w.used, &w.lessonID, &w.at)
	if db.IsNoRow(err) {
		return weightsRow{}, nil
	}
	return w, db.MapError(err)
}

func (s *Store) insertWeights(ctx context.Context, id int64, w *weightsRow, decisions int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO duplicate_weights (id, body, used, lesson_id, decisions, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		id, w.body, w.used, w.lessonID, decisions, w.at)
	return db.MapError(err)
}

// dropWeights removes the weights of old scans, up to an id.
func (s *Store) dropWeights(ctx context.Context, upTo int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `DELETE FROM duplicate_weights WHERE id <= $1`, upTo)
	return db.MapError(err)
}
