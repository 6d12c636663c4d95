package customer

import (
	"context"
	"database/sql"
	"slices"

	"zhike/internal/platform/db"
)

type bulkRow struct {
	id, actorID, total, nextPart, done, changed, unchanged, changeSet int64
	status, actions, refused, errorCode                               string
	jobID                                                             *int64

	undoStatus, conflicts                                 string
	undoActorID, undoPart, undoDone, undone, undoSet      int64
	undoJobID                                             *int64
	createdAt, startedAt, finishedAt, undoneAt, expiresAt int64
	actorName                                             string
}

const bulkColumns = `SELECT b.id, b.actor_id, COALESCE(s.name, ''), b.status, b.actions, b.total, b.next_part, b.done, b.changed, b.unchanged,
  b.refused, b.change_set, b.job_id, b.error_code, b.undo_status, b.undo_actor_id, b.undo_part, b.undo_done, b.undone, b.conflicts,
  b.undo_set, b.undo_job_id, b.created_at, b.started_at, b.finished_at, b.undone_at, b.expires_at
FROM bulk_runs b LEFT JOIN staff s ON s.id = b.actor_id `

func (r *bulkRow) scan(scan func(...any) error) error {
	var job, undoJob sql.NullInt64
	err := scan(&r.id, &r.actorID, &r.actorName, &r.status, &r.actions, &r.total, &r.nextPart, &r.done, &r.changed, &r.unchanged,
		&r.refused, &r.changeSet, &job, &r.errorCode, &r.undoStatus, &r.undoActorID, &r.undoPart, &r.undoDone, &r.undone, &r.conflicts,
		&r.undoSet, &undoJob, &r.createdAt, &r.startedAt, &r.finishedAt, &r.undoneAt, &r.expiresAt)
	if job.Valid {
		r.jobID = &job.Int64
	}
	if undoJob.Valid {
		r.undoJobID = &undoJob.Int64
	}
	return err
}

func (s *Store) insertBulk(ctx context.Context, r *bulkRow) error {
	return s.exec(ctx, `INSERT INTO bulk_runs (id, actor_id, status, actions, total, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.id, r.actorID, r.status, r.actions, r.total, r.createdAt, r.expiresAt)
}

// insertParts keeps members, bulkPart a row, each as the difference to the one before.
func (s *Store) insertParts(ctx context.Context, id int64, ids []int64) error {
	parts := slices.Collect(slices.Chunk(ids, bulkPart))
	return s.db.BulkInsert(ctx, "bulk_parts", []string{"bulk_id", "part", "ids"}, len(parts), func(i int, v []any) {
		v[0], v[1], v[2] = id, int64(i), db.PackIDs(parts[i])
	})
}

// part reads the members of a part, nil behind the last one.
func (s *Store) part(ctx context.Context, id, part int64) ([]int64, error) {
	var b []byte
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT ids FROM bulk_parts WHERE bulk_id = $1 AND part = $2`, id, part).Scan(&b)
	if db.IsNoRow(err) {
		return nil, nil
	}
	if err != nil {
		return nil, db.MapError(err)
	}
	return db.UnpackIDs(b)
}

// bulk reads a bulk edit, nil where there is none.
func (s *Store) bulk(ctx context.Context, id int64) (*bulkRow, error) {
	var r bulkRow
	err := r.scan(s.db.Q(ctx).QueryRowContext(ctx, bulkColumns+`WHERE b.id = $1`, id).Scan)
	if db.IsNoRow(err) {
		return nil, nil
	}
	return &r, db.MapError(err)
}

// bulks lists bulk edits before an id, the newest first; staffID 0 for all.
func (s *Store) bulks(ctx context.Context, staffID, before int64, n int) ([]bulkRow, error) {
	var q query
	q.add(bulkColumns+`WHERE b.id < ? AND b.status <> 'preview'`, before)
	if staffID != 0 {
		q.add(` AND b.actor_id = ?`, staffID)
	}
	q.add(` ORDER BY b.id DESC`)
	q.limit(n)
	rows, err := s.db.Q(ctx).QueryContext(ctx, q.text(), q.args...)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []bulkRow
	for rows.Next() {
		var r bulkRow
		if err := r.scan(rows.Scan); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

// bulkStatus moves a bulk edit on where it is in one of the states; false
// where it is not.
func (s *Store) bulkStatus(ctx context.Context, id int64, undo bool, to, code string, at int64, from ...string) (bool, error) {
	var q query
	if undo {
		q.add(`UPDATE bulk_runs SET undo_status = ?, undone_at = ? WHERE id = ? AND undo_status IN (?`, to, at, id, from[0])
	} else {
		q.add(`UPDATE bulk_runs SET status = ?, error_code = ?, finished_at = ? WHERE id = ? AND status IN (?`, to, code, at, id, from[0])
	}
	for _, f := range from[1:] {
		q.add(`, ?`, f)
	}
	q.add(`)`)
	return s.hit(ctx, q.text(), q.args...)
}

func (s *Store) hit(ctx context.Context, text string, args ...any) (bool, error) {
	res, err := s.db.Q(ctx).ExecContext(ctx, text, args...)
	if err != nil {
		return false, db.MapError(err)
	}
	n, err := res.RowsAffected()
	return n > 0, db.MapError(err)
}

// bulkStart notes that a bulk edit, or its undo, waits for its job.
func (s *Store) bulkStart(ctx context.Context, r *bulkRow, undo bool, from ...string) (bool, error) {
	var q query
	if undo {
		q.add(`UPDATE bulk_runs SET undo_status = 'waiting', undo_actor_id = ?, undo_set = ?, undo_job_id = ? WHERE id = ? AND undo_status IN (?`,
			r.undoActorID, r.undoSet, r.undoJobID, r.id, from[0])
	} else {
		q.add(`UPDATE bulk_runs SET status = 'waiting', change_set = ?, job_id = ?, started_at = ?, expires_at = ? WHERE id = ? AND status IN (?`,
			r.changeSet, r.jobID, r.startedAt, r.expiresAt, r.id, from[0])
	}
	for _, f := range from[1:] {
		q.add(`, ?`, f)
	}
	q.add(`)`)
	return s.hit(ctx, q.text(), q.args...)
}

// bulkStep moves the cursor of a bulk edit from a part to the next, with what
// became of the part; false where somebody else did or it was cancelled.
func (s *Store) bulkStep(ctx context.Context, id, part, done, changed, unchanged int64, refused string) (bool, error) {
	return s.hit(ctx, `UPDATE bulk_runs SET next_part = next_part + 1, done = done + $1, changed = changed + $2, unchanged = unchanged + $3, refused = $4
WHERE id = $5 AND next_part = $6 AND status = 'running'`, done, changed, unchanged, refused, id, part)
}

func (s *Store) undoStep(ctx context.Context, id, part, done, undone int64, conflicts string) (bool, error) {
	return s.hit(ctx, `UPDATE bulk_runs SET undo_part = undo_part + 1, undo_done = undo_done + $1, undone = undone + $2, conflicts = $3
WHERE id = $4 AND undo_part = $5 AND undo_status = 'running'`, done, undone, conflicts, id, part)
}

// changesOf reads what was changed together in some customers, oldest first.
func (s *Store) changesOf(ctx context.Context, set int64, ids []int64) (map[int64][]changeRow, error) {
	out := make(map[int64][]changeRow, len(ids))
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT id, customer_id, field, before_text, after_text, before_cipher, after_cipher FROM customer_changes
WHERE change_set = $1 AND customer_id IN (`+in+`) ORDER BY customer_id, id`, append([]any{set}, args...)...)
		if err != nil {
			return db.MapError(err)
		}
		defer rows.Close()
		for rows.Next() {
			var r changeRow
			if err := rows.Scan(&r.id, &r.customerID, &r.field, &r.before, &r.after, &r.beforeCipher, &r.afterCipher); err != nil {
				return db.MapError(err)
			}
			out[r.customerID] = append(out[r.customerID], r)
		}
		return db.MapError(rows.Err())
	})
	return out, err
}

// BulkConflict is a field that an undo left as it is.
type BulkConflict struct {
	CustomerID int64  `json:"customer_id"`
	Name       string `json:"name" doc:"Empty where the reader may not see the customer"`
	Field      string `json:"field"`
	Reason     string `json:"reason"`
	Text       string `json:"text"`
}

// maxConflicts bounds how many conflicts of one undo are kept; all are counted.
const maxConflicts = 1000

func (s *Store) insertConflicts(ctx context.Context, id int64, list []BulkConflict) error {
	return s.db.BulkInsert(ctx, "bulk_conflicts", []string{"bulk_id", "customer_id", "field", "reason"}, len(list), func(i int, v []any) {
		v[0], v[1], v[2], v[3] = id, list[i].CustomerID, list[i].Field, list[i].Reason
	})
}

func (s *Store) conflicts(ctx context.Context, id int64, n int) ([]BulkConflict, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT customer_id, field, reason FROM bulk_conflicts WHERE bulk_id = $1 ORDER BY customer_id, field LIMIT $2`, id, n)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	out := []BulkConflict{}
	for rows.Next() {
		var c BulkConflict
		if err := rows.Scan(&c.CustomerID, &c.Field, &c.Reason); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, c)
	}
	return out, db.MapError(rows.Err())
}

// dropBulks removes bulk edits that have expired and do not run, a few at a time.
func (s *Store) dropBulks(ctx context.Context, before int64, n int) (int64, error) {
	ids, err := s.idList(ctx, `SELECT id FROM bulk_runs WHERE expires_at < $1 AND status NOT IN ('waiting', 'running', 'cancelling')
AND undo_status NOT IN ('waiting', 'running') ORDER BY expires_at, id LIMIT $2`, before, n)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		for _, table := range []string{"bulk_parts", "bulk_conflicts"} {
			if err := s.exec(ctx, `DELETE FROM `+table+` WHERE bulk_id = $1`, id); err != nil {
				return 0, err
			}
		}
		if err := s.exec(ctx, `DELETE FROM bulk_runs WHERE id = $1`, id); err != nil {
			return 0, err
		}
	}
	return int64(len(ids)), nil
}
