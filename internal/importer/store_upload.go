package importer

import (
	"context"

	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
)

// Upload is a file that a browser sends in pieces.
type Upload struct {
	ID        int64  `json:"id"`
	FileName  string `json:"file_name"`
	Size      int64  `json:"size"`
	Received  int64  `json:"received" doc:"bytes that are here; the next piece begins there"`
	CreatedBy int64  `json:"-"`
	CreatedAt int64  `json:"created_at" doc:"unix milliseconds"`
	ExpiresAt int64  `json:"expires_at" doc:"unix milliseconds; then it is removed"`
}

const uploadColumns = `id, file_name, size, received, created_by, created_at, expires_at`

func scanUpload(row scanner) (Upload, error) {
	var u Upload
	err := row.Scan(&u.ID, &u.FileName, &u.Size, &u.Received, &u.CreatedBy, &u.CreatedAt, &u.ExpiresAt)
	return u, db.MapError(err)
}

func (s *store) insertUpload(ctx context.Context, u *Upload) error {
	id, err := s.db.NextID(ctx, "upload")
	if err != nil {
		return err
	}
	u.ID = id
	return s.exec(ctx, `INSERT INTO uploads (`+uploadColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		u.ID, u.FileName, u.Size, u.Received, u.CreatedBy, u.CreatedAt, u.ExpiresAt)
}

// upload reads an upload; import.upload_not_found.
func (s *store) upload(ctx context.Context, id int64) (Upload, error) {
	u, err := scanUpload(s.db.Q(ctx).QueryRowContext(ctx, `SELECT `+uploadColumns+` FROM uploads WHERE id = $1`, id))
	if isNoRow(err) {
		return u, errs.New(errs.NotFound, "import.upload_not_found", "id", id)
	}
	return u, err
}

// received notes a piece, if the upload still stands at from.
func (s *store) received(ctx context.Context, id, from, to int64) (bool, error) {
	return s.changed(ctx, `UPDATE uploads SET received = $1 WHERE id = $2 AND received = $3`, to, id, from)
}

// keepUpload moves the day on which an upload goes.
func (s *store) keepUpload(ctx context.Context, id, until int64) error {
	return s.exec(ctx, `UPDATE uploads SET expires_at = $1 WHERE id = $2`, until, id)
}

func (s *store) deleteUpload(ctx context.Context, id int64) error {
	return s.exec(ctx, `DELETE FROM uploads WHERE id = $1`, id)
}

// uploadsHere gives those of the uploads that are whole, a person's own, read by
// no unfinished import and not about to go behind a finished one, by id.
func (s *store) uploadsHere(ctx context.Context, ids []int64, staffID int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := db.InChunks(ids, func(chunk []int64) error {
		in, args := db.InArgs(2, chunk)
		rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT u.id FROM uploads u WHERE u.created_by = $1 AND u.id IN (`+in+`)
			AND u.received = u.size AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.file_ref = 'upload:' || u.id
			AND (i.status NOT IN ('finished', 'failed', 'cancelled') OR i.status = 'finished' AND NOT i.dry_run))`, append([]any{staffID}, args...)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				return err
			}
			out[id] = true
		}
		return rows.Err()
	})
	return out, db.MapError(err)
}

// uploadInUse says whether an unfinished import reads the upload.
func (s *store) uploadInUse(ctx context.Context, ref string) (bool, error) {
	var n int64
	err := s.db.Q(ctx).QueryRowContext(ctx, `SELECT count(*) FROM imports
		WHERE file_ref = $1 AND status NOT IN ('finished', 'failed', 'cancelled')`, ref).Scan(&n)
	return n > 0, db.MapError(err)
}

// expiredUploads lists uploads past their day that no unfinished import needs.
func (s *store) expiredUploads(ctx context.Context, now int64, limit int) ([]int64, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, `SELECT u.id FROM uploads u WHERE u.expires_at < $1
		AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.file_ref = 'upload:' || u.id AND i.status NOT IN ('finished', 'failed', 'cancelled'))
		ORDER BY u.expires_at, u.id LIMIT $2`, now, limit)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, id)
	}
	return out, db.MapError(rows.Err())
}
