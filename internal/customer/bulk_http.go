package customer

import (
	"context"
	"net/http"
	"time"

	"zhike/internal/platform/jobs"
	"zhike/internal/platform/web"
)

// BulkBody asks for a preview.
type BulkBody struct {
	Selection Selection   `json:"selection"`
	Actions   BulkActions `json:"actions"`
}

// BulkStart starts what was previewed.
type BulkStart struct {
	PreviewID int64 `json:"preview_id" minimum:"1"`
}

type bulkPreviewInput struct{ Body BulkBody }

type bulkStartInput struct{ Body BulkStart }

type bulkListInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"Entries a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"next_cursor of the page before"`
}

// previewTime bounds a preview, which looks at every customer it is for.
const previewTime = 3 * time.Minute

func (s *Service) bulkRoutes(api *web.API) {
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: "/bulk/preview", ID: "previewBulk", Tag: "bulk", MaxBody: 256 << 10, Timeout: previewTime,
		Summary: "Count what a bulk edit would do, and freeze who belongs to it", Permission: PermBulk,
	}, func(ctx context.Context, in *bulkPreviewInput) (BulkPreview, error) {
		return s.PreviewBulk(ctx, in.Body.Selection, in.Body.Actions)
	})
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: "/bulk", ID: "startBulk", Tag: "bulk", Status: http.StatusAccepted,
		Summary: "Start a bulk edit that was previewed", Permission: PermBulk,
	}, func(ctx context.Context, in *bulkStartInput) (BulkRun, error) {
		return s.StartBulk(ctx, in.Body.PreviewID)
	})
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/bulk", ID: "listBulk", Tag: "bulk", Summary: "Bulk edits, the newest first", Permission: PermBulk,
	}, func(ctx context.Context, in *bulkListInput) (web.Page[BulkRun], error) {
		return s.Bulks(ctx, in.Limit, in.Cursor)
	})
	web.Register(api, web.Route{
		Method: http.MethodGet, Path: "/bulk/{id}", ID: "getBulk", Tag: "bulk", Summary: "One bulk edit: how far it is, what became of it", Permission: PermBulk,
	}, func(ctx context.Context, in *idInput) (BulkRun, error) { return s.BulkOf(ctx, in.ID) })
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: "/bulk/{id}/cancel", ID: "cancelBulk", Tag: "bulk",
		Summary: "Stop after the part under way", Permission: PermBulk,
	}, func(ctx context.Context, in *idInput) (BulkRun, error) { return s.CancelBulk(ctx, in.ID) })
	web.Register(api, web.Route{
		Method: http.MethodPost, Path: "/bulk/{id}/undo", ID: "undoBulk", Tag: "bulk", Status: http.StatusAccepted,
		Summary: "Restore what the bulk edit changed, where it is still as it left it", Permission: PermBulk,
	}, func(ctx context.Context, in *idInput) (BulkRun, error) { return s.UndoBulk(ctx, in.ID) })
}

type listCleanArgs struct{}

// Kind names the job.
func (listCleanArgs) Kind() string { return "customer.clean_lists" }

type sortNameArgs struct{}

// Kind names the job.
func (sortNameArgs) Kind() string { return "customer.sort_names" }

// registerLists puts the jobs of lists into the registry.
func (s *Service) registerLists(r *jobs.Registry) {
	jobs.Handle(r, func(ctx context.Context, j jobs.Job[bulkArgs]) error { return s.runBulk(ctx, j.Args.ID) }, jobs.Timeout(6*time.Hour))
	jobs.Handle(r, func(ctx context.Context, j jobs.Job[undoArgs]) error { return s.runUndo(ctx, j.Args.ID) }, jobs.Timeout(6*time.Hour))
	jobs.Handle(r, func(ctx context.Context, j jobs.Job[exportArgs]) error { return s.runExport(ctx, j.Args.ID) }, jobs.Timeout(6*time.Hour))
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[listCleanArgs]) error { return s.CleanLists(ctx) }, jobs.Unique())
	r.Every("customer.clean_lists", jobs.Interval(time.Hour), func() jobs.Args { return listCleanArgs{} })
	jobs.Handle(r, func(ctx context.Context, _ jobs.Job[sortNameArgs]) error { return s.FillSortNames(ctx) }, jobs.Unique())
	r.Every("customer.sort_names", jobs.Interval(time.Hour), func() jobs.Args { return sortNameArgs{} })
}
