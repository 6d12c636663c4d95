package org

import (
	"context"
	"database/sql"
	"sync"

	"zhike/internal/platform/db"
)

type sessionRow struct {
	token       string // hashed
	staffID     int64
	authVersion int64
	data        []byte
	seenAt      int64
	expiresAt   int64
	version     int64 // of the organisation, read with the session
}

// sessionFinder runs the one query of every request. On SQLite, where parsing
// it costs as much as running it, the statement is kept prepared.
type sessionFinder struct {
	mu   sync.Mutex
	stmt *sql.Stmt
}

const findSession = `SELECT s.staff_id, s.auth_version, s.seen_at, s.expires_at, o.version
	FROM sessions s JOIN org_state o ON o.id = 1 WHERE s.token = $1`

func (f *sessionFinder) session(ctx context.Context, d *db.DB, hash string) (r sessionRow, err error) {
	var row *sql.Row
	if pool, ok := d.Q(ctx).(*sql.DB); ok && d.Engine() == db.SQLite {
		stmt, err := f.prepared(ctx, pool)
		if err != nil {
			return r, db.MapError(err)
		}
		row = stmt.QueryRowContext(ctx, hash)
	} else {
		row = d.Q(ctx).QueryRowContext(ctx, findSession, hash)
	}
	err = row.Scan(&r.staffID, &r.authVersion, &r.seenAt, &r.expiresAt, &r.version)
	return r, db.MapError(err)
}

func (f *sessionFinder) prepared(ctx context.Context, pool *sql.DB) (*sql.Stmt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stmt == nil {
		// The statement outlives the request that happens to come first.
		stmt, err := pool.PrepareContext(context.WithoutCancel(ctx), findSession)
		if err != nil {
			return nil, err
		}
		f.stmt = stmt
	}
	return f.stmt, nil
}

func (f *sessionFinder) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stmt != nil {
		_ = f.stmt.Close()
		f.stmt = nil
	}
}

func (s *Service) putSession(ctx context.Context, r sessionRow) error {
	_, err := s.DB.Q(ctx).ExecContext(ctx, `INSERT INTO sessions (token, staff_id, auth_version, data, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (token) DO UPDATE SET auth_version = excluded.auth_version, data = excluded.data, expires_at = excluded.expires_at`,
		r.token, r.staffID, r.authVersion, r.data, r.seenAt, r.expiresAt)
	s.changed(ctx)
	return db.MapError(err)
}

func (s *Service) sessionData(ctx context.Context, hash string, now int64) (data []byte, found bool, err error) {
	err = s.DB.Q(ctx).QueryRowContext(ctx, "SELECT data FROM sessions WHERE token = $1 AND expires_at > $2", hash, now).Scan(&data)
	if db.IsNoRow(err) {
		return nil, false, nil
	}
	return data, err == nil, db.MapError(err)
}

func (s *Service) sessionOwner(ctx context.Context, hash string) (staffID int64, found bool, err error) {
	err = s.DB.Q(ctx).QueryRowContext(ctx, "SELECT staff_id FROM sessions WHERE token = $1", hash).Scan(&staffID)
	if db.IsNoRow(err) {
		return 0, false, nil
	}
	return staffID, err == nil, db.MapError(err)
}

func (s *Service) deleteSession(ctx context.Context, hash string) error {
	_, err := s.DB.Q(ctx).ExecContext(ctx, "DELETE FROM sessions WHERE token = $1", hash)
	s.changed(ctx)
	return db.MapError(err)
}

func (s *Service) deleteSessions(ctx context.Context, staffID int64) error {
	_, err := s.DB.Q(ctx).ExecContext(ctx, "DELETE FROM sessions WHERE staff_id = $1", staffID)
	s.changed(ctx)
	return db.MapError(err)
}

// trimSessions keeps the n sessions of a person that expire last.
func (s *Service) trimSessions(ctx context.Context, staffID int64, n int) error {
	_, err := s.DB.Q(ctx).ExecContext(ctx, `DELETE FROM sessions WHERE staff_id = $1 AND token NOT IN (
		SELECT token FROM sessions WHERE staff_id = $2 ORDER BY expires_at DESC, token LIMIT $3)`, staffID, staffID, n)
	s.changed(ctx)
	return db.MapError(err)
}

func (s *Service) touchSession(ctx context.Context, hash string, at int64) error {
	_, err := s.DB.Q(ctx).ExecContext(ctx, "UPDATE sessions SET seen_at = $1 WHERE token = $2 AND seen_at < $3", at, hash, at)
	s.changed(ctx)
	return db.MapError(err)
}

func (s *Service) deleteExpired(ctx context.Context, now, idleSince int64) (int64, error) {
	r, err := s.DB.Q(ctx).ExecContext(ctx, "DELETE FROM sessions WHERE expires_at <= $1 OR seen_at <= $2", now, idleSince)
	s.changed(ctx)
	if err != nil {
		return 0, db.MapError(err)
	}
	n, err := r.RowsAffected()
	return n, db.MapError(err)
}
