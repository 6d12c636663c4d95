package timeline

import (
	"context"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
)

const stepColumns = `note_id, customer_id, staff_id, due_day, text_cipher, done_at, done_by`

func (s *store) steps(ctx context.Context, query string, args ...any) ([]stepRow, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT `+stepColumns+` FROM note_steps `+query, args...)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []stepRow
	for rows.Next() {
		var r stepRow
		if err := rows.Scan(&r.noteID, &r.customerID, &r.staffID, &r.due, &r.cipher, &r.doneAt, &r.doneBy); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

// stepsOf reads the next steps of notes.
func (s *store) stepsOf(ctx context.Context, notes []int64) ([]stepRow, error) {
	if len(notes) == 0 {
		return nil, nil
	}
	in, args := db.InArgs(1, notes)
	return s.steps(ctx, `WHERE note_id IN (`+in+`) ORDER BY note_id`, args...)
}

// openSteps reads open steps of a person due up to a day, behind (due, note),
// the longest overdue first.
func (s *store) openSteps(ctx context.Context, staff int64, upTo, due clock.Day, note int64, n int) ([]stepRow, error) {
	return s.steps(ctx, `WHERE staff_id = $1 AND done_at = 0 AND due_day <= $2 AND (due_day, note_id) > ($3, $4)
ORDER BY due_day, note_id LIMIT $5`, staff, int64(upTo), int64(due), note, n)
}

// doneSteps reads what a person has done behind (done, note), the latest first.
func (s *store) doneSteps(ctx context.Context, staff, done, note int64, n int) ([]stepRow, error) {
	return s.steps(ctx, `WHERE staff_id = $1 AND done_at > 0 AND (done_at, note_id) < ($2, $3)
ORDER BY done_at DESC, note_id DESC LIMIT $4`, staff, done, note, n)
}

// putStep writes the next step of a note, in place of another.
func (s *store) putStep(ctx context.Context, r *stepRow) error {
	_, err := s.exec(ctx, `INSERT INTO note_steps (`+stepColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (note_id) DO UPDATE SET staff_id = excluded.staff_id, due_day = excluded.due_day, text_cipher = excluded.text_cipher,
  done_at = excluded.done_at, done_by = excluded.done_by`, r.noteID, r.customerID, r.staffID, int64(r.due), r.cipher, r.doneAt, r.doneBy)
	return err
}

func (s *store) deleteStep(ctx context.Context, note int64) error {
	_, err := s.exec(ctx, `DELETE FROM note_steps WHERE note_id = $1`, note)
	return err
}
