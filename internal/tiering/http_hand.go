package tiering

import (
	"context"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
)

type handInput struct {
	DimensionPath
	Body HandInput
}

type customerPath struct {
	ID int64 `path:"id" minimum:"1"`
}

type handOnlyInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		On     bool   `json:"on"`
		Reason string `json:"reason,omitempty" maxLength:"1000" doc:"Needed to switch it on"`
	}
}

func (s *Service) handRoutes(api *web.API) {
	route := func(method, path, id, summary string, p auth.Permission) web.Route {
		return web.Route{Method: method, Path: path, ID: id, Summary: summary, Tag: "review", Permission: p}
	}
	web.Register(api, route("POST", "/tiering/dimensions/{code}/hand", "gradeByHand", "Give a customer another level, with a reason", PermHand),
		func(ctx context.Context, in *handInput) (Decision, error) {
			return s.GradeByHand(ctx, in.Code, in.Body)
		})
	web.Register(api, ofCustomers(route("GET", "/customers/{id}/levels", "listCustomerLevels", "How the levels of a customer changed, by runs and by people", PermView)),
		func(ctx context.Context, in *customerPath) (web.List[LevelStep], error) {
			if err := Shown(ctx); err != nil {
				return web.NewList[LevelStep](nil), err
			}
			list, err := s.LevelHistory(ctx, in.ID, 100)
			return web.NewList(list), err
		})
	web.Register(api, ofCustomers(route("GET", "/customers/{id}/hand-only", "getHandOnly", "Whether only people decide about a customer", PermView)),
		func(ctx context.Context, in *customerPath) (HandOnly, error) { return s.HandOnlyOf(ctx, in.ID) })
	web.Register(api, route("PUT", "/customers/{id}/hand-only", "setHandOnly", "Have only people decide about a customer, or programs again", PermHand),
		func(ctx context.Context, in *handOnlyInput) (HandOnly, error) {
			return s.SetHandOnly(ctx, in.ID, in.Body.On, in.Body.Reason)
		})
}
