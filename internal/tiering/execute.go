package tiering

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/db"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

const (
	// writeChunk is how many assignments one transaction carries: some tenths
	// of a second on the writer, so that pages go on saving.
	writeChunk = 50_000
	// looks is how often a run asks whether it was cancelled.
	looks = time.Second
)

// errEnded stops a run that was ended by somebody.
var errEnded = errs.New(errs.Canceled, "tier.run_cancelled")

// runJob makes a run in the background. It is started again after a crash and
// then begins anew: what the dead process wrote is removed first.
func (s *Service) runJob(ctx context.Context, j jobs.Job[RunArgs]) error {
	row, err := s.store.run(ctx, j.Args.RunID)
	if err != nil {
		return err
	}
	err = s.execute(ctx, row)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errEnded):
		return s.clear(context.WithoutCancel(ctx), row.ID)
	case errors.Is(context.Cause(ctx), jobs.ErrStopping), errors.Is(context.Cause(ctx), jobs.ErrLeaseLost):
		return err // goes on elsewhere or after the restart
	case errors.Is(context.Cause(ctx), jobs.ErrCancelled):
		err = errs.Wrap(err, errs.Canceled, "tier.run_cancelled")
	case j.Attempt < runAttempts && !permanent(err):
		return err
	}
	s.abandon(context.WithoutCancel(ctx), row.ID, err)
	return err
}

func permanent(err error) bool {
	switch errs.KindOf(err) {
	case errs.Invalid, errs.Forbidden, errs.NotFound, errs.Conflict, errs.TooLarge:
		return true
	}
	return false
}

// execution is one run while it is made.
type execution struct {
	s      *Service
	row    *runRow
	looked time.Time
}

// execute makes a run: reads the facts, grades, writes, sums up.
func (s *Service) execute(ctx context.Context, row *runRow) error {
	if row.Status == StatusFinished {
		return nil
	}
	e := &execution{s: s, row: row}
	if err := s.DB.InTx(ctx, func(ctx context.Context) error {
		now := s.now()
		ok, err := s.store.claim(ctx, row.ID, now, now+leaseFor.Milliseconds())
		if err == nil && !ok {
			err = errEnded
		}
		return err
	}); err != nil {
		return err
	}
	if err := s.clear(ctx, row.ID); err != nil {
		return err
	}
	sch, err := s.schemeByID(ctx, row.SchemeID)
	if err != nil {
		return err
	}
	before, beforeScheme, err := s.before(ctx, row)
	if err != nil {
		return err
	}
	f, err := s.store.loadFacts(ctx, factsQuery{
		asOf: row.AsOf, window: sch.WindowDays, measure: sch.Measure, need: sch.needs(),
		asOfEnd: clock.Millis(row.AsOf.End(s.Zone())), previous: before.ID,
	}, func(done, total int64) error {
		// Reading is the first half of the bar, writing the second.
		jobs.Report(ctx, done/2, total, "customers", "tier.step.read")
		return e.look(ctx)
	})
	if err != nil {
		return err
	}
	jobs.Report(ctx, int64(f.Len()/2), int64(f.Len()), "customers", "tier.step.grade")
	if err := s.findPeople(ctx, sch.Scheme, f.Facts); err != nil {
		return err
	}
	g := sch.Grade(f.Facts)
	c := compare(sch.Scheme, g, f, beforeScheme, before.ID, before.AsOf)
	return e.write(ctx, sch, f, g, c, before.ID)
}

// before finds the run to compare with: of a scheme in use the one whose levels
// are in force, of another its newest; an empty row and no scheme where there is
// none.
func (s *Service) before(ctx context.Context, row *runRow) (*runRow, *Scheme, error) {
	d, err := s.store.dimension(ctx, row.Dimension)
	if err != nil {
		return nil, nil, err
	}
	var r *runRow
	if d.Scheme == row.SchemeCode {
		var id int64
		if id, err = s.store.runInForce(ctx, d.Code, s.now()); err == nil {
			r, err = s.store.run(ctx, id)
		}
	} else {
		r, err = s.store.currentRun(ctx, row.SchemeCode, row.ID)
	}
	if errs.Is(err, "tier.no_such_run") {
		return &runRow{}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	sch, err := s.schemeByID(ctx, r.SchemeID)
	if err != nil {
		return nil, nil, err
	}
	return r, sch.Scheme, nil
}

// write stores assignments and lists while the summary is made, and then shows
// the run.
func (e *execution) write(ctx context.Context, sch *schemeRow, f *loaded, g *Grades, c compared, previous int64) error {
	var (
		sum    *Summary
		listed map[listKey][]int64
	)
	group, gctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		order := f.bySpend()
		sum = summarise(sch.Scheme, f, g, order)
		listed = lists(g, f, c, order)
		return nil
	})
	group.Go(func() error { return e.writeAssignments(gctx, sch.Scheme, f, g, c) })
	if err := group.Wait(); err != nil {
		return err
	}
	if err := e.writeLists(ctx, listed); err != nil {
		return err
	}
	sum.Version, sum.ComputedAt = sch.Version, e.s.now()
	body, err := json.Marshal(stored{sum, c.moves})
	if err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	return e.s.DB.InTx(ctx, func(ctx context.Context) error {
		ok, err := e.s.store.finish(ctx, e.row.ID, int64(f.Len()), string(body), previous, e.s.now())
		if err != nil {
			return err
		}
		if !ok {
			return errEnded
		}
		if err := e.s.finishedOf(ctx, e.row); err != nil || e.s.Events == nil {
			return err
		}
		return e.s.Events.Publish(ctx, RunFinished{
			RunID: e.row.ID, SchemeCode: e.row.SchemeCode, AsOf: e.row.AsOf.String(), Customers: int64(f.Len()), PreviousRunID: previous,
		})
	})
}

// writeAssignments writes in the order of customers; on PostgreSQL two
// transactions at a time.
func (e *execution) writeAssignments(ctx context.Context, sch *Scheme, f *loaded, g *Grades, c compared) error {
	n := f.Len()
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(1)
	if e.s.DB.Engine() == db.Postgres {
		group.SetLimit(2)
	}
	for from := 0; from < n; from += writeChunk {
		if err := e.look(ctx); err != nil {
			_ = group.Wait()
			return err
		}
		jobs.Report(ctx, int64(n/2+from/2), int64(n), "customers", "tier.step.write")
		group.Go(func() error {
			return e.s.DB.InTx(gctx, func(ctx context.Context) error {
				return e.s.store.insertAssignments(ctx, e.row.ID, sch, f, g, c, from, min(n, from+writeChunk))
			})
		})
		if gctx.Err() != nil {
			break
		}
	}
	return group.Wait()
}

func (e *execution) writeLists(ctx context.Context, listed map[listKey][]int64) error {
	keys := slices.SortedFunc(maps.Keys(listed), func(a, b listKey) int {
		return (int(a.level)-int(b.level))*100 + int(a.move) - int(b.move)
	})
	for _, k := range keys {
		if err := e.s.DB.InTx(ctx, func(ctx context.Context) error {
			return e.s.store.insertList(ctx, e.row.ID, k, listed[k])
		}); err != nil {
			return err
		}
	}
	return nil
}

// look asks now and then whether the run was ended, and says that its process
// lives.
func (e *execution) look(ctx context.Context) error {
	now := e.s.Clock.Now()
	if now.Sub(e.looked) < looks {
		return nil
	}
	e.looked = now
	return e.s.DB.InTx(ctx, func(ctx context.Context) error {
		ok, err := e.s.store.renew(ctx, e.row.ID, e.s.now()+leaseFor.Milliseconds())
		if err == nil && !ok {
			err = errEnded
		}
		return err
	})
}
