package lifecycle

import (
	"context"

	"zhike/internal/platform/db"
)

// configRow is a version as it is stored.
type configRow struct {
	version int64
	body    string
	note    string
	author  int64
	at      int64
}

func scanConfig(r *configRow, row db.Scanner) error {
	return row.Scan(&r.version, &r.body, &r.note, &r.author, &r.at)
}

const configCols = `SELECT version, body, note, author_id, created_at FROM lifecycle_configs `

// config reads a version, the newest for 0; ok is false where there is none.
func (s store) config(ctx context.Context, version int64) (r configRow, ok bool, err error) {
	text, args := configCols+`ORDER BY version DESC LIMIT 1`, []any{}
	if version != 0 {
		text, args = configCols+`WHERE version = $1`, []any{version}
	}
	err = db.MapError(scanConfig(&r, s.db.Q(ctx).QueryRowContext(ctx, text, args...)))
	if db.IsNoRow(err) {
		return r, false, nil
	}
	return r, err == nil, err
}

// newest is the number of the version in force, 0 before the first.
func (s store) newest(ctx context.Context) (v int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) FROM lifecycle_configs`).Scan(&v)
	return v, db.MapError(err)
}

// configs lists versions before one, newest first; 0 begins with the newest.
func (s store) configs(ctx context.Context, before int64, n int) ([]configRow, error) {
	if before == 0 {
		before = 1 << 62
	}
	return db.Select(ctx, s.db.Q(ctx), configCols+`WHERE version < $1 ORDER BY version DESC LIMIT $2`, scanConfig, before, n)
}

// insertConfig adds a version inside InTx; db.unique where it is there already.
func (s store) insertConfig(ctx context.Context, r *configRow) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO lifecycle_configs (version, body, note, author_id, created_at) VALUES ($1, $2, $3, $4, $5)`,
		r.version, r.body, r.note, r.author, r.at)
	return db.MapError(err)
}
