package importer

import (
	"bytes"
	"context"
	"net/http"

	"zhike/internal/platform/web"
)

type savedInput struct{ Body SavedMappingIn }

type changeSavedInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body SavedMappingIn
}

type targetsInput struct {
	Kind Kind `query:"kind" enum:"orders,customers,behaviours" required:"true"`
}

// savedRoutes puts mappings that people keep into the table.
func (s *Service) savedRoutes(api *web.API) {
	run := func(method, path, id, summary string) web.Route {
		return web.Route{Method: method, Path: path, ID: id, Summary: summary, Tag: "imports", Permission: PermRun}
	}
	targets := run(http.MethodGet, "/imports/targets", "listImportTargets", "What a column of a kind of file may hold")
	targets.Permission = PermView
	web.Register(api, targets, func(ctx context.Context, in *targetsInput) (Targets, error) { return s.Targets(ctx, in.Kind) })
	web.Register(api, run(http.MethodGet, "/imports/mappings", "listMappings", "Mappings kept under a name"),
		func(ctx context.Context, _ *struct{}) (web.List[SavedMapping], error) {
			list, err := s.SavedMappings(ctx)
			return web.NewList(list), err
		})
	create := run(http.MethodPost, "/imports/mappings", "saveMapping", "Keep a mapping under a name")
	create.Status = http.StatusCreated
	web.Register(api, create, func(ctx context.Context, in *savedInput) (SavedMapping, error) { return s.SaveMapping(ctx, in.Body) })
	web.Register(api, run(http.MethodGet, "/imports/mappings/{id}", "getMapping", "One mapping kept under a name"),
		func(ctx context.Context, in *idInput) (SavedMapping, error) { return s.SavedMapping(ctx, in.ID) })
	web.Register(api, run(http.MethodPut, "/imports/mappings/{id}", "changeMapping", "Rename or change a mapping; its kind stays"),
		func(ctx context.Context, in *changeSavedInput) (SavedMapping, error) {
			return s.ChangeMapping(ctx, in.ID, in.Body)
		})
	web.Register(api, run(http.MethodDelete, "/imports/mappings/{id}", "deleteMapping", "Forget a mapping"),
		func(ctx context.Context, in *idInput) (struct{}, error) { return struct{}{}, s.DropMapping(ctx, in.ID) })
	web.RegisterDownload(api, web.Route{
		Method: http.MethodGet, Path: "/imports/mappings/{id}/map.yaml", ID: "downloadMapping", Tag: "imports", Permission: PermRun,
		Summary: "A mapping as a file that `zhike import --map` reads", Produces: "application/yaml",
	}, s.downloadMapping)
}

func (s *Service) downloadMapping(ctx context.Context, in *idInput, w http.ResponseWriter) error {
	v, err := s.SavedMapping(ctx, in.ID)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := v.Mapping.WriteYAML(&b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="mapping-`+idText10(in.ID)+`.yaml"`)
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(b.Bytes())
	return err
}
