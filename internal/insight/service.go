package insight

import (
	"context"
	"net/http"
	"time"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/jobs"
	"zhike/internal/platform/web"
)

// Grading is what the page needs of the grading.
type Grading interface {
	// Overview gives the levels of the newest run of the default scheme and the
	// newest run of any scheme; nil where there is none.
	Overview(ctx context.Context) (*LevelsOverview, *LastRun, error)
}

// Enqueuer is the job queue.
type Enqueuer interface {
	Enqueue(ctx context.Context, args jobs.Args, o jobs.EnqueueOpts) (int64, error)
}

// Deps are what the service stands on.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Zone    clock.Zone // company time
	Grading Grading
	Jobs    Enqueuer
}

// Service keeps and shows the overview.
type Service struct {
	Deps
	st store
}

// NewService makes the service.
func NewService(d Deps) *Service { return &Service{Deps: d, st: store{d.DB}} }

// RefreshArgs are those of the job that computes the totals.
type RefreshArgs struct{}

// Kind names the job.
func (RefreshArgs) Kind() string { return "insight.refresh" }

// Register adds the job and its daily run, a little after the metrics have moved.
func (s *Service) Register(r *jobs.Registry) {
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[RefreshArgs]) error { return s.Refresh(ctx) },
		jobs.Unique(), jobs.Timeout(15*time.Minute))
	r.Every("insight.refresh.daily", jobs.Daily(0, 40, s.Zone), func() jobs.Args { return RefreshArgs{} })
}

// Wake asks for a refresh in the background; several wishes become one job.
// It joins the transaction of ctx.
func (s *Service) Wake(ctx context.Context) error {
	_, err := s.Jobs.Enqueue(ctx, RefreshArgs{}, jobs.EnqueueOpts{})
	return err
}

// Refresh computes the totals now.
func (s *Service) Refresh(ctx context.Context) error {
	now := s.Clock.Now()
	day := clock.DayOf(now, s.Zone())
	var t totals
	err := s.DB.InReadTx(ctx, func(ctx context.Context) error {
		perDay, err := s.st.perDay(ctx)
		if err != nil {
			return err
		}
		t = sum(day, perDay)
		t.Customers, err = s.st.customers(ctx, day)
		return err
	})
	if err != nil {
		return err
	}
	t.AsOf = clock.Millis(now)
	return s.DB.InTx(ctx, func(ctx context.Context) error { return s.st.save(ctx, t, t.AsOf) })
}

// Overview gives the page. Totals are of the whole company, so they are shown
// only to who may see reports and works on all customers.
func (s *Service) Overview(ctx context.Context, _ *struct{}) (Overview, error) {
	a := auth.From(ctx)
	o := Overview{ByMonth: []MonthRevenue{}, Todos: []Todo{}}
	t, err := s.st.load(ctx)
	if err != nil {
		return o, err
	}
	o.AsOf = t.AsOf
	if a.Can(PermView) && a.Scope == auth.ScopeAll {
		o.Customers, o.Orders, o.Net365, o.NetPrior365 = t.Customers, t.Orders, t.Net365, t.NetPrior365
		if t.ByMonth != nil {
			o.ByMonth = t.ByMonth
		}
		if o.Levels, o.LastRun, err = s.Grading.Overview(ctx); err != nil {
			return o, err
		}
	} else {
		o.TotalsHidden = true
	}
	if a.Can("import.view") {
		if o.LastImport, err = s.st.lastImport(ctx); err != nil {
			return o, err
		}
	}
	o.Todos = todos(a, o)
	return o, nil
}

// todos says what waits: rejected rows to correct, customers never graded,
// a grading that is older than the data.
func todos(a *auth.Actor, o Overview) []Todo {
	out := []Todo{}
	if o.LastImport != nil && a.Can("import.run") {
		if o.LastImport.Rejected > 0 {
			out = append(out, Todo{Code: "import_rejected", Count: o.LastImport.Rejected})
		}
		if o.LastImport.Status == "failed" {
			out = append(out, Todo{Code: "import_failed", Count: 1})
		}
	}
	if a.Can("tier.run") && !o.TotalsHidden && o.Customers.Total > 0 {
		switch {
		case o.LastRun == nil:
			out = append(out, Todo{Code: "tier_run_missing", Count: o.Customers.Total})
		case o.LastImport != nil && o.LastImport.FinishedAt != nil && *o.LastImport.FinishedAt > o.LastRun.FinishedAt:
			out = append(out, Todo{Code: "tier_run_old", Count: o.LastImport.Accepted})
		}
	}
	return out
}

// Routes registers the page.
func (s *Service) Routes(api *web.API) {
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/overview", ID: "getOverview", Tag: "overview",
		Summary: "Totals of the company and what waits for the person", Permission: auth.SignedIn,
	}, s.Overview)
}
