package org

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/web"
)

// cookieName is the cookie over plain HTTP; over HTTPS the prefix makes
// browsers refuse it from any other host and over any other connection.
const (
	cookieName       = "zhike_session"
	secureCookieName = "__Host-zhike_session"
)

// Keys of the session data.
const (
	keyStaff       = "staff_id"
	keyAuthVersion = "auth_version"
)

// maxSessions is how many sessions one person may have; the one that would
// expire first ends when another begins.
const maxSessions = 20

// sweepEvery is how often sign-ins look for expired sessions.
const sweepEvery = time.Hour

func newSessions(s *Service) *scs.SessionManager {
	m := scs.New()
	m.Store = &sessionStore{s}
	m.HashTokenInStore = true
	m.Lifetime = s.SessionLifetime
	// The idle time-out is kept in seen_at: with scs' own every request would
	// be a write.
	m.IdleTimeout = 0
	m.Cookie = scs.SessionCookie{
		Name: cookieName, Path: "/", HttpOnly: true, Persist: true,
		Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	}
	if s.Secure {
		m.Cookie.Name = secureCookieName
	}
	return m
}

// hashToken is the form of a token in the store, the same that scs uses.
func hashToken(token string) string {
	h := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(h[:])
}

// tokenBytes is how long a token is; what has another length is none.
const tokenBytes = 43

// startSession begins a session for a person inside the transaction of ctx and
// gives the cookie's value. There is always a new token: one that was known
// before the sign-in is worth nothing after it.
func (s *Service) startSession(ctx context.Context, staffID, authVersion int64) (cookie func(context.Context), err error) {
	if err := s.trimSessions(ctx, staffID, maxSessions-1); err != nil {
		return nil, err
	}
	sc, err := s.sessions.Load(ctx, "")
	if err != nil {
		return nil, errs.Wrap(err, errs.Internal, "internal")
	}
	s.sessions.SetDeadline(sc, s.Clock.Now().Add(s.SessionLifetime).UTC())
	s.sessions.Put(sc, keyStaff, staffID)
	s.sessions.Put(sc, keyAuthVersion, authVersion)
	token, expiry, err := s.sessions.Commit(sc)
	if err != nil {
		return nil, errs.From(err)
	}
	return func(ctx context.Context) {
		s.sessions.WriteSessionCookie(sc, headerOnly{web.Header(ctx)}, token, expiry)
	}, nil
}

// endSession ends the session of the request, if there is one.
func (s *Service) endSession(ctx context.Context, token string) error {
	if len(token) != tokenBytes {
		return nil
	}
	return s.deleteSession(ctx, hashToken(token))
}

// clearCookie tells the browser to forget the session.
func (s *Service) clearCookie(ctx context.Context) {
	s.sessions.WriteSessionCookie(ctx, headerOnly{web.Header(ctx)}, "", time.Time{})
}

// token is the session token that the request carries, "" for none.
func (s *Service) token(ctx context.Context) string { return web.Cookie(ctx, s.sessions.Cookie.Name) }

// sweep deletes expired sessions, at most once an hour in a process.
func (s *Service) sweep(ctx context.Context) {
	now, last := s.now(), s.swept.Load()
	if now-last < sweepEvery.Milliseconds() || !s.swept.CompareAndSwap(last, now) {
		return
	}
	if _, err := s.SweepSessions(ctx); err != nil {
		s.Log.WarnContext(ctx, "expired sessions were not deleted", "error", err)
	}
}

// SweepSessions deletes sessions that have expired or were idle for too long
// and says how many. Sign-ins do it now and then; nothing depends on it.
func (s *Service) SweepSessions(ctx context.Context) (n int64, err error) {
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		now := s.now()
		n, err = s.deleteExpired(ctx, now, now-s.SessionIdle.Milliseconds())
		return err
	})
	return n, err
}

// headerOnly lets scs set the cookie on the answer that huma will write.
type headerOnly struct{ h http.Header }

func (w headerOnly) Header() http.Header {
	return w.h
}
func (headerOnly) Write(b []byte) (int, error) { return len(b), nil }
func (headerOnly) WriteHeader(int)             {}

// sessionStore keeps scs' sessions in the table sessions. What a request needs
// is also kept in columns, so that it need not decode the data.
type sessionStore struct{ s *Service }

// CommitCtx writes a session inside the transaction of ctx.
func (st *sessionStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	_, values, err := st.s.sessions.Codec.Decode(b)
	if err != nil {
		return err
	}
	staff, ok := values[keyStaff].(int64)
	version, ok2 := values[keyAuthVersion].(int64)
	if !ok || !ok2 {
		return errs.New(errs.Internal, "internal", "detail", "a session belongs to a person")
	}
	return st.s.putSession(ctx, sessionRow{token: token, staffID: staff, authVersion: version, data: b,
		seenAt: st.s.now(), expiresAt: expiry.UnixMilli()})
}

// FindCtx gives the data of a session that has not expired.
func (st *sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	return st.s.sessionData(ctx, token, st.s.now())
}

// DeleteCtx ends a session.
func (st *sessionStore) DeleteCtx(ctx context.Context, token string) error {
	return st.s.deleteSession(ctx, token)
}

var errNoContext = errs.New(errs.Internal, "internal", "detail", "the session store needs a context")

// Find, Commit and Delete are the older half of scs' interface, which it does
// not use where there is the newer one.
func (*sessionStore) Find(string) ([]byte, bool, error)      { return nil, false, errNoContext }
func (*sessionStore) Commit(string, []byte, time.Time) error { return errNoContext }
func (*sessionStore) Delete(string) error                    { return errNoContext }

var _ scs.CtxStore = (*sessionStore)(nil)
