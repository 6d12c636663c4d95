package org

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alexedwards/scs/v2"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/i18n"
	"zhike/internal/platform/web"
)

// Deps is what the service is made of. DB, Clock, Audit and Permissions are
// needed, the rest has defaults.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	Audit *audit.Log
	Log   *slog.Logger
	// Permissions are those of all domains, in the order they are shown.
	Permissions []auth.Permission
	// Secure says that people reach the program by HTTPS: the cookie is then
	// sent over HTTPS only and bound to the host by its name.
	Secure bool
	// SessionLifetime is how long a session may last at most, SessionIdle how
	// long without a request (default 7 days and 12 hours).
	SessionLifetime, SessionIdle time.Duration
	// Defaults are the settings that hold until somebody sets them.
	Defaults Settings
	// DepartmentInUse says whether something outside of this package, such as
	// a customer, hangs on a department.
	DepartmentInUse func(ctx context.Context, departmentID int64) (bool, error)
	// AccessFields gives the fields of customers that a role can restrict, with
	// labels in the language of the request; nil knows none.
	AccessFields func(ctx context.Context) ([]AccessField, error)
	// Cost is what a password hash costs; the zero value is [DefaultCost].
	Cost Cost
}

// Service is all of this package. It is safe for concurrent use.
type Service struct {
	Deps
	known    map[auth.Permission]int // the catalogue: permission → place
	sessions *scs.SessionManager
	hasher   *hasher
	limits   limits
	touches  toucher
	find     sessionFinder
	kept     keptSessions

	snap    atomic.Pointer[people]
	loading sync.Mutex
	swept   atomic.Int64 // unix ms of the last sweep
}

// NewService makes the service. It does not touch the database.
func NewService(d Deps) *Service {
	if d.Clock == nil {
		d.Clock = clock.System{}
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.SessionLifetime <= 0 {
		d.SessionLifetime = 7 * 24 * time.Hour
	}
	if d.SessionIdle <= 0 {
		d.SessionIdle = 12 * time.Hour
	}
	if d.Cost == (Cost{}) {
		d.Cost = DefaultCost
	}
	d.Defaults = d.Defaults.orElse(Settings{TimeZone: "Asia/Shanghai", Currency: "CNY", Locale: i18n.Fallback})
	s := &Service{Deps: d, known: make(map[auth.Permission]int, len(d.Permissions)), hasher: newHasher(d.Cost)}
	for i, p := range d.Permissions {
		s.known[p] = i
	}
	s.limits = newLimits()
	s.sessions = newSessions(s)
	s.touches.s = s
	return s
}

// Close waits for what is still being written in the background.
func (s *Service) Close() {
	s.touches.wait()
	s.find.close()
}

// change runs a write to what this package keeps: under the lock of the state
// row, and with a new version for all processes.
func (s *Service) change(ctx context.Context, fn func(ctx context.Context) error) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		if err := s.raiseVersion(ctx); err != nil {
			return err
		}
		s.changed(ctx)
		return fn(ctx)
	})
}

// now is the present as the database keeps it.
func (s *Service) now() int64 { return clock.Millis(s.Clock.Now()) }

// record appends to the audit log inside the transaction of ctx.
func (s *Service) record(ctx context.Context, action, kind string, id int64, before, after any) error {
	return s.Audit.Append(ctx, audit.Entry{Action: action, ObjectType: kind, ObjectID: idText(id), Before: before, After: after})
}

// as puts a person into the context who is not signed in by a session yet.
func as(ctx context.Context, st *staffRow) context.Context {
	return auth.With(ctx, &auth.Actor{StaffID: st.id, Name: st.name, Login: st.login, DepartmentID: st.departmentID, IP: web.ClientIP(ctx)})
}
