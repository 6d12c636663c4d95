package app

import (
	"context"
	"time"

	"zhike/internal/customer"
	"zhike/internal/duplicate"
	"zhike/internal/importer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/events"
	"zhike/internal/quality"
)

// clean makes the services that keep the base clean: duplicates and quality.
func (a *App) clean(zone clock.Zone) {
	a.Duplicates = duplicate.NewService(duplicate.Deps{
		DB: a.DB, Clock: a.Clock, Vault: a.Vault, Audit: a.Audit, Jobs: a.Jobs, Customers: a.Customer, Links: customerLinks(),
		Names: a.Org.Names, Log: a.Log,
		Refresh: func(ctx context.Context, ids []int64) error {
			day, err := a.Customer.Today(ctx)
			if err != nil {
				return err
			}
			return a.Metrics.RefreshMetrics(ctx, day, ids)
		},
	})
	a.Quality = quality.NewService(quality.Deps{
		DB: a.DB, Clock: a.Clock, Zone: zone, Vault: a.Vault, Audit: a.Audit, Jobs: a.Jobs, Customers: a.Customer, Log: a.Log,
	})
	a.Duplicates.Register(a.Jobs.Registry())
	a.Quality.Register(a.Jobs.Registry())
	a.Customer.OnDelete("duplicate", a.Duplicates.Forget)
	events.Subscribe(a.Events, "quality.customer_changed", func(ctx context.Context, d events.Delivery[customer.Changed]) error {
		return a.Quality.Changed(ctx, d.Event)
	})
	// An import that looked a customer up before its merge may have written to
	// it afterwards; a day covers the longest of them.
	events.Subscribe(a.Events, "duplicate.import_finished", func(ctx context.Context, d events.Delivery[importer.Finished]) error {
		return a.Duplicates.Follow(ctx, d.At-(24*time.Hour).Milliseconds())
	})
}

// lookalikes is the way from imports to duplicates, which are made later.
type lookalikes struct{ a *App }

// Newcomers is duplicate.Service.Newcomers.
func (l lookalikes) Newcomers(ctx context.Context, list []importer.Newcomer, progress func(done, total int64)) ([]importer.Alike, error) {
	return l.a.Duplicates.Newcomers(ctx, list, progress)
}

// Made is duplicate.Service.Made.
func (l lookalikes) Made(ctx context.Context, ids []int64, progress func(done, total int64)) error {
	return l.a.Duplicates.Made(ctx, ids, progress)
}

// issues gives the rules of quality to lists, which can be filtered by them.
func issues() []customer.Issue {
	out := make([]customer.Issue, len(quality.Rules))
	for i, r := range quality.Rules {
		out[i] = customer.Issue{Bit: int64(r.Bit), Code: r.Code, Fields: r.Fields()}
	}
	return out
}
