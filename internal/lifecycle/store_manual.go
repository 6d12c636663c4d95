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

// withdrawalRow is an approval that was withdrawn.
type withdrawalRow struct {
	approvalRow
	reason                   string
	withdrawnBy, withdrawnAt int64
}

// withdrawals are those of a manual, newest version and latest one first.
func (s store) withdrawals(ctx context.Context, kind ManualKind) ([]withdrawalRow, error) {
	return db.Select(ctx, s.db.Q(ctx), `SELECT version, fingerprint, note, approved_by, approved_at, reason, withdrawn_by, withdrawn_at
FROM lifecycle_withdrawals WHERE document = $1 ORDER BY version DESC, round DESC LIMIT $2`, func(r *withdrawalRow, row db.Scanner) error {
		return row.Scan(&r.version, &r.fingerprint, &r.note, &r.by, &r.at, &r.reason, &r.withdrawnBy, &r.withdrawnAt)
	}, string(kind), maxHistory)
}

// withdraw moves the approval of a version to those that were withdrawn, inside
// InTx; false where there is none.
func (s store) withdraw(ctx context.Context, kind ManualKind, r *withdrawalRow) (bool, error) {
	// The approval goes first: of two who withdraw it at once the second finds none.
	err := s.db.Q(ctx).QueryRowContext(ctx, `DELETE FROM lifecycle_approvals WHERE document = $1 AND version = $2 RETURNING fingerprint, note, approved_by, approved_at`,
		string(kind), r.version).Scan(&r.fingerprint, &r.note, &r.by, &r.at)
	if db.IsNoRow(err) {
		return false, nil
	}
	if err != nil {
		return false, db.MapError(err)
	}
	_, err = s.db.Q(ctx).ExecContext(ctx, `INSERT INTO lifecycle_withdrawals (document, version, fingerprint, note, approved_by, approved_at, withdrawn_by, withdrawn_at, reason, round)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, COALESCE(MAX(round), 0) + 1 FROM lifecycle_withdrawals WHERE document = $1 AND version = $2`,
		string(kind), r.version, r.fingerprint, r.note, r.by, r.at, r.withdrawnBy, r.withdrawnAt, r.reason)
	return true, db.MapError(err)
}
