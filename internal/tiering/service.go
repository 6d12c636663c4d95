package tiering

import (
	"context"
	"log/slog"
	"time"

	"zhike/internal/field"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/events"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/vault"
	"zhike/internal/rule"
)

// Deps are what a Service needs. Jobs and Events may be nil where runs are made
// by RunNow only; JobAlive, Find, Names and Company may be nil.
type Deps struct {
	DB     *db.DB
	Vault  *vault.Vault // seals what people write about customers
	Clock  clock.Clock
	Zone   clock.Zone // company time
	Jobs   jobs.Enqueuer
	Events events.Publisher
	Audit  *audit.Log
	Log    *slog.Logger
	// JobAlive says whether a job waits, runs or will be retried; nil takes every
	// job for alive.
	JobAlive func(ctx context.Context, jobID int64) (bool, error)
	// Find gives customers by name and what else people search by, of those
	// the actor may see; package customer does it.
	Find func(ctx context.Context, text string) ([]int64, error)
	// Names gives the names of members of staff by id; nil knows nobody.
	Names auth.Names
	// People and Say answer for conditions that are rules of audiences: whom they
	// mean, and what they say in words of a language. Nil where no scheme has any.
	People People
	Say    func(ctx context.Context, n *rule.Node, locale string) (string, error)
	// Orders are those in memory.
	Orders Orders
	// Models tells the figures of the company's models; nil where there are none.
	Models Models
	// Fields are the custom fields of customers; nil where schemes use none.
	Fields *field.Service
	// Procedure is that of panels; nil where there is none.
	Procedure Procedure
	// Company is the company's name for the report.
	Company func(ctx context.Context) string
}

// Service is the use cases of grading.
type Service struct {
	Deps
	store *store
	// preview admits one preview at a time: each reads all orders.
	preview chan struct{}
	schemes schemeCache
	runs    runCache
}

// NewService makes the service.
func NewService(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Zone == nil {
		d.Zone = clock.In(time.UTC)
	}
	return &Service{Deps: d, store: &store{db: d.DB, orders: d.Orders, vault: d.Vault}, preview: make(chan struct{}, 1)}
}

func (s *Service) now() int64 { return clock.Millis(s.Clock.Now()) }

// today is the present day in company time.
func (s *Service) today() clock.Day { return s.Zone.Today(s.Clock) }
