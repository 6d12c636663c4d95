package tiering

import (
	"context"
	"net/http"

	"zhike/internal/platform/auth"
	"zhike/internal/platform/web"
)

// DimensionPath names a dimension.
type DimensionPath struct {
	Code string `path:"code" maxLength:"40"`
}

type dimensionsInput struct {
	All bool `query:"all" doc:"Archived ones, too"`
}

type newDimension struct {
	Body struct {
		Code string `json:"code" maxLength:"40" doc:"Small letters, digits and hyphens; it never changes"`
		Name string `json:"name" maxLength:"60"`
	}
}

type changeDimension struct {
	DimensionPath
	Body DimensionPatch
}

func (s *Service) dimensionRoutes(api *web.API) {
	route := func(method, path, id, summary string, p auth.Permission) web.Route {
		return web.Route{Method: method, Path: path, ID: id, Summary: summary, Tag: "tiering", Permission: p}
	}
	web.Register(api, route("GET", "/tiering/dimensions", "listTierDimensions", "Dimensions in their order", PermView),
		func(ctx context.Context, in *dimensionsInput) (web.List[Dimension], error) {
			list, err := s.Dimensions(ctx, in.All)
			for i := range list {
				list[i] = list[i].Localized(web.Locale(ctx))
			}
			return web.NewList(list), err
		})
	create := route("POST", "/tiering/dimensions", "createTierDimension", "Add a dimension", PermScheme)
	create.Status = http.StatusCreated
	web.Register(api, create, func(ctx context.Context, in *newDimension) (Dimension, error) {
		return s.CreateDimension(ctx, in.Body.Code, in.Body.Name)
	})
	web.Register(api, route("PATCH", "/tiering/dimensions/{code}", "changeTierDimension",
		"Rename or archive a dimension, bring a scheme into use, or have a panel decide", PermScheme),
		func(ctx context.Context, in *changeDimension) (Dimension, error) {
			d, err := s.ChangeDimension(ctx, in.Code, in.Body)
			return d.Localized(web.Locale(ctx)), err
		})
}
