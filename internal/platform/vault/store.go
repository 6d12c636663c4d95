package vault

import (
	"context"

	"zhike/internal/platform/db"
)

func loadKeys(ctx context.Context, d *db.DB) (map[purpose][]byte, error) {
	out := map[purpose][]byte{}
	err := db.Each(ctx, d.Q(ctx), `SELECT purpose, wrapped FROM vault_keys ORDER BY id`, func(r db.Scanner) error {
		var p string
		var w []byte
		err := r.Scan(&p, &w)
		out[purpose(p)] = w
		return err
	})
	return out, err
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
