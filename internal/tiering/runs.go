package tiering

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"zhike/internal/platform/audit"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// RunView is a run as pages and commands show it.
type RunView struct {
	ID            int64     `json:"id"`
	Scheme        string    `json:"scheme" doc:"Code of the scheme"`
	SchemeName    string    `json:"scheme_name"`
	SchemeVersion int       `json:"scheme_version"`
	Dimension     string    `json:"dimension" doc:"Code of the dimension that the levels are of"`
	AsOf          clock.Day `json:"as_of" doc:"Day whose facts were used, that day included"`
	Status        Status    `json:"status" enum:"waiting,running,finished,failed,cancelled"`
	Customers     int64     `json:"customers" doc:"Graded; 0 until finished"`
	JobID         *int64    `json:"job_id" doc:"Null where a command ran it"`
	PreviousRunID *int64    `json:"previous_run_id" doc:"The run it is compared with"`
	ErrorCode     string    `json:"error_code" doc:"Why it failed"`
	CreatedBy     int64     `json:"created_by" doc:"Staff id; 0 for the program"`
	CreatedName   string    `json:"created_by_name" doc:"\"\" where nobody of that id is known"`
	CreatedAt     int64     `json:"created_at" doc:"Unix milliseconds"`
	StartedAt     int64     `json:"started_at"`
	FinishedAt    int64     `json:"finished_at"`
}

// RunDetail is a run with what it found; Summary and Moves are null until it
// is finished.
type RunDetail struct {
	RunView
	Summary *Summary `json:"summary"`
	Moves   *Moves   `json:"moves" doc:"Against the run before; null for the first run of a scheme"`
	// Decided is null where the levels are those that the run proposed.
	Decided *DecidedLevels `json:"decided" doc:"Levels as people decided; null where they are those of the summary"`
}

// RunInput says what to run.
type RunInput struct {
	Scheme  string     `json:"scheme" maxLength:"40" doc:"Code of the scheme"`
	Version int        `json:"version,omitempty" minimum:"0" doc:"0 is the newest"`
	AsOf    *clock.Day `json:"as_of,omitempty" format:"date" doc:"Default is today in company time"`
}

// stored is what tier_runs.summary holds.
type stored struct {
	*Summary
	Moves *Moves `json:"moves,omitempty"`
}

// RunArgs is the input of the job that makes a run, and others together with it.
type RunArgs struct {
	RunID int64   `json:"run_id"`
	With  []int64 `json:"with,omitempty"`
}

// Kind names the job.
func (RunArgs) Kind() string { return "tier.run" }

const (
	runAttempts = 3
	leaseFor    = 30 * time.Second
)

// RegisterJobs adds the handlers of this package.
func (s *Service) RegisterJobs(r *jobs.Registry) {
	jobs.Handle(r, s.runJob, jobs.MaxAttempts(runAttempts), jobs.Timeout(6*time.Hour))
	jobs.Handle(r, s.noteChangesJob, jobs.Timeout(time.Hour))
}

// StartRun queues a run. Errors: tier.no_such_scheme, tier.as_of_future,
// tier.as_of_past, tier.run_in_progress (param run_id) where one of the scheme
// waits or runs.
func (s *Service) StartRun(ctx context.Context, in RunInput) (RunView, error) {
	list, err := s.start(ctx, []RunInput{in})
	if err != nil {
		return RunView{}, err
	}
	return list[0], nil
}

// start queues runs of one day, which one job makes together.
func (s *Service) start(ctx context.Context, in []RunInput) ([]RunView, error) {
	rows, err := s.begin(ctx, in, func(ctx context.Context, rows []*runRow) error {
		args := RunArgs{RunID: rows[0].ID}
		for _, r := range rows[1:] {
			args.With = append(args.With, r.ID)
		}
		job, err := s.Jobs.Enqueue(ctx, args, jobs.EnqueueOpts{})
		for _, r := range rows {
			if r.JobID = job; err == nil {
				err = s.store.setJob(ctx, r.ID, job)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.runViews(ctx, rows)
}

// RunNow makes a run in this process and waits for it: the command line.
// Progress goes to jobs.Report. Errors as StartRun, and those of the work.
func (s *Service) RunNow(ctx context.Context, in RunInput) (RunDetail, error) {
	list, err := s.runNow(ctx, []RunInput{in})
	if err != nil {
		return RunDetail{}, err
	}
	return list[0], nil
}

// runNow makes runs of one day together. Where one fails the others are there; the
// error is that of the first that failed.
func (s *Service) runNow(ctx context.Context, in []RunInput) ([]RunDetail, error) {
	rows, err := s.begin(ctx, in, func(context.Context, []*runRow) error { return nil })
	if err != nil {
		return nil, err
	}
	for i, e := range s.execute(ctx, rows) {
		if e != nil {
			// Also where ctx ended: a run without a job has nobody to go on with it.
			s.abandon(context.WithoutCancel(ctx), rows[i].ID, e)
			err = cmp.Or(err, e)
		}
	}
	if err != nil {
		return nil, err
	}
	out := make([]RunDetail, len(rows))
	for i, r := range rows {
		if out[i], err = s.Run(ctx, r.ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// begin stores waiting runs of one day, all or none.
func (s *Service) begin(ctx context.Context, in []RunInput, then func(context.Context, []*runRow) error) ([]*runRow, error) {
	asOf, err := s.asOf(in[0].AsOf)
	if err != nil {
		return nil, err
	}
	for _, one := range in {
		if err := s.endOrphan(ctx, one.Scheme); err != nil {
			return nil, err
		}
	}
	var rows []*runRow
	var at string // the scheme whose run is being stored
	err = s.DB.InTx(ctx, func(ctx context.Context) error {
		rows = nil
		for _, one := range in {
			at = one.Scheme
			row, err := s.waiting(ctx, one, asOf)
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		return then(ctx, rows)
	})
	if db.IsUnique(err) {
		e := errs.New(errs.Conflict, "tier.run_in_progress", "scheme", at)
		if active, err := s.store.activeRun(ctx, at); err == nil {
			e.Params["run_id"] = active.ID
		}
		return nil, e
	}
	return rows, err
}

// waiting stores a run that is to be made.
func (s *Service) waiting(ctx context.Context, in RunInput, asOf clock.Day) (*runRow, error) {
	sch, err := s.store.schemeVersion(ctx, in.Scheme, in.Version)
	if err != nil {
		return nil, err
	}
	if err := s.fieldsFit(ctx, sch.Scheme, nil); err != nil {
		return nil, err
	}
	if err := s.checkModels(ctx, sch.Scheme); err != nil {
		return nil, err
	}
	now := s.now()
	row := &runRow{
		SchemeID: sch.ID, SchemeCode: sch.Code, Dimension: sch.dimension(), SchemeName: sch.Name, Version: sch.Version, AsOf: asOf,
		Status: StatusWaiting, CreatedBy: auth.StaffID(ctx), CreatedAt: now, LeaseUntil: now + leaseFor.Milliseconds(),
	}
	if err := s.store.insertRun(ctx, row); err != nil {
		return nil, err
	}
	return row, s.Audit.Append(ctx, audit.Entry{
		Action: "tier.run_start", ObjectType: "tier_run", ObjectID: strconv.FormatInt(row.ID, 10),
		After: map[string]any{"scheme": sch.Code, "version": sch.Version, "as_of": asOf.String()},
	})
}

func (s *Service) asOf(day *clock.Day) (clock.Day, error) {
	today := s.today()
	switch {
	case day == nil:
		return today, nil
	case *day > today:
		return 0, errs.New(errs.Invalid, "tier.as_of_future", "today", today.String())
	case *day < 0:
		return 0, errs.New(errs.Invalid, "tier.as_of_past")
	}
	return *day, nil
}

// endOrphan ends a run that nobody works on: its command was killed and the
// lease ran out, or its job was ended before it began. Its rows are removed.
func (s *Service) endOrphan(ctx context.Context, code string) error {
	r, err := s.store.activeRun(ctx, code)
	if errs.Is(err, "tier.no_such_run") {
		return nil
	}
	if err != nil {
		return err
	}
	w := jobs.Worker{JobID: r.JobID, LeaseUntil: r.LeaseUntil}
	if gone, err := w.Gone(ctx, s.now(), s.JobAlive); !gone || err != nil {
		return err
	}
	return s.close(ctx, r.ID, StatusFailed, "tier.run_abandoned")
}

// close ends a run that will not finish and removes what it wrote.
func (s *Service) close(ctx context.Context, run int64, status Status, code string) error {
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := s.store.end(ctx, run, status, code, s.now())
		return err
	})
	if err != nil {
		return err
	}
	return s.clear(ctx, run)
}

// clear removes the rows of an unfinished run in short transactions.
func (s *Service) clear(ctx context.Context, run int64) error {
	for more := true; more; {
		err := s.DB.InTx(ctx, func(ctx context.Context) (err error) {
			more, err = s.store.removeRows(ctx, run, writeChunk)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// abandon ends a run after an error; what goes wrong then is logged only.
func (s *Service) abandon(ctx context.Context, run int64, cause error) {
	ctx, done := context.WithTimeout(ctx, time.Minute)
	defer done()
	status, code := StatusFailed, errs.CodeOf(cause)
	if errs.KindOf(cause) == errs.Canceled {
		status = StatusCancelled
	}
	if err := s.close(ctx, run, status, code); err != nil {
		s.Log.ErrorContext(ctx, "run not closed", "run_id", run, "error", err)
	}
}

// CancelRun stops a run that waits or runs. Errors: tier.no_such_run,
// tier.run_over where it is not unfinished.
func (s *Service) CancelRun(ctx context.Context, id int64) (RunView, error) {
	err := s.DB.InTx(ctx, func(ctx context.Context) error {
		r, err := s.store.run(ctx, id)
		if err != nil {
			return err
		}
		ok, err := s.store.end(ctx, id, StatusCancelled, "", s.now())
		if err != nil {
			return err
		}
		if !ok {
			return errs.New(errs.Conflict, "tier.run_over", "status", string(r.Status))
		}
		return s.Audit.Append(ctx, audit.Entry{
			Action: "tier.run_cancel", ObjectType: "tier_run", ObjectID: strconv.FormatInt(id, 10),
			Before: map[string]any{"status": string(r.Status)}, After: map[string]any{"status": string(StatusCancelled)},
		})
	})
	if err != nil {
		return RunView{}, err
	}
	r, err := s.store.run(ctx, id)
	if err != nil {
		return RunView{}, err
	}
	return s.named(ctx, s.runView(r))
}

// RunFilter narrows a list of runs; a field at zero does not.
type RunFilter struct {
	Dimension string // code
	Scheme    string // code
	Status    Status
}

// Runs lists runs below an id (0 = from the newest), newest first.
func (s *Service) Runs(ctx context.Context, f RunFilter, below int64, n int) ([]RunView, error) {
	if below <= 0 {
		below = 1 << 53
	}
	rows, err := s.store.runs(ctx, f, below, n)
	if err != nil {
		return nil, err
	}
	return s.runViews(ctx, rows)
}

// runViews are runs with who made them.
func (s *Service) runViews(ctx context.Context, rows []*runRow) ([]RunView, error) {
	out := make([]RunView, len(rows))
	made := make([]auth.Author, len(rows))
	for i, r := range rows {
		out[i] = s.runView(r)
		made[i] = auth.By(r.CreatedBy, &out[i].CreatedName)
	}
	return out, s.Names.Sign(ctx, made...)
}

// Run reads a run with what it found. Error: tier.no_such_run.
func (s *Service) Run(ctx context.Context, id int64) (RunDetail, error) {
	r, err := s.store.run(ctx, id)
	if err != nil {
		return RunDetail{}, err
	}
	out := RunDetail{RunView: s.runView(r)}
	if err := s.Names.Sign(ctx, auth.By(r.CreatedBy, &out.CreatedName)); err != nil {
		return out, err
	}
	if r.Status == StatusFinished {
		st, err := r.found()
		if err != nil {
			return out, err
		}
		out.Summary, out.Moves = st.Summary, st.Moves
		if out.Decided, err = s.decided(ctx, r); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (s *Service) runView(r *runRow) RunView {
	v := RunView{
		ID: r.ID, Scheme: r.SchemeCode, SchemeName: r.SchemeName, SchemeVersion: r.Version, Dimension: r.Dimension, AsOf: r.AsOf, Status: r.Status,
		Customers: r.Customers, ErrorCode: r.ErrorCode, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt,
		StartedAt: r.StartedAt, FinishedAt: r.FinishedAt,
	}
	if r.JobID != 0 {
		v.JobID = &r.JobID
	}
	if r.PreviousID != 0 {
		v.PreviousRunID = &r.PreviousID
	}
	return v
}
