package idempotency

import (
	"context"

	"zhike/internal/platform/db"
)

// claim puts the key down; false where it is there already. On PostgreSQL it
// waits for a transaction that has put the same key down and not ended.
func (k *Keys) claim(ctx context.Context, actorID int64, key string, fingerprint []byte, now int64) (fresh bool, err error) {
	res, err := k.DB.Q(ctx).ExecContext(ctx, `INSERT INTO idempotency_keys (actor_id, key, fingerprint, created_at)
VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, actorID, key, fingerprint, now)
	if err != nil {
		return false, db.MapError(err)
	}
	n, err := res.RowsAffected()
	return n == 1, db.MapError(err)
}

func (k *Keys) remember(ctx context.Context, actorID int64, key string, cipher []byte) error {
	_, err := k.DB.Q(ctx).ExecContext(ctx, `UPDATE idempotency_keys SET answer_cipher = $1 WHERE actor_id = $2 AND key = $3`,
		cipher, actorID, key)
	return db.MapError(err)
}

func (k *Keys) read(ctx context.Context, actorID int64, key string) (fingerprint, cipher []byte, err error) {
	err = k.DB.Q(ctx).QueryRowContext(ctx, `SELECT fingerprint, answer_cipher FROM idempotency_keys WHERE actor_id = $1 AND key = $2`,
		actorID, key).Scan(&fingerprint, &cipher)
	return fingerprint, cipher, db.MapError(err)
}

func (k *Keys) forget(ctx context.Context, before int64) (int64, error) {
	res, err := k.DB.Q(ctx).ExecContext(ctx, `DELETE FROM idempotency_keys WHERE created_at < $1`, before)
	if err != nil {
		return 0, db.MapError(err)
	}
	n, err := res.RowsAffected()
	return n, db.MapError(err)
}
