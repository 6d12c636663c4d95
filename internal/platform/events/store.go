package events

import (
	"context"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

func (b *Bus) insertEvent(ctx context.Context, e stored) error {
	_, err := b.d.Q(ctx).ExecContext(ctx, "INSERT INTO events (id, kind, payload, created_at) VALUES ($1, $2, $3, $4)",
		e.id, e.kind, e.payload, e.at)
	return db.MapError(err)
}

// event reads one event; db.no_row (NotFound) where it is gone.
func (b *Bus) event(ctx context.Context, id int64) (e stored, err error) {
	err = b.d.Q(ctx).QueryRowContext(ctx, "SELECT id, kind, payload, created_at FROM events WHERE id = $1", id).
		Scan(&e.id, &e.kind, &e.payload, &e.at)
	return e, db.MapError(err)
}

// insertReceipt says whether the receipt is new.
func (b *Bus) insertReceipt(ctx context.Context, id int64, subscriber string) (bool, error) {
	res, err := b.d.Q(ctx).ExecContext(ctx, `INSERT INTO event_receipts (event_id, subscriber, handled_at) VALUES ($1, $2, $3)
ON CONFLICT (event_id, subscriber) DO NOTHING`, id, subscriber, clock.Millis(b.clk.Now()))
	if err != nil {
		return false, db.MapError(err)
	}
	n, err := res.RowsAffected()
	return n == 1, db.MapError(err)
}

func (b *Bus) hasReceipt(ctx context.Context, id int64, subscriber string) (has bool, err error) {
	err = b.d.Q(ctx).QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM event_receipts WHERE event_id = $1 AND subscriber = $2)",
		id, subscriber).Scan(&has)
	return has, db.MapError(err)
}

// deleteBefore removes at most n events published before an instant (unix ms),
// with their receipts, and returns how many.
func (b *Bus) deleteBefore(ctx context.Context, before, n int64) (int64, error) {
	var last int64
	// Ids rise with time, but for those that PostgreSQL leases to processes in
	// blocks; what is cut by a day more or less does not matter.
	err := b.d.Q(ctx).QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM
(SELECT id FROM events WHERE created_at < $1 ORDER BY id LIMIT $2) old`, before, n).Scan(&last)
	if err != nil || last == 0 {
		return 0, db.MapError(err)
	}
	q := b.d.Q(ctx)
	if _, err := q.ExecContext(ctx, "DELETE FROM event_receipts WHERE event_id IN (SELECT id FROM events WHERE id <= $1 AND created_at < $2)", last, before); err != nil {
		return 0, db.MapError(err)
	}
	res, err := q.ExecContext(ctx, "DELETE FROM events WHERE id <= $1 AND created_at < $2", last, before)
	if err != nil {
		return 0, db.MapError(err)
	}
	deleted, err := res.RowsAffected()
	return deleted, db.MapError(err)
}
