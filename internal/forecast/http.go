package forecast

import (
	"context"
	"net/http"

	"zhike/internal/customer"
	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
	"zhike/internal/tiering"
)

// KindPath names a kind. (An embedded struct must be exported to be bound.)
type KindPath struct {
	Kind Kind `path:"kind" maxLength:"20" enum:"purchases,churn"`
}

// ModelPath names a model.
type ModelPath struct {
	ID int64 `path:"id" minimum:"1"`
}

type modelsInput struct {
	KindPath
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"Entries a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before"`
}

type forecastSettingsInput struct {
	KindPath
	Body struct {
		Settings Settings `json:"settings"`
		Version  int      `json:"version" minimum:"0" doc:"settings_version that the change was made on"`
	}
}

type ofCustomer struct {
	ID int64 `path:"id" minimum:"1"`
}

// Routes registers the endpoints. Models belong to grading: who may see schemes
// sees them, who may change schemes fits them and decides which is in use.
func (s *Service) Routes(api *web.API) {
	route := func(method, path, id, summary string, p auth.Permission) web.Route {
		return web.Route{Method: method, Path: path, ID: id, Summary: summary, Tag: "forecast", Permission: p}
	}
	web.Register(api, route("GET", "/forecast/kinds", "listForecastKinds", "The company's models: which is in use, when the next fit is due", tiering.PermView),
		func(ctx context.Context, _ *struct{}) (web.List[State], error) {
			list, err := s.States(ctx)
			return web.NewList(list), err
		})
	web.Register(api, route("PUT", "/forecast/kinds/{kind}/settings", "saveForecastSettings", "Say how a model is fitted and when", tiering.PermScheme),
		func(ctx context.Context, in *forecastSettingsInput) (State, error) {
			return s.SaveSettings(ctx, in.Kind, in.Body.Settings, in.Body.Version)
		})
	web.Register(api, route("GET", "/forecast/kinds/{kind}/models", "listForecastModels", "Fits of a kind, newest first", tiering.PermView),
		func(ctx context.Context, in *modelsInput) (web.Page[Model], error) {
			below := 0
			if err := web.DecodeCursor(in.Cursor, &below); err != nil {
				return web.Page[Model]{}, err
			}
			list, err := s.Versions(ctx, in.Kind, below, in.Limit+1)
			next := ""
			if len(list) > in.Limit {
				list = list[:in.Limit]
				next = web.EncodeCursor(list[in.Limit-1].Version)
			}
			return web.NewPage(list, next, nil), err
		})
	fit := route("POST", "/forecast/kinds/{kind}/fit", "fitForecastModel", "Fit a model anew", tiering.PermScheme)
	fit.Status = http.StatusAccepted
	web.Register(api, fit, func(ctx context.Context, in *KindPath) (Model, error) { return s.Start(ctx, in.Kind) })
	web.Register(api, route("GET", "/forecast/models/{id}", "getForecastModel", "A model with parameters in words and what it is worth", tiering.PermView),
		func(ctx context.Context, in *ModelPath) (Detail, error) { return s.Detail(ctx, in.ID) })
	web.Register(api, route("POST", "/forecast/models/{id}/cancel", "cancelForecastModel", "End a fit that waits or runs", tiering.PermScheme),
		func(ctx context.Context, in *ModelPath) (Model, error) { return s.Cancel(ctx, in.ID) })
	web.Register(api, route("POST", "/forecast/models/{id}/use", "useForecastModel", "Put a held or a former model in use", tiering.PermScheme),
		func(ctx context.Context, in *ModelPath) (Model, error) { return s.Use(ctx, in.ID) })
	web.Register(api, route("POST", "/forecast/models/{id}/discard", "discardForecastModel", "Discard a held model", tiering.PermScheme),
		func(ctx context.Context, in *ModelPath) (Model, error) { return s.Discard(ctx, in.ID) })
	web.Register(api, route("GET", "/customers/{id}/forecast", "getCustomerForecast", "When the next order is expected, and how sure that is", customer.PermView),
		func(ctx context.Context, in *ofCustomer) (Next, error) { return s.Next(ctx, in.ID) })
}
