package review

import (
	"context"
	"strconv"
	"time"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/vault"
	"zhike/internal/tiering"
)

// Deps are what a Service needs. Functions may be nil where nothing is said of it.
type Deps struct {
	Grading *tiering.Service
	DB      *db.DB
	Vault   *vault.Vault // seals what people write about customers
	Clock   clock.Clock
	Zone    clock.Zone // company time
	// Jobs gathers and publishes in the background; nil does it at once.
	Jobs  jobs.Enqueuer
	Audit *audit.Log
	// JobAlive says whether a job waits, runs or will be retried; nil takes every
	// job for alive.
	JobAlive func(ctx context.Context, jobID int64) (bool, error)
	// Find gives customers by name and what else people search by, of those
	// the actor may see; package customer does it.
	Find func(ctx context.Context, text string) ([]int64, error)
	// Names gives the names of members of staff by id; nil knows nobody.
	Names auth.Names
	// Departments gives the department above each, 0 at the top; nil knows of none.
	Departments func(ctx context.Context) (map[int64]int64, error)
	// DepartmentName gives the name of one, "" where there is none.
	DepartmentName func(ctx context.Context, id int64) (string, error)
	// Notify tells members of staff, inside InTx; nil tells nobody.
	Notify func(ctx context.Context, list []Notice) error
	// Past gives what was lately written down about a customer, complaints and open
	// promises first; the caller has made sure that the actor may see it.
	Past func(ctx context.Context, customerID int64, n int) ([]DossierEvent, error)
	// FileOf is the customer of whose note a file is; an error of the kind not found
	// where the actor sees none.
	FileOf func(ctx context.Context, id int64) (customerID int64, err error)
}

// Service is the use cases of the procedure. It is the tiering.Procedure of grading.
type Service struct {
	Deps
	store  *store
	boards boards
	// betweenChunks stops publishing between two chunks: tests.
	betweenChunks func() error
}

var _ tiering.Procedure = (*Service)(nil)

// NewService makes the service.
func NewService(d Deps) *Service {
	if d.Zone == nil {
		d.Zone = clock.In(time.UTC)
	}
	return &Service{Deps: d, store: &store{db: d.DB, vault: d.Vault}}
}

// gatherAttempts is how often the moves of a review are gathered before it fails.
const gatherAttempts = 3

// RegisterJobs adds the handlers of this package.
func (s *Service) RegisterJobs(r *jobs.Registry) {
	jobs.Handle(r, s.openReviewJob, jobs.MaxAttempts(gatherAttempts), jobs.Timeout(time.Hour))
	jobs.Handle(r, s.publishJob, jobs.Timeout(time.Hour))
	jobs.Handle(r, s.deadlineJob, jobs.Unique())
	r.Every("tier.review_deadlines", jobs.Interval(10*time.Minute), func() jobs.Args { return deadlineArgs{} })
}

// Forget removes what people said about a customer who is deleted.
func (s *Service) Forget(ctx context.Context, customer int64) error {
	return s.store.forgetCustomer(ctx, customer)
}

func (s *Service) now() int64 { return clock.Millis(s.Clock.Now()) }

// today is the present day in company time.
func (s *Service) today() clock.Day { return s.Zone.Today(s.Clock) }

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
