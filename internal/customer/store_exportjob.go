package customer

import (
	"context"
	"database/sql"

	"zhike/internal/platform/db"
)

type exportRow struct {
	id, actorID, rows, fileSize, createdAt, finishedAt, expiresAt int64
	status, format, fileKey, fileName, errorCode                  string
	query                                                         []byte
	jobID                                                         *int64
}

const exportRunColumns = `SELECT id, actor_id, status, format, query_cipher, row_count, file_key, file_size, file_name, error_code, job_id,
  created_at, finished_at, expires_at FROM export_runs `

func (r *exportRow) scan(scan func(...any) error) error {
	var job sql.NullInt64
	err := scan(&r.id, &r.actorID, &r.status, &r.format, &r.query, &r.rows, &r.fileKey, &r.fileSize, &r.fileName, &r.errorCode, &job,
		&r.createdAt, &r.finishedAt, &r.expiresAt)
	if job.Valid {
		r.jobID = &job.Int64
	}
	return err
}

func (s *Store) insertExport(ctx context.Context, r *exportRow) error {
	return s.exec(ctx, `INSERT INTO export_runs (id, actor_id, status, format, query_cipher, job_id, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, r.id, r.actorID, r.status, r.format, r.query, r.jobID, r.createdAt, r.expiresAt)
}

func (s *Store) updateExport(ctx context.Context, r *exportRow) error {
	return s.exec(ctx, `UPDATE export_runs SET status = $1, row_count = $2, file_key = $3, file_size = $4, file_name = $5, error_code = $6,
  finished_at = $7, expires_at = $8 WHERE id = $9`, r.status, r.rows, r.fileKey, r.fileSize, r.fileName, r.errorCode, r.finishedAt, r.expiresAt, r.id)
}

func (s *Store) waitingExports(ctx context.Context, staffID int64) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `SELECT COUNT(*) FROM export_runs WHERE actor_id = $1 AND status IN ('waiting', 'running')`, staffID).Scan(&n)
	return n, db.MapError(err)
}

// export reads an export, nil where there is none.
func (s *Store) export(ctx context.Context, id int64) (*exportRow, error) {
	var r exportRow
	err := r.scan(s.db.Q(ctx).QueryRowContext(ctx, exportRunColumns+`WHERE id = $1`, id).Scan)
	if db.IsNoRow(err) {
		return nil, nil
	}
	return &r, db.MapError(err)
}

func (s *Store) exports(ctx context.Context, staffID int64) ([]exportRow, error) {
	return s.exportRows(ctx, exportRunColumns+`WHERE actor_id = $1 ORDER BY id DESC LIMIT 50`, staffID)
}

// expiredExports lists exports whose time is over, running ones too after a day more.
func (s *Store) expiredExports(ctx context.Context, now int64) ([]exportRow, error) {
	return s.exportRows(ctx, exportRunColumns+`WHERE expires_at < $1 AND (status NOT IN ('waiting', 'running') OR expires_at < $2)
ORDER BY expires_at, id LIMIT 500`, now, now-exportTTL)
}

func (s *Store) exportRows(ctx context.Context, text string, args ...any) ([]exportRow, error) {
	rows, err := s.db.Q(ctx).QueryContext(ctx, text, args...)
	if err != nil {
		return nil, db.MapError(err)
	}
	defer rows.Close()
	var out []exportRow
	for rows.Next() {
		var r exportRow
		if err := r.scan(rows.Scan); err != nil {
			return nil, db.MapError(err)
		}
		out = append(out, r)
	}
	return out, db.MapError(rows.Err())
}

func (s *Store) dropExport(ctx context.Context, id int64) error {
	return s.exec(ctx, `DELETE FROM export_runs WHERE id = $1`, id)
}
