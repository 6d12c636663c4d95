package app

import (
	"context"

	"zhike/internal/audience"
	"zhike/internal/platform/clock"
	"zhike/internal/rule"
)

// rules gives conditions the streams of facts and the audiences.
type rules struct{ a *App }

// Streams are the facts that can be asked for.
func (r rules) Streams() *rule.Streams { return &r.a.Streams }

// Audience is audience.Service.Audience.
func (r rules) Audience(ctx context.Context, id int64) (*rule.Audience, error) {
	return r.a.Audiences.Audience(ctx, id)
}

// audiences makes the service of audiences.
func (a *App) audiences(zone clock.Zone) {
	a.Audiences = audience.NewService(audience.Deps{
		DB: a.DB, Clock: a.Clock, Vault: a.Vault, Audit: a.Audit, Jobs: a.Jobs, Events: a.Events, Customers: a.Customer,
		Columns: a.Columns, Streams: &a.Streams, Texts: texts{}, Zone: zone, Log: a.Log, Names: a.Org.Names, Actor: a.Org.ActorOf,
	})
	a.follower(zone)
}
