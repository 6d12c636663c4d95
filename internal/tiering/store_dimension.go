package tiering

import (
	"context"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

const dimensionColumns = `SELECT code, name, position, scheme_code, review, version, archived_at, updated_at FROM tier_dimensions`

func scanDimension(d *Dimension, row db.Scanner) error {
	var review, archived int64
	err := row.Scan(&d.Code, &d.Name, &d.Position, &d.Scheme, &review, &d.Version, &archived, &d.UpdatedAt)
	d.Review, d.Archived, d.Shipped = review != 0, archived != 0, shippedDimension(d.Code)
	return err
}

// dimensions lists them by position.
func (s *store) dimensions(ctx context.Context, all bool) ([]Dimension, error) {
	where := ` WHERE archived_at = 0`
	if all {
		where = ``
	}
	return db.Select(ctx, s.db.Q(ctx), dimensionColumns+where+` ORDER BY position, code LIMIT 1000`, scanDimension)
}

// dimension reads one; error tier.no_such_dimension.
func (s *store) dimension(ctx context.Context, code string) (d Dimension, err error) {
	err = db.MapError(scanDimension(&d, s.db.Q(ctx).QueryRowContext(ctx, dimensionColumns+` WHERE code = $1`, code)))
	if db.IsNoRow(err) {
		return d, errs.New(errs.NotFound, "tier.no_such_dimension", "code", errs.Clip(code))
	}
	return d, err
}

func (s *store) insertDimension(ctx context.Context, d *Dimension, by, now int64) error {
	_, err := s.exec(ctx, `INSERT INTO tier_dimensions (code, name, position, scheme_code, review, version, archived_at, updated_by, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)`, d.Code, d.Name, d.Position, d.Scheme, bit(d.Review), d.Version, by, now)
	return err
}

// keepDimension adds one where it is missing.
func (s *store) keepDimension(ctx context.Context, d *Dimension) error {
	_, err := s.exec(ctx, `INSERT INTO tier_dimensions (code, name, position, scheme_code, review, version, archived_at, updated_by, updated_at)
VALUES ($1, $2, $3, $4, 0, $5, 0, 0, 0) ON CONFLICT (code) DO NOTHING`, d.Code, d.Name, d.Position, d.Scheme, d.Version)
	return err
}

func (s *store) updateDimension(ctx context.Context, d *Dimension, by int64) error {
	archived := int64(0)
	if d.Archived {
		archived = d.UpdatedAt
	}
	_, err := s.exec(ctx, `UPDATE tier_dimensions SET name = $1, position = $2, scheme_code = $3, review = $4, version = $5, archived_at = $6,
  updated_by = $7, updated_at = $8 WHERE code = $9`, d.Name, d.Position, d.Scheme, bit(d.Review), d.Version, archived, by, d.UpdatedAt, d.Code)
	return err
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
