package forecast

import (
	"cmp"
	"context"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"zhike/internal/customer"
	"zhike/internal/field"
	"zhike/internal/model"
	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// Deps are what a Service needs. Jobs may be nil where models are fitted by
// FitNow only.
type Deps struct {
	DB        *db.DB
	Clock     clock.Clock
	Zone      clock.Zone // company time
	Audit     *audit.Log
	Jobs      jobs.Enqueuer
	Log       *slog.Logger
	Orders    Orders
	Fields    *field.Service
	Customers *customer.Service
	// JobAlive says whether a job waits, runs or will be retried.
	JobAlive func(ctx context.Context, jobID int64) (bool, error)
	// Names gives the names of members of staff by id; nil knows nobody.
	Names auth.Names
	// AtOnce is up to how many customers the figures of a past day are worked out
	// within the question, and PastPiece how many of them one transaction writes;
	// 0 is as shipped.
	AtOnce, PastPiece int
}

// Service is the use cases of the company's models.
type Service struct {
	Deps
	store store

	mu   sync.Mutex
	kept map[int64]*row // models that were fitted: they do not change but for their status
	// worked, where not nil, hears of every piece of a past day; for tests.
	worked func(ctx context.Context)
}

// NewService makes the service.
func NewService(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	d.AtOnce, d.PastPiece = cmp.Or(d.AtOnce, atOnce), cmp.Or(d.PastPiece, pastPiece)
	return &Service{Deps: d, store: store{d.DB}, kept: map[int64]*row{}}
}

func (s *Service) now() int64 { return clock.Millis(s.Clock.Now()) }

func known(k Kind) error {
	if k == Purchases || k == Churn {
		return nil
	}
	return errs.New(errs.NotFound, "forecast.no_such_kind")
}

const (
	attempts = 3
	leaseFor = 30 * time.Second
	looks    = time.Second
)

// errEnded stops a fit that was ended by somebody.
var errEnded = errs.New(errs.Canceled, "forecast.cancelled")

// FitArgs is the input of the job that fits a model.
type FitArgs struct {
	ModelID int64 `json:"model_id"`
}

// Kind names the job.
func (FitArgs) Kind() string { return "forecast.fit" }

type dueArgs struct{}

// Kind names the job.
func (dueArgs) Kind() string { return "forecast.due" }

// Register adds the handlers of this package: fits, and the look each night for
// models that are due.
func (s *Service) Register(r *jobs.Registry) {
	jobs.Handle(r, s.fitJob, jobs.MaxAttempts(attempts), jobs.Timeout(2*time.Hour))
	jobs.Handle(r, s.dueJob, jobs.Unique())
	jobs.Handle(r, s.figuresJob, jobs.MaxAttempts(attempts), jobs.Timeout(2*time.Hour), jobs.Unique())
	jobs.Handle(r, s.pastJob, jobs.MaxAttempts(attempts), jobs.Timeout(2*time.Hour), jobs.Unique())
	r.Every("forecast.due", jobs.Daily(2, 40, s.Zone), func() jobs.Args { return dueArgs{} })
	r.Every("forecast.figures", jobs.Daily(3, 20, s.Zone), func() jobs.Args { return FiguresArgs{} })
}

// Start queues a fit of a kind. Errors: forecast.no_such_kind,
// forecast.in_progress (param model_id) where one waits or runs,
// forecast.no_label where a churn model has nothing to learn.
func (s *Service) Start(ctx context.Context, k Kind) (Model, error) {
	r, err := s.begin(ctx, k, func(ctx context.Context, r *row) error {
		job, err := s.Jobs.Enqueue(ctx, FitArgs{r.ID}, jobs.EnqueueOpts{})
		if err != nil {
			return err
		}
		r.JobID = job
		return s.store.setJob(ctx, r.ID, job)
	})
	if err != nil {
		return Model{}, err
	}
	return s.view(ctx, r)
}

// FitNow fits in this process and waits: the command line. asOf bounds the
// facts, nil is today. Errors as Start, and those of the work.
func (s *Service) FitNow(ctx context.Context, k Kind, asOf *clock.Day) (Detail, error) {
	r, err := s.begin(ctx, k, func(context.Context, *row) error { return nil })
	if err != nil {
		return Detail{}, err
	}
	if err := s.fit(ctx, r, asOf); err != nil {
		s.abandon(context.WithoutCancel(ctx), r.ID, err)
		return Detail{}, err
	}
	return s.Detail(ctx, r.ID)
}

func (s *Service) begin(ctx context.Context, k Kind, then func(context.Context, *row) error) (*row, error) {
	if err := known(k); err != nil {
		return nil, err
	}
	if err := s.endOrphan(ctx, k); err != nil {
		return nil, err
	}
	var r *row
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		set, err := s.store.settings(ctx, k)
		if err != nil {
			return err
		}
		if k == Churn && set.Label == "" {
			return errs.New(errs.Conflict, "forecast.no_label")
		}
		now := s.now()
		r = &row{Kind: k, Status: Waiting, Settings: set.Settings, CreatedBy: auth.StaffID(ctx), CreatedAt: now, LeaseUntil: now + leaseFor.Milliseconds()}
		if err := s.store.insert(ctx, r); err != nil {
			return err
		}
		if err := then(ctx, r); err != nil {
			return err
		}
		return s.audit(ctx, "forecast.fit", r, nil, map[string]any{"kind": string(k), "version": r.Version})
	})
	if db.IsUnique(err) {
		e := errs.New(errs.Conflict, "forecast.in_progress", "kind", string(k))
		if a, err := s.store.active(ctx, k); err == nil {
			e.Params["model_id"] = a.ID
		}
		return nil, e
	}
	return r, err
}

func (s *Service) audit(ctx context.Context, action string, r *row, before, after any) error {
	return s.Audit.Append(ctx, audit.Entry{Action: action, ObjectType: "forecast_model", ObjectID: strconv.FormatInt(r.ID, 10), Before: before, After: after})
}

// endOrphan ends a fit that nobody works on any more.
func (s *Service) endOrphan(ctx context.Context, k Kind) error {
	r, err := s.store.active(ctx, k)
	if errs.Is(err, "forecast.no_such_model") {
		return nil
	}
	if err != nil {
		return err
	}
	w := jobs.Worker{JobID: r.JobID, LeaseUntil: r.LeaseUntil}
	if gone, err := w.Gone(ctx, s.now(), s.JobAlive); !gone || err != nil {
		return err
	}
	return s.end(ctx, r.ID, Failed, "forecast.abandoned")
}

func (s *Service) end(ctx context.Context, id int64, status Status, code string) error {
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := s.store.end(ctx, id, status, code, s.now())
		return err
	})
}

// abandon ends a fit after an error; what goes wrong then is logged only.
func (s *Service) abandon(ctx context.Context, id int64, cause error) {
	ctx, done := context.WithTimeout(ctx, time.Minute)
	defer done()
	status, code := Failed, errs.CodeOf(cause)
	if errs.KindOf(cause) == errs.Canceled {
		status = Cancelled
	}
	if err := s.end(ctx, id, status, code); err != nil {
		s.Log.ErrorContext(ctx, "fit not ended", "model_id", id, "error", err)
	}
}

// fit does the work of a model: it reads, fits, judges and stores.
func (s *Service) fit(ctx context.Context, r *row, asOf *clock.Day) error {
	if !r.Status.active() {
		return nil
	}
	err := s.DB.InTx(ctx, func(ctx context.Context) error { return s.claim(ctx, r.ID) })
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	watched := s.watch(ctx, r.ID, stop)
	upTo := s.Zone.Today(s.Clock)
	if asOf != nil {
		upTo = min(upTo, *asOf)
	}
	before, err := s.store.inUse(ctx, r.Kind)
	if err != nil && !errs.Is(err, "forecast.no_such_model") {
		return err
	}
	var f *found
	if r.Kind == Purchases {
		f, err = s.fitPurchases(ctx, r.Settings, upTo, before)
	} else {
		f, err = s.fitChurn(ctx, r.Settings, upTo, before)
	}
	ended := context.Cause(ctx)
	stop(nil)
	<-watched
	if err != nil {
		if errs.Is(ended, errEnded.Code) {
			return errEnded
		}
		return err
	}
	return s.keep(context.WithoutCancel(ctx), r, f)
}

func (s *Service) claim(ctx context.Context, id int64) error {
	ok, err := s.store.claim(ctx, id, s.now()+leaseFor.Milliseconds())
	if err == nil && !ok {
		err = errEnded
	}
	return err
}

// watch says once a second that the process lives, and stops the fit where
// somebody ended it. The channel closes when ctx has ended.
func (s *Service) watch(ctx context.Context, id int64, stop context.CancelCauseFunc) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		t := time.NewTicker(looks)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				if err := s.DB.InTx(ctx, func(ctx context.Context) error { return s.claim(ctx, id) }); errs.Is(err, errEnded.Code) {
					stop(errEnded)
				}
			}
		}
	}()
	return done
}

// keep stores what was found. Without doubts it comes into use, else it is held.
func (s *Service) keep(ctx context.Context, r *row, f *found) error {
	r.Body, r.Doubts, r.AsOf, r.Customers, r.Status = &f.body, f.doubts, f.asOf, f.customers, InUse
	if len(f.doubts) > 0 {
		r.Status = Held
	}
	return s.DB.InTx(ctx, func(ctx context.Context) error {
		r.FinishedAt = s.now()
		if r.Status == InUse {
			if err := s.store.retire(ctx, r.Kind); err != nil {
				return err
			}
		}
		ok, err := s.store.finish(ctx, r)
		if err != nil {
			return err
		}
		if !ok {
			return errEnded
		}
		if r.Status == InUse {
			if err := s.recordLater(ctx, r); err != nil {
				return err
			}
		}
		return s.audit(ctx, "forecast.fitted", r, nil, map[string]any{
			"kind": string(r.Kind), "version": r.Version, "status": string(r.Status), "customers": r.Customers, "doubts": codes(r.Doubts),
		})
	})
}

func codes(list []model.Note) []string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = n.Code
	}
	return out
}
