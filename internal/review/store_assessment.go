package review

import (
	"context"

	"zhike/internal/platform/db"
)

func (s *store) insertAssessment(ctx context.Context, a *Assessment) (err error) {
	if a.ID, err = s.db.NextID(ctx, "tier_assessment"); err != nil {
		return err
	}
	_, err = s.exec(ctx, `INSERT INTO tier_assessments (id, dimension, scheme_code, purpose, necessity, impact, measures, filed_by, filed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, a.ID, a.Dimension, a.Scheme, a.Purpose, a.Necessity, a.Impact, a.Measures, a.FiledBy, a.FiledAt)
	return err
}

func (s *store) assessments(ctx context.Context, dimension string, below int64, n int) ([]Assessment, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT id, dimension, scheme_code, purpose, necessity, impact, measures, filed_by, filed_at FROM tier_assessments
WHERE id < $1 AND (dimension = $2 OR $3 = '') ORDER BY id DESC LIMIT $4`, func(a *Assessment, r db.Scanner) error {
		return r.Scan(&a.ID, &a.Dimension, &a.Scheme, &a.Purpose, &a.Necessity, &a.Impact, &a.Measures, &a.FiledBy, &a.FiledAt)
	}, below, dimension, dimension, n)
}

// assessedSince says whether one was filed for a scheme of a dimension.
func (s *store) assessedSince(ctx context.Context, dimension, scheme string, since int64) (bool, error) {
	var n int64
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM tier_assessments WHERE dimension = $1 AND scheme_code = $2 AND filed_at >= $3`,
		dimension, scheme, since).Scan(&n)
	return n > 0, db.MapError(err)
}
