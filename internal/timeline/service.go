package timeline

import (
	"context"
	"log/slog"

	"zhike/internal/customer"
	"zhike/internal/order"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/events"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/vault"
	"zhike/internal/tiering"
)

// Customers is what the history needs of customers; *customer.Service gives it.
type Customers interface {
	// Visible fails with customer.not_found unless the actor may see the customer.
	Visible(ctx context.Context, id int64) error
	// Writable fails unless the actor may change the customer: of the pool one
	// may see customers without it.
	Writable(ctx context.Context, id int64) error
	// Seen gives the names of those customers that the actor may see.
	Seen(ctx context.Context, ids []int64) (map[int64]string, error)
	// Today is the day for which figures are kept.
	Today(ctx context.Context) (clock.Day, error)
	// LabelChanges puts names beside the ids that changes hold.
	LabelChanges(ctx context.Context, items []customer.ChangeItem) error
	// RaiseLastContact notes that somebody spoke with the customer.
	RaiseLastContact(ctx context.Context, id, at int64) error
}

// Orders is what the history needs of orders; *order.Service gives it.
type Orders interface {
	OrdersBefore(ctx context.Context, customerID int64, kinds []order.Kind, b order.Before, n int) ([]order.Item, error)
	BehavioursBefore(ctx context.Context, customerID int64, kinds []order.BehaviourKind, b order.Before, n int) ([]order.BehaviourItem, error)
}

// Levels is what the history needs of grading; *tiering.Service gives it.
type Levels interface {
	History(ctx context.Context, customerID, at, run int64, n int, locale string) ([]tiering.LevelChange, error)
}

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
	Jobs      jobs.Enqueuer
	Customers Customers
	Orders    Orders
	Levels    Levels
	// Graded tells which run pages show, and a customer's level in it.
	Graded customer.Levels
	Texts  Texts
	Log    *slog.Logger
	// Files is the folder of uploaded files; MaxFile bounds one, in bytes.
	Files   string
	MaxFile int64
}

// Service is the use cases over the history of a customer.
type Service struct {
	Deps
	st       *store
	sources  []Source
	kindOf   map[string]Source
	kindList []KindItem
}

// NewService makes the service with the sources that come with it.
func NewService(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{Deps: d, st: &store{d.DB}, kindOf: map[string]Source{}}
	s.Add(orderSource{s})
	s.Add(behaviourSource{s})
	s.Add(noteSource{s})
	s.Add(levelSource{s})
	s.Add(editSource{s})
	return s
}

// Add registers a source, while the program is put together. A name or kind
// that is taken is a mistake in the program and panics.
func (s *Service) Add(src Source) {
	for _, have := range s.sources {
		if have.Name() == src.Name() {
			panic("timeline: two sources named " + src.Name())
		}
	}
	s.sources = append(s.sources, src)
	for _, k := range src.Kinds() {
		if s.kindOf[k] != nil {
			panic("timeline: two sources of " + k)
		}
		s.kindOf[k] = src
		s.kindList = append(s.kindList, KindItem{Kind: k, Source: src.Name()})
	}
}

func (s *Service) now() int64 { return clock.Millis(s.Clock.Now()) }

func (s *Service) today() clock.Day { return s.Zone.Today(s.Clock) }

// me is who acts; the zero person for the program itself.
func me(ctx context.Context) Person {
	a := auth.From(ctx)
	if a == nil {
		return Person{}
	}
	return Person{ID: a.StaffID, Name: a.Name}
}

func can(ctx context.Context, p auth.Permission) bool { return auth.From(ctx).Can(p) }
