package timeline

import (
	"context"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// fileRow is an attachment as it is stored.
type fileRow struct {
	id, noteID           int64
	key, sha256          string
	size                 int64
	media                string
	name                 []byte
	createdBy, createdAt int64
}

const fileColumns = `id, note_id, file_key, sha256, size, media_type, name_cipher, created_by, created_at`

func (s *store) files(ctx context.Context, query string, args ...any) ([]fileRow, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT `+fileColumns+` FROM note_attachments `+query, args...)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []fileRow
	for rows.Next() {
		var f fileRow
		if err := rows.Scan(&f.id, &f.noteID, &f.key, &f.sha256, &f.size, &f.media, &f.name, &f.createdBy, &f.createdAt); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, f)
	}
	return out, db.MapError(rows.Err())
}

// attachments reads the files of notes, in the order in which they came.
func (s *store) attachments(ctx context.Context, notes []int64) ([]fileRow, error) {
	if len(notes) == 0 {
		return nil, nil
	}
	in, args := db.InArgs(1, notes)
	return s.files(ctx, `WHERE note_id IN (`+in+`) ORDER BY id`, args...)
}

// attachment reads one; attachment.not_found.
func (s *store) attachment(ctx context.Context, id int64) (*fileRow, error) {
	list, err := s.files(ctx, `WHERE id = $1`, id)
	if err == nil && len(list) == 0 {
		err = noFile(id)
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

func noFile(id int64) error { return errs.New(errs.NotFound, "attachment.not_found", "id", id) }

// addFile writes a file of a note; false where the note has that content.
func (s *store) addFile(ctx context.Context, f *fileRow) (bool, error) {
	id, err := s.db.NextID(ctx, "note_attachment")
	if err != nil {
		return false, err
	}
	f.id = id
	n, err := s.exec(ctx, `INSERT INTO note_attachments (`+fileColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (note_id, sha256) DO NOTHING`, f.id, f.noteID, f.key, f.sha256, f.size, f.media, f.name, f.createdBy, f.createdAt)
	return n > 0, err
}

// lockNote keeps a note from being deleted until the commit, and others from
// adding files to it; false where it is gone.
func (s *store) lockNote(ctx context.Context, id int64) (bool, error) {
	n, err := s.exec(ctx, `UPDATE customer_notes SET updated_at = updated_at WHERE id = $1`, id)
	return n > 0, err
}

func (s *store) deleteFile(ctx context.Context, id int64) error {
	_, err := s.exec(ctx, `DELETE FROM note_attachments WHERE id = $1`, id)
	return err
}

// knownFiles says which keys, at most db.MaxIn, have a row.
func (s *store) knownFiles(ctx context.Context, keys []string) (map[string]bool, error) {
	in, args := db.InArgs(1, keys)
	list, err := s.texts(ctx, `SELECT file_key FROM note_attachments WHERE file_key IN (`+in+`)`, args...)
	out := make(map[string]bool, len(list))
	for _, k := range list {
		out[k] = true
	}
	return out, err
}
