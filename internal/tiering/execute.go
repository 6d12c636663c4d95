package tiering

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/errs"
	"zhike/internal/platform/jobs"
)

// looks is how often runs ask whether they were cancelled.
const looks = time.Second

// errEnded stops a run that was ended by somebody.
var errEnded = errs.New(errs.Canceled, "tier.run_cancelled")

// runJob makes runs in the background. It is started again after a crash and
// then begins those anew that are not finished: what the dead process wrote is
// removed first.
func (s *Service) runJob(ctx context.Context, j jobs.Job[RunArgs]) error {
	var rows []*runRow
	for _, id := range append([]int64{j.Args.RunID}, j.Args.With...) {
		row, err := s.store.run(ctx, id)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	var first error
	for i, err := range s.execute(ctx, rows) {
		first = cmp.Or(first, s.jobEnds(ctx, j.Attempt, rows[i].ID, err))
	}
	return first
}

// jobEnds looks after a run that a job has worked on; an error has the job tried
// again.
func (s *Service) jobEnds(ctx context.Context, attempt int, run int64, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errEnded):
		return s.clear(context.WithoutCancel(ctx), run)
	case errors.Is(context.Cause(ctx), jobs.ErrStopping), errors.Is(context.Cause(ctx), jobs.ErrLeaseLost):
		return err // goes on elsewhere or after the restart
	case errors.Is(context.Cause(ctx), jobs.ErrCancelled):
		err = errs.Wrap(err, errs.Canceled, "tier.run_cancelled")
	case attempt < runAttempts && !jobs.Permanent(err):
		return err
	}
	s.abandon(context.WithoutCancel(ctx), run, err)
	return err
}

// execution is runs of one day while they are made together: those whose schemes
// look at the same window of the same money share the facts.
type execution struct {
	s      *Service
	runs   []*making
	looked time.Time
	steps  steps
}

// making is one of the runs. err is why it ended; the others go on.
type making struct {
	row    *runRow
	sch    *schemeRow
	before *runRow // the run to compare with; its id is 0 where there is none
	was    *Scheme // the scheme of that run
	f      *loaded
	g      *Grades
	c      compared
	err    error
}

// execute makes runs of one day: reads the facts, grades, and then writes one run
// after the other. The errors are those of the runs, in their order.
func (s *Service) execute(ctx context.Context, rows []*runRow) []error {
	e := &execution{s: s}
	for _, row := range rows {
		e.runs = append(e.runs, &making{row: row})
	}
	for _, m := range e.runs {
		if m.row.Status != StatusFinished {
			m.err = e.begin(ctx, m)
		}
	}
	e.steps.note(s, "begin")
	if err := e.read(ctx); err != nil {
		e.fail(err)
	}
	e.gradeAll(ctx)
	e.steps.note(s, "grade")
	for i, m := range e.open() {
		if m.err == nil { // else ended meanwhile
			m.err = e.write(ctx, m, i)
		}
		m.f, m.g, m.c = nil, nil, compared{} // the memory is wanted for the next
	}
	e.steps.note(s, "write")
	e.steps.log(ctx, s.Log, e.runs)
	out := make([]error, len(rows))
	for i, m := range e.runs {
		out[i] = m.err
	}
	return out
}

// open are the runs that are still to be made.
func (e *execution) open() (out []*making) {
	for _, m := range e.runs {
		if m.err == nil && m.row.Status != StatusFinished {
			out = append(out, m)
		}
	}
	return out
}

func (e *execution) fail(err error) {
	for _, m := range e.open() {
		m.err = err
	}
}

// begin takes a run over.
func (e *execution) begin(ctx context.Context, m *making) error {
	s, row := e.s, m.row
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
	var err error
	if m.sch, err = s.schemeByID(ctx, row.SchemeID); err == nil {
		m.before, m.was, err = s.before(ctx, row)
	}
	return err
}

// read brings the facts of all runs.
func (e *execution) read(ctx context.Context) error {
	type shared struct {
		days    int
		measure Measure
	}
	var keys []shared
	groups := map[shared][]*making{}
	for _, m := range e.open() {
		k := shared{m.sch.WindowDays, m.sch.Measure}
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], m)
	}
	for n, k := range keys {
		q := factsQuery{window: k.days, measure: k.measure}
		for _, m := range groups[k] {
			q.asOf, q.asOfEnd = m.row.AsOf, clock.Millis(m.row.AsOf.End(e.s.Zone()))
			q.previous = append(q.previous, m.before.ID)
			q.need = q.need.and(m.sch.needs())
		}
		f, err := e.s.store.loadFacts(ctx, q, func(done, total int64) error {
			// Reading is the first half of the bar, writing the second.
			jobs.Report(ctx, (int64(n)*total+done)/int64(2*len(keys)), total, "customers", "tier.step.read")
			return e.look(ctx)
		})
		if err != nil {
			return err
		}
		for i, m := range groups[k] {
			m.f = f.forRun()
			m.f.before = f.before[i : i+1]
		}
	}
	e.steps.note(e.s, "read")
	return nil
}

// gradeAll grades all runs, as many at a time as there are processors.
func (e *execution) gradeAll(ctx context.Context) {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, m := range e.open() {
		jobs.Report(ctx, int64(m.f.Len()/2), int64(m.f.Len()), "customers", "tier.step.grade")
		group.Go(func() error {
			m.err = e.grade(ctx, m)
			return nil
		})
	}
	_ = group.Wait()
}

func (e *execution) grade(ctx context.Context, m *making) error {
	if err := e.s.complete(ctx, m.sch.Scheme, m.f.Facts); err != nil {
		return err
	}
	m.g = m.sch.Grade(m.f.Facts)
	m.c = compare(m.sch.Scheme, m.g, m.f.before[0], m.was, m.before.ID, m.before.AsOf)
	return ctx.Err()
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

// look asks now and then whether runs were ended, and says that their process
// lives. The error is that of the end of all of them.
func (e *execution) look(ctx context.Context) error {
	now := e.s.Clock.Now()
	if now.Sub(e.looked) < looks {
		return nil
	}
	e.looked = now
	err := e.s.DB.InTx(ctx, func(ctx context.Context) error {
		for _, m := range e.open() {
			ok, err := e.s.store.renew(ctx, m.row.ID, e.s.now()+leaseFor.Milliseconds())
			if err != nil {
				return err
			}
			if !ok {
				m.err = errEnded
			}
		}
		return nil
	})
	if err == nil && len(e.open()) == 0 {
		err = errEnded
	}
	return err
}

// steps are what the steps of an execution took, for the log.
type steps struct {
	last  time.Time
	attrs []any
}

func (t *steps) note(s *Service, step string) {
	now := s.Clock.Now()
	if !t.last.IsZero() {
		t.attrs = append(t.attrs, slog.Int64(step+"_ms", now.Sub(t.last).Milliseconds()))
	}
	t.last = now
}

func (t *steps) log(ctx context.Context, l *slog.Logger, runs []*making) {
	ids := make([]int64, len(runs))
	for i, m := range runs {
		ids[i] = m.row.ID
	}
	l.InfoContext(ctx, "customers were graded", append([]any{slog.Any("runs", ids)}, t.attrs...)...)
}
