package app

import (
	"context"

	"zhike/internal/forecast"
	"zhike/internal/platform/clock"
	"zhike/internal/tiering"
)

// forecast makes the service of the company's own models.
func (a *App) forecast(zone clock.Zone) {
	a.Forecast = forecast.NewService(forecast.Deps{
		DB: a.DB, Clock: a.Clock, Zone: zone, Audit: a.Audit, Jobs: a.Jobs, Log: a.Log,
		Orders: a.gradedOrders(), Fields: a.Fields, Customers: a.Customer, JobAlive: a.Jobs.Alive, Names: a.Org.Names,
	})
}

// models tells grading of the company's models, which come after it.
type models struct{ a *App }

// Forecasts is forecast.Service.Forecasts.
func (m models) Forecasts(ctx context.Context, q tiering.ForecastQuery) (*tiering.Forecasts, error) {
	return m.a.Forecast.Forecasts(ctx, q)
}

// Ready is forecast.Service.Ready.
func (m models) Ready(ctx context.Context, purchases, churn bool) error {
	return m.a.Forecast.Ready(ctx, purchases, churn)
}

// pastModels tells rules what models say as of past days; package forecast comes
// after the customers.
type pastModels struct{ a *App }

// PastFigures is forecast.Service.PastFigures.
func (m pastModels) PastFigures(ctx context.Context, day clock.Day, wait bool) (int64, error) {
	return m.a.Forecast.PastFigures(ctx, day, wait)
}
