package audience

import (
	"context"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/events"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/vault"
	"zhike/internal/platform/web"
	"zhike/internal/rule"
)

// Texts gives the sentence of a catalogue key in a language.
type Texts interface {
	T(locale, key string, params map[string]any) string
}

// Deps are what a Service needs. Jobs may be nil: nothing goes on in the
// background then.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Vault     *vault.Vault
	Audit     *audit.Log
	Jobs      jobs.Enqueuer
	Events    events.Publisher
	Customers *customer.Service
	Columns   *column.Set // nil keeps nothing in memory
	Streams   *rule.Streams
	Texts     Texts
	Zone      clock.Zone
	Log       *slog.Logger
	// Names gives the names of staff.
	Names auth.Names
	// Actor gives a member of staff as he or she may act now; nil who may not.
	Actor func(ctx context.Context, staffID int64) (*auth.Actor, error)
}

// Service is the use cases over audiences. It is safe for concurrent use.
type Service struct {
	Deps
	store *store
	users []user
	limit time.Duration // of a question
	words factWords
	inUse atomic.Pointer[rulesInUse]
}

// NewService makes the service.
func NewService(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{Deps: d, store: &store{d.DB}, limit: askTime}
	s.Uses("audience", s.usedByAudiences)
	s.Uses("view", s.usedByViews)
	return s
}

func (s *Service) now() int64 { return clock.Millis(s.Clock.Now()) }

// t gives a text in the reader's language. i18n-keys: audience.* errors.*
func (s *Service) t(ctx context.Context, key string, params map[string]any) string {
	return s.Texts.T(web.Locale(ctx), key, params)
}

func (s *Service) record(ctx context.Context, action string, id int64, before, after any) error {
	return s.Audit.Append(ctx, audit.Entry{Action: "audience." + action, ObjectType: "audience", ObjectID: strconv.FormatInt(id, 10), Before: before, After: after})
}

// tagged puts the version of an audience into the answer.
func tagged(ctx context.Context) func(Full, error) (Full, error) {
	return func(f Full, err error) (Full, error) {
		if err == nil {
			web.Header(ctx).Set("ETag", web.ETag(f.Version))
		}
		return f, err
	}
}
