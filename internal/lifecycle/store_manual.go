package lifecycle

import (
	"context"

	"zhike/internal/platform/db"
)

// approvalRow is who approved a manual of a version.
type approvalRow struct {
	version     int64
	fingerprint string
	note        string
	by, at      int64
}

// approvals are those of a manual, newest version first.
func (s store) approvals(ctx context.Context, kind ManualKind) ([]approvalRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT version, fingerprint, note, approved_by, approved_at FROM lifecycle_approvals WHERE document = $1 ORDER BY version DESC LIMIT $2`,
		func(r *approvalRow, row db.Scanner) error {
			return row.Scan(&r.version, &r.fingerprint, &r.note, &r.by, &r.at)
		}, string(kind), maxHistory)
}

// insertApproval adds one inside InTx; db.unique where the version is approved.
func (s store) insertApproval(ctx context.Context, kind ManualKind, r *approvalRow) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `INSERT INTO lifecycle_approvals (document, version, fingerprint, note, approved_by, approved_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(kind), r.version, r.fingerprint, r.note, r.by, r.at)
	return db.MapError(err)
}
