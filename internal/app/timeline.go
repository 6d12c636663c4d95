package app

import (
	"context"

	"zhike/internal/importer"
	"zhike/internal/platform/clock"
	"zhike/internal/platform/events"
	"zhike/internal/tiering"
	"zhike/internal/timeline"
)

// history makes the service of timelines, notes and portraits, which stands on
// customers, orders and grading.
func (a *App) history(zone clock.Zone) {
	a.Timeline = timeline.NewService(timeline.Deps{
		DB: a.DB, Clock: a.Clock, Zone: zone, Vault: a.Vault, Audit: a.Audit, Events: a.Events, Jobs: a.Jobs,
		Customers: a.Customer, Orders: a.Orders, Levels: a.Tiering, Graded: a.Tiering.Levels(), Texts: texts{}, Log: a.Log,
		Files: a.Config.FilesDir(), MaxFile: a.Config.AttachmentMaxBytes,
	})
	a.Timeline.Add(passages{a})
	a.Timeline.Register(a.Jobs.Registry())
	a.Customer.OnDelete("timeline", a.Timeline.Forget)
	// What portraits are compared with moves with the facts and with the levels.
	events.Subscribe(a.Events, "portrait.import_finished", func(ctx context.Context, _ events.Delivery[importer.Finished]) error {
		return a.Timeline.Wake(ctx)
	})
	events.Subscribe(a.Events, "portrait.levels_published", func(ctx context.Context, d events.Delivery[tiering.LevelsPublished]) error {
		if d.Event.Dimension != tiering.DimensionValue { // portraits know no other
			return nil
		}
		return a.Timeline.Wake(ctx)
	})
}
