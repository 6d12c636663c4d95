package timeline

import (
	"context"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

const noteColumns = `n.id, n.customer_id, n.kind, n.at, n.day, n.direction, n.outcome, n.body_cipher, n.author_id, n.author_name, n.version, n.created_at, n.updated_at`

func (r *noteRow) into() []any {
	return []any{
		&r.id, &r.customerID, &r.kind, &r.at, &r.day, &r.direction, &r.outcome, &r.cipher, &r.author.ID, &r.author.Name,
		&r.version, &r.createdAt, &r.updatedAt,
	}
}

func noNote(id int64) error { return errs.New(errs.NotFound, "note.not_found", "id", id) }

// note reads a note whatever the row scope; note.not_found.
func (s *store) note(ctx context.Context, id int64) (*noteRow, error) {
	var r noteRow
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT `+noteColumns+` FROM customer_notes n WHERE n.id = $1`, id).Scan(r.into()...)
	if db.IsNoRow(err) {
		return nil, noNote(id)
	}
	return &r, db.MapError(err)
}

// notesBefore reads notes of a customer below a position, newest first.
func (s *store) notesBefore(ctx context.Context, customerID int64, kinds []string, p Position, n int) ([]noteRow, error) {
	in, list := db.InArgs(6, kinds)
	args := append([]any{customerID, int64(p.Day), int64(p.Day), p.At, p.ID}, list...)
	return s.notes(ctx, `SELECT `+noteColumns+` FROM customer_notes n
WHERE n.customer_id = $1 AND n.day <= $2 AND (n.day, n.at, n.id) < ($3, $4, $5) AND n.kind IN (`+in+`)
ORDER BY n.day DESC, n.at DESC, n.id DESC LIMIT `+db.Placeholders(len(args)+1, 1), append(args, n)...)
}

// notesByID reads at most db.MaxIn notes.
func (s *store) notesByID(ctx context.Context, ids []int64) ([]noteRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in, args := db.InArgs(1, ids)
	return s.notes(ctx, `SELECT `+noteColumns+` FROM customer_notes n WHERE n.id IN (`+in+`) ORDER BY n.id`, args...)
}

func (s *store) notes(ctx context.Context, query string, args ...any) ([]noteRow, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, query, args...)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []noteRow
	for rows.Next() {
		var r noteRow
		if err := rows.Scan(r.into()...); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

func (s *store) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := s.db.Q(ctx).ExecContext(ctx, query, args...)
	if err != nil {
		return 0, db.MapError(err)
	}
	n, err := res.RowsAffected()
	return n, db.MapError(err)
}

func (s *store) insertNote(ctx context.Context, r *noteRow) (err error) {
	if r.id, err = s.db.NextID(ctx, "customer_note"); err != nil {
		return err
	}
	_, err = s.exec(ctx, `INSERT INTO customer_notes (id, customer_id, kind, at, day, direction, outcome, body_cipher, author_id, author_name, version, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		r.id, r.customerID, r.kind, r.at, int64(r.day), r.direction, r.outcome, r.cipher, r.author.ID, r.author.Name, r.version, r.createdAt, r.updatedAt)
	return err
}

// replaceNote keeps what the note said and writes what it says now; false
// where it is no longer at the version before.
func (s *store) replaceNote(ctx context.Context, before, now *noteRow) (bool, error) {
	n, err := s.exec(ctx, `UPDATE customer_notes SET kind = $1, at = $2, day = $3, direction = $4, outcome = $5, body_cipher = $6, version = $7, updated_at = $8
WHERE id = $9 AND version = $10`, now.kind, now.at, int64(now.day), now.direction, now.outcome, now.cipher, now.version, now.updatedAt, now.id, before.version)
	if err != nil || n == 0 {
		return false, err
	}
	_, err = s.exec(ctx, `INSERT INTO note_revisions (note_id, version, kind, at, direction, outcome, body_cipher, replaced_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, before.id, before.version, before.kind, before.at, before.direction, before.outcome, before.cipher, now.updatedAt)
	return true, err
}

// revisionRow is what a note said at a version.
type revisionRow struct {
	Revision
	cipher []byte
}

func (s *store) revisions(ctx context.Context, noteID int64) ([]revisionRow, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT version, kind, at, direction, outcome, body_cipher, replaced_at
FROM note_revisions WHERE note_id = $1 ORDER BY version DESC LIMIT 200`, noteID)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []revisionRow
	for rows.Next() {
		var r revisionRow
		if err := rows.Scan(&r.Version, &r.Kind, &r.At, &r.Direction, &r.Outcome, &r.cipher, &r.ReplacedAt); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

// deleteNotes removes notes, at most db.MaxIn, with everything that hangs on
// them, and gives the keys of their files.
func (s *store) deleteNotes(ctx context.Context, ids []int64) (files []string, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in, args := db.InArgs(1, ids)
	if files, err = s.texts(ctx, `SELECT file_key FROM note_attachments WHERE note_id IN (`+in+`) ORDER BY file_key`, args...); err != nil {
		return nil, err
	}
	for _, table := range []string{"note_attachments", "note_steps", "note_colleagues", "note_revisions"} {
		if _, err := s.exec(ctx, `DELETE FROM `+table+` WHERE note_id IN (`+in+`)`, args...); err != nil {
			return nil, err
		}
	}
	_, err = s.exec(ctx, `DELETE FROM customer_notes WHERE id IN (`+in+`)`, args...)
	return files, err
}

// notesOfCustomer lists up to n notes of a customer.
func (s *store) notesOfCustomer(ctx context.Context, customerID int64, n int) ([]int64, error) {
	return s.ids(ctx, `SELECT id FROM customer_notes WHERE customer_id = $1 ORDER BY id LIMIT $2`, customerID, n)
}

// orphanNotes lists up to n notes whose customer is gone, of those behind an id.
func (s *store) orphanNotes(ctx context.Context, after int64, n int) ([]int64, error) {
	return s.ids(ctx, `SELECT n.id FROM customer_notes n WHERE n.id > $1
AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = n.customer_id) ORDER BY n.id LIMIT $2`, after, n)
}

func (s *store) ids(ctx context.Context, query string, args ...any) ([]int64, error) {
	return db.Select(ctx, s.db.Q(ctx), query, db.Column[int64], args...)
}

func (s *store) texts(ctx context.Context, query string, args ...any) ([]string, error) {
	return db.Select(ctx, s.db.Q(ctx), query, db.Column[string], args...)
}

// setColleagues writes who else was there.
func (s *store) setColleagues(ctx context.Context, noteID int64, staff []int64) error {
	if _, err := s.exec(ctx, `DELETE FROM note_colleagues WHERE note_id = $1`, noteID); err != nil {
		return err
	}
	return s.db.BulkInsert(ctx, "note_colleagues", []string{"note_id", "staff_id"}, len(staff), func(i int, v []any) {
		v[0], v[1] = noteID, staff[i]
	})
}

// colleagues reads who else was there, by note.
func (s *store) colleagues(ctx context.Context, ids []int64) (map[int64][]Person, error) {
	out := map[int64][]Person{}
	if len(ids) == 0 {
		return out, nil
	}
	in, args := db.InArgs(1, ids)
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT k.note_id, k.staff_id, COALESCE(s.name, '') FROM note_colleagues k
LEFT JOIN staff s ON s.id = k.staff_id WHERE k.note_id IN (`+in+`) ORDER BY k.note_id, k.staff_id`, args...)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	for rows.Next() {
		var note int64
		var p Person
		if err := rows.Scan(&note, &p.ID, &p.Name); err != nil {
			return nil, db.MapError(err)
		}
		out[note] = append(out[note], p)
	}
	return out, db.MapError(rows.Err())
}

// staffNames gives the names of staff; only of those who may sign in where
// active is set.
func (s *store) staffNames(ctx context.Context, ids []int64, active bool) (map[int64]string, error) {
	out := map[int64]string{}
	if len(ids) == 0 {
		return out, nil
	}
	in, args := db.InArgs(1, ids)
	where := ``
	if active {
		where = ` AND NOT disabled`
	}
	err := s.people(ctx, func(p Person) { out[p.ID] = p.Name }, `SELECT id, name FROM staff WHERE id IN (`+in+`)`+where, args...)
	return out, err
}

func (s *store) people(ctx context.Context, add func(Person), query string, args ...any) error {
	rows, err := s.db.Q(ctx).QueryContext(ctx, query, args...)
	if err != nil {
		return db.MapError(err)
	}
	defer rows.Close()
	for rows.Next() {
		var p Person
		if err := rows.Scan(&p.ID, &p.Name); err != nil {
			return db.MapError(err)
		}
		add(p)
	}
	return db.MapError(rows.Err())
}
