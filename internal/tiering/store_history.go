package tiering

import (
	"context"
	"database/sql"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

// historyRow is an assignment that moved, with its run.
type historyRow struct {
	run, at, scheme, prevScheme int64
	asOf                        clock.Day
	move                        Move
	level                       int64
	prev                        *int64
}

// history walks the finished runs, of which there are some hundreds at most,
// and probes the key of each for the customer. CROSS JOIN keeps SQLite to it.
func (s *store) history(ctx context.Context, customer, at, run int64, n int) ([]historyRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT r.id, r.finished_at, r.scheme_id, COALESCE(p.scheme_id, 0), r.as_of_day, a.move, a.level, a.prev_level
FROM tier_runs r CROSS JOIN tier_assignments a LEFT JOIN tier_runs p ON p.id = r.previous_run_id
WHERE a.run_id = r.id AND a.customer_id = $1 AND a.move > 0 AND r.status = 'finished' AND (r.finished_at, r.id) < ($2, $3)
ORDER BY r.finished_at DESC, r.id DESC LIMIT $4`,
		func(h *historyRow, r db.Scanner) error {
			var prev sql.NullInt64
			err := r.Scan(&h.run, &h.at, &h.scheme, &h.prevScheme, &h.asOf, &h.move, &h.level, &prev)
			h.prev = nullInt(prev)
			return err
		}, customer, at, run, n)
}
