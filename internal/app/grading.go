package app

import (
	"context"

	"zhike/internal/customer"
	"zhike/internal/insight"
	"zhike/internal/platform/web"
	"zhike/internal/tiering"
)

// gradedPeople asks rules of audiences for schemes; customers come after the grading.
type gradedPeople struct{ a *App }

// Find is customer.Service.Find.
func (g gradedPeople) Find(ctx context.Context, w customer.Who) (customer.Found, error) {
	return g.a.Customer.Find(ctx, w)
}

// Check is customer.Service.Check.
func (g gradedPeople) Check(ctx context.Context, w customer.Who) error {
	return g.a.Customer.Check(ctx, w)
}

// grading tells the first page about the grading.
type grading struct{ t *tiering.Service }

// Overview gives the levels of value that are in force and the newest run of any
// scheme; nil where there is none.
func (g grading) Overview(ctx context.Context) (*insight.LevelsOverview, *insight.LastRun, error) {
	schemes, err := g.t.Schemes(ctx)
	if err != nil {
		return nil, nil, err
	}
	var newest *tiering.RunView
	for i := range schemes {
		if run := schemes[i].LastRun; run != nil && (newest == nil || run.FinishedAt > newest.FinishedAt) {
			newest = run
		}
	}
	if newest == nil {
		return nil, nil, nil
	}
	last, err := g.last(ctx, newest)
	if err != nil {
		return nil, nil, err
	}
	shown, err := g.t.Levels().CurrentRun(ctx, tiering.DimensionValue)
	if err != nil || shown == nil {
		return nil, last, err
	}
	levels, err := g.levels(ctx, shown.RunID)
	return levels, last, err
}

func (g grading) levels(ctx context.Context, run int64) (*insight.LevelsOverview, error) {
	d, err := g.t.Run(ctx, run)
	if err != nil {
		return nil, err
	}
	d = d.Localized(web.Locale(ctx))
	o := &insight.LevelsOverview{SchemeCode: d.Scheme, SchemeName: d.SchemeName, AsOfDay: d.AsOf, Items: []insight.OverviewLevel{}}
	if d.Summary == nil {
		return o, nil
	}
	for i, l := range d.Summary.Levels {
		o.Items = append(o.Items, insight.OverviewLevel{Code: l.Code, Name: l.Name, Rank: i, Customers: l.Customers, Revenue: l.RevenueFen})
	}
	return o, nil
}

func (g grading) last(ctx context.Context, run *tiering.RunView) (*insight.LastRun, error) {
	d, err := g.t.Run(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	l := &insight.LastRun{
		ID: run.ID, SchemeCode: run.Scheme, SchemeName: run.Localized(web.Locale(ctx)).SchemeName, AsOfDay: run.AsOf,
		FinishedAt: run.FinishedAt, Customers: run.Customers,
	}
	if d.Moves != nil {
		l.MovedUp, l.MovedDown = d.Moves.Up, d.Moves.Down
	}
	return l, nil
}
