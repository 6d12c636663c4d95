package db

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"zhike/internal/platform/errs"
)

// MapError turns a driver's error into ours: db.no_row (NotFound), db.unique
// and db.reference (Conflict), db.busy, db.disk_full and db.unreachable
// (Unavailable), canceled. What it does not know stays Internal with its
// cause; an error that is ours already passes unchanged.
func MapError(err error) error {
	if err == nil {
		return nil
	}
	var own *errs.Error
	if errors.As(err, &own) {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) {
		return errs.Wrap(err, errs.NotFound, "db.no_row")
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return errs.Wrap(err, errs.Canceled, "canceled")
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return mapSQLite(lite)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return mapPostgres(pg)
	}
	var conn *pgconn.ConnectError
	if errors.As(err, &conn) || errors.Is(err, sql.ErrConnDone) {
		return errs.Wrap(err, errs.Unavailable, "db.unreachable")
	}
	return errs.Wrap(err, errs.Internal, "internal")
}

func mapSQLite(e *sqlite.Error) error {
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return errs.Wrap(e, errs.Conflict, "db.unique")
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return errs.Wrap(e, errs.Conflict, "db.reference")
	case sqlite3.SQLITE_INTERRUPT:
		return errs.Wrap(e, errs.Canceled, "canceled")
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return errs.Wrap(e, errs.Unavailable, "db.busy")
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR:
		return errs.Wrap(e, errs.Unavailable, "db.disk_full")
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return errs.Wrap(e, errs.Internal, "db.damaged")
	}
	return errs.Wrap(e, errs.Internal, "internal")
}

// mapPostgres goes by SQLSTATE. Detail and Where of the server's error may
// quote values, so only its message is kept.
func mapPostgres(e *pgconn.PgError) error {
	cause := errors.New(e.Severity + " " + e.Code + ": " + e.Message)
	switch {
	case e.Code == "23505":
		return errs.Wrap(cause, errs.Conflict, "db.unique", "constraint", e.ConstraintName)
	case e.Code == "23503":
		return errs.Wrap(cause, errs.Conflict, "db.reference")
	case e.Code == "57014":
		return errs.Wrap(cause, errs.Canceled, "canceled")
	case e.Code == "40001", e.Code == "40P01", e.Code == "55P03":
		return errs.Wrap(cause, errs.Unavailable, "db.busy")
	case strings.HasPrefix(e.Code, "53"):
		return errs.Wrap(cause, errs.Unavailable, "db.disk_full")
	case strings.HasPrefix(e.Code, "08"), strings.HasPrefix(e.Code, "57"):
		return errs.Wrap(cause, errs.Unavailable, "db.unreachable")
	}
	return errs.Wrap(cause, errs.Internal, "internal")
}

// IsNoRow says whether a single-row query found nothing.
func IsNoRow(err error) bool {
	return errors.Is(err, sql.ErrNoRows) || errs.Is(err, "db.no_row")
}

// IsUnique says whether a unique key was hurt.
func IsUnique(err error) bool { return errs.Is(err, "db.unique") }
