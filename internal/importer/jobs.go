package importer

import (
	"context"
	"errors"
	"time"

	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// RunArgs is the job that works an import.
type RunArgs struct {
	ImportID int64 `json:"import_id"`
}

// Kind names the job.
func (RunArgs) Kind() string { return "import.run" }

type expireArgs struct{}

// Kind names the job.
func (expireArgs) Kind() string { return "import.expire_uploads" }

// busyPause is how long a job waits for another import into its source.
const busyPause = 2 * time.Second

// Register adds the jobs of imports. Imports have workers of their own, so
// that a long one holds nothing else up; two into one source wait for each other.
func (s *Service) Register(r *jobs.Registry) {
	jobs.Handle(r, s.runJob, jobs.Queue("imports", 2), jobs.Timeout(0), jobs.MaxAttempts(20))
	jobs.Handle(r, s.tidy, jobs.Unique())
	r.Every("import.expire_uploads", jobs.Interval(6*time.Hour), func() jobs.Args { return expireArgs{} })
}

// phaseUnits say what the progress of a phase counts.
var phaseUnits = map[Phase]string{
	PhaseHash: "bytes", PhaseCheck: "bytes", PhaseRows: "rows", PhaseHeld: "rows", PhaseFigures: "customers", PhaseAlike: "customers",
}

// tidy removes old uploads, and brings indexes back that an import took away
// which is not at work any more.
func (s *Service) tidy(ctx context.Context, _ jobs.Job[expireArgs]) error {
	live, err := s.st.live(ctx, s.now())
	if err != nil {
		return err
	}
	if !live {
		if err := s.Recover(ctx); err != nil {
			return err
		}
	}
	return s.expireUploads(ctx)
}

func (s *Service) runJob(ctx context.Context, j jobs.Job[RunArgs]) error {
	// i18n-keys: import.phase.*
	report := func(phase Phase, done, total int64) {
		jobs.Report(ctx, done, total, phaseUnits[phase], "import.phase."+string(phase))
	}
	for {
		err := s.attempt(ctx, j.Args.ImportID, report)
		switch {
		case err == nil || errs.Is(err, "import.over"):
			return nil
		case errors.Is(context.Cause(ctx), jobs.ErrCancelled):
			return errors.Join(err, s.abandon(context.WithoutCancel(ctx), j.Args.ImportID))
		case errs.Is(err, "import.source_busy"):
			report(PhaseCheck, 0, 0)
			select {
			case <-time.After(busyPause):
				continue
			case <-ctx.Done():
			}
		}
		return err
	}
}

// attempt works an import whose file was uploaded.
func (s *Service) attempt(ctx context.Context, id int64, progress Progress) error {
	rec, err := s.st.byID(ctx, id)
	if err != nil {
		return err
	}
	if rec.Status.Over() {
		return nil
	}
	uid, ok := uploadID(rec.FileRef)
	if !ok {
		return errs.New(errs.Conflict, "import.not_uploaded", "id", id)
	}
	u, err := s.st.upload(ctx, uid)
	if err != nil {
		return s.giveUp(ctx, rec, err)
	}
	src, err := s.uploadSource(u)
	if err != nil {
		return s.giveUp(ctx, rec, err)
	}
	return s.execute(ctx, rec, src, progress)
}

// giveUp ends an import whose file is not there.
func (s *Service) giveUp(ctx context.Context, rec *Record, cause error) error {
	if k := errs.KindOf(cause); k == errs.Unavailable || k == errs.Canceled {
		return cause
	}
	if err := s.acquire(ctx, rec); err != nil {
		return err
	}
	if err := s.close(ctx, rec, StatusFailed, cause, func(Phase, int64, int64) {}); err != nil {
		return err
	}
	return cause
}

// abandon ends an import that is to be cancelled and that nobody works on.
func (s *Service) abandon(ctx context.Context, id int64) error {
	err := s.db.InTx(ctx, func(ctx context.Context) error {
		_, err := s.st.requestCancel(ctx, id, s.now())
		return err
	})
	if err != nil {
		return err
	}
	rec, err := s.st.byID(ctx, id)
	if err != nil || rec.Status != StatusCancelling {
		return err
	}
	if err := s.acquire(ctx, rec); err != nil {
		return err
	}
	return s.close(ctx, rec, StatusCancelled, nil, func(Phase, int64, int64) {})
}
