package db

import (
	"context"
	"database/sql"
	"os"

	"zhike/internal/platform/errs"
)

// BackupResult says what a backup holds.
type BackupResult struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	Tables int    `json:"tables"`
}

// Backup writes a consistent copy of a SQLite database to path while the
// program serves, and verifies it by opening it. It refuses to overwrite a
// file (backup.exists) and PostgreSQL (backup.use_pg_dump: the server's own
// tools do that better). The master key is not part of it.
func (d *DB) Backup(ctx context.Context, path string) (BackupResult, error) {
	if d.engine == Postgres {
		return BackupResult{}, errs.New(errs.Invalid, "backup.use_pg_dump")
	}
	if _, err := os.Stat(path); err == nil {
		return BackupResult{}, errs.New(errs.Conflict, "backup.exists", "path", path)
	}
	// Made first, so that the copy is private from its first byte.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return BackupResult{}, errs.Wrap(err, errs.Unavailable, "backup.cannot_write", "path", path)
	}
	_ = f.Close()
	src, err := sql.Open("sqlite", sqliteDSN(d.path, 8<<10))
	if err != nil {
		return BackupResult{}, MapError(err)
	}
	defer src.Close()
	if _, err := src.ExecContext(ctx, "VACUUM INTO $1", path); err != nil {
		_ = os.Remove(path)
		return BackupResult{}, errs.Wrap(MapError(err), errs.Unavailable, "backup.failed", "path", path)
	}
	res, err := verifyBackup(ctx, path)
	if err != nil {
		_ = os.Remove(path)
	}
	return res, err
}

func verifyBackup(ctx context.Context, path string) (BackupResult, error) {
	res := BackupResult{Path: path}
	copyDB, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		return res, MapError(err)
	}
	defer copyDB.Close()
	var verdict string
	if err := copyDB.QueryRowContext(ctx, "PRAGMA quick_check").Scan(&verdict); err != nil {
		return res, errs.Wrap(err, errs.Internal, "backup.damaged", "path", path)
	}
	if verdict != "ok" {
		return res, errs.New(errs.Internal, "backup.damaged", "path", path)
	}
	if err := copyDB.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'table'").Scan(&res.Tables); err != nil {
		return res, MapError(err)
	}
	st, err := os.Stat(path)
	if err != nil {
		return res, errs.Wrap(err, errs.Internal, "backup.damaged", "path", path)
	}
	res.Bytes = st.Size()
	return res, nil
}
