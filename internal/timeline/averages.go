package timeline

import (
	"context"
	"time"

	"zhike/internal/customer"
	"zhike/internal/platform/jobs"
)

// AverageArgs are those of the job that computes what portraits are compared
// with.
type AverageArgs struct{}

// Kind names the job.
func (AverageArgs) Kind() string { return "portrait.averages" }

type sweepArgs struct{}

// Kind names the job.
func (sweepArgs) Kind() string { return "note.sweep" }

// Register adds the jobs: the averages each night after the figures have
// moved, the sweep of files after them.
func (s *Service) Register(r *jobs.Registry) {
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[AverageArgs]) error { return s.RefreshAverages(ctx) },
		jobs.Unique(), jobs.Timeout(15*time.Minute))
	r.Every("portrait.averages.daily", jobs.Daily(0, 50, s.Zone), func() jobs.Args { return AverageArgs{} })
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[sweepArgs]) error { return s.sweep(ctx) }, jobs.Unique())
	r.Every("note.sweep", jobs.Daily(3, 20, s.Zone), func() jobs.Args { return sweepArgs{} })
}

// Wake asks for the averages in the background; several wishes become one job.
// It joins the transaction of ctx.
func (s *Service) Wake(ctx context.Context) error {
	_, err := s.Jobs.Enqueue(ctx, AverageArgs{}, jobs.EnqueueOpts{})
	return err
}

// RefreshAverages computes what portraits are compared with: buyers of the
// whole company, and of each level of the run that pages show.
func (s *Service) RefreshAverages(ctx context.Context) error {
	run, err := s.Graded.CurrentRun(ctx, customer.ValueDimension)
	if err != nil {
		return err
	}
	id := int64(0)
	if run != nil {
		id = run.RunID
	}
	asOf, err := s.Customers.Today(ctx)
	if err != nil {
		return err
	}
	var rows []averageRow
	err = s.DB.InReadTx(ctx, func(ctx context.Context) (err error) {
		rows, err = s.st.computeAverages(ctx, id)
		return err
	})
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].asOf, rows[i].computedAt = asOf, s.now()
	}
	return s.DB.InTx(ctx, func(ctx context.Context) error { return s.st.saveAverages(ctx, rows) })
}

// averagesFor gives the company's average and that of the customer's level, as
// far as they were computed.
func (s *Service) averagesFor(ctx context.Context, customerID int64) ([]Average, error) {
	run, err := s.Graded.CurrentRun(ctx, customer.ValueDimension)
	if err != nil {
		return nil, err
	}
	runID, level := int64(-1), int64(-1)
	if run != nil && run.RunID != 0 {
		no, ok, err := s.st.levelOf(ctx, run.RunID, customerID)
		if err != nil {
			return nil, err
		}
		if ok {
			runID, level = run.RunID, no
		}
	}
	rows, err := s.st.averages(ctx, runID, level)
	if err != nil {
		return nil, err
	}
	out := []Average{}
	for i := range rows {
		r := &rows[i]
		a := Average{Scope: "company", AsOf: r.asOf, ComputedAt: r.computedAt, Customers: r.customers, Buyers: r.buyers}
		if r.run != 0 {
			l, ok := run.Levels[r.level]
			if !ok {
				continue
			}
			a.Scope, a.Level = "level", &l
		}
		if r.buyers > 0 {
			a.NetFen, a.AOVFen = customer.Ratio(r.net, r.buyers), customer.Ratio(r.net, max(r.orders, 1))
			a.Orders, a.Months = float64(r.orders)/float64(r.buyers), float64(r.months)/float64(r.buyers)
		}
		out = append(out, a)
	}
	return out, nil
}
