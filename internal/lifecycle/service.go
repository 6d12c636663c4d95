package lifecycle

import (
	"context"
	"log/slog"
	"sync"

	"zhike/internal/audience"
	"zhike/internal/column"
	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/order"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/events"
	"zhike/internal/platform/vault"
	"zhike/internal/rule"
	"zhike/internal/tag"
)

// Texts gives the sentence of a catalogue key in a language.
type Texts interface {
	T(locale, key string, params map[string]any) string
}

// Deps are what a Service needs.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Zone      clock.Zone // company time
	Vault     *vault.Vault
	Audit     *audit.Log
	Events    events.Publisher
	Log       *slog.Logger
	Customers *customer.Service
	Audiences *audience.Service // explains rules; nil explains none
	Columns   *column.Set
	Orders    *order.Service
	Streams   *rule.Streams
	Fields    *field.Service
	Tags      *tag.Service
	Texts     Texts
	// Names gives the names of members of staff by id.
	Names auth.Names
	// Organisation knows departments and roles; nil: nobody has any.
	Organisation Organisation
	// Notify sends news to staff, inside InTx; nil: nobody is told anything.
	Notify func(ctx context.Context, list []Notice) error
	// Locale is the company's language, for what the program says unasked.
	Locale func(ctx context.Context) string
	// Company is the company's name for handbook and SOP; may be nil.
	Company func(ctx context.Context) string
}

// Service is the use cases of the lifecycle.
type Service struct {
	Deps
	store store
	mu    sync.Mutex
	kept  map[int64]*Config // versions, which never change
	// codes of all stages up to a version
	codes   []string
	codesOf int64
	preview chan struct{} // admits one preview at a time
	wake    func()        // asks for a round
	fresh   func() int64  // as of when stages are right in this process, unix ms; 0: another one works
}

// NewService makes the service.
func NewService(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Deps: d, store: store{d.DB}, kept: map[int64]*Config{}, preview: make(chan struct{}, 1), wake: func() {}, fresh: func() int64 { return 0 }}
}

func (s *Service) now() int64 { return clock.Millis(s.Clock.Now()) }

// people gives the names of staff.
func (s *Service) people(ctx context.Context, ids []int64) (map[int64]string, error) {
	if len(ids) == 0 || s.Names == nil {
		return map[int64]string{}, nil
	}
	return s.Names(ctx, ids)
}

// seesAll says whether the actor may know figures of the whole company.
func seesAll(ctx context.Context) bool {
	a := auth.From(ctx)
	return a != nil && a.Scope == auth.ScopeAll
}

func notBegun() error { return errs.New(errs.Conflict, "lifecycle.not_begun") }
