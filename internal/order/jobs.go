package order

import (
	"context"

	"zhike/internal/platform/clock"
	"zhike/internal/platform/jobs"
)

// RefreshArgs brings the figures per customer to the present day.
type RefreshArgs struct{}

// Kind names the job.
func (RefreshArgs) Kind() string { return "order.refresh_metrics" }

// RegisterJobs registers the job that moves the windows of the figures each
// night at ten past twelve company time, so that an order leaves "the last 30
// days" on the right morning. It goes on where a killed run stopped.
func RegisterJobs(r *jobs.Registry, f *Refresher, clk clock.Clock, zone clock.Zone) {
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[RefreshArgs]) error {
		return f.Refresh(ctx, zone.Today(clk), func(done, total int64) {
			jobs.Report(ctx, done, total, "customers", "")
		})
	}, jobs.Unique(), jobs.Timeout(0))
	r.Every("order.refresh_metrics", jobs.Daily(0, 10, zone), func() jobs.Args { return RefreshArgs{} })
}
