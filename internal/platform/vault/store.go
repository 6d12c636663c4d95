package vault

import (
	"context"

	"zhike/internal/platform/db"
)

func loadKeys(ctx context.Context, d *db.DB) (map[purpose][]byte, error) {
	rows, err := d.Q(ctx).QueryContext(ctx, `SELECT purpose, wrapped FROM vault_keys ORDER BY id`)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	out := map[purpose][]byte{}
	for rows.Next() {
		var p string
		var w []byte
		if err := rows.Scan(&p, &w); err != nil {
			return nil, db.MapError(err)
		}
		out[purpose(p)] = w
	}
	return out, db.MapError(rows.Err())
}

// insertKey leaves a row that is already there as it is.
func insertKey(ctx context.Context, d *db.DB, p purpose, wrapped []byte, now int64) error {
	_, err := d.Q(ctx).ExecContext(ctx,
		`INSERT INTO vault_keys (id, purpose, wrapped, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		p.id(), string(p), wrapped, now)
	return db.MapError(err)
}

func replaceKey(ctx context.Context, d *db.DB, p purpose, wrapped []byte) error {
	_, err := d.Q(ctx).ExecContext(ctx,
		`UPDATE vault_keys SET wrapped = $1 WHERE purpose = $2`, wrapped, string(p))
	return db.MapError(err)
}
