package duplicate

import (
	"context"
	"net/http"

	"zhike/internal/importer"
	"zhike/internal/platform/web"
)

type pairInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type decideInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body DecisionInput
}

// DecisionInput is what somebody found out about a pair.
type DecisionInput struct {
	Decision string `json:"decision" enum:"different,later,open"`
}

type mergeInput struct{ Body MergeInput }

type mergesInput struct {
	CustomerID int64  `query:"customer" minimum:"0" doc:"Only merges into this customer"`
	Limit      int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	Cursor     string `query:"cursor" maxLength:"2048"`
}

type undoInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body UndoInput
}

type mergeAllInput struct{ Body MergeAllInput }

// MergeAllInput says from which score on pairs are merged.
type MergeAllInput struct {
	MinScore float64 `json:"min_score" minimum:"0.9" maximum:"1"`
}

type lessonInput struct {
	ID int64 `path:"id" minimum:"1"`
}

type undoBatchInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body UndoInput
}

type none struct{}

// Routes puts the routes of duplicates and merges into the table.
func (s *Service) Routes(api *web.API) {
	route := func(method, path, id, summary string, status int) web.Route {
		return web.Route{Method: method, Path: path, ID: id, Summary: summary, Tag: "duplicates", Permission: PermMerge, Status: status}
	}
	web.Register(api, route(http.MethodGet, "/duplicates", "listDuplicates", "Pairs that may be one customer, the likeliest first", 0),
		func(ctx context.Context, in *PairQuery) (web.Page[Pair], error) { return s.List(ctx, *in) })
	web.Register(api, route(http.MethodGet, "/duplicates/summary", "duplicateSummary", "How much work waits", 0),
		func(ctx context.Context, _ *none) (Summary, error) { return s.Overview(ctx) })
	web.Register(api, route(http.MethodPost, "/duplicates/scan", "scanDuplicates", "Look through the whole base in the background", http.StatusAccepted),
		func(ctx context.Context, _ *none) (JobStarted, error) { return s.StartScan(ctx) })
	web.Register(api, route(http.MethodPost, "/duplicates/merge-all", "mergeAllDuplicates", "Merge all open pairs from a score on, in the background", http.StatusAccepted),
		func(ctx context.Context, in *mergeAllInput) (BatchStarted, error) {
			return s.StartBulk(ctx, in.Body.MinScore)
		})
	web.Register(api, route(http.MethodPost, "/duplicates/merge-all/preview", "previewMergeAll", "What merging from a score on would do; writes nothing", 0),
		func(ctx context.Context, in *mergeAllInput) (MergeAllPreview, error) {
			return s.PreviewBulk(ctx, in.Body.MinScore)
		})
	web.Register(api, route(http.MethodPost, "/duplicates/{id}/decision", "decideDuplicate", "Say that a pair is two customers, or leave it for later", 0),
		func(ctx context.Context, in *decideInput) (Pair, error) {
			return s.Decide(ctx, in.ID, in.Body.Decision)
		})
	web.Register(api, route(http.MethodGet, "/customers/{id}/duplicates", "listCustomerDuplicates", "Undecided pairs of one customer", 0),
		func(ctx context.Context, in *pairInput) (web.List[Pair], error) { return s.Of(ctx, in.ID) })
	ofImport := route(http.MethodGet, "/imports/{id}/duplicates", "listImportDuplicates", "Undecided pairs with a customer that an import made", 0)
	ofImport.Permission = importer.PermRun
	web.Register(api, ofImport, func(ctx context.Context, in *pairInput) (ImportPairs, error) { return s.OfImport(ctx, in.ID) })
	web.Register(api, route(http.MethodPost, "/merges/preview", "previewMerge", "What a merge would keep and move; writes nothing", 0),
		func(ctx context.Context, in *mergeInput) (Preview, error) { return s.Preview(ctx, in.Body) })
	web.Register(api, route(http.MethodPost, "/merges", "mergeCustomers", "Fold one customer into another; can be undone", http.StatusCreated),
		func(ctx context.Context, in *mergeInput) (Merged, error) {
			m, err := s.Merge(ctx, in.Body, "page")
			return s.named(ctx, m, err)
		})
	web.Register(api, route(http.MethodGet, "/merges", "listMerges", "Merges, newest first", 0),
		func(ctx context.Context, in *mergesInput) (web.Page[Merged], error) {
			return s.Merges(ctx, in.CustomerID, in.Limit, in.Cursor)
		})
	web.Register(api, route(http.MethodPost, "/merges/{id}/undo", "undoMerge", "Make two customers of one again", 0),
		func(ctx context.Context, in *undoInput) (Merged, error) {
			m, err := s.Undo(ctx, in.ID, in.Body)
			return s.named(ctx, m, err)
		})
	web.Register(api, route(http.MethodGet, "/merges/batches", "listMergeBatches", "Merges made in one go, newest first", 0),
		func(ctx context.Context, _ *none) (web.List[Batch], error) { return s.Batches(ctx) })
	web.Register(api, route(http.MethodPost, "/merges/batches/{id}/undo", "undoMergeBatch", "Undo all merges of a batch that hold, in the background", http.StatusAccepted),
		func(ctx context.Context, in *undoBatchInput) (BatchStarted, error) {
			return s.UndoBatch(ctx, in.ID, in.Body)
		})
	s.modelRoutes(api, route)
}

// modelRoutes are those of the weights and of what they learn.
func (s *Service) modelRoutes(api *web.API, route func(method, path, id, summary string, status int) web.Route) {
	web.Register(api, route(http.MethodGet, "/duplicates/model", "duplicateModel", "The weights by which pairs are scored, field by field", 0),
		func(ctx context.Context, _ *none) (Model, error) { return s.Model(ctx) })
	web.Register(api, route(http.MethodGet, "/duplicates/lessons", "listDuplicateLessons", "Versions of what was learned from decisions, the latest applied first", 0),
		func(ctx context.Context, _ *none) (web.List[Lesson], error) { return s.Lessons(ctx) })
	web.Register(api, route(http.MethodPost, "/duplicates/lessons", "learnDuplicates", "Learn from the decisions, in the background; proposes and changes nothing", http.StatusAccepted),
		func(ctx context.Context, _ *none) (JobStarted, error) { return s.StartLearn(ctx) })
	web.Register(api, route(http.MethodPost, "/duplicates/lessons/{id}/apply", "applyDuplicateLesson", "Put a lesson to use and score every pair anew", 0),
		func(ctx context.Context, in *lessonInput) (Applied, error) { return s.Apply(ctx, in.ID) })
	web.Register(api, route(http.MethodPost, "/duplicates/lessons/{id}/take-back", "takeBackDuplicateLesson", "Put to use again what was before a lesson", 0),
		func(ctx context.Context, in *lessonInput) (Applied, error) { return s.TakeBack(ctx, in.ID) })
	web.Register(api, route(http.MethodDelete, "/duplicates/lessons/{id}", "dropDuplicateLesson", "Remove a proposal", 0),
		func(ctx context.Context, in *lessonInput) (struct{}, error) {
			return struct{}{}, s.Drop(ctx, in.ID)
		})
}
