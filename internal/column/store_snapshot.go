package column

import (
	"context"
	"crypto/rand"
	"fmt"

	"zhike/internal/platform/db"
)

// identityName is the setting that names a database for ever.
const identityName = "columns.database"

// identity is what tells this database from others, made on first use, and the
// version of its tables.
func (s store) identity(ctx context.Context, at int64) (id string, schema int64, err error) {
	read := func() error {
		err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT value FROM settings WHERE name = $1`, identityName).Scan(&id)
		if db.IsNoRow(err) {
			return nil
		}
		return db.MapError(err)
	}
	if err = read(); err != nil {
		return "", 0, err
	}
	if id == "" {
		err = s.db.InTx(ctx, func(ctx context.Context) error {
			_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING`, identityName, rand.Text(), at)
			return db.MapError(err)
		})
		if err == nil {
			err = read()
		}
		if err != nil {
			return "", 0, err
		}
	}
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version`).Scan(&schema)
	return id, schema, db.MapError(err)
}

// witness is what the database says of the last feed entry and the last mark up
// to a place.
func (s store) witness(ctx context.Context, at place) (string, error) {
	type row struct {
		text string
	}
	feed, err := db.Select(ctx, s.db.Q(ctx), `SELECT seq, customer_id, other_id, kind, at FROM customer_feed WHERE seq >= $1 ORDER BY seq LIMIT 1`,
		func(o *row, r db.Scanner) error {
			var seq, id, other, when int64
			var kind string
			err := r.Scan(&seq, &id, &other, &kind, &when)
			o.text = fmt.Sprint(seq, id, other, kind, when)
			return err
		}, at.feed)
	if err != nil {
		return "", err
	}
	marks, err := db.Select(ctx, s.db.Q(ctx), `SELECT first_id, last_id, source, at FROM column_marks WHERE seq = $1 ORDER BY seq`,
		func(o *row, r db.Scanner) error {
			var first, last, when int64
			var source string
			err := r.Scan(&first, &last, &source, &when)
			o.text = fmt.Sprint(first, last, source, when)
			return err
		}, at.marks)
	if err != nil {
		return "", err
	}
	if at.feed == 0 { // nothing was written yet: what comes first is no witness
		feed = nil
	}
	return fmt.Sprint(feed, marks), nil
}
