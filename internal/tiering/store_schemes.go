package tiering

import (
	"context"
	"encoding/json"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/rule"
)

// schemeRow is one version of a scheme as it is stored.
type schemeRow struct {
	ID        int64
	Version   int
	CreatedBy int64 // staff; 0 = the program
	CreatedAt int64 // unix ms
	*Scheme
}

const schemeColumns = `SELECT id, version, created_by, created_at, body FROM tier_schemes`

func scanScheme(v **schemeRow, row db.Scanner) error {
	r := &schemeRow{Scheme: &Scheme{}}
	*v = r
	var body string
	if err := row.Scan(&r.ID, &r.Version, &r.CreatedBy, &r.CreatedAt, &body); err != nil {
		return err
	}
	return json.Unmarshal(rule.CompleteSequences([]byte(body)), r.Scheme)
}

func (s *store) scheme(ctx context.Context, where string, args ...any) (*schemeRow, error) {
	var r *schemeRow
	err := db.MapError(scanScheme(&r, s.db.Q(ctx).QueryRowContext(ctx, schemeColumns+where, args...)))
	if db.IsNoRow(err) {
		return nil, errs.New(errs.NotFound, "tier.no_such_scheme")
	}
	return r, err
}

// schemeByID reads one version; error tier.no_such_scheme.
func (s *store) schemeByID(ctx context.Context, id int64) (*schemeRow, error) {
	return s.scheme(ctx, ` WHERE id = $1`, id)
}

// schemeVersion reads one version of a scheme, the newest for 0; error
// tier.no_such_scheme.
func (s *store) schemeVersion(ctx context.Context, code string, version int) (*schemeRow, error) {
	if version == 0 {
		return s.scheme(ctx, ` WHERE code = $1 ORDER BY version DESC LIMIT 1`, code)
	}
	return s.scheme(ctx, ` WHERE code = $1 AND version = $2`, code, version)
}

// newestSchemes lists the newest version of every scheme, oldest scheme first.
func (s *store) newestSchemes(ctx context.Context) ([]*schemeRow, error) {
	return s.schemes(ctx, schemeColumns+` t WHERE version = (SELECT MAX(version) FROM tier_schemes m WHERE m.code = t.code)
ORDER BY (SELECT MIN(id) FROM tier_schemes m WHERE m.code = t.code) LIMIT 1000`)
}

// schemeVersions lists up to 200 versions of a scheme, newest first.
func (s *store) schemeVersions(ctx context.Context, code string) ([]*schemeRow, error) {
	return s.schemes(ctx, schemeColumns+` WHERE code = $1 ORDER BY version DESC LIMIT 200`, code)
}

func (s *store) schemes(ctx context.Context, query string, args ...any) ([]*schemeRow, error) {
	return db.Select(ctx, s.db.Q(ctx), query, scanScheme, args...)
}

// insertScheme adds a version inside InTx and sets its id; db.unique where the
// version is there already.
func (s *store) insertScheme(ctx context.Context, r *schemeRow) error {
	body, err := json.Marshal(r.Scheme)
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	if r.ID, err = s.db.NextID(ctx, "tier_scheme"); err != nil {
		return err
	}
	_, err = s.db.Q(ctx).ExecContext(ctx, `INSERT INTO tier_schemes (id, code, version, dimension, name, method, body, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, r.ID, r.Code, r.Version, r.dimension(), r.Name, string(r.Method), string(body), r.CreatedBy, r.CreatedAt)
	return db.MapError(err)
}

func (s *store) countSchemes(ctx context.Context) (n int, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(DISTINCT code) FROM tier_schemes`).Scan(&n)
	return n, db.MapError(err)
}
