package app

import (
	"context"

	"zhike/internal/affinity"
	"zhike/internal/importer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/events"
)

// affinity makes the service of what similar customers bought.
func (a *App) affinity(zone clock.Zone) {
	a.Affinity = affinity.NewService(affinity.Deps{
		DB: a.DB, Clock: a.Clock, Zone: zone, Audit: a.Audit, Jobs: a.Jobs, Log: a.Log, Customers: a.Customer,
	})
	events.Subscribe(a.Events, "affinity.import_finished", func(ctx context.Context, _ events.Delivery[importer.Finished]) error {
		return a.Affinity.Wake(ctx)
	})
}
