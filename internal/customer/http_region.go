package customer

import (
	"context"
	"net/http"

	"zhike/internal/platform/web"
	"zhike/internal/region"
)

// Division is a province, a city or a district, to be chosen from.
type Division struct {
	Code  string `json:"code" doc:"GB/T 2260"`
	Name  string `json:"name"`
	Under string `json:"under" doc:"Code of the division it belongs to; empty for a province"`
}

// Divisions gives the divisions of China, some 3,300, each after the one it
// belongs to.
func Divisions() []Division {
	var out []Division
	var walk func(under string)
	walk = func(under string) {
		for _, r := range region.Children(under) {
			out = append(out, Division{Code: r.Code, Name: r.Name, Under: under})
			walk(r.Code)
		}
	}
	walk("")
	return out
}

func (s *Service) regionRoutes(api *web.API) {
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/regions", ID: "listRegions", Tag: "customers",
		Summary: "Provinces, cities and districts with their codes, for forms", Permission: PermView,
	}, func(context.Context, *none) (web.List[Division], error) { return web.NewList(Divisions()), nil })
}
